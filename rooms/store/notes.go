package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"sangdam/rooms/schedule"
)

// notesKept is twice what rooms keep of an event: each note may be saved once
// more, when it was seen.
const notesKept = 1000

// SaveNote adds a note to the stream of its event. One that is saved again
// with the same ID counts instead of the former.
func (s *Store) SaveNote(ctx context.Context, e schedule.EventID, n schedule.Note) error {
	b, err := json.Marshal(n)
	if err == nil {
		err = s.rdb.XAdd(ctx, &redis.XAddArgs{
			Stream: keyNotes(e), MaxLen: notesKept, Approx: true, Values: []any{"n", b},
		}).Err()
	}
	if err != nil {
		return fmt.Errorf("save note of %s: %w", e, err)
	}
	return nil
}

// Notes returns the last notes of an event, each as it was saved last, oldest
// first.
func (s *Store) Notes(ctx context.Context, e schedule.EventID) ([]schedule.Note, error) {
	last, err := s.rdb.XRevRangeN(ctx, keyNotes(e), "+", "-", notesKept).Result()
	if err != nil {
		return nil, fmt.Errorf("notes of %s: %w", e, err)
	}
	var out []schedule.Note
	seen := map[string]bool{}
	for _, x := range last {
		var n schedule.Note
		if err := decodeField(x, "n", &n); err != nil {
			return nil, fmt.Errorf("notes of %s: %w", e, err)
		}
		if !seen[n.ID] {
			seen[n.ID] = true
			out = append(out, n)
		}
	}
	slices.SortStableFunc(out, func(a, b schedule.Note) int { return a.At.Compare(b.At) })
	return out, nil
}
