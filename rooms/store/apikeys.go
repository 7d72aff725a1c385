package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"sangdam/rooms/schedule"
)

// SaveAPIKey keeps a new key.
func (s *Store) SaveAPIKey(ctx context.Context, k schedule.APIKey) error {
	b, err := json.Marshal(k)
	if err != nil {
		return fmt.Errorf("encode key %s: %w", k.ID, err)
	}
	_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.HSet(ctx, keyAPIKey(k.ID), "key", b)
		p.SAdd(ctx, keyAPIKeys(k.Event), k.ID)
		return nil
	})
	if err != nil {
		return fmt.Errorf("save key %s: %w", k.ID, err)
	}
	return nil
}

// APIKey finds a key by its id; whether its secret fits is for the caller to say.
func (s *Store) APIKey(ctx context.Context, id string) (schedule.APIKey, bool, error) {
	fields, err := s.rdb.HGetAll(ctx, keyAPIKey(id)).Result()
	if err != nil {
		return schedule.APIKey{}, false, fmt.Errorf("key %s: %w", id, err)
	}
	return decodeAPIKey(id, fields)
}

func decodeAPIKey(id string, fields map[string]string) (k schedule.APIKey, ok bool, err error) {
	if fields["key"] == "" {
		return k, false, nil
	}
	if err := json.Unmarshal([]byte(fields["key"]), &k); err != nil {
		return k, false, fmt.Errorf("decode key %s: %w", id, err)
	}
	k.UsedAt, k.Revoked = moment(fields["seen"]), fields["revoked"] != ""
	return k, true, nil
}

// APIKeys lists the keys of an event, the newest first.
func (s *Store) APIKeys(ctx context.Context, e schedule.EventID) ([]schedule.APIKey, error) {
	ids, err := s.rdb.SMembers(ctx, keyAPIKeys(e)).Result()
	if err != nil {
		return nil, fmt.Errorf("keys of %s: %w", e, err)
	}
	cmds := make([]*redis.MapStringStringCmd, len(ids))
	if len(ids) > 0 {
		_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
			for i, id := range ids {
				cmds[i] = p.HGetAll(ctx, keyAPIKey(id))
			}
			return nil
		})
	}
	if err != nil {
		return nil, fmt.Errorf("keys of %s: %w", e, err)
	}
	var out []schedule.APIKey
	for i, id := range ids {
		k, ok, err := decodeAPIKey(id, cmds[i].Val())
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(a, b schedule.APIKey) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// APIKeyUsed notes when a key was last used.
func (s *Store) APIKeyUsed(ctx context.Context, id string, at time.Time) error {
	return s.markAPIKey(ctx, id, "seen", at)
}

// RevokeAPIKey makes a key worthless.
func (s *Store) RevokeAPIKey(ctx context.Context, id string, at time.Time) error {
	return s.markAPIKey(ctx, id, "revoked", at)
}

func (s *Store) markAPIKey(ctx context.Context, id, mark string, at time.Time) error {
	// A mark that is not "used" takes the new value, on a link as on a key.
	if err := s.scripts.linkMark.Run(ctx, s.rdb, []string{keyAPIKey(id)}, mark, at.UnixMilli()).Err(); err != nil {
		return fmt.Errorf("key %s: %w", id, err)
	}
	return nil
}
