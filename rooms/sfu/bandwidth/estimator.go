package bandwidth

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
)

// Rate is in bits a second.
type Rate int

// Options of an Estimator.
type Options struct {
	Start   Rate // 0: 800 kbit/s
	Floor   Rate // 0: 60 kbit/s
	Ceiling Rate // 0: 8 Mbit/s
}

const (
	// silence is how long nothing may be heard while packets leave before the
	// line counts as gone.
	silence = 2 * time.Second
	// unheard packets make silence; a sender that pauses hears nothing either.
	unheard = 10
	// limited is how long a browser's own bound is good (draft-alvestrand-
	// rmcat-remb-03 has it repeated every second).
	limited = 5 * time.Second
	// draining is the wait on the way above which less than the target is
	// sent, in proportion, until it is shorter.
	draining = 50 * time.Millisecond
)

// Estimator says what the line to one browser carries. It is safe for use by
// several goroutines; Sent is on the path of every packet and allocates nothing.
type Estimator struct {
	// Fixed after New.
	begin time.Time

	out atomic.Int64 // the target, for those who only read

	mu      sync.Mutex
	clock   time.Duration // the latest time we were given
	history history
	reports reports

	arrivals  arrivals
	trend     trend
	queue     queue
	delivered delivered
	outgoing  outgoing
	pace      pace
	loss      loss
	prober    prober
	receipts  receipts
	second    second

	wanted    float64
	limit     float64
	limitedAt time.Duration

	roundTrip time.Duration
	highest   int64         // number that feedback told of
	heard     time.Duration // when feedback came last; 0: never
	left      int           // packets since then
	leftSince time.Duration
	gone      bool          // silence
	emptied   time.Duration // since when the queue is empty; 0: it is not
	fallen    time.Duration // wait in the queue at the last fall
	overuse   bool
	ignored   uint64
}

// Cluster is a short burst above the target that finds out whether the line
// carries more. The zero Cluster is none.
type Cluster struct {
	ID    int
	Rate  Rate // to send at, everything together
	Bytes int  // to send at least
}

// New makes one; now is when its clock begins.
func New(o Options, now time.Time) *Estimator {
	if o.Start <= 0 {
		o.Start = 800_000
	}
	if o.Floor <= 0 {
		o.Floor = 60_000
	}
	if o.Ceiling <= 0 {
		o.Ceiling = 8_000_000
	}
	o.Ceiling = max(o.Ceiling, o.Floor)
	o.Start = min(max(o.Start, o.Floor), o.Ceiling)
	e := &Estimator{begin: now, loss: newLoss(), wanted: float64(o.Ceiling), roundTrip: 200 * time.Millisecond}
	e.pace = pace{value: float64(o.Start), floor: float64(o.Floor), ceiling: float64(o.Ceiling)}
	e.prober.wait = every
	e.out.Store(int64(o.Start))
	return e
}

// at is the time since New; it never goes back and is never 0.
func (e *Estimator) at(now time.Time) time.Duration {
	e.clock = max(e.clock, now.Sub(e.begin), 1)
	return e.clock
}

// Sent tells of a packet that has left under a transport-wide sequence number;
// size is the whole datagram's, cluster the probe it belongs to (0: none).
func (e *Estimator) Sent(number uint16, size int, cluster int, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.at(now)
	cluster = e.prober.sent(cluster, size, t)
	n := e.history.put(number, size, cluster, t)
	if cluster != 0 {
		e.prober.last = max(e.prober.last, n)
	}
	e.outgoing.add(size, t)
	if e.left == 0 {
		e.leftSince = t
	}
	e.left++
	e.listen(t)
	e.publish(t)
}

// deaf says that enough left for something to be heard. Who sends nothing that
// has a number hears nothing either: a Firefox whose pictures are all paused, as
// it has no transport-wide feedback about sound.
func (e *Estimator) deaf(t time.Duration) bool {
	return e.gone || e.left >= unheard && t-e.leftSince >= silence
}

// listen notices silence. What is sent into it is half of what was: should the
// line come back, it begins with that.
func (e *Estimator) listen(t time.Duration) {
	if e.gone || e.heard == 0 || !e.deaf(t) {
		return
	}
	e.gone = true
	e.pace.value = max(e.pace.value/2, e.pace.floor)
	e.prober.live, e.prober.ready = false, 0
}

// returned begins again after silence: what was known of the way's delay is
// void, what was lost meanwhile says nothing of our rate.
func (e *Estimator) returned(t time.Duration) {
	e.arrivals, e.trend, e.queue = arrivals{}, trend{}, queue{}
	e.delivered.reset()
	e.loss.reset(t)
	e.pace.capacity, e.pace.updated, e.pace.cut = 0, t, 0
	e.gone, e.emptied, e.fallen = false, 0, 0
	e.prober.wait, e.prober.raised = every, 0
	e.prober.ready = 2 * e.pace.value
}

// hear is told that the browser said something new.
func (e *Estimator) hear(t time.Duration) {
	e.listen(t)
	if e.gone {
		e.returned(t)
	}
	e.left = 0
}

