package sfu

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"sangdam/rooms/sfu/wire"
)

func TestMending_WaitsForWhatTheLineNeeds(t *testing.T) {
	type step struct {
		after     time.Duration
		loss      float64
		roundTrip time.Duration
		want      time.Duration
	}
	const rtt = 250 * time.Millisecond
	once, twice := 385*time.Millisecond, 660*time.Millisecond
	for name, steps := range map[string][]step{
		"a clean line waits for nothing":             {{0, 0, rtt, 0}, {time.Second, 0.003, rtt, 0}},
		"one repetition":                             {{0, 0.01, rtt, once}, {time.Second, 0.025, rtt, once}},
		"a second one where the first one gets lost": {{0, 0.05, rtt, twice}},
		"calm for a while is not calm":               {{0, 0.02, rtt, once}, {29 * time.Second, 0, rtt, once}, {2 * time.Second, 0, rtt, 0}},
		"what was worse is kept as long":             {{0, 0.1, rtt, twice}, {20 * time.Second, 0.01, rtt, twice}, {11 * time.Second, 0.01, rtt, once}},
		"distance alone is no reason":                {{0, 0, 350 * time.Millisecond, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			var m mending
			now := time.Now()
			for i, s := range steps {
				now = now.Add(s.after)
				m.judge(s.loss, s.roundTrip, now)
				if got := time.Duration(m.wait.Load()); got != s.want {
					t.Errorf("step %d: %v, want %v", i, got, s.want)
				}
			}
		})
	}
}

func TestHolds_AddBothLinesAndAreToldOnce(t *testing.T) {
	b := newBench(0, false)
	heard := &watcher{}
	viewer := newPeer(b.p.engine, "v", ProfileRoom, heard)
	for slot := range 2 {
		viewer.downs = append(viewer.downs, &DownTrack{peer: viewer, slot: slot, kind: wire.Video})
	}
	viewer.downs[1].source = b.cam
	now := time.Now()

	viewer.holds.judge(viewer, now)
	viewer.holds.tell(viewer)
	if got := heard.all(); len(got) != 0 {
		t.Errorf("told %v of clean lines", got)
	}
	b.p.holds.up.wait.Store(int64(335 * time.Millisecond))
	viewer.holds.down.wait.Store(int64(20 * time.Millisecond))
	viewer.holds.down.until = now.Add(time.Minute)
	for range 3 {
		viewer.holds.judge(viewer, now)
		viewer.holds.tell(viewer)
	}
	if got, want := heard.all(), []string{"holds [0s 400ms]"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	b.p.holds.up.wait.Store(int64(2 * time.Second))
	viewer.holds.judge(viewer, now)
	if got := (*viewer.holds.now.Load())[1]; got != mostHold {
		t.Errorf("held for %v, more than a conversation bears", got)
	}
}

func TestHolds_ALineNearbyMendsItself(t *testing.T) {
	for roundTrip, want := range map[time.Duration]bool{20 * time.Millisecond: false, 250 * time.Millisecond: true} {
		b := newBench(0, false)
		viewer := newPeer(b.p.engine, "v", ProfileRoom, &watcher{})
		viewer.rtt.Store(int64(roundTrip))
		d := &DownTrack{peer: viewer, kind: wire.Video, source: b.cam}
		viewer.downs = append(viewer.downs, d)
		now := time.Now()
		d.reports.add(rtcp.ReceptionReport{LastSequenceNumber: 100}, 0, now)
		d.reports.add(rtcp.ReceptionReport{LastSequenceNumber: 200, TotalLost: 5}, 0, now)
		viewer.holds.judge(viewer, now)
		if got := viewer.holds.now.Load() != nil; got != want {
			t.Errorf("%v away: held %v", roundTrip, got)
		}
	}
}
