package rooms

import (
	"context"
	"slices"
	"time"

	"sangdam/rooms/schedule"
)

// Care says that a coordinator takes care of a consultation, or lets go of it.
// Taking what somebody else takes care of takes it over; only one's own can be
// let go of (ErrForbidden).
func (g *Registry) Care(ctx context.Context, event schedule.EventID, id schedule.ConsultationID, by schedule.Actor, take bool) error {
	if by.By == "" {
		return ErrInvalid
	}
	return g.amend(ctx, roomKey{event, id}, func(k schedule.Clock, s *schedule.RoomState, now time.Time) (schedule.Entry, error) {
		mine := s.Care != nil && s.Care.By == by.By
		switch {
		case take && k.Phase == schedule.PhaseCancelled:
			return schedule.Entry{}, ErrCancelled
		case take && mine, !take && s.Care == nil: // it is so already
			return schedule.Entry{}, nil
		case !take && !mine:
			return schedule.Entry{}, ErrForbidden
		case !take:
			s.Care = nil
			return staffEntry(by, schedule.ActionUncare, "", "", ""), nil
		}
		s.Care = &schedule.Carer{By: by.By, Name: by.Name, Since: now}
		return staffEntry(by, schedule.ActionCare, "", "", ""), nil
	})
}

// HandOver gives all consultations that are not over and that a coordinator
// takes care of to another one, who is at a console (ErrGone: is not), and
// tells how many.
func (g *Registry) HandOver(ctx context.Context, event schedule.EventID, from schedule.Actor, to string) (int, error) {
	e, err := g.Event(ctx, event)
	if err != nil {
		return 0, err
	}
	b := g.eventEntry(event).board
	next, here := b.atConsole(to)
	switch {
	case from.By == "" || to == from.By:
		return 0, ErrInvalid
	case !here || !next.Right.Covers(schedule.RightCoordinator): // who only looks takes care of nothing
		return 0, ErrGone
	}
	rows := b.base()
	n := 0
	for _, c := range e.Consultations {
		row := rows[c.ID]
		if row.Care == nil || row.Care.By != from.By || row.over() {
			continue
		}
		given := false
		err := g.amend(ctx, roomKey{event, c.ID}, func(_ schedule.Clock, s *schedule.RoomState, now time.Time) (schedule.Entry, error) {
			if given = s.Care != nil && s.Care.By == from.By; given {
				s.Care = &schedule.Carer{By: next.ID, Name: next.Name, Since: now}
			}
			return schedule.Entry{}, nil
		})
		if err != nil {
			return n, err
		}
		if given {
			n++
		}
	}
	g.Act(event, from, schedule.ActionHandOver, "", "", to, "")
	return n, nil
}

func (r Row) over() bool {
	return r.Clock.Phase == schedule.PhaseEnded || r.Clock.Phase == schedule.PhaseCancelled
}

// atConsole finds who is at a console of the event.
func (b *board) atConsole(id string) (StaffHere, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.staff()
	i := slices.IndexFunc(all, func(s StaffHere) bool { return s.ID == id })
	if i < 0 {
		return StaffHere{}, false
	}
	return all[i], true
}
