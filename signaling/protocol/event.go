package protocol

import "time"

// Client to server, around the meeting itself. In brackets the type of the
// reply; any may be "error".
const (
	TypeWait     = "wait"     // Wait [waiting: Waiting]: before the doors, and before going in
	TypeNote     = "note"     // SendNote [ok]
	TypeCall     = "call"     // no body [ok]: a note of kind call to the coordinators
	TypeHealth   = "health"   // Health [ok]; booths
	TypeSeen     = "seen"     // Seen [ok]: closes a call; console
	TypePractice = "practice" // no body [practice: Practising]
)

// TypeWaiting is the server's reply to wait.
const TypeWaiting = "waiting"

// Wait shows who is there already for a consultation, without going in. Whoever
// waits is shown to the others as SeatState "lobby". Leave or join ends it.
type Wait struct {
	Consultation string `json:"consultation"`
}

// Waiting answers Wait; in a delta it is told again as a whole, without Seq.
type Waiting struct {
	Seq          uint64       `json:"seq,omitempty"` // deltas that follow are numbered from here
	Consultation Consultation `json:"consultation"`
	Clock        Clock        `json:"clock"`
	Seats        []SeatState  `json:"seats"`
	Notes        []Note       `json:"notes"` // that concern this seat, oldest first
}

// Practice sends the own camera and microphone back in slot 0.
type Practice struct{}

// Practising answers Practice. Leave, join or wait ends it.
type Practising struct {
	Seq   uint64 `json:"seq"`
	Slots []Slot `json:"slots"`
}

// Call calls a coordinator to a booth.
type Call struct{}

// SendNote writes to the coordinators (To is empty), or from a console to whom
// To says: the ReplyTo of a note or booth, a seat ("S01/buyer"), a consultation
// ("S01"), or "*" for everybody. Key is the client's own, so that a repetition
// is not a second note.
type SendNote struct {
	To   string `json:"to,omitempty"`
	Key  string `json:"key"`
	Text string `json:"text"`
}

// Note is a word between the coordinators and others, outside the chat of a
// room. To is empty when it goes to the coordinators.
type Note struct {
	ID   string    `json:"id"`
	At   time.Time `json:"at"`
	From NoteFrom  `json:"from"`
	To   string    `json:"to,omitempty"`
	Text string    `json:"text"` // empty with kind call
	Kind string    `json:"kind" set:"NoteKind"`

	SeenBy string     `json:"seen_by,omitempty"` // of a call: the coordinator who answered
	SeenAt *time.Time `json:"seen_at,omitempty"`
}

// Seen says that somebody looks after a call.
type Seen struct {
	Note string `json:"note"` // its id
}

// NoteFrom is who wrote a note.
type NoteFrom struct {
	Role    string `json:"role" set:"Role"`
	Name    string `json:"name"`
	Seat    string `json:"seat,omitempty"`     // where the writer waits or sits
	ReplyTo string `json:"reply_to,omitempty"` // To of an answer; empty from a coordinator
}

// Health is what a booth's screen measures of itself, sent every 5 seconds at
// most.
type Health struct {
	Microphone string  `json:"microphone" set:"MicrophoneHealth"`
	Camera     string  `json:"camera" set:"CameraHealth"`
	Level      float64 `json:"level"`  // loudest of the microphone since the last one, 0 to 1
	Echo       bool    `json:"echo"`   // the loudspeaker is heard in the microphone
	RTTMS      float64 `json:"rtt_ms"` // of the media path; 0: not known
	Loss       float64 `json:"loss"`   // of what is received, 0 to 1
}

// BoothState is a booth on the board. In a delta it replaces the one with its
// id.
type BoothState struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Connected bool       `json:"connected"`       // its screen has a session
	Since     *time.Time `json:"since,omitempty"` // of Connected; absent: never seen
	Health    *Health    `json:"health,omitempty"`
	HealthAt  *time.Time `json:"health_at,omitempty"`
	ReplyTo   string     `json:"reply_to"` // SendNote.To that reaches this booth
}

// Alert is something on a row that wants a coordinator.
type Alert struct {
	Kind  string    `json:"kind" set:"AlertKind"` // late: missing since the start; no_show: a verdict is proposed
	Roles []string  `json:"roles" set:"SeatRole"` // who is missing
	Since time.Time `json:"since"`

	Proposed string `json:"proposed,omitempty" set:"Verdict"` // of no_show

	CallAt     *time.Time `json:"call_at,omitempty"`     // of late: from then on how to reach them is shown
	ExpectedAt *time.Time `json:"expected_at,omitempty"` // they said that they are coming: no sound before
}
