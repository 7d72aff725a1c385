// Package desk is the coordinators' work on an event: its timetable, its links
// and invitations, and how ready everybody is.
//
// Desk owns nothing that lasts: the timetable, the links and the record of
// changes are the Store's, rooms are the Registry's, and secrets derive from the
// Keeper. Doing this in the REST handlers was rejected: the command line does the
// same work.
package desk

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"
	"unicode"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
	"sangdam/signaling/auth"
	"sangdam/signaling/mail"
	"sangdam/signaling/protocol"
)

// Store keeps what a Desk works on: *store.Store.
type Store interface {
	LinkStore
	Event(ctx context.Context, id schedule.EventID) (*schedule.Event, error)
	ChangeEvent(ctx context.Context, e *schedule.Event, edit schedule.EditRecord) error
	SaveEvent(ctx context.Context, e *schedule.Event) error
	AddEdit(ctx context.Context, e schedule.EventID, edit schedule.EditRecord) error
	Edits(ctx context.Context, e schedule.EventID, before string, n int) ([]schedule.EditRecord, error)

	Link(ctx context.Context, id schedule.LinkID) (schedule.Link, bool, error)
	Revoke(ctx context.Context, id schedule.LinkID, at time.Time) (found bool, err error)
	Reissue(ctx context.Context, id schedule.LinkID, version int, hash string) error
	LinkSent(ctx context.Context, id schedule.LinkID, at time.Time) error

	SaveReadiness(ctx context.Context, e schedule.EventID, id schedule.LinkID, r schedule.Readiness) error
	Readiness(ctx context.Context, e schedule.EventID) (map[schedule.LinkID]schedule.Readiness, error)
	SavePath(ctx context.Context, e schedule.EventID, id schedule.LinkID, p schedule.LinkPath) error
	Erase(ctx context.Context, order store.Erasure) (store.Erased, error)
	SaveConsent(ctx context.Context, e schedule.EventID, id schedule.LinkID, c schedule.Consent) error
	Consents(ctx context.Context, e schedule.EventID) (map[schedule.LinkID]schedule.Consent, error)
}

// LinkStore keeps links.
type LinkStore interface {
	Links(ctx context.Context, e schedule.EventID) ([]schedule.Link, error)
	SaveLinks(ctx context.Context, links []schedule.Link) error
}

// Rooms is what a Desk asks of the rooms: *rooms.Registry.
type Rooms interface {
	Reload(ctx context.Context, id schedule.EventID) error
	States(id schedule.EventID) (map[schedule.ConsultationID]schedule.RoomState, error)
	Extend(ctx context.Context, id schedule.EventID, c schedule.ConsultationID, to time.Time) error
	Verdict(ctx context.Context, id schedule.EventID, c schedule.ConsultationID, v schedule.Verdict, by, reason string) error

	Event(ctx context.Context, id schedule.EventID) (*schedule.Event, error)
	Rows(ctx context.Context, id schedule.EventID) ([]rooms.Row, error)
	Contact(ctx context.Context, id schedule.EventID, c schedule.ConsultationID, by schedule.Actor, in schedule.Contacted) (schedule.Contacted, error)
	Care(ctx context.Context, id schedule.EventID, c schedule.ConsultationID, by schedule.Actor, take bool) error
	HandOver(ctx context.Context, id schedule.EventID, from schedule.Actor, to string) (int, error)
	End(ctx context.Context, id schedule.EventID, c schedule.ConsultationID, by schedule.Actor, why string) error
	Refused(id schedule.EventID, c schedule.ConsultationID)
	Forget(ctx context.Context, id schedule.EventID, party string) error
	Act(id schedule.EventID, by schedule.Actor, a schedule.Action, c schedule.ConsultationID, seat schedule.SeatID, what, why string)
}

// Ledger is where a Desk writes what is nobody's act in a room: *store.Store.
type Ledger interface{ Append(schedule.Entry) }

// Deps are what a Desk is made of.
type Deps struct {
	Store  Store
	Rooms  Rooms
	Ledger Ledger
	Keeper *auth.Keeper
	Mail   *mail.Sender // nil: no mail is sent
	URL    string       // what links start with, without a slash at the end
	// Out is told that a link became worthless: whoever came by it is out.
	Out func(ctx context.Context, id schedule.LinkID)
	// Moved is told which consultations went to another booth: the screens of
	// both have to know.
	Moved func(ctx context.Context, e schedule.EventID, by schedule.Actor, c ...schedule.ConsultationID)
	// Online tells whether a page of a party is open; nil: nobody's is known.
	Online func(e schedule.EventID, role schedule.Role, party string) bool
	Logger *slog.Logger
	Now    func() time.Time // time.Now when nil
}

// Desk serves the coordinators of all events. Its methods may be called from any
// goroutine.
type Desk struct {
	// Fixed after New.
	deps    Deps
	files   *auth.Limiter // timetable files of an event
	drawn   *auth.Limiter // QR codes of a link
	reports *auth.Limiter // tests and consents of a link
}

// Limits (PROTOCOL.md, "Limits"; a test compares). A sheet for everybody asks
// for hundreds of codes at once.
const (
	filesEvery, filesBurst     = 5 * time.Second, 10
	drawnEvery, drawnBurst     = 100 * time.Millisecond, 500
	reportsEvery, reportsBurst = 2 * time.Second, 20
)

