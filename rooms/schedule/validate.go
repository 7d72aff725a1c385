package schedule

import (
	"errors"
	"fmt"
	"time"
)

// ValidID tells whether an identifier matches
// [A-Za-z0-9][A-Za-z0-9._-]{0,63}.
func ValidID[T ~string](id T) bool {
	if len(id) == 0 || len(id) > 64 {
		return false
	}
	for i := range len(id) {
		c := id[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case i > 0 && (c == '.' || c == '_' || c == '-'):
		default:
			return false
		}
	}
	return true
}

// Validate tells everything that makes an event unusable, joined. Two
// consultations that need the same booth or person at once are no error here:
// the import warns, and the clock copes.
func (e *Event) Validate() error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }

	if !ValidID(e.ID) || e.ID == House {
		fail("event: bad id %q", e.ID)
	}
	if _, err := time.LoadLocation(e.Zone); err != nil || e.Zone == "" {
		fail("event %s: unknown zone %q", e.ID, e.Zone)
	}
	e.Policy.validate(fail)
	firms := ids(e.Firms, func(f Firm) FirmID { return f.ID }, "firm", fail)
	buyers := ids(e.Buyers, func(b Buyer) BuyerID { return b.ID }, "buyer", fail)
	interpreters := ids(e.Interpreters, func(i Interpreter) InterpreterID { return i.ID }, "interpreter", fail)
	booths := ids(e.Booths, func(b Booth) BoothID { return b.ID }, "booth", fail)
	ids(e.Consultations, func(c Consultation) ConsultationID { return c.ID }, "consultation", fail)

	for _, b := range e.Buyers {
		if _, err := time.LoadLocation(b.Zone); err != nil || b.Zone == "" {
			fail("buyer %s: unknown zone %q", b.ID, b.Zone)
		}
	}
	for i, c := range e.Consultations {
		if !c.End.After(c.Start) {
			fail("consultation %s: ends at %v, not after its start %v", c.ID, c.End, c.Start)
		}
		if !booths[c.Booth] {
			fail("consultation %s: unknown booth %q", c.ID, c.Booth)
		}
		if !firms[c.Firm] {
			fail("consultation %s: unknown firm %q", c.ID, c.Firm)
		}
		if !buyers[c.Buyer] {
			fail("consultation %s: unknown buyer %q", c.ID, c.Buyer)
		}
		if c.Interpreter != "" && !interpreters[c.Interpreter] {
			fail("consultation %s: unknown interpreter %q", c.ID, c.Interpreter)
		}
		if i > 0 {
			b := e.Consultations[i-1]
			if c.Start.Before(b.Start) || c.Start.Equal(b.Start) && c.ID < b.ID {
				fail("consultation %s: out of order behind %s", c.ID, b.ID)
			}
		}
	}
	return errors.Join(errs...)
}

func (p Policy) validate(fail func(string, ...any)) {
	for name, d := range map[string]time.Duration{
		"doors": p.Doors, "closing": p.Closing, "farewell": p.Farewell, "changeover": p.Changeover,
		"grace": p.Grace, "max_overrun": p.MaxOverrun, "short_under": p.ShortUnder,
		"gap": p.Gap, "late_after": p.LateAfter, "no_show_after": p.NoShowAfter,
	} {
		if d < 0 {
			fail("policy: %s is negative", name)
		}
	}
	for _, step := range p.Extensions {
		if step <= 0 {
			fail("policy: extensions must be positive")
		}
	}
	if p.Seats < 0 {
		fail("policy: seats is negative")
	}
	for i, w := range p.Warnings {
		if w <= 0 || i > 0 && w >= p.Warnings[i-1] {
			fail("policy: warnings must be positive and descend")
		}
	}
}

func ids[T any, ID ~string](all []T, id func(T) ID, what string, fail func(string, ...any)) map[ID]bool {
	seen := make(map[ID]bool, len(all))
	for _, one := range all {
		switch i := id(one); {
		case !ValidID(i):
			fail("%s: bad id %q", what, i)
		case seen[i]:
			fail("%s %s: twice", what, i)
		default:
			seen[i] = true
		}
	}
	return seen
}
