package wire

import (
	"bytes"
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/pion/transport/v5/packetio"
)

const (
	// maxRTP is how many SSRCs a peer may send or announce. Pion keeps state for
	// each, for as long as the peer lives.
	maxRTP = 24
	// maxRTCP is how many its reports may name beside two for each slot.
	maxRTCP = 64
)

// intake is where Pion's SRTP sessions deliver: one goroutine for RTP, one for
// RTCP. It passes each packet to the handler on the spot. What Pion's own
// readers get from it is nothing, until it is closed.
type intake struct {
	// fixed
	handler Handler
	slots   int32
	opened  func(ssrc uint32) // told each stream of RTP; nil: nobody

	rtps, rtcps atomic.Int32 // streams that Pion has opened

	// owned by the RTCP session's goroutine
	last []byte   // newest RTCP packet
	seen []uint32 // streams it was delivered to
}

func newIntake(h Handler, slots int) *intake { return &intake{handler: h, slots: int32(slots)} }

// open is Pion's BufferFactory.
func (in *intake) open(kind packetio.BufferPacketType, ssrc uint32) io.ReadWriteCloser {
	p := &pipe{in: in, ssrc: ssrc, rtcp: kind == packetio.RTCPBufferPacket, closed: make(chan struct{})}
	if p.rtcp {
		p.over = in.rtcps.Add(1) > maxRTCP+2*in.slots
	} else {
		p.over = in.rtps.Add(1) > maxRTP
		if in.opened != nil && !p.over {
			in.opened(ssrc)
		}
	}
	if p.over {
		in.handler.Notify(Overrun)
	}
	return p
}

// rtcp passes a packet on once, though Pion delivers it to the stream of each
// SSRC that it names, one after another. The same bytes for a stream that had
// them already are the same packet sent again.
func (in *intake) rtcp(ssrc uint32, packet []byte) {
	if bytes.Equal(packet, in.last) && !slices.Contains(in.seen, ssrc) {
		in.seen = append(in.seen, ssrc)
		return
	}
	in.last = append(in.last[:0], packet...)
	in.seen = append(in.seen[:0], ssrc)
	in.handler.RTCP(packet)
}

// pipe is Pion's view of one stream.
type pipe struct {
	in     *intake
	ssrc   uint32
	rtcp   bool
	over   bool // beyond the limit: what comes is discarded
	closed chan struct{}
	once   sync.Once
}

func (p *pipe) Write(b []byte) (int, error) {
	switch {
	case p.over:
	case p.rtcp:
		p.in.rtcp(p.ssrc, b)
	default:
		p.in.handler.RTP(b)
	}
	return len(b), nil
}

func (p *pipe) Read([]byte) (int, error) {
	<-p.closed
	return 0, io.EOF
}

func (p *pipe) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}
