package signaling_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/rooms/sfu/sfutest"
	"sangdam/rooms/store"
	"sangdam/rooms/store/storetest"
	"sangdam/signaling"
	"sangdam/signaling/auth"
	"sangdam/signaling/desk"
	"sangdam/signaling/protocol"
	"sangdam/signaling/signaltest"
)

// These tests hold the whole server together: real store, rooms, media plane
// and sockets, and clients that know nothing but the protocol.

const (
	mic    = sfutest.Microphone
	camera = sfutest.Camera
	screen = sfutest.Screen

	talks = "S01" // began five minutes ago, with an interpreter
	other = "S02" // the same time, other people
	later = "S03" // tomorrow
)

type house struct {
	t        *testing.T
	ctx      context.Context
	store    *store.Store
	registry *rooms.Registry
	media    *faultyMedia
	server   *signaling.Server
	url      string
	data     string // the node's data folder
	event    *schedule.Event
	links    map[string]auth.Minted
	people   atomic.Uint32 // made so far
	servers  atomic.Pointer[func(string, string, time.Time) []protocol.ICEServer]
	stop     func() // ends the server and all below; may be called before the test ends
}

// faultyMedia is the real engine with a trap in it: once armed, the next Bind
// panics in the loop of the room that calls it.
type faultyMedia struct {
	*sfu.Engine
	armed atomic.Bool
}

func (m *faultyMedia) Bind(viewer sfu.PeerID, b ...sfu.Binding) {
	if m.armed.CompareAndSwap(true, false) {
		panic("a trap of the test")
	}
	m.Engine.Bind(viewer, b...)
}

func fair(now time.Time) *schedule.Event {
	now = now.UTC().Truncate(time.Second)
	at := func(id schedule.ConsultationID, n int, interpreter schedule.InterpreterID, start time.Time) schedule.Consultation {
		return schedule.Consultation{
			ID: id, Start: start, End: start.Add(time.Hour), Interpreter: interpreter,
			Booth: schedule.BoothID(fmt.Sprintf("B%d", n)), Firm: schedule.FirmID(fmt.Sprintf("F%d", n)), Buyer: schedule.BuyerID(fmt.Sprintf("U%d", n)),
		}
	}
	return &schedule.Event{
		ID: "fair", Name: "Textile fair", Organiser: "Yangju", Zone: "Asia/Seoul", Language: "ko", Policy: schedule.DefaultPolicy(),
		Firms: []schedule.Firm{{ID: "F1", Name: "Knit Co"}, {ID: "F2", Name: "Weave Co"}},
		Buyers: []schedule.Buyer{
			{
				ID: "U1", Name: "Tekstil", Country: "TR", Zone: "Europe/Istanbul", Language: "en",
				Contact: schedule.Contact{Person: "Ayşe", Phone: "+90 555 0101", TradeOffice: "KOTRA Istanbul"},
			},
			{ID: "U2", Name: "Tessuti", Country: "IT", Zone: "Europe/Rome", Language: "it"},
			{
				ID: "U3", Name: "Textiles", Country: "ES", Zone: "Europe/Madrid", Language: "es", StandBy: true,
				Contact: schedule.Contact{Phone: "+34 555 0103"},
			},
			{ID: "U4", Name: "Tissus", Country: "FR", Zone: "Europe/Paris", Language: "fr", StandBy: true},
		},
		Interpreters: []schedule.Interpreter{{ID: "I1", Name: "Kim", Languages: []string{"ko", "tr"}}},
		Booths:       []schedule.Booth{{ID: "B1", Name: "Booth 1"}, {ID: "B2", Name: "Booth 2"}, {ID: "B3", Name: "Booth 3"}},
		Consultations: []schedule.Consultation{
			at(talks, 1, "I1", now.Add(-5*time.Minute)),
			at(other, 2, "", now.Add(-5*time.Minute)),
			at(later, 1, "", now.Add(24*time.Hour)),
		},
	}
}

// newHouse starts a server with a fair of its own, and others beside it: the
// links of those are known by the event's id and a slash before.
func newHouse(t *testing.T, redis string, others ...*schedule.Event) *house {
	t.Helper()
	h := &house{t: t, event: fair(time.Now()), links: map[string]auth.Minted{}, data: t.TempDir()}
	h.start(redis, func() {
		h.prepare(h.event, "")
		for _, e := range others {
			h.prepare(e, string(e.ID)+"/")
		}
	})
	return h
}

