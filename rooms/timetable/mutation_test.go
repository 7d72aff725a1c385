package timetable

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sangdam/rooms/schedule"
)

// wanted is what a broken cell must be told as.
type wanted struct {
	code   string
	row    int
	column string
}

func (w wanted) String() string { return fmt.Sprintf("%s at row %d, %s", w.code, w.row, w.column) }

func sorted(all []wanted) []string {
	var out []string
	for _, w := range all {
		out = append(out, w.String())
	}
	slices.Sort(out)
	return out
}

// wholeGrid is the sample with all the optional columns.
func wholeGrid(t *testing.T) [][]string {
	g := sampleGrid(t)
	g[0] = append(g[0], "firm_email", "buyer_email", "buyer_phone", "buyer_trade_office", "interpreter_place")
	for i := range g[1:] {
		g[i+1] = append(g[i+1], "", "", "+82-31-000-0000", "", "booth")
	}
	return g
}

// sheet is a grid with its columns by name; row 0 is the heading.
type sheet [][]string

func (s sheet) at(row int, column string) *string { return &s[row][slices.Index(s[0], column)] }

// mutation breaks a row (counted from 1 below the heading) and tells what of
// it must be reported; nothing when it does not apply to that row.
type mutation struct {
	name string
	make func(r *rand.Rand, s sheet, row int) []wanted
}

func mutations() []mutation {
	put := func(code ProblemCode, column string, values ...string) mutation {
		return mutation{string(code) + " " + column, func(r *rand.Rand, s sheet, row int) []wanted {
			v := values[r.IntN(len(values))]
			if *s.at(row, column) == "" && column == "interpreter_languages" {
				return nil
			}
			*s.at(row, column) = v
			return []wanted{{string(code), row + 1, column}}
		}}
	}
	all := []mutation{
		put(ProblemID, "consultation", "S/1", "상담1", "S 1", ".S1", strings.Repeat("S", 65)),
		put(ProblemDate, "date", "2021-13-01", "6 Dec", "2021-02-29", "06/12/2021", "yesterday"),
		put(ProblemTime, "start", "25:00", "9 Uhr", "9:61", "noon"),
		put(ProblemTime, "end", "24:00", "10-40", "x"),
		put(ProblemZone, "timezone", "Asia/Yangju", "Local", "KST+9"),
		put(ProblemZonesDiffer, "timezone", "Asia/Tokyo", "Europe/Paris"),
		put(ProblemZone, "buyer_timezone", "Europe/Lyon", "GMT+25", "Local"),
		put(ProblemCountry, "buyer_country", "France", "XX", "F", "#C"),
		put(ProblemLanguage, "buyer_language", "프랑스어", "f", "french", "1a", "fr--FR"),
		put(ProblemLanguage, "interpreter_languages", "ko,,en", "ko,x", "korean"),
		put(ProblemMissing, "interpreter_languages", ""),
		put(ProblemTooLong, "buyer", strings.Repeat("바", 201)),
		put(ProblemTooLong, "firm_products", strings.Repeat("품", 500)),
		put(ProblemControl, "firm", "Firm\n01", "Firm\t01"),
		put(ProblemControl, "booth", "Booth\n1"),
		put(ProblemEmail, "buyer_email", "li@", "a b@example.com", "Li <li@example.com>", "li@localhost"),
		put(ProblemEmail, "firm_email", "nobody", "@example.com"),
		put(ProblemPlace, "interpreter_place", "kitchen", "통역석"),
		{"end before start", func(r *rand.Rand, s sheet, row int) []wanted {
			*s.at(row, "end") = []string{*s.at(row, "start"), "00:01"}[r.IntN(2)]
			return []wanted{{string(ProblemEnd), row + 1, "end"}}
		}},
		{"id twice", func(r *rand.Rand, s sheet, row int) []wanted {
			*s.at(row, "consultation") = *s.at(1, "consultation") // row 1 is never broken
			return []wanted{{string(ProblemIDTwice), row + 1, "consultation"}}
		}},
		{"products differ", func(r *rand.Rand, s sheet, row int) []wanted {
			for i := 1; i < row; i++ {
				if *s.at(i, "firm") == *s.at(row, "firm") {
					*s.at(row, "firm_products") += " and more"
					return []wanted{{string(ProblemDiffers), row + 1, "firm_products"}}
				}
			}
			return nil
		}},
		{"cell too many", func(r *rand.Rand, s sheet, row int) []wanted {
			s[row] = append(s[row], "x")
			return []wanted{{string(ProblemCells), row + 1, ""}}
		}},
	}
	for _, column := range []string{"consultation", "date", "start", "end", "timezone", "booth", "firm", "buyer", "buyer_country", "buyer_timezone", "buyer_language"} {
		all = append(all, put(ProblemMissing, column, "", "  "))
	}
	return all
}

