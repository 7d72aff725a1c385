package rooms

import (
	"time"

	"sangdam/rooms/schedule"
)

// StaffHere is a coordinator whose console is open now.
type StaffHere struct {
	ID    string // schedule.Actor's By
	Name  string
	Right schedule.Right
	Since time.Time
	Rooms int                     // that are not over and taken care of
	Helps schedule.ConsultationID // listens or speaks there; empty: nowhere
}

// WatchRequest asks for an event's board.
type WatchRequest struct {
	Watcher Watcher
	Session string // of the console, unique
	Actor   schedule.Actor
	Right   schedule.Right // empty: coordinator
}
