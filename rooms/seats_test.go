package rooms_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// attendance tells the ledger's joins, leaves, aways and backs of a seat, with
// seconds from a beginning.
func (h *hall) attendance(seat schedule.SeatID, from time.Time) (all []string) {
	for _, e := range h.ledger.of(schedule.EntrySeatJoined, schedule.EntrySeatLeft, schedule.EntrySeatAway, schedule.EntrySeatBack) {
		if e.Seat == seat {
			line := fmt.Sprintf("%v %s %s %s", e.At.Sub(from).Seconds(), strings.TrimPrefix(string(e.Kind), "seat_"), e.Session, e.Detail)
			all = append(all, strings.TrimSpace(line))
		}
	}
	return all
}

func want[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

func TestJoin_EverybodySeesEverybody(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, f := h.join("S01/firm", "f")
		_, b := h.join("S01/buyer", "b")
		_, i := h.join("S01/interpreter", "i")
		for _, c := range []*fakeClient{f, b, i} {
			want(t, c.id+" knows", c.knows(), []string{"b", "f", "i"})
			if c.synced != 1 {
				t.Errorf("%s was synced %d times", c.id, c.synced)
			}
		}
		want(t, "the firm's slots", f.slotMap(), map[int]string{0: "b", 1: "i"})
		want(t, "the buyer's slots", b.slotMap(), map[int]string{0: "f", 1: "i"})
		want(t, "the buyer's media", h.media.shown("peer-b"), map[int]sfu.PeerID{0: "peer-f", 1: "peer-i"})
		want(t, "name", f.person("b").Name, "Acme")
		want(t, "sources", f.person("b").Sources, []sfu.Source{sfu.Microphone, sfu.Camera})
		if !h.media.isOpen("peer-b", sfu.Camera) || h.media.isOpen("peer-b", sfu.Screen) {
			t.Error("a source that is on is shut, or one that is off is open")
		}
		want(t, "on the board", h.seat("S01/buyer").State, rooms.SeatHere)
		if p := h.store.presences()["b"]; p.Seat != "S01/buyer" || p.Node != "node-a" || p.Incarnation != 1 {
			t.Errorf("presence %+v", p)
		}
	})
}

func TestLeave_FreesSeatSlotAndMediaAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, f := h.join("S01/firm", "f")
		v, b := h.join("S01/buyer", "b")
		time.Sleep(7 * time.Second)
		ok(t, v.Leave(t.Context()))
		want(t, "the firm knows", f.knows(), []string{"f"})
		want(t, "the firm heard", f.departures(), []rooms.Left{{ID: "b", Reason: schedule.LeftByChoice}})
		want(t, "the firm's slots", f.slotMap(), map[int]string{})
		want(t, "the firm's media", h.media.shown("peer-f"), map[int]sfu.PeerID{})
		want(t, "the buyer's media", h.media.shown("peer-b"), map[int]sfu.PeerID{})
		if h.media.isOpen("peer-b", sfu.Microphone) {
			t.Error("the microphone of who left is open")
		}
		if b.reason() != nil {
			t.Errorf("who left by choice was dismissed: %v", b.reason())
		}
		if err := v.Leave(t.Context()); !errors.Is(err, rooms.ErrGone) {
			t.Errorf("leaving twice: %v", err)
		}
		want(t, "attendance", h.attendance("S01/buyer", minute(20)), []string{"0 joined b", "7 left b left"})
		want(t, "departed", h.store.departed, []string{"b"})
		s := h.seat("S01/buyer")
		if s.State != rooms.SeatLeft || !s.Since.Equal(minute(20).Add(7*time.Second)) {
			t.Errorf("on the board: %+v", s)
		}
		// the same session may come again
		h.join("S01/buyer", "b")
		want(t, "the firm knows", f.knows(), []string{"b", "f"})
	})
}

func TestSeat_InUseUntilItMoves(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, f := h.join("S01/firm", "f")
		_, old := h.join("S01/buyer", "b1")
		time.Sleep(10 * time.Second)
		req, fresh := request("S01/buyer", "b2")
		if _, err := h.try(req); !errors.Is(err, rooms.ErrSeatInUse) {
			t.Fatalf("a second device: %v", err)
		}
		want(t, "nothing happened", f.knows(), []string{"b1", "f"})
		req.Move = true
		_, err := h.try(req)
		ok(t, err)
		if !errors.Is(old.reason(), rooms.ErrMoved) {
			t.Fatalf("the old device: %v", old.reason())
		}
		want(t, "no ghost", f.knows(), []string{"b2", "f"})
		want(t, "the new device knows", fresh.knows(), []string{"b2", "f"})
		want(t, "the slot stays the person's", f.slotMap(), map[int]string{0: "b2"})
		want(t, "media", h.media.shown("peer-f"), map[int]sfu.PeerID{0: "peer-b2"})
		want(t, "the old device's media", h.media.shown("peer-b1"), map[int]sfu.PeerID{})
		want(t, "unbroken attendance", h.attendance("S01/buyer", minute(20)),
			[]string{"0 joined b1", "10 left b1 moved", "10 joined b2"})
		s := h.seat("S01/buyer")
		if s.State != rooms.SeatHere || !s.Since.Equal(minute(20)) {
			t.Errorf("on the board: %+v", s)
		}
	})
}

