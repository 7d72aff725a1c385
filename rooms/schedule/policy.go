package schedule

import "time"

// WithDefaults fills the zero fields from DefaultPolicy. Warnings that are not
// nil but empty mean none.
func (p Policy) WithDefaults() Policy {
	d := DefaultPolicy()
	fill := func(field *time.Duration, value time.Duration) {
		if *field == 0 {
			*field = value
		}
	}
	fill(&p.Doors, d.Doors)
	fill(&p.Closing, d.Closing)
	fill(&p.Farewell, d.Farewell)
	fill(&p.Changeover, d.Changeover)
	fill(&p.Grace, d.Grace)
	fill(&p.MaxOverrun, d.MaxOverrun)
	fill(&p.ShortUnder, d.ShortUnder)
	if p.Warnings == nil {
		p.Warnings = d.Warnings
	}
	return p
}
