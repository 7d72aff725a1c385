// Package staff is the work on who works here: accounts and their sessions, API
// keys, and reading out what staff did.
//
// Office owns nothing that lasts: accounts, sessions and keys are the Store's,
// what was done is the ledger's, and who gets in is for auth.Door to say. Giving
// this to the desk was rejected: a desk works on one event, accounts belong to
// the installation.
package staff

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
)

// Store keeps what an Office works on: *store.Store.
type Store interface {
	auth.StaffStore
	Account(ctx context.Context, id schedule.AccountID) (schedule.Account, bool, error)
	Accounts(ctx context.Context) ([]schedule.Account, error)
	StaffSessions(ctx context.Context) ([]schedule.StaffSession, error)

	SaveAPIKey(ctx context.Context, k schedule.APIKey) error
	APIKey(ctx context.Context, id string) (schedule.APIKey, bool, error)
	APIKeys(ctx context.Context, e schedule.EventID) ([]schedule.APIKey, error)
	RevokeAPIKey(ctx context.Context, id string, at time.Time) error

	Events(ctx context.Context) ([]schedule.EventID, error)
	Event(ctx context.Context, id schedule.EventID) (*schedule.Event, error)
	Links(ctx context.Context, e schedule.EventID) ([]schedule.Link, error)
	Newest(ctx context.Context, e schedule.EventID, before string, fn func(at string, e schedule.Entry) bool) error
	Flush(ctx context.Context) error
}

// Deps are what an Office is made of.
type Deps struct {
	Store  Store
	Ledger auth.Ledger
	Door   *auth.Door
	OpenID *auth.OpenID // nil: no provider
	Hasher *auth.Hasher
	// Ended is told which sessions are over, so that what they opened ends.
	Ended func(ctx context.Context, sessions []string)
	Trial bool

	Metrics prometheus.Registerer // nil: counted for nobody
	Now     func() time.Time      // time.Now when nil
}

// Office serves staff of all rights. Its methods may be called from any
// goroutine.
type Office struct {
	// Fixed after New.
	deps  Deps
	calls *auth.Limiter // requests of a sign-in by its cookie
	reads *auth.Limiter // readings of the audit log

	signIns *prometheus.CounterVec // by way and outcome
}

// Limits (PROTOCOL.md, "Limits"; a test compares).
const (
	callEvery, callBurst = 100 * time.Millisecond, 100
	readEvery, readBurst = 500 * time.Millisecond, 40
)

// New makes an Office. It starts nothing.
func New(d Deps) *Office {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Ended == nil {
		d.Ended = func(context.Context, []string) {}
	}
	return &Office{
		deps: d, calls: auth.NewLimiter(callEvery, callBurst), reads: auth.NewLimiter(readEvery, readBurst),
		signIns: newSignIns(d.Metrics),
	}
}

func (o *Office) now() time.Time { return o.deps.Now().UTC() }

// limited refuses what is over the rate of a key.
func (o *Office) limited(l *auth.Limiter, key string, costs int) error {
	if wait, ok := l.Allow(key, costs, o.now()); !ok {
		return &protocol.Fault{Code: protocol.CodeRateLimited, RetryAfter: max(wait, time.Millisecond)}
	}
	return nil
}

// act takes down what somebody did to the installation (schedule.House) or in an
// event.
func (o *Office) act(e schedule.EventID, by string, a schedule.Action, what, why string) {
	o.deps.Ledger.Append(schedule.Entry{
		At: o.now(), Event: e, Kind: schedule.EntryStaff, By: by, Detail: string(a) + " " + what, Words: why,
	})
}

func (o *Office) end(ctx context.Context, sessions []string) {
	if len(sessions) > 0 {
		o.deps.Ended(ctx, sessions)
	}
}

// fail gives the errors of the store their codes.
func fail(err error) error {
	for _, m := range []struct {
		is   error
		code protocol.Code
		why  string
	}{
		{store.ErrConflict, protocol.CodeConflict, "somebody else changed it meanwhile"},
		{store.ErrTaken, protocol.CodeConflict, "the login is taken"},
		{store.ErrLastAdministrator, protocol.CodeForbidden, "nobody would be left to administer"},
		{store.ErrNotFound, protocol.CodeNotFound, ""},
		{auth.ErrBusy, protocol.CodeRateLimited, "too many passphrases at once"},
	} {
		if errors.Is(err, m.is) {
			f := &protocol.Fault{Code: m.code, Detail: m.why, Cause: err}
			if m.code == protocol.CodeRateLimited {
				f.RetryAfter = 2 * time.Second
			}
			return f
		}
	}
	if f, ok := errors.AsType[*protocol.Fault](err); ok {
		return f
	}
	return &protocol.Fault{Code: protocol.CodeUnavailable, RetryAfter: 2 * time.Second, Cause: err}
}

func bad(why string) error {
	return &protocol.Fault{Code: protocol.CodeBadMessage, Detail: why}
}

// each maps a slice; the result is never nil.
func each[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}
