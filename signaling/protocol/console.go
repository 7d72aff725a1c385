package protocol

import "time"

// Client to server, from a console that steers rooms, and from those who are
// steered. In brackets the type of the reply; any may be "error".
const (
	TypeWall   = "wall"   // ShowRooms [wall: Wall]; console with media
	TypeHelp   = "help"   // Help [ok]; console with media
	TypeSteer  = "steer"  // Steer [ok]; console
	TypeVitals = "vitals" // TellVitals [ok]; in a room
	TypeReport = "report" // SendReport [ok]; answers an Order
)

// ShowRooms says which rooms are on the coordinator's screen, as consultations,
// in the order of importance; what is not named is not sent. Large is the one
// that is looked at closely: its people come in a higher layer.
type ShowRooms struct {
	Rooms []string `json:"rooms"`
	Large string   `json:"large,omitempty"`
}

// Wall answers ShowRooms; in a delta the slots are told again as a whole.
type Wall struct {
	Seq   uint64     `json:"seq"` // deltas that follow are numbered from here
	Slots []WallSlot `json:"slots"`
}

// WallSlot says whom a slot of the wall shows (0 to 31: video) or sounds (32
// and 33: audio).
type WallSlot struct {
	Slot         int    `json:"slot"`
	Consultation string `json:"consultation"`
	Seat         string `json:"seat"`
}

// Help listens to a room, or speaks to it. Mode "quiet" ends either; to speak is
// to listen as well. To whispers: a role whose seats alone hear it. A console
// helps one room at a time.
type Help struct {
	Consultation string `json:"consultation"`
	Mode         string `json:"mode" set:"HelpMode"`
	To           string `json:"to,omitempty" set:"SeatRoleOrNone"`
}

// Helper is a coordinator who listens or speaks in a room, as its people are
// told. ToMe says that it is heard here.
type Helper struct {
	Name string `json:"name"`
	Mode string `json:"mode" set:"HelpMode"`
	ToMe bool   `json:"to_me"`
}

// Steer does something to one person of a room. Key is the console's own name
// of the request: what comes back (Report) has it, and a repetition is not done
// twice. Reason stands in the audit log.
type Steer struct {
	Key          string `json:"key"`
	Action       string `json:"action" set:"SteerAction"`
	Consultation string `json:"consultation"`
	Seat         string `json:"seat"`
	Source       string `json:"source,omitempty" set:"SourceNameOrNone"` // of mute
	Device       string `json:"device,omitempty"`                        // of microphone, camera, speaker: an id of Devices
	Gain         int    `json:"gain,omitempty"`                          // of gain: percent of the microphone's own loudness, 10 to 400
	Reason       string `json:"reason,omitempty"`
}

// Order is what a coordinator wants of this browser. The client does it, tells
// the person who wanted it, and answers those of kind devices and diagnose, and
// any that failed, by a SendReport with its ID.
type Order struct {
	ID     string `json:"id"`
	Kind   string `json:"kind" set:"OrderKind"`
	By     string `json:"by"` // the coordinator's name
	Source string `json:"source,omitempty" set:"SourceNameOrNone"`
	Device string `json:"device,omitempty"`
	Gain   int    `json:"gain,omitempty"`

	// Consultation is where one is to come in: of come_in to a booth's screen,
	// which learns by it that a consultation was moved there.
	Consultation string `json:"consultation,omitempty"`
}

// SendReport answers an Order. One of Devices, Diagnostics and Failed is set, or
// none: done.
type SendReport struct {
	Order       string       `json:"order"`
	Devices     *Devices     `json:"devices,omitempty"`
	Diagnostics *Diagnostics `json:"diagnostics,omitempty"`
	Failed      string       `json:"failed,omitempty" set:"OrderFailureOrNone"`
}

// Report is a SendReport on its way to the console that steered.
type Report struct {
	Key          string       `json:"key"` // of the Steer
	Consultation string       `json:"consultation"`
	Seat         string       `json:"seat"`
	Devices      *Devices     `json:"devices,omitempty"`
	Diagnostics  *Diagnostics `json:"diagnostics,omitempty"`
	Failed       string       `json:"failed,omitempty" set:"OrderFailureOrNone"`
}

// Devices are what a browser can choose from, and what it has chosen.
type Devices struct {
	Microphones []DeviceInfo `json:"microphones"`
	Cameras     []DeviceInfo `json:"cameras"`
	Speakers    []DeviceInfo `json:"speakers"`
	Microphone  string       `json:"microphone"`
	Camera      string       `json:"camera"`
	Speaker     string       `json:"speaker"`
	Gain        int          `json:"gain"` // percent
}

