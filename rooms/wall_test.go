package rooms_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// bigFair has n consultations at the same time, each in a booth of its own.
func bigFair(n int) *schedule.Event {
	e := fair()
	e.Firms, e.Buyers, e.Booths, e.Interpreters, e.Consultations = nil, nil, nil, nil, nil
	start := time.Date(2000, 1, 1, 0, 30, 0, 0, time.UTC)
	for i := 1; i <= n; i++ {
		f, b, o, p := schedule.FirmID(fmt.Sprint("F", i)), schedule.BuyerID(fmt.Sprint("Y", i)), schedule.BoothID(fmt.Sprint("B", i)), schedule.InterpreterID(fmt.Sprint("I", i))
		e.Firms = append(e.Firms, schedule.Firm{ID: f, Name: string(f)})
		e.Buyers = append(e.Buyers, schedule.Buyer{ID: b, Name: string(b), Zone: "UTC"})
		e.Booths = append(e.Booths, schedule.Booth{ID: o, Name: string(o)})
		e.Interpreters = append(e.Interpreters, schedule.Interpreter{ID: p, Name: string(p)})
		e.Consultations = append(e.Consultations, schedule.Consultation{
			ID: schedule.ConsultationID(fmt.Sprintf("S%02d", i)), Start: start, End: start.Add(time.Hour), Booth: o, Firm: f, Buyer: b, Interpreter: p,
		})
	}
	return e
}

// fill puts firm and buyer into all rooms of an event; their sessions are their
// seats.
func (h *hall) fill(roles ...schedule.Role) (ids []schedule.ConsultationID) {
	h.t.Helper()
	for _, c := range h.event.Consultations {
		ids = append(ids, c.ID)
		for _, r := range roles {
			seat := schedule.SeatOf(c.ID, r)
			h.join(seat, string(seat))
		}
	}
	return ids
}

// lastWall is the newest slot map, as "slot seat".
func lastWall(w *fakeWatcher) (all []string) {
	walls := w.heard().walls
	for _, s := range walls[len(walls)-1] {
		all = append(all, fmt.Sprint(s.Slot, " ", s.Seat))
	}
	return all
}

func TestWall_PeopleComeAndGoAndKeepTheirSlots(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		v, _ := h.join("S01/firm", "f1")
		h.join("S02/firm", "f2")
		h.join("S02/buyer", "b2")
		wall, _, w := h.wall("kim")
		want(t, "nothing before it is asked for", len(w.heard().walls), 0)
		ok(t, wall.Show(t.Context(), []schedule.ConsultationID{"S01", "S02", "S04"}, ""))
		want(t, "shown", lastWall(w), []string{"0 S01/firm", "1 S02/firm", "2 S02/buyer"})
		want(t, "once", len(w.heard().walls), 1)
		want(t, "in the lowest layer", h.media.binding("wall-kim", 2), sfu.Binding{
			Slot: 2, Video: sfu.Feed{Peer: "peer-b2", Source: sfu.Camera}, Ceiling: sfu.CeilingLow,
		})
		h.join("S01/buyer", "b1")
		want(t, "somebody came", lastWall(w), []string{"0 S01/firm", "1 S02/firm", "2 S02/buyer", "3 S01/buyer"})
		ok(t, v.Leave(t.Context()))
		want(t, "somebody left", lastWall(w), []string{"1 S02/firm", "2 S02/buyer", "3 S01/buyer"})
		want(t, "their slot is dark", h.media.binding("wall-kim", 0), sfu.Binding{})
		v, _ = h.join("S01/firm", "f1b")
		want(t, "and is back", lastWall(w), []string{"0 S01/firm", "1 S02/firm", "2 S02/buyer", "3 S01/buyer"})
		told := len(w.heard().walls)
		ok(t, v.Rebind(t.Context(), "peer-f1c", []sfu.Source{sfu.Camera}))
		want(t, "on another Peer in the same slot", h.media.binding("wall-kim", 0).Video.Peer, sfu.PeerID("peer-f1c"))
		want(t, "which is no news", len(w.heard().walls), told)
		ok(t, wall.Show(t.Context(), []schedule.ConsultationID{"S02", "S01"}, "S02"))
		want(t, "told though nothing moved", len(w.heard().walls), told+1)
		want(t, "the large one is sharp", h.media.binding("wall-kim", 1).Ceiling, sfu.CeilingHigh)
		want(t, "the others are not", h.media.binding("wall-kim", 0).Ceiling, sfu.CeilingLow)
		ok(t, wall.Show(t.Context(), []schedule.ConsultationID{"S02"}, ""))
		want(t, "scrolled away", lastWall(w), []string{"1 S02/firm", "2 S02/buyer"})
		want(t, "is not sent", h.media.binding("wall-kim", 3), sfu.Binding{})
		ok(t, wall.Rebind(t.Context(), "wall-2"))
		want(t, "the former Peer shows nothing", h.media.shown("wall-kim"), map[int]sfu.PeerID{})
		want(t, "the new one does", h.media.shown("wall-2"), map[int]sfu.PeerID{1: "peer-f2", 2: "peer-b2"})
		h.until(93)
		want(t, "over", lastWall(w), nil)
		wall.Stop()
		want(t, "stopped", wall.Show(t.Context(), nil, ""), error(rooms.ErrGone))
	})
}

