package signaling

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

func newTestFeed(t *testing.T) *feed {
	return newFeed("me", time.Now, func() []protocol.ICEServer { return nil }, func(err error) { t.Error(err) })
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

func wallOf(t *testing.T, changes []protocol.Change) []protocol.WallSlot {
	t.Helper()
	if len(changes) != 1 || changes[0].Wall == nil {
		t.Fatalf("%+v is no wall", changes)
	}
	return *changes[0].Wall
}

func TestFeed_R34_TheWallsReplyIsNumberedAndReplayed(t *testing.T) {
	f := newTestFeed(t)
	out := newOutbox()
	f.attach(out)
	s := f.enter(pending{typ: protocol.TypeWatch, ref: 1}, func(*stage, error) {})
	s.Board(rooms.Board{Event: &schedule.Event{}})
	board := body[protocol.Board](t, sent(t, out)[0])
	one := []rooms.WallSlot{{Slot: 3, Consultation: "S01", Seat: "S01/firm"}}

	s.expectWall(7)
	s.WallChanged(one)
	if !s.settleWall(true) {
		t.Error("not answered")
	}
	got := sent(t, out)
	if len(got) != 1 || got[0].Type != protocol.TypeWall || got[0].Ref != 7 {
		t.Fatalf("the reply is %+v", got)
	}
	wall := body[protocol.Wall](t, got[0])
	if wall.Seq != board.Seq+1 || len(wall.Slots) != 1 || wall.Slots[0].Seat != "S01/firm" {
		t.Errorf("%+v after %d", wall, board.Seq)
	}

	// A change of it is a delta.
	s.WallChanged([]rooms.WallSlot{})
	got = sent(t, out)
	d := body[protocol.Delta](t, got[0])
	if slots := wallOf(t, d.Changes); d.Seq != wall.Seq+1 || len(slots) != 0 {
		t.Errorf("%+v", d)
	}

	// The reply was lost with a socket: its slot map follows the resume, in order.
	if full := f.replay(9, "s", board.Seq); full {
		t.Fatal("a full state for two deltas")
	}
	got = sent(t, out)
	if len(got) != 3 {
		t.Fatalf("%d messages after the resume", len(got))
	}
	if slots := wallOf(t, body[protocol.Delta](t, got[1]).Changes); len(slots) != 1 {
		t.Errorf("%+v", slots)
	}
}

func TestFeed_R34_AWallThatIsRefusedHasNoReplyOfItsOwn(t *testing.T) {
	f := newTestFeed(t)
	out := newOutbox()
	f.attach(out)
	s := f.enter(pending{typ: protocol.TypeWatch, ref: 1}, func(*stage, error) {})
	s.Board(rooms.Board{Event: &schedule.Event{}})
	sent(t, out)
	s.expectWall(7)
	if s.settleWall(false) {
		t.Error("a refusal was answered")
	}
	s.WallChanged([]rooms.WallSlot{}) // later: a change and no answer
	if got := sent(t, out); len(got) != 1 || got[0].Type != protocol.TypeDelta {
		t.Errorf("%+v", got)
	}
	// Granted, and nobody told the slots: as they were told last.
	s.expectWall(8)
	if !s.settleWall(true) {
		t.Error("not answered")
	}
	if got := sent(t, out); len(got) != 1 || got[0].Type != protocol.TypeWall || got[0].Ref != 8 {
		t.Errorf("%+v", got)
	}
}

func TestFeed_R34_AfterAWholeBoardTheWallIsToldAgain(t *testing.T) {
	f := newTestFeed(t)
	out := newOutbox()
	f.attach(out)
	s := f.enter(pending{typ: protocol.TypeWatch, ref: 1}, func(*stage, error) {})
	s.Board(rooms.Board{Event: &schedule.Event{}})
	s.expectWall(2)
	s.WallChanged([]rooms.WallSlot{{Slot: 0, Consultation: "S01", Seat: "S01/firm"}})
	sent(t, out)
	for range ringSize + 1 { // more than is kept
		s.StorageChanged(rooms.Storage{})
	}
	sent(t, out)
	if full := f.replay(3, "s", 1); !full {
		t.Fatal("replayed what is not kept")
	}
	f.expect(pending{typ: protocol.TypeResume, ref: 3, secret: "s"})
	s.Board(rooms.Board{Event: &schedule.Event{}})
	got := sent(t, out)
	if len(got) != 2 || got[0].Type != protocol.TypeResume {
		t.Fatalf("%+v", got)
	}
	resumed, d := body[protocol.Resumed](t, got[0]), body[protocol.Delta](t, got[1])
	if slots := wallOf(t, d.Changes); resumed.Board == nil || d.Seq != resumed.Seq+1 || len(slots) != 1 {
		t.Errorf("%+v then %+v", resumed, d)
	}
}

func TestFeed_ATimetableThatChangedIsToldByRowsAndBooths(t *testing.T) {
	f := newTestFeed(t)
	out := newOutbox()
	f.attach(out)
	s := f.enter(pending{typ: protocol.TypeWatch, ref: 1}, func(*stage, error) {})
	e := &schedule.Event{ID: "fair", Booths: []schedule.Booth{{ID: "B1", Name: "One"}}}
	b := rooms.Board{
		Event: e, Rows: []rooms.Row{{Consultation: schedule.Consultation{ID: "S01", Booth: "B1"}}, {Consultation: schedule.Consultation{ID: "S02"}}},
		Booths: []rooms.Booth{{Booth: "B1", Name: "One"}},
	}
	s.Board(b)
	first := body[protocol.Board](t, sent(t, out)[0])
	s.Board(b) // nobody asked
	got := sent(t, out)
	if len(got) != 1 || got[0].Type != protocol.TypeDelta {
		t.Fatalf("%+v", got)
	}
	d := body[protocol.Delta](t, got[0])
	if d.Seq != first.Seq+1 || len(d.Changes) != 3 || d.Changes[0].Row == nil || d.Changes[0].Row.Consultation.Booth != "One" || d.Changes[2].Booth == nil {
		t.Errorf("%+v", d)
	}
}

func TestFeed_WhatIsPushedInTheLobbyIsReplayed(t *testing.T) {
	f := newTestFeed(t)
	f.push(protocol.Change{Order: &protocol.Order{ID: "o", Kind: "come_in", Consultation: "S01"}})
	out := newOutbox()
	f.attach(out)
	if full := f.replay(1, "s", 0); full {
		t.Fatal("a full state of the lobby")
	}
	got := sent(t, out)
	if len(got) != 2 {
		t.Fatalf("%d messages", len(got))
	}
	if d := body[protocol.Delta](t, got[1]); d.Seq != 1 || d.Changes[0].Order == nil || d.Changes[0].Order.Consultation != "S01" {
		t.Errorf("%+v", d)
	}
}

// Who left hears a number that it cannot follow, comes back for it, and has lost
// nothing.
func TestFeed_WhatIsPushedAfterALeaveIsFoundByAResume(t *testing.T) {
	f := newTestFeed(t)
	out := newOutbox()
	f.attach(out)
	s := f.enter(pending{typ: protocol.TypeJoin, ref: 1}, func(*stage, error) {})
	s.Sync(emptySnapshot())
	knows := f.seq
	f.exit(s)
	f.push(protocol.Change{Order: &protocol.Order{ID: "o", Kind: "come_in", Consultation: "S01"}})
	sent(t, out)
	if full := f.replay(2, "s", knows); full {
		t.Fatal("a full state of the lobby")
	}
	got := sent(t, out)
	if len(got) != 2 {
		t.Fatalf("%d messages", len(got))
	}
	resumed, d := body[protocol.Resumed](t, got[0]), body[protocol.Delta](t, got[1])
	if resumed.Seq == knows || resumed.State != nil || d.Seq != resumed.Seq+1 || d.Changes[0].Order == nil {
		t.Errorf("%+v then %+v", resumed, d)
	}
}

// 30 rooms of people who talk, and a console that is away for a minute.
func TestFeed_R19_OldVitalsAreNotReplayedAndPushNothingOut(t *testing.T) {
	f := newTestFeed(t)
	s := f.enter(pending{typ: protocol.TypeWatch, ref: 1}, func(*stage, error) {})
	s.Board(rooms.Board{Event: &schedule.Event{}})
	from := f.seq
	s.RowChanged(rooms.Row{Consultation: schedule.Consultation{ID: "S01"}})
	for second := range 60 {
		all := make([]rooms.RowVitals, 30)
		for i := range all {
			all[i] = rooms.RowVitals{Consultation: schedule.ConsultationID(fmt.Sprint("S", i)), Vitals: []rooms.Vitals{{Level: second}}}
		}
		if second == 59 {
			all = all[1:] // of the first nothing newer than the second before
		}
		s.VitalsChanged(all)
	}
	out := newOutbox()
	f.attach(out)
	if f.replay(2, "s", from) {
		t.Fatal("a minute fell out of the ring")
	}
	levels := map[string][]int{}
	for i, m := range sent(t, out)[1:] {
		d := body[protocol.Delta](t, m)
		if d.Seq != from+uint64(i)+1 || d.Changes == nil {
			t.Fatalf("delta %d: %+v", i, d)
		}
		for _, c := range d.Changes {
			if c.Vitals != nil {
				levels[c.Vitals.Consultation] = append(levels[c.Vitals.Consultation], c.Vitals.Vitals[0].Level)
			} else if i != 0 || c.Row == nil {
				t.Errorf("delta %d: %+v", i, c)
			}
		}
	}
	if len(levels) != 30 || !slices.Equal(levels["S0"], []int{58}) || !slices.Equal(levels["S7"], []int{59}) {
		t.Errorf("replayed: %v", levels)
	}
}
