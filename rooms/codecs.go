package rooms

import (
	"slices"

	"sangdam/rooms/sfu"
)

// screenCodecs are what a screen travels in where everybody can, the better first:
// both keep text sharp in less than VP8 takes. AV1 comes second until its encoder has
// been measured on a booth's computer.
func screenCodecs() []sfu.Encoding { return []sfu.Encoding{sfu.EncodingVP9, sfu.EncodingAV1} }

// screenCodec is what a person's browser should send its screen in, so that all
// others who are in the room can decode it.
func (r *room) screenCodec(p *participant) sfu.Encoding {
	for _, c := range screenCodecs() {
		if slices.Contains(r.encodings(p.peer).Screen, c) && r.allDecode(p, c) {
			return c
		}
	}
	return sfu.EncodingVP8
}

func (r *room) allDecode(but *participant, c sfu.Encoding) bool {
	for _, o := range r.people {
		if o != but && !slices.Contains(r.encodings(o.peer).Stage, c) {
			return false
		}
	}
	for _, a := range r.auxiliaries {
		if a.view.Kind == AuxiliaryScreen && !slices.Contains(r.encodings(a.peer).Stage, c) {
			return false
		}
	}
	return true
}

// encodings of a Peer never change.
func (r *room) encodings(peer sfu.PeerID) sfu.Encodings {
	if known, ok := r.codecs[peer]; ok {
		return known
	}
	if r.codecs == nil {
		r.codecs = make(map[sfu.PeerID]sfu.Encodings)
	}
	known, ok := r.media.Encodings(peer)
	if ok {
		r.codecs[peer] = known
	}
	return known
}

// tellCodecs tells each person's page what to send its screen in, when it joins,
// comes with another Peer, or somebody comes or goes for whom it matters. Who can
// send nothing but VP8 is told nothing.
func (r *room) tellCodecs() {
	for _, p := range r.inOrder() {
		if !slices.ContainsFunc(screenCodecs(), func(c sfu.Encoding) bool { return slices.Contains(r.encodings(p.peer).Screen, c) }) {
			continue
		}
		if c := r.screenCodec(p); c != p.codec || p.codecOf != p.peer {
			p.codec, p.codecOf = c, p.peer
			p.client.Codec(sfu.Screen, c)
		}
	}
}
