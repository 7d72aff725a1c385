package signaling

import (
	"sync/atomic"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// media is a session's end of one Peer: its observer, and its transport as last
// heard. Each Peer has its own, so that the last words of a former one say
// nothing about the present one.
type media struct {
	// Fixed after newMedia.
	session *Session
	profile sfu.Profile
	path    schedule.PathProfile
	opened  time.Time
	doubted bool        // it replaces one that was gone: nobody is shown before it is up
	late    *time.Timer // looks whether it came up; stopped when its turn is over

	id   sfu.PeerID // set once, by the session's loop, when the Peer is open
	last atomic.Pointer[mediaNews]

	// Owned by the Peer's loop.
	connected bool // it was, once

	// Owned by the session's loop.
	origin  origin // of the offer that was answered last
	flowing map[sfu.Source]bool
	paused  []int                   // slots
	holds   []time.Duration         // by slot
	wanted  map[sfu.Source][]string // layers, as told last
	speaks  bool
}

type mediaNews struct {
	state sfu.State
	at    time.Time
}

// PeerState is sfu.Observer's: called from the Peer's loop.
func (m *media) PeerState(_ sfu.PeerID, state sfu.State) {
	now := m.session.server.now()
	m.last.Store(&mediaNews{state: state, at: now})
	if state == sfu.StateConnected && !m.connected {
		m.connected = true
		m.session.server.metrics.Connect.WithLabelValues(string(m.profile)).Observe(now.Sub(m.opened).Seconds())
		m.session.post(m.works)
	}
	m.session.post(func() {}) // settle
}

// SourceFlow is sfu.Observer's: whether RTP of a source really arrives.
func (m *media) SourceFlow(_ sfu.PeerID, source sfu.Source, flowing bool) {
	s := m.session
	s.post(func() {
		m.flowing[source] = flowing
		if r, ok := s.at.(inRoom); ok && m == s.media {
			r.visit.Flow(source, flowing)
		}
	})
}

// Paused is sfu.Observer's: which pictures the line does not carry.
func (m *media) Paused(_ sfu.PeerID, slots []int) {
	s := m.session
	s.post(func() {
		m.paused = slots
		if r, ok := s.at.(inRoom); ok && m == s.media {
			r.visit.Paused(slots)
		}
	})
}

// Holds is sfu.Observer's: how long each slot should be held for repairs.
func (m *media) Holds(_ sfu.PeerID, holds []time.Duration) {
	s := m.session
	s.post(func() {
		m.holds = holds
		if r, ok := s.at.(inRoom); ok && m == s.media {
			r.visit.Holds(holds)
		}
	})
}

// now tells whether the path stands, or is missing (it stood and does not any
// more, or did not come up in time), and when something was last received by it.
func (m *media) now() (up, gone bool, heard time.Time) {
	if m == nil {
		return false, false, time.Time{}
	}
	n := m.last.Load()
	if n == nil {
		missing := m.doubted || m.session.server.now().Sub(m.opened) >= m.session.server.times.connect
		return false, missing, m.opened
	}
	switch n.state {
	case sfu.StateConnected:
		return true, false, m.session.server.now()
	case sfu.StateDisconnected, sfu.StateFailed, sfu.StateClosed:
		if last := m.session.server.engine.LastHeard(m.id); !last.IsZero() {
			return false, true, last
		}
		return false, true, n.at
	}
	return false, false, time.Time{}
}

// close ends the Peer.
func (m *media) close() {
	if m != nil {
		m.late.Stop()
		m.session.server.engine.ClosePeer(m.id)
	}
}

// replay tells a room what flows and what does not already: a Peer tells it once.
func (m *media) replay(v *rooms.Visit) {
	v.Paused(m.paused)
	v.Holds(m.holds)
	if m.speaks {
		v.Speaks(true)
	}
	for src, flowing := range m.flowing {
		if flowing {
			v.Flow(src, true)
		}
	}
}
