package sfu

import (
	"math"
	"sync/atomic"
	"time"
)

const (
	// A voice sets in quickly and fades: the level follows a louder one within
	// risesIn, a softer one within fallsIn.
	risesIn = 80 * time.Millisecond
	fallsIn = 400 * time.Millisecond
	// Somebody speaks whose level, in −dBov, was above speaking for beginsAfter,
	// which a cough, a key or a cup on the table is not, until it was under silentAt
	// for endsAfter, which a pause for breath is not.
	speaking    = 42
	silentAt    = 50
	beginsAfter = 300 * time.Millisecond
	endsAfter   = 800 * time.Millisecond
	// In a hall it is never quiet. A voice stands out of what is there all the time
	// by standsOut, and has ended when it does by less than half of that. What is
	// there all the time is the softest moment, which is forgotten by so many
	// decibels a second: between words a voice has such moments, a fan has not.
	standsOut = 8
	forgotten = 4
	// dtxInterval is how long the newest packet speaks for the present: Opus that
	// hears nothing sends one in 400 ms (RFC 7587 section 3.1.3). A network that
	// hiccups for less has interrupted nobody.
	dtxInterval = 450 * time.Millisecond
)

// speech tells whether somebody speaks, by the levels that its packets bear. The
// publisher's clock owns it, others read on.
type speech struct {
	level float64   // −dBov, smoothed
	floor float64   // what is there all the time
	at    time.Time // of the newest look
	since time.Time // the level crossed over then; zero: it has not

	on, told atomic.Bool // the loop writes told
}

// current is the level of the newest packet, silence when there is none that
// says anything about the present.
func (h *hearing) current(now time.Time) uint8 {
	newest := h.any.Load()
	if newest == 0 || int64(now.Sub(h.base))-newest > int64(dtxInterval) {
		return silence
	}
	return h.at(newest / int64(LevelStep))
}

// listen is the clock's part: it takes the present level, or that the microphone
// is off.
func (s *speech) listen(open bool, level uint8, now time.Time) {
	if !open {
		s.on.Store(false)
		s.level, s.floor, s.at, s.since = NoiseFloor, NoiseFloor, now, time.Time{}
		return
	}
	l := min(float64(level), NoiseFloor)
	if s.at.IsZero() {
		s.level, s.floor, s.at = NoiseFloor, NoiseFloor, now
	}
	within := fallsIn
	if l < s.level {
		within = risesIn
	}
	elapsed := now.Sub(s.at).Seconds()
	s.level += (l - s.level) * (1 - math.Exp(-elapsed/within.Seconds()))
	s.floor = max(l, s.floor-forgotten*elapsed)
	s.at = now
	on := s.on.Load()
	crossed, after := s.level < min(speaking, s.floor-standsOut), beginsAfter
	if on {
		crossed, after = s.level > min(silentAt, s.floor-standsOut/2), endsAfter
	}
	switch {
	case !crossed:
		s.since = time.Time{}
	case s.since.IsZero():
		s.since = now
	case now.Sub(s.since) >= after:
		s.since = time.Time{}
		s.on.Store(!on)
	}
}

// listen is the clock's part of a microphone.
func (u *UpTrack) listen(now time.Time) {
	u.speech.listen(u.isOpen(), u.hearing.current(now), now)
}

// speaks tells whether somebody speaks into it.
func (u *UpTrack) speaks(now time.Time) bool { return u.speech.on.Load() && u.flowing(now) }
