package store

import (
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sangdam/rooms/schedule"
)

func TestEvent_OfTwoChangesOfOneRevisionOneIsRefused(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := open(t, Options{URL: url}), t.Context()
		first := &schedule.Event{ID: "e", Name: "as it was"}
		must(t, s.SaveEvent(ctx, first))
		if first.Revision != 1 {
			t.Fatalf("revision %d after the first write", first.Revision)
		}
		const many = 8
		var (
			wg  sync.WaitGroup
			mu  sync.Mutex
			won []string
		)
		for i := range many {
			wg.Go(func() {
				e := &schedule.Event{ID: "e", Name: strconv.Itoa(i), Revision: 1}
				err := s.ChangeEvent(ctx, e, schedule.EditRecord{By: e.Name, Op: "import"})
				switch {
				case err == nil:
					mu.Lock()
					won = append(won, e.Name)
					mu.Unlock()
				case !errors.Is(err, ErrConflict) || e.Revision != 1:
					t.Errorf("%d: %v, revision %d", i, err, e.Revision)
				}
			})
		}
		wg.Wait()
		got, err := s.Event(ctx, "e")
		must(t, err)
		if len(won) != 1 || got.Name != won[0] || got.Revision != 2 {
			t.Fatalf("%v were written, and %q at revision %d is kept", won, got.Name, got.Revision)
		}
		edits, err := s.Edits(ctx, "e", "", 10)
		must(t, err)
		if len(edits) != 1 || edits[0].By != won[0] || edits[0].Revision != 2 {
			t.Errorf("the record says %+v", edits)
		}
	})
}

func TestEdits_AreReadPageByPageNewestFirst(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := open(t, Options{URL: url}), t.Context()
		want := []string{"4", "3", "2", "1", "0"}
		for i := range want {
			must(t, s.AddEdit(ctx, "e", schedule.EditRecord{By: strconv.Itoa(i), Changes: []schedule.EditChange{{What: "link", ID: "L"}}}))
		}
		var got []string
		before := ""
		for {
			page, err := s.Edits(ctx, "e", before, 2)
			must(t, err)
			if len(page) == 0 {
				break
			}
			for _, e := range page {
				got, before = append(got, e.By), e.ID
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

func TestLink_ReissuedIsAsNewAndOnlyOnceAVersion(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := open(t, Options{URL: url}), t.Context()
		at := time.Date(2021, 12, 6, 1, 2, 3, 0, time.UTC)
		made := schedule.Link{ID: "L1", SecretHash: "one", Version: 1, Grants: schedule.Grants{Event: "e", Link: "L1"}, CreatedAt: at}
		must(t, s.SaveLinks(ctx, []schedule.Link{made}))
		must(t, s.LinkUsed(ctx, "L1", at))
		must(t, s.LinkSent(ctx, "L1", at))
		if l, _, err := s.Link(ctx, "L1"); err != nil || l.SentAt == nil || !l.SentAt.Equal(at) {
			t.Errorf("sent: %+v %v", l, err)
		}
		if _, err := s.Revoke(ctx, "L1", at); err != nil {
			t.Fatal(err)
		}
		must(t, s.Reissue(ctx, "L1", 1, "two"))
		if err := s.Reissue(ctx, "L1", 1, "other"); !errors.Is(err, ErrConflict) {
			t.Errorf("a second reissue of the same version: %v", err)
		}
		if err := s.Reissue(ctx, "nobody", 1, "x"); !errors.Is(err, ErrNotFound) {
			t.Errorf("an unknown link: %v", err)
		}
		must(t, s.SaveLinks(ctx, []schedule.Link{made})) // an import that knows the first version alone
		want := made
		want.SecretHash, want.Version = "two", 2
		got, ok, err := s.Link(ctx, "L1")
		if d := cmp.Diff(want, got); !ok || err != nil || d != "" {
			t.Errorf("%v %v %s", ok, err, d)
		}
	})
}

func TestLobby_TheLastTestAndConsentOfALinkCount(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := open(t, Options{URL: url}), t.Context()
		at := time.Date(2021, 12, 6, 1, 2, 3, 0, time.UTC)
		must(t, s.SaveReadiness(ctx, "e", "L1", schedule.Readiness{At: at, Camera: schedule.TestFailed}))
		want := schedule.Readiness{
			At: at.Add(time.Minute), Camera: schedule.TestPassed, RTT: time.Second,
			Network: &schedule.NetworkTest{At: at, UDP: schedule.TestFailed, Path: schedule.PathRelay, Route: "relay", LossUp: 0.25, Up: 300_000},
		}
		must(t, s.SaveReadiness(ctx, "e", "L1", want))
		must(t, s.SaveConsent(ctx, "e", "L2", schedule.Consent{Notice: "n", At: at}))
		tests, err := s.Readiness(ctx, "e")
		must(t, err)
		if d := cmp.Diff(map[schedule.LinkID]schedule.Readiness{"L1": want}, tests); d != "" {
			t.Error(d)
		}
		consents, err := s.Consents(ctx, "e")
		must(t, err)
		if d := cmp.Diff(map[schedule.LinkID]schedule.Consent{"L2": {Notice: "n", At: at}}, consents); d != "" {
			t.Error(d)
		}
	})
}

func TestPath_TheLastOfALinkCounts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := open(t, Options{URL: url}), t.Context()
		if p, err := s.Path(ctx, "e", "L1"); err != nil || p != (schedule.LinkPath{}) {
			t.Errorf("of a link that was never used: %+v, %v", p, err)
		}
		at := time.Date(2021, 12, 6, 1, 2, 3, 0, time.UTC)
		must(t, s.SavePath(ctx, "e", "L1", schedule.LinkPath{Profile: schedule.PathActive, At: at}))
		want := schedule.LinkPath{Profile: schedule.PathRelay, At: at.Add(time.Minute)}
		must(t, s.SavePath(ctx, "e", "L1", want))
		if p, err := s.Path(ctx, "e", "L1"); err != nil || p != want {
			t.Errorf("%+v, %v, want %+v", p, err, want)
		}
		if p, err := s.Path(ctx, "another", "L1"); err != nil || p.Profile != "" {
			t.Errorf("of another event: %+v, %v", p, err)
		}
	})
}

func TestNotes_EachAsSavedLastOldestFirst(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := open(t, Options{URL: url}), t.Context()
		at := time.Date(2021, 12, 6, 0, 0, 0, 0, time.UTC)
		call := schedule.Note{ID: "1", At: at, Kind: schedule.NoteCall, From: schedule.NoteSender{Role: schedule.RoleFirm, Booth: "b1", Seat: "S01/firm"}}
		answer := schedule.Note{ID: "2", At: at.Add(time.Minute), Kind: schedule.NoteText, Text: "갑니다", To: schedule.NoteTarget{Seat: "S01/firm"}}
		must(t, s.SaveNote(ctx, "e", call))
		must(t, s.SaveNote(ctx, "e", answer))
		call.SeenBy, call.SeenAt = "console-1", at.Add(time.Minute)
		must(t, s.SaveNote(ctx, "e", call))
		got, err := s.Notes(ctx, "e")
		must(t, err)
		if d := cmp.Diff([]schedule.Note{call, answer}, got); d != "" {
			t.Error(d)
		}
		if other, err := s.Notes(ctx, "another"); err != nil || len(other) != 0 {
			t.Errorf("another event has %v, %v", other, err)
		}
	})
}
