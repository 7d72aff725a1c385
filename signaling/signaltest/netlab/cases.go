package netlab

import (
	"context"
	"fmt"
	"time"

	"sangdam/signaling/signaltest/netlab/line"
)

// rtt of all cases that do not say otherwise.
const rtt = 250 * time.Millisecond

// near is a good line within a country, where nothing but the change itself can hurt.
const near = 40 * time.Millisecond

// Figures that several cases have.
const (
	concealed = "concealed sound"
	frozen    = "frozen picture"
	roundTrip = "round trip"
	heldBack  = "encoders held back by the machine"
)

// Cases are all that are tried, in the order of the table.
func Cases() []Case {
	far := Setting{RoundTrip: rtt}
	firefox := Setting{RoundTrip: rtt, Firefox: true}
	return []Case{
		{Name: "join, lobby connected", Setting: Setting{RoundTrip: rtt, Lobby: true}, Fresh: true, Run: joinWarm},
		{Name: "join, socket open", Setting: Setting{RoundTrip: rtt, Lobby: true}, Fresh: true, Run: joinCold},
		// One meeting. What a bad line leaves behind in estimators and buffers lasts for a while:
		// those that need a good one come first.
		{Name: "nothing wrong", Setting: far, Run: calm},
		{Name: "NAT rebinding", Setting: far, Quick: true, Run: rebinding},
		{Name: "10 s outage", Setting: far, Quick: true, Run: outage(10*time.Second, 3*time.Second)},
		{Name: "40 s outage", Setting: far, Run: outage(40*time.Second, 5*time.Second)},
		{Name: "60 s of sleep", Setting: far, Run: sleep},
		{Name: "1 % loss", Setting: far, Run: lossy(0.01, 0.5, 1)},
		{Name: "5 % loss", Setting: far, Quick: true, Proves: []string{"red", "rtx"}, Run: lossy(0.05, 2, 3)},
		{Name: "10 % loss", Setting: far, Proves: []string{"red", "rtx"}, Run: lossy(0.10, 5, 8)},
		{Name: "jitter", Setting: far, Run: jitter},
		{Name: "300 kbit/s up", Setting: far, Run: narrowUp},
		// These two leave the buyer on TCP: nothing else goes on in their meeting.
		{Name: "UDP blocked", Setting: far, Run: filtered(NoUDP, "/tcp")},
		{Name: "only 443/tcp", Setting: far, Quick: true, Run: filtered(Only443, "/tcp", "/tls")},
		{Name: "bursts of loss", Setting: far, Fresh: true, Run: bursts},
		{Name: "socket killed ten times", Setting: far, Fresh: true, Run: sockets},
		{Name: "server killed", Setting: far, Fresh: true, Run: crash},
		{Name: "Wi-Fi to LTE", Setting: Setting{RoundTrip: rtt, Spare: true}, Fresh: true, Run: handover(3*time.Second, 2*time.Second, 3*time.Second)},
		{Name: "one card instead of another", Setting: Setting{RoundTrip: rtt, Spare: true}, Fresh: true, Run: handover(0, 3*time.Second, 3500*time.Millisecond)},
		{Name: "through an office's proxy", Setting: Setting{RoundTrip: rtt, Policy: OnlyHTTP}, Run: filtered(OnlyHTTP, "/tcp", "/tls")},
		{Name: "only TLS on 443", Setting: Setting{RoundTrip: rtt, Policy: OnlyTLS}, Run: filtered(OnlyTLS, "/tls")},
		{Name: "300 kbit/s down, four people", Setting: Setting{RoundTrip: rtt, People: 2}, Proves: []string{"allocation"}, Run: narrowDown},
		{Name: "0.4, 4, 0.4 Mbit/s down, four people", Setting: Setting{RoundTrip: rtt, People: 2}, Run: steps},
		{Name: "screen shared fifty times", Setting: far, Fresh: true, Run: sharing},
		{Name: "people come and go two hundred times", Setting: Setting{RoundTrip: rtt, People: comers}, Fresh: true, Run: churn},
		{Name: "500 changes", Setting: Setting{RoundTrip: near, People: changers}, Fresh: true, Run: changes(500, 60)},
		{Name: "Firefox: nothing wrong", Setting: firefox, Run: calm},
		{Name: "Firefox: NAT rebinding", Setting: firefox, Run: rebinding},
		{Name: "Firefox: 10 s outage", Setting: firefox, Run: outage(10*time.Second, 3*time.Second)},
		{Name: "Firefox: 500 changes", Setting: Setting{RoundTrip: near, Firefox: true, People: changers}, Fresh: true, Run: changes(500, 60)},
	}
}