func TestSeat_TheSameTabTakesOverFromItself(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, f := h.join("S01/firm", "f")
		_, old := h.join("S01/buyer", "b1")
		req, _ := request("S01/buyer", "b2")
		req.Token = "token of b1"
		_, err := h.try(req)
		ok(t, err)
		if !errors.Is(old.reason(), rooms.ErrReplaced) {
			t.Fatalf("the former self: %v", old.reason())
		}
		want(t, "the firm knows", f.knows(), []string{"b2", "f"})
		want(t, "the firm heard", f.departures(), []rooms.Left{{ID: "b1", Reason: schedule.LeftReplaced}})
	})
}

func TestSeat_WhoIsAwayIsTakenOverSilently(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		v, old := h.join("S01/buyer", "b1")
		time.Sleep(10 * time.Second)
		v.Away(time.Now())
		time.Sleep(5 * time.Second)
		h.join("S01/buyer", "b2")
		if !errors.Is(old.reason(), rooms.ErrMoved) {
			t.Fatalf("who was away: %v", old.reason())
		}
		want(t, "the interval ended when it was last heard", h.attendance("S01/buyer", minute(20)),
			[]string{"0 joined b1", "10 away b1", "10 left b1 moved", "15 joined b2"})
	})
}

func TestJoin_RepeatedIsTheSameVisit(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, f := h.join("S01/firm", "f")
		req, b := request("S01/buyer", "b")
		_, err := h.try(req)
		ok(t, err)
		_, err = h.try(req)
		ok(t, err)
		if b.synced != 2 || b.reason() != nil {
			t.Errorf("synced %d times, dismissed: %v", b.synced, b.reason())
		}
		want(t, "the firm knows", f.knows(), []string{"b", "f"})
		want(t, "attendance", h.attendance("S01/buyer", minute(20)), []string{"0 joined b"})
		req.Seat = "S01/firm"
		if _, err := h.try(req); !errors.Is(err, rooms.ErrForbidden) {
			t.Errorf("one session on two seats: %v", err)
		}
	})
}

func TestJoin_EightMeetAndTheNinthIsTold(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		seats := []schedule.SeatID{"S01/firm", "S01/buyer", "S01/interpreter"}
		for i := len(seats); i < rooms.MaxParticipants; i++ {
			seats = append(seats, schedule.SeatID(fmt.Sprintf("S01/observer/%d", i)))
		}
		var first *fakeClient
		for i, seat := range seats {
			_, c := h.join(seat, fmt.Sprint("p", i))
			if first == nil {
				first = c
			}
		}
		want(t, "slots of the first", len(first.slotMap()), rooms.MaxParticipants-1)
		req, _ := request("S01/observer/9", "p9")
		if _, err := h.try(req); !errors.Is(err, rooms.ErrFull) {
			t.Fatalf("the ninth: %v", err)
		}
		req, _ = request("S01/buyer", "again")
		req.Move = true
		if _, err := h.try(req); err != nil {
			t.Fatalf("a seat moves in a full room: %v", err)
		}
		want(t, "row", len(h.row("S01").Seats), rooms.MaxParticipants)
	})
}

