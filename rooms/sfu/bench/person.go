//go:build linux

package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/crypto/fingerprint"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/srtp/v3"
	"github.com/pion/stun/v4"
	"github.com/pion/transport/v5/packetio"
	"golang.org/x/sys/unix"
)

const profile = srtp.ProtectionProfileAeadAes128Gcm

// person is one browser.
type person struct {
	// fixed after join
	crowd      *crowd
	number     uint32
	ufrag, pwd string
	handshakes *packetio.Buffer // to DTLS

	// guarded by crowd.mu
	fd            int
	dtls          *dtls.Conn
	remote        answer
	check         [stun.TransactionIDSize]byte
	checked       chan struct{}
	out, in       *srtp.Context // nil until media can flow
	voice, camera *stream
	transport     uint16 // newest number of a packet
	flows         []*flow
	recorder      *twcc.Recorder // nil: no feedback
	reported      time.Duration
	consent       time.Duration
	heard         counts
	firstVoice    time.Time // since told to watch for it
	firstPicture  time.Time
	leftVoice     time.Time // when the first voice left its sender
}

// counts are what came to a person.
type counts struct {
	sent, received, refused uint64
	delay                   histogram
}

func (c *crowd) join(number uint32, pictures float64) *person {
	p := &person{
		crowd: c, number: number, fd: -1, ufrag: rand.Text()[:8], pwd: rand.Text(),
		handshakes: packetio.NewBuffer(), checked: make(chan struct{}), recorder: twcc.NewRecorder(mathrand.Uint32()),
	}
	p.handshakes.SetLimitCount(32)
	p.voice, p.camera = newVoice(p), newCamera(p, pictures)
	return p
}

// connect does what a browser does with an answer: ICE, DTLS, SRTP.
func (p *person) connect(ctx context.Context, raw string) error {
	a, err := readAnswer(raw)
	if err != nil {
		return err
	}
	if err := p.open(a.at); err != nil {
		return err
	}
	p.crowd.mu.Lock()
	p.remote = a
	p.crowd.mu.Unlock()
	if err := p.pierce(ctx); err != nil {
		return err
	}
	conn, err := dtls.ClientWithOptions(&side{p}, net.UDPAddrFromAddrPort(a.at),
		dtls.WithCertificates(p.crowd.cert), dtls.WithInsecureSkipVerify(true),
		dtls.WithVerifyPeerCertificate(func(raw [][]byte, _ [][]*x509.Certificate) error { return verify(raw, a.fingerprint) }),
		dtls.WithExtendedMasterSecret(dtls.RequireExtendedMasterSecret),
		dtls.WithSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM),
	)
	if err != nil {
		return fmt.Errorf("dtls: %w", err)
	}
	p.crowd.mu.Lock()
	p.dtls = conn
	p.crowd.mu.Unlock()
	if err := conn.HandshakeContext(ctx); err != nil {
		return fmt.Errorf("dtls: %w", err)
	}
	state, ok := conn.ConnectionState()
	if !ok {
		return errors.New("dtls: no state")
	}
	config := srtp.Config{Profile: profile}
	if err := config.ExtractSessionKeysFromDTLS(&state, true); err != nil {
		return fmt.Errorf("srtp: %w", err)
	}
	k := config.Keys
	return p.secure(k.LocalMasterKey, k.LocalMasterSalt, k.RemoteMasterKey, k.RemoteMasterSalt)
}

// connectBare does without ICE and DTLS: the relay has been told the keys.
func (p *person) connectBare(to netip.AddrPort) (join, error) {
	key := func(n int) []byte {
		b := make([]byte, n)
		_, _ = rand.Read(b) // never fails (crypto/rand)
		return b
	}
	j := join{UpKey: key(16), UpSalt: key(12), DownKey: key(16), DownSalt: key(12)}
	if err := p.open(to); err != nil {
		return j, err
	}
	p.recorder = nil
	from, err := p.crowd.net.local(p.fd)
	if err != nil {
		return j, err
	}
	j.From = from.String()
	return j, p.secure(j.UpKey, j.UpSalt, j.DownKey, j.DownSalt)
}

func (p *person) open(to netip.AddrPort) error {
	p.crowd.mu.Lock()
	defer p.crowd.mu.Unlock()
	fd, err := p.crowd.net.open(to)
	if err != nil {
		return fmt.Errorf("socket: %w", err)
	}
	p.fd = fd
	p.crowd.settle(fd, p)
	return nil
}

