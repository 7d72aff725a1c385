package rtpx

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pion/rtp/codecs"
)

// keyTag is frame tag, start code and 640x360 of a keyframe.
var keyTag = []byte{0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01}

var vp8Cases = []struct {
	name string
	in   []byte
	want Picture
	err  error
}{
	{"no payload", nil, Picture{Codec: VP8}, ErrEmpty},
	{"descriptor alone", []byte{0x10}, Picture{Codec: VP8, Start: true, Size: 1}, ErrEmpty},
	{"long descriptor alone", []byte{0x90, 0xf0, 0x80, 0x01, 0x02, 0x03}, Picture{
		Codec: VP8,
		Start: true, HasPictureID: true, LongID: true, PictureID: 1, HasTL0: true, TL0: 2, HasTID: true, HasKeyIdx: true, KeyIdx: 3, Size: 6,
	}, ErrEmpty},
	{"short delta", []byte{0x10, 0x11, 0, 0}, Picture{Codec: VP8, Start: true, Size: 1}, nil},
	{"continuation", []byte{0x00, 0x10, 0, 0}, Picture{Codec: VP8, Size: 1}, nil},
	{"other partition is no frame start", append([]byte{0x11}, keyTag...), Picture{Codec: VP8, Size: 1}, nil},
	{"keyframe", append([]byte{0x10}, keyTag...), Picture{Codec: VP8, Start: true, Keyframe: true, Intra: true, Width: 640, Height: 360, Size: 1}, nil},
	{"keyframe cut before its size", append([]byte{0x10}, keyTag[:7]...), Picture{Codec: VP8, Start: true, Keyframe: true, Intra: true, Size: 1}, nil},
	{"keyframe with scaling bits", append([]byte{0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a}, 0x80, 0x42, 0x68, 0x81), Picture{Codec: VP8, Start: true, Keyframe: true, Intra: true, Width: 640, Height: 360, Size: 1}, nil},
	{"7-bit id", []byte{0x90, 0x80, 0x7f, 0x11, 0, 0}, Picture{Codec: VP8, Start: true, HasPictureID: true, PictureID: 0x7f, Size: 3}, nil},
	{"15-bit id", []byte{0x90, 0x80, 0xff, 0xff, 0x11, 0, 0}, Picture{Codec: VP8, Start: true, HasPictureID: true, LongID: true, PictureID: 0x7fff, Size: 4}, nil},
	{"TL0 alone", []byte{0x90, 0x40, 0xff, 0x11, 0, 0}, Picture{Codec: VP8, Start: true, HasTL0: true, TL0: 0xff, Size: 3}, nil},
	{"TID without KEYIDX", []byte{0xb0, 0x20, 0xbf, 0x11, 0, 0}, Picture{Codec: VP8, Start: true, NonReference: true, HasTID: true, TID: 2, Sync: true, Size: 3}, nil},
	{"KEYIDX without TID", []byte{0x90, 0x10, 0xff, 0x11, 0, 0}, Picture{Codec: VP8, Start: true, HasKeyIdx: true, KeyIdx: 31, Size: 3}, nil},
	{"ends before extension byte", []byte{0x90}, Picture{Codec: VP8}, ErrShort},
	{"ends before id", []byte{0x90, 0x80}, Picture{Codec: VP8}, ErrShort},
	{"ends inside id", []byte{0x90, 0x80, 0x80}, Picture{Codec: VP8}, ErrShort},
	{"ends before TL0", []byte{0x90, 0xc0, 0x01}, Picture{Codec: VP8}, ErrShort},
	{"ends before TID", []byte{0x90, 0x60, 0x01}, Picture{Codec: VP8}, ErrShort},
}

