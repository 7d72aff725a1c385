package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sangdam/rooms/schedule"
)

func TestQuality_AStaySavedAgainReplacesItselfAndNoOther(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s := open(t, Options{URL: url})
		at := time.Date(2021, 12, 6, 0, 0, 0, 0, time.UTC)
		stay := func(from time.Time, session string, loss float64) schedule.SeatQuality {
			return schedule.SeatQuality{
				Consultation: "S01", Seat: "S01/buyer", Session: session, From: from, To: from.Add(time.Minute), Route: "udp",
				RTTMedian: 210 * time.Millisecond, LossDown: loss, Symptoms: []schedule.SymptomTime{{Symptom: "slow_path", Seconds: 4}},
			}
		}
		must(t, s.SaveQuality(t.Context(), "e", stay(at.Add(time.Hour), "a", 0.01)))
		must(t, s.SaveQuality(t.Context(), "e", stay(at, "a", 0.02)))
		must(t, s.SaveQuality(t.Context(), "e", stay(at, "a", 0.03)))
		must(t, s.SaveQuality(t.Context(), "e", stay(at, "b", 0.04)))
		got, err := s.Quality(t.Context(), "e")
		must(t, err)
		want := []schedule.SeatQuality{stay(at, "a", 0.03), stay(at, "b", 0.04), stay(at.Add(time.Hour), "a", 0.01)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if other, err := s.Quality(t.Context(), "f"); err != nil || len(other) != 0 {
			t.Errorf("another event's: %v, %v", other, err)
		}
	})
}
