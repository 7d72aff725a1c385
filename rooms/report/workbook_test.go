package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sangdam/rooms/attendance"
	"sangdam/rooms/report"
	"sangdam/rooms/schedule"
)

func TestWorkbook_AnotherReaderFindsWhatTheTablesHave(t *testing.T) {
	f := facts(t)
	for l, names := range map[report.Language][]string{
		report.Korean:  {"요약", "상담", "출석", "불참과 연락", "통화 품질"},
		report.English: {"Summary", "Consultations", "Attendance", "No-shows", "Quality"},
	} {
		b := report.New(f, report.Filter{}, l)
		w := readWorkbook(t, xlsx(t, b))
		if diff := cmp.Diff(names, w.names); diff != "" {
			t.Fatal(diff)
		}
		for _, s := range report.Sheets() {
			table := b.Table(s)
			sheet := w.sheets[table.Title]
			if len(sheet.rows) != len(table.Rows)+1 {
				t.Fatalf("%s: %d rows, want %d", table.Title, len(sheet.rows), len(table.Rows)+1)
			}
			for j, c := range table.Columns {
				if got := sheet.rows[0][j].text; got != c.Heading {
					t.Errorf("%s: heading %q, want %q", table.Title, got, c.Heading)
				}
				for i, got := range sheet.column(t, c.Heading) {
					cell := table.Rows[i][j]
					switch want := cell.Plain(c.Kind); {
					case c.Kind == report.KindText || want == "":
						if got.text != want || got.numeric {
							t.Errorf("%s, %s, row %d: %+v, want the text %q", table.Title, c.Key, i, got, want)
						}
					case c.Kind == report.KindInstant:
						if at := got.when(t).Format("2006-01-02 15:04:05"); at != want {
							t.Errorf("%s, %s, row %d: %s, want %s", table.Title, c.Key, i, at, want)
						}
					default:
						if diff := got.number - cell.Number; !got.numeric || diff > 0.001 || diff < -0.001 {
							t.Errorf("%s, %s, row %d: %+v, want %s", table.Title, c.Key, i, got, want)
						}
					}
				}
			}
		}
	}
}

func TestWorkbook_HeadingsStayInSightAndOnEveryPage(t *testing.T) {
	b := report.New(facts(t), report.Filter{}, report.Korean)
	w := readWorkbook(t, xlsx(t, b))
	for _, name := range w.names {
		s := w.sheets[name]
		if s.frozen != "B2" {
			t.Errorf("%s: what moves begins at %q", name, s.frozen)
		}
		s.filter = strings.ReplaceAll(s.filter, "$", "")
		if !strings.HasPrefix(s.filter, "A1:") || !strings.HasSuffix(s.filter, fmt.Sprint(len(s.rows))) {
			t.Errorf("%s: the filter is on %q of %d rows", name, s.filter, len(s.rows))
		}
		if !s.landscape || !s.fitWide {
			t.Errorf("%s: landscape %t, one page wide %t", name, s.landscape, s.fitWide)
		}
		if w.titles[name] != "'"+name+"'!$1:$1" {
			t.Errorf("%s: printed on each page is %q", name, w.titles[name])
		}
		if len(s.widths) != len(s.rows[0]) {
			t.Errorf("%s: %d of %d columns have a width", name, len(s.widths), len(s.rows[0]))
		}
		for i, width := range s.widths {
			if width < 9 || width > 60 {
				t.Errorf("%s: column %d is %f wide", name, i, width)
			}
		}
	}
}

