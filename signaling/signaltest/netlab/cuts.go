package netlab

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sangdam/signaling/signaltest/netlab/line"
)

// restored writes when sound and picture were back after a time, and that they stayed.
func (t *Trial) restored(v View, from time.Time, sound, picture time.Duration) {
	s, p, ok := v.Back(from)
	t.Is("sound and picture come back", ok, map[bool]string{true: "yes", false: "not within " + v.To.Sub(from).Round(time.Second).String()}[ok])
	if ok {
		t.AtMost("sound is back after", s.Seconds(), sound.Seconds(), "s")
		t.AtMost("picture is back after", p.Seconds(), picture.Seconds(), "s")
	}
	then := v.after(from.Add(max(sound, picture)))
	stands := 10.0
	if t.Setting.Firefox {
		// It takes the answer to the restart that it asked for during the outage, though the
		// old way carries again: one more stand of 0.8 s, of seven that are looked at.
		stands = 15
	}
	t.AtMost("picture stands again, after that", 100*max(then.Up.Picture.Share(), then.Down.Picture.Share()), stands, "%")
}

// strike lets something happen to the buyer two seconds into a time of looking, which
// goes on for a while, and tells what the buyer's page did since.
func (t *Trial) strike(ctx context.Context, what func() error, then time.Duration) (View, Noted, error) {
	before, err := t.Buyer.Noted(ctx)
	if err != nil {
		return View{}, Noted{}, err
	}
	from := time.Now()
	if err := pause(ctx, 2*time.Second); err != nil {
		return View{}, Noted{}, err
	}
	if err := what(); err != nil {
		return View{}, Noted{}, err
	}
	if err := pause(ctx, then); err != nil {
		return View{}, Noted{}, err
	}
	v, err := t.look(ctx, from)
	if err != nil {
		return v, Noted{}, err
	}
	after, err := t.Buyer.Noted(ctx)
	return v, after.less(before), err
}

// comesBack measures what comes back after a cut that is over now, and tells what the
// buyer's page did since `before`.
func (t *Trial) comesBack(ctx context.Context, before Noted, bound, more time.Duration) (Noted, error) {
	v, err := t.measure(ctx, bound+more)
	if err != nil {
		return Noted{}, err
	}
	t.restored(v, v.From, bound, bound)
	after, err := t.Buyer.Noted(ctx)
	t.Logf("buyer after that: %s", after.since(v.From))
	return after.less(before), err
}

// outage is a line on which nothing passes for a while.
func outage(lasts, bound time.Duration) func(context.Context, *Trial) error {
	return func(ctx context.Context, t *Trial) error {
		before, err := t.Buyer.Noted(ctx)
		if err != nil {
			return err
		}
		t.Line(line.Quality{Down: true}, line.Quality{Down: true})
		if err := pause(ctx, lasts); err != nil {
			return err
		}
		t.Line(Far(rtt), Far(rtt))
		did, err := t.comesBack(ctx, before, bound, 7*time.Second)
		if err != nil {
			return err
		}
		t.Note("offers", float64(did.Offers), "")
		t.Note("PeerConnections made anew", float64(len(did.Made)), "")
		return nil
	}
}

// handover is a person who goes on by another card. A phone that leaves the house has
// LTE up for a while beside a Wi-Fi that fades; a laptop whose one card is exchanged for
// another has not, and Chromium on Linux waits for two seconds
// until addresses have settled before it uses the new one; on Android it waits for one.
func handover(beside, sound, picture time.Duration) func(context.Context, *Trial) error {
	return func(ctx context.Context, t *Trial) error {
		// The very element that stands for the buyer now: nobody left, and nobody came.
		element := exists(`[data-testid="tile"][data-kind="person"][data-role="` + t.Buyer.Role + `"]`)
		if err := t.Firm.Evaluate(ctx, "void ("+element+".stays = true)", nil); err != nil {
			return err
		}
		var switched time.Time
		v, did, err := t.strike(ctx, func() error {
			if beside > 0 {
				if err := errors.Join(t.Buyer.Place.Raise(), pause(ctx, beside)); err != nil {
					return err
				}
			}
			switched = time.Now()
			return t.Buyer.Place.Switch()
		}, 10*time.Second)
		if err != nil {
			return err
		}
		t.Logf("buyer after the change: %s", did.since(switched))
		t.AtMost("longest time without sound", v.Silence().Seconds(), sound.Seconds(), "s")
		t.AtMost("longest time without picture", v.Still().Seconds(), picture.Seconds(), "s")
		var stayed bool
		if err := t.Firm.Evaluate(ctx, element+"?.stays === true", &stayed); err != nil {
			return err
		}
		t.Is("nobody is seen to leave and come", stayed, map[bool]string{true: "the same tile", false: "another tile"}[stayed])
		return nil
	}
}

