package netlab

import (
	"context"
	"fmt"
	"slices"
	"time"

	"sangdam/signaling/signaltest/netlab/truth"
)

// clicked presses a button of the buyer's lobby and returns the time from the press,
// in the page itself, to the first frame of the firm.
func (t *Trial) clicked(ctx context.Context, press string) (time.Duration, error) {
	var took float64
	err := t.Buyer.Evaluate(ctx, fmt.Sprintf(`(async () => {
		const frame = __bed.first(%s, 20000);
		const clicked = await %s;
		return (await frame) - clicked;
	})()`, quote(tile(t.Firm.Role)), press), &took)
	return time.Duration(took * float64(time.Millisecond)), err
}

// out leaves the room.
func (t *Trial) out(ctx context.Context) error {
	if err := t.Buyer.Click(ctx, `[data-testid="leave"]`); err != nil {
		return err
	}
	return t.Buyer.At(ctx, "over")
}

// joinWarm is a click in a lobby whose PeerConnection has long been connected.
func joinWarm(ctx context.Context, t *Trial) error {
	var times []time.Duration
	for range int(t.Full(20, 8)) {
		// What connects in the lobby connects within a few round trips.
		if err := pause(ctx, 1500*time.Millisecond); err != nil {
			return err
		}
		took, err := t.clicked(ctx, `__bed.press('[data-testid="join"]')`)
		if err != nil {
			return err
		}
		times = append(times, took)
		if err := t.out(ctx); err != nil {
			return err
		}
		if err := t.Buyer.Click(ctx, `[data-testid="back-in"]`); err != nil {
			return err
		}
		if err := t.Buyer.Ready(ctx); err != nil {
			return err
		}
	}
	t.Logf("from click to first frame: %v", times)
	// The first click also says yes to what is kept, which is one more round trip.
	times = times[1:]
	t.AtMost("first frame, p95", ms(quantile(times, 0.95)), ms(rtt+350*time.Millisecond), "ms")
	t.Note("first frame, median", ms(quantile(times, 0.5)), "ms")
	return nil
}

// joinCold is a click at the moment when the page's socket has opened.
func joinCold(ctx context.Context, t *Trial) error {
	link, err := t.Server.Link("Buyer GB-1")
	if err != nil {
		return err
	}
	// What is kept is agreed to before, and the page's files are there.
	if err := t.Buyer.Join(ctx); err != nil {
		return err
	}
	var times []time.Duration
	for range int(t.Full(11, 5)) {
		if err := t.out(ctx); err != nil {
			return err
		}
		if err := t.Buyer.Open(ctx, "about:blank"); err != nil {
			return err
		}
		if err := t.Buyer.Open(ctx, link); err != nil {
			return err
		}
		took, err := t.clicked(ctx, `__bed.pressAtSocket('[data-testid="join"]')`)
		if err != nil {
			return err
		}
		times = append(times, took)
	}
	t.Logf("from click to first frame: %v", times)
	t.AtMost("first frame, median", ms(quantile(times, 0.5)), ms(4*rtt+200*time.Millisecond), "ms")
	t.Note("first frame, slowest", ms(quantile(times, 1)), "ms")
	return nil
}

func quantile(times []time.Duration, q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

// sharing is a screen that is shown and taken away again and again.
func sharing(ctx context.Context, t *Trial) error {
	const stage = `[data-testid="tile"][data-kind="stage"] video`
	var times []time.Duration
	for range int(t.Full(50, 10)) {
		shown := make(chan float64, 1)
		failed := make(chan error, 1)
		go func() {
			var at float64
			failed <- t.Buyer.Evaluate(ctx, fmt.Sprintf("__bed.first(%s, 15000)", quote(stage)), &at)
			shown <- at
		}()
		if err := t.Firm.Click(ctx, `[data-testid="share-toggle"]`); err != nil {
			return err
		}
		if err := <-failed; err != nil {
			return err
		}
		at := <-shown
		noted, err := t.Firm.Noted(ctx)
		if err != nil {
			return err
		}
		times = append(times, time.Duration((at-noted.Clicks[len(noted.Clicks)-1])*float64(time.Millisecond)))
		if err := pause(ctx, 500*time.Millisecond); err != nil {
			return err
		}
		if err := t.Firm.Click(ctx, `[data-testid="share-toggle"]`); err != nil {
			return err
		}
		if err := t.Buyer.Until(ctx, "the stage to go", "!"+exists(stage), patience); err != nil {
			return err
		}
	}
	noted, err := t.Firm.Noted(ctx)
	if err != nil {
		return err
	}
	t.Logf("from click to the screen's first frame: %v", times)
	t.AtMost("first frame of the screen, median", ms(quantile(times, 0.5)), ms(rtt+600*time.Millisecond), "ms")
	t.AtMost("offers of who shares", float64(noted.Offers), 1, "")
	return nil
}

// comers come and go in churn: the interpreter, and colleagues of the buyer.
const comers = 3

// churn is people who come and go while others talk.
func churn(ctx context.Context, t *Trial) error {
	rounds := func(n int) error {
		for range n {
			for _, do := range []string{"leave", "join"} {
				for i := range comers {
					if err := t.Crowd.Order(map[string]any{"who": comer(i), "do": do}); err != nil {
						return err
					}
				}
				// As often as one session may ask for it.
				if err := pause(ctx, time.Second); err != nil {
					return err
				}
			}
		}
		return nil
	}
	from := time.Now()
	// What is kept of each publisher fills in its first minute.
	if err := rounds(27); err != nil {
		return err
	}
	before, err := t.Server.Gauges(ctx, lasting()...)
	if err != nil {
		return err
	}
	if err := rounds(40); err != nil {
		return err
	}
	v, err := t.look(ctx, from)
	if err != nil {
		return err
	}
	t.AtMost("pictures of another person in the firm's tile", float64(v.Down.Strangers), 0, "")
	for of, r := range map[string]*truth.Record{"firm": v.firm, "buyer": v.buyer} {
		seen := truth.Measure(r, nil, truth.Ask{Sender: firstComer, Role: "interpreter", From: v.From, To: v.To})
		t.AtMost("pictures of another person in the interpreter's tile of the "+of, float64(seen.Strangers), 0, "")
		for _, stream := range r.Streams {
			for _, f := range stream.Frames {
				if !stream.Own && stream.Role == "interpreter" && f.Sender() >= 0 && f.Sender() != firstComer {
					t.Logf("the %s's page, %.1f s after the first left: frame %d of %d for the interpreter's", of, f.At()/1000-float64(from.UnixMilli())/1000, f.Number(), f.Sender())
				}
			}
		}
	}
	for _, p := range []*Person{t.Firm, t.Buyer} {
		noted, err := p.Noted(ctx)
		if err != nil {
			return err
		}
		t.AtMost("offers of the "+p.Role, float64(noted.Offers), 1, "")
	}
	after, err := t.Server.Gauges(ctx, lasting()...)
	if err != nil {
		return err
	}
	t.AtMost("goroutines more than before", after[0]-before[0], 4, "")
	t.AtMost("open files more than before", after[1]-before[1], 4, "")
	t.AtMost("resident memory more than before", (after[2]-before[2])/1e6, 20, "MB")
	return nil
}

// lasting are the server's metrics that do not grow with those who have gone.
func lasting() []string {
	return []string{"go_goroutines", "process_open_fds", "process_resident_memory_bytes"}
}
