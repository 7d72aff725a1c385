package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/pion/transport/v5/deadline"
)

var (
	// ErrNoRelay is returned by OpenRelay for a family in which no UDP address is
	// advertised.
	ErrNoRelay = errors.New("wire: nothing to relay to")
	// ErrRefused is returned by writes to an address that a relay does not reach.
	ErrRefused = errors.New("wire: not an address of ours")
)

const (
	// inboundQueue holds what all relays together have brought and the mux has not
	// taken yet: 30 ms of a full house. When it is full, the newest is lost.
	inboundQueue = 1024
	// outboundQueue is what one relay's client has not taken yet: two seconds of a
	// 1 Mbit/s picture. When it is full, the newest is lost, as on any slow line.
	outboundQueue = 256
	// Relayed addresses have ports of the dynamic range (RFC 8656 section 7.2).
	// They are given out in turn, so that one is used again as late as possible:
	// the mux remembers who was behind it.
	firstPort, ports = 49152, 65536 - 49152
	// checksKept is how many answers to checks may be under way on one relay.
	checksKept = 32
)

// relays are the relayed addresses there are. Towards the mux they are one
// socket, so that a relayed packet comes in like any other; nothing of them is
// known to the kernel.
type relays struct {
	// fixed
	advertised []netip.AddrPort
	strangers  *strangers
	stray      func(b []byte, from netip.AddrPort) (Reason, bool) // Net's: here, too, a call comes from so many addresses
	net        *Net
	calls      table // by the relayed addresses that they come from
	in         tray
	closed     chan struct{}

	mu   sync.RWMutex // guards all below
	open map[netip.AddrPort]*relay
	next int
	shut bool
}

func newRelays(n *Net) *relays {
	return &relays{
		advertised: n.advertised, strangers: &n.strangers, stray: n.stray,
		net: n, in: newTray(inboundQueue, n.buffers), closed: make(chan struct{}),
		open: make(map[netip.AddrPort]*relay), next: rand.IntN(ports),
	}
}

// OpenRelay makes a relayed transport address of one family, "udp4" or "udp6".
func (n *Net) OpenRelay(network string) (net.PacketConn, error) {
	if n.relays == nil {
		return nil, ErrNoRelay
	}
	return n.relays.openRelay(network)
}

// Advertised is the UDP port under each address that answers name.
func (n *Net) Advertised() []netip.AddrPort { return slices.Clone(n.advertised) }

func (r *relays) openRelay(network string) (net.PacketConn, error) {
	var peers []netip.AddrPort
	for _, a := range r.advertised {
		if network == "udp4" && a.Addr().Is4() || network == "udp6" && a.Addr().Is6() {
			peers = append(peers, a)
		}
	}
	if len(peers) == 0 {
		return nil, fmt.Errorf("%w by %s", ErrNoRelay, network)
	}
	c := &relay{
		owner: r, peers: peers, toward: peers[0],
		out: newTray(outboundQueue, r.net.buffers), closed: make(chan struct{}), deadline: deadline.New(),
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.shut {
		return nil, net.ErrClosed
	}
	for range ports {
		r.next = (r.next + 1) % ports
		addr := netip.AddrPortFrom(peers[0].Addr(), uint16(firstPort+r.next))
		if _, taken := r.open[addr]; !taken && !slices.Contains(peers, addr) {
			c.addr = addr
			r.open[addr] = c
			return c, nil
		}
	}
	return nil, fmt.Errorf("%w: no port left", ErrNoRelay)
}

// local are the addresses of the ICE agents' candidates.
func (r *relays) local() []net.Addr {
	var addrs []net.Addr
	for _, network := range []struct {
		six   bool
		local netip.Addr
	}{{false, netip.AddrFrom4([4]byte{127, 0, 0, 1})}, {true, netip.IPv6Loopback()}} {
		if slices.ContainsFunc(r.advertised, func(a netip.AddrPort) bool { return a.Addr().Is6() == network.six }) {
			addrs = append(addrs, net.UDPAddrFromAddrPort(netip.AddrPortFrom(network.local, relayPort)))
		}
	}
	return addrs
}

// LocalAddr is unspecified: one mux serves both families.
func (r *relays) LocalAddr() net.Addr { return &net.UDPAddr{IP: net.IPv6unspecified, Port: relayPort} }

// ReadFromAddrPort gives the mux what a relay has brought.
func (r *relays) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	for {
		select {
		case p := <-r.in.packets:
			n := r.in.take(b, p)
			if why, ok := r.stray(b[:n], p.from); !ok {
				r.strangers.add(why)
				continue
			}
			return n, p.from, nil
		case <-r.closed:
			return 0, netip.AddrPort{}, net.ErrClosed
		}
	}
}

// ReadFrom implements net.PacketConn.
func (r *relays) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := r.ReadFromAddrPort(b)
	return n, net.UDPAddrFromAddrPort(from), err
}

// WriteToAddrPort hands a relay what the mux sends to its address.
func (r *relays) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	r.mu.RLock()
	c := r.open[netip.AddrPortFrom(to.Addr().Unmap(), to.Port())]
	r.mu.RUnlock()
	if c == nil {
		return 0, net.ErrClosed // its client is gone
	}
	r.push(c.out, b, c.sender(b))
	return len(b), nil
}

