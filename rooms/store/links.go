package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"sangdam/rooms/schedule"
)

// SaveLinks writes links. What happened to one since it was made is kept if it
// is written again: that it was opened, mailed, revoked, made anew.
func (s *Store) SaveLinks(ctx context.Context, links []schedule.Link) error {
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, l := range links {
			b, err := json.Marshal(l)
			if err != nil {
				return fmt.Errorf("encode link %s: %w", l.ID, err)
			}
			fields := []any{"link", b}
			if l.Revoked {
				at := l.CreatedAt
				if l.RevokedAt != nil {
					at = *l.RevokedAt
				}
				fields = append(fields, "revoked", at.UnixMilli())
			}
			p.HSet(ctx, keyLink(l.ID), fields...)
			if l.UsedAt != nil {
				p.HSetNX(ctx, keyLink(l.ID), "used", l.UsedAt.UnixMilli())
			}
			p.SAdd(ctx, keyLinks(l.Grants.Event), string(l.ID))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("save links: %w", err)
	}
	return nil
}

// Link returns a link by its id. It knows only the hash of the secret;
// whether a secret fits is for the caller to say, in constant time.
func (s *Store) Link(ctx context.Context, id schedule.LinkID) (schedule.Link, bool, error) {
	fields, err := s.rdb.HGetAll(ctx, keyLink(id)).Result()
	if err != nil {
		return schedule.Link{}, false, fmt.Errorf("link %s: %w", id, err)
	}
	return decodeLink(id, fields)
}

func decodeLink(id schedule.LinkID, fields map[string]string) (schedule.Link, bool, error) {
	if fields["link"] == "" {
		return schedule.Link{}, false, nil
	}
	var l schedule.Link
	if err := json.Unmarshal([]byte(fields["link"]), &l); err != nil {
		return schedule.Link{}, false, fmt.Errorf("decode link %s: %w", id, err)
	}
	l.RevokedAt, l.UsedAt, l.SentAt = moment(fields["revoked"]), moment(fields["used"]), moment(fields["sent"])
	l.Revoked = l.RevokedAt != nil
	if v, err := strconv.Atoi(fields["version"]); err == nil {
		l.Version, l.SecretHash = v, fields["hash"]
	}
	return l, true, nil
}

// moment reads Unix milliseconds; nil when there are none.
func moment(ms string) *time.Time {
	n, err := strconv.ParseInt(ms, 10, 64)
	if err != nil {
		return nil
	}
	at := time.UnixMilli(n).UTC()
	return &at
}

// Links lists all links of an event, by id.
func (s *Store) Links(ctx context.Context, e schedule.EventID) ([]schedule.Link, error) {
	ids, err := s.rdb.SMembers(ctx, keyLinks(e)).Result()
	if err != nil {
		return nil, fmt.Errorf("links of %s: %w", e, err)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	cmds := make([]*redis.MapStringStringCmd, len(ids))
	_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, id := range ids {
			cmds[i] = p.HGetAll(ctx, keyLink(schedule.LinkID(id)))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("links of %s: %w", e, err)
	}
	var out []schedule.Link
	for i, id := range ids {
		l, ok, err := decodeLink(schedule.LinkID(id), cmds[i].Val())
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b schedule.Link) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return out, nil
}

// LinkUsed notes when a link was first opened; later times change nothing.
func (s *Store) LinkUsed(ctx context.Context, id schedule.LinkID, at time.Time) error {
	if _, err := s.scripts.linkMark.Run(ctx, s.rdb, []string{keyLink(id)}, "used", at.UnixMilli()).Int(); err != nil {
		return fmt.Errorf("link %s used: %w", id, err)
	}
	return nil
}

// LinkSent notes when a link was last mailed.
func (s *Store) LinkSent(ctx context.Context, id schedule.LinkID, at time.Time) error {
	if _, err := s.scripts.linkMark.Run(ctx, s.rdb, []string{keyLink(id)}, "sent", at.UnixMilli()).Int(); err != nil {
		return fmt.Errorf("link %s sent: %w", id, err)
	}
	return nil
}

// Revoke makes a link worthless; found tells whether there is one. Tokens got
// with it are checked against it by whoever reads them.
func (s *Store) Revoke(ctx context.Context, id schedule.LinkID, at time.Time) (found bool, err error) {
	n, err := s.scripts.linkMark.Run(ctx, s.rdb, []string{keyLink(id)}, "revoked", at.UnixMilli()).Int()
	if err != nil {
		return false, fmt.Errorf("revoke link %s: %w", id, err)
	}
	return n == 1, nil
}

// Reissue gives a link of this version the hash of its next secret; with it the
// link is neither revoked, opened nor mailed. The error is ErrNotFound, or
// ErrConflict when it has another version by now.
func (s *Store) Reissue(ctx context.Context, id schedule.LinkID, version int, hash string) error {
	n, err := s.scripts.linkReissue.Run(ctx, s.rdb, []string{keyLink(id)}, version, hash).Int()
	switch {
	case err != nil:
	case n == 0:
		err = ErrNotFound
	case n < 0:
		err = ErrConflict
	}
	if err != nil {
		return fmt.Errorf("reissue link %s: %w", id, err)
	}
	return nil
}

// SaveToken keeps what a session token grants, under the hex SHA-256 of the
// token, until ttl has passed.
func (s *Store) SaveToken(ctx context.Context, sha256hex string, g schedule.Grants, ttl time.Duration) error {
	if ttl <= 0 {
		return fmt.Errorf("save token: time to live is %v", ttl) // zero would mean for ever
	}
	b, err := json.Marshal(g)
	if err != nil {
		return fmt.Errorf("encode grants: %w", err)
	}
	if err := s.rdb.Set(ctx, keyToken(sha256hex), b, ttl).Err(); err != nil {
		return fmt.Errorf("save token: %w", err)
	}
	return nil
}

// Token returns what the token of this hash grants, while it lives and there is
// the link that it was got with; and whether that link was revoked or made anew. The caller
// names the link, so that one round trip tells both.
func (s *Store) Token(ctx context.Context, link schedule.LinkID, sha256hex string) (g schedule.Grants, revoked, ok bool, err error) {
	var token *redis.StringCmd
	var fields *redis.MapStringStringCmd
	_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		token = p.Get(ctx, keyToken(sha256hex))
		fields = p.HGetAll(ctx, keyLink(link))
		return nil
	})
	if errors.Is(token.Err(), redis.Nil) {
		return schedule.Grants{}, false, false, nil
	}
	if err != nil {
		return schedule.Grants{}, false, false, fmt.Errorf("token: %w", err)
	}
	if err := json.Unmarshal([]byte(token.Val()), &g); err != nil {
		return schedule.Grants{}, false, false, fmt.Errorf("decode grants: %w", err)
	}
	l, known, err := decodeLink(link, fields.Val())
	if err != nil || !known || g.Link != link {
		return schedule.Grants{}, false, false, err
	}
	return g, l.Revoked || l.Version != g.Version, true, nil
}
