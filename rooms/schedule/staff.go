package schedule

import (
	"slices"
	"time"
)

// House is the ledger of what happens to the installation and not to one event:
// who signed in, whose account changed. No event may be called so.
const House EventID = "house"

// Right is what a member of staff may do. Each includes those before it.
type Right string

const (
	RightViewer        Right = "viewer"        // sees boards, wall and records; changes nothing and listens to nobody
	RightCoordinator   Right = "coordinator"   // steers rooms, writes, edits the timetable
	RightAdministrator Right = "administrator" // accounts, keys, webhooks, erasure, profiles of the program
)

// Rights lists all of them, the least first.
func Rights() []Right { return []Right{RightViewer, RightCoordinator, RightAdministrator} }

// Covers tells whether r includes need. What is no right covers nothing.
func (r Right) Covers(need Right) bool {
	all := Rights()
	has := slices.Index(all, r)
	return has >= 0 && has >= slices.Index(all, need)
}

// AccountID names a member of staff. It is opaque and may stand in the ledger.
type AccountID string

// Account is a member of staff. Names are for people; the ledger has the ID alone.
type Account struct {
	ID        AccountID `json:"id"`
	Login     string    `json:"login"` // lower case, unique in the installation
	Name      string    `json:"name"`
	Right     Right     `json:"right"`
	Events    []EventID `json:"events,omitempty"`  // empty: all
	Hash      string    `json:"hash,omitempty"`    // argon2id in PHC form; empty: no passphrase
	Subject   string    `json:"subject,omitempty"` // issuer and subject of OpenID Connect, one space between
	Language  string    `json:"language,omitempty"`
	Disabled  bool      `json:"disabled,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	ChangedAt time.Time `json:"changed_at"`
}

// Sees tells whether an account may enter an event.
func (a Account) Sees(e EventID) bool {
	return !a.Disabled && (len(a.Events) == 0 || slices.Contains(a.Events, e))
}

// StaffSession is one sign-in of an account, in one browser. Its ID may stand in
// the ledger; the cookie has a secret besides, of which the hash is kept.
type StaffSession struct {
	ID        string    `json:"id"`
	Account   AccountID `json:"account"`
	Browser   string    `json:"browser,omitempty"` // what it calls itself, shortened
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`     // however much it is used
	Hash      string    `json:"hash,omitempty"` // SHA-256 of the secret in its cookie
}

// Scope is what an API key may do.
type Scope string

const (
	ScopeBoard     Scope = "board"     // read the board
	ScopeRecords   Scope = "records"   // read attendance, reports and the audit log
	ScopeTimetable Scope = "timetable" // read the timetable with contacts
	ScopeEdit      Scope = "edit"      // change the timetable and links
)

// Scopes lists all of them.
func Scopes() []Scope { return []Scope{ScopeBoard, ScopeRecords, ScopeTimetable, ScopeEdit} }

// APIKey lets a program in. Only the SHA-256 of its secret is kept.
type APIKey struct {
	ID        string     `json:"id"`
	Event     EventID    `json:"event"`
	Name      string     `json:"name"` // what it is for
	Scopes    []Scope    `json:"scopes"`
	Hash      string     `json:"hash"`
	CreatedAt time.Time  `json:"created_at"`
	CreatedBy string     `json:"created_by"`
	ExpiresAt time.Time  `json:"expires_at,omitzero"` // zero: never
	UsedAt    *time.Time `json:"used_at,omitempty"`
	Revoked   bool       `json:"revoked,omitempty"`
}

// May tells whether the holder of a console's grants may do what needs a right.
// Links of before the rights are coordinators'; a key with scopes has no right.
func (g Grants) May(need Right) bool {
	if g.Kind != LinkConsole || len(g.Scopes) > 0 {
		return false
	}
	has := g.Right
	if has == "" {
		has = RightCoordinator
	}
	return has.Covers(need)
}

// By is who acts with these grants, as the ledger names them: an account, or
// else a link.
func (g Grants) By() string {
	if g.Account != "" {
		return string(g.Account)
	}
	return string(g.Link)
}
