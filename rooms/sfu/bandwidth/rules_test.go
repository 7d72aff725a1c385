package bandwidth

import (
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"pgregory.net/rapid"
)

// outage is silence both ways from 15 to 20 s.
func outage(t time.Duration) bool { return t >= 15*sec && t < 20*sec }

func TestEstimator_ComesBackFromSilenceWithHalfAndAProbe(t *testing.T) {
	for seed := range int64(8) {
		tr := run(t, line{delay: 75 * ms, rate: constant(2e6), buffer: 250 * ms, out: outage}, sender{}, 30*sec, seed)
		before := median(part(tr.targets, 12*sec, 15*sec))
		for _, b := range []bound{
			{from: 18 * sec, to: 20 * sec, least: 0.4 * before, most: 0.6 * before},
			{from: 20 * sec, to: 21 * sec, worst: 0.35 * before},
			{from: 22 * sec, to: 24 * sec, least: 0.65 * before},
			{from: 25 * sec, to: 30 * sec, least: 0.8 * before, most: 2.1e6},
		} {
			if err := b.hold(tr); err != nil {
				t.Errorf("seed %d: before %.0f: %v", seed, before, err)
			}
		}
	}
}

func TestEstimator_DoesNotGrowWhileNothingIsHeard(t *testing.T) {
	tr := run(t, line{delay: 75 * ms, rate: constant(4e6), buffer: 250 * ms, out: func(at time.Duration) bool { return at >= 3*sec }},
		sender{}, 30*sec, 1)
	gone := part(tr.targets, 4*sec, 30*sec)
	for i := 1; i < len(gone); i++ {
		if gone[i] > gone[i-1] {
			t.Fatalf("rose from %.0f to %.0f in silence", gone[i-1], gone[i])
		}
	}
	probes := tr.probes
	if _, ok := tr.estimator.Probe(epoch.Add(40 * sec)); ok {
		t.Errorf("probes into silence, after %d", probes)
	}
	if s := tr.estimator.State(); s.Feedback || s.Delivered != 0 {
		t.Errorf("state %+v: feedback long ago counts as none", s)
	}
}

func TestEstimator_AllowsBeforeAnythingIsHeardWhatItBeginsWith(t *testing.T) {
	e := New(Options{Start: 300_000}, epoch)
	for i := range 500 {
		now := epoch.Add(time.Duration(i) * 10 * ms)
		e.Sent(uint16(i), 1000, 0, now)
		if _, ok := e.Probe(now); ok {
			t.Fatal("probes a line nobody has spoken from")
		}
	}
	if got := e.Target(); got != 300_000 {
		t.Errorf("target %d", got)
	}
}

func TestEstimator_LimitHoldsForFiveSeconds(t *testing.T) {
	e := New(Options{}, epoch)
	e.Limit(200_000, epoch)
	if got := e.Target(); got != 200_000 {
		t.Errorf("target %d under a limit of 200000", got)
	}
	e.Sent(1, 100, 0, epoch.Add(4900*ms))
	if got := e.Target(); got != 200_000 {
		t.Errorf("target %d after 4.9 s", got)
	}
	e.Sent(2, 100, 0, epoch.Add(5100*ms))
	if got := e.Target(); got != 800_000 {
		t.Errorf("target %d after the limit expired", got)
	}
	e.Limit(0, epoch.Add(6*sec))
	if got := e.Target(); got != 60_000 {
		t.Errorf("target %d: the floor holds under any limit", got)
	}
	e.Limit(50_000_000, epoch.Add(7*sec))
	if got := e.Target(); got != 800_000 {
		t.Errorf("target %d: a limit lifts nothing", got)
	}
}

func TestEstimator_ReportsCountOnlyWithoutFeedback(t *testing.T) {
	tr := run(t, line{delay: 20 * ms, rate: constant(2e6), buffer: 250 * ms}, sender{}, 5*sec, 1)
	e := tr.estimator
	was := e.Target()
	e.Report(0.9, 100*ms, epoch.Add(5*sec+10*ms))
	e.Report(0.9, 100*ms, epoch.Add(5*sec+20*ms))
	if got := e.Target(); got != was {
		t.Errorf("target went from %d to %d by a report although there is feedback", was, got)
	}
	ignored := e.State().Ignored
	for _, loss := range []float64{-1, 1.5, math.NaN()} {
		e.Report(loss, 0, epoch.Add(6*sec))
	}
	e.Report(0, -sec, epoch.Add(6*sec))
	if got := e.State().Ignored - ignored; got != 4 {
		t.Errorf("%d impossible reports counted, want 4", got)
	}
}

