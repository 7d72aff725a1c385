package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
	"sangdam/rooms/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// open makes a Store that closes with the test.
func open(t *testing.T, o Options) *Store {
	t.Helper()
	if o.Logger == nil {
		o.Logger = quiet()
	}
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// onBoth runs a test on miniredis and on a real server.
func onBoth(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("miniredis", func(t *testing.T) {
		t.Parallel()
		test(t, storetest.Mini(t))
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		url, _, _ := storetest.Redis(t)
		test(t, url)
	})
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// details returns the Detail of each entry and proves the chain on the way.
func details(t *testing.T, s *Store, e schedule.EventID) []string {
	t.Helper()
	var out []string
	r, err := attendance.Verify(func(yield func(schedule.Entry, error) bool) {
		stop := errors.New("stop")
		err := s.Entries(t.Context(), e, func(x schedule.Entry) error {
			out = append(out, x.Detail)
			if !yield(x, nil) {
				return stop
			}
			return nil
		})
		if err != nil && !errors.Is(err, stop) {
			yield(schedule.Entry{}, err)
		}
	})
	must(t, err)
	if r.Broken != nil {
		t.Fatalf("chain of %s is broken: %s", e, r.Broken.Text)
	}
	return out
}

func numbered(from, to int) []string {
	var out []string
	for i := from; i < to; i++ {
		out = append(out, fmt.Sprint(i))
	}
	return out
}

func appendNumbered(s *Store, e schedule.EventID, from, to int) {
	for _, d := range numbered(from, to) {
		s.Append(schedule.Entry{Event: e, Kind: schedule.EntryPhase, Consultation: "S01", Detail: d})
	}
}

func TestOpen_UnreachableRedisIsATypedError(t *testing.T) {
	t.Parallel()
	log := &records{}
	_, err := Open(t.Context(), Options{URL: "redis://127.0.0.1:1/0", Logger: slog.New(slog.NewTextHandler(log, nil))})
	if !errors.Is(err, ErrUnreachable) {
		t.Fatalf("got %v", err)
	}
	if log.buf.Len() != 0 {
		t.Errorf("logged what the caller tells: %s", log.buf.String())
	}
	for _, bad := range []string{"", "127.0.0.1:6379", "http://127.0.0.1/"} {
		if _, err := Open(t.Context(), Options{URL: bad, Logger: quiet()}); err == nil || errors.Is(err, ErrUnreachable) {
			t.Errorf("URL %q: got %v, want an error about the URL", bad, err)
		}
	}
}

func TestClock_IsRedissOwn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		at, err := open(t, Options{URL: url}).Clock(t.Context())
		if err != nil || time.Since(at).Abs() > time.Minute {
			t.Errorf("%v %v", at, err)
		}
	})
}

func TestEvent_SavedComesBackWhole(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s := open(t, Options{URL: url})
		if _, err := s.Event(t.Context(), "none"); !errors.Is(err, ErrNotFound) {
			t.Fatalf("unknown event: got %v", err)
		}
		want := &schedule.Event{
			ID: "e1", Name: "상담회", Zone: "Asia/Seoul", Policy: schedule.DefaultPolicy(),
			Consultations: []schedule.Consultation{{ID: "S01", Start: time.Date(2021, 12, 6, 0, 0, 0, 0, time.UTC)}},
		}
		must(t, s.SaveEvent(t.Context(), want))
		must(t, s.SaveEvent(t.Context(), &schedule.Event{ID: "e0"}))
		got, err := s.Event(t.Context(), "e1")
		must(t, err)
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		ids, err := s.Events(t.Context())
		must(t, err)
		if !slices.Equal(ids, []schedule.EventID{"e0", "e1"}) {
			t.Errorf("events: %v", ids)
		}
	})
}

