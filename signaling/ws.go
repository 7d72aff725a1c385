package signaling

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"
	"time"

	"sangdam/rooms/loop"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/signaling/api"
	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
)

// serveSocket is one WebSocket from its handshake to its end.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	from := s.from(r)
	if wait, ok := s.limits.sockets.Allow(auth.AddrKey(from), 1, s.now()); !ok {
		api.WriteProblem(w, limited(wait))
		return
	}
	if s.draining.Load() {
		api.WriteProblem(w, s.drained())
		return
	}
	ws, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	c := newSocket(ws, newID(), s.times)
	if !s.begin(c) {
		_ = ws.Close()
		return
	}
	defer s.finish(c)
	if ws.Subprotocol() != protocol.Subprotocol {
		c.out.close(&protocol.Fault{Code: protocol.CodeBadMessage, Detail: "subprotocol " + protocol.Subprotocol + " is asked for"})
	}
	err = c.run(func(raw []byte) { s.message(c, raw) })
	s.log.Debug("socket ended", "conn", c.id, "err", err)
}

// begin takes a socket into the table, unless the server is closing.
func (s *Server) begin(c *socket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining.Load() {
		return false
	}
	s.sockets[c] = struct{}{}
	s.running.Add(1)
	s.metrics.Sockets.Inc()
	return true
}

func (s *Server) finish(c *socket) {
	s.mu.Lock()
	delete(s.sockets, c)
	s.mu.Unlock()
	s.metrics.Sockets.Dec()
	if ses := c.session; ses != nil {
		ses.post(func() { ses.dropped(c) })
	}
	s.running.Done()
}

// message handles one message on the socket's read goroutine. A panic ends this
// session alone.
func (s *Server) message(c *socket, raw []byte) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		s.metrics.Panics.Inc()
		s.log.Error("socket failed", "conn", c.id, "panic", v, "stack", string(debug.Stack()))
		c.out.close(protocol.Fail(protocol.CodeInternal))
		if ses := c.session; ses != nil {
			ses.post(func() { ses.end(protocol.Fail(protocol.CodeInternal)) })
		}
	}()
	m, body, err := protocol.Decode(raw)
	if err == nil && m.Ref == 0 && m.Type != protocol.TypeBye {
		err = &protocol.Fault{Code: protocol.CodeBadMessage, Detail: m.Type + ": no ref"}
	}
	if err == nil {
		err = s.dispatch(context.Background(), c, m, body)
	}
	if err != nil {
		s.refuse(c, m, fault(err))
	}
}

// refuse tells a client what was wrong. A message without a ref has no reply, so
// that the socket ends; so does one that has been wrong too often.
func (s *Server) refuse(c *socket, m protocol.Message, f *protocol.Fault) {
	s.metrics.Faults.WithLabelValues(string(f.Code)).Inc()
	if f.Code == protocol.CodeInternal {
		s.log.Error("request failed", "conn", c.id, "type", m.Type, "err", f.Cause)
	}
	if c.session == nil {
		if c.tries++; c.tries >= maxTries {
			f = limited(time.Second)
			f.Detail = "too many tries"
			c.out.close(f)
			return
		}
	}
	wrong := f.Code == protocol.CodeBadMessage || f.Code == protocol.CodeTooLarge || f.Code == protocol.CodeRateLimited
	if m.Ref == 0 || errors.Is(f, errStuck) || wrong && c.strike() || c.session == nil && wrong && f.Code != protocol.CodeRateLimited {
		c.out.close(f)
		return
	}
	raw, err := protocol.Encode(protocol.TypeError, m.Ref, f.Wire())
	if err != nil {
		c.out.close(protocol.Fail(protocol.CodeInternal))
		return
	}
	c.out.send(raw)
}

func (s *Server) dispatch(ctx context.Context, c *socket, m protocol.Message, body any) error {
	if ses := c.session; ses != nil {
		if wait, ok := s.limits.links.Allow(string(ses.grants.Link), 1, s.now()); !ok {
			return limited(wait)
		}
		return ses.through(ctx, c, func(ctx context.Context) error { return ses.request(ctx, m, body) })
	}
	switch b := body.(type) {
	case *protocol.Hello:
		return s.hello(ctx, c, m.Ref, b)
	case *protocol.Resume:
		ses := s.session(b.Session)
		if ses == nil {
			return protocol.Fail(protocol.CodeSessionUnknown)
		}
		err := ses.through(ctx, nil, func(ctx context.Context) error { return ses.resume(ctx, c, m.Ref, b) })
		if err == nil || errors.Is(err, errStuck) { // stuck: it may yet adopt c
			c.session = ses
		}
		return err
	}
	return &protocol.Fault{Code: protocol.CodeBadMessage, Detail: "the first message is hello or resume"}
}

