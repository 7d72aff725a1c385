//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// shape is who meets whom.
type shape struct {
	rooms, people int
	lecture       bool // one sends and all others watch
	rate          float64
}

func (s shape) String() string {
	switch {
	case s.lecture:
		return fmt.Sprintf("1 → %d", s.people-1)
	default:
		return fmt.Sprintf("%d × %d", s.rooms, s.people)
	}
}

// hall is a server with its people.
type hall struct {
	role    string
	crowd   *crowd
	server  *process
	relayAt netip.AddrPort
	people  []*guest
}

type guest struct {
	*person
	id   string
	room int
}

func newHall(role string) (*hall, error) {
	server, err := start(role)
	if err != nil {
		return nil, err
	}
	h := &hall{role: role, server: server}
	if h.crowd, err = newCrowd(); err != nil {
		return nil, errors.Join(err, server.end())
	}
	if role != roleEngine {
		a, err := server.ask(request{Do: "where"})
		if err == nil {
			h.relayAt, err = netip.ParseAddrPort(a.At)
		}
		if err != nil {
			return nil, errors.Join(err, h.close())
		}
	}
	return h, nil
}

func (h *hall) close() error {
	for _, g := range h.people {
		g.close()
	}
	h.crowd.close()
	return h.server.end()
}

// enter connects somebody; took is how long it was from the offer until media could
// flow.
func (h *hall) enter(ctx context.Context, room int, rate float64) (g *guest, took time.Duration, err error) {
	g = &guest{person: h.crowd.join(uint32(len(h.people)), rate), room: room}
	h.people = append(h.people, g)
	if h.role != roleEngine {
		j, err := g.connectBare(h.relayAt)
		if err != nil {
			return nil, 0, err
		}
		j.Room = room
		_, err = h.server.ask(request{Do: "join", Join: &j})
		return g, 0, err
	}
	offer := g.writeOffer()
	begun := time.Now()
	a, err := h.server.ask(request{Do: "open", Offer: offer})
	if err != nil {
		return nil, 0, err
	}
	g.id = a.ID
	err = g.connect(ctx, a.Answer)
	return g, time.Since(begun), err
}

// bind shows somebody all others of the room; in a lecture, who speaks.
func (h *hall) bind(g *guest, from ...*guest) error {
	if h.role != roleEngine {
		return nil // the relay knows rooms
	}
	r := request{Do: "bind", ID: g.id}
	for _, f := range from {
		r.Feeds = append(r.Feeds, f.id)
	}
	_, err := h.server.ask(r)
	return err
}

