package lean

import (
	"math/rand/v2"
	"slices"
	"time"
)

// source is what a section sends.
type source struct {
	name      string
	video     bool
	encodings []*encoding // lowest first
	agreed    agreed
	on        bool
}

// encoding is one layer of a picture, or sound.
type encoding struct {
	// fixed
	rid       string
	ssrc, rtx uint32
	frame     time.Duration // from one to the next
	size      int           // bytes of a frame; of a keyframe keySize times that
	width     int
	height    int
	base      uint32 // of timestamps

	wanted   bool
	key      bool // the next frame is a keyframe
	next     time.Duration
	seq      uint16
	rtxSeq   uint16
	named    int // packets that still tell mid and rid
	rtxNamed int // the same of repetitions
	picture  uint16
	tl0      uint8
	keyIndex uint8
	packets  uint32
	octets   uint32
	kept     [historySize]piece
}

const (
	historySize = 512
	keySize     = 5    // times the bytes of another frame
	mtu         = 1100 // bytes of a picture in a packet
	// namedPackets is how many tell mid and rid: browsers do until the server has
	// said that it knows them.
	namedPackets = 200
	soundSize    = 80 // bytes: 32 kbit/s
)

// piece is what a packet can be made from again.
type piece struct {
	ok            bool
	seq           uint16
	marker        bool
	first, key    bool // of a frame
	picture       uint16
	tl0, keyIndex uint8
	size          int // of the payload without what describes it
	ts            uint32
	left          time.Duration
}

// quality is what a browser makes of a layer at most.
type quality struct {
	rid           string
	width, height int
	bits          float64 // a second
	frames        float64 // a second
}

func newSources(rng *rand.Rand, rate float64) []*source {
	cameras := []quality{{"q", 320, 180, 150e3, 15}, {"h", 640, 360, 450e3, 25}, {"f", 1280, 720, 1500e3, 30}}
	screens := []quality{{"", 1920, 1080, 1200e3, 15}}
	sound := func(name string) *source {
		return &source{name: name, encodings: []*encoding{newEncoding(rng, quality{}, 1)}}
	}
	shows := func(name string, qs []quality) *source {
		s := &source{name: name, video: true}
		for _, q := range qs {
			s.encodings = append(s.encodings, newEncoding(rng, q, rate))
		}
		return s
	}
	return []*source{sound(Microphone), shows(Camera, cameras), shows(Screen, screens), sound(ScreenAudio)}
}

// newEncoding makes a layer; below half of the bit rate there are fewer frames,
// as an encoder does, and not only smaller ones.
func newEncoding(rng *rand.Rand, q quality, rate float64) *encoding {
	e := &encoding{
		rid: q.rid, ssrc: rng.Uint32() | 1, rtx: rng.Uint32() | 1, base: rng.Uint32(), seq: uint16(rng.Uint32()), rtxSeq: uint16(rng.Uint32()),
		picture: uint16(rng.Uint32()) & 0x7fff, tl0: uint8(rng.Uint32()), keyIndex: uint8(rng.Uint32()) & 0x1f,
		wanted: true, named: namedPackets, frame: step, size: soundSize, width: q.width, height: q.height,
	}
	if q.frames > 0 {
		frames := max(min(5, q.frames), min(q.frames, q.frames*rate*2))
		e.frame = time.Duration(float64(time.Second) / frames)
		e.size = max(60, int(q.bits*rate/8/frames))
	}
	return e
}

func (s *source) set(on bool, now time.Duration) {
	if s.on == on {
		return
	}
	s.on = on
	for _, e := range s.encodings {
		e.key, e.next, e.named, e.rtxNamed = true, now, namedPackets, namedPackets
	}
}

func (s *source) want(rids []string) {
	for _, e := range s.encodings {
		wanted := e.rid == "" || slices.Contains(rids, e.rid)
		if wanted && !e.wanted {
			e.key, e.named, e.rtxNamed = true, namedPackets, namedPackets
		}
		e.wanted = wanted
	}
}
