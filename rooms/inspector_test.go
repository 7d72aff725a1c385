package rooms_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// sends makes media of a visit arrive.
func sends(v *rooms.Visit) {
	v.Flow(sfu.Microphone, true)
	v.Flow(sfu.Camera, true)
}

func (h *hall) vitals(seat schedule.SeatID) rooms.Vitals {
	h.t.Helper()
	c, _ := seat.Split()
	for _, v := range h.row(c).Vitals {
		if v.Seat == seat {
			return v
		}
	}
	h.t.Fatalf("no vitals of %s", seat)
	return rooms.Vitals{}
}

// seconds lets the inspector look so many times.
func seconds(n int) {
	time.Sleep(time.Duration(n)*time.Second + time.Millisecond)
	synctest.Wait()
}

func TestVitals_AreToldWithinASecondAndOnlyWhenTheyDiffer(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, w := h.console("kim")
		vf, _ := h.join("S02/firm", "f")
		vb, _ := h.join("S02/buyer", "b")
		sends(vf)
		sends(vb)
		truth := sfu.Truth{State: sfu.StateConnected, Route: sfu.RouteUDP, RoundTrip: 212 * time.Millisecond, Level: 30}
		h.media.tells("peer-f", truth)
		seconds(1)
		want(t, "told", w.heard().vitals["S02"][0], rooms.Vitals{
			Seat: "S02/firm", Route: sfu.RouteUDP, RTT: 210 * time.Millisecond, Level: 50, Quality: rooms.QualityGood, Symptoms: []rooms.Symptom{},
			ScoreUp: 4.4, ScoreDown: 4.4,
		})
		want(t, "on the board", h.vitals("S02/firm"), w.heard().vitals["S02"][0])
		told := w.heard().vitalsTold
		truth.RoundTrip = 208 * time.Millisecond
		h.media.tells("peer-f", truth)
		seconds(5)
		want(t, "what nobody would notice is no news", w.heard().vitalsTold, told)
		truth.LossUp = 0.06
		h.media.tells("peer-f", truth)
		seconds(1)
		want(t, "loss is", w.heard().vitals["S02"][0].Symptoms, []rooms.Symptom{rooms.SymptomLossUp})
		want(t, "once", w.heard().vitalsTold, told+1)
		ok(t, vf.Leave(t.Context()))
		seconds(1)
		want(t, "of who is here alone", len(h.row("S02").Vitals), 1)
	})
}

func TestVitals_OfOneLookAreToldTogetherAndLoudnessAloneLessOften(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, w := h.console("kim")
		for _, seat := range []schedule.SeatID{"S01/firm", "S02/firm"} {
			v, _ := h.join(seat, string(seat))
			sends(v)
		}
		talk := func(level uint8, loss float64) {
			for _, p := range []sfu.PeerID{"peer-S01/firm", "peer-S02/firm"} {
				h.media.tells(p, sfu.Truth{State: sfu.StateConnected, Level: level, LossUp: loss})
			}
		}
		seconds(10)
		told := w.heard().vitalsTold
		for n := range 20 {
			talk(uint8(20+n%2*20), 0)
			seconds(1)
		}
		if n := w.heard().vitalsTold - told; n < 5 || n > 10 {
			t.Errorf("told %d times in 20 s of talk in two rooms", n)
		}
		talk(20, 0.2)
		seconds(1)
		want(t, "what is wrong is told at once", w.heard().vitals["S02"][0].Symptoms, []rooms.Symptom{rooms.SymptomLossUp})
		talk(40, 0.2)
		seconds(3)
		want(t, "the last loudness is told, too", w.heard().vitals["S01"][0].Level, 30)
	})
}

