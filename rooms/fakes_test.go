package rooms_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// fakeMedia keeps what it was told as the state of a media plane.
type fakeMedia struct {
	onBind func(viewer sfu.PeerID, bs []sfu.Binding) // may panic

	mu    sync.Mutex
	slots map[sfu.PeerID]map[int]sfu.Binding // without silent ones
	open  map[sfu.Feed]bool

	truths map[sfu.PeerID]sfu.Truth // others are connected and silent
	failed bool                     // Truth panics
	levels map[sfu.PeerID]sfu.Levels

	encodings map[sfu.PeerID]sfu.Encodings // of others: none
}

func (m *fakeMedia) Bind(viewer sfu.PeerID, bs ...sfu.Binding) {
	if m.onBind != nil {
		m.onBind(viewer, bs)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.slots[viewer] == nil {
		m.slots[viewer] = map[int]sfu.Binding{}
	}
	for _, b := range bs {
		m.slots[viewer][b.Slot] = b
		if b.Audio == (sfu.Feed{}) && b.Video == (sfu.Feed{}) {
			delete(m.slots[viewer], b.Slot)
		}
	}
}

func (m *fakeMedia) Allow(peer sfu.PeerID, s sfu.Source, open bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.open[sfu.Feed{Peer: peer, Source: s}] = open
}

func (m *fakeMedia) Truth(peer sfu.PeerID) (sfu.Truth, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failed {
		panic("a bug in the media plane")
	}
	if t, ok := m.truths[peer]; ok {
		return t, t.State != sfu.StateClosed
	}
	return sfu.Truth{State: sfu.StateConnected, Route: sfu.RouteUDP, Level: 127}, true
}

func (m *fakeMedia) Levels(peer sfu.PeerID) sfu.Levels {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.levels[peer]
}

func (m *fakeMedia) Encodings(peer sfu.PeerID) (sfu.Encodings, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.encodings[peer], true
}

// tells sets what is true of a Peer from now on.
func (m *fakeMedia) tells(peer sfu.PeerID, t sfu.Truth) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.truths == nil {
		m.truths = map[sfu.PeerID]sfu.Truth{}
	}
	m.truths[peer] = t
}

// speaks sets how loud a Peer's microphone was in the last second.
func (m *fakeMedia) speaks(peer sfu.PeerID, level uint8) {
	m.hears(peer, sfu.Levels{End: time.Now(), Steps: slices.Repeat([]uint8{level}, 10)})
}

// hears sets how loud a Peer's microphone was.
func (m *fakeMedia) hears(peer sfu.PeerID, l sfu.Levels) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.levels == nil {
		m.levels = map[sfu.PeerID]sfu.Levels{}
	}
	m.levels[peer] = l
}

// fail makes Truth panic, or not any more.
func (m *fakeMedia) fail(failed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failed = failed
}

// binding is what a slot of a viewer carries.
func (m *fakeMedia) binding(viewer sfu.PeerID, slot int) sfu.Binding {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.slots[viewer][slot]
}

func (m *fakeMedia) isOpen(peer sfu.PeerID, s sfu.Source) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.open[sfu.Feed{Peer: peer, Source: s}]
}

// shown is whose camera each pair of a viewer carries, and whose screen the
// stage.
func (m *fakeMedia) shown(viewer sfu.PeerID) map[int]sfu.PeerID {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := map[int]sfu.PeerID{}
	for slot, b := range m.slots[viewer] {
		all[slot] = b.Video.Peer
	}
	return all
}

type fakeLedger struct {
	mu      sync.Mutex
	entries []schedule.Entry
}

func (l *fakeLedger) Append(e schedule.Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, e)
}

// lines tells entries as "kind seat/session detail", of one kind or all.
func (l *fakeLedger) of(kinds ...schedule.EntryKind) []schedule.Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	var some []schedule.Entry
	for _, e := range l.entries {
		if len(kinds) == 0 || slices.Contains(kinds, e.Kind) {
			some = append(some, e)
		}
	}
	return some
}

