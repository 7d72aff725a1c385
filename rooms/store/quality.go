package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"sangdam/rooms/schedule"
)

// SaveQuality keeps how media went for one stay. One that is saved again, of
// the same session since the same time, replaces the former.
func (s *Store) SaveQuality(ctx context.Context, e schedule.EventID, q schedule.SeatQuality) error {
	b, err := json.Marshal(q)
	if err == nil {
		field := string(q.Seat) + " " + q.Session + " " + strconv.FormatInt(q.From.UnixMilli(), 10)
		err = s.rdb.HSet(ctx, keyQuality(e), field, b).Err()
	}
	if err != nil {
		return fmt.Errorf("save quality of %s: %w", e, err)
	}
	return nil
}

// Quality returns how media went for every stay of an event, in the order in
// which they began.
func (s *Store) Quality(ctx context.Context, e schedule.EventID) ([]schedule.SeatQuality, error) {
	all, err := s.rdb.HGetAll(ctx, keyQuality(e)).Result()
	if err != nil {
		return nil, fmt.Errorf("quality of %s: %w", e, err)
	}
	out := make([]schedule.SeatQuality, 0, len(all))
	for _, raw := range all {
		var q schedule.SeatQuality
		if err := json.Unmarshal([]byte(raw), &q); err != nil {
			return nil, fmt.Errorf("quality of %s: %w", e, err)
		}
		out = append(out, q)
	}
	slices.SortFunc(out, func(a, b schedule.SeatQuality) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Seat, b.Seat), cmp.Compare(a.Session, b.Session))
	})
	return out, nil
}
