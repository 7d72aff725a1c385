package bandwidth

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

const (
	ms  = time.Millisecond
	sec = time.Second
)

// until is the rate before a time, and after it.
func until(at time.Duration, before, after float64) func(time.Duration) float64 {
	return func(t time.Duration) float64 {
		if t < at {
			return before
		}
		return after
	}
}

// steps is 1, from 15 s on 4, from 30 s on 1 Mbit/s.
func steps(t time.Duration) float64 {
	if t >= 15*sec && t < 30*sec {
		return 4e6
	}
	return 1e6
}

// bound is what must hold of the trace between two times. Zero: anything.
type bound struct {
	from, to             time.Duration
	least, most          float64 // median of the target
	worst                float64 // the target's lowest
	queue                float64 // median, ms
	arrived              float64 // mean, at least
	neverAbove, probesOf float64 // the target; probes' share of all bytes
}

func (b bound) hold(tr *trace) error {
	targets := part(tr.targets, b.from, b.to)
	switch m, lowest := median(targets), slices.Min(targets); {
	case m < b.least:
		return fmt.Errorf("%v to %v: target %.0f, at least %.0f", b.from, b.to, m, b.least)
	case b.most > 0 && m > b.most:
		return fmt.Errorf("%v to %v: target %.0f, at most %.0f", b.from, b.to, m, b.most)
	case lowest < b.worst:
		return fmt.Errorf("%v to %v: target fell to %.0f, worst is %.0f", b.from, b.to, lowest, b.worst)
	case b.neverAbove > 0 && slices.Max(targets) > b.neverAbove:
		return fmt.Errorf("%v to %v: target rose to %.0f, never above %.0f", b.from, b.to, slices.Max(targets), b.neverAbove)
	}
	if m := median(part(tr.queues, b.from, b.to)); b.queue > 0 && m > b.queue {
		return fmt.Errorf("%v to %v: queue %.0f ms, at most %.0f", b.from, b.to, m, b.queue)
	}
	if m := mean(part(tr.arrived, b.from, b.to)); m < b.arrived {
		return fmt.Errorf("%v to %v: arrived %.0f, at least %.0f", b.from, b.to, m, b.arrived)
	}
	if share := float64(tr.probeBytes) / float64(tr.bytes); b.probesOf > 0 && share > b.probesOf {
		return fmt.Errorf("probes are %.2f of what was sent, at most %.2f", share, b.probesOf)
	}
	return nil
}

