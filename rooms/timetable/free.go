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

// Offer is a window, and a booth that is free in it.
type Offer struct {
	Slot
	Booth schedule.BoothID `json:"booth"`
}

// FreeTimes finds the next n windows, not before the given time and as long as
// the consultation, in which its booth, firm, buyer and interpreter are all
// free with the policy's gap on both sides. They lie on the event's days,
// within the hours in which it has consultations, in the buyer's 07:00–22:00,
// and do not overlap one another.
func FreeTimes(e *schedule.Event, id schedule.ConsultationID, after time.Time, n int) []Slot {
	out := []Slot{}
	c, ok := e.Consultation(id)
	if !ok || n < 1 {
		return out
	}
	busy := othersThat(e, c, func(o schedule.Consultation) bool { return len(common(c, o)) > 0 })
	gap := gapOf(e.Policy)
	windows(e, c, after, func(s Slot) (taking, more bool) {
		if taking = !taken(busy, s, gap); taking {
			out = append(out, s)
		}
		return taking, len(out) < n
	})
	return out
}

// Offers finds the next n windows as FreeTimes does, but in whichever booth is
// free: in its own, where that is.
func Offers(e *schedule.Event, id schedule.ConsultationID, after time.Time, n int) []Offer {
	out := []Offer{}
	c, ok := e.Consultation(id)
	if !ok || n < 1 {
		return out
	}
	busy := othersThat(e, c, func(o schedule.Consultation) bool {
		return c.Firm == o.Firm || c.Buyer == o.Buyer || c.Interpreter != "" && c.Interpreter == o.Interpreter
	})
	booths := []schedule.BoothID{c.Booth}
	for _, b := range e.Booths {
		if b.ID != c.Booth {
			booths = append(booths, b.ID)
		}
	}
	sitting := make(map[schedule.BoothID][]schedule.Consultation, len(booths))
	for _, b := range booths {
		sitting[b] = othersThat(e, c, func(o schedule.Consultation) bool { return o.Booth == b })
	}
	gap := gapOf(e.Policy)
	windows(e, c, after, func(s Slot) (taking, more bool) {
		if taken(busy, s, gap) {
			return false, true
		}
		for _, b := range booths {
			if !taken(sitting[b], s, gap) {
				out = append(out, Offer{s, b})
				return true, len(out) < n
			}
		}
		return false, true
	})
	return out
}

// othersThat lists the other consultations that take place and are so.
func othersThat(e *schedule.Event, c schedule.Consultation, is func(schedule.Consultation) bool) []schedule.Consultation {
	var out []schedule.Consultation
	for _, o := range e.Consultations {
		if o.ID != c.ID && !o.Cancelled && is(o) {
			out = append(out, o)
		}
	}
	return out
}

// windows walks the windows in which a consultation could be if nobody were
// busy; of those that overlap one that was taken none follows.
func windows(e *schedule.Event, c schedule.Consultation, after time.Time, look func(Slot) (taking, more bool)) {
	center, length := zoneOf(e.Zone), c.End.Sub(c.Start)
	buyer, _ := e.Buyer(c.Buyer)
	zone := zoneOf(buyer.Zone)
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
	}
	date := func(t time.Time) time.Time {
		y, m, d := t.In(center).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	var free time.Time // nothing begins before
	for day := date(first); !day.After(date(last)); day = day.AddDate(0, 0, 1) {
		for at := opens; at+length <= closes; at += grid {
			found := wallTime(day.Add(at), center)
			if len(found) != 1 || found[0].Before(after) || found[0].Before(free) {
				continue
			}
			s := Slot{found[0].UTC(), found[0].Add(length).UTC()}
			if night(s.Start.In(zone), s.End.In(zone)) || s.Start.Equal(c.Start) && !c.Cancelled {
				continue
			}
			taking, more := look(s)
			if !more {
				return
			}
			if taking {
				free = s.End
			}
		}
	}
}

func taken(busy []schedule.Consultation, s Slot, gap time.Duration) bool {
	for _, o := range busy {
		if s.Start.Before(o.End.Add(gap)) && o.Start.Before(s.End.Add(gap)) {
			return true
		}
	}
	return false
}
