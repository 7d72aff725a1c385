// Package protocol is the wire protocol between browsers and the server:
// message types, codes and versions. PROTOCOL.md beside it states the rules
// that tests cite.
//
// Everything here is plain data with JSON tags; the client's TypeScript types
// are generated from it. Sharing the domain's own structs with the wire was
// rejected: the rooms may change their minds without a new protocol version.
package protocol

import (
	"encoding/json"
	"time"
)

// Subprotocol is the WebSocket subprotocol, with the protocol's version.
const Subprotocol = "sangdam.v1"

// Message is the frame of every WebSocket message. A request carries a Ref
// above zero; its one reply carries the same.
type Message struct {
	Type string          `json:"type"`
	Ref  uint64          `json:"ref,omitempty"`
	Body json.RawMessage `json:"body,omitempty"`
}

// Client to server. In brackets the type of the reply; any may be "error".
const (
	TypeHello   = "hello"   // Hello [hello: Welcome]; the first message of a socket
	TypeResume  = "resume"  // Resume [resume: Resumed]; or this one
	TypeRestart = "restart" // Restart [restart: Restarted]: ICE restart on the same PeerConnection
	TypeProbe   = "probe"   // Probe [probe: Probed]: one way of media is tried beside the one in use
	TypeJoin    = "join"    // Join [joined: Joined]
	TypeLeave   = "leave"   // Leave [ok]: back to the lobby, the session lives on
	TypeSource  = "source"  // SetSource [ok]
	TypeChat    = "chat"    // Say [ok]
	TypeWatch   = "watch"   // Watch [board: Board]; console only
	TypePing    = "ping"    // Ping [pong: Pong]
	TypeBye     = "bye"     // no body, no reply: the person closes the page
)

// Server to client.
const (
	TypeJoined = "joined"
	TypeBoard  = "board"
	TypeOK     = "ok"
	TypePong   = "pong"
	TypeDelta  = "delta" // Delta
	TypeError  = "error" // Error; with a Ref the reply to it, without one the last message before the socket closes
)

// Hello begins a session. Offer is empty for a console that wants no media.
type Hello struct {
	Token    string `json:"token"`
	Profile  string `json:"profile" set:"Profile"` // room or wall
	Offer    string `json:"offer,omitempty"`
	Path     string `json:"path,omitempty" set:"PathProfileOrNone"` // how media is tried; empty: normal
	Language string `json:"language,omitempty"`                     // BCP 47, of the page
}

// Welcome answers Hello. Secret proves the right to resume and changes with
// every resume.
type Welcome struct {
	Session    string    `json:"session"`
	Secret     string    `json:"secret"`
	Answer     string    `json:"answer,omitempty"`
	You        Person    `json:"you"`
	ServerTime time.Time `json:"server_time"`

	ICEServers []ICEServer `json:"ice_servers"` // with fresh credentials
}

// Resume takes a living session over to a new socket. Seq is the last delta
// that the client has applied.
type Resume struct {
	Session string `json:"session"`
	Secret  string `json:"secret"`
	Seq     uint64 `json:"seq"`
}

// Resumed answers Resume. The deltas missed follow as ordinary deltas; when
// there are too many, State holds the whole truth instead.
type Resumed struct {
	Secret     string    `json:"secret"`
	Seq        uint64    `json:"seq"` // of the last delta that State includes, or the client's own
	State      *Joined   `json:"state,omitempty"`
	Board      *Board    `json:"board,omitempty"`
	Waiting    *Waiting  `json:"waiting,omitempty"`
	ServerTime time.Time `json:"server_time"`

	ICEServers []ICEServer `json:"ice_servers"` // with fresh credentials
}

// Restart carries an offer made with iceRestart; or, with Rebuild, the offer of
// a new PeerConnection that takes the place of the former one in this session.
type Restart struct {
	Offer   string `json:"offer"`
	Rebuild bool   `json:"rebuild,omitempty"`
	Path    string `json:"path,omitempty" set:"PathProfileOrNone"` // of a rebuild: how media is tried; empty: normal
}

