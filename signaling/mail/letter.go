// Package mail writes invitations and sends them by SMTP.
//
// Sender owns its queue and the one goroutine that empties it; a Letter is a
// value, so that a dry run shows exactly what would be sent. A job queue in Redis
// was rejected: what was not sent is seen in the list of links, and sent again
// from there.
package mail

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"sangdam/rooms/schedule"
	"sangdam/rooms/timetable"
)

// Letter is one mail to one person.
type Letter struct {
	Link     schedule.LinkID
	Version  int // of the link when it was written
	To       string
	Language string
	Subject  string
	Text     string
	Calendar []byte // iCalendar, attached; may be empty
}

// Invitation is what an invitation tells.
type Invitation struct {
	Event    *schedule.Event
	Link     schedule.Link
	URL      string // the link itself
	To       string
	Name     string // of the person, or else of the party
	Language string // BCP 47
	Zone     string // the reader's; empty: the center's
	Calendar []byte
}

// Writer writes letters in all languages.
type Writer struct {
	all map[string]words // fixed after NewWriter
}

// NewWriter reads the texts.
func NewWriter() (*Writer, error) {
	all, err := readWords()
	if err != nil {
		return nil, err
	}
	return &Writer{all: all}, nil
}

// Invite writes an invitation: the consultations with both local times, the
// three steps, and the link.
func (w *Writer) Invite(in Invitation) Letter {
	tag, t := in.words(w)
	e := in.Event
	var b strings.Builder
	line := func(s string) { b.WriteString(s + "\n") }
	line(fill(t.Greeting, "name", oneLine(in.Name)))
	line("")
	line(fill(t.Intro, "organiser", oneLine(e.Organiser), "event", oneLine(e.Name)))
	line("")
	line(t.When)
	for _, on := range e.Seats(in.Link.Grants) {
		line("")
		in.consultation(line, t, tag, on.Consultation)
	}
	line("")
	line(t.How)
	line("1. " + t.Step1)
	line("   " + in.URL)
	line("2. " + t.Step2)
	doors := strconv.Itoa(int(e.Policy.WithDefaults().Doors / time.Minute))
	line("3. " + fill(t.Step3, "minutes", doors))
	line("")
	line(t.Personal)
	if len(in.Calendar) > 0 {
		line(t.Calendar)
	}
	line("")
	line(oneLine(e.Organiser))
	return Letter{
		Link: in.Link.ID, Version: in.Link.Version, To: in.To, Language: tag,
		Subject: oneLine(fill(t.Subject, "event", e.Name)), Text: b.String(), Calendar: in.Calendar,
	}
}

func (i Invitation) words(w *Writer) (string, words) { return in(w.all, i.Language) }

// consultation writes one: the reader's time first, then the center's.
func (i Invitation) consultation(line func(string), t words, tag string, c schedule.Consultation) {
	days := timetable.CalendarWordsIn(tag).Weekdays
	clock := func(zone, label string) {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			return
		}
		from, to := c.Start.In(loc), c.End.In(loc)
		line("   " + from.Format(time.DateOnly) + " (" + days[from.Weekday()] + ") " + from.Format("15:04") + "–" + to.Format("15:04") +
			"  " + label + ", " + zone)
	}
	firm, _ := i.Event.Firm(c.Firm)
	buyer, _ := i.Event.Buyer(c.Buyer)
	other := firm.Name
	if i.Link.Grants.Role == schedule.RoleFirm {
		other = buyer.Name
	} else if i.Link.Grants.Role == schedule.RoleInterpreter {
		other = firm.Name + " · " + buyer.Name
	}
	head := string(c.ID) + "  " + fill(t.With, "name", oneLine(other))
	if c.Cancelled {
		head += "  (" + t.Cancelled + ")"
	}
	line(head)
	if i.Zone != "" && i.Zone != i.Event.Zone {
		clock(i.Zone, t.Yours)
	}
	clock(i.Event.Zone, t.Center)
}

// oneLine takes out what could begin a line of its own, in a header or in the
// text, and what turns the direction of text around.
func oneLine(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		}
		return r
	}, s))
}
