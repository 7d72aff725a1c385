package wire

import (
	"encoding/binary"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// quietFor is how long a peer's known address has to be silent before another one
// is tried: voices come more often.
const quietFor = 60 * time.Millisecond

// moves follows peers whose router has forgotten them: their RTP comes from another
// address all at once, and their browser's next check only seconds later. What
// authenticates there, as new RTP of a peer whose known address is silent, shows
// where the peer is. Until a check comes from there ICE is not told: packets to the
// known address go to the new one. Waiting for the check was rejected: Chromium's is
// due within 2.5 s, Firefox's within 6. Whoever can put a peer's packets in front of
// us first can move it, as with checks.
type moves struct {
	mu       sync.Mutex // guards all below; never held while a Conn is asked
	speakers map[uint32]*Conn
	// moved are from known to new addresses and back. Both are made anew with each
	// change, and nil while nobody has moved: so the socket reads them unlocked.
	moved atomic.Pointer[moved]

	// again belongs to the socket's reader: what it is to read once more.
	again struct {
		packet []byte
		from   netip.AddrPort
	}
	// trying, the reader's too, are the newest trials by their known address.
	trying map[netip.AddrPort]*trial
}

// maxTrying bounds trying: of trials that nothing came of, nothing is told.
const maxTrying = 1024

type moved struct {
	to   map[netip.AddrPort]netip.AddrPort // known → new, where packets leave
	from map[netip.AddrPort]netip.AddrPort // new → known, until a check comes from there
}

// speaks notes that a Conn sends this SSRC.
func (m *moves) speaks(ssrc uint32, c *Conn) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.speakers == nil {
		m.speakers = make(map[uint32]*Conn)
	}
	m.speakers[ssrc] = c
}

// forget forgets a Conn that has ended.
func (m *moves) forget(c *Conn) {
	m.mu.Lock()
	for ssrc, who := range m.speakers {
		if who == c {
			delete(m.speakers, ssrc)
		}
	}
	m.mu.Unlock()
	if known := c.move.known.Load(); known != nil {
		m.change(func(v *moved) { v.drop(*known) })
	}
}

// change makes the maps anew.
func (m *moves) change(f func(*moved)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v := &moved{make(map[netip.AddrPort]netip.AddrPort), make(map[netip.AddrPort]netip.AddrPort)}
	if old := m.moved.Load(); old != nil {
		for a, b := range old.to {
			v.to[a] = b
		}
		for a, b := range old.from {
			v.from[a] = b
		}
	}
	f(v)
	if len(v.to) == 0 && len(v.from) == 0 {
		v = nil
	}
	m.moved.Store(v)
}

// drop forgets where a known address has moved.
func (v *moved) drop(known netip.AddrPort) {
	delete(v.to, known)
	for a, b := range v.from {
		if b == known {
			delete(v.from, a)
		}
	}
}

// reads says whom a packet is from, as ICE knows them.
func (m *moves) reads(b []byte, from netip.AddrPort) netip.AddrPort {
	v := m.moved.Load()
	if v == nil && len(m.trying) == 0 {
		return from
	}
	plain := unmapped(from)
	if t, ok := m.trying[plain]; ok {
		// Before the packet is heard: its header could have been foretold, and what a
		// stranger forged by it must not gain by this one's being real.
		t.void.Store(true)
		delete(m.trying, plain)
	}
	if v == nil {
		return from
	}
	if _, ok := v.to[plain]; ok {
		// The known address speaks: whoever is there now, nobody's packets go elsewhere.
		m.change(func(v *moved) { v.drop(plain) })
		return from
	}
	known, ok := v.from[plain]
	switch {
	case !ok:
		return from
	case isSTUN(b):
		// From here on ICE knows the new address by itself.
		m.change(func(v *moved) { delete(v.from, plain) })
		return from
	}
	return like(known, from)
}

// writes says where packets for an address go.
func (m *moves) writes(to netip.AddrPort) netip.AddrPort {
	if v := m.moved.Load(); v != nil {
		if now, ok := v.to[unmapped(to)]; ok {
			return like(now, to)
		}
	}
	return to
}

