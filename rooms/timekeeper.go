package rooms

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"sangdam/rooms/schedule"
)

// keepTime opens rooms at their doors and keeps the rows of consultations that
// have none. An open room keeps its own time.
func (g *Registry) keepTime() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-g.ctx.Done():
			return
		case <-timer.C:
		case <-g.wake:
		}
		now := wallNow()
		if next := g.pass(now); !next.IsZero() {
			timer.Reset(next.Sub(now))
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

// pass looks at every consultation once and tells when to look again; zero is
// never.
func (g *Registry) pass(now time.Time) (next time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closing {
		return time.Time{}
	}
	for id, ev := range g.events {
		for _, c := range ev.event.Consultations {
			key := roomKey{id, c.ID}
			if g.rooms[key] != nil {
				continue
			}
			k, openable := ev.idle(c, now)
			ev.board.idle(c, k)
			var at time.Time
			switch p := ev.past[c.ID]; {
			case openable && p != nil && now.Before(p.after):
				at = p.after
			case openable:
				g.begin(key, ev, c)
			case k.Phase == schedule.PhaseScheduled:
				at = k.OpensAt
			}
			if !at.IsZero() && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return next
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
	if g.eventEntry(id) == nil {
		if states, err = g.deps.Store.RoomStates(ctx, id); err != nil {
			return err
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if ev := g.events[id]; ev != nil {
		if !reflect.DeepEqual(ev.event, e) {
			g.log.Info("a timetable changed", "event", id)
			ev.event = e
			ev.board.retime(e)
			for key, en := range g.rooms {
				if key.event == id {
					retimeOpened(en, e)
				}
			}
		}
		return nil
	}
	g.log.Info("a timetable was read", "event", id, "consultations", len(e.Consultations))
	ev := &eventEntry{event: e, board: newBoard(e), past: map[schedule.ConsultationID]*past{}}
	for c, state := range states {
		ev.pastOf(c).state = state
	}
	now := wallNow()
	for _, c := range e.Consultations {
		k, _ := ev.idle(c, now)
		ev.board.idle(c, k)
	}
	g.events[id] = ev
	return nil
}

// retimeOpened leaves a room that is being opened alone: open looks itself.
func retimeOpened(en *roomEntry, e *schedule.Event) {
	select {
	case <-en.opened:
		if en.room != nil {
			en.room.retime(e)
		}
	default:
	}
}
