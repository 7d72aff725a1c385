package timetable

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"sangdam/rooms/schedule"
)

// table is one reading.
type table struct {
	event    *schedule.Event
	problems []Problem
	faulty   bool // one of them is more than a warning
	more     bool // some had no room
	column   map[string]int
	width    int // of the heading
	line     line

	zones   map[string]*time.Location       // nil: there is none
	seen    map[schedule.ConsultationID]int // to its row
	zoneRow int                             // where the event's zone was seen first
	parties map[string]*party               // by kind and folded name
}

// party is a firm, buyer or interpreter as the rows so far describe it.
type party struct {
	at     int               // the place in the event
	values map[string]string // by column
	rows   map[string]int    // where each was seen
}

func newTable() *table {
	return &table{
		event:   &schedule.Event{},
		zones:   make(map[string]*time.Location),
		seen:    make(map[schedule.ConsultationID]int),
		parties: make(map[string]*party),
	}
}

// tell notes a problem. Warnings may fill half of the report, so that there is
// always room for what must be put right.
func (t *table) tell(p Problem) {
	t.faulty = t.faulty || !p.Warning
	if n := len(t.problems); n < maxProblems/2 || !p.Warning && n < maxProblems-1 {
		t.problems = append(t.problems, p)
		return
	}
	t.more = true
}

// report is all that was told, and whether that was not all.
func (t *table) report() []Problem {
	if t.more {
		return append(t.problems, Problem{Code: ProblemMore, Params: limit(len(t.problems)), Warning: !t.faulty})
	}
	return t.problems
}

// problem notes what is wrong with a cell of the row; params come in pairs.
func (t *table) problem(code ProblemCode, column, value string, params ...string) {
	p := Problem{Code: code, Warning: code == ProblemFormula, Row: t.line.row, Column: column, Value: shorten(value), Params: make(map[string]string)}
	if at, ok := t.column[column]; ok {
		p.Params["cell"] = reference(at, t.line.row)
	}
	for i := 0; i < len(params); i += 2 {
		p.Params[params[i]] = params[i+1]
	}
	t.tell(p)
}

// shorten keeps a report readable, whatever stands in the cell.
func shorten(s string) string {
	s = strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s), "")
	if r := []rune(s); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return s
}

func (t *table) read(from lines) {
	var p *Problem
	if t.line, p = from.next(); p == nil {
		for p == nil && t.line.row > 0 && blank(t.line) {
			t.line, p = from.next()
		}
	}
	switch {
	case p != nil:
		t.tell(*p)
		return
	case t.line.row == 0:
		t.tell(Problem{Code: ProblemEmpty})
		return
	}
	t.heading()
	if t.faulty {
		return
	}
	for rows := 0; ; {
		t.line, p = from.next()
		switch {
		case p != nil:
			t.tell(*p)
			return // what follows cannot be told apart
		case t.line.row == 0 && rows == 0:
			t.tell(Problem{Code: ProblemNoRows})
			return
		case t.line.row == 0:
			return
		case t.line.row > 20*MaxRows:
			rows = MaxRows // blank rows without end
		case blank(t.line):
			continue
		}
		if rows++; rows > MaxRows {
			t.problems, t.more = nil, false // the rest is beside the point
			t.tell(Problem{Code: ProblemRows, Params: limit(MaxRows)})
			return
		}
		if n := len(t.line.cells); n > t.width && !blank(line{cells: t.line.cells[t.width:]}) || n < t.width && from.strict() {
			t.problem(ProblemCells, "", "", "has", strconv.Itoa(n), "needs", strconv.Itoa(t.width))
			continue
		}
		if n := t.width - len(t.line.cells); n > 0 {
			t.line.cells = append(t.line.cells, make([]cell, n)...)
		}
		t.consultation()
	}
}

// blank tells whether nothing stands in a row: spreadsheets leave such rows
// behind. A formula is something.
func blank(l line) bool {
	return !slices.ContainsFunc(l.cells, func(c cell) bool { return c.formula || c.failed || clean(c.text) != "" })
}

