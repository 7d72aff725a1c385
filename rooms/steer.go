package rooms

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// SteerAction is what a coordinator does to one person.
type SteerAction string

const (
	SteerMute       SteerAction = "mute" // Source
	SteerRemove     SteerAction = "remove"
	SteerAdmit      SteerAction = "admit"
	SteerDevices    SteerAction = "devices"
	SteerMicrophone SteerAction = "microphone" // Device, as the two that follow
	SteerCamera     SteerAction = "camera"
	SteerSpeaker    SteerAction = "speaker"
	SteerGain       SteerAction = "gain" // Gain
	SteerDiagnose   SteerAction = "diagnose"
)

// SteerRequest is what a coordinator wants of one person.
type SteerRequest struct {
	Event        schedule.EventID
	Session      string // of the console: its Watcher is told what comes back
	Actor        schedule.Actor
	Key          string // the console's own name of the request; one that is repeated is not done twice
	Action       SteerAction
	Consultation schedule.ConsultationID
	Seat         schedule.SeatID
	Source       sfu.Source
	Device       string
	Gain         int // percent
	Reason       string
}

// OrderKind is what a browser is to do.
type OrderKind string

const (
	OrderMute       OrderKind = "mute"
	OrderDevices    OrderKind = "devices"
	OrderMicrophone OrderKind = "microphone"
	OrderCamera     OrderKind = "camera"
	OrderSpeaker    OrderKind = "speaker"
	OrderGain       OrderKind = "gain"
	OrderDiagnose   OrderKind = "diagnose"
	OrderComeIn     OrderKind = "come_in" // to who waits in the lobby
)

// Order is what a coordinator wants of a browser.
type Order struct {
	ID     string
	Kind   OrderKind
	By     string // the coordinator's name
	Source sfu.Source
	Device string
	Gain   int
}

// FailedGone is OrderReport.Failed of an order whose person is gone, or that
// nobody answered.
const FailedGone = "gone"

// OrderReport is a browser's answer to an Order.
type OrderReport struct {
	Order  string // its ID
	Answer any    // devices or diagnostics: the edge's own, passed on unread
	Failed string // why it could not be done; empty: it was
}

// Report is an answer on its way to the console that steered.
type Report struct {
	Key          string // of the SteerRequest
	Consultation schedule.ConsultationID
	Seat         schedule.SeatID
	Answer       any
	Failed       string
}

// Steer does something to one person of a consultation, or asks their browser
// for something. ErrGone: nobody is there; ErrFull: too many orders wait for an
// answer.
func (g *Registry) Steer(ctx context.Context, req SteerRequest) error {
	why, err := words(req.Reason)
	if err != nil || req.Actor.By == "" || req.Session == "" {
		return cmp.Or(err, ErrInvalid)
	}
	req.Reason = why
	if err := g.seatOf(ctx, req.Event, req.Consultation, req.Seat); err != nil {
		return err
	}
	b := g.eventEntry(req.Event).board
	if b.wasDone(req.Session, req.Key) {
		return nil
	}
	switch req.Action {
	case SteerMute:
		err = g.mute(ctx, b, req)
	case SteerRemove:
		err = g.remove(ctx, req)
	case SteerAdmit:
		err = g.admit(ctx, req.Event, req.Seat, req.Actor, req.Reason)
	case SteerDevices, SteerMicrophone, SteerCamera, SteerSpeaker, SteerGain, SteerDiagnose:
		err = g.order(ctx, b, req)
	default:
		err = ErrInvalid
	}
	b.suffers(req.Consultation, err)
	if err == nil {
		b.markDone(req.Session, req.Key)
	}
	return err
}

// seatOf tells whether a seat is one of an event's consultation.
func (g *Registry) seatOf(ctx context.Context, event schedule.EventID, id schedule.ConsultationID, seat schedule.SeatID) error {
	e, err := g.Event(ctx, event)
	if err != nil {
		return err
	}
	of, _ := seat.Split()
	if c, ok := e.Consultation(id); !ok || of != id || !seatAllowed(e, c, seat) {
		return ErrNotFound
	}
	return nil
}

// inRoom runs a task with whoever sits on a seat; ErrGone: nobody does.
func (g *Registry) inRoom(ctx context.Context, key roomKey, seat schedule.SeatID, fn func(r *room, p *participant, now time.Time) error) error {
	r := g.openRoom(key)
	if r == nil {
		return ErrGone
	}
	return r.act(ctx, func(now time.Time) error {
		p := r.seats[seat]
		if p == nil {
			return ErrGone
		}
		return fn(r, p, now)
	})
}

// openRoom gives a room, or nil when it is not open.
func (g *Registry) openRoom(key roomKey) *room {
	g.mu.Lock()
	defer g.mu.Unlock()
	if en := g.rooms[key]; en != nil {
		return en.isOpen()
	}
	return nil
}