// fill has all people meet, and send.
func (h *hall) fill(ctx context.Context, s shape) error {
	first := len(h.people)
	for room := range s.rooms {
		for range s.people {
			if _, _, err := h.enter(ctx, room, s.rate); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
	}
	all := h.people[first:]
	for i, g := range all {
		var others []*guest
		for k, o := range all {
			if k != i && o.room == g.room && (!s.lecture || k == 0) {
				others = append(others, o)
			}
		}
		if len(others) > 0 {
			if err := h.bind(g, others...); err != nil {
				return err
			}
		}
		if !s.lecture || i == 0 {
			g.send(true, true)
		}
	}
	return h.settle(ctx, s)
}

// expected is how many packets a second should come to all people together.
func (s shape) expected() float64 {
	each := voicePackets + pictureRate*s.rate/8/pictureSize
	if s.lecture {
		return each * float64(s.people-1)
	}
	return each * float64(s.rooms*s.people*(s.people-1))
}

// settle waits until everything flows: the Engine finds out what lines carry before
// it sends all pictures. What never does is measured as it is.
func (h *hall) settle(ctx context.Context, s shape) error {
	const step, patience, enough = 500 * time.Millisecond, 15, 0.97
	for good, i := 0, 0; i < patience && good < 2; i++ {
		before := h.received()
		select {
		case <-time.After(step):
		case <-ctx.Done():
			return ctx.Err()
		}
		if float64(h.received()-before) >= enough*s.expected()*step.Seconds() {
			good++
		} else {
			good = 0
		}
	}
	return nil
}

func (h *hall) received() uint64 { return h.counts().received }

// tally is what all people have counted.
type tally struct {
	received, sent, refused, missing, holes, late uint64
	delay                                         histogram
}

func (h *hall) counts() (t tally) {
	h.crowd.mu.Lock()
	defer h.crowd.mu.Unlock()
	t.late = h.crowd.lates
	for _, g := range h.people {
		t.received += g.heard.received
		t.sent += g.heard.sent
		t.refused += g.heard.refused
		t.delay.merge(&g.heard.delay)
		for _, f := range g.flows {
			all, holes := f.missing()
			t.missing, t.holes = t.missing+all, t.holes+holes
		}
	}
	return t
}

// forget begins the counting of delays and losses anew.
func (h *hall) forget() {
	h.crowd.mu.Lock()
	defer h.crowd.mu.Unlock()
	h.crowd.lates = 0
	for _, g := range h.people {
		g.heard = counts{}
		for _, f := range g.flows {
			f.sender, f.came = false, 0
		}
	}
}

// measure is one round.
type measure struct {
	cpu      time.Duration // of the server, a forwarded packet
	core     float64       // share of its core
	p50, p99 time.Duration
	loss     float64
	held     float64 // share of packets that the server held back: pictures it thinks a line does not carry
	rate     float64 // forwarded packets a second
	late     float64 // share of packets that the crowd sent too late
}

func (h *hall) measure(d time.Duration) (m measure, err error) {
	h.forget()
	before, err := h.server.cpu()
	if err != nil {
		return m, err
	}
	begun := time.Now()
	time.Sleep(d)
	took := time.Since(begun)
	t := h.counts()
	after, err := h.server.cpu()
	if err != nil {
		return m, err
	}
	if t.received == 0 {
		return m, errors.New("nothing was forwarded")
	}
	m.cpu = (after - before) / time.Duration(t.received)
	m.core = (after - before).Seconds() / took.Seconds()
	m.p50, m.p99 = t.delay.quantile(.5), t.delay.quantile(.99)
	all := float64(t.missing + t.received)
	m.loss, m.held = float64(t.holes)/all, float64(max(t.missing, t.holes)-t.holes)/all
	m.rate = float64(t.received) / took.Seconds()
	m.late = float64(t.late) / float64(max(1, t.sent))
	return m, nil
}

// median takes each figure's own, so that one disturbed round spoils none.
func median(ms []measure) (m measure) {
	pick := func(of func(measure) float64) float64 {
		var vs []float64
		for _, x := range ms {
			vs = append(vs, of(x))
		}
		slices.Sort(vs)
		if n := len(vs); n%2 == 0 && n > 0 {
			return (vs[n/2-1] + vs[n/2]) / 2
		}
		return vs[len(vs)/2]
	}
	m.cpu = time.Duration(pick(func(m measure) float64 { return float64(m.cpu) }))
	m.core = pick(func(m measure) float64 { return m.core })
	m.p50 = time.Duration(pick(func(m measure) float64 { return float64(m.p50) }))
	m.p99 = time.Duration(pick(func(m measure) float64 { return float64(m.p99) }))
	m.loss = pick(func(m measure) float64 { return m.loss })
	m.held = pick(func(m measure) float64 { return m.held })
	m.rate = pick(func(m measure) float64 { return m.rate })
	m.late = pick(func(m measure) float64 { return m.late })
	return m
}

// once measures a shape on a server of its own.
func once(ctx context.Context, role string, s shape, d time.Duration, profile string) (m measure, err error) {
	h, err := newHall(role)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if err := h.fill(ctx, s); err != nil {
		return m, err
	}
	if profile != "" {
		path := fmt.Sprintf("%s-%s-%s.pprof", profile, role, strings.NewReplacer(" ", "", "×", "x", "→", "to").Replace(s.String()))
		if _, err := h.server.ask(request{Do: "profile", Path: path}); err != nil {
			return m, err
		}
	}
	if m, err = h.measure(d); err != nil {
		return m, err
	}
	if profile != "" {
		_, err = h.server.ask(request{Do: "profile"})
	}
	return m, err
}
