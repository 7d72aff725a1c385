package attendance

import (
	"cmp"
	"slices"
	"time"

	"sangdam/rooms/schedule"
)

// FactKind says what a fact is. The set is closed.
type FactKind string

const (
	FactFirstIn  FactKind = "first_in"   // Role was there for the first time; Seat, Entry
	FactLastOut  FactKind = "last_out"   // Role was there for the last time; Seat, Entry
	FactNever    FactKind = "never_came" // Role never came
	FactTogether FactKind = "together"   // firm and buyer, Seconds in all, the first time At
	FactNeeded   FactKind = "needed"     // so many Seconds together make it held
	FactLate     FactKind = "late"       // coordinators were alerted that Role is late
	FactNoShow   FactKind = "no_show"    // coordinators were alerted that Role does not seem to come
	FactContact  FactKind = "contact"    // Role was called; Detail as Contacted.Detail, Entry
	FactExtended FactKind = "extended"   // Detail: the new end, Entry
	FactEnded    FactKind = "ended"      // the room was over; Entry
	FactPaper    FactKind = "paper"      // Role was there by what is on paper, Seconds; Seat, Entry
	FactLeapt    FactKind = "clock"      // a clock leapt: the end of a stay of Role is not known; Seat, Entry
	FactDecided  FactKind = "decided"    // a coordinator's verdict, Detail; Entry
)

// FactKinds lists all of them.
func FactKinds() []FactKind {
	return []FactKind{
		FactFirstIn, FactLastOut, FactNever, FactTogether, FactNeeded, FactLate, FactNoShow, FactContact,
		FactExtended, FactEnded, FactPaper, FactLeapt, FactDecided,
	}
}

// Fact is one thing that a verdict rests on. Which fields say something is told
// with its kind.
type Fact struct {
	Kind    FactKind
	At      time.Time
	Role    schedule.Role
	Seat    schedule.SeatID
	Seconds float64
	Detail  string
	Entry   string // id in the ledger; empty: it follows from others, or from the timetable
}

// evidence lists the facts behind a verdict by their times, those without one
// at the end.
func (a *Attendance) evidence(p schedule.Policy, sides map[schedule.Role][]span, t *told, now time.Time) []Fact {
	var out []Fact
	for _, role := range []schedule.Role{schedule.RoleFirm, schedule.RoleBuyer} {
		out = append(out, a.cameAndWent(role)...)
		out = append(out, a.alerts(p, role, sides[role], now)...)
	}
	if both := intersect(sides[schedule.RoleFirm], sides[schedule.RoleBuyer]); len(both) > 0 {
		out = append(out,
			Fact{Kind: FactTogether, At: both[0].from, Seconds: a.Together},
			Fact{Kind: FactNeeded, Seconds: shortUnder(p, a.End.Sub(a.Start)).Seconds()},
		)
	}
	for _, c := range a.Contacts {
		out = append(out, Fact{Kind: FactContact, At: c.At, Role: c.Role, Detail: c.Detail(), Entry: c.ID})
	}
	if e := t.extended; e.Kind != "" {
		out = append(out, Fact{Kind: FactExtended, At: e.At, Detail: e.Detail, Entry: e.ID})
	}
	if e := t.ended; e.Kind != "" {
		out = append(out, Fact{Kind: FactEnded, At: e.At, Entry: e.ID})
	}
	for _, d := range a.Corrections {
		out = append(out, Fact{Kind: FactDecided, At: d.At, Detail: string(d.Verdict), Entry: d.Entry})
	}
	slices.SortStableFunc(out, func(x, y Fact) int {
		if x.At.IsZero() != y.At.IsZero() {
			if x.At.IsZero() {
				return 1
			}
			return -1
		}
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(rank(x.Role), rank(y.Role)))
	})
	return out
}

// cameAndWent finds the first and the last moment of a side, and what of it is
// on paper or unsure.
func (a *Attendance) cameAndWent(role schedule.Role) (out []Fact) {
	var first, last Fact
	in := false
	for _, s := range a.Seats {
		if s.Role != role {
			continue
		}
		for _, iv := range s.Intervals {
			if first.Kind == "" || iv.From.Before(first.At) {
				first = Fact{Kind: FactFirstIn, At: iv.From, Role: role, Seat: s.Seat, Entry: iv.Entry}
			}
			if last.Kind == "" || iv.To.After(last.At) {
				last = Fact{Kind: FactLastOut, At: iv.To, Role: role, Seat: s.Seat, Entry: iv.Ended}
			}
			in = in || iv.Open
			if iv.Paper {
				out = append(out, Fact{Kind: FactPaper, At: iv.From, Role: role, Seat: s.Seat, Seconds: iv.To.Sub(iv.From).Seconds(), Entry: iv.Entry})
			}
			if iv.Leapt {
				out = append(out, Fact{Kind: FactLeapt, At: iv.To, Role: role, Seat: s.Seat, Entry: iv.Ended})
			}
		}
	}
	switch {
	case first.Kind == "" && a.Over:
		return append(out, Fact{Kind: FactNever, Role: role})
	case first.Kind == "":
		return out
	case in:
		return append(out, first)
	}
	return append(out, first, last)
}

// alerts are those that were raised for a side, by the rules of
// schedule.Alerts: who was there at the start or came after it is not missing.
func (a *Attendance) alerts(p schedule.Policy, role schedule.Role, there []span, now time.Time) (out []Fact) {
	came := a.came(there)
	raised := func(kind FactKind, at time.Time) {
		if !now.Before(at) && (came.IsZero() || came.After(at)) {
			out = append(out, Fact{Kind: kind, At: at, Role: role})
		}
	}
	raised(FactLate, a.Start.Add(p.LateAfter))
	raised(FactNoShow, a.Start.Add(p.NoShowAfter))
	return out
}
