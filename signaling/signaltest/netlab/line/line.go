// Package line is one direction of a bad line as arithmetic: it is told when a
// packet of which size enters and says when it leaves, if it does.
//
// A Line owns its random numbers, its queue's fill and its counters; whoever
// holds it calls it from one goroutine, with times that never go back. It knows
// no clock and no packets, so that its tests run in virtual time and the same
// seed does the same to the same packets. netem was rejected: kernels that run
// tests often lack it, and it takes root.
package line

import (
	"math/rand/v2"
	"time"
)

// Quality is what a direction does to packets from now on.
type Quality struct {
	// Delay of every packet, and by how much more single ones are late: uniform
	// between 0 and Jitter, none overtaking another.
	Delay, Jitter time.Duration
	Loss          Loss
	// Reorder is the share of packets that are overtaken by those of the next
	// ReorderBy (0: 20 ms).
	Reorder   float64
	ReorderBy time.Duration
	// Duplicate is the share of packets that arrive twice.
	Duplicate float64
	// Rate in bit/s, 0: not limited. Queue is how many bytes may wait for their
	// turn; what does not fit is lost (tail drop).
	Rate  int
	Queue int
	// Down: nothing passes.
	Down bool
}

// Loss is a share of time in which packets are lost, in bursts (Gilbert and
// Elliott's two states, in time instead of packets, so that sound and pictures
// meet the same line).
type Loss struct {
	Share float64
	// Burst is the mean length of a burst; 0: each packet has a lot of its own.
	Burst time.Duration
}

// Counters tell what a Line did.
type Counters struct {
	Packets, Bytes                            int // that came to it
	Lost, Overflowed, Down, Late, Twice, Gone int // Gone: on their way
}

// Line is one direction. New makes one.
type Line struct {
	quality  Quality
	rng      *rand.Rand
	counters Counters

	free    time.Duration // when the last queued packet will have been sent
	last    time.Duration // when the last ordered packet arrives
	bad     bool          // in a burst
	turnsAt time.Duration // when the burst, or the good time, ends
	waiting []departure   // in the queue, first to leave first
	queued  int           // bytes of them
}

// New returns a perfect line; the seed fixes all that happens by chance.
func New(seed uint64) *Line {
	return &Line{rng: rand.New(rand.NewPCG(seed, 0x11e)), turnsAt: -1}
}

// Set changes the line. What is under way arrives as it would have.
func (l *Line) Set(q Quality) {
	if q.Loss != l.quality.Loss {
		l.bad, l.turnsAt = false, -1
	}
	l.quality = q
}

// Quality is what was Set last.
func (l *Line) Quality() Quality { return l.quality }

// Counters are those since New.
func (l *Line) Counters() Counters { return l.counters }

// Send says when a packet that enters at a time since some start arrives; ok is
// false when it is lost. again is another arrival of the same packet, 0 for none.
func (l *Line) Send(at time.Duration, bytes int) (arrives, again time.Duration, ok bool) {
	q := &l.quality
	l.counters.Packets++
	l.counters.Bytes += bytes
	if q.Down {
		l.counters.Down++
		return 0, 0, false
	}
	leaves, fits := l.queue(at, bytes)
	if !fits {
		l.counters.Overflowed++
		return 0, 0, false
	}
	if l.loses(leaves) {
		l.counters.Lost++
		return 0, 0, false
	}
	l.counters.Gone++
	arrives = leaves + q.Delay
	if q.Jitter > 0 {
		arrives += time.Duration(l.rng.Int64N(int64(q.Jitter) + 1))
	}
	if q.Reorder > 0 && l.rng.Float64() < q.Reorder {
		// It does not count as the last one: those behind it pass.
		l.counters.Late++
		by := q.ReorderBy
		if by == 0 {
			by = 20 * time.Millisecond
		}
		arrives += by
	} else {
		arrives = max(arrives, l.last)
		l.last = arrives
	}
	if q.Duplicate > 0 && l.rng.Float64() < q.Duplicate {
		l.counters.Twice++
		again = arrives + time.Millisecond
	}
	return arrives, again, true
}

// queue says when the last bit of a packet will have been sent.
func (l *Line) queue(at time.Duration, bytes int) (leaves time.Duration, fits bool) {
	for len(l.waiting) > 0 && l.waiting[0].at <= at {
		l.queued -= l.waiting[0].bytes
		l.waiting = l.waiting[1:]
	}
	if l.quality.Rate == 0 {
		return at, true
	}
	if l.queued > 0 && l.queued+bytes > l.quality.Queue {
		return 0, false
	}
	takes := time.Duration(float64(bytes*8) / float64(l.quality.Rate) * float64(time.Second))
	l.free = max(l.free, at) + takes
	l.queued += bytes
	l.waiting = append(l.waiting, departure{l.free, bytes})
	return l.free, true
}

// loses walks the two states up to a time, or throws a lot.
func (l *Line) loses(at time.Duration) bool {
	loss := l.quality.Loss
	if loss.Share <= 0 {
		return false
	}
	if loss.Burst == 0 {
		return l.rng.Float64() < loss.Share
	}
	good := time.Duration(float64(loss.Burst) * (1 - loss.Share) / loss.Share)
	if l.turnsAt < 0 {
		l.turnsAt = at + l.lasting(good)
	}
	for l.turnsAt <= at {
		l.bad = !l.bad
		if l.bad {
			l.turnsAt += l.lasting(loss.Burst)
		} else {
			l.turnsAt += l.lasting(good)
		}
	}
	return l.bad
}

func (l *Line) lasting(mean time.Duration) time.Duration {
	return max(1, time.Duration(l.rng.ExpFloat64()*float64(mean)))
}

// departure is when a queued packet has left the queue.
type departure struct {
	at    time.Duration
	bytes int
}
