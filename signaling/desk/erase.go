package desk

import (
	"context"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
	"sangdam/signaling/protocol"
)

// Erase takes a person's name, contacts, words and chat away; counts and the
// chain stay. Whoever came by its links is out.
func (d *Desk) Erase(ctx context.Context, by schedule.Grants, in protocol.EraseRequest) (protocol.Erasure, error) {
	reason := clean(in.Reason)
	if len(reason) < 3 {
		return protocol.Erasure{}, &protocol.Fault{Code: protocol.CodeBadMessage, Detail: "reason: why?"}
	}
	links, err := d.deps.Store.Links(ctx, by.Event)
	if err != nil {
		return protocol.Erasure{}, fail(err)
	}
	done, err := d.deps.Store.Erase(ctx, store.Erasure{Event: by.Event, Party: in.Party, By: by.By(), Reason: reason})
	if err != nil {
		return protocol.Erasure{}, fail(err)
	}
	if err := d.deps.Rooms.Reload(ctx, by.Event); err != nil {
		d.deps.Logger.Warn("rooms have not forgotten a name yet", "event", by.Event, "err", err)
	}
	if err := d.deps.Rooms.Forget(ctx, by.Event, in.Party); err != nil {
		d.deps.Logger.Warn("rooms have not forgotten words yet", "event", by.Event, "err", err)
	}
	for _, l := range links {
		if l.Grants.Kind == schedule.LinkPerson && l.Grants.Party == in.Party && d.deps.Out != nil {
			d.deps.Out(ctx, l.ID)
		}
	}
	return protocol.Erasure(done), nil
}
