package rooms

import (
	"cmp"
	"context"
	"errors"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// join takes a seat. A seat is held by one session: the same tab that comes
// back takes it from its former self, anybody takes it from a session of
// which nothing is received, and from one whose page is there only on saying so.
func (r *room) join(ctx context.Context, req JoinRequest) (*Visit, error) {
	var visit *Visit
	err := r.act(ctx, func(now time.Time) error {
		var err error
		visit, err = r.sit(req, now)
		return err
	})
	if err == nil {
		return visit, nil
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		// The task may still run after its caller gave up, and nobody would
		// ever leave for that session.
		r.news(func(now time.Time) {
			if p := r.people[req.Session]; p != nil && p.client == req.Client {
				r.remove(p, schedule.LeftByChoice, now)
				r.unbind(p)
			}
		})
	}
	return nil, err
}

func (r *room) sit(req JoinRequest, now time.Time) (*Visit, error) {
	if !seatAllowed(r.event, r.c, req.Seat) {
		return nil, ErrForbidden
	}
	if p := r.people[req.Session]; p != nil {
		if p.view.Seat != req.Seat {
			return nil, ErrForbidden
		}
		return r.rejoin(p, req, now), nil
	}
	holder := r.seats[req.Seat]
	switch {
	case containsSeat(r.held, req.Seat):
		return nil, ErrHeld
	case holder == nil:
		if len(r.people) >= MaxParticipants {
			return nil, ErrFull
		}
	case req.Token != "" && holder.token == req.Token:
		r.remove(holder, schedule.LeftReplaced, now)
		r.unbind(holder)
	case holder.missed || req.Move:
		r.remove(holder, schedule.LeftMoved, now)
		r.unbind(holder)
	default:
		return nil, ErrSeatInUse
	}
	visit := r.add(req, now)
	if holder != nil && !holder.view.Away {
		visit.p.hereAt = holder.hereAt
	}
	return visit, nil
}

// rejoin is a join that is repeated: the reply to the first was lost.
func (r *room) rejoin(p *participant, req JoinRequest, now time.Time) *Visit {
	p.client = req.Client
	p.sync = true
	r.back(p, now)
	r.rebind(p, req.Peer, req.Sources, now)
	return &Visit{room: r, p: p}
}

func (r *room) add(req JoinRequest, now time.Time) *Visit {
	_, role := req.Seat.Split()
	p := &participant{
		view: Participant{
			ID: req.Session, Seat: req.Seat, Role: role,
			Name: cmp.Or(req.Name, r.event.SeatName(req.Seat)), Since: now,
		},
		token: req.Token, peer: req.Peer, client: req.Client, heardAt: now, hereAt: now,
		flowing: map[sfu.Source]bool{}, recorded: map[sfu.Source]bool{}, sync: true,
	}
	r.people[p.view.ID], r.seats[req.Seat] = p, p
	delete(r.history, req.Seat)
	r.moved = true
	r.facts.HoldUntil = r.holdAfterJoin()
	r.log.Info("seat joined", "seat", req.Seat, "session", req.Session)
	r.metrics.joins.Inc()
	r.metrics.participants.WithLabelValues(string(role)).Inc()
	r.record(schedule.Entry{Kind: schedule.EntrySeatJoined, At: now, Seat: req.Seat, Session: req.Session})
	r.mirror.arrive(schedule.Presence{
		Event: r.key.event, Consultation: r.key.consultation, Seat: req.Seat, Session: req.Session,
		Node: r.node, Incarnation: r.incarnation, Since: now, LastSeen: now,
	})
	for _, o := range r.inOrder() {
		if o != p {
			r.show(o, p)
			r.show(p, o)
		}
	}
	r.openSources(p, req.Sources)
	if on, _, _ := r.onStage(p); on != "" {
		r.showStage(p)
	}
	r.tell(p)
	return &Visit{room: r, p: p}
}

// holdAfterJoin: who came back in time needs no hold any more.
func (r *room) holdAfterJoin() time.Time {
	if r.present(schedule.RoleFirm) && r.present(schedule.RoleBuyer) {
		return time.Time{}
	}
	return r.facts.HoldUntil
}

// remove takes a person out of the room and tells its Client, except when it
// left by choice. The caller then unbinds it. Nothing it calls before the
// record may fail.
func (r *room) remove(p *participant, why schedule.LeaveReason, now time.Time) {
	at := p.lastHeard(now)
	r.mark(now) // who goes has been here
	talked := r.present(schedule.RoleFirm) && r.present(schedule.RoleBuyer)
	delete(r.people, p.view.ID)
	if r.seats[p.view.Seat] == p {
		delete(r.seats, p.view.Seat)
		r.history[p.view.Seat] = at
		r.moved = true
	}
	if why == schedule.LeftByChoice && talked && !now.Before(r.clock.EndsAt) {
		r.facts.HoldUntil = now.Add(RejoinHold)
	}
	if !r.present(schedule.RoleFirm) && !r.present(schedule.RoleBuyer) && why != schedule.LeftReplaced && why != schedule.LeftMoved {
		r.facts.HoldUntil = time.Time{}
	}
	for _, s := range sources() {
		if p.recorded[s] {
			r.record(schedule.Entry{Kind: schedule.EntrySourceStopped, At: at, Seat: p.view.Seat, Session: p.view.ID, Detail: string(s)})
		}
	}
	r.record(schedule.Entry{Kind: schedule.EntrySeatLeft, At: at, Seat: p.view.Seat, Session: p.view.ID, Detail: string(why)})
	r.mirror.depart(r.key.event, p.view.Seat, p.view.ID)
	r.board.departed(p.view.ID)
	r.log.Info("seat left", "seat", p.view.Seat, "session", p.view.ID, "reason", why)
	r.metrics.participants.WithLabelValues(string(p.view.Role)).Dec()
	r.metrics.leaves.WithLabelValues(string(why)).Inc()
	r.changes = append(r.changes, Change{Left: &Left{ID: p.view.ID, Reason: why}})
	if p.gone = dismissal(why); p.gone != nil && r.leaving != nil {
		p.gone = r.leaving
	}
	if p.gone != nil {
		p.client.Dismiss(p.gone)
	}
	p.gone = cmp.Or(p.gone, ErrGone)
}
