package rtpx

import (
	"encoding/binary"
	"errors"
)

const (
	headerSize     = 12
	profileOneByte = 0xbede
	profileTwoByte = 0x1000 // the low 4 bits are free (RFC 8285 section 4.3)
)

// ErrNotRTP means bytes that are no RTP packet of version 2.
var ErrNotRTP = errors.New("rtpx: not RTP")

// Header is a view of a raw RTP packet. Setters write into the packet.
type Header struct {
	raw       []byte
	extAt     int // of the extension block's contents; 0 when there is none
	extEnd    int
	payloadAt int
	end       int // of the payload: before the padding
	profile   uint16
}

// ParseHeader checks the fixed header, the extension block's bounds and the
// padding (RFC 3550 section 5.1). It keeps b.
func ParseHeader(b []byte) (Header, error) {
	if len(b) < headerSize {
		return Header{}, ErrShort
	}
	if b[0]>>6 != 2 {
		return Header{}, ErrNotRTP
	}
	h := Header{raw: b, end: len(b)}
	at := headerSize + 4*int(b[0]&0x0f)
	if b[0]&0x10 != 0 {
		if at+4 > len(b) {
			return Header{}, ErrShort
		}
		h.profile = binary.BigEndian.Uint16(b[at:])
		size := 4 * int(binary.BigEndian.Uint16(b[at+2:]))
		at += 4
		h.extAt = at
		at += size
		h.extEnd = at
	}
	if at > len(b) {
		return Header{}, ErrShort
	}
	h.payloadAt = at
	if b[0]&0x20 != 0 {
		pad := int(b[len(b)-1])
		if pad == 0 || pad > len(b)-at {
			return Header{}, ErrShort
		}
		h.end = len(b) - pad
	}
	return h, nil
}

func (h Header) PayloadType() uint8 { return h.raw[1] & 0x7f }
func (h Header) Marker() bool       { return h.raw[1]&0x80 != 0 }
func (h Header) Sequence() uint16   { return binary.BigEndian.Uint16(h.raw[2:]) }
func (h Header) Timestamp() uint32  { return binary.BigEndian.Uint32(h.raw[4:]) }
func (h Header) SSRC() uint32       { return binary.BigEndian.Uint32(h.raw[8:]) }

// Payload is what lies between header and padding. Empty: padding alone.
func (h Header) Payload() []byte { return h.raw[h.payloadAt:h.end:h.end] }

// PayloadOffset is where Payload begins in the packet.
func (h Header) PayloadOffset() int { return h.payloadAt }

// PaddingLen is the number of padding bytes, with the one that counts them.
func (h Header) PaddingLen() int { return len(h.raw) - h.end }

func (h Header) SetPayloadType(pt uint8) { h.raw[1] = h.raw[1]&0x80 | pt&0x7f }
func (h Header) SetSequence(seq uint16)  { binary.BigEndian.PutUint16(h.raw[2:], seq) }
func (h Header) SetTimestamp(ts uint32)  { binary.BigEndian.PutUint32(h.raw[4:], ts) }
func (h Header) SetSSRC(ssrc uint32)     { binary.BigEndian.PutUint32(h.raw[8:], ssrc) }
func (h Header) SetMarker(marker bool) {
	h.raw[1] &= 0x7f
	if marker {
		h.raw[1] |= 0x80
	}
}

// Extension returns the value of a header extension inside the packet, nil
// when it is not there. An element of no bytes (two-byte form) is not nil.
func (h Header) Extension(id uint8) []byte {
	if h.extAt == 0 || id == 0 {
		return nil
	}
	b := h.raw[h.extAt:h.extEnd]
	switch {
	case h.profile == profileOneByte:
		for len(b) > 0 {
			if b[0] == 0 { // padding
				b = b[1:]
				continue
			}
			got, n := b[0]>>4, int(b[0]&0x0f)+1
			// 15 ends the list; an element with id 0 and a length is
			// malformed (RFC 8285 section 4.2).
			if got == 15 || got == 0 || len(b) < 1+n {
				return nil
			}
			if got == id {
				return b[1 : 1+n : 1+n]
			}
			b = b[1+n:]
		}
	case h.profile&0xfff0 == profileTwoByte:
		for len(b) > 0 {
			if b[0] == 0 {
				b = b[1:]
				continue
			}
			if len(b) < 2 || len(b) < 2+int(b[1]) {
				return nil
			}
			n := int(b[1])
			if b[0] == id {
				return b[2 : 2+n : 2+n]
			}
			b = b[2+n:]
		}
	}
	return nil
}

// OutHeader is the fixed header of a packet to be built.
type OutHeader struct {
	PayloadType uint8
	Marker      bool
	Sequence    uint16
	Timestamp   uint32
	SSRC        uint32
}

// Extension is one header extension of a packet to be built. Data of more than
// 255 bytes and ids of 0 are left out.
type Extension struct {
	ID   uint8
	Data []byte
}

// AppendPacket appends a whole RTP packet to dst: the header, the extensions
// given and no others, the payload, no padding. The extension block takes the
// one-byte form where it can.
func AppendPacket(dst []byte, h OutHeader, exts []Extension, payload []byte) []byte {
	return append(appendHeader(dst, h, exts), payload...)
}

// AppendRTX appends a retransmission (RFC 4588 section 4) of the packet with
// the original sequence number osn. h is the header of the RTX stream: its
// SSRC, payload type and sequence number, the original's timestamp and marker.
func AppendRTX(dst []byte, h OutHeader, exts []Extension, osn uint16, payload []byte) []byte {
	dst = appendHeader(dst, h, exts)
	dst = binary.BigEndian.AppendUint16(dst, osn)
	return append(dst, payload...)
}

func appendHeader(dst []byte, h OutHeader, exts []Extension) []byte {
	start := len(dst)
	second := h.PayloadType & 0x7f
	if h.Marker {
		second |= 0x80
	}
	dst = append(dst, 0x80, second)
	dst = binary.BigEndian.AppendUint16(dst, h.Sequence)
	dst = binary.BigEndian.AppendUint32(dst, h.Timestamp)
	dst = binary.BigEndian.AppendUint32(dst, h.SSRC)

	oneByte, any := true, false
	for _, e := range exts {
		if !e.writable() {
			continue
		}
		any = true
		if e.ID > 14 || len(e.Data) == 0 || len(e.Data) > 16 {
			oneByte = false
		}
	}
	if !any {
		return dst
	}
	dst[start] |= 0x10
	if oneByte {
		dst = append(dst, profileOneByte>>8, profileOneByte&0xff, 0, 0)
	} else {
		dst = append(dst, profileTwoByte>>8, profileTwoByte&0xff, 0, 0)
	}
	block := len(dst)
	for _, e := range exts {
		if !e.writable() {
			continue
		}
		if oneByte {
			dst = append(dst, e.ID<<4|uint8(len(e.Data)-1))
		} else {
			dst = append(dst, e.ID, uint8(len(e.Data)))
		}
		dst = append(dst, e.Data...)
	}
	for (len(dst)-block)%4 != 0 {
		dst = append(dst, 0)
	}
	binary.BigEndian.PutUint16(dst[block-2:], uint16((len(dst)-block)/4))
	return dst
}

func (e Extension) writable() bool { return e.ID != 0 && len(e.Data) <= 255 }
