package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"sangdam/rooms/schedule"
)

// deliveriesKept is how many deliveries of a webhook can be looked at and sent
// again. A webhook that is away for longer than these last loses the oldest: the
// ledger has them all.
const deliveriesKept = 5000

// SaveHook keeps a webhook. A new one is told what happens from now on.
func (s *Store) SaveHook(ctx context.Context, e schedule.EventID, h schedule.Hook) error {
	b, err := json.Marshal(h)
	if err == nil {
		var end string
		if end, err = s.ledgerEnd(ctx, e); err == nil {
			_, err = s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
				p.HSet(ctx, keyHooks(e), h.ID, b)
				p.HSetNX(ctx, keyHookCursors(e), h.ID, end)
				return nil
			})
		}
	}
	if err != nil {
		return fmt.Errorf("save webhook of %s: %w", e, err)
	}
	return nil
}

func (s *Store) ledgerEnd(ctx context.Context, e schedule.EventID) (string, error) {
	last, err := s.rdb.XRevRangeN(ctx, keyLedger(e), "+", "-", 1).Result()
	if err != nil || len(last) == 0 {
		return "0-0", err
	}
	return last[0].ID, nil
}

// Hooks returns an event's webhooks, the oldest first.
func (s *Store) Hooks(ctx context.Context, e schedule.EventID) ([]schedule.Hook, error) {
	fields, err := s.rdb.HGetAll(ctx, keyHooks(e)).Result()
	if err != nil {
		return nil, fmt.Errorf("webhooks of %s: %w", e, err)
	}
	out := make([]schedule.Hook, 0, len(fields))
	for id, text := range fields {
		var h schedule.Hook
		if err := json.Unmarshal([]byte(text), &h); err != nil {
			return nil, fmt.Errorf("decode webhook %s: %w", id, err)
		}
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b schedule.Hook) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return out, nil
}

// DeleteHook forgets a webhook and all that it was to be told.
func (s *Store) DeleteHook(ctx context.Context, e schedule.EventID, id string) error {
	ids, err := s.rdb.ZRange(ctx, keyHookLog(e, id), 0, -1).Result()
	if err == nil {
		_, err = s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.HDel(ctx, keyHooks(e), id)
			p.HDel(ctx, keyHookCursors(e), id)
			p.Del(ctx, keyHookLog(e, id))
			if len(ids) > 0 {
				p.HDel(ctx, keyDeliveries(e), ids...)
				p.ZRem(ctx, keyHookDue(e), anys(ids)...)
			}
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("delete webhook of %s: %w", e, err)
	}
	return nil
}

// HookNews reads up to n entries of the ledger that a webhook was not yet asked
// about. from and to are for Enqueue.
func (s *Store) HookNews(ctx context.Context, e schedule.EventID, hook string, n int) (entries []schedule.Entry, from, to string, err error) {
	from, err = s.rdb.HGet(ctx, keyHookCursors(e), hook).Result()
	if errors.Is(err, redis.Nil) { // it was deleted
		return nil, "", "", nil
	}
	if err == nil {
		var page []redis.XMessage
		page, err = s.rdb.XRangeN(ctx, keyLedger(e), "("+from, "+", int64(n)).Result()
		to = from
		for _, x := range page {
			var en schedule.Entry
			if err = decodeField(x, "e", &en); err != nil {
				break
			}
			entries, to = append(entries, en), x.ID
		}
	}
	if err != nil {
		return nil, "", "", fmt.Errorf("news for webhook of %s: %w", e, err)
	}
	return entries, from, to, nil
}

// Enqueue puts deliveries of one webhook into its queue and moves its cursor
// on; false when another node was faster.
func (s *Store) Enqueue(ctx context.Context, e schedule.EventID, hook, from, to string, ds []schedule.Delivery) (bool, error) {
	args := []any{hook, from, to, deliveriesKept}
	for _, d := range ds {
		b, err := json.Marshal(d)
		if err != nil {
			return false, fmt.Errorf("encode delivery %s: %w", d.ID, err)
		}
		args = append(args, d.ID, d.NextAt.UnixMilli(), b)
	}
	keys := []string{keyHookCursors(e), keyDeliveries(e), keyHookDue(e), keyHookLog(e, hook)}
	done, err := s.scripts.hookEnqueue.Run(ctx, s.rdb, keys, args...).Int()
	if err != nil {
		return false, fmt.Errorf("queue for webhook of %s: %w", e, err)
	}
	return done == 1, nil
}

// TakeDeliveries gives up to n deliveries whose time has come to this node
// alone, until again.
func (s *Store) TakeDeliveries(ctx context.Context, e schedule.EventID, now, again time.Time, n int) ([]schedule.Delivery, error) {
	texts, err := s.scripts.hookTake.Run(ctx, s.rdb, []string{keyHookDue(e), keyDeliveries(e)}, now.UnixMilli(), again.UnixMilli(), n).StringSlice()
	if err != nil {
		return nil, fmt.Errorf("deliveries of %s: %w", e, err)
	}
	return decodeDeliveries(texts)
}

// SaveDelivery keeps what became of a delivery, and when it is tried again if
// it waits.
func (s *Store) SaveDelivery(ctx context.Context, e schedule.EventID, d schedule.Delivery) error {
	b, err := json.Marshal(d)
	if err == nil {
		_, err = s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.HSet(ctx, keyDeliveries(e), d.ID, b)
			if d.State == schedule.DeliveryWaiting {
				p.ZAdd(ctx, keyHookDue(e), redis.Z{Score: float64(d.NextAt.UnixMilli()), Member: d.ID})
			} else {
				p.ZRem(ctx, keyHookDue(e), d.ID)
			}
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("save delivery of %s: %w", e, err)
	}
	return nil
}

// Deliveries returns the last n deliveries of a webhook, newest first.
func (s *Store) Deliveries(ctx context.Context, e schedule.EventID, hook string, n int) ([]schedule.Delivery, error) {
	ids, err := s.rdb.ZRevRange(ctx, keyHookLog(e, hook), 0, int64(n)-1).Result()
	if err != nil {
		return nil, fmt.Errorf("deliveries of %s: %w", e, err)
	}
	return s.deliveries(ctx, e, ids)
}

// Delivery returns one of them; false when it is not kept any more.
func (s *Store) Delivery(ctx context.Context, e schedule.EventID, id string) (schedule.Delivery, bool, error) {
	ds, err := s.deliveries(ctx, e, []string{id})
	if err != nil || len(ds) == 0 {
		return schedule.Delivery{}, false, err
	}
	return ds[0], true, nil
}

func (s *Store) deliveries(ctx context.Context, e schedule.EventID, ids []string) ([]schedule.Delivery, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	got, err := s.rdb.HMGet(ctx, keyDeliveries(e), ids...).Result()
	if err != nil {
		return nil, fmt.Errorf("deliveries of %s: %w", e, err)
	}
	var texts []string
	for _, v := range got {
		if text, ok := v.(string); ok {
			texts = append(texts, text)
		}
	}
	return decodeDeliveries(texts)
}

func decodeDeliveries(texts []string) ([]schedule.Delivery, error) {
	out := make([]schedule.Delivery, 0, len(texts))
	for _, text := range texts {
		var d schedule.Delivery
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			return nil, fmt.Errorf("decode delivery: %w", err)
		}
		out = append(out, d)
	}
	return out, nil
}

func anys(in []string) []any {
	out := make([]any, len(in))
	for i, v := range in {
		out[i] = v
	}
	return out
}
