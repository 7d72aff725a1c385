package attendance

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sangdam/rooms/schedule"
)

// numberedIDs gives entries ids like "3" so that a fact can be held to its entry.
func numberedIDs(es ...schedule.Entry) []schedule.Entry {
	for i := range es {
		es[i].ID = fmt.Sprint(i + 1)
	}
	return es
}

func on(minutes float64, kind schedule.EntryKind, role schedule.Role, detail, words string) schedule.Entry {
	return schedule.Entry{
		At: at(minutes), Event: "e", Kind: kind, Consultation: "S20", Seat: schedule.SeatOf("S20", role),
		Node: "n1", By: "console-1", Detail: detail, Words: words,
	}
}

func TestDerive_EvidenceNamesTheEntriesThatAVerdictRestsOn(t *testing.T) {
	es := numberedIDs(
		say(-5, in, firm, "f"),
		on(4, schedule.EntryContact, buyer, schedule.Contacted{Outcome: schedule.ContactComing, Minutes: 7}.Detail(), "in a lift"),
		say(12, in, buyer, "b"),
		schedule.Entry{At: at(38), Event: "e", Kind: schedule.EntryExtended, Consultation: "S20", Node: "n1", Detail: at(45).Format(time.RFC3339)},
		say(44, out, buyer, "b", schedule.LeftByChoice),
		say(45, out, firm, "f", schedule.LeftEnded),
		schedule.Entry{At: at(45), Event: "e", Kind: schedule.EntryPhase, Consultation: "S20", Node: "n1", Detail: string(schedule.PhaseEnded)},
		schedule.Entry{At: at(60), Event: "e", Kind: schedule.EntryVerdict, Consultation: "S20", Node: "n1", By: "console-1", Detail: "technical", Words: "no sound"},
	)
	a := Derive(fair(), es, at(90))[0]
	want := []Fact{
		{Kind: FactFirstIn, At: at(-5), Role: firm, Seat: "S20/firm", Entry: "1"},
		{Kind: FactLate, At: at(2), Role: buyer},
		{Kind: FactContact, At: at(4), Role: buyer, Detail: "coming 7", Entry: "2"},
		{Kind: FactNoShow, At: at(10), Role: buyer},
		{Kind: FactFirstIn, At: at(12), Role: buyer, Seat: "S20/buyer", Entry: "3"},
		{Kind: FactTogether, At: at(12), Seconds: 32 * 60},
		{Kind: FactExtended, At: at(38), Detail: at(45).Format(time.RFC3339), Entry: "4"},
		{Kind: FactLastOut, At: at(44), Role: buyer, Seat: "S20/buyer", Entry: "5"},
		{Kind: FactLastOut, At: at(45), Role: firm, Seat: "S20/firm", Entry: "6"},
		{Kind: FactEnded, At: at(45), Entry: "7"},
		{Kind: FactDecided, At: at(60), Detail: "technical", Entry: "8"},
		{Kind: FactNeeded, Seconds: 600},
	}
	if d := cmp.Diff(want, a.Evidence); d != "" {
		t.Error(d)
	}
	contacts := []schedule.Contacted{{ID: "2", At: at(4), By: "console-1", Role: buyer, Outcome: schedule.ContactComing, Minutes: 7, Words: "in a lift"}}
	if d := cmp.Diff(contacts, a.Contacts); d != "" {
		t.Error(d)
	}
	if f, b := seatOf(t, a, firm), seatOf(t, a, buyer); f.Late != 0 || b.Late != 12*60 {
		t.Errorf("firm %v s late, buyer %v", f.Late, b.Late)
	}
	for _, f := range a.Evidence {
		if !slices.Contains(FactKinds(), f.Kind) {
			t.Errorf("%q is not in the set", f.Kind)
		}
	}
}

func TestDerive_WhoNeverCameIsAFactOnceItIsOver(t *testing.T) {
	es := numberedIDs(say(0, in, firm, "f"), say(40, out, firm, "f", schedule.LeftEnded))
	never := func(now float64) bool {
		return slices.ContainsFunc(Derive(fair(), es, at(now))[0].Evidence, func(f Fact) bool { return f.Kind == FactNever && f.Role == buyer })
	}
	if never(20) || !never(41) {
		t.Errorf("while it runs %v, once it is over %v", never(20), never(41))
	}
}

