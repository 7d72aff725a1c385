package wire

import (
	"fmt"
	"net"
	"net/netip"

	"github.com/pion/ice/v4"

	"sangdam/rooms/sfu/pionlog"
)

// relayPort is the local port of the candidates that relayed packets come in on.
// No packet of the kernel's ever has it: it is discard's (RFC 863).
const relayPort = 9

func (n *Net) listenUDP(addr string, advertise []netip.Addr, logs pionlog.Factory) error {
	pc, err := net.ListenPacket("udp", addr)
	if err != nil {
		return fmt.Errorf("wire: %w", err)
	}
	conn := pc.(*net.UDPConn)
	// Best effort: the kernel's limit may be lower, and that is still better.
	_ = conn.SetReadBuffer(readBuffer)
	_ = conn.SetWriteBuffer(writeBuffer)
	n.udpAddr = conn.LocalAddr().(*net.UDPAddr).AddrPort()
	for _, a := range advertisedOr(advertise, n.udpAddr) {
		n.advertised = append(n.advertised, netip.AddrPortFrom(a.Unmap().WithZone(""), n.udpAddr.Port()))
	}
	log := logs.NewLogger("ice")
	n.relays = newRelays(n)
	// Relayed packets have a mux of their own: no packet of the socket's passes
	// through it.
	n.udpMux = ice.NewMultiUDPMuxDefault(
		fixedMux{
			UDPMuxDefault: ice.NewUDPMuxDefault(ice.UDPMuxParams{
				UDPConn: socket{conn, n}, Net: enclosed{}, Logger: log,
				OnUnhandledPacket: func(b []byte, from netip.AddrPort) {
					if !n.moves.stranger(b, from) {
						n.strangers.add(Garbage)
					}
				},
			}),
			local: familyAddrs(n.udpAddr),
		},
		fixedMux{
			UDPMuxDefault: ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: n.relays, Net: enclosed{}, Logger: log}),
			local:         n.relays.local(),
		},
	)
	return nil
}

// socket is the UDP socket without the checks that are meant for nobody: Pion
// would copy, parse and report each.
type socket struct {
	*net.UDPConn
	net *Net
}

func (s socket) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	if n, from, ok := s.net.moves.replayed(b); ok {
		return n, from, nil
	}
	for {
		n, from, err := s.ReadFromUDPAddrPort(b)
		if err != nil {
			return n, from, err
		}
		if why, ok := s.net.stray(b[:n], from); !ok {
			s.net.strangers.add(why)
			continue
		}
		return n, s.net.moves.reads(b[:n], from), nil
	}
}

func (s socket) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	return s.WriteToUDPAddrPort(b, s.net.moves.writes(to))
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
