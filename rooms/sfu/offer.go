package sfu

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"

	"sangdam/rooms/sfu/rtpx"
	"sangdam/rooms/sfu/wire"
)

// ErrBadOffer is what every OfferError is.
var ErrBadOffer = errors.New("sfu: bad offer")

// OfferError says why an offer is not answered. Reason holds nothing of the
// offer's own text.
type OfferError struct{ Reason string }

func (e *OfferError) Error() string        { return "sfu: bad offer: " + e.Reason }
func (e *OfferError) Is(target error) bool { return target == ErrBadOffer }

func badOffer(format string, args ...any) error {
	return &OfferError{Reason: fmt.Sprintf(format, args...)}
}

const (
	// MaxOffer is the largest offer in bytes, after inflating. Chromium's for a
	// wall is half of it.
	MaxOffer = 128 << 10

	maxLine       = 8 << 10
	maxRids       = 3
	maxCodecs     = 96 // Chromium with hardware codecs offers some fifty
	maxExtensions = 32
)

// want is what a profile has in one m-section.
type want struct {
	kind   wire.Kind
	source Source // of a section that the browser sends on
	slot   int    // of one that it receives on, else -1
}

func (p Profile) sections() ([]want, bool) {
	var ws []want
	up := func(k wire.Kind, s Source) { ws = append(ws, want{k, s, -1}) }
	down := func(k wire.Kind, slot int) { ws = append(ws, want{k, "", slot}) }
	switch p {
	case ProfileRoom:
		up(wire.Audio, Microphone)
		up(wire.Video, Camera)
		up(wire.Video, Screen)
		up(wire.Audio, ScreenAudio)
		for i := range RoomPairs {
			down(wire.Audio, i)
			down(wire.Video, i)
		}
		for i := range RoomAudios {
			down(wire.Audio, RoomPairs+i)
		}
	case ProfileWall:
		up(wire.Audio, Microphone)
		for i := range WallVideos {
			down(wire.Video, i)
		}
		for i := range WallAudios {
			down(wire.Audio, WallVideos+i)
		}
	case ProfileProbe:
		down(wire.Audio, 0)
	default:
		return nil, false
	}
	return ws, true
}

// section is one m-section of an offer that was found good.
type section struct {
	want
	mid  string
	rids []string          // simulcast, in the offer's order
	rtx  map[uint32]uint32 // SSRC of a stream to that of its retransmissions
	ssrc []uint32          // streams announced by SSRC, without retransmissions
	red  string            // payload type of redundant sound (RFC 2198), as the offer has it; "" without
}

// offer is an SDP offer that fits its profile.
type offer struct {
	sdp      string // without candidates
	sections []section
	group    string // the line of a BUNDLE of one section that was put in; empty: none
}

// parseOffer checks an offer before anything else sees it. Its candidates are
// dropped, whatever they point at: even an active answer checks only where checks
// have come from.
func parseOffer(p Profile, raw string) (*offer, error) {
	wants, ok := p.sections()
	if !ok {
		return nil, badOffer("unknown profile")
	}
	if len(raw) > MaxOffer {
		return nil, badOffer("%d bytes, more than %d", len(raw), MaxOffer)
	}
	clean, err := withoutCandidates(raw)
	if err != nil {
		return nil, err
	}
	var desc sdp.SessionDescription
	if err := desc.UnmarshalString(clean); err != nil {
		return nil, badOffer("not SDP")
	}
	if len(desc.MediaDescriptions) != len(wants) {
		return nil, badOffer("%d sections, not %d", len(desc.MediaDescriptions), len(wants))
	}
	o := &offer{sdp: clean}
	mids := make(map[string]bool)
	for i, m := range desc.MediaDescriptions {
		s := section{want: wants[i]}
		if err := s.read(m); err != nil {
			return nil, badOffer("section %d: %s", i, err)
		}
		if mids[s.mid] {
			return nil, badOffer("section %d: mid used twice", i)
		}
		mids[s.mid] = true
		o.sections = append(o.sections, s)
	}
	if err := checkBundle(&desc, o.sections); err != nil {
		return nil, err
	}
	return o, checkTransport(&desc)
}

// withoutCandidates also bounds what the parser is given.
func withoutCandidates(raw string) (string, error) {
	var b strings.Builder
	b.Grow(len(raw))
	for line := range strings.SplitSeq(raw, "\n") {
		line = strings.TrimSuffix(line, "\r")
		switch {
		case len(line) > maxLine:
			return "", badOffer("line too long")
		case line == "", strings.HasPrefix(line, "a=candidate:"),
			strings.HasPrefix(line, "a=remote-candidates:"), line == "a=end-of-candidates":
			continue
		}
		b.WriteString(line)
		b.WriteString("\r\n")
	}
	return b.String(), nil
}