func TestEstimator_FindsWhatTheLineTakes(t *testing.T) {
	cases := []struct {
		name   string
		line   line
		sender sender
		length time.Duration
		bounds []bound
	}{
		{
			"300 kbit/s and a deep queue far away, then 2 Mbit/s",
			line{delay: 125 * ms, rate: until(15*sec, 300e3, 2e6), buffer: 250 * ms},
			sender{},
			30 * sec,
			[]bound{
				{from: 5 * sec, to: 15 * sec, least: 180e3, most: 330e3, queue: 60, worst: 120e3, arrived: 180e3},
				{to: 15 * sec, queue: 100},
				{from: 25 * sec, to: 30 * sec, least: 1.5e6, most: 2.1e6, queue: 60, arrived: 1.4e6},
			},
		},
		{"300 kbit/s near by", line{delay: 10 * ms, rate: constant(300e3), buffer: 250 * ms}, sender{}, 20 * sec, []bound{
			{from: 5 * sec, to: 20 * sec, least: 200e3, most: 330e3, queue: 60},
		}},
		{"80 kbit/s", line{delay: 40 * ms, rate: constant(80e3), buffer: 500 * ms}, sender{}, 30 * sec, []bound{
			{from: 1500 * ms, to: 4 * sec, most: 100e3},
			{from: 5 * sec, to: 30 * sec, most: 80e3, queue: 150},
		}},
		{"steps 20 ms away", line{delay: 20 * ms, rate: steps, buffer: 250 * ms}, sender{}, 45 * sec, []bound{
			{from: 5 * sec, to: 15 * sec, least: 800e3, most: 1.05e6, queue: 50},
			{from: 23 * sec, to: 30 * sec, least: 3e6, most: 4.2e6, queue: 50, arrived: 2.8e6},
			{from: 34 * sec, to: 45 * sec, least: 750e3, most: 1.05e6, queue: 60},
		}},
		{"steps 75 ms away", line{delay: 75 * ms, rate: steps, buffer: 250 * ms}, sender{}, 45 * sec, []bound{
			{from: 5 * sec, to: 15 * sec, least: 800e3, most: 1.05e6, queue: 50},
			{from: 23 * sec, to: 30 * sec, least: 3e6, most: 4.2e6, queue: 50, arrived: 2.8e6},
			{from: 34 * sec, to: 45 * sec, least: 750e3, most: 1.05e6, queue: 60},
		}},
		{"steps 175 ms away", line{delay: 175 * ms, rate: steps, buffer: 250 * ms}, sender{}, 45 * sec, []bound{
			{from: 5 * sec, to: 15 * sec, least: 750e3, most: 1.05e6, queue: 60},
			{from: 24 * sec, to: 30 * sec, least: 2.8e6, most: 4.2e6, queue: 60},
			{from: 35 * sec, to: 45 * sec, least: 650e3, most: 1.05e6, queue: 60},
		}},
		{"steps with a shallow queue", line{delay: 20 * ms, rate: steps, buffer: 30 * ms}, sender{}, 45 * sec, []bound{
			{from: 5 * sec, to: 15 * sec, least: 600e3, most: 1.4e6},
			{from: 24 * sec, to: 30 * sec, least: 2.2e6},
			{from: 38 * sec, to: 45 * sec, least: 500e3, most: 1.6e6},
		}},
		{"6 Mbit/s", line{delay: 60 * ms, rate: constant(6e6), buffer: 250 * ms}, sender{}, 30 * sec, []bound{
			{from: 5 * sec, to: 30 * sec, least: 4.5e6, most: 6.5e6, queue: 50, probesOf: 0.05},
		}},
		{"a wide line", line{delay: 20 * ms}, sender{}, 10 * sec, []bound{
			{from: 3 * sec, to: 10 * sec, least: 7.5e6},
		}},
		{"2 % lost", line{delay: 40 * ms, rate: constant(10e6), buffer: 250 * ms, loss: .02}, sender{}, 30 * sec, []bound{
			{from: 10 * sec, to: 30 * sec, least: 4e6, worst: 2e6},
		}},
		{"5 % lost", line{delay: 40 * ms, rate: constant(10e6), buffer: 250 * ms, loss: .05}, sender{}, 30 * sec, []bound{
			{from: 5 * sec, to: 10 * sec, worst: 1e6},
			{from: 10 * sec, to: 30 * sec, least: 3e6, worst: 2e6},
		}},
		{"10 % lost", line{delay: 40 * ms, rate: constant(10e6), buffer: 250 * ms, loss: .1}, sender{}, 30 * sec, []bound{
			{from: 5 * sec, to: 10 * sec, worst: 650e3},
			{from: 10 * sec, to: 30 * sec, least: 2e6, worst: 1e6},
		}},
		{"10 % lost far away", line{delay: 150 * ms, rate: constant(10e6), buffer: 250 * ms, loss: .1}, sender{}, 30 * sec, []bound{
			{from: 12 * sec, to: 30 * sec, least: 2e6, worst: 1e6},
		}},
		{"10 % lost on a line of 1 Mbit/s", line{delay: 40 * ms, rate: constant(1e6), buffer: 250 * ms, loss: .1}, sender{}, 30 * sec, []bound{
			{from: 5 * sec, to: 30 * sec, least: 600e3, most: 1.2e6, queue: 60},
		}},
		{"gusts that lose half", line{delay: 40 * ms, rate: constant(10e6), buffer: 250 * ms, burst: .05}, sender{}, 30 * sec, []bound{
			{from: 10 * sec, to: 30 * sec, least: 3e6, worst: 1e6},
		}},
		{"a policer at 500 kbit/s", line{delay: 40 * ms, police: 500e3}, sender{}, 45 * sec, []bound{
			{from: 10 * sec, to: 45 * sec, least: 350e3, most: 750e3},
		}},
		{"a policer at 2 Mbit/s", line{delay: 40 * ms, police: 2e6}, sender{}, 45 * sec, []bound{
			{from: 10 * sec, to: 45 * sec, least: 1.3e6, most: 2.5e6},
		}},
		{"jitter", line{delay: 40 * ms, rate: constant(4e6), buffer: 250 * ms, jitter: 60 * ms}, sender{}, 30 * sec, []bound{
			{from: 5 * sec, to: 30 * sec, least: 1.5e6, most: 4.2e6, queue: 60, worst: 700e3},
		}},
		{"jitter that overtakes", line{delay: 40 * ms, rate: constant(4e6), buffer: 250 * ms, jitter: 60 * ms, reorder: true}, sender{}, 30 * sec, []bound{
			{from: 5 * sec, to: 30 * sec, least: 1.5e6, most: 4.2e6, queue: 60, worst: 700e3},
		}},
		{"jitter on 1 Mbit/s", line{delay: 75 * ms, rate: constant(1e6), buffer: 250 * ms, jitter: 60 * ms}, sender{}, 30 * sec, []bound{
			{from: 5 * sec, to: 30 * sec, least: 600e3, most: 1.1e6, queue: 60},
		}},
		{"a third of the feedback lost", line{delay: 40 * ms, rate: steps, buffer: 250 * ms, deaf: .3}, sender{}, 45 * sec, []bound{
			{from: 5 * sec, to: 15 * sec, least: 700e3, most: 1.1e6, queue: 60},
			{from: 26 * sec, to: 30 * sec, least: 2.2e6},
			{from: 35 * sec, to: 45 * sec, least: 650e3, most: 1.1e6, queue: 80},
		}},
		{"a bucket of tokens", line{delay: 40 * ms, rate: constant(500e3), buffer: 250 * ms, bucket: 32_000}, sender{}, 45 * sec, []bound{
			{from: 10 * sec, to: 45 * sec, least: 300e3, most: 650e3, queue: 60},
		}},
		{"the way gets 200 ms longer", line{delay: 75 * ms, rate: constant(2e6), buffer: 250 * ms, shift: func(t time.Duration) time.Duration {
			if t < 15*sec {
				return 0
			}
			return 200 * ms
		}}, sender{}, 30 * sec, []bound{
			{from: 15 * sec, to: 30 * sec, worst: 300e3},
			{from: 22 * sec, to: 30 * sec, least: 1.3e6, most: 2.1e6},
		}},
		{"a clock that drifts", line{delay: 40 * ms, rate: constant(2e6), buffer: 250 * ms, shift: func(t time.Duration) time.Duration {
			return t / 5000
		}}, sender{}, 60 * sec, []bound{
			{from: 5 * sec, to: 60 * sec, least: 1.5e6, most: 2.1e6, queue: 60},
		}},
		{"a clock that drifts the other way", line{delay: 40 * ms, rate: constant(2e6), buffer: 250 * ms, shift: func(t time.Duration) time.Duration {
			return sec - t/5000
		}}, sender{}, 60 * sec, []bound{
			{from: 5 * sec, to: 60 * sec, least: 1.5e6, most: 2.1e6, queue: 60},
		}},
		{
			"sound alone asks for nothing",
			line{delay: 40 * ms, rate: constant(4e6), buffer: 250 * ms, jitter: 60 * ms},
			sender{wanted: constant(48e3), sound: true},
			60 * sec,
			[]bound{
				{from: 0, to: 60 * sec, worst: 100e3, neverAbove: 800e3, probesOf: 1e-9},
			},
		},
		{
			"300 kbit/s are not the line's pace",
			line{delay: 40 * ms, rate: constant(4e6), buffer: 250 * ms},
			sender{wanted: until(30*sec, 300e3, 3e6)},
			45 * sec,
			[]bound{
				{from: 0, to: 30 * sec, worst: 700e3},
				{from: 36 * sec, to: 45 * sec, least: 2.5e6, arrived: 2e6},
			},
		},
		{
			"a quiet sender on a jittering line",
			line{delay: 40 * ms, rate: constant(4e6), buffer: 250 * ms, jitter: 60 * ms},
			sender{wanted: until(30*sec, 300e3, 3e6)},
			45 * sec,
			[]bound{
				{from: 0, to: 30 * sec, worst: 300e3},
				{from: 38 * sec, to: 45 * sec, least: 1.5e6},
			},
		},
		{"a dip of two seconds", line{delay: 40 * ms, buffer: 250 * ms, rate: func(t time.Duration) float64 {
			if t >= 15*sec && t < 17*sec {
				return 400e3
			}
			return 3e6
		}}, sender{}, 30 * sec, []bound{
			{from: 16 * sec, to: 17 * sec, most: 600e3},
			{from: 21 * sec, to: 30 * sec, least: 2.2e6, queue: 50},
		}},
		{"receiver reports only", line{delay: 40 * ms, rate: constant(1e6), buffer: 250 * ms}, sender{reports: true}, 40 * sec, []bound{
			{from: 5 * sec, to: 40 * sec, least: 500e3, most: 1.2e6, worst: 300e3},
		}},
		{"receiver reports of 10 % loss", line{delay: 40 * ms, rate: constant(10e6), buffer: 250 * ms, loss: .1}, sender{reports: true}, 40 * sec, []bound{
			{from: 20 * sec, to: 40 * sec, least: 1e6},
		}},
		{"receiver reports of 300 kbit/s", line{delay: 125 * ms, rate: constant(300e3), buffer: 250 * ms}, sender{reports: true}, 30 * sec, []bound{
			{from: 5 * sec, to: 30 * sec, least: 150e3, most: 400e3},
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for seed := range int64(2) {
				tr := run(t, c.line, c.sender, c.length, seed)
				for _, b := range c.bounds {
					if err := b.hold(tr); err != nil {
						t.Errorf("seed %d: %v", seed, err)
					}
				}
			}
		})
	}
}