func TestVitals_OneWayAudioByBothSides(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		vf, _ := h.join("S02/firm", "f")
		vb, _ := h.join("S02/buyer", "b")
		sends(vf)
		sends(vb)
		seconds(7)
		want(t, "well", h.vitals("S02/buyer").Quality, rooms.QualityGood)

		h.media.tells("peer-b", sfu.Truth{State: sfu.StateConnected, Unfed: []sfu.Feed{{Peer: "peer-f", Source: sfu.Microphone}}})
		seconds(3)
		want(t, "not at once", len(h.vitals("S02/buyer").Symptoms), 0)
		seconds(2)
		want(t, "what should go out does not", h.vitals("S02/buyer").Symptoms, []rooms.Symptom{rooms.SymptomOneWayIn})
		h.media.tells("peer-b", sfu.Truth{State: sfu.StateConnected})
		seconds(1)
		want(t, "mended", len(h.vitals("S02/buyer").Symptoms), 0)

		ok(t, h.reg.Vitals("b", rooms.ClientVitals{Microphone: "ok", Camera: "ok", Limited: "none", Unheard: []schedule.SeatID{"S02/firm"}}))
		seconds(1)
		want(t, "its browser says so", h.vitals("S02/buyer").Symptoms, []rooms.Symptom{rooms.SymptomOneWayIn})
		vf.Flow(sfu.Microphone, false)
		seconds(4)
		want(t, "nothing comes from the other: not its fault", len(h.vitals("S02/buyer").Symptoms), 0)
		want(t, "but the other's", h.vitals("S02/firm").Symptoms, []rooms.Symptom{rooms.SymptomOneWayOut})
		ok(t, vf.SetSource(t.Context(), sfu.Microphone, false))
		seconds(1)
		want(t, "muted: nobody's", h.vitals("S02/firm").Quality, rooms.QualityGood)
		vf.Flow(sfu.Microphone, true)
		ok(t, vf.SetSource(t.Context(), sfu.Microphone, true))
		seconds(13)
		want(t, "what a browser said long ago counts no more", len(h.vitals("S02/buyer").Symptoms), 0)
	})
}

// R71.
func TestVitals_WhatABrowserDoesNotPlayIsTold(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		vf, _ := h.join("S02/firm", "f")
		vb, _ := h.join("S02/buyer", "b")
		sends(vf)
		sends(vb)
		h.media.tells("peer-f", sfu.Truth{State: sfu.StateConnected, Level: 30})
		h.media.tells("peer-b", sfu.Truth{State: sfu.StateConnected, Level: 127})
		seconds(8)
		tell := func(v rooms.ClientVitals) {
			v.Microphone, v.Camera, v.Limited = "ok", "ok", "none"
			ok(t, h.reg.Vitals("b", v))
			seconds(1)
		}
		tell(rooms.ClientVitals{Playback: "ok"})
		want(t, "all is well", h.vitals("S02/buyer").Quality, rooms.QualityGood)
		tell(rooms.ClientVitals{Playback: "blocked"})
		want(t, "wants a tap", h.vitals("S02/buyer").Symptoms, []rooms.Symptom{rooms.SymptomSoundBlocked})
		tell(rooms.ClientVitals{Playback: "ok", Hollow: []schedule.SeatID{"S02/firm"}})
		want(t, "silence of who speaks", h.vitals("S02/buyer").Symptoms, []rooms.Symptom{rooms.SymptomNotPlayed})
		want(t, "no fault of the speaker's", h.vitals("S02/firm").Quality, rooms.QualityGood)
		h.media.tells("peer-f", sfu.Truth{State: sfu.StateConnected, Level: 70})
		seconds(8)
		tell(rooms.ClientVitals{Playback: "ok", Hollow: []schedule.SeatID{"S02/firm"}})
		want(t, "silence of who is silent", len(h.vitals("S02/buyer").Symptoms), 0)
		tell(rooms.ClientVitals{Playback: "stopped"})
		want(t, "stopped", h.vitals("S02/buyer").Symptoms, []rooms.Symptom{rooms.SymptomNotPlayed})
		ok(t, vf.Leave(t.Context()))
		seconds(2)
		want(t, "alone, there is nothing to play", len(h.vitals("S02/buyer").Symptoms), 0)
	})
}

func TestVitals_AreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, fair())
		defer func() { h.close() }()
		h.close()
		reg := prometheus.NewRegistry()
		h.metrics = rooms.NewMetrics(reg)
		h.start()
		h.until(20)
		for _, seat := range []schedule.SeatID{"S02/firm", "S02/buyer"} {
			v, _ := h.join(seat, string(seat))
			sends(v)
		}
		h.media.tells("peer-S02/firm", sfu.Truth{State: sfu.StateConnected, LossUp: 0.2, Gaps: 0.2})
		ok(t, h.reg.Vitals("S02/buyer", rooms.ClientVitals{Microphone: "ok", Camera: "ok", Limited: "none", Concealed: 0.2}))
		seconds(8)
		got := map[string]float64{}
		families, err := reg.Gather()
		ok(t, err)
		for _, f := range families {
			for _, m := range f.GetMetric() {
				name := f.GetName()
				for _, l := range m.GetLabel() {
					name += " " + l.GetValue()
				}
				got[name] = m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
		for name, want := range map[string]float64{
			"sangdam_rooms_quality poor": 2, "sangdam_rooms_quality good": 0, "sangdam_rooms_symptoms loss_up": 1, "sangdam_rooms_symptoms voice_broken": 1,
			"sangdam_rooms_symptoms relay": 0, "sangdam_rooms_concealed_ratio": 1, "sangdam_rooms_frozen_ratio": 1,
		} {
			if v, ok := got[name]; !ok || v != want {
				t.Errorf("%s is %v, want %v", name, v, want)
			}
		}
		if got["sangdam_rooms_quality_score up"] < 10 || got["sangdam_rooms_quality_score down"] < 10 {
			t.Errorf("scores were told %v and %v times", got["sangdam_rooms_quality_score up"], got["sangdam_rooms_quality_score down"])
		}
	})
}