// heard sends packets at 100 a second and tells of all of them.
func heard(t testing.TB, e *Estimator, from, to uint16, start time.Duration) time.Duration {
	var got []flight
	first := from
	for n := from; n != to; n++ {
		e.Sent(n, 1000, 0, epoch.Add(start))
		got = append(got, flight{n, start + 20*ms, 1000})
		start += 10 * ms
		if len(got) == 10 || n+1 == to {
			f, _ := tell(t, got, first, 0, 0)
			e.Feedback(f, epoch.Add(start+40*ms))
			first, got = n+1, nil
		}
	}
	return start
}

func TestProbe_IsHandedOutOnceAndFollowedByTwiceWhatPassed(t *testing.T) {
	e := New(Options{}, epoch)
	at := heard(t, e, 0, 20, 0) + 50*ms
	c, ok := e.Probe(epoch.Add(at))
	if !ok || c.ID == 0 || c.Rate != 1_600_000 || c.Bytes < 10_000 {
		t.Fatalf("the first is %+v, %v; want twice the start", c, ok)
	}
	if again, ok := e.Probe(epoch.Add(at)); ok {
		t.Fatalf("handed out a second: %+v", again)
	}
	var got []flight
	n := uint16(20)
	for left := c.Bytes; left > 0; left -= 1000 {
		e.Sent(n, 1000, c.ID, epoch.Add(at))
		got = append(got, flight{n, at + 20*ms, 1000})
		n++
		at += 5 * ms
	}
	f, _ := tell(t, got, 20, 0, 0)
	e.Feedback(f, epoch.Add(at+40*ms))
	if got := e.Target(); got < 1_500_000 || got > 1_700_000 {
		t.Errorf("target %d after a cluster of 1.6 Mbit/s arrived as it left", got)
	}
	next, ok := e.Probe(epoch.Add(at + 50*ms))
	if !ok || next.ID == c.ID || next.Rate < 3_000_000 {
		t.Errorf("then %+v, %v; want four times the start", next, ok)
	}
}

func TestProbe_ThatNeverLeftIsAskedForAgain(t *testing.T) {
	e := New(Options{}, epoch)
	at := heard(t, e, 0, 20, 0)
	if _, ok := e.Probe(epoch.Add(at)); !ok {
		t.Fatal("no first probe")
	}
	at = heard(t, e, 20, 380, at)
	if c, ok := e.Probe(epoch.Add(at)); !ok || c.ID != 2 {
		t.Errorf("%+v, %v after nothing of the first left for 3.6 s", c, ok)
	}
}

// TestProbe_WakesALineOnWhichNothingLeaves is a browser without numbers on sound
// whose pictures are all paused: without a probe nothing would ever be heard again.
func TestProbe_WakesALineOnWhichNothingLeaves(t *testing.T) {
	e := New(Options{}, epoch)
	at := heard(t, e, 0, 100, 0)
	if _, ok := e.Probe(epoch.Add(at)); !ok {
		t.Fatal("no first probe")
	}
	for range 10 {
		at += sec
		e.Report(0, 150*ms, epoch.Add(at))
		if s := e.State(); s.Silent || s.Feedback && at > 4*sec {
			t.Fatalf("after %v: %+v; nothing left, so nothing is missed", at, s)
		}
		if _, ok := e.Probe(epoch.Add(at)); ok && at > 4*sec {
			return
		}
	}
	t.Error("not asked for in ten seconds")
}

