package sfu

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"

	"sangdam/rooms/sfu/rtpx"
	"sangdam/rooms/sfu/wire"
)

const (
	// A cached keyframe is shown to somebody new when it is this fresh, with
	// what followed it; an older one costs more packets than a new one.
	replayAge     = 250 * time.Millisecond
	replayPackets = 64

	quickReports  = 2                      // sender reports soon after a switch
	quickInterval = 150 * time.Millisecond //
	reportEvery   = time.Second

	// audioHistory covers 1.3 s of late packets; sound is not sent again.
	audioHistory = 64

	// maxNacks is how many packets of one request are looked at, and nackRate
	// how many a second: more is either an attack or a case for a keyframe.
	maxNacks = 128
	nackRate = 1000
)

// writer is where a DownTrack's packets go.
type writer interface {
	Write(packet []byte) error
}

// DownTrack is half a slot: one section on which a browser receives whatever it
// is bound to, as one continuous stream.
type DownTrack struct {
	// fixed after newDownTrack
	peer     *Peer
	slot     int
	kind     wire.Kind
	out      writer
	ssrc     uint32
	pt       uint8
	rtxSSRC  uint32
	rtxPT    uint8
	redPT    uint8 // zero without redundancy
	extLevel uint8
	clock    uint32
	cname    string

	extTransport uint8 // zero: packets bear no transport-wide number

	gate *atomic.Bool // of the viewer: nothing leaves before

	asked Ceiling               // owned by the viewer's loop
	shown atomic.Pointer[Layer] // current, for who does not hold mu

	packets, octets, resent, spares, plis, nacks atomic.Uint64
	lossPermille                                 atomic.Int64  // as the browser reports it
	wrote                                        stamp         // newest packet with a payload that left
	reports                                      receipts      // what the browser reports
	cuts                                         atomic.Uint32 // what waits from before the newest never leaves
	paused                                       atomic.Bool   // the line carries no picture here

	mu      sync.Mutex // guards all below; held for one packet or one replay
	feed    Feed
	source  *UpTrack
	bound   time.Time // when source was
	ceiling int       // highest rank that is wanted
	allowed int       // highest rank that the line carries; -1: none
	halted  bool      // the queue was full: waits until there is room again
	again   time.Time // when it could begin again after a pause or a cut
	keyTS   uint32    // timestamp of the newest keyframe, as it went out
	older   uint64    // numbers that probes repeated
	current *Layer    // nil: waits for a keyframe, or for the first sound
	fresh   bool      // bound or reopened, cached keyframe not tried yet
	munger  *rtpx.Munger
	rtxSeq  uint16
	quick   int       // quick reports left
	nextSR  time.Time //
	nackAt  time.Time // nacksIn counts from here
	nacksIn int
	buf     []byte // the packet that leaves
	raw     []byte // one from the cache
	twin    []byte // the second of two
	began   uint64 // number of the source that this slot began with
	red     []byte // payload with older frames
	exts    [2]rtpx.Extension
	room    [2]byte // for a transport-wide number
}

func newDownTrack(p *Peer, slot int, w *wire.Writer) *DownTrack {
	d := &DownTrack{
		peer: p, slot: slot, kind: w.Kind, out: w, ssrc: w.SSRC, pt: w.PT,
		rtxSSRC: w.RTXSSRC, rtxPT: w.RTXPT, extLevel: w.Extensions[wire.ExtAudioLevel],
		extTransport: w.Extensions[wire.ExtTransport],
		cname:        streamID(slot), clock: 48000, gate: &p.audioReady,
		ceiling: p.profile.ceiling(0),
	}
	if d.kind == wire.Video {
		d.clock, d.gate = 90000, &p.videoReady
	}
	d.init()
	return d
}

