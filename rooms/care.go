package rooms

import (
	"context"

	"sangdam/rooms/schedule"
)

// Care says that a coordinator takes care of a consultation, or lets go of it.
// Taking what somebody else takes care of takes it over; only one's own can be
// let go of (ErrForbidden).
func (g *Registry) Care(ctx context.Context, event schedule.EventID, id schedule.ConsultationID, by schedule.Actor, take bool) error {
	return ErrUnavailable
}

// HandOver gives all consultations that are not over and that a coordinator
// takes care of to another one, who is at a console (ErrGone: is not), and
// tells how many.
func (g *Registry) HandOver(ctx context.Context, event schedule.EventID, from schedule.Actor, to string) (int, error) {
	return 0, ErrUnavailable
}
