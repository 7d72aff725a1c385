package rooms

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"sangdam/rooms/schedule"
)

// Deps are what a Registry leans on.
type Deps struct {
	Store       Store
	Ledger      Ledger
	Media       Media
	Logger      *slog.Logger
	Node        string
	Incarnation int64
	Metrics     *Metrics // nil: counted for nobody
	Clock       Clock    // nil: the machine's
	// Storage tells how the record is kept; it is asked every second. Nil: it is
	// kept well.
	Storage func() Storage
}

// Registry owns the events and the table of rooms. A consultation's room is
// opened at its doors, by the clock or by whoever comes first, and is gone when
// it ended.
type Registry struct {
	// fixed after NewRegistry
	deps   Deps
	log    *slog.Logger
	mirror *mirror
	wake   chan struct{} // the clock looks again
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup // keepTime, refresh, inspector and openings

	inspector *inspector

	practiceMu sync.Mutex // guards practices; held during calls of Media
	practices  map[string]*Practice

	mu      sync.Mutex // guards what follows; never held during a call
	started bool
	closing bool
	loaded  bool // the Store has answered once
	events  map[schedule.EventID]*eventEntry
	rooms   map[roomKey]*roomEntry
	timer   Timer // of pass
}

// eventEntry is what the Registry knows of an event. Its event and extended are
// replaced, never changed.
type eventEntry struct {
	event    *schedule.Event
	extended map[schedule.ConsultationID]time.Time // of those that still go on
	board    *board
	past     map[schedule.ConsultationID]*past
}

// past is what is known of a consultation's earlier rooms.
type past struct {
	remains
	failures int       // of its rooms here
	after    time.Time // the clock does not open a room before
}

// roomEntry is a room that is being opened or is open. room and err are set
// when opened is closed.
type roomEntry struct {
	opened chan struct{}
	room   *room
	err    error
}

// NewRegistry makes a Registry. Start must follow, and Close in the end.
func NewRegistry(d Deps) *Registry {
	if d.Logger == nil {
		d.Logger = slog.New(slog.DiscardHandler)
	}
	if d.Metrics == nil {
		d.Metrics = NewMetrics(nil)
	}
	if d.Clock == nil {
		d.Clock = realClock{}
	}
	g := &Registry{
		deps: d, log: d.Logger, wake: make(chan struct{}, 1),
		events: map[schedule.EventID]*eventEntry{}, rooms: map[roomKey]*roomEntry{},
		practices: map[string]*Practice{},
	}
	g.ctx, g.cancel = context.WithCancel(context.Background())
	g.mirror = newMirror(d.Store, d.Clock, d.Logger, d.Metrics)
	g.inspector = newInspector(g)
	return g
}

// Start reads the timetables and starts the clock. A Store that is away is
// asked again until it answers; until then Join says ErrUnavailable.
func (g *Registry) Start(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.started || g.closing {
		return errors.New("rooms: the registry was started before")
	}
	g.started = true
	g.wg.Go(g.refresh)
	g.wg.Go(g.keepTime)
	g.wg.Go(g.inspector.run)
	return ctx.Err()
}

// Close ends all rooms (their people are told to come back to the next start)
// and waits until everything is written, or ctx ends.
func (g *Registry) Close(ctx context.Context) error {
	g.mu.Lock()
	g.closing = true
	var open []*roomEntry
	for _, en := range g.rooms {
		open = append(open, en)
	}
	var walls []*Wall
	for _, ev := range g.events {
		walls = append(walls, ev.board.closeWalls()...)
	}
	g.mu.Unlock()
	for _, w := range walls {
		w.Stop()
	}
	g.cancel()
	g.wg.Wait() // openings give up with g.ctx
	if g.timer != nil {
		g.timer.Stop() // no pass runs any more
	}
	for _, en := range open {
		<-en.opened
		if en.room != nil {
			en.room.shutdown(ctx)
		}
	}
	g.mirror.close(ctx)
	return ctx.Err()
}

// Loaded tells whether the timetables have been read once.
func (g *Registry) Loaded() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.loaded
}

// Join takes a seat in a room. Before it returns the Client has had its Sync.
func (g *Registry) Join(ctx context.Context, req JoinRequest) (*Visit, error) {
	if req.Session == "" || req.Client == nil || req.Peer == "" {
		return nil, ErrInvalid
	}
	for _, s := range req.Sources {
		if !validSource(s) {
			return nil, ErrInvalid
		}
	}
	en, err := g.opened(ctx, roomKey{req.Event, req.Consultation})
	if err != nil {
		return nil, err
	}
	g.stopPractice(req.Session) // before the room binds slots
	board := g.eventEntry(req.Event).board
	board.entering(req.Session)
	visit, err := en.room.join(ctx, req)
	board.entered(req.Session, err == nil)
	board.suffers(req.Consultation, err)
	return visit, err
}

// Event gives a timetable; one that is not known yet is read from the Store.
func (g *Registry) Event(ctx context.Context, id schedule.EventID) (*schedule.Event, error) {
	if en := g.eventEntry(id); en != nil {
		return en.event, nil
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	ids, err := g.deps.Store.Events(ctx)
	if err != nil {
		return nil, errors.Join(ErrUnavailable, err)
	}
	for _, known := range ids {
		if known == id {
			if err := g.load(ctx, id); err != nil {
				return nil, errors.Join(ErrUnavailable, err)
			}
			g.lookAgain()
			return g.eventEntry(id).event, nil
		}
	}
	return nil, ErrNotFound
}

// Rows gives the board of an event once.
func (g *Registry) Rows(ctx context.Context, id schedule.EventID) ([]Row, error) {
	if _, err := g.Event(ctx, id); err != nil {
		return nil, err
	}
	return g.eventEntry(id).board.snapshot().Rows, nil
}

// Board gives all that a console sees of an event, once.
func (g *Registry) Board(ctx context.Context, id schedule.EventID) (Board, error) {
	if _, err := g.Event(ctx, id); err != nil {
		return Board{}, err
	}
	return g.eventEntry(id).board.snapshot(), nil
}

// Watch shows an event's board to a console: all of it before Watch returns,
// then each change.
func (g *Registry) Watch(id schedule.EventID, req WatchRequest) (*Watch, error) {
	en := g.eventEntry(id)
	if en == nil {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.loaded {
			return nil, ErrNotFound
		}
		return nil, ErrUnavailable
	}
	return en.board.watch(req, stamp(g.deps.Clock), g), nil
}

// eventEntry gives a copy that the caller may read, or nil. Only event, board
// and the identity of past are fixed in it.
func (g *Registry) eventEntry(id schedule.EventID) *eventEntry {
	g.mu.Lock()
	defer g.mu.Unlock()
	en, ok := g.events[id]
	if !ok {
		return nil
	}
	return &eventEntry{event: en.event, board: en.board}
}
