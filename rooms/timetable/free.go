package timetable

import (
	"time"

	"sangdam/rooms/schedule"
)

// Slot is a window in which all that a consultation needs are free.
type Slot struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// grid is what free times are looked for on.
const grid = 10 * time.Minute

// FreeTimes finds the next n windows, not before the given time and as long as
// the consultation, in which its booth, firm, buyer and interpreter are all
// free with the policy's gap on both sides. They lie on the event's days,
// within the hours in which it has consultations, in the buyer's 07:00–22:00,
// and do not overlap one another.
func FreeTimes(e *schedule.Event, id schedule.ConsultationID, after time.Time, n int) []Slot {
	out := []Slot{}
	c, ok := e.Consultation(id)
	if !ok {
		return out
	}
	center, gap, length := zoneOf(e.Zone), gapOf(e.Policy), c.End.Sub(c.Start)
	buyer, _ := e.Buyer(c.Buyer)
	zone := zoneOf(buyer.Zone)
	var busy []schedule.Consultation
	first, last := c.Start, c.End
	opens, closes := 24*time.Hour, time.Duration(0)
	for _, o := range e.Consultations {
		if o.Start.Before(first) {
			first = o.Start
		}
		if o.End.After(last) {
			last = o.End
		}
		opens, closes = min(opens, sinceMidnight(o.Start.In(center))), max(closes, sinceMidnight(o.End.In(center)))
		if o.ID != id && !o.Cancelled && len(common(c, o)) > 0 {
			busy = append(busy, o)
		}
	}
	date := func(t time.Time) time.Time {
		y, m, d := t.In(center).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	for day := date(first); !day.After(date(last)); day = day.AddDate(0, 0, 1) {
		for at := opens; at+length <= closes && len(out) < n; at += grid {
			found := wallTime(day.Add(at), center)
			if len(found) != 1 || found[0].Before(after) {
				continue
			}
			s := Slot{found[0].UTC(), found[0].Add(length).UTC()}
			if night(s.Start.In(zone), s.End.In(zone)) || taken(busy, s, gap) || s.Start.Equal(c.Start) && !c.Cancelled {
				continue
			}
			if k := len(out); k > 0 && s.Start.Before(out[k-1].End) {
				continue
			}
			out = append(out, s)
		}
	}
	return out
}

func taken(busy []schedule.Consultation, s Slot, gap time.Duration) bool {
	for _, o := range busy {
		if s.Start.Before(o.End.Add(gap)) && o.Start.Before(s.End.Add(gap)) {
			return true
		}
	}
	return false
}
