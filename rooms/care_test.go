package rooms_test

import (
	"testing"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
)

// carer is who takes care of a consultation; empty: nobody.
func (h *hall) carer(id schedule.ConsultationID) string {
	if c := h.row(id).Care; c != nil {
		return c.By
	}
	return ""
}

func TestCare_IsTakenTakenOverAndLetGoOf(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		_, w := h.console("kim")
		ok(t, h.reg.Care(t.Context(), "E1", "S01", staffer("kim"), true)) // it has no room yet
		want(t, "told to consoles", w.heard().rows[len(w.heard().rows)-1].Care.Name, "name of kim")
		h.until(20)
		h.join("S01/firm", "f")
		want(t, "the room knows", h.carer("S01"), "kim")
		want(t, "not one's own", h.reg.Care(t.Context(), "E1", "S01", staffer("lee"), false), error(rooms.ErrForbidden))
		ok(t, h.reg.Care(t.Context(), "E1", "S01", staffer("lee"), true))
		want(t, "taken over", h.carer("S01"), "lee")
		h.close()
		h.start()
		want(t, "after a restart", h.carer("S01"), "lee")
		ok(t, h.reg.Care(t.Context(), "E1", "S01", staffer("lee"), false))
		ok(t, h.reg.Care(t.Context(), "E1", "S01", staffer("lee"), false)) // again: nothing to do
		want(t, "let go of", h.carer("S01"), "")
		want(t, "the record", h.acts(), []string{"kim care S01: ", "lee care S01: ", "lee uncare S01: "})
	})
}

func TestHandOver_GivesWhatIsNotOverToWhoIsAtAConsole(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		watch, _ := h.console("kim")
		for _, c := range []schedule.ConsultationID{"S01", "S02", "S03"} {
			ok(t, h.reg.Care(t.Context(), "E1", c, staffer("kim"), true))
		}
		ok(t, h.reg.Care(t.Context(), "E1", "S04", staffer("park"), true))
		h.until(91) // S01 and S02 are over
		_, err := h.reg.HandOver(t.Context(), "E1", staffer("kim"), "lee")
		want(t, "to whom is not here", err, error(rooms.ErrGone))
		looks, err := h.reg.Watch("E1", rooms.WatchRequest{Watcher: &fakeWatcher{}, Session: "v", Actor: staffer("viewer"), Right: schedule.RightViewer})
		ok(t, err)
		_, err = h.reg.HandOver(t.Context(), "E1", staffer("kim"), "viewer")
		want(t, "to who only looks", err, error(rooms.ErrGone))
		looks.Stop()
		_, w := h.console("lee")
		n, err := h.reg.HandOver(t.Context(), "E1", staffer("kim"), "lee")
		ok(t, err)
		want(t, "how many", n, 1)
		want(t, "what goes on", []string{h.carer("S02"), h.carer("S03"), h.carer("S04")}, []string{"kim", "lee", "park"})
		acts := h.acts()
		want(t, "one entry", acts[len(acts)-1], "kim hand_over lee: ")
		watch.Stop()
		staff := w.heard().staff
		if len(staff) != 1 || staff[0].ID != "lee" || staff[0].Rooms != 1 || staff[0].Right != schedule.RightCoordinator {
			t.Errorf("who is here: %+v", staff)
		}
	})
}

func TestStaff_EachOnceWhoeverHasManyConsoles(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		_, w := h.console("kim")
		began := time.Now().UTC().Round(0)
		want(t, "alone", w.heard().boards[0].Staff, []rooms.StaffHere{
			{ID: "kim", Name: "name of kim", Right: schedule.RightCoordinator, Since: began},
		})
		time.Sleep(time.Minute)
		other, _ := h.console("kim")
		third, _ := h.console("lee")
		want(t, "two people", len(w.heard().staff), 2)
		want(t, "since", w.heard().staff[0].Since, began)
		other.Stop()
		want(t, "one console left of two", len(w.heard().staff), 2)
		third.Stop()
		want(t, "gone", len(w.heard().staff), 1)
	})
}

func TestEnd_IsOverNow(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, f := h.join("S02/firm", "f")
		_, b := h.join("S02/buyer", "b")
		ok(t, h.reg.End(t.Context(), "E1", "S02", staffer("kim"), "the buyer  fell ill"))
		want(t, "the firm", f.reason(), error(rooms.ErrEnded))
		want(t, "the buyer", b.reason(), error(rooms.ErrEnded))
		want(t, "on the board", h.row("S02").Clock.Phase, schedule.PhaseEnded)
		want(t, "again", h.reg.End(t.Context(), "E1", "S02", staffer("kim"), ""), error(rooms.ErrEnded))
		want(t, "the record", h.acts(), []string{"kim end S02: the buyer fell ill"})
		if _, early := h.reg.End(t.Context(), "E1", "S04", staffer("kim"), "").(*rooms.TooEarlyError); !early {
			t.Error("a consultation was ended whose doors are shut")
		}
		h.close()
		h.start()
		want(t, "after a restart", h.row("S02").Clock.Phase, schedule.PhaseEnded)
	})
}
