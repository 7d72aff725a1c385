package main

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"sangdam/signaling/protocol"
	"sangdam/signaling/sheet"
	"sangdam/signaling/turn"
)

// ways are the doors into this server as browsers find them: what ICE servers
// and the sheet for a company's network people are made of.
type ways struct {
	Host      string       // name or address, as in the address bar
	Port      uint16       // of everything that comes by TCP
	TLS       bool         // ended in this process
	Reached   bool         // browsers reach the port itself, not only a proxy that opens HTTP
	Streams   bool         // and under the media's addresses
	Addresses []netip.Addr // of the media
	UDP       uint16       // of the media; 0 for none
	TCP       uint16       // of the media, beside Port; 0 for none
	TURNUDP   uint16       // 0 for none
	TURNTLS   string       // host:port; empty for none
	Hall      *sheet.Hall  // nil: the certificate is one that browsers trust
}

// bound are the ports that were given.
type bound struct {
	listen  net.Addr
	udp     netip.AddrPort
	tcp     netip.AddrPort // invalid for none
	turnUDP net.Addr       // nil for none
}

// waysOf says how browsers reach what is listened on.
func waysOf(publicURL string, edge *Edge, t *TURN, addresses []netip.Addr, b bound) ways {
	w := ways{TLS: edge.TLS.on(), Addresses: addresses, UDP: b.udp.Port(), TURNUDP: portOf(b.turnUDP), TURNTLS: t.TLS}
	if b.tcp.IsValid() {
		w.TCP = b.tcp.Port()
	}
	w.Host, w.Port = "localhost", portOf(b.listen)
	if u, err := url.Parse(publicURL); err == nil && u.Host != "" {
		w.Host = u.Hostname()
		if w.TLS { // whatever maps ports in front passes everything on
			w.Port = portOfURL(u)
		}
	}
	// What listens on 127.0.0.1 with a public name has a proxy in front.
	at, err := netip.ParseAddrPort(b.listen.String())
	open := err == nil && !at.Addr().IsLoopback()
	w.Reached = w.TLS || open || isLocal(w.Host)
	w.Streams = w.TLS || open || !hasOther(addresses)
	if w.TLS && w.TURNTLS == "" {
		w.TURNTLS = net.JoinHostPort(w.Host, strconv.Itoa(int(w.Port)))
	}
	return w
}

// hasOther tells whether browsers of other machines are expected.
func hasOther(addresses []netip.Addr) bool {
	for _, a := range addresses {
		if !a.IsLoopback() {
			return true
		}
	}
	return false
}

// isLocal tells whether a host means the very machine that asks.
func isLocal(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

func portOf(a net.Addr) uint16 {
	if a == nil {
		return 0
	}
	at, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return 0
	}
	return at.Port()
}

func portOfURL(u *url.URL) uint16 {
	if n, err := strconv.ParseUint(u.Port(), 10, 16); err == nil {
		return uint16(n)
	}
	if u.Scheme == "http" {
		return 80
	}
	return 443
}

// turnHost is where TURN is reached. A proxy that ends TLS has the name, and its
// machine need not be ours: then the media's address is.
func (w ways) turnHost() string {
	if w.TLS || len(w.Addresses) == 0 {
		return w.Host
	}
	if _, err := netip.ParseAddr(w.Host); err == nil {
		return w.Host
	}
	return w.Addresses[0].String()
}

// iceServers gives every way of TURN with credentials of its own: a browser
// allocates on all of them at once, and each name has a quota.
func (w ways) iceServers(c turn.Credentials) func(link, session string, now time.Time) []protocol.ICEServer {
	type way struct{ name, url string }
	var all []way
	if w.TURNUDP != 0 {
		all = append(all, way{"udp", "turn:" + net.JoinHostPort(w.turnHost(), strconv.Itoa(int(w.TURNUDP))) + "?transport=udp"})
	}
	if w.Reached {
		all = append(all, way{"tcp", "turn:" + net.JoinHostPort(w.turnHost(), strconv.Itoa(int(w.Port))) + "?transport=tcp"})
	}
	if w.TURNTLS != "" {
		all = append(all, way{"tls", "turns:" + w.TURNTLS + "?transport=tcp"})
	}
	return func(link, session string, now time.Time) []protocol.ICEServer {
		out := make([]protocol.ICEServer, 0, len(all))
		for _, way := range all {
			user, password := c.For(link, session+"/"+way.name, now)
			out = append(out, protocol.ICEServer{URLs: []string{way.url}, Username: user, Credential: password})
		}
		return out
	}
}

// sheet is the page that tells a company's network people of these ways.
func (w ways) sheet(publicURL string) (http.Handler, error) {
	u, err := url.Parse(publicURL)
	if err != nil {
		return nil, err
	}
	c := sheet.Config{
		URL: publicURL, Host: w.Host, Port: portOfURL(u), Addresses: w.Addresses,
		TURNTLS: w.TURNTLS, UDP: w.UDP, TCP: w.TCP, TURNUDP: w.TURNUDP, Hall: w.Hall,
	}
	if w.Streams && !w.TLS && w.Port != c.Port {
		c.Streams = w.Port
	}
	return sheet.New(c)
}
