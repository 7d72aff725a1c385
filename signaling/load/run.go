package load

import (
	"context"
	"time"
)

// Report is what a load found out: the plan, and the figures of each step.
type Report struct {
	Server  string    `json:"server"`
	At      time.Time `json:"at"`
	Plan    Plan      `json:"plan"`
	Steps   []Figures `json:"steps"`
	Carried int       `json:"carried"`  // most rooms that had what people need; 0: none
	TooMany int       `json:"too_many"` // fewest that had not; 0: none
}

// Run fills the plan's rooms and measures once. With searching it begins there and
// raises the rooms, up to those of the hall, until people no longer get what they
// need. Each step is told when it is done. What was measured before an error comes
// with it.
func Run(ctx context.Context, c *Crowd, searching bool, told func(Figures)) (Report, error) {
	r := Report{Server: c.deps.Hall.URL, At: time.Now().UTC(), Plan: c.deps.Plan, Steps: []Figures{}}
	s := search{most: c.deps.Plan.Rooms}
	if searching {
		s.most = len(c.deps.Hall.Rooms)
	}
	for {
		rooms, more := s.next(c.deps.Plan.Rooms)
		if !more {
			return r, nil
		}
		if err := c.Fill(ctx, rooms); err != nil {
			return r, err
		}
		f, err := c.Measure(ctx)
		if err != nil {
			return r, err
		}
		s.tried(rooms, f.Carried())
		r.Steps = append(r.Steps, f)
		r.Carried, r.TooMany = s.carried, s.tooMany
		told(f)
		if !searching {
			return r, nil
		}
	}
}
