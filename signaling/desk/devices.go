package desk

import (
	"context"

	"sangdam/rooms/schedule"
	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
	"sangdam/signaling/whip"
)

// LinkDevices tells what the devices of a link are set to.
func (d *Desk) LinkDevices(ctx context.Context, by schedule.Grants, id schedule.LinkID) (protocol.DeviceAccess, error) {
	l, err := d.link(ctx, by, id)
	if err != nil {
		return protocol.DeviceAccess{}, err
	}
	if l.Revoked {
		return protocol.DeviceAccess{}, nil
	}
	if !covers(by, l) {
		return protocol.DeviceAccess{}, protocol.Fail(protocol.CodeForbidden)
	}
	return d.devices(l), nil
}

// MyDevices is the same of the link that asks. Who came by signing in has none.
func (d *Desk) MyDevices(ctx context.Context, by schedule.Grants) (protocol.DeviceAccess, error) {
	if by.Account != "" {
		return protocol.DeviceAccess{}, nil
	}
	l, err := d.link(ctx, by, by.Link)
	if err != nil {
		return protocol.DeviceAccess{}, err
	}
	return d.devices(l), nil
}

func (d *Desk) devices(l schedule.Link) (out protocol.DeviceAccess) {
	door := func(p auth.Purpose, path string) *protocol.DeviceDoor {
		if !p.May(l.Grants) {
			return nil
		}
		return &protocol.DeviceDoor{URL: d.deps.URL + path + string(l.ID), Token: d.deps.Keeper.Device(p, l.ID, l.Version)}
	}
	out.Publish, out.Watch = door(auth.PurposePublish, whip.PublishPath), door(auth.PurposeWatch, whip.WatchPath)
	if l.Grants.Kind == schedule.LinkConsole && out.Watch != nil {
		out.Watch.URL += "?consultation=" // whoever types it says which
	}
	return out
}
