package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"sangdam/rooms/schedule"
)

// SaveReadiness keeps a link's last device test.
func (s *Store) SaveReadiness(ctx context.Context, e schedule.EventID, id schedule.LinkID, r schedule.Readiness) error {
	return s.ofLink(ctx, keyReadiness(e), id, r)
}

// Readiness returns the last device test of each link that had one.
func (s *Store) Readiness(ctx context.Context, e schedule.EventID) (map[schedule.LinkID]schedule.Readiness, error) {
	return ofLinks[schedule.Readiness](ctx, s, keyReadiness(e))
}

// SavePath keeps the way that worked for the holder of a link.
func (s *Store) SavePath(ctx context.Context, e schedule.EventID, id schedule.LinkID, p schedule.LinkPath) error {
	return s.ofLink(ctx, keyPaths(e), id, p)
}

// Path returns it; the zero path: none is known.
func (s *Store) Path(ctx context.Context, e schedule.EventID, id schedule.LinkID) (schedule.LinkPath, error) {
	var p schedule.LinkPath
	raw, err := s.rdb.HGet(ctx, keyPaths(e), string(id)).Bytes()
	if errors.Is(err, redis.Nil) {
		return p, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &p)
	}
	if err != nil {
		return schedule.LinkPath{}, fmt.Errorf("path of link %s: %w", id, err)
	}
	return p, nil
}

// SaveConsent keeps a link's consent.
func (s *Store) SaveConsent(ctx context.Context, e schedule.EventID, id schedule.LinkID, c schedule.Consent) error {
	return s.ofLink(ctx, keyConsent(e), id, c)
}

// Consents returns the consent of each link that gave one.
func (s *Store) Consents(ctx context.Context, e schedule.EventID) (map[schedule.LinkID]schedule.Consent, error) {
	return ofLinks[schedule.Consent](ctx, s, keyConsent(e))
}

func (s *Store) ofLink(ctx context.Context, key string, id schedule.LinkID, v any) error {
	b, err := json.Marshal(v)
	if err == nil {
		err = s.rdb.HSet(ctx, key, string(id), b).Err()
	}
	if err != nil {
		return fmt.Errorf("save %s of link %s: %w", key, id, err)
	}
	return nil
}

func ofLinks[T any](ctx context.Context, s *Store, key string) (map[schedule.LinkID]T, error) {
	all, err := s.rdb.HGetAll(ctx, key).Result()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	out := make(map[schedule.LinkID]T, len(all))
	for id, raw := range all {
		var v T
		if err := json.Unmarshal([]byte(raw), &v); err != nil {
			return nil, fmt.Errorf("%s of link %s: %w", key, id, err)
		}
		out[schedule.LinkID(id)] = v
	}
	return out, nil
}
