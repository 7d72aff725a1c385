package rooms

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"sangdam/rooms/schedule"
)

// What coordinators change in a consultation beside its timetable. Each change
// is one of its RoomState, whether it has a room now or not.

// Act records that a coordinator did something: what it was done to, and why in
// the coordinator's own words.
func (g *Registry) Act(event schedule.EventID, by schedule.Actor, a schedule.Action, c schedule.ConsultationID, seat schedule.SeatID, what, why string) {
	e := staffEntry(by, a, seat, what, why)
	e.At, e.Event, e.Consultation = stamp(g.deps.Clock), event, c
	g.deps.Ledger.Append(e)
}

func staffEntry(by schedule.Actor, a schedule.Action, seat schedule.SeatID, what, why string) schedule.Entry {
	return schedule.Entry{
		Kind: schedule.EntryStaff, Seat: seat, By: by.By, Detail: strings.TrimSpace(string(a) + " " + what), Words: why,
	}
}

// End ends a consultation whose doors are open.
func (g *Registry) End(ctx context.Context, event schedule.EventID, id schedule.ConsultationID, by schedule.Actor, why string) error {
	why, err := words(why)
	if err != nil || by.By == "" {
		return cmp.Or(err, ErrInvalid)
	}
	key := roomKey{event, id}
	err = g.amend(ctx, key, func(k schedule.Clock, s *schedule.RoomState, now time.Time) (schedule.Entry, error) {
		switch k.Phase {
		case schedule.PhaseScheduled:
			return schedule.Entry{}, &TooEarlyError{OpensAt: k.OpensAt}
		case schedule.PhaseEnded:
			return schedule.Entry{}, ErrEnded
		case schedule.PhaseCancelled:
			return schedule.Entry{}, ErrCancelled
		}
		s.EndedAt = now
		return staffEntry(by, schedule.ActionEnd, "", "", why), nil
	})
	if err == nil {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.setExtended(key, time.Time{})
	}
	return err
}

// words tidies what a coordinator wrote about something.
func words(s string) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	switch {
	case !utf8.ValidString(s):
		return "", ErrInvalid
	case utf8.RuneCountInString(s) > MaxNoteRunes:
		return "", ErrTooLarge
	}
	return s, nil
}

// Extend moves the end of a consultation, before or while it runs. Its clock,
// warnings and next steps follow, and so do those of others that wait for it.
// Whether somebody is delayed is the caller's to ask before.
func (g *Registry) Extend(ctx context.Context, event schedule.EventID, id schedule.ConsultationID, to time.Time) error {
	to = to.UTC().Round(0)
	key := roomKey{event, id}
	err := g.amend(ctx, key, func(k schedule.Clock, s *schedule.RoomState, now time.Time) (schedule.Entry, error) {
		switch {
		case k.Phase == schedule.PhaseEnded:
			return schedule.Entry{}, ErrEnded
		case k.Phase == schedule.PhaseCancelled:
			return schedule.Entry{}, ErrCancelled
		case !to.After(k.EndsAt), !to.After(now):
			return schedule.Entry{}, ErrInvalid
		}
		s.ExtendedTo = to
		return schedule.Entry{Kind: schedule.EntryExtended, Detail: to.Format(time.RFC3339)}, nil
	})
	if err == nil {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.setExtended(key, to)
	}
	return err
}

// Verdict records what a coordinator, named by the id of its link, says about
// how a consultation went: it counts instead of what attendance tells. An empty
// one takes it back. The reason is the entry's words, which can be erased.
func (g *Registry) Verdict(ctx context.Context, event schedule.EventID, id schedule.ConsultationID, v schedule.Verdict, by, reason string) error {
	reason, err := words(reason)
	if err != nil || by == "" || v != "" && !slices.Contains(schedule.Verdicts(), v) {
		return cmp.Or(err, ErrInvalid)
	}
	return g.amend(ctx, roomKey{event, id}, func(k schedule.Clock, s *schedule.RoomState, now time.Time) (schedule.Entry, error) {
		switch {
		case k.Phase == schedule.PhaseCancelled:
			return schedule.Entry{}, ErrCancelled
		case now.Before(k.StartsAt):
			return schedule.Entry{}, &TooEarlyError{OpensAt: k.StartsAt}
		}
		s.Verdict = v
		return schedule.Entry{Kind: schedule.EntryVerdict, By: by, Detail: string(v), Words: reason}, nil
	})
}

// amendment changes a state and tells the record of it (nothing when it has no
// kind), or refuses. It must replace what the state points to and not write to it.
type amendment func(k schedule.Clock, s *schedule.RoomState, now time.Time) (schedule.Entry, error)

