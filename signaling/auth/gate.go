// Package auth lets people in: it mints links, exchanges a link's secret for the
// session token of one tab, signs staff in, and tells what a token grants.
//
// Gate owns the limits of guessing links, Door those of guessing passphrases;
// links, tokens, accounts and their sessions live in the Store, their secrets as
// hashes. Signed tokens without a store were rejected: a link and a sign-in must
// be revocable while an event runs.
package auth

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// Store keeps links and session tokens.
type Store interface {
	Link(ctx context.Context, id schedule.LinkID) (schedule.Link, bool, error)
	// LinkUsed notes when a link was first opened.
	LinkUsed(ctx context.Context, id schedule.LinkID, at time.Time) error
	SaveToken(ctx context.Context, hash string, g schedule.Grants, ttl time.Duration) error
	// Token tells nothing of a token that has expired or is not of this link.
	Token(ctx context.Context, link schedule.LinkID, hash string) (g schedule.Grants, revoked, ok bool, err error)

	// StaffToken tells nothing of a token whose session has ended.
	StaffToken(ctx context.Context, session, hash string) (schedule.Grants, schedule.StaffSession, bool, error)
	StaffSession(ctx context.Context, id string) (schedule.StaffSession, schedule.Account, bool, error)
	SeeStaffSession(ctx context.Context, id string, at time.Time) error

	APIKey(ctx context.Context, id string) (schedule.APIKey, bool, error)
	APIKeyUsed(ctx context.Context, id string, at time.Time) error
}

const (
	tokenTTL = 7 * 24 * time.Hour

	// Everybody in a hall may share one address, and all booths open their links
	// in the same minute.
	addrEvery, addrBurst = 50 * time.Millisecond, 200
	// Wrong secrets are counted for a link and an address together: counted for
	// the link alone, anybody who has seen an id could lock its holder out.
	wrongEvery, wrongBurst = 6 * time.Second, 10
	// Right ones cost the store two writes.
	openEvery, openBurst = time.Second, 30
)

// Gate checks links and tokens.
type Gate struct {
	// Fixed after NewGate.
	store Store
	now   func() time.Time
	addrs *Limiter
	wrong *Limiter
	opens *Limiter
}

// NewGate makes a Gate on a store.
func NewGate(store Store, now func() time.Time) *Gate {
	return &Gate{
		store: store,
		now:   now,
		addrs: NewLimiter(addrEvery, addrBurst),
		wrong: NewLimiter(wrongEvery, wrongBurst),
		opens: NewLimiter(openEvery, openBurst),
	}
}

// Open exchanges a link's secret for a session token. The token that the tab
// has already is used on while it is good. An unknown link and a wrong secret
// have one answer. A link whose time has not come is no error: the page counts
// down.
func (g *Gate) Open(ctx context.Context, id schedule.LinkID, secret, token string, from netip.Addr) (string, schedule.Grants, error) {
	now, addr := g.now(), AddrKey(from)
	if wait, ok := g.addrs.Allow(addr, 1, now); !ok {
		return "", schedule.Grants{}, limited(wait)
	}
	pair := string(id) + " " + addr
	if wait, ok := g.wrong.Left(pair, now); !ok {
		return "", schedule.Grants{}, limited(wait)
	}
	link, known, err := g.store.Link(ctx, id)
	if err != nil {
		return "", schedule.Grants{}, unavailable(err)
	}
	// An unknown link is compared, too: the time of the answer tells nothing.
	if !Matches(secret, link.SecretHash) || !known {
		if wait, ok := g.wrong.Allow(pair, 1, now); !ok {
			return "", schedule.Grants{}, limited(wait)
		}
		return "", schedule.Grants{}, protocol.Fail(protocol.CodeLinkUnknown)
	}
	if link.Revoked {
		return "", schedule.Grants{}, protocol.Fail(protocol.CodeLinkRevoked)
	}
	if !now.Before(link.Grants.NotAfter) {
		return "", schedule.Grants{}, protocol.Fail(protocol.CodeLinkExpired)
	}
	if wait, ok := g.opens.Allow(string(id), 1, now); !ok {
		return "", schedule.Grants{}, limited(wait)
	}
	if token != "" {
		if has, err := g.Grants(ctx, token); err == nil && has.Link == id {
			return token, has, nil
		}
	}
	token = newToken(id)
	ttl := min(tokenTTL, link.Grants.NotAfter.Sub(now))
	grants := link.Grants
	grants.Version = link.Version
	if err := g.store.SaveToken(ctx, Hash(token), grants, ttl); err != nil {
		return "", schedule.Grants{}, unavailable(err)
	}
	if link.UsedAt == nil {
		if err := g.store.LinkUsed(ctx, id, now); err != nil {
			return "", schedule.Grants{}, unavailable(err)
		}
	}
	return token, grants, nil
}

// Grants tells what a session token or an API key allows.
func (g *Gate) Grants(ctx context.Context, token string) (schedule.Grants, error) {
	// No round trip for what was never one of ours.
	link, ok := linkOf(token)
	if !ok {
		return schedule.Grants{}, protocol.Fail(protocol.CodeTokenUnknown)
	}
	switch {
	case strings.HasPrefix(string(link), sessionPrefix):
		return g.staff(ctx, string(link), token)
	case strings.HasPrefix(string(link), keyPrefix):
		return g.key(ctx, string(link), token)
	}
	gr, revoked, ok, err := g.store.Token(ctx, link, Hash(token))
	switch {
	case err != nil:
		return schedule.Grants{}, unavailable(err)
	case !ok:
		return schedule.Grants{}, protocol.Fail(protocol.CodeTokenUnknown)
	case revoked: // a link takes its tokens with it
		return schedule.Grants{}, protocol.Fail(protocol.CodeLinkRevoked)
	case !g.now().Before(gr.NotAfter):
		return schedule.Grants{}, protocol.Fail(protocol.CodeLinkExpired)
	}
	return gr, nil
}

// newToken makes a session token: the id of its link, a dot, a secret. The id is
// in it so that one round trip finds both token and link.
func newToken(link schedule.LinkID) string { return string(link) + "." + NewSecret() }

// linkOf tells a token's link; false for a string that was never a token.
func linkOf(token string) (schedule.LinkID, bool) {
	link, secret, ok := strings.Cut(token, ".")
	return schedule.LinkID(link), ok && len(secret) == secretLen && schedule.ValidID(schedule.LinkID(link))
}

const secretLen = (tokenBytes*8 + 5) / 6

func limited(wait time.Duration) error {
	return &protocol.Fault{Code: protocol.CodeRateLimited, RetryAfter: max(wait, time.Millisecond)}
}

func unavailable(err error) error {
	return &protocol.Fault{Code: protocol.CodeUnavailable, RetryAfter: 2 * time.Second, Cause: err}
}
