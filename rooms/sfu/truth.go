package sfu

import (
	"slices"
	"sync"
	"time"

	"github.com/pion/rtcp"

	"sangdam/rooms/sfu/wire"
)

const (
	// lossWindow is how far back LossUp and LossDown look.
	lossWindow = 4 * time.Second
	// reportPatience is how old the newest report may be that still counts:
	// browsers report on sound every 5 s.
	reportPatience = 6 * time.Second
	// unfedAfter is how long a slot may wait for media that flow: a keyframe
	// takes two round trips, and requests for one are repeated.
	unfedAfter = 3 * time.Second
)

// Truth tells how a Peer's media are now; false for an unknown Peer.
func (e *Engine) Truth(id PeerID) (Truth, bool) {
	p := e.peer(id)
	if p == nil {
		return Truth{}, false
	}
	now := time.Now()
	t := Truth{State: p.told.state.Load().(State), LossUp: p.lossUp(), LossDown: p.lossDown(now), Level: silence}
	t.Route, t.Line = p.route(), p.line()
	t.Paused = slices.Clone(*p.allocation.paused.Load())
	if p.measured.Load() {
		t.RoundTrip = p.roundTrip()
	}
	if u := p.upBySource(Microphone); u != nil && u.flowing(now) {
		t.Level = u.hearing.loudest(time.Second, now)
		t.Silent, t.Clipping, t.Speaking = u.hearing.silent(now), u.hearing.clipping(now), u.speaks(now)
		if l := u.layers[0].Load(); l != nil {
			t.Gaps, t.Jitter = l.gaps()
		}
	}
	if t.State == StateConnected {
		for _, d := range p.downs {
			if f, unfed := d.unfed(now, p.upSince.get()); unfed {
				t.Unfed = append(t.Unfed, f)
			}
		}
	}
	t.JitterDown = p.jitterDown(now)
	t.Camera, t.Shown = p.camera(now), p.shown(now)
	return t, true
}

// Levels tells how loud a Peer's microphone was; zero for an unknown Peer. All
// Peers' steps end at the same moments.
func (e *Engine) Levels(id PeerID) Levels {
	p := e.peer(id)
	if p == nil {
		return Levels{}
	}
	if u := p.upBySource(Microphone); u != nil {
		return u.hearing.levels(time.Now())
	}
	return Levels{}
}

// route is how the nominated pair leads to the browser.
func (p *Peer) route() Route {
	switch p.conn.Path() {
	case wire.UDP:
		return RouteUDP
	case wire.TCP:
		return RouteTCP
	case wire.Relayed:
		return RouteRelay
	}
	return RouteNone
}

// lossUp is the share of what a browser sent in the last seconds that did not
// come by itself, all its streams together.
func (p *Peer) lossUp() float64 {
	var expected, received uint64
	for _, s := range *p.streams.Load() {
		if s.rtx {
			continue
		}
		s.layer.mu.Lock()
		e, r := s.layer.stats.recent()
		s.layer.mu.Unlock()
		expected, received = expected+e, received+r
	}
	if expected == 0 || received >= expected {
		return 0
	}
	return float64(expected-received) / float64(expected)
}

// lossDown is the same the other way, as the browser reports it, less what had
// not come to us in the first place: that is the publisher's.
func (p *Peer) lossDown(now time.Time) float64 {
	var expected, lost int64
	for _, d := range p.downs {
		e, l := d.reports.recent(now)
		expected, lost = expected+e, lost+l
	}
	if expected <= 0 {
		return 0
	}
	return min(1, max(0, float64(lost)/float64(expected)))
}

// holes is how many numbers were given out and never sent.
func (d *DownTrack) holes() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.munger.Assigned() - d.packets.Load()
}

// unfed tells what the slot should carry when it does not though it could.
func (d *DownTrack) unfed(now, since time.Time) (Feed, bool) {
	d.mu.Lock()
	f, u, bound, again := d.feed, d.source, d.bound, d.again
	d.mu.Unlock()
	if u == nil || !u.flowing(now) || d.paused.Load() {
		return f, false
	}
	for _, t := range []time.Time{since, bound, again, u.since.get(), d.wrote.get()} {
		if now.Sub(t) < unfedAfter {
			return f, false
		}
	}
	return f, true
}

// gaps are what of a layer of sound has not come in the last seconds after all,
// and its jitter.
func (l *Layer) gaps() (share float64, jitter time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	expected, received := l.stats.recent()
	// What later packets brought along.
	received += l.recovered.Load() - l.stats.past[l.stats.next].recovered
	if expected > received {
		share = float64(expected-received) / float64(expected)
	}
	return share, time.Duration(l.stats.jitter / float64(l.clock) * float64(time.Second))
}

