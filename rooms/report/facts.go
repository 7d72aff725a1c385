package report

import (
	"strings"
	"time"

	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
)

// Facts are what a report is made of.
type Facts struct {
	Event      *schedule.Event
	Attendance []attendance.Attendance // as derived At
	Rooms      map[schedule.ConsultationID]schedule.RoomState
	Quality    []schedule.SeatQuality
	At         time.Time
}

// Filter leaves out what does not fit; its zero fields let everything pass.
// What the timetable knows no more has neither firm nor country.
type Filter struct {
	Day     string // YYYY-MM-DD on the center's clock
	Firm    schedule.FirmID
	Country string // ISO 3166-1 alpha-2
}

// Book is a set of tables on the same facts.
type Book struct {
	// Fixed after New.
	facts    Facts
	filter   Filter
	language Language
	words    words
	center   *time.Location
	names    schedule.Names
	buyers   map[schedule.BuyerID]schedule.Buyer
	zones    map[string]*time.Location
	records  []attendance.Attendance // those that pass the filter
}

// New prepares tables in a language.
func New(f Facts, filter Filter, l Language) *Book {
	b := &Book{
		facts: f, filter: filter, language: l, words: wordsOf(l), names: f.Event.Names(),
		buyers: make(map[schedule.BuyerID]schedule.Buyer, len(f.Event.Buyers)),
		zones:  make(map[string]*time.Location),
	}
	b.center = b.zone(f.Event.Zone)
	for _, x := range f.Event.Buyers {
		b.buyers[x.ID] = x
	}
	for _, a := range f.Attendance {
		if b.passes(a) {
			b.records = append(b.records, a)
		}
	}
	return b
}

// At is when the facts were derived.
func (b *Book) At() time.Time { return b.facts.At }

func (b *Book) passes(a attendance.Attendance) bool {
	return (b.filter.Day == "" || b.filter.Day == b.day(a)) &&
		(b.filter.Firm == "" || b.filter.Firm == a.Firm) &&
		(b.filter.Country == "" || strings.EqualFold(b.filter.Country, b.buyers[a.Buyer].Country))
}

// day is a consultation's on the center's clock; of one that is in no timetable
// any more, the day on which somebody first came.
func (b *Book) day(a attendance.Attendance) string {
	at := a.Start
	for _, s := range a.Seats {
		if a.Start.IsZero() && !s.FirstIn.IsZero() && (at.IsZero() || s.FirstIn.Before(at)) {
			at = s.FirstIn
		}
	}
	if at.IsZero() {
		return ""
	}
	return at.In(b.center).Format(time.DateOnly)
}

// zone of a name; one that nobody knows is UTC.
func (b *Book) zone(name string) *time.Location {
	if l := b.zones[name]; l != nil {
		return l
	}
	l, err := time.LoadLocation(name)
	if err != nil || name == "" {
		l = time.UTC
	}
	b.zones[name] = l
	return l
}

// there is the clock of a consultation's buyer, the center's when it has none.
func (b *Book) there(a attendance.Attendance) *time.Location {
	if z := b.buyers[a.Buyer].Zone; z != "" {
		return b.zone(z)
	}
	return b.center
}

// nameOn is what the party of a seat is called.
func (b *Book) nameOn(a attendance.Attendance, r schedule.Role) string {
	switch r {
	case schedule.RoleFirm:
		return b.names.Firms[a.Firm]
	case schedule.RoleBuyer:
		return b.names.Buyers[a.Buyer]
	case schedule.RoleInterpreter:
		return b.names.Interpreters[a.Interpreter]
	}
	return ""
}

// Outcome is the word for how a consultation stands: its verdict, "cancelled",
// or "pending".
func Outcome(a attendance.Attendance) string {
	switch {
	case a.Cancelled:
		return string(schedule.PhaseCancelled)
	case a.Verdict == "":
		return "pending"
	}
	return string(a.Verdict)
}
