package rooms

import (
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// Client is how a room tells a participant's session what happens. Its methods
// are called from the room's loop, one after another, and must return at once
// without calling back into rooms: the session's outbox numbers what it gets
// and bounds itself.
type Client interface {
	// Sync gives the full state: once before Join returns, and again after
	// Visit.Sync. What follows by Deliver comes on top of it; nothing that
	// Deliver gave before is missing in it.
	Sync(Snapshot)
	// Deliver gives the changes of one moment. Every change is delivered once
	// and in order.
	Deliver([]Change)
	// Codec tells in which codec a source should be sent from now on. It is told for
	// each Peer anew, the first time before Join returns.
	Codec(sfu.Source, sfu.Encoding)
	// Speakers tells which participants speak just now, whenever it changes and
	// four times a second at most; after Sync, when anybody does.
	Speakers(participants []string)
	// Dismiss is the last call: the session is out of the room. The reason is
	// one of ErrEnded, ErrCancelled, ErrMoved, ErrReplaced, ErrLost,
	// ErrRoomFailed, ErrStopping, ErrHeld (a coordinator removed the person), ErrForbidden (the seat is another party's now, or
	// the link is worthless), or a *TooEarlyError (moved to a later time). It does not follow Visit.Leave. It may come
	// while Join is still under way; Join then fails.
	Dismiss(reason error)
}

// JoinRequest asks for a seat in a room. The edge has checked that the link
// grants the seat.
type JoinRequest struct {
	Event        schedule.EventID
	Consultation schedule.ConsultationID
	Seat         schedule.SeatID
	Name         string // shown to the others; empty: the party's name of the timetable
	Session      string // unique; the participant's id
	Token        string // what stays the same when a tab reloads; never shown or kept
	Peer         sfu.PeerID
	Client       Client
	Sources      []sfu.Source // that are on
	Move         bool         // yes to the question of ErrSeatInUse
}

// Watcher is a console. Its methods are called one after another under the
// board's lock and must return at once without calling back.
type Watcher interface {
	// Board gives the full board: once before Watch returns, and again after
	// Watch.Sync.
	Board(Board)
	// RowChanged replaces the row of its consultation.
	RowChanged(Row)
	// NoteChanged adds a note, or replaces the one with its ID.
	NoteChanged(schedule.Note)
	// BoothChanged replaces the booth with its ID.
	BoothChanged(Booth)
	// VitalsChanged replaces the vitals of some rows: of all that differ after one
	// look.
	VitalsChanged([]RowVitals)
	// StaffChanged tells whose consoles are open.
	StaffChanged([]StaffHere)
	// StorageChanged tells how the record is kept.
	StorageChanged(Storage)
	// CrosstalkChanged tells which booths hear which.
	CrosstalkChanged([]Crosstalk)
	// WallChanged tells the whole slot map of this console's wall.
	WallChanged([]WallSlot)
	// Reported gives what came back of an order that this console gave.
	Reported(Report)
}

// Lobbyist is a session in the lobby of a consultation. Its methods are called
// one after another under the board's lock and must return at once without
// calling back.
type Lobbyist interface {
	// Lobby gives the whole lobby: once before Wait returns, and again whenever
	// something in it changed.
	Lobby(Lobby)
	// Noted gives a coordinator's note to this seat, consultation or everybody,
	// and a call of this seat that was seen.
	Noted(schedule.Note)
	// Ordered gives what a coordinator wants of this browser.
	Ordered(Order)
	// Dismiss is the last call: the consultation is over (ErrEnded,
	// ErrCancelled), or the seat is another party's now (ErrForbidden). It does
	// not follow Waiting.Stop, nor Wait or Join with the same session.
	Dismiss(reason error)
}

// WaitRequest asks for a place in the lobby of a consultation. The edge has
// checked that the link grants the seat.
type WaitRequest struct {
	Event        schedule.EventID
	Consultation schedule.ConsultationID
	Seat         schedule.SeatID
	Session      string // unique; the same waits in one lobby at a time
	Name         string // shown to the others; empty: the party's name of the timetable
	Lobbyist     Lobbyist
}

// NoteRequest is a note that somebody writes. The edge has checked who it is.
type NoteRequest struct {
	Event schedule.EventID
	From  schedule.NoteSender
	To    schedule.NoteTarget // coordinators alone may set it
	Text  string              // may be empty in a call
	Kind  schedule.NoteKind   // empty: text
	// Session and Key together make a repetition known; an empty Key is never
	// the same.
	Session, Key string
}
