package lean

import "time"

const (
	seenSize = 1024 // packets of which it is known whether they came
	maxHoles = 256
	// holeLasts is when what is missing is lost: nobody waits longer for a picture.
	holeLasts = time.Second
	// holeFirst is how long it may only have been overtaken, holeAgain how often
	// it is asked for.
	holeFirst, holeAgain = 10 * time.Millisecond, 60 * time.Millisecond
	// farJump is where another numbering begins.
	farJump = 1000
)

// stream is one half of a slot.
type stream struct {
	ssrc    uint32
	picture bool

	started  bool
	highest  uint64 // extended sequence number
	seen     [seenSize / 64]uint64
	holes    []hole // what is missing, oldest first
	pliAt    time.Duration
	wantsKey bool

	// of receiver reports
	first, received            uint64
	lastExpected, lastReceived uint64
	report                     uint32 // middle of the last sender report's time
	reportAt                   time.Duration
}

type hole struct {
	ext          uint64
	since, asked time.Duration
}

// place notes a packet and tells whether it is new, and what is lost for good.
// What was sent again may not begin a stream.
func (s *stream) place(seq uint16, now time.Duration, repeated bool) (lost int64, fresh bool) {
	if !s.started {
		if repeated {
			return 0, false
		}
		s.begin(seq)
		return 0, true
	}
	step := int64(int16(seq - uint16(s.highest)))
	ext := uint64(int64(s.highest) + step)
	switch {
	case step > farJump || step < -farJump:
		if repeated {
			return 0, false
		}
		lost = int64(len(s.holes))
		s.begin(seq)
		return lost, true
	case step > 0:
		for e := s.highest + 1; e < ext; e++ {
			s.mark(e, false)
			if len(s.holes) == maxHoles {
				lost++
				continue
			}
			s.holes = append(s.holes, hole{ext: e, since: now})
		}
		s.highest = ext
	case -step >= seenSize || s.has(ext) || ext < s.first:
		return 0, false
	default:
		for i, h := range s.holes {
			if h.ext == ext {
				s.holes = append(s.holes[:i], s.holes[i+1:]...)
				s.mark(ext, true)
				s.received++
				return 0, true
			}
		}
		return 0, false // it came too late: it is counted as lost
	}
	s.mark(ext, true)
	s.received++
	return lost, true
}

func (s *stream) begin(seq uint16) {
	s.started, s.highest, s.holes = true, 1<<32|uint64(seq), s.holes[:0]
	s.first, s.received = s.highest, 1
	s.lastExpected, s.lastReceived = 0, 0
	s.seen = [seenSize / 64]uint64{}
	s.mark(s.highest, true)
}

func (s *stream) mark(ext uint64, came bool) {
	bit := uint64(1) << (ext % 64)
	if came {
		s.seen[ext%seenSize/64] |= bit
	} else {
		s.seen[ext%seenSize/64] &^= bit
	}
}

func (s *stream) has(ext uint64) bool { return s.seen[ext%seenSize/64]&(1<<(ext%64)) != 0 }

// missing gives what should be asked for now, and counts what has been given up.
func (s *stream) missing(now time.Duration, ask []uint16) (_ []uint16, lost int64) {
	kept := s.holes[:0]
	for _, h := range s.holes {
		if now-h.since > holeLasts {
			lost++
			s.wantsKey = s.picture
			continue
		}
		wait := holeFirst
		if h.asked > 0 {
			wait = holeAgain
		}
		if s.picture && now-max(h.since, h.asked) >= wait {
			h.asked = now
			ask = append(ask, uint16(h.ext))
		}
		kept = append(kept, h)
	}
	s.holes = kept
	return ask, lost
}
