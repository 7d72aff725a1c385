package attendance

import (
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/spreadsheet"
)

// columns of the CSV. New ones go to the end: people have formulas on these.
func columns() []string {
	return []string{
		"consultation", "scheduled_start", "scheduled_end", "zone", "booth", "firm", "buyer", "verdict", "together_minutes",
		"seat", "role", "name", "first_in", "last_out", "present_minutes", "away_minutes", "intervals", "in_room_now",
		"extended_to", "derived_verdict", "decided_by", "decided_at", "reason",
	}
}

// WriteCSV writes one row a seat, for spreadsheets: UTF-8 with a byte order
// mark (without one Excel reads another encoding), CRLF, times on the center's
// clock with the zone beside them, and no cell that a spreadsheet would run as
// a formula.
func WriteCSV(w io.Writer, event *schedule.Event, all []Attendance) error {
	zone, err := time.LoadLocation(event.Zone)
	if err != nil || event.Zone == "" {
		zone = time.UTC
	}
	n := event.Names()
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	cw := csv.NewWriter(w)
	cw.UseCRLF = true
	if err := cw.Write(columns()); err != nil {
		return err
	}
	for _, a := range all {
		verdict := string(a.Verdict)
		if a.Cancelled {
			verdict = string(schedule.PhaseCancelled)
		}
		for _, s := range a.Seats {
			inRoom := "no"
			if len(s.Intervals) > 0 && s.LastOut.IsZero() {
				inRoom = "yes"
			}
			row := []string{
				string(a.Consultation), clock(a.Start, zone), clock(a.End, zone), zone.String(), n.Booths[a.Booth], n.Firms[a.Firm], n.Buyers[a.Buyer],
				verdict, minutes(a.Together),
				string(s.Seat), string(s.Role), nameOnSeat(n, a, s.Role), clock(s.FirstIn, zone), clock(s.LastOut, zone),
				minutes(s.Present), minutes(s.Away), strconv.Itoa(len(s.Intervals)), inRoom,
				clock(a.ExtendedTo, zone),
			}
			if d := a.Decided; d != nil {
				row = append(row, string(d.Derived), d.By, clock(d.At, zone), d.Reason)
			} else {
				row = append(row, verdict, "", "", "")
			}
			for i := range row {
				row[i] = spreadsheet.Safe(row[i])
			}
			if err := cw.Write(row); err != nil {
				return err
			}
		}
	}
	cw.Flush()
	return cw.Error()
}

func clock(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format("2006-01-02 15:04:05")
}

// minutes of seconds, with one decimal.
func minutes(s float64) string { return strconv.FormatFloat(s/60, 'f', 1, 64) }

func nameOnSeat(n schedule.Names, a Attendance, r schedule.Role) string {
	switch r {
	case schedule.RoleFirm:
		return n.Firms[a.Firm]
	case schedule.RoleBuyer:
		return n.Buyers[a.Buyer]
	case schedule.RoleInterpreter:
		return n.Interpreters[a.Interpreter]
	}
	return ""
}
