package signaling

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/signaling/protocol"
)

// requestWithin is how long a request may take, whatever it waits for.
const requestWithin = 8 * time.Second

// stuckAfter is when a loop that has not taken or finished a request by then
// never will: several sockets of one session may wait for each other.
const stuckAfter = 25 * time.Second

// request runs one request of the session's socket, on the session's loop. What
// it returns is told to the client; a reply that was given is nil.
func (s *Session) request(ctx context.Context, m protocol.Message, body any) error {
	s.heard = s.server.now()
	s.secrets.arrived(s.heard)
	if b, ok := body.(*protocol.Restart); ok {
		return s.restartByMessage(ctx, m.Ref, b) // a repetition costs nothing
	}
	if wait, ok := s.budget.take(m.Type, s.heard); !ok {
		return limited(wait)
	}
	switch b := body.(type) {
	case *protocol.Probe:
		return s.probe(ctx, m.Ref, b)
	case *protocol.Join:
		return s.join(ctx, m.Ref, b)
	case *protocol.Leave:
		return s.ok(m.Ref, s.leave(ctx))
	case *protocol.SetSource:
		return s.ok(m.Ref, s.setSource(ctx, b))
	case *protocol.Say:
		return s.ok(m.Ref, s.say(ctx, b))
	case *protocol.Watch:
		return s.watch(ctx, m.Ref)
	case *protocol.Wait:
		return s.wait(ctx, m.Ref, b)
	case *protocol.Practice:
		return s.practise(ctx, m.Ref)
	case *protocol.SendNote:
		return s.ok(m.Ref, s.note(ctx, b))
	case *protocol.Call:
		return s.ok(m.Ref, s.call(ctx))
	case *protocol.Seen:
		return s.ok(m.Ref, s.seen(ctx, b))
	case *protocol.Health:
		return s.ok(m.Ref, s.health(b))
	case *protocol.ShowRooms:
		return s.show(ctx, m.Ref, b)
	case *protocol.Help:
		return s.ok(m.Ref, s.help(ctx, b))
	case *protocol.Steer:
		return s.ok(m.Ref, s.steer(ctx, b))
	case *protocol.TellVitals:
		return s.ok(m.Ref, s.vitals(b))
	case *protocol.SendReport:
		return s.ok(m.Ref, s.report(b))
	case *protocol.Tiles:
		return s.ok(m.Ref, s.tiles(ctx, b))
	case *protocol.Ping:
		s.feed.reply(protocol.TypePong, m.Ref, protocol.Pong{At: b.At, ServerTime: s.heard.UTC()})
		return nil
	case *protocol.Nothing: // bye
		s.bye(ctx)
		return nil
	}
	return &protocol.Fault{Code: protocol.CodeBadMessage, Detail: m.Type + " begins a socket"}
}

func (s *Session) ok(ref uint64, err error) error {
	if err == nil {
		s.feed.reply(protocol.TypeOK, ref, nil)
	}
	return err
}

func (s *Session) refuse(ref uint64, f *protocol.Fault) {
	s.server.metrics.Faults.WithLabelValues(string(f.Code)).Inc()
	if f.Code == protocol.CodeInternal {
		s.log.Error("request failed", "err", f.Cause)
	}
	s.feed.reply(protocol.TypeError, ref, f.Wire())
}

// approach finds the own seat in a consultation and leaves wherever the session
// is.
func (s *Session) approach(ctx context.Context, id schedule.ConsultationID) (schedule.SeatID, error) {
	event, err := s.server.registry.Event(ctx, s.grants.Event)
	if err != nil {
		return "", err
	}
	if _, ok := event.Consultation(id); !ok {
		return "", protocol.Fail(protocol.CodeNotFound)
	}
	seat, ok := event.SeatIn(s.grants, id)
	if !ok {
		return "", protocol.Fail(protocol.CodeForbidden)
	}
	if err := s.leave(ctx); err != nil && !errors.Is(err, rooms.ErrGone) {
		s.log.Warn("leaving for another place", "code", fault(err).Code)
	}
	s.event = event
	return seat, nil
}

