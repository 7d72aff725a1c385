package lean

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
)

// The sources, in the order of their sections.
const (
	Microphone  = "microphone"
	Camera      = "camera"
	Screen      = "screen"
	ScreenAudio = "screen_audio"
)

// The room's profile behind the sources: pairs of sound and picture, and sound
// alone.
const (
	pairs  = 8
	audios = 2
)

const (
	opusType = 111
	vp8Type  = 96
	rtxType  = 97

	midID, ridID, repairedID, transportID, levelID = 4, 10, 11, 3, 1

	midURI       = "urn:ietf:params:rtp-hdrext:sdes:mid"
	ridURI       = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
	repairedURI  = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
	transportURI = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
	levelURI     = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
)

// credentials are one side's of ICE.
type credentials struct{ ufrag, pwd string }

// writeOffer is the one offer. Layers have no SSRC in it, as in Firefox and in
// Chromium without legacy simulcast: packets name them.
func (c *Client) writeOffer(own credentials) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	sections := len(c.sources) + 2*pairs + audios
	line("v=0\r\no=- %d %d IN IP4 127.0.0.1\r\ns=-\r\nt=0 0", c.sdpID, c.sdpVersion)
	mids := make([]string, sections)
	for i := range mids {
		mids[i] = strconv.Itoa(i)
	}
	line("a=group:BUNDLE %s\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS", strings.Join(mids, " "))
	section := func(mid int, video bool, direction string) {
		kind, types := "audio", strconv.Itoa(opusType)
		if video {
			kind, types = "video", fmt.Sprintf("%d %d", vp8Type, rtxType)
		}
		line("m=%s 9 UDP/TLS/RTP/SAVPF %s\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0", kind, types)
		line("a=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=fingerprint:sha-256 %s\r\na=setup:actpass\r\na=mid:%d", own.ufrag, own.pwd, c.pool.fingerprint, mid)
		if !video {
			line("a=extmap:%d %s", levelID, levelURI)
		}
		line("a=extmap:%d %s\r\na=extmap:%d %s", transportID, transportURI, midID, midURI)
		if video {
			line("a=extmap:%d %s\r\na=extmap:%d %s", ridID, ridURI, repairedID, repairedURI)
		}
		line("a=%s\r\na=rtcp-mux\r\na=rtcp-rsize", direction)
		if video {
			line("a=rtpmap:%d VP8/90000", vp8Type)
			for _, fb := range []string{"goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"} {
				line("a=rtcp-fb:%d %s", vp8Type, fb)
			}
			line("a=rtpmap:%d rtx/90000\r\na=fmtp:%d apt=%d", rtxType, rtxType, vp8Type)
			return
		}
		line("a=rtpmap:%d opus/48000/2\r\na=rtcp-fb:%d transport-cc\r\na=fmtp:%d minptime=10;useinbandfec=1", opusType, opusType, opusType)
	}
	for i, s := range c.sources {
		section(i, s.video, "sendonly")
		line("a=msid:- %s", s.name)
		switch {
		case len(s.encodings) > 1:
			var rids []string
			for _, e := range s.encodings {
				line("a=rid:%s send", e.rid)
				rids = append(rids, e.rid)
			}
			line("a=simulcast:send %s", strings.Join(rids, ";"))
		case s.video:
			e := s.encodings[0]
			line("a=ssrc-group:FID %d %d\r\na=ssrc:%d cname:lean\r\na=ssrc:%d cname:lean", e.ssrc, e.rtx, e.ssrc, e.rtx)
		default:
			line("a=ssrc:%d cname:lean", s.encodings[0].ssrc)
		}
	}
	mid := len(c.sources)
	for i := range 2*pairs + audios {
		section(mid+i, i < 2*pairs && i%2 == 1, "recvonly")
	}
	return b.String()
}

// answer is what the server's says.
type answer struct {
	remote         credentials
	fingerprint    string
	addresses      []netip.AddrPort // host candidates by UDP
	sending        []agreed         // of each source
	streams        map[uint32]bool  // by SSRC, whether it is a picture's
	repairs        map[uint32]uint32
	opus, vp8, rtx uint8 // of what is received
	transport      uint8 // extension of what is received
}

// agreed is what a section that we send on may carry.
type agreed struct {
	pt, rtx                              uint8
	mid, rid, repaired, transport, level uint8 // ids of extensions; 0: none
}