func (g *Registry) amend(ctx context.Context, key roomKey, change amendment) error {
	if _, err := g.Event(ctx, key.event); err != nil {
		return err
	}
	for {
		en, err := g.amendIdle(key, change)
		if en == nil {
			return err
		}
		select {
		case <-en.opened:
		case <-ctx.Done():
			return ctx.Err()
		}
		if en.err != nil {
			return en.err
		}
		r := en.room
		var refused error
		done := false
		err = r.act(ctx, func(now time.Time) error {
			done = true
			refused = r.amend(change, now)
			return nil
		})
		switch {
		case err != nil && errors.Is(err, ctx.Err()): // it may still run, and write to what is asked below
			return err
		case done: // the room may have ended by its clock in the same task
			return refused
		case err != nil: // it was over before: what remains of it is amended
			select {
			case <-r.loop.Done():
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

// amend is the change of an open room.
func (r *room) amend(change amendment, now time.Time) error {
	s := r.state(now)
	k, _ := r.c.Clock(r.event.Policy, r.facts, now)
	entry, err := change(k, &s, now)
	if err != nil {
		return err
	}
	r.facts.ExtendedTo, r.facts.EndedAt = s.ExtendedTo, s.EndedAt
	r.verdict, r.contacts, r.care, r.held = s.Verdict, s.Contacts, s.Care, s.Held
	if entry.At = now; entry.Kind != "" {
		r.record(entry)
	}
	r.mirror.saveState(r.state(now))
	return nil
}

// amendIdle changes a consultation that has no room, or returns its room.
func (g *Registry) amendIdle(key roomKey, change amendment) (*roomEntry, error) {
	now := stamp(g.deps.Clock)
	g.mu.Lock()
	ev := g.events[key.event]
	c, ok := ev.event.Consultation(key.consultation)
	if en := g.rooms[key]; en != nil || !ok || g.closing {
		g.mu.Unlock()
		switch {
		case en != nil:
			return en, nil
		case !ok:
			return nil, ErrNotFound
		}
		return nil, ErrUnavailable
	}
	p := ev.pastOf(c.ID)
	s := p.state
	s.Event, s.Consultation, s.UpdatedAt = key.event, c.ID, now
	k, _ := ev.idle(c, now)
	entry, err := change(k, &s, now)
	if err == nil {
		p.state = s
		ev.showIdle(c, now)
	}
	g.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if entry.Event, entry.Consultation, entry.At = key.event, c.ID, now; entry.Kind != "" {
		g.deps.Ledger.Append(entry)
	}
	g.mirror.saveState(s)
	g.lookAgain()
	return nil, nil
}

// setExtended notes until when a consultation is extended (zero: it is over),
// so that others know how long they may go on; g.mu is held.
func (g *Registry) setExtended(key roomKey, to time.Time) {
	ev := g.events[key.event]
	if ev.extended[key.consultation].Equal(to) {
		return
	}
	next := maps.Clone(ev.extended)
	if to.IsZero() {
		delete(next, key.consultation)
	} else {
		next[key.consultation] = to
	}
	ev.extended = next
	g.retimeRooms(key.event, ev)
}

// States tells where every consultation of an event is; those that have a room
// from memory.
func (g *Registry) States(event schedule.EventID) (map[schedule.ConsultationID]schedule.RoomState, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	ev := g.events[event]
	switch {
	case ev == nil && !g.loaded:
		return nil, ErrUnavailable
	case ev == nil:
		return nil, ErrNotFound
	}
	rows := ev.board.base()
	all := make(map[schedule.ConsultationID]schedule.RoomState, len(rows))
	for id, row := range rows {
		s := schedule.RoomState{}
		if p := ev.past[id]; p != nil {
			s = p.state
		}
		s.Event, s.Consultation, s.Phase, s.Verdict = event, id, row.Clock.Phase, row.Verdict
		s.ExtendedTo = time.Time{}
		if row.Clock.EndsAt.After(row.Consultation.End) {
			s.ExtendedTo = row.Clock.EndsAt
		}
		all[id] = s
	}
	return all, nil
}

// Reload takes over a timetable that was saved, at once. A room whose
// consultation was cancelled or is not in it any more ends; one that was moved
// to a later day closes its doors (*TooEarlyError).
func (g *Registry) Reload(ctx context.Context, event schedule.EventID) error {
	if err := g.load(ctx, event); err != nil {
		return err
	}
	g.lookAgain()
	return nil
}

// openRooms lists the rooms of an event that are open.
func (g *Registry) openRooms(event schedule.EventID) (all []*room) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for key, en := range g.rooms {
		if key.event != event {
			continue
		}
		if r := en.isOpen(); r != nil {
			all = append(all, r)
		}
	}
	return all
}

// isOpen gives the room, or nil while it is being opened or when it failed to.
func (en *roomEntry) isOpen() *room {
	select {
	case <-en.opened:
		return en.room
	default:
		return nil
	}
}

// retimeRooms gives all rooms of an event its timetable; g.mu is held. A room
// that is being opened looks itself.
func (g *Registry) retimeRooms(event schedule.EventID, ev *eventEntry) {
	for key, en := range g.rooms {
		if r := en.isOpen(); key.event == event && r != nil {
			r.retime(ev.event, ev.extended)
		}
	}
}
