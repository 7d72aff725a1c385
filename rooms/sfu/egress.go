package sfu

import (
	"encoding/binary"
	"sync"
	"sync/atomic"
	"time"

	"sangdam/rooms/sfu/bandwidth"
	"sangdam/rooms/sfu/rtpx"
)

const (
	// overhead is what a packet costs beside its bytes: IPv4, UDP and the tag
	// of SRTP.
	overhead = 20 + 8 + 16
	// paceFactor is how much faster than the line's estimate pictures may leave:
	// a keyframe must not take as long as the second that it is meant for.
	paceFactor = 2.5
	// A burst of so much leaves at once: what waits for nothing costs nothing.
	burst      = 20 * time.Millisecond
	leastPace  = 20_000 // bytes a second: one packet in 60 ms, whatever the estimate
	leastRoom  = 3 * rtpx.MaxPacket
	leastBurst = 2 * rtpx.MaxPacket

	// Pictures wait for 300 ms of the line at most. Keyframes may fill the queue
	// further, since without one nothing is shown at all, but not without end.
	queueHolds    = 300 * time.Millisecond
	keyframeHolds = 2 * time.Second
	leastKeyframe = 64 << 10
	// A slot that was cut off begins again when so much of queueHolds is left.
	resumeShare = 0.5

	// repairShare of the line is for sending again.
	repairShare = 0.25
	repairBurst = 500 * time.Millisecond

	drainEvery = 5 * time.Millisecond
)

// class is what a packet is to the line.
type class uint8

const (
	classSound    class = iota // leaves at once, always
	classPicture               //
	classKeyframe              // part of one
	classRepair                // was sent before and did not arrive
	classProbe                 // says something about the line and nothing to people
	classSpare                 // goes beside its picture, when there is room
)

// egress is all that leaves to one browser: it numbers the packets of all slots
// together, tells the estimator of them, and lets pictures leave no faster than
// the line takes them.
//
// Sound passes it without a lock. Pictures go straight into the socket while the
// line has room, and else through a queue of which the Peer's pacer takes. A
// queue that is full takes no more of a slot: the slot begins again with a
// keyframe, once there is room (DownTrack.cut).
type egress struct {
	// fixed after newEgress
	line *bandwidth.Estimator
	free bool // nothing is held back
	pool *sync.Pool
	kick chan struct{} // wakes the pacer; holds one

	number atomic.Uint32 // of the newest packet, transport-wide
	target atomic.Int64  // bits a second: what the clock last read off line
	voice  atomic.Uint64 // bytes of sound that have left
	spent  atomic.Int64  // bytes of sound that the bucket does not know of yet
	drops  atomic.Uint64 // packets that the queue did not take
	probes atomic.Uint64 // clusters sent
	flight flight

	mu      sync.Mutex // guards all below; held for one packet or one drain, taken after DownTrack.mu
	tokens  float64    // bytes; negative: so many were ahead of their time
	repairs float64    // bytes that may be sent again
	filled  time.Time  // when both were last
	queues  [2]fifo    // what is sent again goes first
	waiting int        // bytes in both
	keys    int        // of these in keyframes
	cluster cluster
}

const (
	repairQueue = iota
	pictureQueue
)

func newEgress(e *Engine, p Profile, now time.Time) *egress {
	options := bandwidth.Options{}
	if p == ProfileWall {
		// 32 pictures in a hall that was made for them.
		options.Start = 3_000_000
	}
	g := &egress{
		line: bandwidth.New(options, now), free: e.without.Allocation, pool: &e.parcels,
		kick: make(chan struct{}, 1), filled: now, tokens: leastBurst, repairs: leastBurst,
	}
	g.target.Store(int64(g.line.Target()))
	return g
}

// parcel is a packet that waits.
type parcel struct {
	class   class
	track   *DownTrack
	cut     uint32 // track's when it came; another one now: nobody may see it any more
	payload int
	packet  []byte
}

