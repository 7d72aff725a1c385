package front

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net/netip"
	"strconv"
	"strings"
)

// A proxy that passes TLS on without opening it can tell for whom only before
// the first byte: the PROXY protocol of HAProxy, which nginx speaks too.
var (
	errNotProxy = errors.New("front: no PROXY header")
	errProxy    = errors.New("front: a broken PROXY header")
)

const (
	proxyV1        = "PROXY "
	proxyV1Longest = 107 // as its definition has it
	proxyV2        = "\r\n\r\n\x00\r\nQUIT\n"
	proxyV2Header  = 16
	proxyV2Longest = proxyV2Header + 536 // addresses and whatever a proxy adds about itself
)

// readProxy takes a PROXY header off the connection. The address is invalid
// when the proxy speaks for itself (its health checks).
func (p *prefixed) readProxy() (netip.AddrPort, error) {
	for {
		from, n, err := parseProxy(p.head)
		switch {
		case err != nil:
			return netip.AddrPort{}, err
		case n > 0:
			if p.head = p.head[n:]; len(p.head) == 0 {
				p.head = nil
			}
			return from, nil
		}
		if err := p.more(proxyV2Longest); err != nil {
			return netip.AddrPort{}, err
		}
	}
}

// parseProxy reads a header from the first bytes of a connection: n is its
// length, 0 while it is not complete.
func parseProxy(b []byte) (from netip.AddrPort, n int, err error) {
	switch {
	case begins(b, proxyV1):
		if len(b) < len(proxyV1) {
			return from, 0, nil
		}
		return parseProxyV1(b)
	case begins(b, proxyV2):
		if len(b) < proxyV2Header {
			return from, 0, nil
		}
		return parseProxyV2(b)
	}
	return from, 0, errNotProxy
}

// begins tells whether b is, as far as it goes, what s begins with.
func begins(b []byte, s string) bool {
	n := min(len(b), len(s))
	return string(b[:n]) == s[:n]
}

func parseProxyV1(b []byte) (from netip.AddrPort, n int, err error) {
	end := bytes.Index(b[:min(len(b), proxyV1Longest)], []byte("\r\n"))
	if end < 0 {
		if len(b) >= proxyV1Longest {
			return from, 0, errProxy
		}
		return from, 0, nil
	}
	n = end + 2
	fields := strings.Split(string(b[:end]), " ")
	if len(fields) >= 2 && fields[1] == "UNKNOWN" {
		return from, n, nil
	}
	if len(fields) != 6 || fields[1] != "TCP4" && fields[1] != "TCP6" {
		return from, 0, errProxy
	}
	addr, err := netip.ParseAddr(fields[2])
	if err != nil || addr.Zone() != "" || addr.Is4() != (fields[1] == "TCP4") {
		return from, 0, errProxy
	}
	port, err := strconv.ParseUint(fields[4], 10, 16)
	if err != nil {
		return from, 0, errProxy
	}
	return netip.AddrPortFrom(addr.Unmap(), uint16(port)), n, nil
}

func parseProxyV2(b []byte) (from netip.AddrPort, n int, err error) {
	n = proxyV2Header + int(binary.BigEndian.Uint16(b[14:]))
	if b[12]>>4 != 2 || n > proxyV2Longest {
		return from, 0, errProxy
	}
	if len(b) < n {
		return from, 0, nil
	}
	body := b[proxyV2Header:n]
	switch command, family := b[12]&0x0f, b[13]; {
	case command == 0: // LOCAL
		return from, n, nil
	case command != 1:
		return from, 0, errProxy
	case family == 0x11 && len(body) >= 12:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(body)), binary.BigEndian.Uint16(body[8:])), n, nil
	case family == 0x21 && len(body) >= 36:
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(body)).Unmap(), binary.BigEndian.Uint16(body[32:])), n, nil
	case family == 0: // AF_UNSPEC: the proxy does not know
		return from, n, nil
	}
	return from, 0, errProxy
}
