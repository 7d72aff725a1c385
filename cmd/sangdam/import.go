package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
	"sangdam/rooms/timetable"
	"sangdam/signaling/auth"
)

type importCommand struct {
	Memory
	Edge
	Event     string `required:"" placeholder:"ID" help:"Short name of the event, e.g. yangju-2021. Importing it again replaces its timetable and keeps its links."`
	Name      string `placeholder:"NAME" help:"Name of the event as people read it; the short name when not given."`
	Organiser string `placeholder:"NAME" help:"Who holds the event."`
	Language  string `default:"ko" placeholder:"TAG" help:"Language of the booths and the coordinators."`
	Timetable string `arg:"" type:"existingfile" placeholder:"FILE" help:"The timetable, a CSV file with a heading line."`
}

// Run puts a timetable into Redis, makes the links that are still missing and
// prints them: only hashes are kept, so they are told this once.
func (c *importCommand) Run(ctx context.Context, m *Main) error {
	if c.Redis == "" {
		return errNoRedis
	}
	event, err := c.read()
	if err != nil {
		return err
	}
	s, err := openStore(ctx, store.Options{URL: c.Redis, Logger: quiet})
	if err != nil {
		return err
	}
	defer s.Close()
	existing, err := s.Links(ctx, event.ID)
	if err != nil {
		return fmt.Errorf("read the links of %s: %w", event.ID, err)
	}
	minted, err := auth.Mint(event, auth.MintOptions{Now: time.Now()})
	if err != nil {
		return err
	}
	fresh, kept := sortOut(minted, existing)
	links := slices.Clone(kept)
	for _, l := range fresh {
		links = append(links, l.Link)
	}
	if err := s.SaveEvent(ctx, event); err != nil {
		return fmt.Errorf("save the timetable: %w", err)
	}
	if err := s.SaveLinks(ctx, links); err != nil {
		return fmt.Errorf("save the links: %w", err)
	}
	fmt.Fprintf(m.Stdout, "%s: %d consultations, %d booths, %d firms, %d buyers, %d interpreters\n", event.ID,
		len(event.Consultations), len(event.Booths), len(event.Firms), len(event.Buyers), len(event.Interpreters))
	if len(kept) > 0 {
		fmt.Fprintf(m.Stdout, "%d links that were given out before stay good.\n", len(kept))
	}
	if len(fresh) > 0 {
		fmt.Fprintf(m.Stdout, "%d new links. They cannot be shown again: hand them out, or keep this list in a safe place.\n\n", len(fresh))
		printLinks(m.Stdout, event, c.publicURL(nil), fresh)
	}
	return nil
}

// read reads the timetable; the failure lists every line that is wrong, since a
// person mends a table in one go.
func (c *importCommand) read() (*schedule.Event, error) {
	f, err := os.Open(c.Timetable)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// One byte more than may be, so that a larger file is told and not held.
	file, err := io.ReadAll(io.LimitReader(f, timetable.MaxBytes+1))
	if err != nil {
		return nil, err
	}
	draft, problems := timetable.Import(file, c.Timetable)
	if draft == nil {
		lines := make([]string, len(problems))
		for i, p := range problems {
			lines[i] = "  " + p.String()
		}
		return nil, errors.New(c.Timetable + " was not imported:\n" + strings.Join(lines, "\n"))
	}
	event := draft.Event
	event.ID = schedule.EventID(c.Event)
	event.Name, event.Organiser, event.Language = c.Name, c.Organiser, c.Language
	if event.Name == "" {
		event.Name = c.Event
	}
	if err := event.Validate(); err != nil {
		return nil, fmt.Errorf("%s was not imported: %w", c.Timetable, err)
	}
	return event, nil
}

// place is what a link opens, whatever its secret.
type place struct {
	kind  schedule.LinkKind
	party string
	role  schedule.Role
	booth schedule.BoothID
}

func placeOf(g schedule.Grants) place {
	return place{kind: g.Kind, party: g.Party, role: g.Role, booth: g.Booth}
}

// sortOut tells which minted links are needed, since no usable link opens their
// place yet, and which existing ones stay good. Those last as long as new ones
// would: a fair that grew by a day must not lock out whom it invited first.
func sortOut(minted []auth.Minted, existing []schedule.Link) (fresh []auth.Minted, kept []schedule.Link) {
	have := map[place][]schedule.Link{}
	for _, l := range existing {
		if !l.Revoked {
			have[placeOf(l.Grants)] = append(have[placeOf(l.Grants)], l)
		}
	}
	for _, m := range minted {
		usable := have[placeOf(m.Link.Grants)]
		if len(usable) == 0 {
			fresh = append(fresh, m)
		}
		for _, l := range usable {
			if until := m.Link.Grants.NotAfter; l.Grants.NotAfter.Before(until) {
				l.Grants.NotAfter = until
			}
			kept = append(kept, l)
		}
	}
	return fresh, kept
}

// printLinks writes one line a link: whom it is for, then the URL.
func printLinks(w io.Writer, e *schedule.Event, base string, links []auth.Minted) {
	for _, l := range links {
		fmt.Fprintf(w, "  %-24s %s\n", holder(e, l.Link.Grants), base+l.Path)
	}
}

// holder says whom a link is for.
func holder(e *schedule.Event, g schedule.Grants) string {
	switch {
	case g.Kind == schedule.LinkConsole:
		return "coordinator"
	case g.Kind == schedule.LinkBooth:
		if b, ok := e.Booth(g.Booth); ok {
			return b.Name
		}
	case g.Role == schedule.RoleBuyer:
		if b, ok := e.Buyer(schedule.BuyerID(g.Party)); ok {
			return b.Name
		}
	case g.Role == schedule.RoleInterpreter:
		if i, ok := e.Interpreter(schedule.InterpreterID(g.Party)); ok {
			return i.Name
		}
	}
	return string(g.Role) + " " + g.Party
}
