package timetable

import (
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the tests mean the zones, not the machine's copy of them
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sangdam/rooms/schedule"
)

// read imports a CSV text; the event is nil with any problem.
func read(text string) (*schedule.Event, []Problem) {
	d, problems := Import([]byte(text), "timetable.csv")
	if d == nil {
		return nil, problems
	}
	return d.Event, problems
}

const sample = "../../cmd/sangdam/demo/yangju-2021.csv"

func yangju(t testing.TB) *schedule.Event {
	t.Helper()
	b, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	e, problems := read(string(b))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	e.ID = "yangju-2021"
	return e
}

func TestImport_TheFairItWasMadeFor(t *testing.T) {
	e := yangju(t)
	countries := make(map[string]bool)
	for _, b := range e.Buyers {
		countries[b.Country] = true
	}
	days := make(map[string]bool)
	for _, c := range e.Consultations {
		days[c.Start.Add(9*time.Hour).Format(time.DateOnly)] = true
	}
	got := []int{len(e.Consultations), len(e.Firms), len(countries), len(e.Booths), len(days)}
	if want := []int{35, 16, 17, 3, 5}; !slices.Equal(got, want) {
		t.Errorf("consultations, firms, countries, booths, days: %v, want %v", got, want)
	}
	if err := e.Validate(); err != nil {
		t.Error(err)
	}
	c, ok := e.Consultation("S27")
	if !ok || c.Interpreter != "" {
		t.Errorf("S27 has interpreter %q", c.Interpreter)
	}
	c, _ = e.Consultation("S20")
	if want := time.Date(2021, 12, 8, 8, 0, 0, 0, time.UTC); !c.Start.Equal(want) || c.End.Sub(c.Start) != 40*time.Minute {
		t.Errorf("S20 is from %v to %v", c.Start, c.End)
	}
	b, _ := e.Buyer(c.Buyer)
	i, _ := e.Interpreter(c.Interpreter)
	if d := cmp.Diff(schedule.Buyer{ID: c.Buyer, Name: "Buyer FR-1", Country: "FR", Zone: "Europe/Paris", Language: "fr"}, b); d != "" {
		t.Error(d)
	}
	if !slices.Equal(i.Languages, []string{"ko", "fr"}) || i.Name != "Interpreter FR" {
		t.Errorf("%+v", i)
	}
}

const header = "consultation,date,start,end,timezone,booth,firm,firm_products,buyer,buyer_country,buyer_timezone,buyer_language,interpreter,interpreter_languages\n"

