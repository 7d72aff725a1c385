package netlab

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"golang.org/x/sync/errgroup"

	"sangdam/signaling/signaltest/netlab/truth"
)

const (
	// changers are the people of Pion who come, go and switch in changes.
	changers = 3
	// changesASecond is as fast as a room of impatient people.
	changesASecond = 4
	// own is how long after somebody's own switch their voice is not judged.
	own = 1500 * time.Millisecond
)

// What a deed of changes does, beside the crowd's own words.
const (
	doEnlarge = "enlarge"
	doResize  = "resize"
	doShare   = "share"
	doUnshare = "unshare"
)

// deed is one change: who does it, when after the beginning, and to what.
type deed struct {
	at     time.Duration
	who    string
	do     string
	source string // of on and off
	pick   int    // which tile, which size
}

// actor is what the script knows of somebody while it is written.
type actor struct {
	name  string
	away  bool            // crowd: in the lobby
	off   map[string]bool // sources
	shows bool            // a screen
}

// script writes n deeds: the same ones for the same seed. What is off comes on again
// with the next deed of its owner, if that one is a browser, for a picture that is off
// proves nothing; and a screen goes with it.
func script(n int, shares map[string]bool) []deed {
	rng := rand.New(rand.NewPCG(seed, 500))
	var crowd []*actor
	for i := range changers {
		crowd = append(crowd, &actor{name: comer(i), off: make(map[string]bool)})
	}
	pages := []*actor{{name: "firm", off: make(map[string]bool)}, {name: "buyer", off: make(map[string]bool)}}
	var deeds []deed
	for len(deeds) < n {
		d := deed{at: time.Duration(len(deeds)) * time.Second / changesASecond, pick: rng.IntN(1000)}
		if rng.IntN(10) < 6 {
			d.crowd(crowd[rng.IntN(len(crowd))], rng)
		} else {
			a := pages[rng.IntN(len(pages))]
			d.page(a, shares[a.name], rng)
		}
		deeds = append(deeds, d)
	}
	return deeds
}

func (d *deed) crowd(a *actor, rng *rand.Rand) {
	d.who = a.name
	switch n := rng.IntN(10); {
	case a.away:
		*a = actor{name: a.name, off: make(map[string]bool)} // joins with both
		d.do = "join"
	case n < 5:
		a.away = true
		d.do = "leave"
	case n < 6:
		d.do, d.source = "on", "screen"
		if a.shows {
			d.do = "off"
		}
		a.shows = !a.shows
	default:
		d.source = []string{"camera", "microphone"}[n%2]
		d.do = "off"
		if a.off[d.source] {
			d.do = "on"
		}
		a.off[d.source] = !a.off[d.source]
	}
}

func (d *deed) page(a *actor, shares bool, rng *rand.Rand) {
	d.who = a.name
	if a.off["microphone"] {
		a.off["microphone"] = false
		d.do, d.source = "on", "microphone"
		return
	}
	if a.shows {
		// To show a screen costs this machine more than all that is looked at.
		a.shows = false
		d.do = doUnshare
		return
	}
	switch n := rng.IntN(10); {
	case n < 2:
		// Never the camera: its film would begin anew and the sound to it would not.
		d.do, d.source = "off", "microphone"
		a.off[d.source] = true
	case n < 4 && shares:
		d.do = doShare
		a.shows = true
	case n < 7:
		d.do = doEnlarge
	default:
		d.do = doResize
	}
}

// span is a time in which somebody's microphone was off by their own hand.
type span struct{ from, to time.Time }

// changes lets everybody switch everything, and looks at the pictures of all in the
// pages of firm and buyer.
func changes(full, short int) func(context.Context, *Trial) error {
	return func(ctx context.Context, t *Trial) error {
		n := full
		if t.Short {
			n = short
		}
		selves := make(map[string]string) // participant → page
		before := make(map[string]int)    // offers
		for _, p := range []*Person{t.Firm, t.Buyer} {
			var id string
			if err := p.Evaluate(ctx, exists(`[data-testid="tile"][data-kind="self"]`)+"?.dataset.participant", &id); err != nil {
				return err
			}
			noted, err := p.Noted(ctx)
			if err != nil {
				return err
			}
			selves[id], before[p.Role] = p.Role, noted.Offers
		}
		// Estimators and jitter buffers settle before it begins.
		if err := pause(ctx, 3*time.Second); err != nil {
			return err
		}
		from := time.Now()
		deeds := script(n, map[string]bool{"firm": true, "buyer": !t.Setting.Firefox})
		silent, err := t.perform(ctx, from, deeds)
		if err != nil {
			return err
		}
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
		v, err := t.View(ctx, from, time.Time{})
		if err != nil {
			return err
		}
		t.Logf("%v", v)
		t.AtLeast("changes", float64(len(deeds)), float64(n), "")
		t.Note("changes a second", float64(len(deeds))/v.Span().Seconds(), "")
		t.faces(v, selves)
		for _, p := range []*Person{t.Firm, t.Buyer} {
			noted, err := p.Noted(ctx)
			if err != nil {
				return err
			}
			t.AtMost("further offers of the "+p.Role, float64(noted.Offers-before[p.Role]), 0, "")
		}
		t.AtMost("longest time without picture of the firm", ms(v.Down.Picture.Longest), 500, "ms")
		t.AtMost("longest time without picture of the buyer", ms(v.Up.Picture.Longest), 500, "ms")
		if !t.Setting.Firefox {
			t.AtMost("longest time without voice of the firm", ms(unexplained(v.Down.Sound.Gaps, *silent["firm"])), 150, "ms")
			t.AtMost("longest time without voice of the buyer", ms(unexplained(v.Up.Sound.Gaps, *silent["buyer"])), 150, "ms")
		}
		t.Note(heldBack, v.CPULimited().Seconds(), "s")
		t.together(v)
		return nil
	}
}

