package rooms

import (
	"context"
	"errors"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// What a wall does in the room that its console helps. All of it runs on the
// wall's loop.

// assist begins or changes help; a failure leaves what was before, except that
// another room's help is over.
func (w *Wall) assist(ctx context.Context, want helpState) error {
	if w.help.room != want.room {
		if err := w.quiet(ctx); err != nil {
			return err
		}
	}
	if want == w.help {
		return nil
	}
	if err := w.tellRoom(ctx, want); err != nil {
		return err
	}
	w.help, w.lostAt = want, time.Time{}
	action, seat := schedule.ActionListen, schedule.SeatID("")
	switch {
	case want.to != "":
		action, seat = schedule.ActionWhisper, schedule.SeatOf(want.room, want.to)
	case want.mode == HelpSpeak:
		action = schedule.ActionSpeak
	}
	w.watch.registry.Act(w.watch.board.id, w.watch.req.Actor, action, want.room, seat, "", "")
	w.look(false)
	return nil
}

// quiet ends help, wherever it is. A room that is over has ended it itself.
func (w *Wall) quiet(ctx context.Context) error {
	if w.help.mode == "" {
		return nil
	}
	was := w.help
	err := w.tellRoom(ctx, helpState{room: was.room, mode: HelpQuiet})
	if err != nil && ctx.Err() != nil {
		return err // it may go on: the next look or the next try ends it
	}
	w.forget()
	w.record(schedule.ActionQuiet, was)
	w.look(false)
	return nil
}

func (w *Wall) forget() { w.help, w.lostAt, w.ear = helpState{}, time.Time{}, ear{} }

func (w *Wall) record(a schedule.Action, h helpState) {
	w.watch.registry.Act(w.watch.board.id, w.watch.req.Actor, a, h.room, "", "", "")
}

// tellRoom takes help to the room.
func (w *Wall) tellRoom(ctx context.Context, h helpState) error {
	r := w.watch.registry.openRoom(roomKey{w.watch.board.id, h.room})
	if r == nil {
		return ErrNotFound
	}
	req := helper{peer: w.peer, Helper: Helper{
		Actor: w.watch.req.Actor, Mode: h.mode, To: h.to, session: w.watch.req.Session,
	}}
	return r.act(ctx, func(time.Time) error { return r.help(req) })
}

// listen looks who speaks in the room that is helped, and whether its console
// can still be told anything.
func (w *Wall) listen() {
	if w.help.mode == "" {
		w.lostAt = time.Time{}
		return
	}
	now := stamp(realClock{})
	truth, known := w.watch.registry.deps.Media.Truth(w.peer)
	switch reachable := known && truth.State != sfu.StateFailed && truth.State != sfu.StateClosed; {
	case w.socket && reachable:
		w.lostAt = time.Time{}
	case w.lostAt.IsZero():
		w.lostAt = now
	case !now.Before(w.lostAt.Add(HelperSilent)):
		ctx, cancel := context.WithTimeout(w.loop.Context(), storeTimeout)
		err := w.quiet(ctx)
		cancel()
		if err != nil && !errors.Is(err, context.Canceled) {
			w.watch.registry.log.Warn("a helper could not be made quiet; trying again", "console", w.watch.req.Session, "err", err)
		}
	}
	w.look(false)
}

// arm sets the timer for the next listen; there is none without help.
func (w *Wall) arm() {
	switch {
	case w.help.mode == "":
		if w.timer != nil {
			w.timer.Stop()
		}
	case w.timer == nil:
		w.timer = time.AfterFunc(listenEvery, func() {
			_ = w.loop.Post(w.listen) // full: the next nudge looks and arms it again
		})
	default:
		w.timer.Reset(listenEvery)
	}
}
