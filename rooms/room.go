package rooms

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"sangdam/rooms/loop"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

type roomKey struct {
	event        schedule.EventID
	consultation schedule.ConsultationID
}

func (k roomKey) String() string { return string(k.event) + "/" + string(k.consultation) }

// roomDeps are what a Room leans on.
type roomDeps struct {
	key     roomKey
	media   Media
	ledger  Ledger
	mirror  *mirror
	board   *board
	log     *slog.Logger
	metrics *Metrics
	wall    Clock

	node        string
	incarnation int64
	// gone is called once, last, on the room's goroutine, and must not wait
	// for the room.
	gone func(remains)
}

// remains are what a later room of the same consultation goes on with.
type remains struct {
	state schedule.RoomState
	chat  []Chat
	err   error // why the room is gone
}

// room is the live instance of one consultation. All that happens in it happens
// on its loop: a task changes people, slots and clock, and settle then tells
// everybody at once.
type room struct {
	// fixed after newRoom
	roomDeps
	loop *loop.Loop

	// owned by the loop
	event   *schedule.Event
	c       schedule.Consultation
	facts   schedule.Facts // Firm and Buyer are counted anew at each settle
	clock   schedule.Clock
	counted schedule.Phase // what metrics count the room under
	warned  time.Time      // warnings due until then were told
	timer   Timer
	people  map[string]*participant          // by session
	seats   map[schedule.SeatID]*participant // who sits there
	history map[schedule.SeatID]time.Time    // when a seat that is empty now was left
	moved   bool                             // somebody came or left since the state was saved
	came    []schedule.Role                  // who is here or was since Start
	verdict schedule.Verdict                 // a coordinator's
	// What follows is replaced, never written to: others hold it.
	contacts []schedule.Contacted
	care     *schedule.Carer
	held     []schedule.SeatID
	handed   map[schedule.Role]time.Time // when seats went to another party

	helpers     []helper         // by when they came
	auxiliaries []*auxiliary     // the same
	alerts      []schedule.Alert // as of the last tick
	stage       *participant     // who shares a screen; nil: nobody
	speakers    speakers
	codecs      map[sfu.PeerID]sfu.Encodings // of Peers in the room
	chat        []Chat                       // oldest first, MaxChatKept at most
	changes     []Change                     // of the task that runs, for everybody
	err         error                        // why the room is over; nil: it is not. Read by others after the loop's Done
	leaving     error                        // what those are told whom a rule removes; nil: by the reason of the ledger
}

// newRoom starts a room with what remains of an earlier one. hold keeps it open
// for that long even when it is empty after its end.
func newRoom(deps roomDeps, e *schedule.Event, extended ends, c schedule.Consultation, from remains, hold time.Duration) *room {
	now := stamp(deps.wall)
	r := &room{
		roomDeps: deps, event: e, c: c, warned: now,
		people:  map[string]*participant{},
		seats:   map[schedule.SeatID]*participant{},
		history: map[schedule.SeatID]time.Time{},
		chat:    from.chat,
		came:    from.state.Came,
		verdict: from.state.Verdict, contacts: from.state.Contacts, care: from.state.Care, held: from.state.Held,
		handed: from.state.Handed,
	}
	maps.Copy(r.history, from.state.Left)
	r.facts = schedule.Facts{ExtendedTo: from.state.ExtendedTo, EndedAt: from.state.EndedAt, NeededAt: e.NeededAt(c, extended)}
	if hold > 0 {
		r.facts.HoldUntil = now.Add(hold)
	}
	r.clock.Phase = from.state.Phase
	r.loop = loop.New(loop.Options{Queue: roomQueue, OnPanic: r.panicked, OnClose: r.closed})
	r.metrics.rooms.Inc()
	r.news(func(time.Time) {}) // the first settle
	return r
}

// act runs a task of the room and waits for it.
func (r *room) act(ctx context.Context, fn func(now time.Time) error) error {
	var result error
	err := r.loop.Do(ctx, func() {
		if r.err != nil {
			result = r.err
			return
		}
		now := stamp(r.wall)
		result = fn(now)
		r.settle(now)
		if result == nil {
			result = r.err // the clock ended the room in the same task
		}
	})
	switch {
	case err == nil:
		return result
	case errors.Is(err, loop.ErrPanicked), errors.Is(err, loop.ErrClosed):
		<-r.loop.Done()
		return r.err
	}
	return err
}