// DeviceInfo is one device.
type DeviceInfo struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// Diagnostics is what a browser knows of itself; lines are for experts, in
// English, at most 200 of 200 characters.
type Diagnostics struct {
	Browser   string   `json:"browser"`
	System    string   `json:"system"`
	Screen    string   `json:"screen"`
	Battery   string   `json:"battery,omitempty"`
	Network   string   `json:"network,omitempty"`
	Route     string   `json:"route"` // like "udp host"
	RTTMS     float64  `json:"rtt_ms"`
	Sending   string   `json:"sending"`   // like "1280×720 25/s 900 kbit/s"
	Receiving string   `json:"receiving"` // of what it shows largest
	Limited   string   `json:"limited"`   // cpu, bandwidth or none
	Lines     []string `json:"lines"`
}

// TellVitals is what a browser in a room has counted since it told last, about
// every 5 s. Fractions are of the time or of the samples since then.
type TellVitals struct {
	Frozen     float64  `json:"frozen"`    // 0 to 1: of the picture of whoever froze most
	Freezes    int      `json:"freezes"`   // begun since
	Concealed  float64  `json:"concealed"` // 0 to 1: of the voice of whoever was concealed most
	Microphone string   `json:"microphone" set:"MicrophoneHealth"`
	Camera     string   `json:"camera" set:"CameraHealth"`
	Limited    string   `json:"limited" set:"Limited"`
	Unheard    []string `json:"unheard"` // seats whose microphone is on and of which no sound has arrived for 5 s
	Hidden     bool     `json:"hidden"`  // the page is not in sight

	Playback string   `json:"playback,omitempty" set:"PlaybackOrNone"` // of what it should play
	Hollow   []string `json:"hollow,omitempty"`                        // seats of which sound arrives and comes out as silence, or is made up altogether
	Rate     int      `json:"rate,omitempty"`                          // pictures a second of whoever is seen with the fewest; 0: not known
}

// Vitals is the media truth of one person, put together from what the server
// sees and what the browser counts. Symptoms are worst first; empty: all is well.
type Vitals struct {
	Seat      string   `json:"seat"`
	Route     string   `json:"route" set:"Route"`
	RTTMS     int      `json:"rtt_ms"`
	LossUp    float64  `json:"loss_up"`   // 0 to 1, to the server
	LossDown  float64  `json:"loss_down"` // from the server
	Frozen    float64  `json:"frozen"`
	Concealed float64  `json:"concealed"`
	Level     int      `json:"level"` // of the microphone, 0 (silence) to 100
	Speaking  bool     `json:"speaking"`
	Quality   string   `json:"quality" set:"Quality"`
	Symptoms  []string `json:"symptoms" set:"Symptom"`

	JitterUpMS   int     `json:"jitter_up_ms,omitempty"` // of voices
	JitterDownMS int     `json:"jitter_down_ms,omitempty"`
	LayerUp      string  `json:"layer_up,omitempty"`   // rid of the sharpest picture that comes of the camera
	LayerDown    string  `json:"layer_down,omitempty"` // of the sharpest that is sent to this person
	RateUp       int     `json:"rate_up,omitempty"`    // pictures a second
	RateDown     int     `json:"rate_down,omitempty"`
	LineKbps     int     `json:"line_kbps,omitempty"`  // what the line to this person carries, as estimated
	ScoreUp      float64 `json:"score_up,omitempty"`   // 1 to 5: how well this person is heard and seen; 0: nothing to tell it by
	ScoreDown    float64 `json:"score_down,omitempty"` // how well this person hears and sees
}

// RowVitals replaces the vitals of one row.
type RowVitals struct {
	Consultation string   `json:"consultation"`
	Vitals       []Vitals `json:"vitals"`
}

// Carer is the coordinator who takes care of a room.
type Carer struct {
	ID    string    `json:"id"` // as in StaffHere
	Name  string    `json:"name"`
	Since time.Time `json:"since"`
}

// StaffHere is a coordinator whose console is open now.
type StaffHere struct {
	ID    string    `json:"id"` // account or link
	Name  string    `json:"name"`
	Right string    `json:"right" set:"Right"`
	Since time.Time `json:"since"`
	Rooms int       `json:"rooms"`           // taken care of
	Helps string    `json:"helps,omitempty"` // the consultation that is listened or spoken to
}

