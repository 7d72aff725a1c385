package wire

import (
	"context"
	"errors"
	"net"
	"net/netip"

	"github.com/pion/transport/v5"
)

var errEnclosed = errors.New("wire: nothing goes out but by the muxes")

// enclosed is all that an ICE agent sees of this machine: one address a family,
// whatever interfaces there are, and no way to send but by the muxes. Asking the
// kernel for its interfaces at each join was rejected: on a machine with many of
// them, every peer would read from as many sockets as there are addresses.
type enclosed struct{}

// The addresses stand for the machine. The one of IPv6 is of the range that leads
// nowhere (RFC 6666), since Pion takes no loopback there.
func agentAddr(six bool) netip.Addr {
	if six {
		return netip.AddrFrom16([16]byte{0: 0x01, 15: 1})
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1})
}

// Interfaces gives one.
func (e enclosed) Interfaces() ([]*transport.Interface, error) {
	i, err := e.InterfaceByIndex(1)
	return []*transport.Interface{i}, err
}

// InterfaceByIndex gives the one there is.
func (enclosed) InterfaceByIndex(int) (*transport.Interface, error) {
	i := transport.NewInterface(net.Interface{Index: 1, MTU: receiveMTU, Name: "mux", Flags: net.FlagUp})
	for _, six := range []bool{false, true} {
		a := agentAddr(six)
		i.AddAddress(&net.IPNet{IP: a.AsSlice(), Mask: net.CIDRMask(a.BitLen(), a.BitLen())})
	}
	return i, nil
}

// InterfaceByName gives the one there is.
func (e enclosed) InterfaceByName(string) (*transport.Interface, error) { return e.InterfaceByIndex(1) }

// All else is closed to agents.

// ListenPacket fails.
func (enclosed) ListenPacket(string, string) (net.PacketConn, error) { return nil, errEnclosed }

// ListenUDP fails.
func (enclosed) ListenUDP(string, *net.UDPAddr) (transport.UDPConn, error) { return nil, errEnclosed }

// ListenTCP fails.
func (enclosed) ListenTCP(string, *net.TCPAddr) (transport.TCPListener, error) {
	return nil, errEnclosed
}

// Dial fails.
func (enclosed) Dial(string, string) (net.Conn, error) { return nil, errEnclosed }

// DialUDP fails.
func (enclosed) DialUDP(string, *net.UDPAddr, *net.UDPAddr) (transport.UDPConn, error) {
	return nil, errEnclosed
}

// DialTCP fails.
func (enclosed) DialTCP(string, *net.TCPAddr, *net.TCPAddr) (transport.TCPConn, error) {
	return nil, errEnclosed
}

// ResolveIPAddr fails.
func (enclosed) ResolveIPAddr(string, string) (*net.IPAddr, error) { return nil, errEnclosed }

// ResolveUDPAddr fails.
func (enclosed) ResolveUDPAddr(string, string) (*net.UDPAddr, error) { return nil, errEnclosed }

// ResolveTCPAddr fails.
func (enclosed) ResolveTCPAddr(string, string) (*net.TCPAddr, error) { return nil, errEnclosed }

// CreateDialer gives one that fails.
func (enclosed) CreateDialer(*net.Dialer) transport.Dialer { return enclosedDialer{} }

// CreateListenConfig gives one that fails.
func (enclosed) CreateListenConfig(*net.ListenConfig) transport.ListenConfig {
	return enclosedListener{}
}

type enclosedDialer struct{ enclosed }

type enclosedListener struct{}

// Listen fails.
func (enclosedListener) Listen(context.Context, string, string) (net.Listener, error) {
	return nil, errEnclosed
}

// ListenPacket fails.
func (enclosedListener) ListenPacket(context.Context, string, string) (net.PacketConn, error) {
	return nil, errEnclosed
}
