package rooms_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

func TestPanic_StaysInItsRoom(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		vf, f := h.join("S01/firm", "f")
		ok(t, vf.Say(t.Context(), "k", "before"))
		_, other := h.join("S02/firm", "other")
		heard := other.deltaCount()
		time.Sleep(5 * time.Second)
		h.media.onBind = func(viewer sfu.PeerID, _ []sfu.Binding) {
			if viewer == "peer-b" || viewer == "peer-f" {
				panic("a bug in the media plane")
			}
		}
		req, b := request("S01/buyer", "b")
		if _, err := h.try(req); !errors.Is(err, rooms.ErrRoomFailed) {
			t.Fatalf("the join that failed: %v", err)
		}
		for _, c := range []*fakeClient{f, b} {
			if !errors.Is(c.reason(), rooms.ErrRoomFailed) {
				t.Errorf("%s was dismissed with %v", c.id, c.reason())
			}
		}
		if other.reason() != nil || other.deltaCount() != heard {
			t.Errorf("the other room noticed: %v", other.reason())
		}
		if err := vf.Sync(t.Context()); !errors.Is(err, rooms.ErrRoomFailed) {
			t.Errorf("a call after the fault: %v", err)
		}
		vf.Away(time.Now()) // news for a failed room is dropped
		if h.media.isOpen("peer-f", sfu.Microphone) {
			t.Error("the microphone is still open")
		}
		want(t, "attendance", h.attendance("S01/firm", minute(20)), []string{"0 joined f", "5 left f fault"})
		if p := h.store.presences(); len(p) != 1 {
			t.Errorf("presences %v", p)
		}

		h.media.onBind = nil
		_, again := h.join("S01/firm", "f2") // a fresh room
		if m := again.messages(); len(m) != 1 || m[0].Text != "before" {
			t.Errorf("chat of the fresh room: %v", m)
		}
		h.until(90)
		if !errors.Is(again.reason(), rooms.ErrEnded) {
			t.Errorf("the fresh room's clock: %v", again.reason())
		}
	})
}

func TestPanic_TheClockOpensAFreshRoomByItself(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.join("S01/firm", "f")
		h.media.onBind = func(sfu.PeerID, []sfu.Binding) { panic("bug") }
		req, _ := request("S01/buyer", "b")
		if _, err := h.try(req); !errors.Is(err, rooms.ErrRoomFailed) {
			t.Fatal(err)
		}
		h.until(90)
		if k := h.row("S01").Clock; k.Phase != schedule.PhaseEnded {
			t.Fatalf("nobody ended it: %s", k.Phase)
		}
	})
}

func TestStore_AwayTouchesNoRunningConsultation(t *testing.T) {
	for name, away := range map[string]func(ctx context.Context, call string) error{
		"refuses": func(context.Context, string) error { return errors.New("connection refused") },
		"hangs":   func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, h *hall) {
				h.until(20)
				vf, f := h.join("S01/firm", "f")
				h.store.setBefore(away)
				began := time.Now()
				vb, _ := h.join("S01/buyer", "b")
				ok(t, vf.Say(t.Context(), "k1", "one"))
				ok(t, vf.Say(t.Context(), "k2", "two"))
				ok(t, vb.Leave(t.Context()))
				h.join("S01/buyer", "b2")
				if d := time.Since(began); d != 0 {
					t.Errorf("the outage held people up for %v", d)
				}
				time.Sleep(2 * time.Minute)
				want(t, "phase", f.phase(), schedule.PhaseLive)
				h.store.setBefore(nil)
				time.Sleep(10 * time.Second)
				synctest.Wait()
				chat := h.store.stored("S01")
				if len(chat) != 2 || !slices.ContainsFunc(chat, func(m schedule.ChatMessage) bool { return m.Text == "two" }) {
					t.Errorf("kept after the outage: %v", chat)
				}
				if p := h.store.presences(); len(p) != 2 || p["b"].Session != "" || time.Since(p["b2"].LastSeen) > schedule.HeartbeatEvery {
					t.Errorf("presences after the outage: %v", p)
				}
				want(t, "state", h.store.state("S01").Phase, schedule.PhaseLive)
			})
		})
	}
}

