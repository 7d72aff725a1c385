package auth

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
	"sangdam/signaling/protocol"
)

// StaffStore keeps accounts and their sessions: *store.Store.
type StaffStore interface {
	AccountOfLogin(ctx context.Context, login string) (schedule.Account, bool, error)
	AccountOfSubject(ctx context.Context, subject string) (schedule.Account, bool, error)
	SaveAccount(ctx context.Context, a schedule.Account, read time.Time, end bool, but string) (ended []string, err error)
	BeginStaffSession(ctx context.Context, x schedule.StaffSession, read time.Time, idle time.Duration, most int) (ended []string, err error)
	StaffSession(ctx context.Context, id string) (schedule.StaffSession, schedule.Account, bool, error)
	SeeStaffSession(ctx context.Context, id string, at time.Time) error
	EndStaffSession(ctx context.Context, id string) (found bool, err error)
	SaveToken(ctx context.Context, hash string, g schedule.Grants, ttl time.Duration) error
}

// Ledger takes down what staff do.
type Ledger interface{ Append(schedule.Entry) }

const (
	sessionIdle = 12 * time.Hour     // a long day's shift, its pages open or not
	sessionMost = 7 * 24 * time.Hour // however much it is used
	sessionsOf  = 20                 // of an account; the one used longest ago goes
	seenEvery   = time.Minute        // how exactly the last use is known

	// Tries of an address, right ones, too: all coordinators may share one.
	tryEvery, tryBurst = 2 * time.Second, 30
	// Wrong passphrases of an account, from wherever: 2880 a day. From an address
	// where it was signed in to lately they are counted for that address alone:
	// else anybody who knows a login could keep its holder out all day.
	guessEvery, guessBurst = 30 * time.Second, 10
	// Wrong ones that the ledger takes down; the rest are counted in metrics of
	// the limits alone, so that a flood does not fill the disk.
	toldEvery, toldBurst = 10 * time.Second, 100
)

// Visitor is who stands at the door.
type Visitor struct {
	Addr    netip.Addr
	Browser string // what it calls itself
}

// Signed is who has signed in.
type Signed struct {
	Account schedule.Account
	Session schedule.StaffSession
}

// DoorDeps are what a Door is made of.
type DoorDeps struct {
	Store  StaffStore
	Hasher *Hasher
	Ledger Ledger
	// Ended is told which sessions are over, so that what they opened ends.
	Ended func(ctx context.Context, sessions []string)
	Now   func() time.Time // time.Now when nil
}

// Door lets staff in by a passphrase or by the word of an identity provider, and
// knows them by a cookie. What became of their accounts is the Store's.
type Door struct {
	// Fixed after NewDoor.
	deps  DoorDeps
	tries *Limiter
	wrong *Limiter
	near  *Limiter // of wrong ones at a place
	told  *Limiter

	mu     sync.Mutex
	under  map[spot]int       // tries under way
	places map[spot]time.Time // when an account was signed in to there last; maxKeys at most
}

// spot is an account's address; empty: all where it was not signed in to lately.
type spot struct{ login, addr string }

// NewDoor makes a Door. It starts nothing.
func NewDoor(d DoorDeps) *Door {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Ended == nil {
		d.Ended = func(context.Context, []string) {}
	}
	return &Door{
		deps: d, tries: NewLimiter(tryEvery, tryBurst), wrong: NewLimiter(guessEvery, guessBurst),
		near: NewLimiter(guessEvery, guessBurst), told: NewLimiter(toldEvery, toldBurst),
		under: map[spot]int{}, places: map[spot]time.Time{},
	}
}

func (d *Door) now() time.Time { return d.deps.Now().UTC() }

// SignIn begins a session and returns its cookie. Former is the cookie that the
// browser has already: that session ends, so that nobody who planted it gets in
// with it. An unknown login, a wrong passphrase and a disabled account have one
// answer, which takes the same work.
func (d *Door) SignIn(ctx context.Context, typed, passphrase, former string, v Visitor) (string, Signed, error) {
	login := Login(typed)
	if wait, ok := d.tries.Allow(AddrKey(v.Addr), 1, d.now()); !ok {
		return "", Signed{}, limited(wait)
	}
	account, err := d.Prove(ctx, login, passphrase, v)
	if err != nil {
		return "", Signed{}, err
	}
	return d.admit(ctx, account, former, v)
}