func TestJoin_InvalidRequests(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		for name, spoil := range map[string]func(r *rooms.JoinRequest){
			"no session":     func(r *rooms.JoinRequest) { r.Session = "" },
			"no client":      func(r *rooms.JoinRequest) { r.Client = nil },
			"no peer":        func(r *rooms.JoinRequest) { r.Peer = "" },
			"unknown source": func(r *rooms.JoinRequest) { r.Sources = []sfu.Source{"smell"} },
		} {
			req, _ := request("S01/firm", "f")
			spoil(&req)
			if _, err := h.try(req); !errors.Is(err, rooms.ErrInvalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestJoin_WhoGaveUpHoldsNoSeat(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.join("S01/firm", "f")
		block := make(chan struct{})
		h.media.onBind = func(sfu.PeerID, []sfu.Binding) { <-block }
		ctx, cancel := context.WithCancel(t.Context())
		failed := make(chan error, 1)
		req, c := request("S01/buyer", "b")
		c.t = t
		go func() { _, err := h.reg.Join(ctx, req); failed <- err }()
		synctest.Wait()
		cancel()
		if err := <-failed; !errors.Is(err, context.Canceled) {
			t.Fatalf("join: %v", err)
		}
		close(block)
		synctest.Wait()
		if s := h.seat("S01/buyer"); s.State != rooms.SeatLeft {
			t.Fatalf("the seat is %s", s.State)
		}
	})
}

func TestAway_ShownAfterThreeSecondsAndLostAfterTheGrace(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, f := h.join("S01/firm", "f")
		v, b := h.join("S01/buyer", "b")
		time.Sleep(10 * time.Second)
		heard := time.Now()
		before := f.deltaCount()
		v.Away(heard)
		time.Sleep(2900 * time.Millisecond)
		synctest.Wait()
		want(t, "changes within 3 s", f.deltaCount(), before)
		time.Sleep(200 * time.Millisecond)
		synctest.Wait()
		want(t, "away", f.person("b").Away, true)
		if h.media.isOpen("peer-b", sfu.Microphone) || h.media.isOpen("peer-b", sfu.Camera) {
			t.Error("who is believed away can be heard or seen")
		}
		want(t, "still a side", f.phase(), schedule.PhaseLive)
		s := h.seat("S01/buyer")
		if s.State != rooms.SeatAway || !s.Since.Equal(heard) {
			t.Errorf("on the board: %+v", s)
		}
		time.Sleep(80 * time.Second)
		synctest.Wait()
		if p := h.store.presences()["b"]; !p.LastSeen.Equal(heard) {
			t.Errorf("last seen %v, want %v", p.LastSeen, heard)
		}
		if b.reason() != nil {
			t.Fatalf("within the grace time: %v", b.reason())
		}
		time.Sleep(8 * time.Second)
		synctest.Wait()
		if !errors.Is(b.reason(), rooms.ErrLost) {
			t.Fatalf("after the grace time: %v", b.reason())
		}
		want(t, "the interval ends when it was last heard", h.attendance("S01/buyer", minute(20)),
			[]string{"0 joined b", "10 away b", "10 left b lost"})
		want(t, "alone", f.phase(), schedule.PhaseWaiting)
	})
}

func TestAway_AShorterGapIsNeverShown(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, f := h.join("S01/firm", "f")
		v, _ := h.join("S01/buyer", "b")
		before := f.deltaCount()
		v.Away(time.Now())
		time.Sleep(2 * time.Second)
		v.Back()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		want(t, "changes", f.deltaCount(), before)
		want(t, "attendance", h.attendance("S01/buyer", minute(20)), []string{"0 joined b"})
		if p := h.store.presences()["b"]; time.Since(p.LastSeen) > schedule.HeartbeatEvery {
			t.Errorf("the heartbeat stopped at %v", p.LastSeen)
		}
	})
}

func TestMediaGone_IsShownAndShutButEndsNothingWhileThePageTalks(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, f := h.join("S01/firm", "f")
		v, b := h.join("S01/buyer", "b")
		began := time.Now()
		gone := began.Add(10 * time.Second)
		time.Sleep(14 * time.Second)
		v.MediaGone(gone) // noticed late
		synctest.Wait()
		want(t, "away", f.person("b").Away, true)
		if h.media.isOpen("peer-b", sfu.Microphone) || h.media.isOpen("peer-b", sfu.Camera) {
			t.Error("who is believed away can be heard or seen")
		}
		if s := h.seat("S01/buyer"); s.State != rooms.SeatAway || !s.Since.Equal(gone) {
			t.Errorf("on the board: %+v", s)
		}
		ok(t, v.Rebind(t.Context(), "peer-new", []sfu.Source{sfu.Microphone}))
		if !f.person("b").Away || h.media.isOpen("peer-new", sfu.Microphone) {
			t.Error("a new peer that has not come up is taken for media")
		}
		time.Sleep(5 * time.Minute) // well over the grace time
		synctest.Wait()
		if b.reason() != nil {
			t.Fatalf("dismissed though the page talks: %v", b.reason())
		}
		if p := h.store.presences()["b"]; time.Since(p.LastSeen) > schedule.HeartbeatEvery {
			t.Errorf("the heartbeat stopped at %v", p.LastSeen)
		}
		req, _ := request("S01/buyer", "phone")
		if _, err := h.try(req); !errors.Is(err, rooms.ErrSeatInUse) {
			t.Errorf("another device: %v", err)
		}
		want(t, "attendance", h.attendance("S01/buyer", began), []string{"0 joined b"})

		v.Back()
		synctest.Wait()
		if f.person("b").Away || !h.media.isOpen("peer-new", sfu.Microphone) {
			t.Error("media is back, and not shown")
		}
		heard := time.Now()
		v.MediaGone(heard)
		time.Sleep(20 * time.Second)
		v.Away(time.Now()) // now the page, too
		time.Sleep(10 * time.Second)
		v.MediaGone(heard) // it talks again
		synctest.Wait()
		want(t, "away", f.person("b").Away, true)
		time.Sleep(5 * time.Minute)
		v.Away(time.Now().Add(-time.Second))
		time.Sleep(90 * time.Second)
		synctest.Wait()
		if !errors.Is(b.reason(), rooms.ErrLost) {
			t.Fatalf("after the grace time without anything: %v", b.reason())
		}
		want(t, "the interval ends with the last message", h.attendance("S01/buyer", began),
			[]string{"0 joined b", "334 away b", "344 back b", "643 away b", "643 left b lost"})
	})
}

