package signaling

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"time"

	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// LedgerReader is what is read for an event's attendance: *store.Store.
type LedgerReader interface {
	// Flush waits until what was appended can be read.
	Flush(ctx context.Context) error
	Entries(ctx context.Context, event schedule.EventID, fn func(schedule.Entry) error) error
	Presences(ctx context.Context, event schedule.EventID) ([]schedule.Presence, error)
}

// Records derives attendance from the ledger, each time anew.
type Records struct {
	// Fixed after NewRecords.
	ledger LedgerReader
	now    func() time.Time
}

// NewRecords makes Records on a ledger.
func NewRecords(l LedgerReader) *Records { return &Records{ledger: l, now: time.Now} }

// flushWithin is how long the newest entries are waited for. A store that is
// behind has them on disk; the record then ends a little earlier.
const flushWithin = time.Second

func (r *Records) derive(ctx context.Context, e *schedule.Event) ([]attendance.Attendance, time.Time, error) {
	flushing, cancel := context.WithTimeout(ctx, flushWithin)
	_ = r.ledger.Flush(flushing) // see flushWithin
	cancel()
	var entries []schedule.Entry
	err := r.ledger.Entries(ctx, e.ID, func(en schedule.Entry) error {
		entries = append(entries, en)
		return nil
	})
	if err != nil {
		return nil, time.Time{}, unreadable(err)
	}
	present, err := r.ledger.Presences(ctx, e.ID)
	if err != nil {
		return nil, time.Time{}, unreadable(err)
	}
	now := r.now().UTC()
	return attendance.Derive(e, entries, now, present...), now, nil
}

func unreadable(err error) error {
	return &protocol.Fault{
		Code: protocol.CodeUnavailable, RetryAfter: retryUnavailable, Cause: fmt.Errorf("attendance: %w", err),
	}
}

// Attendance is the record of an event.
func (r *Records) Attendance(ctx context.Context, e *schedule.Event) (protocol.Attendance, error) {
	all, now, err := r.derive(ctx, e)
	if err != nil {
		return protocol.Attendance{}, err
	}
	return protocol.Attendance{
		Event: string(e.ID), Zone: e.Zone, DerivedAt: now,
		Consultations: each(all, func(a attendance.Attendance) protocol.AttendanceRecord { return wireRecord(e, a) }),
	}, nil
}

// CSV is the same for spreadsheets, as `sangdam report` writes it.
func (r *Records) CSV(ctx context.Context, e *schedule.Event) ([]byte, error) {
	all, _, err := r.derive(ctx, e)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := attendance.WriteCSV(&b, e, all); err != nil {
		return nil, fmt.Errorf("attendance as CSV: %w", err)
	}
	return b.Bytes(), nil
}

func wireRecord(e *schedule.Event, a attendance.Attendance) protocol.AttendanceRecord {
	firm, _ := e.Firm(a.Firm)
	buyer, _ := e.Buyer(a.Buyer)
	booth, _ := e.Booth(a.Booth)
	out := protocol.AttendanceRecord{
		Consultation:    string(a.Consultation),
		StartsAt:        a.Start.UTC(),
		EndsAt:          a.End.UTC(),
		Booth:           booth.Name,
		Firm:            firm.Name,
		Buyer:           buyer.Name,
		Country:         buyer.Country,
		Verdict:         string(a.Verdict),
		TogetherSeconds: int64(math.Round(a.Together)),
		Seats:           each(a.Seats, wireAttendanceSeat),
		ExtendedTo:      optional(a.ExtendedTo),
	}
	if d := a.Decided; d != nil {
		out.Decided = &protocol.Decided{By: d.By, At: d.At.UTC(), Reason: d.Reason, Derived: string(d.Derived)}
	}
	switch {
	case a.Cancelled:
		out.Verdict = "cancelled"
	case a.Verdict == "":
		out.Verdict = "pending"
	}
	return out
}

func wireAttendanceSeat(s attendance.Seat) protocol.AttendanceSeat {
	return protocol.AttendanceSeat{
		Seat:    string(s.Seat),
		Role:    string(s.Role),
		Seconds: int64(math.Round(s.Present)),
		Intervals: each(s.Intervals, func(iv attendance.Interval) protocol.AttendanceInterval {
			out := protocol.AttendanceInterval{From: iv.From.UTC(), Reason: string(iv.Reason)}
			if !iv.Open {
				out.To = optional(iv.To)
			}
			return out
		}),
	}
}
