package schedule_test

import (
	"slices"
	"testing"
	"time"

	"sangdam/rooms/schedule"
)

func TestAlerts_WhoIsMissingAndWhen(t *testing.T) {
	const firm, buyer, interpreter = schedule.RoleFirm, schedule.RoleBuyer, schedule.RoleInterpreter
	for _, tt := range []struct {
		name     string
		now      float64
		phase    schedule.Phase
		came     []schedule.Role
		late     []schedule.Role
		noShow   []schedule.Role
		proposed schedule.Verdict
		next     float64 // 0: never
	}{
		{"before", -5, schedule.PhaseOpen, nil, nil, nil, "", 2},
		{"a moment before it is late", 1.99, schedule.PhaseOpen, nil, nil, nil, "", 2},
		{"late", 2, schedule.PhaseOpen, nil, []schedule.Role{firm, buyer, interpreter}, nil, "", 10},
		{"one is here", 5, schedule.PhaseWaiting, []schedule.Role{firm}, []schedule.Role{buyer, interpreter}, nil, "", 10},
		{"all came", 5, schedule.PhaseLive, []schedule.Role{interpreter, buyer, firm}, nil, nil, "", 0},
		{"no buyer", 10, schedule.PhaseWaiting, []schedule.Role{firm, interpreter}, nil, []schedule.Role{buyer}, schedule.VerdictNoShowBuyer, 0},
		{"no firm, no interpreter", 10, schedule.PhaseWaiting, []schedule.Role{buyer}, []schedule.Role{interpreter}, []schedule.Role{firm}, schedule.VerdictNoShowFirm, 0},
		{"nobody", 59, schedule.PhaseOpen, nil, []schedule.Role{interpreter}, []schedule.Role{firm, buyer}, schedule.VerdictNoShowBoth, 0},
		{"over: the interpreter matters no more", 60, schedule.PhaseEnded, []schedule.Role{firm}, nil, []schedule.Role{buyer}, schedule.VerdictNoShowBuyer, 0},
		{"cancelled", 30, schedule.PhaseCancelled, nil, nil, nil, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			alerts, next := meeting().Alerts(schedule.Policy{}, schedule.Clock{Phase: tt.phase}, tt.came, nil, at(tt.now))
			var late, noShow []schedule.Role
			var proposed schedule.Verdict
			for _, a := range alerts {
				switch a.Kind {
				case schedule.AlertLate:
					late = a.Roles
					if !a.Since.Equal(at(2)) || a.Proposed != "" {
						t.Errorf("late: %+v", a)
					}
				case schedule.AlertNoShow:
					noShow, proposed = a.Roles, a.Proposed
					if !a.Since.Equal(at(10)) {
						t.Errorf("no-show: %+v", a)
					}
				}
			}
			if !slices.Equal(late, tt.late) || !slices.Equal(noShow, tt.noShow) || proposed != tt.proposed {
				t.Errorf("late %v, no-show %v, proposed %q", late, noShow, proposed)
			}
			if want := orZero(tt.next); !next.Equal(want) {
				t.Errorf("next %v, want %v", next, want)
			}
		})
	}
	p := schedule.Policy{LateAfter: time.Minute, NoShowAfter: 3 * time.Minute}
	if alerts, _ := meeting().Alerts(p, schedule.Clock{}, nil, nil, at(3)); len(alerts) != 2 || alerts[0].Kind != schedule.AlertNoShow {
		t.Errorf("by the event's policy: %+v", alerts)
	}
}

// S03 needs booth B1 and buyer Y2 of fair's others; who of them is extended
// past its start holds it up.
func TestNeededAt_WaitsForWhoIsExtended(t *testing.T) {
	e := fair()
	s01, _ := e.Consultation("S01")
	for _, tt := range []struct {
		name     string
		extended map[schedule.ConsultationID]time.Time
		want     float64
	}{
		{"nobody", nil, 70},
		{"itself", map[schedule.ConsultationID]time.Time{"S01": at(75)}, 70},
		{"who shares the buyer of the next", map[schedule.ConsultationID]time.Time{"S02": at(80)}, 80},
		{"not past the next one's start", map[schedule.ConsultationID]time.Time{"S02": at(65)}, 70},
		{"the next itself", map[schedule.ConsultationID]time.Time{"S03": at(125)}, 70},
		{"the one after that, too", map[schedule.ConsultationID]time.Time{"S02": at(200)}, 200},
	} {
		if got := e.NeededAt(s01, tt.extended); !got.Equal(at(tt.want)) {
			t.Errorf("%s: %v, want minute %v", tt.name, got.Sub(start), tt.want)
		}
	}
}

func TestSeatNumber_AndBack(t *testing.T) {
	for n, want := range map[int]schedule.SeatID{0: "S01/firm", 1: "S01/firm", 2: "S01/firm/2", 12: "S01/firm/12"} {
		seat := schedule.SeatNumber("S01", schedule.RoleFirm, n)
		if seat != want || seat.Number() != max(n, 1) {
			t.Errorf("%d: %q, back %d", n, seat, seat.Number())
		}
	}
	for _, bad := range []schedule.SeatID{"S01/firm/", "S01/firm/1", "S01/firm/0", "S01/firm/-2", "S01/firm/02", "S01/firm/2/2", "S01/firm/+2", "S01"} {
		if n := bad.Number(); n != 0 {
			t.Errorf("%q is number %d", bad, n)
		}
	}
}

