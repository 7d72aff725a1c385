package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
)

type verifyCommand struct {
	Memory
	Events []string `arg:"" optional:"" placeholder:"EVENT" help:"Events to look at; all when none is named."`
}

// Run proves that no entry of a record was changed, removed or added, and names
// the first that was.
func (c *verifyCommand) Run(ctx context.Context, m *Main) error {
	if c.Redis == "" {
		return errNoRedis
	}
	s, err := openStore(ctx, store.Options{URL: c.Redis, Logger: quiet})
	if err != nil {
		return err
	}
	defer s.Close()
	events := make([]schedule.EventID, len(c.Events))
	for i, e := range c.Events {
		events[i] = schedule.EventID(e)
	}
	if len(events) == 0 {
		if events, err = s.Events(ctx); err != nil {
			return err
		}
	}
	broken := 0
	for _, event := range events {
		report, err := attendance.Verify(entries(ctx, s, event))
		if err != nil {
			return fmt.Errorf("read the record of %s: %w", event, err)
		}
		tellVerdict(m.Stdout, event, report)
		if report.Broken != nil {
			broken++
		}
	}
	if broken > 0 {
		return &failure{text: fmt.Sprintf("the record of %d event(s) is not as it was written", broken)}
	}
	return nil
}

// tellVerdict writes one event's verdict.
func tellVerdict(w io.Writer, event schedule.EventID, r attendance.Report) {
	if r.Broken != nil {
		fmt.Fprintf(w, "%s: BROKEN at entry %d, id %s: %s\n", event, r.Broken.Index, r.Broken.ID, r.Broken.Text)
		return
	}
	if r.Entries == 0 {
		fmt.Fprintf(w, "%s: ok, nothing has happened yet\n", event)
		return
	}
	fmt.Fprintf(w, "%s: ok, %d entries from %s to %s, head %s\n", event, r.Entries,
		r.First.UTC().Format(time.RFC3339), r.Last.UTC().Format(time.RFC3339), r.Head)
}

// errEnough ends a walk through the ledger that nobody wants to go on with.
var errEnough = errors.New("enough")

// entries walks an event's ledger in the order in which it was written.
func entries(ctx context.Context, s *store.Store, event schedule.EventID) iter.Seq2[schedule.Entry, error] {
	return func(yield func(schedule.Entry, error) bool) {
		err := s.Entries(ctx, event, func(e schedule.Entry) error {
			if !yield(e, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(schedule.Entry{}, err)
		}
	}
}
