package wire

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// quietFor is how long a peer has to be silent before its media is looked for at
// another address: voices come more often.
const quietFor = 60 * time.Millisecond

// Moves. A router may forget a peer: its RTP comes from another address all at once,
// and its browser's next check only seconds later. What authenticates there, as new
// RTP of a peer that has been silent, shows where the peer is, and from then on its
// packets leave there. ICE is not told: it keeps the address that it knows until a
// check comes from the new one. When the known address speaks again, packets go
// there again: but that may have been one packet that came late, so that what comes
// from the new one counts once more as soon as the known one is silent.
//
// Waiting for the check was rejected: Chromium's is due within 2.5 s, Firefox's
// within 6. Whoever can put a peer's packets in front of us first can move it, as
// with checks.

// media takes a packet of RTP or RTCP off the socket.
func (n *Net) media(b []byte, from netip.AddrPort, now time.Time) {
	if c := n.peers.at(from); c != nil {
		if c.receive(b, now) {
			c.speaksFrom(from, now)
			c.movesAgain(from, now)
		}
		return
	}
	if !n.moved(b, from, now) {
		n.strangers.add(Garbage)
	}
}

// moved looks at media from an address that is nobody's, and tells whether somebody
// has moved there.
func (n *Net) moved(b []byte, from netip.AddrPort, now time.Time) bool {
	if len(b) < rtpHeader || isRTCP(b) {
		return false
	}
	c := n.peers.speaker(binary.BigEndian.Uint32(b[8:]))
	if c == nil {
		return false
	}
	s := c.selected.Load()
	if s == nil || s.path != UDP || !c.quiet(now) || !c.receive(b, now) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return false
	}
	n.peers.add(from, c)
	w := n.socketWay(from)
	c.found.Store(w)
	c.way.Store(w)
	n.log.Debug("wire: a peer has moved", "from", s.addr, "to", from)
	return true
}

// quiet tells whether no media has come for a while.
func (c *Conn) quiet(now time.Time) bool {
	return now.UnixNano()-c.heard.Load() >= int64(quietFor)
}

// speaksFrom is told each authenticated packet's address: a peer that has moved and
// speaks from where ICE knows it is there.
func (c *Conn) speaksFrom(a netip.AddrPort, at time.Time) {
	if c.found.Load() == nil {
		return // it has never moved
	}
	known, _, moved := c.hasMoved()
	if known == nil || known.addr != a {
		return
	}
	c.home.Store(at.UnixNano())
	if moved {
		c.way.Store(known)
	}
}

// movesAgain is told where media came from: where the peer was found before it was
// taken to be back.
func (c *Conn) movesAgain(a netip.AddrPort, at time.Time) {
	f := c.found.Load()
	if f != nil && f.addr == a && c.way.Load() == c.selected.Load() && at.UnixNano()-c.home.Load() >= int64(quietFor) {
		c.way.Store(f)
	}
}

// nowAt is where packets for an address of the peer's go: elsewhere, if it has moved
// from there.
func (c *Conn) nowAt(a netip.AddrPort) netip.AddrPort {
	if known, now, moved := c.hasMoved(); moved && known.addr == a {
		return now.addr
	}
	return a
}

// knownAs is the address by which ICE knows who has moved to this one.
func (c *Conn) knownAs(a netip.AddrPort) netip.AddrPort {
	if known, now, moved := c.hasMoved(); moved && now.addr == a {
		return known.addr
	}
	return a
}

// hasMoved tells whether packets leave elsewhere than ICE has selected.
func (c *Conn) hasMoved() (known, now *way, moved bool) {
	known, now = c.selected.Load(), c.way.Load()
	return known, now, known != now && known != nil && now != nil
}
