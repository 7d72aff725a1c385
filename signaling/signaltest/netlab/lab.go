package netlab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"sangdam/signaling/signaltest/netlab/line"
)

// Where everything is: a public network with the server on it, and behind the router
// one private network a link.
const (
	serverAddress = "10.77.0.1"
	routerAddress = "10.77.0.254"
)

// Lab is one world: server, router, and whoever has come so far.
type Lab struct {
	seed    uint64
	server  space
	router  space
	outlets []*outlet
	places  []*Place
	proxies []*proxy
}

// NewLab makes a world without people. The same seed gives the same lines.
func NewLab(seed uint64) (*Lab, error) {
	l := &Lab{seed: seed, server: "srv", router: "rtr"}
	for _, s := range []space{l.server, l.router} {
		if _, err := newSpace(string(s)); err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	for _, err := range []error{
		l.router.ip("link", "add", "wan", "type", "veth", "peer", "name", "eth0", "netns", string(l.server)),
		l.router.ip("address", "add", routerAddress+"/16", "dev", "wan"),
		l.router.ip("link", "set", "wan", "up"),
		l.server.ip("address", "add", serverAddress+"/16", "dev", "eth0"),
		l.server.ip("link", "set", "eth0", "up"),
		l.server.ip("route", "add", "default", "via", routerAddress),
		l.router.do(func() error {
			return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0)
		}),
		l.router.ordinary(),
	} {
		if err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	return l, nil
}

// Close ends the cables and forgets the namespaces.
func (l *Lab) Close() error {
	var errs []error
	for _, p := range l.proxies {
		errs = append(errs, p.close())
	}
	for _, p := range l.places {
		for _, c := range []*Cable{p.Wire, p.Spare} {
			if c != nil {
				errs = append(errs, c.close())
			}
		}
		errs = append(errs, p.space.remove())
	}
	l.places = nil
	for _, s := range []space{l.server, l.router} {
		errs = append(errs, s.remove())
	}
	return errors.Join(errs...)
}

// Place is where one person sits: a namespace with a link to the router.
type Place struct {
	lab   *Lab
	space space
	// Wire is the link in use; Spare another one that is not, nil without.
	Wire, Spare     *Cable
	wire, spare     *outlet
	wireDev, spareD string
	beside          bool   // the spare link is up, too
	gateway         string // the router's address on the first link
	guard           *proxy // stands before tcp/443 under OnlyTLS; nil: not yet
}

// Place makes a place with one link, a perfect line until told otherwise.
func (l *Lab) Place(name string) (*Place, error) {
	s, err := newSpace(name)
	if err != nil {
		return nil, err
	}
	if err := s.ordinary(); err != nil {
		return nil, err
	}
	p := &Place{lab: l, space: s, wireDev: "wlan0"}
	l.places = append(l.places, p)
	if p.Wire, p.wire, err = p.link(p.wireDev); err != nil {
		return nil, err
	}
	if err := l.apply(); err != nil {
		return nil, err
	}
	return p, p.up(p.wireDev, p.wire, 0)
}

// Proxy starts a proxy at the router for this place and returns its address.
func (p *Place) Proxy() (string, error) {
	at, err := startProxy(p.lab.router, p.gateway, proxyPort, connect)
	if err != nil {
		return "", err
	}
	p.lab.proxies = append(p.lab.proxies, at)
	return at.listener.Addr().String(), nil
}

// Second gives the place another link, which is not up yet.
func (p *Place) Second() error {
	var err error
	p.spareD = "wwan0"
	if p.Spare, p.spare, err = p.link(p.spareD); err != nil {
		return err
	}
	return p.lab.apply()
}

// link makes a device with an address, a cable and a way through the router.
func (p *Place) link(device string) (*Cable, *outlet, error) {
	n := len(p.lab.outlets) + 1
	far := fmt.Sprintf("to%d", n)
	inner := fmt.Sprintf("192.168.%d", n)
	o := &outlet{number: n, inner: inner + ".0/24", public: fmt.Sprintf("10.77.1.%d", n)}
	cable, err := newCable(p.space, device, p.lab.router, far, p.lab.seed<<8+uint64(n))
	if err != nil {
		return nil, nil, err
	}
	p.lab.outlets = append(p.lab.outlets, o)
	if p.gateway == "" {
		p.gateway = inner + ".1"
	}
	return cable, o, errors.Join(
		p.space.ip("address", "add", inner+".2/24", "dev", device),
		p.lab.router.ip("address", "add", inner+".1/24", "dev", far),
		p.lab.router.ip("link", "set", far, "up"),
		p.lab.router.ip("address", "add", o.public+"/32", "dev", "wan"),
	)
}

// up brings a device up. What has its address leaves by it, whichever link has the
// default route: so it is on a phone, which has a table of routes for each network.
func (p *Place) up(device string, o *outlet, metric int) error {
	table := strconv.Itoa(100 + o.number)
	return errors.Join(
		p.space.ip("link", "set", device, "up"),
		p.space.ip("route", "add", "default", "dev", device, "metric", strconv.Itoa(metric)),
		p.space.ip("route", "add", "default", "dev", device, "table", table),
		p.space.ip("rule", "add", "from", o.inner, "table", table),
	)
}

// Raise brings the other link up beside the one in use, which keeps the default route.
func (p *Place) Raise() error {
	p.beside = true
	return p.up(p.spareD, p.spare, 100)
}

// Switch takes the link away and uses the other one, which comes up now unless it was
// raised before: another card, another address, another NAT. Android's kernel then
// destroys the TCP connections of the address that is gone, and so does this.
func (p *Place) Switch() error {
	if err := p.space.ip("link", "set", p.wireDev, "down"); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := p.space.run(ctx, "", "ss", "--kill", "--tcp", "src", p.wire.inner); err != nil {
		return err
	}
	if err := p.space.ip("address", "flush", "dev", p.wireDev); err != nil {
		return err
	}
	p.wireDev, p.spareD = p.spareD, p.wireDev
	p.Wire, p.Spare = p.Spare, p.Wire
	p.wire, p.spare = p.spare, p.wire
	if p.beside {
		p.beside = false
		return nil
	}
	return p.up(p.wireDev, p.wire, 0)
}

// Allow changes what the place's network lets out.
func (p *Place) Allow(policy Policy) error {
	if policy == OnlyTLS && p.guard == nil {
		guard, err := startProxy(p.lab.router, p.gateway, guardPort, onlyTLS)
		if err != nil {
			return err
		}
		p.lab.proxies = append(p.lab.proxies, guard)
		p.guard = guard
	}
	p.wire.policy = policy
	return p.lab.apply()
}

// Rebind makes the router forget all flows and give this place's new ports.
func (p *Place) Rebind() error {
	p.wire.mapping++
	return errors.Join(p.lab.apply(), p.lab.forget())
}

// Reset tears down the place's TCP connections to a port of the server, at both ends.
func (p *Place) Reset(port int) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, err := p.space.run(ctx, "", "ss", "--kill", "--tcp", "state", "established", "dst", serverAddress, "dport", "=", fmt.Sprintf(":%d", port))
	return err
}

// Far is a line with so much delay to and fro in all.
func Far(roundTrip time.Duration) line.Quality { return line.Quality{Delay: roundTrip / 2} }
