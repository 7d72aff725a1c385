package rooms

import (
	"context"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// Visit is a session's time in a room, from Join to Leave or Dismiss. All
// methods may be called at any time from any goroutine but the room's (that is:
// not from Client's methods); after the visit they return why it ended.
type Visit struct {
	room *room
	p    *participant
}

func (v *Visit) act(ctx context.Context, fn func(p *participant, now time.Time) error) error {
	return v.room.act(ctx, func(now time.Time) error {
		if v.p.gone != nil {
			return v.p.gone
		}
		return fn(v.p, now)
	})
}

func (v *Visit) news(fn func(p *participant, now time.Time)) {
	v.room.news(func(now time.Time) {
		if v.p.gone == nil {
			fn(v.p, now)
		}
	})
}

// SetSource says whether a source is on. Off stops it at the server. A screen
// takes the stage; whoever had it loses it and is told by its own sources.
// Screen audio needs a screen.
func (v *Visit) SetSource(ctx context.Context, s sfu.Source, on bool) error {
	if !validSource(s) {
		return ErrInvalid
	}
	return v.act(ctx, func(p *participant, _ time.Time) error {
		if s == sfu.ScreenAudio && on && !p.isOn(sfu.Screen) {
			return ErrInvalid
		}
		v.room.setSource(p, s, on)
		return nil
	})
}

// Say writes into the chat; the message comes back to everybody, the writer
// too. A key said before is not said twice; an empty one is never the same.
func (v *Visit) Say(ctx context.Context, key, text string) error {
	return v.act(ctx, func(p *participant, now time.Time) error { return v.room.say(p, key, text, now) })
}

// Sync gives the Client the full state again, in order with what is delivered.
func (v *Visit) Sync(ctx context.Context) error {
	return v.act(ctx, func(p *participant, _ time.Time) error {
		p.sync = true
		return nil
	})
}

// Rebind moves the visit to a new Peer of the same session, and says which
// sources are on there. Whoever is away stays so until Back: the new Peer may
// find no way either.
func (v *Visit) Rebind(ctx context.Context, peer sfu.PeerID, on []sfu.Source) error {
	return v.act(ctx, func(p *participant, now time.Time) error {
		v.room.rebind(p, peer, on, now)
		return nil
	})
}

// Leave ends the visit by choice. Client.Dismiss does not follow.
func (v *Visit) Leave(ctx context.Context) error {
	return v.end(ctx, schedule.LeftByChoice, nil)
}

// Remove ends the visit by somebody else's choice: the link is worthless. The
// Client is dismissed with ErrForbidden.
func (v *Visit) Remove(ctx context.Context) error {
	return v.end(ctx, schedule.LeftRemoved, ErrForbidden)
}

func (v *Visit) end(ctx context.Context, why schedule.LeaveReason, reason error) error {
	return v.act(ctx, func(p *participant, now time.Time) error {
		v.room.leaving = reason
		v.room.remove(p, why, now)
		v.room.leaving = nil
		v.room.unbind(p)
		return nil
	})
}

// Away is news that nothing is received from the session any more, neither on
// a socket nor as media, since lastHeard. Others see it AwayAfter later; after
// the policy's Grace the visit is over.
func (v *Visit) Away(lastHeard time.Time) {
	v.news(func(p *participant, now time.Time) { v.room.lose(p, lastHeard, now) })
}

// MediaGone is news that no media is received since, though the session still
// talks to us. Others see it like Away and the sources are shut, but the visit
// goes on, and so does its interval in the record.
func (v *Visit) MediaGone(since time.Time) {
	v.news(func(p *participant, now time.Time) { v.room.mediaGone(p, since, now) })
}

// Back is news that media is received again, or may be at any moment.
func (v *Visit) Back() {
	v.news(func(p *participant, now time.Time) { v.room.back(p, now) })
}

// Socket is news that the session's socket is lost or back, for the record
// alone: media may flow on without it.
func (v *Visit) Socket(up bool) {
	kind := schedule.EntrySocketLost
	if up {
		kind = schedule.EntrySocketBack
	}
	v.news(func(p *participant, now time.Time) { v.room.recordOf(p, kind, "", now) })
}

// Path is news that the way of media is up, and by which route, or down, for
// the record alone.
func (v *Visit) Path(up bool, route sfu.Route) {
	kind := schedule.EntryPathDown
	if up {
		kind = schedule.EntryPathUp
	}
	v.news(func(p *participant, now time.Time) { v.room.recordOf(p, kind, string(route), now) })
}

// Flow is news that media of a source begins or ceases to arrive.
func (v *Visit) Flow(s sfu.Source, flowing bool) {
	v.news(func(p *participant, now time.Time) { v.room.flow(p, s, flowing, now) })
}
