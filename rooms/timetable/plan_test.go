package timetable

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sangdam/rooms/schedule"
)

func draft(t testing.TB, text string) *schedule.Event {
	t.Helper()
	d, problems := Import([]byte(text), "a.csv")
	if d == nil {
		t.Fatal(problems)
	}
	return d.Event
}

func TestPlan_TellsWhatIsCreatedChangedAndCancelled(t *testing.T) {
	old, _ := Plan(nil, draft(t, header+row()+row("consultation", "S02", "start", "11:00", "end", "11:40")+row("consultation", "S03", "start", "13:00", "end", "13:40")), nil)
	old.ID, old.Name, old.Policy.Seats, old.Revision = "fair", "Fair", 5, 7
	old.Buyers[0].Phone = "+1 000"
	old.Buyers = append(old.Buyers, schedule.Buyer{ID: "y-2", Name: "Reserve", Country: "US", Zone: "America/New_York", Language: "en", StandBy: true})
	now, changes := Plan(old, draft(t, header+row()+
		row("consultation", "S02", "start", "11:30", "end", "12:10", "booth", "Booth 2", "interpreter", "", "interpreter_languages", "")+
		row("consultation", "S04", "start", "15:00", "end", "15:40", "firm", "FIRM  01", "firm_products", "")), nil)
	want := Changes{
		Created: []schedule.ConsultationID{"S04"},
		Changed: []Change{{Consultation: "S02", Fields: []FieldChange{
			{"start", "2021-12-06T02:00:00Z", "2021-12-06T02:30:00Z"},
			{"end", "2021-12-06T02:40:00Z", "2021-12-06T03:10:00Z"},
			{"booth", "Booth 1", "Booth 2"},
			{"interpreter", "Interpreter EN", ""},
		}}},
		Cancelled: []schedule.ConsultationID{"S03"}, Unchanged: []schedule.ConsultationID{"S01"}, Refused: []Change{},
		Parties: []PartyChange{{Kind: "booth", ID: opaque("b", "Booth 2"), Name: "Booth 2", Op: "created"}},
	}
	if d := cmp.Diff(want, changes); d != "" {
		t.Error(d)
	}
	if now.ID != "fair" || now.Name != "Fair" || now.Policy.Seats != 5 || now.Revision != 7 || len(now.Buyers) != 2 || now.Buyers[0].Phone != "+1 000" || len(now.Firms) != 1 {
		t.Errorf("%+v", now)
	}
	var sequences []string
	for _, c := range now.Consultations {
		sequences = append(sequences, fmt.Sprintf("%s %d %v", c.ID, c.Sequence, c.Cancelled))
	}
	if want := []string{"S01 0 false", "S02 1 false", "S03 1 true", "S04 0 false"}; !slices.Equal(sequences, want) {
		t.Errorf("%v, want %v", sequences, want)
	}
	if old.Consultations[1].Sequence != 0 || old.Consultations[2].Cancelled {
		t.Error("the old event was changed")
	}
	if err := now.Validate(); err != nil {
		t.Error(err)
	}
}

func TestPlan_LiveAndEndedConsultationsAreLeftAlone(t *testing.T) {
	rooms := Rooms{
		"S01": {Phase: schedule.PhaseLive}, "S02": {Phase: schedule.PhaseClosing}, "S03": {EndedAt: time.Unix(1, 0)}, "S04": {Phase: schedule.PhaseWaiting},
	}
	four := func(change ...string) string {
		s := header
		for i := range 4 {
			s += row(append([]string{"consultation", fmt.Sprintf("S%02d", i+1), "start", fmt.Sprintf("1%d:00", i), "end", fmt.Sprintf("1%d:40", i)}, change...)...)
		}
		return s
	}
	old := draft(t, four())
	old.ID = "fair"
	now, changes := Plan(old, draft(t, four("firm", "Firm 02")), rooms)
	var why []string
	for _, r := range changes.Refused {
		why = append(why, string(r.Consultation)+r.Why+r.Fields[0].Field)
	}
	if want := []string{"S01livefirm", "S02livefirm", "S03endedfirm"}; !slices.Equal(why, want) || len(changes.Changed) != 1 {
		t.Errorf("%+v", changes)
	}
	if d := cmp.Diff(old.Consultations[:3], now.Consultations[:3]); d != "" || now.Consultations[3].Firm == old.Consultations[3].Firm {
		t.Error(d)
	}
	if err := now.Validate(); err != nil || len(now.Firms) != 2 {
		t.Errorf("%v, %v", err, now.Firms)
	}
	_, changes = Plan(old, draft(t, header+row("consultation", "S09")), rooms)
	if len(changes.Refused) != 3 || !slices.Equal(changes.Cancelled, []schedule.ConsultationID{"S04"}) {
		t.Errorf("%+v", changes)
	}
}

