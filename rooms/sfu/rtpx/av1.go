package rtpx

// ParseAV1 reads the aggregation header of a packet (RTP Payload Format for AV1,
// section 4.4) and sees that its OBU elements have the lengths they say. Which
// layer it belongs to, and where frames end, a packet tells by its dependency
// descriptor alone (Structure.Read).
func ParseAV1(payload []byte) (Picture, error) {
	v := Picture{Codec: AV1, Size: 1}
	if len(payload) == 0 {
		v.Size = 0
		return v, ErrEmpty
	}
	const continues, first = 0x80, 0x08
	head := payload[0]
	if head&continues != 0 && head&first != 0 {
		return Picture{Codec: AV1}, ErrFormat // a sequence begins with a whole OBU
	}
	if len(payload) == 1 {
		return v, ErrEmpty
	}
	count := int(head >> 4 & 0x03) // 0: each has a length
	rest := payload[1:]
	for n := 1; len(rest) > 0; n++ {
		if n == count {
			rest = nil // the last has none
			break
		}
		size, used, ok := leb128(rest)
		if !ok || size > len(rest)-used {
			return Picture{Codec: AV1}, ErrShort
		}
		rest = rest[used+size:]
		if len(rest) == 0 && n < count {
			return Picture{Codec: AV1}, ErrShort
		}
	}
	v.Start = head&continues == 0
	v.Keyframe = head&first != 0
	v.Intra = v.Keyframe
	return v, nil
}

// leb128 reads a number of up to 8 bytes of 7 bits each (AV1 section 4.10.5). Of
// packets only what two hold can be true.
func leb128(b []byte) (value, used int, ok bool) {
	for i := range min(len(b), 8) {
		if i < 4 {
			value |= int(b[i]&0x7f) << (7 * i)
		} else if b[i]&0x7f != 0 {
			return 0, 0, false
		}
		if b[i]&0x80 == 0 {
			return value, i + 1, true
		}
	}
	return 0, 0, false
}
