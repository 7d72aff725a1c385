package sfu

import (
	"errors"
	"strings"
	"testing"

	"github.com/pion/sdp/v3"

	"sangdam/rooms/sfu/rtpx"
	"sangdam/rooms/sfu/sfutest"
	"sangdam/rooms/sfu/wire"
)

func goodOffer(t testing.TB, wall bool) string {
	t.Helper()
	c, err := sfutest.New(sfutest.Options{ID: 1, Wall: wall})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	offer, err := c.Offer()
	if err != nil {
		t.Fatal(err)
	}
	return offer
}

func TestOffer_FitsItsProfileOrIsRefused(t *testing.T) {
	room, wall := goodOffer(t, false), goodOffer(t, true)
	replace := func(old, new string, n int) string {
		if !strings.Contains(room, old) {
			t.Fatalf("no %q in the offer", old)
		}
		return strings.Replace(room, old, new, n)
	}
	insert := func(after, line string, times int) string {
		return replace(after, after+"\r\n"+strings.Repeat(line+"\r\n", times), 1)
	}
	for _, tc := range []struct {
		name    string
		profile Profile
		offer   string
		ok      bool
	}{
		{"room", ProfileRoom, room, true},
		{"wall", ProfileWall, wall, true},
		{"only newlines", ProfileRoom, strings.ReplaceAll(room, "\r\n", "\n"), true},
		{
			"private and public candidates", ProfileRoom,
			insert("a=sendonly", "a=candidate:1 1 udp 2130706431 10.0.0.7 22 typ host", 3), true,
		},
		{"room as wall", ProfileWall, room, false},
		{"wall as room", ProfileRoom, wall, false},
		{"unknown profile", "hall", room, false},
		{"empty", ProfileRoom, "", false},
		{"not SDP", ProfileRoom, "hello", false},
		{"too large", ProfileRoom, room + strings.Repeat("a=x:"+strings.Repeat("y", 1000)+"\r\n", 140), false},
		{"a line too long", ProfileRoom, insert("a=sendonly", "a=x:"+strings.Repeat("y", maxLine), 1), false},
		{"60 sections", ProfileRoom, room + strings.Repeat(room[strings.LastIndex(room, "m=audio"):], 40), false},
		{"data channel", ProfileRoom, replace("m=audio 9 UDP/TLS/RTP/SAVPF", "m=application 9 UDP/DTLS/SCTP", 1), false},
		{"kinds swapped", ProfileRoom, replace("m=video", "m=audio", 1), false},
		{"plain RTP", ProfileRoom, replace("UDP/TLS/RTP/SAVPF", "RTP/AVP", 1), false},
		{"sendrecv source", ProfileRoom, replace("a=sendonly", "a=sendrecv", 1), false},
		{"inactive slot", ProfileRoom, replace("a=recvonly", "a=inactive", 1), false},
		{"sending slot", ProfileRoom, replace("a=recvonly", "a=sendonly", 1), false},
		{"no BUNDLE", ProfileRoom, replace("a=group:BUNDLE", "a=group:LS", 1), false},
		{"section outside BUNDLE", ProfileRoom, replace("a=group:BUNDLE 0", "a=group:BUNDLE x", 1), false},
		{"mid twice", ProfileRoom, replace("a=mid:1\r\n", "a=mid:0\r\n", 1), false},
		{"no mid", ProfileRoom, replace("a=mid:1\r\n", "", 1), false},
		{"no rtcp-mux", ProfileRoom, replace("a=rtcp-mux\r\n", "", 1), false},
		{"sha-1", ProfileRoom, replace("a=fingerprint:sha-256", "a=fingerprint:sha-1", -1), false},
		{"no ICE password", ProfileRoom, replace("a=ice-pwd:", "a=ice-pw:", -1), false},
		{"DTLS passive", ProfileRoom, replace("a=setup:actpass", "a=setup:passive", -1), false},
		{"four layers", ProfileRoom, insert("a=rid:q send", "a=rid:x send", 1), false},
		{"rids on a microphone", ProfileRoom, insert("a=sendonly", "a=rid:q send", 1), false},
		{"too many extensions", ProfileRoom, insert("a=sendonly", "a=extmap:14 urn:x", 40), false},
		{
			"too many streams", ProfileRoom,
			insert("a=rid:q send", "a=ssrc:1 cname:a\r\na=ssrc:2 cname:a\r\na=ssrc:3 cname:a\r\na=ssrc:4 cname:a", 1), false,
		},
		{"no VP8", ProfileRoom, replace("VP8/90000", "VP0/90000", 1), false},
		{"no Opus in a slot", ProfileRoom, room[:strings.LastIndex(room, "opus/")] + "opas/" +
			room[strings.LastIndex(room, "opus/")+5:], false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o, err := parseOffer(tc.profile, tc.offer)
			if tc.ok {
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(o.sdp, "a=candidate") {
					t.Error("candidates were kept")
				}
				return
			}
			var bad *OfferError
			if !errors.Is(err, ErrBadOffer) || !errors.As(err, &bad) {
				t.Fatalf("err = %v, want a bad offer", err)
			}
		})
	}
}

