package rooms_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

func (c *fakeClient) pausedSlots() []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := []int{}
	for _, s := range c.slots {
		if s.Paused {
			all = append(all, s.Slot)
		}
	}
	return all
}

func TestPaused_IsToldToTheReaderAndNarrowToEverybody(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		vf, f := h.join("S01/firm", "f")
		vb, b := h.join("S01/buyer", "b")
		vi, i := h.join("S01/interpreter", "i")
		ok(t, vf.SetSource(t.Context(), sfu.Screen, true))
		narrow := func(c *fakeClient) bool { return c.person("b").Narrow }
		tells := func(slots ...int) {
			vb.Paused(slots)
			synctest.Wait()
			if !slices.Equal(b.pausedSlots(), slots) && len(slots) > 0 {
				t.Errorf("the reader is told %v of %v", b.pausedSlots(), slots)
			}
		}
		tells(1, sfu.SlotStage)
		if narrow(f) || len(f.pausedSlots())+len(i.pausedSlots()) > 0 {
			t.Error("who still sees somebody is called narrow, or others' slots are paused")
		}
		tells(0, 1, sfu.SlotStage)
		if !narrow(f) || !narrow(b) || !narrow(i) {
			t.Error("not everybody knows that the buyer sees nobody")
		}
		tells(0, 1)
		if narrow(f) {
			t.Error("who sees the screen is called narrow")
		}
		ok(t, vf.SetSource(t.Context(), sfu.Screen, false))
		if !narrow(f) {
			t.Error("the screen ended, and with it all that was seen")
		}
		// Whose camera is off cannot be paused.
		tells(0)
		ok(t, vi.SetSource(t.Context(), sfu.Camera, false))
		if !narrow(f) {
			t.Error("one picture there is, and it is paused")
		}
		before := f.deltaCount()
		vb.Paused([]int{0})
		synctest.Wait()
		if f.deltaCount() != before {
			t.Error("the same is told twice")
		}
		ok(t, vb.Rebind(t.Context(), "peer-b2", []sfu.Source{sfu.Microphone}))
		if narrow(f) || len(b.pausedSlots()) > 0 {
			t.Error("a new Peer's line is taken for the old one's")
		}
	})
}

func TestResting_IsNoCameraThatWasSwitchedOff(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		vf, _ := h.join("S02/firm", "f")
		vb, b := h.join("S02/buyer", "b")
		sends(vf)
		sends(vb)
		seconds(8)
		ok(t, vf.Rest(t.Context(), sfu.Camera, true))
		vf.Flow(sfu.Camera, false)
		seconds(10)
		firm := b.person("f")
		want(t, "resting", firm.Resting, []sfu.Source{sfu.Camera})
		want(t, "on", firm.Sources, []sfu.Source{sfu.Microphone, sfu.Camera})
		want(t, "symptoms", h.vitals("S02/firm").Symptoms, []rooms.Symptom{rooms.SymptomBandwidth})
		if !h.media.isOpen("peer-f", sfu.Camera) {
			t.Error("a source that rests is shut")
		}
		stopped := func() int {
			return len(h.ledger.of(schedule.EntrySourceStopped))
		}
		want(t, "stops in the record", stopped(), 0)
		ok(t, vf.Rest(t.Context(), sfu.Camera, false))
		vf.Flow(sfu.Camera, true)
		seconds(2)
		want(t, "symptoms afterwards", h.vitals("S02/firm").Symptoms, []rooms.Symptom{})
		want(t, "resting afterwards", len(b.person("f").Resting), 0)

		ok(t, vf.Rest(t.Context(), sfu.Camera, true))
		vf.Flow(sfu.Camera, false)
		ok(t, vf.SetSource(t.Context(), sfu.Camera, false))
		want(t, "stops in the record once it is off", stopped(), 1)
		want(t, "what is off does not rest", len(b.person("f").Resting), 0)
		ok(t, vf.Rest(t.Context(), sfu.Camera, true))
		want(t, "nor begins to", len(b.person("f").Resting), 0)
		if err := vf.Rest(t.Context(), "smell", true); !errors.Is(err, rooms.ErrInvalid) {
			t.Errorf("an unknown source: %v", err)
		}
	})
}

func TestVitals_PausesAreALineThatIsTooSlowAndNothingElse(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		vf, _ := h.join("S02/firm", "f")
		vb, _ := h.join("S02/buyer", "b")
		sends(vf)
		sends(vb)
		h.media.tells("peer-b", sfu.Truth{State: sfu.StateConnected, Level: 30, Paused: []int{0}})
		ok(t, h.reg.Vitals("b", rooms.ClientVitals{Frozen: 1, Microphone: "ok", Camera: "ok", Limited: "none"}))
		seconds(8)
		want(t, "symptoms", h.vitals("S02/buyer").Symptoms, []rooms.Symptom{rooms.SymptomBandwidth})
	})
}
