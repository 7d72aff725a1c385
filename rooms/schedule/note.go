package schedule

import "time"

// NoteKind says what a note is.
type NoteKind string

const (
	NoteText NoteKind = "text"
	NoteCall NoteKind = "call" // somebody asks for a coordinator to come; open until Seen
)

// Note is a word between a coordinator and the people of an event, in the lobby,
// in a room or at a booth.
type Note struct {
	ID   string     `json:"id"` // UUIDv7
	At   time.Time  `json:"at"`
	From NoteSender `json:"from"`
	To   NoteTarget `json:"to,omitzero"` // zero: to the coordinators
	Text string     `json:"text,omitempty"`
	Kind NoteKind   `json:"kind"`

	SeenBy string    `json:"seen_by,omitempty"` // the coordinator who answered, a name or a link's id
	SeenAt time.Time `json:"seen_at,omitzero"`
}

// NoteSender is who wrote a note. Coordinators have a role and a name alone.
type NoteSender struct {
	Role  Role    `json:"role"`
	Name  string  `json:"name,omitempty"`
	Seat  SeatID  `json:"seat,omitempty"`
	Booth BoothID `json:"booth,omitempty"`
}

// NoteTarget is whom a coordinator writes to; one field is set.
type NoteTarget struct {
	Seat         SeatID         `json:"seat,omitempty"`
	Consultation ConsultationID `json:"consultation,omitempty"`
	Everybody    bool           `json:"everybody,omitempty"`
}

// Reaches tells whether somebody on a seat is meant.
func (t NoteTarget) Reaches(seat SeatID) bool {
	c, _ := seat.Split()
	return t.Everybody || t.Seat != "" && t.Seat == seat || t.Consultation != "" && t.Consultation == c
}
