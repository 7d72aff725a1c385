package sfu

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sangdam/rooms/sfu/rtpx"
	"sangdam/rooms/sfu/wire"
)

// sink takes what a DownTrack writes.
type sink struct {
	keep    bool
	packets [][]byte
	n       int
}

func (s *sink) Write(b []byte) error {
	s.n++
	if s.keep {
		s.packets = append(s.packets, slices.Clone(b))
	}
	return nil
}

// bench is a publisher's Peer without transport, and viewers of its sources.
type bench struct {
	p     *Peer
	cam   *UpTrack
	sinks []*sink
	downs []*DownTrack
}

func newBench(viewers int, keep bool) *bench {
	e := &Engine{log: discard(), begun: time.Now(), peers: make(map[PeerID]*Peer)}
	e.metrics = newMetrics(e, nil)
	b := &bench{p: newPeer(e, "p", ProfileRoom, &watcher{})}
	wants, _ := ProfileRoom.sections()
	ids := uplink{extMid: 1, extRid: 2, extRepaired: 3, extTransport: 4, extLevel: 5}
	var sections []section
	var ups []uplink
	for i, w := range wants[:4] {
		s := section{want: w, mid: itoa(uint32(i))}
		u := ids
		u.pt, u.clock = 111, 48000
		if w.kind == wire.Video {
			u.formats, u.clock = formats{{rtpx.VP8, 96, 97}, {rtpx.VP9, 98, 99}, {rtpx.H264, 108, 109}, {rtpx.AV1, 45, 46}}, 90000
		}
		if w.source == Camera {
			s.rids = []string{"q", "h", "f"}
		}
		sections, ups = append(sections, s), append(ups, u)
	}
	b.p.equipUplinks(sections, ups)
	b.p.ready.Store(true)
	b.p.egress.target.Store(1 << 40) // nothing waits: there is no pacer
	b.cam = b.p.upBySource(Camera)
	for _, u := range b.p.ups {
		u.open.Store(true)
	}
	for range viewers {
		b.watch(maxRids-1, keep)
	}
	return b
}

// watch adds a viewer of the camera.
func (b *bench) watch(ceiling int, keep bool) {
	var gate atomic.Bool
	gate.Store(true)
	s := &sink{keep: keep}
	d := &DownTrack{
		peer: b.p, kind: wire.Video, out: s, ssrc: 77, rtxSSRC: 78, rtxPT: 101,
		clock: 90000, gate: &gate, ceiling: ceiling,
	}
	d.formats = formats{{rtpx.VP8, 100, 101}, {rtpx.VP9, 102, 103}, {rtpx.H264, 104, 105}, {rtpx.AV1, 106, 107}}.byCodec()
	d.init()
	d.bind(Feed{"p", Camera}, b.cam)
	b.sinks, b.downs = append(b.sinks, s), append(b.downs, d)
}

// vp8Packet is a packet of a camera layer as a browser sends it.
func vp8Packet(ssrc uint32, seq uint16, ts uint32, rid string, key bool, size int) []byte {
	payload := make([]byte, size)
	payload[0] = 0x90                                   // X, S
	payload[1] = 0xe0                                   // I, L, T
	binary.BigEndian.PutUint16(payload[2:], 0x8000|seq) // picture id
	payload[4], payload[5] = uint8(seq), 0x20           // TL0, TID 0 with Y
	payload[6] = 1                                      // inter frame
	if key {
		copy(payload[6:], []byte{0x10, 0, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xb4, 0})
	}
	p := rtp.Packet{Header: rtp.Header{
		Version: 2, Marker: true, PayloadType: 96, SequenceNumber: seq, Timestamp: ts, SSRC: ssrc,
	}, Payload: payload}
	must(p.SetExtension(1, []byte("1")))
	must(p.SetExtension(2, []byte(rid)))
	must(p.SetExtension(4, []byte{byte(seq >> 8), byte(seq)}))
	raw, err := p.Marshal()
	must(err)
	return raw
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func BenchmarkForward(b *testing.B) {
	for _, viewers := range []int{1, 3, 7} {
		b.Run(fmt.Sprint(viewers), func(b *testing.B) {
			bn := newBench(viewers, false)
			bn.p.RTP(vp8Packet(5, 1, 3000, "f", true, 1100))
			raw := vp8Packet(5, 2, 6000, "f", false, 1100)
			h, err := rtpx.ParseHeader(raw)
			must(err)
			buf := make([]byte, len(raw))
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				h.SetSequence(uint16(2 + i))
				h.SetTimestamp(uint32(3000 * (2 + i/4)))
				binary.BigEndian.PutUint16(h.Extension(4), uint16(2+i))
				copy(buf, raw)
				bn.p.RTP(buf)
			}
			b.StopTimer()
			if bn.sinks[0].n < b.N {
				b.Fatalf("%d of %d packets were forwarded", bn.sinks[0].n, b.N)
			}
		})
	}
}

