package sfu

import (
	"sync/atomic"
	"time"
)

// What one browser may send (PROTOCOL R64). Three layers of a camera, a screen and
// two voices are some 5 Mbit/s and 700 packets a second; twice that passes, with
// what repairs it and what probes the line. What is over is dropped before anything
// else sees it, as a line would that is narrower: the browser is told of loss, and
// an honest one sends less.
const (
	mostPackets = 2000
	mostBits    = 12_000_000
	// Feedback comes some 30 times a second, and requests for what is lost.
	mostReports = 400
	// Of one slot keyframes may be asked for so many times at once, and then one a
	// second: each costs everybody who watches the same source.
	mostPleas = 4
)

// bucket lets so much pass (GCRA, ITU-T I.371): one owner.
type bucket struct{ full int64 } // when all of it could pass again, in Unix nanoseconds

// admits takes what one thing costs of the time, and how much time may be used up at
// once.
func (b *bucket) admits(cost, burst time.Duration, now time.Time) bool {
	at := now.UnixNano()
	next := max(b.full, at) + int64(cost)
	if next-at > int64(burst) {
		return false
	}
	b.full = next
	return true
}

// police is the limits of one Peer. Without a transport there is nobody to limit.
type police struct {
	on     bool          // fixed after equip
	excess atomic.Uint64 // packets of either kind that were dropped

	packets, bytes bucket // owned by who reads RTP
	reports        bucket // owned by who reads RTCP
}

func (l *police) media(size int, now time.Time) bool {
	if !l.on || l.packets.admits(time.Second/mostPackets, time.Second, now) &&
		l.bytes.admits(time.Duration(size+overhead)*8*time.Second/mostBits, time.Second, now) {
		return true
	}
	l.excess.Add(1)
	return false
}

func (l *police) feedback(now time.Time) bool {
	if !l.on || l.reports.admits(time.Second/mostReports, time.Second, now) {
		return true
	}
	l.excess.Add(1)
	return false
}
