package lean

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/sdp/v3"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// client is one that is connected to nobody.
func client(t *testing.T, o Options) *Client {
	t.Helper()
	p, err := NewPool()
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(p, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		c.Close() // twice is once
		p.Close()
	})
	return c
}

func TestOffer_HasTheSectionsOfARoom(t *testing.T) {
	c := client(t, Options{Rate: 1})
	raw, err := c.Offer()
	if err != nil {
		t.Fatal(err)
	}
	var d sdp.SessionDescription
	if err := d.UnmarshalString(raw); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range d.MediaDescriptions {
		_, sends := m.Attribute("sendonly")
		kind := "<" + m.MediaName.Media
		if sends {
			kind = ">" + m.MediaName.Media
		}
		got = append(got, kind)
	}
	want := []string{">audio", ">video", ">video", ">audio"}
	for range pairs {
		want = append(want, "<audio", "<video")
	}
	want = append(want, "<audio", "<audio")
	if !slices.Equal(got, want) {
		t.Errorf("sections %v", got)
	}
	if layers, _ := d.MediaDescriptions[1].Attribute("simulcast"); layers != "send q;h;f" {
		t.Errorf("layers %q", layers)
	}
	again, err := c.Restart()
	if err != nil {
		t.Fatal(err)
	}
	ufrag := func(raw string) string {
		var d sdp.SessionDescription
		if err := d.UnmarshalString(raw); err != nil {
			t.Fatal(err)
		}
		v, _ := d.MediaDescriptions[0].Attribute("ice-ufrag")
		return v
	}
	if len(ufrag(raw)) < 4 || ufrag(raw) == ufrag(again) {
		t.Errorf("a restart's ufrag is %q after %q", ufrag(again), ufrag(raw))
	}
}

func TestReadAnswer_FindsStreamsRepairsAndWays(t *testing.T) {
	c := client(t, Options{Rate: 1})
	raw, err := c.Offer()
	if err != nil {
		t.Fatal(err)
	}
	var d sdp.SessionDescription
	if err := d.UnmarshalString(raw); err != nil {
		t.Fatal(err)
	}
	first := d.MediaDescriptions[0]
	for _, v := range []string{
		"1 1 udp 1 192.0.2.1 7000 typ host", "1 2 udp 1 192.0.2.1 7000 typ host", "2 1 tcp 1 192.0.2.1 7000 typ host tcptype passive",
		"3 1 UDP 1 2001:db8::1 7000 typ host", "4 1 udp 1 198.51.100.1 7000 typ relay", "nonsense",
	} {
		first.Attributes = append(first.Attributes, sdp.NewAttribute("candidate", v))
	}
	video := d.MediaDescriptions[len(c.sources)+1]
	video.Attributes = append(video.Attributes, sdp.NewAttribute("ssrc-group", "FID 11 12"), sdp.NewAttribute("ssrc", "11 cname:x"), sdp.NewAttribute("ssrc", "12 cname:x"))
	audio := d.MediaDescriptions[len(c.sources)]
	audio.Attributes = append(audio.Attributes, sdp.NewAttribute("ssrc", "13 cname:x"))
	text, err := d.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	a, err := readAnswer(string(text), len(c.sources))
	if err != nil {
		t.Fatal(err)
	}
	if len(a.addresses) != 2 || a.addresses[0].String() != "192.0.2.1:7000" || a.addresses[1].String() != "[2001:db8::1]:7000" {
		t.Errorf("ways %v", a.addresses)
	}
	if len(a.streams) != 2 || !a.streams[11] || a.streams[13] || a.repairs[12] != 11 {
		t.Errorf("streams %v, repairs %v", a.streams, a.repairs)
	}
	if a.opus != opusType || a.vp8 != vp8Type || a.rtx != rtxType || a.transport != transportID {
		t.Errorf("types %d %d %d, transport %d", a.opus, a.vp8, a.rtx, a.transport)
	}
	want := agreed{pt: vp8Type, rtx: rtxType, mid: midID, rid: ridID, repaired: repairedID, transport: transportID}
	if a.sending[1] != want {
		t.Errorf("the camera may send %+v", a.sending[1])
	}
	for _, bad := range []string{"", "v=0", raw} { // the offer itself names no way
		if _, err := readAnswer(bad, len(c.sources)); err == nil {
			t.Errorf("%.20q is an answer", bad)
		}
	}
}