func TestProbe_AsksForNoMoreThanIsWanted(t *testing.T) {
	e := New(Options{}, epoch)
	e.Wanted(1_000_000, epoch)
	at := heard(t, e, 0, 20, 0)
	if c, ok := e.Probe(epoch.Add(at)); !ok || c.Rate != 1_500_000 {
		t.Errorf("%+v, %v; want half above the wish", c, ok)
	}
	e = New(Options{}, epoch)
	e.Wanted(100_000, epoch)
	at = heard(t, e, 0, 900, 0)
	if c, ok := e.Probe(epoch.Add(at)); ok {
		t.Errorf("%+v although everything wanted is allowed", c)
	}
	e = New(Options{}, epoch)
	e.Limit(500_000, epoch)
	at = heard(t, e, 0, 20, 0)
	if c, ok := e.Probe(epoch.Add(at)); ok {
		t.Errorf("%+v above the browser's own bound", c)
	}
}

func TestFeedback_ThatCannotBeTrueIsIgnoredAndCounted(t *testing.T) {
	small := func(n int) (d []*rtcp.RecvDelta) {
		for range n {
			d = append(d, &rtcp.RecvDelta{Type: rtcp.TypeTCCPacketReceivedSmallDelta, Delta: 1000})
		}
		return d
	}
	run := func(symbol, length uint16) []rtcp.PacketStatusChunk {
		return []rtcp.PacketStatusChunk{&rtcp.RunLengthChunk{PacketStatusSymbol: symbol, RunLength: length}}
	}
	cases := map[string]*rtcp.TransportLayerCC{
		"none":                nil,
		"no packets":          {BaseSequenceNumber: 5},
		"never sent":          {BaseSequenceNumber: 300, PacketStatusCount: 10, PacketChunks: run(1, 10), RecvDeltas: small(10)},
		"more than were sent": {BaseSequenceNumber: 0, PacketStatusCount: 65535, PacketChunks: run(0, 8191)},
		"forgotten":           {BaseSequenceNumber: 40000, PacketStatusCount: 10, PacketChunks: run(1, 10), RecvDeltas: small(10)},
		"too few chunks":      {BaseSequenceNumber: 5, PacketStatusCount: 10, PacketChunks: run(1, 9), RecvDeltas: small(10)},
		"too few deltas":      {BaseSequenceNumber: 5, PacketStatusCount: 10, PacketChunks: run(1, 10), RecvDeltas: small(9)},
		"a nil delta":         {BaseSequenceNumber: 5, PacketStatusCount: 1, PacketChunks: run(1, 1), RecvDeltas: []*rtcp.RecvDelta{nil}},
		"a nil chunk":         {BaseSequenceNumber: 5, PacketStatusCount: 1, PacketChunks: []rtcp.PacketStatusChunk{nil}},
		"a nil run":           {BaseSequenceNumber: 5, PacketStatusCount: 1, PacketChunks: []rtcp.PacketStatusChunk{(*rtcp.RunLengthChunk)(nil)}},
		"a nil vector":        {BaseSequenceNumber: 5, PacketStatusCount: 1, PacketChunks: []rtcp.PacketStatusChunk{(*rtcp.StatusVectorChunk)(nil)}},
	}
	for name, f := range cases {
		e := New(Options{}, epoch)
		for i := range uint16(100) {
			e.Sent(i, 1000, 0, epoch)
		}
		was := e.State()
		e.Feedback(f, epoch.Add(100*ms))
		was.Ignored = 1
		if got := e.State(); got != was {
			t.Errorf("%s: %+v, want %+v", name, got, was)
		}
	}
	e := New(Options{}, epoch)
	e.Feedback(cases["too few deltas"], epoch)
	if e.State().Ignored != 1 {
		t.Error("feedback before anything was sent counts for something")
	}
}

func TestFeedback_TwiceIsOnce(t *testing.T) {
	e := New(Options{}, epoch)
	heard(t, e, 0, 50, 0)
	var got []flight
	for n := uint16(50); n < 60; n++ {
		e.Sent(n, 1000, 0, epoch.Add(500*ms))
		if n != 55 {
			got = append(got, flight{n, 520 * ms, 1000})
		}
	}
	f, _ := tell(t, got, 50, 0, 0)
	e.Feedback(f, epoch.Add(600*ms))
	was := e.State()
	if was.Loss == 0 {
		t.Error("a packet was lost, loss is 0")
	}
	e.Feedback(f, epoch.Add(600*ms))
	if got := e.State(); got != was {
		t.Errorf("the same feedback again: %+v, was %+v", got, was)
	}
}

