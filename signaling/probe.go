package signaling

import (
	"context"
	"time"

	"sangdam/rooms/sfu"
	"sangdam/signaling/protocol"
)

// probe is a way of media that is tried beside the one in use, by a Peer that no
// room knows. Its session's loop owns it.
type probe struct {
	// Fixed after Session.probe.
	server *Server
	id     sfu.PeerID
	late   *time.Timer
}

// probe opens one; the former one ends.
func (s *Session) probe(ctx context.Context, ref uint64, b *protocol.Probe) error {
	s.probing.close()
	s.probing = nil
	p := &probe{server: s.server}
	id, answer, err := s.server.engine.Open(ctx, sfu.Offer{
		Profile: sfu.ProfileProbe, SDP: b.Offer, Only: sfu.Route(b.Route),
	}, probed{})
	if err != nil {
		return err
	}
	p.id = id
	p.late = time.AfterFunc(s.server.times.probe, func() {
		s.post(func() {
			if s.probing == p {
				p.close()
				s.probing = nil
			}
		})
	})
	s.probing = p
	s.feed.reply(protocol.TypeProbe, ref, protocol.Probed{Answer: answer})
	return nil
}

// close ends the Peer; nil has none.
func (p *probe) close() {
	if p != nil {
		p.late.Stop()
		p.server.engine.ClosePeer(p.id)
	}
}

// probed is the observer of such a Peer: whether it came up is the browser's to
// see.
type probed struct{}

func (probed) PeerState(sfu.PeerID, sfu.State)         {}
func (probed) SourceFlow(sfu.PeerID, sfu.Source, bool) {}
func (probed) Paused(sfu.PeerID, []int)                {}
func (probed) Holds(sfu.PeerID, []time.Duration)       {}
func (probed) Wanted(sfu.PeerID, sfu.Source, []string) {}
func (probed) Speaks(sfu.PeerID, bool)                 {}

var _ sfu.Observer = probed{}
