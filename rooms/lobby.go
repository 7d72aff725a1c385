package rooms

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"sangdam/rooms/schedule"
)

// Waiting is a session's time in a lobby, from Wait to Stop, Dismiss or a Join
// with the same session. It is no attendance. Whoever began it stops it with the
// session.
type Waiting struct {
	board *board
	req   WaitRequest
	since time.Time
	told  bool // it was given the notes of before; guarded by board.mu
	muted bool // it is entering a room and must not hear of the lobby after that; guarded by board.mu
}

// Wait takes a place in the lobby of a consultation, at any time before its
// end. Several may wait for one seat. A session waits in one lobby: asking
// again, for the same or another one, replaces the former Waiting.
func (g *Registry) Wait(ctx context.Context, req WaitRequest) (*Waiting, error) {
	if req.Session == "" || req.Lobbyist == nil {
		return nil, ErrInvalid
	}
	if _, err := g.Event(ctx, req.Event); err != nil {
		return nil, err
	}
	return g.eventEntry(req.Event).board.wait(req, stamp(g.deps.Clock))
}

// Stop ends the waiting: when it returns the Lobbyist is called no more.
func (w *Waiting) Stop() {
	w.board.mu.Lock()
	defer w.board.mu.Unlock()
	if w.board.waiting[w.req.Session] == w {
		w.board.leaveLobby(w)
	}
}

func (b *board) wait(req WaitRequest, now time.Time) (*Waiting, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	row, ok := b.rows[req.Consultation]
	former := b.waiting[req.Session]
	switch {
	case !ok:
		return nil, ErrNotFound
	case row.Clock.Phase == schedule.PhaseEnded:
		return nil, ErrEnded
	case row.Clock.Phase == schedule.PhaseCancelled:
		return nil, ErrCancelled
	case !seatAllowed(b.event, row.Consultation, req.Seat):
		return nil, ErrForbidden
	case former == nil && len(b.inLobby(req.Consultation)) >= MaxWaiting:
		return nil, ErrFull
	}
	w := &Waiting{board: b, req: req, since: now}
	w.req.Name = cmp.Or(req.Name, b.event.SeatName(req.Seat))
	b.waiting[req.Session] = w
	if former != nil && former.req.Consultation != req.Consultation {
		b.tell(former.req.Consultation)
	}
	b.tell(req.Consultation)
	return w, nil
}

// entering silences the lobby for a session that tries to enter a room.
func (b *board) entering(session string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if w := b.waiting[session]; w != nil {
		w.muted = true
	}
}

// entered ends the waiting of a session that has entered a room; one that could
// not waits on.
func (b *board) entered(session string, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.waiting[session]
	switch {
	case w == nil || !w.muted:
	case ok:
		b.leaveLobby(w)
	default:
		w.muted = false
		w.req.Lobbyist.Lobby(b.lobbyOf(w))
	}
}

// leaveLobby wants mu held.
func (b *board) leaveLobby(w *Waiting) {
	delete(b.waiting, w.req.Session)
	if !w.muted { // who enters a room may answer there
		b.abandon(w.req.Session)
	}
	b.tell(w.req.Consultation)
}

// dismissLobby ends all waiting for a consultation; mu is held.
func (b *board) dismissLobby(id schedule.ConsultationID, reason error) {
	for _, w := range b.inLobby(id) {
		b.turnAway(w, reason)
	}
}

func (b *board) turnAway(w *Waiting, reason error) {
	delete(b.waiting, w.req.Session)
	b.abandon(w.req.Session)
	w.req.Lobbyist.Dismiss(reason)
}

// inLobby lists who waits for a consultation by when they came; mu is held.
func (b *board) inLobby(id schedule.ConsultationID) []*Waiting {
	var all []*Waiting
	for w := range maps.Values(b.waiting) {
		if w.req.Consultation == id {
			all = append(all, w)
		}
	}
	slices.SortFunc(all, func(x, y *Waiting) int {
		return cmp.Or(x.since.Compare(y.since), cmp.Compare(x.req.Session, y.req.Session))
	})
	return all
}

// tell gives a row and its lobby to all who see it; mu is held.
func (b *board) tell(id schedule.ConsultationID) {
	row := b.whole(id)
	for _, w := range b.watchers {
		w.RowChanged(row)
	}
	for _, w := range b.inLobby(id) {
		b.tellLobby(w)
	}
}

func (b *board) tellLobby(w *Waiting) {
	if !w.muted {
		w.req.Lobbyist.Lobby(b.lobbyOf(w))
	}
}

// whole is a row with its lobby; mu is held.
func (b *board) whole(id schedule.ConsultationID) Row {
	row := b.rows[id]
	row.Seats, row.Vitals = slices.Clip(row.Seats), b.vitals[id]
	for _, w := range b.inLobby(id) {
		row.Seats = append(row.Seats, w.seatState())
	}
	return row
}

func (b *board) lobbyOf(reader *Waiting) Lobby {
	row := b.rows[reader.req.Consultation]
	l := Lobby{Event: b.event, Consultation: row.Consultation, Clock: row.Clock, Seats: slices.Clip(row.Seats)}
	if !reader.told {
		reader.told = true
		l.Notes = b.latestNotes(func(n schedule.Note) bool { return b.remembers(reader.req.Seat, n) })
	}
	for _, w := range b.inLobby(reader.req.Consultation) {
		if w != reader {
			l.Seats = append(l.Seats, w.seatState())
		}
	}
	return l
}

func (w *Waiting) seatState() SeatState {
	_, role := w.req.Seat.Split()
	return SeatState{Seat: w.req.Seat, Role: role, Name: w.req.Name, State: SeatLobby, Since: w.since}
}

// seatAllowed tells whether an event has a seat in a consultation. Observers are
// no side: only the room's size bounds them.
func seatAllowed(e *schedule.Event, c schedule.Consultation, seat schedule.SeatID) bool {
	_, role := seat.Split()
	return c.HasSeat(seat) && (role == schedule.RoleObserver || seat.Number() <= e.Policy.WithDefaults().Seats)
}
