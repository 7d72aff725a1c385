package front

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Limits of what has not said yet what it is.
const (
	sortLimit  = 5 * time.Second // to say it, TLS handshake and all
	maxOfOne   = 384             // of one address, or of one /64 of IPv6: a hall whose people come back at once; the newest is closed
	maxOfSite  = 768             // of one /48 of IPv6, which is what a site gets; the newest is closed
	maxInAll   = 2048            // of all; the newest is closed
	maxWaiting = 256             // sorted ones of a kind that nobody has taken; the newest is closed
)

// Config of a Front.
type Config struct {
	Listener net.Listener // becomes the Front's
	// TLS is how the port speaks TLS; nil: everything is plain. Its NextProtos are
	// completed by what is spoken here.
	TLS *tls.Config
	// Trusted tells which addresses are proxies in front: many people come from
	// there, so that the limit of one address does not hold, and who a PROXY
	// header (version 1 or 2) says it is for is believed. Nil: nobody.
	Trusted func(netip.Addr) bool
	Metrics prometheus.Registerer // nil: counted and shown to nobody
	Logger  *slog.Logger          // nil: silent
}

// Front divides one TCP port.
type Front struct {
	// Fixed after New.
	listener net.Listener
	tls      *tls.Config // nil: plain
	trusted  func(netip.Addr) bool
	limit    time.Duration // sortLimit; tests have less of it
	log      *slog.Logger
	metrics  *metrics
	http     *outlet
	turn     *outlet
	streams  *outlet
	plain    *outlet      // requests without TLS on a port that has it
	redirect *http.Server // answers those; nil without TLS

	closing chan struct{} // closed by Close
	done    sync.WaitGroup

	mu       sync.Mutex // guards what follows
	closed   bool
	unsorted map[net.Conn][]netip.Prefix // the networks that each counts in
	of       map[netip.Prefix]int
}

// New makes a Front; Serve starts it.
func New(c Config) *Front {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Trusted == nil {
		c.Trusted = func(netip.Addr) bool { return false }
	}
	f := &Front{
		listener: c.Listener,
		trusted:  c.Trusted,
		limit:    sortLimit,
		log:      c.Logger,
		metrics:  newMetrics(c.Metrics),
		closing:  make(chan struct{}),
		unsorted: make(map[net.Conn][]netip.Prefix),
		of:       make(map[netip.Prefix]int),
	}
	f.http, f.turn, f.streams, f.plain = newOutlet(f), newOutlet(f), newOutlet(f), newOutlet(f)
	if c.TLS != nil {
		f.tls = withProtocols(c.TLS)
		f.redirect = newRedirect()
	}
	return f
}

// HTTP gives the connections that speak HTTP: *tls.Conn where the handshake
// told so, which a server needs for HTTP/2.
func (f *Front) HTTP() net.Listener { return f.http }

// TURN gives the clients of TURN, as plain streams also where they came by TLS.
func (f *Front) TURN() net.Listener { return f.turn }

// Streams gives the connections of ICE-TCP, whose first frame is a STUN message.
func (f *Front) Streams() net.Listener { return f.streams }

// Addr is the port's address.
func (f *Front) Addr() net.Addr { return f.listener.Addr() }

// Serve takes connections in until Close (nil) or until the port fails. It is
// called once.
func (f *Front) Serve() error {
	if f.redirect != nil {
		f.mu.Lock()
		if !f.closed {
			f.done.Go(func() { _ = f.redirect.Serve(f.plain) }) // it ends by Close
		}
		f.mu.Unlock()
	}
	pause := time.Duration(0)
	for {
		c, err := f.listener.Accept()
		if err == nil {
			pause = 0
			f.take(c)
			continue
		}
		select {
		case <-f.closing:
			return nil
		default:
		}
		if errors.Is(err, net.ErrClosed) {
			return err
		}
		// Too many open files, or a connection that was gone before it was taken:
		// the port itself is well, and giving up would end every consultation.
		pause = min(max(2*pause, 5*time.Millisecond), time.Second)
		f.log.Warn("front: a connection could not be taken", "err", err, "again_in", pause)
		select {
		case <-time.After(pause):
		case <-f.closing:
			return nil
		}
	}
}

// Close ends the port, what is not sorted and what nobody has taken. Connections
// that were taken are their takers' to end.
func (f *Front) Close() {
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		f.done.Wait()
		return
	}
	f.closed = true
	close(f.closing)
	for c := range f.unsorted {
		_ = c.Close()
	}
	f.mu.Unlock()
	_ = f.listener.Close()
	if f.redirect != nil {
		_ = f.redirect.Close()
	}
	for _, o := range []*outlet{f.http, f.turn, f.streams, f.plain} {
		_ = o.Close()
	}
	f.done.Wait()
}

// take begins to sort a connection, or closes it when there are too many.
func (f *Front) take(c net.Conn) {
	at := addressOf(c)
	f.mu.Lock()
	defer f.mu.Unlock()
	networks := networksOf(at)
	switch {
	case f.closed:
		_ = c.Close()
		return
	case len(f.unsorted) >= maxInAll:
		f.metrics.refused(refusedFull)
		_ = c.Close()
		return
	case slices.ContainsFunc(networks, f.crowded) && !f.trusted(at):
		f.metrics.refused(refusedCrowded)
		_ = c.Close()
		return
	}
	f.unsorted[c] = networks
	for _, n := range networks {
		f.of[n]++
	}
	f.metrics.unsorted.Inc()
	f.done.Go(func() { f.sort(c, f.trusted(at)) })
}

// sorted forgets a connection that is being sorted no more, and tells whether
// it may still be given away.
func (f *Front) sorted(c net.Conn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range f.unsorted[c] {
		if f.of[n]--; f.of[n] == 0 {
			delete(f.of, n)
		}
	}
	delete(f.unsorted, c)
	f.metrics.unsorted.Dec()
	return !f.closed
}

// addressOf is the other end of a connection; zero when it is no IP address.
func addressOf(c net.Conn) netip.Addr {
	at, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap().WithZone("")
}

// networksOf is what an address counts in: a household or an office has one IPv4
// address, or a /64 of IPv6; who has a /48 has 65,536 of these.
func networksOf(a netip.Addr) []netip.Prefix {
	bits := []int{a.BitLen()}
	if a.Is6() {
		bits = []int{64, siteBits}
	}
	var out []netip.Prefix
	for _, n := range bits {
		if p, err := a.Prefix(n); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// siteBits is the length of a site's prefix in IPv6 (RFC 6177).
const siteBits = 48

// crowded tells whether a network has all the unsorted ones that it may have.
func (f *Front) crowded(n netip.Prefix) bool {
	if n.Addr().Is6() && n.Bits() == siteBits {
		return f.of[n] >= maxOfSite
	}
	return f.of[n] >= maxOfOne
}
