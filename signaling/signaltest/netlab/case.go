package netlab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"time"
)

// Case is one bad network and what must come of it.
type Case struct {
	Name string
	// Quick cases are the subset that every test run has.
	Quick   bool
	Setting Setting
	// Fresh cases have a meeting of their own; others go on in that of the case before,
	// when it has the same setting and went well.
	Fresh bool
	// Proves names what the case is there for (see the setting media-without): with that
	// switched off it must fail, or it proves nothing.
	Proves []string
	Run    func(ctx context.Context, t *Trial) error
}

// Trial is a case that is being tried, in its meeting.
type Trial struct {
	*Meeting
	// Short: as short as still means something.
	Short bool
	log   io.Writer
	rows  []Row
}

// Logf tells what the table has no room for.
func (t *Trial) Logf(format string, args ...any) { fmt.Fprintf(t.log, format+"\n", args...) }

// AtMost writes a figure that must not exceed its bound.
func (t *Trial) AtMost(figure string, got, bound float64, unit string) {
	t.rows = append(t.rows, Row{Figure: figure, Got: got, Bound: bound, Unit: unit, Pass: got <= bound})
}

// AtLeast writes a figure that must reach its bound.
func (t *Trial) AtLeast(figure string, got, bound float64, unit string) {
	t.rows = append(t.rows, Row{Figure: figure, Got: got, Bound: bound, Unit: unit, Least: true, Pass: got >= bound})
}

// Note writes a figure that has no bound.
func (t *Trial) Note(figure string, got float64, unit string) {
	t.rows = append(t.rows, Row{Figure: figure, Got: got, Unit: unit, Noted: true, Pass: true})
}

// Is writes something that is so or not.
func (t *Trial) Is(figure string, so bool, says string) {
	t.rows = append(t.rows, Row{Figure: figure, Says: says, Pass: so})
}

// Full is how long a measurement takes, or the shorter time in the subset.
func (t *Trial) Full(full, short time.Duration) time.Duration {
	if t.Short {
		return short
	}
	return full
}

// Row is one line of the table.
type Row struct {
	Case   string  `json:"case"`
	Figure string  `json:"figure"`
	Got    float64 `json:"got"`
	Says   string  `json:"says,omitempty"` // in place of a number
	Unit   string  `json:"unit,omitempty"`
	Bound  float64 `json:"bound"`
	Least  bool    `json:"least,omitempty"` // the bound is a lower one
	Noted  bool    `json:"noted,omitempty"` // there is no bound
	Pass   bool    `json:"pass"`
	// Without is what was switched off.
	Without string `json:"without,omitempty"`
}

// Run says which cases are tried and how.
type Run struct {
	Files Files
	// Cases whose name matches; nil: all.
	Cases *regexp.Regexp
	// Quick: the subset alone, shorter, and a case that fails again, quickTries in all.
	Quick bool
	// Off tries the cases that need resilience once more without it.
	Off bool
	// Log tells what goes on.
	Log io.Writer
}

// quickTries is how often a case of the subset may be tried: in a short look one
// stutter of a busy machine is out of bounds; what stays so is the server's.
const quickTries = 3

// caseLimit bounds one case, whatever it waits for.
const caseLimit = 4 * time.Minute

// All tries all cases one after the other.
func (r *Run) All(ctx context.Context, cases []Case) (Table, error) {
	var table Table
	var current *Meeting
	defer func() {
		if current != nil {
			_ = current.Close()
		}
	}()
	try := func(c Case, without string, last bool) (again bool, err error) {
		setting := c.Setting
		setting.Without = without
		began := time.Now()
		fmt.Fprintf(r.Log, "\n== %s%s, %s\n", c.Name, off(without), began.Format(time.TimeOnly))
		within, cancel := context.WithTimeoutCause(ctx, caseLimit, fmt.Errorf("the case takes longer than %v", caseLimit))
		defer cancel()
		if current != nil && (c.Fresh || current.Setting != setting) {
			err = current.Close()
			current = nil
		}
		if err == nil && current == nil {
			current, err = Meet(within, r.Files, regexp.MustCompile(`[^a-zA-Z0-9]+`).ReplaceAllString(c.Name, "-"), setting)
		}
		if err == nil && !setting.Lobby {
			err = current.Calm(within)
		}
		met := time.Since(began)
		t := &Trial{Meeting: current, Short: r.Quick, log: r.Log}
		if err == nil {
			err = c.Run(within, t)
		}
		if err != nil {
			t.rows = append(t.rows, Row{Figure: asItShould, Says: "no", Pass: false})
			fmt.Fprintf(r.Log, "%s: %v\n", c.Name, err)
		}
		again = !last && slices.ContainsFunc(t.rows, func(row Row) bool { return !row.Pass })
		failed := again
		if !again {
			failed = table.add(c.Name, without, t.rows)
		}
		if current != nil && (failed || err != nil) {
			fmt.Fprintf(r.Log, "%s: see %s\n", c.Name, current.Keep(ctx))
		}
		if current != nil && (c.Fresh || again || err != nil) {
			if closed := current.Close(); closed != nil {
				fmt.Fprintf(r.Log, "%s: %v\n", c.Name, closed)
			}
			current = nil
		}
		fmt.Fprintf(r.Log, "%s%s: %.1f s (of it %.1f s to meet)\n", c.Name, off(without), time.Since(began).Seconds(), met.Seconds())
		return again, ctx.Err()
	}
	tried := 0
	for _, c := range cases {
		if r.Quick && !c.Quick || r.Cases != nil && !r.Cases.MatchString(c.Name) {
			continue
		}
		tried++
		tries := 1
		if r.Quick {
			tries = quickTries
		}
		for again := true; again; tries-- {
			var err error
			if again, err = try(c, "", tries == 1); err != nil {
				return table, err
			}
			if again {
				fmt.Fprintf(r.Log, "%s: once more\n", c.Name)
			}
		}
	}
	for _, c := range cases {
		if !r.Off || r.Cases != nil && !r.Cases.MatchString(c.Name) {
			continue
		}
		for _, without := range c.Proves {
			if _, err := try(c, without, true); err != nil {
				return table, err
			}
		}
	}
	if tried == 0 {
		return table, errors.New("no case has such a name")
	}
	return table, nil
}
