package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"sangdam/signaling/protocol"
)

const (
	// patience bounds one step of somebody's coming.
	patience = 20 * time.Second
	// lobbyStay is how long somebody stays in the lobby at least: nobody presses
	// Join the moment that media could flow, and the server may use it.
	lobbyStay = 100 * time.Millisecond
	// firstWithin is how long the first packet of the others is waited for.
	firstWithin = 10 * time.Second
	// tellEvery is how often a page measures its round trip and tells its vitals.
	tellEvery = 5 * time.Second
	// resumeFirst and resumeMost are the pauses between tries to come back.
	resumeFirst, resumeMost = 250 * time.Millisecond, 4 * time.Second
)

// person is one seat's browser tab: at most one socket and one set of media.
type person struct {
	// Fixed after newPerson.
	web          *web
	link         Link
	event        string
	consultation string
	sources      []string
	create       func() (Media, error)
	tally        *tally
	anew         chan struct{} // one token: the socket is another one
	stop         context.CancelFunc
	minding      sync.WaitGroup

	// acting is held by whoever does something in this person's name; it guards
	// what follows.
	acting sync.Mutex
	token  string
	secret string // of the next resume
	wants  bool   // to be in the room

	seq  atomic.Uint64 // of the last delta; the socket's reader writes it
	mu   sync.Mutex    // guards what follows; never held during a call
	self string        // the session
	sock *socket       // nil: away
	med  Media         // nil: away
	past Traffic       // of media that were closed
	in   bool          // in the room, as far as is known
	// slots are those that show somebody; shown are those whose tiles were told.
	slots, shown []protocol.Slot
}

func newPerson(ctx context.Context, w *web, h *Hall, room, nth int, p Plan, create func() (Media, error), t *tally) *person {
	one := &person{
		web: w, link: h.Rooms[room].People[nth], event: h.Event, consultation: h.Rooms[room].Consultation,
		sources: p.sources(nth), create: create, tally: t, anew: make(chan struct{}, 1),
	}
	ctx, one.stop = context.WithCancel(ctx)
	one.minding.Go(func() { one.mind(ctx) }) // ends with close
	return one
}

// come is a page that is opened until its person sits in the room.
func (p *person) come(ctx context.Context) error {
	p.acting.Lock()
	defer p.acting.Unlock()
	return p.arrive(ctx, p.token)
}

// arrive begins a session, with the tab's token or a new tab's, and joins. Who does
// not get that far closes the page.
func (p *person) arrive(ctx context.Context, token string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	p.wants = true
	err := p.enter(ctx, token)
	if err != nil {
		p.goodbye()
	}
	return err
}

func (p *person) enter(ctx context.Context, token string) error {
	begun := time.Now()
	b, err := p.web.open(ctx, p.link, token)
	if err != nil {
		p.tally.fail("open", err)
		return fmt.Errorf("open the link: %w", err)
	}
	if b.Event.ID != p.event { // R2: the link says whose room it is
		return errNotOurs
	}
	p.token = b.Token
	if err := p.hello(ctx); err != nil {
		p.tally.fail("hello", err)
		return fmt.Errorf("hello: %w", err)
	}
	if err := p.media().Connected(ctx); err != nil {
		p.tally.fail("connect", err)
		return fmt.Errorf("connect media: %w", err)
	}
	p.tally.time(connected, time.Since(begun))
	if err := sleep(ctx, lobbyStay); err != nil {
		return err
	}
	if err := p.join(ctx); err != nil {
		p.tally.fail("join", err)
		return fmt.Errorf("join: %w", err)
	}
	return nil
}

