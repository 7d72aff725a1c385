package attendance

import (
	"slices"
	"time"
)

// span is a stretch of time, from inclusive, to exclusive.
type span struct{ from, to time.Time }

// union merges spans that overlap or touch; the result is ascending.
func union(spans []span) []span {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	var out []span
	for _, s := range spans {
		switch {
		case !s.from.Before(s.to): // nothing, or two clocks disagree
		case len(out) > 0 && !s.from.After(out[len(out)-1].to):
			if last := &out[len(out)-1]; s.to.After(last.to) {
				last.to = s.to
			}
		default:
			out = append(out, s)
		}
	}
	return out
}

// intersect of two unions.
func intersect(a, b []span) []span {
	var out []span
	for len(a) > 0 && len(b) > 0 {
		from, to := a[0].from, a[0].to
		if b[0].from.After(from) {
			from = b[0].from
		}
		if b[0].to.Before(to) {
			to = b[0].to
		}
		if from.Before(to) {
			out = append(out, span{from, to})
		}
		if a[0].to.Before(b[0].to) {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return out
}

// without is a union less another one.
func without(a, b []span) []span {
	var out []span
	for _, s := range a {
		for _, hole := range b {
			if !hole.to.After(s.from) || !hole.from.Before(s.to) {
				continue
			}
			if hole.from.After(s.from) {
				out = append(out, span{s.from, hole.from})
			}
			s.from = hole.to
		}
		if s.from.Before(s.to) {
			out = append(out, s)
		}
	}
	return out
}

func total(spans []span) time.Duration {
	var d time.Duration
	for _, s := range spans {
		d += s.to.Sub(s.from)
	}
	return d
}
