package rtpx

import (
	"time"

	"github.com/pion/rtcp"
)

const (
	maxMissing   = 128                    // beyond: a keyframe is cheaper
	nackReorder  = 2                      // packets that must come after a missing one
	nackDelay    = 10 * time.Millisecond  // or the time that must pass
	nackMinRetry = 20 * time.Millisecond  //
	nackTries    = 5                      //
	nackMaxAge   = 500 * time.Millisecond // plus two round trips: what comes later is of no use
)

// Losses follows what is missing of one incoming stream and says when to ask
// for it: once it is probably lost and not merely overtaken, then again every
// 1.1 round trips. The zero value is ready; it has one owner.
type Losses struct {
	started bool
	highest uint64
	missing []missing // ascending, at most maxMissing
	lost    int       // given up, not told yet
}

type missing struct {
	ext   uint64
	since time.Time
	asked time.Time
	tries int
}

// Received takes a fresh packet's number (of Sequence).
func (l *Losses) Received(ext uint64, now time.Time) {
	if !l.started {
		l.started, l.highest = true, ext
		return
	}
	if ext <= l.highest {
		l.remove(ext)
		return
	}
	if gap := ext - l.highest - 1; gap > maxMissing {
		// An outage or a new start, not a loss: all of it is given up.
		l.lost += len(l.missing) + 1
		l.missing = l.missing[:0]
	} else {
		if l.missing == nil && gap > 0 {
			l.missing = make([]missing, 0, maxMissing)
		}
		if over := len(l.missing) + int(gap) - maxMissing; over > 0 {
			l.drop(over)
		}
		for n := l.highest + 1; n < ext; n++ {
			l.missing = append(l.missing, missing{ext: n, since: now})
		}
	}
	l.highest = ext
}

// Keyframe says that a keyframe starts at ext: what is missing before it is
// wanted no more.
func (l *Losses) Keyframe(ext uint64) {
	n := 0
	for n < len(l.missing) && l.missing[n].ext < ext {
		n++
	}
	l.missing = append(l.missing[:0], l.missing[n:]...)
}

// Due appends to dst what should be asked for now, and counts it as asked.
func (l *Losses) Due(now time.Time, rtt time.Duration, dst []rtcp.NackPair) []rtcp.NackPair {
	kept := l.missing[:0]
	begin := len(dst)
	for _, g := range l.missing {
		if g.tries >= nackTries && now.Sub(g.asked) >= retryAfter(rtt) || now.Sub(g.since) >= nackMaxAge+2*rtt {
			l.lost++
			continue
		}
		if !l.dueAt(g, rtt).After(now) {
			g.tries++
			g.asked = now
			dst = appendNack(dst, begin, uint16(g.ext))
		}
		kept = append(kept, g)
	}
	l.missing = kept
	return dst
}

// NextDue is the time of the next Due that has something to do; false when
// nothing is missing.
func (l *Losses) NextDue(rtt time.Duration) (time.Time, bool) {
	var next time.Time
	for _, g := range l.missing {
		at := l.dueAt(g, rtt)
		if end := g.since.Add(nackMaxAge + 2*rtt); end.Before(at) {
			at = end
		}
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next, len(l.missing) > 0
}

// TakeLost returns how many packets were given up since the last call. Above
// zero for video: a keyframe is needed.
func (l *Losses) TakeLost() int {
	n := l.lost
	l.lost = 0
	return n
}

// dueAt is when a missing packet is to be asked for next, or after the last
// try to be given up.
func (l *Losses) dueAt(g missing, rtt time.Duration) time.Time {
	switch {
	case g.tries > 0:
		return g.asked.Add(retryAfter(rtt))
	case l.highest-g.ext >= nackReorder:
		return g.since
	}
	return g.since.Add(nackDelay)
}

func (l *Losses) remove(ext uint64) {
	for i := range l.missing {
		if l.missing[i].ext == ext {
			l.missing = append(l.missing[:i], l.missing[i+1:]...)
			return
		}
	}
}

func (l *Losses) drop(n int) {
	l.lost += n
	l.missing = append(l.missing[:0], l.missing[n:]...)
}

func retryAfter(rtt time.Duration) time.Duration { return max(rtt*11/10, nackMinRetry) }

// appendNack adds seq, which rises from call to call, to the pairs from begin
// on (RFC 4585 section 6.2.1).
func appendNack(dst []rtcp.NackPair, begin int, seq uint16) []rtcp.NackPair {
	if len(dst) > begin {
		last := &dst[len(dst)-1]
		if d := seq - last.PacketID; d >= 1 && d <= 16 {
			last.LostPackets |= 1 << (d - 1)
			return dst
		}
	}
	return append(dst, rtcp.NackPair{PacketID: seq})
}
