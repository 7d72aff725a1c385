package whip

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strings"
	"sync"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/signaling/auth"
)

// session is one device that is here.
type session struct {
	// Fixed after newSession.
	handler *Handler
	id      string
	purpose auth.Purpose
	grants  schedule.Grants
	asked   schedule.ConsultationID // of a screen that was told what to show
	log     *slog.Logger
	kick    chan struct{} // wakes run; holds one
	stop    chan struct{} // closed by end

	// Fixed before start.
	peer           sfu.PeerID
	audios, videos int

	restarts sync.Mutex // one at a time
	ending   sync.Once

	mu        sync.Mutex // guards all below; never held during a call that waits
	offer     string     // with the newest ICE credentials
	etag      string     // of the ICE generation
	why       string     // it ended
	state     sfu.State
	flowing   map[sfu.Source]bool
	attached  *rooms.Attachment
	dismissed error // the room let it go

	// Owned by run, and by post before it.
	at      place
	heard   time.Time // when media came last
	checked time.Time // when the link was found good
}

func (h *Handler) newSession(p auth.Purpose, g schedule.Grants, asked schedule.ConsultationID) *session {
	now := time.Now()
	s := &session{
		handler: h, id: strings.ToLower(rand.Text()), purpose: p, grants: g, asked: asked, etag: newTag(),
		kick: make(chan struct{}, 1), stop: make(chan struct{}), flowing: map[sfu.Source]bool{}, heard: now, checked: now,
	}
	s.log = h.deps.Logger.With("event", g.Event, "link", g.Link, "device", s.id, "purpose", p)
	return s
}

func newTag() string { return `"` + strings.ToLower(rand.Text()) + `"` }

func (s *session) kind() rooms.AuxiliaryKind {
	if s.purpose == auth.PurposePublish {
		return rooms.AuxiliaryEncoder
	}
	return rooms.AuxiliaryScreen
}

// end asks run to end; the first reason counts.
func (s *session) end(why string) {
	s.ending.Do(func() {
		s.mu.Lock()
		s.why = why
		s.mu.Unlock()
		close(s.stop)
	})
}

func (s *session) over() bool {
	select {
	case <-s.stop:
		return true
	default:
		return false
	}
}

// tag is the ETag of the ICE generation.
func (s *session) tag() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.etag
}

// offered is the offer as it was answered last.
func (s *session) offered() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.offer
}

// restarted begins another ICE generation.
func (s *session) restarted(offer string) (tag string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offer, s.etag = offer, newTag()
	return s.etag
}

func (s *session) wake() {
	select {
	case s.kick <- struct{}{}:
	default:
	}
}

// run is the session's life, from start to the end.
func (s *session) run() {
	look := time.NewTicker(s.handler.times.look)
	defer look.Stop()
	for {
		select {
		case <-s.stop:
			s.close()
			return
		case <-s.kick:
		case <-look.C:
		}
		s.look(time.Now())
	}
}

// look ends the session when there is a reason, and follows its seat.
func (s *session) look(now time.Time) {
	s.mu.Lock()
	state, dismissed, flows := s.state, s.dismissed, false
	for _, on := range s.flowing {
		flows = flows || on
	}
	s.mu.Unlock()
	if s.purpose == auth.PurposeWatch { // it sends nothing but checks and reports
		if heard := s.handler.deps.Engine.LastHeard(s.peer); heard.After(s.heard) {
			s.heard = heard
		}
	} else if flows {
		s.heard = now
	}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	switch {
	case dismissed != nil:
		s.end(dismissed.Error())
	case state == sfu.StateClosed:
		s.end("the device said goodbye")
	case state == sfu.StateFailed, now.Sub(s.heard) > s.handler.times.silent:
		s.end("no media came")
	case now.Sub(s.checked) >= s.handler.times.check && !s.handler.deps.Keys.Good(ctx, s.grants):
		s.end("its link is worthless")
	default:
		if now.Sub(s.checked) >= s.handler.times.check {
			s.checked = now
		}
		s.follow(ctx)
	}
}

