package picture

import (
	"bytes"
	"testing"

	"golang.org/x/image/vp8"
	"pgregory.net/rapid"
)

// TestKeyframe_AnotherDecoderSeesThePicture decodes with a decoder that has
// nothing of ours. Chromium's is asked by the browser tests, deltas included.
func TestKeyframe_AnotherDecoderSeesThePicture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Picture{
			Number: rapid.IntRange(0, 99).Draw(t, "number"),
			Y:      rapid.Uint8().Draw(t, "y"), U: rapid.Uint8().Draw(t, "u"), V: rapid.Uint8().Draw(t, "v"),
			Scale: rapid.SampledFrom([]int{1, 2, 4}).Draw(t, "scale"),
			Code:  Code{Sender: rapid.IntRange(0, 15).Draw(t, "sender"), Frame: rapid.IntRange(0, 255).Draw(t, "frame")},
		}
		frame := p.Keyframe()
		d := vp8.NewDecoder()
		d.Init(bytes.NewReader(frame), len(frame))
		h, err := d.DecodeFrameHeader()
		if err != nil {
			t.Fatal(err)
		}
		if w, height := p.Size(); !h.KeyFrame || h.Width != w || h.Height != height {
			t.Fatalf("header %+v", h)
		}
		img, err := d.DecodeFrame()
		if err != nil {
			t.Fatal(err)
		}
		columns, rows := p.blocks()
		for row := range rows {
			for column := range columns {
				for _, at := range [][2]int{{0, 0}, {15, 15}} {
					x, y := 16*column+at[0], 16*row+at[1]
					if y >= h.Height {
						continue
					}
					c := img.YCbCrAt(x, y)
					if int(c.Y) != p.luma(column, row) || c.Cb != p.U || c.Cr != p.V {
						t.Fatalf("at %d, %d: %v, want luma %d", x, y, c, p.luma(column, row))
					}
				}
			}
		}
	})
}

func TestFrames_AreSmall(t *testing.T) {
	for scale, limit := range map[int]int{1: 500, 2: 900, 4: 1900} {
		p := Picture{Number: 88, Y: 60, U: 90, V: 200, Scale: scale}
		if n := len(p.Keyframe()); n > limit {
			t.Errorf("scale %d: a keyframe has %d bytes", scale, n)
		}
		if n := len(p.Delta()); n > 150 {
			t.Errorf("scale %d: a delta has %d bytes", scale, n)
		}
	}
}

func TestDigits_AllDiffer(t *testing.T) {
	seen := make(map[string]int)
	for n := range 100 {
		var shape []byte
		for y := range 6 {
			for x := range 8 {
				shape = append(shape, map[bool]byte{true: '#', false: ' '}[dot(n, x, y)])
			}
		}
		if other, ok := seen[string(shape)]; ok {
			t.Errorf("%d looks like %d", n, other)
		}
		seen[string(shape)] = n
	}
}

// TestCode_NoSingleDotTurnsItIntoAnother: a dot that was read wrong is noticed.
func TestCode_NoSingleDotTurnsItIntoAnother(t *testing.T) {
	made := make(map[[CodeRows * CodeColumns]bool]Code)
	for sender := range 16 {
		for frame := range 256 {
			c := Code{Sender: sender, Frame: frame}
			made[c.Dots()] = c
		}
	}
	if len(made) != 16*256 {
		t.Fatalf("%d codes", len(made))
	}
	for dots, c := range made {
		for i := range dots {
			wrong := dots
			wrong[i] = !wrong[i]
			if other, ok := made[wrong]; ok {
				t.Fatalf("%+v is one dot from %+v", c, other)
			}
		}
	}
}
