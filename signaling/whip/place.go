package whip

import (
	"context"
	"slices"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// place is where a device belongs.
type place struct {
	consultation schedule.ConsultationID
	seat         schedule.SeatID // empty: a coordinator's
}

// open tells whether a row's doors are open.
func open(r rooms.Row) bool {
	switch r.Clock.Phase {
	case schedule.PhaseOpen, schedule.PhaseWaiting, schedule.PhaseLive, schedule.PhaseClosing:
		return true
	}
	return false
}

// taken tells whether somebody sits on a seat.
func taken(r rooms.Row, seat schedule.SeatID) bool {
	return slices.ContainsFunc(r.Seats, func(s rooms.SeatState) bool {
		return s.Seat == seat && (s.State == rooms.SeatHere || s.State == rooms.SeatAway)
	})
}

// belongs finds the consultation that a link's device belongs to now: where its
// seat is taken, else the earliest whose doors are open. asked is the one that a
// screen was told to show; a coordinator's must be.
func (h *Handler) belongs(ctx context.Context, g schedule.Grants, asked schedule.ConsultationID) (place, error) {
	event, err := h.deps.Rooms.Event(ctx, g.Event)
	if err != nil {
		return place{}, err
	}
	rows, err := h.deps.Rooms.Rows(ctx, g.Event)
	if err != nil {
		return place{}, err
	}
	if g.Kind == schedule.LinkConsole {
		return belongsToEvent(rows, asked)
	}
	var found place
	var next, last *rooms.Row // before its doors; whose are open
	for i, r := range rows {
		seat, ok := event.SeatIn(g, r.Consultation.ID)
		if !ok || asked != "" && asked != r.Consultation.ID {
			continue
		}
		here := place{r.Consultation.ID, seat}
		switch {
		case open(r) && taken(r, seat):
			return here, nil
		case open(r) && (last == nil || !r.Consultation.Start.Before(last.Clock.EndsAt)): // its time is over, and another's begins
			found, last = here, &rows[i]
		case r.Clock.Phase == schedule.PhaseScheduled && next == nil:
			next = &rows[i]
		}
	}
	switch {
	case last != nil:
		return found, nil
	case next != nil:
		return place{}, &rooms.TooEarlyError{OpensAt: next.Clock.OpensAt}
	case asked != "":
		return place{}, rooms.ErrForbidden
	}
	return place{}, rooms.ErrEnded
}

// belongsToEvent is belongs for who may see all rooms.
func belongsToEvent(rows []rooms.Row, asked schedule.ConsultationID) (place, error) {
	if asked == "" {
		return place{}, &protocol.Fault{Code: protocol.CodeBadMessage, Detail: "which consultation: ?consultation=ID"}
	}
	i := slices.IndexFunc(rows, func(r rooms.Row) bool { return r.Consultation.ID == asked })
	switch {
	case i < 0:
		return place{}, rooms.ErrNotFound
	case open(rows[i]):
		return place{consultation: asked}, nil
	case rows[i].Clock.Phase == schedule.PhaseScheduled:
		return place{}, &rooms.TooEarlyError{OpensAt: rows[i].Clock.OpensAt}
	case rows[i].Clock.Phase == schedule.PhaseCancelled:
		return place{}, rooms.ErrCancelled
	}
	return place{}, rooms.ErrEnded
}

// elsewhere tells whether a device's seat is taken in another room, and not in
// the one that it is in.
func (h *Handler) elsewhere(ctx context.Context, g schedule.Grants, at place) (place, bool) {
	if at.seat == "" {
		return at, false
	}
	event, err := h.deps.Rooms.Event(ctx, g.Event)
	if err != nil {
		return at, false
	}
	rows, err := h.deps.Rooms.Rows(ctx, g.Event)
	if err != nil {
		return at, false
	}
	to, found := at, false
	for _, r := range rows {
		seat, ok := event.SeatIn(g, r.Consultation.ID)
		if !ok || !open(r) || !taken(r, seat) {
			continue
		}
		if r.Consultation.ID == at.consultation {
			return at, false
		}
		to, found = place{r.Consultation.ID, seat}, true
	}
	return to, found
}
