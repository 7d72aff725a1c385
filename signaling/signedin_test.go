package signaling

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
	"sangdam/rooms/store/storetest"
	"sangdam/signaling/api"
	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
	"sangdam/signaling/staff"
)

const phrase = "sesame open please"

// newHouse is a rig with an Office, on a real Redis; another event is there, too.
func newHouse(t *testing.T, change ...func(*Deps)) *rig {
	t.Helper()
	redis, _, _ := storetest.Redis(t)
	var r *rig
	r = newRigOn(t, redis, append([]func(*Deps){func(d *Deps) {
		st, hasher := d.Tokens.(*store.Store), auth.NewHasher()
		ended := func(ctx context.Context, ids []string) { r.server.SignedOut(ctx, ids) }
		door := auth.NewDoor(auth.DoorDeps{Store: st, Hasher: hasher, Ledger: st, Ended: ended})
		d.Staff = staff.New(staff.Deps{Store: st, Ledger: st, Door: door, Hasher: hasher, Ended: ended})
	}}, change...)...)
	other := fair(time.Now())
	other.ID, other.Revision = "rival", 0
	if err := r.store.SaveEvent(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	return r
}

// account makes one with phrase.
func (r *rig) account(login string, right schedule.Right, events ...string) protocol.Account {
	r.t.Helper()
	made, err := r.server.deps.Staff.Add(r.t.Context(), staff.Terminal, protocol.NewAccount{
		Login: login, Name: "Name of " + login, Right: string(right), Events: events, Passphrase: phrase,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return made.Account
}

// reply is what a browser got.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (a reply) cookie(name string) *http.Cookie {
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func (a reply) code() protocol.Code {
	var p protocol.Problem
	_ = json.Unmarshal(a.body, &p) // another body has no code
	return p.Code
}

// browse sends a request as a page of ours does, unless the header says
// otherwise: name and value, an empty value takes one away.
func (r *rig) browse(method, path, cookie string, in any, header ...string) reply {
	r.t.Helper()
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			r.t.Fatal(err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.web.URL+path, body)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if method != http.MethodGet {
		req.Header.Set("Origin", r.web.URL)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if cookie != "" {
		req.AddCookie(&http.Cookie{Name: "sangdam", Value: cookie})
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i+1] == "" {
			req.Header.Del(header[i])
		} else if header[i] == "Host" {
			req.Host = header[i+1]
		} else {
			req.Header.Set(header[i], header[i+1])
		}
	}
	browser := r.web.Client()
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := browser.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, raw}
}

// signIn returns the cookie of a sign-in with phrase.
func (r *rig) signIn(login string) string {
	r.t.Helper()
	a := r.browse(http.MethodPost, "/api/v1/sign-in", "", protocol.SignIn{Login: login, Passphrase: phrase})
	c := a.cookie("sangdam")
	if a.status != http.StatusNoContent || c == nil || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || len(a.body) > 0 {
		r.t.Fatalf("status %d, cookie %+v, %s", a.status, c, a.body)
	}
	return c.Value
}

// console opens an event by cookie.
func (r *rig) console(cookie, event string) protocol.Bootstrap {
	r.t.Helper()
	a := r.browse(http.MethodPost, "/api/v1/staff/open", cookie, protocol.OpenEvent{Event: event})
	var b protocol.Bootstrap
	if err := json.Unmarshal(a.body, &b); err != nil || a.status != http.StatusOK {
		r.t.Fatalf("status %d, %v: %s", a.status, err, a.body)
	}
	return b
}

// R40, R42
func TestStaff_OpensAnEventAsAConsoleLinkDoes(t *testing.T) {
	r := newHouse(t)
	kim := r.account("kim", schedule.RightCoordinator)
	cookie := r.signIn("kim")
	b := r.console(cookie, "fair")
	if b.Kind != "console" || b.You.Right != "coordinator" || b.You.ID != kim.ID || b.You.Name != "Name of kim" || len(b.Consultations) != 3 {
		t.Errorf("%+v", b)
	}
	a := r.browse(http.MethodPost, "/api/v1/staff/open", cookie, protocol.OpenEvent{Event: "fair", Token: b.Token})
	var again protocol.Bootstrap
	if err := json.Unmarshal(a.body, &again); err != nil || again.Token != b.Token {
		t.Errorf("the tab's token is not used on: %v", err)
	}
	c := r.hello(b.Token, true)
	var board protocol.Board
	c.ask("watch", nil, "board", &board)
	if len(board.Rows) != 3 {
		t.Errorf("%d rows", len(board.Rows))
	}
	var me protocol.Me
	if a := r.browse(http.MethodGet, "/api/v1/staff/me", cookie, nil); json.Unmarshal(a.body, &me) != nil || me.Login != "kim" || len(me.Events) != 2 || me.Right != "coordinator" {
		t.Errorf("%+v", me)
	}
	link := r.open("console")
	if link.You.Right != "coordinator" || link.You.ID != string(r.links["console"].Link.ID) {
		t.Errorf("a console link is %+v", link.You)
	}
}

func TestStaff_AnEventOfOthersIsAnsweredAsIfThereWereNone(t *testing.T) {
	r := newHouse(t)
	r.account("kim", schedule.RightAdministrator, "fair")
	cookie := r.signIn("kim")
	open := func(event string) reply {
		return r.browse(http.MethodPost, "/api/v1/staff/open", cookie, protocol.OpenEvent{Event: event})
	}
	rival, none := open("rival"), open("nosuch")
	if rival.status != http.StatusNotFound || string(rival.body) != string(none.body) || rival.status != none.status {
		t.Errorf("another's event: %d %s; none: %d %s", rival.status, rival.body, none.status, none.body)
	}
	token := r.console(cookie, "fair").Token
	for _, path := range []string{"timetable", "links", "audit", "keys", "attendance", "board"} {
		of, no := r.browse(http.MethodGet, "/api/v1/events/rival/"+path, "", nil, "Authorization", "Bearer "+token),
			r.browse(http.MethodGet, "/api/v1/events/nosuch/"+path, "", nil, "Authorization", "Bearer "+token)
		if of.status != http.StatusForbidden || string(of.body) != string(no.body) {
			t.Errorf("%s: %d %s, of none %d %s", path, of.status, of.body, no.status, no.body)
		}
	}
	var me protocol.Me
	if a := r.browse(http.MethodGet, "/api/v1/staff/me", cookie, nil); json.Unmarshal(a.body, &me) != nil || len(me.Events) != 1 {
		t.Errorf("it is told of %+v", me.Events)
	}
	if a := r.browse(http.MethodGet, "/api/v1/accounts", "", nil, "Authorization", "Bearer "+token); a.code() != protocol.CodeForbidden {
		t.Errorf("an administrator of one event reads all accounts: %d %s", a.status, a.body)
	}
	profile := func(token string) reply {
		return r.browse(http.MethodGet, "/debug/pprof/heap", "", nil, "Authorization", "Bearer "+token)
	}
	r.account("chief", schedule.RightAdministrator, "fair")
	if a := profile(r.console(r.signIn("chief"), "fair").Token); a.code() != protocol.CodeForbidden {
		t.Errorf("an administrator of one event looks into the program of all: %d", a.status)
	}
	boss := r.account("boss", schedule.RightAdministrator)
	chiefs := r.console(r.signIn("boss"), "fair").Token
	if a := profile(chiefs); a.status != http.StatusOK {
		t.Errorf("an administrator: %d %s", a.status, a.body)
	}
	if a := r.browse(http.MethodGet, "/api/v1/audit?action=profile", "", nil, "Authorization", "Bearer "+chiefs); !strings.Contains(string(a.body), boss.ID) || !strings.Contains(string(a.body), `"heap"`) {
		t.Errorf("who looked into the program is not in the audit log: %s", a.body)
	}
}

// R41
func TestStaff_WhatAnotherSiteSendsIsRefused(t *testing.T) {
	r := newHouse(t)
	r.account("kim", schedule.RightCoordinator)
	cookie := r.signIn("kim")
	sign := protocol.SignIn{Login: "kim", Passphrase: phrase}
	for what, x := range map[string]struct {
		header []string
		want   protocol.Code
	}{
		"another origin":                    {[]string{"Origin", "https://evil.example", "Sec-Fetch-Site", ""}, protocol.CodeOrigin},
		"another origin, told as ours":      {[]string{"Origin", "https://evil.example"}, protocol.CodeOrigin},
		"another site":                      {[]string{"Sec-Fetch-Site", "cross-site"}, protocol.CodeOrigin},
		"a neighbouring host":               {[]string{"Sec-Fetch-Site", "same-site"}, protocol.CodeOrigin},
		"by hand":                           {[]string{"Sec-Fetch-Site", "none"}, protocol.CodeOrigin},
		"no origin, no site":                {[]string{"Origin", "", "Sec-Fetch-Site", ""}, protocol.CodeOrigin},
		"a sandboxed frame":                 {[]string{"Origin", "null", "Sec-Fetch-Site", ""}, protocol.CodeOrigin},
		"our name in another's":             {[]string{"Origin", r.web.URL + ".evil.example", "Sec-Fetch-Site", ""}, protocol.CodeOrigin},
		"our name before an at sign":        {[]string{"Origin", strings.Replace(r.web.URL, "http://", "http://evil@evil.example:80/", 1), "Sec-Fetch-Site", ""}, protocol.CodeOrigin},
		"a form":                            {[]string{"Content-Type", "application/x-www-form-urlencoded"}, protocol.CodeBadMessage},
		"a form with a file":                {[]string{"Content-Type", "multipart/form-data; boundary=x"}, protocol.CodeBadMessage},
		"a form of plain text":              {[]string{"Content-Type", "text/plain"}, protocol.CodeBadMessage},
		"a form with JSON behind semicolon": {[]string{"Content-Type", "text/plain; application/json"}, protocol.CodeBadMessage},
		"no type":                           {[]string{"Content-Type", ""}, protocol.CodeBadMessage},
	} {
		for path, in := range map[string]any{
			"/api/v1/sign-in": sign, "/api/v1/staff/open": protocol.OpenEvent{Event: "fair"}, "/api/v1/sign-out": struct{}{},
			"/api/v1/staff/passphrase": protocol.ChangePassphrase{Old: phrase, New: "another one, longer"},
		} {
			a := r.browse(http.MethodPost, path, cookie, in, x.header...)
			if a.code() != x.want || a.header.Get("Set-Cookie") != "" {
				t.Errorf("%s: %s: %d %s", what, path, a.status, a.body)
			}
		}
	}
	for _, site := range []string{"cross-site", "same-site"} {
		if a := r.browse(http.MethodGet, "/api/v1/staff/me", cookie, nil, "Sec-Fetch-Site", site); a.code() != protocol.CodeOrigin {
			t.Errorf("reading from %s: %d", site, a.status)
		}
	}
	if a := r.browse(http.MethodPost, "/api/v1/staff/open", cookie, protocol.OpenEvent{Event: "fair"}, "Sec-Fetch-Site", ""); a.status != http.StatusOK {
		t.Errorf("a browser that tells its origin alone: %d %s", a.status, a.body)
	}
	// The cookie opens nothing else: what is asked by it without a token is nobody's.
	for _, path := range []string{"/api/v1/events/fair/timetable", "/api/v1/accounts", "/api/v1/events/fair/audit"} {
		if a := r.browse(http.MethodGet, path, cookie, nil); a.code() != protocol.CodeTokenUnknown {
			t.Errorf("%s by cookie: %d", path, a.status)
		}
	}
}

func TestStaff_CookieOfAnotherNameIsNone(t *testing.T) {
	const public = "https://meet.example.kr"
	r := newHouse(t, func(d *Deps) {
		d.Origins = []string{public}
		d.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	r.account("kim", schedule.RightCoordinator)
	at := []string{"Host", "meet.example.kr", "Origin", public}
	a := r.browse(http.MethodPost, "/api/v1/sign-in", "", protocol.SignIn{Login: "kim", Passphrase: phrase}, at...)
	c := a.cookie("__Host-sangdam")
	if c == nil || !c.Secure || c.Path != "/" || c.Domain != "" || a.cookie("sangdam") != nil {
		t.Fatalf("%+v", a.header)
	}
	me := func(cookies string, header ...string) reply {
		return r.browse(http.MethodGet, "/api/v1/staff/me", "", nil, append(append(slices.Clone(at), "Cookie", cookies), header...)...)
	}
	if a := me("__Host-sangdam=" + c.Value); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	for what, cookies := range map[string]string{
		"the name that any host may set": "sangdam=" + c.Value,
		"another case":                   "__host-sangdam=" + c.Value,
		"two of one name":                "__Host-sangdam=" + c.Value + "; __Host-sangdam=" + c.Value,
		"quoted and broken":              "__Host-sangdam=\"" + c.Value,
		"nothing":                        "a=b",
	} {
		if a := me(cookies); a.code() != protocol.CodeSignInNeeded {
			t.Errorf("%s: %d %s", what, a.status, a.body)
		}
	}
	if a := me("__Host-sangdam="+c.Value, "Origin", "http://meet.example.kr", "Sec-Fetch-Site", ""); a.code() != protocol.CodeOrigin {
		t.Errorf("a page of our name without https: %d %s", a.status, a.body)
	}
	// Told by a proxy that is trusted, whatever the name; on the machine itself
	// plain http will do.
	if a := me("sangdam="+c.Value, "Host", "127.0.0.1:8080", "Origin", "http://127.0.0.1:8080"); a.status != http.StatusOK {
		t.Errorf("plain http on this machine: %d", a.status)
	}
	if a := me("sangdam="+c.Value, "Host", "127.0.0.1:8080", "Origin", "https://127.0.0.1:8080", "X-Forwarded-Proto", "https"); a.code() != protocol.CodeSignInNeeded {
		t.Errorf("https at the proxy: %d", a.status)
	}
}

// R43
func TestStaff_ASignInThatIsOverEndsWhatItOpened(t *testing.T) {
	r := newHouse(t)
	boss := r.account("boss", schedule.RightAdministrator)
	kim := r.account("kim", schedule.RightCoordinator)
	admin := r.console(r.signIn("boss"), "fair").Token
	patch := func(id string, in protocol.ChangeAccount) reply {
		return r.browse(http.MethodPatch, "/api/v1/accounts/"+id, "", in, "Authorization", "Bearer "+admin)
	}
	yes, no, viewer, coordinator := true, false, "viewer", "coordinator"
	for what, end := range map[string]func(cookie string) reply{
		"signs out": func(cookie string) reply { return r.browse(http.MethodPost, "/api/v1/sign-out", cookie, nil) },
		"is ended by the administrator": func(cookie string) reply {
			session, _, _ := strings.Cut(cookie, ".")
			return r.browse(http.MethodPost, "/api/v1/accounts/"+kim.ID+"/sessions/"+session+"/end", "", nil, "Authorization", "Bearer "+admin)
		},
		"gets another right": func(string) reply {
			defer patch(kim.ID, protocol.ChangeAccount{Right: &coordinator})
			return patch(kim.ID, protocol.ChangeAccount{Right: &viewer})
		},
		"is disabled": func(string) reply {
			defer patch(kim.ID, protocol.ChangeAccount{Disabled: &no})
			return patch(kim.ID, protocol.ChangeAccount{Disabled: &yes})
		},
		"gets another passphrase": func(string) reply {
			p := phrase
			return patch(kim.ID, protocol.ChangeAccount{Passphrase: &p})
		},
		"may enter fewer events": func(string) reply {
			defer patch(kim.ID, protocol.ChangeAccount{Events: &[]string{}})
			return patch(kim.ID, protocol.ChangeAccount{Events: &[]string{"rival"}})
		},
	} {
		t.Run(what, func(t *testing.T) {
			cookie := r.signIn("kim")
			b := r.console(cookie, "fair")
			c := r.hello(b.Token, true)
			if a := end(cookie); a.status/100 != 2 {
				t.Fatalf("%d %s", a.status, a.body)
			}
			c.closed(protocol.CodeSignInNeeded)
			if a := r.browse(http.MethodGet, "/api/v1/events/fair/timetable", "", nil, "Authorization", "Bearer "+b.Token); a.code() != protocol.CodeSignInNeeded {
				t.Errorf("its token: %d %s", a.status, a.body)
			}
			if a := r.browse(http.MethodGet, "/api/v1/staff/me", cookie, nil); a.code() != protocol.CodeSignInNeeded {
				t.Errorf("its cookie: %d %s", a.status, a.body)
			}
			d := r.dial()
			d.refused("hello", protocol.Hello{Token: b.Token, Profile: "wall"}, protocol.CodeSignInNeeded)
		})
	}
	if a := patch(boss.ID, protocol.ChangeAccount{Disabled: &yes}); a.code() != protocol.CodeForbidden {
		t.Errorf("the last administrator disabled itself: %d %s", a.status, a.body)
	}
	if a := patch(boss.ID, protocol.ChangeAccount{Right: &viewer}); a.code() != protocol.CodeForbidden {
		t.Errorf("the last administrator made itself less: %d %s", a.status, a.body)
	}
}

func TestStaff_ASignInEndedElsewhereEndsItsConsoles(t *testing.T) {
	r := newHouse(t)
	r.server.times.signIn = 20 * time.Millisecond
	r.account("kim", schedule.RightCoordinator)
	cookie := r.signIn("kim")
	c := r.hello(r.console(cookie, "fair").Token, true)
	link := r.visit("console")
	time.Sleep(100 * time.Millisecond) // it looked several times and goes on
	var board protocol.Board
	c.ask("watch", nil, "board", &board)
	session, _, _ := strings.Cut(cookie, ".")
	if _, err := r.store.EndStaffSession(t.Context(), session); err != nil { // as another node does
		t.Fatal(err)
	}
	c.closed(protocol.CodeSignInNeeded)
	link.ask("watch", nil, "board", &board) // who came by a link stays
}

func TestStaff_TheOwnPassphraseIsChangedByWhoKnowsIt(t *testing.T) {
	r := newHouse(t)
	r.account("kim", schedule.RightCoordinator)
	here, elsewhere := r.signIn("kim"), r.signIn("kim")
	change := func(from, to string) reply {
		return r.browse(http.MethodPost, "/api/v1/staff/passphrase", here, protocol.ChangePassphrase{Old: from, New: to})
	}
	for what, a := range map[string]reply{
		"short":     change(phrase, "short"),
		"the login": change(phrase, "          kim"),
	} {
		if a.code() != protocol.CodeBadMessage {
			t.Errorf("%s: %d %s", what, a.status, a.body)
		}
	}
	if a := change("not the old one", "a new passphrase"); a.code() != protocol.CodeSignInWrong {
		t.Errorf("without the old one: %d %s", a.status, a.body)
	}
	if a := change(phrase, "a new passphrase"); a.status != http.StatusNoContent {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := r.browse(http.MethodGet, "/api/v1/staff/me", elsewhere, nil); a.code() != protocol.CodeSignInNeeded {
		t.Errorf("the other sign-in: %d", a.status)
	}
	var own protocol.StaffSessions
	if a := r.browse(http.MethodGet, "/api/v1/staff/sessions", here, nil); json.Unmarshal(a.body, &own) != nil || len(own.Sessions) != 1 || !own.Sessions[0].Own {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := r.browse(http.MethodPost, "/api/v1/sign-in", "", protocol.SignIn{Login: "kim", Passphrase: phrase}); a.code() != protocol.CodeSignInWrong {
		t.Errorf("the old one still fits: %d", a.status)
	}
}

func TestAccounts_APassphraseIsMadeAndToldOnce(t *testing.T) {
	r := newHouse(t)
	r.account("boss", schedule.RightAdministrator)
	token := r.console(r.signIn("boss"), "fair").Token
	call := func(method, path string, in any) reply {
		return r.browse(method, "/api/v1/"+path, "", in, "Authorization", "Bearer "+token)
	}
	a := call(http.MethodPost, "accounts", protocol.NewAccount{Login: "Lee@Yangju.Example", Name: "Lee", Right: "viewer", Events: []string{"fair"}})
	var made protocol.AccountMade
	if err := json.Unmarshal(a.body, &made); err != nil || made.Passphrase == "" || made.Account.Login != "lee@yangju.example" {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if b := r.browse(http.MethodPost, "/api/v1/sign-in", "", protocol.SignIn{Login: "lee@yangju.example", Passphrase: made.Passphrase}); b.status != http.StatusNoContent {
		t.Errorf("it does not fit: %d %s", b.status, b.body)
	}
	list := call(http.MethodGet, "accounts", nil)
	var all protocol.Accounts
	if err := json.Unmarshal(list.body, &all); err != nil || len(all.Accounts) != 2 || len(all.Accounts[1].Sessions) != 1 || !all.Accounts[1].HasPhrase {
		t.Errorf("%s", list.body)
	}
	if strings.Contains(string(list.body), made.Passphrase) || strings.Contains(string(list.body), "argon2") {
		t.Errorf("the list tells passphrases or hashes: %s", list.body)
	}
	for what, in := range map[string]protocol.NewAccount{
		"a login that is taken": {Login: "lee@yangju.example", Name: "Lee", Right: "viewer"},
	} {
		if a := call(http.MethodPost, "accounts", in); a.code() != protocol.CodeConflict {
			t.Errorf("%s: %d %s", what, a.status, a.body)
		}
	}
	for what, in := range map[string]protocol.NewAccount{
		"a login with a space":   {Login: "lee yang", Name: "Lee", Right: "viewer"},
		"no such right":          {Login: "park", Name: "Park", Right: "owner"},
		"no such event":          {Login: "park", Name: "Park", Right: "viewer", Events: []string{"nosuch"}},
		"a short passphrase":     {Login: "park", Name: "Park", Right: "viewer", Passphrase: "short"},
		"the login as its own":   {Login: "park-yangju", Name: "Park", Right: "viewer", Passphrase: "PARK-yangju"},
		"a name of spaces alone": {Login: "park", Name: "   ", Right: "viewer"},
	} {
		if a := call(http.MethodPost, "accounts", in); a.code() != protocol.CodeBadMessage {
			t.Errorf("%s: %d %s", what, a.status, a.body)
		}
	}
	if a := call(http.MethodPatch, "accounts/a-nosuch", protocol.ChangeAccount{}); a.code() != protocol.CodeNotFound {
		t.Errorf("%d %s", a.status, a.body)
	}
	made0 := all.Accounts[0]
	if a := call(http.MethodPost, "accounts/"+made0.ID+"/sessions/"+all.Accounts[1].Sessions[0].ID+"/end", nil); a.code() != protocol.CodeNotFound {
		t.Errorf("one account's session was ended as another's: %d %s", a.status, a.body)
	}
}

// R46
func TestKeys_AProgramMayWhatItsScopesNameAndNothingElse(t *testing.T) {
	r := newHouse(t)
	r.account("boss", schedule.RightAdministrator, "fair")
	token := r.console(r.signIn("boss"), "fair").Token
	a := r.browse(http.MethodPost, "/api/v1/events/fair/keys", "", protocol.NewKey{Name: "ERP", Scopes: []string{"records"}, Days: 30}, "Authorization", "Bearer "+token)
	var k protocol.Key
	if err := json.Unmarshal(a.body, &k); err != nil || !strings.HasPrefix(k.Secret, "key_") || k.ExpiresAt == nil {
		t.Fatalf("%d %s", a.status, a.body)
	}
	get := func(path string) reply {
		return r.browse(http.MethodGet, "/api/v1/"+path, "", nil, "Authorization", "Bearer "+k.Secret, "Sec-Fetch-Site", "")
	}
	if a := get("events/fair/attendance"); a.status != http.StatusOK {
		t.Errorf("%d %s", a.status, a.body)
	}
	for _, path := range []string{"events/fair/timetable", "events/fair/links", "events/fair/keys", "events/rival/attendance", "accounts", "audit", "me/calendar.ics"} {
		if a := get(path); a.code() != protocol.CodeForbidden {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	r.dial().refused("hello", protocol.Hello{Token: k.Secret, Profile: "wall"}, protocol.CodeForbidden)
	list := r.browse(http.MethodGet, "/api/v1/events/fair/keys", "", nil, "Authorization", "Bearer "+token)
	var keys protocol.Keys
	if err := json.Unmarshal(list.body, &keys); err != nil || len(keys.Keys) != 1 || keys.Keys[0].UsedAt == nil || strings.Contains(string(list.body), k.Secret) {
		t.Errorf("%s", list.body)
	}
	if a := r.browse(http.MethodPost, "/api/v1/events/fair/keys/"+k.ID+"/revoke", "", nil, "Authorization", "Bearer "+token); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := get("events/fair/attendance"); a.code() != protocol.CodeTokenUnknown {
		t.Errorf("a revoked key: %d %s", a.status, a.body)
	}
	if a := r.browse(http.MethodPost, "/api/v1/events/fair/keys/key_nosuch/revoke", "", nil, "Authorization", "Bearer "+token); a.code() != protocol.CodeNotFound {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// R47
func TestAudit_TellsWhoWhenWhatAndWhyNewestFirst(t *testing.T) {
	r := newHouse(t)
	boss := r.account("boss", schedule.RightAdministrator)
	token := r.console(r.signIn("boss"), "fair").Token
	at := time.Date(2026, 11, 22, 15, 30, 0, 0, time.UTC) // the 23rd in Seoul
	console := string(r.links["console"].Link.ID)
	for i, e := range []schedule.Entry{
		{Kind: schedule.EntryStaff, By: boss.ID, Detail: "listen", Consultation: "S01"},
		{Kind: schedule.EntryVerdict, By: boss.ID, Detail: "held", Consultation: "S01", Words: "=saw it myself"},
		{Kind: schedule.EntryStaff, By: console, Detail: "mute microphone", Consultation: "S02", Seat: "S02/buyer"},
		{Kind: schedule.EntrySeatJoined, Seat: "S01/buyer", Consultation: "S01"}, // nobody's act
		{Kind: schedule.EntryStaff, By: "a-gone", Detail: "end", Consultation: "S02", Words: "overrun"},
	} {
		e.Event, e.At = "fair", at.Add(time.Duration(i)*time.Minute)
		if i == 4 {
			e.At = at.Add(24 * time.Hour)
		}
		r.store.Append(e)
	}
	read := func(query string) protocol.AuditLog {
		t.Helper()
		a := r.browse(http.MethodGet, "/api/v1/events/fair/audit?"+query, "", nil, "Authorization", "Bearer "+token)
		var log protocol.AuditLog
		if err := json.Unmarshal(a.body, &log); err != nil || a.status != http.StatusOK {
			t.Fatalf("%s: %d %s", query, a.status, a.body)
		}
		return log
	}
	actions := func(l protocol.AuditLog) string {
		var s []string
		for _, e := range l.Entries {
			s = append(s, e.Action)
		}
		return strings.Join(s, " ")
	}
	all := read("")
	if got := actions(all); got != "end mute verdict listen" {
		t.Fatalf("%s", got)
	}
	if e := all.Entries[0]; e.Name != "" || e.By != "a-gone" || e.Reason != "overrun" || e.Hash == "" || e.Erased {
		t.Errorf("%+v", e)
	}
	if e := all.Entries[1]; e.Name != "Yangju" || e.Detail != "microphone" || e.Seat != "S02/buyer" {
		t.Errorf("%+v", e)
	}
	if e := all.Entries[2]; e.Name != "Name of boss" || e.Detail != "held" {
		t.Errorf("%+v", e)
	}
	for query, want := range map[string]string{
		"by=" + boss.ID: "verdict listen", "action=mute": "mute", "consultation=S02": "end mute",
		"day=2026-11-23": "mute verdict listen", "day=2026-11-24": "end", "day=2026-11-22": "", "day=2026-11-23&by=" + console: "mute",
	} {
		if got := actions(read(query)); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	var pages []string
	for next, n := "", 0; n < 5; n++ {
		l := read("limit=3&before=" + next)
		pages = append(pages, actions(l))
		if next = l.Next; next == "" {
			break
		}
	}
	if got := strings.Join(pages, "|"); got != "end mute verdict|listen" {
		t.Errorf("page by page: %s", got)
	}
	for _, query := range []string{"action=dance", "day=yesterday", "before=x", "limit=0", "limit=9999"} {
		if a := r.browse(http.MethodGet, "/api/v1/events/fair/audit?"+query, "", nil, "Authorization", "Bearer "+token); a.code() != protocol.CodeBadMessage {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
	}
	csv := r.browse(http.MethodGet, "/api/v1/events/fair/audit?format=csv", "", nil, "Authorization", "Bearer "+token)
	if lines := strings.Split(strings.TrimSpace(string(csv.body)), "\r\n"); len(lines) != 5 || !strings.Contains(lines[3], "'=saw it myself") ||
		!strings.Contains(lines[4], "2026-11-23 00:30:00") || !strings.HasPrefix(lines[0], "\ufeff") {
		t.Errorf("%s", csv.body)
	}
	if got := actions(read("action=report")); got != "report" {
		t.Errorf("that it was read out: %q", got)
	}
	limited := false // a file is dear: a second one may be had at once, and no third
	for range 2 {
		limited = r.browse(http.MethodGet, "/api/v1/events/fair/audit?format=csv", "", nil, "Authorization", "Bearer "+token).code() == protocol.CodeRateLimited
	}
	if !limited {
		t.Error("as many files as wanted were made at once")
	}

	r.browse(http.MethodPost, "/api/v1/sign-in", "", protocol.SignIn{Login: "boss", Passphrase: "wrong one, sorry"})
	r.browse(http.MethodPost, "/api/v1/sign-in", "", protocol.SignIn{Login: "my passphrase here", Passphrase: "boss"})
	a := r.browse(http.MethodGet, "/api/v1/audit", "", nil, "Authorization", "Bearer "+token)
	var house protocol.AuditLog
	if err := json.Unmarshal(a.body, &house); err != nil {
		t.Fatal(err)
	}
	if got := actions(house); got != "sign_in_failed sign_in_failed sign_in account" {
		t.Errorf("the house: %s", got)
	}
	if strings.Contains(string(a.body), "my passphrase here") || house.Entries[0].By != "" || house.Entries[1].By != boss.ID || !strings.HasPrefix(house.Entries[0].Reason, "from 127.") {
		t.Errorf("%s", a.body)
	}
}

// R44
func TestOpenID_LeadsThroughTheProviderToTheConsole(t *testing.T) {
	m, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Shutdown() })
	var r *rig
	var o *auth.OpenID
	r = newHouse(t, func(d *Deps) {
		st, hasher := d.Tokens.(*store.Store), auth.NewHasher()
		door := auth.NewDoor(auth.DoorDeps{Store: st, Hasher: hasher, Ledger: st})
		o = auth.NewOpenID(auth.OpenIDConfig{
			Issuer: m.Issuer(), ClientID: m.ClientID, ClientSecret: m.ClientSecret, Name: "Yangju", Key: []byte("k"),
			Redirect: publicURL + auth.OpenIDCallback,
		}, nil)
		d.Staff = staff.New(staff.Deps{Store: st, Ledger: st, Door: door, Hasher: hasher, OpenID: o})
	})
	defer http.DefaultClient.CloseIdleConnections()
	r.account("kim@yangju.example", schedule.RightCoordinator)
	var ways protocol.SignInWays
	if a := r.browse(http.MethodGet, "/api/v1/sign-in", "", nil); json.Unmarshal(a.body, &ways) != nil || ways.OpenID != "Yangju" || !ways.Passphrase {
		t.Errorf("%d %s", a.status, a.body)
	}
	through := func(u *mockoidc.MockUser, header ...string) reply {
		t.Helper()
		m.QueueUser(u)
		a := r.browse(http.MethodGet, "/api/v1/sign-in/openid", "", nil)
		along := a.cookie("sangdam-openid")
		if a.status != http.StatusFound || along == nil || along.SameSite != http.SameSiteLaxMode || !along.HttpOnly || along.MaxAge <= 0 {
			t.Fatalf("%d %+v", a.status, a.header)
		}
		browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		resp, err := browser.Get(a.header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		back, err := url.Parse(resp.Header.Get("Location"))
		if err != nil || !strings.HasPrefix(back.String(), publicURL+auth.OpenIDCallback) {
			t.Fatalf("sent to %q, %v", back, err)
		}
		header = append([]string{"Sec-Fetch-Site", "cross-site", "Cookie", "sangdam-openid=" + along.Value}, header...)
		return r.browse(http.MethodGet, back.RequestURI(), "", nil, header...)
	}
	u := &mockoidc.MockUser{Subject: "sub-1", Email: "kim@yangju.example", EmailVerified: true}
	a := through(u)
	c := a.cookie("sangdam")
	if a.status != http.StatusSeeOther || a.header.Get("Location") != "/console" || c == nil || a.cookie("sangdam-openid").MaxAge >= 0 {
		t.Fatalf("%d %+v %s", a.status, a.header, a.body)
	}
	if b := r.console(c.Value, "fair"); b.You.Name != "Name of kim@yangju.example" {
		t.Errorf("%+v", b.You)
	}
	for what, a := range map[string]reply{
		"nobody's":             through(&mockoidc.MockUser{Subject: "sub-2", Email: "lee@yangju.example", EmailVerified: true}),
		"without its cookie":   through(u, "Cookie", ""),
		"refused there":        r.browse(http.MethodGet, auth.OpenIDCallback+"?error=access_denied&state=x", "", nil, "Sec-Fetch-Site", "cross-site"),
		"from nowhere, at all": r.browse(http.MethodGet, auth.OpenIDCallback, "", nil),
	} {
		if a.status != http.StatusSeeOther || a.header.Get("Location") != "/sign-in?problem=sign_in_wrong" || a.cookie("sangdam") != nil {
			t.Errorf("%s: %d %+v", what, a.status, a.header)
		}
	}
}

func TestLinks_NobodyIsToldAWayToMoreThanIsGranted(t *testing.T) {
	r := newOffice(t)
	boss := r.links["console"].Link
	boss.Grants.Right = schedule.RightAdministrator
	if err := r.store.SaveLinks(t.Context(), []schedule.Link{boss}); err != nil {
		t.Fatal(err)
	}
	by := func(right schedule.Right, scopes ...schedule.Scope) schedule.Grants {
		return schedule.Grants{Event: "fair", Link: "x", Kind: schedule.LinkConsole, Right: right, Scopes: scopes}
	}
	d := r.server.deps.Desk
	made, err := d.AddLink(t.Context(), by(schedule.RightCoordinator), protocol.AddLink{Role: "coordinator", Name: "Lee"})
	if err != nil || made.URL == "" {
		t.Fatalf("%+v, %v", made, err)
	}
	for who, x := range map[string]struct {
		by   schedule.Grants
		told map[string]bool
	}{
		"administrator": {by(schedule.RightAdministrator), map[string]bool{string(boss.ID): true, made.ID: true}},
		"coordinator":   {by(schedule.RightCoordinator), map[string]bool{string(boss.ID): false, made.ID: true}},
		"a program":     {by("", schedule.ScopeEdit), map[string]bool{string(boss.ID): false, made.ID: false}},
	} {
		all, err := d.Links(t.Context(), x.by)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range all.Links {
			want, console := x.told[l.ID]
			if (l.URL != "") != (want || !console) {
				t.Errorf("%s is told of %s: %q", who, l.ID, l.URL)
			}
		}
		csv, err := d.LinksCSV(t.Context(), x.by)
		if err != nil || strings.Contains(string(csv), r.links["console"].Secret) != x.told[string(boss.ID)] {
			t.Errorf("%s: the table, %v", who, err)
		}
	}
	for what, do := range map[string]func() (protocol.LinkInfo, error){
		"a coordinator takes the administrator's link": func() (protocol.LinkInfo, error) {
			return d.Reissue(t.Context(), by(schedule.RightCoordinator), boss.ID, "")
		},
		"a program makes a console": func() (protocol.LinkInfo, error) {
			return d.AddLink(t.Context(), by("", schedule.ScopeEdit), protocol.AddLink{Role: "coordinator", Name: "Park"})
		},
		"a program takes a console": func() (protocol.LinkInfo, error) {
			return d.Revoke(t.Context(), by("", schedule.ScopeEdit), schedule.LinkID(made.ID), "")
		},
	} {
		if l, err := do(); err == nil || protocol.AsFault(err).Code != protocol.CodeForbidden {
			t.Errorf("%s: %+v, %v", what, l, err)
		}
	}
}

// noHooks are offered to a test that asks for the rights alone.
type noHooks struct{ api.Hooks }

func (noHooks) List(context.Context, schedule.Grants) (protocol.Hooks, error) {
	return protocol.Hooks{}, nil
}

func (noHooks) Make(context.Context, schedule.Grants, protocol.NewHook) (protocol.Hook, error) {
	return protocol.Hook{}, nil
}
func (noHooks) Delete(context.Context, schedule.Grants, string) error { return nil }

func (noHooks) Deliveries(context.Context, schedule.Grants, string) (protocol.Deliveries, error) {
	return protocol.Deliveries{}, nil
}

func (noHooks) Replay(context.Context, schedule.Grants, string, string) (protocol.Delivery, error) {
	return protocol.Delivery{}, nil
}

// TestRights_EveryConsoleRouteLetsInWhomItsDescriptionNames walks the document:
// what it says is what is checked, of every route there is.
func TestRights_EveryConsoleRouteLetsInWhomItsDescriptionNames(t *testing.T) {
	office := newOffice(t)
	h := newHouse(t, func(d *Deps) { d.Hooks = noHooks{}; d.Desk = office.server.deps.Desk })
	grants := map[string]schedule.Grants{}
	for _, right := range schedule.Rights() {
		grants[string(right)] = schedule.Grants{Event: "fair", Link: "x", Kind: schedule.LinkConsole, Right: right}
	}
	for _, s := range schedule.Scopes() {
		grants["key "+string(s)] = schedule.Grants{Event: "fair", Link: "x", Kind: schedule.LinkConsole, Right: schedule.RightAdministrator, Scopes: []schedule.Scope{s}}
	}
	grants["booth"] = schedule.Grants{Event: "fair", Link: "x", Kind: schedule.LinkBooth, Right: schedule.RightAdministrator}
	rest, asked := map[string]http.Handler{}, 0
	raw, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	var doc document
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			if !strings.HasPrefix(path, "/api/v1/events/") {
				continue
			}
			var right, scope string
			text, isNeed := strings.CutPrefix(op.Description[max(0, strings.Index(op.Description, "Needs the right ")):], "Needs the right ")
			if !isNeed {
				t.Errorf("%s %s does not say what it needs", method, path)
				continue
			}
			right, text, _ = strings.Cut(strings.TrimSuffix(text, "."), ", ")
			if i := strings.LastIndex(text, " "); i >= 0 {
				scope = text[i+1:]
			}
			for who, g := range grants {
				if rest[who] == nil { // making the routes takes a while
					rest[who] = h.restFor(g)
				}
				want := who == "key "+scope
				if len(g.Scopes) == 0 && g.Kind == schedule.LinkConsole {
					want = g.Right.Covers(schedule.Right(right))
				}
				status := h.tryRoute(rest[who], method, path, op, doc)
				asked++
				if in := status != http.StatusForbidden; in != want {
					t.Errorf("%s %s lets %s in: %v (status %d); it says %q", method, path, who, in, status, op.Description)
				}
				if status == http.StatusUnprocessableEntity || !want && status != http.StatusForbidden {
					t.Errorf("%s %s by %s: status %d", method, path, who, status)
				}
			}
		}
	}
	t.Logf("%d routes and holders", asked)
	if asked < 200 {
		t.Errorf("only %d were asked", asked)
	}
}

type document struct {
	Paths map[string]map[string]route `json:"paths"`

	Components struct {
		Schemas map[string]shape `json:"schemas"`
	} `json:"components"`
}

type route struct {
	Description string `json:"description"`
	Parameters  []struct {
		Name     string `json:"name"`
		In       string `json:"in"`
		Required bool   `json:"required"`
		Schema   shape  `json:"schema"`
	} `json:"parameters"`
	RequestBody *struct {
		Content map[string]struct {
			Schema shape `json:"schema"`
		} `json:"content"`
	} `json:"requestBody"`
}

// shape is what an example is made from.
type shape struct {
	Type       any              `json:"type"`
	Format     string           `json:"format"`
	Ref        string           `json:"$ref"`
	Enum       []string         `json:"enum"`
	Items      *shape           `json:"items"`
	Properties map[string]shape `json:"properties"`
	Required   []string         `json:"required"`
	Minimum    float64          `json:"minimum"`
}

func (d document) example(s shape) any {
	if s.Ref != "" {
		return d.example(d.Components.Schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]])
	}
	switch {
	case len(s.Enum) > 0:
		return cmp.Or(s.Enum...) // the first that says something
	case s.Format == "date-time":
		return "2026-11-23T00:00:00Z"
	case s.Format == "uri":
		return "https://example.kr/hook"
	case s.Type == "string":
		return "example"
	case s.Type == "integer", s.Type == "number":
		return max(1, s.Minimum)
	case s.Type == "boolean":
		return false
	case s.Type == "array":
		return []any{d.example(*s.Items)}
	}
	out := map[string]any{}
	for _, name := range s.Required {
		out[name] = d.example(s.Properties[name])
	}
	return out
}

// tryRoute asks one route.
func (r *rig) tryRoute(rest http.Handler, method, path string, op route, doc document) int {
	r.t.Helper()
	path = strings.ReplaceAll(path, "{event}", "fair")
	for _, p := range op.Parameters {
		if p.In == "path" {
			path = strings.ReplaceAll(path, "{"+p.Name+"}", doc.example(p.Schema).(string))
		}
	}
	query := url.Values{}
	for _, p := range op.Parameters {
		if p.In == "query" && p.Required {
			query.Set(p.Name, "1")
		}
	}
	var body io.Reader
	contentType := ""
	if op.RequestBody != nil {
		contentType = slices.Collect(maps.Keys(op.RequestBody.Content))[0]
		raw := []byte("a,b\n")
		if contentType == "application/json" {
			raw, _ = json.Marshal(doc.example(op.RequestBody.Content[contentType].Schema))
		}
		body = bytes.NewReader(raw)
	}
	req := httptest.NewRequestWithContext(r.t.Context(), strings.ToUpper(method), path+"?"+query.Encode(), body)
	req.Header.Set("Authorization", "Bearer token")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	rest.ServeHTTP(w, req)
	if w.Code == http.StatusBadRequest {
		// The body is checked before who asks; that an example is wrong would hide it.
		var p protocol.Problem
		_ = json.Unmarshal(w.Body.Bytes(), &p)
		if strings.Contains(p.Detail, "validation") {
			r.t.Errorf("%s %s: the example is refused: %s", method, path, w.Body)
		}
	}
	return w.Code
}

// restFor is the REST side of the server for whoever has these grants, without
// the limits of how often.
func (r *rig) restFor(g schedule.Grants) http.Handler {
	return api.New(api.Deps{
		Grants:        func(context.Context, string) (schedule.Grants, error) { return g, nil },
		Attendance:    r.server.attendance,
		AttendanceCSV: r.server.attendanceCSV,
		Reports:       reports{r.server},
		Board:         r.server.board,
		Desk:          r.server.deps.Desk,
		Own:           r.server.deps.Desk,
		Hooks:         r.server.deps.Hooks,
		Staff:         r.server.deps.Staff,
	})
}
