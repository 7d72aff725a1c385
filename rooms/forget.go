package rooms

import (
	"context"
	"errors"
	"slices"
	"time"

	"sangdam/rooms/schedule"
)

// Forget takes out of memory what a party wrote and what was written about it,
// after the Store has erased it: notes, chat, and the words of calls. What
// stays is what counts go by. party is the id of a firm, buyer or interpreter.
func (g *Registry) Forget(ctx context.Context, event schedule.EventID, party string) error {
	e, err := g.Event(ctx, event)
	if err != nil {
		return err
	}
	in := map[schedule.ConsultationID]schedule.Role{}
	for _, c := range e.Consultations {
		switch party {
		case "":
		case string(c.Firm):
			in[c.ID] = schedule.RoleFirm
		case string(c.Buyer):
			in[c.ID] = schedule.RoleBuyer
		case string(c.Interpreter):
			in[c.ID] = schedule.RoleInterpreter
		}
	}
	has := func(seat schedule.SeatID) bool {
		c, role := seat.Split()
		of, ok := in[c]
		return ok && of == role
	}
	g.eventEntry(event).board.forgetNotes(func(n schedule.Note) bool {
		_, about := in[n.To.Consultation]
		return about || has(n.From.Seat) || has(n.To.Seat)
	})
	var failed error // one room on another node keeps no other's words
	for id := range in {
		failed = errors.Join(failed, g.forgetIn(ctx, roomKey{event, id}, has))
	}
	return failed
}

func (g *Registry) forgetIn(ctx context.Context, key roomKey, has func(schedule.SeatID) bool) error {
	kept := func(all []Chat) []Chat {
		return slices.DeleteFunc(slices.Clone(all), func(c Chat) bool { return has(c.Seat) })
	}
	g.mu.Lock()
	if p := g.events[key.event].past[key.consultation]; p != nil {
		p.chat = kept(p.chat)
	}
	g.mu.Unlock()
	if r := g.openRoom(key); r != nil {
		err := r.act(ctx, func(time.Time) error {
			r.chat = kept(r.chat)
			return nil
		})
		if ctx.Err() != nil {
			return err
		}
	}
	return g.amend(ctx, key, func(_ schedule.Clock, s *schedule.RoomState, _ time.Time) (schedule.Entry, error) {
		s.Contacts = slices.Clone(s.Contacts)
		for i := range s.Contacts {
			s.Contacts[i].Words = ""
		}
		return schedule.Entry{}, nil
	})
}

// forgetNotes drops notes. Consoles that are open show them until they are told
// the board anew.
func (b *board) forgetNotes(gone func(schedule.Note) bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.notes = slices.DeleteFunc(slices.Clone(b.notes), func(k keptNote) bool { return gone(k.Note) })
}
