package report

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
)

// hidden stands where something was taken out.
const hidden = "[…]"

// ForFunder is a copy of the facts for people outside the center: firms and
// buyers by name, but no way to reach anybody. Contacts are gone, interpreters
// and coordinators are called by their ids, and addresses and telephone numbers
// are taken out of what people wrote.
func (f Facts) ForFunder() Facts {
	s := newScrubber(f.Event)
	f.Event = withoutContacts(f.Event)
	f.Attendance = slices.Clone(f.Attendance)
	for i := range f.Attendance {
		a := &f.Attendance[i]
		if a.Decided != nil {
			d := s.decided(*a.Decided)
			a.Decided = &d
		}
		a.Corrections = slices.Clone(a.Corrections)
		for j := range a.Corrections {
			a.Corrections[j] = s.decided(a.Corrections[j])
		}
		a.Contacts = s.contacts(a.Contacts)
		a.Seats = slices.Clone(a.Seats)
		for j := range a.Seats {
			a.Seats[j].Intervals = slices.Clone(a.Seats[j].Intervals)
			for k := range a.Seats[j].Intervals {
				iv := &a.Seats[j].Intervals[k]
				iv.Words = s.scrub(iv.Words)
			}
		}
	}
	rooms := make(map[schedule.ConsultationID]schedule.RoomState, len(f.Rooms))
	for id, r := range f.Rooms {
		rooms[id] = schedule.RoomState{Event: r.Event, Consultation: r.Consultation, Contacts: s.contacts(r.Contacts)}
	}
	f.Rooms = rooms
	return f
}

// withoutContacts is an event's timetable as outsiders may see it.
func withoutContacts(e *schedule.Event) *schedule.Event {
	out := *e
	out.Firms = slices.Clone(e.Firms)
	for i := range out.Firms {
		out.Firms[i].Contact = schedule.Contact{}
	}
	out.Buyers = slices.Clone(e.Buyers)
	for i := range out.Buyers {
		out.Buyers[i].Contact = schedule.Contact{}
	}
	out.Interpreters = slices.Clone(e.Interpreters)
	for i := range out.Interpreters {
		out.Interpreters[i].Contact, out.Interpreters[i].Name = schedule.Contact{}, string(out.Interpreters[i].ID)
	}
	return &out
}

// scrubber takes out of texts what could reach a person.
type scrubber struct {
	// Fixed after newScrubber.
	known *strings.Replacer // people, addresses and numbers of the timetable, as typed
	mail  *regexp.Regexp
	phone *regexp.Regexp
	date  *regexp.Regexp
}

func newScrubber(e *schedule.Event) *scrubber {
	var known []string
	add := func(c schedule.Contact) {
		for _, v := range []string{c.Person, c.Email, c.Phone} {
			if len([]rune(v)) >= 2 {
				known = append(known, v)
			}
		}
	}
	for _, x := range e.Firms {
		add(x.Contact)
	}
	for _, x := range e.Buyers {
		add(x.Contact)
	}
	for _, x := range e.Interpreters {
		add(x.Contact)
		if len([]rune(x.Name)) >= 2 {
			known = append(known, x.Name)
		}
	}
	slices.SortFunc(known, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) }) // "Kim Ji-ho" before "Kim"
	var pairs []string
	for _, v := range slices.Compact(known) {
		pairs = append(pairs, v, hidden)
	}
	return &scrubber{
		known: strings.NewReplacer(pairs...),
		mail:  regexp.MustCompile(`[^\s@<>()\[\],;:]+@[^\s@<>()\[\],;:]+`),
		phone: regexp.MustCompile(`[+(]?\p{Nd}[\p{Nd}\s().\-/·‐-―－]{5,}\p{Nd}`),
		date:  regexp.MustCompile(`^\d{4}[-./]\d{1,2}[-./]\d{1,2}( \d{1,2})?$`),
	}
}

func (s *scrubber) scrub(text string) string {
	text = s.mail.ReplaceAllString(text, hidden)
	text = s.phone.ReplaceAllStringFunc(text, func(m string) string {
		digits := 0
		for _, r := range m {
			if unicode.IsDigit(r) {
				digits++
			}
		}
		if digits < 7 || s.date.MatchString(m) {
			return m
		}
		return hidden
	})
	return s.known.Replace(text)
}

func (s *scrubber) decided(d attendance.Decided) attendance.Decided {
	d.Reason = s.scrub(d.Reason)
	return d
}

func (s *scrubber) contacts(all []schedule.Contacted) []schedule.Contacted {
	out := slices.Clone(all)
	for i := range out {
		out[i].Name, out[i].Words = "", s.scrub(out[i].Words)
	}
	return out
}

// entry leaves an entry's words where nothing had to be taken out of them, so
// that they can be held against their digest, and else takes them away with
// their salt: the chain needs neither.
func (s *scrubber) entry(e schedule.Entry) schedule.Entry {
	if e.Words != "" && s.scrub(e.Words) != e.Words {
		e.Words, e.Salt = "", ""
	}
	return e
}
