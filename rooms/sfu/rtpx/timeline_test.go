package rtpx

import (
	"sync"
	"testing"
	"time"
)

const (
	ssrcVoice = 1
	ssrcLow   = 2
	ssrcHigh  = 3
)

// publisher makes the reports of a browser whose clock is off.
type publisher struct{ ahead time.Duration }

func (p publisher) report(t *Timeline, ssrc, clock, base uint32, at time.Time, transit time.Duration) {
	t.Report(ssrc, clock, NTP(at.Add(p.ahead)), p.rtp(clock, base, at), at.Add(transit))
}

func (p publisher) rtp(clock, base uint32, at time.Time) uint32 {
	return base + uint32(at.Sub(epoch).Nanoseconds()*int64(clock)/1e9)
}

func near(a, b uint32, ticks int32) bool {
	d := int32(a - b)
	return d <= ticks && d >= -ticks
}

// The same error for voice and picture is no error for the lips.
func TestTimeline_VoiceAndPictureShareOneOffset(t *testing.T) {
	for _, ahead := range []time.Duration{0, 3 * time.Hour, -400 * 24 * time.Hour, 20 * 365 * 24 * time.Hour} {
		tl := NewTimeline()
		p := publisher{ahead}
		// Video's reports are always slower; only the quickest report counts.
		p.report(tl, ssrcVoice, 48000, 0xfffffff0, epoch.Add(time.Second), 80*time.Millisecond)
		p.report(tl, ssrcLow, 90000, 77, epoch.Add(1100*time.Millisecond), 140*time.Millisecond)
		p.report(tl, ssrcVoice, 48000, 0xfffffff0, epoch.Add(2*time.Second), 50*time.Millisecond)
		at := epoch.Add(20 * time.Second) // from 80 ms to 50 takes 15 s
		ntpVoice, voice, ok := tl.At(ssrcVoice, at)
		ntpLow, low, ok2 := tl.At(ssrcLow, at)
		if !ok || !ok2 || ntpVoice != ntpLow || ntpVoice != NTP(at) {
			t.Fatalf("ahead %v: %v %v", ahead, ok, ok2)
		}
		// What was captured 50 ms before leaves the timeline now.
		captured := at.Add(-50 * time.Millisecond)
		if !near(voice, p.rtp(48000, 0xfffffff0, captured), 2) || !near(low, p.rtp(90000, 77, captured), 2) {
			t.Errorf("ahead %v: voice off by %d ticks, picture by %d", ahead,
				int32(voice-p.rtp(48000, 0xfffffff0, captured)), int32(low-p.rtp(90000, 77, captured)))
		}
	}
}

func TestTimeline_ShiftBetweenLayers(t *testing.T) {
	tl := NewTimeline()
	p := publisher{ahead: time.Minute}
	p.report(tl, ssrcLow, 90000, 1000, epoch.Add(time.Second), 50*time.Millisecond)
	if _, ok := tl.Shift(ssrcLow, ssrcHigh); ok {
		t.Error("shift without a report of one layer")
	}
	p.report(tl, ssrcHigh, 90000, 0xfffff000, epoch.Add(1700*time.Millisecond), 90*time.Millisecond)
	want := uint32(0xfffff000) - 1000
	if got, ok := tl.Shift(ssrcLow, ssrcHigh); !ok || !near(got, want, 2) {
		t.Errorf("shift %d, want %d", got, want)
	}
	if got, ok := tl.Shift(ssrcHigh, ssrcLow); !ok || !near(got, -want, 2) {
		t.Errorf("shift back %d", got)
	}
	p.report(tl, ssrcVoice, 48000, 0, epoch.Add(2*time.Second), 0)
	if _, ok := tl.Shift(ssrcVoice, ssrcLow); ok {
		t.Error("voice and picture have no common timestamp")
	}
}

func TestTimeline_FollowsADriftingClock(t *testing.T) {
	tl := NewTimeline()
	// The publisher's clock is slow by 1 in 1000: its reports seem to take
	// longer and longer. The minimum of long ago must not hold for ever.
	var at time.Time
	for s := range 300 {
		at = epoch.Add(time.Duration(s) * time.Second)
		publisher{ahead: -time.Duration(s) * time.Millisecond}.report(tl, ssrcVoice, 48000, 0, at, 50*time.Millisecond)
	}
	_, rtp, ok := tl.At(ssrcVoice, at)
	// The minimum is at most two windows, 60 s and so 60 ms of drift, old, and
	// the transit itself is 50 ms; the whole drift would be 300 ms.
	off := int32(rtp-publisher{}.rtp(48000, 0, at)) / 48
	if !ok || off < -60 || off > 60 {
		t.Errorf("off by %d ms: the old minimum is kept too long", off)
	}
}

