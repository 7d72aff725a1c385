package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"sangdam/rooms/schedule"
)

// Heartbeat writes or refreshes presences of this node. Node and Incarnation
// are filled here.
func (s *Store) Heartbeat(ctx context.Context, ps []schedule.Presence) error {
	if len(ps) == 0 {
		return nil
	}
	inc := s.incarnation.Load()
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, x := range ps {
			x.Node, x.Incarnation = s.node, inc
			b, err := json.Marshal(x)
			if err != nil {
				return fmt.Errorf("encode presence: %w", err)
			}
			p.HSet(ctx, keyPresence(x.Event), presenceField(x.Seat, x.Session), b)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("heartbeat: %w", err)
	}
	return nil
}

// Depart removes one presence, if it is still that session's.
func (s *Store) Depart(ctx context.Context, e schedule.EventID, seat schedule.SeatID, session string) error {
	if err := s.rdb.HDel(ctx, keyPresence(e), presenceField(seat, session)).Err(); err != nil {
		return fmt.Errorf("depart %s: %w", seat, err)
	}
	return nil
}

// Presences lists who is in the rooms of an event, by seat, then session.
func (s *Store) Presences(ctx context.Context, e schedule.EventID) ([]schedule.Presence, error) {
	raw, err := s.rdb.HGetAll(ctx, keyPresence(e)).Result()
	if err != nil {
		return nil, fmt.Errorf("presences %s: %w", e, err)
	}
	out := make([]schedule.Presence, 0, len(raw))
	for field, v := range raw {
		var p schedule.Presence
		if err := json.Unmarshal([]byte(v), &p); err != nil {
			s.log.Warn("a presence cannot be read", "event", e, "presence", field, "err", err) // the reaper removes it
			continue
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b schedule.Presence) int {
		return strings.Compare(presenceField(a.Seat, a.Session), presenceField(b.Seat, b.Session))
	})
	return out, nil
}
