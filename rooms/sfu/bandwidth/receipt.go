package bandwidth

import "time"

// receipts are receiver reports (RFC 3550 section 6.4.1), the fallback: a
// second of them makes one sample, since every stream has its own.
type receipts struct {
	sum      float64
	count    int
	longest  time.Duration
	shortest time.Duration // round trip, ever
	began    time.Duration
	first    bool
}

// receipt is a second of receiver reports.
type receipt struct {
	loss  float64
	queue time.Duration // round trip above the shortest
	took  time.Duration
}

func (r *receipts) add(loss float64, roundTrip, now time.Duration) (receipt, bool) {
	if r.count == 0 && r.began == 0 {
		r.began, r.first = now, true
	}
	r.sum += loss
	r.count++
	r.longest = max(r.longest, roundTrip)
	if roundTrip > 0 && (r.shortest == 0 || roundTrip < r.shortest) {
		r.shortest = roundTrip
	}
	if now-r.began < time.Second && !r.first {
		return receipt{}, false
	}
	s := receipt{loss: r.sum / float64(r.count), took: now - r.began}
	if r.longest > 0 {
		s.queue = r.longest - r.shortest
	}
	r.sum, r.count, r.longest, r.began = 0, 0, 0, now
	return s, true
}

// judgeReceipt lives by the draft's loss rules and by the round trip, for which
// 150 ms above the shortest is a queue: no trend can be seen in one figure a
// second.
func (e *Estimator) judgeReceipt(r receipt, t time.Duration) {
	e.receipts.first = false
	offered := e.outgoing.rate(t)
	// A report tells of the second before it: the first of a trial says nothing.
	if !e.loss.trial || t-e.loss.since > time.Second+e.receipts.shortest {
		s := sample{
			loss: r.loss, packets: max(int(offered*r.took.Seconds()/8/1000), 10), offered: offered,
			queue: r.queue > 100*time.Millisecond, target: e.target(),
		}
		if s.offered > 0 {
			e.loss.judge(s, t)
		}
	}
	switch {
	case r.queue > 150*time.Millisecond:
		// What the last fall changed is in the next but one report.
		e.pace.hold(t)
		if e.pace.cut == 0 || t-e.pace.cut > 2*time.Second+e.receipts.longest {
			e.pace.fall(0.7*min(e.target(), offered*(1-r.loss)), t)
		}
	case e.loss.calm && !e.loss.trial && r.queue < 75*time.Millisecond:
		e.pace.grow(t, offered)
	default:
		e.pace.hold(t)
	}
}

// second counts what was lost in the last one.
type second struct {
	got, gone [10]int
	slot      int64
}

func (s *second) turn(t time.Duration) {
	slot := int64(t / (100 * time.Millisecond))
	for range min(slot-s.slot, 10) {
		s.slot++
		s.got[s.slot%10], s.gone[s.slot%10] = 0, 0
	}
	s.slot = max(s.slot, slot)
}

func (s *second) count(came bool, t time.Duration) {
	s.turn(t)
	if came {
		s.got[s.slot%10]++
	} else {
		s.gone[s.slot%10]++
	}
}

func (s *second) loss(t time.Duration) float64 {
	s.turn(t)
	var got, gone int
	for i := range s.got {
		got += s.got[i]
		gone += s.gone[i]
	}
	if got+gone == 0 {
		return 0
	}
	return float64(gone) / float64(got+gone)
}