func TestFeedback_LateAndReorderedCorrectsLoss(t *testing.T) {
	e := New(Options{}, epoch)
	heard(t, e, 0, 50, 0)
	for n := uint16(50); n < 70; n++ {
		e.Sent(n, 1000, 0, epoch.Add(500*ms))
	}
	tellOf := func(from, to uint16) *rtcp.TransportLayerCC {
		var got []flight
		for n := from; n < to; n++ {
			got = append(got, flight{n, 520 * ms, 1000})
		}
		f, _ := tell(t, got, from, 0, 0)
		return f
	}
	later := tellOf(60, 70)
	late := tellOf(50, 60)
	e.Feedback(later, epoch.Add(600*ms))
	e.Feedback(late, epoch.Add(610*ms))
	s := e.State()
	if s.Loss != 0 || s.Ignored != 0 {
		t.Errorf("%+v: nothing was lost and nothing wrong", s)
	}
	if e.loss.gone != 0 || e.loss.got != 70 {
		t.Errorf("%d came and %d were lost of 70", e.loss.got, e.loss.gone)
	}
}

func TestReports_ReferenceTimeTurnsOver(t *testing.T) {
	var r reports
	var h history
	for i := range uint16(64) {
		h.put(i, 100, 0, 0)
	}
	var last time.Duration
	for i, reference := range []uint32{turn - 2, turn - 1, 0, 1, 2, 1, 3} {
		f := &rtcp.TransportLayerCC{
			BaseSequenceNumber: uint16(i), PacketStatusCount: 1, ReferenceTime: reference,
			PacketChunks: []rtcp.PacketStatusChunk{&rtcp.RunLengthChunk{PacketStatusSymbol: 1, RunLength: 1}},
			RecvDeltas:   []*rtcp.RecvDelta{{Type: 1, Delta: 250}},
		}
		s, ok := r.read(f, &h)
		if !ok {
			t.Fatalf("%d: not read", i)
		}
		want := last + tick
		switch i {
		case 0:
			want = s[0].at
		case 5:
			want = last - tick // an older one that was overtaken
		case 6:
			want = last + 2*tick
		}
		if s[0].at != want {
			t.Errorf("reference %d is at %v, want %v", reference, s[0].at, want)
		}
		last = s[0].at
	}
}

func TestHistory_UnwrapsAndForgets(t *testing.T) {
	var h history
	first := h.put(65530, 1, 0, 0)
	var n int64
	for i := range 20_000 {
		n = h.put(uint16(65531+i), 1, 0, time.Duration(i))
	}
	if n != first+20_000 {
		t.Errorf("the last is %d, want %d", n, first+20_000)
	}
	if h.find(n-remembered+1) == nil || h.find(n-remembered) != nil || h.find(n+1) != nil || h.find(0) != nil || h.find(-1) != nil {
		t.Error("not the last 8192 are known")
	}
	if h.put(uint16(n-remembered), 1, 0, 0) != 0 {
		t.Error("took a packet that is too old")
	}
}

func TestLoss_TellsTheAirFromAPolicer(t *testing.T) {
	for name, c := range map[string]struct {
		passes func(offered float64) float64 // loss
		air    bool
	}{
		"air 3 %":        {func(float64) float64 { return .03 }, true},
		"air 10 %":       {func(float64) float64 { return .1 }, true},
		"air 25 %":       {func(float64) float64 { return .25 }, true},
		"policer 900":    {func(o float64) float64 { return max(0, 1-900e3/o) }, false},
		"policer 500":    {func(o float64) float64 { return max(0, 1-500e3/o) }, false},
		"policer 100":    {func(o float64) float64 { return max(0, 1-100e3/o) }, false},
		"policer and 5%": {func(o float64) float64 { return .05 + .95*max(0, 1-500e3/o) }, false},
	} {
		l := newLoss()
		offered := 1e6
		for i := range 20 {
			l.judge(sample{loss: c.passes(offered), packets: 150, offered: offered, target: 1e6}, time.Duration(i)*sec)
			offered = min(1e6, l.bound)
		}
		if c.air && offered < 0.95e6 {
			t.Errorf("%s: pinned to %.0f", name, offered)
		}
		if !c.air && c.passes(offered) > 0.15 {
			t.Errorf("%s: still sends %.0f and loses %.2f", name, offered, c.passes(offered))
		}
	}
}

