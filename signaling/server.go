// Package signaling is the edge: HTTP routes, WebSocket sessions, and their
// drain. Messages come in, calls of rooms and of the media plane go out.
//
// Server owns the tables of sockets and sessions; each Session's loop owns that
// session; each socket's two goroutines own the socket. Letting a session live
// and die with its socket was rejected: mobile networks drop sockets while media
// flows on.
package signaling

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"sangdam/rooms/schedule"
	"sangdam/signaling/api"
	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
	"sangdam/signaling/sheet"
	"sangdam/signaling/whip"
)

// Server is the edge of one node. It is an http.Handler for everything that
// browsers ask for.
type Server struct {
	// Fixed after New.
	deps     Deps
	registry Registry
	engine   Engine
	gate     *auth.Gate
	log      *slog.Logger
	now      func() time.Time
	metrics  *Metrics
	limits   shared
	upgrader websocket.Upgrader
	handler  http.Handler
	devices  *whip.Handler // nil: none are let in
	times    times

	draining atomic.Bool

	mu       sync.Mutex
	sockets  map[*socket]struct{}
	sessions map[string]*Session // by id
	tabs     map[string]*Session // by hash of the tab's token: the newest
	ofLink   map[schedule.LinkID]int
	running  sync.WaitGroup // sockets' goroutines and sessions' loops
}

