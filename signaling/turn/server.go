package turn

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/turn/v5"
	"github.com/prometheus/client_golang/prometheus"

	"sangdam/rooms/sfu/pionlog"
)

// Config of a Server. The Server closes Listeners and Packets.
type Config struct {
	// Key is what credentials are derived from (NewCredentials).
	Key []byte
	// Listeners give connections that speak TURN after whatever encrypts them.
	Listeners []net.Listener
	// Packets are sockets for TURN over UDP.
	Packets []net.PacketConn
	// Peers are the addresses that may be reached: the media port under each
	// address by which it is advertised, and nothing else.
	Peers func() []netip.AddrPort
	// Relay opens a relayed transport address, "udp4" or "udp6".
	Relay   func(network string) (net.PacketConn, error)
	Realm   string
	Metrics prometheus.Registerer // nil: counted and shown to nobody
	Logger  *slog.Logger
	Now     func() time.Time // nil: time.Now
}

// lifetime is what an allocation gets that asks for none (RFC 8656 section 3.2).
// One that asks gets an hour at most.
const lifetime = 10 * time.Minute

// Server relays until it is closed. It implements turn.RelayAddressGenerator.
type Server struct {
	// fixed after New
	gate    *gate
	metrics *metrics
	relay   func(network string) (net.PacketConn, error)
	cfg     Config
	pion    *turn.Server
	done    chan struct{}

	running sync.WaitGroup // one for each stream and allocation that Pion serves

	mu          sync.Mutex // guards all below
	closed      bool
	allocations map[string][]*allocation // by id, and by holder
	streams     map[flow]*stream
	idle        map[*stream]netip.Addr // without an allocation
	idleFrom    map[netip.Addr]int
}

// New begins to serve.
func New(cfg Config) (*Server, error) {
	if len(cfg.Key) == 0 || cfg.Peers == nil || cfg.Relay == nil {
		return nil, errors.New("turn: a server needs a key, peers and a relay")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	m := newMetrics(cfg.Metrics)
	s := &Server{
		gate: &gate{
			credentials: NewCredentials(cfg.Key), realm: cfg.Realm, peers: cfg.Peers, metrics: m, now: cfg.Now,
			allocated: make(map[flow]struct{}),
		},
		metrics: m, relay: cfg.Relay, cfg: cfg, done: make(chan struct{}),
		allocations: make(map[string][]*allocation), streams: make(map[flow]*stream),
		idle: make(map[*stream]netip.Addr), idleFrom: make(map[netip.Addr]int),
	}
	pc := turn.ServerConfig{
		Realm: cfg.Realm, LoggerFactory: pionlog.Factory{Log: cfg.Logger},
		AuthHandler: s.gate.credentialsOf, QuotaHandler: s.quota, AllocationLifetime: lifetime,
		EventHandler: turn.EventHandler{
			OnAllocationCreated: func(from, on net.Addr, _, _, _ string, _ net.Addr, _ int) {
				s.setAllocated(flow{addrPort(from), addrPort(on)}, true)
			},
			OnAllocationDeleted: func(from, on net.Addr, _, _, _ string) {
				s.setAllocated(flow{addrPort(from), addrPort(on)}, false)
			},
		},
	}
	for _, l := range cfg.Listeners {
		pc.ListenerConfigs = append(pc.ListenerConfigs, turn.ListenerConfig{
			Listener: listener{l, s}, RelayAddressGenerator: s, PermissionHandler: s.gate.permits,
		})
	}
	for _, p := range cfg.Packets {
		pc.PacketConnConfigs = append(pc.PacketConnConfigs, turn.PacketConnConfig{
			PacketConn: s.newPackets(p), RelayAddressGenerator: s, PermissionHandler: s.gate.permits,
		})
	}
	pion, err := turn.NewServer(pc)
	if err != nil {
		return nil, fmt.Errorf("turn: %w", err)
	}
	s.pion = pion
	return s, nil
}

// Close ends all allocations and waits for what serves them.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	close(s.done)
	var open []io.Closer
	for _, c := range s.streams {
		open = append(open, c.Conn)
	}
	for _, own := range s.allocations {
		for _, a := range own {
			open = append(open, a)
		}
	}
	s.mu.Unlock()
	err := s.pion.Close()
	for _, c := range open {
		_ = c.Close()
	}
	s.running.Wait()
	if err != nil {
		return fmt.Errorf("turn: %w", err)
	}
	return nil
}

// pause waits a moment after an error that passes; false when all is over.
func (s *Server) pause() bool {
	select {
	case <-time.After(50 * time.Millisecond):
		return true
	case <-s.done:
		return false
	}
}
