package rooms_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// fakeDevice keeps why it was dismissed.
type fakeDevice struct {
	mu     sync.Mutex
	reason error
}

func (d *fakeDevice) Dismiss(reason error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reason = reason
}

func (d *fakeDevice) why() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.reason
}

func (h *hall) attach(t *testing.T, kind rooms.AuxiliaryKind, seat schedule.SeatID, id string, audios, videos int) (*rooms.Attachment, *fakeDevice, error) {
	t.Helper()
	d := &fakeDevice{}
	a, err := h.reg.Attach(t.Context(), rooms.AttachRequest{
		Event: "E1", Consultation: "S01", Kind: kind, Seat: seat, ID: id, Peer: sfu.PeerID("peer-" + id), Client: d, Audios: audios, Videos: videos,
	})
	return a, d, err
}

func TestAuxiliary_ACloseUpHasTheStageWhileNobodySharesAScreen(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		vf, f := h.join("S01/firm", "f")
		_, b := h.join("S01/buyer", "b")
		before := len(h.ledger.of())
		a, _, err := h.attach(t, rooms.AuxiliaryEncoder, "S01/firm", "e", 0, 0)
		ok(t, err)
		want(t, "nothing comes yet", b.slotMap(), map[int]string{0: "f"})
		a.Flow(sfu.Closeup, true)
		a.Flow(sfu.ScreenAudio, true)
		synctest.Wait()
		want(t, "the buyer's slots", b.slotMap(), map[int]string{0: "f", sfu.SlotStage: "e"})
		want(t, "the seat's own slots", f.slotMap(), map[int]string{0: "b", sfu.SlotStage: "e"})
		want(t, "the buyer's stage", h.media.binding("peer-b", sfu.SlotStage), sfu.Binding{
			Slot: sfu.SlotStage, Audio: sfu.Feed{Peer: "peer-e", Source: sfu.ScreenAudio}, Video: sfu.Feed{Peer: "peer-e", Source: sfu.Closeup},
		})
		want(t, "the own stage has no sound", h.media.binding("peer-f", sfu.SlotStage), sfu.Binding{
			Slot: sfu.SlotStage, Video: sfu.Feed{Peer: "peer-e", Source: sfu.Closeup},
		})

		ok(t, vf.SetSource(t.Context(), sfu.Screen, true))
		want(t, "a screen goes before", b.slotMap(), map[int]string{0: "f", sfu.SlotStage: "f"})
		ok(t, vf.SetSource(t.Context(), sfu.Screen, false))
		want(t, "and the close-up comes back", b.slotMap(), map[int]string{0: "f", sfu.SlotStage: "e"})
		_, i := h.join("S01/interpreter", "i")
		want(t, "a late joiner sees it", i.slotMap()[sfu.SlotStage], "e")

		a.Flow(sfu.Closeup, false)
		synctest.Wait()
		want(t, "one that is paused leaves the stage", b.slotMap(), map[int]string{0: "f", 1: "i"})
		ok(t, a.Detach(t.Context()))
		if h.media.isOpen("peer-e", sfu.Closeup) {
			t.Error("a device that left is open")
		}
		for _, e := range h.ledger.of()[before:] {
			if e.Session == "e" {
				t.Errorf("the record has the device: %+v", e)
			}
		}
		want(t, "people", b.knows(), []string{"b", "f", "i"})
	})
}

func TestAuxiliary_TheNewestOfASeatTakesOver(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, first, err := h.attach(t, rooms.AuxiliaryEncoder, "S01/firm", "e1", 0, 0)
		ok(t, err)
		second, _, err := h.attach(t, rooms.AuxiliaryEncoder, "S01/firm", "e2", 0, 0)
		ok(t, err)
		if !errors.Is(first.why(), rooms.ErrReplaced) {
			t.Errorf("the first was told %v", first.why())
		}
		if _, _, err := h.attach(t, rooms.AuxiliaryEncoder, "S01/firm/2", "e3", 0, 0); err != nil {
			t.Errorf("a colleague's: %v", err)
		}
		_, _, err = h.attach(t, rooms.AuxiliaryEncoder, "S02/firm", "e4", 0, 0)
		if !errors.Is(err, rooms.ErrForbidden) {
			t.Errorf("a seat of another consultation: %v", err)
		}
		ok(t, second.Detach(t.Context()))
		ok(t, second.Detach(t.Context())) // twice is no harm
	})
}