// fakeStore is a store in memory; before, when set, is asked before each call
// and may fail or delay it.
type fakeStore struct {
	before func(ctx context.Context, call string) error
	holder string // of every lease; empty: whoever asks

	mu       sync.Mutex
	events   map[schedule.EventID]*schedule.Event
	states   map[schedule.ConsultationID]schedule.RoomState
	chat     map[schedule.ConsultationID][]schedule.ChatMessage
	present  map[string]schedule.Presence
	leased   map[schedule.ConsultationID]bool
	beats    int
	departed []string
	notes    []schedule.Note
	quality  []schedule.SeatQuality
}

func newFakeStore(events ...*schedule.Event) *fakeStore {
	s := &fakeStore{
		events:  map[schedule.EventID]*schedule.Event{},
		states:  map[schedule.ConsultationID]schedule.RoomState{},
		chat:    map[schedule.ConsultationID][]schedule.ChatMessage{},
		present: map[string]schedule.Presence{},
		leased:  map[schedule.ConsultationID]bool{},
	}
	for _, e := range events {
		s.events[e.ID] = e
	}
	return s
}

func (s *fakeStore) call(ctx context.Context, name string) error {
	s.mu.Lock()
	before := s.before
	s.mu.Unlock()
	if before == nil {
		return ctx.Err()
	}
	return before(ctx, name)
}

func (s *fakeStore) setBefore(f func(ctx context.Context, call string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = f
}

func (s *fakeStore) Event(ctx context.Context, id schedule.EventID) (*schedule.Event, error) {
	err := s.call(ctx, "Event")
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.events[id], err
}

func (s *fakeStore) Events(ctx context.Context) ([]schedule.EventID, error) {
	err := s.call(ctx, "Events")
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.events)), err
}

func (s *fakeStore) Lease(ctx context.Context, _ schedule.EventID, c schedule.ConsultationID, _ time.Duration) (string, bool, error) {
	if err := s.call(ctx, "Lease"); err != nil {
		return "", false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.holder != "" {
		return s.holder, false, nil
	}
	s.leased[c] = true
	return "node-a", true, nil
}

func (s *fakeStore) Unlease(ctx context.Context, _ schedule.EventID, c schedule.ConsultationID) error {
	err := s.call(ctx, "Unlease")
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.leased, c)
	return err
}

func (s *fakeStore) RoomState(ctx context.Context, _ schedule.EventID, c schedule.ConsultationID) (schedule.RoomState, bool, error) {
	err := s.call(ctx, "RoomState")
	s.mu.Lock()
	defer s.mu.Unlock()
	state, ok := s.states[c]
	return state, ok, err
}

func (s *fakeStore) RoomStates(ctx context.Context, _ schedule.EventID) (map[schedule.ConsultationID]schedule.RoomState, error) {
	err := s.call(ctx, "RoomStates")
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.states), err
}

func (s *fakeStore) SaveRoomState(ctx context.Context, state schedule.RoomState) error {
	if err := s.call(ctx, "SaveRoomState"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.states[state.Consultation] = state
	return nil
}

func (s *fakeStore) Heartbeat(ctx context.Context, ps []schedule.Presence) error {
	if err := s.call(ctx, "Heartbeat"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.beats++
	for _, p := range ps {
		s.present[p.Session] = p
	}
	return nil
}

func (s *fakeStore) Depart(ctx context.Context, _ schedule.EventID, _ schedule.SeatID, session string) error {
	if err := s.call(ctx, "Depart"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.present, session)
	s.departed = append(s.departed, session)
	return nil
}

func (s *fakeStore) AppendChat(ctx context.Context, _ schedule.EventID, c schedule.ConsultationID, m schedule.ChatMessage) error {
	if err := s.call(ctx, "AppendChat"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chat[c] = append(s.chat[c], m)
	return nil
}

func (s *fakeStore) Chat(ctx context.Context, _ schedule.EventID, c schedule.ConsultationID) ([]schedule.ChatMessage, error) {
	err := s.call(ctx, "Chat")
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.chat[c]), err
}

func (s *fakeStore) qualities() []schedule.SeatQuality {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.quality)
}

func (s *fakeStore) SaveQuality(ctx context.Context, _ schedule.EventID, q schedule.SeatQuality) error {
	if err := s.call(ctx, "SaveQuality"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quality = append(s.quality, q)
	return nil
}

func (s *fakeStore) SaveNote(ctx context.Context, _ schedule.EventID, n schedule.Note) error {
	if err := s.call(ctx, "SaveNote"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes = append(slices.DeleteFunc(s.notes, func(o schedule.Note) bool { return o.ID == n.ID }), n)
	return nil
}

func (s *fakeStore) Notes(ctx context.Context, _ schedule.EventID) ([]schedule.Note, error) {
	err := s.call(ctx, "Notes")
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.notes), err
}

func (s *fakeStore) state(c schedule.ConsultationID) schedule.RoomState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.states[c]
}

func (s *fakeStore) isLeased(c schedule.ConsultationID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leased[c]
}

func (s *fakeStore) presences() map[string]schedule.Presence {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.present)
}

