package sfu

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"

	"sangdam/rooms/sfu/rtpx"
	"sangdam/rooms/sfu/wire"
)

const (
	// pliInterval is the least time between two requests for a keyframe of one
	// layer, whoever asks: a keyframe is ten times a normal picture.
	pliInterval = 300 * time.Millisecond
	// pliPatience is how long a request is repeated before it is given up.
	pliPatience = 5 * time.Second
	// cachePackets is how many packets of a layer are kept at most, 3 s of the
	// highest; how many really are goes by their age.
	cachePackets = 512

	// loudest is more than the most that Opus takes (510 kbit/s, frames of 2.5 ms),
	// in bytes a second and at once; soundCost is what a frame counts for beside its
	// own. Sound waits for nothing on the way down and pushes pictures out: what is
	// no sound must not pass for it.
	loudest   = 128_000
	soundCost = 60
)

// Layer is one encoding of a source: one SSRC and what repairs it.
type Layer struct {
	// fixed after newLayer
	up    *UpTrack
	rid   string
	rank  int
	ssrc  uint32
	clock uint32
	cache *rtpx.Cache // nil for audio

	last     stamp         // newest packet with a payload
	keyframe stamp         // newest keyframe
	wanted   stamp         // newest request for one; zero when satisfied
	asked    stamp         // newest PLI
	viewers  atomic.Int32  // DownTracks that show this layer
	codec    atomic.Uint32 // rtpx.Codec of the newest packet
	spread   spread

	packets, bytes, keyframes, pictures, plis, nacks, malformed, recovered atomic.Uint64

	// of pictures, owned by the RTP goroutine
	newest    uint64         // number
	keyTS     uint32         // timestamp of the newest keyframe
	structure rtpx.Structure // of the layers of AV1

	// of sound, owned by the RTP goroutine
	frames frames
	first  uint64 // number since when the source is open
	opened uint64 // which opening that was
	spent  float64
	filled time.Time // spent is of then

	meter meter // of packets and bytes; the Peer's clock reads them

	mu     sync.Mutex // guards all below; held for one packet, never while forwarding
	seq    rtpx.Sequence
	losses rtpx.Losses
	stats  reception
	pairs  []rtcp.NackPair
}

func newLayer(u *UpTrack, rid string, rank int, ssrc uint32) *Layer {
	l := &Layer{up: u, rid: rid, rank: rank, ssrc: ssrc, clock: u.settled.clock}
	if u.kind == wire.Video {
		l.cache = rtpx.NewCache(cachePackets)
	}
	return l
}

// receive takes one packet of this layer's numbers, on the RTP goroutine.
func (l *Layer) receive(h rtpx.Header, b []byte, now time.Time, repaired bool) {
	u := l.up
	open := u.open.Load()
	l.mu.Lock()
	// Before anything else: most of what comes as RTX came before.
	ext, fresh := l.seq.Accept(h.Sequence())
	if !fresh {
		l.mu.Unlock()
		return
	}
	l.losses.Received(ext, now)
	if !repaired {
		l.stats.received(ext, h.Timestamp(), l.clock, now)
	}
	l.mu.Unlock()

	if !open {
		return
	}
	sampled := l.packets.Add(1)%sampleEvery == 0
	l.bytes.Add(uint64(len(b)))
	p := packet{layer: l, ext: ext, ts: h.Timestamp(), marker: h.Marker(), payload: h.Payload(), now: now}
	if u.kind == wire.Audio && (!l.admit(&p, h.PayloadType()) || !l.affords(len(p.payload), now)) {
		return
	}
	if len(p.payload) == 0 {
		u.skip(&p)
		return
	}
	if u.kind == wire.Video && !l.inspect(&p, h, b) {
		u.skip(&p)
		return
	}
	if id := u.settled.extLevel; id != 0 {
		p.level = h.Extension(id)
		if u.source == Microphone {
			u.hearing.heard(p.level, now)
		}
	}
	if id := u.settled.extCapture; id != 0 {
		p.capture = h.Extension(id)
	}
	l.last.set(now)
	starts := !u.last.within(flowEnds, now)
	if starts {
		u.since.set(now)
	}
	u.last.set(now)
	u.forward(&p)
	if u.kind == wire.Audio {
		l.frames.keep(&p)
	}
	if sampled && p.sent {
		u.peer.engine.metrics.forwarded(now)
	}
	if starts {
		u.peer.wake() // SourceFlow
	}
	if u.kind == wire.Video {
		l.askMissing(now)
	}
}

