package rtpx

// ParseVP8 reads the payload descriptor (RFC 7741 section 4.2), and what the
// first packet of a keyframe says about the picture.
func ParseVP8(payload []byte) (Picture, error) {
	v := Picture{Codec: VP8}
	if len(payload) == 0 {
		return v, ErrEmpty
	}
	first := payload[0]
	v.NonReference = first&0x20 != 0
	v.Start = first&0x10 != 0 && first&0x07 == 0
	at := 1
	if first&0x80 != 0 {
		if at >= len(payload) {
			return Picture{Codec: VP8}, ErrShort
		}
		present := payload[at]
		at++
		if present&0x80 != 0 {
			var ok bool
			if at, ok = v.readID(payload, at); !ok {
				return Picture{Codec: VP8}, ErrShort
			}
		}
		if present&0x40 != 0 {
			if at >= len(payload) {
				return Picture{Codec: VP8}, ErrShort
			}
			v.HasTL0, v.tl0At, v.TL0 = true, uint8(at), payload[at]
			at++
		}
		// T and K share one byte; either brings it.
		if present&0x30 != 0 {
			if at >= len(payload) {
				return Picture{Codec: VP8}, ErrShort
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
	v.Size = uint16(at)
	frame := payload[at:]
	if len(frame) == 0 {
		// A descriptor around nothing carries nothing: the same as padding.
		return v, ErrEmpty
	}
	if v.Start && frame[0]&0x01 == 0 {
		v.Keyframe, v.Intra = true, true
		// Frame tag of 3 bytes, start code, 14 bits each of width and height
		// (RFC 6386 section 9.1). Too short to hold them is still a keyframe.
		if len(frame) >= 10 && frame[3] == 0x9d && frame[4] == 0x01 && frame[5] == 0x2a {
			v.Width = uint16(frame[6]) | uint16(frame[7]&0x3f)<<8
			v.Height = uint16(frame[8]) | uint16(frame[9]&0x3f)<<8
		}
	}
	return v, nil
}

// readID reads the picture id at an offset, of 7 bits or, when the first says so,
// 15: VP8 and VP9 have the same. It returns the offset behind it.
func (v *Picture) readID(payload []byte, at int) (int, bool) {
	if at >= len(payload) {
		return at, false
	}
	v.HasPictureID, v.idAt = true, uint8(at)
	if payload[at]&0x80 == 0 {
		v.PictureID = uint16(payload[at])
		return at + 1, true
	}
	if at+1 >= len(payload) {
		return at, false
	}
	v.LongID = true
	v.PictureID = uint16(payload[at]&0x7f)<<8 | uint16(payload[at+1])
	return at + 2, true
}
