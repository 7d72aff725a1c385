package wire

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash"
	"sync"
	"sync/atomic"

	"github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/crypto/prf"
	"github.com/pion/dtls/v3/pkg/protocol/extension"
	"github.com/pion/dtls/v3/pkg/protocol/handshake"
	"github.com/pion/srtp/v3"
)

var errNoKeys = errors.New("wire: DTLS has told no keys")

// exporterLabel is SRTP's (RFC 5764 section 4.2).
const exporterLabel = "EXTRACTOR-dtls_srtp"

// protectionProfiles are the ways to protect media, best first. Of AES the shorter
// key: who breaks 128 bits has easier ways.
func protectionProfiles() []dtls.SRTPProtectionProfile {
	return []dtls.SRTPProtectionProfile{
		dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AEAD_AES_256_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80,
	}
}

// keys gathers what SRTP's keys are made of while Pion's DTLS shakes hands. Pion has
// them and does not show them: its PeerConnection exports nothing. But the log of
// keys tells the master secret and the client's random, and the ServerHello has the
// rest. As DTLS server we are asked about ours (SettingEngine's hook). As client we
// read it as it passes by: it is in the clear. Somebody who slips in a ServerHello
// of their own spoils the handshake with it, and that they always could.
//
// A cipher suite of our own that keeps what it is initialised with was rejected:
// Pion takes those only for numbers that it does not know itself, and no browser
// offers one.
type keys struct {
	settled atomic.Bool // nothing more is needed

	mu     sync.Mutex // guards all below
	server bool       // the ServerHello is ours
	hello  *serverHello
	client []byte // the client's random
	master []byte
}

// serverHello is what is needed of one.
type serverHello struct {
	random  [handshake.RandomLength]byte
	suite   dtls.CipherSuiteID
	profile srtp.ProtectionProfile
}

func newServerHello(m *handshake.MessageServerHello) *serverHello {
	h := &serverHello{random: m.Random.MarshalFixed()}
	if m.CipherSuiteID != nil {
		h.suite = dtls.CipherSuiteID(*m.CipherSuiteID)
	}
	for _, e := range m.Extensions {
		use, ok := e.(*extension.UseSRTP)
		if !ok || len(use.ProtectionProfiles) != 1 {
			continue
		}
		switch use.ProtectionProfiles[0] {
		case dtls.SRTP_AEAD_AES_128_GCM:
			h.profile = srtp.ProtectionProfileAeadAes128Gcm
		case dtls.SRTP_AEAD_AES_256_GCM:
			h.profile = srtp.ProtectionProfileAeadAes256Gcm
		case dtls.SRTP_AES128_CM_HMAC_SHA1_80:
			h.profile = srtp.ProtectionProfileAes128CmHmacSha1_80
		}
	}
	return h
}

// onServerHello is Pion's hook: it changes nothing.
func (k *keys) onServerHello(m handshake.MessageServerHello) handshake.Message {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.server, k.hello = true, newServerHello(&m)
	return &m
}

// Write takes a line of the log of keys: its label, the client's random, the secret.
func (k *keys) Write(line []byte) (int, error) {
	f := bytes.Fields(line)
	if len(f) != 3 || string(f[0]) != "CLIENT_RANDOM" {
		return len(line), nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	var err1, err2 error
	k.client, err1 = hex.AppendDecode(nil, f[1])
	k.master, err2 = hex.AppendDecode(nil, f[2])
	return len(line), errors.Join(err1, err2)
}

// Of DTLS 1.2 (RFC 6347 sections 4.1 and 4.2.2).
const (
	recordHeader    = 13
	recordHandshake = 22
	messageHeader   = 12
)

// sees looks for a ServerHello in what the peer sends.
func (k *keys) sees(b []byte) {
	if k.settled.Load() || len(b) == 0 || b[0] != recordHandshake {
		return
	}
	if h := findServerHello(b); h != nil {
		k.mu.Lock()
		defer k.mu.Unlock()
		if !k.server && k.master == nil {
			k.hello = h
		}
	}
}

// findServerHello reads a datagram of records of handshake messages. One that comes
// in several pieces is not found: browsers' fit in a tenth of a packet.
func findServerHello(b []byte) *serverHello {
	for len(b) > recordHeader && b[0] == recordHandshake {
		epoch, size := binary.BigEndian.Uint16(b[3:]), int(binary.BigEndian.Uint16(b[11:]))
		b = b[recordHeader:]
		if epoch != 0 || size > len(b) {
			return nil
		}
		for r := b[:size]; len(r) >= messageHeader; {
			whole := int(r[1])<<16 | int(r[2])<<8 | int(r[3])
			offset := int(r[6])<<16 | int(r[7])<<8 | int(r[8])
			piece := int(r[9])<<16 | int(r[10])<<8 | int(r[11])
			typ := handshake.Type(r[0])
			r = r[messageHeader:]
			if piece > len(r) {
				return nil
			}
			var m handshake.MessageServerHello
			if typ == handshake.TypeServerHello && offset == 0 && piece == whole && m.Unmarshal(r[:piece]) == nil {
				return newServerHello(&m)
			}
			r = r[piece:]
		}
		b = b[size:]
	}
	return nil
}

// protection makes what opens the peer's packets and seals ours, and forgets the
// secret. It is called once, when the handshake has been verified.
func (k *keys) protection() (*opener, *sealer, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.hello == nil || len(k.master) == 0 || len(k.client) != handshake.RandomLength {
		return nil, nil, errNoKeys
	}
	profile := k.hello.profile
	keyLen, err := profile.KeyLen()
	if err != nil {
		return nil, nil, err
	}
	saltLen, err := profile.SaltLen()
	if err != nil {
		return nil, nil, err
	}
	seed := append(append([]byte(exporterLabel), k.client...), k.hello.random[:]...)
	b, err := prf.PHash(k.master, seed, 2*(keyLen+saltLen), hashOf(k.hello.suite))
	if err != nil {
		return nil, nil, err
	}
	clear(k.master)
	k.settled.Store(true)
	cut := func(n int) []byte {
		head := b[:n]
		b = b[n:]
		return head
	}
	clientKey, serverKey := cut(keyLen), cut(keyLen)
	clientSalt, serverSalt := cut(saltLen), cut(saltLen)
	if k.server {
		return newProtection(profile, clientKey, clientSalt, serverKey, serverSalt)
	}
	return newProtection(profile, serverKey, serverSalt, clientKey, clientSalt)
}

// hashOf is a cipher suite's (RFC 5246 section 5).
func hashOf(suite dtls.CipherSuiteID) func() hash.Hash {
	switch suite {
	case dtls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, dtls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384:
		return sha512.New384
	}
	return sha256.New
}
