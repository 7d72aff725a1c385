package report_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"sangdam/rooms/attendance"
	"sangdam/rooms/report"
	"sangdam/rooms/schedule"
	"sangdam/rooms/timetable"
)

// yangju is the timetable of the event that all this was made for.
func yangju(t testing.TB) *schedule.Event {
	t.Helper()
	file, err := os.ReadFile("../../cmd/sangdam/demo/yangju-2021.csv")
	if err != nil {
		t.Fatal(err)
	}
	d, problems := timetable.Import(file, "yangju-2021.csv")
	if d == nil {
		t.Fatal(problems)
	}
	e := d.Event
	e.ID, e.Name, e.Organiser, e.Language = "yangju-2021", "양주 섬유 화상 상담회", "경기섬유종합지원센터", "ko"
	for i := range e.Firms {
		e.Firms[i].Contact = schedule.Contact{Person: fmt.Sprintf("김담당%02d", i), Email: fmt.Sprintf("sales%02d@firm.example.kr", i), Phone: fmt.Sprintf("031-555-%04d", i)}
	}
	for i := range e.Buyers {
		e.Buyers[i].Contact = schedule.Contact{Person: fmt.Sprintf("Contact Person %02d", i), Email: fmt.Sprintf("buyer%02d@shop.example", i), Phone: fmt.Sprintf("+90 212 555 %04d", i)}
	}
	return e
}

// week writes the ledger of a week in which the nth consultation goes as
// n mod 7 says: held, buyer missing, firm missing, nobody there, short, held
// after the buyer was late and left for a while, held with a coordinator's word
// against it.
func week(e *schedule.Event) (entries []schedule.Entry, rooms map[schedule.ConsultationID]schedule.RoomState) {
	rooms = map[schedule.ConsultationID]schedule.RoomState{}
	n := 0
	say := func(at time.Time, x schedule.Entry) schedule.Entry {
		n++
		x.ID, x.At, x.Event, x.Node = fmt.Sprintf("entry-%05d", n), at, e.ID, "main"
		if x.Words != "" {
			x.Salt = fmt.Sprintf("salt-%d", n)
		}
		entries = append(entries, x)
		return x
	}
	stay := func(c schedule.Consultation, r schedule.Role, session string, from, to time.Time) {
		seat := schedule.SeatOf(c.ID, r)
		say(from, schedule.Entry{Kind: schedule.EntrySeatJoined, Consultation: c.ID, Seat: seat, Session: session})
		say(to, schedule.Entry{Kind: schedule.EntrySeatLeft, Consultation: c.ID, Seat: seat, Session: session, Detail: string(schedule.LeftEnded)})
	}
	for i, c := range e.Consultations {
		minute := func(m float64) time.Time { return c.Start.Add(time.Duration(m * float64(time.Minute))) }
		firm, buyer, interpreter := schedule.RoleFirm, schedule.RoleBuyer, schedule.RoleInterpreter
		switch i % 7 {
		case 0:
			stay(c, firm, "f", minute(-5), minute(40))
			stay(c, buyer, "y", minute(-2), minute(40))
			stay(c, interpreter, "i", minute(-4), minute(40))
		case 1:
			stay(c, firm, "f", minute(-5), minute(20))
			x := say(minute(4), schedule.Entry{
				Kind: schedule.EntryContact, Consultation: c.ID, Seat: schedule.SeatOf(c.ID, buyer), By: "acc-1", Detail: "no_answer",
				Words: "rang twice at +90 212 555 0101, nobody",
			})
			y := say(minute(7), schedule.Entry{
				Kind: schedule.EntryContact, Consultation: c.ID, Seat: schedule.SeatOf(c.ID, buyer), By: "acc-1", Detail: "coming 5", Words: "in traffic",
			})
			for _, z := range []schedule.Entry{x, y} {
				k := schedule.ReadContacted(z)
				k.Name = "이운영"
				r := rooms[c.ID]
				r.Event, r.Consultation, r.Contacts = e.ID, c.ID, append(r.Contacts, k)
				rooms[c.ID] = r
			}
		case 2:
			stay(c, buyer, "y", minute(0), minute(15))
		case 3:
		case 4:
			stay(c, firm, "f", minute(-5), minute(8))
			stay(c, buyer, "y", minute(1), minute(6))
		case 5:
			stay(c, firm, "f", minute(-5), minute(40))
			stay(c, buyer, "y1", minute(6.5), minute(20))
			stay(c, buyer, "y2", minute(22), minute(40))
		case 6:
			stay(c, firm, "f", minute(-5), minute(40))
			stay(c, buyer, "y", minute(0), minute(40))
			say(minute(50), schedule.Entry{
				Kind: schedule.EntryVerdict, Consultation: c.ID, By: "acc-2", Detail: string(schedule.VerdictTechnical), Words: "=no sound, says Contact Person 01",
			})
		}
		say(minute(41), schedule.Entry{Kind: schedule.EntryPhase, Consultation: c.ID, Detail: string(schedule.PhaseEnded)})
	}
	slices.SortStableFunc(entries, func(a, b schedule.Entry) int { return a.At.Compare(b.At) })
	prev := attendance.Genesis
	for i := range entries {
		entries[i] = attendance.Seal(prev, entries[i])
		prev = entries[i].Hash
	}
	return entries, rooms
}

func after(e *schedule.Event) time.Time {
	return e.Consultations[len(e.Consultations)-1].End.Add(24 * time.Hour)
}

// facts of the week in Yangju.
func facts(t testing.TB) report.Facts {
	t.Helper()
	e := yangju(t)
	entries, rooms := week(e)
	first := e.Consultations[0]
	return report.Facts{
		Event: e, Attendance: attendance.Derive(e, entries, after(e)), Rooms: rooms, At: after(e),
		Quality: []schedule.SeatQuality{{
			Consultation: first.ID, Seat: schedule.SeatOf(first.ID, schedule.RoleBuyer), Session: "y",
			From: first.Start, To: first.Start.Add(40 * time.Minute), Route: "tcp", RTTMedian: 212 * time.Millisecond, RTT95: 340 * time.Millisecond,
			LossUp: 0.001, LossUpWorst: 0.25, LossDown: 0.03, LossDownWorst: 0.5, Frozen: 0.015, Concealed: 0.02,
			Symptoms: []schedule.SymptomTime{{Symptom: "loss_down", Seconds: 150}, {Symptom: "frozen", Seconds: 36}},
		}},
	}
}

// cells are a table's, by key, as text.
func cells(t report.Table, key string) []string {
	i := slices.IndexFunc(t.Columns, func(c report.Column) bool { return c.Key == key })
	var out []string
	for _, r := range t.Rows {
		out = append(out, r[i].Plain(t.Columns[i].Kind))
	}
	return out
}

func column(t *testing.T, table report.Table, key string) []string {
	t.Helper()
	if !slices.ContainsFunc(table.Columns, func(c report.Column) bool { return c.Key == key }) {
		t.Fatalf("table %s has no column %s", table.Sheet, key)
	}
	return cells(table, key)
}
