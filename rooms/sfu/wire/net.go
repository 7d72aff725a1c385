// Package wire is the seam between packets and the network: it owns the UDP and
// TCP sockets, ICE, DTLS and SRTP, and hands decrypted packets up and takes
// plain ones down.
//
// A Net owns the sockets and their muxes, a Conn one peer's transport. Pion's
// PeerConnection does ICE, DTLS and SDP; no media passes through it. A port's reader
// takes what has arrived (recvmmsg) and tells it apart by the first byte: STUN and
// DTLS go to Pion's mux, RTP and RTCP to the Conn whose address they come from
// (table), which decrypts them in place (opener, with the keys that the handshake
// settled) and calls its Handler. What the Handler writes is encrypted into the
// outbox of the socket, which leaves at the end of the batch (sendmmsg). So a packet
// goes from socket to socket on one goroutine, and is copied once, by encrypting it.
// Relayed packets and streams come by other goroutines and are told apart in the
// same way.
//
// Queues. STUN and DTLS off the socket wait for the mux in a tray of backlog places,
// relayed ones likewise; when it is full the newest is lost and counted: both are
// sent again. The outbox holds a batch; when it is full it leaves at once. A socket
// that is full holds everybody up for sendPatience, then the rest of the batch is
// lost and counted. What overtakes the end of the handshake waits in maxHeld places.
//
// Locks, outermost first: incoming (the Handler is called with it), whatever the
// Handler takes, outgoing, outbox. Nobody takes two of one kind.
//
// Reading through Pion's TrackRemote or its SRTP sessions was rejected: it took four
// goroutines and as many copies a packet, a third of all time. So was waiting for
// batches to fill: it costs more time than it saves, and delay. So was segmentation
// by the kernel (UDP GSO): packets to one address seldom follow each other.
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
