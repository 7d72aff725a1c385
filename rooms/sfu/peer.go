package sfu

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor/pkg/twcc"

	"sangdam/rooms/loop"
	"sangdam/rooms/sfu/rtpx"
	"sangdam/rooms/sfu/wire"
)

const (
	// Somebody whose media flows and stops all at once, with not even a STUN
	// check, is away; a silent browser checks every 2.5 s (Chromium) to 6 s
	// (Firefox).
	awayFlowing = 3 * time.Second
	awaySilent  = 10 * time.Second
	// atOnce is how long before the last sign of life media may have come, for both
	// to have ceased at once. Whoever stops sending goes on checking; the voice of
	// a silent room comes every 400 ms (Opus DTX).
	atOnce = 500 * time.Millisecond

	// maxStreams is how many SSRCs a Peer may send: microphone, three camera
	// layers, screen, screen audio, and what repairs them, with some to spare
	// for a browser that begins a layer anew.
	maxStreams = 12

	defaultRTT = 100 * time.Millisecond
)

// Peer is the server's end of one PeerConnection.
type Peer struct {
	// fixed after start
	id        PeerID
	profile   Profile
	engine    *Engine
	log       *slog.Logger
	observer  Observer
	conn      *wire.Conn
	rtcpOut   func(...wire.RTCP) error
	loop      *loop.Loop
	ups       []*UpTrack
	byMid     map[string]*UpTrack
	announce  map[uint32]announced // SSRCs of the offer
	downs     []*DownTrack
	bySSRC    map[uint32]*DownTrack
	ext       uplink // ids alone: they are the same in all sections of a bundle
	ssrc      uint32 // of our own RTCP
	timeline  *rtpx.Timeline
	egress    *egress
	soundOnly bool // no picture leaves

	ctx    context.Context // until teardown
	cancel context.CancelFunc
	done   chan struct{} // the clock has ended
	paced  chan struct{} // the pacer has
	kick   chan struct{} // wakes the clock; holds one

	ready    atomic.Bool // start has run
	heard    stamp       // newest RTP or RTCP
	rtt      atomic.Int64
	measured atomic.Bool // rtt is more than a guess
	upSince  stamp       // the path came, or came back
	once     sync.Once   // a panic is logged once
	closing  sync.Once
	restarts sync.Mutex // one restart at a time

	// Gates of the DownTracks: what is sent before the browser's DTLS is
	// settled is lost, and Firefox needs a moment more for video.
	audioReady, videoReady atomic.Bool
	nominations            atomic.Int32

	// Owned by the RTP goroutine, read by others.
	streams atomic.Pointer[map[uint32]stream]

	malformed atomic.Uint64 // packets that could not be read at all, or of nothing that was agreed on
	police    police

	redundancy redundancy // of the sound that leaves
	holds      holds
	allocation allocation  // of the line, to pictures
	insurance  insurance   // of pictures, against loss
	revived    atomic.Bool // the line was silent

	former struct {
		sync.Mutex // held while a layer takes another's place
		totals     // of layers that others took the place of
	}

	arrivals struct {
		sync.Mutex
		rec *twcc.Recorder
		ssn uint32 // SSRC of the newest
		any bool
	}

	// owned by the loop, mirrored for the clock
	told struct {
		state  atomic.Value // State
		silent stamp        // the last sign of life before it was StateDisconnected
	}
}

// announced is what an offer said about an SSRC.
type announced struct {
	up  *UpTrack
	rid string
	rtx bool
}

// stream is what an SSRC that arrives stands for.
type stream struct {
	layer *Layer
	rtx   bool
}

func newPeer(e *Engine, id PeerID, profile Profile, obs Observer) *Peer {
	p := &Peer{
		id: id, profile: profile, engine: e, log: e.log.With("peer", id), observer: obs,
		ssrc: rand.Uint32(), timeline: rtpx.NewTimeline(),
		done: make(chan struct{}), paced: make(chan struct{}), kick: make(chan struct{}, 1),
		byMid: make(map[string]*UpTrack), announce: make(map[uint32]announced), bySSRC: make(map[uint32]*DownTrack),
	}
	p.egress = newEgress(e, profile, time.Now())
	p.allocation.init()
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.arrivals.rec = twcc.NewRecorder(p.ssrc)
	p.streams.Store(&map[uint32]stream{})
	p.told.state.Store(StateNew)
	p.rtt.Store(int64(defaultRTT))
	return p
}

// equip makes the tracks of what the answer settled.
func (p *Peer) equip(conn *wire.Conn, sections []section, uplinks []uplink) {
	p.conn, p.rtcpOut = conn, conn.WriteRTCP
	p.police.on = true
	p.equipUplinks(sections, uplinks)
	writers := conn.Writers()
	for i, s := range sections {
		if s.slot >= 0 {
			d := newDownTrack(p, s.slot, writers[0])
			d.answered(uplinks[i])
			p.addDown(d)
			writers = writers[1:]
		}
	}
}

