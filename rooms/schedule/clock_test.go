package schedule_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sangdam/rooms/schedule"
)

var start = time.Date(2021, 11, 1, 1, 0, 0, 0, time.UTC)

// at is an instant as minutes and seconds from the start of the consultation,
// which lasts 60 minutes.
func at(minutes float64) time.Time {
	return start.Add(time.Duration(minutes * float64(time.Minute)))
}

func meeting() schedule.Consultation {
	return schedule.Consultation{
		ID: "S01", Start: start, End: at(60), Booth: "B1", Firm: "F1", Buyer: "Y1", Interpreter: "I1",
	}
}

func TestClock_Phases(t *testing.T) {
	both := schedule.Facts{Firm: true, Buyer: true}
	needed := func(minute float64) schedule.Facts {
		return schedule.Facts{Firm: true, Buyer: true, NeededAt: at(minute)}
	}
	for _, tt := range []struct {
		name    string
		facts   schedule.Facts
		now     float64
		phase   schedule.Phase
		overrun bool
		closes  float64 // 0: not known
		next    float64 // 0: never
	}{
		{"doors are shut", schedule.Facts{}, -15.01, schedule.PhaseScheduled, false, 0, -15},
		{"doors open on the instant", schedule.Facts{}, -15, schedule.PhaseOpen, false, 0, 55},
		{"an interpreter alone is no side", schedule.Facts{}, 10, schedule.PhaseOpen, false, 0, 55},
		{"one side waits", schedule.Facts{Firm: true}, -10, schedule.PhaseWaiting, false, 0, 55},
		{"both sides before the start are live", both, -1, schedule.PhaseLive, false, 0, 55},
		{"live", both, 30, schedule.PhaseLive, false, 0, 55},
		{"the next instant may be a warning", both, 55, schedule.PhaseLive, false, 0, 58},
		{"closing", both, 58, schedule.PhaseClosing, false, 0, 59},
		{"one side waits to the end", schedule.Facts{Buyer: true}, 59, schedule.PhaseWaiting, false, 0, 60},
		{"one side alone ends at the end", schedule.Facts{Buyer: true}, 60, schedule.PhaseEnded, false, 0, 0},
		{"nobody ends at the end", schedule.Facts{}, 60, schedule.PhaseEnded, false, 0, 0},
		{"people talk on when nobody is needed", both, 60, schedule.PhaseClosing, true, 0, 118},
		{"at the longest overrun a farewell runs", both, 118, schedule.PhaseClosing, true, 120, 120},
		{"overrun has a bound", both, 120, schedule.PhaseEnded, false, 0, 0},
		{"needed at once: farewell from the end", needed(60), 60, schedule.PhaseClosing, true, 62, 62},
		{"needed within changeover and farewell: farewell from the end", needed(64), 60.5, schedule.PhaseClosing, true, 62, 62},
		{"the farewell is over", needed(64), 62, schedule.PhaseEnded, false, 0, 0},
		{"needed later: people talk on", needed(80), 60, schedule.PhaseClosing, true, 0, 75},
		{"needed later: farewell before the changeover", needed(80), 75, schedule.PhaseClosing, true, 77, 77},
		{"needed later: free for the changeover", needed(80), 77, schedule.PhaseEnded, false, 0, 0},
		{"needed after the longest overrun", needed(300), 119, schedule.PhaseClosing, true, 120, 120},
		{"a conflict inside the window does not cut it", needed(30), 45, schedule.PhaseLive, false, 0, 55},
		{"a conflict inside the window leaves the farewell", needed(30), 61, schedule.PhaseClosing, true, 62, 62},
		{"an extension moves the end", schedule.Facts{Firm: true, Buyer: true, ExtendedTo: at(90)}, 60, schedule.PhaseLive, false, 0, 85},
		{"an extension is no shortening", schedule.Facts{Firm: true, Buyer: true, ExtendedTo: at(20)}, 50, schedule.PhaseLive, false, 0, 55},
		{"a hold keeps an empty room", schedule.Facts{HoldUntil: at(61)}, 60.5, schedule.PhaseClosing, true, 0, 61},
		{"a hold ends", schedule.Facts{HoldUntil: at(61)}, 61, schedule.PhaseEnded, false, 0, 0},
		{"a hold does not go past the close", schedule.Facts{HoldUntil: at(70), NeededAt: at(60)}, 62, schedule.PhaseEnded, false, 0, 0},
		{"ended stays ended", schedule.Facts{Firm: true, Buyer: true, EndedAt: at(20)}, 30, schedule.PhaseEnded, false, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k, next := meeting().Clock(schedule.Policy{}, tt.facts, at(tt.now))
			if k.Phase != tt.phase || k.Overrun != tt.overrun {
				t.Errorf("phase %s overrun %v, want %s %v", k.Phase, k.Overrun, tt.phase, tt.overrun)
			}
			if want := orZero(tt.closes); !k.ClosesAt.Equal(want) {
				t.Errorf("closes at %v, want %v", k.ClosesAt, want)
			}
			if want := orZero(tt.next); !next.Equal(want) {
				t.Errorf("next %v, want %v", next.Sub(start), want.Sub(start))
			}
			if !k.OpensAt.Equal(at(-15)) || !k.StartsAt.Equal(start) {
				t.Errorf("opens %v starts %v", k.OpensAt, k.StartsAt)
			}
		})
	}
}

func orZero(minute float64) time.Time {
	if minute == 0 {
		return time.Time{}
	}
	return at(minute)
}

