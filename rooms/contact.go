package rooms

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"sangdam/rooms/schedule"
)

const (
	maxContacts   = 64  // of one consultation that are kept at hand; the oldest go first, and the ledger has them all
	maxComingSoon = 120 // minutes that somebody who is coming may be away
)

// Contact records a try to reach somebody who is missing, and gives it back
// with its ID, time and who tried.
func (g *Registry) Contact(ctx context.Context, event schedule.EventID, id schedule.ConsultationID, by schedule.Actor, in schedule.Contacted) (schedule.Contacted, error) {
	text, err := words(in.Words)
	if err != nil {
		return schedule.Contacted{}, err
	}
	coming := in.Outcome == schedule.ContactComing
	if by.By == "" || !slices.Contains(schedule.ContactOutcomes(), in.Outcome) ||
		coming && (in.Minutes < 1 || in.Minutes > maxComingSoon) || !coming && in.Minutes != 0 {
		return schedule.Contacted{}, ErrInvalid
	}
	e, err := g.Event(ctx, event)
	if err != nil {
		return schedule.Contacted{}, err
	}
	seat := schedule.SeatOf(id, in.Role)
	if c, ok := e.Consultation(id); !ok {
		return schedule.Contacted{}, ErrNotFound
	} else if !slices.Contains(c.Seats(), seat) {
		return schedule.Contacted{}, ErrInvalid
	}
	made, err := uuid.NewV7()
	if err != nil {
		return schedule.Contacted{}, err
	}
	out := schedule.Contacted{
		ID: made.String(), By: by.By, Name: by.Name, Role: in.Role, Outcome: in.Outcome, Minutes: in.Minutes, Words: text,
	}
	err = g.amend(ctx, roomKey{event, id}, func(k schedule.Clock, s *schedule.RoomState, now time.Time) (schedule.Entry, error) {
		if k.Phase == schedule.PhaseCancelled {
			return schedule.Entry{}, ErrCancelled
		}
		out.At = now
		s.Contacts = newest(append(slices.Clip(s.Contacts), out), maxContacts)
		return schedule.Entry{
			ID: out.ID, Kind: schedule.EntryContact, Seat: seat, By: by.By, Detail: out.Detail(), Words: text,
		}, nil
	})
	if err != nil { // out may still be written to
		return schedule.Contacted{}, err
	}
	return out, nil
}
