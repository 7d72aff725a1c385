package rooms

import (
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"sangdam/rooms/schedule"
)

// board owns what coordinators see of one event: rows, lobbies, notes, booths,
// vitals and each other, and tells watchers and lobbies of each change. Rooms write the rows
// of open consultations, the Registry those of the others. Its
// lock is a leaf: nothing that is called under it waits or takes another.
type board struct {
	id   schedule.EventID // fixed
	wall Clock            // fixed

	mu       sync.Mutex
	event    *schedule.Event
	rows     map[schedule.ConsultationID]Row // without those in the lobby
	watchers map[*Watch]Watcher
	waiting  map[string]*Waiting // by session
	notes    []keptNote          // oldest first, MaxNotesKept at most
	screens  map[schedule.BoothID]*screen
	handed   map[schedule.SeatID]time.Time // when the seats of a role, by its first, went to another party

	casts     map[schedule.ConsultationID]cast // of open rooms
	vitals    map[schedule.ConsultationID][]Vitals
	vitalsAt  map[schedule.ConsultationID]time.Time // when they were told last
	spoke     map[string]time.Time                  // when somebody was heard last, by session; of those in casts
	storage   Storage
	affected  map[schedule.ConsultationID]bool // by the Store being away
	crosstalk []Crosstalk
	staffTold []StaffHere
	walls     map[*Wall]bool
	closed    bool              // no wall begins any more
	orders    map[string]*order // that may still be answered, by id
}

func newBoard(e *schedule.Event, wall Clock, notes []schedule.Note) *board {
	b := &board{
		id: e.ID, wall: wall, event: e, rows: map[schedule.ConsultationID]Row{}, watchers: map[*Watch]Watcher{},
		waiting: map[string]*Waiting{}, screens: map[schedule.BoothID]*screen{},
		handed: map[schedule.SeatID]time.Time{},
		casts:  map[schedule.ConsultationID]cast{}, vitals: map[schedule.ConsultationID][]Vitals{},
		vitalsAt: map[schedule.ConsultationID]time.Time{}, spoke: map[string]time.Time{},
		affected: map[schedule.ConsultationID]bool{}, walls: map[*Wall]bool{}, orders: map[string]*order{},
	}
	for _, n := range newest(notes, MaxNotesKept) {
		b.notes = append(b.notes, keptNote{Note: n})
	}
	return b
}

// set replaces a row and tells it when it differs.
func (b *board) set(row Row, people cast) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.setCast(row.Consultation.ID, people)
	if reflect.DeepEqual(b.rows[row.Consultation.ID], row) {
		return
	}
	b.put(row)
}

// put wants mu held.
func (b *board) put(row Row) {
	id := row.Consultation.ID
	b.rows[id] = row
	b.tell(id)
	switch row.Clock.Phase {
	case schedule.PhaseEnded:
		b.dismissLobby(id, ErrEnded)
	case schedule.PhaseCancelled:
		b.dismissLobby(id, ErrCancelled)
	}
	b.tellStaff()
}

// base gives the rows without those in the lobby.
func (b *board) base() map[schedule.ConsultationID]Row {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.rows)
}

// idle sets the row of a consultation that has no room; who was there before
// stays told.
func (b *board) idle(c schedule.Consultation, k schedule.Clock, alerts []schedule.Alert, s schedule.RoomState) {
	b.mu.Lock()
	defer b.mu.Unlock()
	before, known := b.rows[c.ID]
	row := Row{
		Consultation: c, Clock: k, Seats: absentSeats(b.event, c), Alerts: alerts,
		Verdict: s.Verdict, Care: s.Care, Contacts: s.Contacts, Held: s.Held,
	}
	for i, seat := range row.Seats {
		if at, ok := s.Left[seat.Seat]; ok {
			row.Seats[i].State, row.Seats[i].Since = SeatLeft, at
		}
	}
	for _, s := range before.Seats {
		i := slices.IndexFunc(row.Seats, func(o SeatState) bool { return o.Seat == s.Seat })
		switch {
		case s.State == SeatAbsent || otherParty(before.Consultation, c, s.Role):
		case i >= 0:
			s.Name = row.Seats[i].Name // of today: it may have been erased
			row.Seats[i] = s
		default:
			s.Name = b.event.SeatName(s.Seat)
			row.Seats = append(row.Seats, s)
		}
	}
	if !known || !reflect.DeepEqual(before, row) {
		b.put(row)
	}
}

// retime takes over a changed timetable and gives everybody the board anew.
func (b *board) retime(e *schedule.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.event = e
	for id, row := range b.rows {
		c, ok := e.Consultation(id)
		if !ok {
			b.dismissLobby(id, ErrCancelled)
			delete(b.rows, id)
			delete(b.affected, id)
			continue
		}
		for _, role := range []schedule.Role{schedule.RoleFirm, schedule.RoleBuyer, schedule.RoleInterpreter} {
			if otherParty(row.Consultation, c, role) {
				b.handed[schedule.SeatOf(id, role)] = stamp(b.wall)
			}
		}
		for _, w := range b.inLobby(id) { // whose place is somebody else's now
			_, role := w.req.Seat.Split()
			if otherParty(row.Consultation, c, role) || !seatAllowed(e, c, w.req.Seat) {
				b.turnAway(w, ErrForbidden)
			}
		}
	}
	for _, w := range b.watchers {
		w.Board(b.full())
	}
	for _, w := range b.waiting {
		b.tellLobby(w)
	}
}

// otherParty tells whether the seats of a role belong to somebody else after a
// change of the timetable.
func otherParty(before, after schedule.Consultation, r schedule.Role) bool {
	switch r {
	case schedule.RoleFirm:
		return before.Firm != after.Firm
	case schedule.RoleBuyer:
		return before.Buyer != after.Buyer
	case schedule.RoleInterpreter:
		return before.Interpreter != after.Interpreter
	}
	return false
}

// full wants mu held.
func (b *board) full() Board {
	all := Board{Event: b.event, Rows: make([]Row, 0, len(b.rows)), Notes: b.latestNotes(func(schedule.Note) bool { return true }), Booths: b.allBooths()}
	all.Staff, all.Storage, all.Crosstalk = b.staff(), b.storage, b.crosstalk
	for _, c := range b.event.Consultations {
		if _, ok := b.rows[c.ID]; ok {
			all.Rows = append(all.Rows, b.whole(c.ID))
		}
	}
	return all
}

func (b *board) snapshot() Board {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.full()
}

func absentSeats(e *schedule.Event, c schedule.Consultation) []SeatState {
	var all []SeatState
	for _, seat := range c.Seats() {
		_, role := seat.Split()
		all = append(all, SeatState{Seat: seat, Role: role, Name: e.SeatName(seat), State: SeatAbsent})
	}
	return all
}
