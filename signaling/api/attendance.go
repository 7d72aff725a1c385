package api

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"sangdam/signaling/protocol"
)

func attendanceJSON(a protocol.Attendance) ([]byte, error) {
	b, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	return append(b, '\n'), nil
}

// attendanceCSV has one row a seat and interval, and one row for a seat that
// nobody sat on. Times are in the center's zone, with their offset.
func attendanceCSV(a protocol.Attendance) ([]byte, error) {
	zone, err := time.LoadLocation(a.Zone)
	if err != nil {
		return nil, err
	}
	at := func(t time.Time) string { return t.In(zone).Format(time.RFC3339) }
	var buf bytes.Buffer
	buf.WriteString("\ufeff") // Excel reads UTF-8 only with the mark
	w := csv.NewWriter(&buf)
	w.UseCRLF = true // RFC 4180
	row := func(cells ...string) {
		for i, c := range cells {
			cells[i] = plainCell(c)
		}
		_ = w.Write(cells) // the buffer does not fail; Error below tells the rest
	}
	row("consultation", "starts_at", "ends_at", "booth", "firm", "buyer", "country", "verdict",
		"together_seconds", "seat", "role", "seat_seconds", "from", "to", "reason")
	for _, c := range a.Consultations {
		head := []string{
			c.Consultation, at(c.StartsAt), at(c.EndsAt), c.Booth, c.Firm, c.Buyer, c.Country, c.Verdict,
			strconv.FormatInt(c.TogetherSeconds, 10),
		}
		for _, s := range c.Seats {
			seat := []string{s.Seat, s.Role, strconv.FormatInt(s.Seconds, 10)}
			if len(s.Intervals) == 0 {
				row(join(head, seat, []string{"", "", ""})...)
			}
			for _, iv := range s.Intervals {
				to := ""
				if iv.To != nil {
					to = at(*iv.To)
				}
				row(join(head, seat, []string{at(iv.From), to, iv.Reason})...)
			}
		}
	}
	w.Flush()
	return buf.Bytes(), w.Error()
}

func join(parts ...[]string) []string {
	var out []string
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// plainCell keeps a spreadsheet from reading a name as a formula (CWE-1236).
func plainCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
