package wire

import (
	"errors"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// RTCP is one packet of a compound.
type RTCP = rtcp.Packet

var errNoCodec = errors.New("wire: no codec in common")

// Writer sends on one slot. The numbers are what the answer says.
type Writer struct {
	// fixed after Accept
	Mid        string
	Kind       Kind
	SSRC       uint32
	PT         uint8
	RTXSSRC    uint32 // zero without RTX
	RTXPT      uint8
	Extensions map[string]uint8 // URI to id

	conn  *Conn
	slot  Slot
	bound bool
}

// Write encrypts and sends one whole RTP packet, of SSRC or RTXSSRC. It does not
// keep the packet.
func (w *Writer) Write(packet []byte) error { return w.conn.send(packet, false) }

// track is the Writer as Pion sees it.
type track struct{ w *Writer }

func (t track) Bind(ctx webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	w := t.w
	w.SSRC = uint32(ctx.SSRC())
	w.bound = true
	w.Extensions = make(map[string]uint8)
	for _, e := range ctx.HeaderExtensions() {
		w.Extensions[e.URI] = uint8(e.ID)
	}
	want := mimeOf(w.Kind)
	var found *webrtc.RTPCodecParameters
	for _, c := range ctx.CodecParameters() {
		if c.MimeType == want {
			found = &c
			break
		}
	}
	if found == nil {
		return webrtc.RTPCodecParameters{}, errNoCodec
	}
	w.PT = uint8(found.PayloadType)
	if rtx, ok := rtxOf(ctx.CodecParameters(), found.PayloadType); ok && ctx.SSRCRetransmission() != 0 {
		w.RTXSSRC, w.RTXPT = uint32(ctx.SSRCRetransmission()), uint8(rtx)
	}
	return *found, nil
}

func (t track) Unbind(webrtc.TrackLocalContext) error { return nil }
func (t track) ID() string                            { return t.w.slot.Track }
func (t track) RID() string                           { return "" }
func (t track) StreamID() string                      { return t.w.slot.Stream }

func (t track) Kind() webrtc.RTPCodecType {
	if t.w.Kind == Audio {
		return webrtc.RTPCodecTypeAudio
	}
	return webrtc.RTPCodecTypeVideo
}
