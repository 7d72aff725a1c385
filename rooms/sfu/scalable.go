package sfu

import (
	"sync/atomic"
	"time"

	"sangdam/rooms/sfu/rtpx"
)

// Codecs of a source, and streams that hold several spatial layers under one SSRC
// (VP9 and AV1). Of such a stream a slot passes on what its viewer should see, and
// the numbers of the rest close up. It goes down with the next picture and up with
// the next keyframe, whose upper layers need none before them. Going up earlier,
// where an encoder allows it, was rejected: that is known of the layer alone, not of
// what lies below it, and costs a keyframe at most.

// spread is what the spatial layers of one stream take.
type spread struct {
	top   atomic.Int32 // highest spatial layer since the newest keyframe
	steps [maxRids]struct {
		bytes atomic.Uint64
		meter meter
	}
}

// step is the place of a spatial layer among those of a camera: what lies above
// goes with the highest.
func step(spatial uint8) uint8 { return min(spatial, maxRids-1) }

// count takes one packet, on the RTP goroutine.
func (s *spread) count(v *rtpx.Picture, size int) {
	if v.Keyframe {
		s.top.Store(0)
	}
	if !v.Scalable {
		return
	}
	s.steps[step(v.Spatial)].bytes.Add(uint64(size))
	if top := int32(step(v.Spatial)); top > s.top.Load() {
		s.top.Store(top)
	}
}

// codecNow is the codec that a layer comes in now.
func (l *Layer) codecNow() rtpx.Codec { return rtpx.Codec(l.codec.Load()) }

// settle sees what codec a packet is of, on the RTP goroutine. A browser changes it
// in mid-stream when it is asked to: that is a new beginning, and what comes late of
// the former one changes nothing.
func (l *Layer) settle(p *packet, pt uint8) rtpx.Codec {
	c := l.up.settled.formats.codec(pt)
	if p.ext < l.newest {
		return c
	}
	l.newest = p.ext
	if was := l.codecNow(); c != was {
		l.cache.Forget()
		l.codec.Store(uint32(c))
		l.structure = rtpx.Structure{}
		l.spread.top.Store(0)
	}
	return c
}

// layered reads the dependency descriptor, by which AV1 tells its layers.
func (l *Layer) layered(p *packet, h rtpx.Header) {
	if p.picture.Codec != rtpx.AV1 {
		return
	}
	v := l.dependency(h)
	if v == nil {
		return
	}
	dep, err := l.structure.Read(v)
	if err != nil {
		l.malformed.Add(1)
		return
	}
	x := &p.picture
	x.HasFrame, x.Frame = true, dep.Frame
	x.Scalable, x.Spatial = l.structure.Scalable(), dep.Spatial
	x.HasTID, x.TID = true, dep.Temporal
	x.Start, x.End, x.Intra = dep.Start, dep.End, dep.Intra
	p.depends = v
}

// dependency is the dependency descriptor of a packet; nil when it has none.
func (l *Layer) dependency(h rtpx.Header) []byte {
	if id := l.up.settled.extDependency; id != 0 {
		return h.Extension(id)
	}
	return nil
}

// measure is the clock's part: how much comes.
func (l *Layer) measure(now time.Time) {
	l.meter.read(l.bytes.Load(), l.packets.Load(), now)
	for i := range l.spread.top.Load() {
		s := &l.spread.steps[i]
		s.meter.read(s.bytes.Load(), 0, now)
	}
}

// rate is what a layer takes up to a rank, bits a second; 0: not measured yet.
func (l *Layer) rate(rank int) int {
	if l.spread.top.Load() == 0 || rank >= maxRids-1 {
		return int(l.meter.rate.Load())
	}
	sum := 0
	for i := range rank + 1 {
		sum += int(l.spread.steps[i].meter.rate.Load())
	}
	return sum
}

// knows tells whether the viewer decodes a codec.
func (d *DownTrack) knows(c rtpx.Codec) bool { return d.formats[c].pt != 0 }

// top is the highest spatial layer that should be shown: of a screen, which has one
// tile for itself, what the line carries. mu is held.
func (d *DownTrack) top() uint8 {
	if d.source != nil && d.source.source.staged() {
		return uint8(max(0, d.allowed))
	}
	return uint8(d.highest())
}

// passes tells whether a packet is part of what this slot shows, and whether its
// picture ends with it here. mu is held.
func (d *DownTrack) passes(ext uint64, v rtpx.Picture) (part, closes bool) {
	if !v.Scalable {
		return true, false
	}
	// A picture begins, and nothing after it has been seen yet.
	if ext > d.reached {
		d.reached = ext
		if top := d.top(); v.Keyframe || v.Start && v.Spatial == 0 && top < d.spatial {
			d.spatial = top
		}
	}
	s := step(v.Spatial)
	return s <= d.spatial, v.End && v.Spatial == d.spatial && d.spatial < maxRids-1
}

// lacks tells whether a keyframe would bring a higher spatial layer. mu is held.
func (d *DownTrack) lacks(l *Layer) bool {
	top := l.spread.top.Load()
	return int32(d.spatial) < top && d.spatial < d.top()
}

// describe takes the dependency descriptor of the packet that leaves next; what a
// viewer has not agreed on it is not told. mu is held.
func (d *DownTrack) describe(descriptor []byte) {
	d.depends = d.depends[:0]
	if d.extDepends != 0 {
		d.depends = append(d.depends, descriptor...)
	}
}
