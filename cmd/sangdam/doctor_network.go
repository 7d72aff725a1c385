package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"sangdam/signaling/certs"
	"sangdam/signaling/turn"
)

const (
	// warnBefore is how long before a certificate ends somebody should look.
	warnBefore = 14 * 24 * time.Hour
	// resolveLimit is how long the net's directory may take.
	resolveLimit = 3 * time.Second
	// relayLimit is how long the relay may take for three round trips on this machine.
	relayLimit = 5 * time.Second
)

// served tells whether the server on this machine is well. It is asked once: what
// holds the port and says nothing takes its time each time.
func (c *doctorCommand) served(ctx context.Context) bool {
	if c.asked == nil {
		is := askLocal(ctx, &c.Edge) == nil
		c.asked = &is
	}
	return *c.asked
}

// pagesPort looks whether the one port can be had, or is served.
func (c *doctorCommand) pagesPort(ctx context.Context) (string, error) {
	l, err := net.Listen("tcp", c.Listen)
	if err == nil {
		return c.Listen + " is free", l.Close()
	}
	if c.served(ctx) {
		return c.Listen + " is served, and the server is well", nil
	}
	return "", portTaken("listen", c.Listen, err)
}

// mediaPorts looks whether those of the media and of TURN can be had.
func (c *doctorCommand) mediaPorts(ctx context.Context) (string, error) {
	told := []string{"UDP " + c.Media.UDP}
	err := tryUDP(c.Media.UDP)
	setting, at := "media-udp", c.Media.UDP
	if tcp := c.Media.tcp(); tcp != "" {
		told = append(told, "TCP "+tcp)
		if err == nil {
			setting, at = "media-tcp", tcp
			var l net.Listener
			if l, err = net.Listen("tcp", tcp); err == nil {
				err = l.Close()
			}
		}
	}
	if c.TURN.UDP != "" {
		told = append(told, "UDP "+c.TURN.UDP)
		if err == nil {
			setting, at = "turn-udp", c.TURN.UDP
			err = tryUDP(c.TURN.UDP)
		}
	}
	ports := strings.Join(told, ", ")
	if err == nil {
		return ports + " can be had; open them in the firewall", nil
	}
	if c.served(ctx) {
		return ports + " in use, and the server is well", nil
	}
	return "", portTaken(setting, at, err)
}

func tryUDP(addr string) error {
	at, err := net.ListenPacket("udp", addr)
	if err != nil {
		return err
	}
	return at.Close()
}

// mediaAddresses looks whether those who are expected could reach what browsers
// are told.
func (c *doctorCommand) mediaAddresses(context.Context) (string, error) {
	addresses, err := c.Media.addresses()
	if err != nil {
		return "", err
	}
	if !hasOther(addresses) {
		return "", errors.New("only this machine itself could see and hear: set media-advertise to the address that browsers reach")
	}
	host := c.publicHost()
	if _, err := netip.ParseAddr(host); err != nil && strings.Contains(host, ".") && !slices.ContainsFunc(addresses, isPublic) {
		return "", warning(fmt.Sprintf("browsers are told %v, which nobody outside this network reaches, although %s is a public name: set media-advertise to the public address (behind a NAT, the one that it maps to this machine), and to the hall's own when booths sit in this network", addresses, host))
	}
	return fmt.Sprintf("browsers are told %v", addresses), nil
}

