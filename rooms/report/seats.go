package report

// attendanceColumns begin with what the first version's CSV had. New ones go to
// the end: people have formulas on these.
func attendanceColumns() []Column {
	return []Column{
		{Key: "consultation", Kind: KindText},
		{Key: "scheduled_start", Kind: KindInstant},
		{Key: "scheduled_end", Kind: KindInstant},
		{Key: "zone", Kind: KindText},
		{Key: "booth", Kind: KindText},
		{Key: "firm", Kind: KindText},
		{Key: "buyer", Kind: KindText},
		{Key: "verdict", Kind: KindText},
		{Key: "together_minutes", Kind: KindNumber},
		{Key: "seat", Kind: KindText},
		{Key: "role", Kind: KindText},
		{Key: "name", Kind: KindText},
		{Key: "first_in", Kind: KindInstant},
		{Key: "last_out", Kind: KindInstant},
		{Key: "present_minutes", Kind: KindNumber},
		{Key: "away_minutes", Kind: KindNumber},
		{Key: "intervals", Kind: KindCount},
		{Key: "in_room_now", Kind: KindText},
		{Key: "extended_to", Kind: KindInstant},
		{Key: "derived_verdict", Kind: KindText},
		{Key: "decided_by", Kind: KindText},
		{Key: "decided_at", Kind: KindInstant},
		{Key: "reason", Kind: KindText},
		{Key: "country", Kind: KindText},
		{Key: "scheduled_start_there", Kind: KindInstant},
		{Key: "scheduled_end_there", Kind: KindInstant},
		{Key: "first_in_there", Kind: KindInstant},
		{Key: "last_out_there", Kind: KindInstant},
		{Key: "buyer_zone", Kind: KindText},
		{Key: "late_minutes", Kind: KindNumber},
		{Key: "voice_percent", Kind: KindNumber},
		{Key: "paper_intervals", Kind: KindCount},
		{Key: "provenance", Kind: KindText},
	}
}

// attendance has one row a seat.
func (b *Book) attendance() [][]Cell {
	var rows [][]Cell
	for _, a := range b.records {
		there := b.there(a)
		for _, s := range a.Seats {
			open := len(s.Intervals) > 0 && s.LastOut.IsZero()
			paper, provenance := 0, ""
			for _, iv := range s.Intervals {
				if iv.Paper {
					paper++
					if provenance == "" {
						provenance = iv.Words
					} else if iv.Words != "" {
						provenance += "; " + iv.Words
					}
				}
			}
			row := []Cell{
				text(string(a.Consultation)), on(b.center, a.Start), on(b.center, a.End), text(b.center.String()),
				text(b.names.Booths[a.Booth]), text(b.names.Firms[a.Firm]), text(b.names.Buyers[a.Buyer]),
				text(b.words.value("verdict", Outcome(a))), minutes(a.Together),
				text(string(s.Seat)), text(b.words.value("role", string(s.Role))), text(b.nameOn(a, s.Role)),
				on(b.center, s.FirstIn), on(b.center, s.LastOut), minutes(s.Present), minutes(s.Away),
				count(len(s.Intervals)), text(b.yes(open)), on(b.center, a.ExtendedTo),
			}
			row = append(row, b.decided(a)...)
			rows = append(rows, append(row,
				text(b.buyers[a.Buyer].Country), on(there, a.Start), on(there, a.End),
				on(there, s.FirstIn), on(there, s.LastOut), text(there.String()),
				lateness(s), percent(s.Voice), count(paper), text(provenance)))
		}
	}
	return rows
}
