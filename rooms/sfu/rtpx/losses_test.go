package rtpx

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pion/rtcp"
	"pgregory.net/rapid"
)

func ms(n int) time.Time { return epoch.Add(time.Duration(n) * time.Millisecond) }

func asked(l *Losses, at, rtt int) []uint16 {
	var seqs []uint16
	for _, p := range l.Due(ms(at), time.Duration(rtt)*time.Millisecond, nil) {
		seqs = append(seqs, p.PacketList()...)
	}
	return seqs
}

func want(t *testing.T, got []uint16, want ...uint16) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
}

const lossBase = 2<<16 - 2 // so that cases run over the wrap

func TestLosses_AskWhenOvertakenTwiceOrAfterAMoment(t *testing.T) {
	t.Run("in order nothing is asked", func(t *testing.T) {
		var l Losses
		for n := range uint64(10) {
			l.Received(lossBase+n, ms(int(n)))
		}
		want(t, asked(&l, 1000, 50))
	})
	t.Run("two packets after", func(t *testing.T) {
		var l Losses
		l.Received(lossBase, ms(0))
		l.Received(lossBase+2, ms(1))
		want(t, asked(&l, 1, 50))
		l.Received(lossBase+3, ms(2))
		want(t, asked(&l, 2, 50), 65535)
	})
	t.Run("10 ms after", func(t *testing.T) {
		var l Losses
		l.Received(lossBase, ms(0))
		l.Received(lossBase+2, ms(1))
		if at, ok := l.NextDue(0); !ok || !at.Equal(ms(11)) {
			t.Errorf("next at %v, %v", at.Sub(epoch), ok)
		}
		want(t, asked(&l, 10, 50))
		want(t, asked(&l, 11, 50), 65535)
	})
	t.Run("a late arrival is not asked for", func(t *testing.T) {
		var l Losses
		l.Received(lossBase, ms(0))
		l.Received(lossBase+2, ms(1))
		l.Received(lossBase+1, ms(2))
		want(t, asked(&l, 100, 50))
		if _, ok := l.NextDue(0); ok {
			t.Error("something is still due")
		}
	})
}

func TestLosses_AskAgainFiveTimesThenGiveUp(t *testing.T) {
	var l Losses
	l.Received(lossBase, ms(0))
	l.Received(lossBase+2, ms(0))
	l.Received(lossBase+3, ms(0))
	const rtt = 50
	var times []int
	for at := 0; at < 2000; at++ {
		if got := asked(&l, at, rtt); len(got) > 0 {
			want(t, got, 65535)
			times = append(times, at)
		}
	}
	if d := cmp.Diff([]int{0, 55, 110, 165, 220}, times); d != "" {
		t.Error(d)
	}
	if n := l.TakeLost(); n != 1 {
		t.Errorf("%d lost", n)
	}
	if n := l.TakeLost(); n != 0 {
		t.Errorf("lost told twice")
	}
}

func TestLosses_NotMoreOftenThanEvery20ms(t *testing.T) {
	var l Losses
	l.Received(lossBase, ms(0))
	l.Received(lossBase+2, ms(0))
	l.Received(lossBase+3, ms(0))
	want(t, asked(&l, 0, 1), 65535)
	want(t, asked(&l, 19, 1))
	want(t, asked(&l, 20, 1), 65535)
}

func TestLosses_GiveUpWhatIsTooOldToBeOfUse(t *testing.T) {
	var l Losses
	l.Received(lossBase, ms(0))
	l.Received(lossBase+2, ms(0))
	l.Received(lossBase+3, ms(0))
	want(t, asked(&l, 899, 200), 65535) // 500 ms and two round trips
	want(t, asked(&l, 900, 200))
	if l.TakeLost() != 1 {
		t.Error("not given up")
	}
}

func TestLosses_AKeyframeEndsTheWantOfWhatIsBefore(t *testing.T) {
	var l Losses
	l.Received(lossBase, ms(0))
	l.Received(lossBase+5, ms(0))
	l.Received(lossBase+9, ms(0))
	l.Keyframe(lossBase + 5)
	want(t, asked(&l, 20, 50), 4, 5, 6)
	if l.TakeLost() != 0 {
		t.Error("what a keyframe replaced counts as lost")
	}
}

func TestLosses_AnOutageIsNotAskedFor(t *testing.T) {
	var l Losses
	l.Received(lossBase, ms(0))
	l.Received(lossBase+maxMissing+2, ms(0))
	want(t, asked(&l, 20, 50))
	if l.TakeLost() == 0 {
		t.Error("an outage passed without notice")
	}
}

func TestLosses_BoundedMemory(t *testing.T) {
	var l Losses
	for n := range uint64(1000) {
		l.Received(lossBase+n*3, ms(int(n)))
	}
	if len(l.missing) > maxMissing {
		t.Errorf("remembers %d", len(l.missing))
	}
	if l.TakeLost() == 0 {
		t.Error("forgot without counting")
	}
}

func TestLosses_PairsNameExactlyTheMissing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l Losses
		missing := map[uint16]bool{}
		ext := uint64(2<<16 - 20)
		l.Received(ext, ms(0))
		for range rapid.IntRange(1, 40).Draw(t, "packets") {
			gap := rapid.IntRange(0, 3).Draw(t, "gap")
			for range gap {
				ext++
				missing[uint16(ext)] = true
			}
			ext++
			l.Received(ext, ms(0))
		}
		got := map[uint16]bool{}
		for _, p := range l.Due(ms(15), 0, []rtcp.NackPair{{PacketID: 1, LostPackets: 0}})[1:] {
			for _, seq := range p.PacketList() {
				if got[seq] {
					t.Fatalf("%d asked for twice", seq)
				}
				got[seq] = true
			}
		}
		if d := cmp.Diff(missing, got); d != "" {
			t.Fatal(d)
		}
	})
}

func BenchmarkLosses(b *testing.B) {
	var l Losses
	pairs := make([]rtcp.NackPair, 0, maxMissing)
	ext := uint64(1 << 16)
	now := epoch
	b.ReportAllocs()
	for b.Loop() {
		ext++
		now = now.Add(time.Millisecond)
		if ext%50 == 0 {
			continue // lost
		}
		l.Received(ext, now)
		pairs = l.Due(now, 50*time.Millisecond, pairs[:0])
	}
}
