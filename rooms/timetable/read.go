package timetable

import (
	"cmp"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"sangdam/rooms/schedule"
)

// What a file may be at most.
const (
	MaxBytes = 5 << 20
	MaxRows  = 10_000

	maxProblems = 100 // further ones are not told: the file is of another kind
	maxCell     = 200 // characters
)

// columns of the file, in the order of the sample. They may stand in any
// order, and further ones are not read.
func columns() []string {
	return []string{
		"consultation", "date", "start", "end", "timezone", "booth", "firm", "firm_products",
		"buyer", "buyer_country", "buyer_timezone", "buyer_language", "interpreter", "interpreter_languages",
	}
}

// Problem is something in the file that must be put right before it can be
// used. Row counts lines of the table from 1, the header being 1; 0 means the
// whole file.
type Problem struct {
	Row    int    `json:"row"`
	Column string `json:"column,omitempty"`
	Text   string `json:"text"`
}

// String is for the person who mends the table.
func (p Problem) String() string {
	switch {
	case p.Row == 0:
		return p.Text
	case p.Column == "":
		return fmt.Sprintf("line %d: %s", p.Row, p.Text)
	}
	return fmt.Sprintf("line %d, %s: %s", p.Row, p.Column, p.Text)
}

// Read reads a timetable. With any problem there is no event. The event's ID,
// Name, Organiser, Language and Policy are not in the file and left for the
// caller to set.
//
// Identifiers follow from the file's own words, so that a second import of a
// corrected file keeps the links and the record of the first: a consultation
// has the one it was given, a booth, firm, buyer or interpreter has one made
// from its name.
func Read(r io.Reader) (*schedule.Event, []Problem) {
	b, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, []Problem{{Text: fmt.Sprintf("the file cannot be read: %v", err)}}
	}
	if len(b) > MaxBytes {
		return nil, []Problem{{Text: fmt.Sprintf("the file is larger than %d MB", MaxBytes>>20)}}
	}
	text := strings.TrimPrefix(string(b), "\ufeff")
	if !utf8.ValidString(text) {
		return nil, []Problem{{Text: "the file is not UTF-8: save it as CSV UTF-8"}}
	}
	t := &table{
		event:        &schedule.Event{},
		zones:        make(map[string]*time.Location),
		seen:         make(map[schedule.ConsultationID]int),
		firms:        make(map[schedule.FirmID]int),
		buyers:       make(map[schedule.BuyerID]int),
		interpreters: make(map[schedule.InterpreterID]int),
		booths:       make(map[schedule.BoothID]int),
	}
	t.read(text)
	if len(t.problems) > 0 {
		return nil, t.problems
	}
	slices.SortStableFunc(t.event.Consultations, func(a, b schedule.Consultation) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
	})
	return t.event, nil
}

// table is one reading.
type table struct {
	event    *schedule.Event
	problems []Problem
	column   map[string]int
	row      int
	cells    []string

	zones        map[string]*time.Location       // nil: there is none
	seen         map[schedule.ConsultationID]int // to its row
	firms        map[schedule.FirmID]int         // to the place in the event
	buyers       map[schedule.BuyerID]int
	interpreters map[schedule.InterpreterID]int
	booths       map[schedule.BoothID]int
}

func (t *table) problem(column, format string, a ...any) {
	if len(t.problems) < maxProblems {
		t.problems = append(t.problems, Problem{t.row, column, fmt.Sprintf(format, a...)})
	}
}

func (t *table) read(text string) {
	cr := csv.NewReader(strings.NewReader(text))
	cr.ReuseRecord = true
	header, err := cr.Read()
	if errors.Is(err, io.EOF) {
		t.problem("", "the file is empty")
		return
	}
	t.row = 1
	if err != nil {
		t.problem("", "%s", readable(err))
		return
	}
	t.column = make(map[string]int, len(header))
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := t.column[name]; twice && slices.Contains(columns(), name) {
			t.problem(name, "the column is there twice")
		}
		t.column[name] = i
	}
	for _, name := range columns() {
		if _, ok := t.column[name]; !ok {
			t.problem(name, "the column is missing")
		}
	}
	if len(t.problems) > 0 {
		return
	}
	for {
		cells, err := cr.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		t.row++
		if t.row-1 > MaxRows {
			t.row = 0
			t.problem("", "the file has more than %d rows", MaxRows)
			return
		}
		if err != nil {
			t.problem("", "%s", readable(err))
			if !errors.Is(err, csv.ErrFieldCount) {
				return // what follows cannot be told apart
			}
			continue
		}
		t.cells = cells
		t.consultation()
	}
	if t.row == 1 {
		t.row = 0
		t.problem("", "the file has no consultation")
	}
}

