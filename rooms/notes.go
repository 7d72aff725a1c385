package rooms

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"sangdam/rooms/schedule"
)

// keptNote is a note as a board keeps it.
type keptNote struct {
	schedule.Note
	key string // of its sender, to know a repetition
}

// Note takes a word from somebody to the coordinators, or from a coordinator
// to people in lobbies and rooms. Coordinators see all notes. A repetition, by
// session and key, returns the note that there is; so does a call of a seat or
// booth whose last one is still open. A coordinator's note to a seat answers
// that seat's open call.
func (g *Registry) Note(ctx context.Context, req NoteRequest) (schedule.Note, error) {
	req.Text = strings.TrimSpace(req.Text)
	if req.Kind == "" {
		req.Kind = schedule.NoteText
	}
	if err := req.validate(); err != nil {
		return schedule.Note{}, err
	}
	e, err := g.Event(ctx, req.Event)
	if err != nil {
		return schedule.Note{}, err
	}
	target := req.To.Consultation
	if req.To.Seat != "" {
		target, _ = req.To.Seat.Split()
	}
	if target != "" {
		if c, ok := e.Consultation(target); !ok || req.To.Seat != "" && !seatAllowed(e, c, req.To.Seat) {
			return schedule.Note{}, ErrNotFound
		}
	}
	id, err := uuid.NewV7()
	if err != nil {
		return schedule.Note{}, err
	}
	note, changed := g.eventEntry(req.Event).board.addNote(req, id.String(), stamp(g.deps.Clock))
	g.spread(req.Event, changed)
	return note, nil
}

func (req NoteRequest) validate() error {
	targets := 0
	for _, set := range []bool{req.To.Seat != "", req.To.Consultation != "", req.To.Everybody} {
		if set {
			targets++
		}
	}
	console := req.From.Role == schedule.RoleCoordinator
	switch {
	case !console && targets > 0:
		return ErrForbidden
	case console && (targets != 1 || req.Kind == schedule.NoteCall):
		return ErrInvalid
	case req.Kind != schedule.NoteText && req.Kind != schedule.NoteCall, !utf8.ValidString(req.Text):
		return ErrInvalid
	case req.Kind == schedule.NoteText && req.Text == "":
		return ErrInvalid
	case utf8.RuneCountInString(req.Text) > MaxNoteRunes:
		return ErrTooLarge
	}
	return nil
}

// Seen closes a call, or marks a note as read, in the name of a coordinator.
// Who wrote it is told.
func (g *Registry) Seen(ctx context.Context, event schedule.EventID, note, by string) error {
	if _, err := g.Event(ctx, event); err != nil {
		return err
	}
	changed, err := g.eventEntry(event).board.seen(note, by, stamp(g.deps.Clock))
	g.spread(event, changed)
	return err
}

// spread gives notes that a board has taken to the rooms and to the Store.
func (g *Registry) spread(event schedule.EventID, notes []schedule.Note) {
	if len(notes) == 0 {
		return
	}
	for _, n := range notes {
		g.mirror.saveNote(event, n)
	}
	for _, r := range g.openRooms(event) {
		r.note(notes)
	}
}

// note tells notes to those in the room whom they are for.
func (r *room) note(notes []schedule.Note) {
	r.news(func(time.Time) {
		for _, n := range notes {
			for _, p := range r.inOrder() {
				if concerns(n, p.view.Seat) {
					p.client.Deliver([]Change{{Note: &n}})
				}
			}
		}
	})
}

// concerns tells whether somebody on a seat is to hear of a note: it is for
// that seat, or it came from there and was seen.
func concerns(n schedule.Note, seat schedule.SeatID) bool {
	return n.To.Reaches(seat) || n.From.Seat != "" && n.From.Seat == seat && n.SeenBy != ""
}

// addNote keeps a new note and tells what changed by it.
func (b *board) addNote(req NoteRequest, id string, now time.Time) (note schedule.Note, changed []schedule.Note) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := ""
	if req.Key != "" {
		key = req.Session + " " + req.Key
	}
	for _, k := range b.notes {
		same := key != "" && k.key == key
		open := req.Kind == schedule.NoteCall && k.openCall() && k.From.Seat == req.From.Seat && k.From.Booth == req.From.Booth
		if same || open {
			return k.Note, nil
		}
	}
	note = schedule.Note{ID: id, At: now, From: req.From, To: req.To, Text: req.Text, Kind: req.Kind}
	b.notes = newest(append(b.notes, keptNote{note, key}), MaxNotesKept)
	changed = append(changed, note)
	if req.To.Seat != "" {
		for i, k := range b.notes {
			if k.openCall() && k.From.Seat == req.To.Seat {
				changed = append(changed, b.markSeen(i, req.From.Name, now))
			}
		}
	}
	b.tellNotes(changed)
	return note, changed
}

func (k keptNote) openCall() bool { return k.Kind == schedule.NoteCall && k.SeenBy == "" }

func (b *board) seen(id, by string, now time.Time) ([]schedule.Note, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.notes, func(k keptNote) bool { return k.ID == id })
	switch {
	case i < 0:
		return nil, ErrNotFound
	case by == "":
		return nil, ErrInvalid
	case b.notes[i].SeenBy != "":
		return nil, nil
	}
	changed := []schedule.Note{b.markSeen(i, by, now)}
	b.tellNotes(changed)
	return changed, nil
}

func (b *board) markSeen(i int, by string, now time.Time) schedule.Note {
	if by == "" {
		by = string(schedule.RoleCoordinator)
	}
	b.notes[i].SeenBy, b.notes[i].SeenAt = by, now
	return b.notes[i].Note
}

// tellNotes wants mu held.
func (b *board) tellNotes(notes []schedule.Note) {
	for _, n := range notes {
		for _, w := range b.watchers {
			w.NoteChanged(n)
		}
		for _, w := range b.waiting {
			if concerns(n, w.req.Seat) {
				w.req.Lobbyist.Noted(n)
			}
		}
	}
}

// latestNotes are those of the last day that are asked for; mu is held.
func (b *board) latestNotes(of func(schedule.Note) bool) []schedule.Note {
	from := stamp(b.wall).Add(-noteFor)
	var all []schedule.Note
	for _, k := range b.notes {
		if k.At.After(from) && of(k.Note) {
			all = append(all, k.Note)
		}
	}
	return all
}

// remembers tells whether a note is told again to who comes (back) to a seat:
// one for that seat or from it, and none from before the seat was given to
// somebody else. mu is held.
func (b *board) remembers(seat schedule.SeatID, n schedule.Note) bool {
	c, role := seat.Split()
	return (n.To.Reaches(seat) || n.From.Seat == seat) && !n.At.Before(b.handed[schedule.SeatOf(c, role)])
}
