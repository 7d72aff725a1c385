package rtpx

// maxReferences is how many P_DIFF a frame in flexible mode has (RFC 9628
// section 4.2).
const maxReferences = 3

// ParseVP9 reads the payload descriptor (RFC 9628 section 4.2).
func ParseVP9(payload []byte) (Picture, error) {
	none := Picture{Codec: VP9}
	v := none
	if len(payload) == 0 {
		return v, ErrEmpty
	}
	const (
		hasID, inter, hasLayers, flexible = 0x80, 0x40, 0x20, 0x10
		start, end, hasStructure          = 0x08, 0x04, 0x02
	)
	first := payload[0]
	v.Start, v.End = first&start != 0, first&end != 0
	at := 1
	if first&hasID != 0 {
		var ok bool
		if at, ok = v.readID(payload, at); !ok {
			return none, ErrShort
		}
	}
	dependent := false // on the spatial layer below
	if first&hasLayers != 0 {
		if at >= len(payload) {
			return none, ErrShort
		}
		b := payload[at]
		v.HasTID, v.TID, v.Sync = true, b>>5, b&0x10 != 0
		v.Scalable, v.Spatial, dependent = true, b>>1&0x07, b&0x01 != 0
		at++
		if first&flexible == 0 {
			if at >= len(payload) {
				return none, ErrShort
			}
			v.HasTL0, v.tl0At, v.TL0 = true, uint8(at), payload[at]
			at++
		}
	}
	if first&flexible != 0 && first&inter != 0 {
		for n := 1; ; n++ {
			if at >= len(payload) {
				return none, ErrShort
			}
			more := payload[at]&0x01 != 0
			at++
			if !more {
				break
			}
			if n == maxReferences {
				return none, ErrFormat
			}
		}
	}
	if first&hasStructure != 0 {
		var ok bool
		if at, ok = v.readStructure(payload, at); !ok {
			return none, ErrShort
		}
	}
	v.Size = uint16(at)
	if at >= len(payload) {
		return v, ErrEmpty
	}
	v.Intra = first&inter == 0
	// Of a keyframe all spatial layers refer to no picture before, the upper ones to
	// the one below.
	v.Keyframe = v.Start && v.Intra && v.Spatial == 0 && !dependent
	if !v.Keyframe {
		v.Width, v.Height = 0, 0
	}
	return v, nil
}

// readStructure passes over the scalability structure; of the sizes it keeps that
// of the largest picture.
func (v *Picture) readStructure(payload []byte, at int) (int, bool) {
	if at >= len(payload) {
		return at, false
	}
	head := payload[at]
	at++
	layers := int(head>>5) + 1
	if head&0x10 != 0 {
		if at+4*layers > len(payload) {
			return at, false
		}
		last := payload[at+4*(layers-1):]
		v.Width, v.Height = uint16(last[0])<<8|uint16(last[1]), uint16(last[2])<<8|uint16(last[3])
		at += 4 * layers
	}
	if head&0x08 != 0 {
		if at >= len(payload) {
			return at, false
		}
		pictures := int(payload[at])
		at++
		for range pictures {
			if at >= len(payload) {
				return at, false
			}
			at += 1 + int(payload[at]>>2&0x03)
		}
	}
	return at, at <= len(payload)
}
