package rtpx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pion/rtp"
	"pgregory.net/rapid"
)

func packet(head byte, rest ...byte) []byte {
	b := []byte{head, 0x60, 0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 2}
	return append(b, rest...)
}

var headerCases = []struct {
	name    string
	in      []byte
	err     error
	payload []byte
	padding int
}{
	{"nothing", nil, ErrShort, nil, 0},
	{"11 bytes", make([]byte, 11), ErrShort, nil, 0},
	{"version 1", packet(0x40), ErrNotRTP, nil, 0},
	{"header alone", packet(0x80), nil, nil, 0},
	{"payload", packet(0x80, 9, 8), nil, []byte{9, 8}, 0},
	{"two CSRCs", packet(0x82, 1, 1, 1, 1, 2, 2, 2, 2, 9), nil, []byte{9}, 0},
	{"CSRCs cut", packet(0x82, 1, 1, 1, 1, 2), ErrShort, nil, 0},
	{"padding", packet(0xa0, 9, 0, 2), nil, []byte{9}, 2},
	{"padding alone", packet(0xa0, 0, 0, 3), nil, nil, 3},
	{"padding of no length", packet(0xa0, 9, 0), ErrShort, nil, 0},
	{"padding into the header", packet(0xa0, 9, 3), ErrShort, nil, 0},
	{"padding bit without bytes", packet(0xa0), ErrShort, nil, 0},
	{"extension", packet(0x90, 0xbe, 0xde, 0, 1, 0x10, 7, 0, 0, 9), nil, []byte{9}, 0},
	{"empty extension block", packet(0x90, 0xbe, 0xde, 0, 0, 9), nil, []byte{9}, 0},
	{"extension cut", packet(0x90, 0xbe, 0xde, 0, 2, 0x10, 7, 0, 0), ErrShort, nil, 0},
	{"extension header cut", packet(0x90, 0xbe), ErrShort, nil, 0},
}

func TestParseHeader(t *testing.T) {
	for _, tc := range headerCases {
		t.Run(tc.name, func(t *testing.T) {
			h, err := ParseHeader(tc.in)
			if !errors.Is(err, tc.err) {
				t.Fatalf("error %v, want %v", err, tc.err)
			}
			if err != nil {
				return
			}
			if !bytes.Equal(h.Payload(), tc.payload) || h.PaddingLen() != tc.padding {
				t.Errorf("payload % x, padding %d", h.Payload(), h.PaddingLen())
			}
			if h.PayloadType() != 0x60 || h.Sequence() != 0x1234 || h.Timestamp() != 1 || h.SSRC() != 2 || h.Marker() {
				t.Errorf("fields %d %d %d %d", h.PayloadType(), h.Sequence(), h.Timestamp(), h.SSRC())
			}
		})
	}
}

func TestHeader_Extension(t *testing.T) {
	block := func(profile uint16, words byte, b ...byte) []byte {
		return packet(0x90, append([]byte{byte(profile >> 8), byte(profile), 0, words}, b...)...)
	}
	for _, tc := range []struct {
		name string
		in   []byte
		id   uint8
		want []byte
	}{
		{"one byte, first", block(0xbede, 1, 0x10, 7, 0x21, 8), 1, []byte{7}},
		{"one byte, after padding", block(0xbede, 2, 0x10, 7, 0, 0, 0x21, 8, 9, 0), 2, []byte{8, 9}},
		{"one byte, 16 long", block(0xbede, 5, append([]byte{0x3f}, bytes.Repeat([]byte{5}, 19)...)...), 3, bytes.Repeat([]byte{5}, 16)},
		{"one byte, absent", block(0xbede, 1, 0x10, 7, 0, 0), 2, nil},
		{"one byte, 15 ends", block(0xbede, 2, 0xf0, 0, 0x10, 7, 0, 0, 0, 0), 1, nil},
		{"one byte, cut element", block(0xbede, 1, 0x13, 7, 7, 7), 1, nil},
		{"two bytes", block(0x1000, 2, 1, 2, 7, 8, 20, 1, 9, 0), 20, []byte{9}},
		{"two bytes, no value", block(0x1005, 1, 4, 0, 0, 0), 4, []byte{}},
		{"two bytes, cut", block(0x1000, 1, 1, 9, 0, 0), 1, nil},
		{"unknown profile", block(0x2000, 1, 1, 1, 7, 0), 1, nil},
		{"id 0 is padding", block(0xbede, 1, 0, 0, 0, 0), 0, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h, err := ParseHeader(tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := h.Extension(tc.id); !bytes.Equal(got, tc.want) || (got == nil) != (tc.want == nil) {
				t.Errorf("% x, want % x", got, tc.want)
			}
		})
	}
}