func TestLoss_WithAQueueIsOurs(t *testing.T) {
	l := newLoss()
	l.judge(sample{loss: .2, packets: 100, offered: 1e6, queue: true, target: 1e6}, sec)
	if l.trial || math.Abs(l.bound-0.9e6) > 1 {
		t.Errorf("bound %.0f, trial %v; want the draft's 1-0.5p at once", l.bound, l.trial)
	}
	l = newLoss()
	l.judge(sample{loss: .06, packets: 100, offered: 1e6, target: 1e6}, sec)
	if l.bound != 1e6 || l.calm {
		t.Errorf("bound %.0f, calm %v; 2 to 10 %% hold", l.bound, l.calm)
	}
}

func TestLoss_TriesAgainWhatItBelievesToBeTheAirs(t *testing.T) {
	l := newLoss()
	l.air = .25 // wrongly: it is a policer at 750 kbit/s
	offered := 1e6
	for i := range 60 {
		lost := max(0, 1-750e3/offered)
		l.judge(sample{loss: lost, packets: 150, offered: offered, target: 1e6}, time.Duration(i)*sec)
		offered = min(1e6, l.bound)
	}
	if l.air > 0.1 || offered > 900e3 {
		t.Errorf("still believes in %.2f and sends %.0f into a policer at 750000", l.air, offered)
	}
}

func TestFeedback_ThatIsLostLooksNotLikeASlowLine(t *testing.T) {
	e := New(Options{}, epoch)
	var at time.Duration
	n := uint16(0)
	for round := range 20 {
		first := n
		var got []flight
		for range 10 {
			e.Sent(n, 1000, 0, epoch.Add(at))
			got = append(got, flight{n, at + 20*ms, 1000})
			n++
			at += 10 * ms
		}
		if round%2 == 0 {
			f, _ := tell(t, got, first, 0, 0)
			e.Feedback(f, epoch.Add(at+40*ms))
			if d := e.State().Delivered; round > 4 && (d < 760_000 || d > 840_000) {
				t.Fatalf("round %d: delivered %d of 800000 when every other feedback is lost", round, d)
			}
		}
	}
}

func TestProbe_AsksSeldomWhereProbesLied(t *testing.T) {
	p := prober{wait: every}
	for _, want := range []time.Duration{10 * sec, 20 * sec, 40 * sec, 40 * sec} {
		p.raised = sec
		p.contradict(500e3, 1e6, 2*sec, 100*ms)
		if p.wait != want {
			t.Errorf("waits %v, want %v", p.wait, want)
		}
	}
	p.raised = sec
	p.contradict(900e3, 1e6, 2*sec, 100*ms) // about right
	p.believe(10 * sec)
	if p.wait != 40*sec {
		t.Errorf("waits %v before the raise has proved itself", p.wait)
	}
	p.believe(12 * sec)
	if p.wait != every {
		t.Errorf("waits %v after ten quiet seconds", p.wait)
	}
}

func TestProbe_QuicklyAfterAFallThatIsOver(t *testing.T) {
	e := New(Options{Start: 2_000_000}, epoch)
	at := heard(t, e, 0, 30, 0)
	e.prober.ready, e.prober.next = 0, time.Hour
	e.pace.fall(500e3, at)
	if c, ok := e.Probe(epoch.Add(at)); ok {
		t.Fatalf("%+v at once", c)
	}
	at = heard(t, e, 30, 150, at)
	c, ok := e.Probe(epoch.Add(at))
	if !ok || c.Rate < 900_000 || c.Rate > 1_300_000 {
		t.Fatalf("%+v, %v; want twice what is left", c, ok)
	}
	at = heard(t, e, 150, 450, at)
	if c, ok := e.Probe(epoch.Add(at)); ok {
		t.Errorf("%+v: a second one for the same fall", c)
	}
}

