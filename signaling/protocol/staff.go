package protocol

import "time"

// SignIn is the body of POST /api/v1/sign-in. The reply sets a cookie.
type SignIn struct {
	Login      string `json:"login" minLength:"1" maxLength:"64"`
	Passphrase string `json:"passphrase" minLength:"1" maxLength:"200"`
}

// Me is who has signed in: GET /api/v1/staff/me.
type Me struct {
	ID       string      `json:"id"`
	Login    string      `json:"login"`
	Name     string      `json:"name"`
	Right    string      `json:"right" set:"Right"`
	Language string      `json:"language"`
	Events   []EventInfo `json:"events"` // that may be entered, the present or next first
	Session  string      `json:"session"`
}

// SignInWays tells the page what it can offer: GET /api/v1/sign-in.
type SignInWays struct {
	Passphrase bool   `json:"passphrase"`       // there is at least one account
	OpenID     string `json:"openid,omitempty"` // name of the provider; its way begins at GET /api/v1/sign-in/openid
	Trial      bool   `json:"trial"`
}

// OpenEvent is the body of POST /api/v1/staff/open, by cookie: a Bootstrap
// answers it, as OpenLink's does.
type OpenEvent struct {
	Event string `json:"event" maxLength:"64"`
	Token string `json:"token,omitempty" maxLength:"128"`
}

// Account is a member of staff, for administrators.
type Account struct {
	ID        string         `json:"id"`
	Login     string         `json:"login"`
	Name      string         `json:"name"`
	Right     string         `json:"right" set:"Right"`
	Events    []string       `json:"events"` // empty: all
	OpenID    bool           `json:"openid"`
	HasPhrase bool           `json:"has_passphrase"`
	Disabled  bool           `json:"disabled"`
	CreatedAt time.Time      `json:"created_at"`
	Sessions  []StaffSession `json:"sessions"`
}

// StaffSession is one sign-in.
type StaffSession struct {
	ID        string    `json:"id"`
	Browser   string    `json:"browser"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
	Own       bool      `json:"own"` // the one that asks
}

// StaffSessions are the sign-ins of one account, the last used first.
type StaffSessions struct {
	Sessions []StaffSession `json:"sessions"`
}

// Accounts lists them.
type Accounts struct {
	Accounts []Account `json:"accounts"`
}

// NewAccount makes one. Without a passphrase one is made and told once.
type NewAccount struct {
	Login      string   `json:"login" minLength:"2" maxLength:"64"`
	Name       string   `json:"name" minLength:"1" maxLength:"120"`
	Right      string   `json:"right" set:"Right"`
	Events     []string `json:"events,omitempty"`
	Passphrase string   `json:"passphrase,omitempty" maxLength:"200"`
}

// ChangeAccount changes what is set. A new passphrase ends all its sessions.
type ChangeAccount struct {
	Name       *string   `json:"name,omitempty" maxLength:"120"`
	Right      *string   `json:"right,omitempty"`
	Events     *[]string `json:"events,omitempty"`
	Disabled   *bool     `json:"disabled,omitempty"`
	Passphrase *string   `json:"passphrase,omitempty" maxLength:"200"` // empty: make one and tell it
}

// AccountMade answers both.
type AccountMade struct {
	Account    Account `json:"account"`
	Passphrase string  `json:"passphrase,omitempty"` // made here; never told again
}

// ChangePassphrase is of the own account.
type ChangePassphrase struct {
	Old string `json:"old" maxLength:"200"`
	New string `json:"new" minLength:"1" maxLength:"200"`
}

// Keys lists the API keys of an event.
type Keys struct {
	Keys []Key `json:"keys"`
}

// Key is one API key; its secret is told when it is made and never again.
type Key struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Scopes    []string   `json:"scopes" set:"Scope"`
	CreatedAt time.Time  `json:"created_at"`
	CreatedBy string     `json:"created_by"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	UsedAt    *time.Time `json:"used_at,omitempty"`
	Revoked   bool       `json:"revoked"`
	Secret    string     `json:"secret,omitempty"`
}

// NewKey makes one.
type NewKey struct {
	Name   string   `json:"name" minLength:"1" maxLength:"120"`
	Scopes []string `json:"scopes" set:"Scope" minItems:"1"`
	Days   int      `json:"days,omitempty" minimum:"0" maximum:"3650"` // until it expires; 0: never
}

// AuditLog is a page of it, newest first.
type AuditLog struct {
	Entries []AuditEntry `json:"entries"`
	Next    string       `json:"next,omitempty"` // for `before`
}

// AuditEntry is one thing that somebody of the staff did: who, when, what, why.
type AuditEntry struct {
	ID           string    `json:"id"`
	At           time.Time `json:"at"`
	By           string    `json:"by"`   // account, link or key
	Name         string    `json:"name"` // of it, as it is called now; empty: nobody knows any more
	Action       string    `json:"action" set:"AuditAction"`
	Consultation string    `json:"consultation,omitempty"`
	Seat         string    `json:"seat,omitempty"`
	Detail       string    `json:"detail,omitempty"` // what comes after the action in the ledger
	Reason       string    `json:"reason,omitempty"`
	Erased       bool      `json:"erased"` // there were words, and they were taken away
	Hash         string    `json:"hash"`   // of its entry in the chain
}

// Hooks lists the webhooks of an event.
type Hooks struct {
	Hooks []Hook `json:"hooks"`
}

// Hook is one webhook.
type Hook struct {
	ID        string     `json:"id"`
	URL       string     `json:"url"`
	Topics    []string   `json:"topics" set:"HookTopic"`
	CreatedAt time.Time  `json:"created_at"`
	Disabled  bool       `json:"disabled"`
	Failing   *time.Time `json:"failing_since,omitempty"`
	Secret    string     `json:"secret,omitempty"` // told when it is made and never again
}

// NewHook makes one.
type NewHook struct {
	URL    string   `json:"url" format:"uri" maxLength:"500"`
	Topics []string `json:"topics" set:"HookTopic" minItems:"1"`
}

// Deliveries are the last ones of a webhook, newest first.
type Deliveries struct {
	Deliveries []Delivery `json:"deliveries"`
}

// Delivery is one message to a webhook.
type Delivery struct {
	ID      string     `json:"id"`
	Topic   string     `json:"topic" set:"HookTopic"`
	At      time.Time  `json:"at"`
	Tries   int        `json:"tries"`
	Status  int        `json:"status"` // the last HTTP status; 0: nobody answered
	State   string     `json:"state" set:"DeliveryState"`
	NextAt  *time.Time `json:"next_at,omitempty"`
	Payload string     `json:"payload"` // JSON
}