// prepare keeps an event and its links: those of booths and people, console,
// colleague (another coordinator's), viewer and administrator.
func (h *house) prepare(e *schedule.Event, prefix string) {
	h.t.Helper()
	if err := h.store.SaveEvent(h.ctx, e); err != nil {
		h.t.Fatal(err)
	}
	keeper, err := auth.NewKeeper(bytes.Repeat([]byte("k"), 32))
	if err != nil {
		h.t.Fatal(err)
	}
	o := auth.MintOptions{Now: time.Now().Add(-time.Minute)}
	minted, err := keeper.Mint(e, o)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, name := range []string{"colleague", "viewer", "administrator"} {
		m, err := keeper.Console(e, name, o)
		if err != nil {
			h.t.Fatal(err)
		}
		if name != "colleague" {
			m.Link.Grants.Right = schedule.Right(name)
		}
		minted = append(minted, m)
	}
	var links []schedule.Link
	for _, m := range minted {
		links = append(links, m.Link)
		g := m.Link.Grants
		name := g.Party
		switch {
		case g.Kind == schedule.LinkConsole && g.Name != "":
			name = g.Name
		case g.Kind == schedule.LinkConsole:
			name = "console"
		case g.Kind == schedule.LinkBooth:
			name = string(g.Booth)
		}
		h.links[prefix+name] = m
	}
	if err := h.store.SaveLinks(h.ctx, links); err != nil {
		h.t.Fatal(err)
	}
}

// again starts the node once more on the same records.
func (h *house) again(redis string) *house {
	h.t.Helper()
	next := &house{t: h.t, event: h.event, links: h.links, data: h.data}
	next.people.Store(h.people.Load())
	next.start(redis, func() {})
	return next
}

