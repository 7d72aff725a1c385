package crosstalk

import "math"

const (
	// attenuated is the least, in dB, by which a voice is quieter in another
	// booth's microphone than in its own. What is louder there is somebody else.
	attenuated = 6
	// audible, plain and voiced are dB above a microphone's own floor.
	audible = 3
	plain   = 6
	voiced  = 10

	// A window counts when the other booth spoke for 2 s of it while this one
	// did not, and more than a second of that was audible here, half of it plainly.
	minCompared = window / 2
	minVoiced   = 20
	minAudible  = 12
	minPlain    = 6

	// What is evidence: that both speak and pause together, that their syllables
	// do, and that the one is quieter by the same all the time. The last two make
	// up for each other: correlation counts ten, a dB of deviation one. Two
	// voices that have nothing to do with each other reach this by chance in one
	// window of two thousand; a leak of −15 dB that is 14 dB above the noise does in
	// nine of ten. Measured on made-up speech, see TestGuard_NoFalseAlarm.
	minTurns = 0.6
	minScore = 4.0
)

// likeness is what one window says about "this one hears that one".
type likeness struct {
	turns       float64 // correlation of loudness above the floor
	syllables   float64 // correlation of what is left without turns and phrases
	lag         int     // half steps by which it comes later here
	attenuation float64 // dB
	deviation   float64 // of the attenuation, dB
}

func (l likeness) score() float64 { return 10*l.syllables - l.deviation }

func (l likeness) evident() bool { return l.turns >= minTurns && l.score() >= minScore }

// compare looks for the voice of that one in the microphone of this one, at each
// lag; false where there is nothing to compare.
func compare(this, that *envelope) (best likeness, ok bool) {
	if that.voiced < minVoiced || this.lively < minAudible {
		return best, false
	}
	for lag := -2 * maxLag; lag <= 2*maxLag; lag++ {
		if l, usable := compareAt(this, that, lag); usable && (!ok || l.score() > best.score()) {
			best, ok = l, true
		}
	}
	return best, ok
}

// compareAt compares at one lag. Steps in which this one is louder than that
// one's voice could be here say nothing: its own people speak.
func compareAt(this, that *envelope, lag int) (likeness, bool) {
	var turns, syllables sums
	var heard, loud, clean int
	var below, sum, squares float32
	a := this.whole.from(begin)
	b := that.whole.from(begin - lag/2)
	if lag&1 != 0 {
		b = that.half.from(begin - (lag-1)/2)
	}
	for i, x := range a.above {
		y, d := b.above[i], b.level[i]-a.level[i]
		if x > audible && d < attenuated {
			continue
		}
		turns.add(x, y)
		syllables.add(a.fast[i], b.fast[i])
		if y <= voiced {
			continue
		}
		loud++
		if x > audible {
			heard++
			below += d
		}
		if x > plain {
			clean++
			sum += d
			squares += d * d
		}
	}
	if turns.n < minCompared || loud < minVoiced || heard < minAudible || clean < minPlain {
		return likeness{}, false
	}
	n, s := float64(clean), float64(sum)
	return likeness{
		turns: turns.correlation(), syllables: syllables.correlation(), lag: lag,
		attenuation: float64(below) / float64(heard),
		deviation:   math.Sqrt(max(0, float64(squares)/n-s/n*s/n)),
	}, true
}

// sums are what a correlation is made of.
type sums struct{ n, x, y, xx, yy, xy float32 }

func (s *sums) add(x, y float32) {
	s.n++
	s.x += x
	s.y += y
	s.xx += x * x
	s.yy += y * y
	s.xy += x * y
}

// correlation is Pearson's; 0 where one of the two hardly changes.
func (s *sums) correlation() float64 {
	n, x, y := float64(s.n), float64(s.x), float64(s.y)
	vx, vy := float64(s.xx)-x*x/n, float64(s.yy)-y*y/n
	if vx < 1 || vy < 1 {
		return 0
	}
	return (float64(s.xy) - x*y/n) / math.Sqrt(vx*vy)
}
