package timetable

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sangdam/rooms/schedule"
)

// refusal is the code of an error and the consultation that it is about.
func refusal(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var r *Refusal
	if !errors.As(err, &r) {
		t.Fatalf("%T is no refusal: %v", err, err)
	}
	if strings.Contains(r.Words("en")+r.Words("ko"), "{") || r.Words("en") == r.Words("ko") {
		t.Errorf("no words for %s: %s, %s", r.Code, r.Words("en"), r.Words("ko"))
	}
	return strings.TrimSpace(string(r.Code) + " " + string(r.Consultation))
}

func TestApply_DoesEachChangeAndRecordsIt(t *testing.T) {
	e := yangju(t)
	e.Buyers = append(e.Buyers, schedule.Buyer{ID: "y-reserve", Name: "Reserve", Country: "FR", Zone: "Europe/Paris", Language: "fr", StandBy: true})
	s01, _ := e.Consultation("S01")
	s02, _ := e.Consultation("S02")
	free := e.Interpreters[5].ID
	seats := e.Policy
	seats.Seats = 4
	get := func(out *schedule.Event, id schedule.ConsultationID) schedule.Consultation {
		c, _ := out.Consultation(id)
		return c
	}
	tests := []struct {
		edit  Edit
		check func(out *schedule.Event) bool
		said  string
	}{
		{Edit{Op: OpReschedule, Consultation: "S01", Start: "2021-12-06T12:00"}, func(out *schedule.Event) bool {
			c := get(out, "S01")
			return c.Start.Equal(time.Date(2021, 12, 6, 3, 0, 0, 0, time.UTC)) && c.End.Sub(c.Start) == 40*time.Minute && c.Sequence == 1
		}, "S01: start 2021-12-06T00:00:00Z → 2021-12-06T03:00:00Z, end 2021-12-06T00:40:00Z → 2021-12-06T03:40:00Z"},
		{Edit{Op: OpReschedule, Consultation: "S01", Start: "2021-12-06T09:10:00+09:00", End: "2021-12-06T09:40"}, func(out *schedule.Event) bool { return get(out, "S01").End.Equal(s01.End) }, "S01: start 2021-12-06T00:00:00Z → 2021-12-06T00:10:00Z"},
		{Edit{Op: OpReschedule, Consultation: "S01", Start: "2021-12-06T12:00", Booth: s02.Booth}, func(out *schedule.Event) bool {
			c := get(out, "S01")
			return c.Booth == s02.Booth && c.Start.Equal(time.Date(2021, 12, 6, 3, 0, 0, 0, time.UTC))
		}, "S01: start 2021-12-06T00:00:00Z → 2021-12-06T03:00:00Z, end 2021-12-06T00:40:00Z → 2021-12-06T03:40:00Z, booth Booth 1 → Booth 2"},
		{Edit{Op: OpMoveBooth, Consultation: "S01", Booth: s02.Booth}, func(out *schedule.Event) bool { return get(out, "S01").Booth == s02.Booth }, "S01: booth Booth 1 → Booth 2"},
		{Edit{Op: OpSwapBooths, Consultation: "S01", Other: "S02"}, func(out *schedule.Event) bool {
			return get(out, "S02").Booth == s01.Booth && get(out, "S02").Sequence == 1
		}, "S01: booth Booth 1 → Booth 2; S02: booth Booth 2 → Booth 1"},
		{Edit{Op: OpCancel, Consultation: "S01"}, func(out *schedule.Event) bool { return get(out, "S01").Cancelled }, "S01: cancelled false → true"},
		{Edit{Op: OpSetInterpreter, Consultation: "S01"}, func(out *schedule.Event) bool { return get(out, "S01").Interpreter == "" }, "S01: interpreter Interpreter EN → "},
		{Edit{Op: OpSetInterpreter, Consultation: "S01", Interpreter: free}, func(out *schedule.Event) bool { return get(out, "S01").Interpreter == free }, "S01: interpreter Interpreter EN → " + e.Interpreters[5].Name},
		{Edit{Op: OpReplaceBuyer, Consultation: "S01", Buyer: "y-reserve"}, func(out *schedule.Event) bool {
			b, _ := out.Buyer("y-reserve")
			return get(out, "S01").Buyer == "y-reserve" && !b.StandBy
		}, "S01: buyer Buyer US-1 → Reserve; buyer Reserve changed: stand_by true → false"},
		{Edit{Op: OpCreate, Start: "2021-12-06T12:00", End: "2021-12-06T12:30", Booth: s01.Booth, Firm: s01.Firm, Buyer: s02.Buyer}, func(out *schedule.Event) bool {
			return get(out, "S36").Buyer == s02.Buyer && len(out.Consultations) == 36
		}, "created S36"},
		{Edit{Op: OpAddStandBy, NewBuyer: &schedule.Buyer{ID: "mine", Name: " Li ", Country: "cn", Zone: "Asia/Shanghai", Language: "zh"}}, func(out *schedule.Event) bool {
			b := out.Buyers[len(out.Buyers)-1]
			return b.Name == "Li" && b.Country == "CN" && b.Language == "zh-Hans" && b.StandBy && b.ID == schedule.BuyerID(opaque("y", "li"))
		}, "buyer Li created"},
		{Edit{Op: OpSetPolicy, Policy: &seats}, func(out *schedule.Event) bool { return out.Policy.Seats == 4 }, "seats"},
	}
	for _, tt := range tests {
		before, _ := json.Marshal(e)
		got, err := Apply(e, nil, tt.edit)
		if err != nil {
			t.Errorf("%s: %v", tt.edit.Op, err)
			continue
		}
		if after, _ := json.Marshal(e); string(after) != string(before) {
			t.Errorf("%s changed the event it was given", tt.edit.Op)
		}
		if err := got.Event.Validate(); err != nil {
			t.Errorf("%s: %v", tt.edit.Op, err)
		}
		if !tt.check(got.Event) {
			t.Errorf("%s is not done", tt.edit.Op)
		}
		if s := phraseOf(got.Summary); s != tt.said {
			t.Errorf("%s: said %q, want %q", tt.edit.Op, s, tt.said)
		}
	}
}

