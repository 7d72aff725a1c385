// Package hooks tells other programs what happens in an event: it follows each
// webhook's place in the ledger, queues what the webhook wants to know, and sends
// it, signed, until it has arrived.
//
// Courier owns two goroutines and those that send; cursors, queues and the log of
// deliveries live in the Store, so that any node may go on where another ended.
// Telling webhooks from the rooms' own news was rejected: what happened while a
// node died would never be told.
package hooks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"sangdam/rooms/schedule"
)

// Store keeps webhooks, their places in the ledger, and what they are to be told.
type Store interface {
	Events(ctx context.Context) ([]schedule.EventID, error)
	Hooks(ctx context.Context, e schedule.EventID) ([]schedule.Hook, error)
	SaveHook(ctx context.Context, e schedule.EventID, h schedule.Hook) error
	DeleteHook(ctx context.Context, e schedule.EventID, id string) error
	HookNews(ctx context.Context, e schedule.EventID, hook string, n int) (entries []schedule.Entry, from, to string, err error)
	Enqueue(ctx context.Context, e schedule.EventID, hook, from, to string, ds []schedule.Delivery) (bool, error)
	TakeDeliveries(ctx context.Context, e schedule.EventID, now, again time.Time, n int) ([]schedule.Delivery, error)
	SaveDelivery(ctx context.Context, e schedule.EventID, d schedule.Delivery) error
	Deliveries(ctx context.Context, e schedule.EventID, hook string, n int) ([]schedule.Delivery, error)
	Delivery(ctx context.Context, e schedule.EventID, id string) (schedule.Delivery, bool, error)
}

// Deps are what a Courier leans on.
type Deps struct {
	Store Store
	// Key is what a webhook's messages are signed with, 32 bytes.
	Key func(hook string) []byte
	// Networks may be told though they are private: the center's own. All that is
	// reached over the open internet may be.
	Networks []netip.Prefix
	Logger   *slog.Logger
	Metrics  prometheus.Registerer // nil: counted for nobody
	Now      func() time.Time      // nil: time.Now
}

const (
	lookEvery = 500 * time.Millisecond
	page      = 200 // entries of the ledger at once
	takeMost  = 16  // deliveries under way at once; the others wait in the store
	sendLimit = 10 * time.Second
	takenFor  = 3 * sendLimit // a delivery whose node died comes again then
	callLimit = 5 * time.Second

	// PerEvent is how many webhooks an event may have.
	PerEvent = 10
)

// pauses are the times between tries (Standard Webhooks, "Deliverability and
// reliability"); after the last one a delivery is given up: 28 hours in all.
func pauses() []time.Duration {
	return []time.Duration{
		5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 12 * time.Hour,
	}
}

// Courier sends webhooks.
type Courier struct {
	// Fixed after New.
	deps   Deps
	client *http.Client
	log    *slog.Logger
	now    func() time.Time
	tries  *prometheus.CounterVec
	ctx    context.Context
	stop   context.CancelFunc
	free   chan struct{} // one token for each delivery that may be under way

	running sync.WaitGroup
}

// New makes a Courier. Start must follow, and Close in the end.
func New(d Deps) *Courier {
	if d.Logger == nil {
		d.Logger = slog.New(slog.DiscardHandler)
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	c := &Courier{deps: d, client: newClient(d.Networks), log: d.Logger, now: d.Now, free: make(chan struct{}, takeMost)}
	c.tries = newTries(d.Metrics)
	c.ctx, c.stop = context.WithCancel(context.Background())
	return c
}

// Start begins to follow and to send.
func (c *Courier) Start() {
	c.running.Go(func() { c.repeat(c.follow) })
	c.running.Go(func() { c.repeat(c.send) })
}

// Close waits for what is under way; what has not arrived then is sent by the
// next start.
func (c *Courier) Close() {
	c.stop()
	c.running.Wait()
	c.client.CloseIdleConnections()
}

// repeat runs a round for each event, again and again. A store that is away is
// asked again: nothing is lost meanwhile.
func (c *Courier) repeat(round func(context.Context, schedule.EventID) error) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		events, err := c.deps.Store.Events(c.ctx)
		if err != nil {
			c.log.Debug("webhooks wait for the store", "err", err)
		}
		for _, e := range events {
			if err := round(c.ctx, e); err != nil && c.ctx.Err() == nil {
				c.log.Debug("webhooks", "event", e, "err", err)
			}
		}
		select {
		case <-tick.C:
		case <-c.ctx.Done():
			return
		}
	}
}

// follow queues what the ledger has new for each webhook of an event.
func (c *Courier) follow(ctx context.Context, e schedule.EventID) error {
	hooks, err := c.deps.Store.Hooks(ctx, e)
	if err != nil {
		return err
	}
	for _, h := range hooks {
		if h.Disabled {
			continue
		}
		entries, from, to, err := c.deps.Store.HookNews(ctx, e, h.ID, page)
		if err != nil {
			return err
		}
		if from == to {
			continue
		}
		var ds []schedule.Delivery
		for _, en := range entries {
			if topic := en.Kind.Topic(); topic != "" && slices.Contains(h.Topics, topic) {
				ds = append(ds, c.delivery(h, topic, en))
			}
		}
		if _, err := c.deps.Store.Enqueue(ctx, e, h.ID, from, to, ds); err != nil {
			return err
		}
	}
	return nil
}

