package signaling

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
)

func (r *rig) tryOpen(id schedule.LinkID, secret, token string) (int, protocol.Problem) {
	r.t.Helper()
	var p protocol.Problem
	status := r.post("/api/v1/links/"+string(id)+"/open", protocol.OpenLink{Secret: secret, Token: token}, &p)
	return status, p
}

func TestLinks_R2_OpeningGivesWhatAPageNeeds(t *testing.T) {
	r := newRig(t)
	b := r.open("buyer")
	if len(b.Consultations) != 2 || b.Consultations[0].ID != "S01" || b.Consultations[0].Seat != "S01/buyer" {
		t.Errorf("consultations %+v", b.Consultations)
	}
	if b.Consultations[1].Phase != "scheduled" || b.You.Name != "Tekstil" || b.You.Language != "en" || b.ICEServers == nil {
		t.Errorf("bootstrap %+v", b)
	}
	m := r.links["buyer"]
	var again protocol.Bootstrap
	r.post("/api/v1/links/"+string(m.Link.ID)+"/open", protocol.OpenLink{Secret: m.Secret, Token: b.Token}, &again)
	if again.Token != b.Token {
		t.Error("a good token of the tab was not used on")
	}
	r.post("/api/v1/links/"+string(m.Link.ID)+"/open", protocol.OpenLink{Secret: m.Secret, Token: r.open("booth").Token}, &again)
	if again.Token == b.Token || len(again.Consultations) != 2 {
		t.Error("a token of another link was used on")
	}
	if link, _, err := r.store.Link(t.Context(), m.Link.ID); err != nil || link.UsedAt == nil {
		t.Errorf("the first use is not noted: %+v, %v", link, err)
	}
	booth := r.open("booth")
	if booth.Booth != "Booth 1" || len(booth.Consultations) != 3 || booth.Kind != "booth" {
		t.Errorf("booth %+v", booth)
	}
	if c := r.open("console"); len(c.Consultations) != 3 || c.Consultations[0].Seat != "" {
		t.Errorf("console %+v", c)
	}
}

func TestLinks_R3_UnknownAndWrongAreAnsweredAlike(t *testing.T) {
	r := newRig(t)
	id := r.links["buyer"].Link.ID
	s1, p1 := r.tryOpen("nobody", "secret", "")
	s2, p2 := r.tryOpen(id, "wrong", "")
	if s1 != s2 || p1 != p2 || p1.Code != protocol.CodeLinkUnknown || s1 != http.StatusNotFound {
		t.Errorf("%d %+v, %d %+v", s1, p1, s2, p2)
	}
}

func TestLinks_WrongSecretsAreLimitedWithoutLockingOthersOut(t *testing.T) {
	r := newRig(t)
	id := r.links["buyer"].Link.ID
	for range 10 {
		r.tryOpen(id, "wrong", "")
	}
	status, p := r.tryOpen(id, r.links["buyer"].Secret, "")
	if status != http.StatusTooManyRequests || p.Code != protocol.CodeRateLimited || p.RetryAfterMS <= 0 {
		t.Errorf("after ten wrong secrets: %d %+v", status, p)
	}
	r.open("booth") // of the same address
}

func TestLinks_RevokedTakesItsTokensWithIt(t *testing.T) {
	r := newRig(t)
	m := r.links["buyer"]
	token := r.open("buyer").Token
	if found, err := r.store.Revoke(t.Context(), m.Link.ID, time.Now()); err != nil || !found {
		t.Fatal(found, err)
	}
	if status, p := r.tryOpen(m.Link.ID, m.Secret, token); status != http.StatusGone || p.Code != protocol.CodeLinkRevoked || p.Action != protocol.ActionStop {
		t.Errorf("%d %+v", status, p)
	}
	if _, p := r.tryOpen(m.Link.ID, "wrong", ""); p.Code != protocol.CodeLinkUnknown {
		t.Errorf("a wrong secret learns that the link was revoked: %+v", p)
	}
	r.dial().refused("hello", protocol.Hello{Token: token, Profile: "room", Offer: "v=0"}, protocol.CodeLinkRevoked)
}

