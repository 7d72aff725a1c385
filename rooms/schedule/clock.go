package schedule

import "time"

// Facts are what the clock must know beside timetable and policy.
type Facts struct {
	Firm  bool // somebody sits on a firm's seat, here or away
	Buyer bool // somebody sits on a buyer's seat, here or away

	ExtendedTo time.Time // zero: not extended
	NeededAt   time.Time // see Event.NeededAt; zero: nobody is needed elsewhere
	HoldUntil  time.Time // until then an empty side does not end the room (a reload in overrun, a restarted node); zero: no
	EndedAt    time.Time // zero: not ended; once set the consultation stays ended
}

// Clock is where a consultation is in its life. All times are UTC.
type Clock struct {
	Phase    Phase
	OpensAt  time.Time // doors
	StartsAt time.Time
	EndsAt   time.Time // with extensions
	ClosesAt time.Time // when the room will close; zero until the farewell runs
	Overrun  bool      // people talk on after EndsAt
}

// Clock tells where the consultation is at the time now, and the next instant
// after now at which time alone may change that or make a warning due; the
// instant is zero when nothing will.
//
// The room ends at its end when one side is absent. When both are present it
// ends when somebody is needed elsewhere (Changeover before the next Start, but
// with a Farewell from the end in any case), at the latest MaxOverrun after its
// end, and a farewell runs up to there.
func (c Consultation) Clock(p Policy, f Facts, now time.Time) (Clock, time.Time) {
	p = p.WithDefaults()
	k := Clock{OpensAt: c.Start.Add(-p.Doors), StartsAt: c.Start, EndsAt: c.end(f)}
	closes := k.EndsAt.Add(p.MaxOverrun)
	if !f.NeededAt.IsZero() {
		closes = earlier(closes, later(f.NeededAt.Add(-p.Changeover), k.EndsAt.Add(p.Farewell)))
	}
	farewell := later(k.EndsAt, closes.Add(-p.Farewell))
	talking := f.Firm && f.Buyer
	held := now.Before(f.HoldUntil)

	switch {
	case c.Cancelled:
		k.Phase = PhaseCancelled
		return k, time.Time{}
	case !f.EndedAt.IsZero(), !now.Before(closes), !now.Before(k.EndsAt) && !talking && !held:
		k.Phase = PhaseEnded
		return k, time.Time{}
	case now.Before(k.OpensAt):
		k.Phase = PhaseScheduled
	case !now.Before(k.EndsAt):
		k.Phase, k.Overrun = PhaseClosing, true
		if !now.Before(farewell) {
			k.ClosesAt = closes
		}
	case talking && !now.Before(k.EndsAt.Add(-p.Closing)):
		k.Phase = PhaseClosing
	case talking:
		k.Phase = PhaseLive
	case f.Firm || f.Buyer:
		k.Phase = PhaseWaiting
	default:
		k.Phase = PhaseOpen
	}

	instants := []time.Time{k.OpensAt, k.EndsAt.Add(-p.Closing), k.EndsAt, farewell, closes, f.HoldUntil}
	for _, w := range p.Warnings {
		instants = append(instants, k.EndsAt.Add(-w))
	}
	var next time.Time
	for _, at := range instants {
		if at.After(now) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return k, next
}

// WarningDue tells whether a warning fell due after the time from and not after
// to, and the minutes left that it tells, rounded up. Of several only the last
// counts.
func (c Consultation) WarningDue(p Policy, f Facts, from, to time.Time) (minutesLeft int, due bool) {
	end := c.end(f)
	var last time.Time
	for _, w := range p.WithDefaults().Warnings {
		at := end.Add(-w)
		if at.After(from) && !at.After(to) && (!due || at.After(last)) {
			minutesLeft, due, last = int((w+time.Minute-1)/time.Minute), true, at
		}
	}
	return minutesLeft, due
}

func (c Consultation) end(f Facts) time.Time { return later(c.End, f.ExtendedTo) }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
