package crosstalk

import (
	"math"
	"math/rand/v2"
	"time"
)

// hall makes up what the microphones of booths hear: speech in turns, phrases
// and syllables, each booth's own room, and what leaks from one to another.
type hall struct {
	rng    *rand.Rand
	voices []*voice
	leaks  []leak
	past   [][]float64 // loudness of the voices at each packet of the last second, dBov
	mics   []mic
	now    time.Time
}

// leak is how one booth's voice arrives at another's microphone.
type leak struct {
	from, to int
	gain     float64 // dB, against its loudness at its own microphone
	delay    int     // packets of 20 ms, in the air and on the network; may be negative
}

type mic struct {
	floor float64 // dBov of its noise
	steps []uint8
}

const (
	packetsPerStep = 5
	keptPackets    = 50
	keptSteps      = 100
)

func newHall(seed uint64, booths int) *hall {
	h := &hall{rng: rand.New(rand.NewPCG(seed, 6464)), now: time.Unix(1700000000, 0)}
	for range booths {
		h.voices = append(h.voices, &voice{rng: h.rng, loud: -20 - 15*h.rng.Float64(), share: 0.25 + 0.6*h.rng.Float64()})
		h.mics = append(h.mics, mic{floor: -70 + 18*h.rng.Float64()})
	}
	return h
}

// run lets time pass, in whole steps.
func (h *hall) run(d time.Duration) {
	for range int(d / Step) {
		loudest := make([]float64, len(h.mics))
		for i := range loudest {
			loudest[i] = -127
		}
		for range packetsPerStep {
			for i, l := range h.packet() {
				loudest[i] = max(loudest[i], l)
			}
		}
		for i := range h.mics {
			m := &h.mics[i]
			m.steps = append(m.steps, uint8(min(127, max(0, math.Round(-loudest[i])))))
			if len(m.steps) > keptSteps {
				m.steps = m.steps[1:]
			}
		}
		h.now = h.now.Add(Step)
	}
}

// packet is how loud each microphone is for 20 ms.
func (h *hall) packet() []float64 {
	now := make([]float64, len(h.voices))
	for i, v := range h.voices {
		now[i] = v.next()
	}
	if h.past = append(h.past, now); len(h.past) > keptPackets {
		h.past = h.past[1:]
	}
	const middle = 15 // packets that a delay may be negative by
	at := func(voice, delay int) float64 {
		i := len(h.past) - 1 - middle - delay
		if i < 0 {
			return -127
		}
		return h.past[i][voice]
	}
	out := make([]float64, len(h.mics))
	for i, m := range h.mics {
		power := pow(m.floor+h.rng.NormFloat64()) + pow(at(i, 0))
		for _, l := range h.leaks {
			if l.to == i {
				power += pow(at(l.from, l.delay) + l.gain)
			}
		}
		out[i] = 10 * math.Log10(power)
	}
	return out
}

func pow(db float64) float64 { return math.Pow(10, db/10) }

func (h *hall) heard() []Mic {
	var ms []Mic
	for i, m := range h.mics {
		ms = append(ms, Mic{Booth: string(rune('A' + i)), End: h.now, Steps: m.steps})
	}
	return ms
}

// voice is one person's speech: turns of seconds, phrases with short pauses,
// syllables about four a second.
type voice struct {
	rng   *rand.Rand
	loud  float64 // dBov of its syllables
	share float64 // of the time in which it has its turn
	left  int     // packets until the turn changes
	turn  bool
	until int // packets until phrase or pause ends
	sound bool
	wave  float64 // syllables, dB
	slow  float64 // stress
	phase float64
	rate  float64
}

func (v *voice) next() float64 {
	if v.left--; v.left <= 0 {
		v.turn = v.rng.Float64() < v.share
		v.left = 25 + int(v.rng.ExpFloat64()*200) // 0.5 s and 4 s
	}
	if v.until--; v.until <= 0 {
		v.sound = !v.sound
		v.until = 8 + int(v.rng.ExpFloat64()*12)
		if v.sound {
			v.until = 20 + int(v.rng.ExpFloat64()*60)
		}
	}
	if v.phase += v.rate; v.phase >= 1 || v.rate == 0 {
		v.phase, v.rate = 0, 0.02*(3+3*v.rng.Float64()) // 3 to 6 syllables a second
		v.slow = 0.6*v.slow + 3*v.rng.NormFloat64()
	}
	v.wave = 0.7*v.wave + 1.2*v.rng.NormFloat64()
	if !v.turn || !v.sound {
		return -127
	}
	return v.loud + v.slow + v.wave - 12*math.Pow(math.Sin(math.Pi*(v.phase-0.5)), 2)
}
