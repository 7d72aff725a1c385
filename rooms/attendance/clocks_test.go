package attendance

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sangdam/rooms/schedule"
)

// two is a firm from 0 to 40 and a buyer from 2 to 39, as one node wrote it.
func two() []schedule.Entry {
	return []schedule.Entry{
		say(0, in, firm, "f"), say(0.1, schedule.EntrySourceFlowing, firm, "f"), say(2, in, buyer, "b"), say(2.1, schedule.EntrySourceFlowing, buyer, "b"),
		say(20, away, buyer, "b"), say(21, back, buyer, "b"), say(39, out, buyer, "b", schedule.LeftByChoice), say(40, out, firm, "f", schedule.LeftEnded),
	}
}

// TestDerive_AClockThatJumpsMakesNoAbsurdInterval: what was written while a
// clock was hours off is put where its order says.
func TestDerive_AClockThatJumpsMakesNoAbsurdInterval(t *testing.T) {
	for _, tt := range []struct {
		name     string
		from, to int           // entries that are off
		by       time.Duration // of the clock
		together float64       // minutes
		within   float64       // of that
	}{
		{"nothing", 0, 0, 0, 37, 0},
		{"one leaves in four hours", 6, 7, 4 * time.Hour, 37, 1},
		{"one leaves four hours ago", 6, 7, -4 * time.Hour, 37, 19},
		{"a join four hours ago", 2, 3, -4 * time.Hour, 37, 2},
		{"a join in four hours", 2, 3, 4 * time.Hour, 37, 1},
		{"the clock was ahead and is set right", 0, 4, 4 * time.Hour, 37, 18.1},
		{"the clock falls behind near the end", 6, 8, -4 * time.Hour, 37, 18.1},
		// No order is broken: who was there over the leap was there as long as is known.
		{"the clock leaps ahead and stays there", 6, 8, 4 * time.Hour, 0, 0.1},
		{"the clock was behind and is set right", 0, 2, -4 * time.Hour, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			es := two()
			for i := tt.from; i < tt.to; i++ {
				es[i].At = es[i].At.Add(tt.by)
			}
			a := Derive(fair(), es, at(300))[0]
			for _, s := range a.Seats {
				for _, iv := range s.Intervals {
					if d := iv.To.Sub(iv.From); d < 0 || d > 2*time.Hour || iv.Open {
						t.Errorf("%s: %+v", s.Seat, iv)
					}
				}
			}
			if math.Abs(a.Together/60-tt.together) > tt.within+0.01 {
				t.Errorf("together %.2f min, want %.2f within %.2f", a.Together/60, tt.together, tt.within)
			}
		})
	}
}

func TestDerive_AStayThatALeapCutsSaysSo(t *testing.T) {
	es := two()
	es[7].At = at(40).Add(5 * time.Hour)
	a := Derive(fair(), es, at(600))[0]
	f := seatOf(t, a, firm).Intervals[0]
	if !f.Leapt || f.Open || !f.To.Equal(at(0.1)) || f.Reason != schedule.LeftEnded {
		t.Errorf("%+v", f)
	}
	found := false
	for _, fact := range a.Evidence {
		found = found || fact.Kind == FactLeapt && fact.Role == firm
	}
	if !found {
		t.Errorf("no word of it in %+v", a.Evidence)
	}
}

// TestDerive_WhateverAClockDoesIntervalsStayPossible.
func TestDerive_WhateverAClockDoesIntervalsStayPossible(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		es := history(rt)
		off := time.Duration(0)
		for i := range es {
			if rapid.IntRange(0, 5).Draw(rt, "jump") == 0 {
				off = time.Duration(rapid.Int64Range(-6*3600, 6*3600).Draw(rt, "by")) * time.Second
			}
			es[i].At = es[i].At.Add(off)
		}
		a := Derive(fair(), es, base().Add(12*time.Hour))[0]
		for _, s := range a.Seats {
			if s.Present < 0 || s.Away < 0 || s.Late < 0 || s.Voice > 1 {
				rt.Fatalf("%+v", s)
			}
			for _, iv := range s.Intervals {
				// 15 min of doors, 40 of the window, an hour over it, the farewell
				if d := iv.To.Sub(iv.From); d < 0 || d > 2*time.Hour {
					rt.Fatalf("%s: %v: %+v", s.Seat, d, iv)
				}
			}
		}
	})
}

// TestMend_LeavesARightClockAlone: entries that are written late, as an absence
// is, are not a wrong clock.
func TestMend_LeavesARightClockAlone(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var es []schedule.Entry
		now := base()
		for i := range rapid.IntRange(1, 60).Draw(rt, "n") {
			now = now.Add(time.Duration(rapid.IntRange(0, 7200).Draw(rt, "s")) * time.Second)
			e := say(0, away, buyer, fmt.Sprint(i))
			e.At = now.Add(-time.Duration(rapid.IntRange(0, 299).Draw(rt, "late")) * time.Second)
			es = append(es, e)
		}
		for i, e := range mend(es, backdated) {
			if !e.At.Equal(es[i].At) {
				rt.Fatalf("entry %d of %d: %v became %v", i, len(es), es[i].At, e.At)
			}
		}
	})
}

func TestDerive_AnOpenIntervalEndsWithItsRoomOrItsNode(t *testing.T) {
	lost := []schedule.Entry{say(0, in, firm, "f"), say(0, in, buyer, "b"), say(10, schedule.EntrySourceFlowing, firm, "f")}
	ended := schedule.Entry{At: at(40), Event: "e", Kind: schedule.EntryPhase, Consultation: "S20", Node: "n2", Detail: string(schedule.PhaseEnded)}
	again := schedule.Entry{At: at(500), Event: "e", Kind: schedule.EntryNodeStarted, Node: "n1", Detail: "2"}
	for _, tt := range []struct {
		name   string
		last   schedule.Entry
		to     float64
		reason schedule.LeaveReason
	}{
		{"the room ended elsewhere", ended, 40, schedule.LeftEnded},
		{"its node was started anew", again, 10, schedule.LeftNodeDied},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := Derive(fair(), append(lost[:3:3], tt.last), at(90))[0]
			for _, r := range []schedule.Role{firm, buyer} {
				if iv := seatOf(t, a, r).Intervals[0]; iv.Open || !iv.To.Equal(at(tt.to)) || iv.Reason != tt.reason {
					t.Errorf("%s: %+v", r, iv)
				}
			}
		})
	}
	if b := seatOf(t, Derive(fair(), append(lost[:3:3], again, say(500.1, schedule.EntrySeatBack, buyer, "b")), at(501))[0], buyer); !b.Intervals[0].Leapt && !b.Intervals[0].Open {
		t.Errorf("heard of after its node's start, and not there: %+v", b)
	}
}
