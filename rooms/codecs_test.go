package rooms_test

import (
	"slices"
	"testing"
	"testing/synctest"

	"sangdam/rooms/sfu"
)

func (c *fakeClient) codecsTold() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.codecs)
}

func TestCodecs_AScreenTravelsInWhatAllDecode(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		all := []sfu.Encoding{sfu.EncodingVP8, sfu.EncodingVP9, sfu.EncodingAV1}
		h.media.encodings = map[sfu.PeerID]sfu.Encodings{
			"peer-f": {Screen: all, Stage: all},
			"peer-b": {Screen: all, Stage: []sfu.Encoding{sfu.EncodingVP8, sfu.EncodingAV1}},
			"peer-i": {Screen: []sfu.Encoding{sfu.EncodingVP8}, Stage: []sfu.Encoding{sfu.EncodingVP8}},
		}
		told := func(c *fakeClient, want ...string) {
			t.Helper()
			synctest.Wait()
			if got := c.codecsTold(); !slices.Equal(got, want) {
				t.Errorf("%s was told %q, want %q", c.id, got, want)
			}
		}
		h.until(20)
		_, f := h.join("S01/firm", "f")
		told(f, "screen vp9")
		vb, b := h.join("S01/buyer", "b") // decodes no VP9
		told(f, "screen vp9", "screen av1")
		told(b, "screen vp9")
		vi, i := h.join("S01/interpreter", "i") // neither
		told(f, "screen vp9", "screen av1", "screen vp8")
		told(b, "screen vp9", "screen vp8")
		told(i) // has no choice
		if err := vi.Leave(t.Context()); err != nil {
			t.Fatal(err)
		}
		told(f, "screen vp9", "screen av1", "screen vp8", "screen av1")
		if err := vb.Leave(t.Context()); err != nil {
			t.Fatal(err)
		}
		told(f, "screen vp9", "screen av1", "screen vp8", "screen av1", "screen vp9")
	})
}
