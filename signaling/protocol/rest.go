package protocol

import "time"

// Problem is the body of every REST reply that is not a success (RFC 9457),
// with our code and what a client does about it.
type Problem struct {
	Title        string `json:"title"`
	Status       int    `json:"status"`
	Detail       string `json:"detail,omitempty"` // for a developer, in English; never shown
	Code         Code   `json:"code" set:"Code"`
	Action       Action `json:"action" set:"Action"`
	RetryAfterMS int64  `json:"retry_after_ms,omitempty"`
}

// Bye is the body of POST /api/v1/bye, the beacon of a page that is being
// closed: its session ends at once instead of after the grace time.
type Bye struct {
	Session string `json:"session" maxLength:"64"`
	Secret  string `json:"secret" maxLength:"64"`
}

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
	Firm            string           `json:"firm"`
	Buyer           string           `json:"buyer"`
	Country         string           `json:"country"`
	Verdict         string           `json:"verdict" set:"Verdict"`
	Decided         *Decided         `json:"decided,omitempty"`     // the verdict is a coordinator's
	ExtendedTo      *time.Time       `json:"extended_to,omitempty"` // the end, when it is not EndsAt
	TogetherSeconds int64            `json:"together_seconds"`      // both sides present
	Seats           []AttendanceSeat `json:"seats"`
}

// Decided is a coordinator's verdict.
type Decided struct {
	By      string    `json:"by"` // the coordinator's link
	At      time.Time `json:"at"`
	Reason  string    `json:"reason,omitempty"`
	Derived string    `json:"derived,omitempty" set:"Verdict"` // what the record says by itself
}

// AttendanceSeat is one seat's part of it.
type AttendanceSeat struct {
	Seat      string               `json:"seat"`
	Role      string               `json:"role" set:"SeatRole"`
	Seconds   int64                `json:"seconds"` // of the union of its intervals
	Intervals []AttendanceInterval `json:"intervals"`
}

// AttendanceInterval is one stretch of presence; an open one has no end yet.
type AttendanceInterval struct {
	From   time.Time  `json:"from"`
	To     *time.Time `json:"to,omitempty"`
	Reason string     `json:"reason,omitempty" set:"LeaveReason"` // why it ended
}