func TestOffer_FirefoxAnnouncesTheStreamsOfItsLayers(t *testing.T) {
	raw := strings.Replace(plainOffer(ProfileRoom), "a=rid:q send", strings.Join([]string{
		"a=ssrc:11 cname:x", "a=ssrc:12 cname:x", "a=ssrc:13 cname:x",
		"a=ssrc:21 cname:x", "a=ssrc:22 cname:x", "a=ssrc:23 cname:x",
		"a=ssrc-group:FID 11 21", "a=ssrc-group:FID 12 22", "a=ssrc-group:FID 13 23", "a=rid:q send",
	}, "\r\n"), 1)
	o, err := parseOffer(ProfileRoom, raw)
	if err != nil {
		t.Fatal(err)
	}
	p := newPeer(&Engine{log: discard()}, "p", ProfileRoom, &watcher{})
	ups := make([]uplink, len(o.sections))
	for i := range ups {
		ups[i] = uplink{formats: formats{{rtpx.VP8, 96, 97}}, clock: 90000}
	}
	for i, s := range o.sections {
		if s.slot >= 0 {
			o.sections = o.sections[:i]
			break
		}
	}
	p.equipUplinks(o.sections, ups)
	for ssrc, want := range map[uint32]announced{
		11: {p.ups[1], "q", false}, 12: {p.ups[1], "h", false}, 13: {p.ups[1], "f", false},
		21: {p.ups[1], "q", true}, 23: {p.ups[1], "f", true},
	} {
		if got := p.announce[ssrc]; got != want {
			t.Errorf("SSRC %d is %+v, want %+v", ssrc, got, want)
		}
	}
}

