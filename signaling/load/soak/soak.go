package soak

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sangdam/rooms/store"
	"sangdam/signaling/auth"
	"sangdam/signaling/load"
)

// Options of a soak.
type Options struct {
	Binary   string        // of sangdam
	Rooms    int           // of two
	Duration time.Duration // under load
	Warm     time.Duration // of it, until the state counts as steady
	Rounds   int           // that it is divided into: at the end of each everybody goes
	Every    time.Duration // a sample
	Rate     float64       // of the bit rate
	Loss     float64       // each way
	Changes  float64       // a person and minute
	Grace    time.Duration // how long the server keeps the place of who is lost; 0: as in every event
	Slack    float64       // MiB that memory may grow by beside a tenth
	Seed     uint64
	Out      io.Writer
}

const (
	window      = 5                // samples of which the median counts
	gatherMost  = time.Minute      // for everybody to be there again
	settleMost  = 90 * time.Second // for what is closed to be gone
	metricsMost = 5 * time.Second
)

// ErrLeaks says that the server has kept something; the table says what.
var ErrLeaks = errors.New("the server has not kept its promises")

// Run soaks a server and returns ErrLeaks when it keeps what it should not.
func Run(ctx context.Context, o Options) (err error) {
	if o.Rounds < 1 || o.Rooms < 1 || o.Every <= 0 || o.Warm >= o.Duration {
		return errors.New("soak: there is nothing to compare")
	}
	folder, err := os.MkdirTemp("", "soak-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	s, err := startServer(ctx, o.Binary, folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	all, err := soaked(ctx, o, s)
	if err != nil {
		return err
	}
	leaks := all.leaks()
	for _, l := range leaks {
		fmt.Fprintln(o.Out, "LEAK:", l)
	}
	if len(leaks) > 0 {
		return ErrLeaks
	}
	fmt.Fprintln(o.Out, "Nothing was kept.")
	return nil
}

// soaked fills the rooms, changes things in them, empties them, and tells how the
// server was at each step.
func soaked(ctx context.Context, o Options, s *server) (all states, err error) {
	scrape := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: metricsMost}
	w := &watcher{pid: s.serve.cmd.Process.Pid, gauge: load.Metrics{URL: s.metrics, HTTP: scrape}, begun: time.Now()}
	if all.fresh, err = w.take(ctx); err != nil {
		return all, err
	}
	fmt.Fprintln(o.Out, heading)
	fmt.Fprintln(o.Out, all.fresh.row(), " nobody has come")

	h, err := hall(ctx, o, s)
	if err != nil {
		return all, err
	}
	web := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}, Timeout: 30 * time.Second}
	studio, err := load.NewStudio()
	if err != nil {
		return all, err
	}
	defer studio.Close()
	crowd, err := load.NewCrowd(load.Deps{
		Hall: h, HTTP: web, Make: studio.Media, Self: load.Process(os.Getpid()), Server: w.gauge,
		Plan: load.Plan{
			Rooms: o.Rooms, People: 2, Profile: load.Simulcast, Rate: o.Rate, Ramp: 15, Window: o.Every,
			LossUp: o.Loss, LossDown: o.Loss, Seed: o.Seed,
		},
	})
	if err != nil {
		return all, err
	}
	defer crowd.Close()
	under := time.Duration(0)
	for round := range o.Rounds {
		if err := crowd.Fill(ctx, o.Rooms); err != nil {
			return all, err
		}
		if err := o.loaded(ctx, crowd, w, &under, &all); err != nil {
			return all, err
		}
		if round+1 < o.Rounds {
			if err := crowd.Fill(ctx, 0); err != nil {
				return all, err
			}
		}
	}
	if err := h.EndRooms(ctx, web); err != nil {
		return all, err
	}
	crowd.Close()
	if err := o.emptied(ctx, w, &all); err != nil {
		return all, err
	}
	all.said, all.slack = complaints(s.serve.said()), o.Slack
	return all, nil
}

// hall makes the rooms in the server's Redis.
func hall(ctx context.Context, o Options, s *server) (*load.Hall, error) {
	keeper, err := auth.KeyFile(filepath.Join(s.data, "link.key"))
	if err != nil {
		return nil, err
	}
	at, err := store.Open(ctx, store.Options{URL: s.redisURL, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	h, err := load.Make(ctx, at, keeper, load.Making{
		URL: s.url, Name: "soak", Rooms: o.Rooms, People: 2, Lasts: o.Duration + 2*time.Hour, Grace: o.Grace, Now: time.Now(),
	})
	return h, errors.Join(err, at.Close())
}

// loaded lets people change things for one round, and looks on. Memory is
// compared between the ends of rounds, when caches are as full as a round makes
// them; within the only round, from the time when they are full.
func (o Options) loaded(ctx context.Context, crowd *load.Crowd, w *watcher, under *time.Duration, all *states) error {
	stop := crowd.Churn(o.Changes)
	defer stop()
	begun, before := time.Now(), *under
	var last []sample
	var f load.Figures
	for over := false; !over; {
		var err error
		if f, err = crowd.Measure(ctx); err != nil { // lasts o.Every
			return err
		}
		s, err := w.take(ctx)
		if err != nil {
			return err
		}
		if last = append(last, s); len(last) > window {
			last = last[1:]
		}
		fmt.Fprintf(o.Out, "%s  %d of %d people, %.0f packets/s, delay p99 %.1f ms, %.2f %% lost\n",
			s.row(), f.Present, f.People, f.Got, f.Delay.P99, 100*f.Loss)
		*under = before + time.Since(begun)
		over = time.Since(begun) >= o.Duration/time.Duration(o.Rounds)
		if all.steady.At == 0 && *under >= o.Warm && (over || o.Rounds == 1 && len(last) == window) {
			all.steady = middle(last)
		}
	}
	all.last = middle(last)
	stop()
	gathering, cancel := context.WithTimeout(ctx, gatherMost)
	defer cancel()
	all.away += crowd.Gather(gathering)
	if *under >= o.Duration {
		o.tell(f)
	}
	return ctx.Err()
}

// tell says what was changed and what did not work.
func (o Options) tell(f load.Figures) {
	for _, what := range slices.Sorted(maps.Keys(f.Repaired)) {
		fmt.Fprintf(o.Out, "  %6d × %s\n", f.Repaired[what], what)
	}
	for _, what := range slices.Sorted(maps.Keys(f.Failed)) {
		fmt.Fprintf(o.Out, "  %6d × failed: %s\n", f.Failed[what], what)
	}
}

// emptied waits until the server has let go of everybody, as long as that takes
// at most.
func (o Options) emptied(ctx context.Context, w *watcher, all *states) error {
	for deadline := time.Now().Add(settleMost); ; {
		var err error
		if all.empty, err = w.take(ctx); err != nil {
			return err
		}
		gone := all.empty.Goroutines <= all.fresh.Goroutines+moreGoroutines && all.empty.Descriptors <= all.fresh.Descriptors
		if gone || time.Now().After(deadline) {
			fmt.Fprintln(o.Out, all.empty.row(), " everybody is gone")
			return nil
		}
		select {
		case <-time.After(500 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// complaints are lines of the server's log that nobody may see.
func complaints(log string) []string {
	var all []string
	for line := range strings.Lines(log) {
		if strings.Contains(line, "panic") || strings.Contains(line, "level=ERROR") {
			all = append(all, "the server wrote: "+strings.TrimSpace(line))
		}
	}
	return all
}
