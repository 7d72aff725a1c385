// Package crowd fills rooms with people made of Pion, for tests that look at a
// page with real rooms behind it: sixteen of them would be thirty-two browsers.
//
// Run reads orders, one JSON object a line, and writes one answer each, with the
// times at which it happened by this machine's clock; a browser on the same
// machine measures from them when a change was painted. Each person is one
// goroutine with one queue, so that orders to one happen in order and orders to
// several at once. Run owns them all and ends them with its input. Starting the
// people from the test itself was rejected: Node has no WebRTC.
package crowd

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// Order says what somebody does.
type Order struct {
	Ref int    `json:"ref"`
	Who string `json:"who"` // any name; "enter" makes it known
	Do  string `json:"do"`

	// Of enter: the link, the consultation to join, the number that the camera
	// shows (0 to 99; its colour goes with it).
	URL          string `json:"url"`
	Consultation string `json:"consultation"`
	Number       int    `json:"number"`
	Coded        bool   `json:"coded"` // the camera shows a Code, too, of sender Number (1 to 15)

	Source string `json:"source"` // of on and off: microphone, camera, …
	Level  int    `json:"level"`  // of level: −dBov from now on; below 0: speech again
	Text   string `json:"text"`   // of say
}

// What an Order does.
const (
	DoEnter  = "enter"  // open the link, connect, join with microphone and camera
	DoLeave  = "leave"  // back to the lobby
	DoJoin   = "join"   // from the lobby into the consultation again
	DoOn     = "on"     // a source
	DoOff    = "off"    // a source
	DoLevel  = "level"  // how loud the microphone is
	DoSay    = "say"    // into the chat
	DoBye    = "bye"    // close the page
	DoVanish = "vanish" // like a laptop that was shut
)

// Answer says what became of an Order. Times are milliseconds since 1970, as
// Date.now() has them.
type Answer struct {
	Ref   int     `json:"ref"`
	Who   string  `json:"who"`
	Begun float64 `json:"begun"` // just before the server was asked
	Done  float64 `json:"done"`  // when it had answered
	Error string  `json:"error,omitempty"`
}

const (
	maxPeople = 200
	maxLine   = 64 << 10
	// queued is how many orders one person may be behind; more are refused.
	queued = 64
	// patience bounds one order.
	patience = 30 * time.Second
)

// Options of Run.
type Options struct {
	// VideoPeriod is the time between two pictures; 0 means 125 ms.
	VideoPeriod time.Duration
}

// Run does what in orders until it ends or ctx does; then everybody goes.
func Run(ctx context.Context, in io.Reader, out io.Writer, o Options) error {
	if o.VideoPeriod == 0 {
		o.VideoPeriod = 125 * time.Millisecond
	}
	c := &crowd{opts: o, out: json.NewEncoder(out), people: make(map[string]*person)}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	for lines.Scan() && ctx.Err() == nil {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var order Order
		if err := json.Unmarshal(lines.Bytes(), &order); err != nil {
			c.answer(Answer{Error: fmt.Sprintf("not an order: %v", err)})
			continue
		}
		if err := c.give(ctx, order); err != nil {
			now := millis(time.Now())
			c.answer(Answer{Ref: order.Ref, Who: order.Who, Begun: now, Done: now, Error: err.Error()})
		}
	}
	for _, p := range c.people {
		close(p.orders)
	}
	c.wg.Wait()
	return errors.Join(lines.Err(), c.err())
}

// crowd is everybody there is.
type crowd struct {
	opts   Options
	people map[string]*person // owned by Run
	wg     sync.WaitGroup

	mu     sync.Mutex // guards all below
	out    *json.Encoder
	failed error
}

func (c *crowd) give(ctx context.Context, o Order) error {
	p := c.people[o.Who]
	if p == nil {
		switch {
		case o.Do != DoEnter:
			return errors.New("nobody of this name")
		case len(c.people) == maxPeople:
			return errors.New("too many people")
		}
		p = newPerson(c, o)
		c.people[o.Who] = p
		c.wg.Add(1)
		go p.live(ctx) // ends with its queue
	}
	select {
	case p.orders <- o:
		return nil
	default:
		return errors.New("busy")
	}
}

func (c *crowd) answer(a Answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.out.Encode(a); err != nil && c.failed == nil {
		c.failed = fmt.Errorf("crowd: %w", err)
	}
}

func (c *crowd) err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed
}

func millis(t time.Time) float64 { return float64(t.UnixMicro()) / 1000 }
