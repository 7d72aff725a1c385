package signaling

import (
	"sangdam/rooms"
	"sangdam/rooms/schedule"
)

// What a board tells of beside its rows.

// VitalsChanged is rooms.Watcher's.
func (s *stage) VitalsChanged(schedule.ConsultationID, []rooms.Vitals) {}

// StaffChanged is rooms.Watcher's.
func (s *stage) StaffChanged([]rooms.StaffHere) {}

// StorageChanged is rooms.Watcher's.
func (s *stage) StorageChanged(rooms.Storage) {}

// CrosstalkChanged is rooms.Watcher's.
func (s *stage) CrosstalkChanged([]rooms.Crosstalk) {}

// WallChanged is rooms.Watcher's.
func (s *stage) WallChanged([]rooms.WallSlot) {}

// Reported is rooms.Watcher's.
func (s *stage) Reported(rooms.Report) {}

// Ordered is rooms.Lobbyist's.
func (s *stage) Ordered(rooms.Order) {}
