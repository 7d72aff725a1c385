package timetable

import (
	"cmp"
	"slices"
	"time"

	"sangdam/rooms/schedule"
)

// openFor is how long the demo's consultation has had its doors open.
const openFor = 5 * time.Minute

// Shift returns the event with every time moved by one constant. Order and
// gaps stay what they are in real time; what the center's clock shows moves
// with them, and by an hour more or less across a change of the clocks.
func Shift(e *schedule.Event, d time.Duration) *schedule.Event {
	out := *e
	out.Consultations = slices.Clone(e.Consultations)
	for i := range out.Consultations {
		c := &out.Consultations[i]
		c.Start, c.End = c.Start.Add(d), c.End.Add(d)
	}
	return &out
}

// Demo moves an event so that one consultation with an interpreter has had its
// doors open for five minutes (and up to 59 seconds, times being whole
// minutes): with the usual doors its start is ten minutes off, time enough for
// somebody to try every role. It returns that consultation, or "" when all
// are cancelled or there is none.
//
// Which one: no other is open at that moment and all that lie before have
// ended; the same booth has another one later the same day, the sooner the
// better, so that the booth's page shows a next buyer; of equals the one
// nearest to the middle of the event. An event that has none like that gets
// the best by as many of these, the first weighing most.
func Demo(e *schedule.Event, now time.Time) (*schedule.Event, schedule.ConsultationID) {
	doors := e.Policy.WithDefaults().Doors
	zone, err := time.LoadLocation(e.Zone)
	if err != nil {
		zone = time.UTC
	}
	var best *candidate
	for i, c := range e.Consultations {
		if c.Cancelled {
			continue
		}
		got := weigh(e, i, c.Start.Add(openFor-doors), zone)
		if best == nil || got.compare(*best) < 0 {
			best = &got
		}
	}
	if best == nil {
		out := *e
		return &out, ""
	}
	c := e.Consultations[best.index]
	start := now.UTC().Truncate(time.Minute).Add(doors - openFor)
	return Shift(e, start.Sub(c.Start)), c.ID
}

// candidate is a consultation as the demo's open one; the lower the better.
type candidate struct {
	index        int
	alone        bool          // has an interpreter, and nothing else is open or running
	interpreted  bool          // has an interpreter
	next         time.Duration // to the booth's next one of the day
	fromTheMidst int
}

// weigh judges the consultation at index i when the clock shows at.
func weigh(e *schedule.Event, i int, at time.Time, zone *time.Location) candidate {
	const never = 1 << 62
	c := e.Consultations[i]
	doors := e.Policy.WithDefaults().Doors
	got := candidate{index: i, interpreted: c.Interpreter != "", next: never, fromTheMidst: max(i-len(e.Consultations)/2, len(e.Consultations)/2-i)}
	got.alone = got.interpreted
	day := c.Start.In(zone).Format(time.DateOnly)
	for j, o := range e.Consultations {
		if j == i || o.Cancelled {
			continue
		}
		if !o.Start.Add(-doors).After(at) && o.End.After(at) {
			got.alone = false
		}
		if d := o.Start.Sub(c.Start); o.Booth == c.Booth && d > 0 && d < got.next && o.Start.In(zone).Format(time.DateOnly) == day {
			got.next = d
		}
	}
	return got
}

func (a candidate) compare(b candidate) int {
	yes := func(v bool) int {
		if v {
			return 0
		}
		return 1
	}
	return cmp.Or(yes(a.interpreted)-yes(b.interpreted), yes(a.alone)-yes(b.alone), cmp.Compare(a.next, b.next), a.fromTheMidst-b.fromTheMidst)
}
