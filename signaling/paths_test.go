package signaling

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/signaling/protocol"
)

// relays gives one server whose user is the session it was asked for.
func relays(d *Deps) {
	d.ICEServers = func(_, session string, now time.Time) []protocol.ICEServer {
		return []protocol.ICEServer{{
			URLs: []string{"turns:meet.example.kr:443?transport=tcp"}, Username: fmt.Sprintf("%d:%s", now.Unix(), session), Credential: "c",
		}}
	}
}

func TestICEServers_R54_EverySessionHasCredentialsOfItsOwn(t *testing.T) {
	r := newRig(t, relays)
	user := func(what string, s []protocol.ICEServer) string {
		t.Helper()
		if len(s) != 1 || s[0].Credential == "" {
			t.Fatalf("%s has %+v", what, s)
		}
		_, id, _ := strings.Cut(s[0].Username, ":")
		return id
	}
	b := r.open("buyer")
	page := user("the page", b.ICEServers)
	if page == user("another tab", r.open("buyer").ICEServers) {
		t.Error("two tabs have one user")
	}
	for _, tells := range []string{b.Token, string(r.links["buyer"].Link.ID), "U1", "Tekstil"} {
		if strings.Contains(page, tells) || strings.Contains(tells, page) {
			t.Errorf("the user %q tells of %q", page, tells)
		}
	}
	c := r.dial()
	var w protocol.Welcome
	c.ask("hello", protocol.Hello{Token: b.Token, Profile: "room", Offer: "v=0"}, "hello", &w)
	if user("hello", w.ICEServers) != w.Session {
		t.Errorf("hello: %+v", w.ICEServers)
	}
	for _, where := range []struct {
		what  string
		enter func(*tab)
	}{
		{"the lobby", func(*tab) {}},
		{"a waiting room", func(c *tab) { c.ask("wait", protocol.Wait{Consultation: "S01"}, "waiting", nil) }},
		{"a room, in full", func(c *tab) { c.join("S01"); c.seq = 0 }},
	} {
		where.enter(c)
		d := r.dial()
		var got protocol.Resumed
		d.ask("resume", protocol.Resume{Session: w.Session, Secret: w.Secret, Seq: c.seq}, "resume", &got)
		if user(where.what, got.ICEServers) != w.Session {
			t.Errorf("resume in %s: %+v", where.what, got.ICEServers)
		}
		w.Secret = got.Secret
		c = d
	}
}

func TestICEServers_R54_NoneIsAnEmptyList(t *testing.T) {
	r := newRig(t)
	c := r.dial()
	m := c.reply(c.send("hello", protocol.Hello{Token: r.open("buyer").Token, Profile: "room", Offer: "v=0"}))
	if !strings.Contains(string(m.Body), `"ice_servers":[]`) {
		t.Errorf("hello: %s", m.Body)
	}
}

// offers are all that the media plane has answered.
func (r *rig) offers() []sfu.Offer {
	r.engine.mu.Lock()
	defer r.engine.mu.Unlock()
	return slices.Clone(r.engine.asked)
}

func TestPath_R55_TheMediaPlaneIsToldHow(t *testing.T) {
	r := newRig(t)
	token := r.open("buyer").Token
	for _, tt := range []struct {
		path              string
		active, soundOnly bool
	}{{"", false, false}, {"normal", false, false}, {"active", true, false}, {"relay", false, false}, {"audio", false, true}} {
		c := r.dial()
		c.ask("hello", protocol.Hello{Token: token, Profile: "room", Offer: "v=0 " + tt.path, Path: tt.path}, "hello", nil)
		c.ask("restart", protocol.Restart{Offer: "new " + tt.path, Rebuild: true, Path: tt.path}, "restart", nil)
		all := r.offers()
		for _, o := range all[len(all)-2:] {
			if o.Active != tt.active || o.SoundOnly != tt.soundOnly || o.Only != sfu.RouteNone || o.Profile != sfu.ProfileRoom {
				t.Errorf("%q: asked %+v", tt.path, o)
			}
		}
	}
}