func TestAnswer_SaysWhatTheSlotsSend(t *testing.T) {
	h := newHouse(t)
	for _, wall := range []bool{false, true} {
		g, answer := h.open(sfutest.Options{ID: 1, Wall: wall})
		p := h.e.peer(g.id)
		var d sdp.SessionDescription
		if err := d.UnmarshalString(answer); err != nil {
			t.Fatal(err)
		}
		if _, ok := d.Attribute("ice-lite"); !ok {
			t.Error("not ICE-lite")
		}
		offered, _ := p.profile.sections()
		downs := p.downs
		opus := map[string]bool{}
		for i, m := range d.MediaDescriptions {
			ids := map[string]string{}
			values := map[string][]string{}
			for _, a := range m.Attributes {
				values[a.Key] = append(values[a.Key], a.Value)
				if a.Key == "extmap" {
					id, uri, _ := strings.Cut(a.Value, " ")
					ids[uri] = id
				}
			}
			if v := values["setup"]; len(v) != 1 || v[0] != "passive" {
				t.Errorf("section %d: setup %v", i, v)
			}
			if n := len(values["candidate"]); i == 0 && n != 2 || i > 0 && n != 0 {
				t.Errorf("section %d: candidates %v", i, values["candidate"])
			}
			if m.MediaName.Media == "audio" {
				for _, f := range values["fmtp"] {
					opus[f] = true
				}
			}
			if offered[i].slot < 0 {
				if ids[wire.ExtTransport] == "" || ids[wire.ExtMid] == "" {
					t.Errorf("section %d: extensions %v", i, ids)
				}
				if offered[i].source == Camera && (len(values["rid"]) != 3 || len(values["simulcast"]) != 1) {
					t.Errorf("section %d: rid %v, simulcast %v", i, values["rid"], values["simulcast"])
				}
				continue
			}
			down := downs[0]
			downs = downs[1:]
			w := down.out.(*wire.Writer)
			if ids[wire.ExtMid] != "" {
				t.Errorf("section %d: mid is negotiated on a slot", i)
			}
			bound := map[string]string{}
			for uri, id := range w.Extensions {
				bound[uri] = itoa(uint32(id))
			}
			if !equalMaps(bound, ids) {
				t.Errorf("section %d: bound ids %v, answered %v", i, bound, ids)
			}
			if m.MediaName.Formats[0] != itoa(uint32(w.PT)) {
				t.Errorf("section %d: payload types %v, bound %d", i, m.MediaName.Formats, w.PT)
			}
			if v := values["msid"]; len(v) != 1 || !strings.HasPrefix(v[0], streamID(down.slot)+" ") {
				t.Errorf("section %d: msid %v", i, v)
			}
			if !strings.HasPrefix(values["ssrc"][0], itoa(w.SSRC)+" ") {
				t.Errorf("section %d: ssrc %v, bound %d", i, values["ssrc"], w.SSRC)
			}
			if down.kind == wire.Video {
				want := "FID " + itoa(w.SSRC) + " " + itoa(w.RTXSSRC)
				if v := values["ssrc-group"]; w.RTXSSRC == 0 || len(v) != 1 || v[0] != want {
					t.Errorf("section %d: ssrc-group %v, want %s", i, v, want)
				}
			}
		}
		if len(downs) != 0 {
			t.Errorf("%d slots have no section", len(downs))
		}
		if len(opus) != 1 || !opus["111 "+opusFormat] {
			t.Errorf("fmtp of the audio sections: %v", opus)
		}
	}
}

func FuzzOffer(f *testing.F) {
	room, wall := plainOffer(ProfileRoom), plainOffer(ProfileWall)
	f.Add(true, room)
	f.Add(false, wall)
	f.Add(true, strings.Replace(room, "a=mid:0", "a=ssrc-group:FID 1 2\r\na=ssrc:1\r\na=rid:\r\na=extmap:", 1))
	f.Add(true, "v=0\r\no=- 1 1 IN IP4 0\r\ns=-\r\nt=0 0\r\nm=\r\n")
	f.Fuzz(func(t *testing.T, isRoom bool, raw string) {
		p := ProfileWall
		if isRoom {
			p = ProfileRoom
		}
		o, err := parseOffer(p, raw)
		if err != nil {
			if !errors.Is(err, ErrBadOffer) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		want, _ := p.sections()
		if len(o.sections) != len(want) || len(o.sdp) > MaxOffer+2*len(raw) {
			t.Fatalf("%d sections of %d", len(o.sections), len(want))
		}
		for _, s := range o.sections {
			if len(s.rids) > maxRids || len(s.ssrc) > maxRids || s.mid == "" {
				t.Fatalf("section %+v", s)
			}
		}
		// Whatever passes the check must not bring the answering side down.
		_, _, _ = mungeAnswer(o.sdp, o.sections)
	})
}
