package wire

import (
	"fmt"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
)

// opener authenticates and decrypts what a peer sends, and refuses what it has had
// already. It belongs to whoever holds its Conn's incoming.
type opener struct {
	ctx *srtp.Context

	// Kept for the room that they have.
	header rtp.Header
	report rtcp.Header
}

// sealer encrypts what a peer is sent. It belongs to whoever holds its Conn's
// outgoing. A Conn has one for its whole life, whatever way packets take: the count
// of rollovers (RFC 3711 section 3.3.1) is told to nobody.
type sealer struct {
	ctx *srtp.Context

	header rtp.Header
	report rtcp.Header
}

func newProtection(p srtp.ProtectionProfile, theirKey, theirSalt, ourKey, ourSalt []byte) (*opener, *sealer, error) {
	in, err := srtp.CreateContext(theirKey, theirSalt, p,
		srtp.SRTPReplayProtection(replayWindow), srtp.SRTCPReplayProtection(replayWindow))
	if err != nil {
		return nil, nil, fmt.Errorf("wire: keys: %w", err)
	}
	out, err := srtp.CreateContext(ourKey, ourSalt, p)
	if err != nil {
		return nil, nil, fmt.Errorf("wire: keys: %w", err)
	}
	return &opener{ctx: in}, &sealer{ctx: out}, nil
}

// rtp decrypts in place. When it fails, the packet is spoilt.
func (o *opener) rtp(b []byte) ([]byte, error) { return o.ctx.DecryptRTP(b, b, &o.header) }

// rtcp decrypts in place. When it fails, the packet is spoilt.
func (o *opener) rtcp(b []byte) ([]byte, error) { return o.ctx.DecryptRTCP(b, b, &o.report) }

// seal encrypts a packet into dst, which has the room of a slot.
func (s *sealer) seal(dst, packet []byte, isRTCP bool) ([]byte, error) {
	if len(packet)+maxProtection > cap(dst) {
		return nil, errTooLong
	}
	if isRTCP {
		return s.ctx.EncryptRTCP(dst, packet, &s.report)
	}
	return s.ctx.EncryptRTP(dst, packet, &s.header)
}