// mute shuts a source at the server. The person is told, and may switch it on
// again: a coordinator ends a noise, not somebody's right to speak.
func (g *Registry) mute(ctx context.Context, b *board, req SteerRequest) error {
	if !validSource(req.Source) {
		return ErrInvalid
	}
	o, err := b.newOrder(req, OrderMute, stamp(g.deps.Clock))
	if err != nil {
		return err
	}
	err = g.inRoom(ctx, roomKey{req.Event, req.Consultation}, req.Seat, func(r *room, p *participant, _ time.Time) error {
		b.giveTo(o, p.view.ID)
		r.setSource(p, req.Source, false)
		p.orders = append(p.orders, o.Order)
		g.act(req, schedule.ActionMute, string(req.Source))
		return nil
	})
	return g.ordered(b, o, err)
}

// remove takes a person out of the room, who comes in again when a coordinator
// admits it.
func (g *Registry) remove(ctx context.Context, req SteerRequest) error {
	return g.inRoom(ctx, roomKey{req.Event, req.Consultation}, req.Seat, func(r *room, p *participant, now time.Time) error {
		r.held = append(slices.Clip(r.held), req.Seat)
		r.leaving = ErrHeld
		r.detachIf(ErrHeld, func(a *auxiliary) bool { return a.view.Seat == req.Seat })
		r.remove(p, schedule.LeftRemoved, now)
		r.unbind(p)
		r.leaving = nil
		r.mirror.saveState(r.state(now))
		g.act(req, schedule.ActionRemove, "") // here: whoever waits for it may have given up
		return nil
	})
}

// order asks a browser, in the room or else in the lobby.
func (g *Registry) order(ctx context.Context, b *board, req SteerRequest) error {
	action, what := schedule.ActionDevice, string(req.Action)
	switch req.Action {
	case SteerDiagnose:
		action, what = schedule.ActionDiagnose, ""
	case SteerGain:
		if req.Gain <= 0 {
			return ErrInvalid
		}
		what += " " + strconv.Itoa(req.Gain)
	case SteerMicrophone, SteerCamera, SteerSpeaker:
		if req.Device == "" {
			return ErrInvalid
		}
	}
	o, err := b.newOrder(req, OrderKind(req.Action), stamp(g.deps.Clock))
	if err != nil {
		return err
	}
	err = g.inRoom(ctx, roomKey{req.Event, req.Consultation}, req.Seat, func(_ *room, p *participant, _ time.Time) error {
		b.giveTo(o, p.view.ID)
		p.orders = append(p.orders, o.Order)
		g.act(req, action, what)
		return nil
	})
	if err != nil && ctx.Err() == nil && b.orderLobby(o) {
		g.act(req, action, what)
		err = nil
	}
	return g.ordered(b, o, err)
}

// act records what was done to a person.
func (g *Registry) act(req SteerRequest, a schedule.Action, what string) {
	g.Act(req.Event, req.Actor, a, req.Consultation, req.Seat, what, req.Reason)
}

// ordered counts an order that was given, or forgets one that was not.
func (g *Registry) ordered(b *board, o *order, err error) error {
	if err != nil {
		b.dropOrder(o)
		return err
	}
	g.deps.Metrics.orders.WithLabelValues(string(o.Kind)).Inc()
	return nil
}

// admit lets a person come in who was removed before, and calls in whoever
// waits for the seat in the lobby.
func (g *Registry) admit(ctx context.Context, event schedule.EventID, seat schedule.SeatID, by schedule.Actor, why string) error {
	c, _ := seat.Split()
	if by.By == "" {
		return ErrInvalid
	}
	if err := g.seatOf(ctx, event, c, seat); err != nil {
		return err
	}
	err := g.amend(ctx, roomKey{event, c}, func(k schedule.Clock, s *schedule.RoomState, _ time.Time) (schedule.Entry, error) {
		switch k.Phase {
		case schedule.PhaseEnded:
			return schedule.Entry{}, ErrEnded
		case schedule.PhaseCancelled:
			return schedule.Entry{}, ErrCancelled
		}
		s.Held = slices.DeleteFunc(slices.Clone(s.Held), func(held schedule.SeatID) bool { return held == seat })
		return staffEntry(by, schedule.ActionAdmit, seat, "", why), nil
	})
	if err == nil {
		g.eventEntry(event).board.callIn(seat, by.Name)
	}
	return err
}

// Report is a browser's answer to an Order. It goes to the Watcher that
// steered; one that nobody waits for is dropped.
func (g *Registry) Report(event schedule.EventID, seat schedule.SeatID, session string, r OrderReport) {
	en := g.eventEntry(event)
	if en == nil {
		return
	}
	if kind, ok := en.board.answered(seat, session, r); ok && r.Failed != "" {
		g.deps.Metrics.ordersFailed.WithLabelValues(string(kind)).Inc()
	}
}
