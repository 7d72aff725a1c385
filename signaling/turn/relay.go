package turn

import (
	"errors"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/turn/v5"
	"golang.org/x/time/rate"
)

const (
	// maxAllocations is how many one username may have: Wi-Fi and LTE at once, or
	// the old and the new in an ICE restart.
	maxAllocations = 2
	// maxHeld is how many one holder may have under all usernames: a link's twelve
	// sessions, of three ways each. There are 16,384 addresses to relay by.
	maxHeld = 12 * 3 * maxAllocations
	// silentAfter is when one counts as left behind, and gives way to a new one. A
	// browser that uses it checks every 5 s at the latest.
	silentAfter = 15 * time.Second
	// maxRate is what an allocation carries each way: a person's three pictures up,
	// a room's eight down.
	maxRate  = 8_000_000 / 8 // bytes/s
	maxBurst = maxRate / 2   // a room's keyframes at once
	// packetCost is what a packet counts for beside its bytes. All relays share
	// one queue into the media, which small packets fill as well as large ones.
	packetCost = 100

	evenPort = 2  // any
	maxTries = 16 // for an even one
)

var (
	errQuota     = errors.New("turn: allocations used up")
	errTCP       = errors.New("turn: relays UDP alone")
	errPort      = errors.New("turn: no even port")
	errClosed    = errors.New("turn: closed")
	errBandwidth = errors.New("turn: more than an allocation carries")
)

// allocation is a relayed address in use.
type allocation struct {
	net.PacketConn
	server   *Server
	id       string
	in, out  *rate.Limiter
	used     atomic.Int64 // when the client last sent something, Unix ns
	released sync.Once
	ended    sync.Once
}

// Validate implements turn.RelayAddressGenerator.
func (s *Server) Validate() error { return nil }

// AllocatePacketConn opens a relayed address for a username's id.
func (s *Server) AllocatePacketConn(c turn.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	if c.UserID == "" { // Pion looks for an even port first, and asks for it by number then
		return nowhere{}, &net.UDPAddr{Port: evenPort}, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil, errClosed
	}
	if len(s.allocations[c.UserID]) >= maxAllocations || len(s.allocations[holderOf(c.UserID)]) >= maxHeld {
		s.metrics.refuse(overQuota)
		return nil, nil, errQuota
	}
	conn, err := s.open(c)
	if err != nil {
		return nil, nil, err
	}
	a := &allocation{
		PacketConn: conn, server: s, id: c.UserID,
		in: rate.NewLimiter(maxRate, maxBurst), out: rate.NewLimiter(maxRate, maxBurst),
	}
	a.used.Store(a.server.cfg.Now().UnixNano())
	for _, of := range a.owners() {
		s.allocations[of] = append(s.allocations[of], a)
	}
	s.metrics.allocations.Inc()
	s.running.Add(1)
	return a, conn.LocalAddr(), nil
}

// open opens a relayed address, with an even port if Pion asks for any. Ports come
// in turn, so that one of two is even.
func (s *Server) open(c turn.AllocateListenerConfig) (net.PacketConn, error) {
	for range maxTries {
		conn, err := s.relay(c.Network)
		if err != nil || c.RequestedPort == 0 || addrPort(conn.LocalAddr()).Port()%2 == 0 {
			return conn, err
		}
		_ = conn.Close()
	}
	return nil, errPort
}

// nowhere is the socket by which Pion finds out about ports.
type nowhere struct{ net.PacketConn }

func (nowhere) Close() error { return nil }

// AllocateListener refuses to relay TCP.
func (s *Server) AllocateListener(turn.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errTCP
}

// AllocateConn refuses to relay TCP.
func (s *Server) AllocateConn(turn.AllocateConnConfig) (net.Conn, error) { return nil, errTCP }

// quota is Pion's QuotaHandler: it makes room by ending an allocation that has
// been left behind. A browser that lost its network cannot give back what it had
// there, and would otherwise be locked out by itself.
func (s *Server) quota(id, _ string, _ net.Addr) bool {
	if s.room(id, maxAllocations) && s.room(holderOf(id), maxHeld) {
		return true
	}
	s.metrics.refuse(overQuota)
	return false
}

// room tells whether an owner may have one more of so many allocations.
func (s *Server) room(owner string, most int) bool {
	s.mu.Lock()
	own := s.allocations[owner]
	var oldest *allocation
	for _, a := range own {
		if oldest == nil || a.used.Load() < oldest.used.Load() {
			oldest = a
		}
	}
	s.mu.Unlock()
	switch {
	case len(own) < most:
		return true
	case s.cfg.Now().Sub(time.Unix(0, oldest.used.Load())) < silentAfter:
		return false
	}
	_ = oldest.Close() // Pion's reader ends, and the allocation with it
	return true
}

// holderOf is the part of a username's id that its holder's other ones have, too.
func holderOf(id string) string { return id[:holderLen] }

// owners are those whose quotas an allocation counts in.
func (a *allocation) owners() [2]string { return [2]string{a.id, holderOf(a.id)} }

// WriteTo relays what a client sends.
func (a *allocation) WriteTo(b []byte, to net.Addr) (int, error) {
	a.used.Store(a.server.cfg.Now().UnixNano())
	if !a.in.AllowN(time.Now(), len(b)+packetCost) {
		a.server.metrics.refuse(tooWide)
		return 0, errBandwidth
	}
	n, err := a.PacketConn.WriteTo(b, to)
	if err != nil {
		if !errors.Is(err, net.ErrClosed) {
			a.server.metrics.refuse(wrongPeer)
		}
		return n, err
	}
	a.server.metrics.in.Add(float64(n))
	return n, nil
}

// ReadFrom takes what is sent to a client.
func (a *allocation) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := a.PacketConn.ReadFrom(b)
		if err != nil {
			a.ended.Do(a.server.running.Done) // nothing reads on after an error
			return n, from, err
		}
		if !a.out.AllowN(time.Now(), n+packetCost) {
			a.server.metrics.refuse(tooWide)
			continue
		}
		a.server.metrics.out.Add(float64(n))
		return n, from, nil
	}
}

// Close gives the relayed address back.
func (a *allocation) Close() error {
	a.released.Do(func() { a.server.release(a) })
	return a.PacketConn.Close()
}

func (s *Server) release(a *allocation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.metrics.allocations.Dec()
	for _, of := range a.owners() {
		rest := slices.DeleteFunc(s.allocations[of], func(o *allocation) bool { return o == a })
		if len(rest) == 0 {
			delete(s.allocations, of)
		} else {
			s.allocations[of] = rest
		}
	}
}
