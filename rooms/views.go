package rooms

import (
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// The values below are what is told to Clients and Watchers. Whoever receives
// one must not change it: slices are shared.

// Snapshot is the full state of a room for one participant.
type Snapshot struct {
	Event        *schedule.Event // names of booth, firm, buyer and interpreter
	Consultation schedule.Consultation
	Seat         schedule.SeatID // the reader's own
	Clock        schedule.Clock
	Participants []Participant // ascending by Since, the reader among them
	Chat         []Chat        // oldest first
	Slots        []Slot        // the whole slot map of this reader
	Helpers      []Helper      // coordinators who listen or speak, as this reader may know
	Auxiliaries  []Auxiliary   // devices that are nobody's presence
}

// Change has exactly one field set.
type Change struct {
	Participant *Participant    // came, or changed; replaces the one with its ID
	Left        *Left           // is gone
	Clock       *schedule.Clock // the clock changed
	Warning     *Warning        // a warning is due
	Chat        *Chat           // a message
	Slots       *[]Slot         // the whole slot map of this reader; may be empty
	Note        *schedule.Note  // a coordinator's note, or a call of this seat that was seen
	Helpers     *[]Helper       // all coordinators who listen or speak, as this reader may know; may be empty
	Order       *Order          // to this reader
	Auxiliaries *[]Auxiliary    // all devices; may be empty
}

// Participant is a person present in a room. ID is its session.
type Participant struct {
	ID      string
	Seat    schedule.SeatID
	Role    schedule.Role
	Name    string
	Sources []sfu.Source // that are on, in the order of sources
	Away    bool         // no media was received for AwayAfter, or nothing at all
	Resting []sfu.Source // of Sources: not sent just now, to keep the voice on a narrow line
	Narrow  bool         // its own line carries voices alone just now
	Since   time.Time    // when this session joined
}

// Left says that a participant is gone, and why.
type Left struct {
	ID     string
	Reason schedule.LeaveReason
}

// Warning tells the whole minutes left before the clock's EndsAt.
type Warning struct{ MinutesLeft int }

// Chat is one message.
type Chat struct {
	schedule.ChatMessage
	Name string // of who wrote it
}

// SlotKind says what a slot shows.
type SlotKind string

const (
	SlotPerson SlotKind = "person" // microphone and camera
	SlotStage  SlotKind = "stage"  // screen or close-up, and its audio
)

// Slot says whom a receive slot of the reader shows.
type Slot struct {
	Slot        int
	Kind        SlotKind
	Participant string        // on the stage it may be an Auxiliary's ID
	Paused      bool          // its picture is not sent: the reader's line would not carry it
	Hold        time.Duration // how long it should be held before it is played; zero: as the browser likes
}

// Board is a console's view of an event: all its consultations, in timetable
// order.
type Board struct {
	Event  *schedule.Event
	Rows   []Row
	Notes  []schedule.Note // of the last day, oldest first
	Booths []Booth         // all of the event, in its order

	Staff     []StaffHere // whose console is open, the reader's among them, by when they came
	Storage   Storage
	Crosstalk []Crosstalk
}

// Lobby is what somebody who waits for a consultation sees.
type Lobby struct {
	Event        *schedule.Event
	Consultation schedule.Consultation
	Clock        schedule.Clock
	Seats        []SeatState     // as in Row, but without the reader
	Notes        []schedule.Note // in the first one alone: of the last day, for the reader's seat or from it; oldest first
}

// Booth is a booth's screen on the board.
type Booth struct {
	Booth    schedule.BoothID
	Name     string
	State    SeatPresence // SeatAbsent: not heard of yet; SeatHere; SeatAway: silent for BoothSilent
	Since    time.Time    // when this state began; zero when absent
	Health   Health       // last heard; zero when absent
	HealthAt time.Time
}

// Health is what a booth's screen tells of itself. The words are the edge's to
// check and the pages' to show.
type Health struct {
	Microphone string // "ok", "silent", "clipping", "off"
	Camera     string // "ok", "dark", "frozen", "off"
	Level      float64
	Echo       bool
	RTT        time.Duration
	Loss       float64 // 0 to 1
}

// Row is one consultation on the board.
type Row struct {
	Consultation schedule.Consultation
	Clock        schedule.Clock
	Seats        []SeatState // firm, buyer and, where there is one, interpreter; then others present; then who waits in the lobby
	Alerts       []schedule.Alert
	Verdict      schedule.Verdict // a coordinator's; empty: none given

	Vitals   []Vitals             // of who is here: firm, buyer, interpreter, then others
	Care     *schedule.Carer      // nil: nobody takes care of it
	Contacts []schedule.Contacted // oldest first
	Held     []schedule.SeatID    // who must be admitted before coming in again
	Helpers  []Helper             // coordinators who listen or speak here

	Auxiliaries []Auxiliary // devices in the room
}

// SeatState is one seat of a row.
type SeatState struct {
	Seat    schedule.SeatID
	Role    schedule.Role
	Name    string
	State   SeatPresence
	Since   time.Time // when this state began; zero when absent
	Sources []sfu.Source
}

// SeatPresence says whether somebody sits on a seat.
type SeatPresence string

const (
	SeatAbsent SeatPresence = "absent" // nobody has been here yet
	SeatHere   SeatPresence = "here"
	SeatAway   SeatPresence = "away"
	SeatLeft   SeatPresence = "left"
	SeatLobby  SeatPresence = "lobby" // waits; a seat may be told several times
)