func (s *section) read(m *sdp.MediaDescription) error {
	if m.MediaName.Media != string(s.kind) {
		return fmt.Errorf("not %s", s.kind)
	}
	switch proto := strings.Join(m.MediaName.Protos, "/"); proto {
	case "UDP/TLS/RTP/SAVPF", "TCP/TLS/RTP/SAVPF":
	default:
		return errors.New("not SRTP over DTLS")
	}
	if len(m.MediaName.Formats) > maxCodecs {
		return errors.New("too many codecs")
	}
	direction, extensions, mux, rejected := "sendrecv", 0, false, m.MediaName.Port.Value == 0
	for _, a := range m.Attributes {
		switch a.Key {
		case "mid":
			s.mid = a.Value
		case "sendonly", "recvonly", "sendrecv", "inactive":
			direction = a.Key
		case "extmap":
			extensions++
		case "rtcp-mux":
			mux = true
		case "bundle-only":
			rejected = false
		case "rid":
			if id, rest, _ := strings.Cut(a.Value, " "); strings.HasPrefix(rest, "send") {
				s.rids = append(s.rids, id)
			}
		case "ssrc":
			s.readSSRC(a.Value)
		case "ssrc-group":
			s.readGroup(a.Value)
		}
	}
	if s.kind == wire.Audio {
		s.red = redOf(m)
	}
	for _, rtx := range s.rtx {
		s.ssrc = slices.DeleteFunc(s.ssrc, func(v uint32) bool { return v == rtx })
	}
	switch {
	case s.mid == "" || len(s.mid) > 16: // RFC 8843 15: short, since it rides in packets
		return errors.New("no usable mid")
	case s.slot < 0 && direction != "sendonly":
		return errors.New("not sendonly")
	case s.slot >= 0 && direction != "recvonly":
		return errors.New("not recvonly")
	case rejected:
		return errors.New("rejected")
	case !mux:
		return errors.New("no rtcp-mux")
	case extensions > maxExtensions:
		return errors.New("too many header extensions")
	case len(s.rids) > maxRids || len(s.rids) > 0 && s.source != Camera && s.source != Closeup:
		return errors.New("too many layers")
	case len(s.ssrc) > maxRids:
		return errors.New("too many streams")
	case !hasCodec(m, s.kind):
		return errors.New("codec missing")
	}
	return nil
}

func (s *section) readSSRC(v string) {
	id, _, _ := strings.Cut(v, " ")
	n, err := strconv.ParseUint(id, 10, 32)
	if err == nil && n != 0 && !slices.Contains(s.ssrc, uint32(n)) && len(s.ssrc) < 2*maxRids+1 {
		s.ssrc = append(s.ssrc, uint32(n))
	}
}

// readGroup takes FID groups (RFC 5576 4.2): a stream and its retransmissions.
func (s *section) readGroup(v string) {
	f := strings.Fields(v)
	if len(f) != 3 || f[0] != "FID" || len(s.rtx) >= maxRids {
		return
	}
	a, errA := strconv.ParseUint(f[1], 10, 32)
	b, errB := strconv.ParseUint(f[2], 10, 32)
	if errA != nil || errB != nil || a == b {
		return
	}
	if s.rtx == nil {
		s.rtx = make(map[uint32]uint32)
	}
	s.rtx[uint32(a)] = uint32(b)
}

func hasCodec(m *sdp.MediaDescription, k wire.Kind) bool {
	for _, a := range m.Attributes {
		if a.Key != "rtpmap" {
			continue
		}
		_, codec, _ := strings.Cut(a.Value, " ")
		if k == wire.Audio && strings.EqualFold(codec, "opus/48000/2") || k == wire.Video && rtpx.CodecOf(codec) != rtpx.NoCodec {
			return true
		}
	}
	return false
}

// checkBundle wants one transport for all sections.
func checkBundle(desc *sdp.SessionDescription, sections []section) error {
	group, ok := desc.Attribute("group")
	f := strings.Fields(group)
	if !ok || len(f) == 0 || f[0] != "BUNDLE" {
		return badOffer("no BUNDLE")
	}
	for i := range sections {
		if !slices.Contains(f[1:], sections[i].mid) {
			return badOffer("section %d: not in BUNDLE", i)
		}
	}
	return nil
}

// checkTransport wants one on which the browser may be the DTLS client and proves
// itself by SHA-256.
func checkTransport(desc *sdp.SessionDescription) error {
	first := desc.MediaDescriptions[0]
	attr := func(key string) string {
		if v, ok := first.Attribute(key); ok {
			return v
		}
		v, _ := desc.Attribute(key)
		return v
	}
	hash, print, _ := strings.Cut(attr("fingerprint"), " ")
	switch {
	case !strings.EqualFold(hash, "sha-256") || len(print) != 32*3-1:
		return badOffer("no sha-256 fingerprint")
	case len(attr("ice-ufrag")) < 4 || len(attr("ice-pwd")) < 22: // RFC 8839 5.4
		return badOffer("no ICE credentials")
	case attr("setup") == "passive" || attr("setup") == "holdconn":
		return badOffer("not willing to be DTLS client")
	}
	return nil
}
