package rooms

import (
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