func TestLink_FirstUseAndRevocationOutliveASecondImport(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := open(t, Options{URL: url}), t.Context()
		at := time.Date(2021, 12, 6, 1, 2, 3, 0, time.UTC)
		l := schedule.Link{ID: "L1", SecretHash: "ab", Grants: schedule.Grants{Event: "e", Link: "L1", Role: schedule.RoleBuyer}, CreatedAt: at}
		must(t, s.SaveLinks(ctx, []schedule.Link{l, {ID: "L0", Grants: schedule.Grants{Event: "e"}}}))
		must(t, s.LinkUsed(ctx, "L1", at))
		must(t, s.LinkUsed(ctx, "L1", at.Add(time.Hour)))
		if found, err := s.Revoke(ctx, "L1", at); !found || err != nil {
			t.Fatalf("revoke: %v %v", found, err)
		}
		must(t, s.SaveLinks(ctx, []schedule.Link{l}))
		want := l
		used := at.Truncate(time.Millisecond)
		want.Revoked, want.RevokedAt, want.UsedAt = true, &used, &used
		got, ok, err := s.Link(ctx, "L1")
		if d := cmp.Diff(want, got); !ok || err != nil || d != "" {
			t.Errorf("%v %v %s", ok, err, d)
		}
		all, err := s.Links(ctx, "e")
		if err != nil || len(all) != 2 || all[0].ID != "L0" || !all[1].Revoked {
			t.Errorf("links: %+v %v", all, err)
		}

		must(t, s.LinkUsed(ctx, "nobody", at)) // leaves no half link behind
		if found, err := s.Revoke(ctx, "nobody", at); found || err != nil {
			t.Errorf("revoke unknown: %v %v", found, err)
		}
		if _, ok, err := s.Link(ctx, "nobody"); ok || err != nil {
			t.Errorf("unknown link: %v %v", ok, err)
		}
	})
}

func TestToken_LivesAsLongAsItsTTL(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := open(t, Options{URL: url}), t.Context()
		g := schedule.Grants{Event: "e", Link: "L", Kind: schedule.LinkBooth, Role: schedule.RoleFirm, Booth: "b1"}
		must(t, s.SaveLinks(ctx, []schedule.Link{{ID: "L", Grants: g}}))
		must(t, s.SaveToken(ctx, "long", g, time.Hour))
		must(t, s.SaveToken(ctx, "short", g, 200*time.Millisecond))
		if s.SaveToken(ctx, "never", g, 0) == nil {
			t.Error("a token for ever was accepted")
		}
		got, revoked, ok, err := s.Token(ctx, "L", "short")
		if !ok || revoked || err != nil || !cmp.Equal(g, got) {
			t.Fatalf("%v %v %v %+v", ok, revoked, err, got)
		}
		time.Sleep(500 * time.Millisecond)
		for token, want := range map[string]bool{"long": true, "short": false, "never": false} {
			if _, _, ok, err := s.Token(ctx, "L", token); ok != want || err != nil {
				t.Errorf("%s: %v %v", token, ok, err)
			}
		}
	})
}

func TestToken_IsGoodWithItsOwnLinkAloneAndToldWhenThatIsRevoked(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := open(t, Options{URL: url}), t.Context()
		mine, other := schedule.Grants{Event: "e", Link: "mine"}, schedule.Grants{Event: "e", Link: "other"}
		must(t, s.SaveLinks(ctx, []schedule.Link{{ID: "mine", Grants: mine}, {ID: "other", Grants: other}}))
		must(t, s.SaveToken(ctx, "token", mine, time.Hour))
		if _, err := s.Revoke(ctx, "mine", time.Now()); err != nil {
			t.Fatal(err)
		}
		if _, revoked, ok, err := s.Token(ctx, "mine", "token"); !revoked || !ok || err != nil {
			t.Errorf("of a revoked link: %v %v %v", revoked, ok, err)
		}
		for _, link := range []schedule.LinkID{"other", "nobody"} {
			if _, _, ok, err := s.Token(ctx, link, "token"); ok || err != nil {
				t.Errorf("with the link %q: %v %v", link, ok, err)
			}
		}
	})
}

