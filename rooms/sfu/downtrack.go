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
	formats  [rtpx.Codecs]format // payload types by codec, those of sound under NoCodec; zero: the viewer does not know it
	rtxSSRC  uint32
	rtxPT    uint8 // of padding
	redPT    uint8 // zero without redundancy
	extLevel uint8
	clock    uint32
	cname    string

	extTransport uint8 // zero: packets bear no transport-wide number
	extCapture   uint8 // zero: nor when they were captured
	extDepends   uint8 // zero: nor what a frame refers to

	gate *atomic.Bool // of the viewer: nothing leaves before

	pleas bucket // for keyframes; owned by who reads RTCP

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
	bound   time.Time  // when source was
	ceiling int        // highest rank that is wanted
	focused bool       // its viewer looks at it more than at others
	allowed int        // highest rank that the line carries; -1: none
	halted  bool       // the queue was full: waits until there is room again
	again   time.Time  // when it could begin again after a pause or a cut
	keyTS   uint32     // timestamp of the newest keyframe, as it went out
	older   uint64     // numbers that probes repeated
	current *Layer     // nil: waits for a keyframe, or for the first sound
	codec   rtpx.Codec // of what is shown
	spatial uint8      // of a stream of several spatial layers: the highest that passes
	reached uint64     // the same: newest number
	fresh   bool       // bound or reopened, cached keyframe not tried yet
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
	exts    [4]rtpx.Extension
	room    [2]byte // for a transport-wide number
	capture capture // of the packet that leaves
	depends []byte  // its dependency descriptor
}

func newDownTrack(p *Peer, slot int, w *wire.Writer) *DownTrack {
	d := &DownTrack{
		peer: p, slot: slot, kind: w.Kind, out: w, ssrc: w.SSRC,
		rtxSSRC: w.RTXSSRC, rtxPT: w.RTXPT, extLevel: w.Extensions[wire.ExtAudioLevel],
		extTransport: w.Extensions[wire.ExtTransport], extCapture: w.Extensions[wire.ExtCaptureTime],
		cname: streamID(slot), clock: 48000, gate: &p.audioReady,
		ceiling: p.profile.ceiling(0),
	}
	if d.kind == wire.Video {
		d.clock, d.gate = 90000, &p.videoReady
	} else {
		d.formats[rtpx.NoCodec].pt = w.PT
	}
	d.init()
	return d
}

// answered takes what the answer settled for the section.
func (d *DownTrack) answered(up uplink) {
	d.redPT = up.red
	if d.kind == wire.Video {
		d.formats, d.extDepends = up.formats.byCodec(), up.extDependency
	}
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
		TL0: uint8(rand.IntN(256)), KeyIdx: uint8(rand.IntN(32)), Frame: uint16(rand.IntN(1 << 14)),
	})
	d.rtxSeq = uint16(rand.IntN(1 << 14))
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

