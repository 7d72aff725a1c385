package sfu

import (
	"encoding/binary"
	"time"
)

// captureSize is the extension with the offset between clocks, captureShort
// without: 8 bytes of NTP time each.
const (
	captureSize  = 16
	captureShort = 8
)

// capture is when what a packet carries was taken up
// (http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time), as a viewer is
// told. A browser stamps about one packet a second; those and no others are told,
// once: what is sent again, or from the cache, says nothing of it.
type capture struct {
	here  bool // for the packet that leaves now
	bytes [captureSize]byte
}

// dated passes on when a packet was captured. Its time is the publisher's, but our
// sender reports go by our clock: the difference is what the second half says. mu
// is held.
func (d *DownTrack) dated(p *packet) {
	d.capture.here = false
	if d.extCapture == 0 || len(p.capture) != captureShort && len(p.capture) != captureSize {
		return
	}
	up := p.layer.up.peer
	ahead, ok := up.timeline.Ahead(p.now)
	if !ok {
		return // nothing to set it in relation to
	}
	if up.measured.Load() {
		// What the Timeline takes for no time at all is half a round trip.
		ahead += int64(up.roundTrip()/2) << 16 / int64(time.Second) << 16
	}
	if len(p.capture) == captureSize { // it passes on what somebody else has captured
		ahead += int64(binary.BigEndian.Uint64(p.capture[captureShort:]))
	}
	copy(d.capture.bytes[:captureShort], p.capture)
	binary.BigEndian.PutUint64(d.capture.bytes[captureShort:], uint64(ahead))
	d.capture.here = true
}
