package rtpx

import "encoding/binary"

const (
	maxTemplates = 64 // template ids have 6 bits
	// leastDependency is a descriptor of the mandatory fields alone.
	leastDependency = 3
)

// Structure is what a scalable stream said last about its layers: the templates
// of the dependency descriptor (RTP Payload Format for AV1, appendix A). The zero
// value knows none. It has one owner, who reads the descriptors of one stream in
// the order in which they come.
type Structure struct {
	offset    uint8
	templates uint8
	targets   uint8
	chains    uint8
	top       uint8 // highest spatial layer
	spatial   [maxTemplates]uint8
	temporal  [maxTemplates]uint8
	intra     uint64 // bit n: template n refers to no frame
}

// Dependency is what one descriptor says of the frame that its packet is part of.
type Dependency struct {
	Start, End bool   // of a frame
	Frame      uint16 // frame_number
	Spatial    uint8
	Temporal   uint8
	Intra      bool // refers to no frame
	Announces  bool // a structure came with it: a keyframe
}

// Scalable tells whether the stream has several spatial layers.
func (s *Structure) Scalable() bool { return s.top > 0 }

// Read takes the value of the header extension. One that carries a structure
// replaces what was known, unless it is malformed.
func (s *Structure) Read(b []byte) (Dependency, error) {
	if len(b) < leastDependency {
		return Dependency{}, ErrShort
	}
	d := Dependency{Start: b[0]&0x80 != 0, End: b[0]&0x40 != 0, Frame: binary.BigEndian.Uint16(b[1:])}
	template := b[0] & 0x3f
	r := bits{b: b[leastDependency:]}
	custom := false // the frame's own references, instead of its template's
	now := s
	var next Structure
	if len(b) > leastDependency {
		announces, active := r.flag(), r.flag()
		dtis, diffs, chains := r.flag(), r.flag(), r.flag()
		if announces {
			if !next.define(&r) {
				return Dependency{}, r.why()
			}
			d.Announces, now = true, &next
		}
		if active {
			r.read(int(now.targets))
		}
		index, ok := now.index(template)
		if !ok {
			return Dependency{}, ErrFormat
		}
		if dtis {
			r.skip(2 * int(now.targets))
		}
		d.Intra = now.intra&(1<<index) != 0
		if diffs {
			custom, d.Intra = true, true
			for size := r.read(2); size != 0 && !r.over; size = r.read(2) {
				r.skip(4 * int(size))
				d.Intra = false
			}
		}
		if chains {
			r.skip(8 * int(now.chains))
		}
		if r.over {
			return Dependency{}, ErrShort
		}
	}
	index, ok := now.index(template)
	if !ok {
		return Dependency{}, ErrFormat
	}
	d.Spatial, d.Temporal = now.spatial[index], now.temporal[index]
	if !custom {
		d.Intra = now.intra&(1<<index) != 0
	}
	if d.Announces {
		*s = next
	}
	return d, nil
}

// index is the place of a template id.
func (s *Structure) index(template uint8) (uint8, bool) {
	i := (template + maxTemplates - s.offset) % maxTemplates
	return i, i < s.templates
}

// define reads template_dependency_structure.
func (s *Structure) define(r *bits) bool {
	s.offset = uint8(r.read(6))
	s.targets = uint8(r.read(5)) + 1
	if !s.layers(r) {
		return false
	}
	r.skip(2 * int(s.templates) * int(s.targets))
	for n := range s.templates {
		s.intra |= 1 << n
		for r.flag() && !r.over {
			s.intra &^= 1 << n
			r.skip(4)
		}
	}
	if s.chains = uint8(r.bounded(uint32(s.targets) + 1)); s.chains > 0 {
		for range s.targets {
			r.bounded(uint32(s.chains))
		}
		r.skip(4 * int(s.templates) * int(s.chains))
	}
	if r.flag() { // sizes
		r.skip(32 * (int(s.top) + 1))
	}
	return !r.over
}

// layers reads which layer each template is of.
func (s *Structure) layers(r *bits) bool {
	const (
		same = iota
		nextTemporal
		nextSpatial
		none
	)
	var spatial, temporal uint8
	for !r.over {
		if s.templates == maxTemplates {
			return false
		}
		s.spatial[s.templates], s.temporal[s.templates] = spatial, temporal
		s.templates++
		switch r.read(2) {
		case same:
		case nextTemporal:
			temporal++
		case nextSpatial:
			spatial, temporal = spatial+1, 0
		case none:
			s.top = spatial
			// Spatial ids have 2 bits and temporal ids 3 in AV1.
			return spatial < 4 && temporal < 8
		}
	}
	return false
}

// PutFrame writes another frame number into a descriptor.
func PutFrame(descriptor []byte, frame uint16) {
	if len(descriptor) >= leastDependency {
		binary.BigEndian.PutUint16(descriptor[1:], frame)
	}
}

// bits reads a descriptor bit by bit; past its end come zeros, and over is set.
type bits struct {
	b    []byte
	at   int // bits
	over bool
}

func (r *bits) flag() bool { return r.read(1) != 0 }

func (r *bits) read(n int) uint32 {
	if r.at+n > 8*len(r.b) {
		r.over = true
		return 0
	}
	var v uint32
	for range n {
		v = v<<1 | uint32(r.b[r.at>>3]>>(7-r.at&7)&1)
		r.at++
	}
	return v
}

func (r *bits) skip(n int) {
	if r.at+n > 8*len(r.b) {
		r.over = true
		return
	}
	r.at += n
}

// bounded reads a number below n, "ns(n)" (AV1 section 4.10.7).
func (r *bits) bounded(n uint32) uint32 {
	w := 0
	for x := n; x != 0; x >>= 1 {
		w++
	}
	m := uint32(1)<<w - n
	v := r.read(w - 1)
	if v < m {
		return v
	}
	return v<<1 - m + r.read(1)
}

func (r *bits) why() error {
	if r.over {
		return ErrShort
	}
	return ErrFormat
}