// join enters a room. The room's full state is the reply: it is told from the
// room's loop, so that no delta can overtake it.
func (s *Session) join(ctx context.Context, ref uint64, b *protocol.Join) error {
	id := schedule.ConsultationID(b.Consultation)
	if now := s.server.now(); now.Before(s.grants.NotBefore) {
		return &protocol.Fault{Code: protocol.CodeTooEarly, OpensAt: s.grants.NotBefore.UTC()}
	} else if !now.Before(s.grants.NotAfter) {
		return protocol.Fail(protocol.CodeLinkExpired)
	}
	if s.media == nil {
		return &protocol.Fault{Code: protocol.CodeForbidden, Detail: "no media to meet with"}
	}
	want := pending{typ: protocol.TypeJoin, ref: ref}
	if r, ok := s.at.(inRoom); ok && r.consultation == id {
		// The reply to the first one was lost with a socket.
		s.feed.expect(want)
		return r.visit.Sync(ctx)
	}
	seat, err := s.approach(ctx, id)
	if err != nil {
		return err
	}
	s.sources = map[sfu.Source]bool{}
	for _, name := range b.Sources {
		s.sources[sfu.Source(name)] = true
	}
	st := s.feed.enter(want, s.dismissal)
	visit, err := s.server.registry.Join(ctx, rooms.JoinRequest{
		Event:        s.grants.Event,
		Consultation: id,
		Seat:         seat,
		Session:      s.id,
		Token:        s.token,
		Peer:         s.media.id,
		Client:       st,
		Sources:      s.on(),
		Move:         b.Move,
	})
	if err != nil {
		unanswered, gone := s.feed.exit(st)
		if unanswered {
			s.refuse(ref, fault(err))
		} // else it had begun, and was over at once: a delta told
		if gone != nil {
			s.letGo(id, fault(gone))
		}
		return nil
	}
	s.at = inRoom{consultation: id, visit: visit, stage: st}
	s.contact, s.path = contactWhole, false // settle tells the room what is so now
	s.media.replay(visit)
	s.server.metrics.Joins.Inc()
	s.server.metrics.JoinTime.Observe(s.server.now().Sub(s.heard).Seconds())
	s.log.Info("in the room", "consultation", id, "seat", seat)
	return nil
}

// dismissal is called from the room's loop.
func (s *Session) dismissal(st *stage, reason error) {
	s.post(func() { s.dismissed(st, reason) })
}

// on lists the sources that are on, in a fixed order.
func (s *Session) on() []sfu.Source {
	var out []sfu.Source
	for _, src := range []sfu.Source{sfu.Microphone, sfu.Camera, sfu.Screen, sfu.ScreenAudio} {
		if s.sources[src] {
			out = append(out, src)
		}
	}
	return out
}

// setSource in the lobby has nobody to tell: join names the sources again.
func (s *Session) setSource(ctx context.Context, b *protocol.SetSource) error {
	src := sfu.Source(b.Source)
	if r, ok := s.at.(inRoom); ok {
		if err := r.visit.SetSource(ctx, src, b.On); err != nil {
			return err
		}
		if err := r.visit.Rest(ctx, src, b.Resting); err != nil {
			return err
		}
	}
	s.sources[src] = b.On
	return nil
}

func (s *Session) say(ctx context.Context, b *protocol.Say) error {
	r, ok := s.at.(inRoom)
	if !ok {
		return &protocol.Fault{Code: protocol.CodeNotFound, Detail: "not in a room"}
	}
	text := plainText(b.Text)
	if text == "" {
		return &protocol.Fault{Code: protocol.CodeBadMessage, Detail: "chat: nothing to say"}
	}
	return r.visit.Say(ctx, b.Key, text)
}

// plainText takes out control characters and those that turn the direction of
// text around, which could make a message read as what nobody wrote.
func plainText(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s))
}

// bye ends the session by the person's own choice.
func (s *Session) bye(ctx context.Context) {
	if err := s.leave(ctx); err != nil && !errors.Is(err, rooms.ErrGone) {
		s.log.Warn("bye", "code", fault(err).Code)
	}
	s.log.Info("session over")
	s.end(protocol.Fail(codeGoodbye))
}

// resume makes c the session's socket and tells what it missed.
func (s *Session) resume(ctx context.Context, c *socket, ref uint64, b *protocol.Resume) error {
	// The secret first: a session's id is known to everybody in its room, and
	// none of them may use up its allowance.
	if !s.secrets.match(b.Secret) {
		return protocol.Fail(protocol.CodeSessionUnknown)
	}
	if wait, ok := s.budget.take(protocol.TypeResume, s.server.now()); !ok {
		return limited(wait)
	}
	s.adopt(c)
	secret := s.secrets.rotate(b.Secret)
	s.server.metrics.Resumes.Inc()
	s.log.Info("resumed", "conn", c.id)
	defer s.present()
	if !s.feed.replay(ref, secret, b.Seq) {
		return nil
	}
	s.feed.expect(pending{typ: protocol.TypeResume, ref: ref, secret: secret})
	switch at := s.at.(type) {
	case inRoom:
		if err := at.visit.Sync(ctx); err != nil {
			s.log.Info("resumed into no room", "code", fault(err).Code)
		}
	case atBoard:
		at.watch.Sync()
	case waiting:
		at.stage.resumeWaiting()
	case practising: // the client does not know that it practises
		s.feed.settleResume()
		return s.leave(ctx)
	}
	s.feed.settleResume()
	return nil
}
