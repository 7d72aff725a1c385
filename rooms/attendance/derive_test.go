package attendance

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sangdam/rooms/schedule"
)

// fair has one consultation from minute 0 to minute 40.
func fair() *schedule.Event {
	return &schedule.Event{
		ID: "e", Zone: "Asia/Seoul",
		Booths: []schedule.Booth{{ID: "b1", Name: "Booth 1"}}, Firms: []schedule.Firm{{ID: "f1", Name: "=SUM(A1)"}},
		Buyers: []schedule.Buyer{{ID: "y1", Name: "Achats, Paris"}}, Interpreters: []schedule.Interpreter{{ID: "i1", Name: "통역"}},
		Consultations: []schedule.Consultation{{
			ID: "S20", Start: base(), End: base().Add(40 * time.Minute), Booth: "b1", Firm: "f1", Buyer: "y1", Interpreter: "i1",
		}},
	}
}

// at is a moment, in minutes after the start.
func at(minutes float64) time.Time {
	return base().Add(time.Duration(minutes * float64(time.Minute)))
}

// say is one entry of a session on a seat of S20.
func say(minutes float64, kind schedule.EntryKind, role schedule.Role, session string, detail ...schedule.LeaveReason) schedule.Entry {
	e := schedule.Entry{At: at(minutes), Event: "e", Kind: kind, Consultation: "S20", Seat: schedule.SeatOf("S20", role), Session: session, Node: "n1"}
	if len(detail) > 0 {
		e.Detail = string(detail[0])
	}
	return e
}

const (
	in   = schedule.EntrySeatJoined
	out  = schedule.EntrySeatLeft
	away = schedule.EntrySeatAway
	back = schedule.EntrySeatBack

	firm  = schedule.RoleFirm
	buyer = schedule.RoleBuyer
)

func seatOf(t testing.TB, a Attendance, r schedule.Role) Seat {
	t.Helper()
	i := slices.IndexFunc(a.Seats, func(s Seat) bool { return s.Role == r })
	if i < 0 {
		t.Fatalf("no seat of the %s", r)
	}
	return a.Seats[i]
}