func TestClock_CancelledIsCancelledAtAnyTime(t *testing.T) {
	c := meeting()
	c.Cancelled = true
	for _, m := range []float64{-100, -15, 0, 60, 1000} {
		k, next := c.Clock(schedule.Policy{}, schedule.Facts{Firm: true, Buyer: true}, at(m))
		if k.Phase != schedule.PhaseCancelled || !next.IsZero() {
			t.Errorf("minute %v: %s, next %v", m, k.Phase, next)
		}
	}
}

func TestWarningDue_EachOnceAndTheLastOfSeveral(t *testing.T) {
	c, p, f := meeting(), schedule.Policy{}, schedule.Facts{}
	for _, tt := range []struct {
		from, to float64
		minutes  int
		due      bool
	}{
		{54, 54.99, 0, false},
		{54, 55, 5, true},
		{55, 56, 0, false}, // told before
		{57, 58, 2, true},
		{58.5, 59, 1, true},
		{50, 59.5, 1, true}, // a clock that slept
		{59, 70, 0, false},
	} {
		minutes, due := c.WarningDue(p, f, at(tt.from), at(tt.to))
		if minutes != tt.minutes || due != tt.due {
			t.Errorf("from %v to %v: %d %v, want %d %v", tt.from, tt.to, minutes, due, tt.minutes, tt.due)
		}
	}
	f.ExtendedTo = at(90)
	if m, due := c.WarningDue(p, f, at(84), at(85)); !due || m != 5 {
		t.Errorf("after an extension: %d %v, want 5 true", m, due)
	}
	if _, due := c.WarningDue(schedule.Policy{Warnings: []time.Duration{}}, f, at(0), at(100)); due {
		t.Error("a policy without warnings warned")
	}
	if m, _ := c.WarningDue(schedule.Policy{Warnings: []time.Duration{90 * time.Second}}, schedule.Facts{}, at(58), at(59)); m != 2 {
		t.Errorf("90 s are told as %d minutes, want 2", m)
	}
}

// TestClock_Properties walks through time with facts that change at will, as a
// room does: it latches the end and wakes when the clock says so.
func TestClock_Properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minutes := rapid.IntRange(-30, 200)
		maybe := func(label string) time.Time {
			if rapid.Bool().Draw(t, label+"?") {
				return at(float64(minutes.Draw(t, label)))
			}
			return time.Time{}
		}
		span := func(label string, max int) time.Duration {
			return time.Duration(rapid.IntRange(0, max).Draw(t, label)) * time.Second
		}
		p := schedule.Policy{
			Doors: span("doors", 1800), Closing: span("closing", 600), Farewell: span("farewell", 600),
			Changeover: span("changeover", 900), MaxOverrun: span("overrun", 7200),
		}
		full := p.WithDefaults()
		f := schedule.Facts{NeededAt: maybe("needed"), ExtendedTo: maybe("extended"), HoldUntil: maybe("hold")}
		c := meeting()
		now := at(float64(minutes.Draw(t, "now")))
		for i := 0; ; i++ {
			f.Firm, f.Buyer = rapid.Bool().Draw(t, "firm"), rapid.Bool().Draw(t, "buyer")
			k, next := c.Clock(p, f, now)
			if k.Phase == schedule.PhaseEnded {
				if !next.IsZero() {
					t.Fatalf("ended, but something comes at %v", next)
				}
				if now.Before(k.EndsAt) {
					t.Fatalf("ended at %v, before its end %v", now, k.EndsAt)
				}
				f.EndedAt, f.Firm, f.Buyer = now, true, true
				if k, _ := c.Clock(p, f, now.Add(-time.Hour)); k.Phase != schedule.PhaseEnded {
					t.Fatalf("went back from ended to %s", k.Phase)
				}
				return
			}
			if !next.After(now) {
				t.Fatalf("next %v is not after now %v in %s", next, now, k.Phase)
			}
			if !k.ClosesAt.IsZero() && !k.ClosesAt.After(now) {
				t.Fatalf("open at %v, but closes at %v", now, k.ClosesAt)
			}
			if now.After(k.EndsAt.Add(full.MaxOverrun)) {
				t.Fatalf("open at %v, past the longest overrun", now)
			}
			if k.Overrun != !now.Before(k.EndsAt) {
				t.Fatalf("overrun is %v at %v, end %v", k.Overrun, now, k.EndsAt)
			}
			before, _ := c.Clock(p, f, next.Add(-1))
			if before != k {
				t.Fatalf("the clock changed before its next instant: %+v to %+v", k, before)
			}
			if i > 100 {
				t.Fatal("no end in sight")
			}
			now = next
		}
	})
}

func TestPolicy_ZeroFieldsMeanDefaults(t *testing.T) {
	p := schedule.Policy{Doors: time.Minute, Warnings: []time.Duration{}}.WithDefaults()
	want := schedule.DefaultPolicy()
	want.Doors, want.Warnings = time.Minute, []time.Duration{}
	if p.Doors != want.Doors || p.Grace != want.Grace || p.Changeover != want.Changeover ||
		p.Farewell != want.Farewell || p.MaxOverrun != want.MaxOverrun || p.ShortUnder != want.ShortUnder ||
		!slices.Equal(p.Warnings, want.Warnings) {
		t.Fatalf("got %+v, want %+v", p, want)
	}
	if got := (schedule.Policy{}).WithDefaults().Warnings; !slices.Equal(got, schedule.DefaultPolicy().Warnings) {
		t.Fatalf("warnings %v", got)
	}
}