// hello begins a session on a new socket with new media.
func (p *person) hello(ctx context.Context) error {
	p.drop()
	m, err := p.create()
	if err != nil {
		return err
	}
	offer, err := m.Offer()
	if err != nil {
		m.Close()
		return err
	}
	ws, err := p.web.dial(ctx)
	if err != nil {
		m.Close()
		return err
	}
	p.mu.Lock()
	p.med = m
	p.mu.Unlock()
	p.seq.Store(0)
	s := startSocket(ws, p.heard)
	p.use(s)
	var w protocol.Welcome
	err = patiently(ctx, func() error {
		return s.ask(ctx, protocol.TypeHello, protocol.Hello{Token: p.token, Profile: "room", Offer: offer, Language: "en"}, &w)
	})
	if err != nil {
		p.drop()
		return err
	}
	p.secret = w.Secret
	p.mu.Lock()
	p.self = w.Session
	p.mu.Unlock()
	return m.Answer(w.Answer)
}

// join enters the room, sends what is on, and measures until the others are there.
func (p *person) join(ctx context.Context) error {
	m, s := p.media(), p.socket()
	if m == nil || s == nil {
		return errors.New("nobody is there")
	}
	m.Await()
	ask := protocol.Join{Consultation: p.consultation, Sources: p.sources}
	asked := time.Now()
	var got protocol.Joined
	err := patiently(ctx, func() error {
		asked = time.Now()
		return s.ask(ctx, protocol.TypeJoin, ask, &got)
	})
	if codeOf(err) == string(protocol.CodeSeatInUse) { // the person says yes (R22)
		ask.Move = true
		asked = time.Now()
		err = s.ask(ctx, protocol.TypeJoin, ask, &got)
	}
	if err != nil {
		return err
	}
	for _, source := range p.sources {
		m.Send(source, true)
	}
	p.tile(ctx, s)
	sound, picture := p.expects(got.Snapshot.Participants)
	return p.first(ctx, m, asked, sound, picture)
}

// expects tells what of the others must come.
func (p *person) expects(others []protocol.Participant) (sound, picture bool) {
	p.mu.Lock()
	self := p.self
	p.mu.Unlock()
	for _, o := range others {
		if o.ID == self || o.Away {
			continue
		}
		for _, s := range o.Sources {
			sound = sound || s == microphone
			picture = picture || s == camera
		}
	}
	return sound, picture
}

// first waits for the first packets. Who is alone waits for nobody.
func (p *person) first(ctx context.Context, m Media, asked time.Time, sound, picture bool) error {
	ctx, cancel := context.WithTimeout(ctx, firstWithin)
	defer cancel()
	for {
		heard, seen := m.First()
		if (heard.IsZero() && sound) || (seen.IsZero() && picture) {
			if err := sleep(ctx, 2*time.Millisecond); err != nil {
				return fmt.Errorf("the others are not heard and seen: %w", err)
			}
			continue
		}
		if sound {
			p.tally.time(joined, heard.Sub(asked))
		}
		if picture {
			p.tally.time(pictured, seen.Sub(asked))
		}
		return nil
	}
}

// heard reads what the server tells. Only the socket's reader calls it.
func (p *person) heard(m protocol.Message) {
	var told struct {
		Seq     uint64            `json:"seq"`
		Changes []protocol.Change `json:"changes"`
		State   *protocol.Joined  `json:"state"`
		Slots   []protocol.Slot   `json:"slots"` // of joined
		Source  string            `json:"source"`
		Layers  []string          `json:"layers"`
	}
	switch m.Type {
	case protocol.TypeJoined, protocol.TypeDelta, protocol.TypeResume, protocol.TypeLayers:
		if err := json.Unmarshal(m.Body, &told); err != nil {
			p.tally.fail("message", err)
			return
		}
	default: // pongs, and news that a page would only show
		return
	}
	if m.Type == protocol.TypeLayers {
		if med := p.media(); med != nil {
			med.Layers(told.Source, told.Layers)
		}
		return
	}
	p.seq.Store(told.Seq)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case m.Type == protocol.TypeJoined:
		p.slots, p.in = told.Slots, true
	case told.State != nil:
		p.slots = told.State.Slots
	}
	for _, c := range told.Changes {
		switch {
		case c.Left != nil:
			p.in = p.in && c.Left.ID != p.self
		case c.Slots != nil:
			p.slots = *c.Slots
		}
	}
}

