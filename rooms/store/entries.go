package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/redis/go-redis/v9"

	"sangdam/rooms/schedule"
)

// keptWords are an entry's words beside the chain.
type keptWords struct {
	Salt string `json:"salt"`
	Text string `json:"text"`
}

// encodeEntry takes an entry apart: what stands in the chain for good, and its
// words, empty when it has none.
func encodeEntry(e schedule.Entry) (entry, words []byte, err error) {
	if e.Words != "" {
		if words, err = json.Marshal(keptWords{e.Salt, e.Words}); err != nil {
			return nil, nil, fmt.Errorf("encode the words of entry %s: %w", e.ID, err)
		}
	}
	e.Words, e.Salt = "", ""
	if entry, err = json.Marshal(e); err != nil {
		return nil, nil, fmt.Errorf("encode entry %s: %w", e.ID, err)
	}
	return entry, words, nil
}

// Entries reads an event's ledger from its beginning, page by page, with the
// words that are still there, until fn returns an error, which is then returned.
func (s *Store) Entries(ctx context.Context, event schedule.EventID, fn func(schedule.Entry) error) error {
	from := "-"
	for {
		page, err := s.rdb.XRangeN(ctx, keyLedger(event), from, "+", pageSize).Result()
		if err != nil {
			return fmt.Errorf("ledger of %s: %w", event, err)
		}
		entries, err := s.entries(ctx, event, page)
		if err != nil {
			return fmt.Errorf("ledger of %s: %w", event, err)
		}
		for _, e := range entries {
			if err := fn(e); err != nil {
				return err
			}
		}
		if len(page) < pageSize {
			return nil
		}
		from = "(" + page[len(page)-1].ID
	}
}

// entries decodes a page of the stream and gives its entries their words.
func (s *Store) entries(ctx context.Context, event schedule.EventID, page []redis.XMessage) ([]schedule.Entry, error) {
	out := make([]schedule.Entry, len(page))
	var fields []string
	var of []int // the entry of each field
	for i, x := range page {
		if err := decodeField(x, "e", &out[i]); err != nil {
			return nil, err
		}
		out[i].Words, out[i].Salt = "", "" // they are never kept there
		fields, of = append(fields, out[i].ID), append(of, i)
	}
	if len(fields) == 0 {
		return out, nil
	}
	words, err := s.rdb.HMGet(ctx, keyWords(event), fields...).Result()
	if err != nil {
		return nil, fmt.Errorf("words: %w", err)
	}
	for i, raw := range words {
		text, ok := raw.(string)
		if !ok {
			continue
		}
		var w keptWords
		if err := json.Unmarshal([]byte(text), &w); err != nil {
			w = keptWords{Text: text} // damaged: verification says so
		}
		out[of[i]].Words, out[of[i]].Salt = w.Text, w.Salt
	}
	return out, nil
}
