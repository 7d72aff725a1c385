package protocol

import "time"

// Timetable is an event as its coordinators see and edit it. GET tells Revision
// as ETag, too.
type Timetable struct {
	Revision      int64               `json:"revision"` // what a change must name
	Event         EventInfo           `json:"event"`
	Policy        Policy              `json:"policy"`
	Firms         []TimetableFirm     `json:"firms"`
	Buyers        []TimetableBuyer    `json:"buyers"`
	Interpreters  []TimetableSpeaker  `json:"interpreters"`
	Booths        []TimetableBooth    `json:"booths"`
	Consultations []TimetableItem     `json:"consultations"` // ascending by start, then id
	Conflicts     []TimetableConflict `json:"conflicts"`
}

// Policy is what an event decides about its consultations. Zero means the
// default.
type Policy struct {
	DoorsSeconds       int64    `json:"doors_seconds"`
	GraceSeconds       int64    `json:"grace_seconds"`
	GapSeconds         int64    `json:"gap_seconds"`
	LateAfterSeconds   int64    `json:"late_after_seconds"`
	NoShowAfterSeconds int64    `json:"no_show_after_seconds"`
	CallAfterSeconds   int64    `json:"call_after_seconds"`
	MaxOverrunSeconds  int64    `json:"max_overrun_seconds"`
	ExtensionMinutes   []int    `json:"extension_minutes"` // steps that may be offered
	Seats              int      `json:"seats"`             // a side, colleagues included
	Languages          []string `json:"languages"`         // BCP 47, offered on the pages
	SilentListening    bool     `json:"silent_listening"`  // a room is not told that a coordinator listens
}

// Contact is how to reach a party outside the room.
type Contact struct {
	Person      string `json:"person,omitempty" maxLength:"200"`
	Company     string `json:"company,omitempty" maxLength:"200"`
	Email       string `json:"email,omitempty" maxLength:"254"`
	Phone       string `json:"phone,omitempty" maxLength:"60"`
	TradeOffice string `json:"trade_office,omitempty" maxLength:"200"`
}

// TimetableFirm is a firm with its contact.
type TimetableFirm struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	Products string  `json:"products"`
	Contact  Contact `json:"contact"`
}

// TimetableBuyer is a buyer with its contact. ID is empty for one that is being
// added.
type TimetableBuyer struct {
	ID       string  `json:"id,omitempty" maxLength:"64"`
	Name     string  `json:"name" maxLength:"200"`
	Country  string  `json:"country" maxLength:"2"`   // ISO 3166-1 alpha-2
	Zone     string  `json:"zone" maxLength:"64"`     // IANA
	Language string  `json:"language" maxLength:"35"` // BCP 47
	StandBy  bool    `json:"stand_by,omitempty"`
	Contact  Contact `json:"contact"`
}

// TimetableSpeaker is an interpreter with its contact.
type TimetableSpeaker struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Languages []string `json:"languages"`
	Place     string   `json:"place,omitempty" set:"Place"`
	Contact   Contact  `json:"contact"`
}

// TimetableBooth is a booth.
type TimetableBooth struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// TimetableItem is a consultation by the ids of its parties.
type TimetableItem struct {
	ID          string    `json:"id"`
	StartsAt    time.Time `json:"starts_at"`
	EndsAt      time.Time `json:"ends_at"` // as scheduled
	Booth       string    `json:"booth"`
	Firm        string    `json:"firm"`
	Buyer       string    `json:"buyer"`
	Interpreter string    `json:"interpreter,omitempty"`
	Cancelled   bool      `json:"cancelled,omitempty"`
	Phase       string    `json:"phase" set:"Phase"`
}

// TableProblem is something in a file that must be put right. The words are the
// reader's; Code and Params say which.
type TableProblem struct {
	Row    int               `json:"row"` // as a spreadsheet counts, the heading being 1; 0: the whole file
	Column string            `json:"column,omitempty"`
	Code   string            `json:"code"`
	Value  string            `json:"value,omitempty"` // what stands there
	Params map[string]string `json:"params,omitempty"`
	// Warning does not keep the file from being imported.
	Warning bool `json:"warning,omitempty"`
}

// TimetableConflict is something that a timetable may have but should not.
type TimetableConflict struct {
	Code          string            `json:"code"`
	Consultations []string          `json:"consultations"` // concerned, by id
	Party         string            `json:"party,omitempty"`
	Column        string            `json:"column,omitempty"` // with rows of the imported file
	Rows          []int             `json:"rows,omitempty"`
	New           bool              `json:"new,omitempty"` // this edit makes it
	Params        map[string]string `json:"params,omitempty"`
}

// PlanItem is one thing that a change makes, changes or takes away.
type PlanItem struct {
	What   string        `json:"what" set:"PlanWhat"`
	ID     string        `json:"id"`
	Name   string        `json:"name,omitempty"`
	Change string        `json:"change" set:"PlanChange"`
	Fields []FieldChange `json:"fields"`        // of a changed one
	Why    string        `json:"why,omitempty"` // of a refused one: live or ended
}