func TestDerive_Intervals(t *testing.T) {
	type want struct {
		intervals    int
		present      float64 // minutes
		away         float64
		first, last  float64 // minutes; last NaN: in the room
		lastWithheld bool
	}
	inside := math.NaN()
	tests := []struct {
		name    string
		entries []schedule.Entry
		want    want
	}{
		{"joined and left", []schedule.Entry{say(1, in, buyer, "x"), say(31, out, buyer, "x", schedule.LeftByChoice)}, want{1, 30, 0, 1, 31, false}},
		{"a late rejoin overwrites nothing", []schedule.Entry{
			say(0, in, buyer, "x"), say(25, out, buyer, "x", schedule.LeftByChoice),
			say(39, in, buyer, "y"), say(40, out, buyer, "y", schedule.LeftEnded),
		}, want{2, 26, 0, 0, 40, false}},
		{"left without join is nothing", []schedule.Entry{say(5, out, buyer, "ghost", schedule.LeftByChoice), say(10, in, buyer, "x"), say(20, out, buyer, "x")}, want{1, 10, 0, 10, 20, false}},
		{"left twice ends once, at the first", []schedule.Entry{say(0, in, buyer, "x"), say(10, out, buyer, "x", schedule.LeftByChoice), say(12, out, buyer, "x", schedule.LeftLost)}, want{1, 10, 0, 0, 10, false}},
		{"joined twice begins once", []schedule.Entry{say(0, in, buyer, "x"), say(5, in, buyer, "x"), say(10, out, buyer, "x")}, want{1, 10, 0, 0, 10, false}},
		{"join within a second of leaving", []schedule.Entry{
			say(0, in, buyer, "x"), say(10, out, buyer, "x", schedule.LeftReplaced), say(10+0.5/60, in, buyer, "y"), say(20, out, buyer, "y"),
		}, want{2, 20 - 0.5/60, 0, 0, 20, false}},
		{"left that reaches the ledger after the next join", []schedule.Entry{
			say(0, in, buyer, "x"), say(10+0.5/60, in, buyer, "y"), say(10, out, buyer, "x", schedule.LeftLost), say(20, out, buyer, "y"),
		}, want{2, 20 - 0.5/60, 0, 0, 20, false}},
		{"the same session again after it left", []schedule.Entry{
			say(0, in, buyer, "x"), say(10, out, buyer, "x", schedule.LeftByChoice), say(15, in, buyer, "x"), say(20, out, buyer, "x"),
		}, want{2, 15, 0, 0, 20, false}},
		{"moved to another device: overlap counts once", []schedule.Entry{
			say(0, in, buyer, "x"), say(10, in, buyer, "y"), say(12, out, buyer, "x", schedule.LeftMoved), say(30, out, buyer, "y"),
		}, want{2, 30, 0, 0, 30, false}},
		{"open interval reaches to now", []schedule.Entry{say(10, in, buyer, "x")}, want{1, 25, 0, 10, inside, true}},
		{"away and back stays one interval", []schedule.Entry{say(0, in, buyer, "x"), say(5, away, buyer, "x"), say(6, back, buyer, "x"), say(10, out, buyer, "x")}, want{1, 10, 1, 0, 10, false}},
		{"lost ends at the last packet", []schedule.Entry{say(0, in, buyer, "x"), say(5, away, buyer, "x"), say(6.5, out, buyer, "x", schedule.LeftLost)}, want{1, 5, 0, 0, 5, false}},
		{"still away: known up to the last packet", []schedule.Entry{say(0, in, buyer, "x"), say(5, away, buyer, "x")}, want{1, 5, 0, 0, inside, true}},
		{"back without away is nothing", []schedule.Entry{say(0, in, buyer, "x"), say(5, back, buyer, "x"), say(10, out, buyer, "x")}, want{1, 10, 0, 0, 10, false}},
		{"node died: ends at the last heartbeat", []schedule.Entry{say(0, in, buyer, "x"), say(10, out, buyer, "x", schedule.LeftNodeDied), say(10.2, in, buyer, "y"), say(20, out, buyer, "y")}, want{2, 19.8, 0, 0, 20, false}},
		{"node died: what it said after the last heartbeat counts, and proves no life", []schedule.Entry{
			say(0, in, buyer, "x"), say(10, out, buyer, "x", schedule.LeftNodeDied), say(10.05, schedule.EntrySourceFlowing, buyer, "x"),
			say(10.2, in, buyer, "y"), say(20, out, buyer, "y"),
		}, want{2, 19.85, 0, 0, 20, false}},
		{"killed right after the join", []schedule.Entry{
			say(10, in, buyer, "x"), say(10, out, buyer, "x", schedule.LeftNodeDied), say(10.01, schedule.EntrySourceFlowing, buyer, "x"),
		}, want{1, 0.01, 0, 10, 10.01, false}},
		{"declared dead but its media flows minutes later: never left", []schedule.Entry{
			say(0, in, buyer, "x"), say(10, out, buyer, "x", schedule.LeftNodeDied), say(12, schedule.EntrySourceFlowing, buyer, "x"),
		}, want{1, 35, 0, 0, inside, true}},
		{"declared dead but heard of again: never left", []schedule.Entry{say(0, in, buyer, "x"), say(10, out, buyer, "x", schedule.LeftNodeDied), say(30, out, buyer, "x", schedule.LeftByChoice)}, want{1, 30, 0, 0, 30, false}},
		{"dead, then the same session joins again: two intervals", []schedule.Entry{
			say(0, in, buyer, "x"), say(10, out, buyer, "x", schedule.LeftNodeDied), say(12, in, buyer, "x"), say(20, out, buyer, "x"),
		}, want{2, 18, 0, 0, 20, false}},
		{"declared dead twice ends at the first", []schedule.Entry{say(0, in, buyer, "x"), say(10, out, buyer, "x", schedule.LeftNodeDied), say(11, out, buyer, "x", schedule.LeftNodeDied)}, want{1, 10, 0, 0, 10, false}},
		{"two sessions on two nodes", []schedule.Entry{
			say(0, in, buyer, "x"),
			{At: at(5), Event: "e", Kind: in, Consultation: "S20", Seat: "S20/buyer", Session: "y", Node: "n2"},
			say(8, out, buyer, "x", schedule.LeftNodeDied),
			{At: at(15), Event: "e", Kind: out, Consultation: "S20", Seat: "S20/buyer", Session: "y", Node: "n2"},
		}, want{2, 15, 0, 0, 15, false}},
		{"another seat's leave ends nothing", []schedule.Entry{say(0, in, buyer, "x"), say(5, out, firm, "x"), say(10, out, buyer, "x")}, want{1, 10, 0, 0, 10, false}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := Derive(fair(), tt.entries, at(35))[0]
			s := seatOf(t, a, buyer)
			near := func(got, wantMinutes float64) bool { return math.Abs(got-wantMinutes*60) < 0.01 }
			if len(s.Intervals) != tt.want.intervals || !near(s.Present, tt.want.present) || !near(s.Away, tt.want.away) {
				t.Errorf("%d intervals, %.2f s present, %.2f s away: %+v", len(s.Intervals), s.Present, s.Away, s.Intervals)
			}
			if !s.FirstIn.Equal(at(tt.want.first)) || tt.want.lastWithheld != s.LastOut.IsZero() || !tt.want.lastWithheld && !s.LastOut.Equal(at(tt.want.last)) {
				t.Errorf("first in %v, last out %v", s.FirstIn, s.LastOut)
			}
		})
	}
}

