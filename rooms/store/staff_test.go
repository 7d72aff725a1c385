package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
)

func staffAccount(id, login string, right schedule.Right, at time.Time) schedule.Account {
	return schedule.Account{
		ID: schedule.AccountID(id), Login: login, Name: "Kim " + id, Right: right, Hash: "$argon2id$…", CreatedAt: at, ChangedAt: at,
	}
}

func staffSession(id string, of schedule.AccountID, at time.Time) schedule.StaffSession {
	return schedule.StaffSession{ID: id, Account: of, Browser: "Firefox", CreatedAt: at, SeenAt: at, ExpiresAt: at.Add(7 * 24 * time.Hour), Hash: "h-" + id}
}

func TestAccounts_ALoginAndASubjectBelongToOne(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s, ctx, now := open(t, Options{URL: url}), t.Context(), time.Now().UTC()
		a := staffAccount("a-1", "kim", schedule.RightAdministrator, now)
		a.Subject = "https://issuer sub-1"
		_, err := s.SaveAccount(ctx, a, time.Time{}, false, "")
		must(t, err)
		for what, change := range map[string]func(*schedule.Account){
			"login":   func(b *schedule.Account) { b.Login = "kim" },
			"subject": func(b *schedule.Account) { b.Subject = a.Subject },
		} {
			b := staffAccount("a-2", "lee", schedule.RightViewer, now)
			change(&b)
			if _, err := s.SaveAccount(ctx, b, time.Time{}, false, ""); !errors.Is(err, ErrTaken) {
				t.Errorf("the same %s twice: %v", what, err)
			}
		}
		if _, err := s.SaveAccount(ctx, a, time.Time{}, false, ""); !errors.Is(err, ErrConflict) {
			t.Errorf("an account was made over another: %v", err)
		}
		got, ok, err := s.AccountOfLogin(ctx, "kim")
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if diff := cmp.Diff(a, got); diff != "" {
			t.Error(diff)
		}
		renamed := got
		renamed.Login, renamed.Subject, renamed.ChangedAt = "kim.yj", "https://issuer sub-9", now.Add(time.Second)
		_, err = s.SaveAccount(ctx, renamed, got.ChangedAt, false, "")
		must(t, err)
		for _, former := range []string{"kim", "nobody"} {
			if _, ok, err := s.AccountOfLogin(ctx, former); ok || err != nil {
				t.Errorf("%s: found %v, %v", former, ok, err)
			}
		}
		if _, ok, _ := s.AccountOfSubject(ctx, a.Subject); ok {
			t.Error("the former subject still leads to the account")
		}
		if x, ok, err := s.AccountOfSubject(ctx, renamed.Subject); !ok || err != nil || x.ID != "a-1" {
			t.Errorf("%+v, %v, %v", x, ok, err)
		}
		_, err = s.SaveAccount(ctx, staffAccount("a-2", "kim", schedule.RightViewer, now), time.Time{}, false, "")
		must(t, err) // the former login is free
	})
}

func TestAccounts_OfManyWhoTakeALoginAtOnceOneGetsIt(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s, now := open(t, Options{URL: url}), time.Now()
		var got atomic.Int32
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				_, err := s.SaveAccount(t.Context(), staffAccount(fmt.Sprintf("a-%d", i), "kim", schedule.RightViewer, now), time.Time{}, false, "")
				switch {
				case err == nil:
					got.Add(1)
				case !errors.Is(err, ErrTaken):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		all, err := s.Accounts(t.Context())
		if got.Load() != 1 || len(all) != 1 || err != nil {
			t.Errorf("%d have the login, %d accounts, %v", got.Load(), len(all), err)
		}
	})
}

func TestAccounts_TheLastAdministratorStays(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s, ctx, now := open(t, Options{URL: url}), t.Context(), time.Now()
		one := staffAccount("a-1", "kim", schedule.RightAdministrator, now)
		two := staffAccount("a-2", "lee", schedule.RightAdministrator, now)
		limited := staffAccount("a-3", "choi", schedule.RightAdministrator, now)
		limited.Events = []schedule.EventID{"fair"} // cannot administer the installation
		for _, a := range []schedule.Account{one, two, limited} {
			_, err := s.SaveAccount(ctx, a, time.Time{}, false, "")
			must(t, err)
		}
		change := func(a schedule.Account, how func(*schedule.Account)) error {
			next := a
			next.ChangedAt = a.ChangedAt.Add(time.Minute)
			how(&next)
			_, err := s.SaveAccount(ctx, next, a.ChangedAt, true, "")
			return err
		}
		// Two at once, each the other's way out: one must be refused.
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for i, a := range []schedule.Account{one, two} {
			wg.Go(func() { errs[i] = change(a, func(a *schedule.Account) { a.Disabled = true }) })
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), ErrLastAdministrator) {
			t.Fatalf("%v and %v", errs[0], errs[1])
		}
		left := one
		if errs[0] == nil {
			left = two
		}
		for what, how := range map[string]func(*schedule.Account){
			"disabled":        func(a *schedule.Account) { a.Disabled = true },
			"made less":       func(a *schedule.Account) { a.Right = schedule.RightCoordinator },
			"kept to a fair":  func(a *schedule.Account) { a.Events = []schedule.EventID{"fair"} },
			"all of it, once": func(a *schedule.Account) { a.Right, a.Disabled = schedule.RightViewer, true },
		} {
			if err := change(left, how); !errors.Is(err, ErrLastAdministrator) {
				t.Errorf("%s: %v", what, err)
			}
		}
		must(t, change(left, func(a *schedule.Account) { a.Name = "Kim" }))
	})
}

func TestAccounts_AChangeOnAnOldReadingIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s, ctx, now := open(t, Options{URL: url}), t.Context(), time.Now().UTC()
		a := staffAccount("a-1", "kim", schedule.RightCoordinator, now)
		_, err := s.SaveAccount(ctx, a, time.Time{}, false, "")
		must(t, err)
		next := a
		next.Name, next.ChangedAt = "Lee", now.Add(time.Microsecond)
		_, err = s.SaveAccount(ctx, next, now, false, "")
		must(t, err)
		next.Name, next.ChangedAt = "Park", now.Add(time.Second)
		if _, err = s.SaveAccount(ctx, next, now, false, ""); !errors.Is(err, ErrConflict) {
			t.Errorf("changed on what it was before: %v", err)
		}
	})
}

func TestStaffSession_EndsWithTheChangeOfItsAccount(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := open(t, Options{URL: url}), t.Context()
		now := time.Now().UTC().Truncate(time.Millisecond)
		a, b := staffAccount("a-1", "kim", schedule.RightAdministrator, now), staffAccount("a-2", "lee", schedule.RightViewer, now)
		for _, x := range []schedule.Account{a, b} {
			_, err := s.SaveAccount(ctx, x, time.Time{}, false, "")
			must(t, err)
		}
		for _, x := range []schedule.StaffSession{staffSession("s-1", "a-1", now), staffSession("s-2", "a-1", now), staffSession("s-3", "a-2", now)} {
			ended, err := s.BeginStaffSession(ctx, x, now, 12*time.Hour, 20)
			if err != nil || len(ended) > 0 {
				t.Fatal(ended, err)
			}
		}
		must(t, s.SeeStaffSession(ctx, "s-1", now.Add(time.Minute)))
		x, of, ok, err := s.StaffSession(ctx, "s-1")
		if err != nil || !ok || of.ID != "a-1" || x.Hash != "h-s-1" || !x.SeenAt.Equal(now.Add(time.Minute)) || !x.ExpiresAt.Equal(now.Add(7*24*time.Hour)) {
			t.Fatalf("%+v of %+v, %v, %v", x, of, ok, err)
		}
		g := schedule.Grants{Event: "fair", Link: "s-2", Kind: schedule.LinkConsole, Account: "a-1", Right: schedule.RightAdministrator}
		must(t, s.SaveToken(ctx, "token", g, time.Hour))
		if got, _, ok, err := s.StaffToken(ctx, "s-2", "token"); err != nil || !ok || got.Account != "a-1" {
			t.Fatalf("%+v, %v, %v", got, ok, err)
		}
		if _, _, ok, _ := s.StaffToken(ctx, "s-1", "token"); ok {
			t.Error("a token is good for another session")
		}

		next := a
		next.Name, next.ChangedAt = "Kim", now.Add(time.Minute)
		ended, err := s.SaveAccount(ctx, next, now, true, "s-1")
		if err != nil || !slices.Equal(ended, []string{"s-2"}) {
			t.Errorf("ended %v, %v", ended, err)
		}
		if _, _, ok, err := s.StaffToken(ctx, "s-2", "token"); ok || err != nil {
			t.Errorf("the token outlives its session: %v", err)
		}
		must(t, s.SeeStaffSession(ctx, "s-2", now.Add(time.Hour))) // must not bring it back
		all, err := s.StaffSessions(ctx)
		if err != nil || len(all) != 2 || all[0].ID != "s-1" || all[1].ID != "s-3" {
			t.Errorf("left: %+v, %v", all, err)
		}
		if _, err := s.BeginStaffSession(ctx, staffSession("s-4", "a-1", now), now, 12*time.Hour, 20); !errors.Is(err, ErrConflict) {
			t.Errorf("a session of an account as it was before the change: %v", err)
		}
		if found, err := s.EndStaffSession(ctx, "s-1"); !found || err != nil {
			t.Error(found, err)
		}
		if found, err := s.EndStaffSession(ctx, "s-1"); found || err != nil {
			t.Error("ended twice", found, err)
		}
	})
}

