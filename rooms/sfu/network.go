package sfu

import (
	"net"
	"net/netip"
	"strings"

	"sangdam/rooms/sfu/wire"
)

// UDP and TCP are the addresses the Engine listens on; invalid for none.
func (e *Engine) UDP() netip.AddrPort { return e.net.UDP() }

// TCP is the address the Engine listens on for ICE-TCP.
func (e *Engine) TCP() netip.AddrPort { return e.net.TCP() }

// Advertised is the media port under each address that answers name: what a
// relay may reach.
func (e *Engine) Advertised() []netip.AddrPort { return e.net.Advertised() }

// OpenRelay makes a relayed transport address of one family ("udp4", "udp6") that
// is no port of the kernel's. What is written to one of Advertised arrives as from
// LocalAddr; what is sent to LocalAddr is read. Whoever opened it closes it.
func (e *Engine) OpenRelay(network string) (net.PacketConn, error) { return e.net.OpenRelay(network) }

// transport is how an offer is answered below SDP.
func (asked Offer) transport(o *offer) (wire.Asked, error) {
	t := wire.Asked{Offer: o.sdp, Slots: slotsOf(o.sections), Active: asked.Active}
	switch asked.Only {
	case RouteNone:
	case RouteUDP:
		t.Only = wire.UDP
	case RouteTCP:
		t.Only = wire.TCP
	default:
		return t, badOffer("no such way")
	}
	if asked.Active && strings.Contains(o.sdp, "a=setup:active") {
		return t, badOffer("not willing to be DTLS server")
	}
	return t, nil
}

// Traffic is what the UDP sockets have carried.
func (e *Engine) Traffic() wire.Traffic { return e.net.Traffic() }
