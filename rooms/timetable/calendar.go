package timetable

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"sangdam/rooms/schedule"
)

// Feed says whose calendar is written, and how.
type Feed struct {
	Role  schedule.Role    // firm, buyer or interpreter, with Party; empty with Booth
	Party string           // FirmID, BuyerID or InterpreterID
	Booth schedule.BoothID // a booth's calendar

	Zone  string // the reader's; empty: the buyer's own, of others the center's
	Link  string // into the room; empty: none is told
	From  string // the organiser's e-mail address; may be empty
	Words CalendarWords
	Now   time.Time

	// Cancel writes only what is cancelled, as a message that takes it out of
	// the reader's calendar (RFC 5546, section 3.2.5). Otherwise all is
	// published, with the cancelled ones marked.
	Cancel bool
	// Gone are consultations that were the reader's and now are another's, as
	// they are now; they are told as cancelled.
	Gone []schedule.Consultation
}

// Calendar writes an event as one reader's iCalendar file (RFC 5545). A
// consultation keeps its UID for that reader, and its SEQUENCE grows with its
// changes, so that a calendar updates what it already has. Times are on the
// center's clock, by which the consultation is held should a country change
// its rules; the zones are written out as the tz database has them.
func Calendar(e *schedule.Event, f Feed) ([]byte, error) {
	center, err := time.LoadLocation(e.Zone)
	if err != nil {
		return nil, fmt.Errorf("calendar of %s: %w", e.ID, err)
	}
	if f.Zone == "" {
		f.Zone = e.Zone
		if b, ok := e.Buyer(schedule.BuyerID(f.Party)); ok && f.Role == schedule.RoleBuyer {
			f.Zone = b.Zone
		}
	}
	reader, err := time.LoadLocation(f.Zone)
	if err != nil {
		return nil, fmt.Errorf("calendar of %s: %w", e.ID, err)
	}
	all := f.consultations(e)
	cal := ics.NewCalendar()
	cal.SetProductId("-//Sangdam//Timetable//EN")
	cal.SetCalscale("GREGORIAN")
	cal.SetMethod(ics.MethodPublish)
	if f.Cancel {
		cal.SetMethod(ics.MethodCancel)
	}
	cal.SetXWRCalName(oneLine(e.Name))
	cal.SetXWRTimezone(f.Zone)
	if len(all) > 0 {
		from, to := all[0].Start, all[0].End
		for _, c := range all {
			from, to = minTime(from, c.Start), maxTime(to, c.End)
		}
		cal.Components = append(cal.Components, timezone(center, from, to))
		if f.Zone != e.Zone {
			cal.Components = append(cal.Components, timezone(reader, from, to))
		}
	}
	for _, c := range all {
		f.event(cal, e, c, center, reader)
	}
	var out bytes.Buffer
	if err := cal.SerializeTo(&out, ics.WithNewLineWindows); err != nil {
		return nil, fmt.Errorf("calendar of %s: %w", e.ID, err)
	}
	return out.Bytes(), nil
}