// Feedback takes a browser's transport-wide feedback.
func (e *Estimator) Feedback(f *rtcp.TransportLayerCC, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.at(now)
	statuses, ok := e.reports.read(f, &e.history)
	if !ok {
		e.ignored++
		return
	}
	if !e.news(statuses) {
		return // a duplicate, or all of it is lost: nobody was heard
	}
	first := e.heard == 0
	e.hear(t)
	e.heard = t
	e.guess(statuses)
	var newest time.Duration
	for _, s := range statuses {
		p := e.history.find(s.number)
		if p == nil {
			continue
		}
		if s.arrived {
			newest = max(newest, p.sent)
		}
		e.fate(p, s, t)
	}
	e.highest = max(e.highest, statuses[len(statuses)-1].number)
	if newest > 0 {
		// What the browser waited before it told is in it, and does no harm.
		e.roundTrip += (t - newest - e.roundTrip) / 8
	}
	if first {
		e.pace.updated = t
		e.prober.ready = 2 * e.pace.value
		e.prober.next = t + every
	}
	e.delivered.measure(e.queue.jitter)
	e.judgeLoss(t)
	e.judgeDelay(newest, t)
	e.judgeProbe(t)
	e.publish(t)
}

// news says whether anything arrived that was not known to have.
func (e *Estimator) news(statuses []status) bool {
	for _, s := range statuses {
		if p := e.history.find(s.number); p != nil && s.arrived && p.fate != arrived {
			return true
		}
	}
	return false
}

// guess credits packets whose feedback was itself lost with having arrived when
// the next that is known did: else a lost report would look like a slow line.
func (e *Estimator) guess(statuses []status) {
	base := statuses[0].number
	if e.highest == 0 || base <= e.highest+1 || base-e.highest > remembered/2 {
		return
	}
	var at time.Duration
	for _, s := range statuses {
		if s.timed {
			at = s.at
			break
		}
	}
	next, last := e.history.find(base), e.history.find(e.highest)
	if at == 0 || next == nil || last == nil || next.sent-last.sent > time.Second {
		return
	}
	for n := e.highest + 1; n < base; n++ {
		if p := e.history.find(n); p != nil && p.fate == underway {
			p.fate = guessed
			e.delivered.add(p.sent, at-(next.sent-p.sent), p.size)
		}
	}
}

// fate takes what became of one packet.
func (e *Estimator) fate(p *packet, s status, t time.Duration) {
	was := p.fate
	if !s.arrived {
		if was == underway || was == guessed {
			p.fate = lost
			e.loss.count(p, false)
			e.second.count(false, t)
			e.prober.hear(p, s)
		}
		return
	}
	if was == arrived {
		return
	}
	p.fate = arrived
	if was == lost {
		e.loss.found(p)
		return
	}
	e.loss.count(p, true)
	e.second.count(true, t)
	e.prober.hear(p, s)
	if !s.timed {
		return
	}
	if was == underway {
		e.delivered.add(p.sent, s.at, p.size)
	}
	e.queue.add(p.sent, s.at)
	if step, ok := e.arrivals.add(p.sent, s.at); ok {
		e.trend.add(step)
	}
}

// Report takes the loss and round trip of a receiver report: all there is when
// a browser gives no transport-wide feedback.
func (e *Estimator) Report(loss float64, roundTrip time.Duration, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.at(now)
	if math.IsNaN(loss) || loss < 0 || loss > 1 || roundTrip < 0 {
		e.ignored++
		return
	}
	if e.heard != 0 && t-e.heard < silence {
		return // there is better
	}
	if s, ok := e.receipts.add(loss, roundTrip, t); ok {
		if e.receipts.first {
			e.pace.updated = t
		}
		e.hear(t)
		e.judgeReceipt(s, t)
	}
	e.publish(t)
}

// Limit takes the browser's own bound (REMB, draft-alvestrand-rmcat-remb-03).
func (e *Estimator) Limit(r Rate, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.limitedAt = e.at(now)
	e.limit = max(float64(r), e.pace.floor)
	e.publish(e.limitedAt)
}

// Target is what may be sent from now on, everything together.
func (e *Estimator) Target() Rate { return Rate(e.out.Load()) }

// Wanted tells how much there would be to send if the line took it: without
// knowing, a quiet sender would take its own pace for the line's. Until it is
// told, that is the ceiling.
func (e *Estimator) Wanted(r Rate, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.at(now)
	e.wanted = max(float64(r), 0)
}

// Probe returns the cluster that should be sent now; it is returned once.
func (e *Estimator) Probe(now time.Time) (Cluster, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.at(now)
	rate, ok := e.ask(t)
	if !ok {
		return Cluster{}, false
	}
	return e.prober.give(rate, t), true
}

// State is what is known of the line, for people and metrics.
type State struct {
	Target    Rate
	Delivered Rate          // what lately arrived
	Loss      float64       // 0 to 1, of the last second
	Queue     time.Duration // above the shortest delay seen
	Overuse   bool
	Feedback  bool   // transport-wide feedback comes
	Silent    bool   // packets leave and nothing is heard of them
	Ignored   uint64 // feedback that could not be true
}

// State tells what is known.
func (e *Estimator) State() State {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := State{Target: e.Target(), Queue: e.queue.wait, Overuse: e.overuse, Ignored: e.ignored}
	s.Feedback = e.heard != 0 && e.clock-e.heard < silence
	s.Silent = e.heard != 0 && e.deaf(e.clock)
	if s.Feedback {
		s.Delivered = Rate(e.delivered.rate)
	}
	s.Loss = e.second.loss(e.clock)
	return s
}
