package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"sangdam/rooms/sfu"
)

// Media is where audio and video travel.
type Media struct {
	Advertise []string `placeholder:"IP,…" help:"Addresses, IPv4 and IPv6, at which browsers reach the media ports. Nothing set: the addresses of this machine's network cards."`
	UDP       string   `default:":7000" placeholder:"ADDR" help:"Address and UDP port of the media; :443 gets through more firewalls."`
	TCP       string   `default:":7000" placeholder:"ADDR" help:"Address and TCP port of the media, beside the port of listen, which takes it too; none switches it off."`
	Without   []string `enum:"red,rtx,allocation" placeholder:"NAME,…" help:"Protections that are switched off, to find a fault in one: red, rtx, allocation."`
}

// TURN is the way around firewalls: a relay to our own media port and to
// nothing else. By TCP and TLS it is reached on the port of listen.
type TURN struct {
	UDP    string `placeholder:"ADDR" help:"Address and UDP port of TURN, e.g. :3478. Nothing set: TURN is reached by TCP and TLS alone."`
	TLS    string `placeholder:"HOST:PORT" help:"Where a proxy in front takes TURN by TLS and passes it on in the clear. Nothing set: this server's own TLS, or no TURN by TLS."`
	Secret string `placeholder:"SECRET" help:"What credentials of TURN derive from, 32 characters or more. Nothing set: the key of the links."`
}

// leastSecret is how long a secret must be that nobody guesses from one of the
// credentials, which each browser has.
const leastSecret = 32

// noPort switches a port off.
const noPort = "none"

func (t *TURN) check() error {
	if t.UDP != "" {
		if _, _, err := net.SplitHostPort(t.UDP); err != nil {
			return fmt.Errorf("turn-udp: %q is not an address with a port, like :3478", t.UDP)
		}
	}
	if t.TLS != "" {
		if host, port, err := net.SplitHostPort(t.TLS); err != nil || host == "" || port == "" {
			return fmt.Errorf("turn-tls: %q is not a name with a port, like turn.example.kr:443", t.TLS)
		}
	}
	if t.Secret != "" && len(t.Secret) < leastSecret {
		return fmt.Errorf("turn-secret has %d characters, fewer than %d: make one with `openssl rand -base64 32`", len(t.Secret), leastSecret)
	}
	return nil
}

func (m *Media) check() error {
	if _, _, err := net.SplitHostPort(m.UDP); err != nil {
		return fmt.Errorf("media-udp: %q is not an address with a port, like :7000", m.UDP)
	}
	if _, _, err := net.SplitHostPort(m.TCP); err != nil && m.TCP != noPort {
		return fmt.Errorf("media-tcp: %q is not an address with a port, like :7000, and not %q", m.TCP, noPort)
	}
	_, err := m.addresses()
	return err
}

// tcp is the address of the TCP port of the media; empty for none.
func (m *Media) tcp() string {
	if m.TCP == noPort {
		return ""
	}
	return m.TCP
}

// without are the protections that are off.
func (m *Media) without() sfu.Without {
	var w sfu.Without
	for _, name := range m.Without {
		switch name {
		case "red":
			w.RED = true
		case "rtx":
			w.RTX = true
		case "allocation":
			w.Allocation = true
		}
	}
	return w
}

// addresses are the configured addresses, or else those of this machine.
func (m *Media) addresses() ([]netip.Addr, error) {
	var out []netip.Addr
	for _, s := range m.Advertise {
		ip, err := netip.ParseAddr(strings.TrimSpace(s))
		if err != nil {
			return nil, fmt.Errorf("media-advertise: %q is not an IP address", s)
		}
		if ip.IsUnspecified() || ip.IsMulticast() {
			return nil, fmt.Errorf("media-advertise: %q is no address that a browser can reach", s)
		}
		out = append(out, ip.Unmap())
	}
	if len(out) > 0 {
		return out, nil
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("list this machine's addresses: %w", err)
	}
	return reachable(all), nil
}

// maxFound is how many addresses of this machine are named without being asked
// for: each is a candidate pair that browsers check, and a machine with a
// hundred containers has as many networks.
const maxFound = 8

// reachable are the addresses of network cards that a browser may be able to
// reach, IPv4 before IPv6 and what the whole net can reach before the rest. Firefox
// never pairs 127.0.0.1, so a machine that has another address must name it even
// when everybody sits at that machine.
func reachable(all []net.Addr) []netip.Addr {
	var public4, private4, public6 []netip.Addr
	for _, a := range all {
		prefix, err := netip.ParsePrefix(a.String())
		if err != nil {
			continue
		}
		switch ip := prefix.Addr().Unmap(); {
		case ip.IsLoopback() || !ip.IsGlobalUnicast():
		case ip.Is4() && isPublic(ip):
			public4 = append(public4, ip)
		case ip.Is4():
			private4 = append(private4, ip)
		case isPublic(ip): // not fd00::/8: who has one of those has an IPv4 address, too
			public6 = append(public6, ip)
		}
	}
	out := append(append(public4, private4...), public6...)
	if len(out) > maxFound {
		out = out[:maxFound]
	}
	return append(out, netip.AddrFrom4([4]byte{127, 0, 0, 1}))
}

// isPublic tells whether an address may be reached from the whole net.
func isPublic(a netip.Addr) bool {
	shared := netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64, 0, 0}), 10) // RFC 6598: a carrier's NAT
	return a.IsGlobalUnicast() && !a.IsPrivate() && !shared.Contains(a)
}

var errNoRoot = errors.New("tls-self-signed needs a data folder (data): the certificate is kept there")
