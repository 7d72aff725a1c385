package rooms

import (
	"context"
	"errors"
	"slices"
	"time"

	"sangdam/rooms/schedule"
)

// Forget takes out of memory what a party wrote and what was written about it,
// after the Store has erased it: notes, chat, and the words of calls. What others
// wrote reads from then on as the Store has it, without the party's names. What
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
	notes, failed := g.deps.Store.Notes(ctx, event)
	texts := make(map[string]string, len(notes))
	for _, n := range notes {
		texts[n.ID] = n.Text
	}
	g.eventEntry(event).board.forgetNotes(texts, func(n schedule.Note) bool {
		_, about := in[n.To.Consultation]
		return about || has(n.From.Seat) || has(n.To.Seat)
	})
	for id := range in { // one room on another node keeps no other's words
		failed = errors.Join(failed, g.forgetIn(ctx, roomKey{event, id}, has))
	}
	return failed
}

func (g *Registry) forgetIn(ctx context.Context, key roomKey, has func(schedule.SeatID) bool) error {
	stored, failed := g.deps.Store.Chat(ctx, key.event, key.consultation)
	texts := make(map[string]string, len(stored))
	for _, m := range stored {
		texts[m.ID] = m.Text
	}
	kept := func(all []Chat) []Chat {
		all = slices.DeleteFunc(slices.Clone(all), func(c Chat) bool { return has(c.Seat) })
		for i := range all {
			if text, ok := texts[all[i].ID]; ok {
				all[i].Text = text
			}
		}
		return all
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
	return errors.Join(failed, g.amend(ctx, key, func(_ schedule.Clock, s *schedule.RoomState, _ time.Time) (schedule.Entry, error) {
		s.Contacts = slices.Clone(s.Contacts)
		for i := range s.Contacts {
			s.Contacts[i].Words = ""
		}
		return schedule.Entry{}, nil
	}))
}

// forgetNotes drops notes, and gives the others the texts that are stored.
// Consoles that are open show them as they were until they are told the board
// anew.
func (b *board) forgetNotes(texts map[string]string, gone func(schedule.Note) bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.notes = slices.DeleteFunc(slices.Clone(b.notes), func(k keptNote) bool { return gone(k.Note) })
	for i := range b.notes {
		if text, ok := texts[b.notes[i].ID]; ok {
			b.notes[i].Text = text
		}
	}
}
