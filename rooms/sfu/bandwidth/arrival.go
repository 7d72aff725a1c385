package bandwidth

import "time"

const (
	// burst is the send time that makes one group (draft-ietf-rmcat-gcc-02
	// section 5.2): what a pacer sends in one go measures the pacer.
	burst = 5 * time.Millisecond
	// bunch bounds how long a line that lets packets through in bunches (Wi-Fi
	// that was busy) may stretch one group.
	bunch = 100 * time.Millisecond
	// leap of the arrival clock against ours means that the browser's clock
	// was set or its feedback makes no sense; what was gathered is void.
	leap = 3 * time.Second
)

// group is packets that left together.
type group struct {
	begun                 bool
	firstSent, lastSent   time.Duration
	firstArrived, arrived time.Duration
}

// arrivals compares groups of packets: how much farther apart they arrived
// than they left.
type arrivals struct {
	now, before group
}

// step is the difference between two groups.
type step struct {
	sent, arrived time.Duration
	at            time.Duration // arrival of the later one
}

// add takes the next packet in the order of numbers and returns a step when it
// completes a group.
func (a *arrivals) add(sent, at time.Duration) (s step, ok bool) {
	g := &a.now
	switch {
	case !g.begun:
		*g = group{true, sent, sent, at, at}
		return step{}, false
	case sent < g.firstSent:
		return step{}, false // of a group that is gone
	case a.joins(sent, at):
		g.lastSent = max(g.lastSent, sent)
		g.arrived = max(g.arrived, at)
		return step{}, false
	}
	if a.before.begun {
		// Groups that overtook each other count too (libwebrtc leaves them out):
		// without the step back, the step ahead before it would look like a
		// queue that grew.
		s = step{g.lastSent - a.before.lastSent, g.arrived - a.before.arrived, g.arrived}
		ok = (s.arrived - s.sent).Abs() < leap
	}
	a.before = a.now
	a.now = group{true, sent, sent, at, at}
	return s, ok
}

func (a *arrivals) joins(sent, at time.Duration) bool {
	g := &a.now
	if sent-g.firstSent <= burst {
		return true
	}
	apart := at - g.arrived
	return apart >= 0 && apart <= burst && apart < sent-g.lastSent && at-g.firstArrived < bunch
}
