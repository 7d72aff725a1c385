package signaling

import (
	"math"
	"time"

	"sangdam/rooms/attendance"
	"sangdam/rooms/report"
	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

func wireAttendance(f report.Facts) protocol.Attendance {
	return protocol.Attendance{
		Event: string(f.Event.ID), Zone: f.Event.Zone, DerivedAt: f.At,
		Consultations: each(f.Attendance, func(a attendance.Attendance) protocol.AttendanceRecord { return wireRecord(f, a) }),
	}
}

func wireRecord(f report.Facts, a attendance.Attendance) protocol.AttendanceRecord {
	firm, _ := f.Event.Firm(a.Firm)
	buyer, _ := f.Event.Buyer(a.Buyer)
	booth, _ := f.Event.Booth(a.Booth)
	out := protocol.AttendanceRecord{
		Consultation:    string(a.Consultation),
		StartsAt:        a.Start.UTC(),
		EndsAt:          a.End.UTC(),
		Booth:           booth.Name,
		FirmID:          string(a.Firm),
		Firm:            firm.Name,
		Buyer:           buyer.Name,
		Country:         buyer.Country,
		Zone:            buyer.Zone,
		Verdict:         report.Outcome(a),
		Corrections:     each(a.Corrections, wireDecided),
		TogetherSeconds: seconds(a.Together),
		OnPaper:         a.OnPaper,
		Evidence:        each(a.Evidence, wireEvidence),
		Contacts:        each(report.Contacts(a, f.Rooms[a.Consultation]), wireContacted),
		Seats:           each(a.Seats, wireAttendanceSeat),
		ExtendedTo:      optional(a.ExtendedTo),
	}
	if a.Decided != nil {
		d := wireDecided(*a.Decided)
		out.Decided = &d
	}
	return out
}

func seconds(s float64) int64 { return int64(math.Round(s)) }

func wireDecided(d attendance.Decided) protocol.Decided {
	return protocol.Decided{
		Verdict: string(d.Verdict), By: d.By, At: d.At.UTC(), Reason: d.Reason, Erased: d.Erased,
		Derived: string(d.Derived), Entry: d.Entry,
	}
}

func wireEvidence(f attendance.Fact) protocol.Evidence {
	return protocol.Evidence{
		Kind: string(f.Kind), At: optional(f.At), Role: string(f.Role), Seat: string(f.Seat),
		Seconds: f.Seconds, Detail: f.Detail, Entry: f.Entry,
	}
}

func wireAttendanceSeat(s attendance.Seat) protocol.AttendanceSeat {
	out := protocol.AttendanceSeat{
		Seat: string(s.Seat), Role: string(s.Role), FirstIn: optional(s.FirstIn), LastOut: optional(s.LastOut),
		Seconds: seconds(s.Present), AwaySeconds: seconds(s.Away), LateSeconds: seconds(s.Late),
		Intervals: each(s.Intervals, func(iv attendance.Interval) protocol.AttendanceInterval {
			out := protocol.AttendanceInterval{
				From: iv.From.UTC(), Reason: string(iv.Reason), Paper: iv.Paper, By: iv.By, Provenance: iv.Words, Entry: iv.Entry,
			}
			if !iv.Open {
				out.To = optional(iv.To)
			}
			return out
		}),
	}
	if s.Voice >= 0 {
		out.Voice = &s.Voice
	}
	return out
}

func wireOnePager(f report.Facts, a attendance.Attendance) protocol.ConsultationReport {
	e := f.Event
	firm, _ := e.Firm(a.Firm)
	buyer, _ := e.Buyer(a.Buyer)
	out := protocol.ConsultationReport{
		Event:     protocol.EventInfo{ID: string(e.ID), Name: e.Name, Organiser: e.Organiser, Zone: e.Zone, Language: e.Language},
		DerivedAt: f.At,
		Record:    wireRecord(f, a),
		Firm:      protocol.ReportParty{Name: firm.Name, Products: firm.Products, Zone: e.Zone, Languages: []string{e.Language}},
		Buyer:     protocol.ReportParty{Name: buyer.Name, Country: buyer.Country, Zone: buyer.Zone, Languages: []string{buyer.Language}},
		Quality:   []protocol.ReportQuality{},
		Entries:   []protocol.ReportEntry{},
	}
	if i, ok := e.Interpreter(a.Interpreter); ok {
		out.Interpreter = &protocol.ReportParty{Name: i.Name, Zone: e.Zone, Languages: i.Languages}
	}
	for _, q := range f.Quality {
		if q.Consultation == a.Consultation {
			out.Quality = append(out.Quality, wireQuality(q))
		}
	}
	return out
}

func wireQuality(q schedule.SeatQuality) protocol.ReportQuality {
	return protocol.ReportQuality{
		Seat: string(q.Seat), From: q.From.UTC(), To: q.To.UTC(), Route: q.Route,
		RTTMedianMS: q.RTTMedian.Round(time.Millisecond).Milliseconds(), RTT95MS: q.RTT95.Round(time.Millisecond).Milliseconds(),
		LossUp: q.LossUp, LossUpWorst: q.LossUpWorst, LossDown: q.LossDown, LossDownWorst: q.LossDownWorst,
		Frozen: q.Frozen, Concealed: q.Concealed, ScoreUp: q.ScoreUp, ScoreDown: q.ScoreDown,
		Symptoms: each(q.Symptoms, func(s schedule.SymptomTime) protocol.ReportSymptom {
			return protocol.ReportSymptom{Symptom: s.Symptom, Seconds: s.Seconds}
		}),
	}
}

func wireEntry(e schedule.Entry) protocol.ReportEntry {
	return protocol.ReportEntry{
		ID: e.ID, At: e.At.UTC(), Kind: string(e.Kind), Seat: string(e.Seat), Detail: e.Detail, By: e.By, Hash: e.Hash,
	}
}

func wireHead(h schedule.Head, entries int64) *protocol.ReportHead {
	return &protocol.ReportHead{
		Entries: h.Entries, Hash: h.Hash, At: h.At.UTC(), Key: h.Key, Signature: h.Signature, Covers: h.Entries >= entries,
	}
}

// wireTable tells a table as text.
func wireTable(t report.Table, at time.Time) protocol.ReportTable {
	return protocol.ReportTable{
		Sheet: string(t.Sheet), Title: t.Title, DerivedAt: at,
		Columns: each(t.Columns, func(c report.Column) protocol.ReportColumn {
			return protocol.ReportColumn{Key: c.Key, Heading: c.Heading, Kind: string(c.Kind)}
		}),
		Rows: each(t.Rows, func(row []report.Cell) []string {
			out := make([]string, len(row))
			for i, c := range row {
				if k := t.Columns[i].Kind; k == report.KindInstant && !c.Time.IsZero() {
					out[i] = c.Time.Format(time.RFC3339)
				} else {
					out[i] = c.Plain(k)
				}
			}
			return out
		}),
	}
}