func TestDerive_OpenIntervalOfASilentSessionEndsAtItsLastHeartbeat(t *testing.T) {
	es := []schedule.Entry{say(0, in, buyer, "x"), say(0, in, firm, "y")}
	seen := func(role schedule.Role, session string, minutes float64) schedule.Presence {
		return schedule.Presence{Event: "e", Consultation: "S20", Seat: schedule.SeatOf("S20", role), Session: session, LastSeen: at(minutes)}
	}
	a := Derive(fair(), es, at(20), seen(buyer, "x", 8), seen(firm, "y", 19.99), seen(firm, "another", 1))[0]
	if b, f := seatOf(t, a, buyer).Present, seatOf(t, a, firm).Present; b != 8*60 || f != 20*60 || a.Together != 8*60 {
		t.Errorf("buyer %v s, firm %v s, together %v s", b, f, a.Together)
	}
}

func TestDerive_Verdict(t *testing.T) {
	stay := func(role schedule.Role, from, to float64) []schedule.Entry {
		s := fmt.Sprint(role, from)
		return []schedule.Entry{say(from, in, role, s), say(to, out, role, s, schedule.LeftByChoice)}
	}
	ended := schedule.Entry{At: at(30), Event: "e", Kind: schedule.EntryPhase, Consultation: "S20", Detail: string(schedule.PhaseEnded)}
	tests := []struct {
		name     string
		entries  []schedule.Entry
		now      float64
		change   func(*schedule.Event)
		over     bool
		verdict  Verdict
		together float64
	}{
		{name: "not begun", now: -60},
		{name: "running", entries: slices.Concat(stay(firm, 0, 20), stay(buyer, 0, 20)), now: 25, together: 20},
		{name: "held", entries: slices.Concat(stay(firm, -10, 40), stay(buyer, 2, 39)), now: 41, over: true, verdict: VerdictHeld, together: 37},
		{name: "exactly long enough", entries: slices.Concat(stay(firm, 0, 10), stay(buyer, 0, 10)), now: 41, over: true, verdict: VerdictHeld, together: 10},
		{name: "in pieces", entries: slices.Concat(stay(firm, 0, 40), stay(buyer, 0, 6), stay(buyer, 20, 26)), now: 41, over: true, verdict: VerdictHeld, together: 12},
		{name: "short", entries: slices.Concat(stay(firm, 0, 40), stay(buyer, 30, 39.5)), now: 41, over: true, verdict: VerdictShort, together: 9.5},
		{name: "both came, never together", entries: slices.Concat(stay(firm, 0, 10), stay(buyer, 11, 40)), now: 41, over: true, verdict: VerdictShort},
		{name: "the buyer looked in before the start and never came again", entries: slices.Concat(stay(firm, -2, 40), stay(buyer, -9, -3)), now: 41, over: true, verdict: VerdictNoShowBuyer},
		{name: "they met before the start", entries: slices.Concat(stay(firm, -14, -1), stay(buyer, -13, -1)), now: 41, over: true, verdict: VerdictHeld, together: 12},
		{name: "both looked in before the start, one after the other", entries: slices.Concat(stay(firm, -14, -10), stay(buyer, -9, -1)), now: 41, over: true, verdict: VerdictNoShowBoth},
		{name: "no buyer", entries: stay(firm, 0, 40), now: 41, over: true, verdict: VerdictNoShowBuyer},
		{name: "no firm", entries: stay(buyer, 0, 40), now: 41, over: true, verdict: VerdictNoShowFirm},
		{name: "nobody but the interpreter", entries: stay(schedule.RoleInterpreter, 0, 40), now: 41, over: true, verdict: VerdictNoShowBoth},
		{name: "the room ended early", entries: slices.Concat(stay(firm, 0, 29), stay(buyer, 0, 29), []schedule.Entry{ended}), now: 31, over: true, verdict: VerdictHeld, together: 29},
		{name: "talking on past the end", entries: []schedule.Entry{say(0, in, firm, "x"), say(0, in, buyer, "y")}, now: 50, together: 50},
		{name: "one side hung up past the end", entries: []schedule.Entry{say(0, in, firm, "x"), say(0, in, buyer, "y"), say(45, out, buyer, "y")}, now: 50, over: true, verdict: VerdictHeld, together: 45},
		{name: "cancelled", now: 41, change: func(e *schedule.Event) { e.Consultations[0].Cancelled = true }, over: true},
		{
			name: "a short window asks for a quarter of it", entries: slices.Concat(stay(firm, 0, 4), stay(buyer, 0, 4)), now: 41,
			change: func(e *schedule.Event) { e.Consultations[0].End = at(15) }, over: true, verdict: VerdictHeld, together: 4,
		},
		{
			name: "policy asks for less", entries: slices.Concat(stay(firm, 0, 3), stay(buyer, 0, 3)), now: 41,
			change: func(e *schedule.Event) { e.Policy.ShortUnder = 2 * time.Minute }, over: true, verdict: VerdictHeld, together: 3,
		},
		{name: "a second seat of the firm counts for the firm", entries: append(stay(buyer, 0, 40),
			schedule.Entry{At: at(0), Event: "e", Kind: in, Consultation: "S20", Seat: "S20/firm/2", Session: "z"},
			schedule.Entry{At: at(30), Event: "e", Kind: out, Consultation: "S20", Seat: "S20/firm/2", Session: "z"}), now: 41, over: true, verdict: VerdictHeld, together: 30},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := fair()
			if tt.change != nil {
				tt.change(e)
			}
			es := slices.Clone(tt.entries)
			slices.SortStableFunc(es, func(a, b schedule.Entry) int { return a.At.Compare(b.At) }) // as the ledger has them
			a := Derive(e, es, at(tt.now))[0]
			if a.Over != tt.over || a.Verdict != tt.verdict || math.Abs(a.Together-tt.together*60) > 0.01 {
				t.Errorf("over %v, verdict %q, together %v s", a.Over, a.Verdict, a.Together)
			}
		})
	}
}