func TestBack_IsHeardAndSeenAgain(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, f := h.join("S01/firm", "f")
		v, b := h.join("S01/buyer", "b")
		v.Away(time.Now().Add(-time.Hour)) // nothing can be lost before it began
		time.Sleep(5 * time.Second)
		ok(t, v.SetSource(t.Context(), sfu.Camera, false)) // news that came by another way does not open it
		if h.media.isOpen("peer-b", sfu.Microphone) {
			t.Error("the microphone is open while away")
		}
		v.Back()
		synctest.Wait()
		want(t, "away", f.person("b").Away, false)
		if !h.media.isOpen("peer-b", sfu.Microphone) || h.media.isOpen("peer-b", sfu.Camera) {
			t.Error("after the return the microphone is shut or the camera open")
		}
		want(t, "slots", b.slotMap(), map[int]string{0: "f"})
		want(t, "here again since", h.seat("S01/buyer").Since, minute(20).Add(5*time.Second))
		want(t, "attendance", h.attendance("S01/buyer", minute(20)), []string{"0 joined b", "0 away b", "5 back b"})
	})
}

func TestRebind_MovesAVisitToANewPeer(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, f := h.join("S01/firm", "f")
		v, b := h.join("S01/buyer", "b")
		ok(t, v.SetSource(t.Context(), sfu.Screen, true))
		slots := f.slotMap()
		ok(t, v.Rebind(t.Context(), "peer-new", []sfu.Source{sfu.Camera, sfu.Screen}))
		want(t, "the firm's media", h.media.shown("peer-f"), map[int]sfu.PeerID{0: "peer-new", sfu.SlotStage: "peer-new"})
		want(t, "the buyer's media", h.media.shown("peer-new"), map[int]sfu.PeerID{0: "peer-f"})
		want(t, "the firm's slots", f.slotMap(), slots)
		want(t, "sources", f.person("b").Sources, []sfu.Source{sfu.Camera, sfu.Screen})
		if h.media.isOpen("peer-b", sfu.Camera) || !h.media.isOpen("peer-new", sfu.Camera) || h.media.isOpen("peer-new", sfu.Microphone) {
			t.Error("the wrong sources are open")
		}
		want(t, "attendance", h.attendance("S01/buyer", minute(20)), []string{"0 joined b"})
		ok(t, v.Rebind(t.Context(), "peer-3", nil)) // the share did not survive
		want(t, "the stage is empty", f.slotMap(), map[int]string{0: "b"})
		want(t, "the firm's media", h.media.shown("peer-f"), map[int]sfu.PeerID{0: "peer-3"})
		if b.reason() != nil {
			t.Error(b.reason())
		}
	})
}

func TestFlow_EndsWithItsPeer(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		v, _ := h.join("S01/firm", "f")
		v.Flow(sfu.Camera, true)
		ok(t, v.Rebind(t.Context(), "peer-new", []sfu.Source{sfu.Camera}))
		want(t, "stopped", len(h.ledger.of(schedule.EntrySourceStopped)), 1)
		v.Flow(sfu.Camera, true)
		synctest.Wait()
		want(t, "flowing again", len(h.ledger.of(schedule.EntrySourceFlowing)), 2)
	})
}