func (d *DownTrack) focus(on bool) {
	d.mu.Lock()
	d.focused = on
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
	if l := d.shown.Load(); l != nil && l != p.layer && d.kind == wire.Video && !p.picture.Keyframe {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.source != p.layer.up || !d.source.isOpen() || d.paused.Load() { // shut while this packet was on its way
		return
	}
	if d.current != p.layer || d.codec != p.picture.Codec {
		if p.again || !d.crosses(p) { // with what was said before, nobody begins
			return
		}
		d.begin(p.layer, p.picture.Codec, p.now)
		d.began = p.ext
	}
	part, closes := d.passes(p.ext, p.picture)
	if !part {
		d.pass(p)
		return
	}
	d.send(p, closes)
}

// crosses tells whether a packet is the moment to change layers, or to begin.
func (d *DownTrack) crosses(p *packet) bool {
	if d.kind == wire.Audio {
		return true
	}
	if !d.knows(p.picture.Codec) || p.picture.Codec != p.layer.codecNow() {
		return false // nobody could show it; late, from before the source took another
	}
	if d.current == nil && !d.mayBegin() {
		return false
	}
	most := d.highest()
	if !p.picture.Keyframe {
		if d.current == p.layer || d.current == nil && d.source.best(most, p.now) == p.layer {
			p.layer.requestKeyframe(p.now)
		}
		return false
	}
	if d.current == nil {
		return p.layer.rank <= most || d.source.best(most, p.now) == p.layer
	}
	if d.current == p.layer || !d.current.flows(p.now) {
		return true // it has taken another codec; it ceased
	}
	if p.layer.rank > most {
		return false
	}
	return p.layer.rank >= d.current.rank || d.current.rank > most
}

// begin ends the current layer, if any, and starts another. mu is held.
func (d *DownTrack) begin(l *Layer, c rtpx.Codec, now time.Time) {
	s := rtpx.Switch{Cache: l.cache}
	if d.buf == nil { // most slots of a room never show anything
		d.buf = make([]byte, 0, rtpx.MaxPacket+64)
	}
	switch {
	case d.current == nil:
		since := d.bound
		if d.again.After(since) {
			since = d.again
		}
		d.peer.engine.metrics.shown(d.kind, since, l.up.since.get(), now)
	case d.current == l: // of another codec: its clock is the same
		s.Aligned = true
	case d.current.up == l.up:
		s.Shift, s.Aligned = l.up.peer.timeline.Shift(d.current.ssrc, l.ssrc)
	}
	d.show(l)
	d.codec, d.spatial, d.reached = c, 0, 0
	d.munger.Switch(s)
	d.fresh = false
	d.quick, d.nextSR = quickReports, now.Add(quickInterval)
}

// send maps, rewrites and writes one packet. mu is held.
func (d *DownTrack) send(p *packet, closes bool) {
	out, ok := d.munger.Map(rtpx.Packet{
		Ext: p.ext, Timestamp: p.ts, Marker: p.marker, Arrival: p.now, Picture: p.picture, Closes: closes,
	})
	if !ok {
		return
	}
	pt, payload := d.formats[p.picture.Codec].pt, p.payload
	if d.kind == wire.Audio {
		pt, payload = d.protect(p)
	}
	d.dated(p)
	d.describe(p.depends)
	d.write(out, pt, payload, p.picture, p.level, p.now)
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
		if !ok || v.Codec != d.codec {
			continue
		}
		part, closes := d.passes(ext, v)
		if !part {
			d.munger.Drop(ext)
			continue
		}
		out, ok := d.munger.Map(rtpx.Packet{
			Ext: ext, Timestamp: h.Timestamp(), Marker: h.Marker(), Arrival: now, Picture: v, Closes: closes,
		})
		if ok {
			d.describe(l.dependency(h))
			d.write(out, d.formats[v.Codec].pt, h.Payload(), v, nil, now)
		}
	}
}

// fetch reads a packet back. mu is held; what it returns is valid until the next.
func (d *DownTrack) fetch(c *rtpx.Cache, ext uint64) (rtpx.Header, rtpx.Picture, bool) {
	if d.raw == nil {
		d.raw = make([]byte, rtpx.MaxPacket)
	}
	n, v, ok := c.Get(ext, d.raw)
	if !ok {
		return rtpx.Header{}, v, false
	}
	h, err := rtpx.ParseHeader(d.raw[:n])
	return h, v, err == nil
}

// write sends one rewritten packet. mu is held.
func (d *DownTrack) write(o rtpx.Out, pt uint8, payload []byte, v rtpx.Picture, level []byte, now time.Time) {
	rtpx.PutFrame(d.depends, o.Frame)
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
		d.insure(o, v, len(payload), now)
	default:
		d.cut(now)
	}
	d.depends = d.depends[:0]
}

// skip takes a number that carries nothing out of the stream.
func (d *DownTrack) skip(p *packet) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.current == p.layer {
		d.pass(p)
	}
}

// pass takes a number out of the stream. mu is held.
func (d *DownTrack) pass(p *packet) {
	if d.munger.Drop(p.ext) {
		return
	}
	// Later packets went out: the number is promised.
	o, ok := d.munger.Map(rtpx.Packet{Ext: p.ext, Timestamp: p.ts, Arrival: p.now})
	if ok {
		d.write(o, d.formats[d.codec].pt, nil, rtpx.Picture{Codec: d.codec}, nil, p.now)
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
	if best == nil || !d.knows(best.codecNow()) || d.paused.Load() || d.current == nil && !d.mayBegin() {
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
	want := d.current != best || d.codec != best.codecNow() || d.lacks(best)
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
	d.begin(l, l.codecNow(), now)
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
