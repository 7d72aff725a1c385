package rooms_test

import (
	"testing"
	"testing/synctest"

	"sangdam/rooms"
	"sangdam/rooms/sfu"
)

func TestTiles_GiveEachSlotTheLayerThatItsSizeNeeds(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		vb, b := h.join("S01/buyer", "b")
		vf, _ := h.join("S01/firm", "f")
		h.join("S01/interpreter", "i")
		ceiling := func(slot int, want sfu.Ceiling, focused bool) {
			t.Helper()
			synctest.Wait()
			if got := h.media.binding("peer-b", slot); got.Ceiling != want || got.Focused != focused || got.Video.Peer == "" {
				t.Errorf("slot %d carries %+v, want up to %q, focused %v", slot, got, want, focused)
			}
		}
		firm, interpreter := -1, -1
		for slot, who := range b.slotMap() {
			switch who {
			case "f":
				firm = slot
			case "i":
				interpreter = slot
			}
		}
		ceiling(firm, sfu.CeilingProfile, false)
		tell := func(focused int, heights map[int]int) {
			t.Helper()
			ok(t, vb.Tiles(t.Context(), rooms.Tiles{Heights: heights, Focused: focused}))
		}
		before := b.deltaCount()
		tell(firm, map[int]int{firm: 720, interpreter: 180})
		ceiling(firm, sfu.CeilingHigh, true)
		ceiling(interpreter, sfu.CeilingLow, false)
		tell(-1, map[int]int{firm: 360, interpreter: 90})
		ceiling(firm, sfu.CeilingMiddle, false)
		ceiling(interpreter, sfu.CeilingLow, false)
		if b.deltaCount() != before {
			t.Error("the reader is told of its own tiles")
		}
		// It holds for whoever comes into the slot, by whichever Peer on either side.
		ok(t, vf.Rebind(t.Context(), "peer-f2", []sfu.Source{sfu.Camera}))
		ceiling(firm, sfu.CeilingMiddle, false)
		ok(t, vb.Rebind(t.Context(), "peer-b", nil))
		ceiling(firm, sfu.CeilingMiddle, false)
		// A slot that is not named is as if nothing had been told.
		tell(-1, map[int]int{interpreter: 720})
		ceiling(firm, sfu.CeilingProfile, false)
		ceiling(interpreter, sfu.CeilingHigh, false)
	})
}

func TestTiles_AScreenMayBeFocusedAndAnEmptySlotStaysEmpty(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		vb, _ := h.join("S01/buyer", "b")
		vf, _ := h.join("S01/firm", "f")
		ok(t, vb.Tiles(t.Context(), rooms.Tiles{Heights: map[int]int{5: 90, sfu.SlotStage: 720}, Focused: sfu.SlotStage}))
		ok(t, vf.SetSource(t.Context(), sfu.Screen, true))
		synctest.Wait()
		if got := h.media.binding("peer-b", sfu.SlotStage); !got.Focused || got.Ceiling != sfu.CeilingHigh || got.Video.Source != sfu.Screen {
			t.Errorf("the stage carries %+v", got)
		}
		if got := h.media.binding("peer-b", 5); got != (sfu.Binding{}) {
			t.Errorf("an empty slot carries %+v", got)
		}
	})
}