// BenchmarkWalls is a fair of sixteen rooms on the walls of some coordinators:
// one operation is one packet from a camera, of which each wall takes what is of
// the lowest layer.
func BenchmarkWalls(b *testing.B) {
	for _, walls := range []int{0, 1, 4} {
		b.Run(fmt.Sprint(walls), func(b *testing.B) {
			const people = 32
			// Packets of one picture of each layer, at 720p25 with 1.7 Mbit/s in all.
			picture := []string{"q", "h", "h", "f", "f", "f", "f", "f"}
			ssrc := map[string]uint32{"q": 5, "h": 6, "f": 7}
			var cams []*bench
			for range people {
				bn := newBench(1, false)  // the other one in the room
				bn.p.ext.extTransport = 0 // no clock runs that would send what was recorded
				for range walls {
					bn.watch(0, false)
				}
				for rid, s := range ssrc {
					bn.p.RTP(vp8Packet(s, 0, 0, rid, true, 1000))
				}
				cams = append(cams, bn)
			}
			raw := make(map[string][]byte)
			for rid, s := range ssrc {
				raw[rid] = vp8Packet(s, 0, 0, rid, false, 1000)
			}
			buf := make([]byte, len(raw["q"]))
			seq := [3]uint16{}
			send := func(i int) {
				rid := picture[i/people%len(picture)]
				layer := ssrc[rid] - 5
				if i%people == 0 {
					seq[layer]++
				}
				copy(buf, raw[rid])
				binary.BigEndian.PutUint16(buf[2:], seq[layer])
				binary.BigEndian.PutUint32(buf[4:], 3600*uint32(1+i/people/len(picture)))
				cams[i%people].p.RTP(buf)
			}
			const warm = cachePackets * 8 * people // every ring is full
			for i := range warm {
				send(i)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				send(warm + i)
			}
			b.StopTimer()
			for _, bn := range cams[1:] {
				for _, s := range bn.sinks {
					if rounds := b.N / people / len(picture); s.n < rounds {
						b.Fatalf("%d packets of %d pictures were forwarded", s.n, rounds)
					}
				}
			}
		})
	}
}

func TestForward_AllocatesNothing(t *testing.T) {
	bn := newBench(3, false)
	bn.p.RTP(vp8Packet(5, 1, 3000, "f", true, 1100))
	raw := vp8Packet(5, 2, 6000, "f", false, 1100)
	h, err := rtpx.ParseHeader(raw)
	must(err)
	buf := make([]byte, len(raw))
	seq := uint16(2)
	send := func() {
		h.SetSequence(seq)
		h.SetTimestamp(3000 * uint32(seq))
		binary.BigEndian.PutUint16(h.Extension(4), seq)
		copy(buf, raw)
		bn.p.RTP(buf)
		seq++
	}
	for range 1200 { // once around every ring
		send()
	}
	if n := testing.AllocsPerRun(2000, send); n >= 1 {
		t.Errorf("%.2f allocations a packet", n)
	}
}

func TestForward_RepetitionsAndPaddingAreNobodysPackets(t *testing.T) {
	bn := newBench(1, true)
	out := bn.sinks[0]
	bn.p.RTP(vp8Packet(5, 1, 3000, "f", true, 200))
	bn.p.RTP(vp8Packet(5, 2, 6000, "f", false, 200))
	for range 5 {
		bn.p.RTP(vp8Packet(5, 1, 3000, "f", true, 200)) // a probe that repeats the keyframe
	}
	pad := rtp.Packet{Header: rtp.Header{
		Version: 2, PayloadType: 96, SequenceNumber: 3, Timestamp: 6000, SSRC: 5, Padding: true, PaddingSize: 200,
	}}
	raw, err := pad.Marshal()
	must(err)
	bn.p.RTP(raw)
	bn.p.RTP(vp8Packet(5, 4, 9000, "f", false, 200))
	if out.n != 3 {
		t.Fatalf("%d packets went out, want 3", out.n)
	}
	first, err := rtpx.ParseHeader(out.packets[0])
	must(err)
	for i, b := range out.packets {
		h, err := rtpx.ParseHeader(b)
		must(err)
		if want := first.Sequence() + uint16(i); h.Sequence() != want {
			t.Errorf("packet %d has sequence %d, want %d", i, h.Sequence(), want)
		}
		if h.SSRC() != 77 || h.PayloadType() != 100 {
			t.Errorf("packet %d: SSRC %d, type %d", i, h.SSRC(), h.PayloadType())
		}
	}
}

func TestForward_WhatOvertookTheKeyframeFollowsIt(t *testing.T) {
	bn := newBench(1, true)
	out := bn.sinks[0]
	bn.p.RTP(vp8Packet(5, 9, 3000, "f", false, 200))
	if out.n != 0 {
		t.Fatal("forwarded before a keyframe")
	}
	bn.p.RTP(vp8Packet(5, 11, 9000, "f", false, 200))
	bn.p.RTP(vp8Packet(5, 10, 6000, "f", true, 200))
	if out.n != 2 {
		t.Fatalf("%d packets, want the keyframe and what overtook it", out.n)
	}
	a, _ := rtpx.ParseHeader(out.packets[0])
	b, _ := rtpx.ParseHeader(out.packets[1])
	if b.Sequence() != a.Sequence()+1 || b.Timestamp() != a.Timestamp()+3000 {
		t.Errorf("sequence %d then %d, timestamp %d then %d", a.Sequence(), b.Sequence(), a.Timestamp(), b.Timestamp())
	}
}

