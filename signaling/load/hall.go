package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/signaling/auth"
)

// Practice is how events of practice are known: nothing else is ever entered or
// removed.
const (
	practicePrefix    = "load-"
	practiceOrganiser = "sangdam load"
)

// Hall is an event of practice: rooms, and the links of who meets there. It is
// also the file that takes them to another machine.
type Hall struct {
	URL     string    `json:"url"`
	Event   string    `json:"event"`
	Console Link      `json:"console"` // ends the rooms
	Rooms   []Room    `json:"rooms"`
	EndsAt  time.Time `json:"ends_at"` // when its links are worth nothing any more
}

// Room is one consultation of practice.
type Room struct {
	Consultation string `json:"consultation"`
	People       []Link `json:"people"` // the firm's booth first
}

// Link is /j/ID#SECRET.
type Link struct {
	ID     string `json:"id"`
	Secret string `json:"secret"`
}

// Store is where an event of practice is made: *store.Store.
type Store interface {
	SaveEvent(ctx context.Context, e *schedule.Event) error
	SaveLinks(ctx context.Context, links []schedule.Link) error
	Event(ctx context.Context, id schedule.EventID) (*schedule.Event, error)
	RemoveEvent(ctx context.Context, e *schedule.Event) error
}

// Making says which event of practice is made.
type Making struct {
	URL    string // of the server, without a slash at the end
	Name   string // what makes the event's id unlike others'
	Rooms  int
	People int           // a room
	Lasts  time.Duration // at most
	Grace  time.Duration // how long the place of who is lost is kept; 0: as in every event
	Now    time.Time
}

// Make makes an event whose rooms are open now, and the links into them.
func Make(ctx context.Context, s Store, k *auth.Keeper, m Making) (*Hall, error) {
	e := practice(m)
	if err := e.Validate(); err != nil {
		return nil, fmt.Errorf("the event of practice: %w", err)
	}
	o := auth.MintOptions{Now: m.Now, NotAfter: m.Now.Add(m.Lasts)}
	minted, err := k.Mint(e, o)
	if err != nil {
		return nil, err
	}
	h := &Hall{URL: m.URL, Event: string(e.ID), EndsAt: o.NotAfter, Rooms: make([]Room, m.Rooms)}
	at := func(x auth.Minted) Link { return Link{string(x.Link.ID), x.Secret} }
	// Mint tells booths, buyers, interpreters (there are none) and the console.
	var links []schedule.Link
	for _, x := range minted {
		links = append(links, x.Link)
	}
	h.Console = at(minted[len(minted)-1])
	for i := range h.Rooms {
		r := Room{Consultation: string(e.Consultations[i].ID), People: []Link{at(minted[i])}}
		if m.People > 1 {
			r.People = append(r.People, at(minted[m.Rooms+i]))
		}
		have := o
		for n := 2; n < m.People; n++ { // colleagues of one side and the other
			role, party := schedule.RoleFirm, string(e.Firms[i].ID)
			if n%2 == 1 {
				role, party = schedule.RoleBuyer, string(e.Buyers[i].ID)
			}
			c, err := k.Colleague(e, role, party, have)
			if err != nil {
				return nil, err
			}
			have.Have = append(have.Have, c.Link)
			links = append(links, c.Link)
			r.People = append(r.People, at(c))
		}
		h.Rooms[i] = r
	}
	if err := s.SaveEvent(ctx, e); err != nil {
		return nil, err
	}
	if err := s.SaveLinks(ctx, links); err != nil {
		return nil, errors.Join(err, s.RemoveEvent(context.WithoutCancel(ctx), e))
	}
	return h, nil
}

// practice is the timetable: every room has a booth, a firm and a buyer of its
// own, and is on now.
func practice(m Making) *schedule.Event {
	e := &schedule.Event{
		ID: schedule.EventID(practicePrefix + m.Name), Name: "Load test", Organiser: practiceOrganiser, Zone: "UTC", Language: "en",
		// Nobody has to look after it: no alerts, no farewells.
		Policy: schedule.Policy{
			Grace: m.Grace, Seats: maxPeople / 2, LateAfter: m.Lasts, NoShowAfter: m.Lasts, CallAfter: m.Lasts, Closing: time.Second,
			Warnings: []time.Duration{},
		},
	}
	start := m.Now.UTC().Truncate(time.Second)
	for i := range m.Rooms {
		n := fmt.Sprintf("%04d", i+1)
		e.Booths = append(e.Booths, schedule.Booth{ID: schedule.BoothID("P" + n), Name: "Practice " + n})
		e.Firms = append(e.Firms, schedule.Firm{ID: schedule.FirmID("F" + n), Name: "Firm " + n})
		e.Buyers = append(e.Buyers, schedule.Buyer{ID: schedule.BuyerID("B" + n), Name: "Buyer " + n, Country: "KR", Zone: "UTC", Language: "en"})
		e.Consultations = append(e.Consultations, schedule.Consultation{
			ID: schedule.ConsultationID("L" + n), Start: start, End: start.Add(m.Lasts),
			Booth: e.Booths[i].ID, Firm: e.Firms[i].ID, Buyer: e.Buyers[i].ID,
		})
	}
	return e
}

// errNotOurs keeps the tool out of other people's events.
var errNotOurs = errors.New("it is no event of practice: nothing was done")

// Remove takes an event of practice away; its record stays. One that is gone
// already is no error for who asks twice.
func Remove(ctx context.Context, s Store, id string) error {
	if !strings.HasPrefix(id, practicePrefix) {
		return fmt.Errorf("%s: %w", id, errNotOurs)
	}
	e, err := s.Event(ctx, schedule.EventID(id))
	if err != nil {
		return err
	}
	if e.Organiser != practiceOrganiser {
		return fmt.Errorf("%s: %w", id, errNotOurs)
	}
	return s.RemoveEvent(ctx, e)
}

// Save writes a hall for another machine. Its links open rooms, so the file is
// its owner's alone.
func (h *Hall) Save(name string) error {
	text, err := json.MarshalIndent(h, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(text, '\n'), 0o600)
}

// Open reads a hall that Save wrote.
func Open(name string) (*Hall, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	h := new(Hall)
	if err := json.Unmarshal(text, h); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	switch {
	case h.URL == "" || len(h.Rooms) == 0:
		return nil, fmt.Errorf("%s has no rooms of practice: `sangdam load --make FILE` writes one", name)
	case !strings.HasPrefix(h.Event, practicePrefix):
		return nil, fmt.Errorf("%s: %w", name, errNotOurs)
	}
	return h, nil
}

// people is how many have a link, in the room that has fewest.
func (h *Hall) people() int {
	least := maxPeople
	for _, r := range h.Rooms {
		least = min(least, len(r.People))
	}
	return least
}
