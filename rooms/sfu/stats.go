package sfu

import "time"

// Stats is what is known of a Peer at one moment. Counters only rise.
type Stats struct {
	Profile   Profile
	State     State
	RoundTrip time.Duration // smoothed, from receiver reports
	Up        []UpStats     // one a layer that has sent
	Down      []DownStats   // one a slot section
}

// Truth is what is known of a Peer's media just now, for the people who watch
// over it. Loss is of the last few seconds.
type Truth struct {
	State     State
	Route     Route
	RoundTrip time.Duration // smoothed, from receiver reports; 0 while unknown: nothing is shown to it yet
	LossUp    float64       // 0 to 1, before repair
	LossDown  float64       // 0 to 1, as the browser reports it, less what never came to us
	Level     uint8         // of the microphone: loudest of the last second, −dBov (RFC 6464): 0 is loudest, 127 silence
	Silent    bool          // the microphone flows and nothing above NoiseFloor has come for SilentAfter
	Clipping  bool          // it has been at full scale again and again
	Unfed     []Feed        // bound to this Peer, flowing at their publisher, and yet nothing goes out to it
}

// Route is how media travels between a browser and us.
type Route string

const (
	RouteNone  Route = ""
	RouteUDP   Route = "udp"
	RouteTCP   Route = "tcp"
	RouteRelay Route = "relay" // by a TURN server
)

// Levels is the loudness of a Peer's microphone over the last seconds, for
// comparing rooms: one value a LevelStep, the newest last, −dBov (RFC 6464), 127
// where nothing came. End is when the newest step ended.
type Levels struct {
	End   time.Time
	Steps []uint8
}

// UpStats is one layer of one source.
type UpStats struct {
	Source    Source
	Layer     string // rid, "" without simulcast
	Open      bool
	Flowing   bool
	Viewers   int
	Packets   uint64 // fresh ones while open
	Bytes     uint64
	Lost      uint64 // before repair
	Keyframes uint64
	PLIs      uint64 // sent
	NACKs     uint64 // sent
	Malformed uint64
}

// DownStats is one section of one slot.
type DownStats struct {
	Slot    int
	Video   bool
	Feed    Feed
	Layer   string // rid of what is shown
	Showing bool
	Packets uint64
	Bytes   uint64
	Resent  uint64
	PLIs    uint64  // received
	NACKs   uint64  // received
	Loss    float64 // 0 to 1, as the browser last reported
}

// Stats tells what is known of a Peer.
func (e *Engine) Stats(id PeerID) (Stats, bool) {
	p := e.peer(id)
	if p == nil {
		return Stats{}, false
	}
	now := time.Now()
	s := Stats{Profile: p.profile, State: p.told.state.Load().(State), RoundTrip: p.roundTrip()}
	for _, u := range p.ups {
		for i := range u.layers {
			if l := u.layers[i].Load(); l != nil {
				s.Up = append(s.Up, l.snapshot(now))
			}
		}
	}
	for _, d := range p.downs {
		s.Down = append(s.Down, d.snapshot())
	}
	return s, true
}

func (l *Layer) snapshot(now time.Time) UpStats {
	l.mu.Lock()
	lost := l.stats.lost()
	l.mu.Unlock()
	return UpStats{
		Source: l.up.source, Layer: l.rid, Open: l.up.isOpen(), Flowing: l.flows(now), Viewers: int(l.viewers.Load()),
		Packets: l.packets.Load(), Bytes: l.bytes.Load(), Lost: lost, Keyframes: l.keyframes.Load(),
		PLIs: l.plis.Load(), NACKs: l.nacks.Load(), Malformed: l.malformed.Load(),
	}
}

func (d *DownTrack) snapshot() DownStats {
	s := DownStats{
		Slot: d.slot, Video: d.kind == "video", Packets: d.packets.Load(), Bytes: d.octets.Load(), Resent: d.resent.Load(),
		PLIs: d.plis.Load(), NACKs: d.nacks.Load(), Loss: float64(d.lossPermille.Load()) / 1000,
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s.Feed = d.feed
	if d.current != nil {
		s.Showing, s.Layer = true, d.current.rid
	}
	return s
}
