package sfu

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"sangdam/rooms/sfu/bandwidth"
	"sangdam/rooms/sfu/rtpx"
	"sangdam/rooms/sfu/wire"
)

// narrowed is a bench whose line is so wide, and whose pacer the test is.
func narrowed(viewers int, bits int64) *bench {
	b := newBench(viewers, true)
	g := b.p.egress
	g.target.Store(bits)
	g.tokens, g.filled = leastBurst, time.Now()
	return b
}

// numbers are the sequence numbers that left.
func (s *sink) numbers() []uint16 {
	all := make([]uint16, len(s.packets))
	for i, b := range s.packets {
		h, err := rtpx.ParseHeader(b)
		must(err)
		all[i] = h.Sequence()
	}
	return all
}

func TestPacer_PicturesWaitInOrderAndLeaveAtTheLinesPace(t *testing.T) {
	b := narrowed(1, 400_000)
	g, out := b.p.egress, b.sinks[0]
	now := g.filled
	for i := range 12 { // a keyframe of 12 packets
		b.p.rtp(vp8Packet(5, uint16(i+1), 3000, "f", i == 0, 1000), now)
	}
	first := out.n
	if first == 0 || first > 4 {
		t.Fatalf("%d packets left at once", first)
	}
	if wait := g.drain(now); wait != drainEvery {
		t.Errorf("the pacer looks again in %v", wait)
	}
	steps := 0
	for ; g.waiting > 0; steps++ {
		now = now.Add(drainEvery)
		was := out.n
		g.drain(now)
		if out.n-was > 1 {
			t.Fatalf("%d packets in one step", out.n-was)
		}
	}
	// 12 × 1.06 kB less the burst, at 2.5 × 50 kB/s.
	if took := time.Duration(steps) * drainEvery; took < 50*time.Millisecond || took > 110*time.Millisecond {
		t.Errorf("it took %v", took)
	}
	for i, n := range out.numbers() {
		if want := out.numbers()[0] + uint16(i); n != want {
			t.Errorf("packet %d is number %d, want %d", i, n, want)
		}
	}
	if out.n != 12 || g.drain(now) != 0 {
		t.Errorf("%d packets left, and the pacer does not rest", out.n)
	}
}

func TestPacer_AFullQueueCutsASlotUntilAKeyframeHasRoom(t *testing.T) {
	b, m := newMailBench(1)
	g, out, d := b.p.egress, b.sinks[0], b.downs[0]
	g.target.Store(300_000)
	now := time.Now()
	g.tokens, g.filled = leastBurst, now
	seq := uint16(1)
	send := func(key bool) {
		b.p.rtp(vp8Packet(5, seq, 3000*uint32(seq), "f", key, 1000), now)
		seq++
	}
	send(true)
	for g.drops.Load() == 0 && seq < 100 {
		send(false)
	}
	if g.drops.Load() != 1 || d.current != nil || !d.halted {
		t.Fatalf("%d drops, shown: %v", g.drops.Load(), d.current)
	}
	if most := 300_000 / 8 * 3 / 10; g.waiting > most+1500 {
		t.Errorf("%d bytes wait, of %d", g.waiting, most)
	}
	take[*rtcp.PictureLossIndication](m)
	send(false)
	send(true) // comes before there is room
	d.look(now)
	if n := len(take[*rtcp.PictureLossIndication](m)); n > 0 || d.current != nil {
		t.Errorf("a keyframe is wanted while the queue is full: %d requests", n)
	}
	for g.waiting > 0 {
		now = now.Add(drainEvery)
		g.drain(now)
	}
	sent := out.n
	now = now.Add(100 * time.Millisecond)
	send(false)
	if n := len(take[*rtcp.PictureLossIndication](m)); n != 1 || out.n != sent {
		t.Errorf("with room again: %d requests, %d packets without a keyframe", n, out.n-sent)
	}
	send(true)
	if out.n != sent+1 {
		t.Errorf("%d packets after the keyframe", out.n-sent)
	}
	numbers := out.numbers()
	if slices.ContainsFunc(numbers[1:sent], func(n uint16) bool { return n-numbers[0] > uint16(sent) }) {
		t.Errorf("what was cut left a hole: %v", numbers)
	}
}

