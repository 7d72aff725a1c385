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
