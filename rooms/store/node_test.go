package store

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
	"sangdam/rooms/store/storetest"
)

func presence(seat schedule.SeatID, session string, at time.Time) schedule.Presence {
	c, _ := seat.Split()
	return schedule.Presence{Event: "e", Consultation: c, Seat: seat, Session: session, Since: at.Add(-time.Minute), LastSeen: at}
}

// entriesOf reads the ledger whole and proves it.
func entriesOf(t *testing.T, s *Store, e schedule.EventID) []schedule.Entry {
	t.Helper()
	details(t, s, e)
	var out []schedule.Entry
	must(t, s.Entries(t.Context(), e, func(x schedule.Entry) error { out = append(out, x); return nil }))
	return out
}

func started(t *testing.T, o Options) *Store {
	t.Helper()
	s := open(t, o)
	_, err := s.StartNode(t.Context())
	must(t, err)
	return s
}

func TestPresence_IsTheSessionsOwn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := started(t, Options{URL: url, Node: "a"}), t.Context()
		at := time.Now().UTC().Truncate(time.Millisecond)
		must(t, s.Heartbeat(ctx, nil))
		must(t, s.Heartbeat(ctx, []schedule.Presence{presence("S01/firm", "x", at), presence("S01/buyer", "y", at)}))
		must(t, s.Depart(ctx, "e", "S01/firm", "an earlier session"))
		must(t, s.Depart(ctx, "e", "S01/buyer", "y"))
		got, err := s.Presences(ctx, "e")
		want := presence("S01/firm", "x", at)
		want.Node, want.Incarnation = "a", 1
		if d := cmp.Diff([]schedule.Presence{want}, got); err != nil || d != "" {
			t.Error(err, d)
		}
	})
}

func TestStartNode_EndsWhatItsEarlierIncarnationLeftAtTheLastHeartbeat(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		ctx, dir := t.Context(), t.TempDir()
		at := time.Now().UTC().Truncate(time.Millisecond).Add(-3 * time.Second)
		must(t, open(t, Options{URL: url}).SaveEvent(ctx, &schedule.Event{ID: "e"}))

		first := started(t, Options{URL: url, Node: "a", Dir: dir})
		first.Append(schedule.Entry{Event: "e", Kind: schedule.EntrySeatJoined, Consultation: "S01", Seat: "S01/firm", Session: "x"})
		must(t, first.Heartbeat(ctx, []schedule.Presence{presence("S01/firm", "x", at)}))
		must(t, first.Close())

		second := started(t, Options{URL: url, Node: "a", Dir: dir})
		got := entriesOf(t, second, "e")
		if len(got) != 2 || got[0].Kind != schedule.EntrySeatJoined {
			t.Fatalf("%+v", got)
		}
		left := got[1]
		want := schedule.Entry{
			ID: left.ID, At: at, Event: "e", Kind: schedule.EntrySeatLeft, Consultation: "S01", Seat: "S01/firm", Session: "x",
			Node: "a", Detail: string(schedule.LeftNodeDied),
		}
		if d := cmp.Diff(attendance.Seal(got[0].Hash, want), left); d != "" {
			t.Error(d)
		}
		if ps, err := second.Presences(ctx, "e"); err != nil || len(ps) != 0 {
			t.Errorf("%v %v", ps, err)
		}
	})
}

