package sfu

import (
	"slices"
	"sync/atomic"
	"time"

	"sangdam/rooms/sfu/wire"
)

// A picture that was lost and is sent again comes a round trip late. Browsers
// learn to wait for what they ask of us; of what we ask of the publisher they
// know nothing, and each loss there would freeze the picture for everybody. Only
// the server knows both lines, so it tells how long picture and voice of a slot
// are to be held before they are played. The playout-delay header extension was
// tried: it holds the picture alone, and browsers bring a voice behind it by no
// more than 80 ms a second.

const (
	// mendFrom is from which loss on pictures wait for one repetition, mendTwice
	// for a second one, because the first gets lost, too: at 5 % and 150 packets
	// a second that is every third second, and a tenth of the time.
	mendFrom  = 0.004
	mendTwice = 0.03
	// mendSlack is what it takes to notice a loss: of the last packet of a frame,
	// only the next frame tells.
	mendSlack = 110 * time.Millisecond
	// mendStays is how long a line that lost something is not trusted: to wait
	// less and then more again is a jump each time.
	mendStays = 30 * time.Second

	// nearby is a round trip that a browser's own buffer bears.
	nearby = 80 * time.Millisecond

	// Holds are told in steps, and never more than a conversation bears.
	holdStep = 50 * time.Millisecond
	mostHold = 900 * time.Millisecond
)

// mending is how long one line needs until what it lost has come after all.
type mending struct {
	wait atomic.Int64 // nanoseconds; the clock writes it

	until time.Time // owned by the clock
}

// judge takes the loss of the last seconds and the round trip.
func (m *mending) judge(loss float64, roundTrip time.Duration, now time.Time) {
	want := time.Duration(0)
	switch {
	case loss >= mendTwice:
		want = 2*roundTrip + roundTrip/5 + mendSlack
	case loss >= mendFrom:
		want = roundTrip + roundTrip/10 + mendSlack
	}
	if have := time.Duration(m.wait.Load()); want < have && now.Before(m.until) {
		return
	}
	if want > 0 {
		m.until = now.Add(mendStays)
	}
	m.wait.Store(int64(want))
}

// holds are how long each slot with a picture is held, by number.
type holds struct {
	up, down  mending
	now, told atomic.Pointer[[]time.Duration] // the clock writes now, the loop told
}

// judge looks at both lines of each picture. It runs on the clock.
func (h *holds) judge(p *Peer, now time.Time) {
	if p.engine.without.RTX {
		return // nothing is repaired, so there is nothing to wait for
	}
	h.up.judge(p.lossUp(), p.roundTrip(), now)
	down := p.lossDown(now)
	if p.roundTrip() < nearby {
		// What its publisher lost reads as this line's loss at times, and what
		// this line loses is mended before anybody could be told.
		down = 0
	}
	h.down.judge(down, p.roundTrip(), now)
	var next []time.Duration
	for _, d := range p.downs {
		if d.kind != wire.Video {
			continue
		}
		d.mu.Lock()
		u := d.source
		d.mu.Unlock()
		hold := time.Duration(0)
		if u != nil {
			hold = time.Duration(h.down.wait.Load() + u.peer.holds.up.wait.Load())
			hold = min(mostHold, (hold+holdStep-1)/holdStep*holdStep)
		}
		for len(next) <= d.slot {
			next = append(next, 0)
		}
		next[d.slot] = hold
	}
	if old := h.now.Load(); old == nil && slices.Max(append(next, 0)) == 0 || old != nil && slices.Equal(*old, next) {
		return
	}
	h.now.Store(&next)
}

// tell tells the Observer what it has not heard. It runs on the loop.
func (h *holds) tell(p *Peer) {
	if next := h.now.Load(); next != h.told.Load() {
		h.told.Store(next)
		p.observer.Holds(p.id, slices.Clone(*next))
	}
}