func TestParseVP8(t *testing.T) {
	for _, tc := range vp8Cases {
		t.Run(tc.name, func(t *testing.T) {
			got, err := ParseVP8(tc.in)
			if !errors.Is(err, tc.err) {
				t.Fatalf("error %v, want %v", err, tc.err)
			}
			if d := cmp.Diff(tc.want, got, cmpopts.IgnoreUnexported(Picture{})); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestVP8_RewriteKeepsWidthAndFlags(t *testing.T) {
	for _, tc := range []struct {
		name     string
		in, want []byte
	}{
		{"7-bit id takes the low bits", []byte{0x90, 0x80, 0x05, 0x11, 0, 0}, []byte{0x90, 0x80, 0x34, 0x11, 0, 0}},
		{"15-bit id", []byte{0x90, 0x80, 0x80, 0x05, 0x11, 0, 0}, []byte{0x90, 0x80, 0x92, 0x34, 0x11, 0, 0}},
		{"all", []byte{0x90, 0xf0, 0x80, 0x05, 0x01, 0xe2, 0x11, 0, 0}, []byte{0x90, 0xf0, 0x92, 0x34, 0x56, 0xf7, 0x11, 0, 0}},
		{"KEYIDX bits under TID alone stay", []byte{0x90, 0x20, 0xe2, 0x11, 0, 0}, []byte{0x90, 0x20, 0xe2, 0x11, 0, 0}},
		{"nothing to rewrite", []byte{0x10, 0x11, 0, 0}, []byte{0x10, 0x11, 0, 0}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v, err := ParseVP8(tc.in)
			if err != nil {
				t.Fatal(err)
			}
			b := bytes.Clone(tc.in)
			v.Rewrite(b, 0x1234, 0x56, 0x17)
			if !bytes.Equal(b, tc.want) {
				t.Errorf("% x, want % x", b, tc.want)
			}
		})
	}
}

func FuzzParseVP8(f *testing.F) {
	for _, tc := range vp8Cases {
		f.Add(tc.in)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		v, err := ParseVP8(in)
		if int(v.Size) > len(in) {
			t.Fatalf("descriptor of %d bytes in %d", v.Size, len(in))
		}
		if err != nil {
			return
		}
		// Pion's parser is the second opinion.
		var p codecs.VP8Packet
		frame, err := p.Unmarshal(in)
		if err != nil {
			t.Fatalf("we parsed what Pion refuses: %v", err)
		}
		if len(frame) != len(in)-int(v.Size) || v.HasPictureID && p.PictureID != v.PictureID ||
			v.HasTL0 && p.TL0PICIDX != v.TL0 || v.HasTID && p.TID != v.TID || v.HasKeyIdx && p.KEYIDX != v.KeyIdx {
			t.Fatalf("%+v, Pion %+v", v, p)
		}
		out := bytes.Clone(in)
		v.Rewrite(out, 0x2aaa, 0xaa, 0x0a)
		w, err := ParseVP8(out)
		if err != nil {
			t.Fatalf("unreadable after rewriting: %v", err)
		}
		if w.Size != v.Size || w.Keyframe != v.Keyframe || w.TID != v.TID || w.Sync != v.Sync || w.LongID != v.LongID {
			t.Fatalf("%+v became %+v", v, w)
		}
		if v.LongID && w.PictureID != 0x2aaa || v.HasPictureID && !v.LongID && w.PictureID != 0x2a ||
			v.HasTL0 && w.TL0 != 0xaa || v.HasKeyIdx && w.KeyIdx != 0x0a {
			t.Fatalf("rewritten to %+v", w)
		}
		if !bytes.Equal(out[w.Size:], in[v.Size:]) {
			t.Fatal("rewriting touched the frame")
		}
	})
}

func BenchmarkVP8ParseAndRewrite(b *testing.B) {
	payload := append([]byte{0x90, 0xf0, 0x80, 0x05, 0x01, 0x02}, make([]byte, 1100)...)
	b.ReportAllocs()
	for b.Loop() {
		v, err := ParseVP8(payload)
		if err != nil {
			b.Fatal(err)
		}
		v.Rewrite(payload, 0x1234, 1, 2)
	}
}
