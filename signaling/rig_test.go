package signaling

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/rooms/store"
	"sangdam/rooms/store/storetest"
	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 5 * time.Second

// media is a fake for faults and states: real media is tested in sfu and over
// the whole server. It connects every Peer at once.
type fakeEngine struct {
	mu      sync.Mutex
	peers   map[sfu.PeerID]sfu.Observer
	made    int
	asked   []sfu.Offer // all that were answered
	openErr error
	restart func()
	// unreachable Peers stay as they are until say.
	unreachable bool
	heard       time.Time
	encodings   map[sfu.PeerID]sfu.Encodings // of others: none
	onBind      func(sfu.PeerID, ...sfu.Binding)
}

func (e *fakeEngine) Open(_ context.Context, asked sfu.Offer, o sfu.Observer) (sfu.PeerID, string, error) {
	offer := asked.SDP
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.openErr != nil {
		return "", "", e.openErr
	}
	if offer == "bad" {
		return "", "", fmt.Errorf("offer: %w", sfu.ErrBadOffer)
	}
	e.made++
	e.asked = append(e.asked, asked)
	id := sfu.PeerID(fmt.Sprintf("peer-%d", e.made))
	e.peers[id] = o
	if !e.unreachable {
		o.PeerState(id, sfu.StateConnected)
	}
	return id, "answer to " + offer, nil
}

func (e *fakeEngine) Restart(_ context.Context, id sfu.PeerID, offer string) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.restart != nil {
		e.restart()
	}
	if e.peers[id] == nil {
		return "", sfu.ErrNoPeer
	}
	return "restart of " + offer, nil
}

func (e *fakeEngine) ClosePeer(id sfu.PeerID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.peers, id)
}

func (e *fakeEngine) LastHeard(sfu.PeerID) time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.heard
}

// Truth is that of UDP, for every Peer that lives.
func (e *fakeEngine) Truth(id sfu.PeerID) (sfu.Truth, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return sfu.Truth{State: sfu.StateConnected, Route: sfu.RouteUDP}, e.peers[id] != nil
}

func (e *fakeEngine) Encodings(id sfu.PeerID) (sfu.Encodings, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	known, ok := e.encodings[id]
	return known, ok
}

func (e *fakeEngine) Levels(sfu.PeerID) sfu.Levels { return sfu.Levels{} }

func (e *fakeEngine) Bind(id sfu.PeerID, b ...sfu.Binding) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.onBind != nil {
		e.onBind(id, b...)
	}
}

func (e *fakeEngine) Allow(sfu.PeerID, sfu.Source, bool) {}

// say tells every living Peer's observer a state.
func (e *fakeEngine) say(id sfu.PeerID, state sfu.State) {
	e.mu.Lock()
	o := e.peers[id]
	e.mu.Unlock()
	if o != nil {
		o.PeerState(id, state)
	}
}

func (e *fakeEngine) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.peers)
}

type rig struct {
	t      *testing.T
	server *Server
	web    *httptest.Server
	store  *store.Store
	engine *fakeEngine
	event  *schedule.Event
	links  map[string]auth.Minted // booth, buyer, interpreter, console
	log    *lockedBuffer
}