// WriteTo implements net.PacketConn.
func (r *relays) WriteTo(b []byte, to net.Addr) (int, error) {
	u, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, ErrRefused
	}
	return r.WriteToAddrPort(b, u.AddrPort())
}

// push queues a copy of a packet, or loses it.
func (r *relays) push(queue tray, b []byte, from netip.AddrPort) {
	switch {
	case len(b) > slotSize:
		r.strangers.add(Malformed)
	case !queue.put(b, from):
		r.strangers.add(RelayFull)
	}
}

// bring takes a packet from a relay's client. Media is forwarded at once, the rest
// is the mux's.
func (r *relays) bring(b []byte, from netip.AddrPort) {
	kind := kindOf(b)
	c := r.calls.at(from)
	switch {
	case kind == kindMedia && (c == nil || len(b) > slotSize):
		r.strangers.add(Garbage)
	case kind == kindMedia:
		buf := r.net.buffers.Get().(*[slotSize]byte) // it is decrypted in place, and b is not ours
		defer r.net.buffers.Put(buf)
		r.net.Begin()
		defer r.net.End()
		c.receive(buf[:copy(buf[:], b)], time.Now())
	default:
		if c != nil {
			c.keys.sees(b)
		}
		r.push(r.in, b, from)
	}
}

// Close ends all relays.
func (r *relays) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.shut {
		return nil
	}
	r.shut = true
	close(r.closed)
	for _, c := range r.open {
		c.shut()
	}
	clear(r.open)
	return nil
}

// SetDeadline and its like do nothing: writes never wait, and the mux's reader is
// ended by Close.
func (r *relays) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (r *relays) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (r *relays) SetWriteDeadline(time.Time) error { return nil }

// relay is one relayed address as its client's server sees it.
type relay struct {
	// fixed
	owner    *relays
	addr     netip.AddrPort
	peers    []netip.AddrPort // what it reaches
	out      tray
	closed   chan struct{}
	once     sync.Once
	deadline *deadline.Deadline

	mu     sync.Mutex // guards all below; used only with several peers
	toward netip.AddrPort
	checks [checksKept]pendingCheck
	last   int
}

// pendingCheck is a check whose answer must come from where it went.
type pendingCheck struct {
	id   [12]byte
	peer netip.AddrPort
}

// LocalAddr is the relayed transport address.
func (c *relay) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(c.addr) }

// WriteTo brings a packet to one of our own advertised addresses. It never waits.
func (c *relay) WriteTo(b []byte, to net.Addr) (int, error) {
	u, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, ErrRefused
	}
	peer := netip.AddrPortFrom(u.AddrPort().Addr().Unmap(), uint16(u.Port))
	if !slices.Contains(c.peers, peer) {
		c.owner.strangers.add(RelayTarget)
		return 0, ErrRefused
	}
	select {
	case <-c.closed:
		return 0, net.ErrClosed
	default:
	}
	c.sent(b, peer)
	c.owner.bring(b, c.addr)
	return len(b), nil
}

// ReadFrom takes what was sent to the relayed address.
func (c *relay) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case <-c.closed:
		return 0, nil, net.ErrClosed
	default:
	}
	select {
	case p := <-c.out.packets:
		return c.out.take(b, p), net.UDPAddrFromAddrPort(p.from), nil
	case <-c.closed:
		return 0, nil, net.ErrClosed
	case <-c.deadline.Done():
		return 0, nil, os.ErrDeadlineExceeded
	}
}

// sent remembers by which of our addresses the client means us. Behind the mux
// they are one: only the client's own packets tell which of them an answer must
// come from.
func (c *relay) sent(b []byte, peer netip.AddrPort) {
	if len(c.peers) == 1 {
		return
	}
	check := isSTUN(b) && len(b) >= stunHeader
	c.mu.Lock()
	defer c.mu.Unlock()
	if !check {
		c.toward = peer
		return
	}
	if binary.BigEndian.Uint16(b) == bindingRequest {
		c.last = (c.last + 1) % checksKept
		c.checks[c.last] = pendingCheck{[12]byte(b[8:20]), peer}
		if _, nominates := attribute(b, attrNominates); nominates {
			c.toward = peer
		}
	}
}

// sender is which of our addresses a packet to the client comes from.
func (c *relay) sender(b []byte) netip.AddrPort {
	if len(c.peers) == 1 {
		return c.peers[0]
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if isSTUN(b) && len(b) >= stunHeader && binary.BigEndian.Uint16(b) != bindingRequest {
		for _, k := range c.checks {
			if k.peer.IsValid() && k.id == [12]byte(b[8:20]) {
				return k.peer
			}
		}
	}
	return c.toward
}

// Close gives the address back.
func (c *relay) Close() error {
	c.owner.mu.Lock()
	defer c.owner.mu.Unlock()
	delete(c.owner.open, c.addr)
	c.shut()
	return nil
}

func (c *relay) shut() { c.once.Do(func() { close(c.closed) }) }

// SetDeadline is SetReadDeadline: writes never wait.
func (c *relay) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

// SetReadDeadline ends reads that wait longer.
func (c *relay) SetReadDeadline(t time.Time) error {
	c.deadline.Set(t)
	return nil
}

// SetWriteDeadline does nothing: writes never wait.
func (c *relay) SetWriteDeadline(time.Time) error { return nil }