// encodings are the forms in which the same grid must be told the same.
func encodings(t *testing.T) map[string]func([][]string) []byte {
	return map[string]func([][]string) []byte{
		"UTF-8":   func(g [][]string) []byte { return asCSV(g, ',') },
		"CP949":   func(g [][]string) []byte { return asCP949(t, g) },
		"UTF-16":  func(g [][]string) []byte { return asUTF16(g, binary.LittleEndian) },
		"XLSX":    func(g [][]string) []byte { return asXLSX(t, g, true, false) },
		"XLSX'04": func(g [][]string) []byte { return asXLSX(t, g, true, true) },
	}
}

func TestMutation_EveryKindOfErrorIsToldWithRowAndColumnAndNothingElse(t *testing.T) {
	clean := wholeGrid(t)
	kinds := mutations()
	for name, encode := range encodings(t) {
		t.Run(name, func(t *testing.T) {
			if _, problems := Import(encode(clean), "a"); len(problems) > 0 {
				t.Fatal(problems)
			}
			rounds := 250
			if strings.HasPrefix(name, "XLSX") {
				rounds = 40
			}
			r := rand.New(rand.NewPCG(2021, uint64(len(name))))
			made := make(map[string]int)
			for round := range rounds {
				s := make(sheet, len(clean))
				for i := range clean {
					s[i] = slices.Clone(clean[i])
				}
				var want []wanted
				var broken []int
				for range 1 + r.IntN(4) {
					row := 2 + r.IntN(len(s)-2)
					if slices.ContainsFunc(broken, func(b int) bool {
						return b == row || *s.at(b, "firm") == *s.at(row, "firm") || clean[b][slices.Index(s[0], "firm")] == *s.at(row, "firm") ||
							clean[b][slices.Index(s[0], "buyer")] == *s.at(row, "buyer") || clean[b][slices.Index(s[0], "interpreter")] == *s.at(row, "interpreter")
					}) {
						continue // one party must not be broken twice: which one differs would be up to the order
					}
					m := kinds[r.IntN(len(kinds))]
					if got := m.make(r, s, row); got != nil {
						want, broken = append(want, got...), append(broken, row)
						made[m.name]++
					}
				}
				d, problems := Import(encode(s), "a")
				var got []wanted
				for _, p := range problems {
					got = append(got, wanted{string(p.Code), p.Row, p.Column})
					if p.Words("en") == string(p.Code) || p.Words("ko") == p.Words("en") || strings.Contains(p.Words("ko")+p.Words("en"), "{") {
						t.Fatalf("no words for %+v: %s", p, p.Words("ko"))
					}
				}
				if !slices.Equal(sorted(got), sorted(want)) || (d == nil) != (len(want) > 0) {
					t.Fatalf("round %d: got %v\nwant %v", round, sorted(got), sorted(want))
				}
			}
			if len(made) != len(kinds) && rounds > 100 {
				t.Errorf("only %d of %d kinds were made", len(made), len(kinds))
			}
		})
	}
}

