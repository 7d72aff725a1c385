package signaling

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gorilla/websocket"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/signaling/protocol"
)

func TestSocket_R8_BadMessages(t *testing.T) {
	r := newRig(t)
	for _, tt := range []struct {
		name, raw string
		closes    bool // there is no ref to answer by
		code      protocol.Code
	}{
		{"malformed", `{"type":"ping","ref":9`, true, protocol.CodeBadMessage},
		{"no ref", `{"type":"ping","body":{"at":1}}`, true, protocol.CodeBadMessage},
		{"unknown type", `{"type":"dance","ref":9}`, false, protocol.CodeBadMessage},
		{"unknown field", `{"type":"ping","ref":9,"body":{"at":1,"x":1}}`, false, protocol.CodeBadMessage},
		{"hello again", `{"type":"hello","ref":9,"body":{"token":"t","profile":"room"}}`, false, protocol.CodeBadMessage},
		{"too large for its type", `{"type":"chat","ref":9,"body":{"key":"k","text":"` + strings.Repeat("x", protocol.MaxMessage) + `"}}`, false, protocol.CodeTooLarge},
		{"too large for any", strings.Repeat(" ", protocol.MaxOfferMessage+1), true, protocol.CodeTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := r.visit("buyer")
			c.t = t
			c.write(tt.raw)
			if tt.closes {
				c.closed(tt.code)
				return
			}
			m := c.reply(9)
			if m.Type != protocol.TypeError || !strings.Contains(string(m.Body), string(tt.code)) {
				t.Fatalf("answered by %s %s", m.Type, m.Body)
			}
			c.ask("ping", protocol.Ping{At: 1}, "pong", nil) // and the socket goes on
		})
	}
}

func TestSocket_R6_TheFirstMessageIsHelloOrResume(t *testing.T) {
	r := newRig(t)
	c := r.dial()
	c.send("join", protocol.Join{Consultation: "S01"})
	c.closed(protocol.CodeBadMessage)

	c = r.dial()
	if err := c.ws.WriteMessage(websocket.BinaryMessage, []byte("{}")); err != nil {
		t.Fatal(err)
	}
	c.closed(protocol.CodeBadMessage)
}

func TestSocket_R6_ARefusedHelloMayBeTriedAgain(t *testing.T) {
	r := newRig(t)
	c := r.dial()
	e := c.refused("hello", protocol.Hello{Token: "link." + strings.Repeat("x", 43), Profile: "room", Offer: "v=0"}, protocol.CodeTokenUnknown)
	if e.Action != protocol.ActionRejoin {
		t.Errorf("action %q", e.Action)
	}
	token := r.open("buyer").Token
	c.refused("hello", protocol.Hello{Token: token, Profile: "wall", Offer: "v=0"}, protocol.CodeForbidden)
	c.refused("hello", protocol.Hello{Token: token, Profile: "room"}, protocol.CodeBadOffer)
	c.refused("hello", protocol.Hello{Token: token, Profile: "room", Offer: "bad"}, protocol.CodeBadOffer)
	if n := len(r.server.sessions); n != 0 {
		t.Errorf("%d sessions after refused hellos", n)
	}
	c.ask("hello", protocol.Hello{Token: token, Profile: "room", Offer: "v=0"}, "hello", nil)
}

func TestSocket_R6_TriesAreCounted(t *testing.T) {
	r := newRig(t)
	c := r.dial()
	unknown := protocol.Hello{Token: "link." + strings.Repeat("x", 43), Profile: "room", Offer: "v=0"}
	for range maxTries - 1 {
		c.refused("hello", unknown, protocol.CodeTokenUnknown)
	}
	c.send("hello", unknown)
	c.closed(protocol.CodeRateLimited)
}

func TestOutbox_AFullStateLargerThanTheBoundPasses(t *testing.T) {
	o := newOutbox()
	large := make([]byte, outboxBytes+1)
	o.send(large)
	if q, end := o.take(); len(q) != 1 || end != nil {
		t.Fatalf("%d messages, end %v", len(q), end)
	}
	o.send([]byte("{}"))
	o.send(large)
	if q, end := o.take(); len(q) != 0 || end == nil || end.Code != protocol.CodeSlow {
		t.Errorf("%d messages, end %v, want slow", len(q), end)
	}
}

func TestSocket_R6_SilenceEndsASocketThatSaidNothing(t *testing.T) {
	r := newRig(t)
	r.server.times.hello = 50 * time.Millisecond
	r.dial().closed(protocol.CodeIdle)
}