func (p *Peer) equipUplinks(sections []section, uplinks []uplink) {
	for i, s := range sections {
		if s.slot >= 0 {
			continue
		}
		u := newUpTrack(p, s, uplinks[i])
		p.ups = append(p.ups, u)
		p.byMid[s.mid] = u
		for j, ssrc := range s.ssrc {
			var rid string // Firefox announces the SSRCs of simulcast, too, in the order of its rids
			if j < len(s.rids) {
				rid = s.rids[j]
			}
			p.announce[ssrc] = announced{up: u, rid: rid}
			if rtx, ok := s.rtx[ssrc]; ok {
				p.announce[rtx] = announced{up: u, rid: rid, rtx: true}
			}
		}
		p.ext.merge(uplinks[i])
	}
}

func (p *Peer) addDown(d *DownTrack) {
	p.downs = append(p.downs, d)
	p.allocation.add(d)
	p.bySSRC[d.ssrc] = d
	if d.rtxSSRC != 0 {
		p.bySSRC[d.rtxSSRC] = d
	}
}

func (up *uplink) merge(o uplink) {
	for _, m := range []struct {
		to   *uint8
		from uint8
	}{
		{&up.extMid, o.extMid},
		{&up.extRid, o.extRid},
		{&up.extRepaired, o.extRepaired},
		{&up.extTransport, o.extTransport},
		{&up.extLevel, o.extLevel},
	} {
		if *m.to == 0 {
			*m.to = m.from
		}
	}
}

// start begins the loop, the clock and the pacer; teardown ends and waits for
// all of them.
func (p *Peer) start() {
	p.loop = newLoop(p)
	p.ready.Store(true)
	go p.clock()
	go p.pacer()
}

func (p *Peer) restart(o *offer) (string, error) {
	p.restarts.Lock()
	defer p.restarts.Unlock()
	if p.ctx.Err() != nil {
		return "", ErrNoPeer
	}
	for i, s := range o.sections {
		if s.slot < 0 && p.byMid[s.mid] != p.ups[i] {
			return "", badOffer("section %d: another mid than before", i)
		}
	}
	raw, err := p.conn.Restart(o.sdp)
	if err != nil {
		p.log.Debug("sfu: restart refused", "err", err)
		return "", badOffer("not answerable")
	}
	answer, _, err := mungeAnswer(raw, o.sections)
	return o.ungrouped(answer), err
}

// largePictures is how many people one sees in their highest layer. With more,
// each is small on the page, and 1.5 Mbit/s apiece more than a hall's line has.
const largePictures = 2

// ceiling is the highest layer shown to somebody who sees so many people.
func (p Profile) ceiling(people int) int {
	switch {
	case p == ProfileWall:
		return 0 // up to 32 tiles
	case people > largePictures:
		return 1
	}
	return maxRids - 1
}

// rank is the place of the highest layer; without an own wish, the profile's.
func (c Ceiling) rank(profile int) int {
	switch c {
	case CeilingLow:
		return 0
	case CeilingMiddle:
		return 1
	case CeilingHigh:
		return maxRids - 1
	}
	return profile
}

// bind runs on the loop.
func (p *Peer) bind(bindings []Binding) {
	if p.told.state.Load().(State) == StateClosed {
		return // teardown has unbound everything: a publisher must not find these tracks again
	}
	for _, b := range bindings {
		for _, d := range p.downs {
			if d.slot != b.Slot {
				continue
			}
			feed := b.Audio
			if d.kind == wire.Video {
				feed = b.Video
			}
			d.bind(feed, p.engine.source(feed))
			d.asked = b.Ceiling
			d.focus(b.Focused)
		}
	}
	people := 0
	for _, d := range p.downs {
		if d.kind == wire.Video && d.feed.Source == Camera {
			people++
		}
	}
	for _, d := range p.downs {
		d.limit(d.asked.rank(p.profile.ceiling(people)))
	}
	p.allocation.rebound.Store(true)
	p.wake()
}

// allow runs on the loop.
func (p *Peer) allow(s Source, open bool) {
	if u := p.upBySource(s); u != nil {
		u.allow(open, time.Now())
		p.reconcile()
	}
}

func (p *Peer) upBySource(s Source) *UpTrack {
	for _, u := range p.ups {
		if u.source == s {
			return u
		}
	}
	return nil
}

// wake makes the clock look at once.
func (p *Peer) wake() {
	select {
	case p.kick <- struct{}{}:
	default:
	}
}

// Notify implements wire.Handler.
func (p *Peer) Notify(e wire.Event) {
	switch e {
	case wire.Nominated:
		p.nominations.Add(1)
	case wire.Overrun:
		p.misbehaved("too many SSRCs")
	case wire.Panicked:
		p.misbehaved("panic")
	}
	p.wake()
}

