package rooms

import (
	"reflect"
	"sync"

	"sangdam/rooms/schedule"
)

// board owns the rows of one event and tells watchers of each change. Rooms
// write the rows of open consultations, the Registry those of the others. Its
// lock is a leaf: nothing that is called under it waits or takes another.
type board struct {
	mu       sync.Mutex
	event    *schedule.Event
	rows     map[schedule.ConsultationID]Row
	watchers map[*Watch]Watcher
}

func newBoard(e *schedule.Event) *board {
	return &board{event: e, rows: map[schedule.ConsultationID]Row{}, watchers: map[*Watch]Watcher{}}
}

// set replaces a row and tells it when it differs.
func (b *board) set(row Row) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if reflect.DeepEqual(b.rows[row.Consultation.ID], row) {
		return
	}
	b.rows[row.Consultation.ID] = row
	for _, w := range b.watchers {
		w.RowChanged(row)
	}
}

// idle sets the row of a consultation that has no room; who was there before
// stays told.
func (b *board) idle(c schedule.Consultation, k schedule.Clock) {
	b.mu.Lock()
	row := Row{Consultation: c, Clock: k, Seats: b.rows[c.ID].Seats}
	if row.Seats == nil {
		row.Seats = absentSeats(b.event, c)
	}
	b.mu.Unlock()
	b.set(row)
}

// retime takes over a changed timetable and gives everybody the board anew.
func (b *board) retime(e *schedule.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.event = e
	for id := range b.rows {
		if _, ok := e.Consultation(id); !ok {
			delete(b.rows, id)
		}
	}
	for _, w := range b.watchers {
		w.Board(b.full())
	}
}

// full wants mu held.
func (b *board) full() Board {
	all := Board{Event: b.event, Rows: make([]Row, 0, len(b.rows))}
	for _, c := range b.event.Consultations {
		if row, ok := b.rows[c.ID]; ok {
			all.Rows = append(all.Rows, row)
		}
	}
	return all
}

func (b *board) snapshot() Board {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.full()
}

func (b *board) watch(w Watcher) *Watch {
	b.mu.Lock()
	defer b.mu.Unlock()
	watch := &Watch{board: b}
	b.watchers[watch] = w
	w.Board(b.full())
	return watch
}

// Watch is a console's subscription to a board.
type Watch struct{ board *board }

// Sync gives the Watcher the full board again; RowChanged goes on from it.
func (w *Watch) Sync() {
	w.board.mu.Lock()
	defer w.board.mu.Unlock()
	if watcher, ok := w.board.watchers[w]; ok {
		watcher.Board(w.board.full())
	}
}

// Stop ends the subscription: when it returns the Watcher is called no more.
func (w *Watch) Stop() {
	w.board.mu.Lock()
	defer w.board.mu.Unlock()
	delete(w.board.watchers, w)
}

func absentSeats(e *schedule.Event, c schedule.Consultation) []SeatState {
	var all []SeatState
	for _, seat := range c.Seats() {
		_, role := seat.Split()
		all = append(all, SeatState{Seat: seat, Role: role, Name: e.SeatName(seat), State: SeatAbsent})
	}
	return all
}
