package load

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func plan() Plan {
	return Plan{Rooms: 2, People: 2, Profile: Simulcast, Rate: 1, Ramp: 20, Window: time.Second, Seed: 1}
}

func TestPlan_WhatNoCrowdCanBeMadeOfIsRefused(t *testing.T) {
	if err := plan().Check(); err != nil {
		t.Fatal(err)
	}
	for word, change := range map[string]func(*Plan){
		"rooms":    func(p *Plan) { p.Rooms = 0 },
		"people":   func(p *Plan) { p.People = 9 },
		"rate":     func(p *Plan) { p.Rate = 0 },
		"ramp":     func(p *Plan) { p.Ramp = 21 },
		"loss up":  func(p *Plan) { p.LossUp = 1 },
		"changes":  func(p *Plan) { p.Changes = -1 },
		"duration": func(p *Plan) { p.Window = 0 },
		"profile":  func(p *Plan) { p.Profile = "hologram" },
	} {
		p := plan()
		change(&p)
		if err := p.Check(); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%s: %v", word, err)
		}
	}
}

func TestPlan_OneOfARoomShowsItsScreen(t *testing.T) {
	p := plan()
	p.Profile = Screen
	if got := p.sources(0); !slices.Contains(got, screen) {
		t.Errorf("the firm publishes %v", got)
	}
	if got := p.sources(1); slices.Contains(got, screen) {
		t.Errorf("the buyer publishes %v", got)
	}
	p.Profile = Audio
	if got := p.sources(0); !slices.Equal(got, []string{microphone}) {
		t.Errorf("audio alone is %v", got)
	}
}

func TestSearch_FindsWhatIsCarriedWithinATenth(t *testing.T) {
	for _, holds := range []int{0, 1, 9, 10, 11, 37, 64, 150, 199, 200, 500} {
		s := search{most: 200}
		tries := 0
		for {
			n, more := s.next(10)
			if !more {
				break
			}
			if tries++; tries > 20 || n < 1 || n > 200 {
				t.Fatalf("a machine that holds %d: try %d is %d", holds, tries, n)
			}
			s.tried(n, n <= holds)
		}
		want := min(holds, 200)
		if s.carried > want || s.carried < want-max(want/8, 1) {
			t.Errorf("a machine that holds %d carried %d, and not %d", holds, s.carried, s.tooMany)
		}
		if holds >= 200 && s.tooMany != 0 {
			t.Errorf("a machine that holds %d did not carry %d", holds, s.tooMany)
		}
	}
}

func TestHistogram_QuantilesAreAtMostASixteenthMore(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var h Histogram
		var all []time.Duration
		for range 1 + rng.IntN(500) {
			d := time.Duration(rng.ExpFloat64() * float64(time.Duration(1)<<(10+rng.IntN(24))))
			all = append(all, d)
			h.Add(d)
		}
		slices.Sort(all)
		for _, q := range []float64{0, 0.5, 0.9, 0.99, 1} {
			is := all[min(int(q*float64(len(all))), len(all)-1)]
			got := h.Quantile(q)
			least := all[max(min(int(q*float64(len(all))), len(all)-1)-1, 0)]
			if got < least || got > is+is/16+time.Microsecond {
				t.Fatalf("quantile %v of %d is %v, told as %v", q, len(all), is, got)
			}
		}
		if h.Max() != all[len(all)-1] || h.Count() != uint64(len(all)) {
			t.Fatalf("the longest of %d is %v, told as %v of %d", len(all), all[len(all)-1], h.Max(), h.Count())
		}
	}
}

func TestHistogram_ADifferenceIsWhatWasAddedSince(t *testing.T) {
	var h Histogram
	h.Add(time.Second)
	before := h
	for range 100 {
		h.Add(2 * time.Millisecond)
	}
	h.less(&before)
	if got := h.Quantile(0.99); h.Count() != 100 || got < 2*time.Millisecond || got > 2200*time.Microsecond {
		t.Errorf("%d, p99 %v", h.Count(), got)
	}
	if h.Max() > 2200*time.Microsecond {
		t.Errorf("the longest since is told as %v", h.Max())
	}
	var none Histogram
	none.less(&none)
	if none.Quantile(0.5) != 0 || none.Max() != 0 {
		t.Error("nothing has a time")
	}
}

func TestBucketOf_EachHasItsOwnUpperEnd(t *testing.T) {
	last := -1
	for us := range 1 << 20 {
		d := time.Duration(us) * time.Microsecond
		i := bucketOf(d)
		if i < last || i > last+1 {
			t.Fatalf("%v is in %d behind %d", d, i, last)
		}
		if d >= upperOf(i) || i > 0 && d < upperOf(i-1) {
			t.Fatalf("%v is in %d, which ends at %v", d, i, upperOf(i))
		}
		last = i
	}
	if bucketOf(time.Hour) != buckets-1 || bucketOf(-time.Second) != 0 {
		t.Error("beyond the ends is not at the ends")
	}
}

func TestTraffic_LessTakesTheEarlierAway(t *testing.T) {
	was := &Traffic{Sent: 10, SentBytes: 1000, Received: 8, ReceivedBytes: 800, Recovered: 1, Lost: 2}
	is := new(Traffic)
	is.add(was)
	is.add(&Traffic{Sent: 5, SentBytes: 500, Received: 6, ReceivedBytes: 600, Recovered: 2, Lost: -1}) // a late one came
	got := is.Less(was)
	want := &Traffic{Sent: 5, SentBytes: 500, Received: 6, ReceivedBytes: 600, Recovered: 2}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(Histogram{})); diff != "" {
		t.Error(diff)
	}
}

func TestDraw_FollowsTheWeights(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	all := changes()
	sum := 0
	for _, c := range all {
		sum += c.weight
	}
	seen := map[string]int{}
	const n = 20000
	for range n {
		seen[draw(all, rng).name]++
	}
	for _, c := range all {
		want := n * c.weight / sum
		if got := seen[c.name]; got < want*8/10 || got > want*12/10 {
			t.Errorf("%s: %d of %d, want about %d", c.name, got, n, want)
		}
	}
}
