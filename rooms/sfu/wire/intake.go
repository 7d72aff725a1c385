package wire

import (
	"bytes"
	"io"
	"sync"

	"github.com/pion/transport/v5/packetio"
)

// intake is where Pion's SRTP sessions deliver: one goroutine for RTP, one for
// RTCP. It passes each packet to the handler on the spot. What Pion's own
// readers get from it is nothing, until it is closed.
type intake struct {
	handler Handler

	// owned by the RTCP session's goroutine
	last []byte   // newest RTCP packet
	seen []uint32 // streams it was delivered to
}

func newIntake(h Handler) *intake { return &intake{handler: h} }

func (in *intake) open(kind packetio.BufferPacketType, ssrc uint32) io.ReadWriteCloser {
	p := &pipe{in: in, ssrc: ssrc, rtcp: kind == packetio.RTCPBufferPacket, closed: make(chan struct{})}
	return p
}

// rtcp passes a packet on once, though Pion delivers it to the stream of each
// SSRC that it names, one after another. The same bytes for a stream that had
// them already are the same packet sent again.
func (in *intake) rtcp(ssrc uint32, packet []byte) {
	if bytes.Equal(packet, in.last) && !contains(in.seen, ssrc) {
		in.seen = append(in.seen, ssrc)
		return
	}
	in.last = append(in.last[:0], packet...)
	in.seen = append(in.seen[:0], ssrc)
	in.handler.RTCP(packet)
}

func contains(s []uint32, v uint32) bool {
	for _, x := range s {
		if x == v {
			return true
		}
	}
	return false
}

// pipe is Pion's view of one stream.
type pipe struct {
	in     *intake
	ssrc   uint32
	rtcp   bool
	closed chan struct{}
	once   sync.Once
}

func (p *pipe) Write(b []byte) (int, error) {
	if p.rtcp {
		p.in.rtcp(p.ssrc, b)
	} else {
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
