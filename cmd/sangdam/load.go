package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"sangdam/rooms/store"
	"sangdam/signaling/load"
)

type loadCommand struct {
	Memory
	Edge
	Folder
	Rooms    int           `default:"10" placeholder:"N" help:"Rooms that are filled; with --search those that it begins with."`
	People   int           `default:"2" placeholder:"N" help:"People in a room, up to 8."`
	Profile  string        `enum:"simulcast,screen,audio" default:"simulcast" help:"What they publish: simulcast (microphone, and a camera in three layers), screen (one of each room shows one, too), audio (microphones alone)."`
	Rate     float64       `default:"1" placeholder:"FACTOR" help:"Bit rate of the pictures, as a factor of what browsers send."`
	Ramp     float64       `default:"10" placeholder:"N" help:"People who come in a second; the server makes one address wait from 20 on."`
	Duration time.Duration `default:"30s" placeholder:"TIME" help:"How long is measured, once everybody is there."`
	Changes  float64       `default:"0" placeholder:"N" help:"What each person changes a minute: leaves and comes, camera, network, page."`
	Loss     float64       `default:"0" placeholder:"FRACTION" help:"What is lost on the way to the server, and as much on the way back: 0.02 is 2 %."`
	Seed     uint64        `default:"1" placeholder:"N" help:"Makes what is random the same again."`
	Search   bool          `help:"Raise the rooms until the delay's p99 is over 50 ms or more than 0.5 % is lost."`
	Most     int           `default:"200" placeholder:"N" help:"Rooms that --search tries at most."`

	Make   string        `placeholder:"FILE" help:"Only make the rooms and write the links into them, for a load from another machine: there say --hall FILE."`
	Hall   string        `type:"existingfile" placeholder:"FILE" help:"Load the rooms that --make made; neither Redis nor the data folder is needed then."`
	Remove string        `placeholder:"FILE" help:"Only remove the rooms that --make made."`
	Lasts  time.Duration `default:"12h" placeholder:"TIME" help:"When the rooms' links end by themselves."`

	ServerPID int    `name:"server-pid" placeholder:"PID" help:"Process of the server, when it runs on this machine: what it takes is told, too."`
	Metrics   string `placeholder:"ADDR" help:"Where the server serves its metrics, as in its settings: what it takes is told, too."`
	Trust     string `type:"existingfile" placeholder:"FILE" help:"Certificate (PEM) that is trusted beside those of the system, like hall.crt."`
	JSON      string `name:"json" placeholder:"FILE" help:"Write the figures there, too."`
}

// removeWithin bounds how long the rooms of practice may take to end.
const removeWithin = 30 * time.Second

// Run fills rooms of practice with people and tells what they got.
func (c *loadCommand) Run(ctx context.Context, m *Main) error {
	plan := load.Plan{
		Rooms: c.Rooms, People: c.People, Profile: load.Profile(c.Profile), Rate: c.Rate, Ramp: c.Ramp,
		Window: c.Duration, Settle: 3 * time.Second, LossUp: c.Loss, LossDown: c.Loss, Changes: c.Changes, Seed: c.Seed,
	}
	if err := plan.Check(); err != nil {
		return err
	}
	if c.Search && (c.Most < c.Rooms || c.Most > load.MaxRooms) {
		return fmt.Errorf("most: %d is not between the %d rooms that it begins with and %d", c.Most, c.Rooms, load.MaxRooms)
	}
	client, err := c.client()
	if err != nil {
		return err
	}
	switch {
	case c.Remove != "":
		return c.remove(ctx, m, client)
	case c.Make != "":
		return c.make(ctx, m)
	case c.Hall != "":
		h, err := load.Open(c.Hall)
		if err != nil {
			return err
		}
		return c.load(ctx, m, h, client, plan)
	}
	return c.whole(ctx, m, client, plan)
}

// whole makes the rooms, loads them and removes them, whatever happens.
func (c *loadCommand) whole(ctx context.Context, m *Main, client *http.Client, plan load.Plan) (err error) {
	s, h, err := c.prepare(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	defer func() {
		err = errors.Join(err, c.clear(context.WithoutCancel(ctx), s, h, client))
	}()
	return c.load(ctx, m, h, client, plan)
}

// prepare opens the store and makes an event of practice in it.
func (c *loadCommand) prepare(ctx context.Context) (*store.Store, *load.Hall, error) {
	if c.Redis == "" {
		return nil, nil, errNoRedis
	}
	keeper, err := keeper(c.LinkKey, c.Data)
	if err != nil {
		return nil, nil, err
	}
	s, err := openStore(ctx, store.Options{URL: c.Redis, Logger: quiet})
	if err != nil {
		return nil, nil, err
	}
	rooms := c.Rooms
	if c.Search {
		rooms = c.Most
	}
	h, err := load.Make(ctx, s, keeper, load.Making{
		URL: c.publicURL(nil), Name: strings.ToLower(rand.Text()[:8]), Rooms: rooms, People: c.People, Lasts: c.Lasts, Now: time.Now(),
	})
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("make the rooms: %w", err), s.Close())
	}
	return s, h, nil
}