func (d *DownTrack) init() {
	d.allowed = maxRids - 1
	history := rtpx.HistorySize
	if d.kind == wire.Audio {
		history = audioHistory
	}
	d.munger = rtpx.NewMunger(rtpx.MungerOptions{
		Clock: d.clock, Video: d.kind == wire.Video, History: history,
		Sequence: uint16(rand.IntN(1 << 14)), Timestamp: rand.Uint32(), PictureID: uint16(rand.IntN(1 << 14)),
		TL0: uint8(rand.IntN(256)), KeyIdx: uint8(rand.IntN(32)),
	})
	d.rtxSeq = uint16(rand.IntN(1 << 14))
	d.buf = make([]byte, 0, rtpx.MaxPacket+64)
	d.raw = make([]byte, rtpx.MaxPacket)
}

// bind changes what the slot shows. Nothing of the old source passes after it.
func (d *DownTrack) bind(f Feed, u *UpTrack) {
	d.mu.Lock()
	old := d.source
	d.feed = f
	if old == u {
		d.mu.Unlock()
		return
	}
	d.source, d.bound = u, time.Now()
	d.stop()
	d.mu.Unlock()
	if old != nil {
		old.unsubscribe(d)
	}
	if u != nil && !u.subscribe(d) {
		d.lose(u)
	}
}

// limit sets the highest rank shown. What is shown now stays until a keyframe of
// the layer that should be comes.
func (d *DownTrack) limit(rank int) {
	d.mu.Lock()
	d.ceiling = rank
	d.mu.Unlock()
}

// lose forgets a source that ended.
func (d *DownTrack) lose(u *UpTrack) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.source == u {
		d.source = nil
		d.stop()
	}
}

// interrupt makes a source begin anew.
func (d *DownTrack) interrupt(u *UpTrack) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.source == u {
		d.stop()
	}
}

// stop is called with mu held.
func (d *DownTrack) stop() {
	d.munger.Stop()
	d.peer.egress.forget(d)
	d.halted = false
	d.show(nil)
	d.fresh = true
}

// show is called with mu held.
func (d *DownTrack) show(l *Layer) {
	if d.current != nil {
		d.current.viewers.Add(-1)
	}
	d.current = l
	d.shown.Store(l)
	if l != nil {
		l.viewers.Add(1)
	}
}