// row is a good row with some cells changed.
func row(change ...string) string {
	cells := []string{"S01", "2021-12-06", "09:00", "09:40", "Asia/Seoul", "Booth 1", "Firm 01", "knits", "Buyer US-1", "US", "America/New_York", "en", "Interpreter EN", "ko,en"}
	names := strings.Split(strings.TrimSpace(header), ",")
	for i := 0; i < len(change); i += 2 {
		cells[slices.Index(names, change[i])] = change[i+1]
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(cells) // a strings.Builder takes all
	w.Flush()
	return b.String()
}

func TestImport_SaysWhichCellIsWrong(t *testing.T) {
	second := func(change ...string) string {
		return row() + row(append([]string{"consultation", "S02"}, change...)...)
	}
	tests := []struct {
		name, text string
		row        int
		column     string
		code       ProblemCode
	}{
		{"empty file", "", 0, "", ProblemEmpty},
		{"header alone", header, 0, "", ProblemNoRows},
		{"not UTF-8", header + row("firm", "\xff\xa1"), 2, "", ProblemEncoding},
		{"missing column", strings.Replace(header, "booth,", "", 1), 1, "booth", ProblemColumnMissing},
		{"column twice", strings.Replace(header, "\n", ",firm\n", 1), 1, "firm", ProblemColumnTwice},
		{"cell too many", header + strings.TrimSpace(row()) + ",x\n", 2, "", ProblemCells},
		{"open quote", header + `"` + row(), 2, "", ProblemQuote},
		{"bad date", header + row("date", "06.12.2021"), 2, "date", ProblemDate},
		{"date that is none", header + row("date", "2021-02-30"), 2, "date", ProblemDate},
		{"bad time", header + row("start", "9 Uhr"), 2, "start", ProblemTime},
		{"end before start", header + row("end", "08:59"), 2, "end", ProblemEnd},
		{"end at start", header + row("end", "09:00"), 2, "end", ProblemEnd},
		{"unknown zone", header + row("timezone", "Asia/Yangju"), 2, "timezone", ProblemZone},
		{"zone of the machine", header + row("timezone", "Local"), 2, "timezone", ProblemZone},
		{"unknown buyer zone", header + row("buyer_timezone", "EST5EDT6"), 2, "buyer_timezone", ProblemZone},
		{"time that the clocks skip", header + row("timezone", "Europe/Paris", "date", "2022-03-27", "start", "02:30", "end", "04:00"), 2, "start", ProblemTimeSkipped},
		{"end that the clocks skip", header + row("timezone", "America/New_York", "date", "2022-03-13", "start", "01:30", "end", "02:00"), 2, "end", ProblemTimeSkipped},
		{"two zones", header + second("timezone", "Asia/Tokyo"), 3, "timezone", ProblemZonesDiffer},
		{"duplicate id", header + row() + row(), 3, "consultation", ProblemIDTwice},
		{"id with a slash", header + row("consultation", "S/01"), 2, "consultation", ProblemID},
		{"no id", header + row("consultation", " "), 2, "consultation", ProblemMissing},
		{"no firm", header + row("firm", ""), 2, "firm", ProblemMissing},
		{"country in words", header + row("buyer_country", "France"), 2, "buyer_country", ProblemCountry},
		{"language in words", header + row("buyer_language", "Französisch"), 2, "buyer_language", ProblemLanguage},
		{"interpreter without languages", header + row("interpreter_languages", ""), 2, "interpreter_languages", ProblemMissing},
		{"interpreter with half a list", header + row("interpreter_languages", "ko,,en"), 2, "interpreter_languages", ProblemLanguage},
		{"buyer in two countries", header + second("buyer_country", "CA"), 3, "buyer_country", ProblemDiffers},
		{"firm with other products", header + second("firm_products", "printing"), 3, "firm_products", ProblemDiffers},
		{"line break in a name", header + row("buyer", "Buyer\nUS-1"), 2, "buyer", ProblemControl},
		{"endless name", header + row("buyer", strings.Repeat("가", 201)), 2, "buyer", ProblemTooLong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, problems := read(tt.text)
			if e != nil || len(problems) != 1 {
				t.Fatalf("event %v, problems %v", e != nil, problems)
			}
			if p := problems[0]; p.Row != tt.row || p.Column != tt.column || p.Code != tt.code {
				t.Errorf("got %q (%s)", p, p.Code)
			}
		})
	}
}

func TestImport_TellsAllProblemsAtOnceButNotWithoutEnd(t *testing.T) {
	_, problems := read((header + row("date", "x", "booth", "") + row("consultation", "S02", "end", "y")))
	if len(problems) != 3 {
		t.Errorf("%v", problems)
	}
	_, problems = read(header + strings.Repeat(row("date", "x"), 500))
	if len(problems) != maxProblems || problems[maxProblems-1].Code != ProblemMore {
		t.Errorf("%d problems", len(problems))
	}
}

func TestImport_AWrongZoneIsToldWithTheNearestOne(t *testing.T) {
	for wrong, want := range map[string]string{"Asia/Soul": "Asia/Seoul", "europe/pari": "Europe/Paris", "America/NewYork": "America/New_York", "KST": "", "Seoul": ""} {
		_, problems := read(header + row("timezone", wrong))
		if len(problems) != 1 || problems[0].Params["closest"] != want || (want != "") != strings.Contains(problems[0].Words("ko"), "‘"+want+"’") {
			t.Errorf("%s: %v", wrong, problems)
		}
	}
}

func TestImport_BoundsSizeAndRows(t *testing.T) {
	if e, problems := read((header + strings.Repeat("x", MaxBytes))); e != nil || len(problems) != 1 || problems[0].Code != ProblemTooLarge {
		t.Errorf("%v", problems)
	}
	rows := func(n int) string {
		var b strings.Builder
		b.WriteString(header)
		for i := range n {
			b.WriteString(row("consultation", fmt.Sprint("S", i)))
		}
		return b.String()
	}
	if e, problems := read(rows(MaxRows)); e == nil || len(e.Consultations) != MaxRows {
		t.Errorf("%v", problems)
	}
	if e, problems := read(rows(MaxRows + 1)); e != nil || len(problems) != 1 || problems[0].Code != ProblemRows {
		t.Errorf("%v", problems)
	}
}

