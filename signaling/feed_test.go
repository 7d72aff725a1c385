package signaling

import (
	"encoding/json"
	"testing"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

func newTestFeed(t *testing.T) *feed {
	return newFeed("me", time.Now, func(err error) { t.Error(err) })
}

// sent takes what waits in an outbox.
func sent(t *testing.T, o *outbox) []protocol.Message {
	t.Helper()
	raws, _ := o.take()
	return each(raws, func(raw []byte) protocol.Message {
		var m protocol.Message
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatal(err)
		}
		return m
	})
}

func body[T any](t *testing.T, m protocol.Message) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(m.Body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func chat(n int) []rooms.Change {
	c := rooms.Chat{ChatMessage: schedule.ChatMessage{ID: string(rune('a' + n%26)), Text: "x"}}
	return []rooms.Change{{Chat: &c}}
}

func emptySnapshot() rooms.Snapshot {
	return rooms.Snapshot{Event: &schedule.Event{}}
}

func TestFeed_R19_ReplaysUpToTheRingAndNotMore(t *testing.T) {
	for _, tt := range []struct {
		told, missed int
		full         bool
	}{
		{10, 0, false},
		{10, 10, false},
		{10, 11, true}, // before the full state
		{ringSize, ringSize, false},
		{ringSize + 1, ringSize, false},
		{ringSize + 1, ringSize + 1, true},
		{3 * ringSize, 7, false},
	} {
		f := newTestFeed(t)
		s := f.enter(pending{typ: protocol.TypeJoin, ref: 1}, func(*stage, error) {})
		s.Sync(emptySnapshot())
		for i := range tt.told {
			s.Deliver(chat(i))
		}
		out := newOutbox()
		f.attach(out)
		from := f.seq - uint64(tt.missed)
		if full := f.replay(2, "s", from); full != tt.full {
			t.Errorf("told %d, missed %d: full %v", tt.told, tt.missed, full)
			continue
		}
		if tt.full {
			if got := sent(t, out); len(got) != 0 {
				t.Errorf("told %d, missed %d: %d messages before the full state", tt.told, tt.missed, len(got))
			}
			continue
		}
		got := sent(t, out)
		if len(got) != tt.missed+1 || body[protocol.Resumed](t, got[0]).Seq != from {
			t.Fatalf("told %d, missed %d: %d messages", tt.told, tt.missed, len(got))
		}
		for i, m := range got[1:] {
			if d := body[protocol.Delta](t, m); d.Seq != from+uint64(i)+1 {
				t.Fatalf("told %d, missed %d: delta %d is number %d", tt.told, tt.missed, i, d.Seq)
			}
		}
	}
}

func TestFeed_R19_ANumberFromTheFutureGetsTheFullState(t *testing.T) {
	f := newTestFeed(t)
	s := f.enter(pending{typ: protocol.TypeJoin}, func(*stage, error) {})
	s.Sync(emptySnapshot())
	if !f.replay(1, "s", f.seq+1) {
		t.Error("a client that knows more than was told was believed")
	}
}

func TestFeed_R18_TheFullStateComesBeforeItsDeltas(t *testing.T) {
	f := newTestFeed(t)
	out := newOutbox()
	f.attach(out)
	s := f.enter(pending{typ: protocol.TypeJoin, ref: 5}, func(*stage, error) {})
	s.Sync(emptySnapshot())
	s.Deliver(chat(0))
	got := sent(t, out)
	if len(got) != 2 || got[0].Type != protocol.TypeJoined || got[0].Ref != 5 || got[1].Type != protocol.TypeDelta {
		t.Fatalf("sent %+v", got)
	}
	if j, d := body[protocol.Joined](t, got[0]), body[protocol.Delta](t, got[1]); d.Seq != j.Seq+1 {
		t.Errorf("delta %d after %d", d.Seq, j.Seq)
	}
}

func TestFeed_R21_AfterLeavingNothingIsToldOfTheRoom(t *testing.T) {
	f := newTestFeed(t)
	out := newOutbox()
	f.attach(out)
	s := f.enter(pending{typ: protocol.TypeJoin, ref: 1}, func(*stage, error) {})
	s.Sync(emptySnapshot())
	sent(t, out)
	f.exit(s)
	s.Deliver(chat(0))
	s.Sync(emptySnapshot())
	if got := sent(t, out); len(got) != 0 {
		t.Errorf("sent %+v", got)
	}
}

func TestFeed_R21_TheDismissedHearWhy(t *testing.T) {
	for reason, want := range map[error]schedule.LeaveReason{
		rooms.ErrEnded: schedule.LeftEnded, rooms.ErrCancelled: schedule.LeftRemoved, rooms.ErrMoved: schedule.LeftMoved,
		rooms.ErrReplaced: schedule.LeftReplaced, rooms.ErrLost: schedule.LeftLost, rooms.ErrStopping: schedule.LeftNodeDied,
		rooms.ErrRoomFailed: schedule.LeftFault,
	} {
		f := newTestFeed(t)
		var heard error
		s := f.enter(pending{typ: protocol.TypeJoin, ref: 1}, func(_ *stage, err error) { heard = err })
		s.Sync(emptySnapshot())
		before := f.seq
		s.Dismiss(reason) // while there is no socket
		out := newOutbox()
		f.attach(out)
		if f.replay(2, "s", before) {
			t.Fatalf("%v: a full state of no room is asked for", reason)
		}
		got := sent(t, out)
		if len(got) != 2 {
			t.Fatalf("%v: %d messages", reason, len(got))
		}
		left := body[protocol.Delta](t, got[1]).Changes[0].Left
		if left == nil || left.ID != "me" || left.Reason != string(want) || heard != reason {
			t.Errorf("%v: left %+v, heard %v", reason, left, heard)
		}
	}
}

func TestFeed_ARefusedJoinIsToldOnce(t *testing.T) {
	f := newTestFeed(t)
	s := f.enter(pending{typ: protocol.TypeJoin, ref: 1}, func(*stage, error) {})
	if unanswered, _ := f.exit(s); !unanswered {
		t.Error("a join without its full state counts as answered")
	}
	s = f.enter(pending{typ: protocol.TypeJoin, ref: 1}, func(*stage, error) {})
	s.Sync(emptySnapshot())
	if unanswered, _ := f.exit(s); unanswered {
		t.Error("a join that was answered would be answered again")
	}
}
