package wire

import (
	"maps"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// table says whose packets come from an address. The addresses are those that
// authenticated checks came from, or media (moves.go). It is read for each packet
// and changed when somebody comes, moves or goes: so it is copied with each change.
type table struct {
	addrs atomic.Pointer[map[netip.AddrPort]*Conn]

	mu       sync.Mutex // guards all below, and changes of addrs
	known    map[*Conn][]netip.AddrPort
	speakers map[uint32]*Conn // by the SSRCs of what they send
}

// at is whose address this is; nil: nobody's.
func (t *table) at(a netip.AddrPort) *Conn {
	if m := t.addrs.Load(); m != nil {
		return (*m)[a]
	}
	return nil
}

// add makes an address a Conn's, whoever had it before, but for one who speaks from
// there just now: anybody who has a call can forge where a check comes from, and
// would silence others. A Conn keeps as many as its checks may come from.
func (t *table) add(a netip.AddrPort, c *Conn) {
	if who := t.at(a); who == c || who != nil && who.speaksAt(a, time.Now()) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.change(func(m map[netip.AddrPort]*Conn) {
		if t.known == nil {
			t.known = make(map[*Conn][]netip.AddrPort)
		}
		if all := t.known[c]; len(all) >= maxSources {
			if m[all[0]] == c {
				delete(m, all[0])
			}
			t.known[c] = append(all[:0], all[1:]...)
		}
		t.known[c] = append(t.known[c], a)
		m[a] = c
	})
}

// change makes addrs anew. mu is held.
func (t *table) change(f func(map[netip.AddrPort]*Conn)) {
	next := make(map[netip.AddrPort]*Conn)
	if m := t.addrs.Load(); m != nil {
		next = maps.Clone(*m)
	}
	f(next)
	t.addrs.Store(&next)
}

// speaks notes that a Conn sends this SSRC.
func (t *table) speaks(ssrc uint32, c *Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.speakers == nil {
		t.speakers = make(map[uint32]*Conn)
	}
	t.speakers[ssrc] = c
}

// speaker is who sends this SSRC; nil: nobody.
func (t *table) speaker(ssrc uint32) *Conn {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.speakers[ssrc]
}

// forget forgets a Conn that has ended.
func (t *table) forget(c *Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.speakers, func(_ uint32, who *Conn) bool { return who == c })
	if len(t.known[c]) == 0 {
		return
	}
	t.change(func(m map[netip.AddrPort]*Conn) {
		for _, a := range t.known[c] {
			if m[a] == c {
				delete(m, a)
			}
		}
	})
	delete(t.known, c)
}

// holds is how long an address stays with who spoke from there: less than it takes
// until the next check of a newcomer.
const holds = time.Second

// speaksAt tells whether media has just come, and goes to this address.
func (c *Conn) speaksAt(a netip.AddrPort, now time.Time) bool {
	w := c.way.Load()
	return w != nil && w.addr == a && now.UnixNano()-c.heard.Load() < int64(holds)
}

func unmapped(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}
