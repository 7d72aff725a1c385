package turn

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	// A hall of a hundred browsers behind one address begins its day at once, with
	// two requests without credentials each. Beyond that, a source gets so many
	// answers a second: whoever forges the address of a victim sends it no more.
	sourceBurst, sourceRate = 300, 30
	// All sources together, forged ones above all.
	totalBurst, totalRate = 4000, 1000
	// maxSources are told apart; the others share one allowance.
	maxSources = 4096
)

// limiter bounds how much is answered to those who have not shown credentials.
type limiter struct {
	mu      sync.Mutex // guards all below
	sources map[netip.Addr]*bucket
	total   bucket
	others  bucket
}

// bucket fills with time; the zero bucket is full.
type bucket struct {
	spent float64
	at    time.Time
}

// take spends one of what has gathered.
func (b *bucket) take(burst, rate float64, now time.Time) bool {
	b.drain(rate, now)
	if b.spent+1 > burst {
		return false
	}
	b.spent++
	return true
}

func (b *bucket) drain(rate float64, now time.Time) {
	if d := now.Sub(b.at); d > 0 {
		b.spent = max(0, b.spent-rate*d.Seconds())
		b.at = now
	}
}

// allow tells whether a source may be answered once more.
func (l *limiter) allow(source netip.Addr, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.sources[source]
	if b == nil && len(l.sources) >= maxSources {
		for a, k := range l.sources {
			if k.drain(sourceRate, now); k.spent == 0 {
				delete(l.sources, a)
			}
		}
	}
	switch {
	case b != nil:
	case len(l.sources) < maxSources:
		if l.sources == nil {
			l.sources = make(map[netip.Addr]*bucket)
		}
		b = &bucket{}
		l.sources[source] = b
	default:
		b = &l.others
	}
	return b.take(sourceBurst, sourceRate, now) && l.total.take(totalBurst, totalRate, now)
}

// addrPort is an address as it compares; the zero one for none of UDP or TCP.
func addrPort(a net.Addr) netip.AddrPort {
	var p netip.AddrPort
	switch a := a.(type) {
	case *net.UDPAddr:
		p = a.AddrPort()
	case *net.TCPAddr:
		p = a.AddrPort()
	}
	return netip.AddrPortFrom(p.Addr().Unmap().WithZone(""), p.Port())
}

// sourceOf is what limits count by: whoever has one IPv6 address has a /64.
func sourceOf(a netip.Addr) netip.Addr {
	if a.Is6() {
		p, _ := a.Prefix(64)
		return p.Addr()
	}
	return a
}
