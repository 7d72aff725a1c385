package sfu

import (
	"cmp"
	"slices"
	"sync/atomic"
	"time"

	"sangdam/rooms/sfu/bandwidth"
	"sangdam/rooms/sfu/wire"
)

const (
	allocateEvery = 200 * time.Millisecond

	// More is shown when the line has carried headroom times what it takes for
	// steady; before a line was ever short, for early: a meeting begins.
	headroom = 1.15
	steady   = 3 * time.Second
	early    = 500 * time.Millisecond
	// Of a line that carries ample times as much nobody needs to see long that
	// it does: after a cap everything comes back soon.
	ample = 1.35
	soon  = time.Second
	// Less is shown when what is shown takes slack times the line for dip: a line
	// whose queue is being emptied has less for a moment. Of far more than the
	// line carries nothing waits that long.
	slack = 1.05
	dip   = 600 * time.Millisecond
	far   = 1.6
	// A picture is paused only while the line is jammed: packets wait on the way,
	// or get lost by the fifth for longer than a gust of Wi-Fi lasts. An estimate that fell without that was frightened
	// by some loss or a longer way, and the lowest layer goes on meanwhile.
	jamQueue = 60 * time.Millisecond
	jamLoss  = 0.2
	jamLong  = 1500 * time.Millisecond
	jamLasts = time.Second
	// What was changed stays for dwell, a paused picture for pauseStays, and of
	// a slot no more than switchesIn switches are made in switchWindow: a
	// picture that comes and goes tires more than one that is away.
	dwell        = 2 * time.Second
	pauseStays   = 5 * time.Second
	switchWindow = 10 * time.Second
	switchesIn   = 2

	// speechRate is what a voice takes with headers, and voicesAtOnce how many
	// speak at a time: so much is kept free though all are silent.
	speechRate   = 48_000
	voicesAtOnce = 2
	// Who spoke last keeps the floor until another has spoken for takesFloor.
	takesFloor = time.Second
)

// allocation decides which pictures the line to a browser carries, and in which
// layer. Sound is never less for it. The Peer's clock owns it.
type allocation struct {
	at      time.Time // of the newest decision
	shares  []share   // one a video section, in the order of slots
	tight   bool      // the line was too narrow once
	short   time.Time // since when it is; zero: it is not
	jammed  time.Time // when packets last waited on the way
	losing  time.Time // since when every fifth is lost; zero: it is not
	heard   bool      // feedback came
	silent  bool      // and comes no more
	voice   meter     // of what sound takes
	floor   *UpTrack  // the microphone of who spoke last
	floorAt time.Time // since when
	rival   *UpTrack  // who speaks instead
	rivalAt time.Time //

	rebound atomic.Bool           // the loop has bound slots
	paused  atomic.Pointer[[]int] // slots whose picture is not shown; the clock writes it
	told    atomic.Pointer[[]int] // what the Observer heard of that; the loop writes it
}

// share is what one slot has.
type share struct {
	track *DownTrack
	stake stake
	rank  int  // -1: paused
	known bool // what rank was decided about is still shown

	changed  time.Time
	better   time.Time // since when more would fit; zero: it would not
	best     int       // the least of what would have fitted since
	wished   bool      // it was enlarged, and has not changed since
	switched [switchesIn]time.Time
}

func (a *allocation) init() {
	a.paused.Store(&[]int{})
	a.told.Store(a.paused.Load())
}

// add takes a slot, before anything is bound. Where pictures never leave, none
// is shown until the first decision either.
func (a *allocation) add(d *DownTrack) {
	if d.kind != wire.Video {
		return
	}
	if d.peer.soundOnly {
		d.allowed = -1
		d.paused.Store(true)
	}
	a.shares = append(a.shares, share{track: d, rank: d.allowed})
}

// steer is the clock's part of all that leaves: the estimate, probes, and which
// pictures are shown.
func (p *Peer) steer(now time.Time) {
	g, a := p.egress, &p.allocation
	if g.free && !p.soundOnly {
		return
	}
	state := g.line.State()
	target := int(state.Target)
	falls := int64(target) < g.target.Swap(int64(target))
	if p.videoReady.Load() && !g.free {
		if c, ok := g.line.Probe(now); ok {
			g.probe(c, now)
		}
	}
	hurry := a.rebound.Swap(false) || falls && a.used() > target
	if !hurry && now.Sub(a.at) < allocateEvery {
		return
	}
	a.at = now
	route := p.route()
	g.flight.limit(route == RouteTCP || route == RouteRelay, target, p.roundTrip(), now)
	sound := p.voices(now)
	if p.soundOnly {
		target = 0
	}
	a.look(now)
	wanted := a.wanted()
	if p.insurance.lossy(p.lossDown(now), p.roundTrip(), now) {
		wanted *= 2
	}
	g.line.Wanted(bandwidth.Rate(sound+wanted), now)
	if a.isJammed(state, now) {
		a.jammed = now
	}
	// A line that is silent carries nothing, and less would carry no more.
	if silent := p.silent(state); !silent || p.soundOnly {
		a.decide(target-sound, now)
	}
	p.insurance.decide(!g.free && state.Feedback, target, sound, a.used())
	a.tell()
}