func TestStorage_IsToldWithHowManyItAffects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, fair())
		defer func() { h.close() }()
		h.close()
		var now atomic.Pointer[rooms.Storage]
		is := func(s rooms.Storage) { now.Store(&s) }
		is(rooms.Storage{})
		h.storage = func() rooms.Storage { return *now.Load() }
		h.start()
		_, w := h.console("kim")
		seconds(2)
		want(t, "all is well", len(w.heard().storage), 0)
		since := time.Now().UTC().Round(0)
		is(rooms.Storage{AwaySince: since, Waiting: 3})
		seconds(1)
		want(t, "away", w.heard().storage, []rooms.Storage{{AwaySince: since, Waiting: 3}})
		h.until(20)
		h.join("S02/firm", "f") // from memory
		seconds(1)
		want(t, "nobody is affected", w.heard().storage[0].Affected, 0)
		h.reg.Refused("E1", "S01")
		h.reg.Refused("E1", "S01")
		h.reg.Refused("E1", "S99")
		seconds(1)
		want(t, "one is", w.heard().storage[1], rooms.Storage{AwaySince: since, Waiting: 3, Affected: 1})
		late := &fakeWatcher{}
		_, err := h.reg.Watch("E1", rooms.WatchRequest{Watcher: late})
		ok(t, err)
		want(t, "in a new board", late.heard().boards[0].Storage.Affected, 1)
		is(rooms.Storage{Waiting: 112})
		seconds(1)
		is(rooms.Storage{})
		seconds(1)
		want(t, "back", w.heard().storage[2:], []rooms.Storage{{Waiting: 112}, {}})
		h.reg.Refused("E1", "S01")
		seconds(1)
		want(t, "nothing is refused because of a store that is here", len(w.heard().storage), 4)
	})
}

func TestQuality_IsSummedUpAtTheEndOfAStay(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		v, _ := h.join("S02/firm", "f")
		sends(v)
		truth := sfu.Truth{State: sfu.StateConnected, Route: sfu.RouteTCP, RoundTrip: 100 * time.Millisecond, LossUp: 0.1}
		h.media.tells("peer-f", truth)
		seconds(30)
		want(t, "not yet", len(h.store.qualities()), 0)
		truth.RoundTrip, truth.LossUp = 300*time.Millisecond, 0
		h.media.tells("peer-f", truth)
		seconds(10)
		ok(t, v.Leave(t.Context()))
		seconds(2)
		all := h.store.qualities()
		if len(all) != 1 {
			t.Fatalf("%d summaries", len(all))
		}
		q := all[0]
		if q.Seat != "S02/firm" || q.Session != "f" || !q.From.Equal(minute(20)) || q.To.Sub(q.From) < 39*time.Second || q.To.Sub(q.From) > 41*time.Second ||
			q.Route != "tcp" || q.RTTMedian != 100*time.Millisecond || q.RTT95 != 300*time.Millisecond ||
			math.Abs(q.LossUp-0.075) > 0.01 || q.LossUpWorst != 0.1 || q.ScoreUp < 4 || q.ScoreDown != 0 { // repaired, and nobody else was there
			t.Errorf("%+v", q)
		}
		if len(q.Symptoms) != 2 || q.Symptoms[0].Symptom != "tcp" || q.Symptoms[1] != (schedule.SymptomTime{Symptom: "loss_up", Seconds: 30}) {
			t.Errorf("symptoms: %+v", q.Symptoms)
		}
		vb, _ := h.join("S02/buyer", "b")
		seconds(61)
		want(t, "each minute meanwhile", len(h.store.qualities()), 2)
		ok(t, vb.Leave(t.Context()))
		h.join("S02/buyer", "b") // the same session again, between two looks
		seconds(3)
		all = h.store.qualities()
		want(t, "the former stay", all[len(all)-1].To.Sub(all[len(all)-1].From) > time.Minute, true)
		h.close()
		all = h.store.qualities()
		want(t, "the new one", all[len(all)-1].To.Sub(all[len(all)-1].From) < 5*time.Second, true)
		h.start()
	})
}

