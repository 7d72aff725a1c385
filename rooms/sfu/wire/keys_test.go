package wire

import (
	"bytes"
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/crypto/selfsign"
	"github.com/pion/srtp/v3"
	"golang.org/x/sync/errgroup"
)

// seen lets keys see what is read.
type seen struct {
	net.PacketConn
	keys *keys
}

func (s seen) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := s.PacketConn.ReadFrom(b)
	if err == nil {
		s.keys.sees(b[:n])
	}
	return n, from, err
}

func TestKeys_AreThoseOfTheHandshakeInBothRoles(t *testing.T) {
	cert, err := selfsign.GenerateSelfSigned()
	if err != nil {
		t.Fatal(err)
	}
	for _, suite := range []dtls.CipherSuiteID{dtls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, dtls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384} {
		for i, profile := range protectionProfiles() {
			var server, client keys
			a, err1 := net.ListenPacket("udp", "127.0.0.1:0")
			b, err2 := net.ListenPacket("udp", "127.0.0.1:0")
			if err := errors.Join(err1, err2); err != nil {
				t.Fatal(err)
			}
			s, err1 := dtls.ServerWithOptions(a, b.LocalAddr(), dtls.WithCertificates(cert), dtls.WithCipherSuites(suite),
				dtls.WithSRTPProtectionProfiles(protectionProfiles()...), dtls.WithInsecureSkipVerify(true),
				dtls.WithKeyLogWriter(&server), dtls.WithServerHelloMessageHook(server.onServerHello))
			c, err2 := dtls.ClientWithOptions(seen{b, &client}, a.LocalAddr(), dtls.WithCertificates(cert), dtls.WithCipherSuites(suite),
				dtls.WithSRTPProtectionProfiles(profile), dtls.WithInsecureSkipVerify(true), dtls.WithKeyLogWriter(&client))
			if err := errors.Join(err1, err2); err != nil {
				t.Fatal(err)
			}
			if _, _, err := server.protection(); !errors.Is(err, errNoKeys) {
				t.Errorf("before the handshake: %v", err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			var both errgroup.Group
			both.Go(func() error { return s.HandshakeContext(ctx) })
			both.Go(func() error { return c.HandshakeContext(ctx) })
			if err := both.Wait(); err != nil {
				t.Fatal(err)
			}
			for name, role := range map[string]struct {
				keys     *keys
				conn     *dtls.Conn
				isClient bool
			}{"server": {&server, c, true}, "client": {&client, s, false}} {
				// The other side takes its keys from Pion itself.
				state, _ := role.conn.ConnectionState()
				cfg := &srtp.Config{Profile: profiles[i]}
				if err := cfg.ExtractSessionKeysFromDTLS(&state, role.isClient); err != nil {
					t.Fatal(err)
				}
				k := cfg.Keys
				theirOpen, theirSeal, err := newProtection(profiles[i], k.RemoteMasterKey, k.RemoteMasterSalt, k.LocalMasterKey, k.LocalMasterSalt)
				if err != nil {
					t.Fatal(err)
				}
				open, seal, err := role.keys.protection()
				if err != nil {
					t.Fatalf("%s, %v: %v", name, profile, err)
				}
				packet := rtpOf(7, 1, 50)
				sealed, _ := seal.seal(make([]byte, 0, slotSize), packet, false)
				got, err := theirOpen.rtp(sealed)
				if err != nil || !bytes.Equal(got, packet) {
					t.Errorf("%s, %v: ours does not open: %v", name, profile, err)
				}
				sealed, _ = theirSeal.seal(make([]byte, 0, slotSize), packet, false)
				if got, err = open.rtp(sealed); err != nil || !bytes.Equal(got, packet) {
					t.Errorf("%s, %v: theirs does not open: %v", name, profile, err)
				}
			}
			cancel()
			_ = c.Close()
			_ = s.Close()
			_, _ = a.Close(), b.Close()
		}
	}
}

func FuzzServerHello(f *testing.F) {
	hello := append([]byte{2, 0, 0, 38, 0, 0, 0, 0, 0, 0, 0, 38, 0xfe, 0xfd}, bytes.Repeat([]byte{7}, 32)...)
	hello = append(hello, 0, 0xc0, 0x2b, 0)
	record := append([]byte{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, byte(len(hello))}, hello...)
	f.Add(record)
	f.Add(append(bytes.Clone(record), record...))
	f.Add(record[:30])
	f.Fuzz(func(t *testing.T, b []byte) {
		var k keys
		k.sees(b)
		if h := k.hello; h != nil && !bytes.Contains(b, h.random[:]) {
			t.Errorf("%x was not there", h.random)
		}
		_, _ = k.Write(b)
	})
}
