// Package rooms is the domain: who is in which consultation's room, who sees
// whom, what the clock says, and what is told to whom.
//
// A Registry owns the events and the table of rooms; each Room's loop owns that
// room's participants, slots, clock and chat, and tells them in order to
// Clients; a board owns what consoles watch, and the orders that browsers have
// not answered; a Wall's loop owns what one console sees, hears and says; the
// inspector looks at everybody's media from outside; the mirror owns all
// writing to the Store, outside of the loops. One mutex for all rooms (as most
// conferencing servers began with) was rejected: a panic or a slow call in one
// room must not reach another.
package rooms

import (
	"time"

	"sangdam/rooms/sfu"
)

// Limits of a room.
const (
	MaxParticipants = sfu.RoomPairs // seven others and the reader
	MaxChatRunes    = 2000          // of one message
	MaxChatKept     = 500           // messages of a room; the oldest go first
	MaxNoteRunes    = 2000          // of one note, and of a verdict's reason
	MaxNotesKept    = 500           // of an event; the oldest go first
	MaxWaiting      = 24            // sessions in one lobby
)

// Times that no policy changes.
const (
	// AwayAfter is how long nothing must have been received before others are
	// told that somebody is away. A shorter gap is never shown.
	AwayAfter = 3 * time.Second
	// RejoinHold is how long a room in overrun waits for a side that left: a
	// page that reloads must find its room again.
	RejoinHold = 20 * time.Second

	// BoothSilent is how long nothing must have been heard of a booth's screen
	// before it is shown as away.
	BoothSilent = 15 * time.Second

	noteFor      = 24 * time.Hour // consoles see notes of that time
	leaseFor     = 15 * time.Second
	storeTimeout = 2 * time.Second  // of one call outside a room's opening
	openTimeout  = 3 * time.Second  // lease, state and chat together
	refreshEvery = 30 * time.Second // reading the timetables again
	reopenAfter  = time.Second      // a failed room, by the clock; doubles with each failure
)

// roomQueue bounds the tasks that wait for a room. A room that is so far behind
// is stuck, so news that finds the queue full fails the room: its people rejoin
// a fresh one.
const roomQueue = 512