// forward takes one packet of the source, on the publisher's RTP goroutine.
func (d *DownTrack) forward(p *packet) {
	if !d.gate.Load() || d.paused.Load() {
		return
	}
	// Most of what a wall is handed is of layers that it does not show, and only
	// a keyframe could change that.
	if l := d.shown.Load(); l != nil && l != p.layer && d.kind == wire.Video && !p.vp8.Keyframe {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.source != p.layer.up || !d.source.isOpen() || d.paused.Load() { // shut while this packet was on its way
		return
	}
	if d.current != p.layer {
		if p.again || !d.crosses(p) { // with what was said before, nobody begins
			return
		}
		d.begin(p.layer, p.now)
		d.began = p.ext
	}
	d.send(p)
}

// crosses tells whether a packet is the moment to change layers, or to begin.
func (d *DownTrack) crosses(p *packet) bool {
	if d.kind == wire.Audio {
		return true
	}
	if d.current == nil && !d.mayBegin() {
		return false
	}
	most := d.highest()
	if !p.vp8.Keyframe {
		if d.current == nil && d.source.best(most, p.now) == p.layer {
			p.layer.requestKeyframe(p.now)
		}
		return false
	}
	if d.current == nil {
		return p.layer.rank <= most || d.source.best(most, p.now) == p.layer
	}
	if !d.current.flows(p.now) {
		return true
	}
	if p.layer.rank > most {
		return false
	}
	return p.layer.rank >= d.current.rank || d.current.rank > most
}

// begin ends the current layer, if any, and starts another. mu is held.
func (d *DownTrack) begin(l *Layer, now time.Time) {
	s := rtpx.Switch{Cache: l.cache}
	switch {
	case d.current == nil:
		since := d.bound
		if d.again.After(since) {
			since = d.again
		}
		d.peer.engine.metrics.shown(d.kind, since, l.up.since.get(), now)
	case d.current.up == l.up:
		s.Shift, s.Aligned = l.up.peer.timeline.Shift(d.current.ssrc, l.ssrc)
	}
	d.show(l)
	d.munger.Switch(s)
	d.fresh = false
	d.quick, d.nextSR = quickReports, now.Add(quickInterval)
}

// send maps, rewrites and writes one packet. mu is held.
func (d *DownTrack) send(p *packet) {
	out, ok := d.munger.Map(rtpx.Packet{
		Ext: p.ext, Timestamp: p.ts, Marker: p.marker, Arrival: p.now, VP8: p.vp8,
	})
	if !ok {
		return
	}
	pt, payload := d.protect(p)
	d.write(out, pt, payload, p.vp8, p.level, p.now)
	p.sent = true
	if !out.First || d.kind != wire.Video {
		return
	}
	// What followed the keyframe's first packet may have overtaken it.
	if _, last, _, ok := p.layer.cache.Keyframe(); ok {
		d.resume(p.layer, p.ext+1, last, p.now)
	}
}

// resume sends what the cache has of a range, through Map. mu is held.
func (d *DownTrack) resume(l *Layer, first, last uint64, now time.Time) {
	for ext := first; ext <= last; ext++ {
		h, v, ok := d.fetch(l.cache, ext)
		if !ok {
			continue
		}
		out, ok := d.munger.Map(rtpx.Packet{
			Ext: ext, Timestamp: h.Timestamp(), Marker: h.Marker(), Arrival: now, VP8: v,
		})
		if ok {
			d.write(out, d.pt, h.Payload(), v, nil, now)
		}
	}
}

// fetch reads a packet back. mu is held; what it returns is valid until the next.
func (d *DownTrack) fetch(c *rtpx.Cache, ext uint64) (rtpx.Header, rtpx.VP8, bool) {
	n, ok := c.Get(ext, d.raw)
	if !ok {
		return rtpx.Header{}, rtpx.VP8{}, false
	}
	h, err := rtpx.ParseHeader(d.raw[:n])
	if err != nil {
		return h, rtpx.VP8{}, false
	}
	v, err := rtpx.ParseVP8(h.Payload())
	return h, v, err == nil
}

// write sends one rewritten packet. mu is held.
func (d *DownTrack) write(o rtpx.Out, pt uint8, payload []byte, v rtpx.VP8, level []byte, now time.Time) {
	d.buf = rtpx.AppendPacket(d.buf[:0], rtpx.OutHeader{
		PayloadType: pt, Marker: o.Marker, Sequence: o.Sequence, Timestamp: o.Timestamp, SSRC: d.ssrc,
	}, d.extensions(level), payload)
	if d.kind == wire.Video && len(payload) > 0 {
		v.Rewrite(d.buf[len(d.buf)-len(payload):], o.PictureID, o.TL0, o.KeyIdx)
	}
	c := d.class(o, v)
	switch ok := d.peer.egress.send(c, d, d.buf, len(payload), now); {
	case c == classSound:
	case ok:
		d.insure(o, len(payload), now)
	default:
		d.cut(now)
	}
}

// skip takes a number that carries nothing out of the stream.
func (d *DownTrack) skip(p *packet) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.current != p.layer || d.munger.Drop(p.ext) {
		return
	}
	// Later packets went out: the number is promised.
	o, ok := d.munger.Map(rtpx.Packet{Ext: p.ext, Timestamp: p.ts, Arrival: p.now})
	if ok {
		d.write(o, d.pt, nil, rtpx.VP8{}, nil, p.now)
	}
}

// look is the clock's part: begin from the cache, or see that a keyframe comes
// of the layer that should be shown.
func (d *DownTrack) look(now time.Time) {
	if d.kind != wire.Video || !d.gate.Load() {
		return
	}
	d.mu.Lock()
	u := d.source
	if u == nil || !u.isOpen() {
		d.mu.Unlock()
		return
	}
	best := u.best(d.highest(), now)
	if best == nil || d.paused.Load() || d.current == nil && !d.mayBegin() {
		d.mu.Unlock()
		return
	}
	if d.current == nil && d.fresh {
		d.fresh = false
		if d.replay(best, now) {
			d.mu.Unlock()
			return
		}
	}
	want := d.current != best
	d.mu.Unlock()
	if want {
		best.requestKeyframe(now)
	}
}

