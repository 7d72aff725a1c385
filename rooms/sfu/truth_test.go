package sfu

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"sangdam/rooms/sfu/sfutest"
)

// ear is a hearing and the time at which it hears.
type ear struct {
	hearing
	now time.Time
}

func newEar() *ear {
	start := time.Now()
	return &ear{hearing: hearing{base: start}, now: start.Add(time.Minute)}
}

// hears takes a packet every 20 ms for a while; below 0 none comes.
func (e *ear) hears(d time.Duration, level func(packet int) int) {
	for i := range int(d / (20 * time.Millisecond)) {
		if l := level(i); l >= 0 {
			e.heard([]byte{byte(l) | 0x80}, e.now) // the flag for voice is no loudness
		}
		e.now = e.now.Add(20 * time.Millisecond)
	}
}

func always(level int) func(int) int { return func(int) int { return level } }

func TestLevels_EachStepIsItsLoudestPacket(t *testing.T) {
	e := newEar()
	e.hears(time.Second, func(i int) int { return 40 + i%5 })
	e.hears(300*time.Millisecond, always(-1))
	e.hears(200*time.Millisecond, always(61))
	l := e.levels(e.now)
	if !l.End.Equal(e.now) || len(l.Steps) != LevelSteps {
		t.Fatalf("%d steps until %v, want %d until %v", len(l.Steps), l.End, LevelSteps, e.now)
	}
	want := slices.Concat(slices.Repeat([]uint8{127}, LevelSteps-15),
		slices.Repeat([]uint8{40}, 10), []uint8{127, 127, 127, 61, 61})
	if !slices.Equal(l.Steps, want) {
		t.Errorf("steps %v", l.Steps)
	}
}

func TestLevels_AStepThatHasNotEndedDoesNotCount(t *testing.T) {
	e := newEar()
	e.hears(140*time.Millisecond, always(30))
	l := e.levels(e.now)
	if got := l.Steps[LevelSteps-2:]; !slices.Equal(got, []uint8{127, 30}) || e.now.Sub(l.End) != 40*time.Millisecond {
		t.Errorf("newest steps %v, ended %v ago", got, e.now.Sub(l.End))
	}
}

func TestLevels_WhatIsOlderThanTheRingIsForgotten(t *testing.T) {
	e := newEar()
	e.hears(20*time.Second, always(30))
	e.hears(hearingRing*LevelStep, always(-1))
	if l := e.levels(e.now); slices.Min(l.Steps) != 127 {
		t.Errorf("steps %v", l.Steps)
	}
}

func TestHearing_SilentIsAMicrophoneThatGivesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		level func(int) int
		want  bool
	}{
		"nothing at all":           {always(127), true},
		"a dead one's own noise":   {always(NoiseFloor), true},
		"a quiet room":             {always(NoiseFloor - 1), false},
		"a rustle now and then":    {func(i int) int { return map[bool]int{true: 70, false: 127}[i%450 == 449] }, false},
		"DTX that says nothing":    {func(i int) int { return map[bool]int{true: 127, false: -1}[i%20 == 0] }, true},
		"DTX in a quiet room":      {func(i int) int { return map[bool]int{true: 65, false: -1}[i%20 == 0] }, false},
		"levels that are not told": {always(-1), false},
	} {
		e := newEar()
		e.hears(SilentAfter-100*time.Millisecond, c.level)
		if e.silent(e.now) {
			t.Errorf("%s: silent before its time", name)
		}
		e.hears(200*time.Millisecond, c.level)
		if got := e.silent(e.now); got != c.want {
			t.Errorf("%s: silent %v, want %v", name, got, c.want)
		}
		e.begin()
		if e.silent(e.now) {
			t.Errorf("%s: silent just after it was opened", name)
		}
	}
}

func TestHearing_ClippingIsFullScaleAgainAndAgain(t *testing.T) {
	for name, c := range map[string]struct {
		level func(int) int
		want  bool
	}{
		"loud speech":    {func(i int) int { return 12 + i%10 }, false},
		"one cough":      {func(i int) int { return map[bool]int{true: 2, false: 30}[i >= 200 && i < 215] }, false},
		"shouting at it": {func(i int) int { return map[bool]int{true: 3, false: 20}[i%25 < 3] }, true},
	} {
		e := newEar()
		e.hears(clipWindow, c.level)
		if got := e.clipping(e.now); got != c.want {
			t.Errorf("%s: clipping %v, want %v", name, got, c.want)
		}
		e.hears(clipWindow+LevelStep, always(30))
		if e.clipping(e.now) {
			t.Errorf("%s: still clipping", name)
		}
	}
}

