// Package schedule holds the nouns of a consultation fair and the clock rules
// they live by.
//
// Values here are owned by whoever holds them: everything is plain data, copied
// freely, with no I/O and no clock of its own (the time is always an argument).
// A package of "models" beside each user was rejected: rooms, store, attendance
// and signaling must mean the same thing by "seat".
package schedule

import "time"

// Identifiers. Each is opaque, stable for the life of the event, and unique
// within it; an EventID is unique within the installation. They match
// [A-Za-z0-9][A-Za-z0-9._-]{0,63}.
type (
	EventID        string
	ConsultationID string
	BoothID        string
	FirmID         string
	BuyerID        string
	InterpreterID  string
)

// Event is one consultation fair.
type Event struct {
	ID            EventID        `json:"id"`
	Name          string         `json:"name"`
	Organiser     string         `json:"organiser"`
	Zone          string         `json:"zone"` // IANA zone of the center, e.g. Asia/Seoul
	Language      string         `json:"language"`
	Policy        Policy         `json:"policy"`
	Firms         []Firm         `json:"firms"`
	Buyers        []Buyer        `json:"buyers"`
	Interpreters  []Interpreter  `json:"interpreters"`
	Booths        []Booth        `json:"booths"`
	Consultations []Consultation `json:"consultations"` // ascending by Start, then ID

	// Revision counts the changes of the timetable; a change says which it was
	// made on, so that two at once cannot undo each other.
	Revision int64 `json:"revision"`
}

// Contact is how to reach a party outside the room. Only coordinators see it.
type Contact struct {
	Person      string `json:"person,omitempty"`
	Company     string `json:"company,omitempty"`
	Email       string `json:"email,omitempty"`
	Phone       string `json:"phone,omitempty"`        // as typed
	TradeOffice string `json:"trade_office,omitempty"` // the overseas office that knows a buyer
}

// Firm is a local company that shows its products.
type Firm struct {
	ID       FirmID `json:"id"`
	Name     string `json:"name"`
	Products string `json:"products,omitempty"`
	Contact
}

// Buyer is an overseas company that joins from a link.
type Buyer struct {
	ID       BuyerID `json:"id"`
	Name     string  `json:"name"`
	Country  string  `json:"country"`            // ISO 3166-1 alpha-2
	Zone     string  `json:"zone"`               // IANA zone
	Language string  `json:"language"`           // BCP 47
	StandBy  bool    `json:"stand_by,omitempty"` // has no consultation yet and steps in when another buyer is missing
	Contact
}

// Interpreter speaks for both sides, beside the firm or from afar.
type Interpreter struct {
	ID        InterpreterID `json:"id"`
	Name      string        `json:"name"`
	Languages []string      `json:"languages"` // BCP 47
	Place     Place         `json:"place,omitempty"`
	Contact
}

// Place says where an interpreter works.
type Place string

const (
	PlaceBooth  Place = "booth" // beside the firm, on the booth's devices
	PlaceRemote Place = "remote"
)

// Booth is a place in the center's hall with one screen.
type Booth struct {
	ID   BoothID `json:"id"`
	Name string  `json:"name"`
}

// Consultation is one scheduled meeting of a firm and a buyer in a booth and a
// time window.
type Consultation struct {
	ID          ConsultationID `json:"id"`
	Start       time.Time      `json:"start"` // UTC
	End         time.Time      `json:"end"`   // UTC, as scheduled; an extension is a fact of the room
	Booth       BoothID        `json:"booth"`
	Firm        FirmID         `json:"firm"`
	Buyer       BuyerID        `json:"buyer"`
	Interpreter InterpreterID  `json:"interpreter,omitempty"`
	Cancelled   bool           `json:"cancelled,omitempty"`

	// Sequence counts the changes of time, booth, parties and cancellation:
	// calendars take the higher one (RFC 5545, section 3.8.7.4).
	Sequence int `json:"sequence,omitempty"`
}