func (t *table) heading() {
	t.column = make(map[string]int)
	for i, c := range t.line.cells {
		text := clean(c.text)
		if text == "" {
			continue
		}
		t.width = i + 1
		name, known := heading(text)
		if !known {
			p := Problem{Code: ProblemHeadingUnknown, Row: t.line.row, Column: shorten(text), Value: shorten(text), Warning: true, Params: map[string]string{"cell": reference(i, t.line.row)}}
			if near := closest(text); near != "" {
				p.Params["closest"] = near
			}
			t.tell(p)
			continue
		}
		if _, twice := t.column[name]; twice {
			t.problem(ProblemColumnTwice, name, text)
			continue
		}
		t.column[name] = i
	}
	for _, c := range columns() {
		if _, ok := t.column[c.name]; !ok && c.needed {
			t.problem(ProblemColumnMissing, c.name, "")
		}
	}
}

// raw returns a cell that can be used, and whether it can; one in a column that
// is not there is empty.
func (t *table) raw(column string, needed bool) (cell, bool) {
	at, there := t.column[column]
	if !there {
		return cell{}, true
	}
	c := t.line.cells[at]
	c.text = clean(c.text)
	switch {
	case c.failed:
		t.problem(ProblemFailed, column, c.text)
	case c.formula && c.text == "":
		t.problem(ProblemUncomputed, column, "")
	case needed && c.text == "":
		t.problem(ProblemMissing, column, "")
	case utf8.RuneCountInString(c.text) > maxCell:
		t.problem(ProblemTooLong, column, c.text, "limit", strconv.Itoa(maxCell))
	case strings.ContainsFunc(c.text, unicode.IsControl):
		t.problem(ProblemControl, column, c.text)
	default:
		if c.formula {
			t.problem(ProblemFormula, column, c.text)
		}
		return c, true
	}
	return cell{}, false
}

func (t *table) cell(column string, needed bool) (string, bool) {
	c, ok := t.raw(column, needed)
	return c.text, ok
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
		near := ""
		if !t.more { // no use in looking for what will not be told
			near = closestZone(name)
		}
		if near != "" {
			t.problem(ProblemZone, column, name, "closest", near)
		} else {
			t.problem(ProblemZone, column, name)
		}
		return nil, "", false
	}
	return loc, name, true
}

// closestZone finds the zone whose name is nearest to a wrong one.
func closestZone(name string) string {
	wrong, best, at := []rune(fold(name)), "", 3
	if len(wrong) > 40 {
		return ""
	}
	for l := range strings.Lines(countryZones) {
		for _, z := range strings.Fields(l) {
			if f := []rune(fold(z)); strings.Contains(z, "/") && max(len(f)-len(wrong), len(wrong)-len(f)) < at {
				if d := distance(wrong, f); d < at {
					best, at = z, d
				}
			}
		}
	}
	return best
}

func (t *table) consultation() {
	id, _ := t.cell(colConsultation, true)
	c := schedule.Consultation{ID: schedule.ConsultationID(id)}
	if id != "" && !schedule.ValidID(id) {
		t.problem(ProblemID, colConsultation, id)
	} else if id != "" {
		if first, twice := t.seen[c.ID]; twice {
			t.problem(ProblemIDTwice, colConsultation, id, "row", strconv.Itoa(first))
		} else {
			t.seen[c.ID] = t.line.row
		}
	}
	loc, zone, ok := t.zone(colZone)
	if ok && t.event.Zone == "" {
		t.event.Zone, t.zoneRow = zone, t.line.row
	} else if ok && t.event.Zone != zone {
		t.problem(ProblemZonesDiffer, colZone, zone, "zone", t.event.Zone, "row", strconv.Itoa(t.zoneRow))
	}
	c.Start, c.End = t.window(loc)
	c.Booth = t.booth()
	c.Firm = t.firm()
	c.Buyer = t.buyer()
	c.Interpreter = t.interpreter()
	if !t.faulty {
		t.event.Consultations = append(t.event.Consultations, c)
	}
}