// Prove finds the account that a login and a passphrase belong to.
func (d *Door) Prove(ctx context.Context, login, passphrase string, v Visitor) (schedule.Account, error) {
	known, wait, ok := d.begin(login, AddrKey(v.Addr))
	if !ok {
		return schedule.Account{}, limited(wait)
	}
	right := false
	defer func() { known(right) }()
	account, found, err := d.deps.Store.AccountOfLogin(ctx, login)
	if err != nil {
		right = true // nobody knows; an outage is nobody's guess
		return account, unavailable(err)
	}
	kept := account.Hash
	if account.Disabled {
		kept = ""
	}
	fits, stale, err := d.deps.Hasher.Check(ctx, passphrase, kept)
	if err != nil {
		right = true
		return account, busy(err)
	}
	if !fits {
		if !found {
			account = schedule.Account{}
		}
		d.failed(account, v)
		return schedule.Account{}, protocol.Fail(protocol.CodeSignInWrong)
	}
	right = true
	d.remember(spot{login, AddrKey(v.Addr)})
	if stale {
		account = d.rehash(ctx, account, passphrase)
	}
	return account, nil
}

// begin lets a try of a login begin while a wrong one is still allowed, those
// under way counted as wrong ones: else all that fit in the Hasher's queue
// would have one chance each.
func (d *Door) begin(login, addr string) (known func(right bool), wait time.Duration, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	at, limit, key := spot{login: login}, d.wrong, login
	if last, been := d.places[spot{login, addr}]; been && d.now().Sub(last) < sessionMost {
		at, limit, key = spot{login, addr}, d.near, addr+" "+login // an address has no space in it
	}
	if wait, ok = limit.Has(key, d.under[at]+1, d.now()); !ok {
		return nil, wait, false
	}
	d.under[at]++
	return func(right bool) {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.under[at]--; d.under[at] == 0 {
			delete(d.under, at)
		}
		if !right {
			limit.Allow(key, 1, d.now())
		}
	}, 0, true
}

// remember notes where an account was signed in to.
func (d *Door) remember(p spot) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.places[p] = d.now()
	for old := range d.places { // any one: who has an account does not flood this
		if len(d.places) <= maxKeys {
			return
		}
		if old != p {
			delete(d.places, old)
		}
	}
}

// rehash brings a hash to the present cost. When that fails the old one serves.
func (d *Door) rehash(ctx context.Context, a schedule.Account, passphrase string) schedule.Account {
	hash, err := d.deps.Hasher.Make(ctx, passphrase)
	if err != nil {
		return a
	}
	next := a
	next.Hash, next.ChangedAt = hash, Changed(a, d.now())
	if _, err := d.deps.Store.SaveAccount(ctx, next, a.ChangedAt, false, ""); err != nil {
		return a
	}
	return next
}

// Changed is the moment of an account's change: later than the last one,
// whatever the clock says, since changes are told apart by it.
func Changed(a schedule.Account, now time.Time) time.Time {
	if !now.After(a.ChangedAt) {
		now = a.ChangedAt.Add(time.Microsecond)
	}
	return now.UTC().Truncate(time.Microsecond)
}

// admit begins a session of an account that was proven.
func (d *Door) admit(ctx context.Context, a schedule.Account, former string, v Visitor) (string, Signed, error) {
	secret, now := NewSecret(), d.now().Truncate(time.Millisecond)
	x := schedule.StaffSession{
		ID: newStaffID(sessionPrefix), Account: a.ID, Browser: short(v.Browser, 120),
		CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(sessionMost), Hash: Hash(secret),
	}
	ended, err := d.deps.Store.BeginStaffSession(ctx, x, a.ChangedAt, sessionIdle, sessionsOf)
	switch {
	case errors.Is(err, store.ErrConflict): // changed in this very moment; whoever may still come in comes again
		return "", Signed{}, protocol.Fail(protocol.CodeSignInWrong)
	case err != nil:
		return "", Signed{}, unavailable(err)
	}
	if id, _, ok := cut(former); ok {
		if was, err := d.Who(ctx, former); err == nil && was.Session.ID == id {
			if _, err := d.deps.Store.EndStaffSession(ctx, id); err == nil {
				ended = append(ended, id)
			}
		}
	}
	d.end(ctx, ended)
	d.note(string(a.ID), schedule.ActionSignIn, x.ID, whence(v))
	return x.ID + "." + secret, Signed{a, x}, nil
}