// Payload is what a webhook is told. Names are not in it: they are in the
// timetable, for whoever has a key to that.
type Payload struct {
	Type      schedule.HookTopic `json:"type"`
	Timestamp time.Time          `json:"timestamp"` // when it happened
	Data      News               `json:"data"`
}

// News is an entry of the ledger without what concerns the chain alone.
type News struct {
	Entry        string                  `json:"entry"`
	Event        schedule.EventID        `json:"event"`
	Kind         schedule.EntryKind      `json:"kind"`
	Consultation schedule.ConsultationID `json:"consultation,omitempty"`
	Seat         schedule.SeatID         `json:"seat,omitempty"`
	Session      string                  `json:"session,omitempty"`
	Detail       string                  `json:"detail,omitempty"`
}

func (c *Courier) delivery(h schedule.Hook, topic schedule.HookTopic, e schedule.Entry) schedule.Delivery {
	text, err := json.Marshal(Payload{Type: topic, Timestamp: e.At.UTC(), Data: News{
		Entry: e.ID, Event: e.Event, Kind: e.Kind, Consultation: e.Consultation, Seat: e.Seat, Session: e.Session, Detail: e.Detail,
	}})
	if err != nil {
		panic(fmt.Sprintf("hooks: %v", err)) // plain strings and a time of this age
	}
	id := sha256.Sum256([]byte(h.ID + " " + e.ID))
	now := c.now()
	return schedule.Delivery{
		ID: "msg_" + hex.EncodeToString(id[:12]), Hook: h.ID, Topic: topic, At: e.At, Payload: string(text),
		State: schedule.DeliveryWaiting, NextAt: now,
	}
}

// send takes what is due and sends it, as many at once as there are tokens: a
// webhook that is slow holds some of them for ten seconds, and the rest waits in
// the store.
func (c *Courier) send(ctx context.Context, e schedule.EventID) error {
	room := cap(c.free) - len(c.free)
	if room == 0 {
		return nil
	}
	now := c.now()
	due, err := c.deps.Store.TakeDeliveries(ctx, e, now, now.Add(takenFor), room)
	if err != nil || len(due) == 0 {
		return err
	}
	hooks, err := c.deps.Store.Hooks(ctx, e)
	if err != nil {
		return err
	}
	for _, d := range due {
		i := slices.IndexFunc(hooks, func(h schedule.Hook) bool { return h.ID == d.Hook })
		if i < 0 {
			continue // it was deleted with all its deliveries
		}
		c.free <- struct{}{}
		c.running.Go(func() {
			defer func() { <-c.free }()
			c.try(ctx, e, hooks[i], d)
		})
	}
	return nil
}

// try sends one delivery and keeps what became of it.
func (c *Courier) try(ctx context.Context, e schedule.EventID, h schedule.Hook, d schedule.Delivery) {
	status, err := c.post(ctx, h, d)
	if ctx.Err() != nil {
		return // it comes again when its time as taken is over
	}
	now := c.now()
	d.Tries, d.Status, d.NextAt = d.Tries+1, status, time.Time{}
	before := h
	switch all := pauses(); {
	case err == nil:
		d.State, h.Failing = schedule.DeliveryDelivered, time.Time{}
		c.tries.WithLabelValues(outcomeDelivered).Inc()
	case status == http.StatusGone, d.Tries > len(all):
		d.State = schedule.DeliveryGivenUp
		h.Disabled = status == http.StatusGone
		c.tries.WithLabelValues(outcomeGivenUp).Inc()
	default:
		d.NextAt = now.Add(all[d.Tries-1])
		c.tries.WithLabelValues(outcomeFailed).Inc()
	}
	if err != nil {
		if h.Failing.IsZero() {
			h.Failing = now
		}
		c.log.Info("webhook not told", "event", e, "hook", h.ID, "delivery", d.ID, "tries", d.Tries, "status", status)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callLimit)
	defer cancel()
	if err := c.deps.Store.SaveDelivery(ctx, e, d); err != nil {
		c.log.Warn("a webhook's delivery was not noted and will be sent again", "hook", h.ID, "err", err)
	}
	if h.Disabled != before.Disabled || h.Failing.IsZero() != before.Failing.IsZero() {
		c.mark(ctx, e, h)
	}
}

// mark keeps a webhook's state, unless it was deleted meanwhile.
func (c *Courier) mark(ctx context.Context, e schedule.EventID, h schedule.Hook) {
	now, err := c.deps.Store.Hooks(ctx, e)
	if err == nil && slices.ContainsFunc(now, func(o schedule.Hook) bool { return o.ID == h.ID }) {
		err = c.deps.Store.SaveHook(ctx, e, h)
	}
	if err != nil {
		c.log.Warn("a webhook's state was not noted", "hook", h.ID, "err", err)
	}
}