// Seoul has one offset; New York and London are seen before and after their
// clocks change.
func TestWorkbook_DatesAreRealOnBothClocks(t *testing.T) {
	e := &schedule.Event{ID: "e", Name: "fair", Zone: "Asia/Seoul", Buyers: []schedule.Buyer{
		{ID: "ny", Zone: "America/New_York"}, {ID: "ldn", Zone: "Europe/London"}, {ID: "ktm", Zone: "Asia/Kathmandu"}, {ID: "lost", Zone: "Mars/Olympus"},
	}}
	for i, at := range []time.Time{
		time.Date(2021, 11, 7, 0, 30, 0, 0, time.UTC), time.Date(2021, 11, 7, 7, 30, 0, 0, time.UTC),
		time.Date(2021, 3, 28, 0, 30, 0, 0, time.UTC), time.Date(2021, 3, 28, 1, 30, 0, 0, time.UTC), time.Date(2024, 2, 29, 23, 59, 59, 0, time.UTC),
	} {
		for _, y := range e.Buyers {
			id := schedule.ConsultationID(fmt.Sprintf("S%d-%s", i, y.ID))
			e.Consultations = append(e.Consultations, schedule.Consultation{ID: id, Start: at, End: at.Add(40 * time.Minute), Buyer: y.ID})
		}
	}
	f := report.Facts{Event: e, Attendance: attendance.Derive(e, nil, after(e)), At: after(e)}
	s := readWorkbook(t, xlsx(t, report.New(f, report.Filter{}, report.English))).sheets["Consultations"]
	here, there := s.column(t, "Start (center)"), s.column(t, "Start (buyer's clock)")
	for i, c := range e.Consultations {
		y, _ := e.Buyer(c.Buyer)
		if got, want := here[i].when(t), onClock(t, c.Start, "Asia/Seoul"); got != want {
			t.Errorf("%s at the center: %s, want %s", c.ID, got, want)
		}
		zone := y.Zone
		if zone == "Mars/Olympus" {
			zone = "UTC"
		}
		if got, want := there[i].when(t), onClock(t, c.Start, zone); got != want {
			t.Errorf("%s in %s: %s, want %s", c.ID, y.Zone, got, want)
		}
	}
}