func readAnswer(raw string, sources int) (*answer, error) {
	var d sdp.SessionDescription
	if err := d.UnmarshalString(raw); err != nil {
		return nil, fmt.Errorf("lean: answer: %w", err)
	}
	if len(d.MediaDescriptions) != sources+2*pairs+audios {
		return nil, fmt.Errorf("lean: the answer has %d sections", len(d.MediaDescriptions))
	}
	a := &answer{streams: map[uint32]bool{}, repairs: map[uint32]uint32{}}
	first := d.MediaDescriptions[0]
	attr := func(key string) string {
		if v, ok := first.Attribute(key); ok {
			return v
		}
		v, _ := d.Attribute(key)
		return v
	}
	a.remote = credentials{attr("ice-ufrag"), attr("ice-pwd")}
	_, a.fingerprint, _ = strings.Cut(attr("fingerprint"), " ")
	for i, m := range d.MediaDescriptions {
		video := m.MediaName.Media == "video"
		g := readSection(m, video)
		if i < sources {
			a.sending = append(a.sending, g)
		} else {
			a.receives(m, g, video)
		}
		for _, x := range m.Attributes {
			if x.Key == "candidate" {
				a.candidate(x.Value)
			}
		}
	}
	if a.remote.ufrag == "" || a.remote.pwd == "" || a.fingerprint == "" || len(a.addresses) == 0 {
		return nil, errors.New("lean: the answer names no way by UDP")
	}
	return a, nil
}

func readSection(m *sdp.MediaDescription, video bool) (g agreed) {
	number := func(text string) uint8 {
		n, err := strconv.ParseUint(text, 10, 8)
		if err != nil {
			return 0
		}
		return uint8(n)
	}
	for _, x := range m.Attributes {
		id, rest, _ := strings.Cut(x.Value, " ")
		switch {
		case x.Key == "rtpmap" && g.pt == 0 && (video && strings.EqualFold(rest, "VP8/90000") || !video && strings.EqualFold(rest, "opus/48000/2")):
			g.pt = number(id)
		case x.Key == "fmtp" && g.rtx == 0 && g.pt != 0 && rest == fmt.Sprintf("apt=%d", g.pt):
			g.rtx = number(id)
		case x.Key == "extmap":
			id, _, _ = strings.Cut(id, "/")
			switch rest {
			case midURI:
				g.mid = number(id)
			case ridURI:
				g.rid = number(id)
			case repairedURI:
				g.repaired = number(id)
			case transportURI:
				g.transport = number(id)
			case levelURI:
				g.level = number(id)
			}
		}
	}
	return g
}

// receives reads the streams of a slot.
func (a *answer) receives(m *sdp.MediaDescription, g agreed, video bool) {
	if video {
		a.vp8, a.rtx = g.pt, g.rtx
	} else {
		a.opus = g.pt
	}
	if g.transport != 0 {
		a.transport = g.transport
	}
	for _, x := range m.Attributes {
		f := strings.Fields(x.Value)
		switch {
		case x.Key == "ssrc-group" && len(f) == 3 && f[0] == "FID":
			of, errOf := strconv.ParseUint(f[1], 10, 32)
			by, errBy := strconv.ParseUint(f[2], 10, 32)
			if errOf == nil && errBy == nil {
				a.repairs[uint32(by)] = uint32(of)
				delete(a.streams, uint32(by))
			}
		case x.Key == "ssrc" && len(f) > 0:
			n, err := strconv.ParseUint(f[0], 10, 32)
			if _, repairs := a.repairs[uint32(n)]; err == nil && !repairs {
				a.streams[uint32(n)] = video
			}
		}
	}
}

// candidate takes a host candidate by UDP (RFC 8839, section 5.1).
func (a *answer) candidate(v string) {
	f := strings.Fields(v)
	if len(f) < 8 || f[1] != "1" || !strings.EqualFold(f[2], "udp") || f[7] != "host" {
		return
	}
	at, err := netip.ParseAddrPort(f[4] + ":" + f[5])
	if ip, errIP := netip.ParseAddr(f[4]); errIP == nil && ip.Is6() {
		at, err = netip.ParseAddrPort("[" + f[4] + "]:" + f[5])
	}
	if err != nil {
		return
	}
	for _, have := range a.addresses {
		if have == at {
			return
		}
	}
	a.addresses = append(a.addresses, at)
}
