package bandwidth

import "time"

const (
	// every is how long to wait before asking the line for more again.
	every = 5 * time.Second
	// rarely bounds the wait when lines lied (see contradict).
	rarely = 40 * time.Second
	// again is the wait when feedback about a cluster got lost.
	again = time.Second
	// A cluster lasts at least so long and has at least so many bytes: a few
	// packets at once measure the last switch, not the line. On a narrow line
	// that many would be half a second's queue, so there it only lasts longest.
	clusterLength  = 50 * time.Millisecond
	clusterLongest = 200 * time.Millisecond
	clusterBytes   = 6000
	clusterLeast   = 2500
	// held is how long a cluster that was handed out may take to leave.
	held = 2 * time.Second
	// further is from how much more than before a line counts as another one.
	further = 1.3
	// roomy is how much above the wish is still asked for: who allocates by the
	// target goes up only with room to spare.
	roomy = 1.5
)

// prober asks the line for more than is sent, in clusters (libwebrtc's
// ProbeController and ProbeBitrateEstimator do this; the draft does not).
// One cluster at a time.
type prober struct {
	ids   int
	ready float64 // rate of the next one; 0: by the clock only
	next  time.Duration
	wait  time.Duration

	live    bool
	cluster Cluster
	given   time.Duration

	// What left of it and what arrived.
	out        int64
	packets    int
	lastSize   int64
	firstSent  time.Duration
	lastSent   time.Duration
	last       int64
	in         int64
	came, told int
	firstSize  int64
	firstAt    time.Duration
	lastAt     time.Duration

	// What outlives a cluster.
	raised time.Duration // when a probe raised the target; 0: long ago
	quick  time.Duration // the fall that had its quick probe
}

func (p *prober) give(rate float64, now time.Duration) Cluster {
	p.ids++
	lasting := func(d time.Duration) int { return int(rate / 8 * d.Seconds()) }
	bytes := max(clusterLeast, lasting(clusterLength), min(clusterBytes, lasting(clusterLongest)))
	c := Cluster{ID: p.ids, Rate: Rate(rate), Bytes: bytes}
	*p = prober{
		ids: p.ids, next: p.next, wait: p.wait, live: true, cluster: c, given: now,
		raised: p.raised, quick: p.quick,
	}
	return c
}

// sent takes a packet that left and says to which cluster it belongs: what
// leaves while one is on its way takes its share of the line, too.
func (p *prober) sent(cluster, size int, now time.Duration) int {
	if !p.live || p.closed(now) || cluster != p.cluster.ID && p.packets == 0 {
		return 0
	}
	if p.packets == 0 {
		p.firstSent = now
	}
	p.packets++
	p.out += int64(size)
	p.lastSize, p.lastSent = int64(size), now
	return p.cluster.ID
}

// closed says that all of the cluster has left, or has had twice the time for it.
func (p *prober) closed(now time.Duration) bool {
	if p.packets == 0 {
		return false
	}
	length := time.Duration(float64(p.cluster.Bytes) * 8 / float64(p.cluster.Rate) * float64(time.Second))
	return p.out >= int64(p.cluster.Bytes) || now-p.firstSent > 2*length+50*time.Millisecond
}

func (p *prober) hear(k *packet, s status) {
	if !p.live || int(k.cluster) != p.cluster.ID {
		return
	}
	p.told++
	if !s.timed {
		return // lost
	}
	if p.came == 0 || s.at < p.firstAt {
		p.firstAt, p.firstSize = s.at, int64(k.size)
	}
	p.lastAt = max(p.lastAt, s.at)
	p.came++
	p.in += int64(k.size)
}

// outcome of a cluster.
type outcome struct {
	rate   float64
	passed bool // the line took about what was asked of it
	clean  bool // and lost no more of it than it always loses
}

// result ends the cluster when all that can be known is known; newest is the
// highest number that feedback told of.
func (p *prober) result(newest int64, air float64, roundTrip, now time.Duration) (o outcome, ok bool) {
	if !p.live {
		return o, false
	}
	closed := p.closed(now)
	switch {
	case closed && p.told == p.packets:
	case closed && newest > p.last && now-p.lastSent > roundTrip+200*time.Millisecond:
	case closed && now-p.lastSent > held+roundTrip:
	case p.packets == 0 && now-p.given > held:
	default:
		return o, false
	}
	p.live = false
	p.next = now + p.wait
	in, out := p.lastAt-p.firstAt, p.lastSent-p.firstSent
	if p.came < 4 || in <= 0 || out <= 0 || float64(p.told) < 0.8*float64(p.packets) {
		p.next = now + again
		return o, true
	}
	got := float64(p.came) / float64(p.told)
	if got < 0.6*(1-air) {
		return o, true // it drowned
	}
	sent := float64(p.out-p.lastSize) * 8 / out.Seconds()
	arrives := float64(p.in-p.firstSize) * 8 / in.Seconds() / (1 - air)
	o.rate = min(sent, arrives)
	if arrives < 0.9*sent {
		o.rate = 0.95 * arrives
	}
	o.passed = o.rate > 0.7*float64(p.cluster.Rate)
	// One or two of a dozen are chance.
	o.clean = got > 1-air-lossCut-1.5/float64(p.told)
	return o, true
}

// contradict is told of overuse or loss at which only so much arrived. When a
// probe has raised the target to much more a moment ago, it has measured a
// bucket of tokens or a deep buffer rather than the line: such a line is asked
// less often.
func (p *prober) contradict(arrives, target float64, now, roundTrip time.Duration) {
	if p.raised != 0 && now-p.raised < 2*time.Second+roundTrip && arrives < 0.7*target {
		p.wait = min(2*p.wait, rarely)
		p.next = max(p.next, now+p.wait)
		p.raised = 0
	}
	p.ready = 0
}

// believe is told that all is quiet: what the last probe raised holds.
func (p *prober) believe(now time.Duration) {
	if p.raised != 0 && now-p.raised > 10*time.Second {
		p.wait, p.raised = every, 0
	}
}

// trusted says that this line's probes meant what they said.
func (p *prober) trusted() bool { return p.wait == every }