// affords tells whether a frame may be sound by its size and by what came before.
func (l *Layer) affords(size int, now time.Time) bool {
	if d := now.Sub(l.filled); d > 0 {
		l.spent, l.filled = max(0, l.spent-d.Seconds()*loudest), now
	}
	if l.spent += float64(size + soundCost); l.spent <= loudest {
		return true
	}
	l.spent -= float64(size + soundCost)
	l.malformed.Add(1)
	return false
}

// inspect reads what a video packet is and keeps it. False: nothing of its codec.
func (l *Layer) inspect(p *packet, h rtpx.Header, b []byte) bool {
	var err error
	if p.picture, err = rtpx.ParsePicture(l.settle(p, h.PayloadType()), p.payload); err != nil {
		l.malformed.Add(1)
		return false
	}
	l.layered(p, h)
	if p.picture.Keyframe {
		// Parameters and picture of H.264 may come in packets of their own.
		begins := l.keyframe.ns.Load() == 0 || p.ts != l.keyTS
		p.picture.Keyframe, l.keyTS = begins, p.ts
	}
	l.spread.count(&p.picture, len(b))
	l.cache.Put(p.ext, b, p.now, p.picture)
	if p.marker { // the last packet of a picture
		l.pictures.Add(1)
	}
	if p.picture.Keyframe {
		l.keyframes.Add(1)
		l.keyframe.set(p.now)
		l.mu.Lock()
		l.losses.Keyframe(p.ext)
		l.mu.Unlock()
	}
	return true
}

// begin forgets what was missing: of a source that was shut nothing is asked.
func (l *Layer) begin() {
	l.mu.Lock()
	l.losses = rtpx.Losses{}
	l.mu.Unlock()
	l.wanted.clear()
}

// askMissing sends a NACK for what is missing and due, while somebody watches.
func (l *Layer) askMissing(now time.Time) {
	if l.viewers.Load() == 0 || l.up.peer.engine.without.RTX {
		return
	}
	rtt := l.up.peer.roundTrip()
	l.mu.Lock()
	due, ok := l.losses.NextDue(rtt)
	if !ok || due.After(now) {
		l.mu.Unlock()
		return
	}
	l.pairs = l.losses.Due(now, rtt, l.pairs[:0])
	lost := l.losses.TakeLost()
	var nack *rtcp.TransportLayerNack
	if len(l.pairs) > 0 {
		nack = &rtcp.TransportLayerNack{
			SenderSSRC: l.up.peer.ssrc, MediaSSRC: l.ssrc, Nacks: append([]rtcp.NackPair(nil), l.pairs...),
		}
	}
	l.mu.Unlock()
	if nack != nil {
		l.nacks.Add(1)
		l.up.peer.writeRTCP(nack)
	}
	if lost > 0 {
		l.requestKeyframe(now)
	}
}

// flows tells whether this layer can be counted on.
func (l *Layer) flows(now time.Time) bool {
	patience := layerEnds
	if len(l.up.rids) == 0 {
		patience = flowEnds
	}
	return l.last.within(patience, now)
}

// requestKeyframe asks for a keyframe on behalf of a viewer. Requests are
// coalesced, and repeated until a keyframe has come.
func (l *Layer) requestKeyframe(now time.Time) {
	l.wanted.set(now)
	l.askKeyframe(now)
}