// word is a coordinator's verdict.
func word(minutes float64, v Verdict, reason string) schedule.Entry {
	return schedule.Entry{
		At: at(minutes), Event: "e", Kind: schedule.EntryVerdict, Consultation: "S20", By: "console-1",
		Detail: string(v), Words: reason,
	}
}

func TestDerive_ACoordinatorsNewestVerdictIsFinal(t *testing.T) {
	alone := []schedule.Entry{say(0, in, firm, "x"), say(40, out, firm, "x", schedule.LeftEnded)}
	for _, tt := range []struct {
		name    string
		words   []schedule.Entry
		verdict Verdict
		decided *Decided
	}{
		{"none", nil, VerdictNoShowBuyer, nil},
		{
			"one",
			[]schedule.Entry{word(50, schedule.VerdictByPhone, "the line was down: they called")},
			schedule.VerdictByPhone, &Decided{Verdict: schedule.VerdictByPhone, By: "console-1", At: at(50), Reason: "the line was down: they called", Derived: VerdictNoShowBuyer},
		},
		{
			"the newest by its time",
			[]schedule.Entry{word(60, schedule.VerdictTechnical, ""), word(50, VerdictHeld, "no")},
			schedule.VerdictTechnical, &Decided{Verdict: schedule.VerdictTechnical, By: "console-1", At: at(60), Derived: VerdictNoShowBuyer},
		},
		{
			"of one instant the later in the ledger",
			[]schedule.Entry{word(50, VerdictHeld, ""), word(50, VerdictShort, "")},
			VerdictShort, &Decided{Verdict: VerdictShort, By: "console-1", At: at(50), Derived: VerdictNoShowBuyer},
		},
		{"taken back", []schedule.Entry{word(50, VerdictHeld, ""), word(51, "", "")}, VerdictNoShowBuyer, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := Derive(fair(), slices.Concat(alone, tt.words), at(90))[0]
			if a.Verdict != tt.verdict {
				t.Errorf("verdict %q, want %q", a.Verdict, tt.verdict)
			}
			if d := cmp.Diff(tt.decided, a.Decided); d != "" {
				t.Error(d)
			}
		})
	}
	e := fair()
	e.Consultations[0].Cancelled = true
	if a := Derive(e, []schedule.Entry{word(50, VerdictHeld, "")}, at(90))[0]; a.Verdict != "" || a.Decided != nil {
		t.Errorf("cancelled: %+v", a)
	}
	if a := Derive(fair(), []schedule.Entry{word(11, VerdictNoShowBoth, "")}, at(12))[0]; a.Verdict != VerdictNoShowBoth || a.Over || a.Decided.Derived != "" {
		t.Errorf("while it runs: %+v", a)
	}
}