func TestVisit_SocketAndPathStandInTheRecord(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		v, _ := h.join("S02/firm", "f")
		v.Path(true, sfu.RouteTCP)
		v.Socket(false)
		v.Socket(true)
		v.Path(false, "")
		synctest.Wait()
		ok(t, v.Leave(t.Context()))
		v.Socket(false) // who is gone has no socket
		synctest.Wait()
		var got []string
		for _, e := range h.ledger.of(schedule.EntrySocketLost, schedule.EntrySocketBack, schedule.EntryPathUp, schedule.EntryPathDown) {
			got = append(got, fmt.Sprint(e.Kind, " ", e.Seat, " ", e.Session, " ", e.Detail))
		}
		want(t, "the record", got, []string{
			"path_up S02/firm f tcp", "socket_lost S02/firm f ", "socket_back S02/firm f ", "path_down S02/firm f ",
		})
	})
}

func TestInspector_APanicOfTheMediaPlaneReachesNobody(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, f := h.join("S02/firm", "f")
		h.media.fail(true)
		seconds(3)
		want(t, "the room", f.reason(), error(nil))
		h.media.fail(false)
		seconds(1)
		want(t, "looks again", h.vitals("S02/firm").Quality, rooms.QualityGood)
	})
}

func TestVitals_OfNoSession(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		if err := h.reg.Vitals("", rooms.ClientVitals{}); !errors.Is(err, rooms.ErrInvalid) {
			t.Errorf("of nobody: %v", err)
		}
		ok(t, h.reg.Vitals("nobody", rooms.ClientVitals{Hidden: true})) // forgotten soon
	})
}

// Two booths side by side: what one says is heard in the other, more quietly
// and a little later.
func TestCrosstalk_IsToldAndTakenBack(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(31)
		_, w := h.console("kim")
		v1, _ := h.join("S01/firm", "f1")
		v2, _ := h.join("S02/firm", "f2")
		sends(v1)
		sends(v2)
		begin := time.Now()
		speech := func(step int) uint8 { // turns of 2 to 4 s with syllables of 200 to 300 ms
			turn := step / 10 % 7
			if turn == 2 || turn == 5 {
				return 75
			}
			return uint8(28 + (step*step*7+step*13)%23)
		}
		play := func(n int, leaks bool) {
			for range n {
				seconds(1)
				last := int(time.Since(begin) / (100 * time.Millisecond))
				var own, other []uint8
				for s := last - 99; s <= last; s++ {
					said := uint8(127)
					if s >= 0 {
						said = speech(s)
					}
					own = append(own, said)
					heard := uint8(78 + s%3)
					if leaks && said < 60 {
						heard = said + 18
					}
					other = append(other, heard)
				}
				end := begin.Add(time.Duration(last+1) * 100 * time.Millisecond)
				h.media.hears("peer-f1", sfu.Levels{End: end, Steps: own})
				h.media.hears("peer-f2", sfu.Levels{End: end, Steps: other})
			}
		}
		play(60, true)
		all := w.heard().crosstalk
		if len(all) == 0 || len(all[len(all)-1]) != 1 {
			t.Fatalf("told: %+v", all)
		}
		got := all[len(all)-1][0]
		if got.Hears != "B2" || got.Speaks != "B1" || got.Strength < 10 || got.Since.IsZero() {
			t.Errorf("%+v", got)
		}
		late := &fakeWatcher{}
		_, err := h.reg.Watch("E1", rooms.WatchRequest{Watcher: late})
		ok(t, err)
		want(t, "in a new board", late.heard().boards[0].Crosstalk, []rooms.Crosstalk{got})
		play(45, false)
		all = w.heard().crosstalk
		want(t, "taken back", len(all[len(all)-1]), 0)
		if slices.ContainsFunc(all, func(c []rooms.Crosstalk) bool {
			return slices.ContainsFunc(c, func(x rooms.Crosstalk) bool { return x.Hears == "B1" })
		}) {
			t.Errorf("the loud booth hears the quiet one: %+v", all)
		}
	})
}
