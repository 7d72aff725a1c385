package truth

import (
	"math"
	"slices"
	"sync"
	"time"

	"sangdam/rooms/sfu/sfutest"
)

// Watch makes records of what Pion peers receive of each other. Nothing is decoded: a
// frame counts when those that it builds upon came, too, and a packet of sound when it
// came in time for a jitter buffer like a browser's. Its Take is for sfutest.Options.
type Watch struct {
	mu   sync.Mutex // guards all below
	from map[uint32]*taken
}

// taken is of one sender.
type taken struct {
	sound  []arrival
	frames map[int64]arrival // by capture
}

type arrival struct {
	captured, at float64
	layer        uint8
	frame        uint32
	keyframe     bool
}

// watched is how much is kept of a sender: an hour of sound.
const watched = 180_000

// NewWatch makes one for one receiver.
func NewWatch() *Watch { return &Watch{from: make(map[uint32]*taken)} }

// Take is called for each payload.
func (w *Watch) Take(s sfutest.Stamp, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	of := w.from[s.Sender]
	if of == nil {
		of = &taken{frames: make(map[int64]arrival)}
		w.from[s.Sender] = of
	}
	a := arrival{captured: millis(s.Captured), at: millis(at), layer: s.Layer, frame: s.Frame, keyframe: s.Keyframe}
	switch s.SourceName() {
	case sfutest.Microphone:
		if len(of.sound) < watched {
			of.sound = append(of.sound, a)
		}
	case sfutest.Camera:
		// Complete with the last of its packets.
		key := s.Captured.UnixMicro()
		if former, ok := of.frames[key]; ok {
			a.at = max(a.at, former.at)
		}
		if len(of.frames) < watched {
			of.frames[key] = a
		}
	}
}

// Record is what the receiver saw and heard so far.
func (w *Watch) Record() *Record { return w.record(false) }

// Sources are the records of all senders at their capture, as far as they got here.
func (w *Watch) Sources() *Record { return w.record(true) }

// record has what came: when it was played or, own, when it was captured.
func (w *Watch) record(own bool) *Record {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := &Record{Now: millis(time.Now()), Agent: "pion"}
	for sender, of := range w.from {
		sound := slices.Clone(of.sound)
		slices.SortFunc(sound, byCapture)
		var frames []arrival
		for _, f := range of.frames {
			frames = append(frames, f)
		}
		slices.SortFunc(frames, byCapture)
		heard := Stream{Kind: "audio", Own: own}
		seen := Stream{Kind: "video", Own: own}
		if own {
			for _, s := range sound {
				heard.play(s, s.captured, sender)
			}
			for _, f := range frames {
				seen.show(f, f.captured, sender)
			}
		} else {
			heard.listen(sound, sender)
			seen.watch(frames, sender)
		}
		r.Streams = append(r.Streams, heard, seen)
	}
	return r
}

func byCapture(a, b arrival) int { return int(math.Copysign(1, a.captured-b.captured)) }

const (
	packet   = 20.0  // ms
	headroom = 80.0  // ms that the buffer waits beyond what the path took
	patience = 10    // packets that come too late until it waits longer
	calm     = 250   // packets with room to spare until it waits less
	spare    = 100.0 // ms
)

// listen plays sound in the order of its capture, each packet once it is due.
func (s *Stream) listen(sound []arrival, sender uint32) {
	wait := math.NaN()
	late, early, slowest := 0, 0, 0.0
	for _, a := range sound {
		took := a.at - a.captured
		switch {
		case math.IsNaN(wait):
			wait = took + headroom
		case took > wait:
			early, slowest = 0, 0
			if late++; late < patience {
				continue
			}
			wait = took + headroom
		default:
			early, slowest = early+1, max(slowest, took)
			if early >= calm {
				if slowest+headroom+spare < wait {
					wait = slowest + headroom
				}
				early, slowest = 0, 0
			}
		}
		late = 0
		s.play(a, a.captured+wait, sender)
	}
}

// play adds a packet to the run that it goes on with, or begins one.
func (s *Stream) play(a arrival, at float64, sender uint32) {
	code := math.Mod(a.captured, loopMS)
	if n := len(s.Runs); n > 0 {
		last := &s.Runs[n-1]
		goesOn := math.Abs(at-last[2]) < 1 && math.Abs(circle(code-last[3]+1)-1) < 1
		if goesOn && last[2]-last[0] < 250 {
			last[2], last[3] = at+packet, math.Mod(code+packet, loopMS)
			return
		}
	}
	s.Runs = append(s.Runs, Run{at, code, at + packet, math.Mod(code+packet, loopMS), float64(sender)})
}

// watch shows the frames that a decoder could: a keyframe, and what follows on.
func (s *Stream) watch(frames []arrival, sender uint32) {
	shown := false
	var last arrival
	due := 0.0
	for _, f := range frames {
		follows := shown && f.layer == last.layer && f.frame == last.frame+1
		if shown = f.keyframe || follows; !shown {
			continue
		}
		last, due = f, max(due, f.at)
		s.show(f, due, sender)
	}
}

func (s *Stream) show(f arrival, at float64, sender uint32) {
	s.Frames = append(s.Frames, Frame{at, math.Floor(math.Mod(f.captured, loopMS)), float64(sender)})
}