// isJammed tells whether the line does not carry what is sent.
func (a *allocation) isJammed(s bandwidth.State, now time.Time) bool {
	switch {
	case s.Loss < jamLoss:
		a.losing = time.Time{}
	case a.losing.IsZero():
		a.losing = now
	}
	return s.Overuse || s.Queue >= jamQueue || !s.Feedback ||
		!a.losing.IsZero() && now.Sub(a.losing) >= jamLong
}

// silent tells whether feedback came and comes no more though something leaves
// of which it would tell. When it comes again, what
// is shown begins again at once: a browser alone would ask only seconds later.
func (p *Peer) silent(s bandwidth.State) bool {
	a := &p.allocation
	a.heard = a.heard || s.Feedback
	silent := a.heard && s.Silent
	if a.silent && !silent {
		p.revived.Store(true)
	}
	a.silent = silent
	return silent
}

// voices is what sound takes of the line's estimate. Where it has no numbers the
// estimate is of pictures alone (Firefox, which does not offer them for sound).
func (p *Peer) voices(now time.Time) int {
	a := &p.allocation
	a.voice.read(p.egress.voice.Load(), 0, now)
	n, numbered := 0, false
	for _, d := range p.downs {
		if d.kind != wire.Audio {
			continue
		}
		numbered = numbered || d.extTransport != 0
		if d.carries(now) {
			n++
		}
	}
	if !numbered {
		return 0
	}
	return max(int(a.voice.rate.Load()), speechRate*min(n, voicesAtOnce))
}

// carries tells whether a slot's source sends.
func (d *DownTrack) carries(now time.Time) bool {
	d.mu.Lock()
	u := d.source
	d.mu.Unlock()
	return u != nil && u.flowing(now)
}

// look finds out what slots could show.
func (a *allocation) look(now time.Time) {
	for i := range a.shares {
		s := &a.shares[i]
		st := s.track.stake(now)
		if st.source != s.stake.source || st.bound != s.stake.bound {
			s.known, s.better = false, time.Time{}
		}
		if st.ceiling > s.stake.ceiling { // somebody has enlarged it, and looks at it now
			s.known, s.wished = s.known && a.tight, true
		}
		s.stake = st
		if st.source == nil && s.rank < 0 && !s.track.peer.soundOnly {
			s.set(0, now) // its first picture shall not wait for a decision
		}
	}
	a.listen(now)
}

// listen finds who has the floor.
func (a *allocation) listen(now time.Time) {
	var loudest *UpTrack
	level := uint8(silence)
	for i := range a.shares {
		if u := a.shares[i].stake.source; u != nil && u.source == Camera {
			if m := u.peer.upBySource(Microphone); m != nil && m.speaks(now) {
				if l := m.hearing.loudest(time.Second, now); l < level {
					loudest, level = m, l
				}
			}
		}
	}
	switch {
	case loudest == nil, loudest == a.floor:
		a.rival = nil
	case loudest != a.rival:
		a.rival, a.rivalAt = loudest, now
	}
	if a.rival != nil && (a.floor == nil || now.Sub(a.rivalAt) >= takesFloor && now.Sub(a.floorAt) >= dwell) {
		a.floor, a.floorAt, a.rival = a.rival, now, nil
	}
}

// wanted is what all pictures together would take.
func (a *allocation) wanted() int {
	sum := 0
	for i := range a.shares {
		if s := &a.shares[i]; s.stake.source != nil {
			sum += s.stake.rates[maxRids-1]
		}
	}
	return sum
}

// used is what those that are shown take.
func (a *allocation) used() int {
	sum := 0
	for i := range a.shares {
		sum += a.shares[i].cost(a.shares[i].rank)
	}
	return sum
}

func (s *share) cost(rank int) int {
	if rank < 0 || s.stake.source == nil {
		return 0
	}
	return s.stake.rates[rank]
}

// top is the highest rank that makes a difference.
func (s *share) top() int { return min(s.stake.ceiling, maxRids-1) }

