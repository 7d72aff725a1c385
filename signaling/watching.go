package signaling

import (
	"strings"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// notesOfWait is how many notes a waiting session is told again in full.
const notesOfWait = 50

// NoteChanged is rooms.Watcher's: a note, or one that was seen.
func (s *stage) NoteChanged(n schedule.Note) {
	note := wireNote(n)
	s.tell([]protocol.Change{{Note: &note}})
}

// BoothChanged is rooms.Watcher's: one booth's screen.
func (s *stage) BoothChanged(b rooms.Booth) {
	booth := wireBooth(s.event, b, s.feed.now())
	s.tell([]protocol.Change{{Booth: &booth}})
}

// Lobby is rooms.Lobbyist's: the whole lobby.
func (s *stage) Lobby(l rooms.Lobby) {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stage != s {
		return
	}
	s.notes = append(s.notes, l.Notes[max(0, len(l.Notes)-notesOfWait):]...)
	s.lobby = &l
	if f.want.typ != "" {
		f.answerWaiting(s)
		return
	}
	w := wireWaiting(l, s.seat, f.now())
	f.number([]protocol.Change{{Waiting: &w}})
}

// answerWaiting tells the lobby in full to whoever asked; mu is held.
func (f *feed) answerWaiting(s *stage) {
	f.restart()
	w := wireWaiting(*s.lobby, s.seat, f.now())
	w.Seq, w.Notes = f.seq, each(s.notes, wireNote)
	if f.want.typ == protocol.TypeResume {
		f.answer(protocol.TypeResume, f.resumed(protocol.Resumed{Waiting: &w}, f.want.secret, f.seq))
		return
	}
	f.answer(protocol.TypeWaiting, w)
}

// resumeWaiting answers a resume by the lobby as it was told last.
func (s *stage) resumeWaiting() {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stage == s && s.lobby != nil && f.want.typ != "" {
		f.answerWaiting(s)
	}
}

// Noted is rooms.Lobbyist's: a note to this seat, or a call that was seen.
func (s *stage) Noted(n schedule.Note) {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stage != s {
		return
	}
	if len(s.notes) == notesOfWait {
		s.notes = s.notes[1:]
	}
	s.notes = append(s.notes, n)
	note := wireNote(n)
	f.number([]protocol.Change{{Note: &note}})
}

// practise tells that the own media comes back, which has no state of its own.
func (s *stage) practise() {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	f.restart()
	f.answer(protocol.TypePractice, protocol.Practising{
		Seq:   f.seq,
		Slots: []protocol.Slot{{Slot: 0, Kind: string(rooms.SlotPerson), Participant: f.session}},
	})
}

func wireWaiting(l rooms.Lobby, seat schedule.SeatID, now time.Time) protocol.Waiting {
	return protocol.Waiting{
		Consultation: wireConsultation(l.Event, l.Consultation, seat, l.Clock),
		Clock:        wireClock(l.Clock, now),
		Seats:        each(l.Seats, wireSeat),
		Notes:        []protocol.Note{},
	}
}

// everybody is the target of a note that reaches all.
const everybody = "*"

func wireNote(n schedule.Note) protocol.Note {
	out := protocol.Note{
		ID: n.ID, At: n.At.UTC(), Text: n.Text, Kind: string(n.Kind),
		From:   protocol.NoteFrom{Role: string(n.From.Role), Name: n.From.Name, Seat: string(n.From.Seat), ReplyTo: string(n.From.Seat)},
		SeenBy: n.SeenBy, SeenAt: optional(n.SeenAt),
	}
	switch {
	case n.To.Everybody:
		out.To = everybody
	case n.To.Seat != "":
		out.To = string(n.To.Seat)
	default:
		out.To = string(n.To.Consultation)
	}
	return out
}

// noteTarget reads whom a note is for; a consultation's id has no slash.
func noteTarget(to string) schedule.NoteTarget {
	switch {
	case to == everybody:
		return schedule.NoteTarget{Everybody: true}
	case strings.Contains(to, "/"):
		return schedule.NoteTarget{Seat: schedule.SeatID(to)}
	}
	return schedule.NoteTarget{Consultation: schedule.ConsultationID(to)}
}

func wireBooth(e *schedule.Event, b rooms.Booth, now time.Time) protocol.BoothState {
	out := protocol.BoothState{
		ID: string(b.Booth), Name: b.Name, Connected: b.State == rooms.SeatHere, Since: optional(b.Since), HealthAt: optional(b.HealthAt),
	}
	if seat, ok := nextSeat(e, schedule.Grants{Event: e.ID, Kind: schedule.LinkBooth, Booth: b.Booth}, now); ok {
		out.ReplyTo = string(seat)
	}
	if out.Connected && !b.HealthAt.IsZero() {
		out.Health = &protocol.Health{
			Microphone: b.Health.Microphone, Camera: b.Health.Camera, Level: b.Health.Level, Echo: b.Health.Echo,
			RTTMS: float64(b.Health.RTT) / float64(time.Millisecond), Loss: b.Health.Loss,
		}
	}
	return out
}

// nextSeat is a link's seat in its present or next consultation, or else in its
// last.
func nextSeat(e *schedule.Event, g schedule.Grants, now time.Time) (seat schedule.SeatID, ok bool) {
	for _, on := range e.Seats(g) {
		if on.Consultation.Cancelled {
			continue
		}
		seat, ok = on.Seat, true
		if on.Consultation.End.After(now) {
			break
		}
	}
	return seat, ok
}

func wireAlert(a schedule.Alert) protocol.Alert {
	return protocol.Alert{
		Kind: string(a.Kind), Since: a.Since.UTC(), Proposed: string(a.Proposed),
		Roles: each(a.Roles, func(r schedule.Role) string { return string(r) }),

		CallAt: optional(a.CallAt), ExpectedAt: optional(a.ExpectedAt),
	}
}

var _ rooms.Lobbyist = (*stage)(nil)
