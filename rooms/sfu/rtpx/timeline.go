package rtpx

import (
	"sync"
	"time"
)

const (
	// transitWindow is how long the fastest report's transit counts. Two
	// windows overlap, so that the offset follows a drifting clock without
	// ever being without a minimum.
	transitWindow = 30 * time.Second
	// maxReportAge is how old a report may be and still place its stream.
	maxReportAge = 60 * time.Second
	// ntpEpoch is the Unix epoch in NTP seconds.
	ntpEpoch = 2208988800
)

// Timeline places the streams of one publisher on the server's clock by their
// sender reports. There is one offset between the publisher's clock and ours
// for all its streams: the smallest transit seen, over audio and video
// together. Whatever its error, it is the same for both, and that is what
// keeps lips and voice together. Stamping reports with the time a packet left
// (as pion's report interceptor does) was rejected: it writes the pacing of
// video into its clock.
//
// Timeline is safe for concurrent use: reports come and are asked for by
// different Peers.
type Timeline struct {
	mu      sync.Mutex
	streams map[uint32]report
	// Transit is arrival less sent time in units of 2^-32 s; the offset
	// between the clocks is part of it.
	transit  [2]int64 // minimum of this window and of the one before
	known    [2]bool
	windowAt time.Time
}

type report struct {
	clock   uint32
	ntp     uint64
	rtp     uint32
	arrival time.Time
}

// maxStreams bounds what a publisher can make us remember.
const maxStreams = 32

// NewTimeline returns a Timeline that knows nothing.
func NewTimeline() *Timeline { return &Timeline{streams: make(map[uint32]report)} }

// Report takes a sender report of the stream ssrc with clock ticks a second.
// Reports without wall clock (NTP 0, RFC 3550 section 6.4.1) are ignored, and
// so are those that run back.
func (t *Timeline) Report(ssrc, clock uint32, ntp uint64, rtp uint32, arrival time.Time) {
	if ntp == 0 || clock == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	old, known := t.streams[ssrc]
	if known && int64(ntp-old.ntp) <= 0 && arrival.Sub(old.arrival) < maxReportAge {
		return
	}
	if !known && len(t.streams) >= maxStreams {
		return
	}
	t.streams[ssrc] = report{clock, ntp, rtp, arrival}

	if t.windowAt.IsZero() || arrival.Sub(t.windowAt) >= transitWindow {
		t.transit[1], t.known[1] = t.transit[0], t.known[0]
		t.known[0] = false
		t.windowAt = arrival
	}
	transit := int64(NTP(arrival) - ntp)
	if !t.known[0] || transit < t.transit[0] {
		t.transit[0], t.known[0] = transit, true
	}
}

// Forget drops a stream that ended.
func (t *Timeline) Forget(ssrc uint32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.streams, ssrc)
}

// At returns the timestamp that the stream ssrc has at the instant at of our
// clock, and that instant in NTP form. With a Munger's TimestampOffset added
// to rtp it is the content of an outgoing sender report. Not ok without a
// recent report: then better none is sent.
func (t *Timeline) At(ssrc uint32, at time.Time) (ntp uint64, rtp uint32, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r, known := t.streams[ssrc]
	if !known || at.Sub(r.arrival) > maxReportAge {
		return 0, 0, false
	}
	transit := t.transit[0]
	if t.known[1] {
		transit = min(transit, t.transit[1])
	}
	ntp = NTP(at)
	return ntp, r.rtp + ticks(int64(ntp-uint64(transit)-r.ntp), r.clock), true
}

// Shift returns the timestamp of stream to less that of stream from at the
// same instant of the publisher's clock; for two layers of one picture.
func (t *Timeline) Shift(from, to uint32) (shift uint32, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, okA := t.streams[from]
	b, okB := t.streams[to]
	if !okA || !okB || a.clock != b.clock {
		return 0, false
	}
	return b.rtp - ticks(int64(b.ntp-a.ntp), b.clock) - a.rtp, true
}

// ticks converts a difference in units of 2^-32 s to clock ticks, rounded down.
func ticks(d int64, clock uint32) uint32 {
	seconds, fraction := d>>32, uint64(uint32(d))
	return uint32(seconds)*clock + uint32(fraction*uint64(clock)>>32)
}

// NTP returns t in the 64-bit format of sender reports. It wraps in 2036 as
// the format does; only differences are ever used.
func NTP(t time.Time) uint64 {
	return uint64(t.Unix()+ntpEpoch)<<32 | uint64(t.Nanosecond())<<32/1e9
}
