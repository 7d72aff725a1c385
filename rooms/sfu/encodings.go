package sfu

import (
	"slices"

	"sangdam/rooms/sfu/rtpx"
	"sangdam/rooms/sfu/wire"
)

// Encodings tells what a Peer's answer settled of pictures; false for an unknown Peer.
func (e *Engine) Encodings(id PeerID) (Encodings, bool) {
	p := e.peer(id)
	if p == nil {
		return Encodings{}, false
	}
	var all Encodings
	if u := p.upBySource(Screen); u != nil {
		for _, f := range u.settled.formats {
			all.Screen = f.join(all.Screen)
		}
	}
	for _, d := range p.downs {
		if d.kind == wire.Video && d.slot == SlotStage {
			for _, f := range d.formats {
				all.Stage = f.join(all.Stage)
			}
		}
	}
	return all, true
}

// join appends a format's name once.
func (f format) join(all []Encoding) []Encoding {
	var name Encoding
	switch f.codec {
	case rtpx.VP8:
		name = EncodingVP8
	case rtpx.VP9:
		name = EncodingVP9
	case rtpx.H264:
		name = EncodingH264
	case rtpx.AV1:
		name = EncodingAV1
	default:
		return all
	}
	if slices.Contains(all, name) {
		return all
	}
	return append(all, name)
}
