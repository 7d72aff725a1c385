package sfu

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sangdam/rooms/sfu/rtpx"
	"sangdam/rooms/sfu/wire"
)

// ear is a viewer of the bench's microphone.
func (b *bench) ear(level int32) (*DownTrack, *sink) {
	var gate atomic.Bool
	gate.Store(true)
	s := &sink{keep: true}
	viewer := newPeer(b.p.engine, "v", ProfileRoom, &watcher{})
	viewer.redundancy.level.Store(level)
	d := &DownTrack{peer: viewer, kind: wire.Audio, out: s, ssrc: 88, formats: [rtpx.Codecs]format{{pt: 111}}, redPT: 63, clock: 48000, gate: &gate}
	d.init()
	mic := b.p.upBySource(Microphone)
	mic.settled.red = 63
	d.bind(Feed{"p", Microphone}, mic)
	return d, s
}

// said is frame n of a voice.
func said(n int) []byte { return fmt.Appendf(nil, "frame %d", n) }

// sound is the packet of frame n, with so many older frames in it.
func sound(n, older int) []byte {
	p := rtp.Packet{Header: rtp.Header{
		Version: 2, PayloadType: 111, SequenceNumber: uint16(n), Timestamp: uint32(960 * n), SSRC: 9,
	}, Payload: said(n)}
	if older > 0 {
		var blocks []rtpx.Redundant
		for k := older; k > 0; k-- {
			blocks = append(blocks, rtpx.Redundant{Offset: uint32(960 * k), Payload: said(n - k)})
		}
		p.PayloadType, p.Payload = 63, rtpx.AppendRED(nil, 111, blocks, said(n))
	}
	must(p.SetExtension(1, []byte("0")))
	raw, err := p.Marshal()
	must(err)
	return raw
}

// heard lists what a browser can play of what was sent, by the number of the
// frame, without the packets that lost names.
func heard(t *testing.T, s *sink, lost func(i int) bool) []string {
	t.Helper()
	frames := map[uint32][]byte{}
	for i, raw := range s.packets {
		if lost(i) {
			continue
		}
		h, err := rtpx.ParseHeader(raw)
		must(err)
		primary := h.Payload()
		if h.PayloadType() == 63 {
			_, p, older, err := rtpx.ParseRED(h.Payload(), nil)
			must(err)
			primary = p
			for _, r := range older {
				ts := h.Timestamp() - r.Offset
				if have, ok := frames[ts]; ok && !bytes.Equal(have, r.Payload) {
					t.Errorf("%q is said again as %q", have, r.Payload)
				}
				frames[ts] = r.Payload
			}
		}
		frames[h.Timestamp()] = primary
	}
	var out []string
	for _, f := range frames {
		out = append(out, string(f))
	}
	slices.SortFunc(out, func(a, b string) int { return strings.Compare(fmt.Sprintf("%10s", a), fmt.Sprintf("%10s", b)) })
	return out
}

func all(from, to int) []string {
	var out []string
	for n := from; n <= to; n++ {
		out = append(out, string(said(n)))
	}
	return out
}

func none(int) bool { return false }

func TestRedundancy_WhatIsLostOnTheWayUpIsTakenFromTheNext(t *testing.T) {
	for older := 1; older <= 2; older++ {
		b := newBench(0, false)
		_, s := b.ear(0)
		for n := 1; n <= 40; n++ {
			if n%(older+2) < older && n > 1 && n < 39 {
				continue // so many in a row
			}
			b.p.RTP(sound(n, min(older, n-1)))
		}
		if got := heard(t, s, none); !slices.Equal(got, all(1, 40)) {
			t.Errorf("%d older frames: heard %v", older, got)
		}
		last := uint16(0)
		for i, raw := range s.packets {
			h, err := rtpx.ParseHeader(raw)
			must(err)
			if i > 0 && h.Sequence() != last+1 {
				t.Errorf("packet %d has number %d after %d", i, h.Sequence(), last)
			}
			last = h.Sequence()
		}
	}
}

func TestRedundancy_CoversWhatTheLineDownLoses(t *testing.T) {
	for level := int32(1); level <= 2; level++ {
		b := newBench(0, false)
		_, s := b.ear(level)
		for n := 1; n <= 60; n++ {
			b.p.RTP(sound(n, 0))
		}
		run := int(level)
		got := heard(t, s, func(i int) bool { return i%(run+2) < run && i > 0 && i < 58 })
		if !slices.Equal(got, all(1, 60)) {
			t.Errorf("level %d: heard %v", level, got)
		}
	}
}

