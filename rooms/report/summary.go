package report

import (
	"cmp"
	"maps"
	"slices"

	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
)

func summaryColumns() []Column {
	return []Column{
		{Key: "group", Kind: KindText},
		{Key: "name", Kind: KindText},
		{Key: "planned", Kind: KindCount},
		{Key: "held", Kind: KindCount},
		{Key: "short", Kind: KindCount},
		{Key: "held_by_phone", Kind: KindCount},
		{Key: "no_show_buyer", Kind: KindCount},
		{Key: "no_show_firm", Kind: KindCount},
		{Key: "no_show_both", Kind: KindCount},
		{Key: "technical", Kind: KindCount},
		{Key: "pending", Kind: KindCount},
		{Key: "cancelled", Kind: KindCount},
		{Key: "held_percent", Kind: KindNumber},
		{Key: "together_minutes", Kind: KindNumber},
		{Key: "together_average", Kind: KindNumber},
	}
}

// tally counts consultations by how they went.
type tally struct {
	name     string
	outcomes map[string]int
	met      int // those in which both sides were together at all
	missed   int // those that the ledger calls short, since both came, but never at once
	together float64
}

func (t *tally) add(a attendance.Attendance) {
	if t.outcomes == nil {
		t.outcomes = make(map[string]int)
	}
	t.outcomes[Outcome(a)]++
	if a.Decided == nil && a.Verdict == schedule.VerdictShort && a.Together == 0 {
		t.missed++
	}
	if a.Together > 0 {
		t.met++
		t.together += a.Together
	}
}

// cells tells the shares of what took place: a consultation that was cancelled
// or is still to come is no failure, and one whose sides never met is no success.
func (t *tally) cells(group string) []Cell {
	n := func(v schedule.Verdict) int { return t.outcomes[string(v)] }
	cancelled, pending := t.outcomes[string(schedule.PhaseCancelled)], t.outcomes["pending"]
	planned := 0
	for _, c := range t.outcomes {
		planned += c
	}
	held := n(schedule.VerdictHeld) + n(schedule.VerdictShort) + n(schedule.VerdictByPhone) - t.missed
	share, average := Cell{Empty: true}, Cell{Empty: true}
	if judged := planned - cancelled - pending; judged > 0 {
		share = percent(float64(held) / float64(judged))
	}
	if t.met > 0 {
		average = minutes(t.together / float64(t.met))
	}
	return []Cell{
		text(group), text(t.name), count(planned),
		count(n(schedule.VerdictHeld)), count(n(schedule.VerdictShort)), count(n(schedule.VerdictByPhone)),
		count(n(schedule.VerdictNoShowBuyer)), count(n(schedule.VerdictNoShowFirm)), count(n(schedule.VerdictNoShowBoth)),
		count(n(schedule.VerdictTechnical)), count(pending), count(cancelled),
		share, minutes(t.together), average,
	}
}

// summary has the event, then its days, firms and countries, each counted anew.
func (b *Book) summary() [][]Cell {
	whole := &tally{name: b.facts.Event.Name}
	days, firms, countries := map[string]*tally{}, map[string]*tally{}, map[string]*tally{}
	into := func(m map[string]*tally, key, name string, a attendance.Attendance) {
		if key == "" {
			return
		}
		if m[key] == nil {
			m[key] = &tally{name: name}
		}
		m[key].add(a)
	}
	for _, a := range b.records {
		whole.add(a)
		day := b.day(a)
		into(days, day, day, a)
		into(firms, string(a.Firm), b.names.Firms[a.Firm], a)
		country := b.buyers[a.Buyer].Country
		into(countries, country, country, a)
	}
	rows := [][]Cell{whole.cells(b.words.value("group", "event"))}
	for _, g := range []struct {
		group string
		of    map[string]*tally
	}{{"day", days}, {"firm", firms}, {"country", countries}} {
		all := slices.Collect(maps.Keys(g.of))
		slices.SortFunc(all, func(x, y string) int {
			return cmp.Or(cmp.Compare(g.of[x].name, g.of[y].name), cmp.Compare(x, y))
		})
		for _, key := range all {
			rows = append(rows, g.of[key].cells(b.words.value("group", g.group)))
		}
	}
	return rows
}
