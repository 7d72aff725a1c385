package signaling

import (
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/signaling/protocol"
)

// What rooms tell, in the words of the wire. Slices are never nil: an empty one
// is [] for the client.

func wireJoined(seq uint64, s rooms.Snapshot, now time.Time) protocol.Joined {
	clock := wireClock(s.Clock, now)
	return protocol.Joined{
		Seq: seq,
		Snapshot: protocol.Snapshot{
			Consultation: wireConsultation(s.Event, s.Consultation, s.Seat, s.Clock),
			Clock:        clock,
			Participants: each(s.Participants, wireParticipant),
			Chat:         each(s.Chat, wireChat),
			Helpers:      each(s.Helpers, wireHelper),
			Auxiliaries:  each(s.Auxiliaries, wireAuxiliary),
		},
		Slots: each(s.Slots, wireSlot),
	}
}

func wireChange(c rooms.Change, now time.Time) protocol.Change {
	var out protocol.Change
	switch {
	case c.Participant != nil:
		p := wireParticipant(*c.Participant)
		out.Participant = &p
	case c.Left != nil:
		out.Left = &protocol.Left{ID: c.Left.ID, Reason: string(c.Left.Reason)}
	case c.Clock != nil:
		clock := wireClock(*c.Clock, now)
		out.Clock = &clock
	case c.Warning != nil:
		out.Warning = &protocol.Warning{MinutesLeft: c.Warning.MinutesLeft}
	case c.Chat != nil:
		m := wireChat(*c.Chat)
		out.Chat = &m
	case c.Note != nil:
		n := wireNote(*c.Note)
		out.Note = &n
	case c.Slots != nil:
		slots := each(*c.Slots, wireSlot)
		out.Slots = &slots
	case c.Helpers != nil:
		helpers := each(*c.Helpers, wireHelper)
		out.Helpers = &helpers
	case c.Auxiliaries != nil:
		auxiliaries := each(*c.Auxiliaries, wireAuxiliary)
		out.Auxiliaries = &auxiliaries
	case c.Order != nil:
		order := wireOrder(*c.Order)
		out.Order = &order
	}
	return out
}

func wireBoard(seq uint64, b rooms.Board, now time.Time) protocol.Board {
	return protocol.Board{
		Seq:    seq,
		Rows:   each(b.Rows, func(r rooms.Row) protocol.Row { return wireRow(b.Event, r, now) }),
		Booths: each(b.Booths, func(o rooms.Booth) protocol.BoothState { return wireBooth(b.Event, o, now) }),
		Notes:  each(b.Notes, wireNote),

		Staff:     each(b.Staff, wireStaff),
		Storage:   wireStorage(b.Storage),
		Crosstalk: each(b.Crosstalk, wireCrosstalk),
	}
}

func wireRow(e *schedule.Event, r rooms.Row, now time.Time) protocol.Row {
	return protocol.Row{
		Consultation: wireConsultation(e, r.Consultation, "", r.Clock),
		Clock:        wireClock(r.Clock, now),
		Seats:        each(r.Seats, wireSeat),
		Alerts:       each(r.Alerts, wireAlert),
		Verdict:      string(r.Verdict),

		Vitals:   each(r.Vitals, wireVitals),
		Care:     wireCarer(r.Care),
		Contacts: each(r.Contacts, wireContacted),
		Held:     each(r.Held, func(s schedule.SeatID) string { return string(s) }),
		Helpers:  each(r.Helpers, wireHelper),

		Auxiliaries: each(r.Auxiliaries, wireAuxiliary),
	}
}

func wireSeat(s rooms.SeatState) protocol.SeatState {
	return protocol.SeatState{
		Seat:    string(s.Seat),
		Role:    string(s.Role),
		Name:    s.Name,
		State:   string(s.State),
		Since:   optional(s.Since),
		Sources: each(s.Sources, wireSource),
	}
}

func wireParticipant(p rooms.Participant) protocol.Participant {
	return protocol.Participant{
		ID:      p.ID,
		Seat:    string(p.Seat),
		Role:    string(p.Role),
		Name:    p.Name,
		Sources: each(p.Sources, wireSource),
		Away:    p.Away,
		Since:   p.Since.UTC(),
		Resting: each(p.Resting, wireSource),
		Narrow:  p.Narrow,
	}
}

func wireAuxiliary(a rooms.Auxiliary) protocol.Auxiliary {
	_, role := a.Seat.Split()
	return protocol.Auxiliary{
		ID: a.ID, Kind: string(a.Kind), Seat: string(a.Seat), Role: string(role), Name: a.Name,
		Sources: each(a.Sources, wireSource), Since: a.Since.UTC(),
	}
}

func wireChat(m rooms.Chat) protocol.ChatMessage {
	return protocol.ChatMessage{
		ID: m.ID, At: m.At.UTC(), Seat: string(m.Seat), Role: string(m.Role), Name: m.Name, Text: m.Text,
	}
}

func wireSlot(s rooms.Slot) protocol.Slot {
	return protocol.Slot{Slot: s.Slot, Kind: string(s.Kind), Participant: s.Participant, Paused: s.Paused, HoldMS: int(s.Hold.Milliseconds())}
}

func wireSource(s sfu.Source) string { return string(s) }

func wireClock(c schedule.Clock, now time.Time) protocol.Clock {
	return protocol.Clock{
		Phase:      string(c.Phase),
		OpensAt:    c.OpensAt.UTC(),
		StartsAt:   c.StartsAt.UTC(),
		EndsAt:     c.EndsAt.UTC(),
		ClosesAt:   optional(c.ClosesAt),
		Overrun:    c.Overrun,
		ServerTime: now.UTC(),
	}
}

func wireConsultation(e *schedule.Event, c schedule.Consultation, seat schedule.SeatID, clock schedule.Clock) protocol.Consultation {
	out := protocol.Consultation{
		ID:          string(c.ID),
		Seat:        string(seat),
		StartsAt:    clock.StartsAt.UTC(),
		EndsAt:      clock.EndsAt.UTC(),
		OpensAt:     clock.OpensAt.UTC(),
		Phase:       string(clock.Phase),
		Interpreter: protocol.Interpreter{Languages: []string{}},
	}
	if b, ok := e.Booth(c.Booth); ok {
		out.Booth = b.Name
	}
	if f, ok := e.Firm(c.Firm); ok {
		out.Firm = protocol.Firm{Name: f.Name, Products: f.Products}
	}
	if b, ok := e.Buyer(c.Buyer); ok {
		out.Buyer = protocol.Buyer{Name: b.Name, Country: b.Country, Zone: b.Zone, Language: b.Language}
	}
	if i, ok := e.Interpreter(c.Interpreter); ok {
		out.Interpreter.Name = i.Name
		out.Interpreter.Languages = append(out.Interpreter.Languages, i.Languages...)
	}
	return out
}

// each maps a slice; the result is never nil.
func each[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}

// optional is nil for the zero time.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
