package report

import (
	"slices"
	"strings"
	"time"

	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
)

func consultationColumns() []Column {
	return []Column{
		{Key: "consultation", Kind: KindText},
		{Key: "scheduled_start", Kind: KindInstant},
		{Key: "scheduled_end", Kind: KindInstant},
		{Key: "zone", Kind: KindText},
		{Key: "scheduled_start_there", Kind: KindInstant},
		{Key: "scheduled_end_there", Kind: KindInstant},
		{Key: "buyer_zone", Kind: KindText},
		{Key: "booth", Kind: KindText},
		{Key: "firm", Kind: KindText},
		{Key: "products", Kind: KindText},
		{Key: "buyer", Kind: KindText},
		{Key: "country", Kind: KindText},
		{Key: "interpreter", Kind: KindText},
		{Key: "verdict", Kind: KindText},
		{Key: "together_minutes", Kind: KindNumber},
		{Key: "firm_first_in", Kind: KindInstant},
		{Key: "firm_late_minutes", Kind: KindNumber},
		{Key: "buyer_first_in", Kind: KindInstant},
		{Key: "buyer_first_in_there", Kind: KindInstant},
		{Key: "buyer_late_minutes", Kind: KindNumber},
		{Key: "interpreter_minutes", Kind: KindNumber},
		{Key: "extended_to", Kind: KindInstant},
		{Key: "derived_verdict", Kind: KindText},
		{Key: "decided_by", Kind: KindText},
		{Key: "decided_at", Kind: KindInstant},
		{Key: "reason", Kind: KindText},
		{Key: "corrections", Kind: KindCount},
		{Key: "on_paper", Kind: KindText},
		{Key: "evidence", Kind: KindText},
	}
}

func (b *Book) consultations() [][]Cell {
	rows := make([][]Cell, 0, len(b.records))
	for _, a := range b.records {
		there := b.there(a)
		firm, _ := b.facts.Event.Firm(a.Firm)
		f, y, i := side(a, schedule.RoleFirm), side(a, schedule.RoleBuyer), side(a, schedule.RoleInterpreter)
		interpreter := Cell{Empty: true}
		if a.Interpreter != "" {
			interpreter = minutes(i.Present)
		}
		row := []Cell{
			text(string(a.Consultation)), on(b.center, a.Start), on(b.center, a.End), text(b.center.String()),
			on(there, a.Start), on(there, a.End), text(there.String()),
			text(b.names.Booths[a.Booth]), text(firm.Name), text(firm.Products), text(b.names.Buyers[a.Buyer]),
			text(b.buyers[a.Buyer].Country), text(b.names.Interpreters[a.Interpreter]),
			text(b.words.value("verdict", Outcome(a))), minutes(a.Together),
			on(b.center, f.FirstIn), lateness(f), on(b.center, y.FirstIn), on(there, y.FirstIn), lateness(y),
			interpreter, on(b.center, a.ExtendedTo),
		}
		row = append(row, b.decided(a)...)
		rows = append(rows, append(row,
			count(len(a.Corrections)), text(b.yes(a.OnPaper)), text(b.evidence(a))))
	}
	return rows
}

// side is the seat of a role that somebody took first; the role's first seat
// when nobody came.
func side(a attendance.Attendance, r schedule.Role) attendance.Seat {
	var first attendance.Seat
	for _, s := range a.Seats {
		if s.Role != r {
			continue
		}
		if first.Seat == "" || !s.FirstIn.IsZero() && (first.FirstIn.IsZero() || s.FirstIn.Before(first.FirstIn)) {
			first = s
		}
	}
	return first
}

// lateness of who never came is not known.
func lateness(s attendance.Seat) Cell {
	if s.FirstIn.IsZero() {
		return Cell{Empty: true}
	}
	return minutes(s.Late)
}

// decided has what the record says by itself, and who decided otherwise, when
// and why.
func (b *Book) decided(a attendance.Attendance) []Cell {
	d := a.Decided
	if d == nil {
		return []Cell{text(b.words.value("verdict", Outcome(a))), {}, {}, {}}
	}
	reason := d.Reason
	if d.Erased {
		reason = b.words.value("word", "erased")
	}
	return []Cell{text(b.words.value("verdict", string(d.Derived))), text(d.By), on(b.center, d.At), text(reason)}
}

// evidence tells in a line what the verdict rests on.
func (b *Book) evidence(a attendance.Attendance) string {
	var parts []string
	for _, f := range a.Evidence {
		part := b.words.value("fact", string(f.Kind))
		if f.Role != "" {
			part = b.words.value("role", string(f.Role)) + ": " + part
		}
		if !f.At.IsZero() {
			part += " " + f.At.In(b.center).Format("15:04:05")
		}
		if f.Seconds > 0 {
			part += " " + b.words.seconds(f.Seconds)
		}
		if detail := b.detail(f); detail != "" {
			part += " (" + detail + ")"
		}
		if !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "; ")
}

// detail puts what a fact adds into words.
func (b *Book) detail(f attendance.Fact) string {
	switch f.Kind {
	case attendance.FactContact:
		outcome, _, _ := strings.Cut(f.Detail, " ")
		return b.words.value("outcome", outcome)
	case attendance.FactDecided:
		if f.Detail == "" {
			return b.words.value("word", "taken_back")
		}
		return b.words.value("verdict", f.Detail)
	case attendance.FactExtended:
		if at, err := time.Parse(time.RFC3339, f.Detail); err == nil {
			return at.In(b.center).Format("15:04")
		}
	}
	return f.Detail
}

func (b *Book) yes(is bool) string {
	if is {
		return b.words.value("word", "yes")
	}
	return b.words.value("word", "no")
}
