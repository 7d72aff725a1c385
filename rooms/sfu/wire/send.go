package wire

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

var errNotYet = errors.New("wire: not connected yet")

// outgoing is the sending end of a Conn.
type outgoing struct {
	sync.Mutex // guards all below; held for one packet

	seal *sealer // nil until DTLS is up
}

// way is how packets reach a peer. It is never changed, only replaced.
type way struct {
	path Path
	addr netip.AddrPort

	port *port // UDP
	to   target

	stream net.Addr // TCP
}

// socketWay leads over one of the sockets. Each will do: they have one port.
func (n *Net) socketWay(to netip.AddrPort) *way {
	p := n.ports[int(to.Port())%len(n.ports)]
	return &way{path: UDP, addr: to, port: p, to: newTarget(to, p.six)}
}

// onSelected takes the pair that ICE has selected: from here on packets go by it.
func (c *Conn) onSelected(pair *webrtc.ICECandidatePair) {
	addr, err := netip.ParseAddr(pair.Remote.Address)
	if err != nil {
		c.net.log.Error("wire: selected pair", "err", err)
		return
	}
	remote := netip.AddrPortFrom(addr.Unmap(), pair.Remote.Port)
	var w *way
	switch pathOf(pair) {
	case TCP:
		w = &way{path: TCP, addr: remote, stream: net.TCPAddrFromAddrPort(remote)}
	case Relayed:
		w = &way{path: Relayed, addr: remote}
	default:
		w = c.net.socketWay(remote)
	}
	c.found.Store(nil)
	c.selected.Store(w)
	c.way.Store(w)
}

func pathOf(pair *webrtc.ICECandidatePair) Path {
	switch {
	case pair.Local.Protocol == webrtc.ICEProtocolTCP:
		return TCP
	case pair.Local.Port == relayPort:
		return Relayed
	}
	return UDP
}

// send encrypts a packet and lets it leave. It does not keep it.
func (c *Conn) send(packet []byte, isRTCP bool) error {
	w := c.way.Load()
	if w == nil {
		return errNotYet
	}
	c.out.Lock()
	defer c.out.Unlock()
	if c.out.seal == nil {
		return errNotYet
	}
	if w.path == UDP {
		return w.port.out.put(c.out.seal, packet, isRTCP, &w.to)
	}
	buf := c.net.buffers.Get().(*[slotSize]byte)
	defer c.net.buffers.Put(buf)
	b, err := c.out.seal.seal(buf[:0], packet, isRTCP)
	if err != nil {
		return err
	}
	if w.path == Relayed {
		_, err = c.net.relays.WriteToAddrPort(b, w.addr)
		return err
	}
	return c.sendStream(b, w.stream)
}

// sendStream writes to the connection from that address, which one of the muxes'
// ends has.
func (c *Conn) sendStream(b []byte, to net.Addr) error {
	err := error(net.ErrClosed)
	for _, s := range slices.Backward(*c.streams.Load()) {
		if _, err = s.WriteTo(b, to); err == nil {
			return nil
		}
	}
	return err
}

// WriteRTCP encrypts and sends one compound packet. It fails until DTLS is up.
func (c *Conn) WriteRTCP(packets ...RTCP) error {
	b, err := rtcp.Marshal(packets)
	if err != nil {
		return err
	}
	return c.send(b, true)
}
