package timetable

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"

	"sangdam/rooms/schedule"
)

// property is one unfolded line of a calendar, read by RFC 5545 alone.
type property struct {
	name, value string
	params      map[string]string
}

func properties(t testing.TB, file []byte) (all []property) {
	t.Helper()
	for l := range strings.SplitSeq(strings.TrimSuffix(string(file), "\r\n"), "\r\n") {
		if len(l) > 75 || !utf8.ValidString(l) || strings.ContainsAny(l, "\r\n") {
			t.Errorf("bad line %q", l)
		}
	}
	text := strings.ReplaceAll(string(file), "\r\n ", "")
	for l := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		head, value, ok := strings.Cut(l, ":")
		if !ok {
			t.Fatalf("no value in %q", l)
		}
		parts := strings.Split(head, ";")
		p := property{parts[0], value, map[string]string{}}
		for _, param := range parts[1:] {
			k, v, _ := strings.Cut(param, "=")
			p.params[k] = v
		}
		all = append(all, p)
	}
	return all
}

// entry is a VEVENT.
type entry map[string]property

func (e entry) text(name string) string {
	return strings.NewReplacer(`\n`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(e[name].value)
}

// onset is a STANDARD or DAYLIGHT part of a VTIMEZONE.
type onset struct {
	local    time.Time // of the clocks before
	from, to time.Duration
}

type parsed struct {
	head    map[string]string
	zones   map[string][]onset
	entries []entry
}

func parse(t testing.TB, file []byte) parsed {
	t.Helper()
	out := parsed{head: map[string]string{}, zones: map[string][]onset{}}
	var stack []string
	var zone string
	var part onset
	for _, p := range properties(t, file) {
		switch p.name {
		case "BEGIN":
			stack = append(stack, p.value)
			switch p.value {
			case "VEVENT":
				out.entries = append(out.entries, entry{})
			case "STANDARD", "DAYLIGHT":
				part = onset{}
			}
			continue
		case "END":
			if stack[len(stack)-1] != p.value {
				t.Fatalf("%s ends in %v", p.value, stack)
			}
			stack = stack[:len(stack)-1]
			if p.value == "STANDARD" || p.value == "DAYLIGHT" {
				out.zones[zone] = append(out.zones[zone], part)
			}
			continue
		}
		switch in := stack[len(stack)-1]; in {
		case "VCALENDAR":
			out.head[p.name] = p.value
		case "VTIMEZONE":
			zone = p.value
		case "VEVENT":
			if _, twice := out.entries[len(out.entries)-1][p.name]; twice {
				t.Errorf("%s twice", p.name)
			}
			out.entries[len(out.entries)-1][p.name] = p
		default:
			offset := func() time.Duration {
				n, err := strconv.Atoi(p.value[1:])
				if err != nil || len(p.value) != 5 {
					t.Fatalf("offset %q", p.value)
				}
				d := time.Duration(n/100)*time.Hour + time.Duration(n%100)*time.Minute
				if p.value[0] == '-' {
					return -d
				}
				return d
			}
			switch p.name {
			case "DTSTART":
				var err error
				if part.local, err = time.Parse("20060102T150405", p.value); err != nil {
					t.Fatal(err)
				}
			case "TZOFFSETFROM":
				part.from = offset()
			case "TZOFFSETTO":
				part.to = offset()
			}
		}
	}
	return out
}

// instant works a time out of the file's own zones: the last onset before it
// counts, as RFC 5545, section 3.6.5, has it.
func (c parsed) instant(t testing.TB, p property) time.Time {
	t.Helper()
	if s, ok := strings.CutSuffix(p.value, "Z"); ok {
		at, err := time.Parse("20060102T150405", s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	local, err := time.Parse("20060102T150405", p.value)
	if err != nil {
		t.Fatal(err)
	}
	zone := c.zones[p.params["TZID"]]
	if len(zone) == 0 {
		t.Fatalf("no zone %q", p.params["TZID"])
	}
	var last onset
	for _, o := range zone {
		if !o.local.After(local) && !o.local.Before(last.local) {
			last = o
		}
	}
	return local.Add(-last.to)
}

var fixedNow = time.Date(2021, 11, 1, 0, 0, 0, 0, time.UTC)

func feedOf(e *schedule.Event, b schedule.Buyer, language string) Feed {
	return Feed{Role: schedule.RoleBuyer, Party: string(b.ID), Link: "https://meet.example.kr/j/L1#s", From: "office@example.kr", Words: CalendarWordsIn(language), Now: fixedNow}
}

func calendar(t testing.TB, e *schedule.Event, f Feed) []byte {
	t.Helper()
	b, err := Calendar(e, f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ics.ParseCalendar(bytes.NewReader(b)); err != nil {
		t.Errorf("%v in\n%s", err, b)
	}
	return b
}

func TestCalendar_HasEveryReadersConsultations(t *testing.T) {
	e := yangju(t)
	e.Name, e.Organiser = "Yangju Fair", "Center; \"K\", Yangju"
	count := 0
	for _, b := range e.Buyers {
		c := parse(t, calendar(t, e, feedOf(e, b, b.Language)))
		count += len(c.entries)
	}
	for _, f := range e.Firms {
		count += len(parse(t, calendar(t, e, Feed{Role: schedule.RoleFirm, Party: string(f.ID), Words: CalendarWordsIn("ko"), Now: fixedNow})).entries)
	}
	for _, b := range e.Booths {
		count += len(parse(t, calendar(t, e, Feed{Booth: b.ID, Words: CalendarWordsIn("ko"), Now: fixedNow})).entries)
	}
	for _, i := range e.Interpreters {
		count += len(parse(t, calendar(t, e, Feed{Role: schedule.RoleInterpreter, Party: string(i.ID), Words: CalendarWordsIn("ko"), Now: fixedNow})).entries)
	}
	if want := 35 + 35 + 35 + 34; count != want {
		t.Errorf("%d entries, want %d", count, want)
	}
}

func TestCalendar_TellsBothTimesAndTheLinkInTheReadersWords(t *testing.T) {
	e := yangju(t)
	e.Name, e.Organiser = "Yangju Fair", "Center; \"K\", Yangju"
	c, _ := e.Consultation("S20")
	b, _ := e.Buyer(c.Buyer)
	got := parse(t, calendar(t, e, feedOf(e, b, "fr")))
	v := got.entries[slices.IndexFunc(got.entries, func(v entry) bool { return strings.HasPrefix(v["UID"].value, "S20.") })]
	want := "Votre heure: mer. 2021-12-08 09:00–09:40 (Europe/Paris)\nHeure du salon: mer. 2021-12-08 17:00–17:40 (Asia/Seoul)\n"
	if s := v.text("DESCRIPTION"); !strings.HasPrefix(s, want) || !strings.HasSuffix(s, "\nInterprète: Interpreter FR\nVotre lien: https://meet.example.kr/j/L1#s") {
		t.Errorf("%s", s)
	}
	f, _ := e.Firm(c.Firm)
	if s := v.text("SUMMARY"); s != "Entretien avec "+f.Name {
		t.Errorf("%s", s)
	}
	if got.head["METHOD"] != "PUBLISH" || v["SEQUENCE"].value != "0" || v["STATUS"].value != "CONFIRMED" || v["ORGANIZER"].value != "mailto:office@example.kr" || v["ORGANIZER"].params["CN"] != "Center K Yangju" || v["URL"].value != "https://meet.example.kr/j/L1#s" {
		t.Errorf("%+v %+v", got.head, v)
	}
	if len(got.zones) != 2 {
		t.Errorf("zones %v", got.zones)
	}
}

func TestCalendar_ChangesKeepTheUIDAndRaiseTheSequence(t *testing.T) {
	e := yangju(t)
	c, _ := e.Consultation("S01")
	b, _ := e.Buyer(c.Buyer)
	one := func(e *schedule.Event, f Feed) (parsed, entry) {
		p := parse(t, calendar(t, e, f))
		for _, v := range p.entries {
			if strings.HasPrefix(v["UID"].value, "S01.") {
				return p, v
			}
		}
		return p, nil
	}
	_, first := one(e, feedOf(e, b, "en"))
	moved, err := Apply(e, nil, Edit{Op: OpReschedule, Consultation: "S01", Start: "2021-12-06T12:00"})
	if err != nil {
		t.Fatal(err)
	}
	_, second := one(moved.Event, feedOf(e, b, "en"))
	gone, err := Apply(moved.Event, nil, Edit{Op: OpCancel, Consultation: "S01"})
	if err != nil {
		t.Fatal(err)
	}
	_, third := one(gone.Event, feedOf(e, b, "en"))
	cancel := feedOf(e, b, "en")
	cancel.Cancel = true
	message, fourth := one(gone.Event, cancel)
	uid := first["UID"].value
	for i, v := range []entry{second, third, fourth} {
		if v["UID"].value != uid || v["SEQUENCE"].value != fmt.Sprint(min(i+1, 2)) {
			t.Errorf("%d: %s %s", i, v["UID"].value, v["SEQUENCE"].value)
		}
	}
	if third["STATUS"].value != "CANCELLED" || third["URL"].value != "" || message.head["METHOD"] != "CANCEL" || len(message.entries) != 1 || !strings.HasPrefix(fourth.text("SUMMARY"), "Cancelled: ") {
		t.Errorf("%v %v", third, message)
	}
	if _, none := one(e, cancel); none != nil {
		t.Error("nothing is cancelled")
	}
	// The buyer was replaced: the former one is told.
	former := cancel
	other := e.Buyers[len(e.Buyers)-1]
	replaced, err := Apply(e, nil, Edit{Op: OpReplaceBuyer, Consultation: "S01", Buyer: other.ID})
	if err != nil {
		t.Fatal(err)
	}
	now, _ := replaced.Event.Consultation("S01")
	former.Gone = []schedule.Consultation{now}
	if _, v := one(replaced.Event, former); v["UID"].value != uid || v["SEQUENCE"].value != "1" || v["STATUS"].value != "CANCELLED" {
		t.Errorf("%v", v)
	}
}

// Every quarter of an hour around the changes of the clocks in New York and
// Paris, and Moscow's that do not happen, in each of the seventeen zones as the
// center's: what the file means, read with the file's own zones, is the moment.
func TestCalendar_InstantsAreRightInAllZonesAcrossChangesOfTheClocks(t *testing.T) {
	zones := map[string]bool{"Asia/Seoul": true}
	for _, b := range yangju(t).Buyers {
		zones[b.Zone] = true
	}
	if len(zones) != 18 {
		t.Errorf("%d zones", len(zones))
	}
	zones["Australia/Lord_Howe"], zones["America/Sao_Paulo"], zones["Africa/Casablanca"] = true, true, true
	for zone := range zones {
		e := &schedule.Event{
			ID: "fair", Name: "Fair", Zone: zone, Firms: []schedule.Firm{{ID: "f", Name: "Firm"}}, Booths: []schedule.Booth{{ID: "b", Name: "Booth"}},
			Buyers: []schedule.Buyer{{ID: "y", Name: "Buyer", Country: "US", Zone: "America/New_York", Language: "en"}},
		}
		for _, day := range []time.Time{
			time.Date(2021, 3, 14, 0, 0, 0, 0, time.UTC), time.Date(2021, 3, 28, 0, 0, 0, 0, time.UTC), time.Date(2021, 10, 31, 0, 0, 0, 0, time.UTC),
			time.Date(2021, 11, 7, 0, 0, 0, 0, time.UTC), time.Date(2021, 12, 8, 0, 0, 0, 0, time.UTC), time.Date(2021, 4, 3, 12, 0, 0, 0, time.UTC),
		} {
			for q := range 60 {
				at := day.Add(time.Duration(q-12) * 15 * time.Minute)
				e.Consultations = append(e.Consultations, schedule.Consultation{ID: schedule.ConsultationID(fmt.Sprint("S", len(e.Consultations))), Start: at, End: at.Add(40 * time.Minute), Firm: "f", Buyer: "y", Booth: "b"})
			}
		}
		c := parse(t, calendar(t, e, feedOf(e, e.Buyers[0], "en")))
		if len(c.entries) != len(e.Consultations) {
			t.Fatalf("%s: %d entries", zone, len(c.entries))
		}
		for i, v := range c.entries {
			want := e.Consultations[i]
			if from, to := c.instant(t, v["DTSTART"]), c.instant(t, v["DTEND"]); !from.Equal(want.Start) || !to.Equal(want.End) {
				t.Errorf("%s: %v is %s, %v", zone, want.Start, v["DTSTART"].value, from)
			}
		}
	}
}

func TestCalendar_EscapesAndFoldsWhatPeopleType(t *testing.T) {
	e := yangju(t)
	e.Name = "상담회; \\ \"a\", b\r\nBEGIN:VEVENT"
	name := strings.Repeat("한국섬유 織物, ", 30) + "\nDTSTART:19700101T000000"
	e.Firms[0].Name = name
	var id schedule.FirmID = e.Firms[0].ID
	c := parse(t, calendar(t, e, Feed{Role: schedule.RoleFirm, Party: string(id), Words: CalendarWordsIn("ko"), Link: "https://x/\r\nATTENDEE:mailto:x", Now: fixedNow}))
	for _, v := range c.entries {
		if !strings.HasSuffix(v.text("LOCATION"), ", 상담회; \\ \"a\", b BEGIN:VEVENT") || v["ATTENDEE"].value != "" || v["DTSTART"].value == "19700101T000000" {
			t.Errorf("%+v", v)
		}
	}
	booth := parse(t, calendar(t, e, Feed{Booth: e.Booths[0].ID, Words: CalendarWordsIn("ko"), Now: fixedNow}))
	if s := booth.entries[0].text("SUMMARY"); !strings.Contains(s, "織物, 한국섬유") {
		t.Errorf("%q", s)
	}
}

func TestCalendarWords_AreWholeInEveryLanguageOfThePages(t *testing.T) {
	seen := make(map[string]string)
	for _, l := range schedule.DefaultPolicy().Languages {
		w := CalendarWordsIn(l)
		if !strings.Contains(w.With, "{name}") || slices.Contains([]string{w.YourTime, w.CenterTime, w.Booth, w.Interpreter, w.Link, w.Cancelled}, "") || slices.Contains(w.Weekdays[:], "") {
			t.Errorf("%s: %+v", l, w)
		}
		if other, twice := seen[w.With]; twice {
			t.Errorf("%s has the words of %s", l, other)
		}
		seen[w.With] = l
	}
}
