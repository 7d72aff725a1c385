package desk

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/spreadsheet"
	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
)

// Links lists all links of an event with their addresses.
func (d *Desk) Links(ctx context.Context, by schedule.Grants) (protocol.Links, error) {
	_, all, err := d.links(ctx, by)
	if err != nil {
		return protocol.Links{}, err
	}
	return protocol.Links{Links: all, Mail: d.CanMail()}, nil
}

func (d *Desk) links(ctx context.Context, by schedule.Grants) (*schedule.Event, []protocol.LinkInfo, error) {
	e, err := d.event(ctx, by)
	if err != nil {
		return nil, nil, err
	}
	links, err := d.deps.Store.Links(ctx, by.Event)
	if err != nil {
		return nil, nil, fail(err)
	}
	consents, err := d.deps.Store.Consents(ctx, by.Event)
	if err != nil {
		return nil, nil, fail(err)
	}
	all := each(links, func(l schedule.Link) protocol.LinkInfo {
		info := d.info(e, by, l)
		if c, ok := consents[l.ID]; ok {
			info.ConsentAt = &c.At
		}
		return info
	})
	slices.SortStableFunc(all, func(a, b protocol.LinkInfo) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Seat, b.Seat))
	})
	return e, all, nil
}

// rank puts coordinators first, then booths, then people.
func rank(l protocol.LinkInfo) int {
	switch {
	case l.Kind == string(schedule.LinkConsole):
		return 0
	case l.Kind == string(schedule.LinkBooth):
		return 1
	}
	return 2 + slices.Index([]string{string(schedule.RoleFirm), string(schedule.RoleBuyer), string(schedule.RoleInterpreter)}, l.Role)
}

// covers tells whether somebody may do all that a console link may. Whoever may
// not is not told its address: it would be a way to more than was granted. A
// program is told none.
func covers(by schedule.Grants, l schedule.Link) bool {
	return l.Grants.Kind != schedule.LinkConsole || by.May(cmp.Or(l.Grants.Right, schedule.RightCoordinator))
}

func (d *Desk) info(e *schedule.Event, by schedule.Grants, l schedule.Link) protocol.LinkInfo {
	g := l.Grants
	h := HolderOf(e, g)
	info := protocol.LinkInfo{
		ID: string(l.ID), Kind: string(g.Kind), Role: string(g.Role), Name: h.Name, Party: g.Party, Booth: string(g.Booth),
		Seat: max(1, g.Seat), Language: h.Language, Version: l.Version, Consultations: []string{},
		CreatedAt: l.CreatedAt.UTC(), UsedAt: l.UsedAt, SentAt: l.SentAt, RevokedAt: l.RevokedAt, EndsAt: g.NotAfter.UTC(),
	}
	if info.Seat == 1 { // a colleague elsewhere has an address of its own
		info.Email = h.Contact.Email
	}
	for _, on := range e.Seats(g) {
		info.Consultations = append(info.Consultations, string(on.Consultation.ID))
	}
	if path, ok := d.deps.Keeper.Path(l); ok && !l.Revoked && covers(by, l) {
		info.URL = d.deps.URL + path
	}
	return info
}

// Holder is whom a link is for.
type Holder struct {
	Name     string
	Language string
	Zone     string // a buyer's; others are at the center
	Contact  schedule.Contact
}

// HolderOf finds whom a link is for.
func HolderOf(e *schedule.Event, g schedule.Grants) Holder {
	h := Holder{Language: e.Language}
	switch {
	case g.Kind == schedule.LinkConsole:
		h.Name = cmp.Or(g.Name, e.Organiser, e.Name)
	case g.Kind == schedule.LinkBooth:
		b, _ := e.Booth(g.Booth)
		h.Name = b.Name
	case g.Role == schedule.RoleFirm:
		f, _ := e.Firm(schedule.FirmID(g.Party))
		h.Name, h.Contact = f.Name, f.Contact
	case g.Role == schedule.RoleBuyer:
		b, _ := e.Buyer(schedule.BuyerID(g.Party))
		h.Name, h.Contact, h.Zone, h.Language = b.Name, b.Contact, b.Zone, cmp.Or(b.Language, e.Language)
	case g.Role == schedule.RoleInterpreter:
		i, _ := e.Interpreter(schedule.InterpreterID(g.Party))
		h.Name, h.Contact = i.Name, i.Contact
	}
	return h
}

// AddLink makes a link for a colleague, or for one more coordinator.
func (d *Desk) AddLink(ctx context.Context, by schedule.Grants, in protocol.AddLink) (protocol.LinkInfo, error) {
	e, err := d.event(ctx, by)
	if err != nil {
		return protocol.LinkInfo{}, err
	}
	have, err := d.deps.Store.Links(ctx, by.Event)
	if err != nil {
		return protocol.LinkInfo{}, fail(err)
	}
	o := auth.MintOptions{Now: d.now(), Have: have}
	role := schedule.Role(in.Role)
	var m auth.Minted
	switch {
	case role == schedule.RoleCoordinator && !by.May(schedule.RightCoordinator): // a program makes no consoles
		return protocol.LinkInfo{}, protocol.Fail(protocol.CodeForbidden)
	case role == schedule.RoleCoordinator:
		name := strings.TrimSpace(in.Name)
		if name == "" {
			return protocol.LinkInfo{}, &protocol.Fault{Code: protocol.CodeBadMessage, Detail: "a coordinator needs a name"}
		}
		m, err = d.deps.Keeper.Console(e, name, o)
	case !knows(e, role, in.Party):
		return protocol.LinkInfo{}, protocol.Fail(protocol.CodeNotFound)
	default:
		m, err = d.deps.Keeper.Colleague(e, role, in.Party, o)
	}
	if err == nil && m.Fresh {
		err = d.deps.Store.SaveLinks(ctx, []schedule.Link{m.Link})
	}
	if err != nil {
		return protocol.LinkInfo{}, fail(err)
	}
	info := d.info(e, by, m.Link)
	if m.Fresh {
		d.note(ctx, e.ID, d.record(e, by, "link_added", linkChange(info, "created")))
		d.act(e, by, schedule.ActionLink, "", "added "+info.ID, in.Reason)
	}
	return info, nil
}