// TestDerive_WhoLeftBeforeTheStartIsMissingAndWhoLeftAfterItIsNot holds the
// evidence to the rules of the alerts that coordinators saw.
func TestDerive_WhoLeftBeforeTheStartIsMissingAndWhoLeftAfterItIsNot(t *testing.T) {
	for _, tt := range []struct {
		leaves float64
		want   []FactKind
	}{{-1, []FactKind{FactLate, FactNoShow}}, {1, nil}} {
		es := numberedIDs(say(-5, in, buyer, "b"), say(tt.leaves, out, buyer, "b", schedule.LeftByChoice), say(15, in, buyer, "c"), say(40, out, buyer, "c", schedule.LeftEnded))
		var got []FactKind
		for _, f := range Derive(fair(), es, at(60))[0].Evidence {
			if f.Role == buyer && (f.Kind == FactLate || f.Kind == FactNoShow) {
				got = append(got, f.Kind)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("left at %v: %v, want %v", tt.leaves, got, tt.want)
		}
	}
}

func TestDerive_VoiceIsTheShareOfTheTimeTogetherInWhichTheMicrophoneSent(t *testing.T) {
	flow := func(minutes float64, kind schedule.EntryKind, role schedule.Role, session string) schedule.Entry {
		e := say(minutes, kind, role, session)
		e.Detail = "microphone"
		return e
	}
	const starts, stops = schedule.EntrySourceFlowing, schedule.EntrySourceStopped
	camera := flow(0, starts, firm, "f")
	camera.Detail = "camera"
	a := Derive(fair(), numberedIDs(
		say(0, in, firm, "f"), camera,
		say(10, in, buyer, "b"), flow(10, starts, buyer, "b"), // together from 10 to 30
		flow(15, starts, firm, "f"), flow(20, stops, firm, "f"),
		say(20, away, buyer, "b"), say(22, back, buyer, "b"),
		flow(28, stops, buyer, "b"),
		say(30, out, buyer, "b", schedule.LeftByChoice), flow(32, starts, firm, "f"), say(40, out, firm, "f", schedule.LeftEnded),
	), at(50))[0]
	for role, want := range map[schedule.Role]float64{firm: 5.0 / 20, buyer: 16.0 / 20, schedule.RoleInterpreter: -1} {
		if got := seatOf(t, a, role).Voice; math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %v, want %v", role, got, want)
		}
	}
}

func TestDerive_PaperCountsAndSaysSo(t *testing.T) {
	paper := func(minutes float64, role schedule.Role, from, to float64) schedule.Entry {
		return on(minutes, schedule.EntryPaper, role, at(from).Format(time.RFC3339)+"/"+at(to).Format(time.RFC3339), "sheet 3, signed by Kim")
	}
	full := []schedule.Entry{say(0, in, firm, "f"), say(40, out, firm, "f", schedule.LeftEnded)}
	for _, tt := range []struct {
		name    string
		paper   []schedule.Entry
		verdict Verdict
		onPaper bool
		present float64
	}{
		{"none", nil, VerdictNoShowBuyer, false, 0},
		{"a buyer by phone in the booth", []schedule.Entry{paper(60, buyer, 5, 35)}, VerdictHeld, true, 30},
		{"twice the same half hour counts once", []schedule.Entry{paper(60, buyer, 5, 35), paper(61, buyer, 5, 35)}, VerdictHeld, true, 30},
		{"nothing later than when it was typed in", []schedule.Entry{paper(8, buyer, 5, 35)}, VerdictShort, true, 3},
		{"the firm was seen by the machine anyway", []schedule.Entry{paper(60, firm, 5, 35)}, VerdictNoShowBuyer, false, 0},
		{"backwards is nothing", []schedule.Entry{paper(60, buyer, 35, 5)}, VerdictNoShowBuyer, false, 0},
		{"no times are nothing", []schedule.Entry{on(60, schedule.EntryPaper, buyer, "half an hour", "")}, VerdictNoShowBuyer, false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := Derive(fair(), numberedIDs(slices.Concat(full, tt.paper)...), at(90))[0]
			b := seatOf(t, a, buyer)
			if a.Verdict != tt.verdict || a.OnPaper != tt.onPaper || math.Abs(b.Present-tt.present*60) > 0.01 {
				t.Errorf("%q, on paper %v, %v s", a.Verdict, a.OnPaper, b.Present)
			}
			for _, iv := range b.Intervals {
				if !iv.Paper || iv.By != "console-1" || iv.Words != "sheet 3, signed by Kim" || iv.Entry == "" {
					t.Errorf("%+v", iv)
				}
			}
		})
	}
	// Whoever decides takes it upon themselves: then it is no longer the paper's.
	es := numberedIDs(slices.Concat(full, []schedule.Entry{paper(60, buyer, 5, 35), word(70, VerdictHeld, "")})...)
	if a := Derive(fair(), es, at(90))[0]; a.OnPaper || a.Decided == nil {
		t.Errorf("on paper %v, decided %+v", a.OnPaper, a.Decided)
	}
}

func TestDerive_CorrectionsOverwriteNothing(t *testing.T) {
	es := numberedIDs(
		say(0, in, firm, "x"), say(40, out, firm, "x", schedule.LeftEnded),
		word(50, VerdictHeld, "a slip"), word(55, "", "taken back"), word(60, schedule.VerdictByPhone, ""),
	)
	es[4] = Normal(es[4])
	es[2] = Normal(es[2])
	es[2].Words, es[2].Salt = "", "" // erased
	a := Derive(fair(), es, at(90))[0]
	want := []Decided{
		{Verdict: VerdictHeld, By: "console-1", At: at(50), Erased: true, Derived: VerdictNoShowBuyer, Entry: "3"},
		{Verdict: "", By: "console-1", At: at(55), Reason: "taken back", Derived: VerdictNoShowBuyer, Entry: "4"},
		{Verdict: schedule.VerdictByPhone, By: "console-1", At: at(60), Derived: VerdictNoShowBuyer, Entry: "5"},
	}
	if d := cmp.Diff(want, a.Corrections); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(&want[2], a.Decided); d != "" || a.Verdict != schedule.VerdictByPhone {
		t.Errorf("%q: %s", a.Verdict, d)
	}
}
