package rooms_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
)

func (s *fakeStore) setEvent(e *schedule.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events[e.ID] = e
}

func TestTimetable_ImportedWhileTheServerRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, &schedule.Event{ID: "E0"})
		defer h.close()
		h.until(20)
		h.store.setEvent(fair())
		_, f := h.join("S01/firm", "f") // at once, not only with the next reading
		want(t, "phase", f.phase(), schedule.PhaseWaiting)
	})
}

func TestTimetable_OneThatCannotBeReadKeepsNoOtherEventShut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, &schedule.Event{ID: "A0"}) // read first
		defer h.close()
		h.store.setEvent(fair())
		var reads atomic.Int32
		h.store.setBefore(func(_ context.Context, call string) error {
			if call == "Event" && reads.Add(1)%2 == 1 {
				return errors.New("not JSON")
			}
			return nil
		})
		h.until(20) // without anybody who asks for it
		if phases := h.phases("S01"); !slices.Equal(phases, []string{"open@15"}) {
			t.Errorf("phases of the other event: %v", phases)
		}
	})
}

func TestTimetable_ChangedWhilePeopleAreIn(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		w := &fakeWatcher{}
		_, err := h.reg.Watch("E1", rooms.WatchRequest{Watcher: w})
		ok(t, err)
		h.until(20)
		_, f := h.join("S01/firm", "f")
		_, g := h.join("S02/firm", "g")
		changed := fair()
		changed.Consultations[0].End = minute(100)
		changed.Consultations = append(changed.Consultations[:1], changed.Consultations[2:]...) // S02 is no more
		h.store.setEvent(changed)
		h.until(21)
		want(t, "the new end is told", f.time().EndsAt, minute(100))
		want(t, "who sat in a consultation that is no more", g.reason(), rooms.ErrCancelled)
		if last := w.heard().boards[len(w.heard().boards)-1]; len(w.heard().boards) != 2 || len(last.Rows) != 3 {
			t.Errorf("%d boards, the last with %d rows", len(w.heard().boards), len(last.Rows))
		}
		h.until(99)
		want(t, "by the new end", f.phase(), schedule.PhaseWaiting)
		time.Sleep(time.Minute)
		synctest.Wait()
		want(t, "at the new end", f.reason(), rooms.ErrEnded)
	})
}

func TestReload_ALiveRoomThatChangesItsBoothWaitsForTheNewScreen(t *testing.T) {
	for name, comes := range map[string]bool{"it comes": true, "it does not": false} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, h *hall) {
				h.until(20)
				v, _ := h.join("S01/firm", "old screen")
				_, b := h.join("S01/buyer", "b")
				h.until(95)
				want(t, "in overrun", b.time().Overrun, true)
				h.reload(func(e *schedule.Event) { e.Consultations[0].Booth = "B3" })
				ok(t, v.Remove(t.Context()))
				time.Sleep(15 * time.Second)
				want(t, "it waits", b.reason(), error(nil))
				if comes {
					h.join("S01/firm", "new screen")
				}
				time.Sleep(10 * time.Second)
				synctest.Wait()
				want(t, "it goes on", b.reason() == nil, comes)
			})
		})
	}
}