func knows(e *schedule.Event, role schedule.Role, party string) (ok bool) {
	switch role {
	case schedule.RoleFirm:
		_, ok = e.Firm(schedule.FirmID(party))
	case schedule.RoleBuyer:
		_, ok = e.Buyer(schedule.BuyerID(party))
	case schedule.RoleInterpreter:
		_, ok = e.Interpreter(schedule.InterpreterID(party))
	}
	return ok
}

func linkChange(l protocol.LinkInfo, change string) []schedule.EditChange {
	return []schedule.EditChange{{What: "link", ID: l.ID, Name: l.Name, Change: change}}
}

// link finds a link of the asker's event; another event's is not there.
func (d *Desk) link(ctx context.Context, by schedule.Grants, id schedule.LinkID) (schedule.Link, error) {
	l, ok, err := d.deps.Store.Link(ctx, id)
	if err != nil {
		return l, fail(err)
	}
	if !ok || l.Grants.Event != by.Event {
		return l, protocol.Fail(protocol.CodeNotFound)
	}
	return l, nil
}

// Revoke makes a link worthless, and ends whatever came by it. A coordinator
// cannot shut itself out.
func (d *Desk) Revoke(ctx context.Context, by schedule.Grants, id schedule.LinkID, why string) (protocol.LinkInfo, error) {
	return d.replace(ctx, by, id, "revoked", "removed", why, func(schedule.Link) error {
		_, err := d.deps.Store.Revoke(ctx, id, d.now())
		return err
	})
}

// Reissue gives a link a new secret, and ends whatever came by the former one.
func (d *Desk) Reissue(ctx context.Context, by schedule.Grants, id schedule.LinkID, why string) (protocol.LinkInfo, error) {
	return d.replace(ctx, by, id, "reissued", "changed", why, func(l schedule.Link) error {
		return d.deps.Store.Reissue(ctx, id, l.Version, auth.Hash(d.deps.Keeper.Secret(id, l.Version+1)))
	})
}

func (d *Desk) replace(ctx context.Context, by schedule.Grants, id schedule.LinkID, what, change, why string, do func(schedule.Link) error) (protocol.LinkInfo, error) {
	e, err := d.event(ctx, by)
	if err != nil {
		return protocol.LinkInfo{}, err
	}
	l, err := d.link(ctx, by, id)
	if err != nil {
		return protocol.LinkInfo{}, err
	}
	if !covers(by, l) {
		return protocol.LinkInfo{}, protocol.Fail(protocol.CodeForbidden)
	}
	if id == by.Link {
		return protocol.LinkInfo{}, &protocol.Fault{Code: protocol.CodeForbidden, Detail: "the link that asks"}
	}
	if err := do(l); err != nil {
		return protocol.LinkInfo{}, fail(err)
	}
	if d.deps.Out != nil {
		d.deps.Out(ctx, id)
	}
	if l, err = d.link(ctx, by, id); err != nil {
		return protocol.LinkInfo{}, err
	}
	info := d.info(e, by, l)
	d.note(ctx, e.ID, d.record(e, by, "link_"+what, linkChange(info, change)))
	d.act(e, by, schedule.ActionLink, "", what+" "+info.ID, why)
	return info, nil
}

// LinksCSV is the list for a mail merge: UTF-8 with a byte order mark, as Excel
// wants it, and no cell that a spreadsheet would compute.
func (d *Desk) LinksCSV(ctx context.Context, by schedule.Grants) ([]byte, error) {
	e, all, err := d.links(ctx, by)
	if err != nil {
		return nil, err
	}
	center, err := time.LoadLocation(e.Zone)
	if err != nil {
		return nil, err
	}
	b := bytes.NewBufferString("\ufeff")
	w := csv.NewWriter(b)
	w.UseCRLF = true
	write := func(cells ...string) { _ = w.Write(each(cells, spreadsheet.Safe)) } // told by w.Error below
	write("role", "seat", "name", "person", "company", "email", "phone", "language", "link", "consultations", "first_center", "first_own", "own_timezone", "sent", "opened", "revoked")
	for _, l := range all {
		g := schedule.Grants{Event: e.ID, Kind: schedule.LinkKind(l.Kind), Role: schedule.Role(l.Role), Party: l.Party, Booth: schedule.BoothID(l.Booth)}
		h := HolderOf(e, g)
		var first, own string
		if seats := e.Seats(g); len(seats) > 0 {
			first = seats[0].Consultation.Start.In(center).Format("2006-01-02 15:04")
			if zone, err := time.LoadLocation(h.Zone); err == nil && h.Zone != "" {
				own = seats[0].Consultation.Start.In(zone).Format("2006-01-02 15:04")
			}
		}
		write(roleOf(l), strconv.Itoa(l.Seat), l.Name, h.Contact.Person, h.Contact.Company, l.Email, h.Contact.Phone, l.Language, l.URL,
			strings.Join(l.Consultations, " "), first, own, h.Zone, at(l.SentAt), at(l.UsedAt), at(l.RevokedAt))
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

func roleOf(l protocol.LinkInfo) string {
	if l.Kind == string(schedule.LinkBooth) {
		return l.Kind
	}
	return l.Role
}

func at(t *time.Time) string {
	if t == nil {
		return ""
	}
	return stamp(*t)
}
