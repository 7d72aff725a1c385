package rooms_test

import (
	"testing"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
)

func TestForget_NothingOfAPartyIsToldAgain(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		vf, f := h.join("S02/firm", "f")
		vb, _ := h.join("S02/buyer", "b")
		ok(t, vf.Say(t.Context(), "1", "from the firm"))
		ok(t, vb.Say(t.Context(), "2", "from the buyer"))
		for _, seat := range []schedule.SeatID{"S02/buyer", "S02/firm", "S01/buyer"} {
			_, err := h.reg.Note(t.Context(), rooms.NoteRequest{
				Event: "E1", From: schedule.NoteSender{Role: schedule.RoleCoordinator}, To: schedule.NoteTarget{Seat: seat}, Text: "to " + string(seat),
			})
			ok(t, err)
		}
		_, err := h.reg.Contact(t.Context(), "E1", "S02", staffer("kim"), schedule.Contacted{Role: schedule.RoleBuyer, Outcome: schedule.ContactCalled, Words: "Mr Best is ill"})
		ok(t, err)
		ok(t, h.reg.Forget(t.Context(), "E1", "Y2"))
		ok(t, vf.Sync(t.Context()))
		if chat := f.messages(); len(chat) != 1 || chat[0].Text != "from the firm" {
			t.Errorf("the chat: %+v", chat)
		}
		board, err := h.reg.Board(t.Context(), "E1")
		ok(t, err)
		if len(board.Notes) != 2 || board.Notes[0].To.Seat != "S02/firm" || board.Notes[1].To.Seat != "S01/buyer" {
			t.Errorf("the notes: %+v", board.Notes)
		}
		contacts := h.row("S02").Contacts
		if len(contacts) != 1 || contacts[0].Words != "" || contacts[0].Outcome != schedule.ContactCalled {
			t.Errorf("the calls: %+v", contacts)
		}
		want(t, "mirrored", h.store.state("S02").Contacts[0].Words, "")
		ok(t, h.reg.Forget(t.Context(), "E1", "nobody"))
	})
}

// TestForget_WhoLeftIsCalledAsTheTimetableSays: a room that is over tells of who
// was there, and no name that was erased.
func TestForget_WhoLeftIsCalledAsTheTimetableSays(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.join("S02/firm", "f")
		h.join("S02/buyer", "b")
		h.join("S02/buyer/2", "b2")
		ok(t, h.reg.End(t.Context(), "E1", "S02", staffer("kim"), "over"))
		h.until(21)
		h.reload(func(e *schedule.Event) {
			for i, b := range e.Buyers {
				if b.ID == "Y2" {
					e.Buyers[i] = schedule.Buyer{ID: "Y2", Name: "Y2", Zone: b.Zone}
				}
			}
		})
		h.until(22)
		left := 0
		for _, s := range h.row("S02").Seats {
			if s.Role == schedule.RoleBuyer {
				left++
				want(t, "the name of "+string(s.Seat), s.Name, "Y2")
				want(t, "who left", s.State, rooms.SeatLeft)
			}
		}
		if left == 0 {
			t.Error("nobody left")
		}
	})
}
