package sfu

import (
	"sync/atomic"
	"time"

	"sangdam/rooms/sfu/rtpx"
	"sangdam/rooms/sfu/wire"
)

// What a slot is given of the line, and how it gives up and begins again.

// highest is the highest rank shown; mu is held.
func (d *DownTrack) highest() int { return max(0, min(d.ceiling, d.allowed)) }

// allow sets what the line carries of the slot's picture: the highest rank, -1
// nothing. Nothing is at once; another layer begins with its next keyframe.
func (d *DownTrack) allow(rank int, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	was := d.allowed
	if d.allowed = rank; rank == was {
		return
	}
	d.paused.Store(rank < 0)
	if rank < 0 {
		d.stop()
	}
	if was < 0 {
		d.fresh, d.again = true, now
	}
}

// cut ends what a slot shows because the queue takes no more of it. It begins
// again with a keyframe when there is room. What waits still leaves: of a
// picture without an end a browser shows nothing. mu is held.
func (d *DownTrack) cut(now time.Time) {
	d.munger.Stop()
	d.show(nil)
	d.halted, d.fresh, d.again = true, false, now
}

// mayBegin tells whether there is room for a keyframe; mu is held.
func (d *DownTrack) mayBegin() bool {
	if d.halted && d.peer.egress.roomy() {
		d.halted = false
	}
	return !d.halted
}

// class is what a packet of media is to the line; mu is held.
func (d *DownTrack) class(o rtpx.Out, v rtpx.Picture) class {
	switch {
	case d.kind == wire.Audio:
		return classSound
	case v.Keyframe:
		d.keyTS = o.Timestamp
		return classKeyframe
	case o.Timestamp == d.keyTS:
		return classKeyframe
	}
	return classPicture
}

// stake is what a slot could show.
type stake struct {
	source  *UpTrack // nil: nothing, or nothing flows
	bound   time.Time
	ceiling int
	focused bool
	rates   [maxRids]int // bits a second if this rank were the highest; rising
}

// unmeasured are what layers of a camera are taken for until they are measured:
// what static/src/media asks browsers for.
var unmeasured = [maxRids]int{150_000, 500_000, 1_500_000}

// unmeasuredScreen is the same of a screen, which has one layer.
const unmeasuredScreen = 1_000_000

func (d *DownTrack) stake(now time.Time) stake {
	d.mu.Lock()
	s := stake{source: d.source, bound: d.bound, ceiling: d.ceiling, focused: d.focused}
	d.mu.Unlock()
	if s.source == nil || !s.source.flowing(now) {
		s.source = nil
		return s
	}
	for r := range s.rates {
		if r > s.ceiling {
			s.rates[r] = s.rates[r-1]
			continue
		}
		if rate, asleep := s.source.dormant(r, now); asleep {
			s.rates[r] = max(rate, s.rates[r-1])
			continue
		}
		l := s.source.best(r, now)
		if l == nil {
			if r == 0 {
				s.source = nil
				return s
			}
			s.rates[r] = s.rates[r-1]
			continue
		}
		if c := l.codecNow(); c != rtpx.NoCodec && !d.knows(c) {
			s.source = nil // it shows nothing of it, whatever the line carries
			return s
		}
		rate := l.rate(r)
		if rate == 0 {
			if rate = unmeasured[l.rank]; s.source.source.staged() {
				rate = unmeasuredScreen
			}
		}
		s.rates[r] = rate
		if r > 0 {
			s.rates[r] = max(s.rates[r], s.rates[r-1])
		}
	}
	return s
}

const (
	measureEvery = 500 * time.Millisecond
	// measureForgets is from when an older reading says nothing.
	measureForgets = 2 * time.Second
)

// meter makes a rate out of counters. One goroutine reads them; any the rate.
type meter struct {
	rate atomic.Int64 // bits a second, headers and all; 0: not known yet

	at             time.Time
	bytes, packets uint64
}

func (m *meter) read(bytes, packets uint64, now time.Time) {
	elapsed := now.Sub(m.at)
	if elapsed < measureEvery {
		return
	}
	b, n := bytes-m.bytes, packets-m.packets
	first := m.at.IsZero() || elapsed > measureForgets
	m.at, m.bytes, m.packets = now, bytes, packets
	if first {
		return
	}
	rate := int64(float64(8*(b+n*overhead)) / elapsed.Seconds())
	if was := m.rate.Load(); was > 0 {
		rate = was + (rate-was)*2/5 // a keyframe is no new pace
	}
	m.rate.Store(rate)
}