// FieldChange is one field before and after; times are RFC 3339 in UTC, booths
// and parties by name.
type FieldChange struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Outcome answers an import, an edit and an extension: what would be done, and
// whether it was. With problems nothing is applied.
type Outcome struct {
	Applied   bool                `json:"applied"`  // false after a dry run, and with problems
	Revision  int64               `json:"revision"` // of the timetable now
	Problems  []TableProblem      `json:"problems"`
	Conflicts []TimetableConflict `json:"conflicts"`         // of the timetable as it would be
	Plan      []PlanItem          `json:"plan"`              // without what stays the same
	Same      int                 `json:"same"`              // consultations that stay as they are
	Refusal   *Refusal            `json:"refusal,omitempty"` // why an edit cannot be
}

// EditRequest is one change of the timetable, made on Revision. Op says which of
// the others count.
type EditRequest struct {
	Revision     int64           `json:"revision"`
	Op           string          `json:"op" maxLength:"32" set:"TimetableOp"`
	Consultation string          `json:"consultation,omitempty" maxLength:"64"` // all but add_stand_by and set_policy; of create the new id
	Other        string          `json:"other,omitempty" maxLength:"64"`        // swap_booths
	Start        string          `json:"start,omitempty" maxLength:"40"`        // create, reschedule: 2021-12-06T09:00 on the center's clock, or RFC 3339
	End          string          `json:"end,omitempty" maxLength:"40"`
	Booth        string          `json:"booth,omitempty" maxLength:"64"`       // create, move_booth; reschedule: into this one, too
	Firm         string          `json:"firm,omitempty" maxLength:"64"`        // create
	Buyer        string          `json:"buyer,omitempty" maxLength:"64"`       // create, replace_buyer
	Interpreter  string          `json:"interpreter,omitempty" maxLength:"64"` // create, set_interpreter; empty: none
	NewBuyer     *TimetableBuyer `json:"new_buyer,omitempty"`                  // add_stand_by
	Policy       *Policy         `json:"policy,omitempty"`                     // set_policy
	Live         bool            `json:"live,omitempty"`                       // move_booth: though the room is open or people talk in it
	Reason       string          `json:"reason,omitempty" maxLength:"500"`     // for the audit log
}

// Refusal is why an edit or extension cannot be.
type Refusal struct {
	Code         string            `json:"code"`
	Consultation string            `json:"consultation,omitempty"`
	Params       map[string]string `json:"params,omitempty"`
}

// EditLog is the record of who changed what, newest first.
type EditLog struct {
	Edits []EditRecord `json:"edits"`
	Next  string       `json:"next,omitempty"` // ?before= of the following page; absent: that was all
}

// EditRecord is one change that was applied.
type EditRecord struct {
	ID       string     `json:"id"`
	At       time.Time  `json:"at"`
	By       string     `json:"by"`             // name of the link
	Link     string     `json:"link,omitempty"` // its id; absent: the command line
	Op       string     `json:"op" set:"EditOp"`
	Revision int64      `json:"revision"` // that it made
	Changes  []PlanItem `json:"changes"`
}

// ExtendRequest prolongs a consultation by minutes of the policy's steps.
type ExtendRequest struct {
	Revision int64 `json:"revision"`
	Minutes  int   `json:"minutes" minimum:"1" maximum:"120"`

	Reason string `json:"reason,omitempty" maxLength:"500"`
}

// Extension answers it; with ?dry_run=true it is the preview alone.
type Extension struct {
	Applied  bool      `json:"applied"`
	Revision int64     `json:"revision"`
	EndsAt   time.Time `json:"ends_at"`           // of the extended consultation
	Refusal  *Refusal  `json:"refusal,omitempty"` // why it cannot be
	Delays   []Delay   `json:"delays"`            // whom it moves
}

// Delay is a following consultation that an extension moves.
type Delay struct {
	Consultation string    `json:"consultation"`
	Booth        string    `json:"booth"` // names
	Firm         string    `json:"firm"`
	Buyer        string    `json:"buyer"`
	BuyerZone    string    `json:"buyer_zone"`
	Minutes      int       `json:"minutes"`
	StartsAt     time.Time `json:"starts_at"` // after it
	EndsAt       time.Time `json:"ends_at"`
	After        string    `json:"after"`                // the consultation that pushes it
	Why          []string  `json:"why" set:"DelayCause"` // what the two share
}

// VerdictRequest is a coordinator's word on how a consultation went; "pending"
// takes it back. Held_by_phone wants a reason: how it is known.
type VerdictRequest struct {
	Verdict string `json:"verdict" set:"Verdict"`
	Reason  string `json:"reason,omitempty" maxLength:"500"`
}

// VerdictRecord is the word that stands.
type VerdictRecord struct {
	Consultation string    `json:"consultation"`
	Verdict      string    `json:"verdict" set:"Verdict"`
	By           string    `json:"by"`
	At           time.Time `json:"at"`
}