func (t *table) window(loc *time.Location) (start, end time.Time) {
	var date time.Time
	c, ok := t.raw(colDate, true)
	if ok {
		if date, ok = c.date(); !ok {
			t.problem(ProblemDate, colDate, c.text)
		}
	}
	from, okFrom := t.clock(colStart)
	to, okTo := t.clock(colEnd)
	if okFrom && okTo && to <= from {
		t.problem(ProblemEnd, colEnd, clockText(to))
		return
	}
	if loc == nil || !ok {
		return
	}
	moment := func(column string, at time.Duration, ok bool) (m time.Time) {
		if !ok {
			return
		}
		found := wallTime(date.Add(at), loc)
		if len(found) == 0 {
			t.problem(ProblemTimeSkipped, column, clockText(at), "date", date.Format(time.DateOnly), "zone", loc.String())
			return
		}
		return found[0] // Check tells when the clocks show it twice
	}
	start = moment(colStart, from, okFrom)
	end = moment(colEnd, to, okTo)
	if okFrom && okTo && !start.IsZero() && !end.IsZero() && !end.After(start) {
		t.problem(ProblemEnd, colEnd, clockText(to)) // across a change of the clocks
	}
	return start.UTC(), end.UTC()
}

func (t *table) clock(column string) (time.Duration, bool) {
	c, ok := t.raw(column, true)
	if !ok {
		return 0, false
	}
	at, ok := c.clock()
	if !ok {
		t.problem(ProblemTime, column, c.text)
	}
	return at, ok
}

func clockText(d time.Duration) string { return time.Time{}.Add(d).Format("15:04") }

func (t *table) booth() schedule.BoothID {
	name, ok := t.cell(colBooth, true)
	if !ok {
		return ""
	}
	id := schedule.BoothID(opaque("b", name))
	if _, known := t.parties[string(id)]; !known {
		t.parties[string(id)] = &party{at: len(t.event.Booths)}
		t.event.Booths = append(t.event.Booths, schedule.Booth{ID: id, Name: name})
	}
	return id
}

// same compares what a row says of a party with what the rows before said, and
// takes over what is new. Silence is no contradiction. It returns the party,
// and whether it was met for the first time.
func (t *table) same(id, name string, values map[string]string) (*party, bool) {
	p, known := t.parties[id]
	if !known {
		p = &party{values: make(map[string]string), rows: make(map[string]int)}
		t.parties[id] = p
	}
	for _, column := range slices.Sorted(maps.Keys(values)) {
		v := values[column]
		was, said := p.values[column]
		switch {
		case v == "":
		case !said:
			p.values[column], p.rows[column] = v, t.line.row
		case was != v:
			t.problem(ProblemDiffers, column, v, "party", name, "was", shorten(was), "row", strconv.Itoa(p.rows[column]))
		}
	}
	return p, !known
}

// contact reads the columns of a way to reach a party.
func (t *table) contact(values map[string]string, company, person, email, phone, office string) {
	for _, column := range []string{company, person, email, phone, office} {
		v, ok := t.cell(column, false)
		if column == "" || !ok || v == "" {
			continue
		}
		if column == email && !isEmail(v) {
			t.problem(ProblemEmail, column, v)
			continue
		}
		values[column] = v
	}
}

func (p *party) contact(company, person, email, phone, office string) schedule.Contact {
	return schedule.Contact{Company: p.values[company], Person: p.values[person], Email: p.values[email], Phone: p.values[phone], TradeOffice: p.values[office]}
}

