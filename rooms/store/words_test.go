package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
	"sangdam/rooms/store/storetest"
)

// report verifies a ledger as it is now.
func report(t *testing.T, s *Store, e schedule.EventID, marks ...attendance.Mark) attendance.Report {
	t.Helper()
	var all []schedule.Entry
	must(t, s.Entries(t.Context(), e, func(x schedule.Entry) error { all = append(all, x); return nil }))
	r, err := attendance.Verify(func(yield func(schedule.Entry, error) bool) {
		for _, x := range all {
			if !yield(x, nil) {
				return
			}
		}
	}, marks...)
	must(t, err)
	return r
}

// spoken is an entry with words.
func spoken(e schedule.EventID, words string) schedule.Entry {
	return schedule.Entry{Event: e, Kind: schedule.EntryStaff, Consultation: "S01", Seat: "S01/buyer", By: "a1", Detail: "mute microphone", Words: words}
}

func TestAppend_WordsComeBackAndTheChainHasOnlyTheirDigest(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s := open(t, Options{URL: url, Dir: t.TempDir()})
		s.Append(spoken("e", "Mr. Kim coughs"))
		s.Append(schedule.Entry{Event: "e", Kind: schedule.EntryPhase, Detail: "open"})
		s.Append(spoken("e", "Mr. Kim coughs"))
		must(t, s.Flush(within(t, 5*time.Second)))
		got := entriesOf(t, s, "e")
		if len(got) != 3 || got[0].Words != "Mr. Kim coughs" || got[0].By != "a1" || got[1].Words != "" || got[1].Digest != "" {
			t.Fatalf("%+v", got)
		}
		if got[0].Digest == got[2].Digest || got[0].Salt == got[2].Salt {
			t.Error("the same words give the same digest: whoever knows them can find them")
		}
		raw, err := s.rdb.XRange(t.Context(), keyLedger("e"), "-", "+").Result()
		must(t, err)
		if text := fmt.Sprint(raw); strings.Contains(text, "Kim") || strings.Contains(text, got[0].Salt) {
			t.Errorf("the chain itself holds words or salt: %s", text)
		}
		if r := report(t, s, "e"); r.Broken != nil || r.Words != 2 || r.Erased != 0 {
			t.Errorf("%+v %+v", r, r.Broken)
		}

		// Whoever changes them, or puts some where none were, is found out.
		for i, value := range map[int]string{
			0: `{"salt":"x","text":"Mr. Lee coughs"}`, 2: "not even JSON", 1: `{"salt":"","text":"nobody said that"}`,
		} {
			was, _ := s.rdb.HGet(t.Context(), keyWords("e"), got[i].ID).Result()
			must(t, s.rdb.HSet(t.Context(), keyWords("e"), got[i].ID, value).Err())
			if b := report(t, s, "e").Broken; b == nil || b.Index != i+1 || b.Kind != attendance.BreakWords {
				t.Errorf("words of entry %d: %+v", i+1, b)
			}
			if was == "" {
				must(t, s.rdb.HDel(t.Context(), keyWords("e"), got[i].ID).Err())
			} else {
				must(t, s.rdb.HSet(t.Context(), keyWords("e"), got[i].ID, was).Err())
			}
		}
		must(t, s.rdb.HDel(t.Context(), keyWords("e"), got[0].ID).Err())
		if r := report(t, s, "e"); r.Broken != nil || r.Words != 1 || r.Erased != 1 || !entriesOf(t, s, "e")[0].Erased() {
			t.Errorf("erased: %+v %+v", r, r.Broken)
		}
	})
}

func TestLedger_WordsOutliveAnOutageAndTheProcess(t *testing.T) {
	t.Parallel()
	url, kill, restart := storetest.Redis(t)
	dir := t.TempDir()
	first := open(t, Options{URL: url, Dir: dir})
	kill()
	first.Append(spoken("e", "said while redis was away"))
	must(t, first.Close())
	restart()
	second := open(t, Options{URL: url, Dir: dir})
	must(t, second.Flush(within(t, 5*time.Second)))
	if got := entriesOf(t, second, "e"); len(got) != 1 || got[0].Words != "said while redis was away" {
		t.Errorf("%+v", got)
	}
	if r := report(t, second, "e"); r.Broken != nil || r.Words != 1 {
		t.Errorf("%+v", r)
	}
}

