package load

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// column is one of the table: a heading in two lines, and a cell.
type column struct {
	top, unit string
	width     int
	cell      func(f *Figures) string
}

func columns(server bool) []column {
	pair := func(get func(f *Figures) Spread) func(f *Figures) string {
		return func(f *Figures) string {
			s := get(f)
			if s.Count == 0 {
				return "–"
			}
			return number(s.P50) + " / " + number(s.P99)
		}
	}
	all := []column{
		{"rooms", "", 5, func(f *Figures) string { return fmt.Sprint(f.Rooms) }},
		{"people", "", 9, func(f *Figures) string {
			if f.Present < f.People {
				return fmt.Sprintf("%d of %d", f.Present, f.People)
			}
			return fmt.Sprint(f.People)
		}},
		{"connect", "ms p50/p99", 12, pair(func(f *Figures) Spread { return f.Connect })},
		{"join", "ms p50/p99", 12, pair(func(f *Figures) Spread { return f.Join })},
		{"keyframe", "ms p50/p99", 12, pair(func(f *Figures) Spread { return f.Picture })},
		{"delay", "ms p50/p99", 13, pair(func(f *Figures) Spread { return f.Delay })},
		{"lost", "%", 6, func(f *Figures) string { return fmt.Sprintf("%.2f", 100*f.Loss) }},
		{"forwarded", "packets/s", 9, func(f *Figures) string { return fmt.Sprintf("%.0f", f.Got) }},
		{"out", "Mbit/s", 6, func(f *Figures) string { return fmt.Sprintf("%.0f", f.DownMbps) }},
	}
	if server {
		all = append(all,
			column{"server", "cores", 6, func(f *Figures) string { return fmt.Sprintf("%.2f", f.Server.Cores) }},
			column{"CPU", "µs/packet", 9, func(f *Figures) string { return fmt.Sprintf("%.1f", f.Server.PerPacket) }},
			column{"memory", "MiB", 6, func(f *Figures) string { return fmt.Sprintf("%.0f", mib(float64(f.Server.Resident))) }},
			column{"each", "MiB", 5, func(f *Figures) string { return fmt.Sprintf("%.2f", mib(f.Server.EachBytes)) }},
		)
	}
	return append(all,
		column{"this side", "cores", 9, func(f *Figures) string { return fmt.Sprintf("%.2f", f.Self.Cores) }},
		column{"late", "ms p99", 6, func(f *Figures) string { return number(f.Self.LateP99) }},
	)
}

func mib(bytes float64) float64 { return bytes / (1 << 20) }

// number has three figures at most.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// Heading writes the table's heading; server says whether the server's columns
// are there.
func Heading(w io.Writer, server bool) {
	var top, unit []string
	for _, c := range columns(server) {
		top = append(top, fmt.Sprintf("%*s", c.width, c.top))
		unit = append(unit, fmt.Sprintf("%*s", c.width, c.unit))
	}
	fmt.Fprintln(w, strings.Join(top, "  "))
	fmt.Fprintln(w, strings.Join(unit, "  "))
}

// Row writes one step.
func Row(w io.Writer, f *Figures) {
	var cells []string
	for _, c := range columns(f.Server != nil) {
		cells = append(cells, fmt.Sprintf("%*s", c.width, c.cell(f)))
	}
	fmt.Fprintln(w, strings.Join(cells, "  "))
}

// Told is what the figures say to who runs the machine.
func (r *Report) Told() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	find := func(rooms int) *Figures {
		for i := range slices.Backward(r.Steps) {
			if r.Steps[i].Rooms == rooms {
				return &r.Steps[i]
			}
		}
		return nil
	}
	what := fmt.Sprintf("of %d (%s", r.Plan.People, r.Plan.Profile)
	if r.Plan.Rate != 1 {
		what += fmt.Sprintf(", %g × the usual bit rate", r.Plan.Rate)
	}
	what += ")"
	if f := find(r.Carried); f != nil {
		line("The server carried %s %s: delay p99 %s ms, %.2f %% lost%s.", Counted(f.Rooms), what, number(f.Delay.P99), 100*f.Loss, f.load())
	}
	f := find(r.TooMany)
	if f == nil {
		return b.String()
	}
	line("%s were too many: %s.", Counted(f.Rooms)+" "+what, f.lacks())
	if f.Self.Limits {
		line("But this side was the limit: it woke %s ms late at p99 and took %.2f cores. Load from a machine of its own, from several, or with a smaller --rate.", number(f.Self.LateP99), f.Self.Cores)
	}
	for _, what := range slices.Sorted(maps.Keys(f.Failed)) {
		line("  %s, %d ×", what, f.Failed[what])
	}
	return b.String()
}

// Counted is a number of rooms in words.
func Counted(n int) string {
	if n == 1 {
		return "1 room"
	}
	return fmt.Sprintf("%d rooms", n)
}

// load is what the server took, as a part of a sentence.
func (f *Figures) load() string {
	if f.Server == nil {
		return ""
	}
	s := fmt.Sprintf(", %.2f cores, %.1f µs a forwarded packet", f.Server.Cores, f.Server.PerPacket)
	if f.Server.EachBytes > 0 {
		s += fmt.Sprintf(", %.2f MiB a participant", mib(f.Server.EachBytes))
	}
	return s
}

// lacks says what the people did not get.
func (f *Figures) lacks() string {
	var all []string
	if f.Present < f.People {
		all = append(all, fmt.Sprintf("%d of %d people were not there", f.People-f.Present, f.People))
	}
	if f.Got == 0 {
		all = append(all, "nothing arrived")
	}
	if f.Delay.P99 > ms(MaxDelay) {
		all = append(all, fmt.Sprintf("delay p99 %s ms (at most %s)", number(f.Delay.P99), number(ms(MaxDelay))))
	}
	if f.Loss > MaxLoss {
		all = append(all, fmt.Sprintf("%.2f %% lost (at most %.1f)", 100*f.Loss, 100*MaxLoss))
	}
	return strings.Join(all, ", ")
}
