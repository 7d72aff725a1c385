package load

import (
	"math/bits"
	"time"
)

// Histogram counts times in steps of a sixteenth: what it tells is at most 6 %
// more than it was. It is a value: it can be copied, added and taken away.
type Histogram struct {
	counts [buckets]uint64
	n      uint64
	max    time.Duration // since it was made; a difference keeps the larger one's
}

const (
	steps   = 16 // a power of two is divided by
	powers  = 28 // of microseconds: beyond 2 minutes all is one
	buckets = steps * powers
)

// Add counts one; less than a microsecond, and less than nothing, is one.
func (h *Histogram) Add(d time.Duration) {
	h.counts[bucketOf(d)]++
	h.n++
	h.max = max(h.max, d)
}

// AddAll adds what another one counted.
func (h *Histogram) AddAll(o *Histogram) {
	for i, c := range o.counts {
		h.counts[i] += c
	}
	h.n += o.n
	h.max = max(h.max, o.max)
}

// Count is how many there are.
func (h *Histogram) Count() uint64 { return h.n }

// Max is the longest.
func (h *Histogram) Max() time.Duration { return h.max }

// Quantile is the time that a share of them did not exceed; zero of nothing.
func (h *Histogram) Quantile(q float64) time.Duration {
	if h.n == 0 {
		return 0
	}
	want := uint64(q*float64(h.n)) + 1
	if float64(want-1) == q*float64(h.n) && want > 1 {
		want--
	}
	var seen uint64
	for i, c := range h.counts {
		if seen += c; seen >= min(want, h.n) {
			return min(upperOf(i), h.max)
		}
	}
	return h.max
}

// bucketOf: below sixteen microseconds each has its own, then each power of two
// has sixteen.
func bucketOf(d time.Duration) int {
	us := uint64(max(d, 0) / time.Microsecond)
	if us < steps {
		return int(us)
	}
	shift := bits.Len64(us) - 5 // 16..31 is left
	return min((shift+1)*steps+int(us>>shift)-steps, buckets-1)
}

// upperOf is the longest time of a bucket.
func upperOf(i int) time.Duration {
	if i < steps {
		return time.Duration(i+1) * time.Microsecond
	}
	shift := i/steps - 1
	return time.Duration(uint64(i%steps+steps+1)<<shift) * time.Microsecond
}

// less takes away what an earlier copy of this one had counted already.
func (h *Histogram) less(earlier *Histogram) {
	last := 0
	for i := range h.counts {
		h.counts[i] -= earlier.counts[i]
		if h.counts[i] > 0 {
			last = i
		}
	}
	h.n -= earlier.n
	if h.max == earlier.max { // which of the two had it is not known
		h.max = min(h.max, upperOf(last))
	}
	if h.n == 0 {
		h.max = 0
	}
}