func TestImport_TakesWhatSpreadsheetsWrite(t *testing.T) {
	plain, problems := read((header + row()))
	if plain == nil {
		t.Fatal(problems)
	}
	for name, text := range map[string]string{
		"semicolons":         strings.ReplaceAll(strings.ReplaceAll(header, ",", ";")+strings.ReplaceAll(row("interpreter_languages", "ko+en"), ",", ";"), "ko+en", "ko,en"),
		"Excel's own line":   "sep=\t\n" + strings.ReplaceAll(strings.ReplaceAll(header, ",", "\t")+strings.ReplaceAll(row("interpreter_languages", "ko+en"), ",", "\t"), "ko+en", "ko,en"),
		"byte order mark":    "\ufeff" + header + row(),
		"CRLF":               strings.ReplaceAll(header+row(), "\n", "\r\n"),
		"blanks":             header + row("firm", " Firm 01 ", "date", " 2021-12-06"),
		"capitals on top":    strings.ToUpper(header) + row(),
		"hour of one digit":  header + row("start", "9:00"),
		"no last line break": strings.TrimSuffix(header+row(), "\n"),
		"a column of theirs": strings.Replace(header, "\n", ",notes\n", 1) + strings.Replace(row(), "\n", ",call first\n", 1),
	} {
		got, problems := read(text)
		if d := cmp.Diff(plain, got); d != "" {
			t.Errorf("%s: %v %s", name, problems, d)
		}
	}
}

func TestImport_TimeThatTheClocksShowTwiceIsTheFirst(t *testing.T) {
	e, problems := read((header + row("timezone", "Europe/Paris", "date", "2021-10-31", "start", "02:30", "end", "04:00")))
	if e == nil {
		t.Fatal(problems)
	}
	if want := time.Date(2021, 10, 31, 0, 30, 0, 0, time.UTC); !e.Consultations[0].Start.Equal(want) {
		t.Errorf("%v", e.Consultations[0].Start)
	}
}

func TestImport_IdentifiersOutliveASecondImport(t *testing.T) {
	first := yangju(t)
	b, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.Collect(strings.Lines(string(b)))
	slices.Reverse(lines[2:]) // corrected, sorted anew, one taken out
	second, problems := read(strings.Join(append(lines[:1:1], lines[2:]...), ""))
	if second == nil {
		t.Fatal(problems)
	}
	for _, c := range second.Consultations {
		if was, _ := first.Consultation(c.ID); !cmp.Equal(was, c) {
			t.Errorf("%s: %s", c.ID, cmp.Diff(was, c))
		}
	}
	one := second.Firms[0]
	if was, _ := first.Firm(one.ID); was != one {
		t.Errorf("%+v, was %+v", one, was)
	}
	if strings.Contains(strings.ToLower(string(one.ID)), "firm") {
		t.Errorf("id %s shows the name", one.ID)
	}
	for _, id := range []string{string(first.Firms[0].ID), string(first.Buyers[0].ID), string(first.Booths[0].ID), string(first.Interpreters[0].ID)} {
		if !schedule.ValidID(id) {
			t.Errorf("id %q", id)
		}
	}
}

func TestShift_KeepsOrderAndGapsAcrossAChangeOfTheClocks(t *testing.T) {
	e := yangju(t)
	rapid.Check(t, func(rt *rapid.T) {
		d := time.Duration(rapid.Int64Range(-3e6, 3e6).Draw(rt, "minutes")) * time.Minute
		got := Shift(e, d)
		for i, c := range got.Consultations {
			was := e.Consultations[i]
			if c.ID != was.ID || c.Start.Sub(was.Start) != d || c.End.Sub(was.End) != d {
				rt.Fatalf("%s moved by %v and %v, want %v", c.ID, c.Start.Sub(was.Start), c.End.Sub(was.End), d)
			}
		}
		if back := Shift(got, -d); !cmp.Equal(back, e) {
			rt.Fatal(cmp.Diff(e, back))
		}
	})
	if d := cmp.Diff(yangju(t), e); d != "" {
		t.Errorf("the original was moved: %s", d)
	}
	// 23 hours lie between two noons when Paris puts its clocks forward.
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2022, 3, 26, 12, 0, 0, 0, paris)
	moved := Shift(&schedule.Event{Consultations: []schedule.Consultation{{Start: noon, End: noon.Add(time.Hour)}}}, 24*time.Hour)
	if h := moved.Consultations[0].Start.In(paris).Hour(); h != 13 {
		t.Errorf("noon is moved to %d o'clock", h)
	}
}