// through runs a request on the session's loop, with the time it may take. A request of a socket that is
// not the session's any more is dropped: its client has been told.
func (s *Session) through(ctx context.Context, c *socket, fn func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, stuckAfter)
	defer cancel()
	var err error
	late := s.do(ctx, func() {
		if c == nil || s.socket == c {
			within, done := context.WithTimeout(ctx, requestWithin)
			defer done()
			err = fn(within)
		}
	})
	switch {
	case late == nil:
		return err
	case errors.Is(late, loop.ErrClosed):
		return protocol.Fail(protocol.CodeSessionUnknown)
	case errors.Is(late, loop.ErrPanicked):
		return protocol.Fail(protocol.CodeInternal)
	}
	// The loop is stuck in spite of every request's own limit. What it may still
	// answer must not meet a second answer, so the socket ends.
	return &protocol.Fault{Code: protocol.CodeInternal, Cause: errors.Join(errStuck, late)}
}

var errStuck = errors.New("the session's loop is stuck")

// hello begins a session.
func (s *Server) hello(ctx context.Context, c *socket, ref uint64, b *protocol.Hello) error {
	ctx, cancel := context.WithTimeout(ctx, requestWithin)
	defer cancel()
	g, err := s.gate.Grants(ctx, b.Token)
	if err != nil {
		return err
	}
	if len(g.Scopes) > 0 {
		return &protocol.Fault{Code: protocol.CodeForbidden, Detail: "a key has no sessions"}
	}
	if wait, ok := s.limits.hellos.Allow(string(g.Link), 1, s.now()); !ok {
		return limited(wait)
	}
	console := g.Kind == schedule.LinkConsole
	profile := sfu.Profile(b.Profile)
	switch {
	case console != (profile == sfu.ProfileWall):
		return &protocol.Fault{Code: protocol.CodeForbidden, Detail: "profile"}
	case b.Offer == "" && !console:
		return &protocol.Fault{Code: protocol.CodeBadOffer, Detail: "no offer"}
	}
	event, err := s.registry.Event(ctx, g.Event)
	if err != nil {
		return err
	}
	ses := newSession(s, auth.Hash(b.Token), g, event)
	s.running.Go(func() { <-ses.loop.Done() })
	err = ses.through(context.WithoutCancel(ctx), nil, func(ctx context.Context) error { return ses.begin(ctx, c, ref, profile, b) })
	if err != nil {
		ses.loop.Stop()
		return err
	}
	c.session = ses
	// Who made the link worthless meanwhile may not have seen this session.
	if _, err := s.gate.Grants(ctx, b.Token); err != nil {
		if why := fault(err).Code; why == protocol.CodeLinkRevoked || why == protocol.CodeSignInNeeded {
			return ses.do(ctx, func() { ses.expel(why) })
		}
	}
	return nil
}

// begin is the session's first task.
func (s *Session) begin(ctx context.Context, c *socket, ref uint64, p sfu.Profile, b *protocol.Hello) error {
	welcome := protocol.Welcome{
		Session:    s.id,
		You:        wirePerson(s.event, s.grants),
		ServerTime: s.server.now().UTC(),
		ICEServers: s.server.iceServers(s.grants.Link, s.id),
	}
	if b.Offer != "" {
		m, answer, err := s.open(ctx, p, b.Path, b.Offer)
		if err != nil {
			return err
		}
		s.media, welcome.Answer = m, answer
	}
	former, err := s.server.admit(s)
	if err != nil {
		return err
	}
	if former != nil {
		former.post(func() {
			former.log.Info("session renewed", "by", s.id)
			former.end(protocol.Fail(protocol.CodeReplaced))
		})
	}
	s.followSignIn()
	s.adopt(c)
	welcome.Secret = s.secrets.rotate("")
	s.feed.reply(protocol.TypeHello, ref, welcome)
	s.log.Info("session begun", "conn", c.id, "profile", p, "media", s.media != nil)
	return nil
}