func TestStaffSession_OfTooManyTheOneUsedLongestAgoGoes(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := open(t, Options{URL: url}), t.Context()
		now := time.Now().UTC().Truncate(time.Millisecond)
		a := staffAccount("a-1", "kim", schedule.RightViewer, now)
		_, err := s.SaveAccount(ctx, a, time.Time{}, false, "")
		must(t, err)
		begin := func(id string, at time.Time) []string {
			t.Helper()
			ended, err := s.BeginStaffSession(ctx, staffSession(id, "a-1", at), now, 12*time.Hour, 3)
			must(t, err)
			return ended
		}
		begin("s-1", now)
		begin("s-2", now.Add(time.Minute))
		begin("s-3", now.Add(2*time.Minute))
		must(t, s.SeeStaffSession(ctx, "s-1", now.Add(3*time.Minute)))
		if ended := begin("s-4", now.Add(4*time.Minute)); !slices.Equal(ended, []string{"s-2"}) {
			t.Errorf("ended %v, want s-2", ended)
		}
		// A day later all of them have not been used for too long.
		ended := begin("s-5", now.Add(24*time.Hour))
		slices.Sort(ended)
		if strings.Join(ended, " ") != "s-1 s-3 s-4" {
			t.Errorf("cleared away: %v", ended)
		}
	})
}

func TestAPIKey_IsKeptUsedAndRevoked(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := open(t, Options{URL: url}), t.Context()
		now := time.Now().UTC().Truncate(time.Millisecond)
		k := schedule.APIKey{
			ID: "key_1", Event: "fair", Name: "ERP", Scopes: []schedule.Scope{schedule.ScopeBoard}, Hash: "h", CreatedAt: now, CreatedBy: "a-1",
		}
		must(t, s.SaveAPIKey(ctx, k))
		other := k
		other.ID, other.Event, other.CreatedAt = "key_2", "fair", now.Add(time.Second)
		must(t, s.SaveAPIKey(ctx, other))
		must(t, s.APIKeyUsed(ctx, "key_1", now))
		must(t, s.APIKeyUsed(ctx, "key_1", now.Add(time.Minute)))
		must(t, s.APIKeyUsed(ctx, "key_9", now)) // makes none
		got, ok, err := s.APIKey(ctx, "key_1")
		if err != nil || !ok || got.UsedAt == nil || !got.UsedAt.Equal(now.Add(time.Minute)) || got.Revoked {
			t.Fatalf("%+v, %v, %v", got, ok, err)
		}
		must(t, s.RevokeAPIKey(ctx, "key_1", now))
		all, err := s.APIKeys(ctx, "fair")
		if err != nil || len(all) != 2 || all[0].ID != "key_2" || !all[1].Revoked {
			t.Errorf("%+v, %v", all, err)
		}
		if _, ok, err := s.APIKey(ctx, "key_9"); ok || err != nil {
			t.Errorf("there is a key that nobody made: %v", err)
		}
		if all, err := s.APIKeys(ctx, "other"); len(all) != 0 || err != nil {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

func TestNewest_ReadsTheLedgerFromItsEndPageByPage(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := open(t, Options{URL: url, Dir: t.TempDir()}), within(t, 30*time.Second)
		const n = pageSize + 100
		for i := range n {
			s.Append(schedule.Entry{Event: "fair", Kind: schedule.EntryStaff, By: "a-1", Detail: fmt.Sprint(i), Words: fmt.Sprint("why ", i)})
		}
		must(t, s.Flush(ctx))
		next, before := n-1, ""
		for range 3 { // in three readings, the places of which fit together
			read := 0
			must(t, s.Newest(ctx, "fair", before, func(at string, e schedule.Entry) bool {
				if read == 210 {
					return false
				}
				if e.Detail != fmt.Sprint(next) || e.Words != fmt.Sprint("why ", next) {
					t.Fatalf("%s (%s), want %d", e.Detail, e.Words, next)
				}
				read, next, before = read+1, next-1, at
				return true
			}))
		}
		if next != -1 {
			t.Errorf("%d were not read", next+1)
		}
		must(t, s.Newest(ctx, "other", "", func(string, schedule.Entry) bool { t.Error("another event's"); return false }))
	})
}

func TestAppendNow_StandsInTheChainBesideARunningServer(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		server, command, ctx := open(t, Options{URL: url, Dir: t.TempDir()}), open(t, Options{URL: url, Node: "shell"}), within(t, 30*time.Second)
		var wg sync.WaitGroup
		const n = 20
		for i := range n {
			server.Append(schedule.Entry{Event: schedule.House, Kind: schedule.EntryStaff, By: "a-1", Detail: fmt.Sprint("sign_in ", i)})
			wg.Go(func() {
				err := command.AppendNow(ctx, schedule.Entry{Event: schedule.House, Kind: schedule.EntryStaff, By: "terminal", Detail: fmt.Sprint("account ", i), Words: "why"})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		must(t, server.Flush(ctx))
		var all []schedule.Entry
		must(t, server.Entries(ctx, schedule.House, func(e schedule.Entry) error { all = append(all, e); return nil }))
		prev, words := attendance.Genesis, 0
		for _, e := range all {
			if e.Prev != prev {
				t.Fatalf("%s stands on %s, not on %s", e.Detail, e.Prev, prev)
			}
			prev = e.Hash
			if e.Words == "why" {
				words++
			}
		}
		if len(all) != 2*n || words != n {
			t.Errorf("%d entries, %d with words", len(all), words)
		}
	})
}