func TestPath_R56_WhatWorkedIsWhereTheNextPageBegins(t *testing.T) {
	r := newRig(t)
	b := r.open("buyer")
	if b.Path != "normal" {
		t.Fatalf("a new link begins with %q", b.Path)
	}
	hello := func(path string) {
		c := r.dial()
		c.ask("hello", protocol.Hello{Token: b.Token, Profile: "room", Offer: "v=0", Path: path}, "hello", nil)
	}
	begins := func(want string) {
		t.Helper()
		eventually(t, "the next page begins with "+want, func() bool { return r.open("buyer").Path == want })
	}
	link := r.links["buyer"].Link.ID
	r.engine.mu.Lock()
	r.engine.unreachable = true
	r.engine.mu.Unlock()
	hello("relay") // it does not come up
	r.engine.mu.Lock()
	r.engine.unreachable = false
	r.engine.mu.Unlock()
	hello("active")
	begins("active")
	if r.open("booth").Path != "normal" {
		t.Error("another link has it, too")
	}
	hello("audio")
	begins("relay")

	// Its age is that of the finding, not of the last time it worked.
	found := time.Now().Add(-23 * time.Hour).UTC().Truncate(time.Second)
	if err := r.store.SavePath(t.Context(), "fair", link, schedule.LinkPath{Profile: schedule.PathRelay, At: found}); err != nil {
		t.Fatal(err)
	}
	hello("relay")
	hello("normal")
	begins("normal")
	if err := r.store.SavePath(t.Context(), "fair", link, schedule.LinkPath{Profile: schedule.PathRelay, At: found}); err != nil {
		t.Fatal(err)
	}
	hello("relay")
	time.Sleep(200 * time.Millisecond)
	if p, err := r.store.Path(t.Context(), "fair", link); err != nil || !p.At.Equal(found) {
		t.Errorf("known since %v (%v), was found %v", p.At, err, found)
	}
	if err := r.store.SavePath(t.Context(), "fair", link, schedule.LinkPath{Profile: schedule.PathRelay, At: found.Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	begins("normal")
	if !strings.Contains(r.log.String(), "path=relay route=udp") {
		t.Error("the log does not tell what worked")
	}
	shown := httptest.NewRecorder()
	reg := prometheus.NewRegistry()
	reg.MustRegister(r.server.metrics.Ways)
	MetricsHandler(reg).ServeHTTP(shown, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if want := `sangdam_media_connected_total{profile="audio",route="udp"} 1`; !strings.Contains(shown.Body.String(), want) {
		t.Errorf("no %s in\n%s", want, shown.Body)
	}
}

// restart mends a session by REST.
func (r *rig) restart(session string, in protocol.RestartSession) (protocol.Restarted, protocol.Problem) {
	r.t.Helper()
	var out struct {
		protocol.Problem
		protocol.Restarted
	}
	r.post("/api/v1/sessions/"+session+"/restart", in, &out)
	return out.Restarted, out.Problem
}

func TestRestart_R57_ByRESTWhateverBecameOfTheSocket(t *testing.T) {
	r := newRig(t)
	firm, buyer := r.visit("booth"), r.visit("buyer")
	firm.join("S01")
	buyer.join("S01", "microphone")
	in := protocol.RestartSession{Secret: buyer.secret, Offer: "ice"}
	if got, p := r.restart(buyer.session, in); got.Answer != "restart of ice" {
		t.Fatalf("with a socket: %+v %+v", got, p)
	}
	buyer.lose()
	in = protocol.RestartSession{Secret: buyer.secret, Offer: "new", Rebuild: true, Path: "relay"}
	if got, p := r.restart(buyer.session, in); got.Answer != "answer to new" {
		t.Fatalf("rebuilt, without one: %+v %+v", got, p)
	}
	eventually(t, "the former peer is closed", func() bool { return r.engine.count() == 2 })

	next := r.dial()
	var res protocol.Resumed
	next.ask("resume", protocol.Resume{Session: buyer.session, Secret: buyer.secret}, "resume", &res)
	in = protocol.RestartSession{Secret: buyer.secret, Offer: "ice 3"}
	if got, p := r.restart(buyer.session, in); got.Answer != "restart of ice 3" {
		t.Fatalf("while the new secret is on its way: %+v %+v", got, p)
	}
	next.seq = res.Seq
	next.ask("ping", protocol.Ping{}, "pong", nil)
	in.Offer = "ice 4" // sent before the resume, and late
	if got, p := r.restart(buyer.session, in); got.Answer != "restart of ice 4" {
		t.Fatalf("after it has arrived: %+v %+v", got, p)
	}
	if e := r.dial().refused("resume", protocol.Resume{Session: buyer.session, Secret: buyer.secret}, protocol.CodeSessionUnknown); e.Action != protocol.ActionRejoin {
		t.Errorf("a resume with it: %+v", e)
	}
	in = protocol.RestartSession{Secret: res.Secret, Offer: "ice 5"}
	if got, p := r.restart(buyer.session, in); got.Answer != "restart of ice 5" {
		t.Fatalf("with the newest: %+v %+v", got, p)
	}
}

func TestRestart_R57_WhatIsRefused(t *testing.T) {
	r := newRig(t)
	c := r.visit("buyer")
	good := protocol.RestartSession{Secret: c.secret, Offer: "ice"}
	for name, tt := range map[string]struct {
		session string
		in      protocol.RestartSession
		code    protocol.Code
		action  protocol.Action
	}{
		"no such session":     {"nobody", good, protocol.CodeSessionUnknown, protocol.ActionRejoin},
		"a wrong secret":      {c.session, protocol.RestartSession{Secret: "wrong", Offer: "ice"}, protocol.CodeSessionUnknown, protocol.ActionRejoin},
		"no secret":           {c.session, protocol.RestartSession{Offer: "ice"}, protocol.CodeBadMessage, protocol.ActionStop},
		"no offer":            {c.session, protocol.RestartSession{Secret: c.secret}, protocol.CodeBadMessage, protocol.ActionStop},
		"a path of the same":  {c.session, protocol.RestartSession{Secret: c.secret, Offer: "ice", Path: "relay"}, protocol.CodeBadMessage, protocol.ActionStop},
		"no way that we know": {c.session, protocol.RestartSession{Secret: c.secret, Offer: "new", Rebuild: true, Path: "pigeon"}, protocol.CodeBadMessage, protocol.ActionStop},
		"an offer of nothing": {c.session, protocol.RestartSession{Secret: c.secret, Offer: "bad", Rebuild: true}, protocol.CodeBadOffer, protocol.ActionStop},
		"an endless offer":    {c.session, protocol.RestartSession{Secret: c.secret, Offer: strings.Repeat("x", protocol.MaxOffer+1)}, protocol.CodeBadMessage, protocol.ActionStop},
		"an endless body":     {c.session, protocol.RestartSession{Secret: c.secret, Offer: strings.Repeat("x", protocol.MaxOfferMessage)}, protocol.CodeTooLarge, protocol.ActionStop},
	} {
		if got, p := r.restart(tt.session, tt.in); p.Code != tt.code || p.Action != tt.action || got.Answer != "" {
			t.Errorf("%s: %+v %+v", name, got, p)
		}
	}
	raw := fmt.Sprintf(`{"secret":%q,"offer":"ice"}`, c.secret)
	req, err := http.NewRequest(http.MethodPost, r.web.URL+"/api/v1/sessions/"+c.session+"/restart", strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", "https://evil.example")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: %d", resp.StatusCode)
	}
	if got, p := r.restart(c.session, good); got.Answer != "restart of ice" {
		t.Errorf("after all of that: %+v", p)
	}
}

func TestRestart_R58_TheSameOfferHasTheSameAnswer(t *testing.T) {
	r := newRig(t)
	c := r.visit("buyer")
	asked := 0
	r.engine.mu.Lock()
	r.engine.restart = func() { asked++ }
	r.engine.mu.Unlock()
	post := func(offer string, rebuild bool) (string, protocol.Code) {
		got, p := r.restart(c.session, protocol.RestartSession{Secret: c.secret, Offer: offer, Rebuild: rebuild})
		return got.Answer, p.Code
	}
	tell := func(offer string, rebuild bool) string {
		t.Helper()
		var res protocol.Restarted
		c.ask("restart", protocol.Restart{Offer: offer, Rebuild: rebuild}, "restart", &res)
		return res.Answer
	}
	const first, second = "v=0\r\no=- 7 2 IN IP4 0.0.0.0\r\n", "v=0\r\no=- 7 3 IN IP4 0.0.0.0\r\n"
	one := tell(first, false)
	for range 20 { // more than may be asked anew
		if got, code := post(first, false); got != one {
			t.Fatalf("again by REST: %q %s", got, code)
		}
		if got := tell(first, false); got != one {
			t.Fatalf("again by the socket: %q", got)
		}
	}
	if asked != 1 {
		t.Errorf("the media plane was asked %d times", asked)
	}
	if got, code := post(second, false); got != "restart of "+second {
		t.Errorf("the next: %q %s", got, code)
	}
	if _, code := post(first, false); code != protocol.CodeConflict {
		t.Errorf("the former one, late: %s", code)
	}
	if _, code := post("v=0\r\no=- 7 1 IN IP4 0.0.0.0\r\n", false); code != protocol.CodeConflict {
		t.Errorf("an older one that was not seen: %s", code)
	}
	const other = "v=0\r\no=- 8 1 IN IP4 0.0.0.0\r\n"
	two := tell(other, true)
	if got, code := post(other, true); got != two {
		t.Errorf("rebuilt again: %q %s", got, code)
	}
	if n := len(r.offers()); n != 2 {
		t.Errorf("%d peers were made for two offers", n)
	}
	if _, code := post("v=0\r\no=- 7 4 IN IP4 0.0.0.0\r\n", false); code != protocol.CodeConflict {
		t.Errorf("a restart of the former PeerConnection: %s", code)
	}
	// An ICE restart of the new one is no repetition of its first offer.
	if got := tell("v=0\r\no=- 8 2 IN IP4 0.0.0.0\r\n", false); !strings.HasPrefix(got, "restart of ") {
		t.Errorf("a restart of the new one: %q", got)
	}
	if asked != 3 {
		t.Errorf("the media plane was asked %d times", asked)
	}
}

func TestRestart_R58_TheRateIsThatOfTheMessage(t *testing.T) {
	r := newRig(t)
	c := r.visit("buyer")
	var p protocol.Problem
	for n := range allowances()[protocol.TypeRestart].burst + 1 {
		_, p = r.restart(c.session, protocol.RestartSession{Secret: c.secret, Offer: fmt.Sprint("ice ", n)})
	}
	if p.Code != protocol.CodeRateLimited || p.RetryAfterMS == 0 {
		t.Errorf("one more than allowed: %+v", p)
	}
	c.refused("restart", protocol.Restart{Offer: "ice"}, protocol.CodeRateLimited)
}

func TestRestart_R57_WhoAsksIsHeard(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.server.times.dead = 400 * time.Millisecond
	r.event.Policy.Grace = 600 * time.Millisecond
	if err := r.store.SaveEvent(t.Context(), r.event); err != nil {
		t.Fatal(err)
	}
	c := r.visit("buyer")
	ses := r.server.session(c.session)
	if err := ses.do(t.Context(), func() { ses.event = r.event }); err != nil {
		t.Fatal(err)
	}
	r.engine.say(c.peer, sfu.StateDisconnected)
	c.lose()
	// It has neither socket nor media, and asks for longer than the grace time.
	for n := range 4 {
		time.Sleep(300 * time.Millisecond)
		if got, p := r.restart(c.session, protocol.RestartSession{Secret: c.secret, Offer: fmt.Sprint("ice ", n)}); got.Answer == "" {
			t.Fatalf("try %d: %+v", n, p)
		}
	}
	asked := time.Now()
	eventually(t, "the session ends when it asks no more", func() bool { return r.server.session(c.session) == nil })
	if d := time.Since(asked); d < 500*time.Millisecond {
		t.Errorf("it ended %v after it was heard", d)
	}
}

func TestProbe_R59_OneAtATimeAndNotForLong(t *testing.T) {
	r := newRig(t)
	r.server.times.probe = 200 * time.Millisecond
	firm := r.visit("booth")
	firm.join("S01")
	c := r.visit("buyer")
	c.join("S01")
	for _, route := range []string{"udp", "tcp"} {
		var p protocol.Probed
		c.ask("probe", protocol.Probe{Offer: "a probe", Route: route}, "probe", &p)
		all := r.offers()
		if last := all[len(all)-1]; p.Answer != "answer to a probe" || last.Only != sfu.Route(route) || last.Profile != sfu.ProfileProbe {
			t.Errorf("%s: %+v for %+v", route, p, last)
		}
		if n := r.engine.count(); n != 3 {
			t.Errorf("%d peers live, want two of the room and one probe", n)
		}
	}
	eventually(t, "the probe ends by itself", func() bool { return r.engine.count() == 2 })
	c.ask("probe", protocol.Probe{Offer: "another", Route: "udp"}, "probe", nil)
	c.write(`{"type":"bye"}`)
	eventually(t, "the probe ends with its session", func() bool { return r.engine.count() == 1 })
	firm.change("the buyer's end", func(ch protocol.Change) bool {
		if ch.Participant != nil && ch.Participant.Away {
			t.Error("a probe that ended was taken for the media")
		}
		return ch.Left != nil
	})
}

func TestSession_R17_RepliesMayBeLostOneAfterAnother(t *testing.T) {
	r := newRig(t)
	c := r.visit("buyer")
	var given []string
	resume := func(secret string) (*tab, string) {
		n := r.dial()
		var res protocol.Resumed
		n.ask("resume", protocol.Resume{Session: c.session, Secret: secret}, "resume", &res)
		given = append(given, res.Secret)
		return n, res.Secret
	}
	for range 3 { // none of these arrives
		_, _ = resume(c.secret)
	}
	_, third := resume(given[1]) // and of these the second did
	n, last := resume(third)
	n.ask("ping", protocol.Ping{}, "pong", nil)
	for i, secret := range append([]string{c.secret}, given[:4]...) {
		r.dial().refused("resume", protocol.Resume{Session: c.session, Secret: secret}, protocol.CodeSessionUnknown)
		if i > 2 {
			break
		}
	}
	_, _ = resume(last)
}

func TestRestart_R57_OfferAndAnswerMayComeDeflated(t *testing.T) {
	r := newRig(t)
	buyer := r.visit("buyer")
	deflate := func(text []byte) *bytes.Buffer {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(text); err != nil || z.Close() != nil {
			t.Fatal(err)
		}
		return &b
	}
	ask := func(body io.Reader, headers ...string) (*http.Response, string) {
		t.Helper()
		request, err := http.NewRequest(http.MethodPost, r.web.URL+"/api/v1/sessions/"+buyer.session+"/restart", body)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Content-Encoding", "gzip")
		for i := 0; i < len(headers); i += 2 {
			request.Header.Set(headers[i], headers[i+1])
		}
		// A transport that is told of gzip by hand leaves the answer as it is.
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var in io.Reader = response.Body
		if response.Header.Get("Content-Encoding") == "gzip" {
			if in, err = gzip.NewReader(in); err != nil {
				t.Fatal(err)
			}
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		return response, string(text)
	}
	offer, err := json.Marshal(protocol.RestartSession{Secret: buyer.secret, Offer: "v=0\r\n" + strings.Repeat("a=rtpmap:96 VP8/90000\r\n", 1000)})
	if err != nil {
		t.Fatal(err)
	}
	small := deflate(offer)
	if small.Len() > len(offer)/10 {
		t.Fatalf("%d of %d", small.Len(), len(offer))
	}
	response, answer := ask(small, "Accept-Encoding", "gzip")
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Encoding") != "gzip" || !strings.Contains(answer, "restart of v=0") {
		t.Errorf("%d %q: %.100s", response.StatusCode, response.Header.Get("Content-Encoding"), answer)
	}
	if response, answer := ask(deflate(offer), "Accept-Encoding", "identity"); response.Header.Get("Content-Encoding") != "" || !strings.Contains(answer, "restart of v=0") {
		t.Errorf("%q: %.100s", response.Header.Get("Content-Encoding"), answer)
	}
	bomb := deflate(bytes.Repeat([]byte(" "), 64<<20))
	if response, answer := ask(bomb, "Accept-Encoding", "gzip"); response.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("64 MB of blanks in %d bytes: %d %.100s", bomb.Len(), response.StatusCode, answer)
	}
	if response, answer := ask(strings.NewReader("{}")); response.StatusCode != http.StatusBadRequest {
		t.Errorf("what is not gzip: %d %.100s", response.StatusCode, answer)
	}
}