func readable(err error) string {
	var p *csv.ParseError
	switch {
	case errors.Is(err, csv.ErrFieldCount):
		return "the row has more or fewer cells than the header"
	case errors.As(err, &p):
		return fmt.Sprintf("not CSV: %v", p.Err)
	}
	return err.Error()
}

// cell returns a cell without blanks around it; needed ones may not be empty.
func (t *table) cell(column string, needed bool) (string, bool) {
	v := strings.TrimSpace(t.cells[t.column[column]])
	switch {
	case needed && v == "":
		t.problem(column, "is empty")
		return "", false
	case utf8.RuneCountInString(v) > maxCell:
		t.problem(column, "is longer than %d characters", maxCell)
		return "", false
	case strings.ContainsFunc(v, unicode.IsControl):
		t.problem(column, "has a line break or another control character")
		return "", false
	}
	return v, true
}

func (t *table) zone(column string) (*time.Location, string, bool) {
	name, ok := t.cell(column, true)
	if !ok {
		return nil, "", false
	}
	loc, known := t.zones[name]
	if !known {
		var err error
		if loc, err = time.LoadLocation(name); err != nil || name == "Local" {
			loc = nil
		}
		t.zones[name] = loc // reads a file each time otherwise
	}
	if loc == nil {
		t.problem(column, "%q is no time zone: write one like Asia/Seoul", name)
		return nil, "", false
	}
	return loc, name, true
}

func (t *table) consultation() {
	before := len(t.problems)
	id, _ := t.cell("consultation", true)
	c := schedule.Consultation{ID: schedule.ConsultationID(id)}
	if id != "" && !schedule.ValidID(id) {
		t.problem("consultation", "%q may have only letters, digits, dot, underscore and hyphen, at most 64", id)
	} else if id != "" {
		if first, twice := t.seen[c.ID]; twice {
			t.problem("consultation", "%q is also in row %d", id, first)
		} else {
			t.seen[c.ID] = t.row
		}
	}
	loc, zone, ok := t.zone("timezone")
	if ok {
		if t.event.Zone == "" {
			t.event.Zone = zone
		} else if t.event.Zone != zone {
			t.problem("timezone", "%q, but the rows before are in %q: a fair has one time zone", zone, t.event.Zone)
		}
		c.Start, c.End = t.window(loc)
	}
	c.Booth = t.booth()
	c.Firm = t.firm()
	c.Buyer = t.buyer()
	c.Interpreter = t.interpreter()
	if len(t.problems) == before && len(t.problems) == 0 {
		t.event.Consultations = append(t.event.Consultations, c)
	}
}

func (t *table) window(loc *time.Location) (start, end time.Time) {
	var date time.Time
	v, ok := t.cell("date", true)
	if ok {
		var err error
		if date, err = time.Parse(time.DateOnly, v); err != nil {
			t.problem("date", "%q is no date: write it like 2021-12-06", v)
			ok = false
		}
	}
	start, okStart := t.moment("start", date, loc, ok)
	end, okEnd := t.moment("end", date, loc, ok)
	if okStart && okEnd && !end.After(start) {
		t.problem("end", "is not after the start")
	}
	return start, end
}

func (t *table) moment(column string, date time.Time, loc *time.Location, dateOK bool) (time.Time, bool) {
	v, ok := t.cell(column, true)
	if !ok {
		return time.Time{}, false
	}
	clock, err := time.Parse("15:04", v)
	if err != nil {
		t.problem(column, "%q is no time of day: write it like 09:40", v)
		return time.Time{}, false
	}
	if !dateOK {
		return time.Time{}, false
	}
	at, ok := local(date.Add(time.Duration(clock.Hour())*time.Hour+time.Duration(clock.Minute())*time.Minute), loc)
	if !ok {
		t.problem(column, "%s %s does not exist in %s: the clocks are put forward over it", date.Format(time.DateOnly), v, loc)
	}
	return at, ok
}

// local finds the moment at which the clocks of loc show what wall shows in
// UTC: the first one when they show it twice, none when they skip it.
func local(wall time.Time, loc *time.Location) (time.Time, bool) {
	var found time.Time
	for _, probe := range []time.Duration{-26 * time.Hour, 26 * time.Hour} { // both sides of any change
		_, offset := wall.Add(probe).In(loc).Zone()
		at := wall.Add(-time.Duration(offset) * time.Second)
		if at.In(loc).Format(time.DateTime) == wall.Format(time.DateTime) && (found.IsZero() || at.Before(found)) {
			found = at
		}
	}
	return found, !found.IsZero()
}

