package rooms_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
)

// lobbyist is somebody in a lobby.
type lobbyist struct {
	mu sync.Mutex
	waited
}

type waited struct {
	lobbies   []rooms.Lobby
	notes     []schedule.Note
	dismissed []error
	orders    []rooms.Order
}

func (l *lobbyist) hear(fn func(*waited)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fn(&l.waited)
}

func (l *lobbyist) Lobby(x rooms.Lobby) {
	l.hear(func(h *waited) { h.lobbies = append(h.lobbies, x) })
}

func (l *lobbyist) Ordered(o rooms.Order) {
	l.hear(func(h *waited) { h.orders = append(h.orders, o) })
}

func (l *lobbyist) Noted(n schedule.Note) {
	l.hear(func(h *waited) { h.notes = append(h.notes, n) })
}

func (l *lobbyist) Dismiss(reason error) {
	l.hear(func(h *waited) { h.dismissed = append(h.dismissed, reason) })
}

func (l *lobbyist) heard() waited {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.waited
}

// last is the lobby as it was told last.
func (l *lobbyist) last() rooms.Lobby {
	all := l.heard().lobbies
	if len(all) == 0 {
		return rooms.Lobby{}
	}
	return all[len(all)-1]
}

func (h *hall) waitFor(seat schedule.SeatID, session string) (*rooms.Waiting, *lobbyist) {
	h.t.Helper()
	c, _ := seat.Split()
	l := &lobbyist{}
	w, err := h.reg.Wait(h.t.Context(), rooms.WaitRequest{
		Event: "E1", Consultation: c, Seat: seat, Session: session, Name: "name of " + session, Lobbyist: l,
	})
	if err != nil {
		h.t.Fatalf("wait for %s: %v", seat, err)
	}
	synctest.Wait()
	return w, l
}

// told is "seat state name" of each in a lobby or row.
func told(seats []rooms.SeatState) (all []string) {
	for _, s := range seats {
		all = append(all, fmt.Sprint(s.Seat, " ", s.State, " ", s.Name))
	}
	return all
}

func TestLobby_TellsWhoIsThereAndEachChange(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		_, a := h.waitFor("S02/buyer", "a") // long before the doors
		want(t, "alone", told(a.last().Seats), []string{"S02/firm absent Dye", "S02/buyer absent Best"})
		want(t, "the clock", a.last().Clock.Phase, schedule.PhaseScheduled)
		w, b := h.waitFor("S02/buyer", "b") // for the same seat
		want(t, "a hears of b", told(a.last().Seats)[2:], []string{"S02/buyer lobby name of b"})
		want(t, "b hears of a", told(b.last().Seats)[2:], []string{"S02/buyer lobby name of a"})
		want(t, "on the board", told(h.row("S02").Seats)[2:], []string{"S02/buyer lobby name of a", "S02/buyer lobby name of b"})
		h.until(20)
		want(t, "the doors open", a.last().Clock.Phase, schedule.PhaseOpen)
		h.join("S02/firm", "f")
		want(t, "the firm is there", a.last().Seats[0].State, rooms.SeatHere)
		w.Stop()
		want(t, "b is gone", len(a.last().Seats), 2)
		told, heard := len(b.heard().lobbies), len(a.heard().lobbies)
		h.join("S02/buyer", "a")
		want(t, "who is in the room hears no more of the lobby", len(a.heard().lobbies), heard)
		want(t, "a came in, the lobby is empty", len(h.row("S02").Seats), 2)
		want(t, "b heard no more after Stop", len(b.heard().lobbies), told)
		want(t, "nobody was dismissed", len(a.heard().dismissed)+len(b.heard().dismissed), 0)
		for _, e := range h.ledger.of(schedule.EntrySeatJoined) {
			if e.Session == "b" {
				t.Errorf("waiting was recorded: %+v", e)
			}
		}
	})
}

func TestLobby_WhoCannotEnterWaitsOn(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.join("S02/buyer", "b")
		_, l := h.waitFor("S02/buyer", "a")
		req, _ := request("S02/buyer", "a")
		if _, err := h.try(req); !errors.Is(err, rooms.ErrSeatInUse) {
			t.Fatalf("got %v", err)
		}
		heard := len(l.heard().lobbies)
		h.join("S02/firm", "f")
		if len(l.heard().lobbies) == heard || l.last().Seats[0].State != rooms.SeatHere {
			t.Errorf("heard %v", told(l.last().Seats))
		}
	})
}

func TestLobby_EndsWithTheConsultationAndRefusesWhoMayNot(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		_, one := h.waitFor("S01/buyer", "a")
		_, other := h.waitFor("S02/buyer", "b")
		h.until(20)
		h.reload(func(e *schedule.Event) { e.Consultations[1].Cancelled = true })
		want(t, "cancelled", other.heard().dismissed, []error{rooms.ErrCancelled})
		h.until(90)
		want(t, "ended", one.heard().dismissed, []error{rooms.ErrEnded})
		want(t, "the last word before", one.last().Clock.Phase, schedule.PhaseEnded)
		for seat, refusal := range map[schedule.SeatID]error{
			"S01/firm": rooms.ErrEnded, "S02/firm": rooms.ErrCancelled, "S09/firm": rooms.ErrNotFound,
			"S04/interpreter": rooms.ErrForbidden, "S04/firm/9": rooms.ErrForbidden,
		} {
			c, _ := seat.Split()
			_, err := h.reg.Wait(t.Context(), rooms.WaitRequest{Event: "E1", Consultation: c, Seat: seat, Session: "x", Lobbyist: &lobbyist{}})
			if !errors.Is(err, refusal) {
				t.Errorf("%s: %v, want %v", seat, err, refusal)
			}
		}
	})
}

func TestLobby_ASessionWaitsInOneAndALobbyIsBounded(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		former, l := h.waitFor("S01/firm", "a")
		h.waitFor("S02/firm", "a")
		want(t, "the former lobby", len(h.row("S01").Seats), 3)
		want(t, "the new one", len(h.row("S02").Seats), 3)
		former.Stop()
		want(t, "a former waiting ends nothing", len(h.row("S02").Seats), 3)
		want(t, "no dismissal", len(l.heard().dismissed), 0)
		for i := range rooms.MaxWaiting {
			h.waitFor("S04/firm", fmt.Sprint(i))
		}
		h.waitFor("S04/firm", "0") // again
		_, err := h.reg.Wait(t.Context(), rooms.WaitRequest{Event: "E1", Consultation: "S04", Seat: "S04/firm", Session: "x", Lobbyist: &lobbyist{}})
		want(t, "full", err, rooms.ErrFull)
	})
}
