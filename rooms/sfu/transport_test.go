package sfu

import (
	"context"
	"net"
	"regexp"
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/crypto/selfsign"
	"github.com/pion/stun/v4"
)

// checker is a browser's transport by hand: connectivity checks that never
// nominate, then DTLS on the same socket.
type checker struct {
	net.Conn
	flights chan byte // types of the handshake messages that came first in a record
}

func (c *checker) Read(b []byte) (int, error) {
	for {
		n, err := c.Conn.Read(b)
		if err != nil {
			return n, err
		}
		if n > 13 && b[0] == 22 { // RFC 6347 section 4.1: handshake record
			select {
			case c.flights <- b[13]:
			default:
			}
		}
		if n > 0 && b[0] >= 20 && b[0] <= 63 { // RFC 7983: DTLS
			return n, nil
		}
	}
}

func TestTransport_FirstCheckOpensThePathToDTLS(t *testing.T) {
	h := newHouse(t)
	_, answer, err := h.e.Open(h.ctx, Offer{Profile: ProfileRoom, SDP: plainOffer(ProfileRoom)}, &watcher{})
	if err != nil {
		t.Fatal(err)
	}
	attr := func(name string) string {
		m := regexp.MustCompile("a=" + name + ":(\\S+)").FindStringSubmatch(answer)
		if m == nil {
			t.Fatalf("no %s in the answer", name)
		}
		return m[1]
	}
	conn, err := net.Dial("udp", h.e.UDP().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	// A check as Chromium sends it to a lite peer: without USE-CANDIDATE.
	check := stun.MustBuild(stun.TransactionID, stun.BindingRequest,
		stun.NewUsername(attr("ice-ufrag")+":abcd"),
		stun.RawAttribute{Type: stun.AttrICEControlling, Value: make([]byte, 8)},
		stun.RawAttribute{Type: stun.AttrPriority, Value: []byte{0x6e, 0, 1, 0xff}},
		stun.NewShortTermIntegrity(attr("ice-pwd")), stun.Fingerprint)
	if _, err := conn.Write(check.Raw); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	buf := make([]byte, 1500)
	n, err := conn.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	reply := &stun.Message{Raw: buf[:n]}
	if err := reply.Decode(); err != nil || reply.Type != stun.BindingSuccess {
		t.Fatalf("reply %v, %v", reply, err)
	}
	_ = conn.SetReadDeadline(time.Time{})

	cert, err := selfsign.GenerateSelfSigned()
	if err != nil {
		t.Fatal(err)
	}
	c := &checker{Conn: conn, flights: make(chan byte, 1)}
	ctx, cancel := context.WithTimeout(h.ctx, 5*time.Second)
	defer cancel()
	client, err := dtls.ClientWithOptions(packetConn{c}, conn.RemoteAddr(),
		dtls.WithCertificates(cert), dtls.WithInsecureSkipVerify(true),
		dtls.WithSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = client.HandshakeContext(ctx) // our certificate is not the offer's: it must not succeed
	}()
	select {
	case kind := <-c.flights:
		if kind != 2 { // 3 would be HelloVerifyRequest: a round trip more
			t.Errorf("the first answer to ClientHello is of type %d, want ServerHello", kind)
		}
	case <-ctx.Done():
		t.Error("no answer to ClientHello")
	}
	cancel()
	_ = client.Close()
	<-done
}

// packetConn lets a connected socket pass for an unconnected one.
type packetConn struct{ *checker }

func (p packetConn) ReadFrom(b []byte) (int, net.Addr, error) {
	n, err := p.Read(b)
	return n, p.RemoteAddr(), err
}

func (p packetConn) WriteTo(b []byte, _ net.Addr) (int, error) { return p.Write(b) }
