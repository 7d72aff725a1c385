package signaling

import (
	"slices"
	"time"

	"sangdam/signaling/auth"
)

// secretsKept bounds how many secrets a client may hold of which the newest that
// arrived is not known: sockets that die before the reply to a resume is there.
const secretsKept = 8

// lateFor is how long a request may be under way that was sent with a former
// secret.
const lateFor = time.Minute

// secrets are the right to resume a session, as hashes. A client that loses one
// socket after another before the reply is there has any of those that were
// given to it; which, it says itself by the one it comes with. Keeping the two
// newest alone was rejected: the second reply that is lost would end the session.
type secrets struct {
	good []string // oldest first: all since the last one that certainly arrived
	late []string // good for a restart alone, which may have been under way

	lateUntil time.Time
}

// rotate gives a new secret to whoever came with one that is good.
func (s *secrets) rotate(came string) string {
	next := auth.NewSecret()
	if i := slices.Index(s.good, auth.Hash(came)); i > 0 {
		s.good = s.good[i:] // those before it are the past
	}
	if len(s.good) == secretsKept {
		s.good = slices.Delete(s.good, 1, 2) // the first is the one it certainly has
	}
	s.good = append(s.good, auth.Hash(next))
	return next
}

// arrived is told when a message came by the socket that got the newest.
func (s *secrets) arrived(now time.Time) {
	if n := len(s.good) - 1; n > 0 {
		s.good, s.late, s.lateUntil = s.good[n:], s.good[:n], now.Add(lateFor)
	}
}

// match tells whether a secret is good for all that the session may.
func (s *secrets) match(secret string) bool { return matchesOne(secret, s.good) }

// matchLate tells whether it is good for a restart: one that was sent before a
// resume may come after it.
func (s *secrets) matchLate(secret string, now time.Time) bool {
	good, late := matchesOne(secret, s.good), matchesOne(secret, s.late)
	return good || late && now.Before(s.lateUntil)
}

// matchesOne takes the same time whichever it is.
func matchesOne(secret string, hashes []string) bool {
	found := false
	for _, h := range hashes {
		found = auth.Matches(secret, h) || found
	}
	return found
}