// state is what the transport has come to.
func (p *Peer) state(now time.Time) State {
	switch p.conn.State() {
	case wire.New:
		return StateNew
	case wire.Failed:
		return StateFailed
	case wire.Closed:
		return StateClosed
	}
	patience, heard := awaySilent, p.lastHeard()
	if p.told.state.Load() == StateDisconnected && !heard.After(p.told.silent.get()) {
		return StateDisconnected // its sources were shut for that, and prove nothing
	}
	for _, u := range p.ups {
		if u.isOpen() && u.last.within(atOnce, heard) {
			patience = awayFlowing
		}
	}
	if now.Sub(heard) > patience {
		return StateDisconnected
	}
	return StateConnected
}

// lastHeard is when the newest packet or check came; zero before the first.
func (p *Peer) lastHeard() time.Time {
	last := p.heard.get()
	if c := p.conn.LastCheck(); c.After(last) {
		return c
	}
	return last
}

// reconcile tells the Observer what has changed. It runs on the loop.
func (p *Peer) reconcile() {
	now := time.Now()
	was := p.told.state.Load().(State)
	if was == StateClosed {
		return
	}
	for _, u := range p.ups {
		u.reconcile(now)
	}
	if a := &p.allocation; a.told.Load() != a.paused.Load() {
		a.told.Store(a.paused.Load())
		p.observer.Paused(p.id, slices.Clone(*a.told.Load()))
	}
	p.holds.tell(p)
	switch s := p.state(now); {
	case s == was || s == StateNew && was != StateNew:
		// An ICE restart passes through "connecting": nobody needs to know.
	case s == StateClosed:
		// The browser said goodbye. teardown tells.
		p.engine.ClosePeer(p.id)
	default:
		if s == StateConnected {
			p.upSince.set(now)
		}
		if s == StateDisconnected {
			p.told.silent.set(p.lastHeard())
		}
		p.told.state.Store(s)
		p.observer.PeerState(p.id, s)
	}
}

// outdated tells the clock whether reconcile has something to tell.
func (p *Peer) outdated(now time.Time) bool {
	if s := p.state(now); s != p.told.state.Load().(State) && s != StateNew {
		return true
	}
	for _, u := range p.ups {
		if u.outdated(now) {
			return true
		}
	}
	return p.allocation.told.Load() != p.allocation.paused.Load() || p.holds.told.Load() != p.holds.now.Load()
}

// teardown ends everything of the Peer; it is called once for each, by whoever
// took it out of the Engine's table.
func (p *Peer) teardown() {
	p.closing.Do(func() {
		defer p.engine.wg.Done()
		p.cancel()
		<-p.done
		<-p.paced
		// No publisher may find this Peer's tracks, nor the other way round.
		for _, u := range p.ups {
			u.close()
		}
		err := p.loop.Do(context.Background(), func() {
			for _, d := range p.downs {
				d.bind(Feed{}, nil)
			}
			for _, u := range p.ups {
				if u.told.Swap(false) {
					p.observer.SourceFlow(p.id, u.source, false)
				}
			}
			p.told.state.Store(StateClosed)
			p.observer.PeerState(p.id, StateClosed)
		})
		p.loop.Close()
		if err != nil { // the loop fell over: at least nobody forwards to it
			for _, d := range p.downs {
				d.bind(Feed{}, nil)
			}
		}
		p.conn.Close()
		p.engine.metrics.leave(p)
	})
}

// guard is deferred by every goroutine that touches what a browser sent.
func (p *Peer) guard() {
	if v := recover(); v != nil {
		p.panicked(v, debug.Stack())
	}
}

// panicked closes this Peer and no other.
func (p *Peer) panicked(v any, stack []byte) {
	p.once.Do(func() {
		p.log.Error("sfu: panic, closing peer", "panic", v, "stack", string(stack))
		p.engine.metrics.expelled.Inc()
		p.engine.ClosePeer(p.id)
	})
}

// misbehaved closes a Peer that breaks the rules of the wire.
func (p *Peer) misbehaved(why string) {
	p.once.Do(func() {
		p.log.Warn("sfu: closing peer", "why", why)
		p.engine.metrics.expelled.Inc()
		p.engine.ClosePeer(p.id)
	})
}

func (p *Peer) writeRTCP(packets ...wire.RTCP) {
	if p.rtcpOut != nil {
		// Without DTLS there is nobody to tell, and what is lost is said again.
		_ = p.rtcpOut(packets...)
	}
}

// stamp is a time that one goroutine writes and others read.
type stamp struct{ ns atomic.Int64 }

func (s *stamp) set(t time.Time) { s.ns.Store(t.UnixNano()) }
func (s *stamp) clear()          { s.ns.Store(0) }

// get returns the zero Time when nothing was set.
func (s *stamp) get() time.Time {
	ns := s.ns.Load()
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns)
}

// within tells whether the stamp is not older than d.
func (s *stamp) within(d time.Duration, now time.Time) bool {
	ns := s.ns.Load()
	return ns != 0 && now.UnixNano()-ns <= int64(d)
}