func TestHeader_SettersTouchTheirFieldAlone(t *testing.T) {
	b := packet(0x80, 1, 2, 3)
	h, err := ParseHeader(b)
	if err != nil {
		t.Fatal(err)
	}
	h.SetMarker(true)
	h.SetPayloadType(111)
	h.SetSequence(0xfffe)
	h.SetTimestamp(0xfffffffd)
	h.SetSSRC(0xfffffffc)
	var p rtp.Packet
	if err := p.Unmarshal(b); err != nil {
		t.Fatal(err)
	}
	want := rtp.Header{Version: 2, Marker: true, PayloadType: 111, SequenceNumber: 0xfffe, Timestamp: 0xfffffffd, SSRC: 0xfffffffc}
	if p.Version != want.Version || p.Marker != want.Marker || p.PayloadType != want.PayloadType || p.SequenceNumber != want.SequenceNumber ||
		p.Timestamp != want.Timestamp || p.SSRC != want.SSRC || !bytes.Equal(p.Payload, []byte{1, 2, 3}) {
		t.Errorf("%+v", p)
	}
	h.SetMarker(false)
	if h.Marker() || h.PayloadType() != 111 {
		t.Error("clearing the marker")
	}
}

// Pion reads what we build, whatever the extensions.
func TestAppendPacket_PionReadsIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := OutHeader{
			PayloadType: rapid.Uint8Range(0, 127).Draw(t, "pt"), Marker: rapid.Bool().Draw(t, "marker"),
			Sequence: rapid.Uint16().Draw(t, "seq"), Timestamp: rapid.Uint32().Draw(t, "ts"), SSRC: rapid.Uint32().Draw(t, "ssrc"),
		}
		var exts []Extension
		twoByte := rapid.Bool().Draw(t, "two-byte")
		used := map[uint8]bool{}
		for range rapid.IntRange(0, 5).Draw(t, "extensions") {
			e := Extension{ID: rapid.Uint8Range(1, 14).Draw(t, "id"), Data: rapid.SliceOfN(rapid.Byte(), 1, 16).Draw(t, "data")}
			if twoByte {
				e = Extension{ID: rapid.Uint8Range(1, 255).Draw(t, "id"), Data: rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "data")}
			}
			if !used[e.ID] {
				used[e.ID] = true
				exts = append(exts, e)
			}
		}
		payload := rapid.SliceOfN(rapid.Byte(), 0, 50).Draw(t, "payload")
		prefix := []byte{1, 2, 3}
		b := AppendPacket(prefix, h, exts, payload)
		if !bytes.Equal(b[:3], prefix) {
			t.Fatal("touched what was there")
		}
		var p rtp.Packet
		if err := p.Unmarshal(b[3:]); err != nil {
			t.Fatal(err)
		}
		got := OutHeader{p.PayloadType, p.Marker, p.SequenceNumber, p.Timestamp, p.SSRC}
		if d := cmp.Diff(h, got); d != "" {
			t.Fatal(d)
		}
		if !bytes.Equal(p.Payload, payload) {
			t.Fatalf("payload % x", p.Payload)
		}
		own, err := ParseHeader(b[3:])
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range exts {
			if !bytes.Equal(p.GetExtension(e.ID), e.Data) || !bytes.Equal(own.Extension(e.ID), e.Data) {
				t.Fatalf("extension %d: % x, ours % x, want % x", e.ID, p.GetExtension(e.ID), own.Extension(e.ID), e.Data)
			}
		}
	})
}