// meeting is an hour of a publisher whose microphone and camera run by crystals
// of their own, told to a viewer as a DownTrack does: voice and picture apart.
type meeting struct {
	// parts in a million that each runs too fast
	clock, voice, picture float64
	jitter                func(second int) time.Duration
}

// worst is the largest difference between the capture times of voice and picture
// that the viewer, by the newest report on each, plays at one moment, after the
// first two reports on both.
func (m meeting) worst(tl *Timeline) time.Duration {
	type told struct {
		ntp uint64
		rtp uint32
		ok  bool
	}
	var voice, picture told
	// The timestamp of what is captured t after the beginning.
	stamp := func(clock uint32, ppm float64, t time.Duration) uint32 {
		return uint32(int64(t.Seconds() * float64(clock) * (1 + ppm/1e6)))
	}
	// The capture time of what the viewer plays at an instant of the server's clock.
	captured := func(r told, clock uint32, ppm float64, ntp uint64) float64 {
		ticks := float64(int64(ntp-r.ntp)) / (1 << 32) * float64(clock)
		return (float64(r.rtp) + ticks) / float64(clock) / (1 + ppm/1e6)
	}
	worst := 0.0
	for ms := 0; ms < 3_600_000; ms += 50 {
		t := time.Duration(ms) * time.Millisecond
		at := epoch.Add(t)
		wall := epoch.Add(time.Duration(float64(t) * (1 + m.clock/1e6))).Add(37 * time.Minute)
		if ms%1000 == 0 {
			tl.Report(ssrcVoice, 48000, NTP(wall), stamp(48000, m.voice, t), at.Add(40*time.Millisecond+m.jitter(ms/500)))
		}
		if ms%1000 == 500 {
			tl.Report(ssrcLow, 90000, NTP(wall), stamp(90000, m.picture, t), at.Add(45*time.Millisecond+m.jitter(ms/500)))
		}
		if ms%1000 == 150 {
			voice.ntp, voice.rtp, voice.ok = tl.At(ssrcVoice, at)
		}
		if ms%1000 == 850 {
			picture.ntp, picture.rtp, picture.ok = tl.At(ssrcLow, at)
		}
		if ms < 2000 || !voice.ok || !picture.ok {
			continue
		}
		// Timestamps of an hour at 90 kHz do not wrap.
		skew := captured(voice, 48000, m.voice, NTP(at)) - captured(picture, 90000, m.picture, NTP(at))
		worst = max(worst, skew, -skew)
	}
	return time.Duration(worst * float64(time.Second))
}

func TestTimeline_LipsStayWithinFiveMillisecondsOverAnHourOfDrift(t *testing.T) {
	still := func(int) time.Duration { return 0 }
	// The network's jitter: up to 60 ms, now and then half a second.
	busy := func(n int) time.Duration {
		j := time.Duration(n*7919%60) * time.Millisecond
		if n%97 == 0 {
			j += 500 * time.Millisecond
		}
		return j
	}
	for name, m := range map[string]meeting{
		"nothing drifts":                           {0, 0, 0, still},
		"the computer's clock runs fast":           {200, 0, 0, still},
		"and slow":                                 {-200, 0, 0, still},
		"the sound card runs fast":                 {0, 200, 0, still},
		"sound card and camera run apart":          {0, -200, 200, still},
		"all of it, over a busy network":           {200, -200, 200, busy},
		"all of it the other way, over a busy one": {-200, 200, -200, busy},
	} {
		if got := m.worst(NewTimeline()); got > 5*time.Millisecond {
			t.Errorf("%s: off by %v", name, got)
		}
	}
}

func TestTimeline_ABetterEstimateIsNoLeap(t *testing.T) {
	tl := NewTimeline()
	p := publisher{}
	p.report(tl, ssrcVoice, 48000, 0, epoch, 300*time.Millisecond)
	_, before, _ := tl.At(ssrcVoice, epoch.Add(time.Second))
	p.report(tl, ssrcVoice, 48000, 0, epoch.Add(time.Second), 20*time.Millisecond)
	_, after, _ := tl.At(ssrcVoice, epoch.Add(1100*time.Millisecond))
	if leap := int32(after-before) - 4800; leap < -480 || leap > 480 {
		t.Errorf("the time told leapt by %d ticks", leap)
	}
	last := epoch.Add(time.Second)
	for range 200 {
		last = last.Add(time.Second)
		p.report(tl, ssrcVoice, 48000, 0, last, 20*time.Millisecond)
	}
	if _, rtp, ok := tl.At(ssrcVoice, last); !ok || !near(rtp, p.rtp(48000, 0, last.Add(-20*time.Millisecond)), 48) {
		t.Error("the better estimate is never reached")
	}
}