// fifo is a queue of parcels; whoever fills it minds the bound.
type fifo struct {
	items []*parcel
	head  int
}

func (f *fifo) push(p *parcel) { f.items = append(f.items, p) }

func (f *fifo) pop() *parcel {
	if f.head == len(f.items) {
		return nil
	}
	p := f.items[f.head]
	f.items[f.head] = nil
	if f.head++; f.head == len(f.items) {
		f.items, f.head = f.items[:0], 0
	} else if f.head > 64 && 2*f.head > len(f.items) {
		f.items = f.items[:copy(f.items, f.items[f.head:])]
		f.head = 0
	}
	return p
}

// send lets a packet of a slot leave, now or in its turn. payload is how many of
// its bytes are media. False: it does not leave at all. The packet is not kept.
// Of one slot calls must not overlap.
func (g *egress) send(c class, d *DownTrack, packet []byte, payload int, now time.Time) bool {
	size := len(packet) + overhead
	if c == classSound {
		g.voice.Add(uint64(size))
		g.spent.Add(int64(size))
		return g.leave(c, d, packet, payload, 0, now)
	}
	if g.free {
		return g.leave(c, d, packet, payload, 0, now)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refill(now)
	if c == classRepair {
		if g.repairs <= 0 {
			return false
		}
		g.repairs -= float64(size)
	}
	if g.waiting == 0 && g.tokens > 0 && !g.flight.full() || c == classProbe {
		g.tokens -= float64(size)
		return g.leave(c, d, packet, payload, g.cluster.take(size, now), now)
	}
	if !g.fits(c, size) {
		if c != classSpare {
			g.drops.Add(1)
		}
		return false
	}
	g.hold(c, d, packet, payload)
	return true
}

// fits tells whether the queue takes a packet. mu is held.
func (g *egress) fits(c class, size int) bool {
	line := float64(g.target.Load()) / 8
	if float64(g.waiting+size) > max(leastKeyframe, line*keyframeHolds.Seconds()) {
		return false
	}
	return c == classKeyframe || float64(g.waiting-g.keys+size) <= max(leastRoom, line*queueHolds.Seconds())
}

// roomy tells whether a slot that was cut off may begin again.
func (g *egress) roomy() bool {
	if g.flight.full() {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	line := float64(g.target.Load()) / 8
	return float64(g.waiting) <= resumeShare*max(leastRoom, line*queueHolds.Seconds())
}

// hold puts a packet in its queue. mu is held.
func (g *egress) hold(c class, d *DownTrack, packet []byte, payload int) {
	p, _ := g.pool.Get().(*parcel)
	if p == nil {
		p = &parcel{packet: make([]byte, 0, rtpx.MaxPacket+64)}
	}
	p.class, p.track, p.cut, p.payload = c, d, d.cuts.Load(), payload
	p.packet = append(p.packet[:0], packet...)
	q := pictureQueue
	if c == classRepair {
		q = repairQueue
	}
	g.queues[q].push(p)
	g.count(p, 1)
	g.wake()
}

// wake makes the pacer look.
func (g *egress) wake() {
	select {
	case g.kick <- struct{}{}:
	default:
	}
}

func (g *egress) count(p *parcel, sign int) {
	size := sign * (len(p.packet) + overhead)
	g.waiting += size
	if p.class == classKeyframe {
		g.keys += size
	}
}

// forget lets nothing of a slot leave that waits: it shows something else now,
// or nothing.
func (g *egress) forget(d *DownTrack) {
	g.mu.Lock()
	d.cuts.Add(1)
	g.mu.Unlock()
}

// refill brings the buckets up to date. mu is held.
func (g *egress) refill(now time.Time) {
	g.tokens -= float64(g.spent.Swap(0))
	elapsed := now.Sub(g.filled).Seconds()
	if elapsed <= 0 {
		return
	}
	g.filled = now
	line := float64(g.target.Load()) / 8
	pace := max(leastPace, paceFactor*line)
	if g.cluster.active(now) {
		pace = max(pace, g.cluster.rate)
	}
	g.tokens = min(g.tokens+elapsed*pace, max(leastBurst, pace*burst.Seconds()))
	g.repairs = min(g.repairs+elapsed*line*repairShare, max(leastBurst, line*repairShare*repairBurst.Seconds()))
}

// drain lets leave what may, and tells when there will be more; 0: nothing waits.
func (g *egress) drain(now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refill(now)
	for g.tokens > 0 && !g.flight.full() {
		p := g.queues[repairQueue].pop()
		if p == nil {
			p = g.queues[pictureQueue].pop()
		}
		if p == nil {
			break
		}
		g.count(p, -1)
		if p.cut == p.track.cuts.Load() {
			size := len(p.packet) + overhead
			g.tokens -= float64(size)
			g.leave(p.class, p.track, p.packet, p.payload, g.cluster.take(size, now), now)
		}
		p.track = nil
		g.pool.Put(p)
	}
	if g.waiting == 0 && !g.cluster.active(now) {
		return 0
	}
	return drainEvery
}

// leave numbers a packet and writes it. What the socket does not take is lost:
// the browser asks for it, or for a keyframe.
func (g *egress) leave(c class, d *DownTrack, packet []byte, payload, cluster int, now time.Time) bool {
	var number uint16
	if d.extTransport != 0 {
		number = uint16(g.number.Add(1))
		stampNumber(packet, number)
	}
	if d.out.Write(packet) != nil {
		return false
	}
	if d.extTransport != 0 {
		g.line.Sent(number, len(packet)+overhead, cluster, now)
		g.flight.leaves(number, len(packet)+overhead)
	}
	switch c {
	case classRepair:
		d.resent.Add(1)
	case classProbe:
	case classSpare:
		d.spares.Add(1)
	default:
		d.packets.Add(1)
		d.octets.Add(uint64(payload))
		if payload > 0 {
			d.wrote.set(now)
		}
	}
	return true
}

// stampNumber writes a transport-wide number where numberFirst left room for it.
func stampNumber(packet []byte, number uint16) {
	at := 12 + 4 + 1 // one-byte form (RFC 8285 section 4.2)
	if packet[12] != 0xbe {
		at++
	}
	binary.BigEndian.PutUint16(packet[at:], number)
}

// extensions are those of a packet that leaves: the transport-wide number first,
// where stampNumber finds it. mu is held.
func (d *DownTrack) extensions(level []byte) []rtpx.Extension {
	exts := d.exts[:0]
	if d.extTransport != 0 {
		exts = append(exts, rtpx.Extension{ID: d.extTransport, Data: d.room[:]})
	}
	if d.extLevel != 0 && len(level) > 0 {
		exts = append(exts, rtpx.Extension{ID: d.extLevel, Data: level})
	}
	if len(d.depends) > 0 {
		exts = append(exts, rtpx.Extension{ID: d.extDepends, Data: d.depends})
	}
	if d.capture.here {
		exts = append(exts, rtpx.Extension{ID: d.extCapture, Data: d.capture.bytes[:]})
		d.capture.here = false
	}
	return exts
}

// pacer lets leave what waits, until teardown.
func (p *Peer) pacer() {
	defer close(p.paced)
	defer p.guard()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	timer.Stop()
	for {
		select {
		case <-p.ctx.Done():
			return
		case <-p.egress.kick:
		case <-timer.C:
		}
		if wait := p.pace(time.Now()); wait > 0 {
			timer.Reset(wait)
		}
	}
}

// pace lets leave what may, all at once, and tells when there will be more; 0:
// nothing waits.
func (p *Peer) pace(now time.Time) time.Duration {
	p.engine.net.Begin()
	defer p.engine.net.End()
	wait := p.egress.drain(now)
	if p.egress.free {
		return 0
	}
	p.fill(now)
	return wait
}
