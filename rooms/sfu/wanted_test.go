package sfu

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sangdam/rooms/sfu/sfutest"
)

// flows makes layers of the bench's camera send at a time.
func (b *bench) flows(now time.Time, ranks ...int) {
	b.cam.last.set(now)
	for _, r := range ranks {
		l := b.cam.layers[r].Load()
		if l == nil {
			l = b.cam.addLayer(b.cam.rids[r], uint32(100+r))
			l.meter.rate.Store([]int64{150_000, 450_000, 1_400_000}[r])
		}
		l.last.set(now)
	}
}

// wants is what is wanted after d, looked at as often as the clock does.
func (b *bench) wants(now *time.Time, d time.Duration, flowing ...int) []string {
	for end := now.Add(d); now.Before(end); {
		*now = now.Add(tickEvery)
		b.flows(*now, flowing...)
		b.cam.lookWanted(*now)
	}
	return b.cam.names(b.cam.wanted.now.Load())
}

func TestWanted_ALayerSleepsAfterAWhileAndWakesAtOnce(t *testing.T) {
	b, now := newBench(1, false), time.Now()
	d := b.downs[0]
	expect := func(when string, got []string, want ...string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", when, got, want)
		}
	}
	all := []int{0, 1, 2}
	expect("shown in the highest, soon", b.wants(&now, sleepAfter-2*tickEvery, all...), "q", "h", "f")
	expect("shown in the highest", b.wants(&now, 4*tickEvery, all...), "q", "f")
	d.limit(1)
	expect("smaller", b.wants(&now, tickEvery, all...), "q", "h", "f")
	expect("smaller, for a while", b.wants(&now, sleepAfter+tickEvery, all...), "q", "h")
	d.limit(2)
	expect("large again", b.wants(&now, tickEvery, 0, 1), "q", "h", "f")
	d.allow(0, now)
	expect("a narrow line", b.wants(&now, sleepAfter+tickEvery, all...), "q")
	d.allow(2, now)
	expect("a wide one", b.wants(&now, tickEvery, 0), "q", "f")
	d.allow(-1, now)
	expect("no line at all", b.wants(&now, sleepAfter+tickEvery, all...), "q")
	d.allow(1, now)
	expect("some line", b.wants(&now, tickEvery, 0), "q", "h")
	d.bind(Feed{}, nil)
	expect("nobody", b.wants(&now, sleepAfter+tickEvery, all...), "q")
}

func TestWanted_OfASourceThatIsShutNothingChanges(t *testing.T) {
	b, now := newBench(0, false), time.Now()
	b.cam.allow(false, now)
	if got := b.wants(&now, 10*time.Second); !slices.Equal(got, []string{"q", "h", "f"}) {
		t.Errorf("shut: %v", got)
	}
	b.watch(2, false)
	b.cam.allow(true, now)
	if got := b.wants(&now, sleepAfter-tickEvery, 0, 1, 2); !slices.Equal(got, []string{"q", "h", "f"}) {
		t.Errorf("open again: %v at once", got)
	}
}

func TestWanted_WhatABrowserCannotSendIsReplacedByTheNextBest(t *testing.T) {
	b, now := newBench(1, false), time.Now()
	b.wants(&now, 2*sleepAfter, 0, 2)
	if got := b.wants(&now, layerEnds+2*tickEvery, 0); !slices.Equal(got, []string{"q", "h", "f"}) {
		t.Errorf("the highest has stopped: %v", got)
	}
	// It comes back, and nobody needs the other any more.
	if got := b.wants(&now, sleepAfter+2*tickEvery, 0, 1, 2); !slices.Equal(got, []string{"q", "f"}) {
		t.Errorf("and has come back: %v", got)
	}
}

func TestWanted_WhatIsShownGoesOnUntilTheViewerHasSteppedDown(t *testing.T) {
	b, now := newBench(1, false), time.Now()
	d := b.downs[0]
	b.flows(now, 0, 1, 2)
	d.mu.Lock()
	d.show(b.cam.layers[2].Load())
	d.mu.Unlock()
	d.limit(0)
	if got := b.wants(&now, 3*sleepAfter, 0, 1, 2); !slices.Equal(got, []string{"q", "f"}) {
		t.Errorf("%v while no keyframe of the lowest has come", got)
	}
	d.mu.Lock()
	d.show(b.cam.layers[0].Load())
	d.mu.Unlock()
	if got := b.wants(&now, sleepAfter+tickEvery, 0, 1, 2); !slices.Equal(got, []string{"q"}) {
		t.Errorf("%v after it", got)
	}
}

