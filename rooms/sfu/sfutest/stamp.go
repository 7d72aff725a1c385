package sfutest

import (
	"encoding/binary"
	"time"
)

// Stamp is what every payload says about itself, right behind the codec's own
// header.
type Stamp struct {
	Sender   uint32
	Source   uint8     // index into microphone, camera, screen, screen_audio
	Layer    uint8     // 0, 1, 2 for q, h, f; 0 without layers
	Keyframe bool      // this packet is of a keyframe
	Part     uint8     // packet of the frame, from 0
	Frame    uint32    // counts frames of this layer
	Captured time.Time // by our clock, when the packet's RTP timestamp was now
}

// captureTimeURI names the extension that tells when a packet was captured.
const captureTimeURI = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time"

const (
	stampMagic = 0x5344474d
	stampSize  = 24
)

var sourceNames = [...]string{Microphone, Camera, Screen, ScreenAudio}

// SourceName is the source's name.
func (s Stamp) SourceName() string {
	if int(s.Source) < len(sourceNames) {
		return sourceNames[s.Source]
	}
	return ""
}

func appendStamp(b []byte, s Stamp) []byte {
	flags := s.Layer
	if s.Keyframe {
		flags |= 0x80
	}
	b = binary.BigEndian.AppendUint32(b, stampMagic)
	b = binary.BigEndian.AppendUint32(b, s.Sender)
	b = append(b, s.Source, flags, s.Part, 0)
	b = binary.BigEndian.AppendUint32(b, s.Frame)
	return binary.BigEndian.AppendUint64(b, uint64(s.Captured.UnixNano()))
}

func parseStamp(b []byte) (Stamp, bool) {
	if len(b) < stampSize || binary.BigEndian.Uint32(b) != stampMagic {
		return Stamp{}, false
	}
	return Stamp{
		Sender:   binary.BigEndian.Uint32(b[4:]),
		Source:   b[8],
		Layer:    b[9] & 0x7f,
		Keyframe: b[9]&0x80 != 0,
		Part:     b[10],
		Frame:    binary.BigEndian.Uint32(b[12:]),
		Captured: time.Unix(0, int64(binary.BigEndian.Uint64(b[16:]))),
	}, true
}

// layerSize is the picture of each simulcast layer and the packets of its
// frames: small, since nobody decodes them.
type layerSize struct {
	width, height int
	keyParts      int
	deltaParts    int
	bytes         int // of a packet's filling
}

func sizeOf(layer int) layerSize {
	switch layer {
	case 0:
		return layerSize{320, 180, 2, 1, 200}
	case 1:
		return layerSize{640, 360, 3, 1, 400}
	}
	return layerSize{1280, 720, 4, 2, 700}
}

// descriptor is the payload descriptor of a frame's first packet, or of another
// (RFC 7741 section 4.2).
func descriptor(start bool, pictureID uint16, tl0, keyIdx uint8) []byte {
	first := byte(0x80)
	if start {
		first |= 0x10
	}
	return append(make([]byte, 0, 1500), first, 0xf0, 0x80|byte(pictureID>>8), byte(pictureID), tl0, keyIdx&0x1f)
}

// vp8Payload builds one packet of a frame: descriptor with 15-bit picture id,
// TL0PICIDX, TID and KEYIDX, then for the first packet the frame tag and for a
// keyframe start code and size (RFC 7741, RFC 6386 section 9.1), then the
// stamp and filling.
func vp8Payload(s Stamp, pictureID uint16, tl0, keyIdx uint8, size layerSize) []byte {
	b := descriptor(s.Part == 0, pictureID, tl0, keyIdx)
	if s.Part == 0 {
		if s.Keyframe {
			b = append(b, 0x10, 0, 0, 0x9d, 0x01, 0x2a,
				byte(size.width), byte(size.width>>8), byte(size.height), byte(size.height>>8))
		} else {
			b = append(b, 0x11, 0, 0)
		}
	}
	b = appendStamp(b, s)
	return append(b, make([]byte, size.bytes)...)
}

// opusPayload builds a packet of 20 ms: a CELT TOC byte, then the stamp.
func opusPayload(s Stamp) []byte {
	b := append(make([]byte, 0, 1+stampSize+40), 0xfc)
	b = appendStamp(b, s)
	return append(b, make([]byte, 40)...)
}
