package attendance

import (
	"cmp"
	"slices"
	"time"

	"sangdam/rooms/schedule"
)

// Verdict says how a consultation went. It is empty while nobody can tell.
type Verdict = schedule.Verdict

// The verdicts that follow from a ledger by itself.
const (
	VerdictHeld        = schedule.VerdictHeld
	VerdictShort       = schedule.VerdictShort
	VerdictNoShowBuyer = schedule.VerdictNoShowBuyer
	VerdictNoShowFirm  = schedule.VerdictNoShowFirm
	VerdictNoShowBoth  = schedule.VerdictNoShowBoth
)

// Decided is a coordinator's verdict, which counts instead of what the
// ledger tells by itself.
type Decided struct {
	Verdict Verdict // empty: an earlier one was taken back
	By      string  // account or link
	At      time.Time
	Reason  string
	Erased  bool    // there was a reason, and it was taken away
	Derived Verdict // what it counts instead of; empty: nothing yet
	Entry   string  // id in the ledger
}

// Attendance is what the ledger says about one consultation. Durations are in
// seconds, times are UTC.
type Attendance struct {
	Consultation schedule.ConsultationID
	Start        time.Time // as scheduled; zero: no longer in the timetable
	End          time.Time
	Booth        schedule.BoothID
	Firm         schedule.FirmID
	Buyer        schedule.BuyerID
	Interpreter  schedule.InterpreterID
	Cancelled    bool
	Over         bool // the verdict is final as far as the clock goes
	Verdict      Verdict
	OnPaper      bool                 // the verdict is the ledger's, and without what was typed in from paper it would be another
	Decided      *Decided             // the verdict is a coordinator's
	Corrections  []Decided            // everything that coordinators decided, oldest first: the last counts
	Contacts     []schedule.Contacted // oldest first
	Evidence     []Fact               // what the verdict rests on, by time
	ExtendedTo   time.Time            // the end; zero: it is End
	Together     float64              // firm and buyer both present
	Seats        []Seat               // expected ones also when empty; by role, then seat
}

// Seat is one seat's presence. Its intervals overlap when it moves from one
// device to another; Present counts such time once.
type Seat struct {
	Seat      schedule.SeatID
	Role      schedule.Role
	FirstIn   time.Time
	LastOut   time.Time // zero: nobody came, or somebody is in
	Late      float64   // from Start to the first stay that reached beyond it; zero: in time, or nobody came
	Present   float64
	Away      float64 // of Present, time when nothing was received
	Voice     float64 // share of the time with both sides, while the seat was taken, in which its microphone really sent; -1: there was no such time
	Intervals []Interval
}

// Interval is one session's stay on a seat, or one that was on paper.
type Interval struct {
	Session string
	From    time.Time
	To      time.Time // of an open one: as far as is known
	Open    bool
	Reason  schedule.LeaveReason
	Away    float64
	Leapt   bool   // the end is not known: a clock leapt, and this is what was heard last before
	Entry   string // id of the entry that began it
	Ended   string // id of the one that ended it; empty: none did

	Paper bool   // typed in from paper
	By    string // who typed it in
	Words string // where it comes from; empty: not paper, or erased
}

// Derive tells from the ledger who attended what: every consultation of the
// event in its order, then any that only the ledger knows.
//
// Entries of one session count in the order of their times, so it does not
// matter in which order nodes got them into the ledger; entries of the same
// millisecond count in the ledger's order. Times of a clock that was wrong are
// mended by that order, see mend. An interval that nothing ends is over when
// the room has ended or its node was started anew. Presences are the mirror's,
// if at hand: an interval that is still open then ends at the last heartbeat of
// its session when that has fallen silent, and at now when not.
func Derive(event *schedule.Event, entries []schedule.Entry, now time.Time, presences ...schedule.Presence) []Attendance {
	g := gather(entries, event.Policy)
	seats := g.seats(event, now, presences)
	out := make([]Attendance, 0, len(event.Consultations))
	known := make(map[schedule.ConsultationID]bool, len(event.Consultations))
	for _, c := range event.Consultations {
		known[c.ID] = true
		a := Attendance{
			Consultation: c.ID, Start: c.Start, End: c.End, Booth: c.Booth,
			Firm: c.Firm, Buyer: c.Buyer, Interpreter: c.Interpreter, Cancelled: c.Cancelled,
		}
		if seats[c.ID] == nil {
			seats[c.ID] = make(map[schedule.SeatID][]stay)
		}
		for _, s := range c.Seats() {
			if seats[c.ID][s] == nil {
				seats[c.ID][s] = nil
			}
		}
		a.conclude(event.Policy, seats[c.ID], g.about(c.ID), now)
		out = append(out, a)
	}
	var unknown []Attendance
	for id, of := range seats {
		if !known[id] {
			a := Attendance{Consultation: id, Over: g.about(id).ended.Kind != ""}
			a.fill(of)
			unknown = append(unknown, a)
		}
	}
	slices.SortFunc(unknown, func(a, b Attendance) int { return cmp.Compare(a.Consultation, b.Consultation) })
	return append(out, unknown...)
}

