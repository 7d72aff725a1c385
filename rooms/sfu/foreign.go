package sfu

import (
	"slices"
	"strings"

	"github.com/pion/sdp/v3"

	"sangdam/rooms/sfu/wire"
)

// Offers that are not of our own page: what an encoder publishes (RFC 9725) and
// what a wall screen watches (WHEP). They have the sections that they like, in any
// order, and know nothing of ours: header extensions, simulcast and repair are
// taken where they are offered and missed nowhere.

const (
	// ProfilePublish: one sendonly audio, one sendonly video, or both.
	ProfilePublish Profile = "publish"
	// ProfileWatch: up to WatchPairs receive audios and as many receive videos. The
	// nth audio and the nth video are slot n.
	ProfileWatch Profile = "watch"

	// WatchPairs is how many people of a room a screen can show: all of them.
	WatchPairs = RoomPairs
)

// staged tells whether a picture is one for the stage: it has one layer as a
// rule, and everybody looks at it.
func (s Source) staged() bool { return s == Screen || s == Closeup }

// foreign tells whether a profile's sections are the other end's to choose.
func (p Profile) foreign() bool { return p == ProfilePublish || p == ProfileWatch }

// parseForeign is parseOffer for these profiles.
func parseForeign(p Profile, raw string) (*offer, error) {
	if len(raw) > MaxOffer {
		return nil, badOffer("%d bytes, more than %d", len(raw), MaxOffer)
	}
	clean, err := withoutCandidates(raw)
	if err != nil {
		return nil, err
	}
	if p == ProfilePublish {
		// RFC 9725 4.2 lets a client offer sendrecv; it is answered recvonly either way.
		clean = strings.ReplaceAll(clean, "\r\na=sendrecv\r\n", "\r\na=sendonly\r\n")
	}
	var desc sdp.SessionDescription
	if err := desc.UnmarshalString(clean); err != nil {
		return nil, badOffer("not SDP")
	}
	o := &offer{sdp: clean}
	count := map[wire.Kind]int{}
	for i, m := range desc.MediaDescriptions {
		kind := wire.Kind(m.MediaName.Media)
		if kind != wire.Audio && kind != wire.Video {
			return nil, badOffer("section %d: neither audio nor video", i)
		}
		s := section{want: p.want(kind, count[kind])}
		if count[kind]++; count[kind] > p.most() {
			return nil, badOffer("more than %d of %s", p.most(), kind)
		}
		if err := s.read(m); err != nil {
			return nil, badOffer("section %d: %s", i, err)
		}
		if slices.ContainsFunc(o.sections, func(x section) bool { return x.mid == s.mid }) {
			return nil, badOffer("section %d: mid used twice", i)
		}
		o.sections = append(o.sections, s)
	}
	switch len(o.sections) {
	case 0:
		return nil, badOffer("no sections")
	case 1: // one section is one transport, with BUNDLE or without
		if _, bundled := desc.Attribute("group"); !bundled {
			o.group = "a=group:BUNDLE " + o.sections[0].mid + "\r\n"
			o.sdp = strings.Replace(clean, "\r\nm=", "\r\n"+o.group+"m=", 1)
		}
		return o, checkTransport(&desc)
	}
	if err := checkBundle(&desc, o.sections); err != nil {
		return nil, err
	}
	return o, checkTransport(&desc)
}

// ungrouped takes out of an answer what the offer had not (RFC 8843 7.3): Pion
// answers nothing without BUNDLE.
func (o *offer) ungrouped(answer string) string {
	if o.group == "" {
		return answer
	}
	return strings.Replace(answer, "\r\n"+o.group, "\r\n", 1)
}

// most is how many sections of a kind there may be.
func (p Profile) most() int {
	if p == ProfilePublish {
		return 1
	}
	return WatchPairs
}

// want is what the nth section of a kind stands for.
func (p Profile) want(kind wire.Kind, n int) want {
	switch {
	case p == ProfileWatch:
		return want{kind: kind, slot: n}
	case kind == wire.Video:
		return want{kind: kind, source: Closeup, slot: -1}
	}
	return want{kind: kind, source: ScreenAudio, slot: -1}
}

// byPayload finds the source of an SSRC that neither the offer nor the packet
// names: an encoder need not know of mids, and its payload types tell audio from
// video.
func (p *Peer) byPayload(pt uint8) *UpTrack {
	if p.profile != ProfilePublish {
		return nil
	}
	var found *UpTrack
	for _, u := range p.ups {
		if u.settled.carries(pt) || u.settled.formats.mended(pt) != 0 {
			if found != nil {
				return nil
			}
			found = u
		}
	}
	return found
}
