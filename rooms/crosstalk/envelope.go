package crosstalk

import "time"

const (
	// Step is how much time one value of Mic.Steps stands for.
	Step = 100 * time.Millisecond

	// window is what is compared at a time: 8 s, some thirty syllables.
	window = 80
	// maxLag is how many steps a voice may come earlier or later by the other
	// way: 300 ms. The hall itself delays by 30 ms at most; the rest is what two
	// networks differ by.
	maxLag = 3
	// around is how many steps on either side a value's surroundings have.
	around = 5
	// needed is what a microphone must have for a window at every lag.
	needed = window + 2*maxLag + 2*around
	begin  = maxLag + around

	// quietest is the least level, −dBov, that is told from nothing. What lies
	// below (and 127, where no packet came: DTX, mute) is silence.
	quietest = 80
	nothing  = 127
	// oneIn is the share of steps below a microphone's own floor.
	oneIn = 10
)

// envelope is a microphone prepared for comparing, newest last.
type envelope struct {
	whole curve
	// half is whole half a step later: a voice that arrives between two steps of
	// the other microphone is spread over both.
	half curve
	// in the window:
	voiced int // steps well above the floor
	lively int // steps above the floor at all
}

// curve is what of an envelope is compared.
type curve struct {
	level [needed]float32 // dBov
	above [needed]float32 // dB above its own floor
	fast  [needed]float32 // above, less its surroundings: syllables without turns and phrases
}

// view is one window of a curve.
type view struct{ level, above, fast []float32 }

func (c *curve) from(i int) view {
	return view{c.level[i : i+window], c.above[i : i+window], c.fast[i : i+window]}
}

// floorOf is the level of a microphone whose people are silent. Steps in which
// no packet came (it was opened just now, DTX) tell nothing about it.
func floorOf(steps []uint8) uint8 {
	var counts [quietest + 1]int
	came := 0
	for _, s := range steps {
		if s < nothing {
			counts[min(s, quietest)]++
			came++
		}
	}
	floor := uint8(quietest)
	for n := counts[floor]; n <= came/oneIn && floor > 0; n += counts[floor] {
		floor--
	}
	return floor
}

// newEnvelope takes the last needed steps.
func newEnvelope(steps []uint8) *envelope {
	var e envelope
	floor := floorOf(steps)
	w := &e.whole
	for i, s := range steps {
		w.level[i] = -float32(min(s, quietest))
		w.above[i] = max(0, w.level[i]+float32(floor))
	}
	var sum float32
	for _, v := range w.above[:2*around] {
		sum += v
	}
	for i := around; i < needed-around; i++ {
		sum += w.above[i+around]
		w.fast[i] = w.above[i] - sum/(2*around+1)
		sum -= w.above[i-around]
	}
	for i := 1; i < needed; i++ {
		e.half.level[i] = (w.level[i-1] + w.level[i]) / 2
		e.half.above[i] = (w.above[i-1] + w.above[i]) / 2
		e.half.fast[i] = (w.fast[i-1] + w.fast[i]) / 2
	}
	for _, v := range w.above[begin : begin+window] {
		if v > voiced {
			e.voiced++
		}
		if v > audible {
			e.lively++
		}
	}
	return &e
}