func TestDemo_OneConsultationWithAnInterpreterHasBeenOpenForFiveMinutes(t *testing.T) {
	e := yangju(t)
	doors := schedule.DefaultPolicy().Doors
	rapid.Check(t, func(rt *rapid.T) {
		now := time.Unix(rapid.Int64Range(1.6e9, 2.2e9).Draw(rt, "now"), 0)
		got, id := Demo(e, now)
		at := slices.IndexFunc(got.Consultations, func(c schedule.Consultation) bool { return c.ID == id })
		open := got.Consultations[at]
		if since := now.Sub(open.Start.Add(-doors)); since < openFor || since >= openFor+time.Minute || open.Interpreter == "" {
			rt.Fatalf("%s has been open for %v, interpreter %q", id, since, open.Interpreter)
		}
		if open.Start.Truncate(time.Minute) != open.Start {
			rt.Fatalf("starts at %v", open.Start)
		}
		for i, c := range got.Consultations {
			if i < at && c.End.After(now) {
				rt.Fatalf("%s lies before and ends at %v, now is %v", c.ID, c.End, now)
			}
			if i > at && !c.Start.Add(-doors).After(now) {
				rt.Fatalf("%s follows and is open as well", c.ID)
			}
			if d := open.Start.Sub(e.Consultations[at].Start); c.Start.Sub(e.Consultations[i].Start) != d {
				rt.Fatalf("%s was moved by another time than %s", c.ID, id)
			}
		}
		if next := got.Consultations[at+1]; next.Booth != open.Booth || next.Start.Sub(open.Start) != time.Hour {
			rt.Fatalf("next in the booth: %+v", next)
		}
	})
}

func TestDemo_TakesTheBestWhenNoneIsPerfect(t *testing.T) {
	start := time.Date(2021, 12, 6, 0, 0, 0, 0, time.UTC)
	c := func(id schedule.ConsultationID, booth schedule.BoothID, at time.Duration, interpreter schedule.InterpreterID) schedule.Consultation {
		return schedule.Consultation{ID: id, Booth: booth, Start: start.Add(at), End: start.Add(at + 40*time.Minute), Interpreter: interpreter}
	}
	tests := []struct {
		name string
		all  []schedule.Consultation
		want schedule.ConsultationID
	}{
		{"nothing at all", nil, ""},
		{"no interpreter anywhere", []schedule.Consultation{c("A", "1", 0, "")}, "A"},
		{"the one with an interpreter, though another is open", []schedule.Consultation{c("A", "1", 0, ""), c("B", "2", 0, "i")}, "B"},
		{"the one that is alone, though it is the booth's last", []schedule.Consultation{c("A", "1", 0, "i"), c("B", "2", 0, "i"), c("C", "1", 5*time.Hour, "i")}, "C"},
		{"not a cancelled one", []schedule.Consultation{{ID: "A", Interpreter: "i", Cancelled: true}, c("B", "1", time.Hour, "")}, "B"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, id := Demo(&schedule.Event{Zone: "Asia/Seoul", Consultations: tt.all}, start); id != tt.want {
				t.Errorf("got %q, want %q", id, tt.want)
			}
		})
	}
}

// FuzzImport: whatever the bytes, a draft without faults is a valid event that
// can be planned, checked and written, and a report has words.
func FuzzImport(f *testing.F) {
	f.Add([]byte(header + row()))
	f.Add([]byte("\ufeff" + header + row("date", "2021-13-01")))
	f.Add([]byte(header + row("interpreter", "", "interpreter_languages", "") + row("consultation", "S02")))
	f.Add([]byte(`"`))
	f.Add([]byte("sep=;\n"))
	g := sampleGrid(f)[:3]
	f.Add(asUTF16(g, binary.LittleEndian))
	f.Add(asCP949(f, [][]string{{"상담번호", "날짜"}, {"1", "2"}}))
	f.Add(asXLSX(f, g, true, false))
	f.Add(asXLSX(f, g, false, true))
	f.Fuzz(func(t *testing.T, b []byte) {
		fuzzed(t, b)
		// The same as the sheet of a good workbook.
		fuzzed(t, book(t, func(w io.Writer) { w.Write(b) }, nil))
		fuzzed(t, book(t, func(w io.Writer) { io.WriteString(w, headingRow()); w.Write(b) }, func(w io.Writer) { w.Write(b) }))
	})
}

func fuzzed(t *testing.T, b []byte) {
	d, problems := Import(b, "a")
	if (d == nil) != Faulty(problems) || len(problems) > maxProblems {
		t.Fatalf("draft %v with problems %v", d, problems)
	}
	for _, p := range problems {
		if p.Words("ko") == "" || !utf8.ValidString(p.Words("en")) {
			t.Errorf("%+v", p)
		}
	}
	if d == nil {
		return
	}
	d.Event.ID = "e"
	if err := d.Event.Validate(); err != nil {
		t.Error(err)
	}
	e, _ := Plan(nil, d.Event, nil)
	if _, changes := Plan(e, d.Event, nil); !changes.Empty() {
		t.Errorf("%+v", changes)
	}
	d.Locate(Check(e))
	if _, err := Calendar(e, Feed{Role: schedule.RoleFirm, Party: string(e.Firms[0].ID), Words: CalendarWordsIn("en")}); err != nil {
		t.Error(err)
	}
}
