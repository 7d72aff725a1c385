package front

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"time"
)

// acmeProtocol is what a certificate authority speaks that checks whether a name
// is ours (RFC 8737): the handshake is the whole conversation.
const acmeProtocol = "acme-tls/1"

// withProtocols completes what is agreed on in a handshake. Without a name that
// both know Go refuses a client that offers any: "stun.turn" is that of TURN
// (RFC 7443).
func withProtocols(c *tls.Config) *tls.Config {
	c = c.Clone()
	for _, p := range []string{"h2", "http/1.1", "stun.turn"} {
		if !slices.Contains(c.NextProtos, p) {
			c.NextProtos = append(c.NextProtos, p)
		}
	}
	if c.MinVersion < tls.VersionTLS12 {
		c.MinVersion = tls.VersionTLS12
	}
	return c
}

// verdict is what became of a connection: whom it goes to, or why it is closed.
type verdict struct {
	conn    net.Conn
	to      *outlet // nil: it is closed
	kind    string
	refused string
}

// sort finds out what a connection is and gives it away. It is the connection's
// only user until then.
func (f *Front) sort(raw net.Conn, trusted bool) {
	_ = raw.SetDeadline(time.Now().Add(f.limit))
	v := f.tell(raw, trusted)
	_ = raw.SetDeadline(time.Time{})
	if !f.sorted(raw) {
		v.to, v.refused = nil, refusedClosed
	}
	if v.to != nil {
		v.refused = v.to.give(v.conn)
	}
	switch {
	case v.refused != "":
		f.metrics.refused(v.refused)
	default:
		f.metrics.took(v.kind)
	}
	if v.refused != "" || v.to == nil {
		// Not the TLS connection: its farewell would wait for a peer that reads nothing.
		_ = raw.Close()
	}
}

// tell reads as much as is needed.
func (f *Front) tell(raw net.Conn, trusted bool) verdict {
	c := &prefixed{Conn: raw}
	if trusted {
		switch from, err := c.readProxy(); {
		case errors.Is(err, errNotProxy):
		case err != nil:
			return verdict{refused: reasonOf(err, refusedProxy)}
		case from.IsValid():
			c.from = net.TCPAddrFromAddrPort(from)
		}
	}
	k, err := c.classify()
	switch {
	case err != nil:
		return verdict{refused: reasonOf(err, refusedGone)}
	case k == encrypted && f.tls != nil:
		return f.tellInside(c)
	case k == hypertext && f.tls != nil:
		return verdict{conn: c, to: f.plain, kind: kindRedirect}
	case k == hypertext:
		return verdict{conn: c, to: f.http, kind: kindHTTP}
	case k == relaying:
		return verdict{conn: c, to: f.turn, kind: kindTURN}
	case k == streaming:
		return verdict{conn: c, to: f.streams, kind: kindStream}
	}
	return verdict{refused: refusedGarbage}
}

// tellInside shakes hands. Whoever names a protocol there is known by it: a
// browser that opened a connection for later says nothing more for a while.
func (f *Front) tellInside(c *prefixed) verdict {
	inner := tls.Server(c, f.tls)
	if err := inner.Handshake(); err != nil {
		return verdict{refused: reasonOf(err, refusedHandshake)}
	}
	switch inner.ConnectionState().NegotiatedProtocol {
	case "h2", "http/1.1":
		return verdict{conn: inner, to: f.http, kind: kindHTTPS}
	case "stun.turn":
		return verdict{conn: inner, to: f.turn, kind: kindTURNS}
	case acmeProtocol:
		return verdict{kind: kindACME}
	}
	p := &unwrapped{prefixed: prefixed{Conn: inner}, tls: inner}
	k, err := p.classify()
	switch {
	case err != nil:
		return verdict{refused: reasonOf(err, refusedGone)}
	case k == hypertext:
		return verdict{conn: p, to: f.http, kind: kindHTTPS}
	case k == relaying:
		return verdict{conn: p, to: f.turn, kind: kindTURNS}
	}
	return verdict{refused: refusedGarbage}
}

// reasonOf tells a connection that was slow or gone from one that was wrong.
func reasonOf(err error, otherwise string) string {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return refusedSlow
	case errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed):
		return refusedGone
	}
	return otherwise
}

// prefixed is a connection whose first bytes were read already.
type prefixed struct {
	net.Conn
	from net.Addr // whom a proxy speaks for; nil: the other end itself
	head []byte   // read and not given out
}

// Read gives out what was read already first.
func (p *prefixed) Read(b []byte) (int, error) {
	if len(p.head) == 0 {
		return p.Conn.Read(b)
	}
	n := copy(b, p.head)
	if p.head = p.head[n:]; len(p.head) == 0 {
		p.head = nil
	}
	return n, nil
}

// RemoteAddr is the person's address.
func (p *prefixed) RemoteAddr() net.Addr {
	if p.from != nil {
		return p.from
	}
	return p.Conn.RemoteAddr()
}

// NetConn is what carries it: who relays media to slow clients sets how much the
// kernel holds back for them.
func (p *prefixed) NetConn() net.Conn { return p.Conn }

// more reads at least one more byte, and so few that none is lost if the
// connection becomes another reader's.
func (p *prefixed) more(limit int) error {
	if len(p.head) >= limit {
		return io.ErrShortBuffer // whoever asks must have decided by now
	}
	var b [256]byte
	n, err := p.Conn.Read(b[:min(limit-len(p.head), len(b))])
	p.head = append(p.head, b[:n]...)
	if n > 0 {
		return nil
	}
	return err
}

// classify reads until it is clear what this is.
func (p *prefixed) classify() (kind, error) {
	for {
		if k := classify(p.head); k != unsorted {
			return k, nil
		}
		if err := p.more(longest); err != nil {
			return unknown, err
		}
	}
}

// unwrapped is a connection by TLS whose first bytes were read. net/http takes
// the state of the handshake from it.
type unwrapped struct {
	prefixed
	tls *tls.Conn
}

// ConnectionState is that of the handshake.
func (u *unwrapped) ConnectionState() tls.ConnectionState { return u.tls.ConnectionState() }
