package signaling

import (
	"context"
	"errors"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// Moved tells the screens of booths that consultations went from one to another.
// Where the doors are open, the former screen is out first, so that the seat is
// free when the other one comes; then that one is called in. Everybody else
// notices nothing but that.
func (s *Server) Moved(ctx context.Context, e schedule.EventID, by schedule.Actor, all ...schedule.ConsultationID) {
	event, err := s.registry.Event(ctx, e)
	if err != nil {
		s.log.Warn("screens were not told of a move", "event", e, "err", err)
		return
	}
	screens := s.screens(e)
	for _, id := range all {
		c, ok := event.Consultation(id)
		if !ok || c.Cancelled {
			continue
		}
		doors := c.Start.Add(-event.Policy.WithDefaults().Doors)
		for _, ses := range screens {
			if _, here := event.SeatIn(ses.grants, id); !here {
				_ = ses.do(ctx, func() { ses.moveOut(event, id) }) // one that has ended is out already
			}
		}
		for _, ses := range screens {
			if _, here := event.SeatIn(ses.grants, id); here && !s.now().Before(doors) {
				_ = ses.do(ctx, func() { ses.callIn(event, id, by) })
			}
		}
	}
}

// screens are the sessions of booths' screens.
func (s *Server) screens(e schedule.EventID) []*Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*Session
	for _, ses := range s.sessions {
		if ses.grants.Event == e && ses.grants.Kind == schedule.LinkBooth {
			out = append(out, ses)
		}
	}
	return out
}

// moveOut takes a screen out of a consultation that is another booth's now.
func (s *Session) moveOut(e *schedule.Event, id schedule.ConsultationID) {
	switch at := s.at.(type) {
	case inRoom:
		if at.consultation != id {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), requestWithin)
		defer cancel()
		if err := at.visit.Remove(ctx); err != nil && !errors.Is(err, rooms.ErrGone) {
			s.log.Warn("moving out", "code", fault(err).Code)
			return
		}
		s.at, s.contact = inLobby{}, contactWhole
	case waiting:
		if at.consultation != id {
			return
		}
		at.wait.Stop()
		at.stage.bye(protocol.Change{Left: &protocol.Left{ID: s.id, Reason: string(schedule.LeftRemoved)}})
		s.at = inLobby{}
	default:
		return
	}
	s.event = e
	s.log.Info("moved out", "consultation", id)
}

// callIn calls a screen into a consultation that is its booth's now.
func (s *Session) callIn(e *schedule.Event, id schedule.ConsultationID, by schedule.Actor) {
	if r, ok := s.at.(inRoom); ok && r.consultation == id {
		return
	}
	s.event = e
	s.feed.push(protocol.Change{Order: &protocol.Order{
		ID: newID(), Kind: string(rooms.OrderComeIn), By: by.Name, Consultation: string(id),
	}})
	s.log.Info("called in", "consultation", id)
}

// Online tells whether a page of a party is open.
func (s *Server) Online(e schedule.EventID, role schedule.Role, party string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ses := range s.sessions {
		g := ses.grants
		if g.Event == e && g.Kind == schedule.LinkPerson && g.Role == role && g.Party == party {
			return true
		}
	}
	return false
}
