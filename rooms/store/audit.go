package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/google/uuid"

	"sangdam/rooms/attendance"
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

// terminalWriter is the writer of entries that pass by no spool.
const terminalWriter = "terminal"

// AppendNow records what happened and returns when Redis has it. It is for
// commands, which end at once and may not open the data folder that a running
// server has: nothing is kept when Redis is away.
func (s *Store) AppendNow(ctx context.Context, e schedule.Entry) error {
	e.ID, e.Node = cmp.Or(e.ID, uuid.Must(uuid.NewV7()).String()), cmp.Or(e.Node, s.node)
	if e.At.IsZero() {
		e.At = time.Now()
	}
	if e.Words != "" {
		e.Salt = rand.Text()
	}
	e = attendance.Normal(e)
	head, seq := attendance.Genesis, int64(1)
	keys := []string{keyLedger(e.Event), keyChain(e.Event), keyWords(e.Event)}
	for {
		sealed := attendance.Seal(head, e)
		entry, words, err := encodeEntry(sealed)
		if err != nil {
			return err
		}
		res, err := s.scripts.ledgerAppend.Run(ctx, s.rdb, keys, head, terminalWriter, seq, sealed.Hash, entry, sealed.ID, words, "").Slice()
		if err != nil {
			return fmt.Errorf("ledger of %s: %w", e.Event, err)
		}
		if done, _ := res[0].(int64); done == 1 {
			return nil
		}
		head, _ = res[1].(string)
		last, _ := res[2].(int64)
		seq = last + 1
	}
}
