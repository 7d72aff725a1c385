package sfu

import (
	"sync/atomic"
	"time"
)

const (
	// sleepAfter is how long nobody must have wanted a layer before its publisher
	// is asked to stop it: tiles are dragged about, and slots change hands.
	sleepAfter = 3 * time.Second
	// wakesWithin is how long a layer may take to come when it is asked for: a
	// round trip, and an encoder that begins anew. One that has not come by then
	// is not to be had just now: the browser lacks the line or the power for it.
	wakesWithin = 2 * time.Second
)

// wanted says which layers of a source anybody watches; the others sleep at the
// publisher, who is told by Observer.Wanted. The lowest never sleeps: it proves
// that the camera sends, and whoever comes sees something at once.
type wanted struct {
	// bit a rank; the clock of the publisher writes now, its loop told
	now, told atomic.Uint32

	seen  [maxRids]time.Time // when a layer was wanted last; the clock's
	woken [maxRids]stamp     // when it was asked for again
}

// init begins with all layers, without rids the one: so does a browser.
func (w *wanted) init(rids int, now time.Time) {
	all := uint32(1)<<max(1, rids) - 1
	w.now.Store(all)
	w.told.Store(all)
	for r := range w.seen {
		w.seen[r] = now
	}
}

func (w *wanted) has(rank int) bool { return w.now.Load()>>rank&1 != 0 }

// lookWanted finds out what is watched. It is the clock's: a layer that is wanted is
// asked for at once, one that is not goes to sleep after a while.
func (u *UpTrack) lookWanted(now time.Time) {
	if len(u.rids) < 2 {
		return
	}
	w := &u.wanted
	mask := w.now.Load()
	watched := mask // of what is shut nothing is found out
	if u.isOpen() {
		watched = 1 | u.watched(now)
	}
	for r := range u.rids {
		bit := uint32(1) << r
		switch {
		case watched&bit != 0:
			w.seen[r] = now
			if mask&bit == 0 {
				mask |= bit
				w.woken[r].set(now)
			}
		case mask&bit != 0 && now.Sub(w.seen[r]) >= sleepAfter:
			mask &^= bit
		}
	}
	w.now.Store(mask)
}

// watched is which layers somebody shows or should, a bit a rank.
func (u *UpTrack) watched(now time.Time) (mask uint32) {
	for _, d := range *u.subs.Load() {
		mask |= d.watches(u)
	}
	for r := len(u.rids) - 1; r > 0; r-- {
		bit := uint32(1) << r
		l := u.layers[r].Load()
		if l != nil && l.viewers.Load() > 0 { // until they have stepped down
			mask |= bit
		}
		if mask&bit != 0 && (l == nil || !l.flows(now)) && u.wanted.has(r) && !u.wanted.woken[r].within(wakesWithin, now) {
			mask |= bit >> 1 // the next best
		}
	}
	return mask
}

// watches is the layer that a slot shows of u or should, as a bit.
func (d *DownTrack) watches(u *UpTrack) uint32 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.source != u || d.allowed < 0 {
		return 0
	}
	return 1 << min(d.highest(), len(u.rids)-1)
}

// dormant tells what a layer would take that does not come because nobody wanted
// it until now: it comes when it is asked for.
func (u *UpTrack) dormant(rank int, now time.Time) (rate int, _ bool) {
	if rank == 0 || rank >= len(u.rids) || u.wanted.has(rank) && !u.wanted.woken[rank].within(wakesWithin, now) {
		return 0, false
	}
	l := u.layers[rank].Load()
	if l != nil && l.flows(now) {
		return 0, false
	}
	if l != nil {
		rate = int(l.meter.rate.Load()) // as it was when it went to sleep
	}
	if rate == 0 {
		rate = unmeasured[rank]
	}
	return rate, true
}

// names are the rids of a mask, lowest picture first.
func (u *UpTrack) names(mask uint32) []string {
	names := []string{}
	for r, rid := range u.rids {
		if mask>>r&1 != 0 {
			names = append(names, rid)
		}
	}
	return names
}