func TestTimeline_AClockThatIsSetTakesAllStreamsAlong(t *testing.T) {
	for _, by := range []time.Duration{3 * time.Hour, -3 * time.Hour} {
		tl := NewTimeline()
		p := publisher{}
		at := epoch
		say := func() {
			at = at.Add(500 * time.Millisecond)
			p.report(tl, ssrcVoice, 48000, 0, at, 30*time.Millisecond)
			at = at.Add(500 * time.Millisecond)
			p.report(tl, ssrcLow, 90000, 0, at, 30*time.Millisecond)
		}
		for range 10 {
			say()
		}
		p.ahead = by
		p.report(tl, ssrcVoice, 48000, 0, at.Add(100*time.Millisecond), 30*time.Millisecond)
		// Either nothing is told of a stream, or the truth.
		check := func(when time.Time) {
			for ssrc, clock := range map[uint32]uint32{ssrcVoice: 48000, ssrcLow: 90000} {
				if _, rtp, ok := tl.At(ssrc, when); ok && !near(rtp, p.rtp(clock, 0, when.Add(-30*time.Millisecond)), int32(clock/100)) {
					t.Errorf("set by %v: %v after the start stream %d is %d ticks off", by, when.Sub(epoch), ssrc,
						int32(rtp-p.rtp(clock, 0, when.Add(-30*time.Millisecond))))
				}
			}
		}
		check(at.Add(200 * time.Millisecond))
		for range 180 {
			say()
			check(at.Add(100 * time.Millisecond))
		}
		if _, _, ok := tl.At(ssrcLow, at); !ok {
			t.Errorf("set by %v: nothing is told any more", by)
		}
	}
}

func TestTimeline_TellsHowFarTheClockIsAhead(t *testing.T) {
	tl := NewTimeline()
	if _, ok := tl.Ahead(epoch); ok {
		t.Error("known before any report")
	}
	publisher{ahead: 37 * time.Minute}.report(tl, ssrcVoice, 48000, 0, epoch, 30*time.Millisecond)
	ahead, ok := tl.Ahead(epoch.Add(time.Second))
	if got := time.Duration(float64(ahead) / (1 << 32) * float64(time.Second)); !ok || (got-37*time.Minute+30*time.Millisecond).Abs() > time.Millisecond {
		t.Errorf("%v ahead", got)
	}
}

func TestTimeline_IgnoresReportsThatTellNothing(t *testing.T) {
	tl := NewTimeline()
	tl.Report(ssrcVoice, 48000, 0, 5, epoch)
	tl.Report(ssrcVoice, 0, NTP(epoch), 5, epoch)
	if _, _, ok := tl.At(ssrcVoice, epoch); ok {
		t.Error("a report without wall clock was used")
	}
	tl.Report(ssrcVoice, 48000, NTP(epoch), 5, epoch)
	tl.Report(ssrcVoice, 48000, NTP(epoch.Add(-time.Second)), 99999, epoch.Add(time.Second)) // overtaken
	if _, rtp, ok := tl.At(ssrcVoice, epoch); !ok || rtp != 5 {
		t.Errorf("rtp %d, %v", rtp, ok)
	}
	if _, _, ok := tl.At(ssrcVoice, epoch.Add(maxReportAge+time.Second)); ok {
		t.Error("a stale report was used")
	}
	tl.Forget(ssrcVoice)
	if _, _, ok := tl.At(ssrcVoice, epoch); ok {
		t.Error("forgotten stream is known")
	}
}

func TestTimeline_BoundedStreams(t *testing.T) {
	tl := NewTimeline()
	for ssrc := range uint32(1000) {
		tl.Report(ssrc, 90000, NTP(epoch), 0, epoch)
	}
	if len(tl.streams) != maxStreams {
		t.Errorf("remembers %d streams", len(tl.streams))
	}
}

func TestTimeline_ConcurrentUse(t *testing.T) {
	tl := NewTimeline()
	var wg sync.WaitGroup
	for ssrc := range uint32(4) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := range 500 {
				at := epoch.Add(time.Duration(n) * time.Millisecond)
				publisher{}.report(tl, ssrc, 90000, 0, at, time.Millisecond)
				if _, rtp, ok := tl.At(ssrc, at); !ok || !near(rtp, publisher{}.rtp(90000, 0, at), 200) {
					t.Errorf("stream %d at %d ms: %d, %v", ssrc, n, rtp, ok)
					return
				}
			}
		}()
	}
	wg.Wait()
}

func TestNTP_DifferencesAreExactOverTheEra(t *testing.T) {
	eraEnd := time.Date(2036, 2, 7, 6, 28, 16, 0, time.UTC)
	a, b := NTP(eraEnd.Add(-time.Second)), NTP(eraEnd.Add(500*time.Millisecond))
	if b-a != 3<<31 { // 1.5 s
		t.Errorf("difference %d", b-a)
	}
}