func TestSocket_R7_ADeadSocketEndsAndItsSessionWaits(t *testing.T) {
	r := newRig(t)
	r.server.times.ping, r.server.times.dead = 20*time.Millisecond, 150*time.Millisecond
	alive, dead := r.visit("booth"), r.visit("buyer")
	dead.ws.SetPingHandler(func(string) error { return nil }) // a client that does not answer
	go func() {
		for { // pongs are sent while somebody reads
			if _, _, err := alive.ws.ReadMessage(); err != nil {
				return
			}
		}
	}()
	dead.closed(protocol.CodeIdle)
	if r.server.session(dead.session) == nil {
		t.Error("the session went with its socket")
	}
	eventually(t, "only the socket that answers lives", func() bool {
		r.server.mu.Lock()
		defer r.server.mu.Unlock()
		return len(r.server.sockets) == 1
	})
}

func TestSocket_R6_OtherOriginsAreRefused(t *testing.T) {
	r := newRig(t, func(d *Deps) { d.Origins = []string{"https://portal.example"} })
	host := strings.TrimPrefix(r.web.URL, "http://")
	for origin, ok := range map[string]bool{
		"https://evil.example":         false,
		"null":                         false,
		"http://" + host + ".evil.com": false,
		"http://" + host:               true,
		"https://portal.example":       true,
		"http://portal.example":        false,
	} {
		c, resp, err := r.tryDial("Origin", origin)
		if (err == nil) != ok {
			t.Errorf("%s: let in %v, want %v", origin, err == nil, ok)
		}
		if err == nil {
			c.lose()
			continue
		}
		var p protocol.Problem
		if err := json.NewDecoder(resp.Body).Decode(&p); err != nil || p.Code != protocol.CodeOrigin || resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s: status %d, problem %+v, %v", origin, resp.StatusCode, p, err)
		}
	}
}

func TestSocket_R6_TheSubprotocolIsAskedFor(t *testing.T) {
	r := newRig(t)
	ws, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(r.web.URL, "http")+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	(&tab{t: t, ws: ws}).closed(protocol.CodeBadMessage)
}

func TestLimits_TooManyAreRefusedAndThenEndTheSocket(t *testing.T) {
	r := newRig(t)
	c := r.visit("buyer")
	burst := allowances()[protocol.TypeLeave].burst
	for range burst {
		c.ask("leave", nil, "ok", nil)
	}
	e := c.refused("leave", nil, protocol.CodeRateLimited)
	if e.RetryAfterMS <= 0 || e.RetryAfterMS > 1000 {
		t.Errorf("retry after %d ms", e.RetryAfterMS)
	}
	c.ask("ping", protocol.Ping{}, "pong", nil) // other types have their own
	for range maxStrikes {
		c.send("leave", nil)
	}
	c.closed(protocol.CodeRateLimited)
}

func TestLimits_ALinkHasABoundOfSessions(t *testing.T) {
	r := newRig(t)
	first := r.visit("console")
	for range sessionsOfLink - 1 {
		r.visit("console")
	}
	c := r.dial()
	c.refused("hello", protocol.Hello{Token: r.open("console").Token, Profile: "wall"}, protocol.CodeRateLimited)
	// The same tab again is no more than before.
	r.hello(first.token, true)
}

func TestDocument_RatesAreTheAllowances(t *testing.T) {
	doc := readFile(t, "protocol/PROTOCOL.md")
	short := func(d time.Duration) string { return strings.TrimSuffix(d.String(), "0s") }
	for typ, a := range allowances() {
		name := "`" + typ + "`"
		if typ == protocol.TypeResume {
			name += " of a session"
		}
		want := fmt.Sprintf("| %s | %d | %s |", name, a.burst, a.every)
		if !strings.Contains(doc, want) {
			t.Errorf("PROTOCOL.md does not say %s", want)
		}
	}
	for _, want := range []string{
		fmt.Sprintf("| `hello` of a link | %d | %s |", helloBurst, short(helloEvery)),
		fmt.Sprintf("| messages of a link | %d | %s |", linkBurst, linkEvery),
		fmt.Sprintf("| sockets of an address | %d | %s |", socketBurst, socketEvery),
		fmt.Sprintf("| restarts by REST of an address; the session's `restart` counts, too | %d | %s |", socketBurst, socketEvery),
		fmt.Sprintf("ends after %d s, with the next probe", protocol.ProbeWithin/time.Second),
		fmt.Sprintf("for %d s it counts like a socket", socketTimes().dead/time.Second),
		fmt.Sprintf("found out, for %d hours", schedule.PathOldAfter/time.Hour),
		fmt.Sprintf("| readings of an event's attendance | %d | %s |", reportBurst, reportEvery),
		fmt.Sprintf("| REST requests of a link | %d | %s |", callBurst, callEvery),
		map[int]string{8: "seven times at most"}[maxTries],
		fmt.Sprintf("at most %d sessions", sessionsOfLink),
		map[int]string{50: "Fifty refused messages"}[maxStrikes],
		fmt.Sprintf("(%d messages or %d MB wait)", outboxMessages, outboxBytes>>20),
	} {
		if !strings.Contains(doc, want) {
			t.Errorf("PROTOCOL.md does not say %s", want)
		}
	}
	times := socketTimes()
	for _, want := range []string{
		fmt.Sprintf("pings every %d s", times.ping/time.Second),
		fmt.Sprintf("nothing was read for %d s", times.dead/time.Second),
		fmt.Sprintf("complete within %d s", times.hello/time.Second),
		fmt.Sprintf("not come up %d s after", times.connect/time.Second),
	} {
		if !strings.Contains(doc, want) {
			t.Errorf("PROTOCOL.md does not say %q", want)
		}
	}
}