func TestPacer_SoundWaitsForNothing(t *testing.T) {
	b := narrowed(1, 100_000)
	g := b.p.egress
	now := g.filled
	for i := range 8 {
		b.p.rtp(vp8Packet(5, uint16(i+1), 3000, "f", i == 0, 1000), now)
	}
	if g.waiting == 0 {
		t.Fatal("nothing waits")
	}
	voice := &sink{keep: true}
	d := &DownTrack{peer: b.p, kind: wire.Audio, out: voice, ssrc: 9, formats: [rtpx.Codecs]format{{pt: 111}}, clock: 48000, gate: &b.p.audioReady, extTransport: 4}
	d.init()
	waiting := g.waiting
	for range 10 {
		d.write(rtpx.Out{}, d.formats[rtpx.VP8].pt, make([]byte, 100), rtpx.Picture{Codec: rtpx.VP8}, nil, now)
	}
	if voice.n != 10 || g.waiting != waiting {
		t.Errorf("%d packets of sound left at once", voice.n)
	}
	h, err := rtpx.ParseHeader(voice.packets[9])
	must(err)
	if got := h.Extension(4); len(got) != 2 || got[1] != 10 {
		t.Errorf("transport-wide number %v of the tenth", got)
	}
	// Pictures pay for it.
	if g.refill(now); g.tokens > -1000 {
		t.Errorf("the bucket has %v", g.tokens)
	}
}

func TestPacer_WhatWaitsOfAFormerSourceNeverLeaves(t *testing.T) {
	for name, end := range map[string]func(*bench){
		"bound to another": func(b *bench) { b.downs[0].bind(Feed{"p", Screen}, b.p.upBySource(Screen)) },
		"shut":             func(b *bench) { b.cam.allow(false, time.Now()) },
		"paused":           func(b *bench) { b.downs[0].allow(-1, time.Now()) },
	} {
		b := narrowed(1, 100_000)
		now := b.p.egress.filled
		for i := range 20 {
			b.p.rtp(vp8Packet(5, uint16(i+1), 3000, "f", i == 0, 1000), now)
		}
		sent := b.sinks[0].n
		end(b)
		for b.p.egress.waiting > 0 {
			now = now.Add(drainEvery)
			b.p.egress.drain(now)
		}
		if n := b.sinks[0].n - sent; n > 0 {
			t.Errorf("%s: %d packets leave afterwards", name, n)
		}
	}
}

func TestRepair_TakesAQuarterOfTheLineAtMost(t *testing.T) {
	b := narrowed(1, 200_000)
	g, d := b.p.egress, b.downs[0]
	now := g.filled
	var numbers []uint16
	for i := range 200 {
		now = now.Add(20 * time.Millisecond)
		b.p.rtp(vp8Packet(5, uint16(i+1), 3000*uint32(i), "f", i == 0, 200), now)
		g.drain(now)
	}
	numbers = b.sinks[0].numbers()
	start := now
	resent := func() int { return int(d.resent.Load()) }
	for range 4 {
		for i := range 180 {
			now = now.Add(2 * time.Millisecond)
			d.nack([]rtcp.NackPair{{PacketID: numbers[10+i]}}, now, time.Millisecond)
			g.drain(now)
		}
	}
	took := now.Sub(start).Seconds()
	bytes := resent() * (200 + 20 + overhead)
	most := 200_000/8*repairShare*(took+repairBurst.Seconds()) + 2*leastBurst
	if resent() == 0 || float64(bytes) > most {
		t.Errorf("%d bytes sent again in %.1f s, at most %.0f", bytes, took, most)
	}
}

func TestWithout_RTXNeitherResendsNorAsks(t *testing.T) {
	b, m := newMailBench(1)
	b.p.engine.without.RTX = true
	now := time.Now()
	for i := range 20 {
		if i%5 != 3 {
			b.p.rtp(vp8Packet(5, uint16(i+1), 3000*uint32(i), "f", i == 0, 200), now.Add(time.Duration(i)*20*time.Millisecond))
		}
	}
	b.downs[0].nack([]rtcp.NackPair{{PacketID: b.sinks[0].numbers()[2]}}, now.Add(time.Second), 0)
	if n := len(take[*rtcp.TransportLayerNack](m)); n > 0 || b.downs[0].resent.Load() > 0 {
		t.Errorf("%d requests, %d sent again", n, b.downs[0].resent.Load())
	}
}

