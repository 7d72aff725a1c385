package auth

import (
	"errors"
	"time"

	"sangdam/rooms/schedule"
)

// Minted is a link together with its secret.
type Minted struct {
	Link   schedule.Link
	Secret string
	Path   string // /j/ID#SECRET; empty for a link that another key made
	Fresh  bool   // it was not there before
}

// MintOptions say how links are made.
type MintOptions struct {
	Now time.Time
	// NotAfter is when the links end; zero means a day after the last
	// consultation.
	NotAfter time.Time
	// Have are the links that there are already.
	Have []schedule.Link
}

// place is what a link opens, whatever its secret.
type place struct {
	kind  schedule.LinkKind
	role  schedule.Role
	party string
	booth schedule.BoothID
	seat  int
	name  string
}

func placeOf(l schedule.Link) place {
	g := l.Grants
	return place{kind: g.Kind, role: g.Role, party: g.Party, booth: g.Booth, seat: max(1, g.Seat), name: g.Name}
}

// Errors of minting.
var (
	ErrOver = errors.New("auth: the links would have expired already")
	ErrFull = errors.New("auth: every seat of this party has a link")
)

// Mint tells the links that an event needs: one for each booth, each buyer, each
// interpreter, and a console, in this order. Those that are there stay as they
// are, but live as long as the event does now. Whoever calls saves them all.
func (k *Keeper) Mint(e *schedule.Event, o MintOptions) ([]Minted, error) {
	var places []place
	for _, b := range e.Booths {
		places = append(places, place{kind: schedule.LinkBooth, role: schedule.RoleFirm, booth: b.ID, seat: 1})
	}
	for _, b := range e.Buyers {
		places = append(places, place{kind: schedule.LinkPerson, role: schedule.RoleBuyer, party: string(b.ID), seat: 1})
	}
	for _, i := range e.Interpreters {
		places = append(places, place{kind: schedule.LinkPerson, role: schedule.RoleInterpreter, party: string(i.ID), seat: 1})
	}
	places = append(places, place{kind: schedule.LinkConsole, role: schedule.RoleCoordinator, seat: 1})
	return k.mint(e, o, places)
}

// Colleague makes a link for one more seat of a firm, buyer or interpreter; the
// first seat of a firm is its booth's.
func (k *Keeper) Colleague(e *schedule.Event, role schedule.Role, party string, o MintOptions) (Minted, error) {
	taken := map[int]bool{1: true}
	for _, l := range o.Have {
		if p := placeOf(l); p.kind == schedule.LinkPerson && p.role == role && p.party == party {
			taken[p.seat] = true
		}
	}
	seat := 2
	for taken[seat] {
		seat++
	}
	if seat > e.Policy.WithDefaults().Seats {
		return Minted{}, ErrFull
	}
	return k.one(e, o, place{kind: schedule.LinkPerson, role: role, party: party, seat: seat})
}

// Console makes a link for a coordinator of this name.
func (k *Keeper) Console(e *schedule.Event, name string, o MintOptions) (Minted, error) {
	return k.one(e, o, place{kind: schedule.LinkConsole, role: schedule.RoleCoordinator, seat: 1, name: name})
}

func (k *Keeper) one(e *schedule.Event, o MintOptions, p place) (Minted, error) {
	all, err := k.mint(e, o, []place{p})
	if err != nil {
		return Minted{}, err
	}
	return all[0], nil
}

func (k *Keeper) mint(e *schedule.Event, o MintOptions, places []place) ([]Minted, error) {
	if o.Now.IsZero() {
		return nil, errors.New("auth: minting needs the time")
	}
	until := o.NotAfter
	if until.IsZero() {
		for _, c := range e.Consultations {
			if c.End.After(until) {
				until = c.End
			}
		}
		until = until.Add(24 * time.Hour)
	}
	if !until.After(o.Now) {
		return nil, ErrOver
	}
	have := map[place]schedule.Link{}
	for _, l := range o.Have {
		have[placeOf(l)] = l
	}
	out := make([]Minted, len(places))
	for i, p := range places {
		l, ok := have[p]
		if !ok {
			l = k.make(e.ID, p, o.Now)
		}
		if until.After(l.Grants.NotAfter) {
			l.Grants.NotAfter = until
		}
		m := Minted{Link: l, Fresh: !ok}
		if path, ok := k.Path(l); ok {
			m.Secret, m.Path = k.Secret(l.ID, l.Version), path
		}
		out[i] = m
	}
	return out, nil
}

func (k *Keeper) make(e schedule.EventID, p place, now time.Time) schedule.Link {
	id := k.id(e, p)
	return schedule.Link{
		ID: id, SecretHash: Hash(k.Secret(id, 1)), Version: 1, CreatedAt: now,
		Grants: schedule.Grants{
			Event: e, Link: id, Kind: p.kind, Role: p.role, Party: p.party, Booth: p.booth, Seat: p.seat, Name: p.name, NotBefore: now,
		},
	}
}
