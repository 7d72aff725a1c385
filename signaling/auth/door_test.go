package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/oauth2-proxy/mockoidc"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
	"sangdam/rooms/store/storetest"
	"sangdam/signaling/protocol"
)

// doorRig is a Door on a real Redis, whose clock the test sets.
type doorRig struct {
	*Door
	t     *testing.T
	store *store.Store

	mu      sync.Mutex
	at      time.Time
	entries []schedule.Entry
	ended   []string
}

func (r *doorRig) Append(e schedule.Entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.entries = append(r.entries, e)
}

func (r *doorRig) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.at
}

func (r *doorRig) pass(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = r.at.Add(d)
}

const rightPhrase = "sesame open please"

func newDoorRig(t *testing.T) *doorRig {
	t.Helper()
	redis, _, _ := storetest.Redis(t)
	s, err := store.Open(t.Context(), store.Options{URL: redis, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	r := &doorRig{t: t, store: s, at: time.Now().UTC().Truncate(time.Millisecond)}
	r.Door = NewDoor(DoorDeps{
		Store: s, Hasher: cheap(), Ledger: r, Now: r.clock,
		Ended: func(_ context.Context, ids []string) { r.ended = append(r.ended, ids...) },
	})
	return r
}

// account makes one with rightPhrase.
func (r *doorRig) account(login string, change ...func(*schedule.Account)) schedule.Account {
	r.t.Helper()
	hash, err := cheap().Make(r.t.Context(), rightPhrase)
	if err != nil {
		r.t.Fatal(err)
	}
	a := schedule.Account{
		ID: NewAccountID(), Login: login, Name: "Kim", Right: schedule.RightCoordinator, Hash: hash,
		CreatedAt: r.clock(), ChangedAt: Changed(schedule.Account{}, r.clock()),
	}
	for _, c := range change {
		c(&a)
	}
	if _, err := r.store.SaveAccount(r.t.Context(), a, time.Time{}, false, ""); err != nil {
		r.t.Fatal(err)
	}
	return a
}

func visitor(addr string) Visitor {
	return Visitor{Addr: netip.MustParseAddr(addr), Browser: "Firefox\x00 140"}
}

func (r *doorRig) signIn(login, passphrase, former string) (string, error) {
	cookie, _, err := r.SignIn(r.t.Context(), login, passphrase, former, visitor("192.0.2.1"))
	return cookie, err
}

func (r *doorRig) mustSignIn(login string) string {
	r.t.Helper()
	cookie, err := r.signIn(login, rightPhrase, "")
	if err != nil {
		r.t.Fatal(err)
	}
	return cookie
}

func wantCode(t *testing.T, what string, err error, want protocol.Code) {
	t.Helper()
	if err == nil || protocol.AsFault(err).Code != want {
		t.Errorf("%s: %v, want %s", what, err, want)
	}
}

func TestSignIn_UnknownWrongAndDisabledHaveOneAnswer(t *testing.T) {
	r := newDoorRig(t)
	r.account("kim")
	r.account("gone", func(a *schedule.Account) { a.Disabled = true })
	r.account("openid", func(a *schedule.Account) { a.Hash = "" })
	answers := map[string][]string{}
	for login, passphrase := range map[string]string{
		"kim": "sesame open pleas", "nobody": rightPhrase, "gone": rightPhrase, "openid": rightPhrase,
		strings.Repeat("x", 64): "", "한글": rightPhrase,
	} {
		_, err := r.signIn(login, passphrase, "")
		wantCode(t, login, err, protocol.CodeSignInWrong)
		f := protocol.AsFault(err)
		answers[fmt.Sprintf("%+v", f.Wire())] = append(answers[fmt.Sprintf("%+v", f.Wire())], login)
	}
	if len(answers) != 1 {
		t.Errorf("the answers differ: %v", answers)
	}
	if _, err := r.signIn("  KIM ", " "+rightPhrase, ""); err != nil {
		t.Errorf("capitals and spaces around: %v", err)
	}
	for _, e := range r.entries {
		if e.Event != schedule.House || strings.Contains(e.Detail+e.Words, "nobody") || strings.Contains(e.Detail+e.Words, "sesame") {
			t.Errorf("the ledger has what was typed: %+v", e)
		}
	}
	if n := len(r.entries); n != 7 || r.entries[n-1].By == "" || !strings.HasPrefix(r.entries[n-1].Detail, "sign_in s-") || r.entries[n-1].Words != "from 192.0.2.1" {
		t.Errorf("entries %+v", r.entries)
	}
}

func TestSignIn_WrongOnesOfAnAccountAreLimitedWhereverTheyComeFrom(t *testing.T) {
	for _, login := range []string{"kim", "nobody"} { // the limit tells nothing either
		r := newDoorRig(t)
		r.account("kim")
		wrong, refused := 0, 0
		var mu sync.Mutex
		var wg sync.WaitGroup
		for i := range 60 { // at once, from many addresses: none gets a chance of its own
			wg.Go(func() {
				_, _, err := r.SignIn(t.Context(), login, "guess number one", "", visitor(fmt.Sprintf("198.51.100.%d", i)))
				mu.Lock()
				defer mu.Unlock()
				switch protocol.AsFault(err).Code {
				case protocol.CodeSignInWrong:
					wrong++
				case protocol.CodeRateLimited:
					refused++
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if wrong > guessBurst || wrong+refused != 60 {
			t.Errorf("%s: %d guesses were answered, %d refused", login, wrong, refused)
		}
		for range guessBurst {
			_, _ = r.signIn(login, "guess number two", "")
		}
		_, err := r.signIn(login, rightPhrase, "")
		wantCode(t, login+": the right one when there is no try left", err, protocol.CodeRateLimited)
		if wait := protocol.AsFault(err).RetryAfter; wait <= 0 || wait > guessEvery {
			t.Errorf("wait %v", wait)
		}
		r.pass(guessEvery)
		if _, err := r.signIn(login, rightPhrase, ""); (err == nil) != (login == "kim") {
			t.Errorf("%s after waiting: %v", login, err)
		}
	}
}

func TestSignIn_NobodyElsewhereLocksOutWhoSignedInHere(t *testing.T) {
	r := newDoorRig(t)
	r.account("kim")
	r.mustSignIn("kim")
	for i := range 3 * guessBurst {
		_, _, _ = r.SignIn(t.Context(), "kim", "guess number one", "", visitor(fmt.Sprintf("198.51.100.%d", i)))
		// A login that looks like a place of another is not that place.
		_, _, _ = r.SignIn(t.Context(), "192.0.2.1 kim", "guess number one", "", visitor(fmt.Sprintf("198.51.101.%d", i)))
	}
	_, _, err := r.SignIn(t.Context(), "kim", rightPhrase, "", visitor("198.51.102.1"))
	wantCode(t, "at another place", err, protocol.CodeRateLimited)
	r.mustSignIn("kim")
	for range guessBurst {
		_, err := r.signIn("kim", "guess number one", "")
		wantCode(t, "wrong here", err, protocol.CodeSignInWrong)
	}
	_, err = r.signIn("kim", rightPhrase, "")
	wantCode(t, "guesses here are counted, too", err, protocol.CodeRateLimited)
	r.pass(sessionMost) // it was somebody else's place by then
	for range guessBurst {
		_, _, _ = r.SignIn(t.Context(), "kim", "guess number one", "", visitor("198.51.100.1"))
	}
	_, err = r.signIn("kim", rightPhrase, "")
	wantCode(t, "after a week", err, protocol.CodeRateLimited)
}

func TestSignIn_RightOnesTakeNothingOfTheGuesses(t *testing.T) {
	r := newDoorRig(t)
	r.account("kim")
	for range 3 * guessBurst {
		r.mustSignIn("kim")
		r.pass(tryEvery)
	}
}

func TestSignIn_TriesOfAnAddressAreLimited(t *testing.T) {
	r := newDoorRig(t)
	for i := range tryBurst {
		_, _, err := r.SignIn(t.Context(), fmt.Sprint("kim", i), "guess number one", "", visitor("2001:db8::1"))
		wantCode(t, "try", err, protocol.CodeSignInWrong)
	}
	_, _, err := r.SignIn(t.Context(), "lee", "guess number one", "", visitor("2001:db8::2")) // the same /64
	wantCode(t, "one more", err, protocol.CodeRateLimited)
	_, _, err = r.SignIn(t.Context(), "lee", "guess number one", "", visitor("2001:db8:1::2"))
	wantCode(t, "elsewhere", err, protocol.CodeSignInWrong)
	if n := len(r.entries); n != tryBurst+1 {
		t.Errorf("%d entries", n)
	}
}

func TestSignIn_AFloodOfWrongOnesDoesNotFillTheLedger(t *testing.T) {
	r := newDoorRig(t)
	for i := range 3 * toldBurst {
		_, _, _ = r.SignIn(t.Context(), fmt.Sprint("kim", i), "guess number one", "", visitor(fmt.Sprintf("198.51.%d.%d", i/250, i%250)))
	}
	if n := len(r.entries); n != toldBurst {
		t.Errorf("%d entries, want %d", n, toldBurst)
	}
}

func TestSignIn_AHashOfAFormerCostIsMadeAnew(t *testing.T) {
	r := newDoorRig(t)
	a := r.account("kim", func(a *schedule.Account) {
		hash, err := newHasher(cost{memory: 16, passes: 1, threads: 1}).Make(t.Context(), rightPhrase)
		if err != nil {
			t.Fatal(err)
		}
		a.Hash = hash
	})
	before := r.mustSignIn("kim")
	got, _, err := r.store.Account(t.Context(), a.ID)
	if err != nil || got.Hash == a.Hash || !strings.Contains(got.Hash, "m=64,") {
		t.Errorf("hash %s, %v", got.Hash, err)
	}
	r.mustSignIn("kim")
	if _, err := r.Who(t.Context(), before); err != nil {
		t.Errorf("a session ended by that: %v", err)
	}
}

func TestCookie_StolenTamperedAndExpiredAreWorthNothing(t *testing.T) {
	r := newDoorRig(t)
	a := r.account("kim")
	b := r.account("lee")
	cookie, other := r.mustSignIn("kim"), r.mustSignIn("lee")
	s, err := r.Who(t.Context(), cookie)
	if err != nil || s.Account.ID != a.ID || s.Session.Browser != "Firefox 140" {
		t.Fatalf("%+v, %v", s, err)
	}
	if o, err := r.Who(t.Context(), other); err != nil || o.Account.ID != b.ID {
		t.Fatal(o, err)
	}
	id, secret, _ := cut(cookie)
	otherID, _, _ := cut(other)
	flipped := []byte(cookie)
	flipped[len(flipped)-5] ^= 1
	for what, c := range map[string]string{
		"none": "", "no secret": id + ".", "of another session": otherID + "." + secret, "flipped": string(flipped),
		"cut": cookie[:len(cookie)-1], "longer": cookie + "A", "unknown": newStaffID(sessionPrefix) + "." + NewSecret(),
		"the hash": id + "." + Hash(secret)[:secretLen], "a link's": newToken("abcdefgh"), "a key": "key_" + cookie[2:],
	} {
		_, err := r.Who(t.Context(), c)
		wantCode(t, what, err, protocol.CodeSignInNeeded)
	}
	if x, _, _, _ := r.store.StaffSession(t.Context(), id); strings.Contains(fmt.Sprint(x), secret) {
		t.Error("what is kept holds the secret")
	}

	r.pass(sessionIdle - time.Minute)
	if _, err := r.Who(t.Context(), cookie); err != nil {
		t.Fatalf("used within its time: %v", err)
	}
	r.pass(2 * time.Minute)
	_, err = r.Who(t.Context(), other)
	wantCode(t, "not used for too long", err, protocol.CodeSignInNeeded)
	if !slices.Contains(r.ended, otherID) {
		t.Error("what it opened was not told that it is over")
	}
	for range 30 { // used all the time
		r.pass(6 * time.Hour)
		_, err = r.Who(t.Context(), cookie)
	}
	wantCode(t, "a week later", err, protocol.CodeSignInNeeded)
}

func TestCookie_IsAnotherAfterEachSignIn(t *testing.T) {
	r := newDoorRig(t)
	r.account("kim")
	first := r.mustSignIn("kim")
	second, err := r.signIn("kim", rightPhrase, first)
	if err != nil || second == first {
		t.Fatal(second == first, err)
	}
	_, err = r.Who(t.Context(), first)
	wantCode(t, "the former cookie", err, protocol.CodeSignInNeeded)
	id, _, _ := cut(first)
	if !slices.Contains(r.ended, id) {
		t.Errorf("ended %v, want %s", r.ended, id)
	}
	// One that somebody else planted stays theirs: it is not ended by its id alone.
	victim := r.mustSignIn("kim")
	victimID, _, _ := cut(victim)
	if _, err := r.signIn("kim", rightPhrase, victimID+"."+NewSecret()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Who(t.Context(), victim); err != nil {
		t.Errorf("a session was ended by who knows its id: %v", err)
	}
}

func TestToken_DiesWithItsSignIn(t *testing.T) {
	r := newDoorRig(t)
	a := r.account("kim")
	gate := NewGate(r.store, r.clock)
	open := func(cookie string) string {
		t.Helper()
		s, err := r.Who(t.Context(), cookie)
		if err != nil {
			t.Fatal(err)
		}
		token, g, err := r.Enter(t.Context(), s, "fair")
		if err != nil {
			t.Fatal(err)
		}
		got, err := gate.Grants(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(g, got); diff != "" || got.By() != string(a.ID) || !got.May(schedule.RightCoordinator) || got.May(schedule.RightAdministrator) {
			t.Errorf("%+v\n%s", got, diff)
		}
		if err := gate.Alive(t.Context(), got); err != nil {
			t.Fatal(err)
		}
		return token
	}
	dead := func(what, token string) {
		t.Helper()
		_, err := gate.Grants(t.Context(), token)
		wantCode(t, what, err, protocol.CodeSignInNeeded)
		session, _, _ := strings.Cut(token, ".")
		err = gate.Alive(t.Context(), schedule.Grants{Link: schedule.LinkID(session), Account: a.ID})
		wantCode(t, what, err, protocol.CodeSignInNeeded)
	}
	cookie := r.mustSignIn("kim")
	token := open(cookie)
	if err := r.SignOut(t.Context(), cookie); err != nil {
		t.Fatal(err)
	}
	dead("signed out", token)
	if err := r.SignOut(t.Context(), cookie); err != nil {
		t.Errorf("signing out twice: %v", err)
	}

	token = open(r.mustSignIn("kim"))
	next, _, err := r.store.Account(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	was := next.ChangedAt
	next.Right, next.ChangedAt = schedule.RightViewer, Changed(next, r.clock())
	if _, err := r.store.SaveAccount(t.Context(), next, was, true, ""); err != nil {
		t.Fatal(err)
	}
	dead("another right", token)

	next.Right, was = schedule.RightCoordinator, next.ChangedAt
	next.ChangedAt = Changed(next, r.clock())
	if _, err := r.store.SaveAccount(t.Context(), next, was, true, ""); err != nil {
		t.Fatal(err)
	}
	token = open(r.mustSignIn("kim"))
	for range 3 { // a console that is open counts as use
		r.pass(sessionIdle - time.Minute)
		if _, err := gate.Grants(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	r.pass(sessionIdle)
	dead("not used for too long", token)
}

func TestEnter_AnEventOfOthersIsNotThere(t *testing.T) {
	r := newDoorRig(t)
	r.account("kim", func(a *schedule.Account) { a.Events = []schedule.EventID{"fair"} })
	s, err := r.Who(t.Context(), r.mustSignIn("kim"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []schedule.EventID{"other", "nosuch", schedule.House, "", "a b"} {
		_, _, err := r.Enter(t.Context(), s, e)
		wantCode(t, string(e), err, protocol.CodeNotFound)
	}
}

func TestKey_IsGoodForItsScopesUntilItEnds(t *testing.T) {
	r := newDoorRig(t)
	gate := NewGate(r.store, r.clock)
	k, token := NewAPIKey("fair", "ERP", []schedule.Scope{schedule.ScopeBoard}, "a-1", r.clock(), r.clock().Add(time.Hour))
	if err := r.store.SaveAPIKey(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(fmt.Sprintf("%+v", k), strings.TrimPrefix(token, k.ID+".")) || !strings.HasPrefix(token, "key_") || len(token) > 64 {
		t.Errorf("%+v of %q", k, token)
	}
	g, err := gate.Grants(t.Context(), token)
	if err != nil || g.Event != "fair" || g.By() != k.ID || !slices.Equal(g.Scopes, k.Scopes) || g.May(schedule.RightViewer) {
		t.Fatalf("%+v, %v", g, err)
	}
	if got, _, err := r.store.APIKey(t.Context(), k.ID); err != nil || got.UsedAt == nil {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = gate.Grants(t.Context(), k.ID+"."+NewSecret())
	wantCode(t, "another secret", err, protocol.CodeTokenUnknown)
	r.pass(time.Hour)
	_, err = gate.Grants(t.Context(), token)
	wantCode(t, "expired", err, protocol.CodeTokenUnknown)

	k, token = NewAPIKey("fair", "ERP", []schedule.Scope{schedule.ScopeBoard}, "a-1", r.clock(), time.Time{})
	if err := errors.Join(r.store.SaveAPIKey(t.Context(), k), r.store.RevokeAPIKey(t.Context(), k.ID, r.clock())); err != nil {
		t.Fatal(err)
	}
	_, err = gate.Grants(t.Context(), token)
	wantCode(t, "revoked", err, protocol.CodeTokenUnknown)
}

// provider is a real provider of OpenID Connect, written by others, in this
// process.
func provider(t *testing.T, r *doorRig) (*mockoidc.MockOIDC, *OpenID) {
	t.Helper()
	m, err := mockoidc.NewServer(nil)
	if err != nil {
		t.Fatal(err)
	}
	published, err := m.Keypair.JWKS()
	if err != nil {
		t.Fatal(err)
	}
	// It publishes the keys that it began with, whatever it signs with.
	err = m.AddMiddleware(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == mockoidc.JWKSEndpoint {
				_, _ = w.Write(published)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Start(at, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Shutdown(); http.DefaultClient.CloseIdleConnections() })
	o := NewOpenID(OpenIDConfig{
		Issuer: m.Issuer(), ClientID: m.ClientID, ClientSecret: m.ClientSecret, Name: "Yangju",
		Redirect: "https://meet.example.kr" + OpenIDCallback, Key: []byte("key"),
	}, nil)
	t.Cleanup(o.client.CloseIdleConnections)
	return m, o
}

// consent lets the browser go to the provider, which sends it back at once.
func consent(t *testing.T, to string) (state, code string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer browser.CloseIdleConnections()
	resp, err := browser.Get(to)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	back, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(back.String(), "https://meet.example.kr"+OpenIDCallback+"?") {
		t.Fatalf("status %d, sent to %q, %v", resp.StatusCode, resp.Header.Get("Location"), err)
	}
	return back.Query().Get("state"), back.Query().Get("code")
}

func person(sub, email string, verified bool) *mockoidc.MockUser {
	return &mockoidc.MockUser{Subject: sub, Email: email, EmailVerified: verified}
}

func TestOpenID_FindsTheAccountBySubjectOrFirstByVerifiedAddress(t *testing.T) {
	r := newDoorRig(t)
	m, o := provider(t, r)
	a := r.account("kim@yangju.example")
	r.account("gone@yangju.example", func(a *schedule.Account) { a.Disabled = true })
	through := func(u *mockoidc.MockUser) (string, error) {
		t.Helper()
		m.QueueUser(u)
		to, flow, err := o.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		q, err := url.Parse(to)
		if err != nil || q.Query().Get("code_challenge_method") != "S256" || q.Query().Get("nonce") == "" {
			t.Fatalf("sent to %s, %v", to, err)
		}
		state, code := consent(t, to)
		return r.SignInOpenID(t.Context(), o, state, code, flow, "", visitor("192.0.2.1"))
	}
	for what, u := range map[string]*mockoidc.MockUser{
		"nobody's address":          person("sub-0", "lee@yangju.example", true),
		"an address that is not":    person("sub-0", "kim@yangju.example", false),
		"no address":                person("sub-0", "", true),
		"of an account that is out": person("sub-0", "gone@yangju.example", true),
	} {
		_, err := through(u)
		wantCode(t, what, err, protocol.CodeSignInWrong)
	}
	cookie, err := through(person("sub-1", "Kim@Yangju.Example", true))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := r.Who(t.Context(), cookie); err != nil || s.Account.ID != a.ID || s.Account.Subject != m.Issuer()+" sub-1" {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := through(person("sub-1", "new-address@yangju.example", true)); err != nil {
		t.Errorf("with another address later: %v", err)
	}
	_, err = through(person("sub-2", "kim@yangju.example", true))
	wantCode(t, "another person with the address", err, protocol.CodeSignInWrong)
	all, err := r.store.Accounts(t.Context())
	if err != nil || len(all) != 2 {
		t.Errorf("%d accounts, %v: one was made by itself", len(all), err)
	}
}

func TestOpenID_WhatDoesNotBelongToThisSignInIsRefused(t *testing.T) {
	r := newDoorRig(t)
	m, o := provider(t, r)
	r.account("kim@yangju.example")
	begin := func() (state, code, along string) {
		t.Helper()
		m.QueueUser(person("sub-1", "kim@yangju.example", true))
		to, along, err := o.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		state, code = consent(t, to)
		return state, code, along
	}
	try := func(state, code, along string) error {
		r.pass(tryEvery)
		_, err := r.SignInOpenID(t.Context(), o, state, code, along, "", visitor("192.0.2.1"))
		return err
	}
	state, code, along := begin()
	_, _, otherFlow := begin()
	payload, _, _ := strings.Cut(along, ".")
	for what, x := range map[string][3]string{
		"no cookie":                {state, code, ""},
		"another browser's cookie": {state, code, otherFlow},
		"another state":            {NewSecret(), code, along},
		"no state":                 {"", code, along},
		"a cookie signed by none":  {state, code, payload + "."},
		"a cookie of another key":  {state, code, payload + "." + NewSecret()},
	} {
		wantCode(t, what, try(x[0], x[1], x[2]), protocol.CodeSignInWrong)
	}
	wantCode(t, "a made-up code", try(state, "made-up", along), protocol.CodeSignInWrong)
	if err := try(state, code, along); err != nil {
		t.Fatalf("the right one after all these: %v", err)
	}
	wantCode(t, "a second time", try(state, code, along), protocol.CodeSignInWrong)

	// The code of one sign-in brought into another: PKCE and the nonce hold.
	state, _, along = begin()
	_, stolen, _ := begin()
	wantCode(t, "somebody else's code", try(state, stolen, along), protocol.CodeSignInWrong)

	state, code, along = begin()
	o.now = func() time.Time { return time.Now().Add(flowTime) }
	wantCode(t, "too late", try(state, code, along), protocol.CodeSignInWrong)
	o.now = time.Now

	for what, change := range map[string]func(*flow){
		"another nonce":    func(f *flow) { f.Nonce = NewSecret() },
		"another verifier": func(f *flow) { f.Verifier = NewSecret() },
	} {
		state, code, cookie := begin()
		f, ok := o.unseal(cookie)
		if !ok {
			t.Fatal("our own cookie is refused")
		}
		change(&f)
		wantCode(t, what, try(state, code, o.seal(f)), protocol.CodeSignInWrong)
	}

	rogue, err := mockoidc.RandomKeypair(2048)
	if err != nil {
		t.Fatal(err)
	}
	state, code, along = begin()
	m.Keypair.PrivateKey = rogue.PrivateKey
	wantCode(t, "a signature of another key", try(state, code, along), protocol.CodeSignInWrong)
}

func TestOpenID_AProviderThatIsAwayIsNoWrongPassphrase(t *testing.T) {
	r := newDoorRig(t)
	m, o := provider(t, r)
	if err := m.Shutdown(); err != nil {
		t.Fatal(err)
	}
	_, _, err := o.Begin(t.Context())
	wantCode(t, "begin", err, protocol.CodeUnavailable)
}