func TestHearing_AllocatesNothing(t *testing.T) {
	e := newEar()
	if n := testing.AllocsPerRun(1000, func() { e.hears(20*time.Millisecond, always(30)) }); n > 0 {
		t.Errorf("%v allocations a packet", n)
	}
}

func TestReceipts_LossIsOfTheLastSeconds(t *testing.T) {
	var r receipts
	var holes uint64
	now := time.Now()
	report := func(highest, lost uint32) {
		r.add(rtcp.ReceptionReport{LastSequenceNumber: highest, TotalLost: lost & 0xffffff}, holes, now)
		now = now.Add(time.Second)
	}
	loss := func() float64 {
		expected, lost := r.recent(now)
		return float64(lost) / max(1, float64(expected))
	}
	report(1000, 500)
	if l := loss(); l != 0 {
		t.Errorf("%v with nothing to compare", l)
	}
	report(1100, 550)
	report(1200, 550)
	if l := loss(); l != 0.25 {
		t.Errorf("loss %v, want 0.25", l)
	}
	holes = 50 // all of it never came to us
	report(1300, 550)
	if l := loss(); l != 0 {
		t.Errorf("loss %v of what was never sent", l)
	}
	report(1400, 550)
	report(1500, 550)
	report(1600, 549) // it counts repetitions as gained
	for i := range uint32(4) {
		report(1700+100*i, 549)
	}
	if l := loss(); l != 0 {
		t.Errorf("loss %v five seconds later", l)
	}
	report(7, 900) // a browser that counts anew
	if l := loss(); l != 0 {
		t.Errorf("loss %v of numbers that do not follow", l)
	}
	report(107, 1000)
	report(207, 1000)
	now = now.Add(reportPatience)
	if e, _ := r.recent(now); e != 0 {
		t.Errorf("%d packets of reports that are too old", e)
	}
}

func TestReception_LossIsOfTheLastSeconds(t *testing.T) {
	var r reception
	now := time.Now()
	ext := uint64(1 << 16)
	send := func(n int, lost func(int) bool) float64 {
		for i := range n {
			if ext++; !lost(i) {
				r.received(ext, uint32(ext*960), 48000, now)
			}
		}
		e, got := r.recent()
		r.report(1, now)
		now = now.Add(time.Second)
		return float64(e-got) / max(1, float64(e))
	}
	none := func(int) bool { return false }
	send(50, none)
	if l := send(50, func(i int) bool { return i%2 == 1 && i < 49 }); l < 0.2 || l > 0.3 {
		t.Errorf("loss %v, want a quarter", l)
	}
	for range 4 {
		send(50, none)
	}
	if l := send(50, none); l != 0 {
		t.Errorf("loss %v five seconds later", l)
	}
	ext += 1 << 16 // an encoder that begins anew
	if l := send(50, none); l != 0 {
		t.Errorf("loss %v of numbers that were never given", l)
	}
}

func (h *house) truth(g *guest) Truth {
	h.t.Helper()
	t, ok := h.e.Truth(g.id)
	if !ok {
		h.t.Fatal("no truth about somebody who is there")
	}
	return t
}

func TestTruth_RouteIsThatOfTheNominatedPair(t *testing.T) {
	t.Parallel()
	for want, options := range map[Route]func(*house) sfutest.Options{
		RouteUDP:   func(*house) sfutest.Options { return sfutest.Options{ID: 1} },
		RouteTCP:   func(*house) sfutest.Options { return sfutest.Options{ID: 1, TCP: true} },
		RouteRelay: func(h *house) sfutest.Options { return sfutest.Options{ID: 1, Setting: h.relayed("udp4")} },
	} {
		h := houseWith(t, Config{UDP: "127.0.0.1:0", TCP: "127.0.0.1:0"})
		g, answer := h.open(options(h))
		if got := h.truth(g).Route; got != RouteNone {
			t.Errorf("route %q before there is a path", got)
		}
		if err := g.Answer(answer); err != nil {
			t.Fatal(err)
		}
		if err := g.Connected(h.ctx); err != nil {
			t.Fatal(err)
		}
		h.wait("route "+string(want), func() bool { return h.truth(g).Route == want })
	}
}

func TestTruth_OfNobodyIsNothing(t *testing.T) {
	h := newHouse(t)
	if _, ok := h.e.Truth("nobody"); ok {
		t.Error("there is a truth about nobody")
	}
	if l := h.e.Levels("nobody"); l.Steps != nil {
		t.Error("nobody has levels")
	}
}

