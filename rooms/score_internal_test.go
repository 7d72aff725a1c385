package rooms

import (
	"math"
	"testing"
	"time"

	"sangdam/rooms/sfu"
)

// The curve for those who take delay most seriously (sT 1, mT 100 ms) is the one
// that G.107 gives values for; ours is the same with other constants.
func TestScore_TheEModelIsTheStandards(t *testing.T) {
	for r, want := range map[float64]float64{0: 1, 50: 2.575, 60: 3.1, 70: 3.597, 80: 4.024, 90: 4.339, 93.2: 4.409, 100: 4.5} {
		if got := opinion(r); math.Abs(got-want) > 0.001 {
			t.Errorf("R of %v: %.3f, want %.3f", r, got, want)
		}
	}
	for share, want := range map[float64]float64{0: 0, 0.01: 8.636, 0.02: 15.833, 0.1: 47.5, 1: 86.36} {
		if got := lossImpairment(share); math.Abs(got-want) > 0.01 {
			t.Errorf("%v lost: %.2f, want %.2f", share, got, want)
		}
	}
	before := 0.0
	for ms := range 2000 {
		got := delayImpairment(time.Duration(ms) * time.Millisecond)
		if ms <= 150 && got != 0 || got < before || ms > 160 && got == before {
			t.Fatalf("%d ms take %.3f off, after %.3f", ms, got, before)
		}
		before = got
	}
	if before > 70 {
		t.Errorf("two seconds take %.1f off: nothing is left", before)
	}
}

// R70.
func TestScore_DistanceIsNoFaultAndLossIs(t *testing.T) {
	picture := func(layer string, missing, rate int) sfu.Picture {
		return sfu.Picture{Layer: layer, Missing: missing, Rate: rate}
	}
	told := func(c ClientVitals) ClientVitals {
		c.Microphone = "ok"
		return c
	}
	for name, tt := range map[string]struct {
		change   func(e *evidence)
		up, down Quality
	}{
		"next door":                      {func(e *evidence) { e.truth.RoundTrip = 5 * time.Millisecond }, QualityGood, QualityGood},
		"300 ms away and nothing lost":   {func(e *evidence) { e.truth.RoundTrip = 300 * time.Millisecond }, QualityGood, QualityGood},
		"420 ms away and nothing lost":   {func(e *evidence) { e.truth.RoundTrip = 420 * time.Millisecond }, QualityGood, QualityGood},
		"a second away":                  {func(e *evidence) { e.truth.RoundTrip = time.Second }, QualityFair, QualityFair},
		"1 % of the voice made up":       {func(e *evidence) { e.client = told(ClientVitals{Concealed: 0.01}) }, QualityGood, QualityGood},
		"2 % of the voice made up":       {func(e *evidence) { e.client = told(ClientVitals{Concealed: 0.02}) }, QualityGood, QualityFair},
		"7 % of the voice made up":       {func(e *evidence) { e.client = told(ClientVitals{Concealed: 0.07}) }, QualityGood, QualityPoor},
		"a tenth is lost and repaired":   {func(e *evidence) { e.truth.LossUp, e.truth.LossDown, e.client = 0.1, 0.1, told(ClientVitals{}) }, QualityGood, QualityGood},
		"lost, and nobody says repaired": {func(e *evidence) { e.truth.LossDown = 0.1 }, QualityGood, QualityPoor},
		"its voice has gaps":             {func(e *evidence) { e.truth.Gaps = 0.03 }, QualityFair, QualityGood},
		"half of its voice is missing":   {func(e *evidence) { e.truth.Gaps = 0.5 }, QualityPoor, QualityGood},
		"far, and a little is lost": {func(e *evidence) {
			e.truth.RoundTrip, e.client = 300*time.Millisecond, told(ClientVitals{Concealed: 0.005})
		}, QualityGood, QualityGood},
		"a picture stands 1 % of the time":   {func(e *evidence) { e.client = told(ClientVitals{Frozen: 0.01}) }, QualityGood, QualityGood},
		"a picture stands 5 % of the time":   {func(e *evidence) { e.client = told(ClientVitals{Frozen: 0.05}) }, QualityGood, QualityFair},
		"a picture stands a third of it":     {func(e *evidence) { e.client = told(ClientVitals{Frozen: 0.33}) }, QualityGood, QualityPoor},
		"on a page that is out of sight":     {func(e *evidence) { e.client = told(ClientVitals{Frozen: 1, Hidden: true}) }, QualityGood, QualityGood},
		"one layer less than wanted":         {func(e *evidence) { e.truth.Shown = picture("h", 1, 30) }, QualityGood, QualityGood},
		"two layers less":                    {func(e *evidence) { e.truth.Shown = picture("q", 2, 30) }, QualityGood, QualityFair},
		"a line that is not known yet":       {func(e *evidence) { e.here, e.truth.Shown = 3*time.Second, picture("q", 2, 30) }, QualityGood, QualityGood},
		"its own camera sends two less":      {func(e *evidence) { e.truth.Camera = picture("q", 2, 30) }, QualityFair, QualityGood},
		"fifteen pictures a second":          {func(e *evidence) { e.truth.Camera = picture("f", 0, 15) }, QualityGood, QualityGood},
		"five pictures a second":             {func(e *evidence) { e.truth.Camera = picture("f", 0, 5) }, QualityFair, QualityGood},
		"its camera rests for its voice":     {func(e *evidence) { e.rests = true }, QualityFair, QualityGood},
		"pictures are paused for the voices": {func(e *evidence) { e.truth.Paused = []int{0} }, QualityGood, QualityFair},
	} {
		e := well()
		tt.change(&e)
		v := judge(e)
		if up, down := qualityOf(v.ScoreUp), qualityOf(v.ScoreDown); up != tt.up || down != tt.down || v.ScoreUp == 0 || v.ScoreDown == 0 {
			t.Errorf("%s: up %v %s, down %v %s; want %s, %s", name, v.ScoreUp, up, v.ScoreDown, down, tt.up, tt.down)
		}
	}
}

