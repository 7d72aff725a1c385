package signaling

import (
	"cmp"
	"context"
	"net/netip"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
)

// openLink exchanges a link's secret for all that a page needs.
func (s *Server) openLink(ctx context.Context, id schedule.LinkID, in protocol.OpenLink, from netip.Addr) (protocol.Bootstrap, error) {
	token, g, err := s.gate.Open(ctx, id, in.Secret, in.Token, from)
	if err != nil {
		return protocol.Bootstrap{}, err
	}
	return s.bootstrap(ctx, token, g)
}

// bootstrap is all that the page of a token needs.
func (s *Server) bootstrap(ctx context.Context, token string, g schedule.Grants) (protocol.Bootstrap, error) {
	event, err := s.registry.Event(ctx, g.Event)
	if err != nil {
		return protocol.Bootstrap{}, fault(err)
	}
	rows, err := s.registry.Rows(ctx, g.Event)
	if err != nil {
		return protocol.Bootstrap{}, fault(err)
	}
	b := protocol.Bootstrap{
		Token: token,
		Kind:  string(g.Kind),
		You:   wirePerson(event, g),
		Event: protocol.EventInfo{
			ID: string(event.ID), Name: event.Name, Organiser: event.Organiser,
			Zone: event.Zone, Language: event.Language,
		},
		Consultations: consultations(event, g, rows),
		ICEServers:    s.iceServers(g.Link, tabID(token)),
		Trial:         s.deps.Trial,
		Seat:          max(1, g.Seat),
		Languages:     each(event.Policy.WithDefaults().Languages, func(l string) string { return l }),
		Notice:        protocol.Notice{Records: []string{}},
		InvitedAt:     g.NotBefore.UTC(),
		Path:          string(s.path(ctx, g).Begin(s.now())),
		ServerTime:    s.now().UTC(),
	}
	if booth, ok := event.Booth(g.Booth); ok {
		b.Booth = booth.Name
	}
	if buyer, ok := event.Buyer(schedule.BuyerID(g.Party)); ok && g.Role == schedule.RoleBuyer {
		b.Country, b.Zone = buyer.Country, buyer.Zone
	}
	if s.deps.Desk == nil {
		return b, nil
	}
	b.Mail = s.deps.Desk.CanMail() && g.Kind == schedule.LinkConsole
	if b.Notice, err = s.deps.Desk.Notice(ctx, g); err != nil {
		return protocol.Bootstrap{}, err
	}
	if sent := s.deps.Desk.SentAt(ctx, g.Link); !sent.IsZero() {
		b.InvitedAt = sent
	}
	return b, nil
}

// iceServers are those for one session of a link; never nil.
func (s *Server) iceServers(link schedule.LinkID, session string) []protocol.ICEServer {
	if s.deps.ICEServers == nil {
		return []protocol.ICEServer{}
	}
	return each(s.deps.ICEServers(string(link), session, s.now()), func(i protocol.ICEServer) protocol.ICEServer { return i })
}

// tabID names a tab that has no session yet, to whoever gives credentials: it
// says nothing of the token, of whose hash it would be no part either.
func tabID(token string) string { return auth.Hash("ice servers of " + token)[:32] }

// consultations are those of a link; a console's are all.
func consultations(e *schedule.Event, g schedule.Grants, rows []rooms.Row) []protocol.Consultation {
	out := []protocol.Consultation{}
	for _, r := range rows {
		seat, ok := e.SeatIn(g, r.Consultation.ID)
		if ok || g.Kind == schedule.LinkConsole {
			out = append(out, wireConsultation(e, r.Consultation, seat, r.Clock))
		}
	}
	return out
}

// wirePerson says who the holder of a link is. A booth is called by its name:
// who stands there changes with each consultation.
func wirePerson(e *schedule.Event, g schedule.Grants) protocol.Person {
	p := protocol.Person{Role: string(g.Role), Language: e.Language}
	switch {
	case g.Kind == schedule.LinkConsole:
		p.Name = cmp.Or(g.Name, e.Organiser)
		p.ID, p.Right = g.By(), string(cmp.Or(g.Right, schedule.RightCoordinator))
	case g.Kind == schedule.LinkBooth:
		b, _ := e.Booth(g.Booth)
		p.Name = b.Name
	case g.Role == schedule.RoleFirm:
		f, _ := e.Firm(schedule.FirmID(g.Party))
		p.Name = f.Name
	case g.Role == schedule.RoleBuyer:
		b, _ := e.Buyer(schedule.BuyerID(g.Party))
		p.Name = b.Name
		if b.Language != "" {
			p.Language = b.Language
		}
	case g.Role == schedule.RoleInterpreter:
		i, _ := e.Interpreter(schedule.InterpreterID(g.Party))
		p.Name = i.Name
	}
	return p
}

// caller tells what the token of a REST request allows.
func (s *Server) caller(ctx context.Context, token string) (schedule.Grants, error) {
	g, err := s.gate.Grants(ctx, token)
	if err != nil && fault(err).Code == protocol.CodeUnavailable {
		g, err = s.known(token, err)
	}
	if err != nil {
		return schedule.Grants{}, err
	}
	if wait, ok := s.limits.calls.Allow(string(g.Link), 1, s.now()); !ok {
		return schedule.Grants{}, limited(wait)
	}
	return g, nil
}

// known tells what a token allows whose session lives here, while the store
// cannot be asked: who steers rooms goes on. Whoever is shut out is out of here,
// too.
func (s *Server) known(token string, away error) (schedule.Grants, error) {
	s.mu.Lock()
	ses := s.tabs[auth.Hash(token)]
	s.mu.Unlock()
	if ses == nil || !s.now().Before(ses.grants.NotAfter) {
		return schedule.Grants{}, away
	}
	return ses.grants, nil
}

// board is what a console sees, for those who ask once.
func (s *Server) board(ctx context.Context, id schedule.EventID) (protocol.Board, error) {
	b, err := s.registry.Board(ctx, id)
	if err != nil {
		return protocol.Board{}, fault(err)
	}
	return wireBoard(0, b, s.now()), nil
}

func (s *Server) attendance(ctx context.Context, id schedule.EventID) (protocol.Attendance, error) {
	event, err := s.recorded(ctx, id)
	if err != nil {
		return protocol.Attendance{}, err
	}
	return s.deps.Records.Attendance(ctx, event)
}

func (s *Server) attendanceCSV(ctx context.Context, id schedule.EventID) ([]byte, error) {
	event, err := s.recorded(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.deps.Records.CSV(ctx, event)
}

// recorded finds an event whose record is to be read.
func (s *Server) recorded(ctx context.Context, id schedule.EventID) (*schedule.Event, error) {
	if wait, ok := s.limits.reports.Allow(string(id), 1, s.now()); !ok {
		return nil, limited(wait)
	}
	event, err := s.registry.Event(ctx, id)
	if err != nil {
		return nil, fault(err)
	}
	return event, nil
}