// phraseOf writes a summary down for comparison.
func phraseOf(s Summary) string {
	var out []string
	fields := func(all []FieldChange) string {
		var f []string
		for _, c := range all {
			f = append(f, c.Field+" "+c.From+" → "+c.To)
		}
		return strings.Join(f, ", ")
	}
	for _, id := range s.Created {
		out = append(out, "created "+string(id))
	}
	for _, c := range s.Changed {
		out = append(out, string(c.Consultation)+": "+fields(c.Fields))
	}
	for _, p := range s.Parties {
		out = append(out, strings.TrimSuffix(p.Kind+" "+p.Name+" "+p.Op+": "+fields(p.Fields), ": "))
	}
	for _, p := range s.Policy {
		out = append(out, p.Field)
	}
	return strings.Join(out, "; ")
}

func TestApply_RefusesWithTheReason(t *testing.T) {
	e := yangju(t)
	e.Consultations[9].Cancelled = true
	gone := e.Consultations[9].ID
	rooms := Rooms{"S02": {Phase: schedule.PhaseLive}, "S03": {Phase: schedule.PhaseEnded}}
	s01 := e.Consultations[0]
	create := func(change func(*Edit)) Edit {
		x := Edit{Op: OpCreate, Start: "2021-12-06T12:00", End: "2021-12-06T12:30", Booth: s01.Booth, Firm: s01.Firm, Buyer: s01.Buyer}
		change(&x)
		return x
	}
	buyer := func(change func(*schedule.Buyer)) Edit {
		b := schedule.Buyer{Name: "Li", Country: "CN", Zone: "Asia/Shanghai", Language: "zh"}
		change(&b)
		return Edit{Op: OpAddStandBy, NewBuyer: &b}
	}
	policy := func(change func(*schedule.Policy)) Edit {
		var p schedule.Policy
		change(&p)
		return Edit{Op: OpSetPolicy, Policy: &p}
	}
	for _, tt := range []struct {
		edit Edit
		want string
	}{
		{Edit{}, "unknown_op"},
		{Edit{Op: "drop_table"}, "unknown_op"},
		{Edit{Op: OpCancel, Consultation: "S99"}, "unknown_consultation S99"},
		{Edit{Op: OpCancel, Consultation: "S02"}, "fixed S02"},
		{Edit{Op: OpReschedule, Consultation: "S03", Start: "2021-12-07T09:00"}, "fixed S03"},
		{Edit{Op: OpReschedule, Consultation: "S01", Start: "2021-12-07T09:00", Booth: "nowhere"}, "unknown_booth S01"},
		{Edit{Op: OpSwapBooths, Consultation: "S01", Other: "S02"}, "fixed S02"},
		{Edit{Op: OpCancel, Consultation: gone}, "cancelled " + string(gone)},
		{Edit{Op: OpRestore, Consultation: "S01"}, "not_cancelled S01"},
		{Edit{Op: OpMoveBooth, Consultation: "S01", Booth: s01.Booth}, "unchanged S01"},
		{Edit{Op: OpMoveBooth, Consultation: "S01", Booth: "b-9"}, "unknown_booth S01"},
		{Edit{Op: OpSetInterpreter, Consultation: "S01", Interpreter: "i-9"}, "unknown_interpreter S01"},
		{Edit{Op: OpReplaceBuyer, Consultation: "S01", Buyer: "y-9"}, "unknown_buyer S01"},
		{Edit{Op: OpReschedule, Consultation: "S01", Start: "nine"}, "time S01"},
		{Edit{Op: OpReschedule, Consultation: "S01", Start: "0001-01-01T09:00"}, "time S01"},
		{Edit{Op: OpReschedule, Consultation: "S01", Start: "2021-12-06T09:00", End: "2021-12-06T09:00"}, "end_before_start S01"},
		{create(func(x *Edit) { x.Consultation = "S/1" }), "id"},
		{create(func(x *Edit) { x.Consultation = "S01" }), "id_twice S01"},
		{create(func(x *Edit) { x.Booth = "" }), "unknown_booth S36"},
		{create(func(x *Edit) { x.Firm = "f" }), "unknown_firm S36"},
		{create(func(x *Edit) { x.Buyer = "" }), "unknown_buyer S36"},
		{create(func(x *Edit) { x.Interpreter = "i" }), "unknown_interpreter S36"},
		{create(func(x *Edit) { x.End = "" }), "time S36"},
		{Edit{Op: OpAddStandBy}, "field"},
		{buyer(func(b *schedule.Buyer) { b.Name = " " }), "field"},
		{buyer(func(b *schedule.Buyer) { b.Name = "a\nb" }), "field"},
		{buyer(func(b *schedule.Buyer) { b.Country = "XX" }), "field"},
		{buyer(func(b *schedule.Buyer) { b.Zone = "Local" }), "field"},
		{buyer(func(b *schedule.Buyer) { b.Language = "" }), "field"},
		{buyer(func(b *schedule.Buyer) { b.Email = "x" }), "field"},
		{buyer(func(b *schedule.Buyer) { b.Name = "BUYER us-1" }), "name_twice"},
		{Edit{Op: OpSetPolicy}, "policy"},
		{policy(func(p *schedule.Policy) { p.Gap = -1 }), "policy"},
		{policy(func(p *schedule.Policy) { p.Extensions = []time.Duration{time.Second} }), "policy"},
		{policy(func(p *schedule.Policy) { p.Seats = 11 }), "policy"},
		{policy(func(p *schedule.Policy) { p.Languages = []string{"zh"} }), "policy"},
		{policy(func(p *schedule.Policy) { p.Warnings = []time.Duration{1, 2} }), "policy"},
	} {
		got, err := Apply(e, rooms, tt.edit)
		if r := refusal(t, err); r != tt.want || got.Event != nil {
			t.Errorf("%+v: %q, want %q", tt.edit, r, tt.want)
		}
	}
	paris := *e
	paris.Zone = "Europe/Paris"
	if _, err := Apply(&paris, nil, Edit{Op: OpReschedule, Consultation: "S01", Start: "2022-03-27T02:30"}); refusal(t, err) != "time_skipped S01" {
		t.Errorf("%v", err)
	}
}

