package rtpx

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var h264Cases = []struct {
	name string
	in   []byte
	want Picture
	err  error
}{
	{"no payload", nil, Picture{Codec: H264}, ErrEmpty},
	{"single slice", []byte{0x41, 1}, Picture{Codec: H264, Start: true}, nil},
	{"slice that nobody refers to", []byte{0x01, 1}, Picture{Codec: H264, Start: true, NonReference: true}, nil},
	{"single IDR", []byte{0x65, 1}, Picture{Codec: H264, Start: true, Keyframe: true, Intra: true}, nil},
	{"parameters", []byte{0x67, 0x42}, Picture{Codec: H264, Start: true, Keyframe: true, Intra: true}, nil},
	{"STAP-A with parameters", []byte{0x78, 0, 2, 0x67, 1, 0, 2, 0x68, 1}, Picture{Codec: H264, Start: true, Keyframe: true, Intra: true}, nil},
	{"STAP-A of slices", []byte{0x78, 0, 2, 0x41, 1, 0, 1, 0x41}, Picture{Codec: H264, Start: true}, nil},
	{"STAP-A of nothing", []byte{0x78}, Picture{Codec: H264}, ErrShort},
	{"STAP-A with half a length", []byte{0x78, 0}, Picture{Codec: H264}, ErrShort},
	{"STAP-A with an empty unit", []byte{0x78, 0, 0}, Picture{Codec: H264}, ErrShort},
	{"STAP-A cut", []byte{0x78, 0, 9, 0x67}, Picture{Codec: H264}, ErrShort},
	{"FU-A, begin of an IDR", []byte{0x7c, 0x85, 1}, Picture{Codec: H264, Start: true, Keyframe: true, Intra: true}, nil},
	{"FU-A, inside an IDR", []byte{0x7c, 0x05, 1}, Picture{Codec: H264}, nil},
	{"FU-A, end of an IDR", []byte{0x7c, 0x45, 1}, Picture{Codec: H264, End: true}, nil},
	{"FU-A, begin of a slice", []byte{0x5c, 0x81, 1}, Picture{Codec: H264, Start: true}, nil},
	{"FU-A, begin and end", []byte{0x5c, 0xc1, 1}, Picture{Codec: H264}, ErrFormat},
	{"FU-A cut", []byte{0x5c, 0x81}, Picture{Codec: H264, NonReference: false}, ErrShort},
	{"forbidden bit", []byte{0xc1, 1}, Picture{Codec: H264}, ErrFormat},
	{"type 0", []byte{0x60, 1}, Picture{Codec: H264}, ErrFormat},
	{"FU-B", []byte{0x7d, 0x85, 1, 1, 1}, Picture{Codec: H264}, ErrFormat},
}

func TestParseH264(t *testing.T) {
	for _, tc := range h264Cases {
		t.Run(tc.name, func(t *testing.T) {
			got, err := ParseH264(tc.in)
			if !errors.Is(err, tc.err) {
				t.Fatalf("error %v, want %v", err, tc.err)
			}
			if d := cmp.Diff(tc.want, got, cmpopts.IgnoreUnexported(Picture{})); d != "" {
				t.Error(d)
			}
		})
	}
}

func FuzzParseH264(f *testing.F) {
	for _, tc := range h264Cases {
		f.Add(tc.in)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		was := bytes.Clone(in)
		v, err := ParseH264(in)
		if err != nil {
			return
		}
		if v.Keyframe && !v.Start {
			t.Fatalf("a keyframe that begins in its middle: %+v", v)
		}
		v.Rewrite(in, 1, 2, 3)
		if !bytes.Equal(in, was) {
			t.Fatal("rewriting touched what has no numbers")
		}
	})
}
