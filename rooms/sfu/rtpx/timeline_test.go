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
		at := epoch.Add(5 * time.Second)
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
