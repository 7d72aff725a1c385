package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/alicebob/miniredis/v2"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
	"sangdam/rooms/timetable"
	"sangdam/signaling/auth"
)

// demoFiles holds the timetable of the event that the demo shows.
//
//go:embed demo/yangju-2021.csv
var demoFiles embed.FS

type demoCommand struct {
	Listen         string   `default:"127.0.0.1:8080" placeholder:"ADDR" help:"Address and port of the pages."`
	MediaAdvertise []string `placeholder:"IP,…" help:"Addresses at which browsers reach the media port; those of this machine when none is given."`
	LogLevel       string   `enum:"debug,info,warn,error" default:"warn" help:"Least level that is written: debug, info, warn or error."`
}

// Run shows the fair with everything inside this one process: no Redis, no
// settings, no network.
func (c *demoCommand) Run(ctx context.Context, m *Main) (err error) {
	edge := Edge{Listen: c.Listen}
	// Any free port will do for media: nobody has to open it in a firewall.
	media := Media{Advertise: c.MediaAdvertise, UDP: ":0", TCP: ":0"}
	if err := errors.Join(edge.check(), media.check()); err != nil {
		return err
	}
	logging := Logging{Level: c.LogLevel, Format: "text"}
	logger := logging.logger(m.Stderr)

	redis, err := startTrialRedis()
	if err != nil {
		return err
	}
	defer redis.Close()
	folder, err := os.MkdirTemp("", "sangdam-demo-")
	if err != nil {
		return &failure{text: "the demo needs a temporary folder: set TMPDIR to one that can be written to", cause: err}
	}
	defer os.RemoveAll(folder)
	s, err := openStore(ctx, store.Options{URL: redis.url, Node: "demo", Dir: folder, Logger: logger})
	if err != nil {
		return err
	}
	defer s.Close()
	keeper, err := auth.KeyFile(filepath.Join(folder, linkKeyFile))
	if err != nil {
		return err
	}
	fair, err := prepareFair(ctx, s, keeper, time.Now())
	if err != nil {
		return err
	}
	n, err := startNode(ctx, nodeOptions{Edge: edge, Keeper: keeper, Media: media, Node: "demo", Store: s, Logger: logger, Trial: true})
	if err != nil {
		return err
	}
	fair.tell(m.Stdout, n.URL())
	return n.Wait(ctx)
}

// fair is the event of the demo and the links into it.
type fair struct {
	event *schedule.Event
	open  schedule.Consultation
	links []auth.Minted
}

// prepareFair moves the embedded timetable to now and puts it into the store.
func prepareFair(ctx context.Context, s *store.Store, keeper *auth.Keeper, now time.Time) (*fair, error) {
	file, err := demoFiles.ReadFile("demo/yangju-2021.csv")
	if err != nil {
		return nil, err
	}
	draft, problems := timetable.Import(file, "yangju-2021.csv")
	if draft == nil {
		return nil, fmt.Errorf("the embedded timetable is wrong: %v", problems[0])
	}
	event := draft.Event
	event.ID, event.Language = "yangju-2021", "ko"
	event.Name, event.Organiser = "양주 섬유 온라인 수출상담회", "경기섬유종합지원센터"
	event, open := timetable.Demo(event, now)
	consultation, ok := event.Consultation(open)
	if !ok {
		return nil, errors.New("the embedded timetable has no consultation to open")
	}
	links, err := keeper.Mint(event, auth.MintOptions{Now: now})
	if err != nil {
		return nil, err
	}
	plain := make([]schedule.Link, len(links))
	for i, l := range links {
		if l.Link.Grants.Kind == schedule.LinkConsole { // who tries the program out may see all of it
			l.Link.Grants.Right = schedule.RightAdministrator
		}
		plain[i] = l.Link
	}
	if err := s.SaveEvent(ctx, event); err != nil {
		return nil, fmt.Errorf("save the timetable: %w", err)
	}
	if err := s.SaveLinks(ctx, plain); err != nil {
		return nil, fmt.Errorf("save the links: %w", err)
	}
	return &fair{event: event, open: consultation, links: links}, nil
}

// tell prints what to open. Its labels are read by the browser tests, too.
func (f *fair) tell(w io.Writer, base string) {
	line := func(label string, is func(schedule.Grants) bool) {
		for _, l := range f.links {
			if is(l.Link.Grants) {
				name := label
				if name == "" {
					name = holder(f.event, l.Link.Grants)
				}
				fmt.Fprintf(w, "  %-14s %s\n", name, base+l.Path)
			}
		}
	}
	fmt.Fprintf(w, "\nSangdam shows %s (%s).\n", f.event.Name, f.event.Organiser)
	fmt.Fprintln(w, "This is a trial: its records end with this program.")
	fmt.Fprintln(w, "\nOpen these in a browser on this machine; one browser can play all the parts.")
	fmt.Fprintln(w)
	line("coordinator", func(g schedule.Grants) bool { return g.Kind == schedule.LinkConsole })
	line("", func(g schedule.Grants) bool { return g.Kind == schedule.LinkBooth })

	c := f.open
	booth, _ := f.event.Booth(c.Booth)
	firm, _ := f.event.Firm(c.Firm)
	buyer, _ := f.event.Buyer(c.Buyer)
	zone, err := time.LoadLocation(f.event.Zone)
	if err != nil {
		zone = time.UTC
	}
	fmt.Fprintf(w, "\nOpen now, until %s at the center: %s, %s with %s in %s.\n\n",
		c.End.In(zone).Format("15:04"), c.ID, firm.Name, buyer.Name, booth.Name)
	line("buyer", func(g schedule.Grants) bool {
		return g.Role == schedule.RoleBuyer && g.Party == string(c.Buyer)
	})
	line("interpreter", func(g schedule.Grants) bool {
		return g.Role == schedule.RoleInterpreter && g.Party == string(c.Interpreter)
	})
	fmt.Fprintln(w, "\nTo stop: Ctrl-C.")
}

// trialRedis is an embedded Redis whose keys age. miniredis leaves time alone
// unless it is told how much has passed.
type trialRedis struct {
	url  string
	mini *miniredis.Miniredis
	stop chan struct{} // closed by Close
	done chan struct{} // closed when the clock goroutine has ended
}

func startTrialRedis() (*trialRedis, error) {
	mini := miniredis.NewMiniRedis()
	if err := mini.Start(); err != nil {
		return nil, fmt.Errorf("start the embedded Redis: %w", err)
	}
	r := &trialRedis{url: "redis://" + mini.Addr(), mini: mini, stop: make(chan struct{}), done: make(chan struct{})}
	go r.age()
	return r, nil
}

// age tells miniredis each second how much time has really passed.
func (r *trialRedis) age() {
	defer close(r.done)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case now := <-tick.C:
			r.mini.FastForward(now.Sub(last))
			last = now
		case <-r.stop:
			return
		}
	}
}

// Close ends the clock, then the Redis; what it held is gone.
func (r *trialRedis) Close() {
	close(r.stop)
	<-r.done
	r.mini.Close()
}
