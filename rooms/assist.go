package rooms

import (
	"context"
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
		w.quiet(ctx)
	}
	if want == w.help {
		return nil
	}
	if err := w.tellRoom(ctx, want); err != nil {
		if ctx.Err() != nil { // the room makes it quiet
			w.quiet(ctx)
		}
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

// quiet ends help, wherever it is. A room that is over has ended it itself, and
// one that does not answer in time does it when it can.
func (w *Wall) quiet(ctx context.Context) {
	if w.help.mode == "" {
		return
	}
	was := w.help
	_ = w.tellRoom(ctx, helpState{room: was.room, mode: HelpQuiet})
	w.forget()
	w.record(schedule.ActionQuiet, was)
	w.look(false)
}

// quietSoon is quiet when nobody waits for it.
func (w *Wall) quietSoon() {
	ctx, cancel := context.WithTimeout(w.loop.Context(), storeTimeout)
	defer cancel()
	w.quiet(ctx)
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
	err := r.act(ctx, func(time.Time) error { return r.help(req) })
	if err != nil && ctx.Err() != nil {
		// The task may still run after its caller gave up, and nobody would ever
		// be quiet for it.
		quiet := req // what was asked may be read just now
		quiet.Mode = HelpQuiet
		r.news(func(time.Time) { _ = r.help(quiet) }) // to be quiet is never refused
	}
	return err
}

// listen looks who speaks in the room that is helped, and whether its console
// can still be told anything.
func (w *Wall) listen() {
	if w.help.mode == "" {
		w.lostAt = time.Time{}
		return
	}
	now := time.Now() // with its monotonic reading: a clock that is set makes nobody silent
	truth, known := w.watch.registry.deps.Media.Truth(w.peer)
	switch reachable := known && truth.State != sfu.StateFailed && truth.State != sfu.StateClosed; {
	case w.socket && reachable:
		w.lostAt = time.Time{}
	case w.lostAt.IsZero():
		w.lostAt = now
	case !now.Before(w.lostAt.Add(HelperSilent)):
		w.quietSoon()
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
