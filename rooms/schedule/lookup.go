package schedule

import (
	"slices"
	"time"
)

func find[T any](all []T, is func(T) bool) (T, bool) {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i], true
	}
	var none T
	return none, false
}

// Firm finds a firm.
func (e *Event) Firm(id FirmID) (Firm, bool) {
	return find(e.Firms, func(f Firm) bool { return f.ID == id })
}

// Buyer finds a buyer.
func (e *Event) Buyer(id BuyerID) (Buyer, bool) {
	return find(e.Buyers, func(b Buyer) bool { return b.ID == id })
}

// Interpreter finds an interpreter.
func (e *Event) Interpreter(id InterpreterID) (Interpreter, bool) {
	return find(e.Interpreters, func(i Interpreter) bool { return i.ID == id })
}

// Booth finds a booth.
func (e *Event) Booth(id BoothID) (Booth, bool) {
	return find(e.Booths, func(b Booth) bool { return b.ID == id })
}

// Consultation finds a consultation.
func (e *Event) Consultation(id ConsultationID) (Consultation, bool) {
	return find(e.Consultations, func(c Consultation) bool { return c.ID == id })
}

// Seats lists the first seat of each party of a consultation: firm, buyer and,
// where there is one, interpreter.
func (c Consultation) Seats() []SeatID {
	seats := []SeatID{SeatOf(c.ID, RoleFirm), SeatOf(c.ID, RoleBuyer)}
	if c.Interpreter != "" {
		seats = append(seats, SeatOf(c.ID, RoleInterpreter))
	}
	return seats
}

// HasSeat tells whether a seat is one of this consultation's: its roles are
// firm, buyer, observer and, where there is one, interpreter. How many of a role
// there may be is the Policy's Seats.
func (c Consultation) HasSeat(s SeatID) bool {
	id, role := s.Split()
	if id != c.ID || s.Number() == 0 {
		return false
	}
	switch role {
	case RoleFirm, RoleBuyer, RoleObserver:
		return true
	case RoleInterpreter:
		return c.Interpreter != ""
	}
	return false
}

// SeatName is the name of the party that a seat belongs to; empty when the
// timetable knows none.
func (e *Event) SeatName(s SeatID) string {
	id, role := s.Split()
	c, ok := e.Consultation(id)
	if !ok {
		return ""
	}
	switch role {
	case RoleFirm:
		f, _ := e.Firm(c.Firm)
		return f.Name
	case RoleBuyer:
		b, _ := e.Buyer(c.Buyer)
		return b.Name
	case RoleInterpreter:
		i, _ := e.Interpreter(c.Interpreter)
		return i.Name
	}
	return ""
}

// NeededAt is when the booth, firm, buyer or interpreter of a consultation is
// needed elsewhere: the earliest Start, not before this one's, of another
// consultation that shares one of them. Zero: never.
//
// extended tells the ends of consultations that were extended and still go on
// (nil: none). One that must wait for such an end, for somebody it shares with
// it, needs nobody sooner.
func (e *Event) NeededAt(c Consultation, extended map[ConsultationID]time.Time) time.Time {
	var at time.Time
	for _, o := range e.Consultations {
		if o.ID == c.ID || o.Cancelled || o.Start.Before(c.Start) || !o.shares(c) {
			continue
		}
		begins := e.begins(o, c.ID, extended)
		if at.IsZero() || begins.Before(at) {
			at = begins
		}
	}
	return at
}

// begins is when a consultation can begin, one left aside.
func (e *Event) begins(o Consultation, aside ConsultationID, extended map[ConsultationID]time.Time) time.Time {
	at := o.Start
	for id, end := range extended {
		if id == o.ID || id == aside {
			continue
		}
		if x, ok := e.Consultation(id); ok && !x.Cancelled && x.Start.Before(o.Start) && x.shares(o) {
			at = later(at, end)
		}
	}
	return at
}

func (c Consultation) shares(o Consultation) bool {
	return c.Booth == o.Booth || c.Firm == o.Firm || c.Buyer == o.Buyer ||
		c.Interpreter != "" && c.Interpreter == o.Interpreter
}

// SeatLanguage is the BCP 47 language of the party that a seat belongs to: a
// firm's is the event's, an interpreter's the first that it speaks. Empty when
// the timetable knows none.
func (e *Event) SeatLanguage(s SeatID) string {
	id, role := s.Split()
	c, ok := e.Consultation(id)
	if !ok {
		return ""
	}
	switch role {
	case RoleFirm, RoleObserver:
		return e.Language
	case RoleBuyer:
		b, _ := e.Buyer(c.Buyer)
		return b.Language
	case RoleInterpreter:
		if i, _ := e.Interpreter(c.Interpreter); len(i.Languages) > 0 {
			return i.Languages[0]
		}
	}
	return ""
}