// seats derives the stays on every seat.
func (g gathered) seats(event *schedule.Event, now time.Time, presences []schedule.Presence) map[schedule.ConsultationID]map[schedule.SeatID][]stay {
	lastSeen := make(map[sessionKey]time.Time, len(presences))
	for _, p := range presences {
		lastSeen[sessionKey{p.Consultation, p.Seat, p.Session}] = p.LastSeen
	}
	all := make(map[schedule.ConsultationID]map[schedule.SeatID][]stay)
	add := func(c schedule.ConsultationID, seat schedule.SeatID, got ...stay) {
		if len(got) == 0 {
			return
		}
		if all[c] == nil {
			all[c] = make(map[schedule.SeatID][]stay)
		}
		all[c][seat] = append(all[c][seat], got...)
	}
	for k, es := range g.bySession {
		until, ended := now, true
		seen, present := lastSeen[k]
		died, dead := g.diedAt[k]
		over := g.about(k.consultation).ended
		switch {
		case dead:
			until = died
		case over.Kind != "" && !over.At.Before(es[len(es)-1].At):
			until = over.At
		case present && now.Sub(seen) > lastWords:
			until, ended = seen, false
		default:
			ended = false
		}
		got := stays(es, until, g.longest(event, k.consultation))
		if n := len(got); ended && n > 0 && got[n-1].Open {
			last := &got[n-1]
			last.Open, last.Reason, last.Ended = false, schedule.LeftEnded, over.ID
			if dead {
				last.Reason, last.Ended = schedule.LeftNodeDied, ""
			}
		}
		add(k.consultation, k.seat, got...)
	}
	for c, t := range g.of {
		for _, e := range t.papers {
			if s, ok := paper(e); ok {
				add(c, e.Seat, s)
			}
		}
	}
	return all
}

// longest is how long somebody may stay in a consultation's room: from the doors
// to the last moment of an overrun. It is a length and not a window, since a
// consultation may have been moved after it was held. Zero: nobody knows.
func (g gathered) longest(event *schedule.Event, id schedule.ConsultationID) time.Duration {
	c, ok := event.Consultation(id)
	if !ok {
		return 0
	}
	p := event.Policy.WithDefaults()
	end := c.End
	if to := g.about(id).extendedTo; to.After(end) {
		end = to
	}
	return p.Doors + end.Sub(c.Start) + p.MaxOverrun + p.Farewell + lastWords
}

// conclude derives all of a consultation that the timetable knows.
func (a *Attendance) conclude(p schedule.Policy, seats map[schedule.SeatID][]stay, t *told, now time.Time) {
	sides := a.fill(seats)
	a.ExtendedTo = t.extendedTo
	a.judge(p, t.ended.Kind != "", now)
	if a.Verdict != "" && len(t.papers) > 0 {
		bare := Attendance{Start: a.Start, End: a.End, ExtendedTo: a.ExtendedTo}
		bare.fill(machine(seats))
		bare.judge(p, t.ended.Kind != "", now)
		a.OnPaper = bare.Verdict != a.Verdict
	}
	for _, e := range t.contacts {
		a.Contacts = append(a.Contacts, schedule.ReadContacted(e))
	}
	if a.Cancelled {
		return
	}
	derived := a.Verdict
	for _, e := range t.verdicts {
		a.Corrections = append(a.Corrections, Decided{
			Verdict: Verdict(e.Detail), By: e.By, At: e.At, Reason: e.Words, Erased: e.Erased(), Derived: derived, Entry: e.ID,
		})
	}
	if n := len(a.Corrections); n > 0 && a.Corrections[n-1].Verdict != "" {
		last := a.Corrections[n-1]
		a.Decided, a.Verdict, a.OnPaper = &last, last.Verdict, false
	}
	a.Evidence = a.evidence(p.WithDefaults(), sides, t, now)
}

// machine are the stays that no paper tells.
func machine(seats map[schedule.SeatID][]stay) map[schedule.SeatID][]stay {
	out := make(map[schedule.SeatID][]stay, len(seats))
	for id, all := range seats {
		out[id] = slices.DeleteFunc(slices.Clone(all), func(s stay) bool { return s.Paper })
	}
	return out
}

