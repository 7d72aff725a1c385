package rooms

import (
	"time"

	"sangdam/rooms/schedule"
)

// screen is what a board knows of a booth's screen.
type screen struct {
	Booth
	session string // whose reports count: the newest
	former  string // whose do not, as long as the newest is heard
}

// Booth is news of a booth's screen: it is there, and how it is. It is away
// when it was silent for BoothSilent. When two screens are open the one that
// was opened last counts.
func (g *Registry) Booth(event schedule.EventID, booth schedule.BoothID, session string, h Health) error {
	en := g.eventEntry(event)
	if en == nil {
		return ErrNotFound
	}
	back, err := en.board.heard(booth, session, h, stamp(g.deps.Clock))
	if back { // from now on its silence matters
		g.lookAgain()
	}
	return err
}

func (b *board) heard(id schedule.BoothID, session string, h Health, now time.Time) (back bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	booth, ok := b.event.Booth(id)
	if !ok {
		return false, ErrNotFound
	}
	s := b.screens[id]
	if s == nil {
		s = &screen{}
		b.screens[id] = s
	}
	back = s.State != SeatHere
	switch {
	case session == s.session:
	case session == s.former && !back:
		return false, nil
	default:
		s.session, s.former = session, s.session
	}
	if back {
		s.State, s.Since = SeatHere, now
	}
	s.Booth.Booth, s.Name, s.Health, s.HealthAt = id, booth.Name, h, now
	b.tellBooth(s)
	return back, nil
}

// silence declares booths away whose time has come, and tells when to look
// again; zero is never.
func (b *board) silence(now time.Time) (next time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.screens {
		switch at := s.HealthAt.Add(BoothSilent); {
		case s.State != SeatHere:
		case at.After(now):
			next = sooner(next, at)
		default:
			s.State, s.Since = SeatAway, s.HealthAt
			b.tellBooth(s)
		}
	}
	return next
}

func (b *board) tellBooth(s *screen) {
	for _, w := range b.watchers {
		w.BoothChanged(s.Booth)
	}
}

// allBooths wants mu held.
func (b *board) allBooths() []Booth {
	all := make([]Booth, 0, len(b.event.Booths))
	for _, booth := range b.event.Booths {
		one := Booth{State: SeatAbsent}
		if s := b.screens[booth.ID]; s != nil {
			one = s.Booth
		}
		one.Booth, one.Name = booth.ID, booth.Name
		all = append(all, one)
	}
	return all
}
