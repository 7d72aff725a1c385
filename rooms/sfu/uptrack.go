package sfu

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"sangdam/rooms/sfu/rtpx"
	"sangdam/rooms/sfu/wire"
)

const (
	// flowEnds is how long nothing may come before a source has ceased: Opus
	// without voice sends 2.5 packets a second, a still screen one picture.
	flowEnds = 2 * time.Second
	// layerEnds is the same for one layer among several: a browser short of
	// bandwidth stops the upper ones, and viewers wait for the lower meanwhile.
	layerEnds = 500 * time.Millisecond
)

// UpTrack is one source of a Peer: what a browser sends on one section.
type UpTrack struct {
	// fixed after newUpTrack
	peer    *Peer
	source  Source
	kind    wire.Kind
	rids    []string // of simulcast, lowest picture first
	settled uplink

	open     atomic.Bool   // Allow
	openings atomic.Uint64 // how often it was opened

	told  atomic.Bool // what SourceFlow told last; the loop writes it
	last  stamp       // newest packet with a payload while open
	since stamp       // when it began to flow

	hearing hearing // of a microphone
	speech  speech  // the same
	wanted  wanted  // of its layers

	// by rank; the RTP goroutine writes them
	layers [maxRids]atomic.Pointer[Layer]

	mu     sync.Mutex // guards closed and the making of subs
	closed bool
	subs   atomic.Pointer[[]*DownTrack]
}

func newUpTrack(p *Peer, s section, settled uplink) *UpTrack {
	u := &UpTrack{peer: p, source: s.source, kind: s.kind, rids: orderRids(s.rids), settled: settled}
	u.hearing.base = p.engine.begun
	u.wanted.init(len(u.rids), time.Now())
	u.subs.Store(&[]*DownTrack{})
	return u
}

// orderRids puts the lowest layer first. Firefox lists them as the page did,
// which may be either way; names that are not ours keep their order.
func orderRids(rids []string) []string {
	ours := []string{"q", "h", "f"}
	for _, r := range rids {
		if !slices.Contains(ours, r) {
			return rids
		}
	}
	return slices.DeleteFunc(ours, func(r string) bool { return !slices.Contains(rids, r) })
}

// packet is one fresh packet on its way to the viewers.
type packet struct {
	layer   *Layer
	ext     uint64
	ts      uint32
	marker  bool
	payload []byte
	picture rtpx.Picture // of video
	level   []byte       // audio level extension
	capture []byte       // absolute capture time extension
	depends []byte       // dependency descriptor (AV1)
	now     time.Time
	again   bool // a frame of sound that came with a later packet
	sent    bool // to one of the viewers at least
}

// forward hands a packet to all who watch.
func (u *UpTrack) forward(p *packet) {
	for _, d := range *u.subs.Load() {
		d.forward(p)
	}
}

// skip tells all who watch that a number carries nothing.
func (u *UpTrack) skip(p *packet) {
	for _, d := range *u.subs.Load() {
		d.skip(p)
	}
}

func (u *UpTrack) isOpen() bool { return u.open.Load() }

// flowing tells whether the source is open and something comes.
func (u *UpTrack) flowing(now time.Time) bool {
	return u.open.Load() && u.last.within(flowEnds, now)
}

// reconcile tells the Observer what has changed. It runs on the Peer's loop.
func (u *UpTrack) reconcile(now time.Time) {
	p := u.peer
	if f := u.flowing(now); u.told.Swap(f) != f {
		p.observer.SourceFlow(p.id, u.source, f)
	}
	if mask := u.wanted.now.Load(); u.wanted.told.Swap(mask) != mask {
		p.observer.Wanted(p.id, u.source, u.names(mask))
	}
	if on := u.speech.on.Load(); u.speech.told.Swap(on) != on {
		p.observer.Speaks(p.id, on)
	}
}

// outdated tells whether reconcile has something to tell.
func (u *UpTrack) outdated(now time.Time) bool {
	return u.flowing(now) != u.told.Load() || u.wanted.now.Load() != u.wanted.told.Load() || u.speech.on.Load() != u.speech.told.Load()
}

// allow opens or shuts the source. Once shut, viewers must begin anew with a
// keyframe: Firefox goes on with one picture a second, and none of those may be
// taken for the next person's.
func (u *UpTrack) allow(open bool, now time.Time) {
	if open {
		u.openings.Add(1) // before anything passes
	}
	if u.open.Swap(open) == open {
		return
	}
	u.last.clear()
	u.hearing.begin()
	for _, d := range *u.subs.Load() {
		d.interrupt(u)
	}
	for i := range u.layers {
		l := u.layers[i].Load()
		if l == nil {
			continue
		}
		l.begin()
		if open && u.kind == wire.Video && l.last.within(layerEnds, now) && len(*u.subs.Load()) > 0 {
			l.requestKeyframe(now)
		}
	}
}

func (u *UpTrack) subscribe(d *DownTrack) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		return false
	}
	next := append(slices.Clone(*u.subs.Load()), d)
	u.subs.Store(&next)
	return true
}

func (u *UpTrack) unsubscribe(d *DownTrack) {
	u.mu.Lock()
	defer u.mu.Unlock()
	next := slices.DeleteFunc(slices.Clone(*u.subs.Load()), func(x *DownTrack) bool { return x == d })
	u.subs.Store(&next)
}

// close lets go of all who watch.
func (u *UpTrack) close() {
	u.open.Store(false)
	u.mu.Lock()
	u.closed = true
	subs := *u.subs.Load()
	u.subs.Store(&[]*DownTrack{})
	u.mu.Unlock()
	for _, d := range subs {
		d.lose(u)
	}
}

// rank is the place of a rid among the layers, 0 the lowest; -1 when unknown.
func (u *UpTrack) rank(rid string) int {
	if len(u.rids) == 0 && rid == "" {
		return 0
	}
	return slices.Index(u.rids, rid)
}

// addLayer takes an SSRC for the layer of rid; what had it before is forgotten.
func (u *UpTrack) addLayer(rid string, ssrc uint32) *Layer {
	rank := u.rank(rid)
	l := newLayer(u, rid, rank, ssrc)
	former := &u.peer.former
	former.Lock()
	defer former.Unlock()
	if old := u.layers[rank].Swap(l); old != nil {
		old.count(&former.totals)
		u.peer.timeline.Forget(old.ssrc)
	}
	return l
}

func (u *UpTrack) layerByRid(rid string) *Layer {
	if r := u.rank(rid); r >= 0 {
		return u.layers[r].Load()
	}
	return nil
}

// best is the highest layer that flows up to the ceiling; failing that the
// lowest that flows; nil when none does.
func (u *UpTrack) best(ceiling int, now time.Time) *Layer {
	var lowest *Layer
	for r := len(u.layers) - 1; r >= 0; r-- {
		l := u.layers[r].Load()
		if l == nil || !l.flows(now) {
			continue
		}
		if r <= ceiling {
			return l
		}
		lowest = l
	}
	return lowest
}
