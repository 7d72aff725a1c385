package turn

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"
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

// Server relays for as long as it is not closed.
type Server struct{}

// New begins to serve.
func New(cfg Config) (*Server, error) {
	if len(cfg.Key) == 0 || cfg.Peers == nil || cfg.Relay == nil {
		return nil, errors.New("turn: a server needs a key, peers and a relay")
	}
	return &Server{}, nil
}

// Close ends all allocations and waits for what serves them.
func (s *Server) Close() error { return nil }
