package rooms_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
)

func minute(m float64) time.Time {
	return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(m * float64(time.Minute)))
}

// phases tells the recorded phases of a consultation with their minutes.
func (h *hall) phases(id schedule.ConsultationID) (all []string) {
	for _, e := range h.ledger.of(schedule.EntryPhase) {
		if e.Consultation == id {
			all = append(all, fmt.Sprintf("%s@%v", e.Detail, e.At.Sub(minute(0)).Minutes()))
		}
	}
	return all
}

func TestLife_TheClockDrivesAConsultationToItsEnd(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		req, _ := request("S01/firm", "f1")
		var early *rooms.TooEarlyError
		if _, err := h.try(req); !errors.As(err, &early) || !early.OpensAt.Equal(minute(15)) {
			t.Fatalf("before the doors: %v", err)
		}
		h.until(15)
		if p := h.row("S01").Clock.Phase; p != schedule.PhaseOpen {
			t.Fatalf("at the doors: %s", p)
		}
		h.until(16)
		_, firm := h.join("S01/firm", "f1")
		h.until(20)
		_, buyer := h.join("S01/buyer", "b1")
		if firm.phase() != schedule.PhaseLive || buyer.phase() != schedule.PhaseLive {
			t.Fatalf("both are here: %s, %s", firm.phase(), buyer.phase())
		}
		h.until(89.5)
		if !slices.Equal(firm.warned(), []int{5, 2, 1}) || !slices.Equal(buyer.warned(), []int{5, 2, 1}) {
			t.Fatalf("warnings %v, %v", firm.warned(), buyer.warned())
		}
		// nobody is needed elsewhere: they talk on for the longest overrun
		h.until(100)
		if k := h.row("S01").Clock; k.Phase != schedule.PhaseClosing || !k.Overrun || !k.ClosesAt.IsZero() {
			t.Fatalf("in overrun: %+v", k)
		}
		h.until(148.5)
		if firm.time().ClosesAt != minute(150) {
			t.Fatalf("in the farewell: %+v", firm.time())
		}
		h.until(150)
		if !errors.Is(firm.reason(), rooms.ErrEnded) || !errors.Is(buyer.reason(), rooms.ErrEnded) {
			t.Fatalf("dismissed with %v, %v", firm.reason(), buyer.reason())
		}
		if firm.phase() != schedule.PhaseEnded {
			t.Fatalf("the end was not told: %s", firm.phase())
		}
		want := []string{"open@15", "waiting@16", "live@20", "closing@88", "ended@150"}
		if got := h.phases("S01"); !slices.Equal(got, want) {
			t.Fatalf("phases %v, want %v", got, want)
		}
		if s := h.store.state("S01"); s.Phase != schedule.PhaseEnded || !s.EndedAt.Equal(minute(150)) {
			t.Fatalf("saved state %+v", s)
		}
		for _, e := range h.ledger.of(schedule.EntrySeatLeft) {
			if e.Detail != string(schedule.LeftEnded) || !e.At.Equal(minute(150)) {
				t.Errorf("left: %+v", e)
			}
		}
		if h.store.isLeased("S01") || len(h.store.presences()) != 0 {
			t.Errorf("after the end: leased %v, present %v", h.store.isLeased("S01"), h.store.presences())
		}
		if _, err := h.try(req); !errors.Is(err, rooms.ErrEnded) {
			t.Fatalf("after the end: %v", err)
		}
		if s := h.seat("S01/firm"); s.State != rooms.SeatLeft || !s.Since.Equal(minute(150)) {
			t.Errorf("on the board after the end: %+v", s)
		}
	})
}

func TestLife_FarewellWhenSomebodyIsNeededNext(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.join("S02/firm", "f")
		_, buyer := h.join("S02/buyer", "b")
		h.until(91)
		if buyer.time().ClosesAt != minute(92) || buyer.reason() != nil {
			t.Fatalf("in the farewell: %+v, %v", buyer.time(), buyer.reason())
		}
		h.until(92)
		if !errors.Is(buyer.reason(), rooms.ErrEnded) {
			t.Fatalf("after the farewell: %v", buyer.reason())
		}
	})
}

func TestLife_OneSideAloneEndsAtTheEnd(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, firm := h.join("S01/firm", "f")
		h.until(89.9)
		if firm.phase() != schedule.PhaseWaiting {
			t.Fatalf("alone: %s", firm.phase())
		}
		h.until(90)
		if !errors.Is(firm.reason(), rooms.ErrEnded) {
			t.Fatalf("alone at the end: %v", firm.reason())
		}
		if got, want := h.phases("S02"), []string{"open@15", "ended@90"}; !slices.Equal(got, want) {
			t.Fatalf("a room that nobody entered: %v, want %v", got, want)
		}
	})
}

func TestLife_AReloadInOverrunFindsItsRoom(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(80)
		_, firm := h.join("S01/firm", "f")
		buyer, _ := h.join("S01/buyer", "b")
		h.until(95)
		ok(t, buyer.Leave(t.Context()))
		time.Sleep(5 * time.Second)
		back, _ := h.join("S01/buyer", "b2")
		h.until(97)
		if firm.reason() != nil {
			t.Fatalf("the room ended: %v", firm.reason())
		}
		ok(t, back.Leave(t.Context()))
		time.Sleep(rooms.RejoinHold)
		synctest.Wait()
		if !errors.Is(firm.reason(), rooms.ErrEnded) {
			t.Fatalf("the buyer is gone for good, but: %v", firm.reason())
		}
	})
}