func TestWall_ThirtyRoomsAndManyConsoles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, bigFair(30))
		defer h.close()
		h.until(20)
		ids := h.fill(schedule.RoleFirm, schedule.RoleBuyer)
		for i := range 8 {
			wall, _, w := h.wall(fmt.Sprint(i))
			ok(t, wall.Show(t.Context(), ids, ""))
			want(t, "one of each room", len(lastWall(w)), 30)
			want(t, "the firm, when nobody spoke", lastWall(w)[0], "0 S01/firm")
		}
		wall, _, w := h.wall("kim")
		ok(t, wall.Show(t.Context(), ids, "S30"))
		want(t, "two of the large one", len(lastWall(w)), 31)
		want(t, "which comes first", lastWall(w)[:3], []string{"0 S30/firm", "1 S30/buyer", "2 S01/firm"})
		h.media.tells("peer-S07/buyer", sfu.Truth{State: sfu.StateConnected, Level: 30})
		time.Sleep(1100 * time.Millisecond)
		synctest.Wait()
		if !slices.ContainsFunc(lastWall(w), func(s string) bool { return s == "8 S07/buyer" || s == "31 S07/buyer" }) {
			t.Errorf("whoever spoke is not shown: %v", lastWall(w))
		}
		ok(t, wall.Show(t.Context(), ids[:16], ""))
		want(t, "two of each of sixteen", len(lastWall(w)), 32)
	})
}

func TestWall_HearsTheRoomItHelps(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.join("S01/firm", "f")
		h.join("S01/buyer", "b")
		h.join("S01/interpreter", "i")
		wall, _, w := h.wall("kim")
		ok(t, wall.Show(t.Context(), nil, ""))
		h.help(wall, "S01", rooms.HelpListen, "")
		want(t, "firm and buyer", lastWall(w), []string{"32 S01/firm", "33 S01/buyer"})
		want(t, "sounded", h.media.binding("wall-kim", 33), sfu.Binding{Slot: 33, Audio: sfu.Feed{Peer: "peer-b", Source: sfu.Microphone}})
		h.media.speaks("peer-i", 30)
		time.Sleep(300 * time.Millisecond)
		synctest.Wait()
		want(t, "who speaks is heard", slices.Contains(lastWall(w), "32 S01/interpreter") || slices.Contains(lastWall(w), "33 S01/interpreter"), true)
		want(t, "beside one other", len(lastWall(w)), 2)
		h.help(wall, "", rooms.HelpQuiet, "")
		want(t, "silent", lastWall(w), nil)
	})
}

func TestWall_AFaultStaysInIt(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, f := h.join("S02/firm", "f")
		_, watch, w := h.wall("kim")
		healthy, _, other := h.wall("lee")
		ok(t, healthy.Show(t.Context(), []schedule.ConsultationID{"S02"}, ""))
		broken, err := watch.Wall(t.Context(), "wall-kim") // a second one ends the first
		ok(t, err)
		ok(t, broken.Show(t.Context(), []schedule.ConsultationID{"S02"}, ""))
		h.media.onBind = func(viewer sfu.PeerID, _ []sfu.Binding) {
			if viewer == "wall-kim" {
				panic("a bug in the media plane")
			}
		}
		h.join("S02/buyer", "b") // the wall that looks now fails
		want(t, "over", []bool{healthy.Over(), broken.Over()}, []bool{false, true})
		want(t, "the wall", broken.Show(t.Context(), nil, ""), error(rooms.ErrRoomFailed))
		want(t, "the console is told that nothing is shown", lastWall(w), nil)
		want(t, "the room goes on", f.knows(), []string{"b", "f"})
		want(t, "the other wall, too", lastWall(other), []string{"0 S02/firm", "1 S02/buyer"})
		h.media.onBind = nil
		again, err := watch.Wall(t.Context(), "wall-kim")
		ok(t, err)
		ok(t, again.Show(t.Context(), []schedule.ConsultationID{"S02"}, ""))
		want(t, "a new one", lastWall(w), []string{"0 S02/firm", "1 S02/buyer"})
	})
}