func TestEstimator_NeedsNoTrendForALongQueue(t *testing.T) {
	e := New(Options{}, epoch)
	var got []flight
	for n := range uint16(6) {
		e.Sent(n, 1000, 0, epoch.Add(time.Duration(n)*20*ms))
		got = append(got, flight{n, time.Duration(n+1) * 100 * ms, 1000}) // 80 kbit/s
	}
	for i := range got {
		f, _ := tell(t, got[i:i+1], uint16(i), 0, 0)
		e.Feedback(f, epoch.Add(got[i].at+20*ms))
	}
	if s := e.State(); !s.Overuse || s.Target > 100_000 {
		t.Errorf("%+v after six packets of 80 kbit/s", s)
	}
}

func TestEstimator_SendsLessWhileAQueueStands(t *testing.T) {
	e := New(Options{}, epoch)
	for wait, want := range map[time.Duration]Rate{0: 800_000, 50 * ms: 800_000, 150 * ms: 600_000, 250 * ms: 400_000, 2 * sec: 400_000} {
		e.queue.wait = wait
		e.publish(1)
		if got := e.Target(); got != want {
			t.Errorf("target %d at a wait of %v, want %d", got, wait, want)
		}
	}
}

func TestQueue_ForgetsAShortestDelayOfLongAgo(t *testing.T) {
	var q queue
	for at := time.Duration(0); at < 120*sec; at += 10 * ms {
		q.add(at, at+20*ms+at/2000) // 500 ppm
		if q.wait > 25*ms {
			t.Fatalf("at %v a clock that drifts is a queue of %v", at, q.wait)
		}
	}
}

func TestQueue_JitterIsNone(t *testing.T) {
	var q queue
	for i := range 1000 {
		at := time.Duration(i) * 10 * ms
		q.add(at, at+20*ms+time.Duration(i*37%60)*ms)
		if i > 50 && q.above(12*ms) {
			t.Fatalf("packet %d: a queue of %v where there is jitter only", i, q.wait)
		}
	}
	for i := range 100 {
		at := 10*sec + time.Duration(i)*10*ms
		q.add(at, at+120*ms+time.Duration(i*37%60)*ms)
	}
	if q.wait < 95*ms || q.wait > 120*ms {
		t.Errorf("wait %v where all packets wait 100 ms more", q.wait)
	}
}

func TestEstimator_AnyFeedbackStaysWithinBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := Options{Floor: 100_000, Ceiling: 3_000_000}
		e := New(o, epoch)
		number := rapid.Uint16().Draw(t, "first")
		begun := number
		now := epoch
		for range rapid.IntRange(1, 40).Draw(t, "rounds") {
			for range rapid.IntRange(0, 60).Draw(t, "packets") {
				e.Sent(number, rapid.IntRange(0, 1500).Draw(t, "size"), rapid.IntRange(0, 3).Draw(t, "cluster"), now)
				number++
				now = now.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "ms")) * ms)
			}
			switch rapid.IntRange(0, 5).Draw(t, "kind") {
			case 0: // anything at all
				f := new(rtcp.TransportLayerCC)
				raw := rapid.SliceOfN(rapid.Byte(), 20, 60).Draw(t, "raw")
				raw[0], raw[1], raw[2], raw[3] = 0x8f, 205, 0, byte(len(raw)/4-1)
				if f.Unmarshal(raw) == nil {
					e.Feedback(f, now)
				}
			case 1, 2: // well made, of whatever
				f := &rtcp.TransportLayerCC{
					BaseSequenceNumber: begun + rapid.Uint16Range(0, number-begun).Draw(t, "base"),
					PacketStatusCount:  rapid.Uint16Range(1, 50).Draw(t, "count"),
					ReferenceTime:      rapid.Uint32Range(0, turn-1).Draw(t, "reference"),
				}
				symbol := rapid.Uint16Range(0, 3).Draw(t, "symbol")
				f.PacketChunks = []rtcp.PacketStatusChunk{&rtcp.RunLengthChunk{PacketStatusSymbol: symbol, RunLength: f.PacketStatusCount}}
				for range f.PacketStatusCount {
					f.RecvDeltas = append(f.RecvDeltas, &rtcp.RecvDelta{Type: symbol, Delta: rapid.Int64Range(-8_192_000, 8_191_750).Draw(t, "delta")})
				}
				e.Feedback(f, now)
			case 3:
				e.Report(rapid.Float64().Draw(t, "loss"), time.Duration(rapid.Int64().Draw(t, "round trip")), now)
			case 4:
				e.Limit(Rate(rapid.Int().Draw(t, "limit")), now)
				e.Wanted(Rate(rapid.Int().Draw(t, "wanted")), now)
			case 5:
				now = now.Add(time.Duration(rapid.IntRange(-1000, 10_000).Draw(t, "gap")) * ms)
				if c, ok := e.Probe(now); ok && (c.ID == 0 || c.Rate < o.Floor || c.Rate > o.Ceiling || c.Bytes <= 0) {
					t.Fatalf("cluster %+v", c)
				}
			}
			s := e.State()
			if s.Target < o.Floor || s.Target > o.Ceiling || s.Loss < 0 || s.Loss > 1 || s.Delivered < 0 || s.Queue < 0 {
				t.Fatalf("state %+v", s)
			}
		}
	})
}