func (l *Layer) askKeyframe(now time.Time) {
	least := max(pliInterval, l.up.peer.roundTrip()*12/10)
	asked := l.asked.ns.Load()
	if now.UnixNano()-asked < int64(least) || !l.asked.ns.CompareAndSwap(asked, now.UnixNano()) {
		return
	}
	l.plis.Add(1)
	l.up.peer.writeRTCP(&rtcp.PictureLossIndication{SenderSSRC: l.up.peer.ssrc, MediaSSRC: l.ssrc})
}

// repeatKeyframe is the clock's part of requestKeyframe.
func (l *Layer) repeatKeyframe(now time.Time) {
	w := l.wanted.ns.Load()
	if w == 0 {
		return
	}
	if l.keyframe.ns.Load() >= w || now.UnixNano()-w > int64(pliPatience) || !l.flows(now) || !l.up.isOpen() {
		l.wanted.ns.CompareAndSwap(w, 0)
		return
	}
	l.askKeyframe(now)
}

// maxDropout is the largest gap that is believed to be loss (RFC 3550 A.1).
const maxDropout = 3000

// receptionsKept reports are lossWindow.
const receptionsKept = int(lossWindow / receptionEvery)

// reach is how far a stream had come.
type reach struct{ expected, received, recovered, pictures uint64 }

// reception is what a receiver report tells (RFC 3550 section 6.4.1, A.3, A.8).
type reception struct {
	started  bool
	base     uint64
	highest  uint64
	count    uint64
	expected uint64 // at the report before
	counted  uint64 // at the report before
	transit  int64
	jitter   float64               // ticks
	past     [receptionsKept]reach // at the newest reports, oldest next
	next     int
	noted    int // how many of them there are

	reportNTP uint32 // middle bits of the newest sender report
	reportAt  time.Time
}

func (r *reception) received(ext uint64, ts, clock uint32, now time.Time) {
	arrival := now.Unix()*int64(clock) + int64(now.Nanosecond())*int64(clock)/int64(time.Second)
	transit := int64(uint32(arrival) - ts)
	if !r.started {
		r.started, r.base, r.highest, r.transit = true, ext, ext, transit
	}
	if ext < r.base && r.highest-ext > maxDropout {
		return // of before a jump: base would fall back behind it
	}
	if ext > r.highest+maxDropout {
		r.base += ext - r.highest - 1 // a new start or an outage: nobody lost that much on the way
	}
	r.base = min(r.base, ext)
	r.highest = max(r.highest, ext)
	r.count++
	d := int64(int32(uint32(transit) - uint32(r.transit)))
	r.transit = transit
	r.jitter += (float64(max(d, -d)) - r.jitter) / 16
}

// report makes the block for ssrc and begins the next interval.
func (r *reception) report(ssrc uint32, now time.Time) (rtcp.ReceptionReport, bool) {
	if !r.started {
		return rtcp.ReceptionReport{}, false
	}
	expected := r.highest - r.base + 1
	var fraction uint64
	if want, got := expected-r.expected, r.count-r.counted; want > got {
		fraction = min(255, (want-got)<<8/want)
	}
	r.expected, r.counted = expected, r.count
	r.past[r.next].expected, r.past[r.next].received = expected, r.count
	r.next = (r.next + 1) % receptionsKept
	r.noted = min(r.noted+1, receptionsKept)
	b := rtcp.ReceptionReport{
		SSRC: ssrc, FractionLost: uint8(fraction), TotalLost: uint32(r.lost()) & 0xffffff,
		LastSequenceNumber: uint32(r.highest), Jitter: uint32(r.jitter),
	}
	if !r.reportAt.IsZero() {
		b.LastSenderReport = r.reportNTP
		b.Delay = uint32(now.Sub(r.reportAt) * 65536 / time.Second)
	}
	return b, true
}

// recent is what should have come and what came in the last seconds.
func (r *reception) recent() (expected, received uint64) {
	if !r.started {
		return 0, 0
	}
	from := r.past[r.next]
	return r.highest - r.base + 1 - from.expected, r.count - from.received
}

func (r *reception) lost() uint64 {
	if expected := r.highest - r.base + 1; r.started && expected > r.count {
		return min(expected-r.count, 0x7fffff)
	}
	return 0
}
