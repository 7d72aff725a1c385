package rooms

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"sangdam/rooms/loop"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

const (
	// HelperSilent is how long a console's socket may be lost before it is quiet:
	// nobody speaks in a room who cannot be told that they do.
	HelperSilent = 10 * time.Second

	maxOnWall   = 64                     // rooms on a wall that are looked at; more never fit
	wallQueue   = 64                     // tasks that wait for a wall; nudges are one at most
	listenEvery = 200 * time.Millisecond // looking for who speaks in the room that is helped
)

// WallSlot says whom a slot of a wall shows (video) or sounds (audio).
type WallSlot struct {
	Slot         int
	Consultation schedule.ConsultationID
	Seat         schedule.SeatID
}

// Wall is what a console with media sees and hears of many rooms, and says in
// one. It has a loop of its own that looks at what the board knows of rooms: a
// slow console or a panic here touches no room. Its methods may be called from
// any goroutine but a Watcher's.
type Wall struct {
	// fixed after Watch.Wall
	watch *Watch
	loop  *loop.Loop
	dirty atomic.Bool // a look is queued

	// owned by the loop
	peer   sfu.PeerID
	rooms  []schedule.ConsultationID
	large  schedule.ConsultationID
	shows  [sfu.WallVideos]place
	sounds [sfu.WallAudios]place
	bound  [sfu.WallVideos + sfu.WallAudios]sfu.Binding
	told   []WallSlot
	help   helpState
	ear    ear
	lostAt time.Time // since when the socket or the Peer is gone; zero: neither is
	timer  *time.Timer
	socket bool // it is up
}

// helpState is what a wall does in a room; the zero one is nothing.
type helpState struct {
	room schedule.ConsultationID
	mode HelpMode
	to   schedule.Role
}

// Wall begins to show rooms on a console's Peer. A Watch has one: asking again
// ends the former.
func (w *Watch) Wall(ctx context.Context, peer sfu.PeerID) (*Wall, error) {
	if peer == "" {
		return nil, ErrInvalid
	}
	wall := &Wall{watch: w, peer: peer, socket: true}
	w.board.mu.Lock()
	if w.stopped() || w.board.closed {
		w.board.mu.Unlock()
		return nil, ErrGone
	}
	former := w.wall
	wall.loop = loop.New(loop.Options{Queue: wallQueue, OnPanic: wall.panicked, OnClose: wall.closed})
	w.wall = wall
	w.board.walls[wall] = true
	w.board.mu.Unlock()
	w.registry.deps.Metrics.walls.Inc()
	if former != nil {
		former.Stop()
	}
	return wall, ctx.Err()
}

// Show says which rooms are on the screen, in the order of importance, and
// which of them is looked at closely (empty: none). The Watcher's WallChanged
// is called once before it returns, whether or not anything differs.
func (w *Wall) Show(ctx context.Context, rooms []schedule.ConsultationID, large schedule.ConsultationID) error {
	return w.act(ctx, func() error {
		w.rooms, w.large = slices.Clone(rooms[:min(len(rooms), maxOnWall)]), large
		w.look(true)
		return nil
	})
}

// Help listens to a room or speaks to it, to one role alone when to is set;
// HelpQuiet ends it wherever it is. A console helps one room at a time.
// ErrInUse: another coordinator speaks there.
func (w *Wall) Help(ctx context.Context, id schedule.ConsultationID, mode HelpMode, to schedule.Role) error {
	switch {
	case mode == HelpQuiet:
		return w.act(ctx, func() error {
			w.quiet(ctx)
			return nil
		})
	case mode != HelpListen && mode != HelpSpeak, to != "" && mode != HelpSpeak:
		return ErrInvalid
	case !w.watch.req.Right.Covers(schedule.RightCoordinator):
		return ErrForbidden
	}
	err := w.act(ctx, func() error { return w.assist(ctx, helpState{id, mode, to}) })
	if err != nil && ctx.Err() != nil {
		// It may still work after its caller gave up, who then would be heard
		// without knowing.
		w.news(w.quietSoon)
	}
	return err
}