func TestAppendPacket_LeavesOutWhatCannotBeWritten(t *testing.T) {
	b := AppendPacket(nil, OutHeader{}, []Extension{{ID: 0, Data: []byte{1}}, {ID: 1, Data: make([]byte, 256)}}, []byte{9})
	if len(b) != headerSize+1 || b[0] != 0x80 {
		t.Errorf("% x", b)
	}
}

// RFC 4588 section 4: the original sequence number, then the original payload.
func TestAppendRTX(t *testing.T) {
	b := AppendRTX(nil, OutHeader{PayloadType: 97, Marker: true, Sequence: 5, Timestamp: 6, SSRC: 7}, []Extension{{ID: 3, Data: []byte{1, 2}}}, 0xfffe, []byte{9, 8})
	var p rtp.Packet
	if err := p.Unmarshal(b); err != nil {
		t.Fatal(err)
	}
	if p.PayloadType != 97 || !p.Marker || p.SequenceNumber != 5 || p.Timestamp != 6 || p.SSRC != 7 || !bytes.Equal(p.GetExtension(3), []byte{1, 2}) {
		t.Errorf("header %+v", p.Header)
	}
	if binary.BigEndian.Uint16(p.Payload) != 0xfffe || !bytes.Equal(p.Payload[2:], []byte{9, 8}) {
		t.Errorf("payload % x", p.Payload)
	}
}

func FuzzParseHeader(f *testing.F) {
	for _, tc := range headerCases {
		f.Add(tc.in)
	}
	f.Add(AppendPacket(nil, OutHeader{PayloadType: 96}, []Extension{{ID: 1, Data: []byte{1}}, {ID: 20, Data: []byte{2}}}, []byte{1}))
	f.Fuzz(func(t *testing.T, in []byte) {
		h, err := ParseHeader(bytes.Clone(in))
		if err != nil {
			return
		}
		if h.PayloadOffset()+len(h.Payload())+h.PaddingLen() != len(in) {
			t.Fatalf("offset %d + payload %d + padding %d of %d", h.PayloadOffset(), len(h.Payload()), h.PaddingLen(), len(in))
		}
		var p rtp.Packet
		pionReads := p.Unmarshal(bytes.Clone(in)) == nil
		if pionReads && !bytes.Equal(p.Payload, h.Payload()) {
			t.Fatalf("payload % x, Pion % x", h.Payload(), p.Payload)
		}
		for id := range 256 {
			h.Extension(uint8(id))
		}
		h.SetSequence(1)
		h.SetTimestamp(2)
		h.SetSSRC(3)
		h.SetPayloadType(4)
		h.SetMarker(true)
		if again, err := ParseHeader(h.raw); err != nil || again.PayloadOffset() != h.PayloadOffset() {
			t.Fatalf("after setting: %v", err)
		}
	})
}

func BenchmarkAppendPacket(b *testing.B) {
	dst := make([]byte, 0, 1500)
	payload := make([]byte, 1100)
	twcc := []byte{0, 0}
	b.ReportAllocs()
	for b.Loop() {
		exts := [1]Extension{{ID: 3, Data: twcc}}
		dst = AppendPacket(dst[:0], OutHeader{PayloadType: 96, SSRC: 1}, exts[:], payload)
	}
}

func BenchmarkParseHeader(b *testing.B) {
	p := AppendPacket(nil, OutHeader{PayloadType: 96}, []Extension{{ID: 1, Data: []byte{1}}, {ID: 3, Data: []byte{1, 2}}}, make([]byte, 1100))
	b.ReportAllocs()
	for b.Loop() {
		h, err := ParseHeader(p)
		if err != nil || h.Extension(3) == nil {
			b.Fatal(err)
		}
	}
}
