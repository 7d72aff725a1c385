package front

import (
	"encoding/binary"
	"strings"
)

// kind is what a connection turned out to be.
type kind int

const (
	unsorted  kind = iota // not enough bytes yet
	unknown               // nothing we speak
	encrypted             // a TLS record: what is inside is told after the handshake
	hypertext             // an HTTP request
	relaying              // STUN without framing: a client of TURN (RFC 8656 section 3.1)
	streaming             // STUN in RFC 4571 frames: a candidate pair of ICE-TCP (RFC 6544)
)

// longest is how many bytes tell any kind: the framed STUN header up to the end
// of its cookie.
const longest = 10

// magicCookie stands in every STUN message (RFC 8489 section 5).
const magicCookie = 0x2112A442

const (
	stunHeader  = 20
	stunLongest = 1500 // a first message is a binding or an allocate request, never longer than a packet
)

// methods are the first words of requests. PRI begins HTTP/2 without TLS, which
// the server answers for itself.
const methods = "GET POST HEAD PUT DELETE OPTIONS PATCH CONNECT TRACE PRI "

// classify tells from a connection's first bytes what it is. The kinds exclude
// each other: a TLS record begins with 0x16, a request with a capital letter,
// STUN with two zero bits; and what would be the cookie of bare STUN is, in a
// frame, a length that no first message has.
func classify(b []byte) kind {
	if len(b) == 0 {
		return unsorted
	}
	switch first := b[0]; {
	case first == 0x16:
		if len(b) > 1 && b[1] != 3 { // every version of TLS writes 3 here
			return unknown
		}
		return encrypted
	case first >= 'A' && first <= 'Z':
		return classifyMethod(string(b[:min(len(b), longest)]))
	case first < 0x40:
		return classifySTUN(b)
	}
	return unknown
}

func classifyMethod(s string) kind {
	word, _, whole := strings.Cut(s, " ")
	for method := range strings.FieldsSeq(methods) {
		if whole && word == method {
			return hypertext
		}
		if !whole && strings.HasPrefix(method, word) {
			return unsorted
		}
	}
	return unknown
}

func classifySTUN(b []byte) kind {
	if len(b) < 8 {
		return unsorted
	}
	if binary.BigEndian.Uint32(b[4:]) == magicCookie {
		if length := int(binary.BigEndian.Uint16(b[2:])); length%4 != 0 || length > stunLongest {
			return unknown
		}
		return relaying
	}
	if frame := int(binary.BigEndian.Uint16(b)); frame < stunHeader || frame > stunHeader+stunLongest || b[2] >= 0x40 {
		return unknown
	}
	if len(b) < longest {
		return unsorted
	}
	if binary.BigEndian.Uint32(b[6:]) != magicCookie {
		return unknown
	}
	if frame, length := int(binary.BigEndian.Uint16(b)), int(binary.BigEndian.Uint16(b[4:])); frame != stunHeader+length || length%4 != 0 {
		return unknown // the frame lies about its message
	}
	return streaming
}
