package sfu

import (
	"slices"
	"time"

	"sangdam/rooms/sfu/bandwidth"
	"sangdam/rooms/sfu/rtpx"
)

const (
	// What an estimator may ask for at most.
	fastestProbe = 20_000_000 // bits a second
	largestProbe = 96 << 10   // bytes
	longestProbe = 500 * time.Millisecond
	// probeReach is how many of the newest packets a probe repeats in turn, but
	// for probeSkips, whose copies might be read before them.
	probeReach = 32
	probeSkips = 8
	// probeSteps is how many packets one step of the pacer sends at most.
	probeSteps = 64
	// catchUp is how late a pacer may be.
	catchUp = 50 * time.Millisecond
	padding = 255 // bytes, as many as a packet can count
)

// cluster is a burst that finds out what the line carries; the zero one is none.
// All that leaves while it lasts is part of it, and what it lacks is filled up.
type cluster struct {
	id     int
	rate   float64 // bytes a second
	left   int     // bytes
	credit float64 // bytes that may be filled in now
	at     time.Time
	until  time.Time
}

func (c *cluster) active(now time.Time) bool { return c.left > 0 && now.Before(c.until) }

// take counts a packet that leaves, and tells which cluster it is part of.
func (c *cluster) take(size int, now time.Time) int {
	if !c.active(now) {
		return 0
	}
	c.left -= size
	c.credit -= float64(size)
	return c.id
}

// probe begins a cluster.
func (g *egress) probe(c bandwidth.Cluster, now time.Time) {
	if c.ID == 0 || c.Rate <= 0 || c.Bytes <= 0 {
		return
	}
	rate := float64(min(c.Rate, fastestProbe)) / 8
	left := min(c.Bytes, largestProbe)
	length := time.Duration(2*float64(left)/rate*float64(time.Second)) + 10*drainEvery
	g.mu.Lock()
	g.cluster = cluster{id: c.ID, rate: rate, left: left, at: now, until: now.Add(min(length, longestProbe))}
	g.mu.Unlock()
	g.probes.Add(1)
	g.wake()
}

// lacks tells whether a cluster should be filled up now.
func (g *egress) lacks(now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := &g.cluster
	// What waits fills it by itself, and must not be overtaken by its own copy.
	if !c.active(now) || g.waiting > 0 || g.flight.full() {
		return false
	}
	if d := now.Sub(c.at); d > 0 {
		c.at = now
		// A pacer that was late catches up: a cluster that left slower than
		// it was meant to would tell of a narrower line.
		c.credit = min(c.credit+d.Seconds()*c.rate, catchUp.Seconds()*c.rate+rtpx.MaxPacket)
	}
	return c.credit > 0
}

// fill sends what a cluster lacks: packets of what is shown, once more over RTX,
// which mend what the line may have lost, or else padding.
func (p *Peer) fill(now time.Time) {
	for range probeSteps {
		if !p.videoReady.Load() || !p.egress.lacks(now) || !p.sendProbe(now) {
			return
		}
	}
}

func (p *Peer) sendProbe(now time.Time) bool {
	var any *DownTrack
	for _, d := range p.downs {
		if d.rtxSSRC == 0 || d.extTransport == 0 {
			continue
		}
		if any = d; !d.paused.Load() && d.shown.Load() != nil && d.repeatRecent(now) {
			return true
		}
	}
	return any != nil && any.pad(now)
}

// repeatRecent sends one of the newest packets once more.
func (d *DownTrack) repeatRecent(now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.source == nil || !d.source.isOpen() {
		return false
	}
	d.older++
	origin, ok := d.munger.Recent(probeSkips + d.older%(probeReach-probeSkips))
	return ok && d.repeat(classProbe, origin, now)
}

// pad sends a packet of the RTX stream with nothing in it.
func (d *DownTrack) pad(now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.buf = rtpx.AppendPacket(d.buf[:0], rtpx.OutHeader{
		PayloadType: d.rtxPT, Sequence: d.rtxSeq, Timestamp: d.munger.LastTimestamp(), SSRC: d.rtxSSRC,
	}, d.extensions(nil), nil)
	d.buf[0] |= 0x20 // padding (RFC 3550 section 5.1)
	at := len(d.buf)
	d.buf = slices.Grow(d.buf, padding)[:at+padding]
	clear(d.buf[at:])
	d.buf[at+padding-1] = padding
	d.rtxSeq++
	return d.peer.egress.send(classProbe, d, d.buf, 0, now)
}
