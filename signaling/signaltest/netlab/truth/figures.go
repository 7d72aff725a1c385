package truth

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Ask says what to measure of a record.
type Ask struct {
	// Sender is whose sound and picture; 0 is a camera without code (Firefox takes no
	// film), whose frames are then known by the tile alone, and whose sound is not.
	Sender int
	// Label and Role are of the tile that shows the sender, as its page has them in
	// aria-label and data-role; an empty one is not asked for. Strangers are counted in
	// tiles that have what is asked for.
	Label, Role string
	// From and To limit the time; zero: the first that came and the record's end.
	From, To time.Time
}

// Figures are what became of one sender at one receiver.
type Figures struct {
	Sound   Flow
	Picture Flow
	// Skew is how much later the sound came than the picture. It needs both records.
	Skew Spread
	// Strangers is the number of frames of somebody else in the sender's tile.
	Strangers int
	// SoundSource and PictureSource are the longest times in which the sender's own
	// page captured nothing: no path can do better.
	SoundSource, PictureSource time.Duration
}

// Flow is sound or picture over the time that was asked for.
type Flow struct {
	First   time.Duration // from From to the first; -1: nothing came
	Span    time.Duration // what Missing is a part of
	Gaps    []Gap         // sound: over 45 ms without code; picture: over 150 ms or three median frames
	Longest time.Duration
	Missing time.Duration // all gaps together
	Frames  int           // of the picture, no frame twice
	Delay   Spread        // mouth to ear, lens to screen; it needs both records
}

// Gap is a time without sound, or with a picture that stood.
type Gap struct {
	At     time.Time
	Length time.Duration
}

// Share is the part of the time that is missing, 0 to 1.
func (f Flow) Share() float64 {
	if f.Span <= 0 {
		return 1
	}
	return float64(f.Missing) / float64(f.Span)
}

// Rate is the frames a second.
func (f Flow) Rate() float64 {
	if f.Span <= 0 {
		return 0
	}
	return float64(f.Frames) / f.Span.Seconds()
}

// Back is how long after a time it came again for good: until the end of the last gap
// that began before the time or at most a second after it; -1 when it never did.
func (f Flow) Back(from time.Time, end time.Time) time.Duration {
	back := time.Duration(0)
	for _, g := range f.Gaps {
		over := g.At.Add(g.Length)
		if g.At.After(from.Add(time.Second)) || !over.After(from) {
			continue
		}
		if !over.Before(end) {
			return -1
		}
		back = max(back, over.Sub(from))
	}
	if f.First < 0 {
		return -1
	}
	return back
}

// Spread is a distribution; all zero when N is.
type Spread struct {
	N             int
	P05, P50, P95 time.Duration
	Max           time.Duration
}

// Worst is the larger of P05 and P95 without its sign.
func (s Spread) Worst() time.Duration { return max(s.P05.Abs(), s.P95.Abs()) }

func spread(values []float64) Spread {
	if len(values) == 0 {
		return Spread{}
	}
	slices.Sort(values)
	at := func(q float64) time.Duration { return duration(values[int(q*float64(len(values)-1)+0.5)]) }
	return Spread{N: len(values), P05: at(0.05), P50: at(0.5), P95: at(0.95), Max: at(1)}
}

const (
	// soundGap is the shortest silence that the reader tells from a codec's whim.
	soundGap = 45 // ms
	stillGap = 150
	loopMS   = float64(Loop / time.Millisecond)
)

// Measure tells what of a sender reached a receiver. sender may be nil: then delay and
// skew are unknown.
func Measure(receiver, sender *Record, ask Ask) Figures {
	from, to := ask.window(receiver)
	runs := receiver.runs(ask.Sender, false)
	frames := receiver.frames(ask.Sender, false)
	if ask.Sender == 0 {
		frames = receiver.uncoded(ask)
	}
	f := Figures{
		Sound:     soundFlow(runs, from, to),
		Picture:   pictureFlow(frames, from, to),
		Strangers: receiver.strangers(ask, from, to),
	}
	if sender == nil {
		return f
	}
	spoken, filmed := sender.runs(ask.Sender, true), sender.frames(ask.Sender, true)
	f.SoundSource = soundFlow(spoken, from, to).Longest
	f.PictureSource = pictureFlow(filmed, from, to).Longest
	heard := soundDelays(runs, spoken, from, to)
	shown := pictureDelays(frames, filmed, from, to)
	f.Sound.Delay, f.Picture.Delay = heard.spread(), shown.spread()
	f.Skew = skew(heard, shown)
	return f
}

