package rooms

import (
	"slices"
	"time"

	"sangdam/rooms/schedule"
)

// Crosstalk says that the microphone of one booth hears another.
type Crosstalk struct {
	Hears    schedule.BoothID
	Speaks   schedule.BoothID
	Since    time.Time
	Strength int // 0 to 100
}

// setCrosstalk takes over which booths hear which, and tells it when it differs.
func (b *board) setCrosstalk(all []Crosstalk) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if slices.Equal(b.crosstalk, all) {
		return
	}
	b.crosstalk = all
	for _, w := range b.watchers {
		w.CrosstalkChanged(all)
	}
}
