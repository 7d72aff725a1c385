package signaling

import (
	"cmp"
	"context"
	"errors"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// Places in the lobby that have a stage of their own.
type (
	waiting struct {
		consultation schedule.ConsultationID
		wait         *rooms.Waiting
		stage        *stage
	}
	practising struct {
		practice *rooms.Practice
		stage    *stage
	}
)

func (waiting) place()    {}
func (practising) place() {}

// wait shows the lobby of a consultation.
func (s *Session) wait(ctx context.Context, ref uint64, b *protocol.Wait) error {
	id := schedule.ConsultationID(b.Consultation)
	seat, err := s.approach(ctx, id)
	if err != nil {
		return err
	}
	st := s.feed.enter(pending{typ: protocol.TypeWait, ref: ref}, s.dismissal)
	st.seat = seat
	w, err := s.server.registry.Wait(ctx, rooms.WaitRequest{
		Event: s.grants.Event, Consultation: id, Seat: seat, Session: s.id, Lobbyist: st,
	})
	if err != nil {
		s.feed.exit(st)
		return err
	}
	s.at = waiting{consultation: id, wait: w, stage: st}
	return nil
}

// practise sends the own camera and microphone back.
func (s *Session) practise(ctx context.Context, ref uint64) error {
	if s.media == nil {
		return &protocol.Fault{Code: protocol.CodeForbidden, Detail: "no media to practise with"}
	}
	if err := s.leave(ctx); err != nil && !errors.Is(err, rooms.ErrGone) {
		s.log.Warn("leaving to practise", "code", fault(err).Code)
	}
	p, err := s.server.registry.Practice(s.id, s.media.id)
	if err != nil {
		return err
	}
	st := s.feed.enter(pending{typ: protocol.TypePractice, ref: ref}, s.dismissal)
	s.at = practising{practice: p, stage: st}
	st.practise()
	return nil
}

// note writes to the coordinators, or from them.
func (s *Session) note(ctx context.Context, b *protocol.SendNote) error {
	text := plainText(b.Text)
	if text == "" {
		return &protocol.Fault{Code: protocol.CodeBadMessage, Detail: "note: nothing to say"}
	}
	console := s.grants.Kind == schedule.LinkConsole
	if console {
		if err := s.may(schedule.RightCoordinator); err != nil {
			return err
		}
	}
	switch {
	case console && b.To == "":
		return &protocol.Fault{Code: protocol.CodeBadMessage, Detail: "note: to whom?"}
	case !console && b.To != "":
		return protocol.Fail(protocol.CodeForbidden)
	}
	req := rooms.NoteRequest{Text: text, Kind: schedule.NoteText, Key: b.Key}
	if console {
		req.To = noteTarget(b.To)
	}
	n, err := s.write(ctx, req)
	if err == nil && console {
		s.wroteNote(n, b.To)
	}
	return err
}

// call asks a coordinator to come to a booth.
func (s *Session) call(ctx context.Context) error {
	if s.grants.Kind != schedule.LinkBooth {
		return protocol.Fail(protocol.CodeForbidden)
	}
	_, err := s.write(ctx, rooms.NoteRequest{Kind: schedule.NoteCall})
	return err
}

func (s *Session) write(ctx context.Context, req rooms.NoteRequest) (schedule.Note, error) {
	event, err := s.server.registry.Event(ctx, s.grants.Event)
	if err != nil {
		return schedule.Note{}, err
	}
	req.Event, req.Session = s.grants.Event, s.id
	req.From = schedule.NoteSender{Role: s.grants.Role, Name: s.name, Booth: s.grants.Booth}
	if s.grants.Kind != schedule.LinkConsole {
		req.From.Seat = s.seat(event)
	}
	return s.server.registry.Note(ctx, req)
}

// seat is where an answer finds this session: its seat in the room or lobby
// where it is, or else in its next consultation.
func (s *Session) seat(e *schedule.Event) schedule.SeatID {
	var at schedule.ConsultationID
	switch p := s.at.(type) {
	case inRoom:
		at = p.consultation
	case waiting:
		at = p.consultation
	}
	if seat, ok := e.SeatIn(s.grants, at); ok {
		return seat
	}
	seat, _ := nextSeat(e, s.grants, s.server.now())
	return seat
}

// seen closes a call.
func (s *Session) seen(ctx context.Context, b *protocol.Seen) error {
	if err := s.may(schedule.RightCoordinator); err != nil {
		return err
	}
	return s.server.registry.Seen(ctx, s.grants.Event, b.Note, cmp.Or(s.name, string(schedule.RoleCoordinator)))
}

// health takes what a booth's screen tells of itself.
func (s *Session) health(b *protocol.Health) error {
	if s.grants.Kind != schedule.LinkBooth {
		return protocol.Fail(protocol.CodeForbidden)
	}
	return s.server.registry.Booth(s.grants.Event, s.grants.Booth, s.id, rooms.Health{
		Microphone: b.Microphone, Camera: b.Camera, Level: b.Level, Echo: b.Echo,
		RTT: time.Duration(b.RTTMS * float64(time.Millisecond)), Loss: b.Loss,
	})
}

// expel ends a session whose link or sign-in is worthless.
func (s *Session) expel(why protocol.Code) {
	ctx, cancel := context.WithTimeout(context.Background(), requestWithin)
	defer cancel()
	if r, ok := s.at.(inRoom); ok {
		s.feed.exit(r.stage)
		s.at = inLobby{}
		if err := r.visit.Remove(ctx); err != nil && !errors.Is(err, rooms.ErrGone) {
			s.log.Warn("removing", "code", fault(err).Code)
		}
	}
	s.log.Info("session expelled", "code", why)
	s.end(protocol.Fail(why))
}

// Expel ends the sessions of a link that became worthless, on this node; their
// tokens are refused everywhere.
func (s *Server) Expel(ctx context.Context, id schedule.LinkID) {
	if s.devices != nil {
		s.devices.Expel(id)
	}
	s.expel(ctx, protocol.CodeLinkRevoked, func(ses *Session) bool { return ses.grants.Link == id })
}
