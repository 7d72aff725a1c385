package signaling

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
)

// How a media path is mended: by an ICE restart, or by a new PeerConnection. A
// client whose network has just changed does not know which of its connections
// still work and asks by all of them at once, so that a request may come twice,
// and late.

// pastKept is how many offers are remembered to know one that comes late.
const pastKept = 16

// mended is what a session's offers were answered with. Its loop owns it.
type mended struct {
	ice, rebuilt answered
	past         [][sha256.Size]byte // those answered before these, oldest first
}

// answered is the answer to one offer.
type answered struct {
	offer  [sha256.Size]byte
	answer string // empty: there was none
	media  *media // what it was answered with
}

// again tells the answer that an offer had already.
func (m *mended) again(offer [sha256.Size]byte, rebuild bool, with *media) (answer string, ok bool) {
	a := m.ice
	if rebuild {
		a = m.rebuilt
	}
	if a.answer == "" || a.offer != offer || a.media != with {
		return "", false
	}
	return a.answer, true
}

// keep remembers an answer instead of the former one.
func (m *mended) keep(a answered, rebuild bool) {
	was := &m.ice
	if rebuild {
		was = &m.rebuilt
	}
	if was.answer != "" {
		if len(m.past) == pastKept {
			m.past = slices.Delete(m.past, 0, 1)
		}
		m.past = append(m.past, was.offer)
	}
	*was = a
}

// errLateOffer is what a request hears that was overtaken by a newer one: to
// follow it would break what the newer one has mended.
func errLateOffer() error {
	return &protocol.Fault{Code: protocol.CodeConflict, Detail: "a newer offer was answered"}
}

// restartByMessage is a restart that came by the socket.
func (s *Session) restartByMessage(ctx context.Context, ref uint64, b *protocol.Restart) error {
	return s.mend(ctx, b, func(answer string) {
		s.feed.reply(protocol.TypeRestart, ref, protocol.Restarted{Answer: answer})
	})
}

// restartByPost is a restart that came by REST, whatever has become of the
// socket.
func (s *Session) restartByPost(ctx context.Context, in protocol.RestartSession) (answer string, err error) {
	// The secret first, as for a resume: none of those who know the id may use
	// anything up.
	now := s.server.now()
	if !s.secrets.matchLate(in.Secret, now) {
		return "", protocol.Fail(protocol.CodeSessionUnknown)
	}
	if wait, ok := s.server.limits.links.Allow(string(s.grants.Link), 1, now); !ok {
		return "", limited(wait)
	}
	s.hearPost(now)
	err = s.mend(ctx, &protocol.Restart{Offer: in.Offer, Rebuild: in.Rebuild, Path: in.Path}, func(a string) { answer = a })
	return answer, err
}

// hearPost notes that the page talked to us without a socket.
func (s *Session) hearPost(now time.Time) {
	s.heard, s.posted = now, now
	if s.quiet == nil {
		s.quiet = time.AfterFunc(s.server.times.dead, func() { s.post(func() {}) }) // settle
		return
	}
	s.quiet.Reset(s.server.times.dead)
}

// mend answers an ICE restart; or a new PeerConnection that takes the place of
// one that could not be saved.
func (s *Session) mend(ctx context.Context, b *protocol.Restart, reply func(answer string)) error {
	console := s.grants.Kind == schedule.LinkConsole
	if s.media == nil && (!b.Rebuild || !console) {
		return &protocol.Fault{Code: protocol.CodeBadOffer, Detail: "there was no offer in hello"}
	}
	offer := sha256.Sum256([]byte(b.Offer))
	if answer, ok := s.mended.again(offer, b.Rebuild, s.media); ok {
		reply(answer)
		return nil
	}
	if slices.Contains(s.mended.past, offer) || !b.Rebuild && s.media.origin.after(originOf(b.Offer)) {
		return errLateOffer()
	}
	if wait, ok := s.budget.take(protocol.TypeRestart, s.server.now()); !ok {
		return limited(wait)
	}
	if b.Rebuild {
		return s.rebuild(ctx, b, offer, reply)
	}
	answer, err := s.server.engine.Restart(ctx, s.media.id, b.Offer)
	if err != nil {
		return err
	}
	s.media.origin = originOf(b.Offer)
	s.mended.keep(answered{offer, answer, s.media}, false)
	s.server.metrics.Restarts.WithLabelValues(restartICE).Inc()
	reply(answer)
	return nil
}