func TestProbe_IsFilledWithRepetitionsOrPaddingAndBounded(t *testing.T) {
	b := narrowed(1, 400_000)
	p, g, out := b.p, b.p.egress, b.sinks[0]
	p.videoReady.Store(true)
	d := b.downs[0]
	d.extTransport = 4
	p.downs = b.downs
	now := g.filled
	run := func(bytes int) (packets [][]byte, took time.Duration) {
		from := len(out.packets)
		start := now
		g.probe(bandwidth.Cluster{ID: 1, Rate: 1_600_000, Bytes: bytes}, now)
		for range 400 {
			now = now.Add(drainEvery)
			g.drain(now)
			p.fill(now)
			if !g.cluster.active(now) {
				break
			}
		}
		return out.packets[from:], now.Sub(start)
	}
	sum := func(packets [][]byte) (n int) {
		for _, b := range packets {
			n += len(b) + overhead
		}
		return n
	}
	packets, took := run(10_000)
	if n := sum(packets); n < 10_000 || n > 12_000 || took < 40*time.Millisecond || took > 100*time.Millisecond {
		t.Errorf("%d bytes of padding in %v", n, took)
	}
	for _, b := range packets {
		h, err := rtpx.ParseHeader(b)
		must(err)
		if h.SSRC() != 78 || len(h.Payload()) > 0 || h.PaddingLen() != padding || len(h.Extension(4)) != 2 {
			t.Fatalf("padding: SSRC %d, %d bytes, %d padded", h.SSRC(), len(h.Payload()), h.PaddingLen())
		}
	}
	for i := range 40 {
		now = now.Add(20 * time.Millisecond)
		p.rtp(vp8Packet(5, uint16(i+1), 3000*uint32(i), "f", i == 0, 700), now)
		g.drain(now)
	}
	packets, _ = run(10_000)
	for _, b := range packets {
		h, err := rtpx.ParseHeader(b)
		must(err)
		if h.SSRC() != 78 || len(h.Payload()) < 700 {
			t.Fatalf("a probe of %d bytes on SSRC %d", len(h.Payload()), h.SSRC())
		}
	}
	if n := sum(packets); n < 10_000 || n > 13_000 {
		t.Errorf("%d bytes of repetitions", n)
	}
	packets, took = run(100_000_000)
	if n := sum(packets); n > largestProbe+8000 || took > longestProbe+drainEvery {
		t.Errorf("a probe of %d bytes in %v", n, took)
	}
}

// TestPacer_QueuesAllocateNothing is the path of a narrow line: every packet
// waits.
func TestPacer_QueuesAllocateNothing(t *testing.T) {
	b := newBench(1, false)
	g := b.p.egress
	g.target.Store(1_000_000)
	now := time.Now()
	g.tokens, g.filled = 0, now
	b.p.rtp(vp8Packet(5, 1, 3000, "f", true, 1000), now)
	raw := vp8Packet(5, 2, 6000, "f", false, 1000)
	h, err := rtpx.ParseHeader(raw)
	must(err)
	buf := make([]byte, len(raw))
	seq := uint16(2)
	step := func() {
		for range 3 {
			h.SetSequence(seq)
			h.SetTimestamp(3000 * uint32(seq))
			copy(buf, raw)
			b.p.rtp(buf, now)
			seq++
		}
		now = now.Add(12 * time.Millisecond)
		g.drain(now)
	}
	for range 500 {
		step()
	}
	if n := testing.AllocsPerRun(1000, step); n >= 1 {
		t.Errorf("%.2f allocations for three packets", n)
	}
	if g.drops.Load() > 0 {
		t.Errorf("%d drops", g.drops.Load())
	}
}

func TestPacer_AStreamHoldsNoMoreThanTheLineCarriesSoon(t *testing.T) {
	b := narrowed(1, 8_000_000)
	g, d, out := b.p.egress, b.downs[0], b.sinks[0]
	d.extTransport = 4
	g.flight.limit(true, 800_000, 100*time.Millisecond, g.filled) // 40 kB
	now := g.filled
	feedback := func(last uint16) {
		b.p.egress.flight.feedback(&rtcp.TransportLayerCC{BaseSequenceNumber: last, PacketStatusCount: 1}, now)
	}
	seq := uint16(0)
	send := func(n int) {
		for range n {
			seq++
			now = now.Add(10 * time.Millisecond)
			b.p.rtp(vp8Packet(5, seq, 3000*uint32(seq), "f", seq == 1, 1000), now)
			g.drain(now)
		}
	}
	send(1)
	feedback(1)
	send(60)
	held := out.n
	if bytes := held * (1000 + 30 + overhead); bytes < 38_000 || bytes > 44_000 || g.waiting == 0 {
		t.Errorf("%d bytes in the stream, %d wait", bytes, g.waiting)
	}
	feedback(20)
	now = now.Add(drainEvery)
	g.drain(now)
	if out.n < held+15 {
		t.Errorf("%d packets after feedback", out.n-held)
	}
	held = out.n
	g.drain(now.Add(flightForgets / 2))
	if out.n != held {
		t.Errorf("%d packets into a stream that stands", out.n-held)
	}
	now = now.Add(flightForgets + time.Millisecond)
	g.flight.limit(true, 800_000, 100*time.Millisecond, now)
	g.drain(now)
	if out.n == held {
		t.Error("after a change of path nothing leaves any more")
	}
	g.flight.limit(false, 0, 0, now)
	send(40)
	if g.waiting > 0 {
		t.Error("UDP waits for feedback")
	}
}

