package crosstalk

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// listen feeds a guard for a while, once a second, and returns what it told at
// the end and how long it took until it first told something; 0 for never.
func (h *hall) listen(g *Guard, d time.Duration) (told []Pair, after time.Duration) {
	for t := time.Second; t <= d; t += time.Second {
		h.run(time.Second)
		if told = g.Feed(h.now, h.heard()); len(told) > 0 && after == 0 {
			after = t
		}
	}
	return told, after
}

// leaky is a hall in which A, who listens, hears the voice of B, who speaks.
func leaky(seed uint64, noise float64) *hall {
	h := newHall(seed, 2)
	h.voices[0].share, h.voices[1].share = 0, 1
	h.mics[0].floor = h.voices[1].loud - 15 - noise
	h.run(9 * time.Second)
	h.leaks = []leak{{from: 1, to: 0, gain: -15, delay: h.rng.IntN(25) - 12}}
	return h
}

func TestGuard_FindsALeakInFifteenSeconds(t *testing.T) {
	for _, noise := range []float64{14, 20} { // dB from the leak down to the noise
		const halls = 150
		found := 0
		for seed := range uint64(halls) {
			h := leaky(seed, noise)
			told, _ := h.listen(New(), 15*time.Second)
			if len(told) > 1 || len(told) == 1 && (told[0].Hears != "A" || told[0].Heard != "B") {
				t.Fatalf("seed %d: told %v, want A hears B", seed, told)
			}
			found += len(told)
		}
		t.Logf("leak of −15 dB, %v dB above the noise: %d of %d halls", noise, found, halls)
		if found*100 < halls*95 {
			t.Errorf("%v dB above the noise: found in %d of %d halls, want 95 %%", noise, found, halls)
		}
	}
}

func TestGuard_SaysHowMuchQuieterAndSinceWhen(t *testing.T) {
	h := leaky(3, 20)
	start := h.now
	told, after := h.listen(New(), 25*time.Second)
	if len(told) != 1 || told[0].Attenuation < 13 || told[0].Attenuation > 17 {
		t.Fatalf("told %v, want about 15 dB", told)
	}
	if p := told[0]; p.Since.Before(start) || !p.Since.Before(start.Add(after)) || p.Last.Before(start.Add(after)) {
		t.Errorf("since %v until %v, told after %v from %v", p.Since, p.Last, after, start)
	}
}

func TestGuard_FindsALeakIntoABoothThatSpeaksItself(t *testing.T) {
	found := 0
	const halls = 60
	for seed := range uint64(halls) {
		h := leaky(seed, 20)
		h.voices[0].share = 0.4
		if _, after := h.listen(New(), 90*time.Second); after > 0 {
			found++
		}
	}
	if found*100 < halls*95 {
		t.Errorf("found in %d of %d halls within 90 s", found, halls)
	}
}

// 40 booths are 780 pairs: with one false alarm in 1,000 pair-minutes the wall
// would cry wolf every other minute. All talk most of the time, which is the
// worst case. (49,400 pair-minutes had three.)
func TestGuard_NoFalseAlarm(t *testing.T) {
	t.Parallel()
	const booths, minutes, limit = 26, 3, 2.0
	alarms, watched := 0, 0.0
	for seed := range uint64(5) {
		h, g := newHall(100+seed, booths), New()
		since := make(map[link]time.Time)
		for range minutes * 60 {
			told, _ := h.listen(g, time.Second)
			for _, p := range told {
				if l := (link{p.Hears, p.Heard}); since[l] != p.Since {
					since[l] = p.Since
					alarms++
				}
			}
		}
		watched += booths * (booths - 1) / 2 * minutes
	}
	t.Logf("%d false alarms in %.0f pair-minutes", alarms, watched)
	if float64(alarms) > watched/1000/limit {
		t.Errorf("%d false alarms in %.0f pair-minutes", alarms, watched)
	}
}

func TestGuard_TakesBackTwentySecondsAfterTheLastEvidence(t *testing.T) {
	h, g := leaky(1, 20), New()
	told, _ := h.listen(g, 20*time.Second)
	if len(told) != 1 {
		t.Fatalf("told %v", told)
	}
	h.leaks = nil
	for {
		was := told
		if told, _ = h.listen(g, time.Second); len(told) == 0 {
			if quiet := h.now.Sub(was[0].Last); quiet <= Patience || quiet > Patience+time.Second {
				t.Errorf("taken back %v after the last evidence", quiet)
			}
			return
		}
		if h.now.Sub(told[0].Last) > Patience {
			t.Fatalf("still told at %v: %v", h.now, told)
		}
	}
}

func TestGuard_TwoWhoHearAThirdDoNotHearEachOther(t *testing.T) {
	both, wrong := 0, 0
	for seed := range uint64(20) {
		h := newHall(seed, 3)
		h.voices[0].share, h.voices[1].share, h.voices[2].share, h.voices[2].loud = 0, 0, 1, -22
		h.mics[0].floor, h.mics[1].floor = -65, -65
		h.leaks = []leak{{from: 2, to: 0, gain: -12}, {from: 2, to: 1, gain: -24}}
		h.run(9 * time.Second)
		told, _ := h.listen(New(), 20*time.Second)
		for _, p := range told {
			if p.Heard != "C" {
				wrong++
			}
		}
		if len(told) == 2 {
			both++
		}
	}
	if wrong > 0 || both < 18 {
		t.Errorf("%d of 20 halls told that A and B hear C, %d pairs were others", both, wrong)
	}
}

