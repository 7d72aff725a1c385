package report_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sangdam/rooms/attendance"
	"sangdam/rooms/report"
	"sangdam/rooms/schedule"
)

func xlsx(t testing.TB, b *report.Book) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := b.WriteXLSX(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func readCSV(t *testing.T, b *report.Book, s report.Sheet) [][]string {
	t.Helper()
	var out bytes.Buffer
	if err := b.WriteCSV(&out, s); err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutPrefix(out.String(), "\ufeff")
	if !ok {
		t.Error("no byte order mark: Excel takes the file for another encoding")
	}
	if strings.Count(text, "\r\n") == 0 || strings.Count(text, "\r\n") != strings.Count(text, "\n") {
		t.Error("lines do not end in CRLF")
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// The week is scripted: these are its own counts, not Derive's.
func TestSummary_CountsWhatHappened(t *testing.T) {
	f := facts(t)
	n := len(f.Event.Consultations)
	if n != 35 {
		t.Fatalf("%d consultations in the timetable of Yangju", n)
	}
	table := report.New(f, report.Filter{}, report.Keys).Table(report.SheetSummary)
	for key, want := range map[string]string{
		"group": "event", "planned": "35", "held": "10", "short": "5", "no_show_buyer": "5", "no_show_firm": "5",
		"no_show_both": "5", "technical": "5", "held_by_phone": "0", "pending": "0", "cancelled": "0",
		"held_percent": "42.9",
		// 5 × 42, 5 × 5, 5 × 31.5 and 5 × 40 minutes in 20 consultations
		"together_minutes": "592.5", "together_average": "29.6",
	} {
		if got := column(t, table, key)[0]; got != want {
			t.Errorf("%s of the event: %s, want %s", key, got, want)
		}
	}
	groups := column(t, table, "group")
	planned := column(t, table, "planned")
	for _, group := range []string{"day", "firm", "country"} {
		sum, rows := 0, 0
		for i := range groups {
			if groups[i] == group {
				p, err := strconv.Atoi(planned[i])
				if err != nil {
					t.Fatal(err)
				}
				sum, rows = sum+p, rows+1
			}
		}
		if sum != n || rows < 2 {
			t.Errorf("%d rows by %s have %d consultations together", rows, group, sum)
		}
	}
	if rows := len(slices.DeleteFunc(groups, func(g string) bool { return g != "firm" })); rows != len(f.Event.Firms) {
		t.Errorf("%d firms, the timetable has %d", rows, len(f.Event.Firms))
	}
}

// Both came, one after the other: that is short, but nothing took place.
func TestSummary_WhoNeverMetDidNotTakePlace(t *testing.T) {
	f := facts(t)
	verdicts := []attendance.Attendance{
		{Consultation: "A", Verdict: schedule.VerdictHeld, Together: 1200, Over: true},
		{Consultation: "B", Verdict: schedule.VerdictShort, Together: 60, Over: true},
		{Consultation: "C", Verdict: schedule.VerdictShort, Over: true},
		{Consultation: "D", Verdict: schedule.VerdictShort, Over: true, Decided: &attendance.Decided{Verdict: schedule.VerdictShort}},
	}
	f.Attendance = verdicts
	table := report.New(f, report.Filter{}, report.Keys).Table(report.SheetSummary)
	for key, want := range map[string]string{"planned": "4", "held": "1", "short": "3", "held_percent": "75.0", "together_average": "10.5"} {
		if got := column(t, table, key)[0]; got != want {
			t.Errorf("%s: %s, want %s", key, got, want)
		}
	}
}

func TestTables_AgreeWithDerive(t *testing.T) {
	f := facts(t)
	b := report.New(f, report.Filter{}, report.Keys)
	verdicts, seats := []string{}, []string{}
	for _, a := range f.Attendance {
		verdicts = append(verdicts, string(a.Verdict))
		for _, s := range a.Seats {
			seats = append(seats, fmt.Sprintf("%s %.1f %d", s.Seat, s.Present/60, len(s.Intervals)))
		}
	}
	if diff := cmp.Diff(verdicts, column(t, b.Table(report.SheetConsultations), "verdict")); diff != "" {
		t.Error(diff)
	}
	table := b.Table(report.SheetAttendance)
	var got []string
	seat, present, stays := column(t, table, "seat"), column(t, table, "present_minutes"), column(t, table, "intervals")
	for i := range seat {
		got = append(got, seat[i]+" "+present[i]+" "+stays[i])
	}
	if diff := cmp.Diff(seats, got); diff != "" {
		t.Error(diff)
	}
}

// People have formulas on these columns: the first version's stay where they
// were, with the same words in them.
func TestAttendanceCSV_BeginsAsItAlwaysDid(t *testing.T) {
	f := facts(t)
	rows := readCSV(t, report.New(f, report.Filter{}, report.Keys), report.SheetAttendance)
	want := strings.Fields(`consultation scheduled_start scheduled_end zone booth firm buyer verdict together_minutes
		seat role name first_in last_out present_minutes away_minutes intervals in_room_now
		extended_to derived_verdict decided_by decided_at reason`)
	if diff := cmp.Diff(want, rows[0][:len(want)]); diff != "" {
		t.Error(diff)
	}
	first := []string{
		"S01", "2021-12-06 09:00:00", "2021-12-06 09:40:00", "Asia/Seoul", "Booth 1", "Firm 01", "Buyer US-1", "held", "42.0",
		"S01/firm", "firm", "Firm 01", "2021-12-06 08:55:00", "2021-12-06 09:40:00", "45.0", "0.0", "1", "no",
		"", "held", "", "", "",
	}
	if diff := cmp.Diff(first, rows[1][:len(want)]); diff != "" {
		t.Error(diff)
	}
	reasons := 0
	for _, r := range rows[1:] {
		if len(r) != len(rows[0]) {
			t.Fatalf("%d cells below %d headings", len(r), len(rows[0]))
		}
		if r[22] == "'=no sound, says Contact Person 01" {
			reasons++
		}
	}
	if reasons != 15 {
		t.Errorf("the reason of five verdicts stands beside %d seats", reasons)
	}
}

func TestAttendance_WhoIsInTheRoomHasNotLeft(t *testing.T) {
	f := facts(t)
	c := f.Event.Consultations[0]
	entries, _ := week(f.Event)
	seat := schedule.SeatOf(c.ID, schedule.RoleBuyer)
	f.At = c.Start.Add(10 * time.Minute)
	f.Attendance = attendance.Derive(f.Event, slices.DeleteFunc(entries, func(e schedule.Entry) bool { return e.At.After(f.At) }), f.At)
	table := report.New(f, report.Filter{}, report.Keys).Table(report.SheetAttendance)
	i := slices.Index(column(t, table, "seat"), string(seat))
	for key, want := range map[string]string{"in_room_now": "yes", "last_out": "", "present_minutes": "12.0", "verdict": "pending"} {
		if got := column(t, table, key)[i]; got != want {
			t.Errorf("%s of the buyer: %q, want %q", key, got, want)
		}
	}
}

func TestFilters_LeaveOutWhatDoesNotFit(t *testing.T) {
	f := facts(t)
	zone, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Fatal(err)
	}
	country := map[schedule.BuyerID]string{}
	for _, b := range f.Event.Buyers {
		country[b.ID] = b.Country
	}
	firm := f.Event.Firms[0].ID
	for name, x := range map[string]struct {
		filter report.Filter
		is     func(schedule.Consultation) bool
	}{
		"day":     {report.Filter{Day: "2021-12-07"}, func(c schedule.Consultation) bool { return c.Start.In(zone).Format(time.DateOnly) == "2021-12-07" }},
		"firm":    {report.Filter{Firm: firm}, func(c schedule.Consultation) bool { return c.Firm == firm }},
		"country": {report.Filter{Country: "mx"}, func(c schedule.Consultation) bool { return country[c.Buyer] == "MX" }},
		"both": {report.Filter{Day: "2021-12-06", Country: "MX"}, func(c schedule.Consultation) bool {
			return c.Start.In(zone).Format(time.DateOnly) == "2021-12-06" && country[c.Buyer] == "MX"
		}},
		"another day": {report.Filter{Day: "2022-01-01"}, func(schedule.Consultation) bool { return false }},
	} {
		var want []string
		for _, c := range f.Event.Consultations {
			if x.is(c) {
				want = append(want, string(c.ID))
			}
		}
		if len(want) == 0 && name != "another day" {
			t.Fatalf("%s: the timetable has none", name)
		}
		b := report.New(f, x.filter, report.Keys)
		if diff := cmp.Diff(want, column(t, b.Table(report.SheetConsultations), "consultation")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if got := column(t, b.Table(report.SheetSummary), "planned")[0]; got != strconv.Itoa(len(want)) {
			t.Errorf("%s: summary counts %s of %d", name, got, len(want))
		}
	}
}

// At four in the morning in Seoul it is still the day before in London.
func TestFilter_ADayIsTheCenters(t *testing.T) {
	start := time.Date(2021, 12, 6, 19, 0, 0, 0, time.UTC)
	e := &schedule.Event{
		ID: "e", Zone: "Asia/Seoul", Buyers: []schedule.Buyer{{ID: "y", Zone: "America/New_York"}},
		Consultations: []schedule.Consultation{{ID: "S01", Start: start, End: start.Add(time.Hour), Buyer: "y"}},
	}
	f := report.Facts{Event: e, Attendance: attendance.Derive(e, nil, start), At: start}
	for day, want := range map[string]int{"2021-12-07": 1, "2021-12-06": 0} {
		if got := len(report.New(f, report.Filter{Day: day}, report.Keys).Table(report.SheetConsultations).Rows); got != want {
			t.Errorf("%s: %d, want %d", day, got, want)
		}
	}
}

func TestNoShows_HaveTheContactLog(t *testing.T) {
	f := facts(t)
	table := report.New(f, report.Filter{}, report.English).Table(report.SheetNoShows)
	// Five whose buyer was called twice, five without the firm, five without anybody.
	if len(table.Rows) != 20 {
		t.Fatalf("%d rows", len(table.Rows))
	}
	want := [][]string{
		{"S02", "2021-12-06 09:04:00", "2021-12-05 18:04:00", "Buyer", "No answer", "", "이운영", "rang twice at +90 212 555 0101, nobody", "Buyer", "1"},
		{"S02", "2021-12-06 09:07:00", "2021-12-05 18:07:00", "Buyer", "Coming (5 min)", "2021-12-06 09:12:00", "이운영", "in traffic", "Buyer", "2"},
		{"S03", "", "", "", "", "", "", "", "Firm", ""},
		{"S04", "", "", "", "", "", "", "", "Firm, Buyer", ""},
	}
	var got [][]string
	keys := []string{"consultation", "contact_at", "contact_at_there", "contact_role", "contact_outcome", "expected_at", "contact_by", "contact_words", "missing", "contact_number"}
	for i := range want {
		var row []string
		for _, k := range keys {
			row = append(row, column(t, table, k)[i])
		}
		got = append(got, row)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The log is whole: who was called and came in the end is in it, too.
func TestNoShows_TellTriesThoughSomebodyCame(t *testing.T) {
	f := facts(t)
	held := f.Event.Consultations[0].ID
	f.Rooms[held] = schedule.RoomState{Contacts: []schedule.Contacted{{ID: "x", At: f.At, Role: schedule.RoleBuyer, Outcome: schedule.ContactComing, Minutes: 3}}}
	table := report.New(f, report.Filter{}, report.Keys).Table(report.SheetNoShows)
	if column(t, table, "consultation")[0] != string(held) || column(t, table, "missing")[0] != "" || column(t, table, "verdict")[0] != "held" {
		t.Errorf("first row %v", table.Rows[0])
	}
}

// Who does not hear must not be told as who is not heard.
func TestWords_OneWayIsSaidOfTheRightSide(t *testing.T) {
	f := facts(t)
	f.Quality[0].Symptoms = []schedule.SymptomTime{{Symptom: "one_way_in", Seconds: 30}, {Symptom: "one_way_out", Seconds: 20}}
	table := report.New(f, report.Filter{}, report.English).Table(report.SheetQuality)
	last := table.Rows[0][len(table.Rows[0])-1].Text
	if in, out := strings.Index(last, "Does not hear"), strings.Index(last, "Is not heard"); in < 0 || out < in {
		t.Errorf("told as %q", last)
	}
}

func TestQuality_TellsEachStayInWords(t *testing.T) {
	table := report.New(facts(t), report.Filter{}, report.Korean).Table(report.SheetQuality)
	if len(table.Rows) != 1 {
		t.Fatalf("%d rows", len(table.Rows))
	}
	for key, want := range map[string]string{
		"seat": "S01/buyer", "name": "Buyer US-1", "stay_from": "2021-12-06 09:00:00", "stay_from_there": "2021-12-05 19:00:00",
		"stay_minutes": "40.0", "route": "TCP", "rtt_median": "212", "rtt_95": "340", "loss_up": "0.1", "loss_up_worst": "25.0",
		"loss_down": "3.0", "loss_down_worst": "50.0", "frozen": "1.5", "concealed": "2.0", "symptoms": "받는 쪽 손실 3분; 영상 멈춤 36초",
	} {
		if got := column(t, table, key)[0]; got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}

func TestConsultations_TellLatenessAndWhoDecided(t *testing.T) {
	table := report.New(facts(t), report.Filter{}, report.English).Table(report.SheetConsultations)
	at := func(key string, i int) string { return column(t, table, key)[i] }
	if at("buyer_late_minutes", 5) != "6.5" || at("firm_late_minutes", 5) != "0.0" || at("buyer_late_minutes", 3) != "" {
		t.Errorf("late: buyer %q, firm %q, nobody %q", at("buyer_late_minutes", 5), at("firm_late_minutes", 5), at("buyer_late_minutes", 3))
	}
	if at("verdict", 6) != "Technical failure" || at("derived_verdict", 6) != "Held" || at("decided_by", 6) != "acc-2" || at("corrections", 6) != "1" {
		t.Errorf("%q instead of %q by %q, %s corrections", at("verdict", 6), at("derived_verdict", 6), at("decided_by", 6), at("corrections", 6))
	}
	if at("evidence", 0) == "" {
		t.Error("a verdict without evidence")
	}
}

// A missing word would show a key to people.
func TestWords_AreThereInBothLanguages(t *testing.T) {
	f := facts(t)
	for _, l := range []report.Language{report.Korean, report.English} {
		b := report.New(f, report.Filter{}, l)
		for _, s := range report.Sheets() {
			table := b.Table(s)
			if table.Title == string(s) {
				t.Errorf("%s: sheet %s has no title", l, s)
			}
			seen := map[string]bool{}
			for _, c := range table.Columns {
				if c.Heading == c.Key || c.Heading == "" {
					t.Errorf("%s: column %s of %s has no heading", l, c.Key, s)
				}
				if seen[c.Heading] {
					t.Errorf("%s: two columns of %s are called %s", l, s, c.Heading)
				}
				seen[c.Heading] = true
			}
			for _, row := range table.Rows {
				if len(row) != len(table.Columns) {
					t.Fatalf("%s: %d cells, %d columns", s, len(row), len(table.Columns))
				}
			}
		}
	}
	for _, key := range []string{"verdict", "role", "contact_outcome", "missing", "evidence"} {
		for _, s := range report.Sheets() {
			table := report.New(f, report.Filter{}, report.Korean).Table(s)
			for _, v := range cellsOrNone(table, key) {
				if strings.ContainsAny(v, "abcdefghijklmnopqrstuvwxyz_") {
					t.Errorf("%s of %s in Korean: %q", key, s, v)
				}
			}
		}
	}
}

func cellsOrNone(t report.Table, key string) []string {
	if !slices.ContainsFunc(t.Columns, func(c report.Column) bool { return c.Key == key }) {
		return nil
	}
	return cells(t, key)
}

// A night across which New York sets its clocks back: minutes are of the time
// that passed, days and clocks of where people are.
func TestTables_AcrossMidnightAndAChangeOfClocks(t *testing.T) {
	at := func(text string) time.Time {
		when, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	e := &schedule.Event{
		ID: "e", Name: "night", Zone: "Europe/London",
		Firms: []schedule.Firm{{ID: "f", Name: "Firm"}}, Booths: []schedule.Booth{{ID: "b", Name: "1"}},
		Buyers: []schedule.Buyer{{ID: "y", Name: "Buyer", Country: "US", Zone: "America/New_York"}},
		Consultations: []schedule.Consultation{
			{ID: "A", Start: at("2021-11-06T23:45:00Z"), End: at("2021-11-07T00:25:00Z"), Booth: "b", Firm: "f", Buyer: "y"},
			{ID: "B", Start: at("2021-11-07T05:45:00Z"), End: at("2021-11-07T06:25:00Z"), Booth: "b", Firm: "f", Buyer: "y"},
		},
	}
	var es []schedule.Entry
	stay := func(c, role, from, to string) {
		seat := schedule.SeatID(c + "/" + role)
		for i, x := range []string{from, to} {
			es = append(es, schedule.Entry{
				Event: "e", Consultation: schedule.ConsultationID(c), Seat: seat, Session: c + role, At: at(x),
				Kind: []schedule.EntryKind{schedule.EntrySeatJoined, schedule.EntrySeatLeft}[i], Detail: []string{"", "left"}[i],
			})
		}
	}
	stay("A", "firm", "2021-11-06T23:45:00Z", "2021-11-07T00:25:00Z")
	stay("A", "buyer", "2021-11-06T23:50:00Z", "2021-11-07T00:20:00Z")
	stay("B", "firm", "2021-11-07T05:40:00Z", "2021-11-07T06:25:00Z")
	stay("B", "buyer", "2021-11-07T05:48:00Z", "2021-11-07T06:10:00Z")
	f := report.Facts{Event: e, At: at("2021-11-08T00:00:00Z")}
	f.Attendance = attendance.Derive(e, es, f.At)
	table := report.New(f, report.Filter{}, report.Keys).Table(report.SheetConsultations)
	for key, want := range map[string][]string{
		"together_minutes": {"30.0", "22.0"}, "buyer_late_minutes": {"5.0", "3.0"}, "firm_late_minutes": {"0.0", "0.0"},
		"scheduled_end":         {"2021-11-07 00:25:00", "2021-11-07 06:25:00"},
		"scheduled_start_there": {"2021-11-06 19:45:00", "2021-11-07 01:45:00"},
		"scheduled_end_there":   {"2021-11-06 20:25:00", "2021-11-07 01:25:00"}, // an hour was there twice
		"verdict":               {"held", "held"},
	} {
		if diff := cmp.Diff(want, column(t, table, key)); diff != "" {
			t.Errorf("%s: %s", key, diff)
		}
	}
	for day, want := range map[string]int{"2021-11-06": 1, "2021-11-07": 1} {
		if got := len(report.New(f, report.Filter{Day: day}, report.Keys).Table(report.SheetConsultations).Rows); got != want {
			t.Errorf("%s: %d consultations", day, got)
		}
	}
}

// Who looked in before the start and never came again is listed as missing.
func TestNoShows_WhoLookedInBeforeTheStartIsMissing(t *testing.T) {
	f := facts(t)
	c := f.Event.Consultations[0]
	seat := func(role schedule.Role, from, to time.Duration) []schedule.Entry {
		x := schedule.Entry{Event: f.Event.ID, Consultation: c.ID, Seat: schedule.SeatID(string(c.ID) + "/" + string(role)), Session: string(role)}
		in, out := x, x
		in.Kind, in.At = schedule.EntrySeatJoined, c.Start.Add(from)
		out.Kind, out.At, out.Detail = schedule.EntrySeatLeft, c.Start.Add(to), "left"
		return []schedule.Entry{in, out}
	}
	es := slices.Concat(seat(schedule.RoleBuyer, -9*time.Minute, -5*time.Minute), seat(schedule.RoleFirm, -time.Minute, 40*time.Minute))
	f.Attendance, f.Rooms = attendance.Derive(f.Event, es, f.At)[:1], nil
	table := report.New(f, report.Filter{}, report.Keys).Table(report.SheetNoShows)
	if got := column(t, table, "missing"); len(got) != 1 || got[0] != "buyer" {
		t.Errorf("missing: %v", got)
	}
}