// measure lets time pass and looks at what was seen and heard in it.
func (t *Trial) measure(ctx context.Context, d time.Duration) (View, error) {
	from := time.Now()
	if err := pause(ctx, d); err != nil {
		return View{}, err
	}
	return t.look(ctx, from)
}

// look is View that writes down what holds in every case.
func (t *Trial) look(ctx context.Context, from time.Time) (View, error) {
	v, err := t.View(ctx, from, time.Time{})
	if err != nil {
		return v, err
	}
	t.Logf("%v", v)
	t.AtMost(heldBack, v.CPULimited().Seconds(), 0.5, "s")
	if t.Setting.People < 2 { // a colleague has the same role
		t.AtMost("pictures of another person", float64(v.Strangers()), 0, "")
	}
	return v, nil
}

// together writes how far apart sound and picture were.
func (t *Trial) together(v View) {
	if t.Setting.Firefox {
		return // its sound cannot be read
	}
	if v.Up.Skew.N == 0 || v.Down.Skew.N == 0 {
		t.Is("sound and picture apart", false, "not seen together")
		return
	}
	t.AtMost("sound and picture apart, p95", ms(v.Skew()), 80, "ms")
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func calm(ctx context.Context, t *Trial) error {
	v, err := t.measure(ctx, t.Full(20*time.Second, 10*time.Second))
	if err != nil {
		return err
	}
	t.AtMost(concealed, v.Concealed(), 0.5, "%")
	t.AtMost(frozen, v.Frozen(), 1, "%")
	t.together(v)
	if !t.Setting.Firefox {
		t.Note("mouth to ear, p50", ms(max(v.Up.Sound.Delay.P50, v.Down.Sound.Delay.P50)), "ms")
	}
	t.Is("media by UDP", v.Route() == "prflx/udp" || v.Route() == "host/udp" || v.Route() == "srflx/udp", v.Route())
	return nil
}

// lossy is random loss both ways.
func lossy(share, sound, picture float64) func(context.Context, *Trial) error {
	return func(ctx context.Context, t *Trial) error {
		q := Far(rtt)
		q.Loss.Share = share
		t.Line(q, q)
		// The first seconds teach both sides what the line is like, and a voice comes
		// behind its picture slowly, so that nobody hears it.
		if err := pause(ctx, t.Full(20*time.Second, 15*time.Second)); err != nil {
			return err
		}
		v, err := t.measure(ctx, t.Full(60*time.Second, 18*time.Second))
		if err != nil {
			return err
		}
		t.AtMost(concealed, v.Concealed(), sound, "%")
		if t.Short {
			// In so short a time one picture that stands is 1.7 %, and a voice may still be on
			// its way behind its picture. Without repair it would be 80 %.
			t.AtMost(frozen, v.Frozen(), 3*picture, "%")
		} else {
			t.AtMost(frozen, v.Frozen(), picture, "%")
			t.together(v)
		}
		t.AtMost("keyframes asked for, a second", max(v.Firm.PLIs, v.Buyer.PLIs)/v.Span().Seconds(), 0.5, "")
		return nil
	}
}

func bursts(ctx context.Context, t *Trial) error {
	q := Far(rtt)
	q.Loss = line.Loss{Share: 0.05, Burst: 200 * time.Millisecond}
	t.Line(q, q)
	v, err := t.measure(ctx, 60*time.Second)
	if err != nil {
		return err
	}
	t.AtMost(frozen, v.Frozen(), 6, "%")
	t.Note("longest time without sound", ms(v.Silence()), "ms")
	return nil
}

func jitter(ctx context.Context, t *Trial) error {
	q := Far(rtt)
	q.Jitter, q.Reorder = 60*time.Millisecond, 0.01
	t.Line(q, q)
	if err := pause(ctx, 5*time.Second); err != nil {
		return err
	}
	v, err := t.measure(ctx, 30*time.Second)
	if err != nil {
		return err
	}
	t.AtMost(frozen, v.Frozen(), 2, "%")
	t.AtMost(concealed, v.Concealed(), 1, "%")
	return nil
}

// narrow is a rate with a queue of a quarter of a second.
func narrow(bits int) line.Quality {
	q := Far(rtt)
	q.Rate, q.Queue = bits, bits/8/4
	return q
}

func narrowUp(ctx context.Context, t *Trial) error {
	t.Line(narrow(300_000), Far(rtt))
	if err := pause(ctx, 10*time.Second); err != nil {
		return err
	}
	v, err := t.measure(ctx, t.Full(30*time.Second, 15*time.Second))
	if err != nil {
		return err
	}
	t.AtMost("concealed sound of the buyer", 100*v.Firm.ConcealedShare(), 1, "%")
	t.AtLeast("pictures of the buyer a second", v.Up.Picture.Rate(), 10, "")
	t.AtMost(roundTrip, ms(v.Buyer.RTT), 250+400, "ms")
	return nil
}

func narrowDown(ctx context.Context, t *Trial) error {
	// With so many people nobody is shown in the highest layer: what is back is told
	// by what was there.
	before := time.Now()
	if err := pause(ctx, 2*time.Second); err != nil {
		return err
	}
	v, err := t.View(ctx, before, time.Time{})
	if err != nil {
		return err
	}
	pictures, widest := v.moving()
	t.Line(Far(rtt), narrow(300_000))
	if err := pause(ctx, 10*time.Second); err != nil {
		return err
	}
	v, err = t.measure(ctx, t.Full(30*time.Second, 10*time.Second))
	if err != nil {
		return err
	}
	t.AtMost("concealed sound at the buyer", 100*v.Buyer.ConcealedShare(), 1, "%")
	t.AtMost(roundTrip, ms(v.Buyer.RTT), 250+400, "ms")
	paused, err := t.paused(ctx)
	if err != nil {
		return err
	}
	t.Is("a picture moves, or the page says why none does", v.Down.Picture.Rate() >= 5 || paused,
		fmt.Sprintf("%.1f a second, %s", v.Down.Picture.Rate(), map[bool]string{true: "the page says why", false: "the page says nothing"}[paused]))
	t.Line(Far(rtt), Far(rtt))
	lifted := time.Now()
	for {
		v, err := t.View(ctx, time.Now().Add(-2*time.Second), time.Time{})
		if err != nil {
			return err
		}
		paused, err := t.paused(ctx)
		if err != nil {
			return err
		}
		n, w := v.moving()
		if v.Down.Picture.Rate() >= 12 && n >= pictures && w >= widest && !paused || time.Since(lifted) > 20*time.Second {
			t.Logf("%d of %d pictures move, %.0f of %.0f wide, %.1f a second, some paused: %v", n, pictures, w, widest, v.Down.Picture.Rate(), paused)
			t.AtMost("all is back after the cap", time.Since(lifted).Seconds(), 15, "s")
			return nil
		}
		if err := pause(ctx, 500*time.Millisecond); err != nil {
			return err
		}
	}
}

// steps is a line that others use, too. What four people with small pictures send fits
// into 1 Mbit/s: less makes the allocation choose.
func steps(ctx context.Context, t *Trial) error {
	from := time.Now()
	for _, rate := range []int{400_000, 4_000_000, 400_000} {
		t.Line(Far(rtt), narrow(rate))
		if err := pause(ctx, 15*time.Second); err != nil {
			return err
		}
	}
	v, err := t.look(ctx, from)
	if err != nil {
		return err
	}
	t.AtMost("changes of the picture's size in 10 s", float64(v.Switches())/v.Span().Seconds()*10, 2, "")
	t.AtMost("concealed sound at the buyer", 100*v.Buyer.ConcealedShare(), 1, "%")
	return nil
}