// line is a viewer of some people, whose layers flow at given rates.
type viewing struct {
	a     *allocation
	cams  []*UpTrack
	downs []*DownTrack
	now   time.Time
	clear bool // nothing waits on the way
}

func newViewing(people int, rates ...int64) *viewing {
	v := &viewing{now: time.Now()}
	e := &Engine{log: discard(), begun: v.now, peers: make(map[PeerID]*Peer)}
	e.metrics = newMetrics(e, nil)
	viewer := newPeer(e, "viewer", ProfileRoom, &watcher{})
	v.a = &viewer.allocation
	for i := range people {
		pub := newBench(0, false)
		pub.p.egress.free = true
		for r, rate := range rates {
			l := pub.cam.addLayer([]string{"q", "h", "f"}[r], uint32(100+r))
			l.meter.rate.Store(rate)
		}
		d := &DownTrack{peer: viewer, slot: i, kind: wire.Video, out: &sink{}, clock: 90000, gate: &viewer.videoReady, ceiling: maxRids - 1}
		d.init()
		viewer.addDown(d)
		v.cams, v.downs = append(v.cams, pub.cam), append(v.downs, d)
	}
	v.flow()
	for i, d := range v.downs {
		d.bind(Feed{PeerID(rune('a' + i)), Camera}, v.cams[i])
	}
	return v
}

func (v *viewing) flow() {
	for _, u := range v.cams {
		u.last.set(v.now)
		for r := range u.layers {
			if l := u.layers[r].Load(); l != nil {
				l.last.set(v.now)
			}
		}
	}
}

// step gives the pictures a budget for one round.
func (v *viewing) step(budget int) []int {
	v.now = v.now.Add(allocateEvery)
	v.flow()
	v.a.look(v.now)
	if !v.clear {
		v.a.jammed = v.now
	}
	v.a.decide(budget, v.now)
	v.a.tell()
	return v.ranks()
}

func (v *viewing) ranks() (all []int) {
	for _, d := range v.downs {
		all = append(all, d.allowed)
	}
	return all
}

func (v *viewing) until(budget int, want []int) time.Duration {
	start := v.now
	for range 500 {
		if slices.Equal(v.step(budget), want) {
			break
		}
	}
	return v.now.Sub(start)
}

func TestAllocation_FirstDecisionIsAtOnceAndBaseLayersComeFirst(t *testing.T) {
	for _, tt := range []struct {
		budget int
		want   []int
	}{
		{0, []int{-1, -1, -1}},
		{160_000, []int{0, -1, -1}},
		{460_000, []int{0, 0, 0}},
		{850_000, []int{1, 0, 0}},
		{1_250_000, []int{1, 1, 0}}, // 500 + 500 + 150
		{1_850_000, []int{2, 0, 0}},
		{9_000_000, []int{2, 2, 2}},
	} {
		v := newViewing(3, 150_000, 500_000, 1_500_000)
		if got := v.step(tt.budget); !slices.Equal(got, tt.want) {
			t.Errorf("%d bit/s give %v, want %v", tt.budget, got, tt.want)
		}
		paused := []int{}
		for i, r := range tt.want {
			if r < 0 {
				paused = append(paused, i)
			}
		}
		if got := *v.a.paused.Load(); !slices.Equal(got, paused) {
			t.Errorf("%d bit/s: paused %v is told", tt.budget, got)
		}
	}
}