func TestEstimator_ServesSeveralGoroutines(t *testing.T) {
	e := New(Options{}, epoch)
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for n := range uint16(500) {
				now := epoch.Add(time.Duration(n) * ms)
				switch i {
				case 0:
					e.Sent(n, 1000, 0, now)
				case 1:
					f, _ := tell(t, []flight{{n, time.Duration(n) * ms, 1000}}, n, 0, 0)
					e.Feedback(f, now)
				case 2:
					e.Probe(now)
					e.Wanted(Rate(n)*1000, now)
				case 3:
					if r := e.Target(); r <= 0 {
						t.Error("no target")
					}
					e.State()
				}
			}
		})
	}
	all.Wait()
}

func TestSent_AllocatesNothing(t *testing.T) {
	e := New(Options{}, epoch)
	n, now := uint16(0), epoch
	if got := testing.AllocsPerRun(10_000, func() {
		e.Sent(n, 1200, 0, now)
		n++
		now = now.Add(ms)
	}); got != 0 {
		t.Errorf("%v allocations a packet", got)
	}
}

func BenchmarkSent(b *testing.B) {
	e := New(Options{}, epoch)
	now := epoch
	b.ReportAllocs()
	for i := range b.N {
		e.Sent(uint16(i), 1200, 0, now)
		now = now.Add(ms)
	}
}

// BenchmarkFeedback is of 100 packets, a tenth of a second at 8 Mbit/s; what
// is sent between is not measured.
func BenchmarkFeedback(b *testing.B) {
	e := New(Options{}, epoch)
	var at time.Duration
	n := uint16(0)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		first := n
		got := slices.Grow([]flight(nil), 100)
		for range 100 {
			e.Sent(n, 1200, 0, epoch.Add(at))
			got = append(got, flight{n, at + 20*ms, 1200})
			n++
			at += ms
		}
		f, _ := tell(b, got, first, 0, 0)
		b.StartTimer()
		e.Feedback(f, epoch.Add(at+40*ms))
	}
}

// FuzzFeedback takes feedback packets as they come from the wire, one after
// another, to an estimator that has sent 300 packets.
func FuzzFeedback(f *testing.F) {
	f.Fuzz(func(t *testing.T, raw []byte) {
		e := New(Options{}, epoch)
		now := epoch
		for i := range uint16(300) {
			e.Sent(65400+i, 1000, int(i%7/6), now)
			now = now.Add(5 * ms)
		}
		for len(raw) >= 4 {
			length := min(4*(int(raw[2])<<8+int(raw[3])+1), len(raw))
			fb := new(rtcp.TransportLayerCC)
			if fb.Unmarshal(raw[:length]) == nil {
				e.Feedback(fb, now)
			}
			e.Probe(now)
			raw, now = raw[length:], now.Add(100*ms)
			if s := e.State(); s.Target < 60_000 || s.Target > 8_000_000 || s.Loss < 0 || s.Loss > 1 || s.Queue < 0 || s.Delivered < 0 {
				t.Fatalf("state %+v", s)
			}
		}
	})
}