func TestRedundancy_NothingSaidWhileShutIsEverHeard(t *testing.T) {
	b := newBench(0, false)
	_, s := b.ear(2)
	mic := b.p.upBySource(Microphone)
	for n := 1; n <= 10; n++ {
		b.p.RTP(sound(n, min(2, n-1)))
	}
	mic.allow(false, time.Now())
	for n := 11; n <= 20; n++ {
		if n < 19 { // what is lost while shut must not come back either
			b.p.RTP(sound(n, 2))
		}
	}
	mic.allow(true, time.Now())
	for n := 21; n <= 30; n++ {
		b.p.RTP(sound(n, 2))
	}
	if got, want := heard(t, s, none), append(all(1, 10), all(21, 30)...); !slices.Equal(got, want) {
		t.Errorf("heard %v", got)
	}
}

func TestRedundancy_NobodyNewHearsWhatTheOneBeforeSaid(t *testing.T) {
	b := newBench(0, false)
	d, s := b.ear(2)
	for n := 1; n <= 10; n++ {
		b.p.RTP(sound(n, 0))
	}
	d.bind(Feed{}, nil)
	for n := 11; n <= 15; n++ {
		b.p.RTP(sound(n, 0))
	}
	d.bind(Feed{"p", Microphone}, b.p.upBySource(Microphone))
	for n := 16; n <= 20; n++ {
		b.p.RTP(sound(n, 0))
	}
	if got, want := heard(t, s, none), append(all(1, 10), all(16, 20)...); !slices.Equal(got, want) {
		t.Errorf("heard %v", got)
	}
}

func TestRedundancy_NobodyNewHearsWhatWasLostBefore(t *testing.T) {
	b := newBench(0, false)
	d, s := b.ear(2)
	mic := b.p.upBySource(Microphone)
	d.bind(Feed{}, nil)
	for n := 1; n <= 8; n++ { // 9 and 10 are lost, and were said to somebody else
		b.p.RTP(sound(n, min(2, n-1)))
	}
	d.bind(Feed{"p", Microphone}, mic)
	for n := 11; n <= 20; n++ {
		b.p.RTP(sound(n, 2))
	}
	if got := heard(t, s, none); !slices.Equal(got, all(11, 20)) {
		t.Errorf("heard %v", got)
	}
}

func TestRedundancy_APacketStaysOfASizeThatNetworksCarry(t *testing.T) {
	b := newBench(0, false)
	_, s := b.ear(2)
	for n := 1; n <= 9; n++ {
		size := 40
		if n >= 4 && n <= 6 {
			size = 1000
		}
		p := rtp.Packet{Header: rtp.Header{
			Version: 2, PayloadType: 111, SequenceNumber: uint16(n), Timestamp: uint32(960 * n), SSRC: 9,
		}, Payload: bytes.Repeat([]byte{byte(n)}, size)}
		must(p.SetExtension(1, []byte("0")))
		raw, err := p.Marshal()
		must(err)
		b.p.RTP(raw)
	}
	for i, raw := range s.packets {
		if len(raw) > 1200 {
			t.Errorf("packet %d has %d bytes", i, len(raw))
		}
	}
	if h, err := rtpx.ParseHeader(s.packets[8]); err != nil || h.PayloadType() != 63 {
		t.Errorf("the last has no older frames: %v", err)
	}
}

func TestLayer_WhatIsTooMuchForSoundIsNotTakenForIt(t *testing.T) {
	b := newBench(0, false)
	_, s := b.ear(0)
	for n := 1; n <= 2000; n++ {
		p := rtp.Packet{Header: rtp.Header{
			Version: 2, PayloadType: 111, SequenceNumber: uint16(n), Timestamp: uint32(960 * n), SSRC: 9,
		}, Payload: make([]byte, 1000)}
		must(p.SetExtension(1, []byte("0")))
		raw, err := p.Marshal()
		must(err)
		b.p.RTP(raw)
	}
	if n := len(s.packets); n < 100 || n > 400 { // 2 MB in far less than a second
		t.Errorf("%d packets were forwarded", n)
	}

	l, now := newLayer(b.p.upBySource(Microphone), "", 0, 9), time.Now()
	for n := range 20_000 { // the most that Opus can be, for 50 s
		if now = now.Add(2500 * time.Microsecond); !l.affords(160, now) {
			t.Fatalf("frame %d is too much", n)
		}
	}
}

func TestRedundancy_LiesAreCountedAndDropped(t *testing.T) {
	b := newBench(0, false)
	_, s := b.ear(0)
	b.p.RTP(sound(1, 0))
	for i, payload := range [][]byte{{}, {0x80 | 111, 0, 0}, {0x80 | 111, 0x0f, 0xff, 0xff, 111, 1}, {9, 1, 2}} {
		raw, err := (&rtp.Packet{Header: rtp.Header{
			Version: 2, PayloadType: 63, SequenceNumber: uint16(2 + i), Timestamp: uint32(960 * (2 + i)), SSRC: 9,
		}, Payload: payload}).Marshal()
		must(err)
		b.p.RTP(raw)
	}
	if len(s.packets) != 1 {
		t.Errorf("%d packets were forwarded", len(s.packets))
	}
	if n := b.p.upBySource(Microphone).layers[0].Load().malformed.Load(); n != 4 {
		t.Errorf("%d counted as malformed", n)
	}
}

