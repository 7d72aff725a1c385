package netlab

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"sangdam/signaling/signaltest/netlab/truth"
)

// pageScript is the bed's own part in every page.
//
//go:embed page.js
var pageScript string

// View is what firm and buyer saw and heard of each other in a time, and what their
// browsers counted.
type View struct {
	From, To time.Time
	// Up is what of the buyer reached the firm, Down what of the firm reached the buyer.
	Up, Down truth.Figures
	// Firm and Buyer are what their browsers counted.
	Firm, Buyer truth.Counted

	firm, buyer *truth.Record
	up, down    truth.Ask
	firefox     bool // the buyer's
}

// View asks both pages. To is now when it is zero.
func (m *Meeting) View(ctx context.Context, from, to time.Time) (View, error) {
	if to.IsZero() {
		to = time.Now()
	}
	v := View{From: from, To: to, firefox: m.Setting.Firefox}
	var both errgroup.Group
	both.Go(func() (err error) { v.firm, err = m.Firm.Record(ctx); return err })
	both.Go(func() (err error) { v.buyer, err = m.Buyer.Record(ctx); return err })
	if err := both.Wait(); err != nil {
		return v, err
	}
	v.up, v.down = truth.Ask{Sender: m.Buyer.Number, Role: m.Buyer.Role}, truth.Ask{Sender: m.Firm.Number, Role: m.Firm.Role}
	if v.firefox {
		v.up.Sender = 0 // its own test picture, known by its tile
	}
	return v.after(from), nil
}

// after is the same from a later time on.
func (v View) after(from time.Time) View {
	v.From = from
	v.up.From, v.up.To, v.down.From, v.down.To = from, v.To, from, v.To
	v.Up, v.Down = truth.Measure(v.firm, v.buyer, v.up), truth.Measure(v.buyer, v.firm, v.down)
	v.Firm, v.Buyer = v.firm.Counted(from, v.To), v.buyer.Counted(from, v.To)
	return v
}

// Span is how long the time was.
func (v View) Span() time.Duration { return v.To.Sub(v.From) }

// Concealed is the worse of both ears' shares of concealed sound, in percent.
func (v View) Concealed() float64 {
	return 100 * max(v.Firm.ConcealedShare(), v.Buyer.ConcealedShare())
}

// Frozen is the worse share of time in which a picture stood, in percent.
func (v View) Frozen() float64 { return 100 * max(v.Up.Picture.Share(), v.Down.Picture.Share()) }

// Silence is the longest time without the other's voice. In Firefox neither what it
// says nor what it hears can be read; the picture stands for both.
func (v View) Silence() time.Duration {
	if v.firefox {
		return v.Still()
	}
	return max(v.Up.Sound.Longest, v.Down.Sound.Longest)
}

// Still is the longest time in which a picture stood.
func (v View) Still() time.Duration { return max(v.Up.Picture.Longest, v.Down.Picture.Longest) }

// Skew is how far sound and picture were apart at worst.
func (v View) Skew() time.Duration { return max(v.Up.Skew.Worst(), v.Down.Skew.Worst()) }

// Back is how long after a time sound and picture were back, each at both; false when
// one was not.
func (v View) Back(from time.Time) (sound, picture time.Duration, ok bool) {
	sounds := []time.Duration{v.Up.Sound.Back(from, v.To), v.Down.Sound.Back(from, v.To)}
	pictures := []time.Duration{v.Up.Picture.Back(from, v.To), v.Down.Picture.Back(from, v.To)}
	if v.firefox {
		sounds = pictures
	}
	ok = min(sounds[0], sounds[1], pictures[0], pictures[1]) >= 0
	return max(sounds[0], sounds[1]), max(pictures[0], pictures[1]), ok
}

// Strangers are pictures of somebody in another one's tile.
func (v View) Strangers() int { return v.Up.Strangers + v.Down.Strangers }

// CPULimited is how long an encoder was held back by the machine.
func (v View) CPULimited() time.Duration { return max(v.Firm.CPULimited, v.Buyer.CPULimited) }

// Route is what carried the buyer's media.
func (v View) Route() string { return strings.Join(v.Buyer.Routes, ", ") }

// Switches counts how often the buyer's picture of the firm changed its size.
func (v View) Switches() int {
	from, to := float64(v.From.UnixMilli()), float64(v.To.UnixMilli())
	n, last := 0, 0.0
	for _, s := range v.buyer.Stats {
		if s.At < from || s.At > to {
			continue
		}
		for _, in := range s.Inbound {
			if in.Kind != "video" || in.Width == 0 || in.Decoded == 0 {
				continue
			}
			if last != 0 && in.Width != last {
				n++
			}
			last = in.Width
			break
		}
	}
	return n
}