func TestTruth_LossIsOfTheWayAndOfTheLastSeconds(t *testing.T) {
	h := newHouse(t)
	talks, hears := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2})
	shows, sees := h.join(sfutest.Options{ID: 3}), h.join(sfutest.Options{ID: 4})
	h.e.Bind(hears.id, Binding{Slot: 0, Audio: Feed{talks.id, Microphone}})
	h.e.Bind(sees.id, Binding{Slot: 0, Video: Feed{shows.id, Camera}})
	h.on(talks, Microphone)
	h.on(shows, Camera)
	h.wait("picture", func() bool { return sees.Video(0).Received().Keyframes > 0 })
	h.wait("round trip", func() bool { rtt := h.truth(sees).RoundTrip; return rtt > 0 && rtt < time.Second })
	if tr := h.truth(shows); tr.LossUp != 0 || tr.RoundTrip != 0 {
		t.Errorf("loss %v, round trip %v of somebody who sends without loss and is shown nothing", tr.LossUp, tr.RoundTrip)
	}
	fifth := func(seq uint16) bool { return seq%5 == 0 }
	talks.DropUp(sfutest.Microphone, func(_ string, seq uint16) bool { return fifth(seq) })
	sees.DropDown(fifth)
	h.wait("loss both ways", func() bool { return h.truth(talks).LossUp > 0.12 && h.truth(sees).LossDown > 0.12 })
	if up, down := h.truth(talks).LossUp, h.truth(sees).LossDown; up > 0.25 || down > 0.25 {
		t.Errorf("loss %v up, %v down of a fifth", up, down)
	}
	// What the one lost on the way up is no fault of the other's line.
	if up, down := h.truth(shows).LossUp, h.truth(hears).LossDown; up != 0 || down > 0.05 {
		t.Errorf("loss %v up, %v down where there is none", up, down)
	}
	talks.DropUp(sfutest.Microphone, nil)
	sees.DropDown(nil)
	h.wait("the loss is past", func() bool { return h.truth(talks).LossUp < 0.04 && h.truth(sees).LossDown < 0.04 })
}

func TestTruth_MicrophoneIsHeardSilentAndClipping(t *testing.T) {
	h := newHouse(t)
	a, b, c := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2}), h.join(sfutest.Options{ID: 3})
	a.SetLevel(sfutest.Microphone, func(time.Duration) int { return 27 })
	b.SetLevel(sfutest.Microphone, func(time.Duration) int { return 127 })
	c.SetLevel(sfutest.Microphone, func(at time.Duration) int {
		if at%time.Second < 300*time.Millisecond {
			return 1
		}
		return 25
	})
	for _, g := range []*guest{a, b, c} {
		h.on(g, Microphone)
	}
	h.wait("voice", func() bool { return h.truth(a).Level == 27 })
	h.wait("clipping", func() bool { return h.truth(c).Clipping })
	h.wait("silence", func() bool { return h.truth(b).Silent })
	if tr := h.truth(a); tr.Silent || tr.Clipping {
		t.Errorf("a voice is %+v", tr)
	}
	if tr := h.truth(b); tr.Level != 127 || tr.Clipping {
		t.Errorf("a silent microphone is %+v", tr)
	}
	la, lc := h.e.Levels(a.id), h.e.Levels(c.id)
	if d := lc.End.Sub(la.End); d%LevelStep != 0 || d < 0 {
		t.Errorf("steps of two people end %v apart", d)
	}
	if slices.Max(la.Steps[LevelSteps-20:]) != 27 {
		t.Errorf("levels %v", la.Steps)
	}
	h.e.Allow(b.id, Microphone, false)
	h.e.Allow(a.id, Microphone, false)
	if h.truth(b).Silent || h.truth(a).Level != 127 {
		t.Error("a microphone that is shut is silent or loud")
	}
}

func TestTruth_UnfedIsASlotWithoutWhatFlows(t *testing.T) {
	h := newHouse(t)
	a, b := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2})
	// The encoder sent its keyframe before it was allowed to and makes no other.
	a.Send(sfutest.Camera, true)
	h.wait("keyframe", func() bool { return a.Sent(sfutest.Camera).Keyframes == 3 })
	a.Deafen(sfutest.Camera, true)
	h.on(a, Microphone, Camera)
	h.e.Bind(b.id, pair(0, a), Binding{Slot: 1, Audio: Feed{a.id, ScreenAudio}, Video: Feed{a.id, Screen}})
	camera := Feed{a.id, Camera}
	start := time.Now()
	h.wait("the camera does not come", func() bool { return slices.Contains(h.truth(b).Unfed, camera) })
	if d := time.Since(start); d < unfedAfter {
		t.Errorf("told after %v", d)
	}
	if got := h.truth(b).Unfed; len(got) != 1 {
		t.Errorf("unfed %v, want the camera alone: the microphone comes and nobody shares a screen", got)
	}
	a.Deafen(sfutest.Camera, false)
	h.wait("the camera comes", func() bool { return len(h.truth(b).Unfed) == 0 })
	h.wait("it really does", func() bool { return b.Video(0).Received().Keyframes > 0 })
	a.Send(sfutest.Camera, false)
	h.wait("the camera ceases", func() bool { return a.heard.has("camera false") })
	if got := h.truth(b).Unfed; len(got) != 0 {
		t.Errorf("unfed %v of what does not flow", got)
	}
}