// Rebind moves the wall to a new Peer of the same session.
func (w *Wall) Rebind(ctx context.Context, peer sfu.PeerID) error {
	if peer == "" {
		return ErrInvalid
	}
	return w.act(ctx, func() error {
		if peer == w.peer {
			return nil
		}
		w.unbind()
		w.peer = peer
		if w.help.mode != "" {
			if err := w.tellRoom(ctx, w.help); err != nil { // it cannot go on there
				w.forget()
			}
		}
		w.look(false)
		return nil
	})
}

// Socket is news that the console's socket is lost or back. A helper who cannot
// be told anything for HelperSilent is quiet.
func (w *Wall) Socket(up bool) {
	w.news(func() {
		w.socket = up
		w.listen()
	})
}

// news runs a task of the wall and does not wait. A wall that is so far behind
// that its queue is full is stuck, and ends.
func (w *Wall) news(fn func()) {
	if errors.Is(w.loop.Post(fn), loop.ErrFull) {
		w.loop.Stop()
	}
}

// Over tells that the wall has ended, by Stop or because it failed.
func (w *Wall) Over() bool { return w.loop.Err() != nil }

// Stop ends the wall: when it returns nothing is shown, heard or said by it.
func (w *Wall) Stop() { w.loop.Close() }

// act runs a task of the wall and waits for it.
func (w *Wall) act(ctx context.Context, fn func() error) error {
	var result error
	err := w.loop.Do(ctx, func() { result = fn() })
	switch {
	case err == nil:
		return result
	case errors.Is(err, loop.ErrPanicked), errors.Is(w.loop.Err(), loop.ErrPanicked):
		return ErrRoomFailed
	case errors.Is(err, loop.ErrClosed):
		return ErrGone
	}
	return err
}

// nudge makes the wall look again; it never waits.
func (w *Wall) nudge() {
	if w.dirty.Swap(true) {
		return
	}
	if w.loop.Post(func() { w.look(false) }) != nil {
		w.dirty.Store(false) // the next nudge, at the latest after a second, tries again
	}
}

// look brings slots up to date with rooms, and tells them when they differ or
// always. Media is switched after that, so that nobody's picture shows under
// another's name.
func (w *Wall) look(always bool) {
	w.dirty.Store(false)
	b := w.watch.board
	b.mu.Lock()
	scene := b.scene(w.rooms, w.help.room)
	helps := slices.ContainsFunc(b.rows[w.help.room].Helpers, func(h Helper) bool { return h.session == w.watch.req.Session })
	b.mu.Unlock()
	if w.help.mode != "" && !helps { // the room ended, or failed
		w.record(schedule.ActionQuiet, w.help)
		w.forget()
	}
	w.shows = arrange(w.shows, pick(scene, w.rooms, w.large, w.shows))
	if w.help.mode != "" {
		w.sounds = w.ear.choose(scene[w.help.room], w.help.room, w.sounds, w.watch.registry.deps.Media, stamp(realClock{}))
	} else {
		w.sounds = [sfu.WallAudios]place{}
	}
	slots := w.slots()
	if always || !slices.Equal(slots, w.told) {
		w.told = slots
		b.tellWall(w.watch, slots)
	}
	w.bind(scene)
	w.arm()
}

// slots is the whole map, as the console is told.
func (w *Wall) slots() []WallSlot {
	all := []WallSlot{}
	for i, p := range slices.Concat(w.shows[:], w.sounds[:]) {
		if p.seat != "" {
			all = append(all, WallSlot{Slot: i, Consultation: p.room, Seat: p.seat})
		}
	}
	return all
}