// testKeeper's links differ by the letter.
func testKeeper(letter byte) *auth.Keeper {
	k, err := auth.NewKeeper(bytes.Repeat([]byte{letter}, 32))
	if err != nil {
		panic(err)
	}
	return k
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// fair has one consultation that began five minutes ago, one of tomorrow, and
// one of another buyer.
func fair(now time.Time) *schedule.Event {
	now = now.UTC().Truncate(time.Second)
	at := func(id schedule.ConsultationID, buyer schedule.BuyerID, start time.Time) schedule.Consultation {
		return schedule.Consultation{
			ID: id, Start: start, End: start.Add(time.Hour),
			Booth: "B1", Firm: "F1", Buyer: buyer, Interpreter: "I1",
		}
	}
	return &schedule.Event{
		ID: "fair", Name: "Textile fair", Organiser: "Yangju", Zone: "Asia/Seoul", Language: "ko",
		Policy: schedule.DefaultPolicy(),
		Firms:  []schedule.Firm{{ID: "F1", Name: "Knit Co", Products: "knits"}},
		Buyers: []schedule.Buyer{
			{ID: "U1", Name: "Tekstil", Country: "TR", Zone: "Europe/Istanbul", Language: "en"},
			{ID: "U2", Name: "Tessuti", Country: "IT", Zone: "Europe/Rome", Language: "it"},
		},
		Interpreters: []schedule.Interpreter{{ID: "I1", Name: "Kim", Languages: []string{"ko", "tr"}}},
		Booths:       []schedule.Booth{{ID: "B1", Name: "Booth 1"}},
		Consultations: []schedule.Consultation{
			at("S01", "U1", now.Add(-5*time.Minute)),
			at("S02", "U2", now.Add(24*time.Hour)),
			at("S03", "U1", now.Add(26*time.Hour)),
		},
	}
}

func newRig(t *testing.T, change ...func(*Deps)) *rig {
	t.Helper()
	return newRigOn(t, storetest.Mini(t), change...)
}

// newRigOn has its store on the Redis of an URL.
func newRigOn(t *testing.T, redis string, change ...func(*Deps)) *rig {
	t.Helper()
	ctx := t.Context()
	r := &rig{t: t, engine: &fakeEngine{peers: map[sfu.PeerID]sfu.Observer{}}, links: map[string]auth.Minted{}, log: &lockedBuffer{}}
	log := slog.New(slog.NewTextHandler(r.log, nil))
	st, err := store.Open(ctx, store.Options{URL: redis, Node: "n1", Dir: t.TempDir(), Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	r.store = st
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	incarnation, err := st.StartNode(ctx)
	if err != nil {
		t.Fatal(err)
	}
	r.event = fair(time.Now())
	if err := st.SaveEvent(ctx, r.event); err != nil {
		t.Fatal(err)
	}
	minted, err := testKeeper('k').Mint(r.event, auth.MintOptions{Now: time.Now().Add(-time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	var links []schedule.Link
	for _, m := range minted {
		links = append(links, m.Link)
		g := m.Link.Grants
		switch {
		case g.Kind == schedule.LinkBooth:
			r.links["booth"] = m
		case g.Kind == schedule.LinkConsole:
			r.links["console"] = m
		case g.Party == "U1":
			r.links["buyer"] = m
		case g.Party == "U2":
			r.links["buyer2"] = m
		case g.Party == "I1":
			r.links["interpreter"] = m
		}
	}
	if err := st.SaveLinks(ctx, links); err != nil {
		t.Fatal(err)
	}
	registry := rooms.NewRegistry(rooms.Deps{
		Store: st, Ledger: st, Media: r.engine, Logger: log, Node: "n1", Incarnation: incarnation,
	})
	if err := registry.Start(ctx); err != nil {
		t.Fatal(err)
	}
	deps := Deps{
		Registry: registry, Engine: r.engine, Tokens: st, Records: NewRecords(st), Paths: st, Logger: log,
		Static: fstest.MapFS{
			"index.html":         {Data: []byte("<!doctype html><title>page</title>")},
			"assets/main-abc.js": {Data: []byte("export {}")},
			"robots.txt":         {Data: []byte("User-agent: *\nDisallow: /\n")},
		},
		StoreOK: func() bool { return st.AwaySince().IsZero() },
	}
	for _, c := range change {
		c(&deps)
	}
	r.server = New(deps)
	r.server.times.close = 50 * time.Millisecond // many tabs here never read their close frame
	r.web = httptest.NewServer(r.server)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := r.server.Close(ctx); err != nil {
			t.Errorf("the server did not drain: %v", err)
		}
		r.web.Close()
		if n := r.engine.count(); n != 0 {
			t.Errorf("%d peers were left", n)
		}
		if err := registry.Close(ctx); err != nil {
			t.Errorf("the rooms did not close: %v", err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	return r
}

// post sends JSON and reads the reply into out; it returns the status.
// entries is the ledger so far.
func (r *rig) entries() (all []schedule.Entry) {
	r.t.Helper()
	if err := r.store.Flush(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	err := r.store.Entries(r.t.Context(), "fair", func(e schedule.Entry) error {
		all = append(all, e)
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return all
}

func (r *rig) post(path string, in, out any) int {
	r.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		r.t.Fatal(err)
	}
	resp, err := http.Post(r.web.URL+path, "application/json", bytes.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			r.t.Fatalf("%s: %v in %s", path, err, raw)
		}
	}
	return resp.StatusCode
}

// open opens a link as a new tab.
func (r *rig) open(who string) protocol.Bootstrap {
	r.t.Helper()
	var b protocol.Bootstrap
	m := r.links[who]
	if got := r.post("/api/v1/links/"+string(m.Link.ID)+"/open", protocol.OpenLink{Secret: m.Secret}, &b); got != http.StatusOK {
		r.t.Fatalf("opening %s: status %d", who, got)
	}
	return b
}

// tab is a browser's end of one socket.
type tab struct {
	t       *testing.T
	ws      *websocket.Conn
	ref     uint64
	token   string
	session string
	secret  string
	peer    sfu.PeerID
	seq     uint64
	deltas  []protocol.Delta // heard while a reply was waited for

	layers   []protocol.Layers // all that was told
	speakers [][]string        // the same
	codecs   []protocol.Codecs // the same
}

func (r *rig) dial(header ...string) *tab {
	r.t.Helper()
	c, resp, err := r.tryDial(header...)
	if err != nil {
		r.t.Fatalf("dial: %v (%v)", err, resp)
	}
	return c
}

func (r *rig) tryDial(header ...string) (*tab, *http.Response, error) {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	d := websocket.Dialer{Subprotocols: []string{protocol.Subprotocol}, EnableCompression: true}
	ws, resp, err := d.Dial("ws"+strings.TrimPrefix(r.web.URL, "http")+"/ws", h)
	if err != nil {
		return nil, resp, err
	}
	r.t.Cleanup(func() { _ = ws.Close() })
	return &tab{t: r.t, ws: ws}, resp, nil
}

// visit opens a link, dials and says hello.
func (r *rig) visit(who string) *tab {
	r.t.Helper()
	return r.hello(r.open(who).Token, who == "console")
}

func (r *rig) hello(token string, console bool) *tab {
	r.t.Helper()
	c := r.dial()
	h := protocol.Hello{Token: token, Profile: "room", Offer: "v=0"}
	if console {
		h = protocol.Hello{Token: token, Profile: "wall"}
	}
	var w protocol.Welcome
	c.ask("hello", h, "hello", &w)
	c.token, c.session, c.secret = token, w.Session, w.Secret
	if !console {
		r.engine.mu.Lock()
		c.peer = sfu.PeerID(fmt.Sprintf("peer-%d", r.engine.made))
		r.engine.mu.Unlock()
	}
	return c
}

func (c *tab) write(raw string) {
	c.t.Helper()
	if err := c.ws.WriteMessage(websocket.TextMessage, []byte(raw)); err != nil {
		c.t.Fatalf("write: %v", err)
	}
}

func (c *tab) send(typ string, body any) uint64 {
	c.t.Helper()
	c.ref++
	raw, err := protocol.Encode(typ, c.ref, body)
	if err != nil {
		c.t.Fatal(err)
	}
	c.write(string(raw))
	return c.ref
}

func (c *tab) next() (protocol.Message, error) {
	_ = c.ws.SetReadDeadline(time.Now().Add(patience))
	_, raw, err := c.ws.ReadMessage()
	if err != nil {
		return protocol.Message{}, err
	}
	var m protocol.Message
	return m, json.Unmarshal(raw, &m)
}

// reply waits for the answer to a request, and keeps the deltas on the way.
func (c *tab) reply(ref uint64) protocol.Message {
	c.t.Helper()
	for {
		m, err := c.next()
		if err != nil {
			c.t.Fatalf("waiting for the reply to %d: %v", ref, err)
		}
		if m.Ref == ref {
			return m
		}
		c.keep(m)
	}
}

func (c *tab) keep(m protocol.Message) {
	c.t.Helper()
	var layers protocol.Layers
	var speakers protocol.Speakers
	var codec protocol.Codecs
	switch m.Type {
	case protocol.TypeLayers:
		if err := json.Unmarshal(m.Body, &layers); err != nil {
			c.t.Fatal(err)
		}
		c.layers = append(c.layers, layers)
		return
	case protocol.TypeCodecs:
		if err := json.Unmarshal(m.Body, &codec); err != nil {
			c.t.Fatal(err)
		}
		c.codecs = append(c.codecs, codec)
		return
	case protocol.TypeSpeakers:
		if err := json.Unmarshal(m.Body, &speakers); err != nil {
			c.t.Fatal(err)
		}
		c.speakers = append(c.speakers, speakers.Speakers)
		return
	}
	if m.Type != protocol.TypeDelta {
		c.t.Fatalf("unasked: %s %s", m.Type, m.Body)
	}
	var d protocol.Delta
	if err := json.Unmarshal(m.Body, &d); err != nil {
		c.t.Fatal(err)
	}
	if d.Seq != c.seq+1 {
		c.t.Fatalf("delta %d after %d", d.Seq, c.seq)
	}
	c.seq = d.Seq
	c.deltas = append(c.deltas, d)
}

// ask sends a request and reads its reply.
func (c *tab) ask(typ string, body any, want string, out any) {
	c.t.Helper()
	m := c.reply(c.send(typ, body))
	if m.Type != want {
		c.t.Fatalf("%s was answered by %s %s", typ, m.Type, m.Body)
	}
	if out != nil {
		if err := json.Unmarshal(m.Body, out); err != nil {
			c.t.Fatal(err)
		}
	}
}

// refused sends a request that must be refused with a code.
func (c *tab) refused(typ string, body any, want protocol.Code) protocol.Error {
	c.t.Helper()
	var e protocol.Error
	c.ask(typ, body, "error", &e)
	if e.Code != want {
		c.t.Fatalf("%s was refused with %s (%s), want %s", typ, e.Code, e.Detail, want)
	}
	return e
}

func (c *tab) join(id string, sources ...string) protocol.Joined {
	c.t.Helper()
	var j protocol.Joined
	c.ask("join", protocol.Join{Consultation: id, Sources: sources}, "joined", &j)
	c.seq = j.Seq
	return j
}

// change waits for a delta's change that is.
func (c *tab) change(what string, is func(protocol.Change) bool) protocol.Change {
	c.t.Helper()
	for {
		for len(c.deltas) > 0 {
			d := c.deltas[0]
			for i, ch := range d.Changes {
				if is(ch) {
					c.deltas[0].Changes = d.Changes[i+1:]
					return ch
				}
			}
			c.deltas = c.deltas[1:]
		}
		m, err := c.next()
		if err != nil {
			c.t.Fatalf("waiting for %s: %v", what, err)
		}
		c.keep(m)
	}
}

func (c *tab) participant(what string, is func(protocol.Participant) bool) {
	c.t.Helper()
	c.change(what, func(ch protocol.Change) bool { return ch.Participant != nil && is(*ch.Participant) })
}

// closed reads until the server closes the socket; the error message and the
// close code must agree.
func (c *tab) closed(want protocol.Code) {
	c.t.Helper()
	var last protocol.Error
	for {
		m, err := c.next()
		if err == nil {
			if m.Type == protocol.TypeError && m.Ref == 0 {
				if err := json.Unmarshal(m.Body, &last); err != nil {
					c.t.Fatal(err)
				}
			}
			continue
		}
		ce, ok := errors.AsType[*websocket.CloseError](err)
		if !ok {
			c.t.Fatalf("the socket ended without a close frame: %v", err)
		}
		if ce.Code != want.Rule().Close || last.Code != want || last.Action != want.Rule().Action {
			c.t.Fatalf("closed with %d after %+v, want %s", ce.Code, last, want)
		}
		return
	}
}

// lose drops the connection as a dying network does.
func (c *tab) lose() {
	_ = c.ws.NetConn().Close()
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}