// publicHost is the name or address in public-url; empty for none.
func (c *doctorCommand) publicHost() string {
	u, err := url.Parse(c.PublicURL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// name looks whether public-url's name leads to where the media is.
func (c *doctorCommand) name(ctx context.Context) (string, error) {
	host := c.publicHost()
	if host == "" {
		return "", errors.New("public-url is not set: there is no name to look up")
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return host + " is an address and no name", nil
	}
	ctx, cancel := context.WithTimeout(ctx, resolveLimit)
	defer cancel()
	found, err := c.lookup(ctx, host)
	if err != nil {
		return "", warning(fmt.Sprintf("%s does not resolve here (%v): enter it in DNS, with an A record and, where there is IPv6, an AAAA record", host, err))
	}
	for i := range found {
		found[i] = found[i].Unmap()
	}
	addresses, err := c.Media.addresses()
	if err != nil {
		return "", err
	}
	var elsewhere []netip.Addr
	for _, a := range found {
		if !slices.Contains(addresses, a) && !a.IsLoopback() {
			elsewhere = append(elsewhere, a)
		}
	}
	switch {
	case len(elsewhere) == 0:
		return fmt.Sprintf("%s leads to %v", host, found), nil
	case c.TLS.on():
		return "", warning(fmt.Sprintf("%s leads to %v, which is not among the addresses that browsers are told for the media: correct DNS, or add it to media-advertise when it is this server's", host, elsewhere))
	}
	return fmt.Sprintf("%s leads to %v, a proxy in front", host, elsewhere), nil
}

// clock asks the kernel whether something keeps the clock right.
func (c *doctorCommand) clock(context.Context) (string, error) {
	const unsynchronised = 5 // TIME_ERROR of adjtimex(2)
	var kernel syscall.Timex
	state, err := syscall.Adjtimex(&kernel)
	if err != nil {
		return "", warning(fmt.Sprintf("the kernel does not tell whether the clock follows a time server (%v): see `timedatectl`", err))
	}
	if state == unsynchronised {
		return "", warning("this machine's clock follows no time server: `timedatectl set-ntp true`, or attendance is told by a clock that drifts")
	}
	return "it follows a time server", nil
}

// certificate looks at what browsers will be shown: what the running server
// shows, or else what it would.
func (c *doctorCommand) certificate(ctx context.Context) (string, error) {
	if !c.TLS.on() {
		if u, err := url.Parse(c.PublicURL); err == nil && u.Scheme == "https" {
			return "the proxy in front has it; TURN by TLS needs one that passes it on (see turn-tls)", nil
		}
		return "", warning("there is no TLS: browsers give camera and microphone to https pages alone, except on this very machine. Set tls-acme, tls-cert or tls-self-signed, or put a proxy with a certificate in front")
	}
	chain, err := c.shown(ctx)
	var roots *x509.CertPool
	switch {
	case err == nil:
	case c.TLS.Cert != "":
		chain, err = certs.Chain(c.TLS.Cert, c.TLS.Key)
	case c.TLS.SelfSigned:
		chain, err = certs.Chain(filepath.Join(c.Data, certs.HallCert), filepath.Join(c.Data, certs.HallKey))
		if errors.Is(err, fs.ErrNotExist) { // made here it would belong to whoever runs the doctor
			return "made at the first start; then each device has to be told to trust it", nil
		}
	default:
		return "", warning("none was seen: the server does not run, or the authority has not given one yet. It asks on port 443 of " + strings.Join(c.TLS.ACME, ", ") + ", which must lead here")
	}
	if err != nil {
		return "", fmt.Errorf("it cannot be used (see %s): %w", c.TLS.setting(), err)
	}
	if c.TLS.SelfSigned {
		roots = x509.NewCertPool()
		roots.AddCert(chain[len(chain)-1])
	}
	return judge(chain, roots, c.publicHost(), time.Now(), &c.TLS)
}

// judge says what is wrong with a certificate, the worst first.
func judge(chain []*x509.Certificate, roots *x509.CertPool, host string, now time.Time, t *TLS) (string, error) {
	leaf := chain[0]
	day := leaf.NotAfter.UTC().Format("2006-01-02")
	renew := "see that the files of tls-cert and tls-key are renewed"
	switch {
	case len(t.ACME) > 0:
		renew = "see in the log why the authority gives none, and that port 443 of the name leads here"
	case t.SelfSigned:
		renew = "delete tls.crt in the data folder and start again: a new one is made, which each device has to be told to trust"
	}
	switch {
	case now.After(leaf.NotAfter):
		return "", fmt.Errorf("it ended on %s and browsers refuse it: %s", day, renew)
	case now.Before(leaf.NotBefore):
		return "", fmt.Errorf("it begins only on %s: see whether this machine's clock is right", leaf.NotBefore.UTC().Format("2006-01-02"))
	case host != "" && leaf.VerifyHostname(host) != nil:
		return "", fmt.Errorf("it is for %s and not for %s of public-url: get one for that name", strings.Join(namesOf(leaf), ", "), host)
	}
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now}); err != nil {
		return "", warning(fmt.Sprintf("this machine would not trust it (%v): put the whole chain into tls-cert, the server's own certificate first; an authority of your own has to be trusted by each device", err))
	}
	if left := leaf.NotAfter.Sub(now); left < warnBefore {
		return "", warning(fmt.Sprintf("it ends in %d days, on %s: %s", int(left.Hours()/24), day, renew))
	}
	told := "for " + strings.Join(namesOf(leaf), ", ") + " until " + day
	if t.SelfSigned {
		told += "; each device has to be told to trust it (the page /network says how)"
	}
	return told, nil
}

