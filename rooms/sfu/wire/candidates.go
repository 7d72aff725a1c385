package wire

import (
	"fmt"
	"net/netip"
)

// candidate is a line of every answer that has not been asked for one way alone.
type candidate struct {
	path Path // UDP or TCP
	line string
}

// advertisedOr is what is advertised, or else the address that is listened on.
func advertisedOr(advertise []netip.Addr, bound netip.AddrPort) []netip.Addr {
	if len(advertise) > 0 || !bound.IsValid() || bound.Addr().IsUnspecified() {
		return advertise
	}
	return []netip.Addr{bound.Addr()}
}

// candidates builds the a=candidate lines (RFC 8839 5.1, RFC 6544 4.5) of every
// answer. UDP comes before TCP, and addresses keep their configured order. Of the
// TCP ports the one that carries everything else is first: where only that is let
// out, the other costs nothing but a connection that never comes up.
func candidates(cfg Config, udp, tcp netip.AddrPort) ([]candidate, error) {
	addrs := advertisedOr(cfg.Advertise, udp)
	if len(addrs) == 0 {
		addrs = advertisedOr(nil, tcp)
	}
	if len(addrs) == 0 {
		return nil, ErrNoAddress
	}
	const (
		hostPreference = 126
		udpLocal       = 65535
		tcpLocal       = 32767 - 8192 // below any UDP candidate, whatever its place
		nextPort       = 4096
	)
	var lines []candidate
	add := func(path Path, local int, port uint16, suffix string) {
		proto := "udp"
		if path == TCP {
			proto = "tcp"
		}
		for i, a := range addrs {
			priority := uint32(hostPreference)<<24 | uint32(local-i)<<8 | 255
			lines = append(lines, candidate{path, fmt.Sprintf("a=candidate:%s%d 1 %s %d %s %d typ host%s",
				proto[:1], i+1, proto, priority, a.Unmap().WithZone(""), port, suffix)})
		}
	}
	if udp.IsValid() {
		add(UDP, udpLocal, udp.Port(), "")
	}
	local := tcpLocal
	if cfg.Streams != nil {
		add(TCP, local, cfg.StreamsPort, " tcptype passive")
		local -= nextPort
	}
	if tcp.IsValid() && (cfg.Streams == nil || tcp.Port() != cfg.StreamsPort) {
		add(TCP, local, tcp.Port(), " tcptype passive")
	}
	return lines, nil
}
