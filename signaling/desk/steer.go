package desk

import (
	"context"
	"slices"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// What coordinators do while consultations go on.

// Contact logs a try to reach somebody who is missing.
func (d *Desk) Contact(ctx context.Context, by schedule.Grants, c schedule.ConsultationID, in protocol.ContactRequest) (protocol.Contacted, error) {
	e, on, err := d.consultation(ctx, by, c)
	if err != nil {
		return protocol.Contacted{}, err
	}
	role, outcome := schedule.Role(in.Role), schedule.ContactOutcome(in.Outcome)
	coming := outcome == schedule.ContactComing
	switch {
	case !slices.Contains(on.Seats(), schedule.SeatOf(c, role)):
		return protocol.Contacted{}, &protocol.Fault{Code: protocol.CodeBadMessage, Detail: "role: not one of this consultation"}
	case !slices.Contains(schedule.ContactOutcomes(), outcome):
		return protocol.Contacted{}, &protocol.Fault{Code: protocol.CodeBadMessage, Detail: "outcome: not one of the ContactOutcome"}
	case coming != (in.Minutes > 0):
		return protocol.Contacted{}, &protocol.Fault{Code: protocol.CodeBadMessage, Detail: "minutes: of coming, and of nothing else"}
	}
	got, err := d.deps.Rooms.Contact(ctx, e.ID, c, by.Actor(e), schedule.Contacted{
		Role: role, Outcome: outcome, Minutes: in.Minutes, Words: clean(in.Words),
	})
	if err != nil {
		return protocol.Contacted{}, fail(err)
	}
	return wireContacted(got), nil
}

// consultation finds one of the asker's event, as the rooms know it: what goes on
// is steered whether the store answers or not.
func (d *Desk) consultation(ctx context.Context, by schedule.Grants, id schedule.ConsultationID) (*schedule.Event, schedule.Consultation, error) {
	e, err := d.deps.Rooms.Event(ctx, by.Event)
	if err != nil {
		return nil, schedule.Consultation{}, fail(err)
	}
	c, ok := e.Consultation(id)
	if !ok {
		return nil, c, protocol.Fail(protocol.CodeNotFound)
	}
	return e, c, nil
}

// Care takes care of a consultation, or lets go of it.
func (d *Desk) Care(ctx context.Context, by schedule.Grants, c schedule.ConsultationID, in protocol.CareRequest) error {
	e, _, err := d.consultation(ctx, by, c)
	if err == nil {
		err = d.deps.Rooms.Care(ctx, e.ID, c, by.Actor(e), in.Take)
	}
	return refused(err)
}

// HandOver gives all that the asker takes care of to another coordinator.
func (d *Desk) HandOver(ctx context.Context, by schedule.Grants, in protocol.HandOverRequest) (protocol.HandedOver, error) {
	e, err := d.deps.Rooms.Event(ctx, by.Event)
	if err != nil {
		return protocol.HandedOver{}, fail(err)
	}
	n, err := d.deps.Rooms.HandOver(ctx, e.ID, by.Actor(e), in.To)
	return protocol.HandedOver{Rooms: n}, refused(err)
}

// End ends a consultation now.
func (d *Desk) End(ctx context.Context, by schedule.Grants, c schedule.ConsultationID, in protocol.Reasoned) error {
	e, _, err := d.consultation(ctx, by, c)
	if err == nil {
		err = d.deps.Rooms.End(ctx, e.ID, c, by.Actor(e), clean(in.Reason))
	}
	return refused(err)
}

// refused is fail, for what may have gone well.
func refused(err error) error {
	if err == nil {
		return nil
	}
	return fail(err)
}

func wireContacted(c schedule.Contacted) protocol.Contacted {
	out := protocol.Contacted{
		ID: c.ID, At: c.At.UTC(), Name: c.Name, Role: string(c.Role), Outcome: string(c.Outcome), Minutes: c.Minutes, Words: c.Words,
	}
	if at := c.ExpectedAt(); !at.IsZero() {
		at = at.UTC()
		out.ExpectedAt = &at
	}
	return out
}

// paperWithin is how far from a consultation's window paper may speak of: it is
// about this consultation and no other day's.
const paperWithin = 12 * time.Hour

// Paper types in what was written on paper: somebody was there though no machine
// saw it. It is an entry of its own beside what the machine saw.
func (d *Desk) Paper(ctx context.Context, by schedule.Grants, c schedule.ConsultationID, in protocol.PaperRequest) error {
	e, on, err := d.consultation(ctx, by, c)
	if err != nil {
		return err
	}
	seat, from, to := schedule.SeatID(in.Seat), in.From.UTC().Truncate(time.Second), in.To.UTC().Truncate(time.Second)
	words := clean(in.Provenance)
	bad := func(detail string) error { return &protocol.Fault{Code: protocol.CodeBadMessage, Detail: detail} }
	switch {
	case on.Cancelled:
		return protocol.Fail(protocol.CodeCancelled)
	case !slices.Contains(on.Seats(), seat):
		return bad("seat: not one of this consultation")
	case !from.Before(to):
		return bad("to: not after from")
	case from.Before(on.Start.Add(-paperWithin)), to.After(on.End.Add(paperWithin)):
		return bad("from, to: far from the consultation")
	case to.After(d.now()):
		return bad("to: still to come")
	case len(words) < 3:
		return bad("provenance: which paper?")
	}
	d.deps.Ledger.Append(schedule.Entry{
		At: d.now(), Event: e.ID, Kind: schedule.EntryPaper, Consultation: c, Seat: seat, By: by.By(),
		Detail: stamp(from) + "/" + stamp(to), Words: words,
	})
	return nil
}
