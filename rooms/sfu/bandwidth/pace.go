package bandwidth

import "time"

const (
	// growth a second far from what the line is known to take (draft-ietf-
	// rmcat-gcc-02 section 5.5 has 8 % as well).
	growth = 0.08
	// nearby is the growth near it, in bits a second each second: one packet
	// in 200 ms. The draft has one packet a response time, which makes a line
	// of 350 ms grow four times slower than one of 20 ms for no fault of its
	// own; the round trip does not enter here.
	nearby = 48_000
	// back is how far below what arrived the target falls on overuse: as low as
	// that empties the queue.
	back = 0.85
)

// pace is the delay-based rate control: additive and multiplicative increase,
// multiplicative decrease.
type pace struct {
	value          float64
	floor, ceiling float64

	capacity float64 // what arrived when the line was overused; 0: not known
	updated  time.Duration
	cut      time.Duration // when it fell last; 0: never

	// A fall may have several steps; peak is where it began.
	peak   float64
	peakAt time.Duration
}

// grow lets the target rise for the time since the last update. What arrives
// bounds it: beyond one and a half times nobody knows anything. It says whether
// the line turned out wider than it was.
func (p *pace) grow(now time.Duration, arrives float64) (wider bool) {
	dt := p.elapsed(now)
	if p.capacity > 0 && arrives > 1.15*p.capacity {
		p.capacity, wider = 0, true
	}
	next := p.value * (1 + growth*dt)
	if p.capacity > 0 && p.value > 0.9*p.capacity {
		next = p.value + nearby*dt
	}
	p.raise(min(next, 1.5*arrives+10_000))
	return wider
}

// hold lets the time go by.
func (p *pace) hold(now time.Duration) { p.elapsed(now) }

func (p *pace) elapsed(now time.Duration) float64 {
	dt := min(max(now-p.updated, 0), time.Second)
	p.updated = now
	return dt.Seconds()
}

// raise sets the target when that is more.
func (p *pace) raise(to float64) { p.value = min(max(p.value, to), p.ceiling) }

// fall sets the target when that is less.
func (p *pace) fall(to float64, now time.Duration) {
	to = max(to, p.floor)
	if to >= p.value {
		return
	}
	if p.cut == 0 || now-p.cut > 2*time.Second {
		p.peak, p.peakAt = p.value, now
	}
	p.value, p.cut = to, now
}

// full remembers what arrived when the line was overused.
func (p *pace) full(arrives float64) {
	if p.capacity == 0 || arrives < 0.7*p.capacity || arrives > 1.3*p.capacity {
		p.capacity = arrives
		return
	}
	p.capacity += 0.2 * (arrives - p.capacity)
}
