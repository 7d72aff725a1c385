package sfu

import (
	"errors"
	"strings"
	"testing"

	"sangdam/rooms/sfu/wire"
)

// encoderOffer is what GStreamer's webrtcbin makes, shortened.
const encoderOffer = `v=0
o=- 1 0 IN IP4 0.0.0.0
s=-
t=0 0
a=ice-options:trickle
a=group:BUNDLE video0 audio1
m=video 9 UDP/TLS/RTP/SAVPF 96
c=IN IP4 0.0.0.0
a=setup:actpass
a=ice-ufrag:abcdefgh
a=ice-pwd:abcdefghijklmnopqrstuvwxyz012345
a=rtcp-mux
a=rtcp-rsize
a=sendonly
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 nack pli
a=mid:video0
a=candidate:1 1 UDP 2015363327 10.1.2.3 40000 typ host
a=fingerprint:sha-256 AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99
m=audio 0 UDP/TLS/RTP/SAVPF 97
c=IN IP4 0.0.0.0
a=setup:actpass
a=ice-ufrag:abcdefgh
a=ice-pwd:abcdefghijklmnopqrstuvwxyz012345
a=bundle-only
a=rtcp-mux
a=sendonly
a=rtpmap:97 OPUS/48000/2
a=mid:audio1
a=fingerprint:sha-256 AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99
`

func lines(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

func TestForeign_AnEncodersOfferIsReadAsItIs(t *testing.T) {
	o, err := parseForeign(ProfilePublish, lines(encoderOffer))
	if err != nil {
		t.Fatal(err)
	}
	if len(o.sections) != 2 || o.sections[0].source != Closeup || o.sections[1].source != ScreenAudio || o.sections[0].mid != "video0" {
		t.Errorf("got %+v", o.sections)
	}
	if strings.Contains(o.sdp, "candidate") {
		t.Error("its candidates were kept")
	}
}

func TestForeign_WhatASectionMayBe(t *testing.T) {
	video, _, _ := strings.Cut(encoderOffer, "m=audio")
	watch := strings.ReplaceAll(encoderOffer, "a=sendonly", "a=recvonly")
	_, section, _ := strings.Cut(video, "m=video")
	for name, c := range map[string]struct {
		profile Profile
		offer   string
		good    bool
	}{
		"video alone":                {ProfilePublish, video, true},
		"without BUNDLE":             {ProfilePublish, strings.Replace(video, "a=group:BUNDLE video0 audio1\n", "", 1), true},
		"two without BUNDLE":         {ProfilePublish, strings.Replace(encoderOffer, "a=group:BUNDLE video0 audio1\n", "", 1), false},
		"one outside of BUNDLE":      {ProfilePublish, strings.Replace(encoderOffer, "video0 audio1", "video0", 1), false},
		"sendrecv":                   {ProfilePublish, strings.ReplaceAll(encoderOffer, "a=sendonly", "a=sendrecv"), true},
		"recvonly":                   {ProfilePublish, watch, false},
		"inactive":                   {ProfilePublish, strings.ReplaceAll(encoderOffer, "a=sendonly", "a=inactive"), false},
		"simulcast":                  {ProfilePublish, strings.Replace(encoderOffer, "a=mid:video0\n", "a=mid:video0\na=rid:l send\na=rid:h send\na=simulcast:send l;h\n", 1), true},
		"a data channel":             {ProfilePublish, encoderOffer + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=mid:data\n", false},
		"two videos":                 {ProfilePublish, strings.Replace(encoderOffer, "BUNDLE video0", "BUNDLE video0 video2", 1) + "m=video" + strings.Replace(section, "video0", "video2", 1), false},
		"the same mid twice":         {ProfilePublish, strings.ReplaceAll(encoderOffer, "audio1", "video0"), false},
		"no sections":                {ProfilePublish, "v=0\no=- 1 0 IN IP4 0.0.0.0\ns=-\nt=0 0\n", false},
		"no fingerprint":             {ProfilePublish, strings.ReplaceAll(video, "sha-256", "md5"), false},
		"it must be the DTLS server": {ProfilePublish, strings.ReplaceAll(video, "actpass", "passive"), false},
		"a screen":                   {ProfileWatch, watch, true},
		"a screen that sends":        {ProfileWatch, encoderOffer, false},
	} {
		o, err := parseForeign(c.profile, lines(c.offer))
		if (err == nil) != c.good || err != nil && !errors.Is(err, ErrBadOffer) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && name == "without BUNDLE" && o.ungrouped(o.sdp) == o.sdp {
			t.Error("nothing takes out of the answer what was put into the offer")
		}
	}
	o, err := parseForeign(ProfileWatch, lines(watch))
	if err != nil || o.sections[0].slot != 0 || o.sections[1].slot != 0 || o.sections[1].kind != wire.Audio {
		t.Errorf("the first of each kind are one slot: %+v, %v", o, err)
	}
}

func FuzzForeign(f *testing.F) {
	f.Add(lines(encoderOffer), true)
	f.Add(lines(strings.ReplaceAll(encoderOffer, "a=sendonly", "a=recvonly")), false)
	f.Fuzz(func(t *testing.T, raw string, publish bool) {
		p := ProfileWatch
		if publish {
			p = ProfilePublish
		}
		o, err := parseForeign(p, raw)
		if err == nil && (len(o.sections) == 0 || len(o.sections) > 2*WatchPairs || strings.Contains(o.sdp, "\na=candidate:")) {
			t.Errorf("%d sections, %q", len(o.sections), o.sdp)
		}
	})
}