// expected finds the conflicts of a grid by another way than Check: minutes on
// the one clock of the sample, every row against every other.
func expected(s sheet) []string {
	minute := func(row int, column string) int {
		var d, h, m int
		fmt.Sscanf(strings.TrimPrefix(*s.at(row, "date"), "2021-12-"), "%d", &d)
		fmt.Sscanf(*s.at(row, column), "%d:%d", &h, &m)
		return (d*24+h)*60 + m
	}
	// What the zones of the sample are ahead of Greenwich in December 2021.
	ahead := map[string]int{
		"Asia/Dubai": 240, "America/Sao_Paulo": -180, "Asia/Shanghai": 480, "Europe/Berlin": 60, "Europe/Madrid": 60, "Europe/Paris": 60, "Europe/London": 0,
		"Asia/Jakarta": 420, "Asia/Kolkata": 330, "Europe/Rome": 60, "Asia/Tokyo": 540, "America/Mexico_City": -360, "Europe/Moscow": 180, "Asia/Bangkok": 420,
		"Europe/Istanbul": 180, "America/New_York": -300, "Asia/Ho_Chi_Minh": 420,
	}
	var out []string
	starts, ends := make([]int, len(s)), make([]int, len(s))
	for i := 1; i < len(s); i++ {
		starts[i], ends[i] = minute(i, "start"), minute(i, "end")
	}
	for a := 1; a < len(s); a++ {
		for b := a + 1; b < len(s); b++ {
			first, second := a, b
			if starts[b] < starts[a] || starts[b] == starts[a] && *s.at(b, "consultation") < *s.at(a, "consultation") {
				first, second = b, a
			}
			between := starts[second] - ends[first]
			for _, column := range []string{"booth", "firm", "buyer", "interpreter"} {
				if *s.at(a, column) == "" || *s.at(a, column) != *s.at(b, column) {
					continue
				}
				switch {
				case between < 0:
					out = append(out, fmt.Sprintf("%s_busy at rows %v, %s", column, []int{first + 1, second + 1}, column))
				case between < 10:
					out = append(out, fmt.Sprintf("%s_gap at rows %v, %s", column, []int{first + 1, second + 1}, column))
				}
			}
		}
		zone := ahead[*s.at(a, "buyer_timezone")] - 540
		from, to := starts[a]+zone, ends[a]+zone
		if from%1440 < 7*60 || to%1440 > 22*60 || from/1440 != to/1440 {
			out = append(out, fmt.Sprintf("buyer_night at rows %v, start", []int{a + 1}))
		}
		if i := *s.at(a, "interpreter_languages"); i != "" && !strings.Contains(","+i+",", ","+*s.at(a, "buyer_language")+",") {
			out = append(out, fmt.Sprintf("interpreter_language at rows %v, interpreter_languages", []int{a + 1}))
		}
	}
	slices.Sort(out)
	return out
}

func TestMutation_EveryKindOfConflictIsToldWithRowsAndColumnAndNothingElse(t *testing.T) {
	clean := sampleGrid(t)
	base := expected(clean)
	for name, encode := range encodings(t) {
		t.Run(name, func(t *testing.T) {
			rounds := 250
			if strings.HasPrefix(name, "XLSX") {
				rounds = 100
			}
			r := rand.New(rand.NewPCG(35, uint64(len(name))))
			kinds := make(map[ConflictCode]int)
			for round := range rounds {
				s := make(sheet, len(clean))
				for i := range clean {
					s[i] = slices.Clone(clean[i])
				}
				for range r.IntN(4) {
					a, b := 1+r.IntN(len(s)-1), 1+r.IntN(len(s)-1)
					switch r.IntN(4) {
					case 0: // at the same time as another
						*s.at(a, "date"), *s.at(a, "start"), *s.at(a, "end") = *s.at(b, "date"), *s.at(b, "start"), *s.at(b, "end")
					case 1: // at its heels
						if !strings.HasSuffix(*s.at(b, "end"), ":40") {
							break
						}
						*s.at(a, "date"), *s.at(a, "start") = *s.at(b, "date"), strings.Replace(*s.at(b, "end"), ":40", []string{":40", ":45", ":49", ":50"}[r.IntN(4)], 1)
						*s.at(a, "end") = strings.Replace(*s.at(b, "end"), ":40", ":59", 1)
					case 2: // longer
						*s.at(a, "end") = strings.Replace(*s.at(a, "end"), ":40", ":55", 1)
					}
					for _, c := range [][]string{
						{}, {"booth"}, {"firm", "firm_products"}, {"interpreter", "interpreter_languages"}, {"buyer", "buyer_country", "buyer_timezone", "buyer_language"},
					}[r.IntN(5)] {
						*s.at(a, c) = *s.at(b, c)
					}
				}
				d, problems := Import(encode(s), "a")
				if d == nil {
					t.Fatalf("round %d: %v", round, problems)
				}
				got := []string{}
				for _, c := range d.Locate(Check(d.Event)) {
					kinds[c.Code]++
					got = append(got, fmt.Sprintf("%s at rows %v, %s", c.Code, c.Rows, c.Column))
					if strings.Contains(c.Words("en")+c.Words("ko"), "{") || c.Words("en") == c.Words("ko") {
						t.Fatalf("no words for %+v: %s", c, c.Words("ko"))
					}
				}
				slices.Sort(got)
				if want := expected(s); !slices.Equal(got, want) {
					t.Fatalf("round %d:\ngot  %q\nwant %q", round, got, want)
				}
			}
			if len(kinds) < 10 && rounds > 100 || len(base) > 0 {
				t.Errorf("only these kinds were made: %v; the sample itself has %q", kinds, base)
			}
		})
	}
}