func namesOf(leaf *x509.Certificate) []string {
	names := slices.Clone(leaf.DNSNames)
	for _, ip := range leaf.IPAddresses {
		names = append(names, ip.String())
	}
	return names
}

// dialLocal connects to the server on this machine, with TLS when it has it.
func (c *doctorCommand) dialLocal(ctx context.Context) (net.Conn, error) {
	at, err := localAddr(c.Listen)
	if err != nil {
		return nil, err
	}
	conn, err := (&net.Dialer{Timeout: localLimit}).DialContext(ctx, "tcp", at)
	if err != nil || !c.TLS.on() {
		return conn, err
	}
	// What it shows is looked at, not trusted: nothing secret is told here.
	inner := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, ServerName: serverName(&c.Edge), MinVersion: tls.VersionTLS12})
	if err := inner.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return inner, nil
}

// shown is the chain that the running server shows.
func (c *doctorCommand) shown(ctx context.Context) ([]*x509.Certificate, error) {
	ctx, cancel := context.WithTimeout(ctx, localLimit)
	defer cancel()
	conn, err := c.dialLocal(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	chain := conn.(*tls.Conn).ConnectionState().PeerCertificates
	if len(chain) == 0 {
		return nil, errors.New("no certificate was shown")
	}
	return chain, nil
}

// relay goes the way of who can reach nothing but the one port: through it, and
// through TURN to the media.
func (c *doctorCommand) relay(ctx context.Context) (string, error) {
	if !c.served(ctx) {
		return "looked at when the server runs", nil
	}
	key := []byte(c.TURN.Secret)
	if len(key) == 0 {
		if c.LinkKey == "" {
			if there, err := filepath.Glob(filepath.Join(c.Data, linkKeyFile)); c.Data == "" || err != nil || len(there) == 0 {
				return "", warning("the running server's keys are not in this data folder: run the doctor with its settings")
			}
		}
		k, err := keeper(c.LinkKey, c.Data)
		if err != nil {
			return "", err
		}
		key = k.Relay()
	}
	addresses, err := c.Media.addresses()
	if err != nil {
		return "", err
	}
	_, text, err := net.SplitHostPort(c.Media.UDP)
	if err != nil {
		return "", err
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, relayLimit)
	defer cancel()
	conn, err := c.dialLocal(ctx)
	if err == nil {
		err = turn.Check(ctx, conn, turn.NewCredentials(key), netip.AddrPortFrom(addresses[0], uint16(port)), time.Now())
	}
	if err != nil {
		return "", fmt.Errorf("TURN on %s does not work (%w): does the server run with these settings, and does something in between change the bytes?", c.Listen, err)
	}
	return "TURN on " + c.Listen + " leads to the media and to nobody else", nil
}
