package signaling

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"sangdam/rooms/attendance"
	"sangdam/rooms/report"
	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// RecordReader is what is read for an event's record: *store.Store.
type RecordReader interface {
	// Flush waits until what was appended can be read.
	Flush(ctx context.Context) error
	Entries(ctx context.Context, event schedule.EventID, fn func(schedule.Entry) error) error
	Presences(ctx context.Context, event schedule.EventID) ([]schedule.Presence, error)
	RoomStates(ctx context.Context, event schedule.EventID) (map[schedule.ConsultationID]schedule.RoomState, error)
	Quality(ctx context.Context, event schedule.EventID) ([]schedule.SeatQuality, error)

	// SignHead signs how the ledger stood a moment ago. It fails where there is
	// no key.
	SignHead(ctx context.Context, event schedule.EventID) (schedule.Head, error)
	// SealPack signs a pack's manifest. It fails where there is no key.
	SealPack(event schedule.EventID, manifest []byte) (attendance.PackSeal, error)
	// Heads are all that are known, oldest first.
	Heads(ctx context.Context, event schedule.EventID) ([]schedule.Head, error)
	// Keys are the public keys that heads were signed with.
	Keys(ctx context.Context) (attendance.Keys, error)
}

// Records derives attendance and reports from the ledger, each time anew.
type Records struct {
	// Fixed after NewRecords.
	store RecordReader
	now   func() time.Time
	// large holds a token for each pack and workbook that is being made: each
	// has a whole event in memory. Who finds it full waits for as long as its
	// request may take.
	large chan struct{}
}

// NewRecords makes Records on a store.
func NewRecords(s RecordReader) *Records {
	const atOnce = 2
	return &Records{store: s, now: time.Now, large: make(chan struct{}, atOnce)}
}

// flushWithin is how long the newest entries are waited for. A store that is
// behind has them on disk; the record then ends a little earlier.
const flushWithin = time.Second

// facts reads and derives all that a report needs.
func (r *Records) facts(ctx context.Context, e *schedule.Event, entries []schedule.Entry) (report.Facts, error) {
	present, err := r.store.Presences(ctx, e.ID)
	if err != nil {
		return report.Facts{}, unreadable(err)
	}
	rooms, err := r.store.RoomStates(ctx, e.ID)
	if err != nil {
		return report.Facts{}, unreadable(err)
	}
	quality, err := r.store.Quality(ctx, e.ID)
	if err != nil {
		return report.Facts{}, unreadable(err)
	}
	now := r.now().UTC()
	return report.Facts{
		Event: e, Attendance: attendance.Derive(e, entries, now, present...), Rooms: rooms, Quality: quality, At: now,
	}, nil
}

func (r *Records) entries(ctx context.Context, e schedule.EventID) ([]schedule.Entry, error) {
	flushing, cancel := context.WithTimeout(ctx, flushWithin)
	_ = r.store.Flush(flushing) // see flushWithin
	cancel()
	var all []schedule.Entry
	err := r.store.Entries(ctx, e, func(en schedule.Entry) error {
		all = append(all, en)
		return nil
	})
	if err != nil {
		return nil, unreadable(err)
	}
	return all, nil
}

func (r *Records) read(ctx context.Context, e *schedule.Event) (report.Facts, error) {
	entries, err := r.entries(ctx, e.ID)
	if err != nil {
		return report.Facts{}, err
	}
	return r.facts(ctx, e, entries)
}

func unreadable(err error) error {
	return &protocol.Fault{
		Code: protocol.CodeUnavailable, RetryAfter: retryUnavailable, Cause: fmt.Errorf("record: %w", err),
	}
}

// Attendance is the record of an event.
func (r *Records) Attendance(ctx context.Context, e *schedule.Event) (protocol.Attendance, error) {
	f, err := r.read(ctx, e)
	if err != nil {
		return protocol.Attendance{}, err
	}
	return wireAttendance(f), nil
}