// TestStorage_ADiskThatCannotBeWrittenIsToldAndRoomsGoOn: entries wait in
// memory, and go to the disk and to Redis in order once it can be written.
func TestStorage_ADiskThatCannotBeWrittenIsToldAndRoomsGoOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, Options{URL: storetest.Mini(t), Dir: dir})
	appendNumbered(s, "e", 0, 3)
	must(t, s.Flush(within(t, 5*time.Second)))
	if away, waiting, full := s.Storage(); !away.IsZero() || waiting != 0 || full {
		t.Errorf("well: %v %d %v", away, waiting, full)
	}

	// Nothing can be made in the folder any more, and the open file is at its end.
	spool := filepath.Join(dir, "spool")
	fillSegment(t, s)
	must(t, os.Rename(spool, spool+".gone"))
	must(t, os.WriteFile(spool, nil, 0o600))
	before := time.Now()
	appendNumbered(s, "e", 3, 2000)
	if d := time.Since(before); d > 5*time.Second {
		t.Errorf("2000 appends took %v while the disk was full", d)
	}
	eventually(t, 5*time.Second, "that the disk cannot be written is told", func() bool { _, _, full := s.Storage(); return full })
	if _, waiting, _ := s.Storage(); waiting != 1997 {
		t.Errorf("%d wait", waiting)
	}
	must(t, os.Remove(spool))
	must(t, os.Rename(spool+".gone", spool))
	must(t, s.Flush(within(t, 10*time.Second)))
	if got := details(t, s, "e"); len(got) != 2000 || got[3] != "3" || got[1999] != "1999" {
		t.Errorf("%d entries", len(got))
	}
	if _, waiting, full := s.Storage(); waiting != 0 || full {
		t.Errorf("after it: %d %v", waiting, full)
	}
}

// fillSegment makes the spool begin another file with its next batch.
func fillSegment(t *testing.T, s *Store) {
	t.Helper()
	s.spool.mu.Lock()
	defer s.spool.mu.Unlock()
	if len(s.spool.segments) == 0 {
		t.Fatal("the spool has no segment")
	}
	s.spool.segments[len(s.spool.segments)-1].sealed = true
}

func TestQueue_FullWaitsAndLosesNothing(t *testing.T) {
	t.Parallel()
	q := newQueue(4)
	done := make(chan int)
	go func() {
		n := 0
		for q.put(recorded{entry: schedule.Entry{Detail: fmt.Sprint(n)}}) {
			n++
		}
		done <- n
	}()
	want := 0
	for range 50 {
		for _, r := range q.take(3) {
			if r.entry.Detail != fmt.Sprint(want) {
				t.Fatalf("%s, want %d", r.entry.Detail, want)
			}
			want++
		}
	}
	q.close()
	n := <-done
	for batch := q.take(3); batch != nil; batch = q.take(3) {
		want += len(batch)
	}
	if n != want {
		t.Errorf("%d were put, %d were taken", n, want)
	}
}

func TestReap_ABrokenPresenceStopsNobodyElse(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		dead := started(t, Options{URL: url, Node: "dead", Dir: t.TempDir()})
		must(t, dead.SaveEvent(t.Context(), &schedule.Event{ID: "e"}))
		at := time.Now().Add(-time.Minute).UTC().Truncate(time.Millisecond)
		must(t, dead.Heartbeat(t.Context(), []schedule.Presence{presence("S01/buyer", "x", at)}))
		must(t, dead.rdb.HSet(t.Context(), keyPresence("e"), "S01/firm y", "{broken").Err())
		if got, err := dead.Presences(t.Context(), "e"); err != nil || len(got) != 1 {
			t.Errorf("presences: %v %v", got, err)
		}
		must(t, dead.Close())
		started(t, Options{URL: url, Node: "dead", Dir: t.TempDir()})
		s := open(t, Options{URL: url})
		got := entriesOf(t, s, "e")
		if len(got) != 1 || got[0].Kind != schedule.EntrySeatLeft || !got[0].At.Equal(at) {
			t.Errorf("%+v", got)
		}
		if left, err := s.rdb.HLen(t.Context(), keyPresence("e")).Result(); err != nil || left != 0 {
			t.Errorf("%d presences are left, %v", left, err)
		}
	})
}