// New makes a Desk. It starts nothing.
func New(d Deps) *Desk {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Logger == nil {
		d.Logger = slog.New(slog.DiscardHandler)
	}
	return &Desk{
		deps:    d,
		files:   auth.NewLimiter(filesEvery, filesBurst),
		drawn:   auth.NewLimiter(drawnEvery, drawnBurst),
		reports: auth.NewLimiter(reportsEvery, reportsBurst),
	}
}

func (d *Desk) limit(l *auth.Limiter, key string) error {
	if wait, ok := l.Allow(key, 1, d.now()); !ok {
		return &protocol.Fault{Code: protocol.CodeRateLimited, RetryAfter: max(wait, time.Millisecond)}
	}
	return nil
}

// CanMail tells whether this server sends mail.
func (d *Desk) CanMail() bool { return d.deps.Mail != nil }

func (d *Desk) now() time.Time { return d.deps.Now().UTC() }

// event is the timetable as the store has it: what a room has taken over may be
// older.
func (d *Desk) event(ctx context.Context, by schedule.Grants) (*schedule.Event, error) {
	e, err := d.deps.Store.Event(ctx, by.Event)
	if err != nil {
		return nil, fail(err)
	}
	return e, nil
}

// record begins the record of a change.
func (d *Desk) record(e *schedule.Event, by schedule.Grants, op string, changes []schedule.EditChange) schedule.EditRecord {
	if changes == nil {
		changes = []schedule.EditChange{}
	}
	return schedule.EditRecord{
		At: d.now(), By: by.Actor(e).Name, Link: schedule.LinkID(by.By()), Op: op, Revision: e.Revision, Changes: changes,
	}
}

// act puts into the ledger what a coordinator did with the event.
func (d *Desk) act(e *schedule.Event, by schedule.Grants, a schedule.Action, c schedule.ConsultationID, what, why string) {
	d.deps.Rooms.Act(e.ID, by.Actor(e), a, c, "", what, clean(why))
}

// clean makes one line of a reason, without what turns the direction of text.
func clean(why string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, why)), " ")
}

// apply writes a changed timetable with its record, gives it to the rooms, and
// makes the links that it needs.
func (d *Desk) apply(ctx context.Context, e *schedule.Event, r schedule.EditRecord) error {
	if err := e.Validate(); err != nil {
		return err
	}
	if err := d.deps.Store.ChangeEvent(ctx, e, r); err != nil {
		return fail(err)
	}
	// What follows makes up for itself when it fails: rooms look at the store
	// now and then, and the next change makes missing links.
	if err := d.deps.Rooms.Reload(ctx, e.ID); err != nil {
		d.deps.Logger.Warn("rooms have not taken over a timetable yet", "event", e.ID, "err", err)
	}
	if _, err := MakeLinks(ctx, d.deps.Store, d.deps.Keeper, e, d.now()); err != nil && !errors.Is(err, auth.ErrOver) {
		d.deps.Logger.Warn("links were not made", "event", e.ID, "err", err)
	}
	return nil
}

// MakeLinks makes the links that an event needs and has not, and lets the others
// live as long as it. It returns all of them.
func MakeLinks(ctx context.Context, s LinkStore, k *auth.Keeper, e *schedule.Event, now time.Time) ([]auth.Minted, error) {
	have, err := s.Links(ctx, e.ID)
	if err != nil {
		return nil, err
	}
	until := make(map[schedule.LinkID]time.Time, len(have))
	for _, l := range have {
		until[l.ID] = l.Grants.NotAfter
	}
	all, err := k.Mint(e, auth.MintOptions{Now: now, Have: have})
	if err != nil {
		return nil, err
	}
	var save []schedule.Link
	for _, m := range all {
		if m.Fresh || !m.Link.Grants.NotAfter.Equal(until[m.Link.ID]) {
			save = append(save, m.Link)
		}
	}
	if len(save) > 0 {
		if err := s.SaveLinks(ctx, save); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// fail gives the errors of store and rooms their codes.
func fail(err error) error {
	for _, m := range []struct {
		is   error
		code protocol.Code
	}{
		{store.ErrConflict, protocol.CodeConflict},
		{store.ErrNotFound, protocol.CodeNotFound},
		{rooms.ErrNotFound, protocol.CodeNotFound},
		{rooms.ErrEnded, protocol.CodeEnded},
		{rooms.ErrCancelled, protocol.CodeCancelled},
		{rooms.ErrInvalid, protocol.CodeBadMessage},
		{rooms.ErrTooLarge, protocol.CodeTooLarge},
		{rooms.ErrForbidden, protocol.CodeForbidden},
		{rooms.ErrGone, protocol.CodeNotFound},
		{store.ErrAmbiguous, protocol.CodeBadMessage},
		{auth.ErrFull, protocol.CodeRoomFull},
		{auth.ErrOver, protocol.CodeEnded},
	} {
		if errors.Is(err, m.is) {
			return &protocol.Fault{Code: m.code, Cause: err}
		}
	}
	if early, ok := errors.AsType[*rooms.TooEarlyError](err); ok {
		return &protocol.Fault{Code: protocol.CodeTooEarly, OpensAt: early.OpensAt.UTC(), Cause: err}
	}
	if f, ok := errors.AsType[*protocol.Fault](err); ok {
		return f
	}
	return &protocol.Fault{Code: protocol.CodeUnavailable, RetryAfter: 2 * time.Second, Cause: err}
}