// follow goes where the seat's person went.
func (s *session) follow(ctx context.Context) {
	if s.asked != "" {
		return
	}
	to, moved := s.handler.elsewhere(ctx, s.grants, s.at)
	if !moved {
		return
	}
	s.detach(ctx)
	if err := s.attach(ctx, to); err != nil {
		s.end(err.Error())
	}
}

// attach takes the device into a room.
func (s *session) attach(ctx context.Context, to place) error {
	event, err := s.handler.deps.Rooms.Event(ctx, s.grants.Event)
	if err != nil {
		return err
	}
	name := ""
	if s.purpose == auth.PurposeWatch {
		name = screenName(event, s.grants)
	}
	t, err := s.handler.deps.Rooms.Attach(ctx, rooms.AttachRequest{
		Event: s.grants.Event, Consultation: to.consultation, Kind: s.kind(), Seat: to.seat, Name: name,
		ID: s.id, Peer: s.peer, Client: s, Audios: s.audios, Videos: s.videos,
	})
	if err != nil {
		return err
	}
	s.at = to
	s.mu.Lock()
	s.attached = t
	for src, on := range s.flowing {
		if on {
			t.Flow(src, true)
		}
	}
	s.mu.Unlock()
	s.record(event, schedule.ActionListen)
	s.log.Info("device is in a room", "consultation", to.consultation)
	return nil
}

// screenName is what the people of a room see of who watches.
func screenName(e *schedule.Event, g schedule.Grants) string {
	if b, ok := e.Booth(g.Booth); ok {
		return b.Name
	}
	if g.Name != "" {
		return g.Name
	}
	return e.Organiser
}

// record puts a coordinator's screen into the audit log, as a coordinator who
// listens.
func (s *session) record(e *schedule.Event, a schedule.Action) {
	if s.grants.Kind == schedule.LinkConsole {
		s.handler.deps.Rooms.Act(s.grants.Event, s.grants.Actor(e), a, s.at.consultation, "", "screen", "")
	}
}

// detach takes the device out of its room, if it is in one still.
func (s *session) detach(ctx context.Context) {
	s.mu.Lock()
	t := s.attached
	s.attached = nil
	s.mu.Unlock()
	if t == nil {
		return
	}
	if err := t.Detach(ctx); err != nil { // the room is over
		s.log.Debug("detach", "err", err)
	}
	if event, err := s.handler.deps.Rooms.Event(ctx, s.grants.Event); err == nil {
		s.record(event, schedule.ActionQuiet)
	}
}

// close is the session's last act. ClosePeer says goodbye by DTLS, so that the
// device knows.
func (s *session) close() {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	s.detach(ctx)
	s.handler.deps.Engine.ClosePeer(s.peer)
	s.handler.forget(s)
	s.mu.Lock()
	why := s.why
	s.mu.Unlock()
	s.log.Info("device session over", "why", why)
}

// Dismiss is rooms.AuxiliaryClient's.
func (s *session) Dismiss(reason error) {
	s.mu.Lock()
	s.dismissed = reason
	s.attached = nil
	s.mu.Unlock()
	s.wake()
}

// PeerState is sfu.Observer's.
func (s *session) PeerState(_ sfu.PeerID, state sfu.State) {
	s.mu.Lock()
	s.state = state
	s.mu.Unlock()
	s.wake()
}

// SourceFlow is sfu.Observer's.
func (s *session) SourceFlow(_ sfu.PeerID, src sfu.Source, flowing bool) {
	s.mu.Lock()
	s.flowing[src] = flowing
	if s.attached != nil {
		s.attached.Flow(src, flowing) // does not wait
	}
	s.mu.Unlock()
	s.wake()
}

// Paused is sfu.Observer's: nobody can tell a wall screen.
func (s *session) Paused(sfu.PeerID, []int) {}

// Holds is sfu.Observer's.
func (s *session) Holds(sfu.PeerID, []time.Duration) {}

// Wanted is sfu.Observer's: an encoder sends what it was set to.
func (s *session) Wanted(sfu.PeerID, sfu.Source, []string) {}

// Speaks is sfu.Observer's: an encoder has no microphone of its own.
func (s *session) Speaks(sfu.PeerID, bool) {}

var _ sfu.Observer = (*session)(nil)
