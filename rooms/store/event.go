package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"sangdam/rooms/schedule"
)

// SaveEvent writes the timetable; one of the same id is replaced.
func (s *Store) SaveEvent(ctx context.Context, e *schedule.Event) error {
	b, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode event %s: %w", e.ID, err)
	}
	_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Set(ctx, keyEvent(e.ID), b, 0)
		p.SAdd(ctx, keyEvents, string(e.ID))
		return nil
	})
	if err != nil {
		return fmt.Errorf("save event %s: %w", e.ID, err)
	}
	return nil
}

// Event returns the timetable, or ErrNotFound.
func (s *Store) Event(ctx context.Context, id schedule.EventID) (*schedule.Event, error) {
	b, err := s.rdb.Get(ctx, keyEvent(id)).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("event %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("event %s: %w", id, err)
	}
	var e schedule.Event
	if err := json.Unmarshal(b, &e); err != nil {
		return nil, fmt.Errorf("decode event %s: %w", id, err)
	}
	return &e, nil
}

// Events lists all events of the installation, by id.
func (s *Store) Events(ctx context.Context) ([]schedule.EventID, error) {
	ids, err := s.rdb.SMembers(ctx, keyEvents).Result()
	if err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	out := make([]schedule.EventID, len(ids))
	for i, id := range ids {
		out[i] = schedule.EventID(id)
	}
	slices.Sort(out)
	return out, nil
}
