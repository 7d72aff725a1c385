package attendance

import (
	"slices"
	"time"

	"sangdam/rooms/schedule"
)

// sessionKey names one session on one seat.
type sessionKey struct {
	consultation schedule.ConsultationID
	seat         schedule.SeatID
	session      string
}

// gathered is a ledger taken apart.
type gathered struct {
	bySession map[sessionKey][]schedule.Entry // by time
	ended     map[schedule.ConsultationID]bool
	extended  map[schedule.ConsultationID]time.Time      // to when, the last time
	decided   map[schedule.ConsultationID]schedule.Entry // the newest verdict
}

func gather(entries []schedule.Entry) gathered {
	g := gathered{
		make(map[sessionKey][]schedule.Entry), make(map[schedule.ConsultationID]bool),
		make(map[schedule.ConsultationID]time.Time), make(map[schedule.ConsultationID]schedule.Entry),
	}
	for _, e := range entries {
		switch e.Kind {
		case schedule.EntryPhase:
			if e.Detail == string(schedule.PhaseEnded) {
				g.ended[e.Consultation] = true
			}
		case schedule.EntryExtended:
			if to, err := time.Parse(time.RFC3339, e.Detail); err == nil && to.After(g.extended[e.Consultation]) {
				g.extended[e.Consultation] = to // an extension only ever moves the end on
			}
		case schedule.EntryVerdict:
			if !e.At.Before(g.decided[e.Consultation].At) {
				g.decided[e.Consultation] = e
			}
		case schedule.EntrySeatJoined, schedule.EntrySeatLeft, schedule.EntrySeatAway, schedule.EntrySeatBack,
			schedule.EntrySourceFlowing, schedule.EntrySourceStopped:
			if e.Seat == "" || e.Session == "" {
				continue
			}
			k := sessionKey{e.Consultation, e.Seat, e.Session}
			g.bySession[k] = append(g.bySession[k], e)
		}
	}
	for _, es := range g.bySession {
		slices.SortStableFunc(es, func(a, b schedule.Entry) int { return a.At.Compare(b.At) })
	}
	return g
}

// stays turns one session's entries on one seat into intervals.
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
func stays(es []schedule.Entry, until time.Time) []Interval {
	var out []Interval
	var awaySince time.Time // zero: not away
	open := false
	current := func() *Interval { return &out[len(out)-1] }
	finish := func(at time.Time, reason schedule.LeaveReason) {
		iv := current()
		if !awaySince.IsZero() {
			at = awaySince
		}
		iv.To, iv.Reason, open, awaySince = at, reason, false, time.Time{}
	}
	for i, e := range es {
		switch e.Kind {
		case schedule.EntrySeatJoined:
			if !open {
				out = append(out, Interval{Session: e.Session, From: e.At})
				open, awaySince = true, time.Time{}
			}
		case schedule.EntrySeatAway:
			if open && awaySince.IsZero() {
				awaySince = e.At
			}
		case schedule.EntrySeatBack:
			if open && !awaySince.IsZero() {
				current().Away += e.At.Sub(awaySince).Seconds()
				awaySince = time.Time{}
			}
		case schedule.EntrySeatLeft:
			if !open {
				continue
			}
			reason, at := schedule.LeaveReason(e.Detail), e.At
			if reason == schedule.LeftNodeDied {
				last, alive := afterDeath(es[i+1:], at)
				if alive {
					continue
				}
				at = last
			}
			finish(at, reason)
		}
	}
	if open {
		if until.Before(current().From) {
			until = current().From // clocks of nodes differ a little
		}
		finish(until, "")
		current().Open = true
	}
	return out
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

// span is a stretch of time, from inclusive, to exclusive.
type span struct{ from, to time.Time }

// union merges spans that overlap or touch; the result is ascending.
func union(spans []span) []span {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	var out []span
	for _, s := range spans {
		switch {
		case !s.from.Before(s.to): // nothing, or two clocks disagree
		case len(out) > 0 && !s.from.After(out[len(out)-1].to):
			if last := &out[len(out)-1]; s.to.After(last.to) {
				last.to = s.to
			}
		default:
			out = append(out, s)
		}
	}
	return out
}

// intersect of two unions.
func intersect(a, b []span) []span {
	var out []span
	for len(a) > 0 && len(b) > 0 {
		from, to := a[0].from, a[0].to
		if b[0].from.After(from) {
			from = b[0].from
		}
		if b[0].to.Before(to) {
			to = b[0].to
		}
		if from.Before(to) {
			out = append(out, span{from, to})
		}
		if a[0].to.Before(b[0].to) {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return out
}

func total(spans []span) time.Duration {
	var d time.Duration
	for _, s := range spans {
		d += s.to.Sub(s.from)
	}
	return d
}