func (h *house) start(redis string, prepare func()) {
	t := h.t
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	h.ctx = ctx
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	var ends []func() // in the order in which they are made
	h.stop = sync.OnceFunc(func() {
		for _, end := range slices.Backward(ends) {
			end()
		}
		cancel()
	})
	t.Cleanup(func() { h.stop() })
	closing := func(what string, end func() error) {
		ends = append(ends, func() {
			if err := end(); err != nil {
				t.Errorf("closing the %s: %v", what, err)
			}
		})
	}
	within := func(end func(context.Context) error) func() error {
		return func() error {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			return end(ctx)
		}
	}
	var err error
	if h.store, err = store.Open(ctx, store.Options{URL: redis, Node: "n1", Dir: h.data, Logger: log}); err != nil {
		t.Fatal(err)
	}
	closing("store", h.store.Close)
	incarnation, err := h.store.StartNode(ctx)
	if err != nil {
		t.Fatal(err)
	}
	prepare()
	engine, err := sfu.New(sfu.Config{UDP: "127.0.0.1:0", TCP: "127.0.0.1:0", Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	closing("media plane", func() error {
		if n := len(engine.Peers()); n != 0 {
			t.Errorf("%d peers were left", n)
		}
		return engine.Close()
	})
	h.media = &faultyMedia{Engine: engine}
	h.registry = rooms.NewRegistry(rooms.Deps{
		Store: h.store, Ledger: h.store, Media: h.media, Logger: log, Node: "n1", Incarnation: incarnation,
		Storage: func() rooms.Storage {
			away, waiting, full := h.store.Storage()
			return rooms.Storage{AwaySince: away, Waiting: waiting, DiskFull: full}
		},
	})
	if err := h.registry.Start(ctx); err != nil {
		t.Fatal(err)
	}
	closing("rooms", within(h.registry.Close))
	keeper, err := auth.NewKeeper(bytes.Repeat([]byte("k"), 32))
	if err != nil {
		t.Fatal(err)
	}
	h.server = signaling.New(signaling.Deps{
		Desk: desk.New(desk.Deps{
			Store: h.store, Rooms: h.registry, Ledger: h.store, Keeper: keeper, URL: "https://meet.example.kr", Logger: log,
			Out: func(ctx context.Context, id schedule.LinkID) { h.server.Expel(ctx, id) },
			Moved: func(ctx context.Context, e schedule.EventID, by schedule.Actor, c ...schedule.ConsultationID) {
				h.server.Moved(ctx, e, by, c...)
			},
			Online: func(e schedule.EventID, r schedule.Role, party string) bool { return h.server.Online(e, r, party) },
		}),
		Registry: h.registry, Engine: engine, Tokens: h.store, Paths: h.store, Logger: log,
		Records: signaling.NewRecords(h.store),
		Devices: auth.NewDevices(h.store, keeper, nil),
		ICEServers: func(link, session string, now time.Time) []protocol.ICEServer {
			if servers := h.servers.Load(); servers != nil {
				return (*servers)(link, session, now)
			}
			return nil
		},
		Static: fstest.MapFS{"index.html": {Data: []byte("<!doctype html><title>page</title>")}},
	})
	web := httptest.NewServer(h.server)
	h.url = web.URL
	closing("web server", func() error {
		web.Close()
		http.DefaultClient.CloseIdleConnections()
		return nil
	})
	closing("server", within(h.server.Close))
}

// options are those of a new tab; each has its own number in its payloads.
func (h *house) options(link string) signaltest.Options {
	m, ok := h.links[link]
	if !ok {
		h.t.Fatalf("no link %q", link)
	}
	return signaltest.Options{
		URL: h.url, Link: string(m.Link.ID), Secret: m.Secret,
		Media: sfutest.Options{ID: h.people.Add(1), Wall: m.Link.Grants.Kind == schedule.LinkConsole},
	}
}

// lobby opens a link and connects.
func (h *house) lobby(link string) *signaltest.Client {
	h.t.Helper()
	c, err := signaltest.Visit(h.ctx, h.options(link))
	if err != nil {
		h.t.Fatalf("%s: %v", link, err)
	}
	h.t.Cleanup(c.Close)
	return c
}

// enter goes through the lobby into a room with microphone and camera on.
func (h *house) enter(link, consultation string) *signaltest.Client {
	h.t.Helper()
	c := h.lobby(link)
	h.must(c.Join(h.ctx, consultation, mic, camera))
	return c
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) refused(err error, code protocol.Code) {
	h.t.Helper()
	if signaltest.CodeOf(err) != code {
		h.t.Fatalf("got %v, want %s", err, code)
	}
}

func (h *house) eventually(what string, ok func() bool) {
	h.t.Helper()
	h.must(sfutest.Wait(h.ctx, what, ok))
}

// sees waits until viewer receives camera and microphone of whom, in the slot
// that it was told.
func (h *house) sees(viewer, whom *signaltest.Client) {
	h.t.Helper()
	who := whom.Session()
	h.must(viewer.Wait(h.ctx, "a slot for "+whom.Bootstrap.You.Role, func(s signaltest.State) bool { return s.SlotOf(who) >= 0 }))
	slot := viewer.State().SlotOf(who)
	video, audio := viewer.Media().Video(slot), viewer.Media().Audio(slot)
	h.eventually(fmt.Sprintf("%s sees and hears %s in slot %d", viewer.Bootstrap.You.Role, whom.Bootstrap.You.Role, slot), func() bool {
		v, a := video.Received(), audio.Received()
		return v.Last.Sender == whom.Media().ID() && v.Last.SourceName() == camera && v.Keyframes > 0 &&
			a.Last.Sender == whom.Media().ID() && a.Last.SourceName() == mic
	})
}

// flawless checks every slot of a client and the order of what it was told.
func (h *house) flawless(c *signaltest.Client) {
	h.t.Helper()
	m := c.Media()
	for slot := range m.Slots() {
		for _, r := range []*sfutest.Receiver{m.Video(slot), m.Audio(slot)} {
			if r == nil {
				continue
			}
			if wrong := r.Received().Wrong(); len(wrong) > 0 {
				h.t.Errorf("%s, slot %d: %v", c.Bootstrap.You.Role, slot, wrong)
			}
		}
	}
	if d := c.State().Disorder; len(d) > 0 {
		h.t.Errorf("%s was told out of order: %v", c.Bootstrap.You.Role, d)
	}
}

// stores runs a test on the embedded and on a real Redis.
func stores(t *testing.T, test func(*testing.T, *house)) {
	t.Run("miniredis", func(t *testing.T) { test(t, newHouse(t, storetest.Mini(t))) })
	t.Run("redis-server", func(t *testing.T) {
		url, _, _ := storetest.Redis(t)
		test(t, newHouse(t, url))
	})
}

func TestServer_FirmBuyerAndInterpreterMeet(t *testing.T) {
	stores(t, func(t *testing.T, h *house) {
		began := time.Now()
		firm, buyer := h.enter("B1", talks), h.enter("U1", talks)
		h.sees(firm, buyer)
		h.sees(buyer, firm)
		h.must(firm.Wait(h.ctx, "the consultation to be live", func(s signaltest.State) bool {
			return s.Clock.Phase == string(schedule.PhaseLive)
		}))
		h.must(firm.Say(h.ctx, "k1", "the sample is cotton"))
		h.must(buyer.Say(h.ctx, "k1", "which weight?"))
		h.must(buyer.Say(h.ctx, "k1", "which weight?")) // sent again: no second message
		h.must(firm.Wait(h.ctx, "both chat messages", func(s signaltest.State) bool { return len(s.Chat) == 2 }))

		before := firm.State()
		interpreter := h.enter("I1", talks)
		for _, c := range []*signaltest.Client{firm, buyer} {
			h.sees(c, interpreter)
			h.sees(interpreter, c)
			if n := c.State().Went(interpreter.Session()); n != 0 {
				t.Errorf("%s heard of a leaving", c.Bootstrap.You.Role)
			}
		}
		s := interpreter.State()
		if len(s.Chat) != 2 || s.Chat[0].Text != "the sample is cotton" || s.Chat[1].Text != "which weight?" || s.Chat[1].Role != "buyer" {
			t.Errorf("the late joiner sees the chat %+v", s.Chat)
		}
		if len(s.Participants) != 3 {
			t.Errorf("the late joiner sees %d people", len(s.Participants))
		}
		// The third person changes nothing for the first two: no slot moves.
		for _, c := range []*signaltest.Client{firm, buyer} {
			for _, p := range []*signaltest.Client{firm, buyer} {
				if c != p && c.State().SlotOf(p.Session()) != 0 {
					t.Errorf("%s sees %s in slot %d now", c.Bootstrap.You.Role, p.Bootstrap.You.Role, c.State().SlotOf(p.Session()))
				}
			}
		}
		if got := firm.State().Came(interpreter.Session()); got == 0 {
			t.Error("the firm was not told of the interpreter")
		}
		if first := firstComing(firm.State().Deltas[len(before.Deltas):], interpreter.Session()); first != 1 {
			t.Errorf("the interpreter's coming was told %d times", first)
		}

		h.must(interpreter.Leave(h.ctx))
		h.must(firm.Wait(h.ctx, "the interpreter's leaving", func(s signaltest.State) bool { return s.Went(interpreter.Session()) == 1 }))
		if len(interpreter.State().Participants) != 0 {
			t.Error("who left still hears of the room")
		}
		for _, c := range []*signaltest.Client{firm, buyer, interpreter} {
			h.flawless(c)
		}
		buyer.Close()
		h.must(firm.Wait(h.ctx, "the buyer's leaving", func(s signaltest.State) bool { return s.Went(buyer.Session()) == 1 }))
		h.attended(firm, buyer, interpreter, began)
	})
}

// firstComing counts the deltas in which a participant appears that was not
// there before.
func firstComing(deltas []protocol.Delta, id string) int {
	n, there := 0, false
	for _, d := range deltas {
		for _, c := range d.Changes {
			switch {
			case c.Participant != nil && c.Participant.ID == id && !there:
				n, there = n+1, true
			case c.Left != nil && c.Left.ID == id:
				there = false
			}
		}
	}
	return n
}

// attended checks what the ledger says after: the buyer and the interpreter have
// left, the firm is there.
func (h *house) attended(firm, buyer, interpreter *signaltest.Client, began time.Time) {
	h.t.Helper()
	console, err := signaltest.Open(h.ctx, h.options("console"))
	h.must(err)
	h.must(h.store.Flush(h.ctx))
	a, err := console.Attendance(h.ctx)
	h.must(err)
	i := slices.IndexFunc(a.Consultations, func(r protocol.AttendanceRecord) bool { return r.Consultation == talks })
	if i < 0 {
		h.t.Fatalf("attendance without %s: %+v", talks, a)
	}
	record := a.Consultations[i]
	elapsed := int64(time.Since(began).Seconds()) + 1
	if record.TogetherSeconds < 0 || record.TogetherSeconds > elapsed {
		h.t.Errorf("together for %d s of %d", record.TogetherSeconds, elapsed)
	}
	want := map[string]struct {
		open   bool
		reason string
	}{"firm": {true, ""}, "buyer": {false, string(schedule.LeftByChoice)}, "interpreter": {false, string(schedule.LeftByChoice)}}
	for _, seat := range record.Seats {
		w, ok := want[seat.Role]
		if !ok {
			continue
		}
		delete(want, seat.Role)
		if len(seat.Intervals) != 1 {
			h.t.Errorf("%s has %d intervals", seat.Role, len(seat.Intervals))
			continue
		}
		in := seat.Intervals[0]
		if (in.To == nil) != w.open || in.Reason != w.reason || in.From.Before(began.Add(-time.Second)) || in.From.After(time.Now()) {
			h.t.Errorf("%s: %+v", seat.Role, in)
		}
	}
	if len(want) > 0 {
		h.t.Errorf("seats without a record: %v", want)
	}
	report, err := attendance.Verify(func(yield func(schedule.Entry, error) bool) {
		if err := h.store.Entries(h.ctx, h.event.ID, func(e schedule.Entry) error {
			if !yield(e, nil) {
				return io.EOF
			}
			return nil
		}); err != nil {
			h.t.Error(err)
		}
	})
	h.must(err)
	if report.Broken != nil || report.Entries == 0 {
		h.t.Errorf("the ledger: %+v", report)
	}
}

func TestServer_MuteStopsAtTheServer(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	firm, buyer := h.enter("B1", talks), h.enter("U1", talks)
	h.sees(firm, buyer)
	slot := firm.State().SlotOf(buyer.Session())
	audio, video := firm.Media().Audio(slot), firm.Media().Video(slot)

	for _, source := range []string{mic, camera} {
		h.must(buyer.Announce(h.ctx, source, false)) // and the browser goes on sending
	}
	h.must(firm.Wait(h.ctx, "the buyer's sources to be off", func(s signaltest.State) bool {
		return len(s.Participants[buyer.Session()].Sources) == 0
	}))
	time.Sleep(100 * time.Millisecond) // what is under way
	a, v, sent := audio.Received().Packets, video.Received().Packets, buyer.Media().Sent(mic).Packets
	time.Sleep(300 * time.Millisecond)
	if buyer.Media().Sent(mic).Packets < sent+5 {
		t.Fatal("the buyer does not send, so that this shows nothing")
	}
	if n := audio.Received().Packets - a; n > 0 {
		t.Errorf("%d packets of a muted microphone", n)
	}
	if n := video.Received().Packets - v; n > 0 {
		t.Errorf("%d packets of a camera that is off", n)
	}

	for _, source := range []string{mic, camera} {
		h.must(buyer.Announce(h.ctx, source, true))
	}
	h.eventually("picture and voice after unmuting", func() bool {
		return audio.Received().Packets > a+5 && video.Received().Packets > v+5
	})
	h.flawless(firm)
}

func TestServer_ASharedScreenTakesTheStage(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	firm, buyer := h.enter("B1", talks), h.enter("U1", talks)
	h.sees(buyer, firm)
	h.must(firm.Source(h.ctx, screen, true))
	h.must(buyer.Wait(h.ctx, "the firm's screen on the stage", func(s signaltest.State) bool { return s.StageOf(firm.Session()) >= 0 }))
	stage := buyer.State().StageOf(firm.Session())
	if stage != sfu.SlotStage {
		t.Errorf("the stage is slot %d", stage)
	}
	h.eventually("the screen's picture", func() bool {
		v := buyer.Media().Video(stage).Received()
		return v.Last.Sender == firm.Media().ID() && v.Last.SourceName() == screen && v.Keyframes > 0
	})
	h.sees(buyer, firm) // the person is still there
	h.must(firm.Source(h.ctx, screen, false))
	h.must(buyer.Wait(h.ctx, "the stage to be empty", func(s signaltest.State) bool { return s.StageOf(firm.Session()) < 0 }))
	h.flawless(buyer)
}

func TestServer_ASeatMovesWithoutAGhost(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	firm, laptop := h.enter("B1", talks), h.enter("U1", talks)
	h.sees(firm, laptop)
	phone := h.lobby("U1")
	h.refused(phone.Join(h.ctx, talks, mic, camera), protocol.CodeSeatInUse)
	if n := len(firm.State().Participants); n != 2 {
		t.Errorf("the question alone made %d people", n)
	}
	h.must(phone.Move(h.ctx, talks, mic, camera))
	h.sees(firm, phone)
	h.sees(phone, firm)

	h.must(firm.Wait(h.ctx, "the laptop's leaving", func(s signaltest.State) bool { return s.Went(laptop.Session()) == 1 }))
	s := firm.State()
	if _, ghost := s.Participants[laptop.Session()]; ghost || len(s.Participants) != 2 {
		t.Errorf("the firm sees %+v", s.Participants)
	}
	h.eventually("the laptop's socket to end", func() bool { return laptop.Ended() != nil })
	h.refused(laptop.Ended(), protocol.CodeMoved)
	if s := laptop.State(); s.InRoom || s.Went(laptop.Session()) != 1 {
		t.Errorf("the laptop was told %+v", s.Deltas)
	}

	// The laptop still sends; nothing of it reaches anybody.
	slot := s.SlotOf(phone.Session())
	for range 20 {
		if got := firm.Media().Video(slot).Received().Last.Sender; got != phone.Media().ID() {
			t.Fatalf("packets of %d in the phone's slot", got)
		}
		time.Sleep(10 * time.Millisecond)
	}
	h.flawless(firm)
	h.flawless(phone)
}

func TestServer_ResumeReplaysWhatWasMissedOnceAndInOrder(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	firm, buyer := h.enter("B1", talks), h.enter("U1", talks)
	h.sees(buyer, firm)
	before := buyer.State()
	told := len(firm.State().Deltas)
	slot := before.SlotOf(firm.Session())

	buyer.Cut()
	heard := buyer.Media().Audio(slot).Received().Packets
	for i := range 4 {
		h.must(firm.Say(h.ctx, fmt.Sprint("k", i), fmt.Sprint("message ", i)))
	}
	h.must(firm.Announce(h.ctx, camera, false))
	h.must(firm.Announce(h.ctx, camera, true))
	h.eventually("media without a socket", func() bool { return buyer.Media().Audio(slot).Received().Packets > heard+10 })
	h.must(buyer.Resume(h.ctx))
	h.must(buyer.Wait(h.ctx, "the missed messages", func(s signaltest.State) bool { return len(s.Chat) >= 4 }))

	// A second resume with nothing missed brings nothing.
	buyer.Cut()
	h.must(buyer.Resume(h.ctx))
	h.must(firm.Say(h.ctx, "after", "after"))
	h.must(buyer.Wait(h.ctx, "the message after", func(s signaltest.State) bool { return len(s.Chat) >= 5 }))

	s := buyer.State()
	var texts []string
	for _, m := range s.Chat {
		texts = append(texts, m.Text)
	}
	if want := []string{"message 0", "message 1", "message 2", "message 3", "after"}; !slices.Equal(texts, want) {
		t.Errorf("chat %q, want %q", texts, want)
	}
	if s.Snapshots != before.Snapshots {
		t.Errorf("a snapshot came although the deltas were kept")
	}
	for _, d := range firm.State().Deltas[told:] {
		for _, c := range d.Changes {
			if c.Participant != nil && c.Participant.ID == buyer.Session() && c.Participant.Away || c.Left != nil {
				t.Errorf("others were told of a lost socket while media flowed: %+v", c)
			}
		}
	}
	h.sees(buyer, firm)
	h.flawless(buyer)
}

func TestServer_ICERestartKeepsPictureAndVoice(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	firm, buyer := h.enter("B1", talks), h.enter("U1", talks)
	h.sees(buyer, firm)
	h.must(buyer.RestartICE(h.ctx))
	in, out := buyer.Media().Video(0).Received().Packets, firm.Media().Video(0).Received().Packets
	h.eventually("pictures both ways after the restart", func() bool {
		return buyer.Media().Video(0).Received().Packets > in+10 && firm.Media().Video(0).Received().Packets > out+10
	})
	h.flawless(buyer)
	h.flawless(firm)
}

func TestServer_ATabThatComesBackIsTheSamePerson(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	firm, buyer := h.enter("B1", talks), h.enter("U1", talks)
	h.sees(firm, buyer)
	former := buyer.Session()
	h.must(buyer.Hello(h.ctx)) // a reload: same token, new PeerConnection
	h.must(buyer.Connected(h.ctx))
	h.must(buyer.Join(h.ctx, talks, mic, camera)) // no question asked
	h.sees(firm, buyer)
	h.must(firm.Wait(h.ctx, "the former session to be gone", func(s signaltest.State) bool {
		_, ghost := s.Participants[former]
		return !ghost && len(s.Participants) == 2
	}))
	h.flawless(firm)
}

func TestServer_CandidatesInAnOfferAreIgnored(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	bait, err := net.ListenPacket("udp4", "127.0.0.1:0")
	h.must(err)
	defer func() { _ = bait.Close() }()
	trap, err := net.Listen("tcp4", "127.0.0.1:0")
	h.must(err)
	defer func() { _ = trap.Close() }()
	o := h.options("U1")
	o.MangleOffer = func(offer string) string {
		lines := fmt.Sprintf("a=candidate:1 1 udp 2130706431 127.0.0.1 %d typ host\r\na=candidate:2 1 tcp 1518214911 127.0.0.1 %d typ host tcptype passive\r\n"+
			"a=candidate:3 1 udp 2130706430 10.0.0.1 80 typ host\r\na=candidate:4 1 udp 2130706429 169.254.169.254 80 typ host\r\n",
			bait.LocalAddr().(*net.UDPAddr).Port, trap.Addr().(*net.TCPAddr).Port)
		return strings.ReplaceAll(offer, "a=rtcp-mux\r\n", "a=rtcp-mux\r\n"+lines)
	}
	buyer, err := signaltest.Visit(h.ctx, o)
	h.must(err)
	t.Cleanup(buyer.Close)
	h.must(buyer.Join(h.ctx, talks, mic, camera))
	firm := h.enter("B1", talks)
	h.sees(firm, buyer)
	_ = bait.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	if n, from, err := bait.ReadFrom(make([]byte, 1500)); err == nil {
		t.Errorf("%d bytes from %v to a candidate of the offer", n, from)
	}
	_ = trap.(*net.TCPListener).SetDeadline(time.Now().Add(time.Millisecond))
	if c, err := trap.Accept(); err == nil {
		_ = c.Close()
		t.Error("the server connected to a candidate of the offer")
	}
}

func TestServer_BadInputIsAnsweredAndTheServerGoesOn(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	firm, buyer := h.enter("B1", talks), h.enter("U1", talks)
	h.sees(firm, buyer)

	t.Run("60 m-sections", func(t *testing.T) {
		o := h.options("U2")
		o.MangleOffer = func(offer string) string {
			i := strings.LastIndex(offer, "m=audio")
			return offer + strings.Repeat(offer[i:], 60)
		}
		c, err := signaltest.Open(h.ctx, o)
		h.must(err)
		defer c.Close()
		h.refused(c.Hello(h.ctx), protocol.CodeBadOffer)
	})
	t.Run("no SDP at all", func(t *testing.T) {
		o := h.options("U2")
		o.MangleOffer = func(string) string { return "not an offer" }
		c, err := signaltest.Open(h.ctx, o)
		h.must(err)
		defer c.Close()
		h.refused(c.Hello(h.ctx), protocol.CodeBadOffer)
	})
	t.Run("malformed JSON", func(t *testing.T) {
		c := h.lobby("U2")
		h.must(c.Raw([]byte(`{"type":"join","ref":`)))
		h.eventually("the end of the socket", func() bool { return c.Ended() != nil })
		h.refused(c.Ended(), protocol.CodeBadMessage)
	})
	t.Run("unknown field in a request", func(t *testing.T) {
		c := h.lobby("U2")
		h.refused(c.Ask(h.ctx, protocol.TypeChat, map[string]any{"key": "k", "text": "t", "html": true}, nil), protocol.CodeBadMessage)
		h.must(c.Ask(h.ctx, protocol.TypePing, protocol.Ping{At: 1}, nil)) // the socket goes on
	})
	t.Run("too large for its type", func(t *testing.T) {
		c := h.lobby("U2")
		h.refused(c.Say(h.ctx, "k", strings.Repeat("x", 20<<10)), protocol.CodeTooLarge)
	})
	t.Run("too large for any type", func(t *testing.T) {
		c := h.lobby("U2")
		_ = c.Raw([]byte(`{"type":"chat","ref":9,"body":{"key":"k","text":"` + strings.Repeat("x", 1<<20) + `"}}`))
		h.eventually("the end of the socket", func() bool { return c.Ended() != nil })
	})
	t.Run("wrong secret", func(t *testing.T) {
		o := h.options("U2")
		o.Secret = "wrong"
		_, err := signaltest.Open(h.ctx, o)
		h.refused(err, protocol.CodeLinkUnknown)
	})
	t.Run("unknown token", func(t *testing.T) {
		c, err := signaltest.Open(h.ctx, h.options("U2"))
		h.must(err)
		defer c.Close()
		c.Bootstrap.Token = "nobody's"
		h.refused(c.Hello(h.ctx), protocol.CodeTokenUnknown)
	})
	t.Run("another's consultation", func(t *testing.T) {
		h.refused(h.lobby("U2").Join(h.ctx, talks), protocol.CodeForbidden)
	})
	t.Run("before the doors", func(t *testing.T) {
		h.refused(h.lobby("U1").Join(h.ctx, later), protocol.CodeTooEarly)
	})
	t.Run("attendance without the right", func(t *testing.T) {
		_, err := buyer.Attendance(h.ctx)
		h.refused(err, protocol.CodeForbidden)
	})

	n := firm.Media().Video(0).Received().Packets
	h.eventually("pictures all the while", func() bool { return firm.Media().Video(0).Received().Packets > n+5 })
	h.flawless(firm)
	h.flawless(buyer)
}

func TestServer_APanicInOneRoomLeavesTheOther(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	firm, buyer := h.enter("B2", other), h.enter("U2", other)
	h.sees(firm, buyer)
	victim := h.enter("B1", talks)
	h.must(victim.Wait(h.ctx, "the room", func(s signaltest.State) bool { return s.InRoom }))

	second := h.lobby("U1")
	h.media.armed.Store(true)
	if err := second.Join(h.ctx, talks, mic, camera); err != nil {
		t.Logf("the join itself was told: %v", err) // or it was answered before the room failed
	}
	if h.media.armed.Load() {
		t.Fatal("the trap was not sprung, so that this shows nothing")
	}
	h.eventually("the failed room's people to be told", func() bool { return victim.Ended() != nil })
	h.refused(victim.Ended(), protocol.CodeRoomFailed)
	h.eventually("the one who came last to be told", func() bool { return second.Ended() != nil })
	h.refused(second.Ended(), protocol.CodeRoomFailed)

	n := buyer.Media().Video(0).Received().Packets
	h.eventually("pictures in the other room", func() bool { return buyer.Media().Video(0).Received().Packets > n+5 })
	h.must(firm.Say(h.ctx, "k", "we are still here"))
	h.must(buyer.Wait(h.ctx, "chat in the other room", func(s signaltest.State) bool { return len(s.Chat) == 1 }))
	h.flawless(firm)
	h.flawless(buyer)

	// The failed room's people come back, into a new one.
	h.must(victim.Hello(h.ctx))
	h.must(victim.Connected(h.ctx))
	h.eventually("a new room", func() bool { return victim.Join(h.ctx, talks, mic, camera) == nil })
}

func TestServer_TheBoardShowsWithinASecond(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	console := h.lobby("console")
	h.must(console.Watch(h.ctx))
	if n := len(console.State().Rows); n != 3 {
		t.Fatalf("%d rows", n)
	}
	h.refused(console.Join(h.ctx, talks), protocol.CodeForbidden)
	seat := func(s signaltest.State, role string) string {
		for _, st := range s.Rows[talks].Seats {
			if st.Role == role {
				return st.State
			}
		}
		return ""
	}
	shows := func(what string, ok func(signaltest.State) bool) {
		t.Helper()
		ctx, cancel := context.WithTimeout(h.ctx, time.Second)
		defer cancel()
		h.must(console.Wait(ctx, what, ok))
	}
	firm := h.enter("B1", talks)
	shows("the firm", func(s signaltest.State) bool { return seat(s, "firm") == "here" && seat(s, "buyer") == "absent" })
	buyer := h.enter("U1", talks)
	shows("a live consultation", func(s signaltest.State) bool {
		return seat(s, "buyer") == "here" && s.Rows[talks].Clock.Phase == string(schedule.PhaseLive)
	})
	h.must(buyer.Leave(h.ctx))
	shows("the buyer's leaving", func(s signaltest.State) bool { return seat(s, "buyer") == "left" })
	if got := console.State().Rows[other].Clock.Phase; got != string(schedule.PhaseOpen) {
		t.Errorf("the empty room is %s", got)
	}
	h.flawless(console)
	h.flawless(firm)
}

func TestServer_ARedisOutageTouchesNoConsultation(t *testing.T) {
	url, kill, restart := storetest.Redis(t)
	h := newHouse(t, url)
	firm, buyer := h.enter("B1", talks), h.enter("U1", talks)
	h.sees(firm, buyer)
	began := time.Now()
	interpreter := h.enter("I1", talks)
	h.must(h.store.Flush(h.ctx))
	kill()
	n := firm.Media().Video(0).Received().Packets
	h.must(interpreter.Leave(h.ctx))
	h.must(buyer.Say(h.ctx, "k", "do you hear me?"))
	h.must(firm.Wait(h.ctx, "chat without Redis", func(s signaltest.State) bool { return len(s.Chat) == 1 }))
	h.must(firm.Announce(h.ctx, mic, false))
	h.must(buyer.Wait(h.ctx, "mute without Redis", func(s signaltest.State) bool {
		return len(s.Participants[firm.Session()].Sources) == 1
	}))
	h.eventually("pictures without Redis", func() bool { return firm.Media().Video(0).Received().Packets > n+10 })
	buyer.Close()
	h.must(firm.Wait(h.ctx, "leaving without Redis", func(s signaltest.State) bool { return s.Went(buyer.Session()) == 1 }))
	restart()
	h.eventually("Redis to be found again", func() bool { return h.store.AwaySince().IsZero() })
	h.flawless(firm)
	h.attended(firm, buyer, interpreter, began.Add(-10*time.Second))
}

func TestServer_DrainTellsEverybodyToComeBack(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	firm := h.enter("B1", talks)
	ctx, cancel := context.WithTimeout(h.ctx, 5*time.Second)
	defer cancel()
	h.must(h.server.Close(ctx))
	h.eventually("the end of the socket", func() bool { return firm.Ended() != nil })
	h.refused(firm.Ended(), protocol.CodeDraining)
	if err := firm.Hello(h.ctx); err == nil {
		t.Error("a draining server took a new session")
	}
}

func TestServer_ARestartedNodeGoesOn(t *testing.T) {
	url, _, _ := storetest.Redis(t)
	first := newHouse(t, url)
	began := time.Now()
	firm, buyer := first.enter("B1", talks), first.enter("U1", talks)
	first.sees(firm, buyer)
	first.must(firm.Say(first.ctx, "k", "before the restart"))
	token := buyer.Bootstrap.Token
	first.stop()
	first.refused(buyer.Ended(), protocol.CodeDraining)
	for _, c := range []*signaltest.Client{firm, buyer} {
		c.Vanish()
	}

	h := first.again(url)
	o := h.options("U1")
	o.Token = token // the tab goes on with the token it has
	buyer, err := signaltest.Visit(h.ctx, o)
	h.must(err)
	t.Cleanup(buyer.Close)
	if buyer.Bootstrap.Token != token {
		t.Error("the tab got another token although its own is good")
	}
	h.must(buyer.Join(h.ctx, talks, mic, camera))
	firm = h.enter("B1", talks)
	h.sees(firm, buyer)
	h.sees(buyer, firm)
	s := firm.State()
	if len(s.Chat) != 1 || s.Chat[0].Text != "before the restart" || len(s.Participants) != 2 {
		t.Errorf("after the restart: chat %+v, people %+v", s.Chat, s.Participants)
	}

	console, err := signaltest.Open(h.ctx, h.options("console"))
	h.must(err)
	h.must(h.store.Flush(h.ctx))
	a, err := console.Attendance(h.ctx)
	h.must(err)
	elapsed := int64(time.Since(began).Seconds()) + 1
	for _, record := range a.Consultations {
		if record.Consultation != talks {
			continue
		}
		for _, seat := range record.Seats {
			if seat.Role != "firm" && seat.Role != "buyer" {
				continue
			}
			if len(seat.Intervals) != 2 || seat.Seconds > elapsed {
				t.Errorf("%s: %d s of %d in %+v", seat.Role, seat.Seconds, elapsed, seat.Intervals)
				continue
			}
			if to := seat.Intervals[0].To; to == nil || to.After(seat.Intervals[1].From) {
				t.Errorf("%s: the first stay did not end before the second: %+v", seat.Role, seat.Intervals)
			}
		}
	}
}

func TestServer_LipsAndVoiceStayTogether(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	o := h.options("U1")
	o.Media.ClockOffset = 3 * time.Hour // a laptop whose clock nobody ever set
	buyer, err := signaltest.Visit(h.ctx, o)
	h.must(err)
	t.Cleanup(buyer.Close)
	h.must(buyer.Join(h.ctx, talks, mic, camera))
	firm := h.enter("B1", talks)
	h.sees(firm, buyer)
	slot := firm.State().SlotOf(buyer.Session())
	audio, video := firm.Media().Audio(slot), firm.Media().Video(slot)
	var skew time.Duration
	h.eventually("sender reports of both", func() bool {
		a, okA := audio.CaptureOffset()
		v, okV := video.CaptureOffset()
		skew = (a - v).Abs()
		return okA && okV && audio.Received().SRs >= 2 && video.Received().SRs >= 2
	})
	if skew > 20*time.Millisecond {
		t.Errorf("picture and voice are %v apart", skew)
	}
	h.flawless(firm)
}
