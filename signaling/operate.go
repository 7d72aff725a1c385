package signaling

import (
	"encoding/json"
	"net/http"
	"net/http/pprof"
	"slices"
	"strconv"
	"strings"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/signaling/api"
	"sangdam/signaling/protocol"
)

// What the people and programs that run a server ask it.

// condition is what /healthz and /readyz tell.
type condition struct {
	Status   string `json:"status"` // ok, starting, draining
	Store    string `json:"store"`  // ok, away, unknown
	Sessions int    `json:"sessions"`
}

func (s *Server) condition() condition {
	s.mu.Lock()
	sessions := len(s.sessions)
	s.mu.Unlock()
	c := condition{Status: "ok", Store: "unknown", Sessions: sessions}
	switch {
	case s.draining.Load():
		c.Status = "draining"
	case s.deps.Ready != nil && !s.deps.Ready():
		c.Status = "starting"
	}
	if s.deps.StoreOK != nil {
		c.Store = "away"
		if s.deps.StoreOK() {
			c.Store = "ok"
		}
	}
	return c
}

// healthz tells that the program lives. A store that is away is told and does
// not make it ill: rooms run on, and whoever restarts the program for it ends
// them.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	tell(w, http.StatusOK, s.condition())
}

// readyz tells whether new people may be sent here: not before the timetables
// have been read, and not while the program stops. A store that is away is away
// for every node, so it turns nobody off either.
func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) {
	c := s.condition()
	status := http.StatusOK
	if c.Status != "ok" {
		status = http.StatusServiceUnavailable
	}
	tell(w, status, c)
}

func tell(w http.ResponseWriter, status int, c condition) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(c)
}

// profileMost is the longest profile: a request may take ten minutes in all.
const profileMost = 60 * time.Second

// profile gives Go's profiles of the running program to administrators of all
// events, by the token of their console:
//
//	curl -H "Authorization: Bearer TOKEN" -o cpu.pb https://…/debug/pprof/profile?seconds=30
func (s *Server) profile(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	g, err := s.caller(r.Context(), token)
	if err == nil && !g.May(schedule.RightAdministrator) {
		err = protocol.Fail(protocol.CodeForbidden)
	}
	if err != nil {
		api.WriteProblem(w, protocol.AsFault(err))
		return
	}
	if seconds := r.URL.Query().Get("seconds"); seconds != "" {
		if n, err := strconv.ParseFloat(seconds, 64); err != nil || n <= 0 || n > profileMost.Seconds() {
			api.WriteProblem(w, &protocol.Fault{Code: protocol.CodeBadMessage, Detail: "seconds: more than 0 and up to 60"})
			return
		}
	}
	name := r.PathValue("profile")
	if s.deps.Staff != nil { // a server without accounts has its links alone
		if err := s.deps.Staff.MayProfile(r.Context(), g, name); err != nil {
			api.WriteProblem(w, protocol.AsFault(err))
			return
		}
	}
	switch {
	case name == "profile":
		pprof.Profile(w, r)
	case name == "trace":
		pprof.Trace(w, r)
	case slices.Contains([]string{"allocs", "block", "goroutine", "heap", "mutex", "threadcreate"}, name):
		pprof.Handler(name).ServeHTTP(w, r)
	default:
		api.WriteProblem(w, protocol.Fail(protocol.CodeNotFound))
	}
}
