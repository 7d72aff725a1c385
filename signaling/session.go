package signaling

import (
	"context"
	"log/slog"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/loop"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/signaling/protocol"
)

// Session is a participant's signalling life: from hello until bye, or until
// nothing was heard of it for the grace time. It survives sockets.
//
// Its loop owns everything that changes. Requests come in by Do, so that a
// socket reads its next message after the last one was answered; news of the
// Peer and of rooms comes in by Post. What rooms tell the client goes through
// the feed, which does not wait for the loop.
type Session struct {
	// Fixed after newSession.
	server *Server
	id     string
	token  string // hash of the tab's token
	grants schedule.Grants
	name   string          // who writes notes; a coordinator's own name, if its link has one
	event  *schedule.Event // as it was at hello, for names and policy
	log    *slog.Logger
	loop   *loop.Loop
	feed   *feed

	// Owned by loop.
	at      place
	media   *media // nil: a console without one
	sources map[sfu.Source]bool
	socket  *socket // nil while there is none
	heard   time.Time
	secrets secrets
	budget  budget
	posted  time.Time   // when it last talked to us without a socket
	quiet   *time.Timer // looks whether anything followed that; nil: it never did so
	mended  mended      // restarts as they were answered last
	probing *probe      // a way that is tried; nil: none
	contact contact     // as the room was told last
	path    bool        // the room's record has it that media's path is up
	wrote   []string    // ids of the last notes from here, so that a repetition is not in the ledger twice
	grace   *time.Timer // runs while there is neither socket nor media
	signIn  *time.Timer // looks whether the sign-in still counts; nil: came by a link
	over    bool
}

// place is where a session is. It is one of these, never two.
type place interface{ place() }

type (
	inLobby struct{}
	inRoom  struct {
		consultation schedule.ConsultationID
		visit        *rooms.Visit
		stage        *stage
	}
	atBoard struct {
		watch *rooms.Watch
		wall  *rooms.Wall // nil: nothing is shown or said
		stage *stage
	}
)

func (inLobby) place() {}
func (inRoom) place()  {}
func (atBoard) place() {}

// contact is what still connects a session with its room.
type contact int

const (
	contactWhole   contact = iota // media, or it may come up at any moment
	contactNoMedia                // the socket alone: media is gone, or did not come up
	contactNone                   // nothing
)

func newSession(s *Server, token string, g schedule.Grants, e *schedule.Event) *Session {
	ses := &Session{
		server:  s,
		id:      newID(),
		token:   token,
		grants:  g,
		name:    wirePerson(e, g).Name,
		event:   e,
		at:      inLobby{},
		sources: map[sfu.Source]bool{},
		budget:  newBudget(),
		heard:   s.now(),
	}
	ses.log = s.log.With("event", g.Event, "session", ses.id, "role", g.Role)
	ses.feed = newFeed(ses.id, s.now, func() []protocol.ICEServer { return s.iceServers(g.Link, ses.id) }, func(err error) {
		ses.log.Error("a message could not be encoded", "err", err)
		ses.post(func() { ses.end(protocol.Fail(protocol.CodeInternal)) })
	})
	ses.loop = loop.New(loop.Options{OnPanic: ses.panicked, OnClose: ses.closed})
	return ses
}

// post brings news. A queue that is full means that the loop is busy and will
// settle anyway; a loop that has ended needs no news.
func (s *Session) post(fn func()) {
	_ = s.loop.Post(func() {
		fn()
		s.settle()
	})
}

// do runs a request and waits for it.
func (s *Session) do(ctx context.Context, fn func()) error {
	return s.loop.Do(ctx, func() {
		fn()
		s.settle()
	})
}

// settle runs after every task: it tells the room what connects it with the
// person, and starts or stops the grace time. A lost socket alone is nobody's
// business while media flows (design: the ladder of reconnecting); lost media
// is everybody's, since others would talk to a frozen picture, but ends nothing
// while the page is there and tries.
func (s *Session) settle() {
	if s.over {
		return
	}
	up, missing, heard := s.media.now()
	is := contactWhole
	switch {
	case !up && !s.talks():
		is = contactNone
	case missing:
		is = contactNoMedia
	}
	if r, ok := s.at.(inRoom); ok && is != s.contact {
		switch is {
		case contactWhole:
			r.visit.Back()
		case contactNoMedia:
			r.visit.MediaGone(heard)
		case contactNone:
			r.visit.Away(s.lastHeard())
		}
	}
	s.contact = is
	if r, ok := s.at.(inRoom); ok && up != s.path {
		r.visit.Path(up, s.route(up))
		s.path = up
	}
	switch lost := is == contactNone; {
	case lost && s.grace == nil:
		s.grace = time.AfterFunc(s.event.Policy.WithDefaults().Grace, func() {
			s.post(s.expire)
		})
	case !lost && s.grace != nil:
		s.grace.Stop()
		s.grace = nil
	}
}

// talks tells whether the page can be reached, or was heard by REST so lately
// that a socket which was that long silent would still count as alive.
func (s *Session) talks() bool {
	return s.socket != nil || !s.posted.IsZero() && s.server.now().Sub(s.posted) < s.server.times.dead
}

