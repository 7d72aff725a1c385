package rtpx

import (
	"testing"

	"pgregory.net/rapid"
)

func TestSequence_ExtendsAndDeduplicates(t *testing.T) {
	type step struct {
		seq   uint16
		ext   uint64
		fresh bool
	}
	const cycle = 1 << 16
	for _, tc := range []struct {
		name  string
		steps []step
	}{
		{"in order over the wrap", []step{
			{65534, cycle + 65534, true}, {65535, cycle + 65535, true}, {0, 2 * cycle, true}, {1, 2*cycle + 1, true},
		}},
		{"repetition", []step{{7, cycle + 7, true}, {7, cycle + 7, false}, {8, cycle + 8, true}, {7, cycle + 7, false}}},
		{"overtaken, once", []step{
			{10, cycle + 10, true}, {12, cycle + 12, true}, {11, cycle + 11, true}, {11, cycle + 11, false},
		}},
		{"overtaken before the first", []step{{0, cycle, true}, {65535, cycle - 1, true}, {65535, cycle - 1, false}}},
		{"overtaken over the wrap", []step{
			{65535, cycle + 65535, true}, {1, 2*cycle + 1, true}, {0, 2 * cycle, true}, {0, 2 * cycle, false}, {65535, cycle + 65535, false},
		}},
		{"too old to tell", []step{
			{5000, cycle + 5000, true},
			{5000 - sequenceWindow, cycle + 5000 - sequenceWindow, false},
			{5001 - sequenceWindow, cycle + 5001 - sequenceWindow, true},
		}},
		{"a jump forgets what it passed", []step{
			{1, cycle + 1, true},
			{1 + 3*sequenceWindow, cycle + 1 + 3*sequenceWindow, true},
			{3 * sequenceWindow, cycle + 3*sequenceWindow, true},
			{1, cycle + 1, false},
		}},
		{"a jump of just the window", []step{
			{1, cycle + 1, true},
			{1 + sequenceWindow, cycle + 1 + sequenceWindow, true},
			{1, cycle + 1, false},
			{2, cycle + 2, true},
			{2, cycle + 2, false},
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var s Sequence
			for i, st := range tc.steps {
				if ext, fresh := s.Accept(st.seq); ext != st.ext || fresh != st.fresh {
					t.Fatalf("step %d: Accept(%d) = %d, %v; want %d, %v", i, st.seq, ext, fresh, st.ext, st.fresh)
				}
			}
		})
	}
}

func TestSequence_FollowsASenderThatStartsAnew(t *testing.T) {
	var s Sequence
	high, _ := s.Accept(40000)
	for n := range uint16(resyncAfter - 1) {
		if _, fresh := s.Accept(20000 + n); fresh {
			t.Fatalf("believed after %d packets", n+1)
		}
	}
	ext, fresh := s.Accept(20000 + resyncAfter - 1)
	if !fresh || ext <= high || uint16(ext) != 20000+resyncAfter-1 {
		t.Fatalf("Accept = %d, %v; want fresh and above %d", ext, fresh, high)
	}
	if next, fresh := s.Accept(20000 + resyncAfter); !fresh || next != ext+1 {
		t.Fatalf("next = %d, %v", next, fresh)
	}
}

func TestSequence_OldRepetitionsAreNoNewStart(t *testing.T) {
	var s Sequence
	for n := range uint16(10000) {
		s.Accept(n)
	}
	// Probing repeats single old packets and short runs.
	for round := range uint16(200) {
		for n := range uint16(resyncAfter - 2) {
			if ext, fresh := s.Accept(100 + round*3 + n); fresh {
				t.Fatalf("old packet %d taken for fresh", ext)
			}
		}
	}
	if ext, fresh := s.Accept(10000); !fresh || ext != 1<<16+10000 {
		t.Fatalf("stream went on with %d, %v", ext, fresh)
	}
}

// Whatever order and repetition within the window: each number is fresh once.
func TestSequence_EachNumberIsFreshOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s Sequence
		start := uint64(rapid.Uint16().Draw(t, "start")) + 1<<16
		s.Accept(uint16(start))
		seen := map[uint64]bool{start: true}
		high := start
		for range rapid.IntRange(1, 300).Draw(t, "packets") {
			d := rapid.Int64Range(-600, 600).Draw(t, "distance")
			ext := uint64(int64(high) + d)
			got, fresh := s.Accept(uint16(ext))
			if got != ext {
				t.Fatalf("extended %d to %d", ext, got)
			}
			if fresh == seen[ext] {
				t.Fatalf("%d fresh=%v although seen=%v", ext, fresh, seen[ext])
			}
			seen[ext] = true
			high = max(high, ext)
		}
	})
}

func FuzzSequence(f *testing.F) {
	f.Add([]byte{0, 1, 0, 2, 0, 2, 255, 255, 0, 0})
	f.Add([]byte{255, 254, 255, 255, 0, 0, 0, 1, 128, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		var s Sequence
		seen := make(map[uint64]bool)
		for ; len(data) >= 2; data = data[2:] {
			seq := uint16(data[0])<<8 | uint16(data[1])
			ext, fresh := s.Accept(seq)
			if uint16(ext) != seq {
				t.Fatalf("%d extended to %d", seq, ext)
			}
			if fresh && seen[ext] {
				t.Fatalf("%d fresh twice", ext)
			}
			if fresh {
				seen[ext] = true
			}
		}
	})
}

func BenchmarkSequence(b *testing.B) {
	b.ReportAllocs()
	var s Sequence
	for i := range b.N {
		s.Accept(uint16(i))
	}
}
