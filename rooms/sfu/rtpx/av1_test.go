package rtpx

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pion/rtp/codecs"
)

var av1Cases = []struct {
	name string
	in   []byte
	want Picture
	err  error
}{
	{"no payload", nil, Picture{Codec: AV1}, ErrEmpty},
	{"header alone", []byte{0x10}, Picture{Codec: AV1, Size: 1}, ErrEmpty},
	{"one OBU", []byte{0x10, 0x30, 1}, Picture{Codec: AV1, Start: true, Size: 1}, nil},
	{"first of a sequence", []byte{0x28, 2, 0x08, 1, 0x30, 1}, Picture{Codec: AV1, Start: true, Keyframe: true, Intra: true, Size: 1}, nil},
	{"continues", []byte{0x90, 1, 2}, Picture{Codec: AV1, Size: 1}, nil},
	{"a sequence that continues", []byte{0x98, 1, 2}, Picture{Codec: AV1}, ErrFormat},
	{"all with lengths", []byte{0x00, 1, 7, 2, 8, 9}, Picture{Codec: AV1, Start: true, Size: 1}, nil},
	{"empty elements", []byte{0x00, 0, 0}, Picture{Codec: AV1, Start: true, Size: 1}, nil},
	{"length past the end", []byte{0x20, 9, 1}, Picture{Codec: AV1}, ErrShort},
	{"length without end", []byte{0x20, 0x80, 0x80}, Picture{Codec: AV1}, ErrShort},
	{"huge length", []byte{0x20, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, Picture{Codec: AV1}, ErrShort},
	{"fewer elements than told", []byte{0x30, 1, 7}, Picture{Codec: AV1}, ErrShort},
}

func TestParseAV1(t *testing.T) {
	for _, tc := range av1Cases {
		t.Run(tc.name, func(t *testing.T) {
			got, err := ParseAV1(tc.in)
			if !errors.Is(err, tc.err) {
				t.Fatalf("error %v, want %v", err, tc.err)
			}
			if d := cmp.Diff(tc.want, got, cmpopts.IgnoreUnexported(Picture{})); d != "" {
				t.Error(d)
			}
		})
	}
}

func FuzzParseAV1(f *testing.F) {
	for _, tc := range av1Cases {
		f.Add(tc.in)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		was := bytes.Clone(in)
		v, err := ParseAV1(in)
		if err != nil {
			return
		}
		// Pion's parser is the second opinion: it refuses empty elements, and no more.
		var d codecs.AV1Depacketizer
		if _, err := d.Unmarshal(bytes.Clone(in)); err == nil && (d.N != v.Keyframe || d.Z == v.Start) {
			t.Fatalf("%+v, Pion Z %v N %v", v, d.Z, d.N)
		}
		v.Rewrite(in, 1, 2, 3)
		if !bytes.Equal(in, was) {
			t.Fatal("rewriting touched what has no numbers")
		}
	})
}