func TestWall_LargeRoomIsSharpAndTheOthersSmall(t *testing.T) {
	h := newHouse(t)
	a, b := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2})
	w := h.join(sfutest.Options{ID: 9, Wall: true})
	h.on(a, Camera)
	h.on(b, Camera)
	show := func(slot int, g *guest, c Ceiling) {
		h.e.Bind(w.id, Binding{Slot: slot, Video: Feed{g.id, Camera}, Ceiling: c})
	}
	layer := func(slot int, want uint8) {
		t.Helper()
		h.wait("layer", func() bool {
			r := w.Video(slot).Received()
			return r.Keyframes > 0 && r.Last.Layer == want
		})
	}
	show(0, a, CeilingProfile)
	show(1, b, CeilingProfile)
	layer(0, 0)
	layer(1, 0)
	show(1, b, CeilingHigh)
	layer(1, 2)
	show(1, b, CeilingMiddle)
	layer(1, 1)
	show(0, a, CeilingMiddle)
	layer(0, 1)
	show(1, b, CeilingProfile)
	layer(1, 0)
	for slot := range 2 {
		r := w.Video(slot).Received()
		if wrong := r.Wrong(); len(wrong) > 0 || len(r.Senders) != 1 {
			t.Errorf("slot %d: %v, senders %v", slot, wrong, r.Senders)
		}
	}
	if r := w.Video(1).Received(); !slices.Equal(r.Layers, []uint8{0, 2, 1, 0}) {
		t.Errorf("layers %v", r.Layers)
	}
}

func TestWall_SoundOfOneSpeakerAfterAnotherIsOneStream(t *testing.T) {
	h := newHouse(t)
	speakers := []*guest{h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2}), h.join(sfutest.Options{ID: 3})}
	w := h.join(sfutest.Options{ID: 9, Wall: true})
	for _, g := range speakers {
		h.on(g, Microphone)
	}
	var want []uint32
	for i := range 9 {
		g := speakers[i%len(speakers)]
		h.e.Bind(w.id, Binding{Slot: WallVideos + i%WallAudios, Audio: Feed{g.id, Microphone}})
		h.wait("sound", func() bool { return w.Audio(WallVideos+i%WallAudios).Received().Last.Sender == g.ID() })
		time.Sleep(60 * time.Millisecond)
		if i%2 == 0 {
			want = append(want, g.ID())
		}
	}
	r := w.Audio(WallVideos).Received()
	if !slices.Equal(r.Senders, want) {
		t.Errorf("heard %v, want %v", r.Senders, want)
	}
	for slot := WallVideos; slot < WallVideos+WallAudios; slot++ {
		r := w.Audio(slot).Received()
		if wrong := r.Wrong(); len(wrong) > 0 || r.Missing > 0 {
			t.Errorf("slot %d: %v, %d missing", slot, wrong, r.Missing)
		}
		h.e.Bind(w.id, Binding{Slot: slot})
	}
	time.Sleep(50 * time.Millisecond)
	before := w.Audio(WallVideos).Received().Packets
	time.Sleep(150 * time.Millisecond)
	if n := w.Audio(WallVideos).Received().Packets - before; n != 0 {
		t.Errorf("%d packets after the last was unbound", n)
	}
}

// BenchmarkTruth is what a console asks of each person every second.
func BenchmarkTruth(b *testing.B) {
	h := houseWith(b, Config{UDP: "127.0.0.1:0"})
	g, v := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2})
	g.SetLevel(sfutest.Microphone, func(time.Duration) int { return 30 })
	h.e.Bind(v.id, pair(0, g))
	h.on(g, Microphone, Camera)
	h.sees(v, 0, g)
	b.ReportAllocs()
	for b.Loop() {
		h.e.Truth(g.id)
		h.e.Levels(g.id)
	}
}

func TestReception_OnePacketOfBeforeAJumpIsNoLoss(t *testing.T) {
	var r reception
	now := time.Now()
	for ext := uint64(1 << 16); ext < 1<<16+50; ext++ {
		r.received(ext, 0, 48000, now)
	}
	r.received(1<<16+9000, 0, 48000, now)
	r.received(1<<16+49, 0, 48000, now) // late
	if e, got := r.recent(); e != 51 || got != 51 {
		t.Errorf("%d of %d came", got, e)
	}
	r.received(1<<16+8999, 0, 48000, now) // late, too, but of after it
	if e, got := r.recent(); e > 52 || got != 52 {
		t.Errorf("%d of %d came", got, e)
	}
}
