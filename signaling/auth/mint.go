package auth

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"strings"
	"time"

	"sangdam/rooms/schedule"
)

// Minted is a new link together with its secret, which is nowhere else: whoever
// mints must hand it out now.
type Minted struct {
	Link   schedule.Link
	Secret string
	Path   string // /j/ID#SECRET
}

// MintOptions say how links are made.
type MintOptions struct {
	Now time.Time
	// NotAfter is when the links end; zero means a day after the last
	// consultation.
	NotAfter time.Time
}

// Mint makes a link for each booth, each buyer, each interpreter, and one
// console, in this order.
func Mint(e *schedule.Event, o MintOptions) ([]Minted, error) {
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
		return nil, errors.New("auth: the links would have expired already")
	}
	base := schedule.Grants{Event: e.ID, NotBefore: o.Now, NotAfter: until}
	var out []Minted
	add := func(kind schedule.LinkKind, role schedule.Role, party string, booth schedule.BoothID) {
		g := base
		g.Kind, g.Role, g.Party, g.Booth = kind, role, party, booth
		out = append(out, mint(g, o.Now))
	}
	for _, b := range e.Booths {
		add(schedule.LinkBooth, schedule.RoleFirm, "", b.ID)
	}
	for _, b := range e.Buyers {
		add(schedule.LinkPerson, schedule.RoleBuyer, string(b.ID), "")
	}
	for _, i := range e.Interpreters {
		add(schedule.LinkPerson, schedule.RoleInterpreter, string(i.ID), "")
	}
	add(schedule.LinkConsole, schedule.RoleCoordinator, "", "")
	return out, nil
}

func mint(g schedule.Grants, now time.Time) Minted {
	secret := random(linkSecretBytes)
	for strings.HasSuffix(secret, "-") || strings.HasSuffix(secret, "_") {
		secret = random(linkSecretBytes) // programs that find URLs in a mail leave such an end out
	}
	g.Link = newLinkID()
	return Minted{
		Link:   schedule.Link{ID: g.Link, SecretHash: Hash(secret), Grants: g, CreatedAt: now},
		Secret: secret,
		Path:   "/j/" + string(g.Link) + "#" + secret,
	}
}

// newLinkID makes 80 bits that survive being typed: lower case, no sign that
// ends a URL in a mail.
func newLinkID() schedule.LinkID {
	b := make([]byte, 10)
	_, _ = rand.Read(b) // never fails (crypto/rand, Go 1.24)
	return schedule.LinkID(strings.ToLower(base32.StdEncoding.EncodeToString(b)))
}
