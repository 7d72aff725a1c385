package sfu

import (
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sangdam/rooms/sfu/rtpx"
)

// sample is one packet of a camera's single layer, in any codec.
type sample struct {
	codec      rtpx.Codec
	seq        uint16
	ts         uint32
	key        bool
	start, end bool // of a frame
	marker     bool
	spatial    int // -1: no layers
	id         uint16
	depends    []byte
}

func (s sample) payload() []byte {
	switch s.codec {
	case rtpx.VP8:
		b := make([]byte, 60)
		b[0], b[1] = 0x80, 0x80
		if s.start {
			b[0] |= 0x10
		}
		binary.BigEndian.PutUint16(b[2:], 0x8000|s.id)
		if !s.key {
			b[4] = 1
		}
		return b
	case rtpx.VP9:
		b := []byte{0x80, 0x80 | byte(s.id>>8), byte(s.id)}
		for bit, on := range map[byte]bool{0x40: !s.key, 0x20: s.spatial >= 0, 0x08: s.start, 0x04: s.end} {
			if on {
				b[0] |= bit
			}
		}
		if s.spatial >= 0 {
			layer := byte(s.spatial) << 1
			if s.spatial > 0 {
				layer |= 1
			}
			b = append(b, layer, byte(s.id)) // TL0
		}
		return append(b, make([]byte, 50)...)
	case rtpx.H264:
		if s.key {
			return []byte{0x78, 0, 2, 0x67, 1, 0, 2, 0x68, 1}
		}
		return []byte{0x41, 1, 2, 3}
	default:
		b := []byte{0x10, 0x30, 1, 2, 3}
		if s.key {
			b[0] |= 0x08
		}
		return b
	}
}

func (s sample) packet() []byte {
	pt := map[rtpx.Codec]uint8{rtpx.VP8: 96, rtpx.VP9: 98, rtpx.H264: 108, rtpx.AV1: 45}[s.codec]
	p := rtp.Packet{Header: rtp.Header{
		Version: 2, Marker: s.marker, PayloadType: pt, SequenceNumber: s.seq, Timestamp: s.ts, SSRC: 5,
	}, Payload: s.payload()}
	must(p.SetExtension(1, []byte("1")))
	must(p.SetExtension(2, []byte("q")))
	if s.depends != nil {
		must(p.SetExtension(6, s.depends))
	}
	raw, err := p.Marshal()
	must(err)
	return raw
}

// got is what a viewer was sent, without empty packets.
type got struct {
	codec   rtpx.Codec
	seq     uint16
	ts      uint32
	marker  bool
	picture rtpx.Picture
	depends []byte
}

func (s *sink) pictures(t *testing.T, d *DownTrack) []got {
	t.Helper()
	var all []got
	for _, raw := range s.packets {
		var p rtp.Packet
		if err := p.Unmarshal(raw); err != nil {
			t.Fatal(err)
		}
		if p.SSRC != d.ssrc || len(p.Payload) == 0 {
			continue
		}
		g := got{seq: p.SequenceNumber, ts: p.Timestamp, marker: p.Marker}
		for c, f := range d.formats {
			if f.pt == p.PayloadType {
				g.codec = rtpx.Codec(c)
			}
		}
		v, err := rtpx.ParsePicture(g.codec, p.Payload)
		if err != nil {
			t.Fatalf("%d: %v", p.SequenceNumber, err)
		}
		g.picture, g.depends = v, p.GetExtension(9)
		all = append(all, g)
	}
	return all
}

func TestCodecs_EachTravelsByTheViewersOwnPayloadType(t *testing.T) {
	for c := rtpx.VP8; c < rtpx.Codecs; c++ {
		t.Run(c.String(), func(t *testing.T) {
			b := newBench(1, true)
			for i := range uint16(10) {
				b.p.RTP(sample{codec: c, seq: i + 1, ts: 3000 * uint32(i), key: i == 3, start: true, end: true, marker: true, spatial: -1, id: i}.packet())
			}
			all := b.sinks[0].pictures(t, b.downs[0])
			if len(all) != 7 {
				t.Fatalf("%d pictures, want those from the keyframe on", len(all))
			}
			for i, g := range all {
				if g.codec != c || g.seq != all[0].seq+uint16(i) || g.ts != all[0].ts+3000*uint32(i) || g.picture.Keyframe != (i == 0) {
					t.Errorf("%d: %+v", i, g)
				}
				if g.picture.HasPictureID && g.picture.PictureID != (all[0].picture.PictureID+uint16(i))&0x7fff {
					t.Errorf("%d: picture %d after %d", i, g.picture.PictureID, all[0].picture.PictureID)
				}
			}
		})
	}
}

