package signaling

import (
	"sangdam/rooms"
	"sangdam/rooms/schedule"
)

// NoteChanged is rooms.Watcher's: a note, or one that was seen.
func (s *stage) NoteChanged(schedule.Note) {}

// BoothChanged is rooms.Watcher's: one booth's screen.
func (s *stage) BoothChanged(rooms.Booth) {}
