package sfu

import (
	"sync/atomic"
	"time"
)

const (
	// NoiseFloor is the level, in −dBov, below which a microphone gives nothing:
	// what a dead one gives after a browser's noise suppression. A live one in a
	// quiet room is at 50 to 70, speech at 15 to 35. (0.0001 of full scale, the
	// threshold of La Suite Meet's detector of silent microphones.)
	NoiseFloor = 80
	// SilentAfter is how long nothing above NoiseFloor comes before a microphone
	// that flows is called silent: somebody who merely listens breathes, moves
	// and touches the table.
	SilentAfter = 10 * time.Second

	// A packet's level is its root mean square: a sine of full scale has 3, and
	// speech stays 12 dB below its peaks. Speech above clipLevel has lost them.
	clipLevel = 5
	// clipSteps of the last clipWindow as loud as that are no cough.
	clipSteps  = 5
	clipWindow = 5 * time.Second

	// silence is the level of nothing (RFC 6464 section 3).
	silence = 127
	// hearingRing is LevelSteps and the one being written, as a power of two.
	hearingRing = 128
)

// hearing is how loud a microphone was in the last seconds, by the audio level
// of its packets (RFC 6464). The publisher's RTP goroutine writes it, anybody
// reads: each step is one word that says which step it is and how loud, so that
// what was not overwritten in time is seen to be old.
type hearing struct {
	base  time.Time // fixed: step 0 began; the same for all Peers, so that steps can be compared
	steps [hearingRing]atomic.Uint64
	// of the newest packet with a level and the newest above NoiseFloor, as time
	// since base; 0: none since the source was opened
	any, voice atomic.Int64
}

func (h *hearing) step(now time.Time) int64 { return int64(now.Sub(h.base) / LevelStep) }

// heard takes the level extension of one packet: a flag for voice and seven bits
// of −dBov.
func (h *hearing) heard(ext []byte, now time.Time) {
	if len(ext) == 0 {
		return
	}
	level := uint64(ext[0] & 0x7f)
	at := int64(now.Sub(h.base))
	if h.any.Load() == 0 {
		h.voice.Store(at) // patience begins with the first packet
	}
	h.any.Store(at)
	if level < NoiseFloor {
		h.voice.Store(at)
	}
	n := h.step(now)
	s := &h.steps[n&(hearingRing-1)]
	if was := s.Load(); int64(was>>8) == n {
		level = min(level, was&0xff) // the loudest of the step
	}
	s.Store(uint64(n)<<8 | level)
}

// begin forgets: the source was opened or shut.
func (h *hearing) begin() {
	h.any.Store(0)
	h.voice.Store(0)
}

// at is the loudness of one step.
func (h *hearing) at(n int64) uint8 {
	if n < 0 {
		return silence
	}
	if s := h.steps[n&(hearingRing-1)].Load(); int64(s>>8) == n {
		return uint8(s)
	}
	return silence
}

// loudest of the steps that the last d touched.
func (h *hearing) loudest(d time.Duration, now time.Time) uint8 {
	level := uint8(silence)
	for n, last := h.step(now.Add(-d)), h.step(now); n <= last; n++ {
		level = min(level, h.at(n))
	}
	return level
}

// silent tells whether packets with levels come, and nothing is in them.
func (h *hearing) silent(now time.Time) bool {
	return h.any.Load() != 0 && now.Sub(h.base)-time.Duration(h.voice.Load()) >= SilentAfter
}

func (h *hearing) clipping(now time.Time) bool {
	loud := 0
	for n, last := h.step(now.Add(-clipWindow)), h.step(now); n <= last; n++ {
		if h.at(n) <= clipLevel {
			loud++
		}
	}
	return loud >= clipSteps
}

// levels reads the steps that are complete.
func (h *hearing) levels(now time.Time) Levels {
	end := h.step(now) // what is being written now does not count
	l := Levels{End: h.base.Add(time.Duration(end) * LevelStep), Steps: make([]uint8, LevelSteps)}
	for i := range l.Steps {
		l.Steps[i] = h.at(end - LevelSteps + int64(i))
	}
	return l
}
