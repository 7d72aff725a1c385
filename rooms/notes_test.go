package rooms_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
)

var coordinator = schedule.NoteSender{Role: schedule.RoleCoordinator, Name: "Center"}

func sender(seat schedule.SeatID) schedule.NoteSender {
	_, role := seat.Split()
	return schedule.NoteSender{Role: role, Name: "Somebody", Seat: seat}
}

func (h *hall) note(req rooms.NoteRequest) schedule.Note {
	h.t.Helper()
	req.Event = "E1"
	n, err := h.reg.Note(h.t.Context(), req)
	if err != nil {
		h.t.Fatal(err)
	}
	synctest.Wait()
	return n
}

func texts(notes []schedule.Note) (all []string) {
	for _, n := range notes {
		all = append(all, n.Text)
	}
	return all
}

func TestNotes_ReachWhomTheyAreFor(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		w := &fakeWatcher{}
		_, err := h.reg.Watch("E1", rooms.WatchRequest{Watcher: w})
		ok(t, err)
		h.until(20)
		_, inRoom := h.join("S01/firm", "f")
		_, inLobby := h.waitFor("S01/buyer", "b")
		_, elsewhere := h.waitFor("S02/buyer", "c")
		h.note(rooms.NoteRequest{From: sender("S01/buyer"), Text: " where is everybody? "})
		h.note(rooms.NoteRequest{From: coordinator, To: schedule.NoteTarget{Seat: "S01/buyer"}, Text: "one"})
		h.note(rooms.NoteRequest{From: coordinator, To: schedule.NoteTarget{Seat: "S01/firm"}, Text: "two"})
		h.note(rooms.NoteRequest{From: coordinator, To: schedule.NoteTarget{Consultation: "S01"}, Text: "three"})
		h.note(rooms.NoteRequest{From: coordinator, To: schedule.NoteTarget{Everybody: true}, Text: "four"})
		want(t, "in the lobby", texts(inLobby.heard().notes), []string{"one", "three", "four"})
		want(t, "in the room", texts(inRoom.noted()), []string{"two", "three", "four"})
		want(t, "elsewhere", texts(elsewhere.heard().notes), []string{"four"})
		all := []string{"where is everybody?", "one", "two", "three", "four"}
		want(t, "consoles see all", texts(w.heard().notes), all)
		late := &fakeWatcher{}
		_, err = h.reg.Watch("E1", rooms.WatchRequest{Watcher: late})
		ok(t, err)
		want(t, "a console opened later", texts(late.heard().boards[0].Notes), all)
		h.close()
		h.start()
		again := &fakeWatcher{}
		_, err = h.reg.Watch("E1", rooms.WatchRequest{Watcher: again})
		ok(t, err)
		want(t, "after a restart", texts(again.heard().boards[0].Notes), all)
		time.Sleep(25 * time.Hour)
		synctest.Wait()
		next := &fakeWatcher{}
		_, err = h.reg.Watch("E1", rooms.WatchRequest{Watcher: next})
		ok(t, err)
		want(t, "the next day", len(next.heard().boards[0].Notes), 0)
	})
}

func TestNotes_AreToldAgainToWhoComesBackButNotToTheNextBuyer(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, first := h.waitFor("S02/buyer", "b")
		want(t, "nothing yet", len(first.heard().lobbies[0].Notes), 0)
		h.note(rooms.NoteRequest{From: sender("S02/buyer"), Text: "my headset is gone"})
		h.note(rooms.NoteRequest{From: coordinator, To: schedule.NoteTarget{Seat: "S02/buyer"}, Text: "take your time"})
		h.note(rooms.NoteRequest{From: coordinator, To: schedule.NoteTarget{Seat: "S02/firm"}, Text: "not for buyers"})
		_, again := h.waitFor("S02/buyer", "b2")
		want(t, "after a reload", texts(again.heard().lobbies[0].Notes), []string{"my headset is gone", "take your time"})
		time.Sleep(time.Second)
		h.reload(func(e *schedule.Event) { e.Consultations[1].Buyer = "Y1" })
		h.note(rooms.NoteRequest{From: coordinator, To: schedule.NoteTarget{Seat: "S02/buyer"}, Text: "thank you for stepping in"})
		_, next := h.waitFor("S02/buyer", "c")
		want(t, "who steps in", texts(next.heard().lobbies[0].Notes), []string{"thank you for stepping in"})
		h.close()
		h.start()
		_, next = h.waitFor("S02/buyer", "c2")
		want(t, "and after a restart", texts(next.heard().lobbies[0].Notes), []string{"thank you for stepping in"})
	})
}

