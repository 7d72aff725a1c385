package wire

import (
	"bytes"
	"encoding/binary"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

const (
	rtpHeader  = 12
	rtcpHeader = 8

	// maxRTP is how many SSRCs a peer may send media by, and maxRTCP how many it may
	// send reports by, beside two for each slot. State is kept for each, for as long
	// as the peer lives.
	maxRTP  = 24
	maxRTCP = 64
	// maxHeld is how many packets wait for the end of the handshake: it reaches the
	// peer before it is known here. What comes beyond is lost.
	maxHeld = 16
)

// incoming is the receiving end of a Conn. Its packets come by one way at a time,
// and each way has a goroutine of its own: so the mutex is hardly ever waited for.
type incoming struct {
	sync.Mutex // guards all below; held while the Handler takes a packet

	open  *opener  // nil until DTLS is up
	held  [][]byte // came before
	rtp   []uint32 // SSRCs that have been heard
	rtcp  []uint32
	over  bool // more than there may be: no new ones
	ended bool // the handler hears nothing any more
}

// receive takes a packet of RTP or RTCP, which it changes, and hands it up. It tells
// whether the packet was the peer's, and new.
func (c *Conn) receive(b []byte, now time.Time) bool {
	c.in.Lock()
	defer c.received()
	switch {
	case c.in.ended:
		return false
	case c.in.open == nil:
		if len(c.in.held) < maxHeld {
			c.in.held = append(c.in.held, bytes.Clone(b))
		}
		return false
	case len(c.in.held) > 0:
		c.takeHeld(now)
	}
	return c.open(b, now)
}

// received unlocks what receive has locked. A Handler that panics ends its own Conn
// and nobody else's: the rest of the batch is forwarded.
func (c *Conn) received() {
	v := recover()
	if v != nil {
		c.in.ended = true
	}
	c.in.Unlock()
	if v != nil {
		c.net.log.Error("wire: panic", "panic", v, "stack", string(debug.Stack()))
		c.handler.Notify(Panicked)
	}
}

// release hands up what has waited for the handshake.
func (c *Conn) release() {
	c.net.Begin()
	defer c.net.End()
	c.in.Lock()
	defer c.received()
	if !c.in.ended && c.in.open != nil {
		c.takeHeld(time.Now())
	}
}

func (c *Conn) takeHeld(now time.Time) {
	held := c.in.held
	c.in.held = nil
	for _, b := range held {
		c.open(b, now)
	}
}

// open authenticates a packet, and hands it up. in is held.
func (c *Conn) open(b []byte, now time.Time) bool {
	if isRTCP(b) {
		return c.openRTCP(b)
	}
	if len(b) < rtpHeader {
		return false
	}
	ssrc := binary.BigEndian.Uint32(b[8:])
	heard := slices.Contains(c.in.rtp, ssrc)
	if !heard && c.in.over {
		return false
	}
	b, err := c.in.open.rtp(b)
	if err != nil {
		return false // somebody else's, or had already
	}
	c.heard.Store(now.UnixNano())
	if !heard {
		if len(c.in.rtp) >= maxRTP {
			return c.overruns()
		}
		c.in.rtp = append(c.in.rtp, ssrc)
		c.net.peers.speaks(ssrc, c)
	}
	c.handler.RTP(b)
	return true
}

func (c *Conn) openRTCP(b []byte) bool {
	if len(b) < rtcpHeader {
		return false
	}
	ssrc := binary.BigEndian.Uint32(b[4:])
	heard := slices.Contains(c.in.rtcp, ssrc)
	if !heard && c.in.over {
		return false
	}
	b, err := c.in.open.rtcp(b)
	if err != nil {
		return false
	}
	if !heard {
		if len(c.in.rtcp) >= maxRTCP+2*len(c.asked.Slots) {
			return c.overruns()
		}
		c.in.rtcp = append(c.in.rtcp, ssrc)
	}
	c.handler.RTCP(b)
	return true
}

// overruns tells once that there are too many SSRCs; what new ones bring is
// discarded. in is held.
func (c *Conn) overruns() bool {
	c.in.over = true
	c.handler.Notify(Overrun)
	return true
}

// secure installs what the handshake has settled.
func (c *Conn) secure() {
	open, seal, err := c.keys.protection()
	if err != nil {
		c.net.log.Error("wire: no keys for media", "err", err)
		return
	}
	c.in.Lock()
	c.in.open = open
	c.in.Unlock()
	c.out.Lock()
	c.out.seal = seal
	c.out.Unlock()
}
