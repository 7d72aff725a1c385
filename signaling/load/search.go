package load

// search looks for how many rooms are carried: it doubles until there are too
// many, then halves what lies between, until that is a tenth.
type search struct {
	most    int // that are tried at all
	carried int // most that were; 0: none yet
	tooMany int // least that were not; 0: none yet
}

// next is how many to try, or false when enough is known.
func (s *search) next(first int) (int, bool) {
	switch {
	case s.carried == 0 && s.tooMany == 0:
		return min(first, s.most), true
	case s.carried == s.most:
		return 0, false
	case s.tooMany == 0:
		return min(2*s.carried, s.most), true
	case s.tooMany-s.carried <= max(s.tooMany/10, 1):
		return 0, false
	}
	return (s.carried + s.tooMany) / 2, true
}

// tried notes how it went with so many.
func (s *search) tried(rooms int, carried bool) {
	if carried {
		s.carried = max(s.carried, rooms)
		return
	}
	if s.tooMany == 0 || rooms < s.tooMany {
		s.tooMany = rooms
	}
}