func TestLease_OneNodeHasItAndALaterIncarnationTakesItAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		ctx := t.Context()
		a, b := open(t, Options{URL: url, Node: "a"}), open(t, Options{URL: url, Node: "b"})
		if _, _, err := a.Lease(ctx, "e", "S01", time.Second); !errors.Is(err, ErrNodeNotStarted) {
			t.Fatalf("lease without a node: %v", err)
		}
		for _, s := range []*Store{a, b} {
			_, err := s.StartNode(ctx)
			must(t, err)
		}
		try := func(s *Store, ttl time.Duration, wantHeld string, want bool) {
			t.Helper()
			held, ok, err := s.Lease(ctx, "e", "S01", ttl)
			if err != nil || held != wantHeld || ok != want {
				t.Fatalf("lease: %q %v %v, want %q %v", held, ok, err, wantHeld, want)
			}
		}
		try(a, time.Hour, "a", true)
		try(a, time.Hour, "a", true)
		try(b, time.Hour, "a", false)
		must(t, b.Unlease(ctx, "e", "S01")) // not b's to give
		try(b, time.Hour, "a", false)

		again := open(t, Options{URL: url, Node: "a"})
		inc, err := again.StartNode(ctx)
		if err != nil || inc != 2 {
			t.Fatalf("second start: %d %v", inc, err)
		}
		try(again, time.Hour, "a", true)
		try(a, time.Hour, "a", false) // the earlier incarnation does not get it back
		must(t, a.Unlease(ctx, "e", "S01"))
		try(b, time.Hour, "a", false)
		must(t, again.Unlease(ctx, "e", "S01"))
		try(b, 200*time.Millisecond, "b", true)
		time.Sleep(500 * time.Millisecond)
		try(again, time.Hour, "a", true)
	})
}

func TestLease_OfManyTakersOneGetsIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		var won sync.Map
		var all sync.WaitGroup
		for i := range 8 {
			s := open(t, Options{URL: url, Node: fmt.Sprint("n", i)})
			_, err := s.StartNode(t.Context())
			must(t, err)
			all.Go(func() {
				if _, ok, err := s.Lease(t.Context(), "e", "S01", time.Hour); ok && err == nil {
					won.Store(i, true)
				}
			})
		}
		all.Wait()
		n := 0
		won.Range(func(any, any) bool { n++; return true })
		if n != 1 {
			t.Errorf("%d nodes have the lease", n)
		}
	})
}

func TestRoomState_EachRoomHasItsOwn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := open(t, Options{URL: url}), t.Context()
		if _, ok, err := s.RoomState(ctx, "e", "S01"); ok || err != nil {
			t.Fatal(ok, err)
		}
		at := time.Date(2021, 12, 6, 0, 40, 0, 0, time.UTC)
		one := schedule.RoomState{Event: "e", Consultation: "S01", Phase: schedule.PhaseLive, ExtendedTo: at, UpdatedAt: at}
		two := schedule.RoomState{Event: "e", Consultation: "S02", Phase: schedule.PhaseEnded, EndedAt: at, UpdatedAt: at}
		must(t, s.SaveRoomState(ctx, one))
		must(t, s.SaveRoomState(ctx, two))
		got, ok, err := s.RoomState(ctx, "e", "S01")
		if d := cmp.Diff(one, got); !ok || err != nil || d != "" {
			t.Error(ok, err, d)
		}
		all, err := s.RoomStates(ctx, "e")
		if d := cmp.Diff(map[schedule.ConsultationID]schedule.RoomState{"S01": one, "S02": two}, all); err != nil || d != "" {
			t.Error(err, d)
		}
	})
}

func TestChat_OnceByIDInOrderAndBounded(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := open(t, Options{URL: url}), t.Context()
		const n = 700
		for i := range n {
			m := schedule.ChatMessage{ID: fmt.Sprint("m", i), Seat: "S01/buyer", Role: schedule.RoleBuyer, Text: fmt.Sprint(i)}
			must(t, s.AppendChat(ctx, "e", "S01", m))
			if i%50 == 0 {
				must(t, s.AppendChat(ctx, "e", "S01", m))
			}
		}
		must(t, s.AppendChat(ctx, "e", "S01", schedule.ChatMessage{ID: "m0", Text: "again"})) // trimmed, still known
		got, err := s.Chat(ctx, "e", "S01")
		must(t, err)
		if len(got) != chatKept {
			t.Fatalf("%d messages", len(got))
		}
		for i, m := range got {
			if want := fmt.Sprint("m", n-chatKept+i); m.ID != want {
				t.Fatalf("message %d is %s, want %s", i, m.ID, want)
			}
		}
		if other, err := s.Chat(ctx, "e", "S02"); err != nil || len(other) != 0 {
			t.Errorf("chat of another room: %v %v", other, err)
		}
	})
}
