//go:build linux

package main

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"

	"sangdam/rooms/sfu"
	"sangdam/rooms/sfu/wire"
)

const (
	opusType  = 111
	redType   = 63
	vp8Type   = 96
	rtxType   = 97
	levelID   = 1
	numberID  = 3 // transport-wide numbers
	midID     = 4
	ownCamera = 1 // sections that are sent on
	ownVoice  = 0
)

// writeOffer is a room's offer as a browser makes it, with one layer of camera.
func (p *person) writeOffer() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	const sections = 4 + 2*sfu.RoomPairs + sfu.RoomAudios
	mids := make([]string, sections)
	for i := range mids {
		mids[i] = strconv.Itoa(i)
	}
	line("v=0\r\no=- %d 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE %s", p.number+1, strings.Join(mids, " "))
	for i := range sections {
		video := i == 1 || i == 2 || i >= 4 && i < 4+2*sfu.RoomPairs && i%2 == 1
		kind, types := "audio", fmt.Sprintf("%d %d", opusType, redType)
		if video {
			kind, types = "video", fmt.Sprintf("%d %d", vp8Type, rtxType)
		}
		line("m=%s 9 UDP/TLS/RTP/SAVPF %s\r\nc=IN IP4 0.0.0.0", kind, types)
		line("a=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=fingerprint:sha-256 %s\r\na=setup:actpass\r\na=mid:%d",
			p.ufrag, p.pwd, p.crowd.fingerprint, i)
		line("a=extmap:%d %s\r\na=extmap:%d %s\r\na=rtcp-mux\r\na=rtcp-rsize", numberID, wire.ExtTransport, midID, wire.ExtMid)
		if i < 4 {
			line("a=sendonly\r\na=msid:- %d", i)
		} else {
			line("a=recvonly")
		}
		if video {
			line("a=rtpmap:%d VP8/90000", vp8Type)
			for _, fb := range []string{"transport-cc", "ccm fir", "nack", "nack pli"} {
				line("a=rtcp-fb:%d %s", vp8Type, fb)
			}
			line("a=rtpmap:%d rtx/90000\r\na=fmtp:%d apt=%d", rtxType, rtxType, vp8Type)
		} else {
			line("a=extmap:%d %s", levelID, wire.ExtAudioLevel)
			line("a=rtpmap:%d opus/48000/2\r\na=rtcp-fb:%d transport-cc\r\na=fmtp:%d minptime=10;useinbandfec=1", opusType, opusType, opusType)
			line("a=rtpmap:%d red/48000/2\r\na=fmtp:%d %d/%d", redType, redType, opusType, opusType)
		}
		switch i {
		case ownVoice:
			line("a=ssrc:%d cname:bench", p.voice.ssrc)
		case ownCamera:
			line("a=ssrc-group:FID %d %d\r\na=ssrc:%d cname:bench\r\na=ssrc:%d cname:bench",
				p.camera.ssrc, p.camera.ssrc+1, p.camera.ssrc, p.camera.ssrc+1)
		}
	}
	return b.String()
}

// answer is what counts of the server's.
type answer struct {
	ufrag, pwd, fingerprint string
	at                      netip.AddrPort
}

func readAnswer(raw string) (a answer, err error) {
	var d sdp.SessionDescription
	if err := d.UnmarshalString(raw); err != nil {
		return a, fmt.Errorf("answer: %w", err)
	}
	first := d.MediaDescriptions[0]
	attr := func(key string) string {
		if v, ok := first.Attribute(key); ok {
			return v
		}
		v, _ := d.Attribute(key)
		return v
	}
	a.ufrag, a.pwd = attr("ice-ufrag"), attr("ice-pwd")
	_, a.fingerprint, _ = strings.Cut(attr("fingerprint"), " ")
	f := strings.Fields(attr("candidate"))
	if len(f) < 6 {
		return a, errors.New("answer: no candidate")
	}
	a.at, err = netip.ParseAddrPort(f[4] + ":" + f[5])
	return a, err
}
