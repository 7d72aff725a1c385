package hooks

import (
	"context"
	"encoding/base64"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"

	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// deliveriesShown is how many of the last deliveries are listed.
const deliveriesShown = 200

// List lists an event's webhooks, without their secrets.
func (c *Courier) List(ctx context.Context, by schedule.Grants) (protocol.Hooks, error) {
	hooks, err := c.deps.Store.Hooks(ctx, by.Event)
	if err != nil {
		return protocol.Hooks{}, unavailable(err)
	}
	out := protocol.Hooks{Hooks: []protocol.Hook{}}
	for _, h := range hooks {
		out.Hooks = append(out.Hooks, wireHook(h))
	}
	return out, nil
}

// Make adds a webhook. What its messages are signed with is told here alone.
func (c *Courier) Make(ctx context.Context, by schedule.Grants, in protocol.NewHook) (protocol.Hook, error) {
	if err := c.fits(in.URL); err != "" {
		return protocol.Hook{}, &protocol.Fault{Code: protocol.CodeBadMessage, Detail: "url: " + err}
	}
	h := schedule.Hook{
		ID: uuid.Must(uuid.NewV7()).String(), URL: in.URL, CreatedAt: c.now().UTC(), CreatedBy: by.By(),
	}
	for _, t := range schedule.HookTopics() {
		if slices.Contains(in.Topics, string(t)) {
			h.Topics = append(h.Topics, t)
		}
	}
	if len(h.Topics) == 0 {
		return protocol.Hook{}, &protocol.Fault{Code: protocol.CodeBadMessage, Detail: "topics: none that is known"}
	}
	there, err := c.deps.Store.Hooks(ctx, by.Event)
	if err != nil {
		return protocol.Hook{}, unavailable(err)
	}
	if len(there) >= PerEvent {
		return protocol.Hook{}, &protocol.Fault{Code: protocol.CodeConflict, Detail: "an event has ten webhooks at most"}
	}
	if err := c.deps.Store.SaveHook(ctx, by.Event, h); err != nil {
		return protocol.Hook{}, unavailable(err)
	}
	out := wireHook(h)
	out.Secret = "whsec_" + base64.StdEncoding.EncodeToString(c.deps.Key(h.ID))
	return out, nil
}

// fits tells what is wrong with an address; empty: nothing. A name is looked at
// again when it is dialled, since it may point elsewhere by then.
func (c *Courier) fits(raw string) string {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return "not an address like https://example.kr/hook"
	case u.Scheme == "https":
	case u.Scheme == "http":
		ip, err := netip.ParseAddr(u.Hostname())
		if err != nil || !slices.ContainsFunc(c.deps.Networks, func(n netip.Prefix) bool { return n.Contains(ip) }) {
			return "http is for addresses of the center's own networks alone"
		}
	default:
		return "not https"
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && !reachable(ip.Unmap(), c.deps.Networks) {
		return "an address of a private network that is not among those allowed"
	}
	return ""
}

// Delete forgets a webhook; what waits for it is not sent any more.
func (c *Courier) Delete(ctx context.Context, by schedule.Grants, id string) error {
	if _, err := c.hook(ctx, by.Event, id); err != nil {
		return err
	}
	if err := c.deps.Store.DeleteHook(ctx, by.Event, id); err != nil {
		return unavailable(err)
	}
	return nil
}

func (c *Courier) hook(ctx context.Context, e schedule.EventID, id string) (schedule.Hook, error) {
	hooks, err := c.deps.Store.Hooks(ctx, e)
	if err != nil {
		return schedule.Hook{}, unavailable(err)
	}
	i := slices.IndexFunc(hooks, func(h schedule.Hook) bool { return h.ID == id })
	if i < 0 {
		return schedule.Hook{}, protocol.Fail(protocol.CodeNotFound)
	}
	return hooks[i], nil
}

// Deliveries lists the last deliveries of a webhook, newest first.
func (c *Courier) Deliveries(ctx context.Context, by schedule.Grants, id string) (protocol.Deliveries, error) {
	if _, err := c.hook(ctx, by.Event, id); err != nil {
		return protocol.Deliveries{}, err
	}
	ds, err := c.deps.Store.Deliveries(ctx, by.Event, id, deliveriesShown)
	if err != nil {
		return protocol.Deliveries{}, unavailable(err)
	}
	out := protocol.Deliveries{Deliveries: []protocol.Delivery{}}
	for _, d := range ds {
		out.Deliveries = append(out.Deliveries, wireDelivery(d))
	}
	return out, nil
}

// Replay sends a delivery again, with its first id: whoever has had it already
// can tell. A webhook that was switched off is switched on by it.
func (c *Courier) Replay(ctx context.Context, by schedule.Grants, id, delivery string) (protocol.Delivery, error) {
	h, err := c.hook(ctx, by.Event, id)
	if err != nil {
		return protocol.Delivery{}, err
	}
	d, ok, err := c.deps.Store.Delivery(ctx, by.Event, delivery)
	if err != nil {
		return protocol.Delivery{}, unavailable(err)
	}
	if !ok || d.Hook != id {
		return protocol.Delivery{}, protocol.Fail(protocol.CodeNotFound)
	}
	if h.Disabled {
		h.Disabled, h.Failing = false, time.Time{}
		if err := c.deps.Store.SaveHook(ctx, by.Event, h); err != nil {
			return protocol.Delivery{}, unavailable(err)
		}
	}
	d.State, d.Tries, d.NextAt = schedule.DeliveryWaiting, 0, c.now().UTC()
	if err := c.deps.Store.SaveDelivery(ctx, by.Event, d); err != nil {
		return protocol.Delivery{}, unavailable(err)
	}
	return wireDelivery(d), nil
}

func wireHook(h schedule.Hook) protocol.Hook {
	out := protocol.Hook{
		ID: h.ID, URL: h.URL, Topics: []string{}, CreatedAt: h.CreatedAt.UTC(), Disabled: h.Disabled, Failing: optional(h.Failing),
	}
	for _, t := range h.Topics {
		out.Topics = append(out.Topics, string(t))
	}
	return out
}

func wireDelivery(d schedule.Delivery) protocol.Delivery {
	return protocol.Delivery{
		ID: d.ID, Topic: string(d.Topic), At: d.At.UTC(), Tries: d.Tries, Status: d.Status, State: string(d.State),
		NextAt: optional(d.NextAt), Payload: d.Payload,
	}
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return new(t.UTC())
}

func unavailable(err error) error {
	return &protocol.Fault{Code: protocol.CodeUnavailable, RetryAfter: 2 * time.Second, Cause: err}
}