// onClock is what a clock shows, as if it were UTC.
func onClock(t *testing.T, at time.Time, zone string) time.Time {
	t.Helper()
	l, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	got, err := time.Parse(time.DateTime, at.In(l).Format(time.DateTime))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// Spreadsheets count from 1900 on, with a day too many in that February, and up
// to 9999.
func TestWorkbook_TimesThatNoSpreadsheetHasAreText(t *testing.T) {
	starts := map[string]bool{ // whether it is a date
		"1776-07-04T00:00:00Z": false, "1900-01-01T00:00:00Z": false, "1900-02-28T23:59:59Z": false, "1900-03-01T00:00:00Z": true,
		"1970-01-01T00:00:00Z": true, "9999-12-31T23:59:59Z": true,
	}
	e := &schedule.Event{ID: "e", Zone: "UTC"}
	for at := range starts {
		start, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		e.Consultations = append(e.Consultations, schedule.Consultation{ID: schedule.ConsultationID(at), Start: start, End: start.Add(time.Hour)})
	}
	f := report.Facts{Event: e, Attendance: attendance.Derive(e, nil, after(e)), At: time.Date(2021, 12, 1, 0, 0, 0, 0, time.UTC)}
	s := readWorkbook(t, xlsx(t, report.New(f, report.Filter{}, report.English))).sheets["Consultations"]
	here, ends := s.column(t, "Start (center)"), s.column(t, "End (center)")
	for i, id := range s.column(t, "Consultation") {
		want := strings.TrimSuffix(strings.Replace(id.text, "T", " ", 1), "Z")
		if !starts[id.text] {
			if here[i].numeric || here[i].text != want {
				t.Errorf("%s: %+v, want its text", id.text, here[i])
			}
			continue
		}
		if got := here[i].when(t).Format(time.DateTime); got != want {
			t.Errorf("%s: %s", id.text, got)
		}
		if strings.HasPrefix(id.text, "9999") && (ends[i].numeric || !strings.HasPrefix(ends[i].text, "10000-01-01")) {
			t.Errorf("in the year 10000: %+v", ends[i])
		}
	}
}

func TestExports_NothingTypedIsAFormula(t *testing.T) {
	evil := []string{
		"=1+1", "+82-10-1234-5678", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =HYPERLINK(\"http://x\")", "＝1+1", "=cmd|' /C calc'!A0",
		"a,\"b\"\nc", "_x0041_", "<b>&amp;", "bell \a and \x00", "not \xff UTF-8", "'quoted", "\u202eright to left",
	}
	start := time.Date(2021, 12, 6, 0, 0, 0, 0, time.UTC)
	e := &schedule.Event{ID: "e", Name: "=1&\"x\"", Organiser: strings.Repeat("&P", 200), Zone: "Asia/Seoul"}
	for i, name := range evil {
		n := fmt.Sprint(i)
		e.Firms = append(e.Firms, schedule.Firm{ID: schedule.FirmID("f" + n), Name: name, Products: name})
		e.Buyers = append(e.Buyers, schedule.Buyer{ID: schedule.BuyerID("y" + n), Name: name, Zone: "UTC"})
		e.Consultations = append(e.Consultations, schedule.Consultation{
			ID: schedule.ConsultationID("S" + n), Start: start, End: start.Add(time.Hour), Firm: schedule.FirmID("f" + n), Buyer: schedule.BuyerID("y" + n),
		})
	}
	f := report.Facts{Event: e, Attendance: attendance.Derive(e, nil, after(e)), At: after(e)}
	b := report.New(f, report.Filter{}, report.English)
	w := readWorkbook(t, xlsx(t, b))
	for _, name := range w.names {
		for _, row := range w.sheets[name].rows {
			for _, c := range row {
				if c.formula {
					t.Errorf("%s: %+v", name, c)
				}
			}
		}
	}
	for i, got := range w.sheets["Consultations"].column(t, "Firm") {
		want := strings.NewReplacer("\a", "\ufffd", "\x00", "\ufffd", "\xff", "\ufffd", "_x0041_", "_x005F_x0041_", "\r", "\r").Replace(evil[i])
		if got.numeric || got.text != want {
			t.Errorf("%q reads as %q", evil[i], got.text)
		}
	}
	for _, s := range report.Sheets() {
		for _, row := range readCSV(t, b, s) {
			for _, c := range row {
				if bare := strings.TrimLeft(c, " \u3000"); bare != "" && strings.ContainsAny(bare[:1], "=+@\t\r") || strings.HasPrefix(bare, "＝") {
					t.Errorf("%s: a spreadsheet would run %q", s, c)
				}
			}
		}
	}
}

func TestWorkbook_TheSameFactsAreTheSameBytes(t *testing.T) {
	f := facts(t)
	first := xlsx(t, report.New(f, report.Filter{}, report.Korean))
	for range 5 {
		if !bytes.Equal(first, xlsx(t, report.New(f, report.Filter{}, report.Korean))) {
			t.Fatal("two workbooks of the same facts differ")
		}
	}
	if w := readWorkbook(t, first); w.parts[0] != "[Content_Types].xml" {
		t.Errorf("the first part is %s", w.parts[0])
	}
}

func TestWorkbook_HoldsFiveThousandConsultations(t *testing.T) {
	e := large(5000)
	entries, rooms := week(e)
	f := report.Facts{Event: e, Attendance: attendance.Derive(e, entries, after(e)), Rooms: rooms, At: after(e)}
	b := report.New(f, report.Filter{}, report.Korean)
	raw := xlsx(t, b)
	w := readWorkbook(t, raw)
	if got := len(w.sheets["상담"].rows); got != 5001 {
		t.Errorf("%d rows of consultations", got)
	}
	if got := len(w.sheets["출석"].rows); got != 15001 {
		t.Errorf("%d rows of attendance", got)
	}
	if got := w.sheets["요약"].column(t, "예정 상담")[0].number; got != 5000 {
		t.Errorf("%.0f in the summary", got)
	}
	if got := w.sheets["출석"].column(t, "자리")[14999].text; got != "C4999/interpreter" {
		t.Errorf("the last seat is %s", got)
	}
}

// large is an event of n consultations, eight a quarter of an hour.
func large(n int) *schedule.Event {
	e := &schedule.Event{ID: "large", Name: "큰 상담회", Zone: "Asia/Seoul", Language: "ko"}
	zones := []string{"Europe/Istanbul", "America/Chicago", "Asia/Kolkata", "America/Sao_Paulo"}
	for i := range 100 {
		x := fmt.Sprint(i)
		e.Firms = append(e.Firms, schedule.Firm{ID: schedule.FirmID("f" + x), Name: "참가기업 " + x})
		e.Buyers = append(e.Buyers, schedule.Buyer{ID: schedule.BuyerID("y" + x), Name: "Buyer " + x, Country: []string{"TR", "US", "IN", "BR"}[i%4], Zone: zones[i%4]})
		e.Interpreters = append(e.Interpreters, schedule.Interpreter{ID: schedule.InterpreterID("i" + x), Name: "통역 " + x})
	}
	day := time.Date(2021, 12, 6, 0, 0, 0, 0, time.UTC)
	for i := range n {
		start := day.Add(time.Duration(i/8) * 45 * time.Minute)
		x := fmt.Sprint(i % 100)
		e.Consultations = append(e.Consultations, schedule.Consultation{
			ID: schedule.ConsultationID(fmt.Sprintf("C%04d", i)), Start: start, End: start.Add(40 * time.Minute),
			Firm: schedule.FirmID("f" + x), Buyer: schedule.BuyerID("y" + x), Interpreter: schedule.InterpreterID("i" + x),
		})
	}
	return e
}