// bind gives the Peer what differs.
func (w *Wall) bind(scene map[schedule.ConsultationID][]player) {
	var changed []sfu.Binding
	for i, p := range slices.Concat(w.shows[:], w.sounds[:]) {
		want := sfu.Binding{Slot: i}
		at := slices.IndexFunc(scene[p.room], func(o player) bool { return o.seat == p.seat })
		switch {
		case p.seat == "" || at < 0:
		case i >= sfu.WallVideos:
			want.Audio = sfu.Feed{Peer: scene[p.room][at].peer, Source: sfu.Microphone}
		default:
			want.Video = sfu.Feed{Peer: scene[p.room][at].peer, Source: sfu.Camera}
			want.Ceiling = sfu.CeilingLow
			if p.room == w.large {
				want.Ceiling = sfu.CeilingMiddle
				if len(scene[p.room]) <= 2 { // both may fill half a screen
					want.Ceiling = sfu.CeilingHigh
				}
			}
		}
		was := w.bound[i]
		was.Slot = i
		if want != was {
			w.bound[i] = want
			changed = append(changed, want)
		}
	}
	if len(changed) > 0 {
		w.watch.registry.deps.Media.Bind(w.peer, changed...)
	}
}

// unbind shows and sounds nothing on the Peer any more.
func (w *Wall) unbind() {
	var changed []sfu.Binding
	for i, b := range w.bound {
		if b.Audio != (sfu.Feed{}) || b.Video != (sfu.Feed{}) {
			changed = append(changed, sfu.Binding{Slot: i})
		}
	}
	w.bound = [len(w.bound)]sfu.Binding{}
	if len(changed) > 0 {
		w.watch.registry.deps.Media.Bind(w.peer, changed...)
	}
}

// panicked ends the wall; closed does the rest.
func (w *Wall) panicked(value any, stack []byte) {
	w.watch.registry.log.Error("a wall failed", "console", w.watch.req.Session, "panic", value, "stack", string(stack))
}

// closed is the wall's last act. After a panic each step stands alone.
func (w *Wall) closed() {
	guard := func(step func()) {
		defer func() {
			if v := recover(); v != nil {
				w.watch.registry.log.Error("a wall failed again while it closed", "panic", v)
			}
		}()
		step()
	}
	if w.timer != nil {
		w.timer.Stop()
	}
	w.watch.registry.deps.Metrics.walls.Dec()
	guard(func() {
		ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
		defer cancel()
		if w.help.mode == HelpSpeak { // the room does it, too, unless it is stuck
			w.watch.registry.deps.Media.Allow(w.peer, sfu.Microphone, false)
		}
		w.quiet(ctx)
	})
	guard(w.unbind)
	b := w.watch.board
	b.mu.Lock()
	delete(b.walls, w)
	if w.watch.wall == w {
		w.watch.wall = nil
	}
	b.mu.Unlock()
	guard(func() { b.tellWall(w.watch, []WallSlot{}) })
}

// tellWall tells one console its slots.
func (b *board) tellWall(w *Watch, slots []WallSlot) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if watcher, ok := b.watchers[w]; ok {
		watcher.WallChanged(slots)
	}
}

// closeWalls lets no wall begin any more, and lists those that are.
func (b *board) closeWalls() []*Wall {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	all := make([]*Wall, 0, len(b.walls))
	for w := range b.walls {
		all = append(all, w)
	}
	return all
}

// scene is who can be seen in some rooms, and when they spoke; mu is held.
func (b *board) scene(rooms []schedule.ConsultationID, helped schedule.ConsultationID) map[schedule.ConsultationID][]player {
	all := make(map[schedule.ConsultationID][]player, len(rooms)+1)
	for _, id := range append(slices.Clip(rooms), helped) {
		if _, done := all[id]; done || len(b.casts[id]) == 0 {
			continue
		}
		people := slices.Clone(b.casts[id])
		for i := range people {
			people[i].spokeAt = b.spoke[people[i].session]
		}
		all[id] = people
	}
	return all
}
