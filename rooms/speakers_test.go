package rooms_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sangdam/rooms/sfu"
)

func (c *fakeClient) speakersTold() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.spoken)
}

func TestSpeakers_AreToldToAllOnChangeAloneFourTimesASecondAtMost(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		vf, f := h.join("S01/firm", "f")
		vb, b := h.join("S01/buyer", "b")
		told := func(want ...string) {
			t.Helper()
			for _, c := range []*fakeClient{f, b} {
				if got := c.speakersTold(); !slices.Equal(got, want) {
					t.Errorf("%s was told %q, want %q", c.id, got, want)
				}
			}
		}
		told()
		vf.Speaks(true)
		synctest.Wait()
		told("f") // the first at once
		vb.Speaks(true)
		vf.Speaks(false)
		synctest.Wait()
		told("f") // soon
		time.Sleep(300 * time.Millisecond)
		synctest.Wait()
		told("f", "b")
		time.Sleep(time.Second)
		vb.Speaks(true)
		vf.Speaks(false)
		synctest.Wait()
		told("f", "b") // nothing new
		start := time.Now()
		for range 100 {
			vf.Speaks(true)
			time.Sleep(20 * time.Millisecond)
			vf.Speaks(false)
			time.Sleep(20 * time.Millisecond)
		}
		if n, most := len(f.speakersTold())-2, int(4*time.Since(start)/time.Second)+1; n < 4 || n > most {
			t.Errorf("told %d times in %v", n, time.Since(start))
		}
	})
}

func TestSpeakers_WhoComesIsToldWhoSpeaksAndWhoGoesSpeaksNoMore(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		vf, f := h.join("S01/firm", "f")
		vf.Speaks(true)
		synctest.Wait()
		_, b := h.join("S01/buyer", "b")
		if got := b.speakersTold(); !slices.Equal(got, []string{"f"}) {
			t.Errorf("a newcomer is told %q", got)
		}
		// A new Peer has said nothing yet.
		time.Sleep(time.Second)
		ok(t, vf.Rebind(t.Context(), "peer-f2", []sfu.Source{sfu.Microphone}))
		synctest.Wait()
		if got := b.speakersTold(); !slices.Equal(got, []string{"f", ""}) {
			t.Errorf("after a rebuild: %q", got)
		}
		time.Sleep(time.Second)
		vf.Speaks(true)
		synctest.Wait()
		time.Sleep(time.Second)
		ok(t, vf.Leave(t.Context()))
		synctest.Wait()
		time.Sleep(time.Second)
		synctest.Wait()
		if got := b.speakersTold(); !slices.Equal(got, []string{"f", "", "f", ""}) {
			t.Errorf("after he left: %q", got)
		}
		if got := f.speakersTold(); len(got) != 3 {
			t.Errorf("who left hears on: %q", got)
		}
	})
}

func TestSpeakers_WhoIsAwayDoesNotSpeak(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		vf, _ := h.join("S01/firm", "f")
		_, b := h.join("S01/buyer", "b")
		vf.Speaks(true)
		synctest.Wait()
		vf.MediaGone(time.Now())
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if got := b.speakersTold(); !slices.Equal(got, []string{"f", ""}) {
			t.Errorf("%q", got)
		}
	})
}

// The allocator, the wall and the record see speech by the same truth.
func TestVitals_TellWhoSpeaks(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.join("S01/firm", "f")
		h.join("S01/buyer", "b")
		h.media.tells("peer-f", sfu.Truth{State: sfu.StateConnected, Route: sfu.RouteUDP, Level: 30, Speaking: true})
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if !h.vitals("S01/firm").Speaking || h.vitals("S01/buyer").Speaking {
			t.Errorf("firm %+v, buyer %+v", h.vitals("S01/firm"), h.vitals("S01/buyer"))
		}
	})
}