// news runs a task of the room and does not wait; see roomQueue.
func (r *room) news(fn func(now time.Time)) {
	err := r.loop.Post(func() {
		if r.err != nil {
			return
		}
		now := stamp(r.wall)
		fn(now)
		r.settle(now)
	})
	if errors.Is(err, loop.ErrFull) {
		r.loop.Stop()
	}
}

// settle brings clock, people and records up to date after a task, and tells
// everybody what changed.
func (r *room) settle(now time.Time) {
	if r.err == nil {
		r.expire(now)
		next := r.tick(now)
		if r.err == nil {
			r.flush()
			r.arm(sooner(r.nextExpiry(next), r.tellSpeakers(now)), now)
		}
	}
	r.board.set(r.row(), r.cast())
}

// arm sets the timer for the next settle that time alone asks for; zero is
// never.
func (r *room) arm(next, now time.Time) {
	if r.timer != nil {
		r.timer.Stop()
	}
	if !next.IsZero() {
		r.timer = r.wall.AfterFunc(next.Sub(now), func() { r.news(func(time.Time) {}) })
	}
}

// tick asks the rules where the consultation is, records a new phase, tells
// the warnings that are due, and ends the room when it is over.
func (r *room) tick(now time.Time) (next time.Time) {
	arrived := r.mark(now)
	r.facts.Firm, r.facts.Buyer = r.present(schedule.RoleFirm), r.present(schedule.RoleBuyer)
	before := r.clock
	r.clock, next = r.c.Clock(r.event.Policy, r.facts, now)
	if r.clock != before {
		r.changes = append(r.changes, Change{Clock: new(r.clock)})
	}
	if minutes, due := r.c.WarningDue(r.event.Policy, r.facts, r.warned, now); due {
		r.changes = append(r.changes, Change{Warning: &Warning{MinutesLeft: minutes}})
	}
	r.warned = now
	alerts, alertsNext := r.c.Alerts(r.event.Policy, r.clock, r.came, r.contacts, now)
	r.alerts, next = confirmed(alerts, r.verdict), sooner(next, alertsNext)

	over := error(nil)
	switch r.clock.Phase {
	case schedule.PhaseScheduled: // the timetable moved it
		over = &TooEarlyError{OpensAt: r.clock.OpensAt}
	case schedule.PhaseEnded:
		over = ErrEnded
		if r.facts.EndedAt.IsZero() {
			r.facts.EndedAt = now
		}
	case schedule.PhaseCancelled:
		over = ErrCancelled
	}
	if r.clock.Phase != before.Phase {
		r.log.Info("consultation phase", "from", before.Phase, "to", r.clock.Phase)
		r.record(schedule.Entry{Kind: schedule.EntryPhase, At: now, Detail: string(r.clock.Phase)})
	}
	r.counted = r.metrics.phase(r.counted, r.clock.Phase)
	if arrived || r.moved || r.clock.Phase != before.Phase {
		r.moved = false
		r.mirror.saveState(r.state(now))
	}
	if over != nil {
		r.finish(over, now)
	}
	return next
}

// finish ends the room for everybody.
func (r *room) finish(reason error, now time.Time) {
	why := schedule.LeftFault
	switch reason {
	case ErrEnded:
		why = schedule.LeftEnded
	case ErrCancelled:
		why = schedule.LeftRemoved
	case ErrStopping:
		why = schedule.LeftNodeDied
	}
	if _, moved := errors.AsType[*TooEarlyError](reason); moved {
		why, r.leaving = schedule.LeftRemoved, reason
	}
	r.dismissHelpers()
	r.detachAll(reason)
	r.flush() // the last clock change comes before the dismissal
	for _, p := range r.inOrder() {
		r.remove(p, why, now)
		r.unbind(p)
	}
	if reason == ErrStopping { // this node's last word; of a room that is another's now it has none
		r.mirror.saveState(r.state(now))
	}
	r.err = reason
	r.loop.Stop()
}

// present tells whether somebody sits on a seat of a role, here or away.
func (r *room) present(role schedule.Role) bool {
	for _, p := range r.people {
		if p.view.Role == role {
			return true
		}
	}
	return false
}

