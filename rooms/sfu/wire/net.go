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
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"
)

// ErrNoAddress says that a Net listens everywhere and was not told which
// addresses browsers can reach.
var ErrNoAddress = errors.New("no address to advertise: listening on all interfaces needs one")

const (
	// Bursts of keyframes from a room's worth of publishers arrive between two
	// scheduler turns; the kernel's default of 208 kB loses 0.2 % on a shared port.
	readBuffer  = 4 << 20
	writeBuffer = 2 << 20
	// A TCP peer that reads slowly loses packets instead of blocking whoever
	// publishes to it: two seconds of a 1.5 Mbit/s camera.
	tcpWriteBuffer = 512 << 10
	// A TCP connection that says nothing is somebody's port scan.
	firstBindTimeout = 5 * time.Second
)

// Config tells where a Net listens and what it tells browsers.
type Config struct {
	UDP string // listen address; empty means no UDP
	TCP string // listen address; empty means no TCP
	// Advertise lists the addresses of the answer's candidates, and no others
	// appear there. Empty: the address listened on.
	Advertise []netip.Addr
	Logger    *slog.Logger
}

// Net is one UDP port and one TCP port shared by all peers.
type Net struct {
	// fixed after Listen
	log        *slog.Logger
	cert       webrtc.Certificate
	udpMux     ice.UDPMux
	tcpMux     ice.TCPMux
	udpAddr    netip.AddrPort
	tcpAddr    netip.AddrPort
	candidates []string // a=candidate lines of every answer
}

// Listen opens the sockets. The Net runs until Close.
func Listen(cfg Config) (_ *Net, err error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	n := &Net{log: cfg.Logger}
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
	logs := loggers{n.log}
	if cfg.UDP != "" {
		if err = n.listenUDP(cfg.UDP, logs); err != nil {
			return nil, err
		}
	}
	if cfg.TCP != "" {
		if err = n.listenTCP(cfg.TCP, logs); err != nil {
			return nil, err
		}
	}
	if n.udpMux == nil && n.tcpMux == nil {
		return nil, errors.New("wire: neither UDP nor TCP to listen on")
	}
	if n.candidates, err = candidates(cfg.Advertise, n.udpAddr, n.tcpAddr); err != nil {
		return nil, err
	}
	return n, nil
}

func (n *Net) listenUDP(addr string, logs loggers) error {
	pc, err := net.ListenPacket("udp", addr)
	if err != nil {
		return fmt.Errorf("wire: %w", err)
	}
	conn := pc.(*net.UDPConn)
	// Best effort: the kernel's limit may be lower, and that is still better.
	_ = conn.SetReadBuffer(readBuffer)
	_ = conn.SetWriteBuffer(writeBuffer)
	n.udpAddr = conn.LocalAddr().(*net.UDPAddr).AddrPort()
	n.udpMux = fixedMux{
		UDPMuxDefault: ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: conn, Logger: logs.NewLogger("ice")}),
		local:         familyAddrs(n.udpAddr),
	}
	return nil
}

func (n *Net) listenTCP(addr string, logs loggers) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("wire: %w", err)
	}
	n.tcpAddr = l.Addr().(*net.TCPAddr).AddrPort()
	n.tcpMux = ice.NewTCPMuxDefault(ice.TCPMuxParams{
		Listener:                     l,
		Logger:                       logs.NewLogger("ice"),
		ReadBufferSize:               64,
		WriteBufferSize:              tcpWriteBuffer,
		FirstStunBindTimeout:         firstBindTimeout,
		AliveDurationForConnFromStun: firstBindTimeout,
	})
	return nil
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

// fixedMux gives the ICE agent one local candidate a family, instead of one for
// every interface: the browser only ever sees the answer's candidates, and the
// agent finds its peers by ufrag.
type fixedMux struct {
	*ice.UDPMuxDefault
	local []net.Addr
}

func (m fixedMux) GetListenAddresses() []net.Addr { return m.local }

func familyAddrs(bound netip.AddrPort) []net.Addr {
	if !bound.Addr().IsUnspecified() {
		return []net.Addr{net.UDPAddrFromAddrPort(bound)}
	}
	v4 := net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), bound.Port()))
	if bound.Addr().Is4() {
		return []net.Addr{v4}
	}
	return []net.Addr{v4, net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.IPv6Loopback(), bound.Port()))}
}

// candidates builds the a=candidate lines (RFC 8839 5.1, RFC 6544 4.5) of every
// answer. UDP comes before TCP, and addresses keep their configured order.
func candidates(advertise []netip.Addr, udp, tcp netip.AddrPort) ([]string, error) {
	addrs := advertise
	if len(addrs) == 0 {
		a := udp.Addr()
		if !a.IsValid() {
			a = tcp.Addr()
		}
		if a.IsUnspecified() {
			return nil, ErrNoAddress
		}
		addrs = []netip.Addr{a}
	}
	const (
		hostPreference = 126
		udpLocal       = 65535
		tcpLocal       = 32767 - 8192 // below any UDP candidate, whatever its place
	)
	var lines []string
	add := func(proto string, local int, port uint16, suffix string) {
		for i, a := range addrs {
			priority := uint32(hostPreference)<<24 | uint32(local-i)<<8 | 255
			lines = append(lines, fmt.Sprintf("a=candidate:%s%d 1 %s %d %s %d typ host%s",
				proto[:1], i+1, proto, priority, a.Unmap().WithZone(""), port, suffix))
		}
	}
	if udp.IsValid() {
		add("udp", udpLocal, udp.Port(), "")
	}
	if tcp.IsValid() {
		add("tcp", tcpLocal, tcp.Port(), " tcptype passive")
	}
	return lines, nil
}
