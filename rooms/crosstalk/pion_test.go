package crosstalk

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sangdam/rooms/sfu"
	"sangdam/rooms/sfu/sfutest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type nobody struct{}

func (nobody) PeerState(sfu.PeerID, sfu.State)         {}
func (nobody) SourceFlow(sfu.PeerID, sfu.Source, bool) {}
func (nobody) Paused(sfu.PeerID, []int)                {}
func (nobody) Holds(sfu.PeerID, []time.Duration)       {}
func (nobody) Wanted(sfu.PeerID, sfu.Source, []string) {}
func (nobody) Speaks(sfu.PeerID, bool)                 {}

// TestGuard_HearsALeakBetweenRealPeers goes the whole way: browsers' audio level
// headers, the media plane, who hears whom. It takes the 15 s that it takes.
func TestGuard_HearsALeakBetweenRealPeers(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	e, err := sfu.New(sfu.Config{UDP: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	if Step != sfu.LevelStep || sfu.LevelSteps < needed {
		t.Fatalf("%d steps of %v are not enough", sfu.LevelSteps, sfu.LevelStep)
	}

	// 6 listens to its buyer, 7 talks beside it, 8 talks far away.
	const packets = 50 * 30
	rng := rand.New(rand.NewPCG(4, 2))
	loud := func(v *voice, floor float64) []float64 {
		out := make([]float64, packets)
		for i := range out {
			out[i] = max(floor+rng.NormFloat64(), v.next())
		}
		return out
	}
	seven := loud(&voice{rng: rng, loud: -24, share: 1}, -65)
	eight := loud(&voice{rng: rng, loud: -26, share: 1}, -62)
	six := make([]float64, packets)
	for i := range six {
		six[i] = max(-60+rng.NormFloat64(), seven[max(0, i-3)]-15)
	}
	peers := make(map[string]sfu.PeerID)
	start := time.Now() // of what all three hear
	for i, b := range []struct {
		booth string
		loud  []float64
	}{{"6", six}, {"7", seven}, {"8", eight}} {
		c, err := sfutest.New(sfutest.Options{ID: uint32(6 + i)})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		offer, err := c.Offer()
		if err != nil {
			t.Fatal(err)
		}
		id, answer, err := e.Open(ctx, sfu.Offer{Profile: sfu.ProfileRoom, SDP: offer}, nobody{})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Answer(answer); err != nil {
			t.Fatal(err)
		}
		if err := c.Connected(ctx); err != nil {
			t.Fatal(err)
		}
		peers[b.booth] = id
		e.Allow(id, sfu.Microphone, true)
		c.SetLevel(sfutest.Microphone, func(time.Duration) int {
			return int(-b.loud[min(packets-1, int(time.Since(start)/(20*time.Millisecond)))] + 0.5)
		})
		c.Send(sfutest.Microphone, true)
	}
	g := New()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			t.Fatal("nothing was found")
		case <-tick.C:
		}
		var mics []Mic
		for _, booth := range []string{"6", "7", "8"} {
			l := e.Levels(peers[booth])
			mics = append(mics, Mic{Booth: booth, End: l.End, Steps: l.Steps})
		}
		told := g.Feed(time.Now(), mics)
		if len(told) == 0 {
			continue
		}
		if p := told[0]; len(told) != 1 || p.Hears != "6" || p.Heard != "7" || p.Attenuation < 12 || p.Attenuation > 18 {
			t.Errorf("told %v", told)
		}
		t.Logf("told %v after %v", told, time.Since(start).Round(time.Second))
		return
	}
}