func TestDerive_AnExtendedConsultationIsOverAtItsNewEnd(t *testing.T) {
	es := []schedule.Entry{
		say(0, in, firm, "x"), say(0, in, buyer, "y"),
		{At: at(38), Event: "e", Kind: schedule.EntryExtended, Consultation: "S20", Detail: at(50).Format(time.RFC3339)},
		say(45, out, buyer, "y", schedule.LeftByChoice),
	}
	if a := Derive(fair(), es, at(46))[0]; a.Over || a.Verdict != "" || !a.ExtendedTo.Equal(at(50)) {
		t.Errorf("before the new end: over %v, %q, extended to %v", a.Over, a.Verdict, a.ExtendedTo)
	}
	if a := Derive(fair(), es, at(50))[0]; !a.Over || a.Verdict != VerdictHeld {
		t.Errorf("at the new end: over %v, %q", a.Over, a.Verdict)
	}
}

func TestDerive_ASideIsPresentWhenAnyOfItsSeatsIs(t *testing.T) {
	colleague := func(minutes float64, kind schedule.EntryKind, seat schedule.SeatID) schedule.Entry {
		return schedule.Entry{At: at(minutes), Event: "e", Kind: kind, Consultation: "S20", Seat: seat, Session: string(seat)}
	}
	a := Derive(fair(), []schedule.Entry{
		say(0, in, firm, "x"), say(10, out, firm, "x"), colleague(8, in, "S20/firm/2"), colleague(20, out, "S20/firm/2"),
		colleague(5, in, "S20/buyer/2"), colleague(12, out, "S20/buyer/2"), colleague(15, in, "S20/buyer/3"), colleague(30, out, "S20/buyer/3"),
	}, at(50))[0]
	if a.Together != 12*60 || a.Verdict != VerdictHeld { // 5 to 12 and 15 to 20
		t.Errorf("together %v s, %q", a.Together, a.Verdict)
	}
}

func TestDerive_ExpectedSeatsAreThereAndUnknownConsultationsAreNotLost(t *testing.T) {
	stranger := say(0, in, buyer, "x")
	stranger.Consultation, stranger.Seat = "S99", "S99/buyer"
	all := Derive(fair(), []schedule.Entry{stranger, say(0, in, schedule.RoleObserver, "o")}, at(5))
	if len(all) != 2 || all[1].Consultation != "S99" || len(all[1].Seats) != 1 || all[1].Verdict != "" {
		t.Fatalf("%+v", all)
	}
	var roles []schedule.Role
	for _, s := range all[0].Seats {
		roles = append(roles, s.Role)
	}
	if want := []schedule.Role{firm, buyer, schedule.RoleInterpreter, schedule.RoleObserver}; !slices.Equal(roles, want) {
		t.Errorf("seats %v", roles)
	}
}

// history is a random but possible life of several sessions on the seats of
// one consultation, no two entries at the same millisecond.
func history(rt *rapid.T) []schedule.Entry {
	var es []schedule.Entry
	now := base()
	step := func() time.Time {
		now = now.Add(time.Duration(rapid.Int64Range(1, 300_000).Draw(rt, "ms")) * time.Millisecond)
		return now
	}
	for range rapid.IntRange(0, 40).Draw(rt, "entries") {
		e := say(0, rapid.SampledFrom([]schedule.EntryKind{in, in, out, away, back, schedule.EntrySourceFlowing}).Draw(rt, "kind"),
			rapid.SampledFrom([]schedule.Role{firm, buyer, schedule.RoleInterpreter}).Draw(rt, "role"),
			rapid.SampledFrom([]string{"x", "y", "z"}).Draw(rt, "session"))
		if e.Kind == out {
			e.Detail = string(rapid.SampledFrom([]schedule.LeaveReason{schedule.LeftByChoice, schedule.LeftLost, schedule.LeftNodeDied}).Draw(rt, "reason"))
		}
		e.At = step()
		es = append(es, e)
	}
	return es
}