func TestScore_OfNothingIsNone(t *testing.T) {
	e := well()
	e.micOn, e.micIn, e.camOn, e.others, e.truth.Camera = false, false, false, false, sfu.Picture{}
	if v := judge(e); v.ScoreUp != 0 || v.ScoreDown != 0 || v.Quality != QualityGood {
		t.Errorf("alone and muted: %v, %v, %s", v.ScoreUp, v.ScoreDown, v.Quality)
	}
	e = well()
	e.known = false
	if v := judge(e); v.ScoreUp != 0 || v.ScoreDown != 0 {
		t.Errorf("without media: %v, %v", v.ScoreUp, v.ScoreDown)
	}
}

func TestScore_NeverLeavesItsScale(t *testing.T) {
	for _, delay := range []time.Duration{0, time.Second, time.Hour} {
		for _, share := range []float64{-1, 0, 0.3, 1, 9, math.Inf(1)} {
			for missing := range 3 {
				for _, rate := range []int{0, 1, 30, 240} {
					sound := soundScore(delay, share)
					sees := pictureScore(sight{frozen: share, missing: missing, rate: rate})
					if !(sound >= 1 && sound <= 5) || !(sees >= leastPicture && sees <= 5) {
						t.Fatalf("%v, %v, %d, %d: sound %v, picture %v", delay, share, missing, rate, sound, sees)
					}
				}
			}
		}
	}
}

func TestVitals_CoarseNumbersStandStill(t *testing.T) {
	for in, want := range map[int]int{0: 0, 1: 1, 9: 5, 10: 10, 49: 20, 99: 50, 199: 100, 200: 200, 1999: 1000, 12345: 10000} {
		if got := coarse(in); got != want {
			t.Errorf("%d kbit/s are told as %d, want %d", in, got, want)
		}
	}
	for in, want := range map[int]int{-1: 0, 0: 0, 1: 1, 3: 5, 24: 25, 30: 30} {
		if got := fives(in); got != want {
			t.Errorf("%d pictures a second are told as %d, want %d", in, got, want)
		}
	}
}