func (s *fakeStore) stored(c schedule.ConsultationID) []schedule.ChatMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.chat[c])
}

// fakeClient keeps what a session was told, and applies it to what it knew, as
// a page does.
type fakeClient struct {
	t  *testing.T
	id string

	mu        sync.Mutex
	synced    int
	dismissed error
	deltas    [][]rooms.Change
	people    map[string]rooms.Participant
	slots     []rooms.Slot
	clock     schedule.Clock
	chat      []rooms.Chat
	warnings  []int
	left      []rooms.Left
	notes     []schedule.Note
	helpers   []string // "name mode", and "to me" where it is
	orders    []rooms.Order
	spoken    []string // who spoke, each time that it was told
	codecs    []string // "source codec", the same

	auxiliaries []rooms.Auxiliary
}

// helping tells helpers as "name mode", and "to me" where it is.
func helping(all []rooms.Helper) []string {
	told := []string{}
	for _, h := range all {
		one := h.Name + " " + string(h.Mode)
		if h.ToMe {
			one += " to me"
		}
		if h.To != "" {
			one += " to " + string(h.To)
		}
		told = append(told, one)
	}
	return told
}

func (c *fakeClient) Sync(s rooms.Snapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dismissed != nil {
		c.t.Errorf("%s: synced after it was dismissed", c.id)
	}
	c.synced++
	c.people = map[string]rooms.Participant{}
	for _, p := range s.Participants {
		c.people[p.ID] = p
	}
	c.slots, c.clock, c.chat, c.helpers, c.auxiliaries = s.Slots, s.Clock, s.Chat, helping(s.Helpers), s.Auxiliaries
}

func (c *fakeClient) Deliver(changes []rooms.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.synced == 0 || c.dismissed != nil || len(changes) == 0 {
		c.t.Errorf("%s: delivered %v with %d syncs, dismissed: %v", c.id, changes, c.synced, c.dismissed)
	}
	c.deltas = append(c.deltas, changes)
	for _, ch := range changes {
		switch {
		case ch.Participant != nil:
			c.people[ch.Participant.ID] = *ch.Participant
		case ch.Left != nil:
			if _, ok := c.people[ch.Left.ID]; !ok {
				c.t.Errorf("%s: heard that %s left, whom it did not know", c.id, ch.Left.ID)
			}
			delete(c.people, ch.Left.ID)
			c.left = append(c.left, *ch.Left)
		case ch.Clock != nil:
			c.clock = *ch.Clock
		case ch.Warning != nil:
			c.warnings = append(c.warnings, ch.Warning.MinutesLeft)
		case ch.Chat != nil:
			c.chat = append(c.chat, *ch.Chat)
		case ch.Slots != nil:
			c.slots = *ch.Slots
		case ch.Note != nil:
			c.notes = append(c.notes, *ch.Note)
		case ch.Helpers != nil:
			c.helpers = helping(*ch.Helpers)
		case ch.Order != nil:
			c.orders = append(c.orders, *ch.Order)
		case ch.Auxiliaries != nil:
			c.auxiliaries = *ch.Auxiliaries
		default:
			c.t.Errorf("%s: an empty change", c.id)
		}
	}
}

// devices are those in the room.
func (c *fakeClient) devices() []rooms.Auxiliary {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.auxiliaries
}

func (c *fakeClient) Codec(s sfu.Source, e sfu.Encoding) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.synced == 0 || c.dismissed != nil {
		c.t.Errorf("%s: told a codec with %d syncs, dismissed: %v", c.id, c.synced, c.dismissed)
	}
	c.codecs = append(c.codecs, string(s)+" "+string(e))
}