func (p *person) secure(upKey, upSalt, downKey, downSalt []byte) error {
	out, err := srtp.CreateContext(upKey, upSalt, profile)
	if err != nil {
		return err
	}
	in, err := srtp.CreateContext(downKey, downSalt, profile)
	if err != nil {
		return err
	}
	c := p.crowd
	c.mu.Lock()
	defer c.mu.Unlock()
	p.out, p.in = out, in
	if p.recorder != nil {
		c.due.add(c.now()+time.Duration(mathrand.Int64N(int64(feedbackEvery))), (*reports)(p))
	}
	c.net.wake()
	return nil
}

// pierce checks the path until the server answers.
func (p *person) pierce(ctx context.Context) error {
	_, _ = rand.Read(p.check[:])
	for wait := 20 * time.Millisecond; ; wait *= 2 {
		p.sendCheck()
		select {
		case <-p.checked:
			return nil
		case <-time.After(wait):
		case <-ctx.Done():
			return fmt.Errorf("no check was answered: %w", ctx.Err())
		}
	}
}

// sendCheck sends a check that nominates at once: the server is lite.
func (p *person) sendCheck() {
	m, err := stun.Build(
		stun.NewTransactionIDSetter(p.check), stun.BindingRequest, stun.NewUsername(p.remote.ufrag+":"+p.ufrag),
		stun.RawAttribute{Type: stun.AttrICEControlling, Value: p.check[:8]},
		stun.RawAttribute{Type: stun.AttrPriority, Value: binary.BigEndian.AppendUint32(nil, 126<<24|65535<<8|255)},
		stun.RawAttribute{Type: stun.AttrUseCandidate},
		stun.NewShortTermIntegrity(p.remote.pwd), stun.Fingerprint,
	)
	if err == nil {
		send(p.fd, m.Raw)
	}
}

// stunned takes the answer to a check. Called with mu held.
func (p *person) stunned(b []byte) {
	if len(b) < 20 || binary.BigEndian.Uint16(b) != 0x0101 || string(b[8:20]) != string(p.check[:]) {
		return
	}
	select {
	case <-p.checked:
	default:
		close(p.checked)
	}
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
	if err == nil && !strings.EqualFold(got, want) {
		err = errors.New("not the answer's certificate")
	}
	return err
}

// close ends a person. The server sees a DTLS goodbye.
func (p *person) close() {
	p.send(false, false)
	p.crowd.mu.Lock()
	conn := p.dtls
	p.crowd.mu.Unlock()
	if conn != nil {
		_ = conn.Close()
	}
	_ = p.handshakes.Close()
	p.crowd.mu.Lock()
	defer p.crowd.mu.Unlock()
	p.out, p.in = nil, nil
	if p.fd >= 0 {
		p.crowd.people[p.fd] = nil
		_ = unix.Close(p.fd)
		p.fd = -1
	}
}

// send turns voice and camera on or off.
func (p *person) send(voice, camera bool) {
	p.crowd.mu.Lock()
	defer p.crowd.mu.Unlock()
	p.voice.set(voice)
	p.camera.set(camera)
	p.crowd.net.wake()
}

// watch begins to look for the first packets.
func (p *person) watch() {
	p.crowd.mu.Lock()
	defer p.crowd.mu.Unlock()
	p.firstVoice, p.firstPicture, p.leftVoice = time.Time{}, time.Time{}, time.Time{}
}

// first is when they came, and when the voice left.
func (p *person) first() (voice, picture, left time.Time) {
	p.crowd.mu.Lock()
	defer p.crowd.mu.Unlock()
	return p.firstVoice, p.firstPicture, p.leftVoice
}

// side is DTLS's side of the socket.
type side struct{ p *person }

func (s *side) ReadFrom(b []byte) (int, net.Addr, error) {
	n, _, err := s.p.handshakes.Read(b, nil)
	return n, net.UDPAddrFromAddrPort(s.p.remote.at), err
}

func (s *side) WriteTo(b []byte, _ net.Addr) (int, error) {
	send(s.p.fd, b)
	return len(b), nil
}

func (s *side) Close() error                      { return s.p.handshakes.Close() }
func (s *side) LocalAddr() net.Addr               { return &net.UDPAddr{} }
func (s *side) SetDeadline(t time.Time) error     { return s.p.handshakes.SetReadDeadline(t) }
func (s *side) SetReadDeadline(t time.Time) error { return s.p.handshakes.SetReadDeadline(t) }
func (s *side) SetWriteDeadline(time.Time) error  { return nil }
