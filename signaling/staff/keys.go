package staff

import (
	"context"
	"slices"
	"strings"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
)

// keysOf is how many keys that live an event has at most.
const keysOf = 50

// Keys lists the API keys of an event, the newest first.
func (o *Office) Keys(ctx context.Context, by schedule.Grants) (protocol.Keys, error) {
	all, err := o.deps.Store.APIKeys(ctx, by.Event)
	if err != nil {
		return protocol.Keys{}, fail(err)
	}
	return protocol.Keys{Keys: each(all, wireKey)}, nil
}

func wireKey(k schedule.APIKey) protocol.Key {
	out := protocol.Key{
		ID: k.ID, Name: k.Name, Scopes: each(k.Scopes, func(s schedule.Scope) string { return string(s) }),
		CreatedAt: k.CreatedAt.UTC(), CreatedBy: k.CreatedBy, UsedAt: k.UsedAt, Revoked: k.Revoked,
	}
	if !k.ExpiresAt.IsZero() {
		at := k.ExpiresAt.UTC()
		out.ExpiresAt = &at
	}
	return out
}

// NewKey makes a key; its secret is told here and never again.
func (o *Office) NewKey(ctx context.Context, by schedule.Grants, in protocol.NewKey) (protocol.Key, error) {
	name := strings.TrimSpace(in.Name)
	if name == "" {
		return protocol.Key{}, bad("the key wants a name")
	}
	var scopes []schedule.Scope
	for _, s := range in.Scopes {
		if !slices.Contains(schedule.Scopes(), schedule.Scope(s)) {
			return protocol.Key{}, bad("no such scope")
		}
		if !slices.Contains(scopes, schedule.Scope(s)) {
			scopes = append(scopes, schedule.Scope(s))
		}
	}
	if len(scopes) == 0 {
		return protocol.Key{}, bad("the key wants a scope")
	}
	all, err := o.deps.Store.APIKeys(ctx, by.Event)
	if err != nil {
		return protocol.Key{}, fail(err)
	}
	living := slices.DeleteFunc(all, func(k schedule.APIKey) bool { return k.Revoked })
	if len(living) >= keysOf {
		return protocol.Key{}, &protocol.Fault{Code: protocol.CodeConflict, Detail: "the event has 50 keys: revoke one"}
	}
	var expires time.Time
	if in.Days > 0 {
		expires = o.now().AddDate(0, 0, in.Days)
	}
	k, secret := auth.NewAPIKey(by.Event, name, scopes, by.By(), o.now(), expires)
	if err := o.deps.Store.SaveAPIKey(ctx, k); err != nil {
		return protocol.Key{}, fail(err)
	}
	o.act(by.Event, by.By(), schedule.ActionKey, "made "+k.ID, "")
	out := wireKey(k)
	out.Secret = secret
	return out, nil
}

// RevokeKey makes a key worthless at once.
func (o *Office) RevokeKey(ctx context.Context, by schedule.Grants, id string) (protocol.Key, error) {
	k, ok, err := o.deps.Store.APIKey(ctx, id)
	if err != nil {
		return protocol.Key{}, fail(err)
	}
	if !ok || k.Event != by.Event { // another event's is not there
		return protocol.Key{}, protocol.Fail(protocol.CodeNotFound)
	}
	if !k.Revoked {
		if err := o.deps.Store.RevokeAPIKey(ctx, id, o.now()); err != nil {
			return protocol.Key{}, fail(err)
		}
		k.Revoked = true
		o.act(by.Event, by.By(), schedule.ActionKey, "revoked "+id, "")
	}
	return wireKey(k), nil
}