func TestWanted_WhatSleepsIsPlannedWithWhatItTook(t *testing.T) {
	v := newViewing(2, 150_000, 500_000, 1_500_000)
	asleep := func(flowing int) {
		for _, u := range v.cams {
			for r := range u.layers {
				if r > flowing {
					u.layers[r].Load().last.clear()
				}
			}
		}
	}
	// Both sleep but for the lowest, as after a long time in small tiles.
	for _, u := range v.cams {
		u.wanted.now.Store(1)
	}
	for _, d := range v.downs {
		d.limit(2)
	}
	v.flow()
	asleep(0)
	v.now = v.now.Add(allocateEvery)
	v.a.look(v.now)
	for i := range v.a.shares {
		if got, want := v.a.shares[i].stake.rates, [maxRids]int{150_000, 500_000, 1_500_000}; got != want {
			t.Errorf("a sleeper's rates are %v, want %v", got, want)
		}
	}
	// A line for one of them in the middle does not wake more than that.
	v.a.decide(700_000, v.now)
	if got := v.ranks(); !slices.Equal(got, []int{1, 0}) {
		t.Fatalf("ranks %v", got)
	}
	v.cams[0].lookWanted(v.now)
	if got := v.cams[0].names(v.cams[0].wanted.now.Load()); !slices.Equal(got, []string{"q", "h"}) {
		t.Errorf("woken: %v", got)
	}
	if got := v.cams[0].peer.camera(v.now).Missing; got != 0 {
		t.Errorf("%d layers are missing that were asked for just now", got)
	}
	// It does not come: it is not to be had, and costs nothing.
	v.now = v.now.Add(wakesWithin + time.Second)
	v.flow()
	asleep(0)
	v.a.look(v.now)
	if got := v.cams[0].peer.camera(v.now).Missing; got != 1 {
		t.Errorf("%d layers are missing when one does not come", got)
	}
	if got := v.a.shares[0].stake.rates[1]; got != 150_000 {
		t.Errorf("what does not come is planned with %d", got)
	}
}

func TestWanted_AScreenAndASenderWithoutLayersAreLeftAlone(t *testing.T) {
	b, now := newBench(0, false), time.Now()
	screen := b.p.upBySource(Screen)
	for range 100 {
		now = now.Add(tickEvery)
		screen.lookWanted(now)
	}
	if screen.outdated(now) || !screen.wanted.has(0) {
		t.Error("a screen is told to stop")
	}
}

// obeys makes a client send what its Observer hears is wanted.
func (h *house) obeys(g *guest) {
	done := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		told := ""
		for {
			select {
			case <-done:
				return
			case <-time.After(10 * time.Millisecond):
			}
			if last := g.heard.last("wanted camera"); last != told {
				told = last
				rids := strings.Trim(strings.TrimPrefix(last, "wanted camera "), "[]")
				g.SetLayers("camera", strings.Fields(rids)...)
			}
		}
	}()
	h.t.Cleanup(func() { close(done); <-stopped })
}

func TestWanted_RealPeersSleepAndWakeWithoutABreak(t *testing.T) {
	h := newHouse(t)
	a, b := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2})
	h.obeys(a)
	small := pair(0, a)
	small.Ceiling = CeilingLow
	h.e.Bind(b.id, small)
	h.on(a, Microphone, Camera)
	h.sees(b, 0, a)
	wanted := func(what string) {
		t.Helper()
		h.wait(what, func() bool { return a.heard.last("wanted camera") == "wanted camera ["+what+"]" })
	}
	wanted("q")
	sent := func() (n [3]int) {
		for i, rid := range []string{"q", "h", "f"} {
			n[i] = a.SentLayer("camera", rid).Packets
		}
		return n
	}
	time.Sleep(100 * time.Millisecond) // until it has obeyed
	before := sent()
	time.Sleep(700 * time.Millisecond)
	after := sent()
	if after[0] <= before[0] || after[1] != before[1] || after[2] != before[2] {
		t.Errorf("packets by layer: %v, then %v; want the lowest alone", before, after)
	}
	if truth, _ := h.e.Truth(b.id); len(truth.Unfed) > 0 {
		t.Errorf("unfed: %v", truth.Unfed)
	}
	large := pair(0, a)
	large.Ceiling = CeilingHigh
	start := time.Now()
	h.e.Bind(b.id, large)
	wanted("q f")
	h.wait("the highest layer", func() bool {
		s, _ := h.e.Stats(b.id)
		return slices.ContainsFunc(s.Down, func(d DownStats) bool { return d.Slot == 0 && d.Layer == "f" })
	})
	t.Logf("the highest layer is shown %v after it was asked for", time.Since(start))
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("the highest layer came after %v", took)
	}
	h.rules(b, 0)
	if news := a.heard.all(); slices.Contains(news, fmt.Sprintf("%s false", Camera)) {
		t.Errorf("a camera that sleeps is told to have stopped: %v", news)
	}
}
