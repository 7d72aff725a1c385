package rooms

import (
	"context"
	"slices"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// Lines that carry voices and no pictures, in either direction. Nothing of it
// ends an interval, raises an alert or looks as if somebody had switched a
// camera off.

// Paused is news of the slots whose picture the line to the session's Peer does
// not carry just now.
func (v *Visit) Paused(slots []int) {
	slots = slices.Clone(slots)
	v.news(func(p *participant, _ time.Time) {
		if !slices.Equal(p.paused, slots) {
			p.paused, p.slotsChanged = slots, true
		}
	})
}

// Holds is news of how long each slot, by number, should be held before it is
// played, so that repairs come in time.
func (v *Visit) Holds(holds []time.Duration) {
	holds = slices.Clone(holds)
	v.news(func(p *participant, _ time.Time) {
		if !slices.Equal(p.holds, holds) {
			p.holds, p.slotsChanged = holds, true
		}
	})
}

// hold of a slot.
func (p *participant) hold(slot int) time.Duration {
	if slot < len(p.holds) {
		return p.holds[slot]
	}
	return 0
}

// Rest says that the browser does not send a source that is on, because its line
// would not carry it beside the voice, or that it does again. A new Peer rests
// nothing.
func (v *Visit) Rest(ctx context.Context, s sfu.Source, resting bool) error {
	if !validSource(s) {
		return ErrInvalid
	}
	return v.act(ctx, func(p *participant, now time.Time) error {
		v.room.rest(p, s, resting && p.isOn(s), now)
		return nil
	})
}

func (p *participant) rests(s sfu.Source) bool { return slices.Contains(p.view.Resting, s) }

func (r *room) rest(p *participant, s sfu.Source, resting bool, now time.Time) {
	if p.rests(s) == resting {
		return
	}
	next := slices.DeleteFunc(slices.Clone(p.view.Resting), func(o sfu.Source) bool { return o == s })
	if resting {
		next = append(next, s)
	}
	p.view.Resting = next
	r.tell(p)
	if !p.isOn(s) { // switched off while it rested: now it has stopped
		r.recordFlow(p, s, now)
	}
}

// flow takes news that media of a source really arrives, or ceased to.
func (r *room) flow(p *participant, s sfu.Source, flowing bool, now time.Time) {
	p.flowing[s] = flowing
	if flowing || !p.rests(s) {
		r.recordFlow(p, s, now)
	}
}

// recordFlow brings the record up to date with what flows: for it, a source that
// rests goes on.
func (r *room) recordFlow(p *participant, s sfu.Source, now time.Time) {
	if p.recorded[s] == p.flowing[s] {
		return
	}
	p.recorded[s] = p.flowing[s]
	kind := schedule.EntrySourceStopped
	if p.flowing[s] {
		kind = schedule.EntrySourceFlowing
	}
	r.record(schedule.Entry{Kind: kind, At: now, Seat: p.view.Seat, Session: p.view.ID, Detail: string(s)})
}

// narrow tells whether a person sees nobody though there are pictures, because
// its line carries voices alone.
func (r *room) narrow(p *participant) bool {
	if len(p.paused) == 0 {
		return false
	}
	pictures := 0
	for slot, pair := range p.slots.pairs {
		o := r.seats[pair.seat]
		if !pair.bound || o == nil || !o.isOn(sfu.Camera) || o.rests(sfu.Camera) || o.view.Away {
			continue
		}
		if pictures++; !slices.Contains(p.paused, slot) {
			return false
		}
	}
	if r.stage != nil && r.stage != p {
		if pictures++; !slices.Contains(p.paused, sfu.SlotStage) {
			return false
		}
	}
	return pictures > 0
}

// tellNarrow tells everybody whose line has become narrow, or is no more.
func (r *room) tellNarrow() {
	for _, p := range r.people {
		if n := r.narrow(p); n != p.view.Narrow {
			p.view.Narrow = n
			r.tell(p)
		}
	}
}
