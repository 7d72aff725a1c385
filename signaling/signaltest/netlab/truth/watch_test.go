package truth

import (
	"testing"
	"time"

	"sangdam/rooms/sfu/sfutest"
)

const (
	microphone, camera = 0, 1 // as Stamps count the sources
	framePeriod        = 50 * time.Millisecond
	packetPeriod       = 20 * time.Millisecond
)

// path carries ten seconds of a sender to a Watch; lost and delay see the time since the start.
func path(sound, picture time.Duration, lost func(at time.Duration) bool) (*Watch, time.Time) {
	start := time.Now().Add(-20 * time.Second)
	w := NewWatch()
	for at, n := time.Duration(0), uint32(0); at < 10*time.Second; at, n = at+packetPeriod, n+1 {
		if !lost(at) {
			jitter := time.Duration(n%4) * 10 * time.Millisecond
			w.Take(sfutest.Stamp{Sender: 2, Source: microphone, Frame: n, Captured: start.Add(at)}, start.Add(at+sound+jitter))
		}
	}
	for at, n := time.Duration(0), uint32(0); at < 10*time.Second; at, n = at+framePeriod, n+1 {
		if !lost(at) {
			s := sfutest.Stamp{Sender: 2, Source: camera, Frame: n, Keyframe: n%40 == 0, Captured: start.Add(at)}
			w.Take(s, start.Add(at+picture))
		}
	}
	return w, start
}

func measurePath(w *Watch, start time.Time) Figures {
	return Measure(w.Record(), w.Sources(), Ask{Sender: 2, From: start.Add(time.Second), To: start.Add(9 * time.Second)})
}

func TestWatch_JitterIsNoGap(t *testing.T) {
	f := measurePath(path(100*time.Millisecond, 150*time.Millisecond, func(time.Duration) bool { return false }))
	if len(f.Sound.Gaps) > 0 || len(f.Picture.Gaps) > 0 {
		t.Errorf("gaps: %v", f)
	}
	if d := f.Picture.Delay; d.P05 != d.P95 || (d.P50-150*time.Millisecond).Abs() > time.Millisecond {
		t.Errorf("picture's delay %+v", d)
	}
	// The first packet of all took 100 ms, and the buffer waits 80 ms longer.
	if d := f.Sound.Delay; (d.P50 - 180*time.Millisecond).Abs() > time.Millisecond {
		t.Errorf("sound's delay %+v", d)
	}
	if (f.Skew.P50 - 30*time.Millisecond).Abs() > time.Millisecond {
		t.Errorf("skew %+v", f.Skew)
	}
}

func TestWatch_AnOutageIsAGapAndThePictureWaitsForAKeyframe(t *testing.T) {
	f := measurePath(path(100*time.Millisecond, 100*time.Millisecond, func(at time.Duration) bool {
		return at >= 4500*time.Millisecond && at < 5500*time.Millisecond
	}))
	if len(f.Sound.Gaps) != 1 || (f.Sound.Longest-time.Second).Abs() > time.Millisecond {
		t.Errorf("sound's gaps %v", f.Sound.Gaps)
	}
	// The last frame is of 4.45 s, the next keyframe of 6 s.
	if len(f.Picture.Gaps) != 1 || (f.Picture.Longest-1550*time.Millisecond).Abs() > time.Millisecond {
		t.Errorf("picture's gaps %v", f.Picture.Gaps)
	}
	if f.SoundSource < time.Second {
		t.Errorf("the source is known from what arrives alone, but has no gap: %v", f.SoundSource)
	}
}

func TestWatch_ASlowerPathIsFollowedAfterAMoment(t *testing.T) {
	start := time.Now().Add(-20 * time.Second)
	w := NewWatch()
	for at, n := time.Duration(0), uint32(0); at < 10*time.Second; at, n = at+packetPeriod, n+1 {
		took := 50 * time.Millisecond
		if at >= 4*time.Second {
			took = 500 * time.Millisecond
		}
		w.Take(sfutest.Stamp{Sender: 2, Source: microphone, Frame: n, Captured: start.Add(at)}, start.Add(at+took))
	}
	f := measurePath(w, start)
	// Nine packets come too late, and then the buffer has 450 ms more.
	if len(f.Sound.Gaps) != 1 || (f.Sound.Longest-630*time.Millisecond).Abs() > 2*time.Millisecond {
		t.Errorf("gaps %v", f.Sound.Gaps)
	}
	if f.Sound.Delay.P95 != 580*time.Millisecond {
		t.Errorf("delay %+v", f.Sound.Delay)
	}
}

func TestFlow_BackIsTheEndOfTheLastGapThatATimeFoundOpen(t *testing.T) {
	at := time.UnixMilli(1_000_000)
	gap := func(from, length time.Duration) Gap { return Gap{At: at.Add(from), Length: length} }
	end := at.Add(time.Minute)
	for _, tc := range []struct {
		name string
		gaps []Gap
		want time.Duration
	}{
		{"none", nil, 0},
		{"one that is over", []Gap{gap(-5*time.Second, time.Second)}, 0},
		{"one that is open", []Gap{gap(-10*time.Second, 12*time.Second)}, 2 * time.Second},
		{"and a stutter", []Gap{gap(-10*time.Second, 10500*time.Millisecond), gap(800*time.Millisecond, 400*time.Millisecond)}, 1200 * time.Millisecond},
		{"a later one", []Gap{gap(-10*time.Second, 10500*time.Millisecond), gap(5*time.Second, time.Second)}, 500 * time.Millisecond},
		{"one without end", []Gap{gap(-time.Second, 61*time.Second)}, -1},
	} {
		if got := (Flow{Gaps: tc.gaps}).Back(at, end); got != tc.want {
			t.Errorf("%s: back after %v, want %v", tc.name, got, tc.want)
		}
	}
}

func TestMeasure_ACameraWithoutCodeIsKnownByItsTile(t *testing.T) {
	r := &Record{Now: 10_000, Streams: []Stream{{Kind: "video", Role: "buyer"}, {Kind: "video", Role: "firm"}}}
	for i := range 150 {
		at := 1000 + float64(i)*60
		if i < 50 || i >= 60 {
			r.Streams[0].Frames = append(r.Streams[0].Frames, Frame{at, -1, -1})
		}
		r.Streams[1].Frames = append(r.Streams[1].Frames, Frame{at, float64(i), 3})
	}
	f := Measure(r, nil, Ask{Role: "buyer", From: time.UnixMilli(1000)})
	if f.Picture.Frames != 140 || len(f.Picture.Gaps) != 1 || f.Picture.Longest != 660*time.Millisecond || f.Strangers != 0 {
		t.Errorf("%+v", f)
	}
	if f := Measure(r, nil, Ask{Role: "firm", From: time.UnixMilli(1000)}); f.Picture.Frames != 0 || f.Strangers != 150 {
		t.Errorf("%+v", f)
	}
}
