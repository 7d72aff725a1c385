package schedule

import "slices"

// SeatOn is a seat that a link may take, and where.
type SeatOn struct {
	Consultation Consultation
	Seat         SeatID
}

// Seats lists what a link may take, ascending by Start: a person's seats in the
// consultations of its party, a booth the firm's seat of each consultation
// there. A console has none. Cancelled consultations are listed, so that a page
// can say so.
func (e *Event) Seats(g Grants) []SeatOn {
	var seats []SeatOn
	for _, c := range e.Consultations {
		if seat, ok := e.seat(g, c); ok {
			seats = append(seats, SeatOn{Consultation: c, Seat: seat})
		}
	}
	slices.SortStableFunc(seats, func(a, b SeatOn) int { return a.Consultation.Start.Compare(b.Consultation.Start) })
	return seats
}

// SeatIn finds the seat that a link may take in one consultation.
func (e *Event) SeatIn(g Grants, id ConsultationID) (SeatID, bool) {
	c, ok := e.Consultation(id)
	if !ok {
		return "", false
	}
	return e.seat(g, c)
}

func (e *Event) seat(g Grants, c Consultation) (SeatID, bool) {
	if g.Event != e.ID {
		return "", false
	}
	switch g.Kind {
	case LinkBooth:
		return SeatOf(c.ID, RoleFirm), g.Booth != "" && g.Booth == c.Booth
	case LinkPerson:
		party := ""
		switch g.Role {
		case RoleFirm:
			party = string(c.Firm)
		case RoleBuyer:
			party = string(c.Buyer)
		case RoleInterpreter:
			party = string(c.Interpreter)
		}
		return SeatNumber(c.ID, g.Role, g.Seat), g.Party != "" && g.Party == party && g.Seat <= e.Policy.WithDefaults().Seats
	}
	return "", false
}
