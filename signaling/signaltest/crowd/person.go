package crowd

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"strings"
	"time"

	"sangdam/rooms/sfu/sfutest"
	"sangdam/rooms/sfu/sfutest/picture"
	"sangdam/signaling/signaltest"
)

// person is one seat's browser.
type person struct {
	// fixed after newPerson
	crowd  *crowd
	name   string
	number int
	orders chan Order // closed by Run

	// owned by live
	client       *signaltest.Client // nil: the page is closed
	consultation string
}

func newPerson(c *crowd, o Order) *person {
	return &person{crowd: c, name: o.Who, number: o.Number, orders: make(chan Order, queued)}
}

// live does one order after the other.
func (p *person) live(ctx context.Context) {
	defer p.crowd.wg.Done()
	for o := range p.orders {
		a := Answer{Ref: o.Ref, Who: o.Who, Begun: millis(time.Now())}
		within, cancel := context.WithTimeout(ctx, patience)
		if err := p.do(within, o); err != nil {
			a.Error = err.Error()
		}
		cancel()
		a.Done = millis(time.Now())
		p.crowd.answer(a)
	}
	if p.client != nil {
		p.client.Close()
	}
}

func (p *person) do(ctx context.Context, o Order) error {
	if o.Do == DoEnter {
		return p.enter(ctx, o)
	}
	if p.client == nil {
		return errors.New("not there")
	}
	switch o.Do {
	case DoLeave:
		return p.client.Leave(ctx)
	case DoJoin:
		return p.join(ctx)
	case DoOn, DoOff:
		return p.client.Source(ctx, o.Source, o.Do == DoOn)
	case DoLevel:
		p.speak(o.Level)
		return nil
	case DoSay:
		return p.client.Say(ctx, fmt.Sprintf("%s-%d", p.name, o.Ref), o.Text)
	case DoBye:
		p.client.Close()
		p.client = nil
		return nil
	case DoVanish:
		p.client.Vanish()
		p.client = nil
		return nil
	}
	return fmt.Errorf("unknown: %q", o.Do)
}

func (p *person) enter(ctx context.Context, o Order) error {
	if p.client != nil {
		return errors.New("is there already")
	}
	origin, link, secret, err := splitLink(o.URL)
	if err != nil {
		return err
	}
	shown := coloured(p.number)
	if o.Coded {
		shown.Code.Sender = p.number
	}
	c, err := signaltest.Visit(ctx, signaltest.Options{
		URL: origin, Link: link, Secret: secret,
		Media: sfutest.Options{ID: uint32(p.number), Picture: shown, VideoPeriod: p.crowd.opts.VideoPeriod},
	})
	if err != nil {
		return err
	}
	p.client, p.consultation = c, o.Consultation
	p.speak(-1)
	return p.join(ctx)
}

func (p *person) join(ctx context.Context) error {
	return p.client.Join(ctx, p.consultation, sfutest.Microphone, sfutest.Camera)
}

// speak sets how loud the microphone is; below 0 it is speech.
func (p *person) speak(level int) {
	say := speech(uint64(p.number))
	if level >= 0 {
		say = func(time.Duration) int { return min(level, 127) }
	}
	p.client.Media().SetLevel(sfutest.Microphone, say)
}

// splitLink takes http://host/j/ID#SECRET apart.
func splitLink(link string) (origin, id, secret string, err error) {
	u, err := url.Parse(link)
	if err != nil {
		return "", "", "", errors.New("not a link")
	}
	id, ok := strings.CutPrefix(u.Path, "/j/")
	if !ok || id == "" || u.Fragment == "" {
		return "", "", "", errors.New("not a link")
	}
	return u.Scheme + "://" + u.Host, id, u.Fragment, nil
}

// coloured is the picture that goes with a number: neighbours differ most.
func coloured(number int) *picture.Picture {
	const golden = 2.39996 // radians
	angle := golden * float64(number)
	return &picture.Picture{
		Number: number, Y: 70,
		U: uint8(128 + 60*math.Cos(angle)), V: uint8(128 + 60*math.Sin(angle)),
	}
}

// speech is somebody who talks in phrases, each like nobody else: two who paused
// together would be taken for one voice in two microphones.
func speech(seed uint64) func(at time.Duration) int {
	rng := rand.New(rand.NewPCG(seed, 20))
	var until, syllable time.Duration
	var talks bool
	stress := 0.0
	return func(at time.Duration) int {
		if at >= until {
			talks = !talks
			until = at + time.Duration((0.5+2*rng.ExpFloat64())*float64(time.Second))
		}
		if at >= syllable {
			syllable = at + time.Duration(150+rng.IntN(150))*time.Millisecond
			stress = 4 * rng.NormFloat64()
		}
		level := 62 + rng.NormFloat64()
		if talks {
			level = 26 + stress + 2*rng.NormFloat64()
		}
		return int(min(127, max(8, level)))
	}
}