func TestLife_CancelledAndUnknown(t *testing.T) {
	e := fair()
	e.Consultations[0].Cancelled = true
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, e)
		defer h.close()
		h.until(20)
		for seat, want := range map[schedule.SeatID]error{
			"S01/firm":        rooms.ErrCancelled,
			"S09/firm":        rooms.ErrNotFound,
			"S02/interpreter": rooms.ErrForbidden,
			"S02/coordinator": rooms.ErrForbidden,
		} {
			req, _ := request(seat, "x")
			if _, err := h.try(req); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", seat, err, want)
			}
		}
		req, _ := request("S02/firm", "x")
		req.Event = "E9"
		if _, err := h.try(req); !errors.Is(err, rooms.ErrNotFound) {
			t.Errorf("unknown event: %v", err)
		}
		if k := h.row("S01").Clock; k.Phase != schedule.PhaseCancelled {
			t.Errorf("on the board: %s", k.Phase)
		}
	})
}

func TestLife_CancelledWhilePeopleAreIn(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, firm := h.join("S01/firm", "f")
		changed := fair()
		changed.Consultations[0].Cancelled = true
		h.store.mu.Lock()
		h.store.events["E1"] = changed
		h.store.mu.Unlock()
		h.until(21)
		if !errors.Is(firm.reason(), rooms.ErrCancelled) {
			t.Fatalf("dismissed with %v", firm.reason())
		}
		if k := h.row("S01").Clock; k.Phase != schedule.PhaseCancelled {
			t.Errorf("on the board: %s", k.Phase)
		}
		req, _ := request("S01/firm", "f2")
		if _, err := h.try(req); !errors.Is(err, rooms.ErrCancelled) {
			t.Errorf("a later join: %v", err)
		}
	})
}

func TestLife_GoesOnAfterTheNodeWasKilled(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(80)
		v, _ := h.join("S01/firm", "f")
		h.join("S01/buyer", "b")
		ok(t, v.Say(t.Context(), "k", "hello"))
		h.until(89.9)
		h.close() // what the store holds is the same as after a kill: the phase is live or closing
		time.Sleep(20 * time.Second)
		h.start() // past the end, nobody is back yet
		if k := h.row("S01").Clock; k.Phase != schedule.PhaseClosing || !k.Overrun {
			t.Fatalf("after the restart: %+v", k)
		}
		time.Sleep(10 * time.Second)
		_, firm := h.join("S01/firm", "f2")
		_, buyer := h.join("S01/buyer", "b2")
		if chat := firm.messages(); len(chat) != 1 || chat[0].Text != "hello" || chat[0].Name != "Loom" {
			t.Fatalf("chat after the restart: %+v", chat)
		}
		h.until(100)
		if firm.reason() != nil || buyer.reason() != nil {
			t.Fatalf("torn apart: %v, %v", firm.reason(), buyer.reason())
		}
	})
}

func TestLife_NobodyComesBackAfterTheRestart(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(80)
		h.join("S01/firm", "f")
		h.join("S01/buyer", "b")
		h.until(89.9)
		h.close()
		h.until(91)
		h.start()
		h.until(92.4)
		if k := h.row("S01").Clock; k.Phase != schedule.PhaseClosing {
			t.Fatalf("within the grace time: %s", k.Phase)
		}
		h.until(92.6)
		if k := h.row("S01").Clock; k.Phase != schedule.PhaseEnded {
			t.Fatalf("after the grace time: %s", k.Phase)
		}
		h.close()
		h.start()
		req, _ := request("S01/firm", "f2")
		if _, err := h.try(req); !errors.Is(err, rooms.ErrEnded) {
			t.Fatalf("ended rooms stay ended: %v", err)
		}
	})
}

func TestClose_TellsPeopleToComeBack(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		v, firm := h.join("S01/firm", "f")
		h.close()
		if !errors.Is(firm.reason(), rooms.ErrStopping) {
			t.Fatalf("dismissed with %v", firm.reason())
		}
		if err := v.Say(t.Context(), "", "x"); !errors.Is(err, rooms.ErrStopping) {
			t.Fatalf("a call after the end: %v", err)
		}
		left := h.ledger.of(schedule.EntrySeatLeft)
		if len(left) != 1 || left[0].Detail != string(schedule.LeftNodeDied) {
			t.Fatalf("ledger: %+v", left)
		}
		if len(h.store.presences()) != 0 || h.store.isLeased("S01") {
			t.Fatalf("the store still has %v, lease %v", h.store.presences(), h.store.isLeased("S01"))
		}
		h.start() // for bubble's own close
	})
}

// What a node that died had saved is all that the next one has.
func TestLife_WhoHadBeenThereIsKnownAfterACrash(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(16)
		firm, _ := h.join("S01/firm", "f1")
		h.until(17)
		h.join("S01/buyer", "b1")
		h.until(18)
		ok(t, firm.Leave(t.Context()))
		synctest.Wait()
		crashed := h.store.state("S01")
		h.until(19)
		h.close() // what it says last is lost
		ok(t, h.store.SaveRoomState(t.Context(), crashed))
		h.start()
		if s := h.seat("S01/firm"); s.State != rooms.SeatLeft || !s.Since.Equal(minute(18)) {
			t.Errorf("who had left: %+v", s)
		}
		if s := h.seat("S01/buyer"); s.State != rooms.SeatLeft || !s.Since.Equal(minute(18)) {
			t.Errorf("who sat there: %+v", s)
		}
		h.until(150)
		crashed = h.store.state("S01")
		h.close()
		ok(t, h.store.SaveRoomState(t.Context(), crashed))
		h.start()
		if s := h.seat("S01/firm"); s.State != rooms.SeatLeft || !s.Since.Equal(minute(18)) {
			t.Errorf("of a consultation that is over: %+v", s)
		}
	})
}
