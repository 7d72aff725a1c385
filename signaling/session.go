package signaling

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/loop"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/signaling/auth"
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
	secret  secretPair
	budget  budget
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

// secretPair is the right to resume. The former secret is good until the new
// one has certainly arrived: until a message came by the socket that got it.
type secretPair struct {
	now, former string // hashes
}

func (p *secretPair) rotate() string {
	s := auth.NewSecret()
	p.former, p.now = p.now, auth.Hash(s)
	return s
}

func (p *secretPair) matches(secret string) bool {
	now, former := auth.Matches(secret, p.now), auth.Matches(secret, p.former)
	return now || former
}

// contact is what still connects a session with its room.
type contact int

const (
	contactWhole   contact = iota // media, or it may come up at any moment
	contactNoMedia                // the socket alone: media is gone, or did not come up
	contactNone                   // nothing
)

// media is a session's end of one Peer: its observer, and its transport as last
// heard. Each Peer has its own, so that the last words of a former one say
// nothing about the present one.
type media struct {
	// Fixed after newMedia.
	session *Session
	profile sfu.Profile
	opened  time.Time
	doubted bool        // it replaces one that was gone: nobody is shown before it is up
	late    *time.Timer // looks whether it came up; stopped when its turn is over

	id   sfu.PeerID // set once, by the session's loop, when the Peer is open
	last atomic.Pointer[mediaNews]

	// Owned by the Peer's loop.
	connected bool // it was, once

	// Owned by the session's loop.
	flowing map[sfu.Source]bool
}

type mediaNews struct {
	state sfu.State
	at    time.Time
}

// PeerState is sfu.Observer's: called from the Peer's loop.
func (m *media) PeerState(_ sfu.PeerID, state sfu.State) {
	now := m.session.server.now()
	m.last.Store(&mediaNews{state: state, at: now})
	if state == sfu.StateConnected && !m.connected {
		m.connected = true
		m.session.server.metrics.Connect.WithLabelValues(string(m.profile)).Observe(now.Sub(m.opened).Seconds())
	}
	m.session.post(func() {}) // settle
}

// SourceFlow is sfu.Observer's: whether RTP of a source really arrives.
func (m *media) SourceFlow(_ sfu.PeerID, source sfu.Source, flowing bool) {
	s := m.session
	s.post(func() {
		m.flowing[source] = flowing
		if r, ok := s.at.(inRoom); ok && m == s.media {
			r.visit.Flow(source, flowing)
		}
	})
}

// Paused is sfu.Observer's: which pictures the line does not carry.
func (m *media) Paused(_ sfu.PeerID, slots []int) {
	s := m.session
	s.post(func() {
		if r, ok := s.at.(inRoom); ok && m == s.media {
			r.visit.Paused(slots)
		}
	})
}

// now tells whether the path stands, or is missing (it stood and does not any
// more, or did not come up in time), and when something was last received by it.
func (m *media) now() (up, gone bool, heard time.Time) {
	if m == nil {
		return false, false, time.Time{}
	}
	n := m.last.Load()
	if n == nil {
		missing := m.doubted || m.session.server.now().Sub(m.opened) >= m.session.server.times.connect
		return false, missing, m.opened
	}
	switch n.state {
	case sfu.StateConnected:
		return true, false, m.session.server.now()
	case sfu.StateDisconnected, sfu.StateFailed, sfu.StateClosed:
		if last := m.session.server.engine.LastHeard(m.id); !last.IsZero() {
			return false, true, last
		}
		return false, true, n.at
	}
	return false, false, time.Time{}
}

// close ends the Peer.
func (m *media) close() {
	if m != nil {
		m.late.Stop()
		m.session.server.engine.ClosePeer(m.id)
	}
}

// replay tells a room what flows already: a Peer tells it once.
func (m *media) replay(v *rooms.Visit) {
	for src, flowing := range m.flowing {
		if flowing {
			v.Flow(src, true)
		}
	}
}

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
	ses.feed = newFeed(ses.id, s.now, func() []protocol.ICEServer { return s.iceServers(ses.id) }, func(err error) {
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
	case !up && s.socket == nil:
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
	if up, _, _ := s.media.now(); s.socket == nil && !up {
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
	s.server.forget(s)
}
