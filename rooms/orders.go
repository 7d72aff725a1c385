package rooms

import (
	"time"

	"github.com/google/uuid"

	"sangdam/rooms/schedule"
)

const (
	orderFor     = 30 * time.Second // an answer that comes later is dropped
	answerWithin = 15 * time.Second // then the console is told that nobody answers; a late answer still reaches it
	maxOrders    = 16               // of one seat that may still be answered
)

// order is an Order that may still be answered.
type order struct {
	Order
	seat     schedule.SeatID
	session  string // who may answer
	console  string // session of who steered
	key      string
	at       time.Time
	toldGone bool // the console was told that nobody answers
}

// wantsAnswer tells whether a browser answers even when all went well.
func (o *order) wantsAnswer() bool { return o.Kind == OrderDevices || o.Kind == OrderDiagnose }

// newOrder notes an order before it is given.
func (b *board) newOrder(req SteerRequest, kind OrderKind, now time.Time) (*order, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	open := 0
	for _, o := range b.orders {
		if o.seat == req.Seat {
			open++
		}
	}
	if open >= maxOrders {
		return nil, ErrFull
	}
	o := &order{
		Order:   Order{ID: id.String(), Kind: kind, By: req.Actor.Name, Source: req.Source, Device: req.Device, Gain: req.Gain},
		seat:    req.Seat,
		console: req.Session, key: req.Key, at: now,
	}
	b.orders[o.ID] = o
	return o, nil
}

// giveTo says whose order it is.
func (b *board) giveTo(o *order, session string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o.session = session
}

func (b *board) dropOrder(o *order) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.orders, o.ID)
}

// orderLobby gives an order to whoever waits for its seat and came last; false:
// nobody does.
func (b *board) orderLobby(o *order) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, _ := o.seat.Split()
	var last *Waiting
	for _, w := range b.inLobby(c) {
		if w.req.Seat == o.seat && !w.muted {
			last = w
		}
	}
	if last == nil {
		return false
	}
	o.session = last.req.Session
	last.req.Lobbyist.Ordered(o.Order)
	return true
}

// callIn asks all who wait for a seat to come in.
func (b *board) callIn(seat schedule.SeatID, by string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, _ := seat.Split()
	for _, w := range b.inLobby(c) {
		if w.req.Seat == seat && !w.muted {
			w.req.Lobbyist.Ordered(Order{ID: uuid.NewString(), Kind: OrderComeIn, By: by})
		}
	}
}

// answered passes an answer on; one that is not of the browser that was ordered
// is ignored.
func (b *board) answered(seat schedule.SeatID, session string, r OrderReport) (kind OrderKind, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := b.orders[r.Order]
	if o == nil || o.seat != seat || o.session != session || session == "" {
		return "", false
	}
	delete(b.orders, o.ID)
	b.report(o, r.Answer, r.Failed)
	return o.Kind, true
}

// departed ends the orders of a session that is out of its room.
func (b *board) departed(session string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.abandon(session)
}

// abandon tells that a session will not answer any more; mu is held.
func (b *board) abandon(session string) {
	for id, o := range b.orders {
		if o.session != session {
			continue
		}
		delete(b.orders, id)
		if !o.toldGone {
			b.report(o, nil, FailedGone)
		}
	}
}

// expireOrders tells which orders nobody answers, and drops old ones.
func (b *board) expireOrders(now time.Time) (failed []OrderKind) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, o := range b.orders {
		if due(o.at, answerWithin, now) && o.wantsAnswer() && !o.toldGone {
			o.toldGone = true
			failed = append(failed, o.Kind)
			b.report(o, nil, FailedGone)
		}
		if due(o.at, orderFor, now) {
			delete(b.orders, id)
		}
	}
	return failed
}

// report tells the console that steered; mu is held.
func (b *board) report(o *order, answer any, failed string) {
	c, _ := o.seat.Split()
	for w, watcher := range b.watchers {
		if w.req.Session == o.console {
			watcher.Reported(Report{Key: o.key, Consultation: c, Seat: o.seat, Answer: answer, Failed: failed})
		}
	}
}
