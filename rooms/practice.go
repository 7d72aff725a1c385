package rooms

import "sangdam/rooms/sfu"

// Practice shows a session its own camera and microphone, as they come back
// from the server, without any consultation.
type Practice struct {
	registry *Registry
	session  string
	peer     sfu.PeerID
}

// Practice binds slot 0 of a Peer to its own camera and microphone, on any day
// and for whoever has a Peer. It ends by Stop, by a Join of the same session,
// and by another Practice of it; whoever began it stops it with the session.
func (g *Registry) Practice(session string, peer sfu.PeerID) (*Practice, error) {
	if session == "" || peer == "" {
		return nil, ErrInvalid
	}
	g.practiceMu.Lock()
	defer g.practiceMu.Unlock()
	if former := g.practices[session]; former != nil && former.peer != peer {
		g.silence(former.peer)
	}
	p := &Practice{registry: g, session: session, peer: peer}
	g.practices[session] = p
	for _, s := range []sfu.Source{sfu.Microphone, sfu.Camera} {
		g.deps.Media.Allow(peer, s, true)
	}
	g.deps.Media.Bind(peer, sfu.Binding{
		Slot:  0,
		Audio: sfu.Feed{Peer: peer, Source: sfu.Microphone},
		Video: sfu.Feed{Peer: peer, Source: sfu.Camera},
	})
	return p, nil
}

// Stop ends the practice; nothing comes back any more.
func (p *Practice) Stop() {
	g := p.registry
	g.practiceMu.Lock()
	defer g.practiceMu.Unlock()
	if g.practices[p.session] == p {
		delete(g.practices, p.session)
		g.silence(p.peer)
	}
}

// stopPractice ends whatever practice a session has, before it enters a room.
func (g *Registry) stopPractice(session string) {
	g.practiceMu.Lock()
	p := g.practices[session]
	g.practiceMu.Unlock()
	if p != nil {
		p.Stop()
	}
}

func (g *Registry) silence(peer sfu.PeerID) {
	for _, s := range []sfu.Source{sfu.Microphone, sfu.Camera} {
		g.deps.Media.Allow(peer, s, false)
	}
	g.deps.Media.Bind(peer, sfu.Binding{Slot: 0})
}