func (a Ask) window(r *Record) (from, to float64) {
	from, to = 0, r.Now
	if !a.From.IsZero() {
		from = millis(a.From)
	}
	if !a.To.IsZero() {
		to = min(to, millis(a.To))
	}
	return from, to
}

// runs are all of a sender, whatever track they came by, in order.
func (r *Record) runs(sender int, own bool) []Run {
	var out []Run
	for _, s := range r.Streams {
		if s.Own != own {
			continue
		}
		for _, run := range s.Runs {
			if run.Sender() == sender {
				out = append(out, run)
			}
		}
	}
	slices.SortFunc(out, func(a, b Run) int { return int(math.Copysign(1, a.From()-b.From())) })
	return out
}

// frames are all of a sender in order, each once: a person may stand in two tiles.
func (r *Record) frames(sender int, own bool) []Frame {
	var all []Frame
	for _, s := range r.Streams {
		if s.Own != own {
			continue
		}
		for _, f := range s.Frames {
			if f.Sender() == sender {
				all = append(all, f)
			}
		}
	}
	slices.SortFunc(all, func(a, b Frame) int { return int(math.Copysign(1, a.At()-b.At())) })
	seen := make(map[int]float64)
	var out []Frame
	for _, f := range all {
		if at, ok := seen[f.Number()]; !ok || f.At()-at > loopMS/2 {
			seen[f.Number()] = f.At()
			out = append(out, f)
		}
	}
	return out
}

// uncoded are the frames without a code in the tiles that are asked for, in order.
func (r *Record) uncoded(ask Ask) []Frame {
	var out []Frame
	for _, s := range r.Streams {
		if !ask.tile(s) {
			continue
		}
		for _, f := range s.Frames {
			if f.Sender() < 0 {
				out = append(out, f)
			}
		}
	}
	slices.SortFunc(out, func(a, b Frame) int { return int(math.Copysign(1, a.At()-b.At())) })
	return out
}

// tile tells whether a stream was seen where the sender should be.
func (a Ask) tile(s Stream) bool {
	return !s.Own && (a.Label != "" || a.Role != "") && (a.Label == "" || a.Label == s.Label) && (a.Role == "" || a.Role == s.Role)
}

func (r *Record) strangers(ask Ask, from, to float64) int {
	n := 0
	for _, s := range r.Streams {
		if !ask.tile(s) {
			continue
		}
		for _, f := range s.Frames {
			if f.At() >= from && f.At() <= to && f.Sender() >= 0 && f.Sender() != ask.Sender {
				n++
			}
		}
	}
	return n
}

// flow collects the gaps between stretches of something.
type flow struct {
	Flow
	least float64
	until float64 // end of the last stretch
	from  float64
}

func newFlow(from, least float64) *flow {
	return &flow{Flow: Flow{First: -1}, least: least, until: from, from: from}
}

func (f *flow) stretch(from, to float64) {
	if f.First < 0 {
		if f.from == 0 {
			f.from, f.until = from, from
		}
		f.First = duration(from - f.from)
	}
	f.gap(from)
	f.until = max(f.until, to)
}

func (f *flow) gap(to float64) {
	if to-f.until <= f.least {
		return
	}
	g := Gap{At: when(f.until), Length: duration(to - f.until)}
	f.Gaps = append(f.Gaps, g)
	f.Longest = max(f.Longest, g.Length)
	f.Missing += g.Length
}

func (f *flow) end(to float64) Flow {
	if f.from > 0 {
		f.gap(to)
		f.Span = duration(to - f.from)
	}
	return f.Flow
}

func soundFlow(runs []Run, from, to float64) Flow {
	f := newFlow(from, soundGap)
	for _, r := range runs {
		if r.To() >= from && r.From() <= to {
			f.stretch(max(r.From(), from), min(r.To(), to))
		}
	}
	return f.end(to)
}