func TestAllocation_DownAtOnceUpAfterAWhile(t *testing.T) {
	v := newViewing(3, 150_000, 500_000, 1_500_000)
	v.until(5_000_000, []int{2, 2, 2})
	if got := v.step(480_000); !slices.Equal(got, []int{0, 0, 0}) {
		t.Fatalf("a narrow line has %v", got)
	}
	if got := v.step(300_000); !slices.Equal(got, []int{0, 0, 0}) {
		t.Fatalf("a dip takes pictures away: %v", got)
	}
	v.step(500_000)
	if took := v.until(300_000, []int{0, 0, -1}); took < dip || took > dip+2*allocateEvery {
		t.Fatalf("a line that stays narrower has less after %v: %v", took, v.ranks())
	}
	// All would fit, but there is nothing to spare.
	for range 100 {
		if got := v.step(500_000); got[2] != -1 {
			t.Fatalf("raised to %v without headroom", got)
		}
	}
	if took := v.until(700_000, []int{0, 0, 0}); took < steady || took > steady+time.Second {
		t.Errorf("shown again after %v", took)
	}
	if took := v.until(6_000_000, []int{2, 2, 2}); took < steady || took > switchWindow {
		t.Errorf("full again after %v", took)
	}
}

func TestAllocation_APauseLastsAndALineThatShakesSwitchesLittle(t *testing.T) {
	v := newViewing(2, 150_000, 500_000, 1_500_000)
	v.until(5_000_000, []int{2, 2})
	v.step(160_000)
	if took := v.until(5_000_000, []int{2, 2}); took < pauseStays {
		t.Errorf("a pause of %v", took)
	}
	changes := 0
	was := v.ranks()
	start := v.now
	for v.now.Sub(start) < time.Minute {
		budget := 1_200_000
		if rand.IntN(2) == 0 {
			budget = 5_000_000
		}
		got := v.step(budget)
		for i := range got {
			if got[i] != was[i] {
				changes++
			}
		}
		was = got
	}
	if changes > 8 {
		t.Errorf("%d changes in a minute of a line that shakes", changes)
	}
}

func TestAllocation_StepsOneFourOneSwitchTwiceAtMost(t *testing.T) {
	v := newViewing(1, 150_000, 500_000, 1_500_000)
	v.until(900_000, []int{1})
	v.a.tight = true
	switches := 0
	was := v.ranks()[0]
	for _, budget := range []int{4_000_000, 900_000} {
		for range 50 { // 10 s each
			if got := v.step(budget)[0]; got != was {
				switches++
				was = got
			}
		}
	}
	if switches != 2 || was != 1 {
		t.Errorf("%d switches, rank %d in the end", switches, was)
	}
}

func TestAllocation_WhoSpeaksComesFirstAndAScreenBeforeAll(t *testing.T) {
	v := newViewing(3, 150_000, 500_000, 1_500_000)
	heard := map[int]bool{}
	step := func(budget int) []int {
		for i, u := range v.cams[:3] {
			m := u.peer.upBySource(Microphone)
			m.last.set(v.now)
			m.hearing.base = u.peer.engine.begun
			level := byte(127)
			if heard[i] {
				level = 20
			}
			for ago := 150 * time.Millisecond; ago >= 0; ago -= tickEvery {
				m.hearing.heard([]byte{level}, v.now.Add(-ago))
				m.listen(v.now.Add(-ago))
			}
		}
		return v.step(budget)
	}
	step(160_000)
	heard[1] = true
	for range 20 {
		step(160_000)
	}
	if v.a.floor != v.cams[1].peer.upBySource(Microphone) {
		t.Fatal("who speaks has not the floor")
	}
	if got := v.step(0); !slices.Equal(got, []int{-1, -1, -1}) {
		t.Fatalf("%v on nothing", got)
	}
	v.until(200_000, []int{-1, 0, -1})
	if got := v.ranks(); !slices.Equal(got, []int{-1, 0, -1}) {
		t.Errorf("%v, want who speaks", got)
	}
	heard[1], heard[2] = false, true // a cough
	step(200_000)
	heard[2] = false
	for range 5 {
		step(200_000)
	}
	if v.a.floor != v.cams[1].peer.upBySource(Microphone) {
		t.Error("a cough takes the floor")
	}
	screen := v.cams[0].peer.upBySource(Screen)
	screen.addLayer("", 500).meter.rate.Store(190_000)
	v.cams = append(v.cams, screen)
	v.downs[0].bind(Feed{"a", Screen}, screen)
	if got := v.step(200_000); !slices.Equal(got, []int{2, -1, -1}) {
		t.Errorf("%v, want the screen", got)
	}
}

