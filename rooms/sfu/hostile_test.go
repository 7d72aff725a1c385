package sfu

import (
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"sangdam/rooms/sfu/sfutest"
)

// attacker is a browser that keeps to nothing.
type attacker struct {
	*guest
	media, voice uint32 // SSRCs that the server knows
	slot         *DownTrack
	mid          uint8
	rnd          *rand.Rand
	seq          uint16
}

func (h *house) attacker(g *guest) *attacker {
	p := h.e.peer(g.id)
	a := &attacker{guest: g, mid: p.ext.extMid, rnd: rand.New(rand.NewPCG(1, 2))}
	for _, d := range p.downs {
		if d.slot == 0 && d.kind == "video" {
			a.slot = d
		}
	}
	h.wait("the attacker's sources", func() bool {
		for ssrc, s := range *p.streams.Load() {
			switch s.layer.up.source {
			case Camera:
				a.media = ssrc
			case Microphone:
				a.voice = ssrc
			}
		}
		return a.media != 0 && a.voice != 0
	})
	return a
}

func (a *attacker) bytes(most int) []byte {
	b := make([]byte, a.rnd.IntN(most))
	for i := range b {
		b[i] = byte(a.rnd.Uint32())
	}
	return b
}

// throw sends one thing that nobody should: what cannot be sent any more, because
// the server has had enough, is no matter.
func (a *attacker) throw(i int) {
	a.seq++
	head := rtp.Header{Version: 2, PayloadType: 96, SequenceNumber: a.seq, Timestamp: a.rnd.Uint32(), SSRC: a.media}
	report := func(packets ...rtcp.Packet) {
		if b, err := rtcp.Marshal(packets); err == nil {
			_ = a.RawReport(b)
		}
	}
	switch i % 12 {
	case 0: // payload types of nothing
		head.PayloadType = uint8(a.rnd.IntN(128))
		_ = a.Raw(&head, a.bytes(40))
	case 1: // descriptors cut short
		_ = a.Raw(&head, []byte{0x90, 0xf0, 0x80, 1, 2, 3}[:a.rnd.IntN(7)])
	case 2: // jumps, each a keyframe
		head.SequenceNumber = uint16(a.rnd.Uint32())
		_ = a.Raw(&head, append([]byte{0x10, 0x10, 0, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xb4, 0}, make([]byte, 1000)...))
	case 3: // the same again and again
		head.SequenceNumber = 7
		_ = a.Raw(&head, []byte{0x10, 0x11, 0, 0})
	case 4: // redundant sound with lengths that lie
		head.SSRC, head.PayloadType = a.voice, 63
		_ = a.Raw(&head, append([]byte{0xef, 0xff, 0xff, 0xff}, a.bytes(20)...))
	case 5: // repairs of what was never sent
		head.PayloadType = 97
		_ = a.Raw(&head, append([]byte{byte(a.rnd.Uint32()), byte(a.rnd.Uint32())}, a.bytes(60)...))
	case 6: // sound that is none
		head.SSRC, head.PayloadType = a.voice, 111
		_ = a.Raw(&head, make([]byte, 1300))
	case 7: // ten times what it may
		_ = a.Raw(&head, append([]byte{0x10, 0x11, 0, 0}, make([]byte, 1150)...))
	case 8: // requests for everything there is
		n := &rtcp.TransportLayerNack{MediaSSRC: a.slot.ssrc}
		for seq := range uint16(60) {
			n.Nacks = append(n.Nacks, rtcp.NackPair{PacketID: uint16(a.rnd.Uint32()) + 17*seq, LostPackets: 0xffff})
		}
		report(n)
	case 9:
		report(&rtcp.PictureLossIndication{MediaSSRC: a.slot.ssrc}, &rtcp.FullIntraRequest{FIR: []rtcp.FIREntry{{SSRC: a.slot.ssrc}}})
	case 10: // feedback of more packets than there are
		report(&rtcp.TransportLayerCC{
			Header:             rtcp.Header{Count: rtcp.FormatTCC, Type: rtcp.TypeTransportSpecificFeedback, Length: 5},
			BaseSequenceNumber: uint16(a.rnd.Uint32()), PacketStatusCount: 65535, ReferenceTime: a.rnd.Uint32() & 0xffffff,
			PacketChunks: []rtcp.PacketStatusChunk{&rtcp.RunLengthChunk{PacketStatusSymbol: 0, RunLength: 8191}},
		})
	case 11: // nonsense, of one sender: more of them end it
		b := append([]byte{0x8f | byte(a.rnd.IntN(32)), byte(200 + a.rnd.IntN(8)), 0, byte(a.rnd.IntN(9)), 0, 0, 0, 9}, a.bytes(40)...)
		_ = a.RawReport(b)
	}
}