func TestStore_AwayWhenTheDoorsOpen(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.store.setBefore(func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() })
		h.until(16)
		_, f := h.join("S01/firm", "f")
		want(t, "phase", f.phase(), schedule.PhaseWaiting)
		h.store.setBefore(nil)
		time.Sleep(time.Minute)
		if !h.store.isLeased("S01") {
			t.Error("the lease was not taken after the outage")
		}
	})
}

func TestStore_AwayAtTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hall{
			t: t, event: fair(), ledger: &fakeLedger{}, store: newFakeStore(fair()),
			media: &fakeMedia{slots: map[sfu.PeerID]map[int]sfu.Binding{}, open: map[sfu.Feed]bool{}},
		}
		h.store.setBefore(func(context.Context, string) error { return errors.New("connection refused") })
		h.start()
		defer h.close()
		h.until(20)
		req, _ := request("S01/firm", "f")
		if _, err := h.try(req); !errors.Is(err, rooms.ErrUnavailable) {
			t.Fatalf("join: %v", err)
		}
		if _, err := h.reg.Watch("E1", rooms.WatchRequest{Watcher: &fakeWatcher{}}); !errors.Is(err, rooms.ErrUnavailable) {
			t.Fatalf("watch: %v", err)
		}
		h.store.setBefore(nil)
		time.Sleep(6 * time.Second)
		synctest.Wait()
		h.join("S01/firm", "f")
		if _, err := h.reg.Watch("E2", rooms.WatchRequest{Watcher: &fakeWatcher{}}); !errors.Is(err, rooms.ErrNotFound) {
			t.Fatalf("watch: %v", err)
		}
	})
}

func TestLease_OfAnotherNode(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, f := h.join("S01/firm", "f")
		h.store.mu.Lock()
		h.store.holder = "node-b"
		h.store.mu.Unlock()
		time.Sleep(2 * schedule.HeartbeatEvery)
		synctest.Wait()
		if !errors.Is(f.reason(), rooms.ErrRoomFailed) {
			t.Fatalf("the room that lost its lease: %v", f.reason())
		}
		req, _ := request("S01/firm", "f2")
		var leased *rooms.LeasedError
		if _, err := h.try(req); !errors.As(err, &leased) || leased.Node != "node-b" {
			t.Fatalf("join: %v", err)
		}
		h.store.mu.Lock()
		h.store.holder = ""
		h.store.mu.Unlock()
		h.join("S01/firm", "f2")
	})
}

func TestRoom_ThatIsStuckFailsAndLetsGo(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		v, f := h.join("S01/firm", "f")
		h.join("S01/buyer", "b")
		block := make(chan struct{})
		h.media.onBind = func(sfu.PeerID, []sfu.Binding) { <-block }
		var left atomic.Bool
		go func() { _ = v.SetSource(t.Context(), sfu.Screen, true); left.Store(true) }()
		synctest.Wait()
		for range 1000 { // more than may wait
			v.Back()
		}
		close(block)
		synctest.Wait()
		if !errors.Is(f.reason(), rooms.ErrRoomFailed) || !left.Load() {
			t.Fatalf("dismissed with %v", f.reason())
		}
	})
}

// fakeWatcher keeps what a console was told.
type fakeWatcher struct {
	mu sync.Mutex
	watched
}

type watched struct {
	boards []rooms.Board
	rows   []rooms.Row
	notes  []schedule.Note
	booths []rooms.Booth

	vitals     map[schedule.ConsultationID][]rooms.Vitals
	vitalsTold int

	staff     []rooms.StaffHere
	storage   []rooms.Storage
	crosstalk [][]rooms.Crosstalk
	walls     [][]rooms.WallSlot
	reports   []rooms.Report
}

