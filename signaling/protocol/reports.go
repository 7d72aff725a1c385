package protocol

import "time"

// Attendance is an event's attendance, derived from the ledger when asked.
type Attendance struct {
	Event         string             `json:"event"`
	Zone          string             `json:"zone"` // of the center; all times here are UTC
	DerivedAt     time.Time          `json:"derived_at"`
	Consultations []AttendanceRecord `json:"consultations"`
}

// AttendanceRecord is the attendance of one consultation. Verdict is pending
// until it has ended.
type AttendanceRecord struct {
	Consultation    string           `json:"consultation"`
	StartsAt        time.Time        `json:"starts_at"`
	EndsAt          time.Time        `json:"ends_at"`
	Booth           string           `json:"booth"`
	FirmID          string           `json:"firm_id"` // as reports are asked for
	Firm            string           `json:"firm"`
	Buyer           string           `json:"buyer"`
	Country         string           `json:"country"`
	Zone            string           `json:"zone"` // of the buyer
	Verdict         string           `json:"verdict" set:"Verdict"`
	Decided         *Decided         `json:"decided,omitempty"`     // the verdict is a coordinator's
	Corrections     []Decided        `json:"corrections"`           // all of them, oldest first; an empty verdict took one back
	ExtendedTo      *time.Time       `json:"extended_to,omitempty"` // the end, when it is not EndsAt
	TogetherSeconds int64            `json:"together_seconds"`      // both sides present
	OnPaper         bool             `json:"on_paper"`              // the verdict rests on paper alone
	Evidence        []Evidence       `json:"evidence"`              // what the verdict rests on
	Contacts        []Contacted      `json:"contacts"`              // tries to reach who was missing, oldest first
	Seats           []AttendanceSeat `json:"seats"`
}

// Decided is a coordinator's verdict.
type Decided struct {
	Verdict string    `json:"verdict" set:"VerdictOrNone"` // empty: an earlier one was taken back
	By      string    `json:"by"`                          // account or link
	At      time.Time `json:"at"`
	Reason  string    `json:"reason,omitempty"`
	Erased  bool      `json:"erased"`                                // there was a reason, and it was taken away
	Derived string    `json:"derived,omitempty" set:"VerdictOrNone"` // what the record says by itself
	Entry   string    `json:"entry"`                                 // id of its entry in the ledger
}

// Evidence is one fact that a verdict rests on.
type Evidence struct {
	Kind    string     `json:"kind" set:"EvidenceKind"`
	At      *time.Time `json:"at,omitempty"`
	Role    string     `json:"role,omitempty" set:"SeatRoleOrNone"`
	Seat    string     `json:"seat,omitempty"`
	Seconds float64    `json:"seconds,omitempty"`
	Detail  string     `json:"detail,omitempty"`
	Entry   string     `json:"entry,omitempty"` // id of its entry in the ledger
}

// AttendanceSeat is one seat's part of it.
type AttendanceSeat struct {
	Seat        string               `json:"seat"`
	Role        string               `json:"role" set:"SeatRole"`
	FirstIn     *time.Time           `json:"first_in,omitempty"`
	LastOut     *time.Time           `json:"last_out,omitempty"` // not set: nobody came, or somebody is in
	Seconds     int64                `json:"seconds"`            // of the union of its intervals
	AwaySeconds int64                `json:"away_seconds"`       // of them, when nothing was received
	LateSeconds int64                `json:"late_seconds"`       // after the start; 0: in time, or never
	Voice       *float64             `json:"voice,omitempty"`    // 0 to 1: how much of the time together its microphone sent
	Intervals   []AttendanceInterval `json:"intervals"`
}

// AttendanceInterval is one stretch of presence; an open one has no end yet.
type AttendanceInterval struct {
	From       time.Time  `json:"from"`
	To         *time.Time `json:"to,omitempty"`
	Reason     string     `json:"reason,omitempty" set:"LeaveReason"` // why it ended
	Paper      bool       `json:"paper"`                              // typed in from paper
	By         string     `json:"by,omitempty"`                       // who typed it in
	Provenance string     `json:"provenance,omitempty"`               // which paper
	Entry      string     `json:"entry"`                              // id of the entry that began it
}

// ReportTable is one table of an event's report. Cells are text: a number has a
// point and no unit, an instant is RFC 3339 with the offset of the clock that
// its heading names, and what is not known is empty.
type ReportTable struct {
	Sheet     string         `json:"sheet" set:"ReportSheet"`
	Title     string         `json:"title"`
	DerivedAt time.Time      `json:"derived_at"`
	Columns   []ReportColumn `json:"columns"`
	Rows      [][]string     `json:"rows"`
}

// ReportColumn is one column; its key is the same in every language.
type ReportColumn struct {
	Key     string `json:"key"`
	Heading string `json:"heading"`
	Kind    string `json:"kind" set:"ReportKind"`
}

// ConsultationReport is all that is known of one consultation, for a page that
// is printed and signed.
type ConsultationReport struct {
	Event       EventInfo        `json:"event"`
	DerivedAt   time.Time        `json:"derived_at"`
	Record      AttendanceRecord `json:"record"`
	Firm        ReportParty      `json:"firm"`
	Buyer       ReportParty      `json:"buyer"`
	Interpreter *ReportParty     `json:"interpreter,omitempty"`
	Quality     []ReportQuality  `json:"quality"`        // a stay each, in the order in which they began
	Entries     []ReportEntry    `json:"entries"`        // of the ledger, about this consultation, in its order
	Head        *ReportHead      `json:"head,omitempty"` // the last that was signed
}

// ReportParty is who met.
type ReportParty struct {
	Name      string   `json:"name"`
	Products  string   `json:"products,omitempty"`
	Country   string   `json:"country,omitempty"`
	Zone      string   `json:"zone"`
	Languages []string `json:"languages"`
}

// ReportQuality is how media went for one stay; losses and shares are 0 to 1.
type ReportQuality struct {
	Seat          string          `json:"seat"`
	From          time.Time       `json:"from"`
	To            time.Time       `json:"to"`
	Route         string          `json:"route" set:"Route"`
	RTTMedianMS   int64           `json:"rtt_median_ms"` // 0: not known
	RTT95MS       int64           `json:"rtt_95_ms"`
	LossUp        float64         `json:"loss_up"`
	LossUpWorst   float64         `json:"loss_up_worst"`
	LossDown      float64         `json:"loss_down"`
	LossDownWorst float64         `json:"loss_down_worst"`
	Frozen        float64         `json:"frozen"`
	Concealed     float64         `json:"concealed"`
	ScoreUp       float64         `json:"score_up,omitempty"`   // 1 to 5: how well the person was heard and seen; 0: not known
	ScoreDown     float64         `json:"score_down,omitempty"` // how well it heard and saw
	Symptoms      []ReportSymptom `json:"symptoms"`
}

// ReportSymptom is how long something was wrong.
type ReportSymptom struct {
	Symptom string  `json:"symptom" set:"Symptom"`
	Seconds float64 `json:"seconds"`
}

// ReportEntry is a line of the ledger.
type ReportEntry struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"`
	Seat   string    `json:"seat,omitempty"`
	Detail string    `json:"detail,omitempty"`
	By     string    `json:"by,omitempty"`
	Hash   string    `json:"hash"`
}

// ReportHead is a signed head of the ledger.
type ReportHead struct {
	Entries   int64     `json:"entries"`
	Hash      string    `json:"hash"`
	At        time.Time `json:"at"`
	Key       string    `json:"key"`
	Signature string    `json:"signature"`
	Covers    bool      `json:"covers"` // every entry of this consultation stands before it
}
