package rtpx

import (
	"errors"
	"strings"
)

var (
	// ErrEmpty means a packet without payload: padding or a probe. It is no
	// part of any frame.
	ErrEmpty = errors.New("rtpx: no payload")
	// ErrShort means that bytes end inside what they announce.
	ErrShort = errors.New("rtpx: truncated")
	// ErrFormat means bytes that no encoder of the codec makes.
	ErrFormat = errors.New("rtpx: malformed")
)

// Codec says how the payload of a packet of video is read.
type Codec uint8

// The codecs there are. NoCodec is sound, or a payload type that nobody agreed on.
const (
	NoCodec Codec = iota
	VP8
	VP9
	H264
	AV1
	// Codecs is how many values a Codec has.
	Codecs
)

// CodecOf reads a name as SDP has it, "VP9/90000"; NoCodec for any other.
func CodecOf(rtpmap string) Codec {
	name, _, _ := strings.Cut(rtpmap, "/")
	for c := VP8; c < Codecs; c++ {
		if strings.EqualFold(name, c.String()) {
			return c
		}
	}
	return NoCodec
}

// String is the name of an encoding in SDP.
func (c Codec) String() string {
	switch c {
	case VP8:
		return "VP8"
	case VP9:
		return "VP9"
	case H264:
		return "H264"
	case AV1:
		return "AV1"
	}
	return ""
}

// Picture is what one packet of video says of the picture that it is part of.
// What a codec does not have, or a packet does not tell, is zero.
type Picture struct {
	Codec        Codec
	Start        bool // first packet of a frame, for H.264 and AV1 as far as one packet tells
	End          bool // last packet of a frame; VP8 and H.264 have the marker for it
	Keyframe     bool // first packet of a keyframe
	NonReference bool // no later frame refers to this one

	HasPictureID bool
	LongID       bool   // 15 bits, else 7
	PictureID    uint16 // 7 or 15 bits
	HasTL0       bool
	TL0          uint8 // TL0PICIDX
	HasTID       bool
	TID          uint8 // temporal layer
	Sync         bool  // depends on the base layer alone (VP8's Y), or later ones may come from here on (VP9's U)
	HasKeyIdx    bool
	KeyIdx       uint8 // KEYIDX of VP8, 5 bits

	// Scalable says that the stream may have several frames a picture, one a
	// spatial layer, of which this packet is part of the one numbered Spatial.
	Scalable bool
	Spatial  uint8
	// HasFrame says that a dependency descriptor came with the packet (AV1).
	HasFrame bool
	Frame    uint16
	// Intra says that the whole picture refers to none before it; in VP9 known of
	// the layer alone, which is the same for the lowest.
	Intra bool

	Size          uint16 // of the descriptor in bytes
	Width, Height uint16 // of a keyframe's picture in pixels, else 0

	// Offsets in the payload, valid with the Has flags.
	idAt, tl0At, tidAt uint8
}

// ParsePicture reads the head of an RTP payload. Of NoCodec there is nothing to
// be read.
func ParsePicture(c Codec, payload []byte) (Picture, error) {
	switch c {
	case VP8:
		return ParseVP8(payload)
	case VP9:
		return ParseVP9(payload)
	case H264:
		return ParseH264(payload)
	case AV1:
		return ParseAV1(payload)
	}
	return Picture{}, ErrFormat
}

// Rewrite writes other numbers into the descriptor of payload, which must be
// the one v was read from or a copy. A field that the descriptor lacks is left
// out; a picture id keeps its width.
func (v Picture) Rewrite(payload []byte, pictureID uint16, tl0 uint8, keyIdx uint8) {
	if len(payload) < int(v.Size) {
		return
	}
	if v.HasPictureID {
		if v.LongID {
			payload[v.idAt] = 0x80 | uint8(pictureID>>8)&0x7f
			payload[v.idAt+1] = uint8(pictureID)
		} else {
			payload[v.idAt] = uint8(pictureID) & 0x7f
		}
	}
	if v.HasTL0 {
		payload[v.tl0At] = tl0
	}
	if v.HasKeyIdx {
		payload[v.tidAt] = payload[v.tidAt]&0xe0 | keyIdx&0x1f
	}
}