func pictureFlow(frames []Frame, from, to float64) Flow {
	var within []Frame
	for _, f := range frames {
		if f.At() >= from && f.At() <= to {
			within = append(within, f)
		}
	}
	var steps []float64
	for i := 1; i < len(within); i++ {
		steps = append(steps, within[i].At()-within[i-1].At())
	}
	least := float64(stillGap)
	if len(steps) > 0 {
		slices.Sort(steps)
		least = max(least, 3*steps[len(steps)/2])
	}
	f := newFlow(from, least)
	for _, frame := range within {
		f.stretch(frame.At(), frame.At())
	}
	f.Frames = len(within)
	return f.end(to)
}

// delayed is one delay and when it ended, both in milliseconds.
type delayed struct{ at, by float64 }

type delays []delayed

func (d delays) spread() Spread {
	values := make([]float64, len(d))
	for i, one := range d {
		values[i] = one.by
	}
	return spread(values)
}

// soundDelays finds for each run when the sender's page captured what it begins with.
func soundDelays(heard, spoken []Run, from, to float64) delays {
	var out delays
	for _, h := range heard {
		if h.From() < from || h.From() > to {
			continue
		}
		best := math.Inf(1)
		for _, s := range spoken {
			at := s.From() + circle(h[1]-s[1])
			if at <= s.To()+1 && at <= h.From() {
				best = min(best, h.From()-at)
			}
		}
		if best < loopMS {
			out = append(out, delayed{h.From(), best})
		}
	}
	return out
}

func pictureDelays(shown, filmed []Frame, from, to float64) delays {
	captured := make(map[int][]float64)
	for _, f := range filmed {
		captured[f.Number()] = append(captured[f.Number()], f.At())
	}
	var out delays
	for _, s := range shown {
		if s.At() < from || s.At() > to {
			continue
		}
		best := math.Inf(1)
		for _, at := range captured[s.Number()] {
			if at <= s.At() {
				best = min(best, s.At()-at)
			}
		}
		if best < loopMS {
			out = append(out, delayed{s.At(), best})
		}
	}
	return out
}

// skew pairs each frame with the sound that was heard within a quarter of a second of
// it: runs are not longer.
func skew(heard, shown delays) Spread {
	var values []float64
	for _, s := range shown {
		i, _ := slices.BinarySearchFunc(heard, s.at, func(h delayed, at float64) int { return int(math.Copysign(1, h.at-at)) })
		nearest := math.Inf(1)
		by := 0.0
		for _, h := range heard[max(0, i-1):min(len(heard), i+1)] {
			if d := math.Abs(h.at - s.at); d < nearest {
				nearest, by = d, h.by
			}
		}
		if nearest <= 250 {
			values = append(values, by-s.by)
		}
	}
	return spread(values)
}

// circle brings a difference of codes into the loop.
func circle(d float64) float64 { return math.Mod(math.Mod(d, loopMS)+loopMS, loopMS) }

func duration(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

func when(ms float64) time.Time { return time.UnixMicro(int64(ms * 1000)) }

// String is for logs.
func (f Figures) String() string {
	var b strings.Builder
	for _, half := range []struct {
		name string
		flow Flow
	}{{"sound", f.Sound}, {"picture", f.Picture}} {
		fmt.Fprintf(&b, "%s: first %v, %d gaps, longest %v, missing %.2f %%, delay %v/%v; ", half.name, half.flow.First.Round(time.Millisecond),
			len(half.flow.Gaps), half.flow.Longest.Round(time.Millisecond), 100*half.flow.Share(),
			half.flow.Delay.P50.Round(time.Millisecond), half.flow.Delay.P95.Round(time.Millisecond))
	}
	fmt.Fprintf(&b, "%.1f frames/s, skew %v to %v, strangers %d, at the source %v and %v", f.Picture.Rate(), f.Skew.P05.Round(time.Millisecond),
		f.Skew.P95.Round(time.Millisecond), f.Strangers, f.SoundSource.Round(time.Millisecond), f.PictureSource.Round(time.Millisecond))
	return b.String()
}
