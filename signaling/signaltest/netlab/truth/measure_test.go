package truth

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestMeasure_ACleanPathHasNoGapAndTheRightPerson is the reader's own check: two
// PeerConnections in one page, whose sound and picture nothing disturbs.
func TestMeasure_ACleanPathHasNoGapAndTheRightPerson(t *testing.T) {
	files := sources(t, 3)
	measured(t, func() error {
		r := inPage(t, files, `await loop(); await pause(4000);`)
		from := when(r.Now - 2500)
		f := Measure(r, r, Ask{Sender: 3, Label: "video", From: from})
		t.Log(f)
		c := r.Counted(from, time.Time{})
		if f.Sound.First > 100*time.Millisecond || f.Sound.Share() > 0.1 || f.Picture.Share() > 0.1 {
			return fmt.Errorf("a clean path has holes: sound %v, picture %v", f.Sound.Gaps, f.Picture.Gaps)
		}
		// A busy machine starves the jitter buffer now and then, and the browser says so.
		if undisturbed := c.Concealed+c.Stretched < 20*48; undisturbed && len(f.Sound.Gaps) > 0 {
			return fmt.Errorf("gaps that the browser knows nothing of: %v", f.Sound.Gaps)
		}
		if f.Picture.Rate() < 12 || f.Strangers != 0 {
			return fmt.Errorf("%.1f frames a second, %d of others", f.Picture.Rate(), f.Strangers)
		}
		if f.Skew.N == 0 || f.Skew.P50.Abs() > 40*time.Millisecond {
			return fmt.Errorf("skew %+v", f.Skew)
		}
		for _, flow := range []Flow{f.Sound, f.Picture} {
			if flow.Delay.N == 0 || flow.Delay.P05 <= 0 || flow.Delay.P50 > 200*time.Millisecond {
				return fmt.Errorf("delay %+v", flow.Delay)
			}
		}
		if c.Samples < 48_000 || c.ConcealedShare() > 0.05 || c.Decoded < 20 || c.JitterDelay <= 0 || c.Lost != 0 || c.CPULimited != 0 {
			return fmt.Errorf("counted %+v", c)
		}
		if len(c.Routes) != 1 || !strings.HasSuffix(c.Routes[0], "/udp") {
			return fmt.Errorf("routes %v", c.Routes)
		}
		// Nobody else is seen or heard, and a tile that should show another has only strangers.
		o := Measure(r, nil, Ask{Sender: 4, Label: "video", From: from})
		if o.Sound.First != -1 || o.Picture.First != -1 || o.Strangers < 25 || o.Sound.Share() != 1 {
			return fmt.Errorf("another sender: %v", o)
		}
		return nil
	})
}

// TestMeasure_ACutIsAsLongAsItWas: sound and picture end for a second, at the sender's
// tracks, where no jitter buffer has a part in it.
func TestMeasure_ACutIsAsLongAsItWas(t *testing.T) {
	files := sources(t, 7)
	measured(t, func() error {
		r := inPage(t, files, `
			const { media } = await loop();
			await pause(2500);
			for (const t of media.getTracks()) t.enabled = false;
			await pause(1000);
			for (const t of media.getTracks()) t.enabled = true;
			await pause(1500);`)
		f := Measure(r, r, Ask{Sender: 7, From: when(r.Now - 3500)})
		t.Log(f)
		const second, frame = time.Second, time.Second / filmRate
		if d := (f.Sound.Longest - second).Abs(); d > 60*time.Millisecond {
			return fmt.Errorf("sound was cut for %v", f.Sound.Longest)
		}
		if f.Sound.Missing-f.Sound.Longest > 100*time.Millisecond {
			return fmt.Errorf("gaps %v", f.Sound.Gaps)
		}
		// From the last frame before the cut to the first after it.
		if d := f.Picture.Longest - second; d < -60*time.Millisecond || d > 2*frame+60*time.Millisecond {
			return fmt.Errorf("the picture stood for %v", f.Picture.Longest)
		}
		if f.SoundSource > 200*time.Millisecond || f.PictureSource > 300*time.Millisecond {
			return fmt.Errorf("the source was cut, too: %v, %v", f.SoundSource, f.PictureSource)
		}
		return nil
	})
}

// TestCode_SurvivesTheNarrowestPath: VP8 at 100 kbit/s and 160×90, Opus at 16 kbit/s.
func TestCode_SurvivesTheNarrowestPath(t *testing.T) {
	files := sources(t, 9)
	measured(t, func() error {
		r := inPage(t, files, `await loop({ video: 100_000, scale: 4, audio: 16_000 }); await pause(4000);`)
		f := Measure(r, r, Ask{Sender: 9, From: when(r.Now - 2500)})
		t.Log(f)
		if f.Sound.Share() > 0.05 || f.Picture.Share() > 0.1 || f.Picture.Rate() < 11 {
			return fmt.Errorf("lost on the way: %v", f)
		}
		for _, s := range r.Streams {
			for _, frame := range s.Frames {
				if frame.Number() < 0 {
					return fmt.Errorf("a frame of %s %q without code", s.Kind, s.Label)
				}
			}
		}
		return nil
	})
}

func sources(t *testing.T, sender int) Files {
	t.Helper()
	files, err := Sources(t.TempDir(), sender)
	if err != nil {
		t.Fatal(err)
	}
	return files
}
