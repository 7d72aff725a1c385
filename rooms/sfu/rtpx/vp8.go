package rtpx

import "errors"

var (
	// ErrEmpty means a packet without payload: padding or a probe. It is no
	// part of any frame.
	ErrEmpty = errors.New("rtpx: no payload")
	// ErrShort means that bytes end inside what they announce.
	ErrShort = errors.New("rtpx: truncated")
)

// VP8 is the payload descriptor of one packet (RFC 7741 section 4.2), together
// with what the first packet of a keyframe says about the picture.
type VP8 struct {
	Start        bool // first packet of a frame (S=1, PID=0)
	Keyframe     bool // first packet of a keyframe
	NonReference bool // no later frame refers to this one

	HasPictureID bool
	LongID       bool   // 15 bits, else 7
	PictureID    uint16 // 7 or 15 bits
	HasTL0       bool
	TL0          uint8 // TL0PICIDX
	HasTID       bool
	TID          uint8 // temporal layer
	Sync         bool  // Y: depends on the base layer alone
	HasKeyIdx    bool
	KeyIdx       uint8 // KEYIDX, 5 bits

	Size          int // of the descriptor in bytes
	Width, Height int // of a keyframe's picture in pixels, else 0

	idAt, tl0At, tidAt uint8 // offsets in the payload, valid with the Has flags
}

// ParseVP8 reads the descriptor at the head of an RTP payload.
func ParseVP8(payload []byte) (VP8, error) {
	var v VP8
	if len(payload) == 0 {
		return v, ErrEmpty
	}
	first := payload[0]
	v.NonReference = first&0x20 != 0
	v.Start = first&0x10 != 0 && first&0x07 == 0
	at := 1
	if first&0x80 != 0 {
		if at >= len(payload) {
			return VP8{}, ErrShort
		}
		present := payload[at]
		at++
		if present&0x80 != 0 {
			if at >= len(payload) {
				return VP8{}, ErrShort
			}
			v.HasPictureID, v.idAt = true, uint8(at)
			if payload[at]&0x80 == 0 {
				v.PictureID = uint16(payload[at])
				at++
			} else {
				if at+1 >= len(payload) {
					return VP8{}, ErrShort
				}
				v.LongID = true
				v.PictureID = uint16(payload[at]&0x7f)<<8 | uint16(payload[at+1])
				at += 2
			}
		}
		if present&0x40 != 0 {
			if at >= len(payload) {
				return VP8{}, ErrShort
			}
			v.HasTL0, v.tl0At, v.TL0 = true, uint8(at), payload[at]
			at++
		}
		// T and K share one byte; either brings it.
		if present&0x30 != 0 {
			if at >= len(payload) {
				return VP8{}, ErrShort
			}
			v.tidAt = uint8(at)
			if present&0x20 != 0 {
				v.HasTID, v.TID, v.Sync = true, payload[at]>>6, payload[at]&0x20 != 0
			}
			if present&0x10 != 0 {
				v.HasKeyIdx, v.KeyIdx = true, payload[at]&0x1f
			}
			at++
		}
	}
	v.Size = at
	frame := payload[at:]
	if len(frame) == 0 {
		// A descriptor around nothing carries nothing: the same as padding.
		return v, ErrEmpty
	}
	if v.Start && frame[0]&0x01 == 0 {
		v.Keyframe = true
		// Frame tag of 3 bytes, start code, 14 bits each of width and height
		// (RFC 6386 section 9.1). Too short to hold them is still a keyframe.
		if len(frame) >= 10 && frame[3] == 0x9d && frame[4] == 0x01 && frame[5] == 0x2a {
			v.Width = int(frame[6]) | int(frame[7]&0x3f)<<8
			v.Height = int(frame[8]) | int(frame[9]&0x3f)<<8
		}
	}
	return v, nil
}

// Rewrite writes other numbers into the descriptor of payload, which must be
// the one v was read from or a copy. A field that the descriptor lacks is left
// out; a picture id keeps its width.
func (v VP8) Rewrite(payload []byte, pictureID uint16, tl0 uint8, keyIdx uint8) {
	if len(payload) < v.Size {
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
