package rooms

import (
	"time"

	"sangdam/rooms/schedule"
)

// Two things may be wrong with a person, and only one of them ends a visit.
// Media is gone while the session still talks to us: the others are told
// "away", since nobody should talk to a frozen picture, but the person is at
// the page and the record goes on. Nothing at all is received: that is a gap of
// the record, too, and the visit is over after the policy's Grace.

// lose begins a gap: nothing is received from p since lastHeard. It is shown
// after AwayAfter (see expire) and forgiven when p is back before.
func (r *room) lose(p *participant, lastHeard, now time.Time) {
	if !p.lostAt.IsZero() {
		return
	}
	p.lostAt = p.within(lastHeard, now)
	r.mirror.freeze(p.view.ID, p.lostAt)
}

// mediaGone says that p talks to us but sends no media since. A gap of the
// record ends with it.
func (r *room) mediaGone(p *participant, since, now time.Time) {
	r.regain(p, now)
	if p.darkAt.IsZero() {
		p.darkAt = p.within(since, now)
	}
}

// regain ends a gap of the record.
func (r *room) regain(p *participant, now time.Time) {
	if p.lostAt.IsZero() {
		return
	}
	p.lostAt, p.heardAt = time.Time{}, now
	r.mirror.thaw(p.view.ID)
	if p.missed {
		p.missed = false
		r.record(schedule.Entry{Kind: schedule.EntrySeatBack, At: now, Seat: p.view.Seat, Session: p.view.ID})
	}
}

// back says that p is heard and seen again.
func (r *room) back(p *participant, now time.Time) {
	r.regain(p, now)
	p.darkAt = time.Time{}
	if !p.view.Away {
		return
	}
	p.view.Away, p.awayAt, p.hereAt = false, time.Time{}, now
	for _, s := range p.view.Sources {
		r.media.Allow(p.peer, s, true)
	}
	r.tell(p)
}

// expire declares people away and lost whose time has come. Whoever is believed
// away is neither heard nor seen: people talk freely when they think that
// nobody listens.
func (r *room) expire(now time.Time) {
	grace := r.event.Policy.WithDefaults().Grace
	for _, p := range r.inOrder() {
		if due(p.lostAt, grace, now) {
			r.remove(p, schedule.LeftLost, now)
			r.unbind(p)
			continue
		}
		if !p.missed && due(p.lostAt, AwayAfter, now) {
			p.missed = true
			r.record(schedule.Entry{Kind: schedule.EntrySeatAway, At: p.lostAt, Seat: p.view.Seat, Session: p.view.ID})
		}
		if since := p.quietSince(); !p.view.Away && due(since, AwayAfter, now) {
			p.view.Away, p.awayAt = true, since
			for _, s := range p.view.Sources {
				r.media.Allow(p.peer, s, false)
			}
			r.tell(p)
		}
	}
}

// nextExpiry is when expire has work next, or next when that comes before; zero
// is never.
func (r *room) nextExpiry(next time.Time) time.Time {
	grace := r.event.Policy.WithDefaults().Grace
	consider := func(since time.Time, after time.Duration) {
		if at := since.Add(after); !since.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	for _, p := range r.people {
		consider(p.lostAt, grace)
		if !p.missed {
			consider(p.lostAt, AwayAfter)
		}
		if !p.view.Away {
			consider(p.quietSince(), AwayAfter)
		}
	}
	return next
}

// due tells whether something that has been so since is so for d; never when
// since is zero.
func due(since time.Time, d time.Duration, now time.Time) bool {
	return !since.IsZero() && !now.Before(since.Add(d))
}

// within puts the time of a loss between p's last join or return and now.
func (p *participant) within(at, now time.Time) time.Time {
	at = at.UTC().Round(0)
	if at.After(now) {
		at = now
	}
	if at.Before(p.heardAt) {
		at = p.heardAt
	}
	return at
}

// quietSince is since when p's media is gone, for whatever reason; zero: it is
// not.
func (p *participant) quietSince() time.Time {
	if p.lostAt.IsZero() || !p.darkAt.IsZero() && p.darkAt.Before(p.lostAt) {
		return p.darkAt
	}
	return p.lostAt
}
