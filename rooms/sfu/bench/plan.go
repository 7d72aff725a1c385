//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// plan is what is measured and how long.
type plan struct {
	rounds  int
	each    time.Duration
	quick   bool
	profile string
	shapes  string
	servers []string
	wants   func(part string) bool
}

func (p plan) run(ctx context.Context, w io.Writer) error {
	parts := []struct {
		name string
		run  func(context.Context, io.Writer) error
	}{
		{"ratio", p.ratio}, {"growth", p.growth}, {"joins", p.joins}, {"memory", p.memory}, {"rooms", p.rooms},
	}
	for _, part := range parts {
		if !p.wants(part.name) {
			continue
		}
		if err := part.run(ctx, w); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}

// compare measures shapes on all servers in turn, round by round.
func (p plan) compare(ctx context.Context, w io.Writer, shapes []shape, roles []string, profile string) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "rooms × people\tserver\tCPU a packet\tratio\tcore\tpackets/s\tloss\tdelay p50\tp99\tratio of p99\t")
	for _, s := range shapes {
		all := make(map[string][]measure)
		for range p.rounds {
			for _, role := range roles {
				m, err := once(ctx, role, s, p.each, profile)
				if err != nil {
					return fmt.Errorf("%s of %s: %w", s, role, err)
				}
				all[role] = append(all[role], m)
			}
		}
		var base measure
		if ms := all[roleRelay]; len(ms) > 0 {
			base = median(ms)
		}
		for i, role := range roles {
			m := median(all[role])
			name := ""
			if i == 0 {
				name = s.String()
			}
			fmt.Fprintf(t, "%s\t%s\t%.1f µs\t%.2f\t%.0f %%\t%.0f\t%.2f %%\t%.2f ms\t%.2f ms\t%.2f\t%s\n",
				name, role, micro(m.cpu), ratio(m.cpu, base.cpu), 100*m.core, m.rate, 100*m.loss,
				milli(m.p50), milli(m.p99), ratio(m.p99, base.p99), m.note())
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// note says what makes a measurement doubtful.
func (m measure) note() string {
	var notes []string
	if m.late > .01 {
		notes = append(notes, fmt.Sprintf("the crowd sent %.0f %% late", 100*m.late))
	}
	if m.held > .005 {
		notes = append(notes, fmt.Sprintf("%.1f %% held back", 100*m.held))
	}
	return strings.Join(notes, ", ")
}

func micro(d time.Duration) float64 { return float64(d) / 1e3 }
func milli(d time.Duration) float64 { return float64(d) / 1e6 }
func ratio(a, b time.Duration) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func (p plan) ratio(ctx context.Context, w io.Writer) error {
	fmt.Fprintf(w, "\nEverybody sends %.1f Mbit/s of VP8 and %d packets of Opus a second; medians of %d rounds of %v\n",
		pictureRate/1e6, voicePackets, p.rounds, p.each)
	shapes := []shape{
		{rooms: 10, people: 2, rate: 1},
		{rooms: 40, people: 2, rate: 1},
		{rooms: 100, people: 2, rate: 1},
		{rooms: 10, people: 4, rate: 1},
		{rooms: 1, people: 51, lecture: true, rate: 1},
	}
	shapes = slices.DeleteFunc(shapes, func(s shape) bool { return !strings.Contains(s.String(), p.shapes) })
	return p.compare(ctx, w, shapes, p.servers, p.profile)
}

// growth is at a bit rate at which the crowd carries 200 rooms.
func (p plan) growth(ctx context.Context, w io.Writer) error {
	const rate = 0.2
	fmt.Fprintf(w, "\nThe same at %.1f Mbit/s of VP8, from 10 to 200 rooms\n", rate*pictureRate/1e6)
	p.rounds = max(1, p.rounds/2)
	shapes := []shape{{rooms: 10, people: 2, rate: rate}, {rooms: 200, people: 2, rate: rate}}
	if !p.quick {
		shapes = slices.Insert(shapes, 1, shape{rooms: 50, people: 2, rate: rate}, shape{rooms: 100, people: 2, rate: rate})
	}
	return p.compare(ctx, w, shapes, []string{roleRelay, roleEngine}, "")
}

// joins measures how long people wait.
func (p plan) joins(ctx context.Context, w io.Writer) error {
	fmt.Fprintln(w, "\nJoins, medians (p90)")
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "running beside\tcold: offer → media path up\tfrom the lobby: first voice\tof this: the way through the server\tfirst picture\t")
	for _, rooms := range []int{0, 40} {
		if err := p.join(ctx, t, rooms); err != nil {
			return err
		}
	}
	return t.Flush()
}

func (p plan) join(ctx context.Context, w io.Writer, rooms int) (err error) {
	h, err := newHall(roleEngine)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if rooms > 0 {
		if err := h.fill(ctx, shape{rooms: rooms, people: 2, rate: 1}); err != nil {
			return err
		}
	}
	// As much as a line that nobody knows yet is thought to carry.
	host, _, err := h.enter(ctx, rooms, .3)
	if err != nil {
		return err
	}
	host.send(true, true)
	tries := 20
	if p.quick {
		tries = 8
	}
	var cold, voice, way, picture []time.Duration
	for range tries {
		g, took, err := h.enter(ctx, rooms, 1)
		if err != nil {
			return err
		}
		cold = append(cold, took)
		time.Sleep(100*time.Millisecond + rand.N(20*time.Millisecond)) // the lobby
		g.watch()
		begun := time.Now()
		if err := h.bind(g, host); err != nil {
			return err
		}
		v, pic, left, err := g.wait(ctx)
		if err != nil {
			return err
		}
		voice, picture = append(voice, v.Sub(begun)), append(picture, pic.Sub(begun))
		// A voice has a packet each 20 ms: what is waited for the next is not the
		// server's doing.
		if left.Before(begun) {
			left = begun
		}
		way = append(way, v.Sub(left))
	}
	beside := "nothing"
	if rooms > 0 {
		beside = fmt.Sprintf("%d rooms", rooms)
	}
	_, err = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t\n", beside, spread(cold), spread(voice), spread(way), spread(picture))
	return err
}

// wait waits for the first packets since watch.
func (p *person) wait(ctx context.Context) (voice, picture, left time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		voice, picture, left = p.first()
		if !voice.IsZero() && !picture.IsZero() {
			return voice, picture, left, nil
		}
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			return voice, picture, left, fmt.Errorf("no first packets (voice %t, picture %t): %w", !voice.IsZero(), !picture.IsZero(), ctx.Err())
		}
	}
}

