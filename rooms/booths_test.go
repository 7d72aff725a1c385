package rooms_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"sangdam/rooms"
)

func TestBooth_IsHereWithItsHealthAndAwayWhenSilent(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		w := &fakeWatcher{}
		_, err := h.reg.Watch("E1", rooms.WatchRequest{Watcher: w})
		ok(t, err)
		want(t, "not heard of yet", w.heard().boards[0].Booths, []rooms.Booth{
			{Booth: "B1", Name: "1", State: rooms.SeatAbsent}, {Booth: "B2", Name: "2", State: rooms.SeatAbsent}, {Booth: "B3", Name: "3", State: rooms.SeatAbsent},
		})
		h.until(1)
		report := func(session string, health rooms.Health) {
			t.Helper()
			ok(t, h.reg.Booth("E1", "B2", session, health))
		}
		for range 6 {
			report("s", rooms.Health{Microphone: "ok", RTT: 20 * time.Millisecond})
			time.Sleep(5 * time.Second)
		}
		report("s", rooms.Health{Microphone: "silent", Echo: true})
		want(t, "here", w.heard().booths[len(w.heard().booths)-1], rooms.Booth{
			Booth: "B2", Name: "2", State: rooms.SeatHere, Since: minute(1),
			Health: rooms.Health{Microphone: "silent", Echo: true}, HealthAt: minute(1.5),
		})
		told := len(w.heard().booths)
		want(t, "each report is told", told, 7)
		time.Sleep(rooms.BoothSilent - time.Second)
		synctest.Wait()
		want(t, "not yet", len(w.heard().booths), told)
		time.Sleep(time.Second)
		synctest.Wait()
		last := w.heard().booths[len(w.heard().booths)-1]
		want(t, "away", last.State, rooms.SeatAway)
		want(t, "since it was last heard", last.Since, minute(1.5))
		report("s", rooms.Health{Microphone: "ok"})
		want(t, "back", w.heard().booths[len(w.heard().booths)-1].State, rooms.SeatHere)
		if err := h.reg.Booth("E1", "B9", "s", rooms.Health{}); !errors.Is(err, rooms.ErrNotFound) {
			t.Errorf("an unknown booth: %v", err)
		}
	})
}

func TestBooth_OfTwoScreensTheNewestCounts(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		w := &fakeWatcher{}
		_, err := h.reg.Watch("E1", rooms.WatchRequest{Watcher: w})
		ok(t, err)
		report := func(session, microphone string) string {
			ok(t, h.reg.Booth("E1", "B1", session, rooms.Health{Microphone: microphone}))
			return w.heard().booths[len(w.heard().booths)-1].Health.Microphone
		}
		want(t, "the first", report("a", "ok"), "ok")
		want(t, "a second", report("b", "off"), "off")
		want(t, "the first again", report("a", "ok"), "off")
		time.Sleep(rooms.BoothSilent)
		synctest.Wait()
		want(t, "when the second is silent", report("a", "ok"), "ok")
	})
}
