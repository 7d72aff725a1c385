package rooms

import (
	"errors"
	"time"

	"sangdam/rooms/schedule"
)

// Storage is how the record is kept just now.
type Storage struct {
	AwaySince time.Time // the Store cannot be reached since; zero: it can
	Waiting   int64     // ledger entries on disk that are to be replayed
	Affected  int       // consultations that could not be opened or steered because of it; counted here
	DiskFull  bool      // the spool cannot be written
	Trial     bool      // all of it ends with the process
}

// setStorage takes over how the record is kept, and tells it when it differs.
func (b *board) setStorage(s Storage) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s.AwaySince.IsZero() {
		clear(b.affected)
	}
	s.AwaySince = s.AwaySince.UTC().Round(0)
	s.Affected = len(b.affected)
	if s == b.storage {
		return
	}
	b.storage = s
	for _, w := range b.watchers {
		w.StorageChanged(s)
	}
}

// Refused is news that somebody could not enter or steer a consultation because
// the Store is away: the edge needs it, too, to know who is who.
func (g *Registry) Refused(event schedule.EventID, id schedule.ConsultationID) {
	if en := g.eventEntry(event); en != nil {
		en.board.suffers(id, ErrUnavailable)
	}
}

// suffers notes that a consultation could not be opened or steered because the
// Store is away.
func (b *board) suffers(id schedule.ConsultationID, err error) {
	if !errors.Is(err, ErrUnavailable) {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, known := b.event.Consultation(id); known && !b.storage.AwaySince.IsZero() {
		b.affected[id] = true
	}
}
