// Command soak holds a server under load for as long as it is told and fails when
// the server keeps what it should not (package soak).
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"sangdam/signaling/load/soak"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	o := soak.Options{Out: os.Stdout}
	flag.StringVar(&o.Binary, "binary", "bin/sangdam", "the server")
	flag.IntVar(&o.Rooms, "rooms", 100, "rooms of two")
	flag.DurationVar(&o.Duration, "duration", 30*time.Minute, "how long")
	flag.DurationVar(&o.Warm, "warm", 0, "how long until its state counts as steady; 0: a third of it all")
	flag.IntVar(&o.Rounds, "rounds", 1, "rounds that it is divided into: at the end of each everybody goes")
	flag.DurationVar(&o.Every, "every", 15*time.Second, "how often to look")
	flag.Float64Var(&o.Rate, "rate", 0.1, "factor of the bit rate of pictures")
	flag.Float64Var(&o.Loss, "loss", 0.02, "what is lost each way")
	flag.Float64Var(&o.Changes, "changes", 2, "what each person changes a minute")
	flag.DurationVar(&o.Grace, "grace", 0, "how long the server keeps the place of who is lost; 0: as in every event")
	flag.Float64Var(&o.Slack, "slack", 0, "MiB that memory may grow by beside a tenth")
	flag.Uint64Var(&o.Seed, "seed", 1, "makes what is random the same again")
	flag.Parse()
	if o.Warm == 0 {
		o.Warm = o.Duration / 3
	}
	err := soak.Run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}
