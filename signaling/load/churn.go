package load

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// change is something that a person does, or suffers, in the middle of a meeting.
type change struct {
	name   string
	weight int
	do     func(ctx context.Context, p *person, wait time.Duration) error
}

// changes are all there are. Each ends with the person in the room again; wait is
// how long the person is away, or without something, meanwhile.
func changes() []change {
	return []change{
		{"leave and join", 20, func(ctx context.Context, p *person, wait time.Duration) error {
			if err := p.leave(ctx); err != nil {
				return err
			}
			p.wants = true
			if err := sleep(ctx, wait); err != nil {
				return err
			}
			return p.join(ctx)
		}},
		{"camera off and on", 20, func(ctx context.Context, p *person, wait time.Duration) error {
			source := p.sources[len(p.sources)-1]
			if err := p.turn(ctx, source, false); err != nil {
				return err
			}
			if err := sleep(ctx, wait); err != nil {
				return err
			}
			return p.turn(ctx, source, true)
		}},
		{"restart ICE", 20, func(ctx context.Context, p *person, _ time.Duration) error { return p.restart(ctx) }},
		{"lose the socket", 20, func(_ context.Context, p *person, _ time.Duration) error {
			p.cut()
			return nil
		}},
		{"reload the page", 10, func(ctx context.Context, p *person, wait time.Duration) error {
			p.goodbye()
			if err := sleep(ctx, wait); err != nil {
				return err
			}
			return p.arrive(ctx, p.token)
		}},
		{"vanish and come back", 10, func(ctx context.Context, p *person, wait time.Duration) error {
			p.drop()
			if err := sleep(ctx, wait); err != nil {
				return err
			}
			return p.arrive(ctx, p.token)
		}},
		{"take another device", 5, func(ctx context.Context, p *person, _ time.Duration) error {
			p.drop() // which the server hears nothing of
			return p.arrive(ctx, "")
		}},
	}
}

// draw chooses by weight.
func draw(all []change, rng *rand.Rand) change {
	sum := 0
	for _, c := range all {
		sum += c.weight
	}
	n := rng.IntN(sum)
	for _, c := range all {
		if n -= c.weight; n < 0 {
			return c
		}
	}
	return all[len(all)-1]
}

// churning is how many change at once at most; more are left out.
const churning = 32

// Churn lets people change something, each so often a minute on average, until
// stop is called, which waits until everybody has done what was begun. Who came
// to nothing by it is tried again until then.
func (c *Crowd) Churn(perMinute float64) (stop func()) {
	ctx, cancel := context.WithCancel(c.ctx)
	var all []*person
	c.everybody(func(p *person) { all = append(all, p) })
	if len(all) == 0 || perMinute <= 0 {
		return cancel
	}
	var running sync.WaitGroup
	running.Go(func() {
		rng := rand.New(rand.NewPCG(c.deps.Plan.Seed, 1))
		tick := time.NewTicker(time.Duration(float64(time.Minute) / perMinute / float64(len(all))))
		defer tick.Stop()
		busy := make(chan struct{}, churning)
		kinds := changes()
		for {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			p, kind := all[rng.IntN(len(all))], draw(kinds, rng)
			wait := time.Duration(100+rng.IntN(2900)) * time.Millisecond
			select {
			case busy <- struct{}{}:
			default:
				continue
			}
			running.Go(func() {
				defer func() { <-busy }()
				c.change(p, kind, wait)
			})
		}
	})
	return func() {
		cancel()
		running.Wait()
	}
}

// change lets a person do it, who is not in the middle of something else. It is
// not cut short: a change that has begun is done.
func (c *Crowd) change(p *person, kind change, wait time.Duration) {
	if !p.acting.TryLock() {
		return
	}
	defer p.acting.Unlock()
	ctx, cancel := context.WithTimeout(c.ctx, 3*patience)
	defer cancel()
	if !p.there() {
		_ = p.arrive(ctx, p.token) // the tally has it
		return
	}
	if err := kind.do(ctx, p, wait); err != nil {
		c.tally.fail(kind.name, err)
		return
	}
	c.tally.mend(kind.name)
}

// Gather brings back who was lost, for as long as ctx lasts, and tells how many
// are away still.
func (c *Crowd) Gather(ctx context.Context) (away int) {
	var coming sync.WaitGroup
	c.everybody(func(p *person) {
		coming.Go(func() {
			for !p.there() && ctx.Err() == nil {
				p.acting.Lock()
				if !p.there() {
					_ = p.arrive(ctx, p.token)
				}
				p.acting.Unlock()
				_ = sleep(ctx, resumeFirst)
			}
		})
	})
	coming.Wait()
	c.everybody(func(p *person) {
		if !p.there() {
			away++
		}
	})
	return away
}