// ProbeWithin is how long what a probe opens lives.
const ProbeWithin = 15 * time.Second

// Probe carries an offer of one receive audio, to try a way that media is not
// on. What it opens ends by itself after ProbeWithin.
type Probe struct {
	Offer string `json:"offer"`
	Route string `json:"route" set:"ProbeRoute"` // the one that the answer's candidates name
}

// Probed carries its answer.
type Probed struct {
	Answer string `json:"answer"`
}

// Restarted carries its answer.
type Restarted struct {
	Answer string `json:"answer"`
}

// Join enters the room of a consultation. Move says yes to the question of
// CodeSeatInUse: the seat moves here and the other device stops. Sources are
// the sources that are on.
type Join struct {
	Consultation string   `json:"consultation"`
	Move         bool     `json:"move,omitempty"`
	Sources      []string `json:"sources,omitempty" set:"SourceName"`
}

// Joined answers Join.
type Joined struct {
	Seq      uint64   `json:"seq"` // deltas that follow are numbered from here
	Snapshot Snapshot `json:"snapshot"`
	Slots    []Slot   `json:"slots"`
}

// Leave goes back to the lobby.
type Leave struct{}

// SetSource says whether a source is on: microphone, camera, screen or
// screen_audio. Off stops it at the server, too.
//
// Resting says of a source that is on that the browser does not send it just
// now, because the line would not carry it beside the voice.
type SetSource struct {
	Source  string `json:"source" set:"SourceName"`
	On      bool   `json:"on"`
	Resting bool   `json:"resting,omitempty"`
}

// Say writes into the chat. Key is the client's own, so that a repetition
// after a resume is not a second message.
type Say struct {
	Key  string `json:"key"`
	Text string `json:"text"`
}

// Watch asks for the board of the console's event.
type Watch struct{}

// Ping measures the round trip and the clocks. Milliseconds of the client's
// own clock come back unchanged.
type Ping struct {
	At float64 `json:"at"`
}

// Pong answers Ping.
type Pong struct {
	At         float64   `json:"at"`
	ServerTime time.Time `json:"server_time"`
}

// Snapshot is the full state of a room.
type Snapshot struct {
	Consultation Consultation  `json:"consultation"`
	Clock        Clock         `json:"clock"`
	Participants []Participant `json:"participants"`
	Chat         []ChatMessage `json:"chat"`
	Helpers      []Helper      `json:"helpers"` // coordinators who listen or speak here
	Auxiliaries  []Auxiliary   `json:"auxiliaries"`
}

// Delta is the next numbered change of what the client has been told. Seq
// grows by one a delta and session.
type Delta struct {
	Seq     uint64   `json:"seq"`
	Changes []Change `json:"changes"`
}

// Change has exactly one field set.
type Change struct {
	Participant *Participant `json:"participant,omitempty"` // came, or changed; replaces the one with its ID
	Left        *Left        `json:"left,omitempty"`
	Clock       *Clock       `json:"clock,omitempty"`
	Warning     *Warning     `json:"warning,omitempty"`
	Chat        *ChatMessage `json:"chat,omitempty"`
	Slots       *[]Slot      `json:"slots,omitempty"` // the whole slot map of this viewer; may be empty
	Row         *Row         `json:"row,omitempty"`   // console: replaces the row of its consultation
	Booth       *BoothState  `json:"booth,omitempty"` // console: replaces the booth with its id
	Waiting     *Waiting     `json:"waiting,omitempty"`
	Note        *Note        `json:"note,omitempty"` // in the lobby, too

	Helpers *[]Helper `json:"helpers,omitempty"` // in a room: all coordinators who listen or speak here
	Order   *Order    `json:"order,omitempty"`   // in a room and in the lobby

	Auxiliaries *[]Auxiliary `json:"auxiliaries,omitempty"` // in a room: all of them; may be empty

	// Of a console:
	Vitals    *RowVitals   `json:"vitals,omitempty"`
	Staff     *[]StaffHere `json:"staff,omitempty"` // all of them
	Storage   *Storage     `json:"storage,omitempty"`
	Crosstalk *[]Crosstalk `json:"crosstalk,omitempty"` // all of it
	Wall      *[]WallSlot  `json:"wall,omitempty"`      // the whole slot map of the wall
	Report    *Report      `json:"report,omitempty"`    // to the one who steered
}