func TestMutation_ZonesThatDoNotFitAndTimesThatComeTwice(t *testing.T) {
	check := func(text string) (got []string) {
		d, problems := Import([]byte(text), "a.csv")
		if d == nil {
			t.Fatal(problems)
		}
		for _, c := range d.Locate(Check(d.Event)) {
			got = append(got, fmt.Sprintf("%s at rows %v, %s", c.Code, c.Rows, c.Column))
		}
		return got
	}
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"a zone of another country", header + row("buyer_timezone", "America/Toronto"), []string{"zone_country at rows [2], buyer_timezone"}},
		{"an older name of the zone", header + row("buyer_timezone", "US/Eastern"), nil},
		{"a zone that countries share", header + row("buyer_country", "NO", "buyer_timezone", "Europe/Oslo"), []string{"buyer_night at rows [2], start"}},
		{"UTC is nobody's", header + row("buyer_timezone", "UTC", "start", "17:00", "end", "17:40"), []string{"zone_country at rows [2], buyer_timezone"}},
		{"told once a buyer", header + row("buyer_timezone", "America/Toronto") + row("consultation", "S02", "buyer_timezone", "America/Toronto", "start", "11:00", "end", "11:40"), []string{"zone_country at rows [2 3], buyer_timezone"}},
		{"a start that comes twice", header + row("timezone", "America/New_York", "date", "2021-11-07", "start", "01:30", "end", "02:10", "buyer_country", "JP", "buyer_timezone", "Asia/Tokyo"), []string{"time_twice at rows [2], start"}},
		{"an end that comes twice", header + row("timezone", "America/New_York", "date", "2021-11-07", "start", "00:30", "end", "01:10", "buyer_country", "JP", "buyer_timezone", "Asia/Tokyo"), []string{"time_twice at rows [2], end"}},
		{"until ten at night", header + row("start", "11:20", "end", "12:00"), nil},
		{"until a minute past ten", header + row("start", "11:20", "end", "12:01"), []string{"buyer_night at rows [2], start"}},
		{"from seven in the morning", header + row("start", "21:00", "end", "21:40"), nil},
		{"from a minute to seven", header + row("start", "20:59", "end", "21:40"), []string{"buyer_night at rows [2], start"}},
		{"Chinese of any kind", header + row("buyer_country", "CN", "buyer_timezone", "Asia/Shanghai", "buyer_language", "zh", "interpreter_languages", "ko,zh-TW"), nil},
	} {
		if got := check(tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestPlan_TheSameFileTwiceChangesNothing(t *testing.T) {
	d, _ := Import(asCSV(wholeGrid(t), ','), "a.csv")
	d.Event.ID = "yangju-2021"
	event, changes := Plan(nil, d.Event, nil)
	if len(changes.Created) != 35 || len(changes.Parties) == 0 || changes.Empty() {
		t.Errorf("%+v", changes)
	}
	if err := event.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, encode := range encodings(t) {
		again, problems := Import(encode(wholeGrid(t)), "a")
		if again == nil {
			t.Fatal(problems)
		}
		got, changes := Plan(event, again.Event, Rooms{"S01": {Phase: schedule.PhaseEnded}})
		if !changes.Empty() || len(changes.Refused) > 0 || len(changes.Unchanged) != 35 {
			t.Errorf("%s: %+v", name, changes)
		}
		if d := difference(event, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func difference(a, b *schedule.Event) string { return cmp.Diff(a, b) }
