package signaling

import (
	"sangdam/rooms/sfu"
	"sangdam/signaling/protocol"
)

// Codec is rooms.Client's: what to send a source in.
func (s *stage) Codec(source sfu.Source, e sfu.Encoding) {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	s.codec = protocol.Codecs{Source: string(source), Codec: string(e)}
	if f.stage == s {
		f.send(protocol.TypeCodecs, 0, s.codec)
	}
}

// codecAgain tells it once more: it may have been lost with a socket.
func (s *stage) codecAgain() {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stage == s && s.codec.Codec != "" {
		f.send(protocol.TypeCodecs, 0, s.codec)
	}
}
