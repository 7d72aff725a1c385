package protocol

import "time"

// Links are all links of an event, for its coordinators.
type Links struct {
	Links []LinkInfo `json:"links"` // consoles, booths, firms, buyers, interpreters; by name
	Mail  bool       `json:"mail"`  // this server can send mail
}

// LinkInfo is one link. URL has the secret in it; a revoked link has none.
type LinkInfo struct {
	ID            string     `json:"id"`
	Kind          string     `json:"kind" set:"LinkKind"`
	Role          string     `json:"role" set:"Role"`
	Name          string     `json:"name"`            // of the booth or party; of a console its holder
	Party         string     `json:"party,omitempty"` // id of the firm, buyer or interpreter
	Booth         string     `json:"booth,omitempty"` // id
	Seat          int        `json:"seat"`            // 1, or more for colleagues of the same party
	Language      string     `json:"language"`
	Email         string     `json:"email,omitempty"`
	URL           string     `json:"url,omitempty"`
	Version       int        `json:"version"`       // grows with each reissue
	Consultations []string   `json:"consultations"` // ids, ascending by start
	CreatedAt     time.Time  `json:"created_at"`
	UsedAt        *time.Time `json:"used_at,omitempty"` // first opened
	SentAt        *time.Time `json:"sent_at,omitempty"` // last mailed
	RevokedAt     *time.Time `json:"revoked_at,omitempty"`
	EndsAt        time.Time  `json:"ends_at"`
	ConsentAt     *time.Time `json:"consent_at,omitempty"`
}

// AddLink asks for a link of a colleague (Party and Role), or for one more
// coordinator (Name alone).
type AddLink struct {
	Role  string `json:"role" set:"Role"`
	Party string `json:"party,omitempty" maxLength:"64"`
	Name  string `json:"name,omitempty" maxLength:"100"` // of a coordinator

	Reason string `json:"reason,omitempty" maxLength:"500"` // for the audit log
}

// MailRequest sends invitations. No links named means: to everybody who has an
// address and was not written to since the link was made or made anew.
type MailRequest struct {
	Links  []string `json:"links,omitempty" maxItems:"2000"`
	Reason string   `json:"reason,omitempty" maxLength:"500"` // for the audit log
}

// MailReport answers it; with ?dry_run=true nothing is sent, and Letters holds
// what would be.
type MailReport struct {
	Queued  int           `json:"queued"`
	Letters []Letter      `json:"letters"` // of a dry run
	Skipped []MailSkipped `json:"skipped"`
}

// Letter is one mail as its reader would get it.
type Letter struct {
	Link     string `json:"link"`
	To       string `json:"to"`
	Language string `json:"language"`
	Subject  string `json:"subject"`
	Text     string `json:"text"`
}

// MailSkipped is a link that is not written to, and why.
type MailSkipped struct {
	Link   string `json:"link"`
	Reason string `json:"reason" set:"MailSkip"`
}

// QRRequest asks for a link of this server as a picture.
type QRRequest struct {
	Text string `json:"text" maxLength:"300"`
}

// Readiness is what a lobby's test found on this device.
type Readiness struct {
	Microphone    string  `json:"microphone" set:"TestResult"` // it was heard
	Camera        string  `json:"camera" set:"TestResult"`
	Speaker       string  `json:"speaker" set:"TestResult"` // the person says so
	Media         string  `json:"media" set:"TestResult"`   // the media path stood
	RTTMS         float64 `json:"rtt_ms"`                   // of it; 0: not known
	Browser       string  `json:"browser" maxLength:"100"`  // name and version
	Supported     bool    `json:"supported"`                // the browser can do what a room needs
	ClockOffsetMS float64 `json:"clock_offset_ms"`          // device minus server
	Zone          string  `json:"zone" maxLength:"64"`      // IANA zone of the device

	Network *NetworkTest `json:"network,omitempty"` // absent: not tried
}

// NetworkTest is what a lobby found out about the network it sits in.
type NetworkTest struct {
	At       time.Time `json:"at"`
	Socket   string    `json:"socket" set:"TestResult"` // the WebSocket stayed up
	UDP      string    `json:"udp" set:"TestResult"`    // media by UDP
	TCP      string    `json:"tcp" set:"TestResult"`    // media by ICE-TCP
	TLS      string    `json:"tls" set:"TestResult"`    // media by TURN over TLS on the port of the pages
	Path     string    `json:"path" set:"PathProfile"`  // what the meeting will use
	Route    string    `json:"route" set:"NetworkRoute"`
	RTTMS    float64   `json:"rtt_ms"`    // of the media path; 0: not known, here and below
	JitterMS float64   `json:"jitter_ms"` //
	LossUp   float64   `json:"loss_up"`   // 0 to 1
	LossDown float64   `json:"loss_down"` //
	UpKbps   float64   `json:"up_kbps"`   //
	DownKbps float64   `json:"down_kbps"` //
}

// ReadinessBoard is how ready everybody is.
type ReadinessBoard struct {
	Links []LinkReadiness `json:"links"` // not consoles; by the next consultation, then name
}

// LinkReadiness is one link's light, and why.
type LinkReadiness struct {
	Link    string     `json:"link"`
	Kind    string     `json:"kind" set:"LinkKind"`
	Role    string     `json:"role" set:"Role"`
	Name    string     `json:"name"`
	Seat    int        `json:"seat"`
	Next    *time.Time `json:"next,omitempty"` // start of the next consultation; absent: none follows
	Light   string     `json:"light" set:"Light"`
	Reasons []string   `json:"reasons" set:"ReadinessReason"` // of amber and red
	At      *time.Time `json:"at,omitempty"`
	Test    *Readiness `json:"test,omitempty"`
}

// ConsentRequest says yes to what the notice of this name and version tells.
type ConsentRequest struct {
	Notice string `json:"notice" maxLength:"64"`
}

// Consent is a yes that was given by a link.
type Consent struct {
	Notice string    `json:"notice"`
	At     time.Time `json:"at"`
}

// Notice says what is recorded about the reader; the words belong to its keys.
type Notice struct {
	Name          string   `json:"name"`                     // and version; what ConsentRequest repeats
	Records       []string `json:"records" set:"RecordKind"` // what is kept
	RetentionDays int      `json:"retention_days,omitempty"` // absent: as long as the organiser keeps the event
	Consent       *Consent `json:"consent,omitempty"`        // absent: not given yet
}