func (c *fakeClient) Speakers(participants []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.synced == 0 || c.dismissed != nil {
		c.t.Errorf("%s: told who speaks with %d syncs, dismissed: %v", c.id, c.synced, c.dismissed)
	}
	for _, id := range participants {
		if _, known := c.people[id]; !known {
			c.t.Errorf("%s: %s speaks, whom it does not know", c.id, id)
		}
	}
	c.spoken = append(c.spoken, strings.Join(participants, " "))
}

func (c *fakeClient) Dismiss(reason error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dismissed != nil || reason == nil {
		c.t.Errorf("%s: dismissed twice or without a reason: %v, then %v", c.id, c.dismissed, reason)
	}
	c.dismissed = reason
}

func (c *fakeClient) reason() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dismissed
}

func (c *fakeClient) knows() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(maps.Keys(c.people))
}

func (c *fakeClient) person(id string) rooms.Participant {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.people[id]
}

func (c *fakeClient) time() schedule.Clock {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.clock
}

func (c *fakeClient) phase() schedule.Phase { return c.time().Phase }

func (c *fakeClient) warned() []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.warnings)
}

func (c *fakeClient) messages() []rooms.Chat {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.chat)
}

func (c *fakeClient) departures() []rooms.Left {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.left)
}

func (c *fakeClient) noted() []schedule.Note {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.notes)
}

func (c *fakeClient) helped() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.helpers)
}

func (c *fakeClient) ordered() []rooms.Order {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.orders)
}

func (c *fakeClient) slotMap() map[int]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := map[int]string{}
	for _, s := range c.slots {
		all[s.Slot] = s.Participant
	}
	return all
}

func (c *fakeClient) deltaCount() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.deltas)
}

// hall is a registry with fakes, in a bubble.
type hall struct {
	t      *testing.T
	media  *fakeMedia
	ledger *fakeLedger
	store  *fakeStore
	reg    *rooms.Registry
	event  *schedule.Event

	storage func() rooms.Storage // of the next start; may be nil
	metrics *rooms.Metrics       // likewise
}

// The bubble's clock begins at midnight UTC 2000-01-01. The first consultation
// S01 begins 30 minutes later and lasts an hour, so that its doors open after
// 15 minutes.
func fair() *schedule.Event {
	begin := time.Date(2000, 1, 1, 0, 30, 0, 0, time.UTC)
	c := func(id schedule.ConsultationID, minute int, booth schedule.BoothID, firm schedule.FirmID, buyer schedule.BuyerID) schedule.Consultation {
		start := begin.Add(time.Duration(minute) * time.Minute)
		return schedule.Consultation{ID: id, Start: start, End: start.Add(time.Hour), Booth: booth, Firm: firm, Buyer: buyer}
	}
	e := &schedule.Event{
		ID: "E1", Name: "Fair", Zone: "Asia/Seoul", Language: "ko",
		Firms:        []schedule.Firm{{ID: "F1", Name: "Loom"}, {ID: "F2", Name: "Dye"}, {ID: "F3", Name: "Wool"}},
		Buyers:       []schedule.Buyer{{ID: "Y1", Name: "Acme", Zone: "UTC"}, {ID: "Y2", Name: "Best", Zone: "UTC"}, {ID: "Y3", Name: "Cook", Zone: "UTC"}},
		Interpreters: []schedule.Interpreter{{ID: "I1", Name: "Kim", Languages: []string{"vi"}}},
		Booths:       []schedule.Booth{{ID: "B1", Name: "1"}, {ID: "B2", Name: "2"}, {ID: "B3", Name: "3"}},
		Consultations: []schedule.Consultation{
			c("S01", 0, "B1", "F1", "Y1"),
			c("S02", 0, "B2", "F2", "Y2"),
			c("S03", 60, "B2", "F2", "Y3"), // needs booth and firm of S02 at its end
			c("S04", 600, "B3", "F3", "Y3"),
		},
	}
	e.Consultations[0].Interpreter = "I1"
	return e
}

