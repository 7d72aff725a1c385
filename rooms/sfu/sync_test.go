package sfu

import (
	"testing"
	"time"

	"sangdam/rooms/sfu/rtpx"
	"sangdam/rooms/sfu/sfutest"
)

// together says by how much a slot's voice and picture are apart, as the newest
// sender reports place them, once either has had so many more reports than it had.
func (h *house) together(viewer *guest, slot, reports int) time.Duration {
	h.t.Helper()
	v, a := viewer.Video(slot).Received().SRs, viewer.Audio(slot).Received().SRs
	h.wait("reports on voice and picture", func() bool {
		return viewer.Video(slot).Received().SRs >= v+reports && viewer.Audio(slot).Received().SRs >= a+reports
	})
	// The newest packet and the newest report are read one after the other.
	worst := time.Duration(0)
	for range 20 {
		time.Sleep(5 * time.Millisecond)
		picture, okV := viewer.Video(slot).CaptureOffset()
		voice, okA := viewer.Audio(slot).CaptureOffset()
		if !okV || !okA {
			h.t.Fatalf("slot %d: no reports", slot)
		}
		worst = max(worst, (picture - voice).Abs())
	}
	return worst
}

// 200 ppm over some seconds is nothing; that hours of it are nothing either is
// rtpx's test. Here the clocks are as far apart as they would be after half a day.
func TestSync_LipsAndVoiceStayTogetherWhateverTheClocksDo(t *testing.T) {
	const most = 5 * time.Millisecond
	h := newHouse(t)
	a := h.join(sfutest.Options{ID: 1, ClockOffset: 37 * time.Minute, Drift: sfutest.Drift{Wall: 200, Sound: -200, Picture: 200}})
	c := h.join(sfutest.Options{ID: 3, ClockOffset: -2 * time.Hour, Drift: sfutest.Drift{Wall: -200, Sound: 200, Picture: -200}})
	d := h.join(sfutest.Options{ID: 4, Drift: sfutest.Drift{Sound: 2000}}) // ten times what is to be borne
	b := h.join(sfutest.Options{ID: 2})
	for _, g := range []*guest{a, c, d} {
		h.on(g, Microphone, Camera)
	}
	check := func(when string, slot int, reports int) {
		t.Helper()
		if skew := h.together(b, slot, reports); skew > most {
			t.Errorf("%s: %v apart", when, skew)
		}
	}
	h.e.Bind(b.id, pair(0, a))
	h.sees(b, 0, a)
	check("after a join", 0, 1)
	for _, ceiling := range []Ceiling{CeilingLow, CeilingHigh, CeilingMiddle} {
		next := pair(0, a)
		next.Ceiling = ceiling
		h.e.Bind(b.id, next)
		want := uint8(map[Ceiling]int{CeilingLow: 0, CeilingMiddle: 1, CeilingHigh: 2}[ceiling])
		h.wait("the layer "+string(ceiling), func() bool { return b.Video(0).Received().Last.Layer == want })
		check("after a switch to "+string(ceiling), 0, 1)
	}
	for _, who := range []*guest{c, d, a} {
		h.e.Bind(b.id, pair(0, who))
		h.sees(b, 0, who)
		check("after the slot was given to another", 0, 1)
	}
	h.e.Bind(b.id, pair(0, a), pair(1, d))
	h.sees(b, 1, d)
	check("a while later", 0, 2)
	check("with a sound card that is far off", 1, 2)
	h.rules(b, 0, 1)
}

func TestSync_ASwitchIsFollowedByTwoQuickReports(t *testing.T) {
	h := newHouse(t)
	a, c, b := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 3}), h.join(sfutest.Options{ID: 2})
	h.on(a, Microphone, Camera)
	h.on(c, Microphone, Camera)
	h.e.Bind(b.id, pair(0, a), pair(1, c)) // both publishers have reported
	h.sees(b, 0, a)
	h.sees(b, 1, c)
	h.together(b, 1, 1)
	v, s := b.Video(0).Received().SRs, b.Audio(0).Received().SRs
	h.e.Bind(b.id, pair(0, c), pair(1, a))
	h.sees(b, 0, c)
	shown := time.Now()
	h.wait("two reports", func() bool { return b.Video(0).Received().SRs >= v+2 && b.Audio(0).Received().SRs >= s+2 })
	if took := time.Since(shown); took > 900*time.Millisecond {
		t.Errorf("two reports took %v", took)
	}
}

// R72. A browser says now and then when what it sends was captured, by its own clock. A
// viewer is told, with what sets that clock right.
func TestCapture_TimesArePassedOnByOurClock(t *testing.T) {
	h := newHouse(t)
	a := h.join(sfutest.Options{ID: 1, ClockOffset: 37 * time.Minute})
	b := h.join(sfutest.Options{ID: 2})
	h.on(a, Microphone, Camera)
	h.e.Bind(b.id, pair(0, a))
	h.sees(b, 0, a)
	for name, r := range map[string]*sfutest.Receiver{"voice": b.Audio(0), "picture": b.Video(0)} {
		h.wait("dated packets of the "+name, func() bool { return r.Received().Dated >= 2 })
		got := r.Received()
		if got.Capture.Abs() > 25*time.Millisecond {
			t.Errorf("%s: captured %v later than it was", name, got.Capture)
		}
		if got.Dated*10 > got.Packets {
			t.Errorf("%s: %d of %d packets bear a capture time, of one a second", name, got.Dated, got.Packets)
		}
	}
	h.rules(b, 0)
}

func TestCapture_OnlyWhatIsWellFormedIsPassedOn(t *testing.T) {
	bn := newBench(1, true)
	d, u := bn.downs[0], bn.cam
	d.extCapture = 9
	l := newLayer(u, "f", 2, 5)
	now := time.Now()
	dated := func(b []byte) bool {
		d.dated(&packet{layer: l, capture: b, now: now})
		return d.capture.here
	}
	if dated(make([]byte, 8)) {
		t.Error("told before the publisher's clock is known")
	}
	bn.p.timeline.Report(5, 90000, rtpx.NTP(now.Add(-time.Hour)), 1, now)
	for n, want := range map[int]bool{0: false, 1: false, 7: false, 8: true, 9: false, 16: true, 17: false, 255: false} {
		if got := dated(make([]byte, n)); got != want {
			t.Errorf("%d bytes: passed on %v", n, got)
		}
	}
	// Who passes on what somebody else captured tells how far that clock is ahead of its own.
	dated(append(make([]byte, 8), 0, 0, 0, 1, 0, 0, 0, 0)) // one second
	first := int32(uint32(d.capture.bytes[8])<<24 | uint32(d.capture.bytes[9])<<16 | uint32(d.capture.bytes[10])<<8 | uint32(d.capture.bytes[11]))
	if first != -3599 && first != -3600 {
		t.Errorf("%d s ahead, not an hour behind and one second", first)
	}
	d.extCapture = 0
	if dated(make([]byte, 8)) {
		t.Error("told to a viewer who did not ask")
	}
}