// moving tells how many pictures the buyer got, and how wide the largest is now.
func (v View) moving() (n int, widest float64) {
	first, last := map[string]truth.Inbound{}, map[string]truth.Inbound{}
	for _, s := range v.buyer.Stats {
		if s.At < float64(v.From.UnixMilli()) || s.At > float64(v.To.UnixMilli()) {
			continue
		}
		for _, in := range s.Inbound {
			if in.Kind != "video" {
				continue
			}
			if _, ok := first[in.MID]; !ok {
				first[in.MID] = in
			}
			last[in.MID] = in
		}
	}
	for mid, in := range last {
		if in.Decoded > first[mid].Decoded {
			n, widest = n+1, max(widest, in.Width)
		}
	}
	return n, widest
}

// String is for logs.
func (v View) String() string {
	return fmt.Sprintf("%.1f s by %s\n  buyer → firm: %v\n    %s\n  firm → buyer: %v\n    %s\n  firm %s\n  buyer %s",
		v.Span().Seconds(), v.Route(), v.Up, v.gaps(v.Up), v.Down, v.gaps(v.Down), counted(v.Firm), counted(v.Buyer))
}

// gaps tells when the first ones were, and how long.
func (v View) gaps(f truth.Figures) string {
	var b strings.Builder
	for _, half := range []struct {
		name string
		gaps []truth.Gap
	}{{"no sound", f.Sound.Gaps}, {"picture stands", f.Picture.Gaps}} {
		b.WriteString(half.name + ":")
		for _, g := range half.gaps[:min(len(half.gaps), 12)] {
			fmt.Fprintf(&b, " %.1f+%.2f", g.At.Sub(v.From).Seconds(), g.Length.Seconds())
		}
		b.WriteString("; ")
	}
	return b.String()
}

func counted(c truth.Counted) string {
	return fmt.Sprintf("concealed %.2f %%, lost %.0f of %.0f, retransmitted %.0f, from redundancy %.0f, froze %.0f times for %.1f s, %.0f PLIs, jitter buffer %v, cpu-limited %.1f s, bandwidth-limited %.1f s, received %.0f kbit, RTT ≤ %v",
		100*c.ConcealedShare(), c.Lost, c.Packets, c.Retransmitted, c.Redundant, c.Freezes, c.Frozen.Seconds(), c.PLIs,
		c.JitterDelay.Round(time.Millisecond), c.CPULimited.Seconds(), c.BandwidthLimited.Seconds(), c.Received*8/1000, c.RTT)
}

// Noted is what page.js wrote down; times are Unix times in milliseconds.
type Noted struct {
	Offers    int       `json:"offers"`
	Offered   []float64 `json:"offered"`
	Made      []float64 `json:"made"`      // PeerConnections
	Connected []float64 `json:"connected"` // of any of them
	Clicks    []float64 `json:"clicks"`
	Sockets   []float64 `json:"sockets"` // opened
	Events    []Event   `json:"events"`
}

// Event is a word of the platform, or what became of a request.
type Event struct {
	At   float64 `json:"at"`
	What string  `json:"what"`
}

// Noted asks the page.
func (p *Person) Noted(ctx context.Context) (Noted, error) {
	var n Noted
	return n, p.Evaluate(ctx, "window.__bed", &n)
}

// less is what was noted after `before` was, on the same page.
func (n Noted) less(before Noted) Noted {
	n.Offers -= before.Offers
	n.Offered = n.Offered[len(before.Offered):]
	n.Made = n.Made[len(before.Made):]
	n.Connected = n.Connected[len(before.Connected):]
	n.Clicks = n.Clicks[len(before.Clicks):]
	n.Sockets = n.Sockets[len(before.Sockets):]
	n.Events = n.Events[len(before.Events):]
	return n
}

// since tells what was noted from a time on, in milliseconds after it.
func (n Noted) since(at time.Time) string {
	after := func(times []float64) (out []int) {
		for _, t := range times {
			if d := t - float64(at.UnixMilli()); d >= 0 {
				out = append(out, int(d))
			}
		}
		return out
	}
	var events strings.Builder
	for _, e := range n.Events {
		fmt.Fprintf(&events, "; %.0f %s", e.At-float64(at.UnixMilli()), e.What)
	}
	return fmt.Sprintf("sockets opened at %v ms, offers at %v, PeerConnections made at %v, connected at %v%s",
		after(n.Sockets), after(n.Offered), after(n.Made), after(n.Connected), &events)
}