func TestGrants_ColleaguesHaveSeatsOfTheirOwn(t *testing.T) {
	e := fair()
	g := schedule.Grants{Event: e.ID, Kind: schedule.LinkPerson, Role: schedule.RoleFirm, Party: "F1", Seat: 2}
	if seat, ok := e.SeatIn(g, "S01"); !ok || seat != "S01/firm/2" {
		t.Errorf("the second seat: %q %v", seat, ok)
	}
	g.Seat = 4
	if _, ok := e.SeatIn(g, "S01"); ok {
		t.Error("more seats than the policy has")
	}
	e.Policy.Seats = 4
	if _, ok := e.SeatIn(g, "S01"); !ok {
		t.Error("the policy has four")
	}
}

func TestNoteTarget_Reaches(t *testing.T) {
	for _, tt := range []struct {
		to   schedule.NoteTarget
		seat schedule.SeatID
		want bool
	}{
		{schedule.NoteTarget{}, "S01/firm", false},
		{schedule.NoteTarget{}, "", false},
		{schedule.NoteTarget{Seat: "S01/firm"}, "S01/firm", true},
		{schedule.NoteTarget{Seat: "S01/firm"}, "S01/firm/2", false},
		{schedule.NoteTarget{Consultation: "S01"}, "S01/firm/2", true},
		{schedule.NoteTarget{Consultation: "S01"}, "S02/firm", false},
		{schedule.NoteTarget{Everybody: true}, "S02/firm", true},
	} {
		if got := tt.to.Reaches(tt.seat); got != tt.want {
			t.Errorf("%+v to %q: %v", tt.to, tt.seat, got)
		}
	}
}

func TestAlerts_AreQuietWhileEverybodyMissingIsExpected(t *testing.T) {
	const firm, buyer = schedule.RoleFirm, schedule.RoleBuyer
	coming := func(r schedule.Role, said float64, minutes int) schedule.Contacted {
		return schedule.Contacted{At: at(said), Role: r, Outcome: schedule.ContactComing, Minutes: minutes}
	}
	declined := schedule.Contacted{At: at(5), Role: buyer, Outcome: schedule.ContactDeclined}
	for name, tt := range map[string]struct {
		now      float64
		came     []schedule.Role
		contacts []schedule.Contacted
		expected float64 // 0: not
		next     float64 // 0: never
	}{
		"nobody was called":              {4, []schedule.Role{firm}, nil, 0, 10},
		"the buyer is on the way":        {4, []schedule.Role{firm}, []schedule.Contacted{coming(buyer, 3, 5)}, 8, 8},
		"not the last who is missing":    {4, nil, []schedule.Contacted{coming(buyer, 3, 5)}, 0, 10},
		"both are, the later one counts": {4, nil, []schedule.Contacted{coming(buyer, 3, 5), coming(firm, 3, 6)}, 9, 9},
		"the time has come":              {8, []schedule.Role{firm}, []schedule.Contacted{coming(buyer, 3, 5)}, 0, 10},
		"again, and later":               {8, []schedule.Role{firm}, []schedule.Contacted{coming(buyer, 3, 5), coming(buyer, 8, 10)}, 18, 10},
		"came to think better of it":     {5, []schedule.Role{firm}, []schedule.Contacted{coming(buyer, 3, 30), declined}, 0, 10},
		"a no-show that is on the way":   {11, []schedule.Role{firm}, []schedule.Contacted{coming(buyer, 9, 6)}, 15, 15},
	} {
		c := meeting()
		c.Interpreter = ""
		alerts, next := c.Alerts(schedule.Policy{}, schedule.Clock{Phase: schedule.PhaseWaiting}, tt.came, tt.contacts, at(tt.now))
		if len(alerts) != 1 || !alerts[0].ExpectedAt.Equal(orZero(tt.expected)) || !next.Equal(orZero(tt.next)) {
			t.Errorf("%s: %+v, next %v", name, alerts, next)
		}
		if alerts[0].Kind == schedule.AlertLate && !alerts[0].CallAt.Equal(at(3)) {
			t.Errorf("%s: called from %v", name, alerts[0].CallAt)
		}
	}
	over, _ := meeting().Alerts(schedule.Policy{}, schedule.Clock{Phase: schedule.PhaseEnded}, []schedule.Role{firm}, []schedule.Contacted{coming(buyer, 59, 60)}, at(61))
	if len(over) != 1 || !over[0].ExpectedAt.IsZero() {
		t.Errorf("after the end nobody is expected: %+v", over)
	}
	early, _ := meeting().Alerts(schedule.Policy{CallAfter: 5 * time.Minute}, schedule.Clock{}, nil, nil, at(2))
	if len(early) != 1 || !early[0].CallAt.Equal(at(5)) {
		t.Errorf("by the event's policy: %+v", early)
	}
}
