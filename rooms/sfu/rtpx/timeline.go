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
	// slew is how much the offset moves in a second at most. Reports on voice and
	// picture leave apart, up to a second: what the offset leaps between them is
	// what lips are off by. Ten times a bad crystal's drift.
	slew = 2 * time.Millisecond
	// clockStep is by how much a publisher's reports come sooner than any did before
	// when its clock was set: no network was ever that much slower.
	clockStep = time.Second
	// setBack is how far a report must run back before it is the clock that did,
	// and not the network.
	setBack = 5 * time.Second
	// ntpEpoch is the Unix epoch in NTP seconds.
	ntpEpoch = 2208988800
)

// Timeline places the streams of one publisher on the server's clock by their
// sender reports. There is one offset between the publisher's clock and ours
// for all its streams: the smallest transit seen, over audio and video
// together. Whatever its error, it is the same for both, and that is what
// keeps lips and voice together. A better estimate is gone to slowly, so that
// nothing leaps between the reports on the one and on the other. Stamping
// reports with the time a packet left (as pion's report interceptor does) was
// rejected: it writes the pacing of video into its clock.
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
	// applied is the transit that is told: it follows the minimum by slew. Not
	// before the first report.
	applied   int64
	appliedAt time.Time
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
	back := known && int64(old.ntp-ntp) > units(setBack)
	if known && !back && int64(ntp-old.ntp) <= 0 && arrival.Sub(old.arrival) < maxReportAge {
		return
	}
	if !known && len(t.streams) >= maxStreams {
		return
	}
	transit := int64(NTP(arrival) - ntp)
	if back || (t.known[0] || t.known[1]) && transit < t.minimum()-units(clockStep) {
		// The clock was set. What is known of the other streams is of the old one.
		clear(t.streams)
		t.known = [2]bool{}
		t.windowAt, t.appliedAt = time.Time{}, time.Time{}
	}
	t.streams[ssrc] = report{clock, ntp, rtp, arrival}

	if t.windowAt.IsZero() || arrival.Sub(t.windowAt) >= transitWindow {
		t.transit[1], t.known[1] = t.transit[0], t.known[0]
		t.known[0] = false
		t.windowAt = arrival
	}
	if !t.known[0] || transit < t.transit[0] {
		t.transit[0], t.known[0] = transit, true
	}
	t.follow(arrival)
}

// minimum is the smallest transit of both windows; one of them has one.
func (t *Timeline) minimum() int64 {
	switch {
	case !t.known[0]:
		return t.transit[1]
	case t.known[1]:
		return min(t.transit[0], t.transit[1])
	}
	return t.transit[0]
}

// follow brings applied up to date. mu is held.
func (t *Timeline) follow(now time.Time) {
	want := t.minimum()
	if off := want - t.applied; t.appliedAt.IsZero() || off > units(clockStep) || off < -units(clockStep) {
		t.applied, t.appliedAt = want, now
		return
	}
	elapsed := now.Sub(t.appliedAt)
	if elapsed <= 0 {
		return
	}
	t.appliedAt = now
	most := units(slew) * int64(min(elapsed, time.Minute)) / int64(time.Second)
	t.applied += min(max(want-t.applied, -most), most)
}

// Ahead is how far the publisher's clock is before ours, in units of 2^-32 s, as
// the Timeline has it: transit is taken for no time at all, so that it is less
// than the truth by the way here. Not ok before the first report.
func (t *Timeline) Ahead(at time.Time) (ahead int64, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.appliedAt.IsZero() {
		return 0, false
	}
	t.follow(at)
	return -t.applied, true
}

// units are those of the lower half of an NTP time: 2^-32 s.
func units(d time.Duration) int64 {
	return int64(d/time.Second)<<32 + int64(d%time.Second)<<32/int64(time.Second)
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
	t.follow(at)
	ntp = NTP(at)
	return ntp, r.rtp + ticks(int64(ntp-uint64(t.applied)-r.ntp), r.clock), true
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