// jitterDown is that of the worst voice.
func (p *Peer) jitterDown(now time.Time) time.Duration {
	worst := time.Duration(0)
	for _, d := range p.downs {
		if d.kind == wire.Audio {
			worst = max(worst, time.Duration(d.reports.latestJitter(now))*time.Second/time.Duration(d.clock))
		}
	}
	return worst
}

// camera is what comes of it.
func (p *Peer) camera(now time.Time) Picture {
	u := p.upBySource(Camera)
	if u == nil || !u.flowing(now) {
		return Picture{}
	}
	best := u.best(maxRids-1, now)
	if best == nil {
		return Picture{}
	}
	wanted := 0
	for _, d := range *u.subs.Load() {
		d.mu.Lock()
		wanted = max(wanted, d.highest())
		d.mu.Unlock()
	}
	wanted = min(wanted, len(u.rids)-1)
	if _, wakes := u.dormant(wanted, now); wakes { // it was asked for just now
		wanted = best.rank
	}
	return Picture{
		Layer: best.rid, Missing: max(0, wanted-best.rank), Rate: best.pictureRate(),
	}
}

// shown is the sharpest picture that goes out, and what the line keeps back.
func (p *Peer) shown(now time.Time) Picture {
	var sharpest *Layer
	missing := 0
	for _, d := range p.downs {
		if d.kind != wire.Video || d.paused.Load() {
			continue
		}
		d.mu.Lock()
		u, l, most := d.source, d.current, d.ceiling
		d.mu.Unlock()
		if u == nil || l == nil || !u.flowing(now) {
			continue
		}
		if best := u.best(most, now); best != nil {
			missing = max(missing, best.rank-l.rank)
		}
		if sharpest == nil || l.rank > sharpest.rank {
			sharpest = l
		}
	}
	if sharpest == nil {
		return Picture{}
	}
	return Picture{Layer: sharpest.rid, Missing: missing, Rate: sharpest.pictureRate()}
}

// pictureRate is how many pictures a second came of a layer in the last seconds.
func (l *Layer) pictureRate() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stats.noted < receptionsKept { // since when is not known
		return 0
	}
	since := l.pictures.Load() - l.stats.past[l.stats.next].pictures
	return int((time.Duration(since)*time.Second + lossWindow/2) / lossWindow)
}

// receipts are what a browser reported about one of our streams.
type receipts struct {
	mu      sync.Mutex // guards all below
	started bool
	highest uint32 // of the newest report
	total   uint32
	holes   uint64
	jitter  uint32    // ticks
	at      time.Time // of the newest report
	kept    [receiptsKept]receipt
	next    int
}

// receiptsKept is lossWindow at the pace of Chromium's reports on video that is
// in trouble: four a second.
const receiptsKept = 16

type receipt struct {
	at             time.Time
	expected, lost int64 // of what was sent
}

// add takes a report: what it says beyond the one before, less the holes that we
// made meanwhile. One that is still on its way is counted a report too early.
func (r *receipts) add(b rtcp.ReceptionReport, holes uint64, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	expected, lost := b.LastSequenceNumber-r.highest, int32((b.TotalLost-r.total)<<8)>>8
	r.jitter, r.at = b.Jitter, now
	first, ours := !r.started, int64(holes-r.holes)
	r.started, r.highest, r.total, r.holes = true, b.LastSequenceNumber, b.TotalLost, holes
	if first || expected >= 1<<16 || uint32(max(0, lost)) > expected {
		return // nothing to compare with; a browser that counts anew
	}
	r.kept[r.next] = receipt{now, int64(expected) - ours, int64(lost) - ours}
	r.next = (r.next + 1) % receiptsKept
}

// latestJitter is that of a report that still counts, in ticks.
func (r *receipts) latestJitter(now time.Time) uint32 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.at.IsZero() || now.Sub(r.at) > reportPatience {
		return 0
	}
	return min(r.jitter, 48000) // a second: more is no jitter
}

// recent sums up the last seconds: at least the newest report.
func (r *receipts) recent(now time.Time) (expected, lost int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	newest := (r.next + receiptsKept - 1) % receiptsKept
	for i, k := range r.kept {
		patience := lossWindow
		if i == newest {
			patience = reportPatience
		}
		if !k.at.IsZero() && now.Sub(k.at) <= patience {
			expected, lost = expected+k.expected, lost+k.lost
		}
	}
	return expected, lost
}
