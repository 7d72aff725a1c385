package crosstalk

import (
	"cmp"
	"math"
	"slices"
	"time"
)

const (
	// A Pair is told after enoughWindows with evidence of the newest
	// windowsKept, over at least spread: 13 s of sound. No coincidence of a few
	// words lasts so long.
	windowsKept   = 12
	enoughWindows = 5
	spread        = 5 * time.Second
	// enoughWeight is what they must exceed minScore by, together: what is barely
	// evidence must be so for longer.
	enoughWeight = 4.0
	// sameWindow is how close two windows are that count once.
	sameWindow = 800 * time.Millisecond
	// sameLag (half steps) and sameGain (dB) are how far those windows may lie
	// apart: the way from one booth to another stays as it is, networks waver.
	sameLag  = 2
	sameGain = 2

	// Patience is how long after the last evidence a Pair is taken back.
	Patience = 20 * time.Second

	// stale is how much older than the newest a microphone's end may be.
	stale = time.Second
)

// Mic is one booth's microphone: how loud it was in the last seconds, one value
// a Step, the newest last and ending at End, −dBov, 127 where nothing came.
type Mic struct {
	Booth string
	End   time.Time
	Steps []uint8
}

// Pair says that the microphone of one booth hears the voice of another.
type Pair struct {
	Hears, Heard string
	Attenuation  int       // dB that the voice is quieter than in its own microphone
	Since        time.Time // the first evidence
	Last         time.Time // the newest
}

// Guard remembers the evidence of the last seconds. It is not safe for use by
// several goroutines at once.
type Guard struct {
	trails map[link]*trail
	now    time.Time
}

type link struct{ hears, heard string }

// trail is the evidence for one link.
type trail struct {
	pair    Pair
	told    bool
	windows []sighting // newest last, at most windowsKept
}

type sighting struct {
	at          time.Time
	lag         int
	attenuation float64
	weight      float64 // by which it is more than minScore
}

// New returns a Guard that has heard nothing.
func New() *Guard { return &Guard{trails: make(map[link]*trail)} }

// Feed takes what the microphones heard until about now and returns who hears
// whom, sorted by booth. It is made to be called once a second.
func (g *Guard) Feed(now time.Time, mics []Mic) []Pair {
	if now.Before(g.now) { // the clock was put back: what is remembered lies in the future
		clear(g.trails)
	}
	g.now = now
	for l, s := range explain(sightings(align(mics))) {
		g.note(l, s, now)
	}
	var told []Pair
	for l, t := range g.trails {
		if now.Sub(t.pair.Last) > Patience {
			delete(g.trails, l)
			continue
		}
		if t.told = t.told || t.enough(now); t.told {
			told = append(told, t.pair)
		}
	}
	slices.SortFunc(told, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(a.Hears, b.Hears), cmp.Compare(a.Heard, b.Heard))
	})
	return told
}

// note adds one window's evidence.
func (g *Guard) note(l link, s likeness, now time.Time) {
	t := g.trails[l]
	if t == nil {
		t = &trail{pair: Pair{Hears: l.hears, Heard: l.heard, Since: now}}
		g.trails[l] = t
	} else if now.Sub(t.pair.Last) < sameWindow {
		return
	}
	t.pair.Last = now
	t.pair.Attenuation = int(s.attenuation + 0.5)
	if len(t.windows) == windowsKept {
		t.windows = slices.Delete(t.windows, 0, 1)
	}
	t.windows = append(t.windows, sighting{now, s.lag, s.attenuation, s.score() - minScore})
}

// enough tells whether the newest windows agree on one way.
func (t *trail) enough(now time.Time) bool {
	newest := t.windows[len(t.windows)-1]
	n, first, weight := 0, newest.at, 0.0
	for _, s := range t.windows {
		if now.Sub(s.at) > windowsKept*time.Second || !s.agrees(newest) {
			continue
		}
		n++
		weight += s.weight
		if s.at.Before(first) {
			first = s.at
		}
	}
	return n >= enoughWindows && newest.at.Sub(first) >= spread && weight >= enoughWeight
}

func (s sighting) agrees(o sighting) bool {
	return max(s.lag-o.lag, o.lag-s.lag) <= sameLag && math.Abs(s.attenuation-o.attenuation) <= sameGain
}

// heard is one booth's prepared microphone.
type heard struct {
	booth string
	*envelope
}

// align cuts all microphones to end at the same moment. One that is too short,
// too old or there twice is left out.
func align(mics []Mic) []heard {
	var newest time.Time
	for _, m := range mics {
		if m.End.After(newest) {
			newest = m.End
		}
	}
	end := newest
	for _, m := range mics {
		if m.End.Before(end) && newest.Sub(m.End) <= stale {
			end = m.End
		}
	}
	seen := make(map[string]bool, len(mics))
	out := make([]heard, 0, len(mics))
	for _, m := range mics {
		if newest.Sub(m.End) > stale || seen[m.Booth] {
			continue
		}
		seen[m.Booth] = true
		n := len(m.Steps) - int((m.End.Sub(end)+Step/2)/Step)
		if n >= needed {
			out = append(out, heard{m.Booth, newEnvelope(m.Steps[n-needed : n])})
		}
	}
	return out
}

// sightings are the links for which this window is evidence.
func sightings(mics []heard) map[link]likeness {
	found := make(map[link]likeness)
	for _, a := range mics {
		for _, b := range mics {
			if a.booth == b.booth {
				continue
			}
			if l, ok := compare(a.envelope, b.envelope); ok && l.evident() {
				found[link{a.booth, b.booth}] = l
			}
		}
	}
	return found
}

// explain leaves out two booths that seem to hear each other only because both
// hear a third.
func explain(found map[link]likeness) map[link]likeness {
	out := make(map[link]likeness, len(found))
	for l, s := range found {
		third := false
		for m := range found {
			if m.hears == l.heard && m.heard != l.hears {
				if _, both := found[link{l.hears, m.heard}]; both {
					third = true
				}
			}
		}
		if !third {
			out[l] = s
		}
	}
	return out
}