// fill derives everything that follows from the intervals alone, and returns
// when each role was there.
func (a *Attendance) fill(seats map[schedule.SeatID][]stay) (sides map[schedule.Role][]span) {
	sides = make(map[schedule.Role][]span)
	for id, all := range seats {
		_, role := id.Split()
		slices.SortFunc(all, func(x, y stay) int {
			return cmp.Or(x.From.Compare(y.From), x.To.Compare(y.To), cmp.Compare(x.Session, y.Session), cmp.Compare(x.Entry, y.Entry))
		})
		s := Seat{Seat: id, Role: role, Voice: -1, Intervals: make([]Interval, len(all))}
		spans, open := make([]span, len(all)), false
		for i, iv := range all {
			s.Intervals[i] = iv.Interval
			spans[i] = iv.span()
			open = open || iv.Open
			if s.FirstIn.IsZero() || iv.From.Before(s.FirstIn) {
				s.FirstIn = iv.From
			}
			if iv.To.After(s.LastOut) {
				s.LastOut = iv.To
			}
			s.Away += iv.Away
		}
		if open {
			s.LastOut = time.Time{}
		}
		merged := union(spans)
		if came := a.came(merged); !a.Start.IsZero() && came.After(a.Start) {
			s.Late = came.Sub(a.Start).Seconds()
		}
		s.Present = total(merged).Seconds()
		s.Away = min(s.Away, s.Present)
		sides[role] = append(sides[role], merged...)
		a.Seats = append(a.Seats, s)
	}
	for r := range sides {
		sides[r] = union(sides[r])
	}
	slices.SortFunc(a.Seats, func(x, y Seat) int {
		return cmp.Or(cmp.Compare(rank(x.Role), rank(y.Role)), cmp.Compare(x.Seat, y.Seat))
	})
	both := intersect(sides[schedule.RoleFirm], sides[schedule.RoleBuyer])
	a.Together = total(both).Seconds()
	for i := range a.Seats {
		a.Seats[i].Voice = voice(seats[a.Seats[i].Seat], both)
	}
	return sides
}

// came is when somebody came to the consultation, who may have looked in and
// gone again before it began; zero: not at all.
func (a *Attendance) came(there []span) time.Time {
	for _, s := range there {
		if s.to.After(a.Start) {
			return s.from
		}
	}
	return time.Time{}
}

// Came tells whether a side came to the consultation. Who was there before the
// start alone did not, unless it met the other side then.
func (a *Attendance) Came(r schedule.Role) bool {
	if a.Together > 0 && (r == schedule.RoleFirm || r == schedule.RoleBuyer) {
		return true
	}
	for _, s := range a.Seats {
		if s.Role == r && slices.ContainsFunc(s.Intervals, func(i Interval) bool { return i.To.After(a.Start) }) {
			return true
		}
	}
	return false
}

// voice is the share of a seat's time with both sides in which its microphone
// really sent. What is on paper has no microphone, and does not count.
func voice(all []stay, both []span) float64 {
	var taken, gaps, sent []span
	for _, s := range all {
		if !s.Paper {
			taken, gaps, sent = append(taken, s.span()), append(gaps, s.gaps...), append(sent, s.voice...)
		}
	}
	due := intersect(union(taken), both)
	if len(due) == 0 {
		return -1
	}
	heard := intersect(without(union(sent), union(gaps)), due)
	return total(heard).Seconds() / total(due).Seconds()
}

func rank(r schedule.Role) int {
	if i := slices.Index([]schedule.Role{schedule.RoleFirm, schedule.RoleBuyer, schedule.RoleInterpreter, schedule.RoleObserver}, r); i >= 0 {
		return i
	}
	return 4
}

// judge gives the verdict. It is final once the room has ended, or the window
// has passed and the two sides are not talking on.
func (a *Attendance) judge(p schedule.Policy, ended bool, now time.Time) {
	if a.Cancelled {
		a.Over = true
		return
	}
	firm, buyer := a.Came(schedule.RoleFirm), a.Came(schedule.RoleBuyer)
	var firmIn, buyerIn bool
	for _, s := range a.Seats {
		in := len(s.Intervals) > 0 && s.LastOut.IsZero()
		firmIn = firmIn || in && s.Role == schedule.RoleFirm
		buyerIn = buyerIn || in && s.Role == schedule.RoleBuyer
	}
	end := a.End
	if a.ExtendedTo.After(end) {
		end = a.ExtendedTo
	}
	a.Over = ended || !now.Before(end) && !(firmIn && buyerIn)
	if !a.Over {
		return
	}
	switch {
	case !firm || !buyer:
		a.Verdict = schedule.NoShow(!firm, !buyer)
	case a.Together < shortUnder(p, a.End.Sub(a.Start)).Seconds():
		a.Verdict = VerdictShort
	default:
		a.Verdict = VerdictHeld
	}
}

// shortUnder is how long both sides must be together for a consultation to be
// held: what the policy says, but no more than a quarter of the window, or a
// window that was made short could never be held.
func shortUnder(p schedule.Policy, window time.Duration) time.Duration {
	under := p.ShortUnder
	if under == 0 {
		under = schedule.DefaultPolicy().ShortUnder
	}
	return min(under, window/4)
}