// flush tells everybody the changes of this task: one Deliver each, in the same
// order for all; a Sync for who asked for it. Media is switched after that, so
// that nobody's picture shows under another's name.
func (r *room) flush() {
	r.tellNarrow()
	shared := r.changes
	r.changes = nil
	for _, p := range r.inOrder() {
		own := shared[:len(shared):len(shared)]
		if p.sync {
			r.sync(p)
			// What is no state is not in the snapshot.
			own = slices.DeleteFunc(slices.Clone(shared), func(c Change) bool { return c.Warning == nil })
		} else if p.slotsChanged {
			own = append(own, Change{Slots: new(r.slotsOf(p))})
		}
		if helpers := r.helpersFor(p); !slices.Equal(helpers, p.helpers) {
			if p.helpers = helpers; !p.sync {
				own = append(own, Change{Helpers: &helpers})
			}
		}
		for _, o := range p.orders {
			own = append(own, Change{Order: &o})
		}
		if len(own) > 0 {
			p.client.Deliver(own)
		}
		p.sync, p.slotsChanged, p.orders = false, false, nil
		r.bindHelper(p)
	}
	r.tellCodecs()
	for _, p := range r.inOrder() {
		if len(p.bindings) > 0 {
			pending := make([]sfu.Binding, 0, len(p.bindings))
			for slot := range sfu.RoomPairs + sfu.RoomAudios {
				if b, ok := p.bindings[slot]; ok {
					pending = append(pending, b)
				}
			}
			p.bindings = nil
			r.media.Bind(p.peer, pending...)
		}
	}
	r.bindScreens()
}

// panicked is told of a panic in a task; closed does the rest.
func (r *room) panicked(value any, stack []byte) {
	r.err = ErrRoomFailed
	r.log.Error("room failed", "panic", value, "stack", string(stack))
}

// closed is the room's last act, however it ended. After a fault the state may
// be half-changed: each step stands alone, and a second panic ends only that
// step.
func (r *room) closed() {
	if r.timer != nil {
		r.timer.Stop()
	}
	now := stamp(r.wall)
	if r.err == nil { // its queue ran over
		r.err = ErrRoomFailed
		r.log.Error("room failed: too many tasks wait")
	}
	if errors.Is(r.err, ErrRoomFailed) {
		r.metrics.faults.Inc()
		r.guard(r.dismissHelpers)
		r.guard(func() { r.detachAll(ErrRoomFailed) })
		for _, p := range r.people {
			r.guard(func() { r.remove(p, schedule.LeftFault, now) })
			r.guard(func() { r.unbind(p) })
		}
		r.guard(func() { r.board.set(r.row(), nil) })
	}
	r.metrics.rooms.Dec()
	r.counted = r.metrics.phase(r.counted, "")
	r.gone(remains{state: r.state(now), chat: r.chat, err: r.err})
}

func (r *room) guard(step func()) {
	defer func() {
		if v := recover(); v != nil {
			r.log.Error("room failed again while it closed", "panic", v)
		}
	}()
	step()
}

// shutdown ends the room because the node stops; its consultation goes on
// elsewhere or later.
func (r *room) shutdown(ctx context.Context) {
	err := r.loop.Do(ctx, func() {
		if r.err == nil {
			r.finish(ErrStopping, stamp(r.wall))
		}
	})
	if err != nil {
		r.loop.Stop()
	}
	select {
	case <-r.loop.Done():
	case <-ctx.Done():
	}
}

// evict ends the room because another node runs it.
func (r *room) evict() {
	r.news(func(now time.Time) { r.finish(ErrRoomFailed, now) })
}

// ends are the ends of consultations that were extended; see Event.NeededAt.
type ends = map[schedule.ConsultationID]time.Time