func (d *Door) end(ctx context.Context, sessions []string) {
	if len(sessions) > 0 {
		d.deps.Ended(ctx, sessions)
	}
}

// Who tells whose cookie it is. One that was never ours, is over or was tampered
// with is CodeSignInNeeded.
func (d *Door) Who(ctx context.Context, cookie string) (Signed, error) {
	needed := protocol.Fail(protocol.CodeSignInNeeded)
	id, secret, ok := cut(cookie)
	if !ok {
		return Signed{}, needed
	}
	x, a, ok, err := d.deps.Store.StaffSession(ctx, id)
	if err != nil {
		return Signed{}, unavailable(err)
	}
	if !Matches(secret, x.Hash) || !ok || a.Disabled {
		return Signed{}, needed
	}
	now := d.now()
	if Over(x, now) {
		if found, err := d.deps.Store.EndStaffSession(ctx, id); err == nil && found {
			d.end(ctx, []string{id})
		}
		return Signed{}, needed
	}
	if now.Sub(x.SeenAt) >= seenEvery {
		_ = d.deps.Store.SeeStaffSession(ctx, id, now) // it is a minute less exact
		x.SeenAt = now
	}
	return Signed{a, x}, nil
}

// SignOut ends the session of a cookie. That there is none is no error: the
// person is out.
func (d *Door) SignOut(ctx context.Context, cookie string) error {
	s, err := d.Who(ctx, cookie)
	if err != nil {
		if protocol.AsFault(err).Code == protocol.CodeSignInNeeded {
			return nil
		}
		return err
	}
	if _, err := d.deps.Store.EndStaffSession(ctx, s.Session.ID); err != nil {
		return unavailable(err)
	}
	d.end(ctx, []string{s.Session.ID})
	d.note(string(s.Account.ID), schedule.ActionSignOut, s.Session.ID, "")
	return nil
}

// Enter gives who has signed in a tab's token for an event. An event that the
// account may not enter is answered like one that does not exist.
func (d *Door) Enter(ctx context.Context, s Signed, e schedule.EventID) (string, schedule.Grants, error) {
	if !s.Account.Sees(e) || !schedule.ValidID(e) || e == schedule.House {
		return "", schedule.Grants{}, protocol.Fail(protocol.CodeNotFound)
	}
	now := d.now()
	g := schedule.Grants{
		Event: e, Link: schedule.LinkID(s.Session.ID), Kind: schedule.LinkConsole, Role: schedule.RoleCoordinator, Seat: 1,
		Name: s.Account.Name, Right: s.Account.Right, Account: s.Account.ID,
		NotBefore: s.Session.CreatedAt, NotAfter: s.Session.ExpiresAt,
	}
	token := newToken(g.Link)
	if err := d.deps.Store.SaveToken(ctx, Hash(token), g, s.Session.ExpiresAt.Sub(now)); err != nil {
		return "", schedule.Grants{}, unavailable(err)
	}
	return token, g, nil
}

// failed takes down a try that was wrong; by is empty when nobody has the login.
// What was typed as one is never written: it may be a passphrase.
func (d *Door) failed(a schedule.Account, v Visitor) {
	if _, ok := d.told.Allow("", 1, d.now()); ok {
		d.note(string(a.ID), schedule.ActionSignInFailed, "", whence(v))
	}
}

func (d *Door) note(by string, a schedule.Action, what, why string) {
	d.deps.Ledger.Append(schedule.Entry{
		At: d.now(), Event: schedule.House, Kind: schedule.EntryStaff, By: by,
		Detail: strings.TrimSpace(string(a) + " " + what), Words: why,
	})
}

// whence stands in the words of an entry, which can be erased: an address is a
// person's.
func whence(v Visitor) string {
	if !v.Addr.IsValid() {
		return ""
	}
	return "from " + v.Addr.String()
}

// Over tells whether a session has expired.
func Over(x schedule.StaffSession, now time.Time) bool {
	return !now.Before(Ends(x))
}

// Ends is when a session expires unless it is used.
func Ends(x schedule.StaffSession) time.Time {
	if idle := x.SeenAt.Add(sessionIdle); idle.Before(x.ExpiresAt) {
		return idle
	}
	return x.ExpiresAt
}

func busy(err error) error {
	if errors.Is(err, ErrBusy) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return limited(2 * time.Second)
	}
	return err
}

// short is at most n characters of a text that a browser told of itself.
func short(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0xFFFD {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