func TestServer_DrainTellsEverySocketToRejoin(t *testing.T) {
	r := newRig(t)
	firm, buyer, silent := r.visit("booth"), r.visit("buyer"), r.dial()
	firm.join("S01")
	buyer.join("S01")
	done := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		done <- r.server.Close(ctx)
	}()
	for _, c := range []*tab{firm, buyer, silent} {
		c.closed(protocol.CodeDraining)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if _, resp, err := r.tryDial(); err == nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a draining server took a socket: %v", err)
	}
}

func TestServer_DrainDoesNotWaitForWhoDoesNotAnswer(t *testing.T) {
	r := newRig(t)
	r.server.times.close = time.Hour
	r.visit("buyer") // reads nothing any more
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	if err := r.server.Close(ctx); err == nil {
		t.Error("the drain says that everybody answered")
	}
}

func TestSocket_R12_WhoReadsTooSlowlyIsClosed(t *testing.T) {
	o := newOutbox()
	for range outboxMessages {
		o.send([]byte("x"))
	}
	if o.ending() {
		t.Fatal("ended within its bound")
	}
	o.send([]byte("x"))
	q, end := o.take()
	if end == nil || end.Code != protocol.CodeSlow || len(q) != 0 {
		t.Errorf("%d messages, end %v; want none and slow", len(q), end)
	}
	o.send([]byte("late"))
	o.close(protocol.Fail(protocol.CodeReplaced))
	if q, end := o.take(); len(q) != 0 || end.Code != protocol.CodeSlow {
		t.Errorf("%d messages, end %v; the first reason stands", len(q), end)
	}
	o = newOutbox()
	o.send(bytes.Repeat([]byte("x"), outboxBytes))
	o.send([]byte("x"))
	if _, end := o.take(); end == nil {
		t.Error("no bound of bytes")
	}
}

func (r *rig) get(path string, header ...string) (*http.Response, string) {
	r.t.Helper()
	req, err := http.NewRequest(http.MethodGet, r.web.URL+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp, string(b)
}

func TestPages_R1_EveryLinkHasTheSamePage(t *testing.T) {
	r := newRig(t)
	real, a := r.get("/j/" + string(r.links["buyer"].Link.ID))
	unknown, b := r.get("/j/nobody")
	if a != b || real.StatusCode != 200 || unknown.StatusCode != 200 {
		t.Errorf("pages differ: %d %q, %d %q", real.StatusCode, a, unknown.StatusCode, b)
	}
	if got := real.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("the page may be cached: %q", got)
	}
	if link, _, err := r.store.Link(t.Context(), r.links["buyer"].Link.ID); err != nil || link.UsedAt != nil {
		t.Errorf("a look at the page used the link: %+v, %v", link, err)
	}
}

