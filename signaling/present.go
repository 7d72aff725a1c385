package signaling

import (
	"context"

	"sangdam/rooms"
	"sangdam/rooms/sfu"
	"sangdam/signaling/protocol"
)

// What a session is told without a number, because only the present counts:
// which layers of its camera are watched, and who speaks.

// Wanted is sfu.Observer's: the layers of a source that somebody watches.
func (m *media) Wanted(_ sfu.PeerID, source sfu.Source, rids []string) {
	m.session.post(func() {
		m.wanted[source] = rids
		if m == m.session.media {
			m.tellWanted(source)
		}
	})
}

func (m *media) tellWanted(source sfu.Source) {
	m.session.feed.reply(protocol.TypeLayers, 0, protocol.Layers{
		Source: string(source), Layers: each(m.wanted[source], func(rid string) string { return rid }),
	})
}

// forgetWanted takes back what was told of a Peer whose place another has taken:
// the page may have had its new PeerConnection already when it heard that, and of
// a new one all layers are wanted. nil told nothing.
func (m *media) forgetWanted() {
	if m == nil {
		return
	}
	for source := range m.wanted {
		m.wanted[source] = protocol.Set("Layer")
		m.tellWanted(source)
	}
}

// Speaks is sfu.Observer's: whether somebody speaks into the microphone.
func (m *media) Speaks(_ sfu.PeerID, on bool) {
	s := m.session
	s.post(func() {
		m.speaks = on
		if r, ok := s.at.(inRoom); ok && m == s.media {
			r.visit.Speaks(on)
		}
	})
}

// present tells all that again: it may have been lost with a socket.
func (s *Session) present() {
	if s.media != nil {
		for source := range s.media.wanted {
			s.media.tellWanted(source)
		}
	}
	if r, ok := s.at.(inRoom); ok {
		r.stage.spokenAgain()
		r.stage.codecAgain()
	}
}

// Speakers is rooms.Client's: who speaks just now.
func (s *stage) Speakers(participants []string) {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	s.spoke = participants
	if f.stage == s {
		f.send(protocol.TypeSpeakers, 0, protocol.Speakers{Speakers: participants})
	}
}

func (s *stage) spokenAgain() {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stage == s && s.spoke != nil {
		f.send(protocol.TypeSpeakers, 0, protocol.Speakers{Speakers: s.spoke})
	}
}

// tiles takes how large the page shows its slots; in the lobby it shows none.
func (s *Session) tiles(ctx context.Context, b *protocol.Tiles) error {
	r, ok := s.at.(inRoom)
	if !ok {
		return nil
	}
	t := rooms.Tiles{Heights: make(map[int]int, len(b.Sizes)), Focused: -1}
	for _, size := range b.Sizes {
		t.Heights[size.Slot] = size.Height
	}
	if b.Focused != nil {
		t.Focused = *b.Focused
	}
	return r.visit.Tiles(ctx, t)
}
