package rtpx

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestRED_WhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pt := rapid.Uint8Range(0, 127).Draw(t, "pt")
		var older []Redundant
		for range rapid.IntRange(0, MaxRedundant).Draw(t, "blocks") {
			older = append(older, Redundant{
				Offset:  rapid.Uint32Range(1, maxRedOffset).Draw(t, "offset"),
				Payload: rapid.SliceOfN(rapid.Byte(), 1, maxRedLength).Draw(t, "payload"),
			})
		}
		primary := rapid.SliceOfN(rapid.Byte(), 0, 1200).Draw(t, "primary")
		gotPT, gotPrimary, gotOlder, err := ParseRED(AppendRED(nil, pt, older, primary), nil)
		if err != nil || gotPT != pt || !bytes.Equal(gotPrimary, primary) || len(gotOlder) != len(older) {
			t.Fatalf("pt %d, %d bytes, %d older, %v", gotPT, len(gotPrimary), len(gotOlder), err)
		}
		for i := range older {
			if gotOlder[i].Offset != older[i].Offset || !bytes.Equal(gotOlder[i].Payload, older[i].Payload) {
				t.Fatalf("block %d differs", i)
			}
		}
	})
}

func TestRED_LeavesOutWhatTheFormatHasNoRoomFor(t *testing.T) {
	out := AppendRED(nil, 111, []Redundant{
		{Offset: maxRedOffset + 1, Payload: []byte{1}},
		{Offset: 960, Payload: make([]byte, maxRedLength+1)},
		{Offset: 0, Payload: []byte{2}},
		{Offset: 960, Payload: nil},
	}, []byte{7, 8})
	if !bytes.Equal(out, []byte{111, 7, 8}) {
		t.Errorf("% x", out)
	}
}

func TestRED_LiesAreRefused(t *testing.T) {
	for name, payload := range map[string][]byte{
		"empty":                {},
		"no primary header":    {0x80 | 111, 0, 0, 0},
		"cut inside a header":  {0x80 | 111, 15, 0},
		"longer than the rest": {0x80 | 111, 0x0f, 0x00, 200, 111, 1, 2, 3},
		"too many blocks":      append(bytes.Repeat([]byte{0x80 | 111, 0x0f, 0x00, 1}, MaxRedundant+1), 111, 1, 2, 3, 4, 5, 6),
	} {
		if _, _, _, err := ParseRED(payload, nil); !errors.Is(err, ErrRED) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRED_ABlockOfAnotherTypeKeepsItsPlaceEmpty(t *testing.T) {
	payload := []byte{0x80 | 9, 0x0f, 0x00, 2, 111, 1, 1, 5, 6}
	pt, primary, older, err := ParseRED(payload, nil)
	if err != nil || pt != 111 || !bytes.Equal(primary, []byte{5, 6}) || len(older) != 1 || len(older[0].Payload) != 0 {
		t.Errorf("%d % x %v %v", pt, primary, older, err)
	}
}

func FuzzRED(f *testing.F) {
	f.Add(AppendRED(nil, 111, []Redundant{{960, []byte{1, 2}}, {480, []byte{3}}}, []byte{4, 5, 6}))
	f.Add([]byte{0x80 | 111, 0xff, 0xff, 0xff, 111})
	f.Add([]byte{111})
	f.Fuzz(func(t *testing.T, payload []byte) {
		pt, primary, older, err := ParseRED(payload, nil)
		if err != nil {
			return
		}
		total := len(primary)
		for _, r := range older {
			total += len(r.Payload)
		}
		if total >= len(payload) || len(older) > MaxRedundant {
			t.Fatalf("%d bytes out of %d, %d blocks", total, len(payload), len(older))
		}
		again, p, o, err := ParseRED(AppendRED(nil, pt, older, primary), nil)
		if err != nil || again != pt || !bytes.Equal(p, primary) || len(o) > len(older) {
			t.Fatalf("does not come back: %v", err)
		}
	})
}