func TestAuxiliary_IsDismissedWithItsRoomAndWithItsSeatsPerson(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.join("S01/firm", "f")
		_, held, err := h.attach(t, rooms.AuxiliaryEncoder, "S01/firm", "e1", 0, 0)
		ok(t, err)
		ok(t, h.reg.Steer(t.Context(), rooms.SteerRequest{
			Event: "E1", Session: "c", Actor: schedule.Actor{By: "k"}, Key: "1", Action: rooms.SteerRemove, Consultation: "S01", Seat: "S01/firm",
		}))
		if !errors.Is(held.why(), rooms.ErrHeld) {
			t.Errorf("whose person was removed: %v", held.why())
		}
		if _, _, err := h.attach(t, rooms.AuxiliaryEncoder, "S01/firm", "e2", 0, 0); !errors.Is(err, rooms.ErrHeld) {
			t.Errorf("it comes back: %v", err)
		}
		_, screen, err := h.attach(t, rooms.AuxiliaryScreen, "", "w", 1, 1)
		ok(t, err)
		ok(t, h.reg.End(context.Background(), "E1", "S01", schedule.Actor{By: "k"}, ""))
		synctest.Wait()
		if !errors.Is(screen.why(), rooms.ErrEnded) {
			t.Errorf("of a room that ended: %v", screen.why())
		}
	})
}

func TestAuxiliary_KeepsNoRoomOpen(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, d, err := h.attach(t, rooms.AuxiliaryEncoder, "S01/firm", "e", 0, 0)
		ok(t, err)
		h.until(120) // nobody came
		if !errors.Is(d.why(), rooms.ErrEnded) {
			t.Errorf("told %v", d.why())
		}
	})
}

func TestScreen_ShowsPeopleInTheirPlacesAndTheStageLast(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		vf, f := h.join("S01/firm", "f")
		h.until(21)
		vb, _ := h.join("S01/buyer", "b")
		whole, _, err := h.attach(t, rooms.AuxiliaryScreen, "", "w", 3, 3)
		ok(t, err)
		_, _, err = h.attach(t, rooms.AuxiliaryScreen, "", "one", 1, 1)
		ok(t, err)
		person := func(slot int, p sfu.PeerID) sfu.Binding {
			return sfu.Binding{Slot: slot, Audio: sfu.Feed{Peer: p, Source: sfu.Microphone}, Video: sfu.Feed{Peer: p, Source: sfu.Camera}}
		}
		want(t, "the firm", h.media.binding("peer-w", 0), person(0, "peer-f"))
		want(t, "the buyer", h.media.binding("peer-w", 1), person(1, "peer-b"))
		want(t, "one of each: who was first", h.media.binding("peer-one", 0), person(0, "peer-f"))
		want(t, "the room is told of both", len(f.devices()), 2)

		vb.Speaks(true)
		synctest.Wait()
		want(t, "one of each: who spoke", h.media.binding("peer-one", 0), person(0, "peer-b"))
		want(t, "places stay", h.media.binding("peer-w", 0), person(0, "peer-f"))

		ok(t, vf.SetSource(t.Context(), sfu.Screen, true))
		ok(t, vf.SetSource(t.Context(), sfu.ScreenAudio, true))
		want(t, "the stage is last", h.media.binding("peer-w", 2), sfu.Binding{
			Slot: 2, Audio: sfu.Feed{Peer: "peer-f", Source: sfu.ScreenAudio}, Video: sfu.Feed{Peer: "peer-f", Source: sfu.Screen},
		})
		want(t, "and the only picture", h.media.binding("peer-one", 0).Video, sfu.Feed{Peer: "peer-f", Source: sfu.Screen})
		want(t, "while voices go on", h.media.binding("peer-one", 0).Audio, sfu.Feed{Peer: "peer-b", Source: sfu.Microphone})

		ok(t, whole.Detach(t.Context()))
		for slot := range 3 {
			want(t, "a screen that left", h.media.binding("peer-w", slot), sfu.Binding{})
		}
		for i := range rooms.MaxScreens - 1 {
			_, _, err = h.attach(t, rooms.AuxiliaryScreen, "", "s"+string(rune('a'+i)), 1, 1)
			ok(t, err)
		}
		if _, _, err := h.attach(t, rooms.AuxiliaryScreen, "", "many", 1, 1); !errors.Is(err, rooms.ErrFull) {
			t.Errorf("one too many: %v", err)
		}
	})
}
