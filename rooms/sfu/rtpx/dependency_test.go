package rtpx

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// bitWriter builds descriptors.
type bitWriter struct {
	b  []byte
	at int
}

func (w *bitWriter) put(value uint32, n int) {
	for i := n - 1; i >= 0; i-- {
		if w.at%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[w.at/8] |= byte(value>>i&1) << (7 - w.at%8)
		w.at++
	}
}

func (w *bitWriter) flags(on ...bool) {
	for _, f := range on {
		v := uint32(0)
		if f {
			v = 1
		}
		w.put(v, 1)
	}
}

// head is the mandatory fields.
func head(start, end bool, template, frame uint32) *bitWriter {
	w := &bitWriter{}
	w.flags(start, end)
	w.put(template, 6)
	w.put(frame, 16)
	return w
}

// announce appends the structure of so many layers, one template each, the first of
// which refers to nothing; offset is its id.
func (w *bitWriter) announce(offset uint32, spatials, temporals int) {
	w.flags(true, false, false, false, false)
	w.put(offset, 6)
	targets := spatials * temporals
	w.put(uint32(targets-1), 5)
	for s := range spatials {
		for t := range temporals {
			switch {
			case s == spatials-1 && t == temporals-1:
				w.put(3, 2)
			case t == temporals-1:
				w.put(2, 2)
			default:
				w.put(1, 2)
			}
		}
	}
	for range targets * targets {
		w.put(2, 2)
	}
	for i := range targets {
		if i > 0 {
			w.put(1, 1)
			w.put(uint32(i%16), 4)
		}
		w.put(0, 1)
	}
	w.bounded(uint32(spatials), uint32(targets+1)) // a chain a spatial layer
	for i := range targets {
		w.bounded(uint32(i/temporals), uint32(spatials))
	}
	for range targets * spatials {
		w.put(1, 4)
	}
	w.put(1, 1)
	for range spatials {
		w.put(639, 16)
		w.put(359, 16)
	}
}

// bounded is ns(n).
func (w *bitWriter) bounded(v, n uint32) {
	bits := 0
	for x := n; x != 0; x >>= 1 {
		bits++
	}
	m := uint32(1)<<bits - n
	if v < m {
		w.put(v, bits-1)
	} else {
		extra := v + m
		w.put(extra, bits)
	}
}

func TestStructure_TellsLayersByTemplates(t *testing.T) {
	var s Structure
	if _, err := s.Read(head(true, true, 0, 1).b); !errors.Is(err, ErrFormat) {
		t.Fatalf("a frame of an unknown structure: %v", err)
	}
	key := head(true, false, 60, 7)
	key.announce(60, 2, 3)
	d, err := s.Read(key.b)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Dependency{Start: true, Frame: 7, Intra: true, Announces: true}); d != want {
		t.Errorf("keyframe %+v, want %+v", d, want)
	}
	if s.templates == 0 || !s.Scalable() {
		t.Error("two spatial layers are not seen")
	}
	for template, want := range map[uint32]Dependency{
		61: {Frame: 8, End: true, Temporal: 1},
		63: {Frame: 8, End: true, Spatial: 1}, // ids go round
		1:  {Frame: 8, End: true, Spatial: 1, Temporal: 2},
	} {
		got, err := s.Read(head(false, true, template, 8).b)
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Errorf("template %d: %v %s", template, err, d)
		}
	}
	if _, err := s.Read(head(false, true, 2, 8).b); !errors.Is(err, ErrFormat) {
		t.Errorf("a template that is not there: %v", err)
	}
}

func TestStructure_FramesMayReferToOthersThanTheirTemplates(t *testing.T) {
	var s Structure
	key := head(true, true, 0, 7)
	key.announce(0, 1, 2)
	if _, err := s.Read(key.b); err != nil {
		t.Fatal(err)
	}
	if s.Scalable() {
		t.Error("temporal layers are no spatial ones")
	}
	w := head(true, true, 1, 8)
	w.flags(false, true, true, true, true) // active targets, own DTIs, references, chains
	w.put(3, 2)
	w.put(0, 4)
	w.put(0, 2) // no reference
	w.put(1, 8)
	got, err := s.Read(w.b)
	if err != nil || !got.Intra || got.Temporal != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	w = head(true, true, 0, 8)
	w.flags(false, false, false, true, false)
	w.put(2, 2)
	w.put(200, 8)
	w.put(0, 2)
	if got, err = s.Read(w.b); err != nil || got.Intra {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestStructure_MalformedOnesChangeNothing(t *testing.T) {
	var s Structure
	key := head(true, false, 0, 7)
	key.announce(0, 3, 2)
	if _, err := s.Read(key.b); err != nil {
		t.Fatal(err)
	}
	was := s
	for n := range key.b {
		if _, err := s.Read(key.b[:n]); err == nil && n > leastDependency {
			t.Errorf("read %d of %d bytes", n, len(key.b))
		}
		if s != was {
			t.Fatalf("%d bytes changed what was known", n)
		}
	}
	endless := head(true, false, 0, 7)
	endless.flags(true, false, false, false, false)
	endless.put(0, 11)
	for range 200 {
		endless.put(0, 2) // one more template, and one more
	}
	if _, err := s.Read(endless.b); err == nil || s != was {
		t.Errorf("more templates than ids: %v", err)
	}
}

func TestStructure_AllLayerings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spatials, temporals := rapid.IntRange(1, 4).Draw(t, "spatials"), rapid.IntRange(1, 4).Draw(t, "temporals")
		offset := rapid.Uint32Range(0, 63).Draw(t, "offset")
		frame := rapid.Uint16().Draw(t, "frame")
		n := rapid.IntRange(0, spatials*temporals-1).Draw(t, "template")
		w := head(true, true, (offset+uint32(n))%64, uint32(frame))
		w.announce(offset, spatials, temporals)
		var s Structure
		got, err := s.Read(w.b)
		want := Dependency{
			Start: true, End: true, Frame: frame, Spatial: uint8(n / temporals), Temporal: uint8(n % temporals), Intra: n == 0, Announces: true,
		}
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Fatalf("%v %s", err, d)
		}
		PutFrame(w.b, frame+999)
		if again, err := s.Read(w.b); err != nil || again.Frame != frame+999 || again.Spatial != want.Spatial {
			t.Fatalf("after another number: %+v, %v", again, err)
		}
	})
}

func FuzzStructure(f *testing.F) {
	for _, layers := range [][2]int{{1, 1}, {1, 3}, {2, 1}, {3, 3}, {4, 2}} {
		w := head(true, false, 5, 77)
		w.announce(5, layers[0], layers[1])
		f.Add(w.b, head(false, true, 6, 78).b)
	}
	f.Add([]byte{0x80, 0, 1}, []byte{})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var s Structure
		for _, in := range [][]byte{first, second, first} {
			was, before := bytes.Clone(in), s
			d, err := s.Read(in)
			if err != nil && s != before {
				t.Fatal("a malformed descriptor changed what was known")
			}
			if err == nil && (d.Spatial > 3 || d.Temporal > 7 || int(s.templates) > maxTemplates) {
				t.Fatalf("%+v", d)
			}
			if !bytes.Equal(in, was) {
				t.Fatal("reading wrote")
			}
			PutFrame(in, 0xaaaa)
			if len(in) >= 3 && !bytes.Equal(in[3:], was[3:]) {
				t.Fatal("touched more than the number")
			}
		}
	})
}