func minTime(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func maxTime(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// consultations are those that the calendar tells.
func (f Feed) consultations(e *schedule.Event) []schedule.Consultation {
	var out []schedule.Consultation
	mine := func(c schedule.Consultation) bool {
		switch f.Role {
		case schedule.RoleFirm:
			return f.Party == string(c.Firm)
		case schedule.RoleBuyer:
			return f.Party == string(c.Buyer)
		case schedule.RoleInterpreter:
			return f.Party != "" && f.Party == string(c.Interpreter)
		}
		return f.Booth != "" && f.Booth == c.Booth
	}
	for _, c := range e.Consultations {
		if mine(c) && (c.Cancelled || !f.Cancel) {
			out = append(out, c)
		}
	}
	for _, c := range f.Gone {
		if !slices.ContainsFunc(out, func(o schedule.Consultation) bool { return o.ID == c.ID }) {
			c.Cancelled = true
			out = append(out, c)
		}
	}
	return out
}

// uid names a consultation in one reader's calendar.
func (f Feed) uid(e *schedule.Event, c schedule.Consultation) string {
	reader := string(f.Role) + "." + f.Party
	if f.Role == "" {
		reader = "booth." + string(f.Booth)
	}
	return string(c.ID) + "." + reader + "@" + string(e.ID) + ".sangdam"
}

func (f Feed) event(cal *ics.Calendar, e *schedule.Event, c schedule.Consultation, center, reader *time.Location) {
	v := cal.AddEvent(f.uid(e, c))
	v.SetDtStampTime(f.Now)
	v.SetSequence(c.Sequence)
	setTime(v, ics.ComponentPropertyDtStart, c.Start, center)
	setTime(v, ics.ComponentPropertyDtEnd, c.End, center)
	firm, _ := e.Firm(c.Firm)
	buyer, _ := e.Buyer(c.Buyer)
	booth, _ := e.Booth(c.Booth)
	interpreter, _ := e.Interpreter(c.Interpreter)
	title := firm.Name + " – " + buyer.Name
	switch f.Role {
	case schedule.RoleBuyer:
		title = fill(f.Words.With, "", map[string]string{"name": firm.Name})
	case schedule.RoleFirm:
		title = fill(f.Words.With, "", map[string]string{"name": buyer.Name + " (" + buyer.Country + ")"})
	}
	text := []string{
		f.Words.YourTime + ": " + f.window(c, reader),
		f.Words.CenterTime + ": " + f.window(c, center),
		f.Words.Booth + ": " + booth.Name,
	}
	if f.Role == schedule.RoleBuyer && firm.Products != "" {
		text[2] = firm.Name + ": " + firm.Products
	}
	if f.Zone == e.Zone {
		text = text[1:]
	}
	if interpreter.Name != "" && f.Role != schedule.RoleInterpreter {
		text = append(text, f.Words.Interpreter+": "+interpreter.Name)
	}
	if c.Cancelled {
		title = f.Words.Cancelled + ": " + title
		text = append([]string{f.Words.Cancelled}, text...)
		v.SetStatus(ics.ObjectStatusCancelled)
	} else {
		v.SetStatus(ics.ObjectStatusConfirmed)
		if f.Link != "" {
			text = append(text, f.Words.Link+": "+oneLine(f.Link))
			v.SetURL(oneLine(f.Link))
		}
	}
	for i := range text {
		text[i] = oneLine(text[i])
	}
	v.SetSummary(oneLine(title))
	v.SetDescription(strings.Join(text, "\n"))
	v.SetLocation(oneLine(booth.Name + ", " + e.Name))
	// RFC 5546 wants an organiser; who has no address is told like this.
	address := "invalid:nomail"
	if isEmail(f.From) {
		address = "mailto:" + f.From
	}
	v.SetProperty(ics.ComponentPropertyOrganizer, address, ics.WithCN(parameter(e.Organiser)))
}

// setTime writes a time on the center's clock. When the clocks show it twice it
// is written in UTC: readers do not agree on which one is meant, although RFC
// 5545, section 3.3.5, says the first.
func setTime(v *ics.VEvent, property ics.ComponentProperty, at time.Time, center *time.Location) {
	const layout = "20060102T150405"
	local := at.In(center)
	if len(wallTime(at.UTC().Add(offset(local)), center)) > 1 {
		v.SetProperty(property, at.UTC().Format(layout)+"Z")
		return
	}
	v.SetProperty(property, local.Format(layout), ics.WithTZID(center.String()))
}

// window tells when a consultation is on a zone's clock.
func (f Feed) window(c schedule.Consultation, zone *time.Location) string {
	from, to := c.Start.In(zone), c.End.In(zone)
	s := f.Words.Weekdays[from.Weekday()] + " " + from.Format("2006-01-02 15:04") + "–"
	if from.YearDay() != to.YearDay() {
		s += f.Words.Weekdays[to.Weekday()] + " "
	}
	return s + to.Format("15:04") + " (" + zone.String() + ")"
}

// oneLine keeps what people typed from breaking a line of the file.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// parameter takes out what a parameter may have between quotation marks only
// (RFC 5545, section 3.2).
func parameter(s string) string {
	s = oneLine(strings.Map(func(r rune) rune {
		if strings.ContainsRune("\";:,\\'", r) {
			return ' '
		}
		return r
	}, s))
	if s == "" {
		return "-"
	}
	return s
}

// timezone writes a zone with every change of its clocks from a year before to
// a year after the event, so that older and repeated copies of it in a
// calendar agree.
func timezone(zone *time.Location, from, to time.Time) *ics.VTimezone {
	v := ics.NewTimezone(zone.String())
	at, until := from.AddDate(-1, 0, 0), to.AddDate(1, 0, 0)
	for !at.IsZero() && at.Before(until) {
		begins, ends := at.In(zone).ZoneBounds()
		name, now := at.In(zone).Zone()
		was, onset := now, "19700101T000000"
		if begins.Year() >= 1970 { // the local mean times before have seconds, which readers choke on
			_, was = begins.Add(-time.Second).In(zone).Zone()
			onset = begins.UTC().Add(time.Duration(was) * time.Second).Format("20060102T150405")
		}
		var part interface {
			ics.Component
			AddProperty(ics.ComponentProperty, string, ...ics.PropertyParameter)
		} = &ics.Standard{}
		if at.In(zone).IsDST() {
			part = &ics.Daylight{}
		}
		part.AddProperty(ics.ComponentPropertyDtStart, onset)
		part.AddProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), utcOffset(was))
		part.AddProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), utcOffset(now))
		part.AddProperty(ics.ComponentProperty(ics.PropertyTzname), name)
		v.Components = append(v.Components, part)
		at = ends
	}
	return v
}

// utcOffset writes seconds as RFC 5545, section 3.3.14, has it; since 1970 they
// are whole minutes.
func utcOffset(seconds int) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	return fmt.Sprintf("%s%02d%02d", sign, seconds/3600, seconds/60%60)
}
