package attendance

import (
	"time"

	"sangdam/rooms/schedule"
)

// stay is an interval, with the times within it at which nothing was received
// and those at which the microphone really sent.
type stay struct {
	Interval
	gaps  []span
	voice []span
}

func (s stay) span() span { return span{s.From, s.To} }

// stays turns one session's entries on one seat, by time, into intervals.
//
//   - A leave without a join is no interval; a second join within an interval
//     changes nothing.
//   - An interval ends at the last packet or message received: one that is left
//     while away ends where the absence began.
//   - A node's death is told at the session's last heartbeat. What the node said
//     between that and its end is in the ledger, too: the interval ends there.
//   - A node declared dead may only have been cut off from Redis. A session that
//     is heard of long after its node's death, or ends in another way, never
//     left, except when what is heard is a new join: then it was away in between.
//   - An interval that nothing ends is open, and reaches to until.
//   - None is longer than a consultation can last: where a clock has leapt over
//     that, it ends at what was heard before.
func stays(es []schedule.Entry, until time.Time, longest time.Duration) []stay {
	w := stayWalk{longest: longest}
	for i, e := range es {
		w.take(e, es[i+1:])
	}
	if w.open {
		if until.Before(w.heard) {
			until = w.heard // clocks of nodes differ a little
		}
		w.finish(until, "", "")
		w.current().Open = !w.current().Leapt
	}
	return w.out
}

// stayWalk is where stays is among a session's entries.
type stayWalk struct {
	longest time.Duration

	out       []stay
	open      bool
	heard     time.Time // last entry of the open interval
	awaySince time.Time // zero: not away
	voiceFrom time.Time // zero: the microphone does not send
}

func (w *stayWalk) current() *stay { return &w.out[len(w.out)-1] }

func (w *stayWalk) take(e schedule.Entry, later []schedule.Entry) {
	if e.Kind == schedule.EntrySeatJoined && !w.open {
		w.out = append(w.out, stay{Interval: Interval{Session: e.Session, From: e.At, Entry: e.ID}})
		w.open, w.awaySince, w.voiceFrom = true, time.Time{}, time.Time{}
	}
	if !w.open {
		return
	}
	if e.Kind == schedule.EntrySeatLeft {
		reason, at := schedule.LeaveReason(e.Detail), e.At
		if reason == schedule.LeftNodeDied {
			last, alive := afterDeath(later, at)
			if alive {
				return
			}
			at = last
		}
		w.finish(at, reason, e.ID)
		return
	}
	if w.leaps(e.At) {
		return
	}
	w.heard = e.At
	microphone := e.Detail == sourceMicrophone
	switch {
	case e.Kind == schedule.EntrySeatAway && w.awaySince.IsZero():
		w.awaySince = e.At
	case e.Kind == schedule.EntrySeatBack && !w.awaySince.IsZero():
		w.back(e.At)
	case e.Kind == schedule.EntrySourceFlowing && microphone && w.voiceFrom.IsZero():
		w.voiceFrom = e.At
	case e.Kind == schedule.EntrySourceStopped && microphone && !w.voiceFrom.IsZero():
		w.quiet(e.At)
	}
}

// sourceMicrophone is how a microphone stands in the ledger.
const sourceMicrophone = "microphone"

func (w *stayWalk) leaps(at time.Time) bool {
	return w.longest > 0 && at.Sub(w.current().From) > w.longest
}

func (w *stayWalk) back(at time.Time) {
	w.current().Away += at.Sub(w.awaySince).Seconds()
	w.current().gaps = append(w.current().gaps, span{w.awaySince, at})
	w.awaySince = time.Time{}
}

func (w *stayWalk) quiet(at time.Time) {
	w.current().voice = append(w.current().voice, span{w.voiceFrom, at})
	w.voiceFrom = time.Time{}
}

// finish ends the open interval.
func (w *stayWalk) finish(at time.Time, reason schedule.LeaveReason, entry string) {
	s := w.current()
	if w.leaps(at) {
		at, s.Leapt = w.heard, true
	}
	if !w.awaySince.IsZero() {
		at = w.awaySince
	}
	if !w.voiceFrom.IsZero() {
		w.quiet(at)
	}
	s.To, s.Reason, s.Ended = at, reason, entry
	w.open, w.awaySince = false, time.Time{}
}

// lastWords is how long after a session's last heartbeat its node may have lived:
// a heartbeat that was on its way, and one that was not yet due.
const lastWords = 3 * schedule.HeartbeatEvery

// afterDeath looks at what a session's node said after the time at which it was
// declared dead: when the last of it was, and whether it proves that the node
// lived on. A new beginning, or the same death told once more, is no such thing.
func afterDeath(later []schedule.Entry, died time.Time) (last time.Time, alive bool) {
	last = died
	for _, e := range later {
		switch {
		case e.Kind == schedule.EntrySeatJoined:
			return last, false
		case e.Kind == schedule.EntrySeatLeft && schedule.LeaveReason(e.Detail) == schedule.LeftNodeDied:
		case e.Kind == schedule.EntrySeatLeft, e.At.Sub(died) > lastWords:
			return last, true
		default:
			last = e.At
		}
	}
	return last, false
}
