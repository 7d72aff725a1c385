package auth

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"strings"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// What ids begin with. A link's has no such sign in it, so that a token tells by
// its beginning what it is a token of.
const (
	sessionPrefix = "s-"
	accountPrefix = "a-"
	keyPrefix     = "key_"
)

// newStaffID makes an id of 80 random bits.
func newStaffID(prefix string) string {
	b := make([]byte, 10)
	_, _ = rand.Read(b) // never fails (crypto/rand, Go 1.24)
	return prefix + strings.ToLower(base32.StdEncoding.EncodeToString(b))
}

// NewAccountID makes the id of an account.
func NewAccountID() schedule.AccountID { return schedule.AccountID(newStaffID(accountPrefix)) }

// cut takes a cookie apart: a session's id, a dot, a secret.
func cut(cookie string) (session, secret string, ok bool) {
	link, ok := linkOf(cookie)
	if !ok || !strings.HasPrefix(string(link), sessionPrefix) {
		return "", "", false
	}
	return string(link), cookie[len(link)+1:], true
}

// staff tells what a token of a signed-in session grants: nothing any more from
// the moment on when the session is over.
func (g *Gate) staff(ctx context.Context, session, token string) (schedule.Grants, error) {
	gr, x, ok, err := g.store.StaffToken(ctx, session, Hash(token))
	if err != nil {
		return schedule.Grants{}, unavailable(err)
	}
	now := g.now()
	if !ok || Over(x, now) {
		return schedule.Grants{}, protocol.Fail(protocol.CodeSignInNeeded)
	}
	g.seen(ctx, x, now)
	return gr, nil
}

// Alive tells whether the sign-in that a console's session came by still counts,
// and notes that it is used. Other grants do not end by themselves.
func (g *Gate) Alive(ctx context.Context, gr schedule.Grants) error {
	if gr.Account == "" {
		return nil
	}
	x, _, ok, err := g.store.StaffSession(ctx, string(gr.Link))
	if err != nil {
		return unavailable(err)
	}
	now := g.now()
	if !ok || Over(x, now) {
		return protocol.Fail(protocol.CodeSignInNeeded)
	}
	g.seen(ctx, x, now)
	return nil
}

func (g *Gate) seen(ctx context.Context, x schedule.StaffSession, now time.Time) {
	if now.Sub(x.SeenAt) >= seenEvery {
		_ = g.store.SeeStaffSession(ctx, x.ID, now) // it is a minute less exact
	}
}

// NewAPIKey makes a key and the secret that its holder is told once.
func NewAPIKey(e schedule.EventID, name string, scopes []schedule.Scope, by string, now, expires time.Time) (schedule.APIKey, string) {
	token := newToken(schedule.LinkID(newStaffID(keyPrefix)))
	id, _ := linkOf(token)
	return schedule.APIKey{
		ID: string(id), Event: e, Name: name, Scopes: scopes, Hash: Hash(token),
		CreatedAt: now.UTC(), CreatedBy: by, ExpiresAt: expires.UTC(),
	}, token
}

// key tells what an API key grants. Unknown, wrong, revoked and expired have one
// answer.
func (g *Gate) key(ctx context.Context, id, token string) (schedule.Grants, error) {
	k, ok, err := g.store.APIKey(ctx, id)
	if err != nil {
		return schedule.Grants{}, unavailable(err)
	}
	now := g.now()
	expired := !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt)
	if !Matches(token, k.Hash) || !ok || k.Revoked || expired || len(k.Scopes) == 0 {
		return schedule.Grants{}, protocol.Fail(protocol.CodeTokenUnknown)
	}
	if k.UsedAt == nil || now.Sub(*k.UsedAt) >= seenEvery {
		_ = g.store.APIKeyUsed(ctx, id, now) // it is a minute less exact
	}
	return schedule.Grants{
		Event: k.Event, Link: schedule.LinkID(id), Kind: schedule.LinkConsole, Role: schedule.RoleCoordinator, Seat: 1,
		Name: k.Name, Scopes: k.Scopes, NotBefore: k.CreatedAt, NotAfter: k.ExpiresAt,
	}, nil
}