func TestDemux_RepairStreamsAreFoundByRepairedRid(t *testing.T) {
	bn := newBench(1, true)
	out := bn.sinks[0]
	bn.p.RTP(vp8Packet(5, 1, 3000, "h", true, 200))
	bn.p.RTP(vp8Packet(5, 3, 9000, "h", false, 200))
	lost := vp8Packet(5, 2, 6000, "h", false, 200)
	h, err := rtpx.ParseHeader(lost)
	must(err)
	rtx := rtp.Packet{Header: rtp.Header{
		Version: 2, PayloadType: 97, SequenceNumber: 500, Timestamp: 6000, SSRC: 6, Marker: true,
	}, Payload: append([]byte{0, 2}, h.Payload()...)}
	must(rtx.SetExtension(1, []byte("1")))
	must(rtx.SetExtension(3, []byte("h")))
	raw, err := rtx.Marshal()
	must(err)
	bn.p.RTP(slices.Clone(raw))
	if out.n != 3 {
		t.Fatalf("%d packets, want the repaired one, too", out.n)
	}
	first, _ := rtpx.ParseHeader(out.packets[0])
	got, _ := rtpx.ParseHeader(out.packets[2])
	if got.Sequence() != first.Sequence()+1 || len(got.Payload()) != 200 {
		t.Errorf("repaired packet has sequence %d after %d and %d bytes", got.Sequence(), first.Sequence(), len(got.Payload()))
	}
	bn.p.RTP(slices.Clone(raw))
	probe := rtx
	probe.Payload = nil
	probe.SequenceNumber = 501
	raw, err = probe.Marshal()
	must(err)
	bn.p.RTP(raw)
	if out.n != 3 {
		t.Errorf("repetition or probe was forwarded: %d packets", out.n)
	}
}

func TestDemux_LayersKeepTheirStreamWithoutExtensions(t *testing.T) {
	bn := newBench(1, false)
	bn.p.RTP(vp8Packet(5, 1, 3000, "q", true, 200))
	bare := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 96, SequenceNumber: 2, Timestamp: 6000, SSRC: 5}, Payload: []byte{0x10, 1, 2, 3}}
	raw, err := bare.Marshal()
	must(err)
	bn.p.RTP(raw)
	if n := bn.cam.layers[0].Load().packets.Load(); n != 2 {
		t.Errorf("%d packets of layer q, want 2", n)
	}
}

func TestDemux_ALayerBegunAnewReplacesTheOldOne(t *testing.T) {
	bn := newBench(1, true)
	for i := range maxStreams + 5 {
		ssrc := uint32(100 + i)
		bn.p.RTP(vp8Packet(ssrc, 1, uint32(3000*i), "q", true, 200))
		if l := bn.cam.layers[0].Load(); l.ssrc != ssrc {
			t.Fatalf("layer q is %d, want %d", l.ssrc, ssrc)
		}
	}
	if n := len(*bn.p.streams.Load()); n != 1 {
		t.Errorf("%d streams are remembered, want 1", n)
	}
	if n := bn.sinks[0].n; n != maxStreams+5 {
		t.Errorf("%d packets, want %d", n, maxStreams+5)
	}
}

func TestDemux_MoreStreamsThanABrowserHasCloseThePeer(t *testing.T) {
	bn := newBench(0, false)
	bn.p.engine.peers[bn.p.id] = nil
	bn.p.RTP(vp8Packet(5, 1, 3000, "q", true, 200))
	repair := func(ssrc uint32) {
		p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 97, SSRC: ssrc}, Payload: []byte{0, 1, 2, 3}}
		must(p.SetExtension(1, []byte("1")))
		must(p.SetExtension(3, []byte("q")))
		raw, err := p.Marshal()
		must(err)
		bn.p.RTP(raw)
	}
	for i := range maxStreams + 5 {
		repair(uint32(1000 + i))
	}
	if n := len(*bn.p.streams.Load()); n != maxStreams {
		t.Errorf("%d streams, want %d", n, maxStreams)
	}
	if _, there := bn.p.engine.peers[bn.p.id]; there {
		t.Error("the peer goes on")
	}
}

func FuzzRTP(f *testing.F) {
	f.Add(vp8Packet(5, 1, 3000, "f", true, 60))
	f.Add(vp8Packet(5, 2, 3000, "f", false, 12))
	f.Add([]byte{0x80, 97, 0, 1, 0, 0, 0, 1, 0, 0, 0, 6, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		bn := newBench(1, false)
		bn.p.RTP(vp8Packet(5, 1, 3000, "f", true, 60))
		panicked := true
		func() {
			defer func() { _ = recover() }()
			bn.p.rtp(slices.Clone(raw), time.Now())
			panicked = false
		}()
		if panicked {
			t.Fatalf("panic on %x", raw)
		}
	})
}
