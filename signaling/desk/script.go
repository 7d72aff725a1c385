package desk

import (
	"context"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/timetable"
	"sangdam/signaling/protocol"
)

const (
	timesOffered = 5                // other times for a consultation
	timesAfter   = 10 * time.Minute // nobody comes sooner
)

// Script is all that a coordinator needs to find who is missing of a
// consultation, and what can be offered instead.
func (d *Desk) Script(ctx context.Context, by schedule.Grants, id schedule.ConsultationID) (protocol.Script, error) {
	e, c, err := d.consultation(ctx, by, id)
	if err != nil {
		return protocol.Script{}, err
	}
	row, err := d.row(ctx, e.ID, id)
	if err != nil {
		return protocol.Script{}, err
	}
	out := protocol.Script{
		Consultation: string(id), Cards: []protocol.ContactCard{}, Contacts: each(row.Contacts, wireContacted),
		Times: each(timetable.Offers(e, id, d.now().Add(timesAfter), timesOffered), func(o timetable.Offer) protocol.OfferedTime {
			booth, _ := e.Booth(o.Booth)
			return protocol.OfferedTime{StartsAt: o.Start, EndsAt: o.End, Booth: string(o.Booth), BoothName: booth.Name}
		}),
		StandBys: d.standBys(e, c),
	}
	if !reaches(by) {
		for i := range out.StandBys {
			out.StandBys[i].Phone = ""
		}
	}
	seen, err := d.seen(ctx, e.ID)
	if err != nil { // a phone number helps without it
		d.deps.Logger.Warn("when links were used is not known", "event", e.ID, "err", err)
	}
	for _, seat := range c.Seats() {
		if here(row, seat) {
			continue
		}
		_, role := seat.Split()
		h := HolderOf(e, schedule.Grants{Event: e.ID, Kind: schedule.LinkPerson, Role: role, Party: partyOf(c, role)})
		card := protocol.ContactCard{
			Role: string(role), Name: h.Name, Zone: h.Zone, Language: e.SeatLanguage(seat),
		}
		if reaches(by) {
			card.Contact = protocol.Contact(h.Contact)
		}
		if card.Zone == "" { // firms and interpreters are at the center
			card.Zone = e.Zone
		}
		if at, ok := seen[holder{role, partyOf(c, role)}]; ok {
			card.SeenAt = &at
		}
		out.Cards = append(out.Cards, card)
	}
	return out, nil
}

// row is a consultation as the rooms have it; an empty one where they have not
// taken it over yet.
func (d *Desk) row(ctx context.Context, e schedule.EventID, id schedule.ConsultationID) (rooms.Row, error) {
	all, err := d.deps.Rooms.Rows(ctx, e)
	if err != nil {
		return rooms.Row{}, fail(err)
	}
	for _, r := range all {
		if r.Consultation.ID == id {
			return r, nil
		}
	}
	return rooms.Row{}, nil
}

// here tells whether somebody of a seat's role is in the room or before its
// door.
func here(r rooms.Row, seat schedule.SeatID) bool {
	_, role := seat.Split()
	for _, s := range r.Seats {
		if s.Role == role && (s.State == rooms.SeatHere || s.State == rooms.SeatAway || s.State == rooms.SeatLobby) {
			return true
		}
	}
	return false
}

func partyOf(c schedule.Consultation, r schedule.Role) string {
	switch r {
	case schedule.RoleFirm:
		return string(c.Firm)
	case schedule.RoleBuyer:
		return string(c.Buyer)
	case schedule.RoleInterpreter:
		return string(c.Interpreter)
	}
	return ""
}

// holder is a party of a role.
type holder struct {
	role  schedule.Role
	party string
}

// seen tells when the links of parties were last used: opened, or a device
// tested by them.
func (d *Desk) seen(ctx context.Context, e schedule.EventID) (map[holder]time.Time, error) {
	links, err := d.deps.Store.Links(ctx, e)
	if err != nil {
		return nil, fail(err)
	}
	tests, err := d.deps.Store.Readiness(ctx, e)
	if err != nil {
		return nil, fail(err)
	}
	out := map[holder]time.Time{}
	for _, l := range links {
		if l.Grants.Kind != schedule.LinkPerson {
			continue
		}
		at := tests[l.ID].At
		if l.UsedAt != nil {
			at = later(at, *l.UsedAt)
		}
		if h := (holder{l.Grants.Role, l.Grants.Party}); !at.IsZero() {
			out[h] = later(out[h], at).UTC()
		}
	}
	return out, nil
}

// standBys are the buyers who could step in, those whose page is open first.
func (d *Desk) standBys(e *schedule.Event, c schedule.Consultation) []protocol.StandBy {
	var here, elsewhere []protocol.StandBy
	for _, b := range e.Buyers {
		if !b.StandBy || b.ID == c.Buyer {
			continue
		}
		s := protocol.StandBy{
			Buyer: string(b.ID), Name: b.Name, Country: b.Country, Zone: b.Zone, Language: b.Language, Phone: b.Phone,
			Online: d.deps.Online != nil && d.deps.Online(e.ID, schedule.RoleBuyer, string(b.ID)),
		}
		if s.Online {
			here = append(here, s)
		} else {
			elsewhere = append(elsewhere, s)
		}
	}
	return append(append([]protocol.StandBy{}, here...), elsewhere...)
}