func TestReap_OfManyReapersOneWritesTheEntry(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		ctx := t.Context()
		dead := started(t, Options{URL: url, Node: "dead"})
		must(t, dead.SaveEvent(ctx, &schedule.Event{ID: "e"}))
		var ps []schedule.Presence
		for _, seat := range []schedule.SeatID{"S01/firm", "S01/buyer", "S02/firm", "S02/buyer", "S02/interpreter"} {
			ps = append(ps, presence(seat, "session of "+string(seat), time.Now()))
		}
		must(t, dead.Heartbeat(ctx, ps))
		var reapers []*Store
		for _, n := range []string{"a", "b", "c"} {
			reapers = append(reapers, started(t, Options{URL: url, Node: n}))
		}
		must(t, dead.Close())
		for _, r := range reapers {
			must(t, r.Reap(ctx))
		}
		if got := entriesOf(t, reapers[0], "e"); len(got) != 0 {
			t.Fatalf("a node that may be alive was reaped: %+v", got)
		}
		must(t, reapers[0].rdb.Del(ctx, keyAlive("dead")).Err()) // its sign of life expires
		var all sync.WaitGroup
		for _, r := range reapers {
			all.Go(func() {
				if err := r.Reap(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		seats := make(map[schedule.SeatID]int)
		for _, e := range entriesOf(t, reapers[0], "e") {
			seats[e.Seat]++
		}
		for _, p := range ps {
			if seats[p.Seat] != 1 {
				t.Errorf("%s has %d entries", p.Seat, seats[p.Seat])
			}
		}
	})
}

func TestReap_ReapedEntryHasTheSameIDForAllReapers(t *testing.T) {
	t.Parallel()
	at := time.Date(2021, 12, 6, 0, 0, 5, 0, time.UTC)
	var ids []string
	for range 2 { // two installations that saw the same death
		url, ctx := storetest.Mini(t), t.Context()
		dead := started(t, Options{URL: url, Node: "dead"})
		must(t, dead.SaveEvent(ctx, &schedule.Event{ID: "e"}))
		must(t, dead.Heartbeat(ctx, []schedule.Presence{presence("S01/firm", "x", at)}))
		must(t, dead.Close())
		ids = append(ids, entriesOf(t, started(t, Options{URL: url, Node: "dead"}), "e")[0].ID)
	}
	if ids[0] != ids[1] || ids[0][14] != '5' {
		t.Errorf("%v", ids)
	}
}

func TestReap_LeavesOthersAloneRightAfterAnOutage(t *testing.T) {
	t.Parallel()
	url, kill, restart := storetest.Redis(t)
	ctx := t.Context()
	other := started(t, Options{URL: url, Node: "other"})
	must(t, other.SaveEvent(ctx, &schedule.Event{ID: "e"}))
	must(t, other.Heartbeat(ctx, []schedule.Presence{presence("S01/firm", "x", time.Now())}))
	s := started(t, Options{URL: url, Node: "a"})
	must(t, other.Close())
	must(t, s.rdb.Del(ctx, keyAlive("other")).Err()) // expired while Redis was away
	time.Sleep(1200 * time.Millisecond)              // into the AOF
	kill()
	if s.Ping(ctx) == nil {
		t.Fatal("a killed redis answers")
	}
	restart()
	eventually(t, 5*time.Second, "redis is back", func() bool { return s.Ping(ctx) == nil })
	must(t, s.Reap(ctx))
	if ps, err := s.Presences(ctx, "e"); err != nil || len(ps) != 1 {
		t.Errorf("reaped although it could not renew its sign of life: %v %v", ps, err)
	}
}

func TestReap_RemovesALeftoverOfALivingNodeWithoutAnEntry(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := started(t, Options{URL: url, Node: "a"}), t.Context()
		must(t, s.SaveEvent(ctx, &schedule.Event{ID: "e"}))
		now := time.Now()
		must(t, s.Heartbeat(ctx, []schedule.Presence{presence("S01/firm", "x", now), presence("S01/buyer", "y", now.Add(-2*staleAfter))}))
		must(t, s.Reap(ctx))
		ps, err := s.Presences(ctx, "e")
		if err != nil || len(ps) != 1 || ps[0].Session != "x" {
			t.Errorf("%v %v", ps, err)
		}
		if got := entriesOf(t, s, "e"); len(got) != 0 {
			t.Errorf("%+v", got)
		}
	})
}

func TestStartNode_IsRecordedInEventsThatAreNotOver(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		ctx := t.Context()
		s := open(t, Options{URL: url, Node: "a", Dir: t.TempDir()})
		for id, end := range map[schedule.EventID]time.Time{"runs": time.Now(), "long-over": time.Now().Add(-2 * overAfter)} {
			must(t, s.SaveEvent(ctx, &schedule.Event{ID: id, Consultations: []schedule.Consultation{{ID: "S01", End: end}}}))
		}
		_, err := s.StartNode(ctx)
		must(t, err)
		must(t, s.Flush(within(t, 5*time.Second)))
		got := entriesOf(t, s, "runs")
		if len(got) != 1 || got[0].Kind != schedule.EntryNodeStarted || got[0].Node != "a" || got[0].Detail != "1" {
			t.Errorf("%+v", got)
		}
		if got := entriesOf(t, s, "long-over"); len(got) != 0 {
			t.Errorf("%+v", got)
		}
	})
}

func TestStartNode_ABrokenTimetableStopsNoOtherEvent(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		ctx := t.Context()
		w := open(t, Options{URL: url})
		for _, id := range []schedule.EventID{"broken", "whole"} {
			must(t, w.SaveEvent(ctx, &schedule.Event{ID: id, Consultations: []schedule.Consultation{{ID: "S01", End: time.Now()}}}))
		}
		must(t, w.rdb.Set(ctx, keyEvent("broken"), "{", 0).Err())
		s := started(t, Options{URL: url, Node: "a", Dir: t.TempDir()})
		must(t, s.Flush(ctx))
		if got := entriesOf(t, s, "whole"); len(got) != 1 || got[0].Kind != schedule.EntryNodeStarted {
			t.Errorf("%+v", got)
		}
	})
}

func TestIsAway_IsNoWordForMistakesOfOurOwn(t *testing.T) {
	var e schedule.Event
	_, disk := os.Open(filepath.Join(t.TempDir(), "missing"))
	for _, err := range []error{json.Unmarshal([]byte("{"), &e), json.Unmarshal([]byte("[]"), &e), disk, ErrNotFound} {
		if isAway(fmt.Errorf("wrapped: %w", err)) || err == nil {
			t.Errorf("%v is taken for an outage", err)
		}
	}
	if !isAway(context.DeadlineExceeded) || !isAway(io.EOF) {
		t.Error("a silent or cut connection is taken for none")
	}
}

func TestStartNode_CountsStartsAndTheEarlierOneLearnsOfIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		ctx := t.Context()
		var incs []int64
		var all []*Store
		for range 3 {
			s := open(t, Options{URL: url, Node: "a"})
			inc, err := s.StartNode(ctx)
			must(t, err)
			incs, all = append(incs, inc), append(all, s)
		}
		if !slices.Equal(incs, []int64{1, 2, 3}) {
			t.Errorf("%v", incs)
		}
		if _, err := all[2].StartNode(ctx); err == nil {
			t.Error("a node started twice")
		}
		must(t, all[2].beat(ctx))
		if err := all[0].beat(ctx); err == nil {
			t.Error("an earlier incarnation goes on beating")
		}
	})
}