// manySSRCs sends under more names than any browser has.
func (a *attacker) manySSRCs(h *house) {
	for i := range 60 {
		head := rtp.Header{Version: 2, PayloadType: 96, SequenceNumber: 1, SSRC: 1000 + uint32(i)}
		must(head.SetExtension(a.mid, []byte("1")))
		_ = a.Raw(&head, []byte{0x10, 0x10, 0, 0})
	}
	h.wait("an end of the attacker", func() bool { return a.heard.has("closed") })
}

func TestHostile_R64_LiesHarmNobodyElse(t *testing.T) {
	h := newHouse(t)
	one, two, bad := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2}), h.join(sfutest.Options{ID: 3})
	for _, g := range []*guest{one, two, bad} {
		h.on(g, Microphone, Camera)
	}
	h.e.Bind(one.id, pair(0, two), pair(1, bad))
	h.e.Bind(two.id, pair(0, one), pair(1, bad))
	h.e.Bind(bad.id, pair(0, one))
	h.sees(one, 0, two)
	h.sees(two, 0, one)
	h.sees(bad, 0, one)
	a := h.attacker(bad)

	const length = 1500 * time.Millisecond
	frames := func() (n [2]int) {
		for i, g := range []*guest{one, two} {
			n[i] = g.Video(0).Received().Frames
		}
		return n
	}
	sounds := func() (n [2]int) {
		for i, g := range []*guest{one, two} {
			n[i] = g.Audio(0).Received().Packets
		}
		return n
	}
	keyframes := h.e.peer(one.id).upBySource(Camera).layers[0].Load().plis.Load()
	time.Sleep(500 * time.Millisecond) // what begins has begun
	f0, s0, began := frames(), sounds(), time.Now()
	time.Sleep(length)
	usual := time.Since(began)
	f1, s1 := frames(), sounds()
	heap := heapNow()

	began = time.Now()
	thrown := 0
	for time.Since(began) < length {
		for range 60 {
			a.throw(thrown)
			thrown++
		}
		time.Sleep(5 * time.Millisecond)
	}
	under := time.Since(began)
	f2, s2 := frames(), sounds()
	t.Logf("%d packets thrown in %v", thrown, under)
	for i := range 2 {
		for name, n := range map[string][3]int{"pictures": {f0[i], f1[i], f2[i]}, "packets of sound": {s0[i], s1[i], s2[i]}} {
			before, during := float64(n[1]-n[0])/usual.Seconds(), float64(n[2]-n[1])/under.Seconds()
			if during < 0.8*before {
				t.Errorf("guest %d: %.1f %s a second, and %.1f before", i+1, during, name, before)
			}
		}
	}
	h.rules(one, 0)
	h.rules(two, 0)

	p := h.e.peer(bad.id)
	if p == nil {
		t.Fatal("lies alone end nobody: browsers have bugs")
	}
	var sum totals
	p.count(&sum)
	if sum.excess == 0 || sum.malformed == 0 {
		t.Errorf("%d packets were too many and %d malformed: nobody counts", sum.excess, sum.malformed)
	}
	// 125 pleas a second were thrown, and two people see the source.
	if asked := h.e.peer(one.id).upBySource(Camera).layers[0].Load().plis.Load() - keyframes; asked > 12 {
		t.Errorf("%d keyframes were asked of a neighbour in %v", asked, under+usual)
	}
	if grown := int64(heapNow()) - int64(heap); grown > 24<<20 {
		t.Errorf("%d MiB more are kept", grown>>20)
	}

	a.manySSRCs(h)
	f3 := frames()
	h.wait("pictures after all that", func() bool { f := frames(); return f[0] > f3[0]+5 && f[1] > f3[1]+5 })
}

func heapNow() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestBucket_LetsPassWhatIsAllowedAndASecondsWorthAtOnce(t *testing.T) {
	var b bucket
	now := time.Unix(1000, 0)
	passed := func(n int) (k int) {
		for range n {
			if b.admits(time.Second/100, time.Second, now) {
				k++
			}
		}
		return k
	}
	if n := passed(500); n != 100 {
		t.Errorf("%d at once, want 100", n)
	}
	if n := passed(5); n != 0 {
		t.Errorf("%d more", n)
	}
	now = now.Add(100 * time.Millisecond)
	if n := passed(500); n != 10 {
		t.Errorf("%d after a tenth of a second, want 10", n)
	}
	now = now.Add(time.Hour)
	if n := passed(500); n != 100 {
		t.Errorf("%d after an hour, want 100", n)
	}
	if now = now.Add(-time.Minute); passed(10) != 0 {
		t.Error("a clock that goes back lets more pass")
	}
}