func TestApply_TellsTheConflictsThatItMakes(t *testing.T) {
	e := yangju(t)
	s02, _ := e.Consultation("S02")
	got, err := Apply(e, nil, Edit{Op: OpMoveBooth, Consultation: "S01", Booth: s02.Booth})
	if err != nil || len(got.Fresh) != 1 || got.Fresh[0].Code != ConflictBoothBusy || !slices.Equal(got.Fresh[0].Consultations, []schedule.ConsultationID{"S01", "S02"}) {
		t.Fatalf("%v %+v", err, got.Fresh)
	}
	again, err := Apply(got.Event, nil, Edit{Op: OpCancel, Consultation: "S20"})
	if err != nil || len(again.Fresh) != 0 || len(again.Conflicts) != 1 {
		t.Errorf("%v %+v", err, again)
	}
	solved, err := Apply(again.Event, nil, Edit{Op: OpCancel, Consultation: "S01"})
	if err != nil || len(solved.Conflicts) != 0 {
		t.Errorf("%v %+v", err, solved.Conflicts)
	}
}

// three is a chain: S01 and S02 in one booth, S02 and S03 with one buyer.
func three(t *testing.T, change ...string) *schedule.Event {
	return draft(t, header+row("interpreter", "", "interpreter_languages", "")+
		row(append([]string{"consultation", "S02", "start", "09:50", "end", "10:20", "firm", "Firm 02", "buyer", "Buyer 2", "interpreter", "", "interpreter_languages", ""}, change...)...)+
		row("consultation", "S03", "start", "10:30", "end", "11:00", "firm", "Firm 03", "booth", "Booth 3", "buyer", "Buyer 2", "interpreter", "", "interpreter_languages", "")+
		row("consultation", "S04", "start", "10:00", "end", "10:40", "firm", "Firm 04", "booth", "Booth 4", "buyer", "Buyer 4", "interpreter", "", "interpreter_languages", ""))
}