// Person says who the holder of a link is.
type Person struct {
	Name     string `json:"name"`
	Role     string `json:"role" set:"Role"`
	Language string `json:"language"`

	ID    string `json:"id,omitempty"`                      // of a console: as in StaffHere
	Right string `json:"right,omitempty" set:"RightOrNone"` // of a console
}

// Participant is a person present in a room. ID is its session.
type Participant struct {
	ID      string    `json:"id"`
	Seat    string    `json:"seat"`
	Role    string    `json:"role" set:"SeatRole"`
	Name    string    `json:"name"`
	Sources []string  `json:"sources" set:"SourceName"` // the sources that are on
	Away    bool      `json:"away"`                     // no media received for 3 s: "reconnecting"
	Since   time.Time `json:"since"`

	Resting []string `json:"resting" set:"SourceName"` // of Sources: not sent just now, to keep the voice on a narrow line
	Narrow  bool     `json:"narrow"`                   // its own line carries voices alone just now: it sees nobody
}

// Left says that a participant is gone, and why (schedule.LeaveReason).
type Left struct {
	ID     string `json:"id"`
	Reason string `json:"reason" set:"LeaveReason"`
}

// Clock is where the consultation is in its life. All times are the server's.
type Clock struct {
	Phase      string     `json:"phase" set:"Phase"`
	OpensAt    time.Time  `json:"opens_at"`
	StartsAt   time.Time  `json:"starts_at"`
	EndsAt     time.Time  `json:"ends_at"`             // with extensions
	ClosesAt   *time.Time `json:"closes_at,omitempty"` // when the room will close, once that is known (farewell)
	Overrun    bool       `json:"overrun"`
	ServerTime time.Time  `json:"server_time"`
}

// Warning tells the minutes left before EndsAt.
type Warning struct {
	MinutesLeft int `json:"minutes_left"`
}

// ChatMessage is one message of the chat.
type ChatMessage struct {
	ID   string    `json:"id"`
	At   time.Time `json:"at"`
	Seat string    `json:"seat"`
	Role string    `json:"role" set:"Role"`
	Name string    `json:"name"`
	Text string    `json:"text"`
}

// Slot says whom a receive slot shows. Kind is person (camera and microphone)
// or stage (screen or close-up, and its audio); the stage may show an Auxiliary.
type Slot struct {
	Slot        int    `json:"slot"`
	Kind        string `json:"kind" set:"SlotKind"`
	Participant string `json:"participant"`
	Paused      bool   `json:"paused"`  // its picture is not sent just now: the reader's line would not carry it beside the voices
	HoldMS      int    `json:"hold_ms"` // how long picture and voice should be held before they are played, so that what is sent again comes in time; 0: the browser's own choice
}

// Consultation is what a seat, a booth or the console may know of one.
type Consultation struct {
	ID          string      `json:"id"`
	Seat        string      `json:"seat,omitempty"` // the reader's own
	StartsAt    time.Time   `json:"starts_at"`
	EndsAt      time.Time   `json:"ends_at"`
	OpensAt     time.Time   `json:"opens_at"`
	Phase       string      `json:"phase" set:"Phase"`
	Booth       string      `json:"booth"` // its name
	Firm        Firm        `json:"firm"`
	Buyer       Buyer       `json:"buyer"`
	Interpreter Interpreter `json:"interpreter"`
}

// Firm of a consultation.
type Firm struct {
	Name     string `json:"name"`
	Products string `json:"products"`
}

// Buyer of a consultation.
type Buyer struct {
	Name     string `json:"name"`
	Country  string `json:"country"`
	Zone     string `json:"zone"`
	Language string `json:"language"`
}

// Interpreter of a consultation; the name is empty when there is none.
type Interpreter struct {
	Name      string   `json:"name"`
	Languages []string `json:"languages"`
}

