package signaling

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/signaling/api"
	"sangdam/signaling/protocol"
)

// site is how this server is reached, as far as the cookie of staff depends on it.
func (s *Server) site() api.Site { return api.Site{Secure: s.secure, Origins: s.deps.Origins} }

// secure tells whether a request came by https: to us, to a proxy that is
// trusted, or to the public address, which is told to be https. On the machine
// itself plain http will do.
func (s *Server) secure(r *http.Request) bool {
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" && s.trusted(peerOf(r)) {
		return true
	}
	public := slices.ContainsFunc(s.deps.Origins, func(o string) bool { return strings.HasPrefix(o, "https://") })
	return public && !loopback(r.Host)
}

// loopback tells whether a host is this machine.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}

// openEvent exchanges the cookie of who has signed in for all that a page needs.
// The token that the tab has already is used on while it is good.
func (s *Server) openEvent(ctx context.Context, cookie string, in protocol.OpenEvent) (protocol.Bootstrap, error) {
	who, err := s.deps.Staff.Who(ctx, cookie)
	if err != nil {
		return protocol.Bootstrap{}, err
	}
	id := schedule.EventID(in.Event)
	if !who.Account.Sees(id) { // as if there were none
		return protocol.Bootstrap{}, protocol.Fail(protocol.CodeNotFound)
	}
	if _, err := s.registry.Event(ctx, id); err != nil {
		return protocol.Bootstrap{}, fault(err)
	}
	if in.Token != "" {
		if g, err := s.gate.Grants(ctx, in.Token); err == nil && string(g.Link) == who.Session.ID && g.Event == id {
			return s.bootstrap(ctx, in.Token, g)
		}
	}
	token, g, err := s.deps.Staff.Enter(ctx, who, id)
	if err != nil {
		return protocol.Bootstrap{}, err
	}
	return s.bootstrap(ctx, token, g)
}

// SignedOut ends what sign-ins that are over have opened on this node; their
// tokens are refused everywhere.
func (s *Server) SignedOut(ctx context.Context, signIns []string) {
	s.expel(ctx, protocol.CodeSignInNeeded, func(ses *Session) bool {
		return ses.grants.Account != "" && slices.Contains(signIns, string(ses.grants.Link))
	})
}

// expel ends the sessions that are meant.
func (s *Server) expel(ctx context.Context, why protocol.Code, meant func(*Session) bool) {
	s.mu.Lock()
	var of []*Session
	for _, ses := range s.sessions {
		if meant(ses) {
			of = append(of, ses)
		}
	}
	s.mu.Unlock()
	for _, ses := range of {
		_ = ses.do(ctx, func() { ses.expel(why) }) // one that has ended is out already
	}
}

const (
	// signInEvery is how often a session looks whether its sign-in still counts:
	// it may have been ended at another node, or have run out. It counts as use, so
	// that a console which is open all day is not put out of it.
	signInEvery  = 30 * time.Second
	signInWithin = time.Second
)

// followSignIn begins to look after the sign-in that a session came by. The
// timer is stopped when the session ends.
func (s *Session) followSignIn() {
	if s.grants.Account == "" {
		return
	}
	s.signIn = time.AfterFunc(s.server.times.signIn, func() { s.post(s.checkSignIn) })
}

func (s *Session) checkSignIn() {
	if s.over {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), signInWithin)
	defer cancel()
	err := s.server.gate.Alive(ctx, s.grants)
	if err != nil && fault(err).Code == protocol.CodeSignInNeeded {
		s.expel(protocol.CodeSignInNeeded)
		return
	}
	s.signIn.Reset(s.server.times.signIn) // a store that is away puts nobody out
}
