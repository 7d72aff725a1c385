package rooms

import (
	"context"
	"errors"
	"time"

	"sangdam/rooms/schedule"
)

// enter finds the room of a consultation or begins to open it, or tells why
// there is none now.
func (g *Registry) enter(key roomKey) (*roomEntry, error) {
	now := stamp(g.deps.Clock)
	g.mu.Lock()
	defer g.mu.Unlock()
	ev := g.events[key.event]
	if ev == nil {
		return nil, ErrNotFound
	}
	c, ok := ev.event.Consultation(key.consultation)
	if !ok {
		return nil, ErrNotFound
	}
	if en := g.rooms[key]; en != nil {
		return en, nil
	}
	if g.closing {
		return nil, ErrUnavailable
	}
	k, openable := ev.idle(c, now)
	switch {
	case openable:
		return g.begin(key, ev, c), nil
	case k.Phase == schedule.PhaseScheduled:
		return nil, &TooEarlyError{OpensAt: k.OpensAt}
	case k.Phase == schedule.PhaseCancelled:
		return nil, ErrCancelled
	}
	return nil, ErrEnded
}

// opened enters a room and waits until it has its state.
func (g *Registry) opened(ctx context.Context, key roomKey) (*roomEntry, error) {
	if _, err := g.Event(ctx, key.event); err != nil {
		return nil, err
	}
	en, err := g.enter(key)
	if err != nil {
		return nil, err
	}
	select {
	case <-en.opened:
		return en, en.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// idle tells where a consultation without a room is, and whether it may have
// one. A consultation whose room was cut off (the node died) may have one even
// after its end: it decides by itself whether anybody comes back.
func (ev *eventEntry) idle(c schedule.Consultation, now time.Time) (k schedule.Clock, openable bool) {
	facts := schedule.Facts{NeededAt: ev.event.NeededAt(c, ev.extended)}
	cut := false
	if p := ev.past[c.ID]; p != nil {
		facts.EndedAt, facts.ExtendedTo = p.state.EndedAt, p.state.ExtendedTo
		cut = p.state.EndedAt.IsZero() && p.state.Phase != "" && p.state.Phase != schedule.PhaseScheduled
	}
	k, _ = c.Clock(ev.event.Policy, facts, now)
	switch k.Phase {
	case schedule.PhaseScheduled, schedule.PhaseCancelled:
		return k, false
	case schedule.PhaseEnded:
		return k, cut
	}
	return k, true
}

// begin starts to open a room; g.mu is held.
func (g *Registry) begin(key roomKey, ev *eventEntry, c schedule.Consultation) *roomEntry {
	en := &roomEntry{opened: make(chan struct{})}
	g.rooms[key] = en
	event, extended, board := ev.event, ev.extended, ev.board
	var before past
	if p := ev.past[c.ID]; p != nil {
		before = *p
	}
	g.wg.Go(func() { g.open(key, en, event, extended, board, c, before) })
	return en
}

// open takes the lease and what remains of an earlier room, and starts the
// room. A Store that does not answer holds nobody up: the timetable is known,
// so the room opens from memory, and the mirror goes on asking for the lease.
func (g *Registry) open(key roomKey, en *roomEntry, e *schedule.Event, extended ends, b *board, c schedule.Consultation, before past) {
	ctx, cancel := context.WithTimeout(g.ctx, openTimeout)
	defer cancel()
	log := g.log.With("event", key.event, "consultation", key.consultation)

	held, ok, err := g.deps.Store.Lease(ctx, key.event, key.consultation, leaseFor)
	switch {
	case g.ctx.Err() != nil:
		en.err = ErrUnavailable
	case err != nil:
		log.Warn("a room opens without its lease", "err", err)
	case !ok:
		en.err = &LeasedError{Node: held}
	}
	if en.err != nil {
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.rooms, key)
		g.events[key.event].pastOf(key.consultation).after = stamp(g.deps.Clock).Add(schedule.HeartbeatEvery)
		close(en.opened)
		g.lookAgain()
		return
	}
	from := g.recall(ctx, key, e, before.remains)
	hold := time.Duration(0)
	if from.state.EndedAt.IsZero() {
		switch from.state.Phase {
		case schedule.PhaseLive, schedule.PhaseClosing: // people were torn apart and may come back
			hold = e.Policy.WithDefaults().Grace
		}
	}
	g.mirror.keep(key, func(held string) {
		log.Error("another node runs this room", "node", held)
		<-en.opened
		en.room.evict()
	})
	en.room = newRoom(roomDeps{
		key: key, media: g.deps.Media, ledger: g.deps.Ledger, mirror: g.mirror, board: b, log: log, wall: g.deps.Clock,
		metrics: g.deps.Metrics, node: g.deps.Node, incarnation: g.deps.Incarnation,
		gone: func(r remains) { g.gone(key, en, r) },
	}, e, extended, c, from, hold)

	g.mu.Lock()
	defer g.mu.Unlock()
	ev := g.events[key.event]
	en.room.retime(ev.event, ev.extended) // they may have changed while we asked the Store
	close(en.opened)
}

// recall adds what the Store knows of earlier rooms to what memory does; the
// newer state counts.
func (g *Registry) recall(ctx context.Context, key roomKey, e *schedule.Event, known remains) remains {
	state, ok, err := g.deps.Store.RoomState(ctx, key.event, key.consultation)
	switch {
	case err != nil:
		g.log.Warn("a room opens without its former state", "consultation", key.consultation, "err", err)
	case ok && state.UpdatedAt.After(known.state.UpdatedAt):
		known.state = state
	}
	stored, err := g.deps.Store.Chat(ctx, key.event, key.consultation)
	if err != nil {
		g.log.Warn("a room opens without its former chat", "consultation", key.consultation, "err", err)
	}
	known.chat = mergeChat(known.chat, storedChat(e, stored))
	return known
}

// gone takes a room out of the table; it runs on the room's goroutine.
func (g *Registry) gone(key roomKey, en *roomEntry, r remains) {
	g.mirror.release(key)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.rooms[key] == en {
		delete(g.rooms, key)
	}
	p := g.events[key.event].pastOf(key.consultation)
	p.remains = r
	if errors.Is(r.err, ErrRoomFailed) {
		p.after = stamp(g.deps.Clock).Add(reopenAfter << min(p.failures, 5))
		p.failures++
	}
	if errors.Is(r.err, ErrEnded) || errors.Is(r.err, ErrCancelled) {
		g.setExtended(key, time.Time{})
	}
	g.lookAgain()
}

func (ev *eventEntry) pastOf(id schedule.ConsultationID) *past {
	p := ev.past[id]
	if p == nil {
		p = &past{}
		ev.past[id] = p
	}
	return p
}