// stranger looks at a packet from an unknown address. When it may be of a peer that
// has moved, the socket's reader gets it once more as from the known one, to see
// whether it authenticates.
func (m *moves) stranger(b []byte, from netip.AddrPort) bool {
	const srtp = 12 + 10 // header and tag (RFC 3711)
	if len(b) < srtp || b[0]>>6 != 2 || b[1] >= 192 && b[1] < 224 {
		return false
	}
	m.mu.Lock()
	c := m.speakers[binary.BigEndian.Uint32(b[8:])]
	m.mu.Unlock()
	if c == nil || !c.quiet(time.Now()) {
		return false
	}
	known, ok := c.remote()
	if !ok || known == unmapped(from) {
		return false
	}
	m.try(c, &trial{header: [12]byte(b), known: known, now: unmapped(from)})
	m.again.packet, m.again.from = append(m.again.packet[:0], b...), like(known, from)
	return true
}

// try begins a trial instead of a former one.
func (m *moves) try(c *Conn, t *trial) {
	if m.trying == nil || len(m.trying) >= maxTrying {
		m.trying = make(map[netip.AddrPort]*trial)
	}
	m.trying[t.known] = t
	c.move.trial.Store(t)
}

// replayed gives the reader the packet that stranger kept.
func (m *moves) replayed(b []byte) (int, netip.AddrPort, bool) {
	if len(m.again.packet) == 0 {
		return 0, netip.AddrPort{}, false
	}
	n := copy(b, m.again.packet)
	m.again.packet = m.again.packet[:0]
	return n, m.again.from, true
}

// move is what a Conn knows of its peer's moving.
type move struct {
	heard atomic.Uint32 // RTP packets, all authenticated
	trial atomic.Pointer[trial]
	known atomic.Pointer[netip.AddrPort] // in the maps

	// Of the socket's reader: heard as it was when the silence may have begun.
	since time.Time
	count uint32
}

// trial is a packet of a stranger that is to show who that is.
type trial struct {
	header     [12]byte
	known, now netip.AddrPort
	void       atomic.Bool // the known address has spoken
}

// quiet tells whether nothing has come from the known address for a while.
func (c *Conn) quiet(now time.Time) bool {
	if heard := c.move.heard.Load(); heard != c.move.count || c.move.since.IsZero() {
		c.move.count, c.move.since = heard, now
		return false
	}
	return now.Sub(c.move.since) >= quietFor
}

// heard takes each authenticated packet of RTP.
func (c *Conn) heard(b []byte) {
	c.move.heard.Add(1)
	t := c.move.trial.Load()
	if t == nil || len(b) < len(t.header) || [12]byte(b) != t.header || !c.move.trial.CompareAndSwap(t, nil) || t.void.Load() {
		return
	}
	former := c.move.known.Swap(&t.known)
	c.net.moves.change(func(v *moved) {
		if former != nil {
			v.drop(*former)
		}
		v.drop(t.known)
		v.to[t.known], v.from[t.now] = t.now, t.known
	})
	c.net.log.Debug("wire: a peer has moved", "from", t.known, "to", t.now)
}

// hearer is the Handler of a Conn, which hears RTP first.
type hearer struct{ c *Conn }

func (h hearer) RTP(b []byte) {
	h.c.heard(b)
	h.c.handler.RTP(b)
}

func (h hearer) RTCP(b []byte)  { h.c.handler.RTCP(b) }
func (h hearer) Notify(e Event) { h.c.handler.Notify(e) }

// remote is the peer's address on the socket, as ICE knows it.
func (c *Conn) remote() (netip.AddrPort, bool) {
	if c.Path() != UDP {
		return netip.AddrPort{}, false
	}
	pair, err := c.pc.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
	if err != nil || pair == nil {
		return netip.AddrPort{}, false
	}
	addr, err := netip.ParseAddr(pair.Remote.Address)
	return unmapped(netip.AddrPortFrom(addr, pair.Remote.Port)), err == nil
}

func unmapped(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// like writes an address as the socket writes the other one.
func like(a, other netip.AddrPort) netip.AddrPort {
	if other.Addr().Is4In6() && a.Addr().Is4() {
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr().As16()), a.Port())
	}
	return a
}