func TestGuard_EachHearsTheOtherWhenBothWaysLeak(t *testing.T) {
	h, g := newHall(5, 2), New()
	for i := range h.voices {
		h.voices[i].share, h.voices[i].loud, h.mics[i].floor = 0.5, -24, -65
	}
	h.leaks = []leak{{from: 0, to: 1, gain: -15}, {from: 1, to: 0, gain: -15}}
	seen := make(map[string]bool)
	for range 120 {
		told, _ := h.listen(g, time.Second)
		for _, p := range told {
			seen[p.Hears] = true
		}
	}
	if !seen["A"] || !seen["B"] {
		t.Errorf("told %v", seen)
	}
}

func TestGuard_DirectionIsByLoudness(t *testing.T) {
	// The one who speaks never hears the one in whose microphone it leaks.
	for seed := range uint64(50) {
		h := leaky(200+seed, 20)
		told, _ := h.listen(New(), 30*time.Second)
		for _, p := range told {
			if p.Hears != "A" {
				t.Errorf("seed %d: %v", seed, p)
			}
		}
	}
}

func TestGuard_MicrophonesThatEndApartAreAligned(t *testing.T) {
	h, g := leaky(1, 20), New()
	for range 20 {
		h.run(time.Second)
		ms := h.heard()
		// B was read a moment later: it has a step that A has not, yet.
		h.run(Step)
		later := h.heard()[1]
		later.Steps = later.Steps[1:]
		ms[1] = later
		if told := g.Feed(h.now, ms); len(told) == 1 {
			return
		}
	}
	t.Error("nothing was found")
}

func TestGuard_ShortOldAndDoubleMicrophonesAreLeftOut(t *testing.T) {
	h := leaky(1, 20)
	h.run(5 * time.Second)
	ms := h.heard()
	short, old := ms[1], ms[1]
	short.Steps = short.Steps[:needed-1]
	old.End = old.End.Add(-2 * stale)
	for name, m := range map[string][]Mic{"short": {ms[0], short}, "old": {ms[0], old}, "double": {ms[0], {Booth: "A", End: ms[1].End, Steps: ms[1].Steps}}} {
		if n := len(align(m)); n != 1 {
			t.Errorf("%s: %d microphones are compared, want 1", name, n)
		}
	}
}

func TestGuard_SilenceIsNobodysVoice(t *testing.T) {
	h, g := leaky(1, 20), New()
	for range 30 {
		h.run(time.Second)
		ms := h.heard()
		ms[0].Steps = slices.Repeat([]uint8{127}, keptSteps)
		if told := g.Feed(h.now, ms); len(told) > 0 {
			t.Fatalf("told %v of a muted microphone", told)
		}
	}
}

func TestGuard_AClockThatIsPutBackForgets(t *testing.T) {
	h, g := leaky(1, 20), New()
	if told, _ := h.listen(g, 20*time.Second); len(told) != 1 {
		t.Fatalf("told %v", told)
	}
	h.now = h.now.Add(-time.Hour)
	if told, _ := h.listen(g, time.Second); len(told) != 0 {
		t.Errorf("told %v of the future", told)
	}
	if told, _ := h.listen(g, 20*time.Second); len(told) != 1 {
		t.Errorf("told %v after a while", told)
	}
}

func TestGuard_AnyStepsAreTaken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, now := New(), time.Unix(1700000000, 0)
		for range rapid.IntRange(1, 4).Draw(t, "rounds") {
			now = now.Add(time.Duration(rapid.Int64Range(-5e9, 30e9).Draw(t, "passes")))
			var ms []Mic
			for range rapid.IntRange(0, 5).Draw(t, "mics") {
				ms = append(ms, Mic{
					Booth: rapid.SampledFrom([]string{"", "A", "B", "C"}).Draw(t, "booth"),
					End:   now.Add(time.Duration(rapid.Int64Range(-3e9, 1e9).Draw(t, "end"))),
					Steps: rapid.SliceOfN(rapid.Uint8(), 0, 120).Draw(t, "steps"),
				})
			}
			for _, p := range g.Feed(now, ms) {
				if p.Hears == p.Heard {
					t.Fatalf("%v", p)
				}
			}
		}
	})
}

func TestGuard_ForgetsWhatWasNeverEnough(t *testing.T) {
	h, g := newHall(9, 20), New()
	h.listen(g, 90*time.Second)
	g.Feed(h.now.Add(time.Hour), nil)
	if n := len(g.trails); n != 0 {
		t.Errorf("%d trails are remembered an hour later", n)
	}
}

func BenchmarkFeed_FortyBooths(b *testing.B) {
	h := newHall(1, 40)
	for i := range h.voices {
		h.voices[i].share = 1 // all talk at once: nothing is left out
		h.mics[i].floor = -65
	}
	h.run(20 * time.Second)
	ms := h.heard()
	g := New()
	b.ReportAllocs()
	for b.Loop() {
		g.Feed(h.now, ms)
	}
}