func TestRedundancy_FollowsTheLine(t *testing.T) {
	type step struct {
		after time.Duration
		loss  float64
		line  int
		want  int32
	}
	for name, steps := range map[string][]step{
		"an unknown line is not trusted":        {{0, 0, 0, 1}, {29 * time.Second, 0, 0, 1}, {2 * time.Second, 0, 0, 0}},
		"a little loss":                         {{0, 0, 0, 1}, {40 * time.Second, 0.003, 0, 1}, {time.Second, 0, 0, 1}, {31 * time.Second, 0, 0, 0}},
		"much loss, and then less":              {{0, 0.06, 0, 2}, {time.Second, 0.01, 0, 2}, {30 * time.Second, 0.01, 0, 1}},
		"a narrow line that loses nothing":      {{0, 0, 200_000, 0}, {time.Second, 0, 2_000_000, 1}},
		"a narrow line that loses much has one": {{0, 0.1, 200_000, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			var r redundancy
			now := time.Now()
			for i, s := range steps {
				now = now.Add(s.after)
				r.judge(s.loss, s.line, now)
				if got := r.level.Load(); got != s.want {
					t.Errorf("step %d: %d, want %d", i, got, s.want)
				}
			}
		})
	}
}

func TestRedundancy_ForwardingAllocatesNothing(t *testing.T) {
	b := newBench(0, false)
	b.ear(2)
	for n := 1; n < 10; n++ {
		b.p.RTP(sound(n, 0))
	}
	b.p.upBySource(Microphone).subs.Load()
	sinkOf := (*b.p.upBySource(Microphone).subs.Load())[0]
	sinkOf.out = &sink{}
	raw := sound(10, 0)
	h, err := rtpx.ParseHeader(raw)
	must(err)
	n := 10
	if allocs := testing.AllocsPerRun(500, func() {
		h.SetSequence(uint16(n))
		h.SetTimestamp(uint32(960 * n))
		n++
		b.p.RTP(raw)
	}); allocs > 0 {
		t.Errorf("%v allocations a packet", allocs)
	}
}

func TestAnswer_TakesRedundancyWhereItIsOffered(t *testing.T) {
	offered := strings.ReplaceAll(strings.ReplaceAll(plainOffer(ProfileRoom), "SAVPF 111\r\n", "SAVPF 111 63\r\n"),
		"a=rtpmap:111 opus/48000/2\r\n", "a=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n")
	for name, tc := range map[string]struct {
		offer   string
		without Without
		want    bool
	}{
		"offered":      {offered, Without{}, true},
		"not offered":  {plainOffer(ProfileRoom), Without{}, false},
		"switched off": {offered, Without{RED: true}, false},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := New(Config{UDP: "127.0.0.1:0", Without: tc.without})
			must(err)
			defer e.Close()
			id, answer, err := e.Open(t.Context(), Offer{Profile: ProfileRoom, SDP: tc.offer}, &watcher{})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(answer, "SAVPF 63 111\r\n") && strings.Contains(answer, "SAVPF 111 63\r\n"); got != tc.want {
				t.Errorf("answered: %v\n%s", got, answer)
			}
			p := e.peer(id)
			for _, d := range p.downs {
				if want := tc.want && d.kind == wire.Audio; (d.redPT != 0) != want {
					t.Errorf("slot %d %s: redundancy %d", d.slot, d.kind, d.redPT)
				}
			}
		})
	}
}

func TestRedundancy_APublisherHearsOfLinesThatTakeNone(t *testing.T) {
	b := newBench(0, false)
	with, _ := b.ear(1)
	with.lossPermille.Store(80)
	mic := b.p.upBySource(Microphone)
	if got := mic.unprotected(); got != 0 {
		t.Errorf("told %d of a line that has redundancy", got)
	}
	without, _ := b.ear(1)
	without.redPT = 0
	for permille, want := range map[int64]uint8{0: 0, 50: 12, 100: 25, 400: 25} {
		without.lossPermille.Store(permille)
		if got := mic.unprotected(); got != want {
			t.Errorf("a loss of %d in a thousand is told as %d, want %d", permille, got, want)
		}
	}
	if got := b.cam.unprotected(); got != 0 {
		t.Errorf("pictures have repair of their own, and yet %d", got)
	}
}
