package lean

import (
	"testing"
	"time"
)

const ms = time.Millisecond

func TestStream_WhatIsMissingIsAskedForAndThenLost(t *testing.T) {
	s := &stream{picture: true}
	for _, seq := range []uint16{65534, 65535, 2} { // 0 and 1 are missing
		if _, fresh := s.place(seq, 0, false); !fresh {
			t.Fatalf("%d is not new", seq)
		}
	}
	if ask, lost := s.missing(5*ms, nil); len(ask) != 0 || lost != 0 {
		t.Errorf("what may only have been overtaken is asked for: %v", ask)
	}
	if ask, _ := s.missing(20*ms, nil); len(ask) != 2 || ask[0] != 0 || ask[1] != 1 {
		t.Errorf("asked for %v", ask)
	}
	if ask, _ := s.missing(40*ms, nil); len(ask) != 0 {
		t.Errorf("asked again too soon for %v", ask)
	}
	if _, fresh := s.place(0, 50*ms, true); !fresh {
		t.Error("what was missing is not new")
	}
	if _, fresh := s.place(0, 51*ms, true); fresh {
		t.Error("what came twice is new twice")
	}
	if ask, _ := s.missing(90*ms, nil); len(ask) != 1 || ask[0] != 1 {
		t.Errorf("asked again for %v", ask)
	}
	if _, lost := s.missing(1100*ms, nil); lost != 1 || !s.wantsKey {
		t.Errorf("%d lost, a keyframe is wanted: %v", lost, s.wantsKey)
	}
	if _, fresh := s.place(1, 1200*ms, false); fresh {
		t.Error("what is counted as lost came")
	}
	b, ok := s.block(time.Second)
	if !ok || b.TotalLost != 1 || b.FractionLost != 256/5 || uint16(b.LastSequenceNumber) != 2 {
		t.Errorf("report %+v, %v", b, ok)
	}
	if _, ok := s.block(2 * time.Second); ok {
		t.Error("a stream that stands still is reported on")
	}
}

func TestStream_ALeapBeginsAnew(t *testing.T) {
	s := &stream{}
	s.place(10, 0, false)
	s.place(12, 0, false)
	if lost, fresh := s.place(5000, 0, false); !fresh || lost != 1 {
		t.Errorf("new %v, lost %d", fresh, lost)
	}
	if len(s.holes) != 0 {
		t.Errorf("%d are missing", len(s.holes))
	}
	if lost, _ := s.place(5000+900, 0, false); lost != 899-maxHoles || len(s.holes) != maxHoles {
		t.Errorf("lost %d, missing %d", lost, len(s.holes))
	}
}

func TestStream_ARepetitionBeginsNothing(t *testing.T) {
	s := &stream{picture: true}
	if _, fresh := s.place(7, 0, true); fresh || s.started {
		t.Error("a stream began with what was sent again")
	}
	s.place(7, 0, false)
	if _, fresh := s.place(30000, 0, true); fresh {
		t.Error("a leap by what was sent again")
	}
}
