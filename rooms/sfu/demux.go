package sfu

import (
	"encoding/binary"
	"maps"
	"time"

	"sangdam/rooms/sfu/rtpx"
)

// RTP implements wire.Handler: it finds out what a packet belongs to.
func (p *Peer) RTP(b []byte) {
	defer p.guard()
	if p.ready.Load() && p.ctx.Err() == nil {
		p.rtp(b, time.Now())
	}
}

func (p *Peer) rtp(b []byte, now time.Time) {
	h, err := rtpx.ParseHeader(b)
	if err != nil {
		p.malformed.Add(1)
		return
	}
	p.heard.set(now)
	if !p.police.media(len(b), now) {
		return
	}
	p.recordArrival(h, now)
	s, ok := (*p.streams.Load())[h.SSRC()]
	if !ok {
		if s, ok = p.identify(h); !ok {
			return
		}
	}
	up := s.layer.up
	if s.rtx {
		if h, b, ok = unwrapRTX(h, b, s.layer); !ok {
			return // probing
		}
	}
	if !up.settled.carries(h.PayloadType()) {
		p.malformed.Add(1)
		return // comfort noise, a codec that was not answered
	}
	s.layer.receive(h, b, now, s.rtx)
}

// recordArrival keeps what transport-wide feedback tells the browser's
// bandwidth estimator: every packet counts, probing above all.
func (p *Peer) recordArrival(h rtpx.Header, now time.Time) {
	if p.ext.extTransport == 0 {
		return
	}
	v := h.Extension(p.ext.extTransport)
	if len(v) != 2 {
		return
	}
	a := &p.arrivals
	a.Lock()
	a.rec.Record(h.SSRC(), binary.BigEndian.Uint16(v), now.UnixMicro())
	a.any = true
	a.Unlock()
}

// unwrapRTX makes the original out of a retransmission (RFC 4588 section 4), in
// place. False: it carries nothing.
func unwrapRTX(h rtpx.Header, b []byte, l *Layer) (rtpx.Header, []byte, bool) {
	payload := h.Payload()
	pt := l.up.settled.formats.mended(h.PayloadType())
	if len(payload) <= 2 || pt == 0 {
		return h, b, false
	}
	osn := binary.BigEndian.Uint16(payload)
	at := h.PayloadOffset()
	copy(b[at:], b[at+2:])
	b = b[:len(b)-2]
	h, err := rtpx.ParseHeader(b)
	if err != nil {
		return h, b, false
	}
	h.SetSSRC(l.ssrc)
	h.SetPayloadType(pt)
	h.SetSequence(osn)
	return h, b, true
}

// identify latches an SSRC to a layer, by the offer or by what the packet says
// of itself: browsers stamp mid and rid until they hear back, not for ever, so
// that the latch must hold. How many SSRCs a peer may go through in its life is
// wire's limit.
func (p *Peer) identify(h rtpx.Header) (stream, bool) {
	ssrc := h.SSRC()
	s, ok := p.recognise(h)
	if !ok {
		return s, false
	}
	next := maps.Clone(*p.streams.Load())
	next[ssrc] = s
	// A browser that begins a layer anew gives up the SSRCs it had.
	maps.DeleteFunc(next, func(_ uint32, x stream) bool { return x.layer.up.layers[x.layer.rank].Load() != x.layer })
	if len(next) > maxStreams {
		p.misbehaved("too many SSRCs")
		return s, false
	}
	p.streams.Store(&next)
	return s, true
}

func (p *Peer) recognise(h rtpx.Header) (stream, bool) {
	a, announced := p.announce[h.SSRC()]
	u, rid, rtx := a.up, a.rid, a.rtx
	if !announced {
		if p.ext.extMid != 0 {
			u = p.byMid[string(h.Extension(p.ext.extMid))]
		}
		if u == nil {
			u = p.byPayload(h.PayloadType())
		}
		if u == nil {
			return stream{}, false
		}
		switch pt := h.PayloadType(); {
		case u.settled.carries(pt):
		case u.settled.formats.mended(pt) != 0:
			rtx = true
		default:
			return stream{}, false
		}
	}
	// What a packet says of itself counts more than the order of announcements.
	if id := p.ext.extRid; id != 0 && !rtx {
		if v := h.Extension(id); len(v) > 0 {
			rid = string(v)
		}
	}
	if id := p.ext.extRepaired; id != 0 && rtx {
		if v := h.Extension(id); len(v) > 0 {
			rid = string(v)
		}
	}
	if rtx {
		l := u.layerByRid(rid)
		return stream{l, true}, l != nil
	}
	if u.rank(rid) < 0 {
		return stream{}, false
	}
	return stream{layer: u.addLayer(rid, h.SSRC())}, true
}
