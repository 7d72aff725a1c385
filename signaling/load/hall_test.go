package load

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sangdam/rooms/schedule"
	"sangdam/signaling/auth"
)

// shelf is a store in memory.
type shelf struct {
	events map[schedule.EventID]*schedule.Event
	links  map[schedule.LinkID]schedule.Link
	full   error // of SaveLinks
}

func newShelf() *shelf {
	return &shelf{events: map[schedule.EventID]*schedule.Event{}, links: map[schedule.LinkID]schedule.Link{}}
}

func (s *shelf) SaveEvent(_ context.Context, e *schedule.Event) error {
	s.events[e.ID] = e
	return nil
}

func (s *shelf) SaveLinks(_ context.Context, links []schedule.Link) error {
	for _, l := range links {
		s.links[l.ID] = l
	}
	return s.full
}

func (s *shelf) Event(_ context.Context, id schedule.EventID) (*schedule.Event, error) {
	if e := s.events[id]; e != nil {
		return e, nil
	}
	return nil, errors.New("no such event")
}

func (s *shelf) RemoveEvent(_ context.Context, e *schedule.Event) error {
	delete(s.events, e.ID)
	return nil
}

func testKeeper(t *testing.T) *auth.Keeper {
	t.Helper()
	k, err := auth.NewKeeper(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func making(rooms, people int) Making {
	return Making{URL: "https://meet.example.kr", Name: "x", Rooms: rooms, People: people, Lasts: time.Hour, Now: time.Now()}
}

func TestMake_EverybodyHasASeatInOneRoomThatIsOpen(t *testing.T) {
	for people := 1; people <= maxPeople; people++ {
		s := newShelf()
		h, err := Make(t.Context(), s, testKeeper(t), making(3, people))
		if err != nil {
			t.Fatal(err)
		}
		e := s.events[schedule.EventID(h.Event)]
		if err := e.Validate(); err != nil {
			t.Fatal(err)
		}
		if len(h.Rooms) != 3 || h.people() != people {
			t.Fatalf("%d rooms of %d, want 3 of %d", len(h.Rooms), h.people(), people)
		}
		seats := map[schedule.SeatID]bool{}
		for _, r := range h.Rooms {
			for _, l := range r.People {
				link := s.links[schedule.LinkID(l.ID)]
				if !auth.Matches(l.Secret, link.SecretHash) || !link.Grants.NotAfter.After(time.Now()) {
					t.Errorf("link %+v cannot be opened", link)
				}
				var on []string
				for _, c := range e.Seats(link.Grants) {
					on = append(on, string(c.Consultation.ID))
				}
				if !slices.Equal(on, []string{r.Consultation}) {
					t.Errorf("a link of %s leads to %v", r.Consultation, on)
				}
				seat, ok := e.SeatIn(link.Grants, schedule.ConsultationID(r.Consultation))
				if !ok || seats[seat] {
					t.Errorf("seat %s of %s: there %v, taken %v", seat, r.Consultation, ok, seats[seat])
				}
				seats[seat] = true
			}
		}
		if console := s.links[schedule.LinkID(h.Console.ID)]; console.Grants.Kind != schedule.LinkConsole {
			t.Errorf("the console's link is %+v", console.Grants)
		}
		now := time.Now()
		for _, c := range e.Consultations {
			if k, _ := c.Clock(e.Policy, schedule.Facts{}, now); k.Phase == schedule.PhaseScheduled || k.Phase == schedule.PhaseEnded {
				t.Errorf("%s is %s", c.ID, k.Phase)
			}
		}
	}
}

func TestMake_WithoutItsLinksAnEventIsNotLeftBehind(t *testing.T) {
	s := newShelf()
	s.full = errors.New("full")
	if _, err := Make(t.Context(), s, testKeeper(t), making(1, 2)); !errors.Is(err, s.full) || len(s.events) != 0 {
		t.Errorf("%v; events %v", err, slices.Collect(maps.Keys(s.events)))
	}
}

func TestRemove_NoEventOfOthersIsTouched(t *testing.T) {
	s := newShelf()
	h, err := Make(t.Context(), s, testKeeper(t), making(1, 2))
	if err != nil {
		t.Fatal(err)
	}
	s.events["yangju-2021"] = &schedule.Event{ID: "yangju-2021", Organiser: practiceOrganiser}
	s.events["load-fair"] = &schedule.Event{ID: "load-fair", Organiser: "a center that calls its fair so"}
	for _, id := range []string{"yangju-2021", "load-fair"} {
		if err := Remove(t.Context(), s, id); !errors.Is(err, errNotOurs) {
			t.Errorf("%s: %v", id, err)
		}
	}
	if err := Remove(t.Context(), s, h.Event); err != nil {
		t.Error(err)
	}
	if got := slices.Sorted(maps.Keys(s.events)); !slices.Equal(got, []schedule.EventID{"load-fair", "yangju-2021"}) {
		t.Errorf("left are %v", got)
	}
}

func TestHall_AFileIsItsOwnersAloneAndComesBack(t *testing.T) {
	h, err := Make(t.Context(), newShelf(), testKeeper(t), making(2, 3))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "hall.json")
	if err := h.Save(name); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	got, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(h, got); diff != "" {
		t.Error(diff)
	}
	for what, text := range map[string]string{
		"not JSON":       "links",
		"no rooms":       `{"url":"http://x","event":"load-x"}`,
		"somebody's":     `{"url":"http://x","event":"yangju-2021","rooms":[{"consultation":"S01","people":[]}]}`,
		"no file at all": "",
	} {
		bad := filepath.Join(t.TempDir(), "bad.json")
		if text != "" {
			if err := os.WriteFile(bad, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Open(bad); err == nil || strings.Contains(err.Error(), "panic") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
