package sfu

import (
	"time"

	"github.com/pion/rtcp"

	"sangdam/rooms/sfu/rtpx"
)

// What a slot sends again.

const (
	// maxNacks is how many packets of one request are looked at, and nackRate
	// how many a second: more is either an attack or a case for a keyframe.
	maxNacks = 128
	nackRate = 1000
)

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
	rtx := d.formats[v.Codec].rtx
	if !ok || rtx == 0 {
		return false
	}
	o := origin.Rewrite(h.Timestamp(), h.Marker(), v)
	payload := h.Payload()
	if v.Scalable && v.Spatial > d.spatial {
		payload = nil // of a layer that is not shown: its number was promised all the same
	}
	d.describe(d.current.dependency(h))
	rtpx.PutFrame(d.depends, o.Frame)
	d.buf = rtpx.AppendRTX(d.buf[:0], rtpx.OutHeader{
		PayloadType: rtx, Marker: o.Marker, Sequence: d.rtxSeq, Timestamp: o.Timestamp, SSRC: d.rtxSSRC,
	}, d.extensions(nil), o.Sequence, payload)
	if len(payload) > 0 {
		v.Rewrite(d.buf[len(d.buf)-len(payload):], o.PictureID, o.TL0, o.KeyIdx)
	}
	d.depends = d.depends[:0]
	d.rtxSeq++
	return d.peer.egress.send(c, d, d.buf, len(payload), now)
}