func spread(ds []time.Duration) string {
	slices.Sort(ds)
	return fmt.Sprintf("%.1f ms (%.1f)", milli(ds[len(ds)/2]), milli(ds[len(ds)*9/10]))
}

// memory is what a participant costs, with pictures that have flowed for a while.
func (p plan) memory(ctx context.Context, w io.Writer) (err error) {
	h, err := newHall(roleEngine)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	empty, err := h.server.ask(request{Do: "memory"})
	if err != nil {
		return err
	}
	s := shape{rooms: 40, people: 2, rate: 1}
	if err := h.fill(ctx, s); err != nil {
		return err
	}
	wait := 15 * time.Second
	if p.quick {
		wait = 3 * time.Second
	}
	time.Sleep(wait)
	ask := request{Do: "memory"}
	if p.profile != "" {
		ask.Path = p.profile + "-memory.pprof"
	}
	full, err := h.server.ask(ask)
	if err != nil {
		return err
	}
	each := func(a, b uint64) float64 { return (float64(b) - float64(a)) / float64(s.rooms*s.people) / (1 << 20) }
	_, err = fmt.Fprintf(w, "\nMemory at %s after %v: %.2f MiB a participant resident (%.2f of it heap and stacks); empty %.1f MiB\n",
		s, wait, each(empty.RSS, full.RSS), each(empty.Heap, full.Heap), float64(empty.RSS)/(1<<20))
	return err
}

// rooms searches how many rooms of two one core takes.
func (p plan) rooms(ctx context.Context, w io.Writer) error {
	const longest, mostLoss = 50 * time.Millisecond, .005
	fmt.Fprintln(w, "\nRooms of two on one core (p99 ≤ 50 ms, loss ≤ 0.5 %)")
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "rooms\tserver\tCPU a packet\tcore\tloss\tdelay p50\tp99\t\t")
	counts := []int{120, 150, 180, 210}
	if p.quick {
		counts = []int{150}
	}
	for _, role := range []string{roleRelay, roleEngine} {
		for _, n := range counts {
			m, err := once(ctx, role, shape{rooms: n, people: 2, rate: 1}, p.each, "")
			if err != nil {
				return err
			}
			verdict, good := "carried", m.p99 <= longest && m.loss+m.held <= mostLoss
			if !good {
				verdict = "too many"
			}
			fmt.Fprintf(t, "%d\t%s\t%.1f µs\t%.0f %%\t%.2f %%\t%.2f ms\t%.2f ms\t%s\t%s\n",
				n, role, micro(m.cpu), 100*m.core, 100*m.loss, milli(m.p50), milli(m.p99), verdict, m.note())
			if err := t.Flush(); err != nil {
				return err
			}
			if !good {
				break
			}
		}
	}
	return nil
}
