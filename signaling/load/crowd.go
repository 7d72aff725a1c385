package load

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Deps are what a Crowd leans on.
type Deps struct {
	Hall *Hall
	Plan Plan
	HTTP *http.Client                  // with what it trusts
	Make func(Identity) (Media, error) // of one person
	Self Gauge                         // of this process
	// Server is what the server takes; nil: it is not known.
	Server Gauge
}

// Crowd is everybody who came. One goroutine uses it.
type Crowd struct {
	// fixed after NewCrowd
	deps   Deps
	web    *web
	tally  *tally
	ctx    context.Context // of everybody; ends with Close
	cancel context.CancelFunc

	rooms [][]*person // those that are filled, from the first on
	empty *Usage      // of the server before anybody came; nil: not known
}

// NewCrowd makes a crowd of nobody. Close must follow.
func NewCrowd(d Deps) (*Crowd, error) {
	if err := d.Plan.Check(); err != nil {
		return nil, err
	}
	if have := d.Hall.people(); d.Plan.People > have {
		return nil, fmt.Errorf("people: the hall has links for %d in a room", have)
	}
	c := &Crowd{deps: d, web: &web{url: d.Hall.URL, http: d.HTTP}, tally: newTally()}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c, nil
}

// Fill lets people come, or go, until so many rooms have theirs, as fast as the
// plan's ramp says. Who does not get in is counted and stays away.
func (c *Crowd) Fill(ctx context.Context, rooms int) error {
	if rooms > len(c.deps.Hall.Rooms) {
		return fmt.Errorf("the hall has %d rooms", len(c.deps.Hall.Rooms))
	}
	if rooms < len(c.rooms) {
		going := c.rooms[rooms:]
		c.rooms = c.rooms[:rooms]
		closeAll(going)
		return ctx.Err()
	}
	if len(c.rooms) == 0 && c.deps.Server != nil {
		u, err := c.deps.Server.Read(ctx)
		if err != nil {
			return fmt.Errorf("what the server takes: %w", err)
		}
		c.empty = &u
	}
	tick := time.NewTicker(c.deps.Plan.pause())
	defer tick.Stop()
	var coming sync.WaitGroup // everybody's own time limits bound it
	defer coming.Wait()
	for len(c.rooms) < rooms {
		room := len(c.rooms)
		c.rooms = append(c.rooms, nil)
		for nth := range c.deps.Plan.People {
			p := c.person(room, nth)
			c.rooms[room] = append(c.rooms[room], p)
			coming.Go(func() { _ = p.come(ctx) }) // the tally has it
			select {
			case <-tick.C:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return nil
}

func (c *Crowd) person(room, nth int) *person {
	plan := c.deps.Plan
	id := Identity{
		Number: room*maxPeople + nth, Profile: plan.Profile, Rate: plan.Rate,
		LossUp: plan.LossUp, LossDown: plan.LossDown, Seed: plan.Seed,
	}
	return newPerson(c.ctx, c.web, c.deps.Hall, room, nth, plan, func() (Media, error) { return c.deps.Make(id) }, c.tally)
}

// Close ends everybody. It may be called twice.
func (c *Crowd) Close() {
	c.cancel()
	closeAll(c.rooms)
	c.rooms = nil
	c.deps.HTTP.CloseIdleConnections()
}

// closeAll lets everybody say bye at once: each waits for the server's close.
func closeAll(rooms [][]*person) {
	var going sync.WaitGroup
	for _, room := range rooms {
		for _, p := range room {
			going.Go(p.close)
		}
	}
	going.Wait()
}

// everybody calls f for each.
func (c *Crowd) everybody(f func(*person)) {
	for _, room := range c.rooms {
		for _, p := range room {
			f(p)
		}
	}
}

// Measure lets things settle and measures for the plan's window.
func (c *Crowd) Measure(ctx context.Context) (Figures, error) {
	if err := sleep(ctx, c.deps.Plan.Settle); err != nil {
		return Figures{}, err
	}
	before, err := c.sample(ctx)
	if err != nil {
		return Figures{}, err
	}
	lateness := startLateness(c.ctx)
	settled := c.Churn(c.deps.Plan.Changes)
	err = sleep(ctx, c.deps.Plan.Window)
	settled() // who was away for a change is there again when it is counted who is
	late := lateness.stop()
	if err != nil {
		return Figures{}, err
	}
	after, err := c.sample(ctx)
	if err != nil {
		return Figures{}, err
	}
	return c.figures(before, after, late), nil
}

// sample is how things stand at one moment.
type sample struct {
	at      time.Time
	traffic *Traffic
	self    Usage
	server  *Usage // nil: not known
}

func (c *Crowd) sample(ctx context.Context) (s sample, err error) {
	s.traffic = new(Traffic)
	if c.deps.Server != nil {
		u, err := c.deps.Server.Read(ctx)
		if err != nil {
			return s, fmt.Errorf("what the server takes: %w", err)
		}
		s.server = &u
	}
	if s.self, err = c.deps.Self.Read(ctx); err != nil {
		return s, fmt.Errorf("what this program takes: %w", err)
	}
	s.at = time.Now()
	c.everybody(func(p *person) { p.addTo(s.traffic) })
	return s, nil
}