// order lists shares by what people need most: a screen, whom the viewer looks
// at, whoever speaks, who is shown large, the others.
func (a *allocation) order() []*share {
	all := make([]*share, 0, len(a.shares))
	for i := range a.shares {
		if a.shares[i].stake.source != nil {
			all = append(all, &a.shares[i])
		}
	}
	weight := func(s *share) int {
		u := s.stake.source
		switch {
		case u.source.staged():
			return 0
		case s.stake.focused:
			return 1
		case a.floor != nil && u.peer == a.floor.peer:
			return 2
		}
		return 3 + maxRids - s.stake.ceiling
	}
	slices.SortStableFunc(all, func(x, y *share) int { return cmp.Compare(weight(x), weight(y)) })
	return all
}

// plan divides a budget: the lowest layer of as many as fit, in order, then
// better ones, in order. most bounds the rank of each.
func plan(shares []*share, budget int, most func(*share) int) map[*share]int {
	ranks := make(map[*share]int, len(shares))
	for _, s := range shares {
		ranks[s] = -1
		if c := s.cost(0); most(s) >= 0 && c <= budget {
			ranks[s], budget = 0, budget-c
		}
	}
	for _, s := range shares {
		for r := most(s); ranks[s] >= 0 && r > ranks[s]; r-- {
			if c := s.cost(r) - s.cost(ranks[s]); c <= budget {
				ranks[s], budget = r, budget-c
			}
		}
	}
	return ranks
}

// decide gives slots less at once where they must have less, and more where
// they could have had it for a while.
func (a *allocation) decide(budget int, now time.Time) {
	order := a.order()
	fresh := false
	for _, s := range order {
		fresh = fresh || !s.known
	}
	if a.isShort(budget, now) || fresh {
		less := plan(order, budget, func(s *share) int {
			if !s.known {
				return s.top()
			}
			return s.rank
		})
		for _, s := range order {
			if less[s] < 0 && s.known && s.rank >= 0 && now.Sub(a.jammed) >= jamLasts {
				less[s] = 0
			}
			a.tight = a.tight || s.known && less[s] < s.rank
			s.set(less[s], now)
			s.known = true
		}
	}
	a.improve(order, budget, now)
}

// isShort tells whether less must be shown than is.
func (a *allocation) isShort(budget int, now time.Time) bool {
	over := float64(a.used()) / float64(max(budget, 1))
	switch {
	case over <= slack:
		a.short = time.Time{}
		return false
	case a.short.IsZero():
		a.short = now
	}
	return over > far || now.Sub(a.short) >= dip
}

func (a *allocation) improve(order []*share, budget int, now time.Time) {
	more := plan(order, int(float64(budget)/headroom), (*share).top)
	for _, s := range order {
		if more[s] <= s.rank {
			s.better = time.Time{}
			continue
		}
		if s.better.IsZero() {
			s.better, s.best = now, more[s]
		}
		s.best = min(s.best, more[s])
		takes := a.used() - s.cost(s.rank) + s.cost(s.best)
		rich := float64(budget) >= ample*float64(takes) && now.Sub(a.jammed) >= steady
		wait := early
		switch {
		case a.tight && rich && s.wished:
			wait = 0
		case a.tight && rich:
			wait = soon
		case a.tight:
			wait = steady
		}
		if takes > budget || now.Sub(s.better) < wait || !s.mayRise(now, a.tight, rich) {
			continue
		}
		s.set(s.best, now)
		s.better = time.Time{}
	}
}

// mayRise tells whether the newest changes are long enough ago.
func (s *share) mayRise(now time.Time, tight, rich bool) bool {
	if !tight || rich && s.wished {
		return true
	}
	stays := dwell
	if s.rank < 0 && !rich {
		stays = pauseStays
	}
	return now.Sub(s.changed) >= stays && (s.rank < 0 || now.Sub(s.switched[0]) >= switchWindow)
}

// set gives a slot a rank.
func (s *share) set(rank int, now time.Time) {
	if rank == s.rank {
		return
	}
	if rank >= 0 && s.rank >= 0 {
		copy(s.switched[:], s.switched[1:])
		s.switched[switchesIn-1] = now
	}
	s.rank, s.changed, s.wished = rank, now, false
	s.track.allow(rank, now)
}

// tell writes down which slots have a picture that is not shown.
func (a *allocation) tell() {
	paused := []int{}
	for i := range a.shares {
		if s := &a.shares[i]; s.rank < 0 && s.stake.source != nil {
			paused = append(paused, s.track.slot)
		}
	}
	if !slices.Equal(paused, *a.paused.Load()) {
		a.paused.Store(&paused)
	}
}
