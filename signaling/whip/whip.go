// Package whip lets devices in that have no page: an encoder publishes into a
// firm's seat (WHIP, RFC 9725), a wall screen watches a room (WHEP, the draft that
// follows it).
//
// Handler owns the table of sessions; each session's goroutine owns its time in
// rooms. What a device may is its link's: the link's id stands in the URL, the key
// in the Authorization header, so that no log has it. Handing devices the session
// token of a tab was rejected: it can do all that the person can, and nobody would
// dare to type it into a box that stays in the hall.
package whip

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
)

// Where the routes begin. What follows is a link's id, then a session's.
const (
	PublishPath = "/whip/"
	WatchPath   = "/whep/"
)

// Limits (PROTOCOL.md, "Limits"; a test compares).
const (
	PostEvery, PostBurst   = 2 * time.Second, 20        // offers of a link
	PatchEvery, PatchBurst = 100 * time.Millisecond, 50 // other requests of a link; candidates come one by one
	ScreensOfLink          = 4                          // that watch at once
	SilentFor              = 30 * time.Second           // without media, and a session is over

	maxFragment = 16 << 10
	lookEvery   = time.Second      // where a session's seat is, and whether media comes
	checkEvery  = 30 * time.Second // whether its link is still good
	within      = 5 * time.Second  // of one call to a room
)

// Engine is what devices ask of the media plane.
type Engine interface {
	Open(ctx context.Context, offer sfu.Offer, o sfu.Observer) (sfu.PeerID, string, error)
	Restart(ctx context.Context, id sfu.PeerID, offer string) (string, error)
	ClosePeer(id sfu.PeerID)
	LastHeard(id sfu.PeerID) time.Time
}

// Rooms is what devices ask of the rooms: *rooms.Registry.
type Rooms interface {
	Event(ctx context.Context, id schedule.EventID) (*schedule.Event, error)
	Rows(ctx context.Context, id schedule.EventID) ([]rooms.Row, error)
	Attach(ctx context.Context, r rooms.AttachRequest) (*rooms.Attachment, error)
	Act(id schedule.EventID, by schedule.Actor, a schedule.Action, c schedule.ConsultationID, seat schedule.SeatID, what, why string)
}

// Keys tell what a device's key opens: *auth.Devices.
type Keys interface {
	Grants(ctx context.Context, p auth.Purpose, id schedule.LinkID, key string, from netip.Addr) (schedule.Grants, error)
	Good(ctx context.Context, g schedule.Grants) bool
}

// Deps are what a Handler is made of.
type Deps struct {
	Engine Engine
	Rooms  Rooms
	Keys   Keys
	// ICEServers are the ways around a firewall for one session of a link; nil: none.
	ICEServers func(link schedule.LinkID, session string) []protocol.ICEServer
	// Addr tells whom a request comes from.
	Addr func(*http.Request) netip.Addr
	// Ours tells whether a request's page is ours; one without an Origin is.
	Ours func(*http.Request) bool
	// Fault gives the errors of rooms and of the media plane their codes.
	Fault  func(error) *protocol.Fault
	Logger *slog.Logger
	Now    func() time.Time // time.Now when nil
}

// Handler answers below PublishPath and WatchPath.
type Handler struct {
	// Fixed after New.
	deps    Deps
	times   times
	posts   *auth.Limiter
	patches *auth.Limiter

	mu       sync.Mutex // guards what follows; never held during a call
	closed   bool
	sessions map[string]*session
	running  sync.WaitGroup // sessions' goroutines
}

// New makes a Handler. It starts nothing: goroutines begin with the first
// session, and Close waits for them.
func New(d Deps) *Handler {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Logger == nil {
		d.Logger = slog.New(slog.DiscardHandler)
	}
	return &Handler{
		deps: d, posts: auth.NewLimiter(PostEvery, PostBurst), patches: auth.NewLimiter(PatchEvery, PatchBurst),
		sessions: map[string]*session{}, times: times{look: lookEvery, check: checkEvery, silent: SilentFor},
	}
}

// times are how often a session looks at itself.
type times struct{ look, check, silent time.Duration }

// Close ends all sessions and waits for them; there are none after it.
func (h *Handler) Close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.endIf("the server stops", func(*session) bool { return true })
	h.running.Wait()
}

// Expel ends the sessions of a link that became worthless.
func (h *Handler) Expel(id schedule.LinkID) {
	h.endIf("the link was withdrawn", func(s *session) bool { return s.grants.Link == id })
}

func (h *Handler) endIf(why string, is func(*session) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.sessions {
		if is(s) {
			s.end(why)
		}
	}
}

// Sessions is how many devices there are.
func (h *Handler) Sessions() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.sessions)
}

// reserve takes a session into the table. A seat has one encoder, the newest: a
// box that lost its power comes back before anybody has missed it.
func (h *Handler) reserve(s *session) *protocol.Fault {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return &protocol.Fault{Code: protocol.CodeDraining, RetryAfter: within}
	}
	screens := 0
	for _, o := range h.sessions {
		if o.grants.Link == s.grants.Link && o.purpose == s.purpose && !o.over() {
			screens++
		}
	}
	if s.purpose == auth.PurposeWatch && screens >= ScreensOfLink {
		return &protocol.Fault{Code: protocol.CodeConflict, Detail: "this link has as many screens as it may"}
	}
	h.sessions[s.id] = s
	return nil
}

// start runs a session that was reserved; false: the Handler was closed
// meanwhile, and the session is not in it any more.
func (h *Handler) start(s *session) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		delete(h.sessions, s.id)
		return false
	}
	for _, o := range h.sessions {
		if o != s && s.purpose == auth.PurposePublish && o.purpose == s.purpose && o.grants.Link == s.grants.Link {
			o.end("replaced by another one")
		}
	}
	h.running.Go(s.run)
	return true
}

func (h *Handler) forget(s *session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sessions, s.id)
}

// find is a session of a link, by what stands in the URL.
func (h *Handler) find(purpose auth.Purpose, link schedule.LinkID, id string) *session {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.sessions[id]
	if s == nil || s.purpose != purpose || s.grants.Link != link || s.over() {
		return nil
	}
	return s
}

// route takes a path apart.
func route(path string) (p auth.Purpose, link schedule.LinkID, session string, ok bool) {
	rest, ok := strings.CutPrefix(path, PublishPath)
	p = auth.PurposePublish
	if !ok {
		rest, ok = strings.CutPrefix(path, WatchPath)
		p = auth.PurposeWatch
	}
	id, session, _ := strings.Cut(rest, "/")
	return p, schedule.LinkID(id), session, ok && schedule.ValidID(schedule.LinkID(id)) && !strings.Contains(session, "/")
}
