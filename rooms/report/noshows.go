package report

import (
	"slices"
	"strings"

	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
)

func noShowColumns() []Column {
	return []Column{
		{Key: "consultation", Kind: KindText},
		{Key: "scheduled_start", Kind: KindInstant},
		{Key: "zone", Kind: KindText},
		{Key: "scheduled_start_there", Kind: KindInstant},
		{Key: "buyer_zone", Kind: KindText},
		{Key: "booth", Kind: KindText},
		{Key: "firm", Kind: KindText},
		{Key: "buyer", Kind: KindText},
		{Key: "country", Kind: KindText},
		{Key: "verdict", Kind: KindText},
		{Key: "missing", Kind: KindText},
		{Key: "contact_number", Kind: KindCount},
		{Key: "contact_at", Kind: KindInstant},
		{Key: "contact_at_there", Kind: KindInstant},
		{Key: "contact_role", Kind: KindText},
		{Key: "contact_outcome", Kind: KindText},
		{Key: "expected_at", Kind: KindInstant},
		{Key: "contact_by", Kind: KindText},
		{Key: "contact_words", Kind: KindText},
		{Key: "decided_by", Kind: KindText},
		{Key: "reason", Kind: KindText},
	}
}

// noShows has a row for each try to reach somebody, and one for each
// consultation in which a side was missing though nobody tried. Where somebody
// came in the end, the tries are told all the same: the log is whole.
func (b *Book) noShows() [][]Cell {
	var rows [][]Cell
	for _, a := range b.records {
		tries := Contacts(a, b.facts.Rooms[a.Consultation])
		missing := b.missing(a)
		if len(tries) == 0 && (missing == "" || a.Cancelled) {
			continue
		}
		there := b.there(a)
		head := []Cell{
			text(string(a.Consultation)), on(b.center, a.Start), text(b.center.String()), on(there, a.Start), text(there.String()),
			text(b.names.Booths[a.Booth]), text(b.names.Firms[a.Firm]), text(b.names.Buyers[a.Buyer]), text(b.buyers[a.Buyer].Country),
			text(b.words.value("verdict", Outcome(a))), text(missing),
		}
		decided := b.decided(a)
		tail := []Cell{decided[1], decided[3]}
		if len(tries) == 0 {
			rows = append(rows, row(head, []Cell{{Empty: true}, {}, {}, {}, {}, {}, {}, {}}, tail))
		}
		for i, c := range tries {
			by := c.Name
			if by == "" {
				by = c.By
			}
			outcome := b.words.value("outcome", string(c.Outcome))
			if c.Outcome == schedule.ContactComing {
				outcome += " (" + b.words.seconds(float64(60*c.Minutes)) + ")"
			}
			rows = append(rows, row(head, []Cell{
				count(i + 1), on(b.center, c.At), on(there, c.At), text(b.words.value("role", string(c.Role))),
				text(outcome), on(b.center, c.ExpectedAt()), text(by), text(c.Words),
			}, tail))
		}
	}
	return rows
}

func row(parts ...[]Cell) []Cell {
	var all []Cell
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// missing names the sides that are known not to have come; while it is not
// over, nobody is.
func (b *Book) missing(a attendance.Attendance) string {
	if !a.Over {
		return ""
	}
	var who []string
	for _, r := range []schedule.Role{schedule.RoleFirm, schedule.RoleBuyer} {
		if !a.Came(r) {
			who = append(who, b.words.value("role", string(r)))
		}
	}
	return strings.Join(who, ", ")
}

// Contacts are those of the ledger, with the coordinators' names as the room
// knows them; what only the room knows yet comes after.
func Contacts(a attendance.Attendance, room schedule.RoomState) []schedule.Contacted {
	all := slices.Clone(a.Contacts)
	for _, c := range room.Contacts {
		found := false
		for i := range all {
			if all[i].ID == c.ID {
				found = true
				all[i].Name = c.Name
			}
		}
		if !found {
			all = append(all, c)
		}
	}
	return all
}