func (t *table) firm() schedule.FirmID {
	name, ok := t.cell(colFirm, true)
	values := make(map[string]string)
	values[colProducts], _ = t.cell(colProducts, false)
	t.contact(values, colFirmCompany, colFirmPerson, colFirmEmail, colFirmPhone, "")
	if !ok {
		return ""
	}
	id := schedule.FirmID(opaque("f", name))
	p, first := t.same(string(id), name, values)
	if first {
		p.at = len(t.event.Firms)
		t.event.Firms = append(t.event.Firms, schedule.Firm{ID: id, Name: name})
	}
	f := &t.event.Firms[p.at]
	f.Products, f.Contact = p.values[colProducts], p.contact(colFirmCompany, colFirmPerson, colFirmEmail, colFirmPhone, "")
	return id
}

func (t *table) buyer() schedule.BuyerID {
	name, ok := t.cell(colBuyer, true)
	values := make(map[string]string)
	if country, said := t.cell(colCountry, true); said {
		if upper := strings.ToUpper(country); isCountry(upper) {
			values[colCountry] = upper
		} else {
			t.problem(ProblemCountry, colCountry, country)
		}
	}
	_, values[colBuyerZone], _ = t.zone(colBuyerZone)
	if language, said := t.cell(colBuyerLanguage, true); said {
		if tag, good := languageTag(language); good {
			values[colBuyerLanguage] = tag
		} else {
			t.problem(ProblemLanguage, colBuyerLanguage, language)
		}
	}
	t.contact(values, colBuyerCompany, colBuyerPerson, colBuyerEmail, colBuyerPhone, colTradeOffice)
	if !ok {
		return ""
	}
	id := schedule.BuyerID(opaque("y", name))
	p, first := t.same(string(id), name, values)
	if first {
		p.at = len(t.event.Buyers)
		t.event.Buyers = append(t.event.Buyers, schedule.Buyer{ID: id, Name: name})
	}
	b := &t.event.Buyers[p.at]
	b.Country, b.Zone, b.Language = p.values[colCountry], p.values[colBuyerZone], p.values[colBuyerLanguage]
	b.Contact = p.contact(colBuyerCompany, colBuyerPerson, colBuyerEmail, colBuyerPhone, colTradeOffice)
	return id
}

func (t *table) interpreter() schedule.InterpreterID {
	name, ok := t.cell(colInterpreter, false)
	list, _ := t.cell(colLanguages, name != "")
	values := make(map[string]string)
	var tags []string
	for _, l := range strings.FieldsFunc(strings.ReplaceAll(list, ",,", ",?,"), func(r rune) bool { return strings.ContainsRune(",;/·、", r) }) {
		tag, good := languageTag(clean(l))
		if !good {
			t.problem(ProblemLanguage, colLanguages, list)
			tags = nil
			break
		}
		tags = append(tags, tag)
	}
	values[colLanguages] = strings.Join(tags, ",")
	if place, said := t.cell(colInterpreterPlace, false); said && place != "" {
		switch fold(place) {
		case "booth", "onsite", "부스", "현장", "대면":
			values[colInterpreterPlace] = string(schedule.PlaceBooth)
		case "remote", "online", "원격", "온라인", "비대면":
			values[colInterpreterPlace] = string(schedule.PlaceRemote)
		default:
			t.problem(ProblemPlace, colInterpreterPlace, place)
		}
	}
	t.contact(values, colInterpreterCompany, "", colInterpreterEmail, colInterpreterPhone, "")
	if !ok || name == "" {
		return ""
	}
	id := schedule.InterpreterID(opaque("i", name))
	p, first := t.same(string(id), name, values)
	if first {
		p.at = len(t.event.Interpreters)
		t.event.Interpreters = append(t.event.Interpreters, schedule.Interpreter{ID: id, Name: name})
	}
	i := &t.event.Interpreters[p.at]
	i.Languages = nil
	if all := p.values[colLanguages]; all != "" {
		i.Languages = strings.Split(all, ",")
	}
	i.Place, i.Contact = schedule.Place(p.values[colInterpreterPlace]), p.contact(colInterpreterCompany, "", colInterpreterEmail, colInterpreterPhone, "")
	return id
}
