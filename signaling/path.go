package signaling

import (
	"context"
	"time"

	"sangdam/rooms/schedule"
)

// pathWithin is how long the store has to tell a path, or to take one: nobody
// waits for media because of what would only be a good guess.
const pathWithin = 2 * time.Second

// works is told when media has come up for the first time: by what it was is
// remembered, so that the next page of this link begins with it.
func (m *media) works() {
	s := m.session
	truth, _ := s.server.engine.Truth(m.id) // one that is gone has no route
	s.server.metrics.Ways.WithLabelValues(string(m.path), string(truth.Route)).Inc()
	s.log.Info("media is up", "path", m.path, "route", truth.Route)
	if s.over || s.server.deps.Paths == nil {
		return
	}
	// The session's own goroutine is counted already, so that nobody has waited for
	// the last of them yet.
	s.server.running.Go(func() { s.server.rememberPath(s.grants, m.path) })
}

// rememberPath writes a path down, unless it is known: its age is that of the
// finding, since every page that begins with it finds that it works.
func (s *Server) rememberPath(g schedule.Grants, p schedule.PathProfile) {
	ctx, cancel := context.WithTimeout(context.Background(), pathWithin)
	defer cancel()
	now := s.now()
	known, err := s.deps.Paths.Path(ctx, g.Event, g.Link)
	if err == nil && known.Profile == p.Lasting() && now.Sub(known.At) < schedule.PathOldAfter {
		return
	}
	if err == nil {
		err = s.deps.Paths.SavePath(ctx, g.Event, g.Link, schedule.LinkPath{Profile: p.Lasting(), At: now.UTC()})
	}
	if err != nil { // the store says itself that it is away
		s.log.Debug("path not remembered", "event", g.Event, "err", err)
	}
}

// path is the way that worked for the holder of a link the last time.
func (s *Server) path(ctx context.Context, g schedule.Grants) schedule.LinkPath {
	if s.deps.Paths == nil {
		return schedule.LinkPath{}
	}
	ctx, cancel := context.WithTimeout(ctx, pathWithin)
	defer cancel()
	p, err := s.deps.Paths.Path(ctx, g.Event, g.Link)
	if err != nil {
		s.log.Debug("path not known", "event", g.Event, "err", err)
		return schedule.LinkPath{}
	}
	return p
}