// lastHeard is when anything was last received from the session, in whatever
// way.
func (s *Session) lastHeard() time.Time {
	_, _, heard := s.media.now()
	if s.socket != nil {
		heard = later(heard, s.socket.heard())
	}
	return later(s.heard, heard)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// expire ends a session that nothing was heard of for the grace time. The room
// runs its own grace and says "lost" itself; this one is for the lobby and for
// what a room no longer holds.
func (s *Session) expire() {
	if up, _, _ := s.media.now(); !s.talks() && !up {
		s.log.Info("session lost")
		s.end(protocol.Fail(protocol.CodeSessionUnknown))
	}
}

// adopt makes c the session's socket. A former one closes: replaced.
func (s *Session) adopt(c *socket) {
	if s.socket != nil && s.socket != c {
		s.socket.out.close(protocol.Fail(protocol.CodeReplaced))
	}
	if s.socket == nil {
		s.told(true)
	}
	s.socket = c
	s.feed.attach(c.out)
	s.heard = s.server.now()
}

// told tells where the session is that its socket is lost or back: for the
// record of a room, and so that a coordinator whom nobody can tell to be quiet
// is.
func (s *Session) told(up bool) {
	switch at := s.at.(type) {
	case inRoom:
		at.visit.Socket(up)
	case atBoard:
		if at.wall != nil {
			at.wall.Socket(up)
		}
	}
}

// route is how media travels, when it does.
func (s *Session) route(up bool) sfu.Route {
	if !up {
		return sfu.RouteNone
	}
	truth, _ := s.server.engine.Truth(s.media.id) // one that is gone has none
	return truth.Route
}

// dropped is told by a socket that has ended.
func (s *Session) dropped(c *socket) {
	s.feed.detach(c.out)
	if s.socket == c {
		s.socket = nil
		s.heard = later(s.heard, c.heard())
		s.told(false)
	}
}

// dismissed is told when a room has let the session go.
func (s *Session) dismissed(st *stage, reason error) {
	if w, ok := s.at.(waiting); ok && w.stage == st {
		s.at = inLobby{}
		return
	}
	r, ok := s.at.(inRoom)
	if !ok || r.stage != st {
		return
	}
	s.at, s.contact = inLobby{}, contactWhole
	s.letGo(r.consultation, fault(reason))
}

// letGo is what follows from a dismissal: the session stays in the lobby, or is
// over when it goes on elsewhere or must begin again.
func (s *Session) letGo(id schedule.ConsultationID, f *protocol.Fault) {
	s.log.Info("out of the room", "consultation", id, "code", f.Code)
	switch f.Code {
	case protocol.CodeMoved, protocol.CodeReplaced, protocol.CodeRoomFailed, protocol.CodeDraining:
		s.end(f)
	}
}

// leave takes the session out of wherever it is, by the person's own choice.
func (s *Session) leave(ctx context.Context) error {
	switch at := s.at.(type) {
	case inRoom:
		s.feed.exit(at.stage)
		s.at, s.contact = inLobby{}, contactWhole
		s.log.Info("left the room", "consultation", at.consultation)
		return at.visit.Leave(ctx)
	case atBoard:
		s.feed.exit(at.stage)
		at.stop()
		s.at = inLobby{}
	case waiting:
		s.feed.exit(at.stage)
		at.wait.Stop()
		s.at = inLobby{}
	case practising:
		s.feed.exit(at.stage)
		at.practice.Stop()
		s.at = inLobby{}
	}
	return nil
}

// end closes the session for good: its socket with f, its Peer, its loop. Who
// sits in a room then is up to the caller.
func (s *Session) end(f *protocol.Fault) {
	if s.over {
		return
	}
	s.over = true
	if s.socket != nil {
		s.socket.out.close(f)
	}
	s.loop.Stop()
}

// panicked ends this session and no other.
func (s *Session) panicked(v any, stack []byte) {
	s.server.metrics.Panics.Inc()
	s.log.Error("session failed", "panic", v, "stack", string(stack))
	s.over = true
	if s.socket != nil {
		s.socket.out.close(protocol.Fail(protocol.CodeInternal))
	}
}

// closed is the last thing on the loop, however it ended.
func (s *Session) closed() {
	s.over = true
	if s.grace != nil {
		s.grace.Stop()
	}
	if s.signIn != nil {
		s.signIn.Stop()
	}
	if s.quiet != nil {
		s.quiet.Stop()
	}
	switch at := s.at.(type) {
	case inRoom:
		s.feed.exit(at.stage)
		if !s.server.draining.Load() { // a registry that stops ends its intervals itself
			// Not by choice: the room's own grace decides what became of the
			// person, and the tab's next session takes the seat over without a gap.
			at.visit.Away(s.lastHeard())
		}
	case atBoard:
		s.feed.exit(at.stage)
		at.stop()
	case waiting:
		s.feed.exit(at.stage)
		at.wait.Stop()
	case practising:
		s.feed.exit(at.stage)
		at.practice.Stop()
	}
	s.media.close()
	s.probing.close()
	s.server.forget(s)
}