// retime takes over a changed timetable, and until when others are extended. A
// consultation that is not in it any more is cancelled; who sits on a seat that
// is somebody else's now is removed.
func (r *room) retime(e *schedule.Event, extended ends) {
	r.news(func(now time.Time) {
		c, ok := e.Consultation(r.c.ID)
		if !ok {
			c = r.c
			c.Cancelled = true
		}
		before := r.c
		r.event, r.c = e, c
		if !c.Start.Equal(before.Start) { // neither extension nor arrivals belong to the new time
			r.facts.ExtendedTo, r.came = time.Time{}, nil
			clear(r.history)
			r.mirror.saveState(r.state(now))
		}
		r.facts.NeededAt = e.NeededAt(c, extended)
		if c.Booth != before.Booth && !now.Before(r.clock.EndsAt) { // its screen leaves, and another comes
			r.facts.HoldUntil = now.Add(RejoinHold)
		}
		s := r.state(now)
		if forgetParties(&s, before, c, now) {
			r.contacts, r.held, r.handed = s.Contacts, s.Held, s.Handed
			r.mirror.saveState(s)
		}
		for _, role := range []schedule.Role{schedule.RoleFirm, schedule.RoleBuyer, schedule.RoleInterpreter} {
			if otherParty(before, c, role) {
				r.clear(role, now)
			}
		}
	})
}

// clear forgets a party: who sits there now is somebody else.
func (r *room) clear(role schedule.Role, now time.Time) {
	r.leaving = ErrForbidden
	r.detachIf(ErrForbidden, func(a *auxiliary) bool { _, of := a.view.Seat.Split(); return of == role })
	for _, p := range r.inOrder() {
		if p.view.Role == role {
			r.remove(p, schedule.LeftRemoved, now)
			r.unbind(p)
		}
	}
	r.leaving = nil
	r.came = slices.DeleteFunc(slices.Clone(r.came), func(c schedule.Role) bool { return c == role })
	maps.DeleteFunc(r.history, func(s schedule.SeatID, _ time.Time) bool {
		_, of := s.Split()
		return of == role
	})
}

// mark notes which roles are here or were since Start, and tells whether one is
// new.
func (r *room) mark(now time.Time) (arrived bool) {
	if now.Before(r.c.Start) {
		return false
	}
	for _, seat := range r.c.Seats() {
		_, role := seat.Split()
		if r.present(role) && !slices.Contains(r.came, role) {
			r.came, arrived = append(slices.Clip(r.came), role), true
		}
	}
	return arrived
}

func (r *room) record(e schedule.Entry) {
	e.Event, e.Consultation = r.key.event, r.key.consultation
	r.ledger.Append(e)
}

// recordOf is an entry about one person's session.
func (r *room) recordOf(p *participant, kind schedule.EntryKind, detail string, now time.Time) {
	r.record(schedule.Entry{Kind: kind, At: now, Seat: p.view.Seat, Session: p.view.ID, Detail: detail})
}

func (r *room) state(now time.Time) schedule.RoomState {
	left := maps.Clone(r.history)
	for seat := range r.seats {
		left[seat] = now
	}
	return schedule.RoomState{
		Event: r.key.event, Consultation: r.key.consultation, Phase: r.clock.Phase,
		ExtendedTo: r.facts.ExtendedTo, EndedAt: r.facts.EndedAt, Came: r.came, Verdict: r.verdict,
		Contacts: r.contacts, Care: r.care, Held: r.held, Handed: r.handed, Left: left, UpdatedAt: now,
	}
}

// row is the room on the board.
func (r *room) row() Row {
	row := Row{
		Consultation: r.c, Clock: r.clock, Alerts: r.alerts, Verdict: r.verdict,
		Care: r.care, Contacts: r.contacts, Held: r.held, Helpers: r.helpersTold(), Auxiliaries: r.auxiliariesTold(),
	}
	known := r.c.Seats()
	for _, seat := range known {
		_, role := seat.Split()
		s := SeatState{Seat: seat, Role: role, Name: r.event.SeatName(seat), State: SeatAbsent}
		if left, ok := r.history[seat]; ok {
			s.State, s.Since = SeatLeft, left
		}
		if p := r.seats[seat]; p != nil {
			s = p.seatState()
		}
		row.Seats = append(row.Seats, s)
	}
	for _, p := range r.inOrder() {
		if !containsSeat(known, p.view.Seat) {
			row.Seats = append(row.Seats, p.seatState())
		}
	}
	return row
}

func (r *room) snapshot(p *participant) Snapshot {
	s := Snapshot{
		Event: r.event, Consultation: r.c, Seat: p.view.Seat, Clock: r.clock, Slots: r.slotsOf(p), Helpers: r.helpersFor(p),
	}
	for _, o := range r.inOrder() {
		s.Participants = append(s.Participants, o.view)
	}
	s.Chat, s.Auxiliaries = append(s.Chat, r.chat...), r.auxiliariesTold()
	return s
}