// Board is the console's view of an event.
type Board struct {
	Seq    uint64       `json:"seq"`
	Rows   []Row        `json:"rows"`
	Booths []BoothState `json:"booths"`
	Notes  []Note       `json:"notes"` // the last ones, oldest first

	Staff     []StaffHere `json:"staff"` // whose console is open, the reader's among them
	Storage   Storage     `json:"storage"`
	Crosstalk []Crosstalk `json:"crosstalk"`
}

// Row is one consultation on the board.
type Row struct {
	Consultation Consultation `json:"consultation"`
	Clock        Clock        `json:"clock"`
	Seats        []SeatState  `json:"seats"` // firm, buyer and, where there is one, interpreter; then others present
	Alerts       []Alert      `json:"alerts"`
	Verdict      string       `json:"verdict,omitempty" set:"Verdict"` // a coordinator's word

	Vitals   []Vitals    `json:"vitals"`         // of who is here
	Care     *Carer      `json:"care,omitempty"` // nobody takes care of it
	Contacts []Contacted `json:"contacts"`       // oldest first
	Held     []string    `json:"held"`           // seats that must be admitted before they come in again
	Helpers  []Helper    `json:"helpers"`        // coordinators who listen or speak; ToMe is false

	Auxiliaries []Auxiliary `json:"auxiliaries"` // devices in the room
}

// SeatState is one seat of a row. State is absent, lobby,
// here, away or left.
type SeatState struct {
	Seat    string     `json:"seat"`
	Role    string     `json:"role" set:"SeatRole"`
	Name    string     `json:"name"`
	State   string     `json:"state" set:"SeatPresence"`
	Since   *time.Time `json:"since,omitempty"` // when this state began
	Sources []string   `json:"sources" set:"SourceName"`
}

// Error is the answer to a request that failed, or the reason why a socket is
// about to close. The client turns Code into words of the reader's language.
type Error struct {
	Code         Code       `json:"code" set:"Code"`
	Action       Action     `json:"action,omitempty" set:"Action"`
	RetryAfterMS int64      `json:"retry_after_ms,omitempty"`
	OpensAt      *time.Time `json:"opens_at,omitempty"` // with CodeTooEarly
	Detail       string     `json:"detail,omitempty"`   // for a developer, in English; never shown
}

// OpenLink is the body of POST /api/v1/links/{id}/open. Token is the one this
// tab holds already, if any: it goes on being used while it is good.
type OpenLink struct {
	Secret string `json:"secret"`
	Token  string `json:"token,omitempty"`
}

// Bootstrap answers it: all that a page needs before its socket.
type Bootstrap struct {
	Token         string         `json:"token"`
	Kind          string         `json:"kind" set:"LinkKind"` // person, booth or console
	You           Person         `json:"you"`
	Event         EventInfo      `json:"event"`
	Booth         string         `json:"booth,omitempty"`
	Country       string         `json:"country,omitempty"` // of a buyer, to compare with the device's zone
	Zone          string         `json:"zone,omitempty"`    // of a buyer
	Consultations []Consultation `json:"consultations"`     // of this link, ascending
	ICEServers    []ICEServer    `json:"ice_servers"`
	Path          string         `json:"path" set:"PathProfile"` // what worked for this seat the last time: begin with it
	Trial         bool           `json:"trial"`                  // records end with the process (demo)
	Seat          int            `json:"seat"`                   // 1, or more for a colleague of the same party
	Languages     []string       `json:"languages"`
	Notice        Notice         `json:"notice"`
	InvitedAt     time.Time      `json:"invited_at"` // when the link was last mailed, or else made
	Mail          bool           `json:"mail"`       // console: this server can send mail
	ServerTime    time.Time      `json:"server_time"`
}

// EventInfo is what every page may know of the event.
type EventInfo struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Organiser string `json:"organiser"`
	Zone      string `json:"zone"`
	Language  string `json:"language"`
}

// ICEServer is one RTCIceServer.
type ICEServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}