func (t *table) booth() schedule.BoothID {
	name, ok := t.cell("booth", true)
	if !ok {
		return ""
	}
	b := schedule.Booth{ID: schedule.BoothID(opaque("b", name)), Name: name}
	if _, known := t.booths[b.ID]; !known {
		t.booths[b.ID] = len(t.event.Booths)
		t.event.Booths = append(t.event.Booths, b)
	}
	return b.ID
}

func (t *table) firm() schedule.FirmID {
	name, ok := t.cell("firm", true)
	products, ok2 := t.cell("firm_products", false)
	if !ok || !ok2 {
		return ""
	}
	f := schedule.Firm{ID: schedule.FirmID(opaque("f", name)), Name: name, Products: products}
	at, known := t.firms[f.ID]
	if !known {
		t.firms[f.ID] = len(t.event.Firms)
		t.event.Firms = append(t.event.Firms, f)
	} else if was := t.event.Firms[at]; was != f {
		t.problem("firm_products", "%q, but %s has %q in a row before", products, name, was.Products)
	}
	return f.ID
}

func (t *table) buyer() schedule.BuyerID {
	name, ok := t.cell("buyer", true)
	country, ok2 := t.cell("buyer_country", true)
	if ok2 && !isCountry(country) {
		t.problem("buyer_country", "%q is no country code: write two letters like FR", country)
		ok2 = false
	}
	_, zone, ok3 := t.zone("buyer_timezone")
	language, ok4 := t.language("buyer_language")
	if !ok || !ok2 || !ok3 || !ok4 {
		return ""
	}
	b := schedule.Buyer{ID: schedule.BuyerID(opaque("y", name)), Name: name, Country: country, Zone: zone, Language: language}
	at, known := t.buyers[b.ID]
	if !known {
		t.buyers[b.ID] = len(t.event.Buyers)
		t.event.Buyers = append(t.event.Buyers, b)
	} else if was := t.event.Buyers[at]; was != b {
		t.problem("buyer", "%s has another country, time zone or language in a row before", name)
	}
	return b.ID
}

func (t *table) interpreter() schedule.InterpreterID {
	name, ok := t.cell("interpreter", false)
	list, ok2 := t.cell("interpreter_languages", name != "")
	if !ok || !ok2 || name == "" {
		return ""
	}
	i := schedule.Interpreter{ID: schedule.InterpreterID(opaque("i", name)), Name: name}
	for l := range strings.SplitSeq(list, ",") {
		l = strings.TrimSpace(l)
		if !isLanguage(l) {
			t.problem("interpreter_languages", "%q is no language: write them like ko,en", l)
			return ""
		}
		i.Languages = append(i.Languages, l)
	}
	at, known := t.interpreters[i.ID]
	if !known {
		t.interpreters[i.ID] = len(t.event.Interpreters)
		t.event.Interpreters = append(t.event.Interpreters, i)
	} else if was := t.event.Interpreters[at]; !slices.Equal(was.Languages, i.Languages) {
		t.problem("interpreter_languages", "%q, but %s has %q in a row before", list, name, strings.Join(was.Languages, ","))
	}
	return i.ID
}

func (t *table) language(column string) (string, bool) {
	v, ok := t.cell(column, true)
	if ok && !isLanguage(v) {
		t.problem(column, "%q is no language: write one like fr or zh-Hant", v)
		return "", false
	}
	return v, ok
}

func isCountry(s string) bool {
	return len(s) == 2 && 'A' <= s[0] && s[0] <= 'Z' && 'A' <= s[1] && s[1] <= 'Z'
}

// isLanguage holds a BCP 47 tag to its form (RFC 5646, section 2.1), not to
// the registry.
func isLanguage(s string) bool {
	for i, sub := range strings.Split(s, "-") {
		if len(sub) == 0 || len(sub) > 8 || i == 0 && len(sub) < 2 {
			return false
		}
		for _, c := range sub {
			letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
			if !letter && (i == 0 || c < '0' || c > '9') {
				return false
			}
		}
	}
	return true
}

// opaque makes an identifier from a name: it follows from the name and nothing
// else, and does not show it. Case and inner blanks do not count, since
// spreadsheets are typed by people.
func opaque(kind, name string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + strings.ToLower(strings.Join(strings.Fields(name), " "))))
	return kind + "-" + hex.EncodeToString(sum[:6])
}