func TestFlow_IsRecordedOnceEachWay(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		v, _ := h.join("S01/firm", "f")
		for _, flowing := range []bool{true, true, false, true} {
			v.Flow(sfu.Camera, flowing)
		}
		synctest.Wait()
		ok(t, v.Leave(t.Context()))
		var got []string
		for _, e := range h.ledger.of(schedule.EntrySourceFlowing, schedule.EntrySourceStopped) {
			got = append(got, string(e.Kind)+" "+e.Detail)
		}
		want(t, "entries", got, []string{
			"source_flowing camera", "source_stopped camera", "source_flowing camera", "source_stopped camera",
		})
		entries := h.ledger.of()
		if last := entries[len(entries)-2]; last.Kind != schedule.EntrySeatLeft {
			// the phase follows: nobody is here
			t.Errorf("the interval ends after its sources: %+v", last)
		}
	})
}

func TestChat_OnceInOrderAndForLateJoiners(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		v, f := h.join("S01/firm", "f")
		ok(t, v.Say(t.Context(), "k1", " hello "))
		time.Sleep(time.Second)
		ok(t, v.Say(t.Context(), "k2", "again"))
		ok(t, v.Say(t.Context(), "k1", " hello ")) // repeated after a resume
		_, b := h.join("S01/buyer", "b")
		texts := func(c *fakeClient) (all []string) {
			for _, m := range c.messages() {
				all = append(all, m.Name+": "+m.Text)
			}
			return all
		}
		want(t, "the writer reads", texts(f), []string{"Loom: hello", "Loom: again"})
		want(t, "a late joiner reads", texts(b), texts(f))
		want(t, "kept", len(h.store.stored("S01")), 2)
		for text, wanted := range map[string]error{
			"  ":                      rooms.ErrInvalid,
			"\xff":                    rooms.ErrInvalid,
			strings.Repeat("가", 2001): rooms.ErrTooLarge,
			strings.Repeat("가", 2000): nil,
		} {
			if err := v.Say(t.Context(), "", text); !errors.Is(err, wanted) {
				t.Errorf("%.10q: %v, want %v", text, err, wanted)
			}
		}
		for i := range rooms.MaxChatKept + 10 {
			ok(t, v.Say(t.Context(), "", fmt.Sprint(i)))
		}
		_, i := h.join("S01/interpreter", "i")
		all := i.messages()
		if len(all) != rooms.MaxChatKept || all[len(all)-1].Text != fmt.Sprint(rooms.MaxChatKept+9) {
			t.Errorf("%d messages are kept", len(all))
		}
	})
}

func TestSync_IsInOrderWithTheChanges(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, f := h.join("S01/firm", "f")
		v, b := h.join("S01/buyer", "b")
		done := make(chan struct{})
		go func() {
			defer close(done)
			for range 20 {
				if err := v.Sync(t.Context()); err != nil {
					t.Error(err)
				}
			}
		}()
		for i := range 20 {
			ok(t, v.SetSource(t.Context(), sfu.Microphone, i%2 == 1))
		}
		<-done
		synctest.Wait()
		want(t, "after it all", b.person("b"), f.person("b"))
		want(t, "syncs", b.synced, 21)
	})
}

func TestEverybody_HearsTheSameChangesInTheSameOrder(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		vf, f := h.join("S01/firm", "f")
		_, b := h.join("S01/buyer", "b")
		f.mu.Lock()
		start := len(f.deltas)
		f.mu.Unlock()
		vi, _ := h.join("S01/interpreter", "i")
		ok(t, vf.SetSource(t.Context(), sfu.Microphone, false))
		ok(t, vi.SetSource(t.Context(), sfu.Screen, true))
		ok(t, vf.SetSource(t.Context(), sfu.Microphone, false)) // no change
		ok(t, vf.SetSource(t.Context(), sfu.Screen, true))
		ok(t, vi.Leave(t.Context()))
		tell := func(c *fakeClient, from int) (all []string) {
			c.mu.Lock()
			defer c.mu.Unlock()
			for _, d := range c.deltas[from:] {
				for _, ch := range d {
					switch {
					case ch.Participant != nil:
						all = append(all, fmt.Sprint(ch.Participant.ID, ch.Participant.Sources))
					case ch.Left != nil:
						all = append(all, "left "+ch.Left.ID)
					case ch.Clock != nil:
						all = append(all, "clock")
					}
				}
			}
			return all
		}
		heard := tell(b, 0)
		want(t, "the buyer heard", heard, []string{
			"i[microphone camera]", "f[camera]", "i[microphone camera screen]",
			"i[microphone camera]", "f[camera screen]", "left i",
		})
		want(t, "the firm heard", tell(f, start), heard)
		if slices.Contains(heard, "clock") {
			t.Error("a clock that did not change was told")
		}
	})
}
