package rtpx

const (
	// sequenceWindow is how far behind the highest number a packet may come
	// and still be told apart from a repetition: 4 s of a busy video layer.
	sequenceWindow = 2048
	// resyncAfter is how many packets in a row, each one after the other, must
	// come from outside the window before the sender is believed to have
	// started anew (RFC 3550 appendix A.1 asks for 2; repetitions sent as
	// probes come in short runs).
	resyncAfter = 8
)

// Sequence extends 16-bit RTP sequence numbers of one SSRC to 64 bits and
// tells fresh packets from repetitions. The zero value is ready.
//
// It stands before everything else: Pion hands out what came as RTX under its
// original number, and most of that is probing with packets that arrived long
// ago.
type Sequence struct {
	started bool
	highest uint64
	seen    [sequenceWindow / 64]uint64 // bit n%sequenceWindow: number n has come

	strayNext uint16 // the number that would continue a run from outside the window
	strayRun  int
}

// Accept takes the number of a packet that arrived. ext keeps the low 16 bits
// of seq. fresh is false for a packet that came before and for one too old to
// tell.
func (s *Sequence) Accept(seq uint16) (ext uint64, fresh bool) {
	if !s.started {
		s.started = true
		// One cycle of room, so that what was overtaken by the first packet
		// still has a number above zero.
		s.highest = 1<<16 | uint64(seq)
		s.mark(s.highest)
		return s.highest, true
	}
	ext = Extend(s.highest, seq)
	if ext > s.highest {
		s.advance(ext)
		s.strayRun = 0
		return ext, true
	}
	if s.highest-ext >= sequenceWindow {
		if !s.stray(seq) {
			return ext, false
		}
		// The sender restarted under the same SSRC: go on above all numbers
		// given out so far.
		ext = s.highest&^0xffff + 1<<16 | uint64(seq)
		s.advance(ext)
		return ext, true
	}
	s.strayRun = 0
	if s.has(ext) {
		return ext, false
	}
	s.mark(ext)
	return ext, true
}

// stray counts a packet from outside the window and tells whether a new run is
// established.
func (s *Sequence) stray(seq uint16) bool {
	if s.strayRun > 0 && seq == s.strayNext {
		s.strayRun++
	} else {
		s.strayRun = 1
	}
	s.strayNext = seq + 1
	if s.strayRun < resyncAfter {
		return false
	}
	s.strayRun = 0
	return true
}

func (s *Sequence) advance(ext uint64) {
	if ext-s.highest >= sequenceWindow {
		s.seen = [sequenceWindow / 64]uint64{}
	} else {
		for n := s.highest + 1; n < ext; n++ {
			s.seen[n%sequenceWindow/64] &^= 1 << (n % 64)
		}
	}
	s.highest = ext
	s.mark(ext)
}

func (s *Sequence) mark(n uint64)     { s.seen[n%sequenceWindow/64] |= 1 << (n % 64) }
func (s *Sequence) has(n uint64) bool { return s.seen[n%sequenceWindow/64]&(1<<(n%64)) != 0 }

// Extend returns the number nearest to near whose low 16 bits are seq.
func Extend(near uint64, seq uint16) uint64 {
	return near + uint64(int64(int16(seq-uint16(near))))
}
