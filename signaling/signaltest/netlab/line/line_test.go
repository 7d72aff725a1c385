package line

import (
	"math"
	"slices"
	"testing"
	"time"
)

// sent is what became of a stream of packets.
type sent struct {
	at, arrived []time.Duration // of those that arrived, in order of sending
	lost        []int           // indices
	twice       int
}

// stream sends n packets of a size at even times.
func stream(l *Line, n int, every time.Duration, bytes int) sent {
	var s sent
	for i := range n {
		at := time.Duration(i) * every
		arrives, again, ok := l.Send(at, bytes)
		if !ok {
			s.lost = append(s.lost, i)
			continue
		}
		if again != 0 {
			s.twice++
		}
		s.at = append(s.at, at)
		s.arrived = append(s.arrived, arrives)
	}
	return s
}

func (s sent) delays() []time.Duration {
	d := make([]time.Duration, len(s.at))
	for i := range d {
		d[i] = s.arrived[i] - s.at[i]
	}
	slices.Sort(d)
	return d
}

func percentile(sorted []time.Duration, p float64) time.Duration {
	return sorted[min(len(sorted)-1, int(p*float64(len(sorted))))]
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s: %.4f, want %.4f ± %.4f", what, got, want, tolerance)
	}
}

func TestLine_PerfectUntilSet(t *testing.T) {
	s := stream(New(1), 1000, time.Millisecond, 1200)
	if len(s.lost) != 0 || percentile(s.delays(), 1) != 0 {
		t.Errorf("lost %d, delayed by up to %v", len(s.lost), percentile(s.delays(), 1))
	}
}

func TestLine_LosesTheShareItWasTold(t *testing.T) {
	for _, share := range []float64{0.01, 0.05, 0.10} {
		l := New(2)
		l.Set(Quality{Loss: Loss{Share: share}})
		s := stream(l, 200_000, time.Millisecond, 200)
		near(t, "share lost", float64(len(s.lost))/200_000, share, share/20)
		if c := l.Counters(); c.Lost != len(s.lost) || c.Packets != 200_000 || c.Gone != 200_000-c.Lost {
			t.Errorf("counters %+v, lost %d", c, len(s.lost))
		}
	}
}

func TestLine_BurstsHaveTheirLengthAndShare(t *testing.T) {
	l := New(3)
	l.Set(Quality{Loss: Loss{Share: 0.05, Burst: 200 * time.Millisecond}})
	const n = 4_000_000 // more than an hour
	s := stream(l, n, time.Millisecond, 200)
	near(t, "share lost", float64(len(s.lost))/n, 0.05, 0.005)
	bursts := 0
	for i, at := range s.lost {
		if i == 0 || at != s.lost[i-1]+1 {
			bursts++
		}
	}
	near(t, "mean burst in ms", float64(len(s.lost))/float64(bursts), 200, 20)
}

func TestLine_BurstsAreTheSameForSparsePackets(t *testing.T) {
	l := New(3)
	l.Set(Quality{Loss: Loss{Share: 0.05, Burst: 200 * time.Millisecond}})
	s := stream(l, 200_000, 20*time.Millisecond, 100)
	near(t, "share lost", float64(len(s.lost))/200_000, 0.05, 0.005)
}

func TestLine_RateIsKeptAndTheQueueFillsToItsBytes(t *testing.T) {
	l := New(4)
	// 250 ms of queue; twice as much is sent as fits.
	l.Set(Quality{Rate: 300_000, Queue: 300_000 / 8 / 4, Delay: 125 * time.Millisecond})
	s := stream(l, 10_000, 16*time.Millisecond, 1200)
	seconds := (s.arrived[len(s.arrived)-1] - s.arrived[0]).Seconds()
	near(t, "bit/s", float64(len(s.arrived)*1200*8)/seconds, 300_000, 3000)
	d := s.delays()
	near(t, "longest delay in ms", float64(percentile(d, 1).Milliseconds()), 125+250, 33)
	if got := l.Counters().Overflowed; got != len(s.lost) || got < 4900 {
		t.Errorf("%d overflowed, %d lost", got, len(s.lost))
	}
}

func TestLine_QueueEmptiesWhenItRests(t *testing.T) {
	l := New(4)
	l.Set(Quality{Rate: 300_000, Queue: 10_000})
	stream(l, 100, time.Millisecond, 1200)
	arrives, _, ok := l.Send(time.Minute, 1200)
	if want := time.Minute + 32*time.Millisecond; !ok || arrives != want {
		t.Errorf("arrives %v %v, want %v", arrives, ok, want)
	}
}

func TestLine_DelayAndJitter(t *testing.T) {
	l := New(5)
	l.Set(Quality{Delay: 125 * time.Millisecond, Jitter: 60 * time.Millisecond})
	s := stream(l, 50_000, 100*time.Millisecond, 200) // far apart: nothing waits for the one before
	d := s.delays()
	for p, want := range map[float64]float64{0: 125, 0.5: 155, 0.95: 182, 1: 185} {
		near(t, "delay percentile in ms", percentile(d, p).Seconds()*1000, want, 1)
	}
	dense := New(5)
	dense.Set(l.Quality())
	if s := stream(dense, 50_000, time.Millisecond, 200); !slices.IsSorted(s.arrived) {
		t.Error("jitter alone reorders")
	}
}

func TestLine_ReordersAndDuplicatesTheShareItWasTold(t *testing.T) {
	l := New(6)
	l.Set(Quality{Delay: time.Millisecond, Reorder: 0.01, Duplicate: 0.02})
	s := stream(l, 100_000, time.Millisecond, 200)
	overtaken := 0
	for i := range len(s.arrived) - 1 {
		if s.arrived[i] > s.arrived[i+1] {
			overtaken++
		}
	}
	near(t, "share overtaken", float64(overtaken)/100_000, 0.01, 0.002)
	near(t, "share twice", float64(s.twice)/100_000, 0.02, 0.002)
}

func TestLine_NothingPassesWhileDown(t *testing.T) {
	l := New(7)
	l.Set(Quality{Down: true})
	if s := stream(l, 100, time.Millisecond, 200); len(s.arrived) != 0 {
		t.Errorf("%d passed", len(s.arrived))
	}
	l.Set(Quality{})
	if _, _, ok := l.Send(time.Second, 200); !ok {
		t.Error("still down")
	}
}

func TestLine_SameSeedDoesTheSame(t *testing.T) {
	run := func(seed uint64) sent {
		l := New(seed)
		l.Set(Quality{Delay: time.Millisecond, Jitter: time.Millisecond, Reorder: 0.1, Loss: Loss{Share: 0.1, Burst: 10 * time.Millisecond}})
		return stream(l, 10_000, time.Millisecond, 200)
	}
	a, b, other := run(8), run(8), run(9)
	if !slices.Equal(a.arrived, b.arrived) || !slices.Equal(a.lost, b.lost) {
		t.Error("the same seed lost or delayed others")
	}
	if slices.Equal(a.lost, other.lost) {
		t.Error("another seed lost the same")
	}
}
