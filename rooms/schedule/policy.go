package schedule

import "time"

// WithDefaults fills the zero fields from DefaultPolicy. Warnings and
// Extensions that are not nil but empty mean none.
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
	fill(&p.Gap, d.Gap)
	fill(&p.LateAfter, d.LateAfter)
	fill(&p.NoShowAfter, d.NoShowAfter)
	fill(&p.CallAfter, d.CallAfter)
	if p.Warnings == nil {
		p.Warnings = d.Warnings
	}
	if p.Extensions == nil {
		p.Extensions = d.Extensions
	}
	if p.Seats == 0 {
		p.Seats = d.Seats
	}
	if len(p.Languages) == 0 {
		p.Languages = d.Languages
	}
	return p
}