// Storage is how the record is kept just now.
type Storage struct {
	AwaySince *time.Time `json:"away_since,omitempty"` // Redis cannot be reached since
	Waiting   int64      `json:"waiting"`              // ledger entries on disk that are to be replayed
	Affected  int        `json:"affected"`             // consultations that could not be opened or steered because of it
	DiskFull  bool       `json:"disk_full"`            // the spool cannot be written: call the person who runs the server
	Trial     bool       `json:"trial"`
}

// Crosstalk says that the microphone of one booth hears another.
type Crosstalk struct {
	Hears    string    `json:"hears"` // a booth's id
	Speaks   string    `json:"speaks"`
	Since    time.Time `json:"since"`
	Strength int       `json:"strength"` // 0 to 100
}

// Contacted is one try to reach somebody who is missing.
type Contacted struct {
	ID         string     `json:"id"`
	At         time.Time  `json:"at"`
	Name       string     `json:"name"` // of the coordinator
	Role       string     `json:"role" set:"SeatRole"`
	Outcome    string     `json:"outcome" set:"ContactOutcome"`
	Minutes    int        `json:"minutes,omitempty"`
	ExpectedAt *time.Time `json:"expected_at,omitempty"`
	Words      string     `json:"words,omitempty"`
}

// ContactRequest logs a try to reach somebody.
type ContactRequest struct {
	Role    string `json:"role" set:"SeatRole"`
	Outcome string `json:"outcome" set:"ContactOutcome"`
	Minutes int    `json:"minutes,omitempty" minimum:"0" maximum:"120"` // with coming: 1 or more
	Words   string `json:"words,omitempty" maxLength:"500"`
}

// Script is all that a coordinator needs to find who is missing: cards, what
// was tried, and what can be offered instead.
type Script struct {
	Consultation string        `json:"consultation"`
	Cards        []ContactCard `json:"cards"` // those of Consultation.Seats who are not here, in this order
	Contacts     []Contacted   `json:"contacts"`
	Times        []OfferedTime `json:"times"` // free for all parties and a booth, the next first
	StandBys     []StandBy     `json:"stand_bys"`
}

// ContactCard is how to reach a party.
type ContactCard struct {
	Role     string     `json:"role" set:"SeatRole"`
	Name     string     `json:"name"`
	Contact  Contact    `json:"contact"`
	Zone     string     `json:"zone"` // where it is, to see how late it is there
	Language string     `json:"language"`
	SeenAt   *time.Time `json:"seen_at,omitempty"` // when its link was last used
}

// OfferedTime is a window that a consultation could move to.
type OfferedTime struct {
	StartsAt  time.Time `json:"starts_at"`
	EndsAt    time.Time `json:"ends_at"`
	Booth     string    `json:"booth"` // id
	BoothName string    `json:"booth_name"`
}

// StandBy is a buyer who could step in.
type StandBy struct {
	Buyer    string `json:"buyer"` // id
	Name     string `json:"name"`
	Country  string `json:"country"`
	Zone     string `json:"zone"`
	Language string `json:"language"`
	Phone    string `json:"phone"`
	Online   bool   `json:"online"` // a page of theirs is open
}

// Reasoned is a request that wants a reason for the audit log.
type Reasoned struct {
	Reason string `json:"reason" maxLength:"500"`
}

// CareRequest takes care of a room, or lets go of it.
type CareRequest struct {
	Take bool `json:"take"`
}

// HandOverRequest gives all rooms that the asking coordinator takes care of to
// another, who is at a console.
type HandOverRequest struct {
	To string `json:"to" maxLength:"64"` // StaffHere.ID
}

// HandedOver answers it.
type HandedOver struct {
	Rooms int `json:"rooms"` // that have another carer now
}

// PaperRequest types in what was written on paper: somebody was there though
// no machine saw it.
type PaperRequest struct {
	Seat       string    `json:"seat" maxLength:"130"`
	From       time.Time `json:"from"`
	To         time.Time `json:"to"`
	Provenance string    `json:"provenance" minLength:"3" maxLength:"500"` // which paper, who wrote it
}

// EraseRequest takes a person's name, contacts, words and chat away. Counts and
// the ledger's chain stay.
type EraseRequest struct {
	Party  string `json:"party" maxLength:"64"` // id of a firm, buyer or interpreter
	Reason string `json:"reason" minLength:"3" maxLength:"500"`
}

// Erasure answers it.
type Erasure struct {
	Words int `json:"words"` // of the ledger
	Notes int `json:"notes"`
	Chats int `json:"chats"`
	Links int `json:"links"`
}
