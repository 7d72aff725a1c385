package rooms

import (
	"time"

	"sangdam/rooms/schedule"
)

// lose begins a gap: nothing is received from p since lastHeard. It is shown
// after AwayAfter (see expire) and forgiven when p is back before.
func (r *room) lose(p *participant, lastHeard, now time.Time) {
	if !p.lostAt.IsZero() {
		return
	}
	at := lastHeard.UTC().Round(0)
	if at.After(now) {
		at = now
	}
	if at.Before(p.heardAt) {
		at = p.heardAt
	}
	p.lostAt = at
	r.mirror.freeze(p.view.ID, at)
}

// back ends a gap.
func (r *room) back(p *participant, now time.Time) {
	if p.lostAt.IsZero() {
		return
	}
	p.lostAt, p.heardAt = time.Time{}, now
	r.mirror.thaw(p.view.ID)
	if !p.view.Away {
		return
	}
	p.view.Away, p.awayAt, p.hereAt = false, time.Time{}, now
	for _, s := range p.view.Sources {
		r.media.Allow(p.peer, s, true)
	}
	r.record(schedule.Entry{Kind: schedule.EntrySeatBack, At: now, Seat: p.view.Seat, Session: p.view.ID})
	r.tell(p)
}

// expire declares people away and lost whose time has come. Whoever is believed
// away is neither heard nor seen: people talk freely when they think that
// nobody listens.
func (r *room) expire(now time.Time) {
	grace := r.event.Policy.WithDefaults().Grace
	for _, p := range r.inOrder() {
		switch {
		case p.lostAt.IsZero():
		case !now.Before(p.lostAt.Add(grace)):
			r.remove(p, schedule.LeftLost, now)
			r.unbind(p)
		case !p.view.Away && !now.Before(p.lostAt.Add(AwayAfter)):
			p.view.Away, p.awayAt = true, p.lostAt
			for _, s := range p.view.Sources {
				r.media.Allow(p.peer, s, false)
			}
			r.record(schedule.Entry{Kind: schedule.EntrySeatAway, At: p.lostAt, Seat: p.view.Seat, Session: p.view.ID})
			r.tell(p)
		}
	}
}

// nextExpiry is when expire has work next, or next when that comes before; zero
// is never.
func (r *room) nextExpiry(next time.Time) time.Time {
	grace := r.event.Policy.WithDefaults().Grace
	for _, p := range r.people {
		if p.lostAt.IsZero() {
			continue
		}
		at := p.lostAt.Add(grace)
		if away := p.lostAt.Add(AwayAfter); !p.view.Away && away.Before(at) {
			at = away
		}
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next
}