func TestExtend_DelaysGoAlongTheChain(t *testing.T) {
	e := three(t)
	got, moved, err := Extend(e, nil, "S01", 5)
	if err != nil {
		t.Fatal(err)
	}
	at := func(h, m int) time.Time { return time.Date(2021, 12, 6, h-9, m, 0, 0, time.UTC) }
	want := Extension{"S01", at(9, 45), []Delay{
		{"S02", 5, at(9, 55), at(10, 25), "S01", []string{"booth"}},
		{"S03", 5, at(10, 35), at(11, 5), "S02", []string{"buyer"}},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	s01, _ := moved.Consultation("S01")
	s03, _ := moved.Consultation("S03")
	s04, _ := moved.Consultation("S04")
	if !s01.End.Equal(at(9, 40)) || !s03.Start.Equal(at(10, 35)) || s03.Sequence != 1 || s04.Sequence != 0 || e.Consultations[1].Sequence != 0 {
		t.Errorf("%+v", moved.Consultations)
	}
	if err := moved.Validate(); err == nil || !strings.Contains(err.Error(), "bad id") || strings.Contains(err.Error(), "order") {
		t.Errorf("%v", err)
	}
	// A second step begins where the first one ended.
	got, _, err = Extend(moved, Rooms{"S01": {Phase: schedule.PhaseLive, ExtendedTo: at(9, 45)}}, "S01", 10)
	if err != nil || !got.To.Equal(at(9, 55)) || len(got.Delays) != 2 || got.Delays[1].ByMinutes != 10 {
		t.Errorf("%v %+v", err, got)
	}
}

func TestExtend_DelaysNobodyWhoHasRoom(t *testing.T) {
	e := yangju(t) // twenty minutes lie between two of a booth
	for _, c := range e.Consultations {
		got, moved, err := Extend(e, nil, c.ID, 10)
		if err != nil || len(got.Delays) != 0 || !cmp.Equal(moved, e) {
			t.Errorf("%s: %v %+v", c.ID, err, got)
		}
	}
}

func TestExtend_RefusesWhatCannotBeMoved(t *testing.T) {
	late := three(t)
	for _, tt := range []struct {
		name  string
		e     *schedule.Event
		rooms Rooms
		id    schedule.ConsultationID
		by    int
		want  string
	}{
		{"no such", late, nil, "S9", 5, "unknown_consultation S9"},
		{"over", late, Rooms{"S01": {Phase: schedule.PhaseEnded}}, "S01", 5, "fixed S01"},
		{"no step", late, nil, "S01", 7, "step S01"},
		{"none at all", late, nil, "S01", 0, "step S01"},
		{"the next is live", three(t), Rooms{"S02": {Phase: schedule.PhaseLive}}, "S01", 5, "delays_live S02"},
		{"the next but one is live", three(t), Rooms{"S03": {Phase: schedule.PhaseClosing}}, "S01", 5, "delays_live S03"},
		{"the next has ended early", three(t), Rooms{"S02": {Phase: schedule.PhaseEnded}}, "S01", 5, ""},
		{"the next waits", three(t), Rooms{"S02": {Phase: schedule.PhaseWaiting}}, "S01", 5, ""},
	} {
		_, _, err := Extend(tt.e, tt.rooms, tt.id, tt.by)
		if got := refusal(t, err); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	// The next one ends at 22:00 for its buyer in New York, and at 23:58 in Seoul.
	night := draft(t, header+row("start", "11:00", "end", "11:20", "buyer", "Buyer 1")+row("consultation", "S02", "start", "11:30", "end", "12:00"))
	if _, _, err := Extend(night, nil, "S01", 5); refusal(t, err) != "delays_into_night S02" {
		t.Errorf("%v", err)
	}
	day := draft(t, header+row("start", "23:00", "end", "23:20", "buyer", "Buyer 1")+row("consultation", "S02", "start", "23:30", "end", "23:58"))
	if _, _, err := Extend(day, nil, "S01", 5); refusal(t, err) != "delays_past_day S02" {
		t.Errorf("%v", err)
	}
}

// An extension makes no conflict that was not there, but for what shares
// nothing with the chain; and it moves nothing earlier.
func TestExtend_NeverMakesAConflict(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := header
		at := make(map[string]int) // when each is free again, in minutes
		for i := range rapid.IntRange(2, 12).Draw(rt, "n") {
			pick := func(what string) string { return fmt.Sprint(what, " ", rapid.IntRange(1, 3).Draw(rt, what)) }
			b, f, y, n := pick("Booth"), pick("Firm"), pick("Buyer"), pick("Interpreter")
			start := 0
			for _, k := range []string{b, f, y, n} {
				start = max(start, at[k])
			}
			end := start + rapid.IntRange(10, 40).Draw(rt, "length")
			for _, k := range []string{b, f, y, n} {
				at[k] = end + 10 + rapid.IntRange(0, 15).Draw(rt, "pause")
			}
			clock := func(m int) string { return fmt.Sprintf("%02d:%02d", 8+m/60, m%60) }
			if end > 12*60 {
				break
			}
			s += row("consultation", fmt.Sprintf("S%02d", i), "booth", b, "firm", f, "buyer", y, "interpreter", n, "buyer_country", "JP", "buyer_timezone", "Asia/Tokyo", "start", clock(start), "end", clock(end))
		}
		e := draft(t, s)
		if c := Check(e); len(c) > 0 {
			rt.Fatalf("the draft has %v", c)
		}
		id := e.Consultations[rapid.IntRange(0, len(e.Consultations)-1).Draw(rt, "which")].ID
		got, moved, err := Extend(e, nil, id, 10)
		if err != nil {
			if code := refusal(t, err); !strings.HasPrefix(code, "delays_") {
				rt.Fatal(err)
			}
			return
		}
		for i := range moved.Consultations { // as the room will have it
			if c := &moved.Consultations[i]; c.ID == id {
				c.End = got.To
			}
		}
		if c := Check(moved); len(c) > 0 {
			rt.Fatalf("%v after %+v", c, got)
		}
		for _, c := range e.Consultations {
			if now, _ := moved.Consultation(c.ID); now.Start.Before(c.Start) || now.Start.Sub(c.Start) > 10*time.Minute {
				rt.Fatalf("%s moved from %v to %v", c.ID, c.Start, now.Start)
			}
		}
	})
}

func TestFreeTimes_AreFreeForAllFourAndInTheBuyersDay(t *testing.T) {
	e := yangju(t)
	for _, c := range e.Consultations {
		after := c.Start.Add(-24 * time.Hour)
		slots := FreeTimes(e, c.ID, after, 5)
		if len(slots) == 0 {
			t.Errorf("%s has nowhere to go", c.ID)
		}
		for i, s := range slots {
			if s.Start.Before(after) || s.End.Sub(s.Start) != c.End.Sub(c.Start) || s.Start.Equal(c.Start) || i > 0 && s.Start.Before(slots[i-1].End) {
				t.Errorf("%s: %+v", c.ID, s)
			}
			got, err := Apply(e, nil, Edit{Op: OpReschedule, Consultation: c.ID, Start: s.Start.Format(time.RFC3339)})
			if err != nil || len(got.Conflicts) > 0 {
				t.Errorf("%s at %v: %v %v", c.ID, s.Start, err, got.Conflicts)
			}
		}
	}
	if got := FreeTimes(e, "S01", e.Consultations[34].End, 3); len(got) != 0 {
		t.Errorf("after the event: %v", got)
	}
	if got := FreeTimes(e, "S99", time.Time{}, 3); len(got) != 0 {
		t.Errorf("of none: %v", got)
	}
}

func TestOffers_AreFreeForTheThreeAndInTheBoothNamed(t *testing.T) {
	e := yangju(t)
	elsewhere := 0
	for _, c := range e.Consultations {
		offers := Offers(e, c.ID, c.Start.Add(-24*time.Hour), 5)
		if len(offers) == 0 {
			t.Errorf("%s has nowhere to go", c.ID)
		}
		for i, o := range offers {
			if i > 0 && o.Start.Before(offers[i-1].End) {
				t.Errorf("%s: %+v overlaps the one before", c.ID, o)
			}
			at := e
			if o.Booth != c.Booth {
				elsewhere++
				moved, err := Apply(e, nil, Edit{Op: OpMoveBooth, Consultation: c.ID, Booth: o.Booth})
				if err != nil {
					t.Fatal(err)
				}
				at = moved.Event
			}
			got, err := Apply(at, nil, Edit{Op: OpReschedule, Consultation: c.ID, Start: o.Start.Format(time.RFC3339)})
			if err != nil || len(got.Conflicts) > 0 {
				t.Errorf("%s at %v in %s: %v %v", c.ID, o.Start, o.Booth, err, got.Conflicts)
			}
		}
		for i, s := range FreeTimes(e, c.ID, c.Start.Add(-24*time.Hour), 1) {
			if s.Start.Before(offers[i].Start) {
				t.Errorf("%s: its own booth is free at %v, before the first offer at %v", c.ID, s.Start, offers[i].Start)
			}
		}
	}
	if elsewhere == 0 {
		t.Error("no other booth was ever offered")
	}
	if got := Offers(e, "S99", time.Time{}, 3); len(got) != 0 {
		t.Errorf("of none: %v", got)
	}
}

func TestMoveBooth_LiveOnlyOnSayingSoAndNeverIntoABoothWherePeopleTalk(t *testing.T) {
	e := yangju(t)
	c, o := e.Consultations[0], e.Consultations[1]
	if c.Booth == o.Booth {
		t.Fatal("the first two share a booth")
	}
	var free schedule.BoothID
	for _, b := range e.Booths {
		if b.ID != c.Booth && b.ID != o.Booth {
			free = b.ID
		}
	}
	live := Rooms{c.ID: {Phase: schedule.PhaseLive}, o.ID: {Phase: schedule.PhaseClosing}}
	for _, tt := range []struct {
		name  string
		rooms Rooms
		edit  Edit
		code  RefusalCode // empty: it is done
	}{
		{"without saying so", live, Edit{Op: OpMoveBooth, Consultation: c.ID, Booth: free}, RefusedFixed},
		{"into a free booth", live, Edit{Op: OpMoveBooth, Consultation: c.ID, Booth: free, Live: true}, ""},
		{"before people talk", nil, Edit{Op: OpMoveBooth, Consultation: c.ID, Booth: free, Live: true}, ""},
		{"where others talk", live, Edit{Op: OpMoveBooth, Consultation: c.ID, Booth: o.Booth, Live: true}, RefusedBoothInUse},
		{"where others talked", Rooms{c.ID: live[c.ID], o.ID: {Phase: schedule.PhaseEnded}}, Edit{Op: OpMoveBooth, Consultation: c.ID, Booth: o.Booth, Live: true}, ""},
		{"to no booth", live, Edit{Op: OpMoveBooth, Consultation: c.ID, Booth: "nowhere", Live: true}, RefusedBooth},
		{"to where it is", live, Edit{Op: OpMoveBooth, Consultation: c.ID, Booth: c.Booth, Live: true}, RefusedUnchanged},
		{"of none", live, Edit{Op: OpMoveBooth, Consultation: "S99", Booth: free, Live: true}, RefusedConsultation},
		{"over", Rooms{c.ID: {Phase: schedule.PhaseEnded}}, Edit{Op: OpMoveBooth, Consultation: c.ID, Booth: free, Live: true}, RefusedFixed},
		{"a reschedule that says live", live, Edit{Op: OpReschedule, Consultation: c.ID, Start: "2021-10-20T09:00", Live: true}, RefusedFixed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Apply(e, tt.rooms, tt.edit)
			if tt.code == "" {
				if err != nil {
					t.Fatal(err)
				}
				if now, _ := got.Event.Consultation(c.ID); now.Booth != tt.edit.Booth {
					t.Fatalf("in %s", now.Booth)
				}
				return
			}
			refused, ok := errors.AsType[*Refusal](err)
			if !ok || refused.Code != tt.code {
				t.Fatalf("got %v, want %s", err, tt.code)
			}
		})
	}
}