// perform lets everybody do what the script says, each in their own time: a page that
// is slow holds nobody up. It tells when each page had its microphone off.
func (t *Trial) perform(ctx context.Context, from time.Time, deeds []deed) (map[string]*[]span, error) {
	parts := map[string][]deed{}
	for _, d := range deeds {
		part := "crowd"
		if d.who == t.Firm.Role || d.who == t.Buyer.Role {
			part = d.who
		}
		parts[part] = append(parts[part], d)
	}
	silent := map[string]*[]span{t.Firm.Role: {}, t.Buyer.Role: {}}
	acts, ctx := errgroup.WithContext(ctx)
	act := func(part string, do func(deed) error) {
		acts.Go(func() error {
			for _, d := range parts[part] {
				if err := pause(ctx, time.Until(from.Add(d.at))); err != nil {
					return err
				}
				if err := do(d); err != nil {
					return fmt.Errorf("%s %s %s: %w", d.who, d.do, d.source, err)
				}
			}
			return nil
		})
	}
	act("crowd", func(d deed) error {
		return t.Crowd.Order(map[string]any{"who": d.who, "do": d.do, "source": d.source})
	})
	for _, p := range []*Person{t.Firm, t.Buyer} {
		own := silent[p.Role]
		act(p.Role, func(d deed) error { return p.perform(ctx, d, own) })
	}
	return silent, acts.Wait()
}

// perform does one deed at a page, and notes when its microphone is off.
func (p *Person) perform(ctx context.Context, d deed, silent *[]span) error {
	const microphone = `[data-testid="mic-toggle"]`
	switch d.do {
	case "off":
		*silent = append(*silent, span{time.Now(), time.Now().Add(time.Hour)})
		return p.Evaluate(ctx, exists(microphone)+".click()", nil)
	case "on":
		if err := p.Evaluate(ctx, exists(microphone)+".click()", nil); err != nil {
			return err
		}
		(*silent)[len(*silent)-1].to = time.Now().Add(own)
		return nil
	case doShare:
		return p.Click(ctx, `[data-testid="share-toggle"]`)
	case doUnshare:
		// Unless somebody else has taken the stage, which ends it, too.
		return p.Evaluate(ctx, exists(`[data-testid="share-toggle"][aria-pressed="true"]`)+"?.click()", nil)
	case doEnlarge:
		// Whoever is there: people come and go.
		return p.Evaluate(ctx, fmt.Sprintf(`(all => all[%d %% all.length]?.click())(document.querySelectorAll('[data-testid="enlarge"]'))`, d.pick), nil)
	case doResize:
		sizes := [][2]int{{1280, 800}, {960, 640}, {760, 560}, {1440, 900}}
		size := sizes[d.pick%len(sizes)]
		return p.Resize(ctx, size[0], size[1])
	}
	return fmt.Errorf("nobody can %q", d.do)
}

// unexplained is the longest part of a gap in which the sender had nothing switched off.
func unexplained(gaps []truth.Gap, off []span) time.Duration {
	var longest time.Duration
	for _, g := range gaps {
		at, end := g.At, g.At.Add(g.Length)
		for _, s := range off { // in order
			if s.to.Before(at) || s.from.After(end) {
				continue
			}
			longest = max(longest, s.from.Sub(at))
			at = s.to
		}
		longest = max(longest, end.Sub(at))
	}
	return longest
}

// faces writes how many pictures stood under a wrong name: whose number a participant's
// tile must show is known of firm and buyer, and of everybody else it is the one that
// both pages showed most.
func (t *Trial) faces(v View, selves map[string]string) {
	records := map[string]*truth.Record{t.Firm.Role: v.firm, t.Buyer.Role: v.buyer}
	votes := make(map[string]map[int]int)
	for _, r := range records {
		for _, s := range r.Streams {
			if s.Own || s.Participant == "" {
				continue
			}
			if votes[s.Participant] == nil {
				votes[s.Participant] = make(map[int]int)
			}
			for _, f := range s.Frames {
				if f.Sender() >= 0 {
					votes[s.Participant][f.Sender()]++
				}
			}
		}
	}
	right := make(map[string]int)
	for id, of := range votes {
		right[id] = -1
		for sender, n := range of {
			if right[id] < 0 || n > of[right[id]] {
				right[id] = sender
			}
		}
		switch selves[id] {
		case "firm":
			right[id] = t.Firm.Number
		case "buyer":
			right[id] = t.Buyer.Number
			if t.Setting.Firefox {
				right[id] = -1 // no code at all
			}
		}
	}
	t.Note("people in the tiles", float64(len(votes)), "")
	for _, page := range []string{t.Firm.Role, t.Buyer.Role} {
		r := records[page]
		wrong, seen := 0, 0
		for _, s := range r.Streams {
			if s.Own || s.Participant == "" {
				continue
			}
			for _, f := range s.Frames {
				if f.Sender() < 0 || f.At() < float64(v.From.UnixMilli()) {
					continue
				}
				seen++
				if f.Sender() != right[s.Participant] {
					wrong++
					t.Logf("the %s's page, at %.2f s: frame %d of %d in the tile of %s %s, which shows %d (since %.2f s)", page, f.At()/1000-float64(v.From.UnixMilli())/1000,
						f.Number(), f.Sender(), s.Role, s.Participant, right[s.Participant], s.Begun/1000-float64(v.From.UnixMilli())/1000)
				}
			}
		}
		t.AtMost("wrong faces in the page of the "+page, float64(wrong), 0, "")
		t.AtLeast("faces looked at in the page of the "+page, float64(seen), 1, "")
	}
}