// A browser that is asked to takes another codec in mid-stream, under the same SSRC.
func TestCodecs_AnotherOneBeginsWithItsKeyframe(t *testing.T) {
	b := newBench(1, true)
	seq := uint16(0)
	send := func(c rtpx.Codec, key bool) {
		seq++
		b.p.RTP(sample{codec: c, seq: seq, ts: 3000 * uint32(seq), key: key, start: true, end: true, marker: true, spatial: -1, id: seq}.packet())
	}
	send(rtpx.VP8, true)
	send(rtpx.VP8, false)
	send(rtpx.VP9, false) // its keyframe was lost
	send(rtpx.VP9, true)
	send(rtpx.VP9, false)
	late := sample{codec: rtpx.VP8, seq: 30, ts: 1, key: true, start: true, marker: true, spatial: -1}
	seq = 30
	send(rtpx.VP9, false)
	b.p.RTP(late.packet()) // of before: overtaken
	send(rtpx.VP9, false)
	var codecs []rtpx.Codec
	all := b.sinks[0].pictures(t, b.downs[0])
	for i, g := range all {
		codecs = append(codecs, g.codec)
		if i > 0 && int16(g.seq-all[i-1].seq) <= 0 || i > 0 && int32(g.ts-all[i-1].ts) <= 0 {
			t.Errorf("%+v after %+v", g, all[i-1])
		}
		if i > 0 && g.picture.PictureID == all[i-1].picture.PictureID {
			t.Errorf("picture %d twice", g.picture.PictureID)
		}
	}
	if want := []rtpx.Codec{rtpx.VP8, rtpx.VP8, rtpx.VP9, rtpx.VP9, rtpx.VP9, rtpx.VP9}; !slices.Equal(codecs, want) {
		t.Errorf("%v, want %v", codecs, want)
	}
	if !all[2].picture.Keyframe || all[2].seq != all[1].seq+1 {
		t.Errorf("the other begins with %+v after %+v", all[2], all[1])
	}
	if b.cam.layers[0].Load().plis.Load() == 0 {
		t.Error("nobody asked for the keyframe that was lost")
	}
}

func TestCodecs_WhatAViewerDoesNotDecodeIsNotSentToIt(t *testing.T) {
	b := newBench(2, true)
	b.downs[1].formats = formats{{rtpx.VP8, 100, 101}}.byCodec()
	now := time.Now()
	for i := range uint16(5) {
		b.p.rtp(sample{codec: rtpx.VP9, seq: i + 1, ts: 3000 * uint32(i), key: i == 0, start: true, end: true, marker: true, spatial: -1}.packet(), now)
	}
	plis := b.cam.layers[0].Load().plis.Load()
	for range 20 {
		b.downs[1].look(now)
	}
	if n := len(b.sinks[1].packets); n != 0 {
		t.Errorf("%d packets to a viewer without VP9", n)
	}
	if n := len(b.sinks[0].pictures(t, b.downs[0])); n != 5 {
		t.Errorf("%d packets to the other", n)
	}
	if again := b.cam.layers[0].Load().plis.Load(); again != plis {
		t.Error("keyframes are asked for that the viewer could not show")
	}
	if _, unfed := b.downs[1].unfed(now.Add(time.Second), now.Add(-time.Minute)); unfed {
		t.Error("unfed at once")
	}
	b.downs[1].bound = now.Add(-time.Minute)
	b.cam.since.set(now.Add(-time.Minute))
	if f, unfed := b.downs[1].unfed(now, now.Add(-time.Minute)); !unfed || f.Source != Camera {
		t.Error("what a viewer cannot show does not count as unfed")
	}
	// VP8 again: it sees it.
	b.p.rtp(sample{codec: rtpx.VP8, seq: 6, ts: 18000, key: true, start: true, marker: true, spatial: -1}.packet(), now)
	if n := len(b.sinks[1].pictures(t, b.downs[1])); n != 1 {
		t.Errorf("%d packets of VP8", n)
	}
}

