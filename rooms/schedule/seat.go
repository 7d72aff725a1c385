package schedule

import (
	"strconv"
	"strings"
	"time"
)

// Role is what a person is in a consultation, or RoleCoordinator for one who
// watches them all and has no seat.
type Role string

const (
	RoleFirm        Role = "firm"
	RoleBuyer       Role = "buyer"
	RoleInterpreter Role = "interpreter"
	RoleObserver    Role = "observer"
	RoleCoordinator Role = "coordinator"
)

// SeatID names a place in a consultation: "S01/buyer", and "S01/buyer/2" for a
// second one of the same party. It says nothing about a person, so it may stand
// in the ledger.
type SeatID string

// SeatOf names the first seat of a role in a consultation.
func SeatOf(c ConsultationID, r Role) SeatID { return SeatID(string(c) + "/" + string(r)) }

// SeatNumber names the nth seat of a role in a consultation; the first is
// SeatOf's, the others are colleagues'.
func SeatNumber(c ConsultationID, r Role, n int) SeatID {
	if n <= 1 {
		return SeatOf(c, r)
	}
	return SeatOf(c, r) + SeatID("/"+strconv.Itoa(n))
}

// Number tells which of its role's seats a seat is, from 1; zero when the id
// is not one that SeatNumber makes.
func (s SeatID) Number() int {
	c, r := s.Split()
	if s == SeatOf(c, r) {
		return 1
	}
	n, err := strconv.Atoi(strings.TrimPrefix(string(s), string(SeatOf(c, r))+"/"))
	if err != nil || n < 2 || SeatNumber(c, r, n) != s {
		return 0
	}
	return n
}

// Split takes a seat's id apart.
func (s SeatID) Split() (c ConsultationID, r Role) {
	id, rest, _ := strings.Cut(string(s), "/")
	role, _, _ := strings.Cut(rest, "/")
	return ConsultationID(id), Role(role)
}

// LinkID names a link in its URL; it is not secret.
type LinkID string

// LinkKind says what kind of place a link opens.
type LinkKind string

const (
	LinkPerson  LinkKind = "person"  // a person's seats of the whole event
	LinkBooth   LinkKind = "booth"   // a booth's screen: the firm's seat of each consultation there
	LinkConsole LinkKind = "console" // the coordinators' page
)

// Link is a URL whose secret grants something. Only the SHA-256 of the secret
// is ever kept.
type Link struct {
	ID         LinkID     `json:"id"`
	SecretHash string     `json:"secret_hash"` // hex SHA-256 of the secret
	Grants     Grants     `json:"grants"`
	Revoked    bool       `json:"revoked,omitempty"`
	CreatedAt  time.Time  `json:"created_at"`
	UsedAt     *time.Time `json:"used_at,omitempty"` // first opened

	Version   int        `json:"version"` // grows with each reissue: the secret derives from it
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
	SentAt    *time.Time `json:"sent_at,omitempty"` // last mailed in this version
}

// Grants is what a link, and a session token got with it, allows. The seats of
// a person or booth are derived from the event's timetable at the time of use,
// so that a changed timetable needs no new links.
type Grants struct {
	Event     EventID   `json:"event"`
	Link      LinkID    `json:"link"`
	Kind      LinkKind  `json:"kind"`
	Role      Role      `json:"role"`
	Party     string    `json:"party,omitempty"`   // FirmID, BuyerID or InterpreterID of a person link
	Booth     BoothID   `json:"booth,omitempty"`   // of a booth link
	Seat      int       `json:"seat,omitempty"`    // which of its side's seats a person link takes; up to 1: the first
	Version   int       `json:"version,omitempty"` // of the link when it was opened; a token of a former one is worthless
	Name      string    `json:"name,omitempty"`    // of a coordinator; others are called by their party or booth
	Right     Right     `json:"right,omitempty"`   // of a console; empty: coordinator
	Account   AccountID `json:"account,omitempty"` // who signed in; empty: somebody with the link
	Scopes    []Scope   `json:"scopes,omitempty"`  // of an API key, which may call REST and nothing else
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
}