func TestDerive_UnionIsNeverMoreThanTheWallTime(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		es := history(rt)
		now := base().Add(4 * time.Hour)
		a := Derive(fair(), es, now)[0]
		shortest := math.Inf(1)
		for _, s := range a.Seats {
			var sum, longest float64
			for _, iv := range s.Intervals {
				d := iv.To.Sub(iv.From).Seconds()
				if d < 0 {
					rt.Fatalf("interval runs backwards: %+v", iv)
				}
				sum, longest = sum+d, max(longest, d)
			}
			wall := 0.0
			if len(s.Intervals) > 0 {
				wall = now.Sub(s.FirstIn).Seconds()
			}
			if s.Present > wall+1e-6 || s.Present > sum+1e-6 || s.Present < longest-1e-6 || s.Away < 0 || s.Away > s.Present {
				rt.Fatalf("present %v, away %v, wall %v, sum %v, longest %v", s.Present, s.Away, wall, sum, longest)
			}
			if s.Role == firm || s.Role == buyer {
				shortest = min(shortest, s.Present)
			}
		}
		if a.Together > shortest+1e-6 {
			rt.Fatalf("together %v, one side was there for %v", a.Together, shortest)
		}
	})
}

// TestDerive_OrderOfNodesInTheLedgerDoesNotMatter: each node's entries come in
// its order, and those of the others anywhere between them.
func TestDerive_OrderOfNodesInTheLedgerDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		es := history(rt)
		queues := map[string][]schedule.Entry{}
		for i := range es {
			es[i].Node = "node of " + es[i].Session
			queues[es[i].Node] = append(queues[es[i].Node], es[i])
		}
		want := Derive(fair(), es, at(300))
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		var mixed []schedule.Entry
		for len(mixed) < len(es) {
			node := es[random.IntN(len(es))].Node
			if q := queues[node]; len(q) > 0 {
				mixed, queues[node] = append(mixed, q[0]), q[1:]
			}
		}
		if d := cmp.Diff(want, Derive(fair(), mixed, at(300))); d != "" {
			rt.Fatal(d)
		}
	})
}

func TestDerive_EndedPresenceOnlyGrowsWithTheLedger(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		es := history(rt)
		until := make(map[schedule.SeatID]float64)
		for n := range len(es) + 1 {
			now := base()
			if n > 0 {
				now = es[n-1].At
			}
			for _, s := range Derive(fair(), es[:n], now)[0].Seats {
				if s.Present < until[s.Seat]-1e-6 {
					rt.Fatalf("%s had %v s before entry %d and has %v s after it", s.Seat, until[s.Seat], n, s.Present)
				}
				until[s.Seat] = s.Present
			}
		}
	})
}

// Who looks in before the start, goes and comes back late is late.
func TestDerive_LateIsWhoWasNotThereAtTheStart(t *testing.T) {
	for _, tt := range []struct {
		name string
		es   []schedule.Entry
		late float64
	}{
		{"there at the start", []schedule.Entry{say(-9, in, buyer, "x"), say(20, out, buyer, "x", schedule.LeftByChoice)}, 0},
		{"looked in, came back late", []schedule.Entry{
			say(-9, in, buyer, "x"), say(-5, out, buyer, "x", schedule.LeftByChoice),
			say(6, in, buyer, "y"), say(20, out, buyer, "y", schedule.LeftByChoice),
		}, 6 * 60},
		{"looked in alone", []schedule.Entry{say(-9, in, buyer, "x"), say(-5, out, buyer, "x", schedule.LeftByChoice)}, 0},
		{"came late, left, came again", []schedule.Entry{
			say(3, in, buyer, "x"), say(4, out, buyer, "x", schedule.LeftByChoice), say(6, in, buyer, "y"), say(20, out, buyer, "y", schedule.LeftByChoice),
		}, 3 * 60},
	} {
		if got := seatOf(t, Derive(fair(), tt.es, at(41))[0], buyer).Late; got != tt.late {
			t.Errorf("%s: %v s late, want %v", tt.name, got, tt.late)
		}
	}
}
