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

// ErrConflict says that somebody else changed the timetable, or the link, since
// it was read.
var ErrConflict = errors.New("changed by somebody else meanwhile")

const editsKept = 5000

// SaveEvent writes a timetable that was made on e.Revision: when another
// revision is kept, nothing is written and the error is ErrConflict. Once it is
// written, e.Revision is the new one.
func (s *Store) SaveEvent(ctx context.Context, e *schedule.Event) error {
	return s.saveEvent(ctx, e, nil)
}

// ChangeEvent is SaveEvent with the record of the change, which gets the new
// revision; both are written or neither.
func (s *Store) ChangeEvent(ctx context.Context, e *schedule.Event, edit schedule.EditRecord) error {
	return s.saveEvent(ctx, e, &edit)
}

func (s *Store) saveEvent(ctx context.Context, e *schedule.Event, edit *schedule.EditRecord) error {
	next := *e
	next.Revision++
	b, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("encode event %s: %w", e.ID, err)
	}
	var record []byte
	if edit != nil {
		edit.Revision = next.Revision
		if record, err = json.Marshal(edit); err != nil {
			return fmt.Errorf("encode the change of %s: %w", e.ID, err)
		}
	}
	keys := []string{keyEvent(e.ID), keyRevision(e.ID), keyEdits(e.ID)}
	written, err := s.scripts.eventSave.Run(ctx, s.rdb, keys, e.Revision, b, record, editsKept).Int()
	if err == nil && written == 0 {
		err = ErrConflict
	}
	if err == nil { // of another slot, so not in the script; adding it again changes nothing
		err = s.rdb.SAdd(ctx, keyEvents, string(e.ID)).Err()
	}
	if err != nil {
		return fmt.Errorf("save event %s on revision %d: %w", e.ID, e.Revision, err)
	}
	e.Revision = next.Revision
	return nil
}

// AddEdit records a change that is not one of the timetable.
func (s *Store) AddEdit(ctx context.Context, e schedule.EventID, edit schedule.EditRecord) error {
	b, err := json.Marshal(edit)
	if err == nil {
		err = s.rdb.XAdd(ctx, &redis.XAddArgs{
			Stream: keyEdits(e), MaxLen: editsKept, Approx: true, Values: []any{"e", b},
		}).Err()
	}
	if err != nil {
		return fmt.Errorf("record a change of %s: %w", e, err)
	}
	return nil
}

// Edits returns at most n changes of an event, newest first: those before the
// one of an ID, or the last ones.
func (s *Store) Edits(ctx context.Context, e schedule.EventID, before string, n int) ([]schedule.EditRecord, error) {
	from := "+"
	if before != "" {
		from = "(" + before
	}
	last, err := s.rdb.XRevRangeN(ctx, keyEdits(e), from, "-", int64(n)).Result()
	if err != nil {
		return nil, fmt.Errorf("changes of %s: %w", e, err)
	}
	out := make([]schedule.EditRecord, len(last))
	for i, x := range last {
		if err := decodeField(x, "e", &out[i]); err != nil {
			return nil, fmt.Errorf("changes of %s: %w", e, err)
		}
		out[i].ID = x.ID
	}
	return out, nil
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
