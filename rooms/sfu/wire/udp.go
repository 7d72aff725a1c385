package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/pion/ice/v4"

	"sangdam/rooms/sfu/pionlog"
)

const (
	// relayPort is the local port of the candidates that relayed packets come in on.
	// No packet of the kernel's ever has it: it is discard's (RFC 863).
	relayPort = 9
	// backlog is how much of STUN and DTLS has been read and the mux has not taken
	// yet: a house that comes back all at once. When it is full, the newest is lost;
	// both are sent again.
	backlog = 1024
)

func (n *Net) listenUDP(addr string, advertise []netip.Addr, logs pionlog.Factory) error {
	var err error
	if n.ports, err = n.listenPorts(addr, min(runtime.GOMAXPROCS(0), maxReaders)); err != nil {
		return err
	}
	first := n.ports[0].conn
	n.udpAddr = first.LocalAddr().(*net.UDPAddr).AddrPort()
	for _, a := range advertisedOr(advertise, n.udpAddr) {
		n.advertised = append(n.advertised, netip.AddrPortFrom(a.Unmap().WithZone(""), n.udpAddr.Port()))
	}
	log := logs.NewLogger("ice")
	n.muxed = &muxed{UDPConn: first, net: n, in: newTray(backlog, newBuffers()), closed: make(chan struct{})}
	n.relays = newRelays(n)
	// Relayed packets have a mux of their own: no packet of the socket's passes
	// through it.
	n.udpMux = ice.NewMultiUDPMuxDefault(
		fixedMux{
			UDPMuxDefault: ice.NewUDPMuxDefault(ice.UDPMuxParams{
				UDPConn: n.muxed, Net: enclosed{}, Logger: log,
				OnUnhandledPacket: func([]byte, netip.AddrPort) { n.strangers.add(Garbage) },
			}),
			local: familyAddrs(n.udpAddr),
		},
		fixedMux{
			UDPMuxDefault: ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: n.relays, Net: enclosed{}, Logger: log}),
			local:         n.relays.local(),
		},
	)
	for _, p := range n.ports {
		go p.run()
	}
	return nil
}

// port is a UDP socket with its reader and its outbox.
type port struct {
	// fixed
	net  *Net
	conn *net.UDPConn
	raw  syscall.RawConn
	six  bool // it speaks IPv6, and IPv4 through it
	done chan struct{}
	out  outbox

	in *inBatch // of the reader

	received, reads atomic.Uint64
}

// listenPorts opens so many sockets on one port. The first is bound as if it were
// alone: so nobody else can have the port, nor get it, since only sockets that all
// ask for it share one. Where they cannot, there is one.
func (n *Net) listenPorts(addr string, count int) ([]*port, error) {
	p, err := n.listenPort(net.ListenConfig{}, addr)
	if err != nil {
		return nil, err
	}
	all := []*port{p}
	if count == 1 || p.raw.Control(shared) != nil {
		return all, nil
	}
	cfg := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error { return c.Control(shared) }}
	for len(all) < count {
		next, err := n.listenPort(cfg, p.conn.LocalAddr().String())
		if err != nil {
			n.log.Warn("wire: fewer sockets than cores", "sockets", len(all), "err", err)
			break
		}
		all = append(all, next)
	}
	return all, nil
}

func (n *Net) listenPort(cfg net.ListenConfig, addr string) (*port, error) {
	pc, err := cfg.ListenPacket(context.Background(), "udp", addr)
	if err != nil {
		return nil, fmt.Errorf("wire: %w", err)
	}
	conn := pc.(*net.UDPConn)
	// Best effort: the kernel's limit may be lower, and that is still better.
	_ = conn.SetReadBuffer(readBuffer)
	_ = conn.SetWriteBuffer(writeBuffer)
	raw, err := conn.SyscallConn()
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("wire: %w", err)
	}
	return &port{
		net: n, conn: conn, raw: raw, six: isSix(raw), done: make(chan struct{}), in: newInBatch(),
		out: outbox{busy: &n.busy, out: newOutBatch(conn, raw)},
	}, nil
}

// run reads until the socket is closed. Whatever media calls for is done on this
// goroutine, up to the socket that it leaves by.
func (p *port) run() {
	defer close(p.done)
	_ = p.in.loop(p.conn, p.raw, p.take)
}

func (p *port) take(n int) {
	p.received.Add(uint64(n))
	p.reads.Add(1)
	p.net.Begin()
	defer p.net.End()
	now := time.Now()
	for i := range n {
		if b := p.in.packet(i); len(b) > 0 {
			p.net.sort(b, p.in.from(i), now)
		}
	}
}

// sort tells a packet off the socket where to go.
func (n *Net) sort(b []byte, from netip.AddrPort, now time.Time) {
	switch kindOf(b) {
	case kindMedia:
		n.media(b, from, now)
	case kindSTUN:
		if why, ok := n.stray(b, from); !ok {
			n.strangers.add(why)
			return
		}
		n.muxed.put(b, from)
	default:
		if c := n.peers.at(from); c != nil {
			c.keys.sees(b)
			from = c.knownAs(from)
		}
		n.muxed.put(b, from)
	}
}

// What a packet may be (RFC 7983 section 7).
const (
	kindSTUN = iota
	kindMedia
	kindOther // DTLS, if anything
)

func kindOf(b []byte) int {
	switch {
	case isSTUN(b):
		return kindSTUN
	case len(b) > 0 && b[0]>>6 == 2:
		return kindMedia
	}
	return kindOther
}

// isRTCP tells reports from media (RFC 5761 section 4).
func isRTCP(b []byte) bool { return len(b) > 1 && b[1] >= 192 && b[1] < 224 }

// muxed is the socket as Pion's mux sees it: STUN and DTLS are all that comes, since
// Pion would copy, parse and report each packet, whoever it is from.
type muxed struct {
	*net.UDPConn // for what the mux sends: of the first port
	net          *Net
	in           tray
	closed       chan struct{}
	once         sync.Once
}

func (m *muxed) put(b []byte, from netip.AddrPort) {
	if !m.in.put(b, from) {
		m.net.strangers.add(Backlog)
	}
}

func (m *muxed) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	select {
	case p := <-m.in.packets:
		return m.in.take(b, p), p.from, nil
	case <-m.closed:
		return 0, netip.AddrPort{}, net.ErrClosed
	}
}

func (m *muxed) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	to = unmapped(to)
	if c := m.net.peers.at(to); c != nil {
		to = c.nowAt(to)
	}
	return m.UDPConn.WriteToUDPAddrPort(b, to)
}

// Close closes the sockets and waits for their readers.
func (m *muxed) Close() error {
	var err error
	m.once.Do(func() {
		close(m.closed)
		for _, p := range m.net.ports {
			err = errors.Join(err, p.conn.Close())
			<-p.done
		}
	})
	return err
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
