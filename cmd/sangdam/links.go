package main

import (
	"context"
	"fmt"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
	"sangdam/signaling/desk"
)

type linksCommand struct {
	Memory
	Edge
	Folder
	CSV   bool   `name:"csv" help:"Print a table for a mail merge instead."`
	Event string `arg:"" placeholder:"ID" help:"Short name of the event."`
}

// Run prints all links of an event again: they derive from the key in the data
// folder.
func (c *linksCommand) Run(ctx context.Context, m *Main) error {
	if c.Redis == "" {
		return errNoRedis
	}
	keeper, err := keeper(c.LinkKey, c.Data)
	if err != nil {
		return err
	}
	s, err := openStore(ctx, store.Options{URL: c.Redis, Logger: quiet})
	if err != nil {
		return err
	}
	defer s.Close()
	d := desk.New(desk.Deps{Store: s, Keeper: keeper, URL: c.publicURL(nil), Logger: quiet})
	by := schedule.Grants{Event: schedule.EventID(c.Event), Kind: schedule.LinkConsole, Right: schedule.RightAdministrator}
	if c.CSV {
		table, err := d.LinksCSV(ctx, by)
		if err != nil {
			return fmt.Errorf("links of %s: %w", c.Event, err)
		}
		_, err = m.Stdout.Write(table)
		return err
	}
	all, err := d.Links(ctx, by)
	if err != nil {
		return fmt.Errorf("links of %s: %w", c.Event, err)
	}
	for _, l := range all.Links {
		what := l.URL
		switch {
		case l.RevokedAt != nil:
			what = "revoked " + l.RevokedAt.Format("2006-01-02 15:04 MST")
		case what == "":
			what = "made with another key: reissue it at the console"
		}
		fmt.Fprintf(m.Stdout, "  %-12s %-24s %s\n", l.Role, l.Name, what)
	}
	return nil
}
