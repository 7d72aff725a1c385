package rooms_test

import (
	"errors"
	"testing"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

func TestPractice_ShowsOnesOwnPictureAndLeavesNoRecord(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		p, err := h.reg.Practice("s", "peer-s") // no doors are open
		ok(t, err)
		want(t, "slot 0", h.media.shown("peer-s"), map[int]sfu.PeerID{0: "peer-s"})
		want(t, "microphone", h.media.isOpen("peer-s", sfu.Microphone), true)
		want(t, "camera", h.media.isOpen("peer-s", sfu.Camera), true)
		_, err = h.reg.Practice("s", "peer-2") // a new PeerConnection of the same session
		ok(t, err)
		want(t, "the former Peer", h.media.shown("peer-s"), map[int]sfu.PeerID{})
		p.Stop() // of the former practice: ends nothing
		want(t, "the new one", h.media.shown("peer-2"), map[int]sfu.PeerID{0: "peer-2"})
		p, err = h.reg.Practice("s", "peer-2")
		ok(t, err)
		p.Stop()
		want(t, "stopped", h.media.shown("peer-2"), map[int]sfu.PeerID{})
		want(t, "shut", h.media.isOpen("peer-2", sfu.Microphone), false)
		want(t, "no record", len(h.ledger.of()), 0)
		if _, err := h.reg.Practice("", "peer"); !errors.Is(err, rooms.ErrInvalid) {
			t.Errorf("without a session: %v", err)
		}
	})
}

func TestPractice_EndsWhenTheSessionJoins(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		p, err := h.reg.Practice("f", "peer-f")
		ok(t, err)
		_, f := h.join("S01/firm", "f")
		want(t, "nobody is shown", h.media.shown("peer-f"), map[int]sfu.PeerID{})
		h.join("S01/buyer", "b")
		p.Stop() // late: the room's picture stays
		want(t, "the buyer is shown", h.media.shown("peer-f"), map[int]sfu.PeerID{0: "peer-b"})
		want(t, "and the firm is heard", h.media.isOpen("peer-f", sfu.Microphone), true)
		want(t, "live", f.phase(), schedule.PhaseLive)
	})
}