// New makes a Server. It starts nothing: goroutines begin with the first socket,
// and Close waits for them.
func New(d Deps) *Server {
	if d.Logger == nil {
		d.Logger = slog.Default()
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Metrics == nil {
		d.Metrics = NewMetrics(nil)
	}
	s := &Server{
		deps:     d,
		registry: d.Registry,
		engine:   d.Engine,
		gate:     auth.NewGate(d.Tokens, d.Now),
		log:      d.Logger,
		now:      d.Now,
		metrics:  d.Metrics,
		limits:   newShared(),
		times:    socketTimes(),
		sockets:  make(map[*socket]struct{}),
		sessions: make(map[string]*Session),
		tabs:     make(map[string]*Session),
		ofLink:   make(map[schedule.LinkID]int),
	}
	s.upgrader = websocket.Upgrader{
		HandshakeTimeout:  s.times.write,
		ReadBufferSize:    4 << 10,
		WriteBufferSize:   4 << 10,
		WriteBufferPool:   &sync.Pool{},
		Subprotocols:      []string{protocol.Subprotocol},
		EnableCompression: true,
		CheckOrigin:       s.sameOrigin,
		Error: func(w http.ResponseWriter, r *http.Request, status int, reason error) {
			code := protocol.CodeBadMessage
			if status == http.StatusForbidden {
				code = protocol.CodeOrigin
			}
			api.WriteProblem(w, &protocol.Fault{Code: code, Detail: reason.Error()})
		},
	}
	if d.Devices != nil {
		s.devices = whip.New(whip.Deps{
			Engine: d.Engine, Rooms: d.Registry, Keys: d.Devices, Addr: s.from, Ours: s.sameOrigin, Fault: fault, Now: d.Now, Logger: d.Logger,
			ICEServers: s.iceServers,
		})
	}
	s.handler = s.routes()
	return s
}

func (s *Server) routes() http.Handler {
	rest := api.New(api.Deps{
		OpenLink:      s.openLink,
		Grants:        s.caller,
		Attendance:    s.attendance,
		AttendanceCSV: s.attendanceCSV,
		Reports:       reports{s},
		Board:         s.board,
		Staff:         s.deps.Staff,
		OpenEvent:     s.openEvent,
		Site:          s.site(),
		Acted: func(by schedule.Grants, a schedule.Action, c schedule.ConsultationID, what, why string) {
			s.registry.Act(by.Event, schedule.Actor{By: by.By(), Name: by.Name}, a, c, "", what, why)
		},
		Bye:     s.beacon,
		Restart: s.restart,
		Desk:    s.deps.Desk,
		Own:     s.deps.Desk,
		Hooks:   s.deps.Hooks,
		Failed: func(_ context.Context, route string, f *protocol.Fault) {
			if f.Code == protocol.CodeInternal { // an outage of the store is the store's to log, once
				s.log.Error("request failed", "route", route, "err", f.Cause)
			}
		},
		Addr: s.from,
	})
	mux := http.NewServeMux()
	mux.Handle("/api/", deflated(rest))
	mux.HandleFunc("GET /ws", s.serveSocket)
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.HandleFunc("GET /debug/pprof/{profile}", s.profile)
	if s.devices != nil {
		mux.Handle(whip.PublishPath, s.devices)
		mux.Handle(whip.WatchPath, s.devices)
	}
	if s.deps.Network != nil {
		mux.Handle("GET "+sheet.Path, s.deps.Network)
		mux.Handle("GET "+sheet.Path+"/", s.deps.Network)
	}
	mux.Handle("/", newPages(s.deps.Static))
	return withHeaders(mux)
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Close takes no new sessions, tells every socket to begin again elsewhere
// (draining), and waits until all have ended or ctx is over. The rooms must be
// closed after it: who sits in them is theirs to write down.
func (s *Server) Close(ctx context.Context) error {
	s.draining.Store(true)
	if s.devices != nil {
		s.devices.Close()
	}
	s.mu.Lock()
	for c := range s.sockets {
		c.out.close(s.drained())
	}
	for _, ses := range s.sessions {
		ses.post(func() { ses.end(s.drained()) })
	}
	s.mu.Unlock()
	done := make(chan struct{})
	go func() { s.running.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	// A browser that neither reads nor answers does not hold up the end.
	s.mu.Lock()
	for c := range s.sockets {
		_ = c.ws.Close()
	}
	for _, ses := range s.sessions {
		ses.loop.Stop()
	}
	s.mu.Unlock()
	<-done
	return ctx.Err()
}

// drained asks clients to come back spread over two seconds.
func (s *Server) drained() *protocol.Fault {
	return &protocol.Fault{Code: protocol.CodeDraining, RetryAfter: time.Duration(rand.Int64N(int64(2 * time.Second)))}
}

// admit takes a session into the tables; former is the one that the same tab
// had, which the caller ends.
func (s *Server) admit(ses *Session) (former *Session, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	former = s.tabs[ses.token]
	switch {
	case s.draining.Load():
		return nil, s.drained()
	case len(s.sessions) >= sessionsInAll, former == nil && s.ofLink[ses.grants.Link] >= sessionsOfLink:
		return nil, limited(30 * time.Second)
	}
	s.sessions[ses.id] = ses
	s.tabs[ses.token] = ses
	s.ofLink[ses.grants.Link]++
	s.metrics.Sessions.Inc()
	return former, nil
}

// forget takes a session that has ended out of the tables.
func (s *Server) forget(ses *Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sessions[ses.id] != ses {
		return // it was never admitted
	}
	delete(s.sessions, ses.id)
	if s.tabs[ses.token] == ses {
		delete(s.tabs, ses.token)
	}
	if s.ofLink[ses.grants.Link]--; s.ofLink[ses.grants.Link] == 0 {
		delete(s.ofLink, ses.grants.Link)
	}
	s.metrics.Sessions.Dec()
}

func (s *Server) session(id string) *Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions[id]
}

// beacon ends the session of a page that is being closed.
func (s *Server) beacon(ctx context.Context, in protocol.Bye) {
	ses := s.session(in.Session)
	if ses == nil {
		return
	}
	_ = ses.do(ctx, func() {
		if ses.secrets.match(in.Secret) {
			ses.bye(ctx)
		}
	})
}

// sameOrigin lets in the server's own host and the configured origins. A
// request without an Origin is no browser's.
func (s *Server) sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	_, host, ok := strings.Cut(origin, "://")
	return ok && strings.EqualFold(host, r.Host) || slices.Contains(s.deps.Origins, origin)
}

// from tells whom a request comes from: the peer of the connection, or, when
// that is a trusted proxy, the last address that it was told by one.
func (s *Server) from(r *http.Request) netip.Addr {
	at := peerOf(r)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.trusted(at); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = hop.Unmap()
	}
	return at
}

// peerOf is the other end of a request's connection.
func peerOf(r *http.Request) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap()
}

func (s *Server) trusted(a netip.Addr) bool {
	return slices.ContainsFunc(s.deps.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

func newID() string {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.NewString() // no clock sequence: any unique one does
	}
	return id.String()
}