func (w *fakeWatcher) hear(fn func(*watched)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fn(&w.watched)
}

func (w *fakeWatcher) Board(b rooms.Board) {
	w.hear(func(h *watched) { h.boards = append(h.boards, b) })
}

func (w *fakeWatcher) RowChanged(r rooms.Row) {
	w.hear(func(h *watched) { h.rows = append(h.rows, r) })
}

func (w *fakeWatcher) NoteChanged(n schedule.Note) {
	w.hear(func(h *watched) { h.notes = append(h.notes, n) })
}

func (w *fakeWatcher) BoothChanged(b rooms.Booth) {
	w.hear(func(h *watched) { h.booths = append(h.booths, b) })
}

func (w *fakeWatcher) VitalsChanged(all []rooms.RowVitals) {
	w.hear(func(h *watched) {
		h.vitals = maps.Clone(h.vitals)
		if h.vitals == nil {
			h.vitals = map[schedule.ConsultationID][]rooms.Vitals{}
		}
		for _, v := range all {
			h.vitals[v.Consultation] = v.Vitals
		}
		h.vitalsTold++
	})
}

func (w *fakeWatcher) StaffChanged(s []rooms.StaffHere) {
	w.hear(func(h *watched) { h.staff = s })
}

func (w *fakeWatcher) StorageChanged(s rooms.Storage) {
	w.hear(func(h *watched) { h.storage = append(h.storage, s) })
}

func (w *fakeWatcher) CrosstalkChanged(c []rooms.Crosstalk) {
	w.hear(func(h *watched) { h.crosstalk = append(h.crosstalk, c) })
}

func (w *fakeWatcher) WallChanged(s []rooms.WallSlot) {
	w.hear(func(h *watched) { h.walls = append(h.walls, s) })
}

func (w *fakeWatcher) Reported(r rooms.Report) {
	w.hear(func(h *watched) { h.reports = append(h.reports, r) })
}

func (w *fakeWatcher) heard() watched {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.watched
}

func TestWatch_TheWholeBoardThenEachChange(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		w := &fakeWatcher{}
		watch, err := h.reg.Watch("E1", rooms.WatchRequest{Watcher: w})
		ok(t, err)
		if len(w.heard().boards) != 1 || len(w.heard().boards[0].Rows) != 4 || w.heard().boards[0].Rows[0].Consultation.ID != "S01" {
			t.Fatalf("the first board: %+v", w.heard().boards)
		}
		seats := w.heard().boards[0].Rows[0].Seats
		if len(seats) != 3 || seats[1].Name != "Acme" || seats[1].State != rooms.SeatAbsent {
			t.Fatalf("seats before the doors: %+v", seats)
		}
		h.until(16)
		v, _ := h.join("S01/firm", "f")
		ok(t, v.SetSource(t.Context(), sfu.Camera, false))
		v.Away(time.Now())
		time.Sleep(4 * time.Second)
		v.Back()
		synctest.Wait()
		ok(t, v.Leave(t.Context()))
		watch.Sync()
		watch.Stop()
		var told []string
		for _, r := range w.heard().rows {
			if r.Consultation.ID == "S01" {
				told = append(told, string(r.Clock.Phase)+" "+string(r.Seats[0].State))
			}
		}
		want(t, "rows", told, []string{
			"open absent", "waiting here", "waiting here", "waiting away", "waiting here", "open left",
		})
		if len(w.heard().boards) != 2 || w.heard().boards[1].Rows[0].Seats[0].State != rooms.SeatLeft {
			t.Fatalf("the board after Sync: %+v", w.heard().boards[1:])
		}
		n := len(w.heard().rows)
		h.join("S01/firm", "f2")
		if len(w.heard().rows) != n {
			t.Error("a row was told after Stop")
		}
	})
}

func TestMetrics_RegisterOnce(t *testing.T) {
	reg := prometheus.NewRegistry()
	rooms.NewMetrics(reg)
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	if len(families) < 5 {
		t.Fatalf("%d families", len(families))
	}
}
