package bandwidth

import "time"

const (
	// look is how many slots the lowest delay is taken of: jitter lifts some
	// packets, a queue lifts all.
	look = 8
	slot = 20 * time.Millisecond
	// recent is how far back that may reach, but for three slots: eight on a
	// line of 80 kbit/s are a second.
	recent = 300 * time.Millisecond
	fewest = 3
	// generation is how long the shortest delay is believed; two are kept.
	// Clocks drift apart by 100 ppm at the worst: 2 ms in one generation.
	generation = 20 * time.Second
	// stuck is how long a queue may stand that our slowing does not shorten
	// before it counts as the way's own length: the way changed, or others fill it.
	stuck = 3 * time.Second
)

// queue is how long packets wait on the way: the lowest delay of the last
// slots in which some arrived, above the shortest that was seen.
type queue struct {
	lately [look]time.Duration
	begun  [look]time.Duration // arrival times of their first packets
	slots  int

	base, next time.Duration // shortest of the last and of this generation
	turned     time.Duration // arrival time at which this generation began

	wait   time.Duration
	jitter time.Duration // how much neighbouring slots differ, on average

	since time.Duration // since when it stands; 0: it does not
	least time.Duration
}

// add takes the delay of a packet, which has the offset of the clocks in it.
func (q *queue) add(sent, at time.Duration) {
	delay := at - sent
	if q.slots == 0 || (delay-q.base).Abs() > 2*leap {
		*q = queue{base: delay, next: delay, turned: at}
	}
	q.next, q.base = min(q.next, delay), min(q.base, delay)
	if q.slots > 0 && at < q.begun[(q.slots-1)%look]+slot {
		last := &q.lately[(q.slots-1)%look]
		*last = min(*last, delay)
	} else {
		if q.slots > 1 {
			d := (q.lately[(q.slots-1)%look] - q.lately[(q.slots-2)%look]).Abs()
			q.jitter += (d - q.jitter) / 16
		}
		q.lately[q.slots%look], q.begun[q.slots%look] = delay, at
		q.slots++
	}
	if at-q.turned > generation {
		q.base, q.next, q.turned = q.next, delay, at
	}
	q.wait = q.lowest() - q.base
	q.rebase(at)
}

func (q *queue) lowest() time.Duration {
	newest := q.slots - 1
	low := q.lately[newest%look]
	for i := newest - 1; i >= max(newest-look+1, 0); i-- {
		if newest-i >= fewest && q.begun[newest%look]-q.begun[i%look] > recent {
			break
		}
		low = min(low, q.lately[i%look])
	}
	return low
}

func (q *queue) rebase(at time.Duration) {
	switch {
	case q.wait < draining:
		q.since = 0
	case q.since == 0 || q.wait < q.least*9/10:
		q.since, q.least = at, q.wait
	case at-q.since > stuck:
		q.base = q.lowest()
		q.next, q.turned, q.since, q.wait = q.base, at, 0, 0
	}
}

// above says whether the wait is longer than so much and what jitter leaves.
func (q *queue) above(d time.Duration) bool { return q.wait > d+q.jitter/4 }
