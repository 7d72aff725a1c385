package rooms

import (
	"context"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// Media is what rooms ask of the media plane. Calls do not wait for the
// network; an unknown viewer is ignored, since a Peer may die at any moment.
type Media interface {
	// Bind sets what slots of a viewer carry; slots not named stay as they are.
	Bind(viewer sfu.PeerID, bindings ...sfu.Binding)
	// Allow opens or shuts a source at the server: a shut source is not
	// forwarded to anybody, whatever the browser still sends.
	Allow(peer sfu.PeerID, source sfu.Source, open bool)
	// Truth tells how a Peer's media are just now; false for an unknown Peer.
	Truth(peer sfu.PeerID) (sfu.Truth, bool)
	// Levels tells how loud a Peer's microphone was over the last seconds; zero
	// for an unknown Peer.
	Levels(peer sfu.PeerID) sfu.Levels
	// Encodings tells which codecs a Peer can send of a screen and be shown; false
	// for an unknown Peer.
	Encodings(peer sfu.PeerID) (sfu.Encodings, bool)
}

// Store is what rooms need kept. Everything here mirrors memory: an error or a
// slow answer must not disturb a running room. Implementations bound each call
// by its context.
type Store interface {
	// Event returns the timetable.
	Event(ctx context.Context, id schedule.EventID) (*schedule.Event, error)
	// Events lists all events of the installation.
	Events(ctx context.Context) ([]schedule.EventID, error)

	// Lease takes or renews the right to run a room on this node until ttl has
	// passed; held tells the node that has it (ours when ok).
	Lease(ctx context.Context, e schedule.EventID, c schedule.ConsultationID, ttl time.Duration) (held string, ok bool, err error)
	Unlease(ctx context.Context, e schedule.EventID, c schedule.ConsultationID) error

	RoomState(ctx context.Context, e schedule.EventID, c schedule.ConsultationID) (schedule.RoomState, bool, error)
	RoomStates(ctx context.Context, e schedule.EventID) (map[schedule.ConsultationID]schedule.RoomState, error)
	SaveRoomState(ctx context.Context, s schedule.RoomState) error

	// Heartbeat writes or refreshes presences of this node.
	Heartbeat(ctx context.Context, ps []schedule.Presence) error
	// Depart removes one presence, if it is still that session's.
	Depart(ctx context.Context, e schedule.EventID, seat schedule.SeatID, session string) error

	AppendChat(ctx context.Context, e schedule.EventID, c schedule.ConsultationID, m schedule.ChatMessage) error
	Chat(ctx context.Context, e schedule.EventID, c schedule.ConsultationID) ([]schedule.ChatMessage, error)

	// SaveNote keeps a note; one with the same ID replaces it.
	SaveNote(ctx context.Context, e schedule.EventID, n schedule.Note) error
	// SaveQuality keeps how media went for one stay; saved again, of the same
	// session since the same time, it replaces the former.
	SaveQuality(ctx context.Context, e schedule.EventID, q schedule.SeatQuality) error
	// Notes returns the newest notes of an event, each once, oldest first.
	Notes(ctx context.Context, e schedule.EventID) ([]schedule.Note, error)
}

// Clock is where rooms have their time from. How often the Store is written and
// asked does not depend on it: leases and heartbeats are promises to other
// nodes, which live by the real time.
type Clock interface {
	Now() time.Time
	// AfterFunc calls f on a goroutine of its own, or on the caller's of whatever
	// moves the clock; f never waits.
	AfterFunc(d time.Duration, f func()) Timer
}

// Timer is a call that is to come.
type Timer interface {
	// Stop prevents the call; false when it was made or prevented before.
	Stop() bool
}

// Ledger takes the record of what happened. Append returns when the entry is
// queued for the spool on disk; it waits only when that queue is full (the
// record is worth more than a moment's delay of a control message, and media
// never passes here). It fills ID, At (when zero) and Node.
type Ledger interface {
	Append(e schedule.Entry)
}
