package netlab

import (
	"strings"
	"testing"
)

// tableOf adds cases as a Run does.
func tableOf(adds ...func(*Table)) *Table {
	t := &Table{}
	for _, add := range adds {
		add(t)
	}
	return t
}

func adding(name, without string, rows ...Row) func(*Table) {
	return func(t *Table) { t.add(name, without, rows) }
}

func TestTable_VerdictWantsEveryRowToPassAndEveryProofToFail(t *testing.T) {
	good := Row{Figure: frozen, Got: 1, Bound: 3, Pass: true}
	bad := Row{Figure: frozen, Got: 4, Bound: 3}
	other := Row{Figure: concealed, Got: 4, Bound: 3}
	slow := Row{Figure: heldBack, Got: 4, Bound: 0.5}
	for _, test := range []struct {
		name  string
		table *Table
		ok    bool
		why   string
	}{
		{"nothing was tried", tableOf(), false, ""},
		{"all pass", tableOf(adding("a", "", good), adding("b", "", good)), true, ""},
		{"one fails", tableOf(adding("a", "", good), adding("b", "", good, bad)), false, "b: 1 of"},
		{"the proof fails", tableOf(adding("a", "", good), adding("a", "rtx", bad)), true, ""},
		{"the proof passes", tableOf(adding("a", "", good), adding("a", "rtx", good)), false, "proves nothing"},
		{"another row of the proof fails", tableOf(adding("a", "rtx", good, other)), true, ""},
		{"only the machine was slow", tableOf(adding("a", "rtx", good, slow)), false, "proves nothing"},
		{"the proof does not even run", tableOf(adding("a", "rtx", Row{Figure: asItShould, Says: "no"})), true, ""},
	} {
		ok, why := test.table.Verdict()
		if ok != test.ok || !strings.Contains(strings.Join(why, "\n"), test.why) {
			t.Errorf("%s: %v, %q", test.name, ok, why)
		}
	}
}

func TestTable_PrintsFigureBoundAndVerdict(t *testing.T) {
	table := tableOf(
		adding("5 % loss", "", Row{Figure: concealed, Got: 0.18, Bound: 2, Unit: "%", Pass: true}, Row{Figure: "pictures a second", Got: 4, Bound: 10, Least: true}),
		adding("5 % loss", "red", Row{Figure: concealed, Got: 5.53, Bound: 2, Unit: "%"}),
	)
	var out strings.Builder
	if err := table.Print(&out); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(out.String()) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	want := []string{
		"case figure got bound",
		"5 % loss concealed sound 0.18 % ≤ 2 % pass",
		"pictures a second 4 ≥ 10 FAIL",
		"5 % loss [without red] concealed sound 5.53 % ≤ 2 % fails, as it must",
	}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n%s", strings.Join(lines, "\n"))
	}
}

func TestCases_NamesAreUniqueAndProofsNameProtections(t *testing.T) {
	seen := make(map[string]bool)
	quick := 0
	for _, c := range Cases() {
		if seen[c.Name] || c.Name == "" || c.Run == nil {
			t.Errorf("case %q: twice, or empty", c.Name)
		}
		seen[c.Name] = true
		for _, p := range c.Proves {
			if p != "red" && p != "rtx" && p != "allocation" {
				t.Errorf("case %q proves %+v", c.Name, p)
			}
		}
		if c.Quick {
			quick++
		}
	}
	if quick == 0 || quick > 10 {
		t.Errorf("%d quick cases", quick)
	}
}
