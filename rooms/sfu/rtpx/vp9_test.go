package rtpx

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pion/rtp/codecs"
)

var vp9Cases = []struct {
	name string
	in   []byte
	want Picture
	err  error
}{
	{"no payload", nil, Picture{Codec: VP9}, ErrEmpty},
	{"descriptor alone", []byte{0x08}, Picture{Codec: VP9, Start: true, Size: 1}, ErrEmpty},
	{"keyframe of one layer", []byte{0x0c, 9}, Picture{Codec: VP9, Start: true, End: true, Keyframe: true, Intra: true, Size: 1}, nil},
	{"inter frame", []byte{0x48, 9}, Picture{Codec: VP9, Start: true, Size: 1}, nil},
	{"middle of a keyframe begins none", []byte{0x00, 9}, Picture{Codec: VP9, Intra: true, Size: 1}, nil},
	{"7-bit id", []byte{0xc8, 0x7f, 9}, Picture{Codec: VP9, Start: true, HasPictureID: true, PictureID: 0x7f, Size: 2}, nil},
	{"15-bit id", []byte{0xc8, 0xff, 0xfe, 9}, Picture{Codec: VP9, Start: true, HasPictureID: true, LongID: true, PictureID: 0x7ffe, Size: 3}, nil},
	{"layers, with TL0", []byte{0xe8, 0x01, 0x50, 0x07, 9}, Picture{
		Codec: VP9, Start: true, HasPictureID: true, PictureID: 1, HasTID: true, TID: 2, Sync: true, Scalable: true, HasTL0: true, TL0: 7, Size: 4,
	}, nil},
	{"upper layer of a keyframe begins none", []byte{0xa8, 0x01, 0x03, 0x07, 9}, Picture{
		Codec: VP9, Start: true, HasPictureID: true, PictureID: 1, HasTID: true, Scalable: true, Spatial: 1, HasTL0: true, TL0: 7, Intra: true, Size: 4,
	}, nil},
	{"flexible, two references", []byte{0xf8, 0x01, 0x02, 0x03, 0x04, 9}, Picture{
		Codec: VP9, Start: true, HasPictureID: true, PictureID: 1, HasTID: true, Scalable: true, Spatial: 1, Size: 5,
	}, nil},
	{"flexible, four references", []byte{0x78, 0x02, 0x03, 0x03, 0x03, 0x02, 9}, Picture{Codec: VP9}, ErrFormat},
	{"structure of two layers and a group", []byte{0x0a, 0x38, 1, 64, 0, 180, 2, 128, 1, 104, 2, 0x04, 1, 0x18, 1, 2, 9}, Picture{
		Codec: VP9, Start: true, Keyframe: true, Intra: true, Width: 640, Height: 360, Size: 16,
	}, nil},
	{"ends before id", []byte{0x88}, Picture{Codec: VP9}, ErrShort},
	{"ends inside id", []byte{0x88, 0x80}, Picture{Codec: VP9}, ErrShort},
	{"ends before layers", []byte{0xa8, 1}, Picture{Codec: VP9}, ErrShort},
	{"ends before TL0", []byte{0xa8, 1, 2}, Picture{Codec: VP9}, ErrShort},
	{"ends before a reference", []byte{0x58}, Picture{Codec: VP9}, ErrShort},
	{"ends before the structure", []byte{0x0a}, Picture{Codec: VP9}, ErrShort},
	{"ends inside sizes", []byte{0x0a, 0x30, 1, 64}, Picture{Codec: VP9}, ErrShort},
	{"ends before the group", []byte{0x0a, 0x08}, Picture{Codec: VP9}, ErrShort},
	{"ends inside the group", []byte{0x0a, 0x08, 2, 0x04, 1}, Picture{Codec: VP9}, ErrShort},
	{"ends inside references of the group", []byte{0x0a, 0x08, 1, 0x0c, 1}, Picture{Codec: VP9}, ErrShort},
}

func TestParseVP9(t *testing.T) {
	for _, tc := range vp9Cases {
		t.Run(tc.name, func(t *testing.T) {
			got, err := ParseVP9(tc.in)
			if !errors.Is(err, tc.err) {
				t.Fatalf("error %v, want %v", err, tc.err)
			}
			if d := cmp.Diff(tc.want, got, cmpopts.IgnoreUnexported(Picture{})); d != "" {
				t.Error(d)
			}
		})
	}
}

func FuzzParseVP9(f *testing.F) {
	for _, tc := range vp9Cases {
		f.Add(tc.in)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		v, err := ParseVP9(in)
		if int(v.Size) > len(in) {
			t.Fatalf("descriptor of %d bytes in %d", v.Size, len(in))
		}
		if err != nil {
			return
		}
		// Pion's parser is the second opinion; it takes more references than there are.
		var p codecs.VP9Packet
		frame, err := p.Unmarshal(in)
		if err == nil {
			if len(frame) != len(in)-int(v.Size) || v.HasPictureID && p.PictureID != v.PictureID || p.B != v.Start || p.E != v.End ||
				v.HasTL0 && p.TL0PICIDX != v.TL0 || v.HasTID && (p.TID != v.TID || p.SID != v.Spatial) || p.P == v.Intra {
				t.Fatalf("%+v, Pion %+v", v, p)
			}
		}
		out := bytes.Clone(in)
		v.Rewrite(out, 0x2aaa, 0xaa, 0x0a)
		w, err := ParseVP9(out)
		if err != nil {
			t.Fatalf("unreadable after rewriting: %v", err)
		}
		if v.HasPictureID && w.PictureID == v.PictureID && v.PictureID != 0x2aaa && v.PictureID != 0x2a || v.HasTL0 && w.TL0 != 0xaa {
			t.Fatalf("rewritten to %+v", w)
		}
		w.PictureID, w.TL0 = v.PictureID, v.TL0
		if w != v {
			t.Fatalf("%+v became %+v", v, w)
		}
		if !bytes.Equal(out[w.Size:], in[v.Size:]) {
			t.Fatal("rewriting touched the frame")
		}
	})
}

func TestVP9_RewriteKeepsWidthAndFlags(t *testing.T) {
	in := []byte{0xe8, 0x80, 0x05, 0x50, 0x07, 9}
	v, err := ParseVP9(in)
	if err != nil {
		t.Fatal(err)
	}
	out := bytes.Clone(in)
	v.Rewrite(out, 0x1234, 0x56, 0x17)
	if want := []byte{0xe8, 0x92, 0x34, 0x50, 0x56, 9}; !bytes.Equal(out, want) {
		t.Errorf("% x, want % x", out, want)
	}
}