// made is the packet that is in plain.
func made(t *testing.T, c *Client) *rtp.Packet {
	t.Helper()
	p := new(rtp.Packet)
	if err := p.Unmarshal(slices.Clone(c.plain)); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPacket_IsOneThatOthersRead(t *testing.T) {
	c := client(t, Options{Rate: 1, LossUp: 1}) // nothing leaves
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.sources[1]
	s.agreed = agreed{pt: vp8Type, rtx: rtxType, mid: midID, rid: ridID, repaired: repairedID, transport: transportID}
	e := s.encodings[2]
	e.named, e.rtxNamed = namedPackets, namedPackets
	for _, key := range []bool{true, false} {
		for _, first := range []bool{true, false} {
			sent := piece{ok: true, seq: e.seq, marker: !first, first: first, key: key, picture: 0x1234, tl0: 7, keyIndex: 3, size: 500, ts: 9, left: 42 * time.Millisecond}
			c.media(s, e, &sent)
			p := made(t, c)
			if p.SequenceNumber != sent.seq || p.SSRC != e.ssrc || p.PayloadType != vp8Type || p.Marker == first || string(p.GetExtension(ridID)) != "f" || string(p.GetExtension(midID)) != "1" {
				t.Errorf("header %v", p.Header)
			}
			if len(p.Payload) != 500 {
				t.Errorf("payload of %d bytes", len(p.Payload))
			}
			var d codecs.VP8Packet
			frame, err := d.Unmarshal(p.Payload)
			if err != nil || d.PictureID != 0x1234 || d.TL0PICIDX != 7 || d.KEYIDX != 3 || (d.S == 1) != first || first && (frame[0]&1 == 0) != key {
				t.Errorf("key %v, first %v: descriptor %+v, %v", key, first, d, err)
			}
			left, begins, ok := readPayload(p.Payload, true)
			if !ok || left != sent.left || begins != (key && first) {
				t.Errorf("key %v, first %v: left %v, begins %v, %v", key, first, left, begins, ok)
			}
			media := slices.Clone(p.Payload)
			c.again(s, e, sent.seq)
			r := made(t, c)
			if r.PayloadType != rtxType || r.SSRC != e.rtx || binary.BigEndian.Uint16(r.Payload) != sent.seq || !slices.Equal(r.Payload[2:], media) || string(r.GetExtension(repairedID)) != "f" {
				t.Errorf("repetition %v", r.Header)
			}
		}
	}
	resent := c.stats.Resent
	c.again(s, e, e.seq+100)
	c.again(s, e, e.seq-historySize)
	if c.stats.Resent != resent {
		t.Error("what was not sent is sent again")
	}
}

func TestAfterDescriptor_NothingIsReadBehindTheEnd(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 100000 {
		b := make([]byte, 1+rng.IntN(20))
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		b[0] |= byte(rng.IntN(2)) << 7
		if rest := afterDescriptor(b); len(rest) >= len(b) {
			t.Fatalf("% x: % x is left", b, rest)
		}
		readPayload(b, true)
		readPayload(b, false)
	}
}

func TestEncoding_TheRateChangesBytesAndBelowHalfThePictures(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, rate := range []float64{0.1, 0.3, 0.5, 1, 2} {
		for _, e := range newSources(rng, rate)[1].encodings[1:] {
			want := map[string]float64{"h": 450e3, "f": 1500e3}[e.rid] * rate
			got := float64(e.size) * 8 / e.frame.Seconds()
			if got < want*0.9 || got > want*1.1 {
				t.Errorf("%s at %v: %.0f bit/s, want %.0f", e.rid, rate, got, want)
			}
		}
	}
	if full, less := newEncoding(rng, quality{"f", 1, 1, 1500e3, 30}, 1), newEncoding(rng, quality{"f", 1, 1, 1500e3, 30}, 0.1); less.frame <= full.frame {
		t.Error("at a tenth of the bit rate there are as many pictures")
	}
}