func TestCodecs_ParametersAndPictureOfH264AreOneKeyframe(t *testing.T) {
	b := newBench(1, true)
	raw := func(seq uint16, ts uint32, payload ...byte) {
		p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 108, SequenceNumber: seq, Timestamp: ts, SSRC: 5}, Payload: payload}
		must(p.SetExtension(1, []byte("1")))
		must(p.SetExtension(2, []byte("q")))
		b1, err := p.Marshal()
		must(err)
		b.p.RTP(b1)
	}
	raw(1, 3000, 0x67, 0x42, 0)
	raw(2, 3000, 0x68, 1)
	raw(3, 3000, 0x65, 1, 2)
	raw(4, 6000, 0x41, 1, 2)
	if n := b.cam.layers[0].Load().keyframes.Load(); n != 1 {
		t.Errorf("%d keyframes", n)
	}
	first, last, _, ok := b.cam.layers[0].Load().cache.Keyframe()
	if !ok || last-first != 3 {
		t.Errorf("the cache has it from %d to %d", first, last)
	}
	all := b.sinks[0].pictures(t, b.downs[0])
	if len(all) != 4 {
		t.Fatalf("%d packets", len(all))
	}
	// The parameters can still be asked for.
	b.downs[0].mu.Lock()
	_, ok = b.downs[0].munger.Resend(all[0].seq, time.Now(), time.Millisecond)
	b.downs[0].mu.Unlock()
	if !ok {
		t.Error("the parameters lie before the keyframe they belong to")
	}
}

// layered sends pictures of VP9 with so many spatial layers, two packets a layer.
type layered struct {
	b   *bench
	seq uint16
	id  uint16
}

func (l *layered) picture(layers int, key bool, now time.Time) {
	l.id++
	for s := range layers {
		for part := range 2 {
			l.seq++
			l.b.p.rtp(sample{
				codec: rtpx.VP9, seq: l.seq, ts: 3000 * uint32(l.id), key: key, start: part == 0, end: part == 1,
				marker: s == layers-1 && part == 1, spatial: s, id: l.id,
			}.packet(), now)
		}
	}
}

func TestScalable_LayersAboveTheCeilingAreLeftOut(t *testing.T) {
	b := newBench(0, true)
	for ceiling := range maxRids {
		b.watch(ceiling, true)
	}
	src := &layered{b: b}
	now := time.Now()
	for i := range 6 {
		src.picture(3, i == 0, now)
	}
	for ceiling, d := range b.downs {
		all := b.sinks[ceiling].pictures(t, d)
		if want := 6 * 2 * (ceiling + 1); len(all) != want {
			t.Fatalf("ceiling %d: %d packets, want %d", ceiling, len(all), want)
		}
		for i, g := range all {
			if g.seq != all[0].seq+uint16(i) {
				t.Errorf("ceiling %d: number %d after %d", ceiling, g.seq, all[0].seq)
			}
			last := i%(2*(ceiling+1)) == 2*(ceiling+1)-1
			if g.marker != last {
				t.Errorf("ceiling %d, packet %d: marker %v", ceiling, i, g.marker)
			}
			if want := (all[0].picture.PictureID + uint16(i/(2*(ceiling+1)))) & 0x7fff; g.picture.PictureID != want {
				t.Errorf("ceiling %d, packet %d: picture %d, want %d", ceiling, i, g.picture.PictureID, want)
			}
		}
	}
}

func TestScalable_DownWithTheNextPictureUpWithAKeyframe(t *testing.T) {
	b := newBench(1, true)
	d, src, now := b.downs[0], &layered{b: b}, time.Now()
	src.picture(3, true, now)
	src.picture(3, false, now)
	highest := func() (all []uint8) {
		var ts uint32
		for _, g := range b.sinks[0].pictures(t, d) {
			if len(all) == 0 || g.ts != ts {
				all, ts = append(all, 0), g.ts
			}
			all[len(all)-1] = max(all[len(all)-1], g.picture.Spatial)
		}
		return all
	}
	d.limit(0)
	src.picture(3, false, now)
	src.picture(3, false, now)
	d.limit(2)
	plis := b.cam.layers[0].Load().plis.Load()
	src.picture(3, false, now)
	d.look(now.Add(400 * time.Millisecond))
	if b.cam.layers[0].Load().plis.Load() == plis {
		t.Error("no keyframe is asked for to go up")
	}
	src.picture(3, true, now)
	src.picture(3, false, now)
	if got, want := highest(), []uint8{2, 2, 0, 0, 0, 2, 2}; !slices.Equal(got, want) {
		t.Errorf("highest layers %v, want %v", got, want)
	}
}

