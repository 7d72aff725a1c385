package rtpx

import "encoding/binary"

// Types of NAL units (H.264 table 7-1, RFC 6184 section 5.2).
const (
	nalIDR   = 5
	nalSPS   = 7
	nalSTAPA = 24
	nalFUA   = 28

	nalHighestSingle = 23
)

// ParseH264 reads what a packet in packetization mode 1 holds (RFC 6184): a
// single unit, several (STAP-A), or a fragment of one (FU-A). A keyframe begins
// with its parameters (SPS), or with an IDR picture where those came before: of
// packets of one timestamp that say so, the first is meant.
func ParseH264(payload []byte) (Picture, error) {
	v := Picture{Codec: H264}
	if len(payload) == 0 {
		return v, ErrEmpty
	}
	head := payload[0]
	if head&0x80 != 0 { // forbidden_zero_bit
		return v, ErrFormat
	}
	v.NonReference = head&0x60 == 0
	switch kind := head & 0x1f; {
	case kind >= 1 && kind <= nalHighestSingle:
		v.Start = true
		v.Keyframe = kind == nalSPS || kind == nalIDR
	case kind == nalSTAPA:
		if len(payload) == 1 {
			return v, ErrShort
		}
		v.Start = true
		for rest := payload[1:]; len(rest) > 0; {
			if len(rest) < 2 {
				return Picture{Codec: H264}, ErrShort
			}
			n := int(binary.BigEndian.Uint16(rest))
			if n == 0 || len(rest) < 2+n {
				return Picture{Codec: H264}, ErrShort
			}
			if k := rest[2] & 0x1f; k == nalSPS || k == nalIDR {
				v.Keyframe = true
			}
			rest = rest[2+n:]
		}
	case kind == nalFUA:
		if len(payload) < 3 {
			return v, ErrShort
		}
		v.Start, v.End = payload[1]&0x80 != 0, payload[1]&0x40 != 0
		if v.Start && v.End { // RFC 6184 section 5.8
			return Picture{Codec: H264}, ErrFormat
		}
		k := payload[1] & 0x1f
		v.Keyframe = v.Start && (k == nalSPS || k == nalIDR)
	default:
		// STAP-B, MTAP and FU-B are of the interleaved mode, which is not agreed on.
		return Picture{Codec: H264}, ErrFormat
	}
	v.Intra = v.Keyframe
	return v, nil
}
