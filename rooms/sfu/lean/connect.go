package lean

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/crypto/fingerprint"
	"github.com/pion/srtp/v3"
	"github.com/pion/stun/v4"
	"github.com/pion/transport/v5/packetio"
)

const (
	// checkEvery is how often a check is sent until it is answered.
	checkEvery = 50 * time.Millisecond
	// consentEvery is how often the path is checked then (RFC 7675: five seconds
	// at most).
	consentEvery = 4 * time.Second
	// connectWithin bounds all of it.
	connectWithin = 20 * time.Second

	// hostPriority is that of a first host candidate (RFC 8445, section 5.1.2.1).
	hostPriority = 126<<24 | 65535<<8 | 255
)

// generation is one try of ICE.
type generation struct {
	own, remote credentials
	addresses   []netip.AddrPort
	id          [stun.TransactionIDSize]byte // of its checks
	pierced     chan struct{}                // closed when a check was answered
	up          chan struct{}                // closed when media can flow
	err         error                        // why it never will; fixed when up is closed
}

// check builds a connectivity check that nominates at once: the server is lite.
func (g *generation) check() ([]byte, error) {
	priority := binary.BigEndian.AppendUint32(nil, hostPriority)
	role := append([]byte(nil), g.id[:8]...)
	m, err := stun.Build(
		stun.NewTransactionIDSetter(g.id), stun.BindingRequest, stun.NewUsername(g.remote.ufrag+":"+g.own.ufrag),
		stun.RawAttribute{Type: stun.AttrICEControlling, Value: role},
		stun.RawAttribute{Type: stun.AttrPriority, Value: priority},
		stun.RawAttribute{Type: stun.AttrUseCandidate},
		stun.NewShortTermIntegrity(g.remote.pwd), stun.Fingerprint,
	)
	if err != nil {
		return nil, err
	}
	return m.Raw, nil
}

// stunned reads what answers a check. Only the reader calls it.
func (c *Client) stunned(raw []byte, from netip.AddrPort) {
	m := &stun.Message{Raw: append([]byte(nil), raw...)}
	if m.Decode() != nil || m.Type != stun.BindingSuccess {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	g := c.gen
	if g == nil || m.TransactionID != g.id || stun.NewShortTermIntegrity(g.remote.pwd).Check(m) != nil {
		return
	}
	select {
	case <-g.pierced:
	default:
		c.remote = from
		close(g.pierced)
	}
}

// connect checks the path and, the first time, shakes hands on it.
func (c *Client) connect(g *generation, want string) {
	ctx, cancel := context.WithTimeout(c.ctx, connectWithin)
	defer cancel()
	err := c.pierce(ctx, g)
	if err == nil {
		c.mu.Lock()
		again := c.out != nil
		c.mu.Unlock()
		if !again {
			err = c.shake(ctx, want)
		}
	}
	g.err = err
	close(g.up)
}

func (c *Client) pierce(ctx context.Context, g *generation) error {
	check, err := g.check()
	if err != nil {
		return fmt.Errorf("lean: check: %w", err)
	}
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		for _, to := range g.addresses {
			_, _ = c.conn.WriteToUDPAddrPort(check, to) // one of a family that there is none of here
		}
		select {
		case <-g.pierced:
			return nil
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("lean: no check was answered: %w", ctx.Err())
		}
	}
}

// shake does the DTLS handshake as its client and takes the keys of SRTP from it.
func (c *Client) shake(ctx context.Context, want string) error {
	conn, err := dtls.ClientWithOptions(&side{c}, net.UDPAddrFromAddrPort(c.at()),
		dtls.WithCertificates(c.pool.certificate),
		dtls.WithInsecureSkipVerify(true), // the fingerprint of the answer is what counts (RFC 8122)
		dtls.WithVerifyPeerCertificate(func(raw [][]byte, _ [][]*x509.Certificate) error { return verify(raw, want) }),
		dtls.WithExtendedMasterSecret(dtls.RequireExtendedMasterSecret),
		dtls.WithSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80),
		dtls.WithLoggerFactory(silence{}),
	)
	if err != nil {
		return fmt.Errorf("lean: DTLS: %w", err)
	}
	if err := conn.HandshakeContext(ctx); err != nil {
		return errors.Join(fmt.Errorf("lean: DTLS: %w", err), conn.Close())
	}
	out, in, err := contexts(conn)
	if err != nil {
		return errors.Join(fmt.Errorf("lean: SRTP: %w", err), conn.Close())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dtls, c.out, c.in = conn, out, in
	return nil
}

func verify(raw [][]byte, want string) error {
	if len(raw) == 0 {
		return errors.New("no certificate")
	}
	leaf, err := x509.ParseCertificate(raw[0])
	if err != nil {
		return err
	}
	got, err := fingerprint.Fingerprint(leaf, crypto.SHA256)
	if err != nil {
		return err
	}
	if !strings.EqualFold(got, want) {
		return errors.New("the certificate is not that of the answer")
	}
	return nil
}

// contexts make both directions of SRTP (RFC 5764, section 4.2).
func contexts(conn *dtls.Conn) (out, in *srtp.Context, err error) {
	profile, ok := conn.SelectedSRTPProtectionProfile()
	if !ok {
		return nil, nil, errors.New("no profile was agreed")
	}
	state, ok := conn.ConnectionState()
	if !ok {
		return nil, nil, errors.New("the handshake has no state")
	}
	config := srtp.Config{Profile: srtp.ProtectionProfile(profile)}
	if err := config.ExtractSessionKeysFromDTLS(&state, true); err != nil {
		return nil, nil, err
	}
	k := config.Keys
	if out, err = srtp.CreateContext(k.LocalMasterKey, k.LocalMasterSalt, config.Profile); err != nil {
		return nil, nil, err
	}
	in, err = srtp.CreateContext(k.RemoteMasterKey, k.RemoteMasterSalt, config.Profile, srtp.SRTPReplayProtection(256), srtp.SRTCPReplayProtection(64))
	return out, in, err
}

// side is DTLS's side of the socket.
type side struct{ c *Client }

func (s *side) ReadFrom(b []byte) (int, net.Addr, error) {
	n, _, err := s.c.handshakes.Read(b, nil)
	return n, net.UDPAddrFromAddrPort(s.c.at()), err
}

func (s *side) WriteTo(b []byte, _ net.Addr) (int, error) {
	return s.c.conn.WriteToUDPAddrPort(b, s.c.at())
}

func (s *side) Close() error                      { return s.c.handshakes.Close() }
func (s *side) LocalAddr() net.Addr               { return s.c.conn.LocalAddr() }
func (s *side) SetDeadline(t time.Time) error     { return s.c.handshakes.SetReadDeadline(t) }
func (s *side) SetReadDeadline(t time.Time) error { return s.c.handshakes.SetReadDeadline(t) }
func (s *side) SetWriteDeadline(time.Time) error  { return nil }

// handshakeMost bounds what waits for DTLS: a flight, and that again.
const handshakeMost = 32

func newHandshakes() *packetio.Buffer {
	b := packetio.NewBuffer()
	b.SetLimitCount(handshakeMost)
	return b
}