// resume takes the session over to a new socket.
func (p *person) resume(ctx context.Context) error {
	ws, err := p.web.dial(ctx)
	if err != nil {
		return err
	}
	p.mu.Lock()
	old, session := p.sock, p.self
	p.mu.Unlock()
	if old != nil {
		old.close() // what it read is counted before the new one reads
	}
	s := startSocket(ws, p.heard)
	p.use(s)
	var got protocol.Resumed
	err = s.ask(ctx, protocol.TypeResume, protocol.Resume{Session: session, Secret: p.secret, Seq: p.seq.Load()}, &got)
	if err != nil {
		s.close()
		return err
	}
	p.secret = got.Secret
	return nil
}

// restart restarts ICE, as a page does whose network changed.
func (p *person) restart(ctx context.Context) error {
	m, s := p.media(), p.socket()
	if m == nil || s == nil {
		return errors.New("nobody is there")
	}
	offer, err := m.Restart()
	if err != nil {
		return err
	}
	var got protocol.Restarted
	err = patiently(ctx, func() error {
		return s.ask(ctx, protocol.TypeRestart, protocol.Restart{Offer: offer}, &got)
	})
	if err != nil {
		return err
	}
	if err := m.Answer(got.Answer); err != nil {
		return err
	}
	return m.Connected(ctx)
}

// leave goes back to the lobby.
func (p *person) leave(ctx context.Context) error {
	m, s := p.media(), p.socket()
	if m == nil || s == nil {
		return errors.New("nobody is there")
	}
	err := patiently(ctx, func() error { return s.ask(ctx, protocol.TypeLeave, nil, nil) })
	if err == nil {
		p.wants = false
		p.mu.Lock()
		p.in = false
		p.mu.Unlock()
		for _, source := range p.sources {
			m.Send(source, false)
		}
	}
	return err
}

// turn says that a source is on or off, and sends or stops it.
func (p *person) turn(ctx context.Context, source string, on bool) error {
	m, s := p.media(), p.socket()
	if m == nil || s == nil {
		return errors.New("nobody is there")
	}
	err := patiently(ctx, func() error {
		return s.ask(ctx, protocol.TypeSource, protocol.SetSource{Source: source, On: on}, nil)
	})
	if err == nil {
		m.Send(source, on)
	}
	return err
}

// cut loses the socket as a network does; mind brings it back.
func (p *person) cut() {
	if s := p.socket(); s != nil {
		s.close()
	}
}

// close says bye and ends everything.
func (p *person) close() {
	p.stop()
	p.minding.Wait()
	p.acting.Lock()
	defer p.acting.Unlock()
	p.goodbye()
}

// goodbye is a page that is closed; acting is held.
func (p *person) goodbye() {
	p.wants = false
	if s := p.socket(); s != nil {
		s.bye()
	}
	p.drop()
}

// drop ends socket and media without a word, and keeps what they counted; acting
// is held.
func (p *person) drop() {
	p.mu.Lock()
	s, m := p.sock, p.med
	p.sock, p.med, p.in = nil, nil, false
	p.mu.Unlock()
	if s != nil {
		s.close()
	}
	if m == nil {
		return
	}
	m.Close()
	p.mu.Lock()
	m.AddTo(&p.past)
	p.mu.Unlock()
}

// use makes s the socket.
func (p *person) use(s *socket) {
	p.mu.Lock()
	p.sock = s
	p.mu.Unlock()
	select {
	case p.anew <- struct{}{}:
	default: // mind looks anyway
	}
}

func (p *person) socket() *socket {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sock
}

func (p *person) media() Media {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.med
}

// there tells whether the person is in the room, with a socket.
func (p *person) there() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sock == nil || !p.in {
		return false
	}
	select {
	case <-p.sock.done:
		return false
	default:
		return true
	}
}

// addTo adds all that this person has sent and received.
func (p *person) addTo(t *Traffic) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t.add(&p.past)
	if p.med != nil {
		p.med.AddTo(t)
	}
}
