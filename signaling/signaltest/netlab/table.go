package netlab

import (
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
)

// Table is what came of all cases.
type Table struct {
	Rows []Row `json:"rows"`
	// OK: every row passed, and without its resilience each case failed.
	OK bool `json:"ok"`
}

// add takes a case's rows over and says whether one failed.
func (t *Table) add(name, without string, rows []Row) (failed bool) {
	for _, row := range rows {
		row.Case, row.Without = name, without
		t.Rows = append(t.Rows, row)
		failed = failed || !row.Pass
	}
	return failed
}

// asItShould is the row of a case that failed before it had figures. Without some
// resilience that proves, too, that it is needed.
const asItShould = "went as it should"

// proves tells whether a row that fails says something about what was switched off:
// a machine that is too slow does not.
func (r Row) proves() bool { return r.Without != "" && r.Figure != heldBack }

// Verdict says whether the table is as it must be: every case passes, and without what
// it is there for it fails. Why names what is not so.
func (t *Table) Verdict() (ok bool, why []string) {
	type key struct{ name, without string }
	failed := make(map[key]int)
	var order []key
	for _, row := range t.Rows {
		k := key{row.Case, row.Without}
		if _, seen := failed[k]; !seen {
			failed[k] = 0
			order = append(order, k)
		}
		if !row.Pass && (row.Without == "" || row.proves()) {
			failed[k]++
		}
	}
	for _, k := range order {
		switch {
		case k.without == "" && failed[k] > 0:
			why = append(why, fmt.Sprintf("%s: %d of its figures are out of bounds", k.name, failed[k]))
		case k.without != "" && failed[k] == 0:
			why = append(why, fmt.Sprintf("%s: passes without %s, too, and so proves nothing about it", k.name, k.without))
		}
	}
	return len(why) == 0 && len(t.Rows) > 0, why
}

// Print writes the table for people.
func (t *Table) Print(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "case\tfigure\tgot\tbound\t")
	last := ""
	for _, row := range t.Rows {
		name := row.Case + off(row.Without)
		if name == last {
			name = ""
		} else {
			last = name
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", name, row.Figure, row.got(), row.bound(), row.verdict())
	}
	return out.Flush()
}

func off(without string) string {
	if without == "" {
		return ""
	}
	return " [without " + without + "]"
}

func (r Row) got() string {
	if r.Says != "" {
		return r.Says
	}
	return number(r.Got) + " " + r.Unit
}

func (r Row) bound() string {
	switch {
	case r.Noted || r.Says != "":
		return ""
	case r.Least:
		return "≥ " + number(r.Bound) + " " + r.Unit
	}
	return "≤ " + number(r.Bound) + " " + r.Unit
}

func (r Row) verdict() string {
	switch {
	case r.Noted:
		return ""
	case r.Without == "" && !r.Pass:
		return "FAIL"
	case r.proves() && !r.Pass:
		return "fails, as it must"
	case r.Pass:
		return "pass"
	}
	return "fails"
}

// number has three digits that mean something.
func number(v float64) string {
	switch {
	case v >= 100 || v <= -100 || v == float64(int64(v)):
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 10 || v <= -10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}
