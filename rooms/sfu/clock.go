package sfu

import (
	"time"

	"sangdam/rooms/sfu/wire"
)

const (
	tickEvery = 50 * time.Millisecond
	// idleTick is for who only watches: nothing of it can be missing, and a tick of
	// fifty of them costs as much as a third of the packets that they see.
	idleTick = 100 * time.Millisecond
	// holdVideo is how long after DTLS the first picture waits: earlier, Firefox
	// loses it, and half a second with it. Sound need not wait.
	holdVideo        = 30 * time.Millisecond
	arrivalsEvery    = 100 * time.Millisecond
	receptionEvery   = time.Second
	restartKeyframes = 2 // rounds of requests after an ICE restart
)

// clock does everything that happens because time has passed, until teardown.
func (p *Peer) clock() {
	defer close(p.done)
	defer p.guard()
	t := ticker{Ticker: time.NewTicker(tickEvery)}
	defer t.Stop()
	var c clockState
	for {
		select {
		case <-p.ctx.Done():
			return
		case <-t.C:
		case <-p.kick:
		}
		now := time.Now()
		if !p.videoReady.Load() {
			t.set(p.opening(now, p.conn.State() == wire.Connected, &c))
		} else {
			t.set(p.rhythm(now))
		}
		p.tickAtOnce(now, &c)
	}
}

// tickAtOnce lets leave together what a tick brings: reports, requests, repeated
// keyframes.
func (p *Peer) tickAtOnce(now time.Time, c *clockState) {
	p.engine.net.Begin()
	defer p.engine.net.End()
	p.tick(now, c)
}

// ticker changes its pace only when told another.
type ticker struct {
	*time.Ticker
	pace time.Duration
}

func (t *ticker) set(d time.Duration) {
	if d != t.pace {
		t.pace = d
		t.Reset(d)
	}
}

// clockState is what the clock goroutine remembers.
type clockState struct {
	connected   time.Time
	arrivals    time.Time
	reception   time.Time
	nominations int32
	restarted   int
	restartAt   time.Time
}

// opening lifts the gates as the transport comes up; it returns when to look
// again.
func (p *Peer) opening(now time.Time, connected bool, c *clockState) time.Duration {
	switch {
	case !connected:
		return tickEvery
	case c.connected.IsZero():
		c.connected = now
		p.audioReady.Store(true)
		return holdVideo
	case now.Sub(c.connected) < holdVideo:
		return holdVideo / 3
	}
	p.videoReady.Store(true)
	return tickEvery
}

// rhythm is the pace of the clock, once everything is up.
func (p *Peer) rhythm(now time.Time) time.Duration {
	for _, u := range p.ups {
		if u.last.within(flowEnds, now) {
			return tickEvery
		}
	}
	return idleTick
}

func (p *Peer) tick(now time.Time, c *clockState) {
	p.afterRestart(now, c)
	for _, u := range p.ups {
		if u.source == Microphone {
			u.listen(now)
		}
		if u.kind != wire.Video {
			continue
		}
		u.lookWanted(now)
		if !u.isOpen() {
			continue
		}
		for i := range u.layers {
			if l := u.layers[i].Load(); l != nil {
				if u.wanted.has(i) { // what sleeps keeps the rate that it had
					l.measure(now)
				}
				l.askMissing(now)
				l.repeatKeyframe(now)
			}
		}
	}
	p.steer(now)
	for _, d := range p.downs {
		d.look(now)
	}
	if p.audioReady.Load() {
		if now.Sub(c.arrivals) >= arrivalsEvery {
			c.arrivals = now
			p.sendArrivals()
		}
		if now.Sub(c.reception) >= receptionEvery {
			c.reception = now
			p.sendReceiverReports(now)
			if line := p.line(); line > 0 {
				p.engine.metrics.line.Observe(float64(line))
			}
			p.engine.metrics.legs.look(p, now)
			p.redundancy.judge(p.lossDown(now), p.line(), now)
			p.holds.judge(p, now)
		}
		p.sendSenderReports(now)
	}
	if p.outdated(now) {
		// A full queue: the next tick finds the same.
		_ = p.loop.Post(p.reconcile)
	}
}

// afterRestart asks for keyframes both ways once the new path is nominated, or
// the old one carries again:
// what was on its way is lost, and Chromium alone would wait three seconds.
func (p *Peer) afterRestart(now time.Time, c *clockState) {
	if p.revived.Swap(false) {
		c.restarted, c.restartAt = restartKeyframes, now
	}
	if n := p.nominations.Load(); n != c.nominations {
		first := c.nominations == 0
		c.nominations = n
		if !first || n > 1 {
			c.restarted, c.restartAt = restartKeyframes, now
		}
	}
	if c.restarted == 0 || now.Before(c.restartAt) {
		return
	}
	c.restarted--
	c.restartAt = now.Add(2 * pliInterval)
	for _, d := range p.downs {
		d.refresh(now)
	}
	for _, u := range p.ups {
		for i := range u.layers {
			if l := u.layers[i].Load(); l != nil && u.kind == wire.Video && u.isOpen() {
				l.requestKeyframe(now)
			}
		}
	}
}