func TestPages_FilesAndHeaders(t *testing.T) {
	r := newRig(t)
	for path, want := range map[string]struct {
		status int
		cache  string
	}{
		"/":                   {200, "no-store"},
		"/assets/main-abc.js": {200, "public, max-age=31536000, immutable"},
		"/robots.txt":         {200, "no-cache"},
		"/assets/":            {404, ""},
		"/assets/none.js":     {404, ""},
		"/j/":                 {404, ""},
		"/j/a/b":              {404, ""},
		"/../go.mod":          {404, ""},
		"/api/v1/none":        {404, "no-store"},
		"/healthz":            {200, "no-store"},
	} {
		resp, body := r.get(path)
		if resp.StatusCode != want.status || resp.Header.Get("Cache-Control") != want.cache {
			t.Errorf("%s: %d, cache %q; want %d, %q (%.80s)", path, resp.StatusCode, resp.Header.Get("Cache-Control"), want.status, want.cache, body)
		}
		csp := resp.Header.Get("Content-Security-Policy")
		for _, part := range []string{
			"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
			"connect-src 'self' ws://127.0.0.1:", "base-uri 'none'",
		} {
			if !strings.Contains(csp, part) {
				t.Errorf("%s: policy %q lacks %q", path, csp, part)
			}
		}
		if strings.Contains(csp, "unsafe") {
			t.Errorf("%s: %q", path, csp)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := resp.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
	}
	if resp, err := http.Post(r.web.URL+"/", "text/plain", nil); err != nil || resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST /: %v, %v", resp, err)
	} else {
		resp.Body.Close()
	}
}

func TestPages_TextTravelsDeflated(t *testing.T) {
	script := strings.Repeat("export const answer = 42;\n", 200)
	r := newRig(t, func(d *Deps) {
		d.Static = fstest.MapFS{
			"index.html":     {Data: []byte("<!doctype html>" + strings.Repeat("<p>page</p>", 100))},
			"assets/a.js":    {Data: []byte(script)},
			"assets/b.woff2": {Data: bytes.Repeat([]byte("x"), 4096)},
		}
	})
	resp, body := r.get("/assets/a.js", "Accept-Encoding", "br, gzip;q=0.5")
	if resp.Header.Get("Content-Encoding") != "gzip" || resp.Header.Get("Vary") != "Accept-Encoding" ||
		!strings.Contains(resp.Header.Get("Content-Type"), "javascript") || len(body) > len(script)/3 {
		t.Fatalf("%v, %d bytes", resp.Header, len(body))
	}
	z, err := gzip.NewReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := io.ReadAll(z); err != nil || string(raw) != script {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
	for path, accept := range map[string]string{
		"/assets/a.js": "identity", "/assets/b.woff2": "gzip", "/j/x": "gzip;q=0",
	} {
		if resp, _ := r.get(path, "Accept-Encoding", accept); resp.Header.Get("Content-Encoding") != "" || resp.StatusCode != 200 {
			t.Errorf("%s for %s: %d %v", path, accept, resp.StatusCode, resp.Header)
		}
	}
	if resp, _ := r.get("/j/x", "Accept-Encoding", "gzip"); resp.Header.Get("Content-Encoding") != "gzip" ||
		resp.Header.Get("Content-Type") != "text/html; charset=utf-8" || resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the page: %v", resp.Header)
	}
}

func TestPages_AHostCannotAddToThePolicy(t *testing.T) {
	for host, ok := range map[string]bool{
		"fair.example:8443": true, "[::1]:80": true, "x; script-src *": false, "a b": false, "": false,
	} {
		if plainHost(host) != ok {
			t.Errorf("%q: %v", host, !ok)
		}
	}
}

func TestPages_AnUnbuiltClientSaysSo(t *testing.T) {
	r := newRig(t, func(d *Deps) { d.Static = nil })
	resp, body := r.get("/j/x")
	if resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "make build") {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

func TestServer_AddressIsBelievedFromTrustedProxiesAlone(t *testing.T) {
	r := newRig(t)
	req := func(remote string, forwarded ...string) *http.Request {
		return &http.Request{RemoteAddr: remote, Header: http.Header{"X-Forwarded-For": forwarded}}
	}
	if got := r.server.from(req("192.0.2.1:5", "203.0.113.9")).String(); got != "192.0.2.1" {
		t.Errorf("believed a stranger: %s", got)
	}
	r.server.deps.TrustedProxies = prefixes(t, "10.0.0.0/8")
	if got := r.server.from(req("10.0.0.1:5", "6.6.6.6, 203.0.113.9, 10.0.0.2")).String(); got != "203.0.113.9" {
		t.Errorf("got %s, want the last one that no proxy of ours is", got)
	}
}

func TestFaults_DomainErrorsHaveTheirCodes(t *testing.T) {
	for err, want := range map[error]protocol.Code{
		fmt.Errorf("x: %w", sfu.ErrBadOffer):            protocol.CodeBadOffer,
		context.DeadlineExceeded:                        protocol.CodeUnavailable,
		io.ErrUnexpectedEOF:                             protocol.CodeInternal,
		&protocol.Fault{Code: protocol.CodeLinkRevoked}: protocol.CodeLinkRevoked,
	} {
		if got := fault(err).Code; got != want {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
}