func newHall(t *testing.T, e *schedule.Event) *hall {
	h := &hall{
		t: t, event: e, ledger: &fakeLedger{}, store: newFakeStore(e),
		media: &fakeMedia{slots: map[sfu.PeerID]map[int]sfu.Binding{}, open: map[sfu.Feed]bool{}},
	}
	h.start()
	return h
}

func (h *hall) start() {
	h.reg = rooms.NewRegistry(rooms.Deps{Store: h.store, Ledger: h.ledger, Media: h.media, Node: "node-a", Incarnation: 1, Storage: h.storage, Metrics: h.metrics})
	if err := h.reg.Start(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	synctest.Wait()
}

func (h *hall) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := h.reg.Close(ctx); err != nil {
		h.t.Errorf("close: %v", err)
	}
}

// until sleeps to a minute of the bubble's clock.
func (h *hall) until(minute float64) {
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(minute * float64(time.Minute)))
	time.Sleep(time.Until(at))
	synctest.Wait()
}

func request(seat schedule.SeatID, session string) (rooms.JoinRequest, *fakeClient) {
	c, _ := seat.Split()
	client := &fakeClient{id: session}
	return rooms.JoinRequest{
		Event: "E1", Consultation: c, Seat: seat, Session: session, Token: "token of " + session,
		Peer: sfu.PeerID("peer-" + session), Client: client,
		Sources: []sfu.Source{sfu.Microphone, sfu.Camera},
	}, client
}

func (h *hall) try(req rooms.JoinRequest) (*rooms.Visit, error) {
	if c, ok := req.Client.(*fakeClient); ok {
		c.t = h.t
	}
	v, err := h.reg.Join(h.t.Context(), req)
	synctest.Wait()
	return v, err
}

func (h *hall) join(seat schedule.SeatID, session string) (*rooms.Visit, *fakeClient) {
	h.t.Helper()
	req, client := request(seat, session)
	v, err := h.try(req)
	if err != nil {
		h.t.Fatalf("join %s as %s: %v", seat, session, err)
	}
	return v, client
}

func (h *hall) row(id schedule.ConsultationID) rooms.Row {
	h.t.Helper()
	rows, err := h.reg.Rows(h.t.Context(), "E1")
	if err != nil {
		h.t.Fatal(err)
	}
	for _, r := range rows {
		if r.Consultation.ID == id {
			return r
		}
	}
	h.t.Fatalf("no row of %s", id)
	return rooms.Row{}
}

func (h *hall) seat(id schedule.SeatID) rooms.SeatState {
	h.t.Helper()
	c, _ := id.Split()
	for _, s := range h.row(c).Seats {
		if s.Seat == id {
			return s
		}
	}
	h.t.Fatalf("no seat %s on the board", id)
	return rooms.SeatState{}
}

// console opens the board for a coordinator, whose id and session are alike.
func (h *hall) console(id string) (*rooms.Watch, *fakeWatcher) {
	h.t.Helper()
	w := &fakeWatcher{}
	watch, err := h.reg.Watch("E1", rooms.WatchRequest{Watcher: w, Session: "console-" + id, Actor: staffer(id)})
	if err != nil {
		h.t.Fatal(err)
	}
	synctest.Wait()
	return watch, w
}

func staffer(id string) schedule.Actor { return schedule.Actor{By: id, Name: "name of " + id} }

// wall opens the board and the wall of a coordinator, on the Peer "wall-ID".
func (h *hall) wall(id string) (*rooms.Wall, *rooms.Watch, *fakeWatcher) {
	h.t.Helper()
	watch, w := h.console(id)
	wall, err := watch.Wall(h.t.Context(), sfu.PeerID("wall-"+id))
	if err != nil {
		h.t.Fatal(err)
	}
	synctest.Wait()
	return wall, watch, w
}

// acts tells what staff did as "who detail consultation seat: words".
func (h *hall) acts() (all []string) {
	for _, e := range h.ledger.of(schedule.EntryStaff) {
		all = append(all, strings.TrimSpace(fmt.Sprint(e.By, " ", e.Detail, " ", e.Consultation, " ", e.Seat))+": "+e.Words)
	}
	return all
}

// bubble runs a test with a hall in a bubble.
func bubble(t *testing.T, fn func(t *testing.T, h *hall)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, fair())
		defer func() { h.close() }()
		fn(t, h)
	})
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}
