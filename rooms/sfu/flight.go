package sfu

import (
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
)

const (
	// Over a stream what is sent cannot be taken back: what waits in its sockets
	// is what the next word waits for. So pictures stop when more is under way
	// than the line carries in a round trip and streamHolds.
	streamHolds = 300 * time.Millisecond
	leastFlight = 16 << 10
	// flightForgets is after how long without feedback as much again is tried:
	// what was under way may be lost with a former path.
	flightForgets = 5 * time.Second
	flightReach   = 1024 // packets, a power of two
)

// flight is what has left and of which the browser has not told yet. It counts
// on streams alone: on UDP nothing of ours waits but in the network, which the
// estimator sees.
type flight struct {
	on   atomic.Bool
	most atomic.Int64 // bytes
	sent atomic.Int64 // bytes since on
	told atomic.Int64 // of these: how far feedback goes
	at   stamp        // of the newest feedback
	upTo [flightReach]atomic.Int64
}

// limit is the clock's part: whether the way is a stream, and what the line
// carries in bits a second.
func (f *flight) limit(stream bool, line int, roundTrip time.Duration, now time.Time) {
	if stream {
		if f.at.ns.Load() != 0 && !f.at.within(flightForgets, now) {
			f.at.set(now)
			f.told.Store(f.sent.Load())
		}
		f.most.Store(max(leastFlight, int64(float64(line)/8*(roundTrip+streamHolds).Seconds())))
	}
	f.on.Store(stream)
}

func (f *flight) leaves(number uint16, size int) {
	if f.on.Load() {
		f.upTo[number%flightReach].Store(f.sent.Add(int64(size)))
	}
}

// feedback takes how far a browser's goes. A lie only opens what a truth would.
func (f *flight) feedback(r *rtcp.TransportLayerCC, now time.Time) {
	if r.PacketStatusCount == 0 || !f.on.Load() {
		return
	}
	f.at.set(now)
	n := f.upTo[(r.BaseSequenceNumber+r.PacketStatusCount-1)%flightReach].Load()
	if n > f.told.Load() {
		f.told.Store(n) // RTCP has one goroutine
	}
}

// full tells whether pictures should wait.
func (f *flight) full() bool {
	return f.on.Load() && f.at.ns.Load() != 0 && f.sent.Load()-f.told.Load() > f.most.Load()
}
