package report

import (
	"strings"
	"time"

	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
)

func qualityColumns() []Column {
	return []Column{
		{Key: "consultation", Kind: KindText},
		{Key: "scheduled_start", Kind: KindInstant},
		{Key: "zone", Kind: KindText},
		{Key: "booth", Kind: KindText},
		{Key: "firm", Kind: KindText},
		{Key: "buyer", Kind: KindText},
		{Key: "country", Kind: KindText},
		{Key: "seat", Kind: KindText},
		{Key: "role", Kind: KindText},
		{Key: "name", Kind: KindText},
		{Key: "stay_from", Kind: KindInstant},
		{Key: "stay_from_there", Kind: KindInstant},
		{Key: "buyer_zone", Kind: KindText},
		{Key: "stay_minutes", Kind: KindNumber},
		{Key: "route", Kind: KindText},
		{Key: "rtt_median", Kind: KindCount},
		{Key: "rtt_95", Kind: KindCount},
		{Key: "loss_up", Kind: KindNumber},
		{Key: "loss_up_worst", Kind: KindNumber},
		{Key: "loss_down", Kind: KindNumber},
		{Key: "loss_down_worst", Kind: KindNumber},
		{Key: "frozen", Kind: KindNumber},
		{Key: "concealed", Kind: KindNumber},
		{Key: "score_up", Kind: KindNumber},
		{Key: "score_down", Kind: KindNumber},
		{Key: "symptoms", Kind: KindText},
	}
}

// quality has a row a stay, in the order of the consultations.
func (b *Book) quality() [][]Cell {
	of := make(map[schedule.ConsultationID][]schedule.SeatQuality)
	for _, q := range b.facts.Quality {
		of[q.Consultation] = append(of[q.Consultation], q)
	}
	var rows [][]Cell
	for _, a := range b.records {
		for _, q := range of[a.Consultation] {
			rows = append(rows, b.stay(a, q))
		}
	}
	return rows
}

func (b *Book) stay(a attendance.Attendance, q schedule.SeatQuality) []Cell {
	there := b.there(a)
	_, role := q.Seat.Split()
	var symptoms []string
	for _, s := range q.Symptoms {
		symptoms = append(symptoms, b.words.value("symptom", s.Symptom)+" "+b.words.seconds(s.Seconds))
	}
	return []Cell{
		text(string(a.Consultation)), on(b.center, a.Start), text(b.center.String()), text(b.names.Booths[a.Booth]),
		text(b.names.Firms[a.Firm]), text(b.names.Buyers[a.Buyer]), text(b.buyers[a.Buyer].Country),
		text(string(q.Seat)), text(b.words.value("role", string(role))), text(b.nameOn(a, role)),
		on(b.center, q.From), on(there, q.From), text(there.String()), minutes(q.To.Sub(q.From).Seconds()),
		text(b.words.value("route", q.Route)), milliseconds(q.RTTMedian), milliseconds(q.RTT95),
		percent(q.LossUp), percent(q.LossUpWorst), percent(q.LossDown), percent(q.LossDownWorst),
		percent(q.Frozen), percent(q.Concealed), score(q.ScoreUp), score(q.ScoreDown), text(strings.Join(symptoms, "; ")),
	}
}

// score of a stay that was long enough to have one.
func score(s float64) Cell {
	if s <= 0 {
		return Cell{Empty: true}
	}
	return number(s)
}

// milliseconds of a round trip that was measured.
func milliseconds(d time.Duration) Cell {
	if d <= 0 {
		return Cell{Empty: true}
	}
	return count(int(d.Round(time.Millisecond).Milliseconds()))
}
