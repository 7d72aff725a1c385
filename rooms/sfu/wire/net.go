// Package wire is the seam between packets and the network: it owns the UDP and
// TCP sockets, ICE, DTLS and SRTP, and hands decrypted packets up and takes
// plain ones down.
//
// A Net owns the sockets and their muxes, a Conn one peer's transport. Above
// this package nobody sees a Pion track or stream, so that its receive chain can
// be replaced (one goroutine from socket to socket, batches) without touching
// who forwards what. Reading through Pion's TrackRemote was rejected: it hands
// out probe padding and retransmissions as old packets, and adds two goroutine
// hops a packet.
package wire

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"

	"sangdam/rooms/sfu/pionlog"
)

// ErrNoAddress says that a Net listens everywhere and was not told which
// addresses browsers can reach.
var ErrNoAddress = errors.New("no address to advertise: listening on all interfaces needs one")

const (
	// Bursts of keyframes from a room's worth of publishers arrive between two
	// scheduler turns; the kernel's default of 208 kB loses 0.2 % on a shared port.
	readBuffer  = 4 << 20
	writeBuffer = 2 << 20
)

// Config tells where a Net listens and what it tells browsers.
type Config struct {
	UDP string // listen address; empty means no UDP
	TCP string // listen address; empty means no TCP
	// Advertise lists the addresses of the answer's candidates, and no others
	// appear there. Empty: the address listened on.
	Advertise []netip.Addr
	// Streams are connections for ICE-TCP that somebody else took in, and
	// StreamsPort the port by which browsers reach them; nil: none. Net closes it.
	Streams     net.Listener
	StreamsPort uint16
	Logger      *slog.Logger
}

// Net is one UDP port, one or two TCP ports and the relayed addresses, shared by
// all peers.
type Net struct {
	// fixed after Listen
	log        *slog.Logger
	cert       webrtc.Certificate
	udpMux     ice.UDPMux
	tcpMux     *ice.TCPMuxDefault
	ports      []*port
	muxed      *muxed  // nil without UDP
	relays     *relays // nil without UDP
	udpAddr    netip.AddrPort
	tcpAddr    netip.AddrPort
	advertised []netip.AddrPort
	candidates []candidate // of every answer

	calls     calls
	strangers strangers
	peers     table        // by their addresses on the socket
	busy      atomic.Int32 // batches under way
	buffers   *sync.Pool   // of slotSize
}

// Listen opens the sockets. The Net runs until Close.
func Listen(cfg Config) (_ *Net, err error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	n := &Net{log: cfg.Logger, strangers: strangers{log: cfg.Logger}, buffers: newBuffers()}
	defer func() {
		if err != nil {
			_ = n.Close()
		}
	}()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("wire: key: %w", err)
	}
	// One certificate for all peers: making one costs more than all the rest of
	// an answer, and each session still has keys of its own.
	cert, err := webrtc.GenerateCertificate(key)
	if err != nil {
		return nil, fmt.Errorf("wire: certificate: %w", err)
	}
	n.cert = *cert
	logs := pionlog.Factory{Log: n.log}
	if cfg.UDP != "" {
		if err = n.listenUDP(cfg.UDP, cfg.Advertise, logs); err != nil {
			return nil, err
		}
	}
	if cfg.TCP != "" || cfg.Streams != nil {
		if err = n.listenTCP(cfg.TCP, cfg.Streams, logs); err != nil {
			return nil, err
		}
	}
	if n.udpMux == nil && n.tcpMux == nil {
		return nil, errors.New("wire: neither UDP nor TCP to listen on")
	}
	n.candidates, err = candidates(cfg, n.udpAddr, n.tcpAddr)
	if err != nil {
		return nil, err
	}
	return n, nil
}

// UDP is the address the UDP socket is bound to; invalid without UDP.
func (n *Net) UDP() netip.AddrPort { return n.udpAddr }

// TCP is the address the TCP socket is bound to; invalid without TCP.
func (n *Net) TCP() netip.AddrPort { return n.tcpAddr }

// Close closes the sockets. Conns must be closed before.
func (n *Net) Close() error {
	var errs []error
	if n.udpMux != nil {
		errs = append(errs, n.udpMux.Close())
	}
	if n.tcpMux != nil {
		errs = append(errs, n.tcpMux.Close())
	}
	return errors.Join(errs...)
}
