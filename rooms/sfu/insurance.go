package sfu

import (
	"sync/atomic"
	"time"

	"sangdam/rooms/sfu/rtpx"
)

const (
	// On a far line a picture stands still for a round trip until what is lost
	// has been asked for and sent again. From this loss and round trip on each
	// packet is sent twice, when the line has room for it.
	insuredLoss = 0.01
	insuredFrom = 80 * time.Millisecond
	// insuredFor is how long a line that lost something is not trusted.
	insuredFor = 15 * time.Second
)

// insurance is whether pictures are sent twice, the second time over RTX: a
// browser takes whichever comes. The clock decides, whoever forwards reads.
type insurance struct {
	on atomic.Bool

	lostAt time.Time // owned by the clock
}

// lossy tells whether it would help.
func (i *insurance) lossy(loss float64, roundTrip time.Duration, now time.Time) bool {
	if loss >= insuredLoss && roundTrip >= insuredFrom {
		i.lostAt = now
	}
	if now.Sub(i.lostAt) >= insuredFor {
		i.lostAt = time.Time{}
	}
	return !i.lostAt.IsZero()
}

// decide takes what the line carries, and what sound and pictures take of it.
func (i *insurance) decide(known bool, line, sound, pictures int) {
	need := float64(sound + 2*pictures)
	if !i.on.Load() {
		need *= headroom
	}
	i.on.Store(known && !i.lostAt.IsZero() && float64(line) >= need)
}

// insure sends the packet that buf holds once more. mu is held.
func (d *DownTrack) insure(o rtpx.Out, v rtpx.Picture, payload int, now time.Time) {
	rtx := d.formats[v.Codec].rtx
	if d.rtxSSRC == 0 || rtx == 0 || payload == 0 || !d.peer.insurance.on.Load() || d.peer.engine.without.RTX {
		return
	}
	d.twin = rtpx.AppendRTX(d.twin[:0], rtpx.OutHeader{
		PayloadType: rtx, Marker: o.Marker, Sequence: d.rtxSeq, Timestamp: o.Timestamp, SSRC: d.rtxSSRC,
	}, d.extensions(nil), o.Sequence, d.buf[len(d.buf)-payload:])
	if d.peer.egress.send(classSpare, d, d.twin, 0, now) {
		d.rtxSeq++
	}
}
