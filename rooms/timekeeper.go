package rooms

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"sangdam/rooms/schedule"
)

// keepTime opens rooms at their doors and keeps the rows of consultations that
// have none. An open room keeps its own time.
func (g *Registry) keepTime() {
	for {
		g.pass()
		select {
		case <-g.ctx.Done():
			return
		case <-g.wake:
		}
	}
}

// lookAgain wakes keepTime.
func (g *Registry) lookAgain() {
	select {
	case g.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// pass looks at every consultation and booth once, and sets the timer for the
// next look that time alone asks for.
func (g *Registry) pass() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closing {
		return
	}
	now := stamp(g.deps.Clock)
	var next time.Time
	for id, ev := range g.events {
		next = sooner(next, ev.board.silence(now))
		for _, c := range ev.event.Consultations {
			key := roomKey{id, c.ID}
			if g.rooms[key] != nil {
				continue
			}
			k, openable := ev.idle(c, now)
			next = sooner(next, ev.showIdle(c, now))
			switch p := ev.past[c.ID]; {
			case openable && p != nil && now.Before(p.after):
				next = sooner(next, p.after)
			case openable:
				g.begin(key, ev, c)
			case k.Phase == schedule.PhaseScheduled:
				next = sooner(next, k.OpensAt)
			}
		}
	}
	if g.timer != nil {
		g.timer.Stop()
	}
	if !next.IsZero() {
		g.timer = g.deps.Clock.AfterFunc(next.Sub(now), g.lookAgain)
	}
}

// showIdle puts the row of a consultation without a room on the board, and
// tells when its alerts may change; zero is never.
func (ev *eventEntry) showIdle(c schedule.Consultation, now time.Time) time.Time {
	var s schedule.RoomState
	if p := ev.past[c.ID]; p != nil {
		s = p.state
	}
	k, _ := ev.idle(c, now)
	var alerts []schedule.Alert
	var next time.Time
	if k.Phase != schedule.PhaseEnded || s.Phase != "" { // an end that no room has seen says nothing
		alerts, next = c.Alerts(ev.event.Policy, k, s.Came, s.Contacts, now)
	}
	ev.board.idle(c, k, confirmed(alerts, s.Verdict), s)
	return next
}

// confirmed leaves out the no-show that a coordinator has judged.
func confirmed(alerts []schedule.Alert, v schedule.Verdict) []schedule.Alert {
	if v == "" {
		return alerts
	}
	return slices.DeleteFunc(alerts, func(a schedule.Alert) bool { return a.Kind == schedule.AlertNoShow })
}

// refresh reads the timetables at the start and every refreshEvery, sooner
// while the Store does not answer.
func (g *Registry) refresh() {
	failing, pause := false, mirrorPauseMin
	for {
		err := g.loadAll(g.ctx)
		switch {
		case g.ctx.Err() != nil:
			return
		case err != nil:
			if !failing {
				g.log.Error("the timetables cannot be read; trying again", "err", err)
			}
			failing, pause = true, min(2*pause, mirrorPauseMax)
		default:
			if failing {
				g.log.Info("the timetables are read again")
			}
			failing, pause = false, mirrorPauseMin
		}
		wait := refreshEvery
		if failing {
			wait = pause
		}
		timer := time.NewTimer(wait)
		select {
		case <-g.ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

func (g *Registry) loadAll(ctx context.Context) error {
	listing, cancel := context.WithTimeout(ctx, storeTimeout)
	ids, err := g.deps.Store.Events(listing)
	cancel()
	if err != nil {
		return err
	}
	var failed error // a timetable that cannot be read keeps no other event shut
	for _, id := range ids {
		if err := g.load(ctx, id); err != nil {
			failed = errors.Join(failed, fmt.Errorf("event %s: %w", id, err))
		}
	}
	g.mu.Lock()
	g.loaded = g.loaded || failed == nil
	g.mu.Unlock()
	g.lookAgain()
	return failed
}

// load reads one timetable and takes over what changed.
func (g *Registry) load(ctx context.Context, id schedule.EventID) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	e, err := g.deps.Store.Event(ctx, id)
	if err != nil {
		return err
	}
	var states map[schedule.ConsultationID]schedule.RoomState
	var notes []schedule.Note
	if g.eventEntry(id) == nil {
		if states, err = g.deps.Store.RoomStates(ctx, id); err != nil {
			return err
		}
		if notes, err = g.deps.Store.Notes(ctx, id); err != nil {
			return err
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if ev := g.events[id]; ev != nil {
		// Two readings may overtake each other: the older timetable is not news.
		if e.Revision >= ev.event.Revision && !reflect.DeepEqual(ev.event, e) {
			g.log.Info("a timetable changed", "event", id)
			g.forgetMoved(id, ev, e)
			ev.event = e
			ev.board.retime(e)
			g.retimeRooms(id, ev)
		}
		return nil
	}
	g.log.Info("a timetable was read", "event", id, "consultations", len(e.Consultations))
	ev := &eventEntry{
		event: e, board: newBoard(e, g.deps.Clock, notes), past: map[schedule.ConsultationID]*past{},
		extended: map[schedule.ConsultationID]time.Time{},
	}
	for c, state := range states {
		ev.pastOf(c).state = state
		for role, at := range state.Handed {
			ev.board.handed[schedule.SeatOf(c, role)] = at
		}
		if state.EndedAt.IsZero() && !state.ExtendedTo.IsZero() {
			ev.extended[c] = state.ExtendedTo
		}
	}
	now := stamp(g.deps.Clock)
	for _, c := range e.Consultations {
		ev.showIdle(c, now)
	}
	g.events[id] = ev
	return nil
}

// forgetParties drops what was known of parties that are others now, notes
// since when, and tells whether there is any.
func forgetParties(s *schedule.RoomState, before, after schedule.Consultation, now time.Time) (others bool) {
	for _, role := range []schedule.Role{schedule.RoleFirm, schedule.RoleBuyer, schedule.RoleInterpreter} {
		if otherParty(before, after, role) {
			if s.Handed = maps.Clone(s.Handed); s.Handed == nil {
				s.Handed = map[schedule.Role]time.Time{}
			}
			s.Handed[role], others = now, true
			s.Contacts = slices.DeleteFunc(slices.Clone(s.Contacts), func(c schedule.Contacted) bool { return c.Role == role })
			s.Held = slices.DeleteFunc(slices.Clone(s.Held), func(seat schedule.SeatID) bool {
				_, of := seat.Split()
				return of == role
			})
			s.Left = maps.Clone(s.Left)
			maps.DeleteFunc(s.Left, func(seat schedule.SeatID, _ time.Time) bool {
				_, of := seat.Split()
				return of == role
			})
		}
	}
	return others
}

// forgetMoved drops what belonged to the old time of consultations that begin
// at another one now: extensions and arrivals. Those that have ended stay as
// they are; an open room does the same by itself. g.mu is held.
func (g *Registry) forgetMoved(id schedule.EventID, ev *eventEntry, e *schedule.Event) {
	extended := maps.Clone(ev.extended)
	for _, c := range e.Consultations {
		before, ok := ev.event.Consultation(c.ID)
		if ok && g.rooms[roomKey{id, c.ID}] == nil { // an open room does it itself
			if now, s := stamp(g.deps.Clock), ev.pastOf(c.ID).state; forgetParties(&s, before, c, now) {
				s.Event, s.Consultation, s.UpdatedAt = id, c.ID, now
				ev.pastOf(c.ID).state = s
				g.mirror.saveState(s)
			}
		}
		p := ev.past[c.ID]
		if !ok || before.Start.Equal(c.Start) {
			continue
		}
		delete(extended, c.ID)
		if p == nil || !p.state.EndedAt.IsZero() || p.state.ExtendedTo.IsZero() && p.state.Came == nil && len(p.state.Left) == 0 {
			continue
		}
		p.state.ExtendedTo, p.state.Came, p.state.Left, p.state.UpdatedAt = time.Time{}, nil, nil, stamp(g.deps.Clock)
		g.mirror.saveState(p.state)
	}
	ev.extended = extended
}
