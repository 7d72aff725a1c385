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
	By      string // the coordinator's link
	At      time.Time
	Reason  string
	Derived Verdict // what it counts instead of; empty: nothing yet
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
	Decided      *Decided  // the verdict is a coordinator's
	ExtendedTo   time.Time // the end; zero: it is End
	Together     float64   // firm and buyer both present
	Seats        []Seat    // expected ones also when empty; by role, then seat
}

// Seat is one seat's presence. Its intervals overlap when it moves from one
// device to another; Present counts such time once.
type Seat struct {
	Seat      schedule.SeatID
	Role      schedule.Role
	FirstIn   time.Time
	LastOut   time.Time // zero: nobody came, or somebody is in
	Present   float64
	Away      float64 // of Present, time when nothing was received
	Intervals []Interval
}

// Interval is one session's stay on a seat.
type Interval struct {
	Session string
	From    time.Time
	To      time.Time // of an open one: as far as is known
	Open    bool
	Reason  schedule.LeaveReason
	Away    float64
}

// Derive tells from the ledger who attended what: every consultation of the
// event in its order, then any that only the ledger knows.
//
// Entries of one session count in the order of their times, so it does not
// matter in which order nodes got them into the ledger; entries of the same
// millisecond count in the ledger's order. Presences are the mirror's, if at
// hand: an interval that is still open then ends at the last heartbeat of its
// session when that has fallen silent, and at now when not.
func Derive(event *schedule.Event, entries []schedule.Entry, now time.Time, presences ...schedule.Presence) []Attendance {
	sessions := gather(entries)
	lastSeen := make(map[sessionKey]time.Time, len(presences))
	for _, p := range presences {
		lastSeen[sessionKey{p.Consultation, p.Seat, p.Session}] = p.LastSeen
	}
	intervals := make(map[schedule.ConsultationID]map[schedule.SeatID][]Interval)
	for k, es := range sessions.bySession {
		until := now
		if seen, ok := lastSeen[k]; ok && now.Sub(seen) > 3*schedule.HeartbeatEvery {
			until = seen
		}
		got := stays(es, until)
		if len(got) == 0 {
			continue
		}
		if intervals[k.consultation] == nil {
			intervals[k.consultation] = make(map[schedule.SeatID][]Interval)
		}
		intervals[k.consultation][k.seat] = append(intervals[k.consultation][k.seat], got...)
	}

	out := make([]Attendance, 0, len(event.Consultations))
	known := make(map[schedule.ConsultationID]bool, len(event.Consultations))
	for _, c := range event.Consultations {
		known[c.ID] = true
		a := Attendance{
			Consultation: c.ID, Start: c.Start, End: c.End, Booth: c.Booth,
			Firm: c.Firm, Buyer: c.Buyer, Interpreter: c.Interpreter, Cancelled: c.Cancelled,
		}
		seats := intervals[c.ID]
		if seats == nil {
			seats = make(map[schedule.SeatID][]Interval)
		}
		expected := []schedule.Role{schedule.RoleFirm, schedule.RoleBuyer}
		if c.Interpreter != "" {
			expected = append(expected, schedule.RoleInterpreter)
		}
		for _, r := range expected {
			if s := schedule.SeatOf(c.ID, r); seats[s] == nil {
				seats[s] = nil
			}
		}
		a.fill(seats)
		a.ExtendedTo = sessions.extended[c.ID]
		a.judge(event.Policy, sessions.ended[c.ID], now)
		if e, ok := sessions.decided[c.ID]; ok && !a.Cancelled {
			a.decide(e)
		}
		out = append(out, a)
	}
	var unknown []Attendance
	for id, seats := range intervals {
		if !known[id] {
			a := Attendance{Consultation: id, Over: sessions.ended[id]}
			a.fill(seats)
			unknown = append(unknown, a)
		}
	}
	slices.SortFunc(unknown, func(a, b Attendance) int { return cmp.Compare(a.Consultation, b.Consultation) })
	return append(out, unknown...)
}

// fill derives everything that follows from the intervals alone.
func (a *Attendance) fill(seats map[schedule.SeatID][]Interval) {
	sides := make(map[schedule.Role][]span)
	for id, ivs := range seats {
		_, role := id.Split()
		slices.SortFunc(ivs, func(x, y Interval) int {
			return cmp.Or(x.From.Compare(y.From), x.To.Compare(y.To), cmp.Compare(x.Session, y.Session))
		})
		s := Seat{Seat: id, Role: role, Intervals: ivs}
		if ivs == nil {
			s.Intervals = []Interval{}
		}
		spans, open := make([]span, len(ivs)), false
		for i, iv := range ivs {
			spans[i] = span{iv.From, iv.To}
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
		s.Present = total(merged).Seconds()
		s.Away = min(s.Away, s.Present)
		sides[role] = append(sides[role], merged...)
		a.Seats = append(a.Seats, s)
	}
	slices.SortFunc(a.Seats, func(x, y Seat) int {
		return cmp.Or(cmp.Compare(rank(x.Role), rank(y.Role)), cmp.Compare(x.Seat, y.Seat))
	})
	a.Together = total(intersect(union(sides[schedule.RoleFirm]), union(sides[schedule.RoleBuyer]))).Seconds()
}

func rank(r schedule.Role) int {
	if i := slices.Index([]schedule.Role{schedule.RoleFirm, schedule.RoleBuyer, schedule.RoleInterpreter, schedule.RoleObserver}, r); i >= 0 {
		return i
	}
	return 4
}

// decide puts a coordinator's verdict in the place of the derived one; an empty
// one was taken back.
func (a *Attendance) decide(e schedule.Entry) {
	if v := Verdict(e.Detail); v != "" {
		a.Decided = &Decided{By: e.By, At: e.At, Reason: e.Words, Derived: a.Verdict}
		a.Verdict = v
	}
}

// judge gives the verdict. It is final once the room has ended, or the window
// has passed and the two sides are not talking on.
func (a *Attendance) judge(p schedule.Policy, ended bool, now time.Time) {
	if a.Cancelled {
		a.Over = true
		return
	}
	var firm, buyer, firmIn, buyerIn bool
	for _, s := range a.Seats {
		came, in := len(s.Intervals) > 0, len(s.Intervals) > 0 && s.LastOut.IsZero()
		switch s.Role {
		case schedule.RoleFirm:
			firm, firmIn = firm || came, firmIn || in
		case schedule.RoleBuyer:
			buyer, buyerIn = buyer || came, buyerIn || in
		}
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
