package timetable

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"sangdam/rooms/schedule"
)

// Delay is a consultation that an extension moves.
type Delay struct {
	Consultation schedule.ConsultationID `json:"consultation"`
	ByMinutes    int                     `json:"by_minutes"`
	Start        time.Time               `json:"start"` // as it would be
	End          time.Time               `json:"end"`
	After        schedule.ConsultationID `json:"after"` // the one that moves it
	Why          []string                `json:"why"`   // what they share: booth, firm, buyer, interpreter
}

// Extension is a consultation that goes on, and whom that delays.
type Extension struct {
	Consultation schedule.ConsultationID `json:"consultation"`
	To           time.Time               `json:"to"`
	Delays       []Delay                 `json:"delays"`
}

// Extend tells what it means to extend a consultation by one of the event's
// steps. The event that is returned has the following consultations moved, each
// so far that the booth, firm, buyer and interpreter that it shares with one
// before keep the gap that they had, or the policy's where they had more. The
// extension itself is a fact of the room and not in the event.
//
// It is refused when one that would have to move is live, or would for its
// buyer run beyond 22:00, or into the center's next day. The error is a
// *Refusal about that one.
func Extend(e *schedule.Event, rooms Rooms, id schedule.ConsultationID, minutes int) (Extension, *schedule.Event, error) {
	c, ok := e.Consultation(id)
	switch {
	case !ok:
		return Extension{}, nil, refuse(RefusedConsultation, id)
	case c.Cancelled:
		return Extension{}, nil, refuse(RefusedCancelled, id)
	case fixed(rooms, id) == FixedEnded:
		return Extension{}, nil, refuse(RefusedFixed, id, "why", FixedEnded)
	}
	by := time.Duration(minutes) * time.Minute
	if steps := stepsOf(e.Policy); !slices.Contains(steps, by) {
		all := make([]string, len(steps))
		for i, s := range steps {
			all[i] = strconv.Itoa(int(s / time.Minute))
		}
		return Extension{}, nil, refuse(RefusedStep, id, "steps", strings.Join(all, ", "))
	}
	out := clone(e)
	m := mover{event: out, gap: gapOf(e.Policy), center: zoneOf(e.Zone)}
	end := endOf(c, rooms)
	got := Extension{Consultation: id, To: end.Add(by), Delays: []Delay{}}
	m.pushers = []pusher{{c, end, got.To}}
	slices.SortStableFunc(out.Consultations, byStart)
	for i, o := range out.Consultations {
		if o.ID == id || o.Cancelled || fixed(rooms, o.ID) == FixedEnded {
			continue
		}
		delay, moved := m.push(o)
		if !moved {
			continue
		}
		if fixed(rooms, o.ID) != "" {
			return Extension{}, nil, refuse(RefusedDelayedLive, o.ID)
		}
		if refused := m.allowed(o, delay); refused != nil {
			return Extension{}, nil, refused
		}
		got.Delays = append(got.Delays, delay)
		d := delay.Start.Sub(o.Start)
		m.pushers = append(m.pushers, pusher{o, endOf(o, rooms), endOf(o, rooms).Add(d)})
		n := &out.Consultations[i]
		n.Start, n.End = delay.Start, delay.End
		n.Sequence++
	}
	slices.SortStableFunc(out.Consultations, byStart)
	return got, out, nil
}

func stepsOf(p schedule.Policy) []time.Duration {
	if p.Extensions == nil {
		return schedule.DefaultPolicy().Extensions
	}
	return p.Extensions
}

func gapOf(p schedule.Policy) time.Duration {
	if p.Gap == 0 {
		return schedule.DefaultPolicy().Gap
	}
	return p.Gap
}

func zoneOf(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return loc
}

// endOf is when a consultation ends, with what it was extended by.
func endOf(c schedule.Consultation, rooms Rooms) time.Time {
	if to := rooms[c.ID].ExtendedTo; to.After(c.End) {
		return to
	}
	return c.End
}

// pusher is a consultation that now ends later, as it was before.
type pusher struct {
	schedule.Consultation
	was, ends time.Time
}

type mover struct {
	event   *schedule.Event
	gap     time.Duration
	center  *time.Location
	pushers []pusher
}

// push tells how far those before move a consultation. Two that overlapped
// already are a conflict that somebody accepted, and do not push one another.
func (m *mover) push(o schedule.Consultation) (Delay, bool) {
	var at time.Time
	delay := Delay{Consultation: o.ID}
	for _, p := range m.pushers {
		why := common(p.Consultation, o)
		between := o.Start.Sub(p.was)
		if len(why) == 0 || between < 0 {
			continue
		}
		if earliest := p.ends.Add(min(between, m.gap)); earliest.After(o.Start) && earliest.After(at) {
			at, delay.After, delay.Why = earliest, p.ID, why
		}
	}
	if at.IsZero() {
		return Delay{}, false
	}
	d := at.Sub(o.Start)
	delay.ByMinutes = int((d + time.Minute - 1) / time.Minute)
	d = time.Duration(delay.ByMinutes) * time.Minute
	delay.Start, delay.End = o.Start.Add(d), o.End.Add(d)
	return delay, true
}

// common lists what two consultations share.
func common(a, b schedule.Consultation) []string {
	var out []string
	for _, p := range parties() {
		if x := p.of(a); x != "" && x == p.of(b) {
			out = append(out, p.what)
		}
	}
	return out
}

func (m *mover) allowed(o schedule.Consultation, d Delay) *Refusal {
	if o.End.In(m.center).Format(time.DateOnly) != d.End.In(m.center).Format(time.DateOnly) {
		return refuse(RefusedDelayDay, o.ID)
	}
	buyer, ok := m.event.Buyer(o.Buyer)
	if !ok {
		return nil
	}
	zone := zoneOf(buyer.Zone)
	if night(d.Start.In(zone), d.End.In(zone)) && !night(o.Start.In(zone), o.End.In(zone)) {
		return refuse(RefusedDelayNight, o.ID, "party", buyer.Name, "to", d.End.In(zone).Format("15:04"), "zone", buyer.Zone)
	}
	return nil
}