func TestInsurance_FarLinesThatLoseGetPicturesTwiceWhenThereIsRoom(t *testing.T) {
	now := time.Now()
	var i insurance
	for _, tt := range []struct {
		name      string
		loss      float64
		roundTrip time.Duration
		line      int
		after     time.Duration
		want      bool
	}{
		{"a line that loses nothing", 0, 250 * time.Millisecond, 8_000_000, 0, false},
		{"a near one", 0.05, 20 * time.Millisecond, 8_000_000, 0, false},
		{"no room", 0.05, 250 * time.Millisecond, 2_000_000, 0, false},
		{"room", 0.05, 250 * time.Millisecond, 2_600_000, 0, true},
		{"a little less room", 0.05, 250 * time.Millisecond, 2_200_000, 0, true},
		{"no loss for a while", 0, 250 * time.Millisecond, 8_000_000, 10 * time.Second, true},
		{"nor for longer", 0, 250 * time.Millisecond, 8_000_000, 6 * time.Second, false},
	} {
		now = now.Add(tt.after)
		i.lossy(tt.loss, tt.roundTrip, now)
		if i.decide(true, tt.line, 100_000, 1_000_000); i.on.Load() != tt.want {
			t.Errorf("%s: %v", tt.name, i.on.Load())
		}
	}
	b := narrowed(1, 1<<40)
	for n := range 10 {
		b.p.insurance.on.Store(n >= 5)
		b.p.rtp(vp8Packet(5, uint16(n+1), 3000*uint32(n), "f", n == 0, 100), now)
	}
	out := b.sinks[0]
	if out.n != 15 || b.downs[0].spares.Load() != 5 || b.downs[0].packets.Load() != 10 {
		t.Fatalf("%d packets, %d spare", out.n, b.downs[0].spares.Load())
	}
	first, err := rtpx.ParseHeader(out.packets[13])
	must(err)
	second, err := rtpx.ParseHeader(out.packets[14])
	must(err)
	p := second.Payload()
	if second.SSRC() != 78 || uint16(p[0])<<8|uint16(p[1]) != first.Sequence() || !slices.Equal(p[2:], first.Payload()) {
		t.Error("the second is not the first once more")
	}
}

func TestAllocation_PausesNothingWhileNothingWaitsOnTheWay(t *testing.T) {
	v := newViewing(2, 150_000, 500_000, 1_500_000)
	v.until(5_000_000, []int{2, 2})
	v.now, v.clear = v.now.Add(jamLasts), true
	for range 20 {
		if got := v.step(50_000); slices.Contains(got, -1) {
			t.Fatalf("paused by an estimate alone: %v", got)
		}
	}
	if got := v.ranks(); !slices.Equal(got, []int{0, 0}) {
		t.Errorf("%v, want the lowest layers", got)
	}
	v.clear = false
	v.until(50_000, []int{-1, -1})
	if got := v.ranks(); !slices.Equal(got, []int{-1, -1}) {
		t.Errorf("%v on a line that is jammed", got)
	}
}

func TestAllocation_AfterACapAllIsBackSoon(t *testing.T) {
	v := newViewing(3, 150_000, 500_000, 1_500_000)
	v.until(5_000_000, []int{2, 2, 2})
	v.until(50_000, []int{-1, -1, -1})
	v.clear = true
	if took := v.until(1_300_000, []int{1, 0, 0}); took > steady+soon+2*allocateEvery {
		t.Errorf("all are back after %v on a line with room: %v", took, v.ranks())
	}
	if took := v.until(9_000_000, []int{2, 2, 2}); took > dwell+soon+2*allocateEvery {
		t.Errorf("the best layers after %v more", took)
	}
}

func TestAllocation_AGustOfLossIsNoJam(t *testing.T) {
	var a allocation
	now := time.Now()
	gust := bandwidth.State{Feedback: true, Loss: 0.3}
	for at := time.Duration(0); at < jamLong; at += allocateEvery {
		if a.isJammed(gust, now.Add(at)) {
			t.Fatalf("jammed after %v", at)
		}
	}
	if !a.isJammed(gust, now.Add(jamLong)) {
		t.Error("what loses so much for long carries it")
	}
	if a.isJammed(bandwidth.State{Feedback: true}, now.Add(jamLong)) || a.isJammed(gust, now.Add(2*jamLong)) {
		t.Error("the next gust goes on with the one before")
	}
	if gust.Queue = jamQueue; !a.isJammed(gust, now.Add(2*jamLong)) {
		t.Error("a queue is no jam")
	}
}
