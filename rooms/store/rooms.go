package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"sangdam/rooms/schedule"
)

const (
	chatKept    = 500  // messages of a consultation
	chatIDsKept = 1000 // ids, so that a message sent again is known
)

// Lease takes or renews the right to run a room on this node until ttl has
// passed; held tells the node that has it (ours when ok).
func (s *Store) Lease(ctx context.Context, e schedule.EventID, c schedule.ConsultationID, ttl time.Duration) (held string, ok bool, err error) {
	inc := s.incarnation.Load()
	if inc == 0 {
		return "", false, ErrNodeNotStarted
	}
	res, err := s.scripts.lease.Run(ctx, s.rdb, []string{keyLease(e, c)}, inc, s.node, ttl.Milliseconds()).Slice()
	if err != nil {
		return "", false, fmt.Errorf("lease %s/%s: %w", e, c, err)
	}
	got, _ := res[0].(int64)
	held, _ = res[1].(string)
	return held, got == 1, nil
}

// Unlease gives the lease back, if it is ours.
func (s *Store) Unlease(ctx context.Context, e schedule.EventID, c schedule.ConsultationID) error {
	owner := strconv.FormatInt(s.incarnation.Load(), 10) + " " + s.node
	if err := s.scripts.unlease.Run(ctx, s.rdb, []string{keyLease(e, c)}, owner).Err(); err != nil {
		return fmt.Errorf("unlease %s/%s: %w", e, c, err)
	}
	return nil
}

// RoomState returns the mirror of one room.
func (s *Store) RoomState(ctx context.Context, e schedule.EventID, c schedule.ConsultationID) (schedule.RoomState, bool, error) {
	var st schedule.RoomState
	b, err := s.rdb.HGet(ctx, keyRooms(e), string(c)).Bytes()
	if errors.Is(err, redis.Nil) {
		return st, false, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &st)
	}
	if err != nil {
		return schedule.RoomState{}, false, fmt.Errorf("room state %s/%s: %w", e, c, err)
	}
	return st, true, nil
}

// RoomStates returns the mirrors of all rooms of an event.
func (s *Store) RoomStates(ctx context.Context, e schedule.EventID) (map[schedule.ConsultationID]schedule.RoomState, error) {
	all, err := s.rdb.HGetAll(ctx, keyRooms(e)).Result()
	if err != nil {
		return nil, fmt.Errorf("room states %s: %w", e, err)
	}
	out := make(map[schedule.ConsultationID]schedule.RoomState, len(all))
	for c, v := range all {
		var st schedule.RoomState
		if err := json.Unmarshal([]byte(v), &st); err != nil {
			return nil, fmt.Errorf("room state %s/%s: %w", e, c, err)
		}
		out[schedule.ConsultationID(c)] = st
	}
	return out, nil
}

// SaveRoomState writes the mirror of one room.
func (s *Store) SaveRoomState(ctx context.Context, st schedule.RoomState) error {
	b, err := json.Marshal(st)
	if err == nil {
		err = s.rdb.HSet(ctx, keyRooms(st.Event), string(st.Consultation), b).Err()
	}
	if err != nil {
		return fmt.Errorf("save room state %s/%s: %w", st.Event, st.Consultation, err)
	}
	return nil
}

// AppendChat adds a message to a consultation's chat, once by its ID. The
// last 500 or so are kept.
func (s *Store) AppendChat(ctx context.Context, e schedule.EventID, c schedule.ConsultationID, m schedule.ChatMessage) error {
	b, err := json.Marshal(m)
	if err == nil {
		err = s.scripts.chatAppend.Run(ctx, s.rdb, []string{keyChat(e, c), keyChatIDs(e, c)}, m.ID, b, chatKept, chatIDsKept).Err()
	}
	if err != nil {
		return fmt.Errorf("append chat %s/%s: %w", e, c, err)
	}
	return nil
}

// Chat returns the last messages of a consultation, at most 500, oldest first.
func (s *Store) Chat(ctx context.Context, e schedule.EventID, c schedule.ConsultationID) ([]schedule.ChatMessage, error) {
	last, err := s.rdb.XRevRangeN(ctx, keyChat(e, c), "+", "-", chatKept).Result()
	if err != nil {
		return nil, fmt.Errorf("chat %s/%s: %w", e, c, err)
	}
	out := make([]schedule.ChatMessage, len(last))
	for i, x := range last {
		if err := decodeField(x, "m", &out[len(last)-1-i]); err != nil {
			return nil, fmt.Errorf("chat %s/%s: %w", e, c, err)
		}
	}
	return out, nil
}

// decodeField reads the JSON in one field of a stream's entry.
func decodeField(x redis.XMessage, field string, into any) error {
	v, _ := x.Values[field].(string)
	if err := json.Unmarshal([]byte(v), into); err != nil {
		return fmt.Errorf("decode stream entry %s: %w", x.ID, err)
	}
	return nil
}
