package rooms

import "time"

// realClock is the time of the machine.
type realClock struct{}

func (realClock) Now() time.Time                            { return time.Now() }
func (realClock) AfterFunc(d time.Duration, f func()) Timer { return time.AfterFunc(d, f) }

// stamp is the time as it stands in records: UTC, without the monotonic
// reading, so that equal instants are equal values.
func stamp(c Clock) time.Time { return c.Now().UTC().Round(0) }

// sooner is the earlier of two instants of which zero is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
