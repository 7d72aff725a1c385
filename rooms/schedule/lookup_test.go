package schedule_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sangdam/rooms/schedule"
)

func fair() *schedule.Event {
	c := func(id schedule.ConsultationID, minute float64, booth schedule.BoothID, firm schedule.FirmID, buyer schedule.BuyerID, in schedule.InterpreterID) schedule.Consultation {
		return schedule.Consultation{ID: id, Start: at(minute), End: at(minute + 60), Booth: booth, Firm: firm, Buyer: buyer, Interpreter: in}
	}
	return &schedule.Event{
		ID: "E1", Name: "Fair", Zone: "Asia/Seoul", Language: "ko",
		Firms:        []schedule.Firm{{ID: "F1", Name: "Loom"}, {ID: "F2", Name: "Dye"}},
		Buyers:       []schedule.Buyer{{ID: "Y1", Name: "Acme", Country: "VN", Zone: "Asia/Ho_Chi_Minh", Language: "vi"}, {ID: "Y2", Name: "Best", Country: "US", Zone: "America/New_York", Language: "en"}},
		Interpreters: []schedule.Interpreter{{ID: "I1", Name: "Kim", Languages: []string{"vi", "ko"}}},
		Booths:       []schedule.Booth{{ID: "B1", Name: "Booth 1"}, {ID: "B2", Name: "Booth 2"}},
		Consultations: []schedule.Consultation{
			c("S01", 0, "B1", "F1", "Y1", "I1"),
			c("S02", 0, "B2", "F2", "Y2", ""),
			c("S03", 70, "B1", "F2", "Y2", ""),
			c("S04", 120, "B2", "F1", "Y2", "I1"),
		},
	}
}

func seatNames(seats []schedule.SeatOn) (ids []string) {
	for _, s := range seats {
		ids = append(ids, string(s.Seat))
	}
	return ids
}

func TestSeats_FollowTheTimetable(t *testing.T) {
	e := fair()
	person := func(r schedule.Role, party string) schedule.Grants {
		return schedule.Grants{Event: "E1", Kind: schedule.LinkPerson, Role: r, Party: party}
	}
	for _, tt := range []struct {
		name   string
		grants schedule.Grants
		want   string
	}{
		{"a firm", person(schedule.RoleFirm, "F1"), "S01/firm S04/firm"},
		{"a buyer", person(schedule.RoleBuyer, "Y2"), "S02/buyer S03/buyer S04/buyer"},
		{"an interpreter", person(schedule.RoleInterpreter, "I1"), "S01/interpreter S04/interpreter"},
		{"a booth", schedule.Grants{Event: "E1", Kind: schedule.LinkBooth, Role: schedule.RoleFirm, Booth: "B1"}, "S01/firm S03/firm"},
		{"an unknown party", person(schedule.RoleBuyer, "Y9"), ""},
		{"no party is not the empty interpreter", person(schedule.RoleInterpreter, ""), ""},
		{"a console has no seat", schedule.Grants{Event: "E1", Kind: schedule.LinkConsole, Role: schedule.RoleCoordinator}, ""},
		{"another event", schedule.Grants{Event: "E2", Kind: schedule.LinkPerson, Role: schedule.RoleFirm, Party: "F1"}, ""},
	} {
		if got := strings.Join(seatNames(e.Seats(tt.grants)), " "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		for _, c := range e.Consultations {
			seat, ok := e.SeatIn(tt.grants, c.ID)
			if listed := slices.Contains(strings.Fields(tt.want), string(seat)); ok != listed {
				t.Errorf("%s in %s: %q %v, but the list says %v", tt.name, c.ID, seat, ok, listed)
			}
		}
	}
}

func TestNeededAt_AnySharedPartyOrBooth(t *testing.T) {
	e := fair()
	want := map[schedule.ConsultationID]float64{
		"S01": 70, // booth B1
		"S02": 70, // firm F2, buyer Y2
		"S03": 120,
		"S04": 0,
	}
	for _, c := range e.Consultations {
		if got := e.NeededAt(c, nil); !got.Equal(orZero(want[c.ID])) {
			t.Errorf("%s: %v, want minute %v", c.ID, got, want[c.ID])
		}
	}
	e.Consultations[2].Cancelled = true
	if got := e.NeededAt(e.Consultations[0], nil); !got.Equal(at(120)) { // then the firm and interpreter of S04
		t.Errorf("a cancelled consultation needs nobody: %v", got)
	}
}

func TestHasSeat_OnlyItsOwn(t *testing.T) {
	c, _ := fair().Consultation("S02")
	for seat, want := range map[schedule.SeatID]bool{
		"S02/firm": true, "S02/buyer": true, "S02/buyer/2": true, "S02/observer": true,
		"S02/buyer/1": false, "S02/buyer/02": false, "S02/buyer/x": false, "S02/buyer/2/3": false, "S02/buyer/": false,
		"S02/interpreter": false, "S01/firm": false, "S02/coordinator": false, "": false,
	} {
		if c.HasSeat(seat) != want {
			t.Errorf("%q: %v, want %v", seat, !want, want)
		}
	}
}

func TestSeatName_AndLanguage(t *testing.T) {
	e := fair()
	for seat, want := range map[schedule.SeatID][2]string{
		"S01/firm": {"Loom", "ko"}, "S01/buyer": {"Acme", "vi"}, "S01/interpreter": {"Kim", "vi"},
		"S02/interpreter": {"", ""}, "S01/observer": {"", "ko"}, "S99/firm": {"", ""},
	} {
		if got := [2]string{e.SeatName(seat), e.SeatLanguage(seat)}; got != want {
			t.Errorf("%s: %v, want %v", seat, got, want)
		}
	}
}

func TestValidate_NamesEverythingThatIsWrong(t *testing.T) {
	if err := fair().Validate(); err != nil {
		t.Fatalf("a good event: %v", err)
	}
	for want, spoil := range map[string]func(e *schedule.Event){
		"event: bad id":                           func(e *schedule.Event) { e.ID = "a b" },
		`unknown zone "Asia/Yangju"`:              func(e *schedule.Event) { e.Zone = "Asia/Yangju" },
		`buyer Y1: unknown zone ""`:               func(e *schedule.Event) { e.Buyers[0].Zone = "" },
		"firm F1: twice":                          func(e *schedule.Event) { e.Firms[1].ID = "F1" },
		`S01: unknown booth "B9"`:                 func(e *schedule.Event) { e.Consultations[0].Booth = "B9" },
		`S01: unknown firm "F9"`:                  func(e *schedule.Event) { e.Consultations[0].Firm = "F9" },
		`S01: unknown buyer "Y9"`:                 func(e *schedule.Event) { e.Consultations[0].Buyer = "Y9" },
		`S01: unknown interpreter "I9"`:           func(e *schedule.Event) { e.Consultations[0].Interpreter = "I9" },
		"S01: ends at":                            func(e *schedule.Event) { e.Consultations[0].End = start },
		"S02: out of order":                       func(e *schedule.Event) { e.Consultations[1].Start = at(-1) },
		"policy: grace is negative":               func(e *schedule.Event) { e.Policy.Grace = -1 },
		"policy: warnings must be positive":       func(e *schedule.Event) { e.Policy.Warnings = []time.Duration{1, 2} },
		`consultation: bad id "` + long65() + `"`: func(e *schedule.Event) { e.Consultations[3].ID = schedule.ConsultationID(long65()) },
	} {
		e := fair()
		spoil(e)
		if err := e.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in: %v", want, err)
		}
	}
}

func long65() string { return strings.Repeat("x", 65) }