// replay shows the newest keyframe and what followed it. mu is held.
func (d *DownTrack) replay(l *Layer, now time.Time) bool {
	first, last, at, ok := l.cache.Keyframe()
	if !ok || now.Sub(at) > replayAge || last-first >= replayPackets {
		return false
	}
	d.begin(l, now)
	d.resume(l, first, last, now)
	return true
}

// refresh asks for a keyframe of what is shown: after an ICE restart, or when
// the browser asks.
func (d *DownTrack) refresh(now time.Time) {
	d.mu.Lock()
	l := d.current
	d.mu.Unlock()
	if l != nil && l.up.kind == wire.Video && l.up.isOpen() {
		l.requestKeyframe(now)
	}
}

// nack answers a request for packets (RFC 4585 6.2.1) over RTX (RFC 4588).
func (d *DownTrack) nack(pairs []rtcp.NackPair, now time.Time, rtt time.Duration) {
	if d.rtxSSRC == 0 || !d.gate.Load() || d.peer.engine.without.RTX {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.source == nil || !d.source.isOpen() {
		return // also what was sent before must not show any more
	}
	if now.Sub(d.nackAt) > time.Second {
		d.nackAt, d.nacksIn = now, 0
	}
	n := 0
	for i := range pairs {
		for mask, seq := uint32(pairs[i].LostPackets)<<1|1, pairs[i].PacketID; mask != 0; mask, seq = mask>>1, seq+1 {
			if mask&1 == 0 {
				continue
			}
			if n++; n > maxNacks || d.nacksIn >= nackRate {
				return
			}
			d.nacksIn++
			d.resend(seq, now, rtt)
		}
	}
}

// resend sends one packet again as it was the first time. mu is held.
func (d *DownTrack) resend(seq uint16, now time.Time, rtt time.Duration) {
	if origin, ok := d.munger.Resend(seq, now, rtt); ok {
		d.repeat(classRepair, origin, now)
	}
}

// repeat sends a packet once more, over RTX. mu is held.
func (d *DownTrack) repeat(c class, origin rtpx.Origin, now time.Time) bool {
	if origin.Cache == nil || d.current == nil || origin.Cache != d.current.cache {
		return false
	}
	h, v, ok := d.fetch(origin.Cache, origin.Ext)
	if !ok {
		return false
	}
	o := origin.Rewrite(h.Timestamp(), h.Marker(), v)
	payload := h.Payload()
	d.buf = rtpx.AppendRTX(d.buf[:0], rtpx.OutHeader{
		PayloadType: d.rtxPT, Marker: o.Marker, Sequence: d.rtxSeq, Timestamp: o.Timestamp, SSRC: d.rtxSSRC,
	}, d.extensions(nil), o.Sequence, payload)
	v.Rewrite(d.buf[len(d.buf)-len(payload):], o.PictureID, o.TL0, o.KeyIdx)
	d.rtxSeq++
	return d.peer.egress.send(c, d, d.buf, len(payload), now)
}

// report returns the sender report that is due, placed on the publisher's
// timeline and not on the packets' departure: lips and voice stay together.
func (d *DownTrack) report(now time.Time) (*rtcp.SenderReport, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.current == nil || now.Before(d.nextSR) {
		return nil, false
	}
	offset, ok := d.munger.TimestampOffset()
	if !ok {
		return nil, false
	}
	ntp, ts, ok := d.current.up.peer.timeline.At(d.current.ssrc, now)
	if !ok {
		return nil, false // a quick one as soon as the publisher's own has come
	}
	d.nextSR = now.Add(reportEvery)
	if d.quick > 0 {
		d.quick--
		d.nextSR = now.Add(2 * quickInterval)
	}
	return &rtcp.SenderReport{
		SSRC: d.ssrc, NTPTime: ntp, RTPTime: ts + offset,
		PacketCount: uint32(d.packets.Load()), OctetCount: uint32(d.octets.Load()),
	}, true
}