func TestLinks_ExpiredExplainsAndEarlyOpens(t *testing.T) {
	r := newRig(t)
	old := fair(time.Now().Add(-72 * time.Hour))
	old.Consultations = old.Consultations[:1]
	expired, err := testKeeper('x').Mint(old, auth.MintOptions{Now: time.Now().Add(-60 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	early, err := testKeeper('e').Mint(r.event, auth.MintOptions{Now: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.store.SaveLinks(t.Context(), []schedule.Link{expired[1].Link, early[1].Link}); err != nil {
		t.Fatal(err)
	}
	if status, p := r.tryOpen(expired[1].Link.ID, expired[1].Secret, ""); status != http.StatusGone || p.Code != protocol.CodeLinkExpired {
		t.Errorf("%d %+v", status, p)
	}
	if status, _ := r.tryOpen(early[1].Link.ID, early[1].Secret, ""); status != http.StatusOK {
		t.Errorf("too early: %d", status)
	}
}

func TestREST_R4_EveryProblemHasACode(t *testing.T) {
	r := newRig(t)
	for _, tt := range []struct {
		method, path, body string
		status             int
		code               string
	}{
		{"POST", "/api/v1/links/x/open", `{`, 400, "bad_message"},
		{"POST", "/api/v1/links/x/open", `{"secret":1}`, 422, "bad_message"},
		{"POST", "/api/v1/links/x/open", `{"secret":"a","more":1}`, 422, "bad_message"},
		{"POST", "/api/v1/links/x/open", `{"secret":"` + strings.Repeat("a", 8<<10) + `"}`, 413, "too_large"},
		{"GET", "/api/v1/none", ``, 404, "not_found"},
		{"GET", "/api/v1/events/fair/attendance", ``, 401, "token_unknown"},
	} {
		req, err := http.NewRequest(tt.method, r.web.URL+tt.path, strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		b := new(strings.Builder)
		_, _ = copyAll(b, resp)
		if resp.StatusCode != tt.status || !strings.Contains(b.String(), `"code":"`+tt.code+`"`) ||
			resp.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s %.40s: %d %s %s", tt.method, tt.path, tt.body, resp.StatusCode, resp.Header.Get("Content-Type"), b)
		}
	}
}

func TestAttendance_ReadingItIsLimited(t *testing.T) {
	r := newRig(t)
	token := "Bearer " + r.open("console").Token
	for n := range reportBurst + 1 {
		resp, body := r.get("/api/v1/events/fair/attendance", "Authorization", token)
		if want := map[bool]int{true: http.StatusOK, false: http.StatusTooManyRequests}[n < reportBurst]; resp.StatusCode != want {
			t.Fatalf("reading %d: %d %s, want %d", n+1, resp.StatusCode, body, want)
		}
	}
}

func TestREST_TheDocumentIsServedAndLoadsNothing(t *testing.T) {
	r := newRig(t)
	resp, body := r.get("/api/v1/openapi.json")
	if resp.StatusCode != 200 || !strings.Contains(body, `"openapi": "3.1.0"`) {
		t.Errorf("%d %.100s", resp.StatusCode, body)
	}
	if resp, _ := r.get("/docs"); resp.StatusCode != 404 {
		t.Errorf("/docs: %d", resp.StatusCode)
	}
}

func TestREST_ABeaconMayComeAsText(t *testing.T) {
	r := newRig(t)
	c := r.visit("buyer")
	resp, err := http.Post(r.web.URL+"/api/v1/bye", "text/plain;charset=UTF-8",
		strings.NewReader(`{"session":"`+c.session+`","secret":"`+c.secret+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		t.Errorf("status %d", resp.StatusCode)
	}
	eventually(t, "the session is over", func() bool { return r.server.session(c.session) == nil })
}

func TestAttendance_TellsWhoWasThere(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	firm, buyer := r.visit("booth"), r.visit("buyer")
	firm.join("S01")
	buyer.join("S01")
	time.Sleep(1100 * time.Millisecond) // so that there is a second to count
	buyer.ask("leave", nil, "ok", nil)
	resp, body := r.get("/api/v1/events/fair/attendance", "Authorization", "Bearer "+r.open("console").Token)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", resp.StatusCode, body)
	}
	var a protocol.Attendance
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		t.Fatal(err)
	}
	if len(a.Consultations) != 3 || a.Consultations[1].Verdict != "pending" {
		t.Fatalf("%+v", a)
	}
	c := a.Consultations[0]
	if c.TogetherSeconds != 1 || c.Firm != "Knit Co" || c.Country != "TR" || len(c.Seats) != 3 {
		t.Errorf("record %+v", c)
	}
	f, b, i := c.Seats[0], c.Seats[1], c.Seats[2]
	if len(f.Intervals) != 1 || f.Intervals[0].To != nil {
		t.Errorf("the firm is still there: %+v", f)
	}
	if len(b.Intervals) != 1 || b.Intervals[0].To == nil || b.Intervals[0].Reason != "left" || b.Seconds != 1 {
		t.Errorf("the buyer has left: %+v", b)
	}
	if len(i.Intervals) != 0 || i.Role != "interpreter" {
		t.Errorf("the interpreter was not there: %+v", i)
	}
	resp, body = r.get("/api/v1/events/fair/attendance?format=csv", "Authorization", "Bearer "+r.open("console").Token)
	if resp.StatusCode != http.StatusOK || !strings.Contains(body, "S01/buyer") || !strings.Contains(body, "Tekstil") {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	if resp, body := r.get("/api/v1/events/fair/attendance", "Authorization", "Bearer "+buyer.token); resp.StatusCode != http.StatusForbidden {
		t.Errorf("a buyer's token: %d %s", resp.StatusCode, body)
	}
}