// CSV is the same for spreadsheets, with the headings that programs know.
func (r *Records) CSV(ctx context.Context, e *schedule.Event) ([]byte, error) {
	f, err := r.read(ctx, e)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := report.New(f, report.Filter{}, report.Keys).WriteCSV(&b, report.SheetAttendance); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Book prepares the tables of a report.
func (r *Records) Book(ctx context.Context, e *schedule.Event, filter report.Filter, l report.Language) (*report.Book, error) {
	f, err := r.read(ctx, e)
	if err != nil {
		return nil, err
	}
	return report.New(f, filter, l), nil
}

// Place waits for the right to make something large; free gives it back, once
// or more often.
func (r *Records) Place(ctx context.Context) (free func(), err error) {
	select {
	case r.large <- struct{}{}:
		return sync.OnceFunc(func() { <-r.large }), nil
	case <-ctx.Done():
		return nil, &protocol.Fault{Code: protocol.CodeUnavailable, RetryAfter: retryLarge, Cause: ctx.Err()}
	}
}

const retryLarge = 10 * time.Second

// Pack prepares a funder's pack. The ledger in it ends at a head that is signed
// for it, or where nothing can be signed, as on the command line beside a running
// server, at the last one that was.
func (r *Records) Pack(ctx context.Context, e *schedule.Event, l report.Language) (report.Pack, error) {
	head, signErr := r.store.SignHead(ctx, e.ID)
	heads, err := r.store.Heads(ctx, e.ID)
	if err != nil {
		return report.Pack{}, unreadable(err)
	}
	if signErr != nil {
		if len(heads) == 0 {
			return report.Pack{}, unreadable(fmt.Errorf("no head is signed: %w", signErr))
		}
		head = slices.MaxFunc(heads, func(a, b schedule.Head) int { return cmp.Or(cmp.Compare(a.Entries, b.Entries), a.At.Compare(b.At)) })
	}
	heads = slices.DeleteFunc(heads, func(h schedule.Head) bool {
		return h.Signature == head.Signature || h.Entries > head.Entries // of a moment later
	})
	key, err := r.key(ctx)
	if err != nil {
		return report.Pack{}, err
	}
	entries, err := r.entries(ctx, e.ID)
	if err != nil {
		return report.Pack{}, err
	}
	switch n := int64(len(entries)); {
	case n < head.Entries:
		return report.Pack{}, unreadable(fmt.Errorf("the ledger has %d entries and was signed with %d", n, head.Entries))
	case n > head.Entries:
		entries = entries[:head.Entries]
	}
	f, err := r.facts(ctx, e, entries)
	if err != nil {
		return report.Pack{}, err
	}
	var seal func([]byte) (attendance.PackSeal, error)
	if signErr == nil {
		seal = func(manifest []byte) (attendance.PackSeal, error) { return r.store.SealPack(e.ID, manifest) }
	}
	return report.Pack{
		Seal: seal, Facts: f, Language: l, Entries: entries, Heads: append(heads, head), Key: key,
		Attendance: func(f report.Facts) ([]byte, error) {
			b, err := json.MarshalIndent(wireAttendance(f), "", "  ")
			return append(b, '\n'), err
		},
	}, nil
}

// key has all public keys that heads were signed with, one PEM after the other.
func (r *Records) key(ctx context.Context) ([]byte, error) {
	keys, err := r.store.Keys(ctx)
	if err != nil {
		return nil, unreadable(err)
	}
	var all []byte
	for _, id := range slices.Sorted(maps.Keys(keys)) {
		pem, err := attendance.EncodeKey(keys[id])
		if err != nil {
			return nil, err
		}
		all = append(all, pem...)
	}
	return all, nil
}

// Consultation is all that is known of one of them.
func (r *Records) Consultation(ctx context.Context, e *schedule.Event, id schedule.ConsultationID) (protocol.ConsultationReport, error) {
	entries, err := r.entries(ctx, e.ID)
	if err != nil {
		return protocol.ConsultationReport{}, err
	}
	f, err := r.facts(ctx, e, entries)
	if err != nil {
		return protocol.ConsultationReport{}, err
	}
	i := slices.IndexFunc(f.Attendance, func(a attendance.Attendance) bool { return a.Consultation == id })
	if i < 0 {
		return protocol.ConsultationReport{}, protocol.Fail(protocol.CodeNotFound)
	}
	out := wireOnePager(f, f.Attendance[i])
	last, at := 0, time.Time{} // how many entries there are up to the last about this consultation, and when that was
	for n, en := range entries {
		if en.Consultation != id || readOut(en) {
			continue
		}
		last, at = n+1, en.At
		out.Entries = append(out.Entries, wireEntry(en))
	}
	if out.Head, err = r.covering(ctx, e.ID, int64(last), f.At.Sub(at)); err != nil {
		return protocol.ConsultationReport{}, err
	}
	return out, nil
}

// readOut tells whether an entry says only that somebody read the record: that
// is not about the consultation, and would be younger than any signature.
func readOut(e schedule.Entry) bool {
	action, _, _ := strings.Cut(e.Detail, " ")
	return e.Kind == schedule.EntryStaff && schedule.Action(action) == schedule.ActionReport
}

// signsAfter is how old an entry must be before a signature may cover it; the
// store signs nothing that is younger than its ten seconds.
const signsAfter = 15 * time.Second

// covering finds the last signed head, and signs a new one when that is too
// short and a longer one can be had: what is told of a running consultation
// would otherwise leave a signature at every look. Nil: nobody has ever signed.
func (r *Records) covering(ctx context.Context, e schedule.EventID, entries int64, age time.Duration) (*protocol.ReportHead, error) {
	heads, err := r.store.Heads(ctx, e)
	if err != nil {
		return nil, unreadable(err)
	}
	if age > signsAfter && (len(heads) == 0 || heads[len(heads)-1].Entries < entries) {
		if h, err := r.store.SignHead(ctx, e); err == nil { // else without, or with the older one
			heads = append(heads, h)
		}
	}
	if len(heads) == 0 {
		return nil, nil
	}
	return wireHead(heads[len(heads)-1], entries), nil
}
