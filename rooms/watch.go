package rooms

import (
	"slices"
	"time"

	"sangdam/rooms/schedule"
)

// keysKept is how many requests of a console are told apart from repetitions.
const keysKept = 64

// Watch is a console's subscription to a board.
type Watch struct {
	// fixed after board.watch
	registry *Registry
	board    *board
	req      WatchRequest
	since    time.Time

	wall *Wall    // of the newest Peer; guarded by board.mu
	done []string // keys of the newest requests that were done, to know a repetition; guarded by board.mu
}

// WatchRequest asks for an event's board.
type WatchRequest struct {
	Watcher Watcher
	Session string // of the console, unique
	Actor   schedule.Actor
	Right   schedule.Right // empty: coordinator
}

func (b *board) watch(req WatchRequest, now time.Time, g *Registry) *Watch {
	if req.Right == "" {
		req.Right = schedule.RightCoordinator
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	watch := &Watch{registry: g, board: b, req: req, since: now}
	b.watchers[watch] = req.Watcher
	b.tellStaffBut(watch)
	req.Watcher.Board(b.full())
	return watch
}

// Sync gives the Watcher the full board again; RowChanged goes on from it.
func (w *Watch) Sync() {
	w.board.mu.Lock()
	defer w.board.mu.Unlock()
	if watcher, ok := w.board.watchers[w]; ok {
		watcher.Board(w.board.full())
	}
}

// Stop ends the subscription and the wall: when it returns the Watcher is called
// no more.
func (w *Watch) Stop() {
	w.board.mu.Lock()
	wall := w.wall
	delete(w.board.watchers, w)
	w.board.tellStaff()
	w.board.mu.Unlock()
	if wall != nil {
		wall.Stop()
	}
}

// stopped wants board.mu held.
func (w *Watch) stopped() bool {
	_, on := w.board.watchers[w]
	return !on
}

// wasDone tells whether a console's request is a repetition of one that was
// done.
func (b *board) wasDone(session, key string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for w := range b.watchers {
		if w.req.Session == session && key != "" && slices.Contains(w.done, key) {
			return true
		}
	}
	return false
}

// markDone notes that a console's request was done.
func (b *board) markDone(session, key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for w := range b.watchers {
		if w.req.Session == session {
			w.done = newest(append(w.done, key), keysKept)
		}
	}
}
