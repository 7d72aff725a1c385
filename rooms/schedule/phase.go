package schedule

import "time"

// Phase is where a consultation is in its life.
type Phase string

const (
	PhaseScheduled Phase = "scheduled" // doors are shut
	PhaseOpen      Phase = "open"      // doors are open, neither side is here
	PhaseWaiting   Phase = "waiting"   // one side is present
	PhaseLive      Phase = "live"      // firm and buyer are both present
	PhaseClosing   Phase = "closing"   // the last two minutes of the window, overrun, or farewell
	PhaseEnded     Phase = "ended"
	PhaseCancelled Phase = "cancelled"
)

// Policy is what an event decides about its consultations. Zero fields mean the
// defaults of DefaultPolicy.
type Policy struct {
	Doors      time.Duration   `json:"doors"`      // how long before Start a room opens
	Closing    time.Duration   `json:"closing"`    // how long before End a room is closing
	Farewell   time.Duration   `json:"farewell"`   // how long people may say goodbye when somebody is needed elsewhere
	Changeover time.Duration   `json:"changeover"` // how long before the next Start a booth, firm, buyer or interpreter must be free
	Warnings   []time.Duration `json:"warnings"`   // before End, descending
	Grace      time.Duration   `json:"grace"`      // how long a lost session keeps its place
	MaxOverrun time.Duration   `json:"max_overrun"`
	ShortUnder time.Duration   `json:"short_under"` // both sides together for less: a short consultation

	Gap         time.Duration   `json:"gap"`           // least time between two consultations of one booth or person
	LateAfter   time.Duration   `json:"late_after"`    // after Start: a side that is missing raises an alert
	NoShowAfter time.Duration   `json:"no_show_after"` // after Start: a no-show verdict is proposed
	Extensions  []time.Duration `json:"extensions"`    // steps a consultation may be extended by
	Seats       int             `json:"seats"`         // seats a side may have in one consultation, colleagues included
	Languages   []string        `json:"languages"`     // BCP 47, offered on the pages

	CallAfter       time.Duration `json:"call_after"`       // after Start: coordinators are shown how to reach who is missing
	SilentListening bool          `json:"silent_listening"` // a room is not told that a coordinator listens
}

// DefaultPolicy is what an event that says nothing gets.
func DefaultPolicy() Policy {
	return Policy{
		Doors:      15 * time.Minute,
		Closing:    2 * time.Minute,
		Farewell:   2 * time.Minute,
		Changeover: 3 * time.Minute,
		Warnings:   []time.Duration{5 * time.Minute, 2 * time.Minute, time.Minute},
		Grace:      90 * time.Second,
		MaxOverrun: time.Hour,
		ShortUnder: 10 * time.Minute,

		Gap:         10 * time.Minute,
		LateAfter:   2 * time.Minute,
		NoShowAfter: 10 * time.Minute,
		CallAfter:   3 * time.Minute,
		Extensions:  []time.Duration{5 * time.Minute, 10 * time.Minute},
		Seats:       3,
		Languages:   []string{"ko", "en", "fr", "ru", "es", "de", "it", "pt", "tr", "vi", "id", "th", "ja", "zh-Hans", "ar"},
	}
}
