package schedule

import "time"

// Presence is the mirror of one person sitting in a room, refreshed by a
// heartbeat every HeartbeatEvery. When its node dies, the person's interval
// ends at LastSeen.
type Presence struct {
	Event        EventID        `json:"event"`
	Consultation ConsultationID `json:"consultation"`
	Seat         SeatID         `json:"seat"`
	Session      string         `json:"session"`
	Node         string         `json:"node"`        // the node's name
	Incarnation  int64          `json:"incarnation"` // which start of that node
	Since        time.Time      `json:"since"`
	LastSeen     time.Time      `json:"last_seen"`
}

// HeartbeatEvery is how often a presence is refreshed.
const HeartbeatEvery = 5 * time.Second

// RoomState is the mirror of a room: what a restarted node must know.
type RoomState struct {
	Event        EventID        `json:"event"`
	Consultation ConsultationID `json:"consultation"`
	Phase        Phase          `json:"phase"`
	ExtendedTo   time.Time      `json:"extended_to,omitzero"` // zero: not extended
	EndedAt      time.Time      `json:"ended_at,omitzero"`
	Came         []Role         `json:"came,omitempty"`     // who has been there since Start, whatever happened later
	Verdict      Verdict        `json:"verdict,omitempty"`  // a coordinator's
	Contacts     []Contacted    `json:"contacts,omitempty"` // oldest first
	Care         *Carer         `json:"care,omitempty"`
	Held         []SeatID       `json:"held,omitempty"` // who must be admitted before coming back
	// Handed is when the seats of a role went to another party: what was written
	// before is not that party's.
	Handed map[Role]time.Time `json:"handed,omitempty"`
	// Left is when seats were left; of one who sat there at UpdatedAt it is that
	// moment: a node that dies says no other.
	Left map[SeatID]time.Time `json:"left,omitempty"`

	UpdatedAt time.Time `json:"updated_at"`
}

// ChatMessage is one message of a consultation's chat.
type ChatMessage struct {
	ID   string    `json:"id"`
	At   time.Time `json:"at"`
	Seat SeatID    `json:"seat"`
	Role Role      `json:"role"`
	Text string    `json:"text"`
}

// EntryKind says what a ledger entry is about. The set is closed.
type EntryKind string

const (
	EntryNodeStarted   EntryKind = "node_started"
	EntryPhase         EntryKind = "phase"          // Detail: the new Phase
	EntrySeatJoined    EntryKind = "seat_joined"    // an interval of Session on Seat begins
	EntrySeatLeft      EntryKind = "seat_left"      // it ends; Detail: a LeaveReason
	EntrySeatAway      EntryKind = "seat_away"      // nothing is received from the session any more; the interval is open
	EntrySeatBack      EntryKind = "seat_back"      // something is received again
	EntrySourceFlowing EntryKind = "source_flowing" // RTP of a source is really received; Detail: the source
	EntrySourceStopped EntryKind = "source_stopped" // Detail: the source
	EntryExtended      EntryKind = "extended"       // Detail: the new end, RFC 3339 in UTC
	EntryVerdict       EntryKind = "verdict"        // By; Detail: a Verdict, empty when an earlier one is taken back; Words: the reason

	EntrySocketLost EntryKind = "socket_lost" // the session's socket is gone; media may flow on
	EntrySocketBack EntryKind = "socket_back"
	EntryPathUp     EntryKind = "path_up"   // ICE and DTLS are up; Detail: the route, like "udp" or "tcp"
	EntryPathDown   EntryKind = "path_down" // nothing comes by it any more

	EntryContact EntryKind = "contact" // By called who is missing; see Contacted
	EntryPaper   EntryKind = "paper"   // By types in what was written on paper; Detail: from and to, RFC 3339 in UTC, one slash between; Words: where it comes from
	EntryStaff   EntryKind = "staff"   // By did something; Detail: an Action, and after a space what it was done to; Words: why
	EntryErased  EntryKind = "erased"  // By had a party's words and names taken away; Detail: the party's id
)

// LeaveReason says why an interval ended.
type LeaveReason string

const (
	LeftByChoice LeaveReason = "left"    // pressed hang up, or closed the page
	LeftLost     LeaveReason = "lost"    // nothing received for the whole grace time
	LeftMoved    LeaveReason = "moved"   // the seat went to another device
	LeftReplaced LeaveReason = "renewed" // the same tab came back as a new session
	LeftEnded    LeaveReason = "ended"   // the consultation was over
	LeftRemoved  LeaveReason = "removed" // a coordinator or a rule removed the person
	LeftNodeDied LeaveReason = "node_died"
	LeftFault    LeaveReason = "fault" // the room failed
)

// Entry is one line of an event's ledger. It holds opaque ids, never names.
// Prev and Hash are filled by the ledger when it is appended:
// Hash = hex SHA-256 over Prev and the canonical encoding of all fields but
// Hash, Words and Salt (see package attendance).
type Entry struct {
	ID           string         `json:"id"` // UUIDv7; replay is idempotent by it
	At           time.Time      `json:"at"` // when it happened, UTC, millisecond precision
	Event        EventID        `json:"event"`
	Kind         EntryKind      `json:"kind"`
	Consultation ConsultationID `json:"consultation,omitempty"`
	Seat         SeatID         `json:"seat,omitempty"`
	Session      string         `json:"session,omitempty"`
	Node         string         `json:"node,omitempty"`
	Detail       string         `json:"detail,omitempty"`
	By           string         `json:"by,omitempty"` // who did it: an AccountID, LinkID or key; empty: nobody's act

	// Digest is the salted SHA-256 of what somebody wrote with this entry. The
	// words themselves are kept beside the chain, so that they can be erased and
	// the chain stays; see attendance.Digest.
	Digest string `json:"digest,omitempty"`
	// Words are what somebody wrote. They travel with an entry to the ledger and
	// come back with it when they are still there; no hash covers them but Digest.
	Words string `json:"words,omitempty"`
	// Salt goes with Words, in and out; the ledger makes it. Once both are gone
	// nobody can find out by trying which words gave the Digest.
	Salt string `json:"salt,omitempty"`

	Prev string `json:"prev"`
	Hash string `json:"hash"`
}

// Erased tells whether the entry had words and they were taken away.
func (e Entry) Erased() bool { return e.Digest != "" && e.Words == "" }

// Head is a ledger's length and last hash at a moment, signed by the server
// that saw it. Kept elsewhere it proves what a chain alone cannot: that nothing
// was cut off its end, and that it was not written anew as a whole.
type Head struct {
	Event     EventID   `json:"event"`
	Entries   int64     `json:"entries"` // how many the ledger had
	Hash      string    `json:"hash"`    // of the last of them
	At        time.Time `json:"at"`      // when it was signed, UTC, millisecond precision
	Key       string    `json:"key"`     // hex SHA-256 of the public key's 32 bytes, its first 16 digits
	Signature string    `json:"signature"`
}
