package store

import (
	"context"
	"fmt"

	"sangdam/rooms/schedule"
)

// Newest reads an event's ledger from its end, or from before the entry at a
// place that it told earlier, with the words that are still there, until fn has
// enough. At tells the place of an entry in the ledger.
func (s *Store) Newest(ctx context.Context, event schedule.EventID, before string, fn func(at string, e schedule.Entry) (more bool)) error {
	from := "+"
	if before != "" {
		from = "(" + before
	}
	for {
		page, err := s.rdb.XRevRangeN(ctx, keyLedger(event), from, "-", pageSize).Result()
		if err != nil {
			return fmt.Errorf("ledger of %s: %w", event, err)
		}
		entries, err := s.entries(ctx, event, page)
		if err != nil {
			return fmt.Errorf("ledger of %s: %w", event, err)
		}
		for i, e := range entries {
			if !fn(page[i].ID, e) {
				return nil
			}
		}
		if len(page) < pageSize {
			return nil
		}
		from = "(" + page[len(page)-1].ID
	}
}