func TestNotes_ACallIsOpenUntilACoordinatorAnswers(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		w := &fakeWatcher{}
		_, err := h.reg.Watch("E1", rooms.WatchRequest{Watcher: w})
		ok(t, err)
		h.until(20)
		_, booth := h.join("S01/firm", "booth")
		from := sender("S01/firm")
		from.Booth = "B1"
		call := rooms.NoteRequest{From: from, Kind: schedule.NoteCall}
		first := h.note(call)
		want(t, "a second press is the same call", h.note(call).ID, first.ID)
		want(t, "told once", len(w.heard().notes), 1)
		h.note(rooms.NoteRequest{From: coordinator, To: schedule.NoteTarget{Seat: "S01/firm"}, Text: "I come"})
		last := w.heard().notes[len(w.heard().notes)-1]
		if last.ID != first.ID || last.SeenBy != "Center" || last.SeenAt.IsZero() {
			t.Errorf("answered: %+v", last)
		}
		heard := booth.noted()
		if len(heard) != 2 || heard[0].Text != "I come" || heard[1].ID != first.ID || heard[1].SeenBy == "" {
			t.Errorf("the booth heard %+v", heard)
		}
		second := h.note(call)
		if second.ID == first.ID {
			t.Error("a new call after the answer is the old one")
		}
		ok(t, h.reg.Seen(t.Context(), "E1", second.ID, "console-1"))
		ok(t, h.reg.Seen(t.Context(), "E1", second.ID, "console-2")) // was seen: nothing changes
		want(t, "seen by", w.heard().notes[len(w.heard().notes)-1].SeenBy, "console-1")
		h.store.mu.Lock()
		want(t, "stored, each once", len(h.store.notes), 3)
		h.store.mu.Unlock()
		if err := h.reg.Seen(t.Context(), "E1", "none", "console-1"); !errors.Is(err, rooms.ErrNotFound) {
			t.Errorf("unknown: %v", err)
		}
	})
}

func TestNotes_RepetitionsAndBounds(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		req := rooms.NoteRequest{From: sender("S01/buyer"), Session: "b", Key: "k", Text: "once"}
		first := h.note(req)
		want(t, "a repetition", h.note(req), first)
		req.Session = "c"
		if h.note(req).ID == first.ID {
			t.Error("somebody else's key is not the same")
		}
		req.Key = ""
		for i := range rooms.MaxNotesKept + 5 {
			req.Text = fmt.Sprint(i)
			h.note(req)
		}
		w := &fakeWatcher{}
		_, err := h.reg.Watch("E1", rooms.WatchRequest{Watcher: w})
		ok(t, err)
		kept := w.heard().boards[0].Notes
		if len(kept) != rooms.MaxNotesKept || kept[0].Text != "5" {
			t.Errorf("%d kept, from %q", len(kept), kept[0].Text)
		}
	})
}

func TestNotes_AreRefused(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		for name, tt := range map[string]struct {
			req rooms.NoteRequest
			err error
		}{
			"empty":                    {rooms.NoteRequest{From: sender("S01/firm"), Text: " "}, rooms.ErrInvalid},
			"too long":                 {rooms.NoteRequest{From: sender("S01/firm"), Text: strings.Repeat("가", rooms.MaxNoteRunes+1)}, rooms.ErrTooLarge},
			"not text":                 {rooms.NoteRequest{From: sender("S01/firm"), Text: "\xff"}, rooms.ErrInvalid},
			"another kind":             {rooms.NoteRequest{From: sender("S01/firm"), Text: "x", Kind: "shout"}, rooms.ErrInvalid},
			"to others":                {rooms.NoteRequest{From: sender("S01/firm"), Text: "x", To: schedule.NoteTarget{Everybody: true}}, rooms.ErrForbidden},
			"to nobody":                {rooms.NoteRequest{From: coordinator, Text: "x"}, rooms.ErrInvalid},
			"to two":                   {rooms.NoteRequest{From: coordinator, Text: "x", To: schedule.NoteTarget{Everybody: true, Seat: "S01/firm"}}, rooms.ErrInvalid},
			"a coordinator's call":     {rooms.NoteRequest{From: coordinator, Kind: schedule.NoteCall, To: schedule.NoteTarget{Everybody: true}}, rooms.ErrInvalid},
			"to an unknown seat":       {rooms.NoteRequest{From: coordinator, Text: "x", To: schedule.NoteTarget{Seat: "S02/interpreter"}}, rooms.ErrNotFound},
			"an unknown consultation":  {rooms.NoteRequest{From: coordinator, Text: "x", To: schedule.NoteTarget{Consultation: "S99"}}, rooms.ErrNotFound},
			"of an event that is none": {rooms.NoteRequest{Event: "E9", From: sender("S01/firm"), Text: "x"}, rooms.ErrNotFound},
		} {
			if tt.req.Event == "" {
				tt.req.Event = "E1"
			}
			if _, err := h.reg.Note(t.Context(), tt.req); !errors.Is(err, tt.err) {
				t.Errorf("%s: %v, want %v", name, err, tt.err)
			}
		}
	})
}

func TestNotes_AreToldWhileTheStoreIsAway(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		_, l := h.waitFor("S01/buyer", "b")
		h.store.setBefore(func(context.Context, string) error { return errors.New("away") })
		h.note(rooms.NoteRequest{From: coordinator, To: schedule.NoteTarget{Seat: "S01/buyer"}, Text: "one"})
		want(t, "told", texts(l.heard().notes), []string{"one"})
		h.store.setBefore(nil)
		time.Sleep(10 * time.Second)
		synctest.Wait()
		h.store.mu.Lock()
		defer h.store.mu.Unlock()
		want(t, "stored later", texts(h.store.notes), []string{"one"})
	})
}