func TestPlan_ACancelledConsultationThatComesBackIsRestored(t *testing.T) {
	both := header + row() + row("consultation", "S02", "start", "11:00", "end", "11:40")
	first, _ := Plan(nil, draft(t, both), nil)
	second, _ := Plan(first, draft(t, header+row()), nil)
	third, changes := Plan(second, draft(t, both), nil)
	if len(changes.Changed) != 1 || changes.Changed[0].Fields[0] != (FieldChange{"cancelled", "true", "false"}) || third.Consultations[1].Cancelled || third.Consultations[1].Sequence != 2 {
		t.Errorf("%+v", changes)
	}
}

// Whatever was before, applying a draft and then the same draft again changes
// nothing, and every consultation of the draft is as the draft has it.
func TestPlan_IsIdempotent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		random := func(label string) *schedule.Event {
			s := header
			for i := range rapid.IntRange(1, 6).Draw(rt, label) {
				pick := func(what string) string { return fmt.Sprint(what, " ", rapid.IntRange(1, 3).Draw(rt, what)) }
				h := rapid.IntRange(9, 17).Draw(rt, "hour")
				s += row("consultation", fmt.Sprintf("S%02d", i*rapid.IntRange(1, 2).Draw(rt, "step")+100*i), "booth", pick("Booth"), "firm", pick("Firm"), "buyer", pick("Buyer"), "interpreter", pick("Interpreter"),
					"start", fmt.Sprintf("%02d:00", h), "end", fmt.Sprintf("%02d:30", h))
			}
			return draft(t, s)
		}
		old, _ := Plan(nil, random("old"), nil)
		next := random("new")
		once, first := Plan(old, next, nil)
		twice, second := Plan(once, next, nil)
		if !second.Empty() {
			rt.Fatalf("%+v", second)
		}
		if d := cmp.Diff(once, twice); d != "" {
			rt.Fatal(d)
		}
		once.ID = "e"
		if err := once.Validate(); err != nil {
			rt.Fatal(err)
		}
		if n := len(first.Created) + len(first.Changed) + len(first.Cancelled) + len(first.Unchanged); n != len(once.Consultations) {
			rt.Fatalf("%d told, %d are there", n, len(once.Consultations))
		}
		for _, c := range next.Consultations {
			got, _ := once.Consultation(c.ID)
			if got.Sequence = 0; got != c {
				rt.Fatalf("%s: %s", c.ID, cmp.Diff(c, got))
			}
		}
	})
}

func TestPlan_TenThousandConsultationsTakeNoTime(t *testing.T) {
	var b strings.Builder
	b.WriteString(header)
	for i := range MaxRows {
		b.WriteString(row("consultation", fmt.Sprint("S", i), "firm", fmt.Sprint("Firm ", i), "buyer", fmt.Sprint("Buyer ", i), "interpreter", fmt.Sprint("Interpreter ", i), "booth", fmt.Sprint("Booth ", i%500)))
	}
	began := time.Now()
	e := draft(t, b.String())
	old, _ := Plan(nil, e, nil)
	moved := Shift(e, time.Hour)
	_, changes := Plan(old, moved, nil)
	conflicts := Check(old)
	if len(changes.Changed) != MaxRows || len(conflicts) != maxOverlaps {
		t.Errorf("%d changed, %d conflicts", len(changes.Changed), len(conflicts))
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("took %v", took)
	}
}
