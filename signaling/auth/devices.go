package auth

import (
	"context"
	"net/netip"
	"strconv"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// Purpose is what a device's key opens. A key that lies in an encoder in a hall
// must not let anybody watch, and the other way round, and neither is the link.
type Purpose string

const (
	PurposePublish Purpose = "publish" // into the firm's seat, as an encoder
	PurposeWatch   Purpose = "watch"   // a room, on a screen
)

// Device is the key of a link's devices. It ends with the link's version.
func (k *Keeper) Device(p Purpose, id schedule.LinkID, version int) string {
	return digits(k.sum("device", string(p), string(id), strconv.Itoa(version)))
}

const deviceKeyLen = 24 // 140 bits

// digits writes a number, the lowest digit first, in those that nobody takes for
// one another: a key may be typed into a box with its remote control.
func digits(b []byte) string {
	const all = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	out := make([]byte, deviceKeyLen)
	for i := range out {
		remainder := 0
		for j, v := range b {
			n := remainder<<8 | int(v)
			b[j], remainder = byte(n/len(all)), n%len(all)
		}
		out[i] = all[remainder]
	}
	return string(out)
}

// May tells whether a link has such devices. An encoder shows what a firm brings;
// a screen stands in the hall: a buyer's link watches nothing but its own room.
func (p Purpose) May(g schedule.Grants) bool {
	switch p {
	case PurposePublish:
		return g.Kind == schedule.LinkBooth || g.Kind == schedule.LinkPerson && g.Role == schedule.RoleFirm
	case PurposeWatch:
		return g.Kind == schedule.LinkBooth || g.Kind == schedule.LinkConsole
	}
	return false
}

// LinkReader finds links: *store.Store.
type LinkReader interface {
	Link(ctx context.Context, id schedule.LinkID) (schedule.Link, bool, error)
}

// Devices lets in what goes by a link's key and has no page.
type Devices struct {
	// Fixed after NewDevices.
	links  LinkReader
	keeper *Keeper
	now    func() time.Time
	wrong  *Limiter // of a link and an address together, as Gate's
	addrs  *Limiter // of an address: each guess at a link's name costs a reading of the store
}

// NewDevices makes Devices.
func NewDevices(links LinkReader, keeper *Keeper, now func() time.Time) *Devices {
	if now == nil {
		now = time.Now
	}
	return &Devices{links: links, keeper: keeper, now: now, wrong: NewLimiter(wrongEvery, wrongBurst), addrs: NewLimiter(addrEvery, addrBurst)}
}

// Grants tells what a device may whose bearer token is key. An unknown link and a
// wrong key have one answer, CodeTokenUnknown.
func (d *Devices) Grants(ctx context.Context, p Purpose, id schedule.LinkID, key string, from netip.Addr) (schedule.Grants, error) {
	now := d.now()
	addr := AddrKey(from)
	pair := string(id) + " " + addr
	if wait, ok := d.wrong.Left(pair, now); !ok {
		return schedule.Grants{}, limited(wait)
	}
	if wait, ok := d.addrs.Left(addr, now); !ok {
		return schedule.Grants{}, limited(wait)
	}
	link, known, err := d.links.Link(ctx, id)
	if err != nil {
		return schedule.Grants{}, unavailable(err)
	}
	// An unknown link is compared, too: the time of the answer tells nothing.
	if !Matches(key, Hash(d.keeper.Device(p, id, link.Version))) || !known {
		d.addrs.Allow(addr, 1, now)
		if wait, ok := d.wrong.Allow(pair, 1, now); !ok {
			return schedule.Grants{}, limited(wait)
		}
		return schedule.Grants{}, protocol.Fail(protocol.CodeTokenUnknown)
	}
	g := link.Grants
	g.Version = link.Version
	switch {
	case link.Revoked:
		return g, protocol.Fail(protocol.CodeLinkRevoked)
	case !now.Before(g.NotAfter):
		return g, protocol.Fail(protocol.CodeLinkExpired)
	case !p.May(g):
		return g, protocol.Fail(protocol.CodeForbidden)
	}
	return g, nil
}

// Good tells whether what a device was granted still holds; a store that is away
// takes nothing back.
func (d *Devices) Good(ctx context.Context, g schedule.Grants) bool {
	link, known, err := d.links.Link(ctx, g.Link)
	if err != nil {
		return true
	}
	return known && !link.Revoked && link.Version == g.Version && d.now().Before(g.NotAfter)
}
