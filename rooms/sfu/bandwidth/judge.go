package bandwidth

import (
	"math"
	"time"
)

// target is what may be sent, before the queue's drain and the browser's bound.
func (e *Estimator) target() float64 {
	return max(min(e.pace.value, e.loss.bound), e.pace.floor)
}

// publish says what may be sent from now on.
func (e *Estimator) publish(t time.Duration) {
	v := e.target()
	// The decrease alone empties a queue of 250 ms in two seconds. A person
	// hears that long, so less is sent meanwhile, down to a half.
	if w := e.queue.wait - draining; w > 0 {
		v *= 1 - 0.5*min(1, w.Seconds()/0.2)
	}
	if e.limitedAt != 0 && t-e.limitedAt < limited {
		v = min(v, e.limit)
	}
	e.out.Store(int64(min(max(v, e.pace.floor), e.pace.ceiling)))
}

// judgeLoss closes a sample when it is full. Which queue stood while the
// packets were lost is told by the present one: a sample is short.
func (e *Estimator) judgeLoss(t time.Duration) {
	s, ok := e.loss.close(t)
	if !ok {
		return
	}
	s.queue = e.queue.above(12 * time.Millisecond)
	s.target = e.target()
	tried := e.loss.trial
	e.loss.judge(s, t)
	if after := e.target(); after < s.target {
		e.prober.contradict(s.offered*(1-s.loss), s.target, t, e.roundTrip)
		if !e.loss.trial {
			e.pace.fall(after, t)
		}
	}
	if !tried || e.loss.trial || !e.prober.trusted() {
		return
	}
	if e.loss.ours {
		// Or it was a gust. Whoever is still there drops a cluster as well.
		e.prober.ready = e.loss.offer
	} else {
		e.prober.ready = 2 * e.target() // what had to wait for the trial
	}
}

// judgeDelay is the rate control of draft-ietf-rmcat-gcc-02 section 5.5; newest
// is when the latest packet left that feedback told of.
func (e *Estimator) judgeDelay(newest, t time.Duration) {
	// A trend without a queue is jitter. A long queue through which packets
	// arrive slower than they left needs no trend: on a narrow line it takes
	// seconds until twenty groups have arrived.
	e.overuse = e.trend.state == over && e.queue.above(12*time.Millisecond) ||
		e.delivered.limited && e.queue.above(2*draining)
	if e.queue.above(20 * time.Millisecond) {
		e.emptied = 0
	} else if e.emptied == 0 {
		e.emptied = t
	}
	switch {
	case e.overuse:
		e.pace.hold(t)
		// Until something that left after the last fall is told of, the queue
		// is still what was before it; and one that shrinks needs no more.
		if e.pace.cut == 0 || newest > e.pace.cut && e.queue.wait > e.fallen*9/10 {
			e.fall(t)
			e.fallen = e.queue.wait
		}
	case e.trend.state == normal && e.calm():
		e.fallen = 0
		if e.pace.grow(t, e.delivered.rate) && e.prober.trusted() {
			e.prober.ready = 2 * e.pace.value
		}
		e.prober.believe(t)
	default:
		e.pace.hold(t)
	}
}

// calm says that nothing speaks against more.
func (e *Estimator) calm() bool {
	return !e.loss.trial && e.loss.calm && !e.queue.above(40*time.Millisecond)
}

// fall answers overuse. What arrived is what the line takes, when the line and
// not we set the pace: either it arrived slower than it left, or we sent about
// all we were allowed. A quiet sender's own pace says nothing: he falls from the
// target, again and again as long as a real queue lasts.
func (e *Estimator) fall(t time.Duration) {
	was := e.target()
	e.prober.contradict(e.delivered.rate, was, t, e.roundTrip)
	switch d := e.delivered.rate; {
	case d == 0:
		e.pace.fall(0.7*was, t)
	case e.delivered.limited || e.outgoing.rate(t) > 0.8*was:
		e.pace.full(d)
		e.pace.fall(back*d, t)
	case e.queue.above(draining):
		e.pace.fall(back*was, t)
	}
}

// judgeProbe takes the result of a cluster.
func (e *Estimator) judgeProbe(t time.Duration) {
	o, ok := e.prober.result(e.highest, e.loss.air, e.roundTrip, t)
	if !ok || o.rate == 0 || e.overuse {
		return
	}
	if was := e.target(); o.rate > was && o.clean {
		if o.rate > 1.15*e.pace.capacity {
			e.pace.capacity = 0
		}
		if !e.loss.trial {
			e.loss.bound = math.Inf(1)
			e.loss.jumped(t)
		}
		e.pace.raise(o.rate)
		if o.passed || o.rate > further*was {
			e.prober.raised = t
		}
		if o.rate > further*was {
			// The line is another one than it was: what it carries is found out soon.
			e.prober.next = min(e.prober.next, t+again)
		}
	}
	// A next one that would hardly ask for more asks for nothing.
	if next := min(2*o.rate, e.most(t)); o.passed && o.clean && next > 1.2*float64(e.prober.cluster.Rate) {
		e.prober.ready = next
	}
}

// most is what there is any use in asking for.
func (e *Estimator) most(t time.Duration) float64 {
	most := min(e.pace.ceiling, roomy*e.wanted)
	if e.limitedAt != 0 && t-e.limitedAt < limited {
		most = min(most, e.limit)
	}
	return most
}

// ask says at what rate to probe now, if at all.
func (e *Estimator) ask(t time.Duration) (float64, bool) {
	p := &e.prober
	target := e.target()
	most := e.most(t)
	if p.live && p.packets == 0 && t-p.given > held {
		p.live, p.next = false, t+again
	}
	if p.live || e.heard == 0 || e.deaf(t) || e.overuse || !e.calm() || most < 1.1*target {
		return 0, false
	}
	rate := p.ready
	switch {
	case rate > 0:
	case p.trusted() && e.quick(t):
		p.quick = e.pace.cut
		rate = min(2*target, max(back*e.pace.peak, 1.2*target))
	case t >= p.next:
		rate = 2 * target
	default:
		return 0, false
	}
	p.ready = 0
	rate = min(rate, most)
	return rate, rate >= 1.1*target
}

// quick says that a fall is over and the line empty again: what was there
// before may be there again, sooner than the clock would ask.
func (e *Estimator) quick(t time.Duration) bool {
	cut := e.pace.cut
	return cut != 0 && cut != e.prober.quick && e.pace.value < 0.7*e.pace.peak &&
		t-e.pace.peakAt < 10*time.Second && t-cut > time.Second && e.emptied != 0 && t-e.emptied > time.Second
}