func (s *Session) rebuild(ctx context.Context, b *protocol.Restart, offer [sha256.Size]byte, reply func(answer string)) error {
	profile := sfu.ProfileRoom
	if s.grants.Kind == schedule.LinkConsole {
		profile = sfu.ProfileWall
	}
	m, answer, err := s.open(ctx, profile, b.Path, b.Offer)
	if err != nil {
		return err
	}
	old := s.media
	if old != nil { // a console's first one mends nothing
		s.server.metrics.Restarts.WithLabelValues(restartRebuild).Inc()
	}
	_, m.doubted, _ = old.now()
	s.media = m
	s.mended.keep(answered{offer, answer, m}, true)
	s.log.Info("media begun anew", "path", m.path)
	reply(answer)
	old.forgetWanted()
	switch at := s.at.(type) {
	case inRoom:
		err = at.visit.Rebind(ctx, m.id, s.on())
		m.replay(at.visit)
	case practising:
		at.practice, err = s.server.registry.Practice(s.id, m.id)
		s.at = at
	case atBoard:
		if at.wall != nil {
			err = at.wall.Rebind(ctx, m.id)
		}
	}
	old.close()
	if err != nil && !errors.Is(err, rooms.ErrGone) {
		s.log.Warn("new peer not bound", "code", fault(err).Code)
	}
	return nil
}

// open makes a Peer with an observer of its own. The path is how the browser
// tries to get through; empty: as usual.
func (s *Session) open(ctx context.Context, p sfu.Profile, path, offer string) (*media, string, error) {
	m := &media{
		session: s, profile: p, opened: s.server.now(), flowing: map[sfu.Source]bool{}, wanted: map[sfu.Source][]string{}, origin: originOf(offer),
		path: cmp.Or(schedule.PathProfile(path), schedule.PathNormal),
	}
	id, answer, err := s.server.engine.Open(ctx, sfu.Offer{
		Profile: p, SDP: offer, Active: m.path == schedule.PathActive, SoundOnly: m.path == schedule.PathAudio,
	}, m)
	if err != nil {
		return nil, "", err
	}
	m.id = id
	m.late = time.AfterFunc(s.server.times.connect, func() { s.post(func() {}) }) // settle
	return m, answer, nil
}

// origin is whose offer this is, and which of them (RFC 8866, section 5.2). The
// zero origin is not known.
type origin struct {
	id      string
	version uint64
}

// after tells whether an offer is older than the one from o, or that of another
// PeerConnection.
func (o origin) after(offer origin) bool {
	return o.id != "" && offer.id != "" && (offer.id != o.id || offer.version < o.version)
}

func originOf(offer string) origin {
	_, rest, _ := strings.Cut("\n"+offer, "\no=")
	line, _, _ := strings.Cut(rest, "\n")
	words := strings.Fields(line)
	if len(words) < 3 {
		return origin{}
	}
	version, err := strconv.ParseUint(words[2], 10, 64)
	if err != nil {
		return origin{}
	}
	return origin{id: words[1], version: version}
}

// restart mends the media of a session by REST.
func (s *Server) restart(ctx context.Context, id string, in protocol.RestartSession, from netip.Addr) (protocol.Restarted, error) {
	if err := in.Check(); err != nil {
		return protocol.Restarted{}, err
	}
	if wait, ok := s.limits.restarts.Allow(auth.AddrKey(from), 1, s.now()); !ok {
		return protocol.Restarted{}, limited(wait)
	}
	ses := s.session(id)
	if ses == nil {
		return protocol.Restarted{}, protocol.Fail(protocol.CodeSessionUnknown)
	}
	var out protocol.Restarted
	// Who asked by two ways gives one up when the other has answered: what was
	// begun here goes on all the same, and what was not is not begun.
	err := ses.through(context.WithoutCancel(ctx), nil, func(within context.Context) (err error) {
		if err := ctx.Err(); err != nil {
			return err
		}
		out.Answer, err = ses.restartByPost(within, in)
		return err
	})
	if err != nil {
		f := fault(err)
		s.metrics.Faults.WithLabelValues(string(f.Code)).Inc()
		return protocol.Restarted{}, f
	}
	return out, nil
}