// The lost packet of a layer that is not shown has a number that was promised: it
// is filled with nothing, by whichever way it comes.
func TestScalable_LatePacketsOfOtherLayersAreEmpty(t *testing.T) {
	b := newBench(0, true)
	b.watch(0, true)
	send := func(seq uint16, id uint16, key, start, end bool, spatial int) []byte {
		return sample{codec: rtpx.VP9, seq: seq, ts: 3000 * uint32(id), key: key, start: start, end: end, spatial: spatial, id: id, marker: spatial == 1 && end}.packet()
	}
	b.p.RTP(send(1, 1, true, true, true, 0))
	b.p.RTP(send(2, 1, true, true, true, 1))
	b.p.RTP(send(3, 2, false, true, true, 0))
	// 4, of layer 1, is late.
	b.p.RTP(send(5, 3, false, true, true, 0))
	before := len(b.sinks[0].packets)
	b.p.RTP(send(4, 2, false, true, true, 1))
	if len(b.sinks[0].packets) != before+1 {
		t.Fatal("the number that was promised is not filled")
	}
	var p rtp.Packet
	must(p.Unmarshal(b.sinks[0].packets[before]))
	if len(p.Payload) != 0 {
		t.Error("a layer that is not shown was sent")
	}
	if all := b.sinks[0].pictures(t, b.downs[0]); len(all) != 3 || all[2].seq != all[1].seq+2 || !all[1].marker {
		t.Errorf("%+v", all)
	}
}

func TestScalable_RatesAreOfWhatPasses(t *testing.T) {
	b := newBench(1, false)
	src, start := &layered{b: b}, time.Now()
	src.picture(3, true, start)
	l := b.cam.layers[0].Load()
	for i := range 60 {
		now := start.Add(time.Duration(i) * 33 * time.Millisecond)
		src.picture(3, false, now)
		l.measure(now)
	}
	low, middle, high := l.rate(0), l.rate(1), l.rate(2)
	if low <= 0 || middle <= low || high <= middle {
		t.Errorf("%d, %d, %d bit/s", low, middle, high)
	}
	if st := b.downs[0].stake(start.Add(2 * time.Second)); st.rates != [maxRids]int{low, middle, high} {
		t.Errorf("what could be shown is taken for %v", st.rates)
	}
}

// fromBits reads bits from the highest of each byte on.
func fromBits(text string) (b []byte) {
	n := 0
	for _, c := range text {
		if c == ' ' {
			continue
		}
		if n%8 == 0 {
			b = append(b, 0)
		}
		b[n/8] |= byte(c-'0') << (7 - n%8)
		n++
	}
	return b
}

// AV1 tells its layers by the dependency descriptor, which goes along with frame
// numbers of its own.
func TestScalable_AV1ByItsDependencyDescriptor(t *testing.T) {
	b := newBench(0, true)
	for _, u := range b.p.ups {
		u.settled.extDependency = 6
	}
	b.watch(0, true)
	b.watch(2, true)
	for _, d := range b.downs {
		d.extDepends = 9
	}
	// Two spatial layers of one temporal: templates 0 and 1, the second of which
	// refers to the frame before it; two targets, no chains, no sizes.
	structure := fromBits("10000 000000 00001 10 11 10100010 0 100000 0 0")
	seq, frame := uint16(0), uint16(900)
	send := func(key bool) {
		for spatial := range 2 {
			seq++
			head := []byte{0xc0 | byte(spatial), byte(frame >> 8), byte(frame)}
			frame++
			if key && spatial == 0 {
				head = append(head, structure...)
			}
			b.p.RTP(sample{codec: rtpx.AV1, seq: seq, ts: 3000 * uint32(frame/2), key: key && spatial == 0, marker: spatial == 1, depends: head}.packet())
		}
	}
	send(true)
	for range 3 {
		send(false)
	}
	low, all := b.sinks[0].pictures(t, b.downs[0]), b.sinks[1].pictures(t, b.downs[1])
	if len(low) != 4 || len(all) != 8 {
		t.Fatalf("%d packets of the lowest layer and %d of both, want 4 and 8", len(low), len(all))
	}
	first := binary.BigEndian.Uint16(low[0].depends[1:])
	for i, g := range low {
		if !g.marker || g.seq != low[0].seq+uint16(i) || binary.BigEndian.Uint16(g.depends[1:]) != first+2*uint16(i) {
			t.Errorf("lowest, %d: %+v, % x", i, g, g.depends)
		}
	}
	if len(low[0].depends) != 3+len(structure) {
		t.Error("the structure did not come along")
	}
	for i, g := range all {
		if g.marker != (i%2 == 1) || len(g.depends) < 3 {
			t.Errorf("both, %d: %+v", i, g)
		}
	}
	// Who did not agree on the descriptor gets none.
	b.watch(2, true)
	send(true)
	if last := b.sinks[2].pictures(t, b.downs[2]); len(last) != 2 || last[0].depends != nil {
		t.Errorf("%+v", last)
	}
}
