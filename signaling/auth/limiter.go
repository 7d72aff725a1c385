package auth

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limiter holds one token bucket a key. It remembers at most maxKeys of them:
// when it is full, those that have been full again for a while go, and if there
// are none an arbitrary one goes, so that a flood of keys costs memory of a
// known size and locks nobody out.
type Limiter struct {
	// Fixed after NewLimiter.
	every time.Duration
	burst int
	max   int

	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

const maxKeys = 10_000

// NewLimiter allows burst at once and one more every d, a key.
func NewLimiter(d time.Duration, burst int) *Limiter {
	return &Limiter{every: d, burst: burst, max: maxKeys, buckets: make(map[string]*rate.Limiter)}
}

// Allow takes n from the bucket of key; when there is not enough it takes
// nothing and tells how long to wait.
func (l *Limiter) Allow(key string, n int, now time.Time) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[key]
	if b == nil {
		l.makeRoom(now)
		b = rate.NewLimiter(rate.Every(l.every), l.burst)
		l.buckets[key] = b
	}
	if b.AllowN(now, n) {
		return 0, true
	}
	missing := float64(n) - b.TokensAt(now)
	return time.Duration(missing * float64(l.every)), false
}

// Left tells whether the bucket of key has one left, and takes nothing.
func (l *Limiter) Left(key string, now time.Time) (wait time.Duration, ok bool) {
	return l.Has(key, 1, now)
}

// Has tells whether the bucket of key has n left, and takes nothing.
func (l *Limiter) Has(key string, n int, now time.Time) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[key]
	if b == nil {
		return 0, n <= l.burst
	}
	missing := float64(n) - b.TokensAt(now)
	return time.Duration(missing * float64(l.every)), missing <= 0
}

// makeRoom is called with mu held.
func (l *Limiter) makeRoom(now time.Time) {
	if len(l.buckets) < l.max {
		return
	}
	for k, b := range l.buckets {
		if b.TokensAt(now) >= float64(l.burst) {
			delete(l.buckets, k)
		}
	}
	for k := range l.buckets {
		if len(l.buckets) < l.max {
			return
		}
		delete(l.buckets, k)
	}
}

// AddrKey is whom an address stands for: one address in IPv4, one /64 in IPv6,
// where a single subscriber has 2^64 of them.
func AddrKey(a netip.Addr) string {
	a = a.Unmap()
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}
