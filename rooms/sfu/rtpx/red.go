package rtpx

import (
	"encoding/binary"
	"errors"
)

// ErrRED is returned for a payload that is not redundant audio as RFC 2198 has
// it.
var ErrRED = errors.New("rtpx: not RED")

const (
	// MaxRedundant is how many blocks beside the primary one are read and
	// written: browsers send one or two.
	MaxRedundant = 4

	maxRedOffset = 1<<14 - 1 // RFC 2198 section 3: 14 bits of timestamp
	maxRedLength = 1<<10 - 1 // and 10 of length
)

// Redundant is an older frame that a RED payload carries again.
type Redundant struct {
	Offset  uint32 // how much older it is than the primary one, in ticks
	Payload []byte
}

// ParseRED takes a RED payload (RFC 2198 section 3) apart. older are its
// redundant blocks, oldest first, appended to into; they and primary point into
// payload. A block that says nothing, or is of another type than the primary one,
// keeps its place with an empty Payload.
func ParseRED(payload []byte, into []Redundant) (pt uint8, primary []byte, older []Redundant, err error) {
	type block struct {
		pt     uint8
		offset uint32
		length int
	}
	var blocks [MaxRedundant]block
	n, total, b := 0, 0, payload
	for {
		if len(b) == 0 {
			return 0, nil, into, ErrRED
		}
		if b[0]&0x80 == 0 {
			pt, b = b[0]&0x7f, b[1:]
			break
		}
		if len(b) < 4 || n == MaxRedundant {
			return 0, nil, into, ErrRED
		}
		v := binary.BigEndian.Uint32(b)
		blocks[n] = block{pt: b[0] & 0x7f, offset: v >> 10 & maxRedOffset, length: int(v & maxRedLength)}
		total += blocks[n].length
		b = b[4:]
		n++
	}
	if total > len(b) {
		return 0, nil, into, ErrRED
	}
	for _, k := range blocks[:n] {
		r := Redundant{Offset: k.offset}
		if k.pt == pt && k.offset > 0 {
			r.Payload = b[:k.length:k.length]
		}
		into = append(into, r)
		b = b[k.length:]
	}
	return pt, b, into, nil
}

// AppendRED appends a RED payload to dst: older, oldest first, then primary, all
// of payload type pt. Blocks that the format has no room for are left out.
func AppendRED(dst []byte, pt uint8, older []Redundant, primary []byte) []byte {
	for _, r := range older {
		if r.fits() {
			dst = append(dst, 0x80|pt&0x7f, byte(r.Offset>>6), byte(r.Offset<<2)|byte(len(r.Payload)>>8), byte(len(r.Payload)))
		}
	}
	dst = append(dst, pt&0x7f)
	for _, r := range older {
		if r.fits() {
			dst = append(dst, r.Payload...)
		}
	}
	return append(dst, primary...)
}

func (r Redundant) fits() bool {
	return r.Offset > 0 && r.Offset <= maxRedOffset && len(r.Payload) > 0 && len(r.Payload) <= maxRedLength
}