// rebinding is a router that forgets.
func rebinding(ctx context.Context, t *Trial) error {
	v, did, err := t.strike(ctx, t.Buyer.Place.Rebind, 8*time.Second)
	if err != nil {
		return err
	}
	t.AtMost("longest time without sound", v.Silence().Seconds(), 1.5, "s")
	t.AtMost("longest time without picture", v.Still().Seconds(), 1.5, "s")
	t.AtMost("new offers", float64(did.Offers), 0, "")
	return nil
}

// sockets are killed; media travels elsewhere and must not notice.
func sockets(ctx context.Context, t *Trial) error {
	before, err := t.Buyer.Noted(ctx)
	if err != nil {
		return err
	}
	for _, p := range []*Person{t.Firm, t.Buyer} {
		if err := p.Click(ctx, `[data-testid="chat-toggle"]`); err != nil {
			return err
		}
	}
	from := time.Now()
	var said []string
	for i := range 10 {
		if err := t.Buyer.Place.Reset(443); err != nil {
			return err
		}
		text := fmt.Sprintf("message %d", i)
		said = append(said, text)
		if err := t.Firm.Say(ctx, text); err != nil {
			return err
		}
		if err := pause(ctx, t.Full(2500*time.Millisecond, 1500*time.Millisecond)); err != nil {
			return err
		}
	}
	v, err := t.look(ctx, from)
	if err != nil {
		return err
	}
	after, err := t.Buyer.Noted(ctx)
	if err != nil {
		return err
	}
	heard, err := t.Buyer.Heard(ctx)
	if err != nil {
		return err
	}
	t.Is("messages arrive, each once and in order", slices.Equal(heard, said), fmt.Sprintf("%d of %d", len(heard), len(said)))
	t.AtLeast("sockets opened anew", float64(len(after.Sockets)-len(before.Sockets)), 10, "")
	// What the sender's own page did not capture cannot arrive.
	t.AtMost("longest time without sound", ms(v.Silence()), 150, "ms")
	t.AtMost("longest time without picture", ms(v.Still()), 500, "ms")
	t.AtMost("new offers", float64(after.Offers-before.Offers), 0, "")
	return nil
}

// crash is a server that dies and comes back.
func crash(ctx context.Context, t *Trial) error {
	if err := t.Server.Kill(); err != nil {
		return err
	}
	if err := pause(ctx, 1500*time.Millisecond); err != nil {
		return err
	}
	if err := t.Server.Start(); err != nil {
		return err
	}
	_, err := t.comesBack(ctx, Noted{}, 4*time.Second, 8*time.Second)
	return err
}

// sleep is a laptop that was shut.
func sleep(ctx context.Context, t *Trial) error {
	if err := t.Buyer.Sleep(); err != nil {
		return err
	}
	err := pause(ctx, t.Full(60*time.Second, 20*time.Second))
	if woken := t.Buyer.Wake(); err == nil {
		err = woken
	}
	if err != nil {
		return err
	}
	_, err = t.comesBack(ctx, Noted{}, 4*time.Second, 8*time.Second)
	return err
}

// filtered is a network that blocked the best way before the buyer came.
func filtered(policy Policy, routes ...string) func(context.Context, *Trial) error {
	return func(ctx context.Context, t *Trial) error {
		if t.Setting.Policy != policy {
			if err := t.again(ctx, policy); err != nil {
				return err
			}
		}
		noted, err := t.Buyer.Noted(ctx)
		if err != nil {
			return err
		}
		if len(noted.Made) == 0 || len(noted.Connected) == 0 {
			return fmt.Errorf("no PeerConnection has connected: %+v", noted)
		}
		// Three round trips is what UDP takes.
		t.AtMost("longer until connected than by UDP", (noted.Connected[0]-noted.Made[0])/1000-3*rtt.Seconds(), 4, "s")
		if err := pause(ctx, 3*time.Second); err != nil {
			return err
		}
		v, err := t.measure(ctx, t.Full(20*time.Second, 8*time.Second))
		if err != nil {
			return err
		}
		t.AtMost(concealed, v.Concealed(), 2, "%")
		t.AtMost(frozen, v.Frozen(), 3, "%")
		ok := slices.ContainsFunc(routes, func(r string) bool { return strings.HasSuffix(v.Route(), r) })
		t.Is("media by "+strings.Join(routes, " or "), ok, v.Route())
		return nil
	}
}

// again lets the buyer leave and come back by the link, in a network with a policy.
func (t *Trial) again(ctx context.Context, policy Policy) error {
	if err := t.out(ctx); err != nil {
		return err
	}
	if err := t.Buyer.Place.Allow(policy); err != nil {
		return err
	}
	link, err := t.Server.Link("Buyer GB-1")
	if err != nil {
		return err
	}
	for _, at := range []string{"about:blank", link} {
		if err := t.Buyer.Open(ctx, at); err != nil {
			return err
		}
	}
	if err := t.Buyer.Join(ctx); err != nil {
		return err
	}
	return t.See(ctx, patience)
}
