package bandwidth

import (
	"math"
	"time"
)

// The bounds of draft-ietf-rmcat-gcc-02 section 6, applied to the loss above
// what the line loses anyway.
const (
	lossCut  = 0.10
	lossHold = 0.02
	// airMost is the most that is believed to be the line's own loss.
	airMost = 0.3
	// lower is how far a trial goes below the rate at hand, at least: less, and
	// chance would decide.
	lower = 0.8
	// retest is how often what is believed to be the air's is tried again.
	retest = 20 * time.Second
)

// loss bounds the target by what is lost.
//
// The draft takes all loss for congestion: 10 % lost on the air of a hotel's
// Wi-Fi would bring the target to the floor, although the line is wide and
// empty, and 5 % would hold it where it is for ever. Loss that comes with a
// standing queue is our doing and is answered as the draft says. Loss without a
// queue is either the air's or a policer's that drops what is above a rate, and
// these two answer differently when we send less: at the share s of what was
// sent, a policer that passed 1-p passes 1-p over s, whereas the air loses p as
// before. So the bound goes down once, to what arrived or less, and looks which of
// the two came nearer (a trial, about a second). The air's loss is then
// remembered, the bound taken back, and only loss above it counts. On a line of
// 10 Mbit/s that loses 5 or 10 % by itself this costs a second at four fifths
// in twenty.
type loss struct {
	// The sample at hand.
	got, gone   int
	bytes       int64
	first, last time.Duration // departures
	began       time.Duration
	since       time.Duration // packets that left before do not count

	air   float64 // what the line loses by itself, 0 to 1
	bound float64 // +Inf: none
	held  int     // samples in a row that would not let the target grow
	calm  bool    // the last sample would

	trial  bool
	ours   bool // the last trial found that we were it
	tested time.Duration
	before float64 // loss that began the trial
	offer  float64 // rate that was sent then
	former float64 // bound then
}

// sample is what was lost in a while.
type sample struct {
	loss    float64
	packets int
	offered float64 // bits a second, what arrived and what did not
	queue   bool    // a queue stood
	target  float64
}

func newLoss() loss { return loss{bound: math.Inf(1), calm: true} }

// count takes what became of a packet.
func (l *loss) count(p *packet, came bool) {
	if p.sent < l.since {
		return
	}
	if l.got+l.gone == 0 {
		l.first, l.last = p.sent, p.sent
	}
	l.first, l.last = min(l.first, p.sent), max(l.last, p.sent)
	l.bytes += int64(p.size)
	if came {
		l.got++
	} else {
		l.gone++
	}
}

// found corrects: the packet was only late.
func (l *loss) found(p *packet) {
	if p.sent >= l.since && l.gone > 0 {
		l.gone--
		l.got++
	}
}

// close ends the sample when it is worth something.
func (l *loss) close(now time.Duration) (s sample, ok bool) {
	n := l.got + l.gone
	if n == 0 {
		l.began = now
		return s, false
	}
	took := now - l.began
	s.packets = n
	s.loss = float64(l.gone) / float64(n)
	long := l.last - l.first
	enough := n >= 60 && took >= time.Second ||
		n >= 60 && took >= 500*time.Millisecond && s.loss > 2*lossCut+l.air ||
		n >= 15 && took >= 3*time.Second
	if long > 0 {
		s.offered = float64(l.bytes) * 8 / long.Seconds()
	}
	if l.trial {
		enough = n >= 150 && took >= time.Second && (l.clear(s) || took >= 3*time.Second) ||
			n >= 15 && took >= 3*time.Second
	}
	if !enough || long <= 0 {
		return s, false
	}
	l.begin(now)
	return s, true
}

func (l *loss) begin(now time.Duration) {
	l.got, l.gone, l.bytes, l.began = 0, 0, 0, now
}

// jumped begins a new sample: one of two rates would tell of neither.
func (l *loss) jumped(now time.Duration) {
	l.since = now
	l.begin(now)
}

// reset forgets the sample and the bound, not what the air loses: the line was
// away, what was lost meanwhile is not our rate's doing.
func (l *loss) reset(now time.Duration) {
	air, tested := l.air, l.tested
	*l = newLoss()
	l.air, l.tested, l.since, l.began = air, tested, now, now
}

// judge draws the bound from a sample.
func (l *loss) judge(s sample, now time.Duration) {
	l.ours = false
	if l.trial {
		l.verdict(s)
	}
	excess := s.loss - l.air
	tremble := math.Sqrt(l.air * (1 - l.air) / float64(max(s.packets, 1)))
	pace := min(s.target, max(s.offered, 0))
	switch {
	case excess <= lossHold+tremble:
		l.held, l.calm = 0, true
		l.air = min(max(l.air+0.1*excess, 0), airMost)
		if l.bound *= 1 + growth; l.bound > 1.5*s.target {
			l.bound = math.Inf(1)
		}
		if l.air > 0.05 && now-l.tested > retest {
			l.cut(pace*lower, s, now)
		}
	case excess > lossCut:
		l.held, l.calm = 0, false
		share := 1 - 0.5*excess // as the draft
		if !s.queue {
			share = min(1-excess, lower)
		}
		l.cut(pace*share, s, now)
	default:
		l.held++
		l.calm = false
		l.bound = min(l.bound, s.target)
		if l.held >= 2 {
			l.held = 0
			l.cut(pace*lower, s, now)
		}
	}
}

func (l *loss) cut(to float64, s sample, now time.Duration) {
	if s.queue {
		l.bound = min(l.bound, to)
		return
	}
	l.trial, l.tested, l.before, l.offer, l.former = true, now, s.loss, s.offered, l.bound
	l.bound = min(l.bound, to)
	l.since = now
	l.begin(now)
}

// between is the loss of a trial that speaks for neither, nearer to the air's:
// a policer passes bursts.
func (l *loss) between(s sample) float64 {
	policed := max(0, 1-(1-l.before)*l.offer/s.offered)
	return (2*l.before + policed) / 3
}

// clear says that chance hardly put the trial on its side.
func (l *loss) clear(s sample) bool {
	line := l.between(s)
	return math.Abs(s.loss-line) > 1.5*math.Sqrt(line*(1-line)/float64(s.packets))
}

// verdict ends the trial.
func (l *loss) verdict(s sample) {
	l.trial = false
	share := s.offered / l.offer
	// Who sent no less, because there was no more to send or the floor is
	// reached, has shown that his rate is not what loses.
	switch {
	case s.loss > l.before+lossCut && share < 0.95:
		return // the line changed meanwhile: nothing is known of either
	case share > 0.95 || s.loss > l.between(s):
		l.air = min((l.before+s.loss)/2, airMost)
		l.bound = max(l.bound, l.former)
	default:
		l.ours, l.air = true, min(l.air, s.loss)
	}
}