// clear ends the rooms at the server and removes their event.
func (c *loadCommand) clear(ctx context.Context, s *store.Store, h *load.Hall, client *http.Client) error {
	ctx, cancel := context.WithTimeout(ctx, removeWithin)
	defer cancel()
	ended := h.EndRooms(ctx, client)
	client.CloseIdleConnections()
	// Without the server there is nobody to end them, and they can go all the same.
	if err := load.Remove(ctx, s, h.Event); err != nil {
		return errors.Join(ended, &failure{text: fmt.Sprintf("the rooms of practice, event %s, were not removed; their links end at %s", h.Event, h.EndsAt.Format("2006-01-02 15:04 MST")), cause: err})
	}
	return nil
}

// make writes the links of new rooms to a file.
func (c *loadCommand) make(ctx context.Context, m *Main) error {
	s, h, err := c.prepare(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := h.Save(c.Make); err != nil {
		return errors.Join(err, load.Remove(context.WithoutCancel(ctx), s, h.Event))
	}
	fmt.Fprintf(m.Stdout, "%s of %d at %s, event %s, until %s.\n", load.Counted(len(h.Rooms)), c.People, h.URL, h.Event, h.EndsAt.Format("2006-01-02 15:04 MST"))
	fmt.Fprintf(m.Stdout, "On the machine that loads: sangdam load --hall %s\n", c.Make)
	fmt.Fprintf(m.Stdout, "Here, when all is done:   sangdam load --remove %s --redis %s\n", c.Make, redacted(c.Redis))
	return nil
}

// remove takes away the rooms of a file.
func (c *loadCommand) remove(ctx context.Context, m *Main, client *http.Client) error {
	if c.Redis == "" {
		return errNoRedis
	}
	h, err := load.Open(c.Remove)
	if err != nil {
		return err
	}
	s, err := openStore(ctx, store.Options{URL: c.Redis, Logger: quiet})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := c.clear(ctx, s, h, client); err != nil {
		return err
	}
	fmt.Fprintf(m.Stdout, "The rooms of event %s are gone.\n", h.Event)
	return nil
}

// load fills the rooms of a hall and tells the figures.
func (c *loadCommand) load(ctx context.Context, m *Main, h *load.Hall, client *http.Client, plan load.Plan) error {
	studio, err := load.NewStudio()
	if err != nil {
		return err
	}
	defer studio.Close()
	d := load.Deps{Hall: h, Plan: plan, HTTP: client, Make: studio.Media, Self: load.Process(os.Getpid()), Server: c.gauge()}
	crowd, err := load.NewCrowd(d)
	if err != nil {
		return err
	}
	defer crowd.Close()
	fmt.Fprintf(m.Stdout, "People come to %s, %g a second.\n\n", h.URL, plan.Ramp)
	load.Heading(m.Stdout, d.Server != nil)
	report, err := load.Run(ctx, crowd, c.Search, func(f load.Figures) { load.Row(m.Stdout, &f) })
	if len(report.Steps) > 0 {
		fmt.Fprintf(m.Stdout, "\n%s", report.Told())
	}
	if c.JSON != "" && len(report.Steps) > 0 {
		text, failed := json.MarshalIndent(report, "", "  ")
		if failed == nil {
			failed = os.WriteFile(c.JSON, append(text, '\n'), 0o644)
		}
		err = errors.Join(err, failed)
	}
	return err
}

// gauge is what tells of the server; nil when nothing does.
func (c *loadCommand) gauge() load.Gauge {
	switch {
	case c.ServerPID != 0:
		return load.Process(c.ServerPID)
	case c.Metrics != "":
		return load.Metrics{URL: "http://" + strings.TrimPrefix(c.Metrics, "http://") + "/metrics", HTTP: &http.Client{Timeout: 5 * time.Second}}
	}
	return nil
}

// client speaks to the server as one browser for all: each person's requests find
// a connection that is open.
func (c *loadCommand) client() (*http.Client, error) {
	t := &http.Transport{MaxIdleConnsPerHost: 32, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true}
	if c.Trust != "" {
		text, err := os.ReadFile(c.Trust)
		if err != nil {
			return nil, err
		}
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s has no certificate (PEM)", c.Trust)
		}
		t.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	return &http.Client{Transport: t, Timeout: 30 * time.Second}, nil
}
