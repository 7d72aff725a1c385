package main

import (
	"context"
	"fmt"

	"sangdam/rooms/store"
	"sangdam/signaling/sheet"
)

type serveCommand struct {
	Config
}

// Run serves until it is told to stop, then drains.
func (c *serveCommand) Run(ctx context.Context, m *Main) error {
	if err := c.check(); err != nil {
		return err
	}
	if c.Redis == "" {
		return errNoRedis
	}
	if c.Data == "" {
		return errNoData
	}
	logger := c.Log.logger(m.Stderr)
	s, err := openStore(ctx, store.Options{URL: c.Redis, Node: c.Node, Dir: c.Data, Logger: logger})
	if err != nil {
		return err
	}
	defer s.Close()
	key, err := keeper(c.LinkKey, c.Data)
	if err != nil {
		return err
	}
	n, err := startNode(ctx, nodeOptions{Edge: c.Edge, Keeper: key, Mail: c.Mail, OpenID: c.OpenID, Hooks: c.Hooks, Media: c.Media, TURN: c.TURN, Data: c.Data, Node: c.Node, Metrics: c.Metrics, Store: s, Logger: logger})
	if err != nil {
		return err
	}
	fmt.Fprintf(m.Stdout, "Sangdam serves %s\n", n.URL())
	if h := n.hall; h != nil {
		fmt.Fprintf(m.Stdout, "Each device must be told once to trust %s; how: %s%s\n  SHA-256 %s, until %s\n",
			h.File, n.URL(), sheet.Path, h.Print, h.Until.UTC().Format("2006-01-02"))
	}
	return n.Wait(ctx)
}
