//go:build linux

package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

func main() {
	if role := os.Getenv(roleVar); role != "" {
		exit(runRole(role, os.Stdin, os.Stdout))
		return
	}
	var p plan
	quick := flag.Bool("quick", false, "fewer rounds, shorter, in under 90 s")
	only := flag.String("only", "", "parts, by comma: ratio, growth, joins, memory, rooms; all when empty")
	flag.StringVar(&p.profile, "profile", "", "write CPU profiles of the servers to files that begin with this")
	flag.StringVar(&p.shapes, "shapes", "", "of ratio: those whose name contains this, 40 × 2 for instance")
	flag.IntVar(&p.rounds, "rounds", 3, "how often each server is measured")
	flag.DurationVar(&p.each, "each", 3*time.Second, "how long each time")
	servers := flag.String("servers", "", "of ratio: which, by comma; all when empty")
	flag.Parse()
	p.servers = []string{roleRelay, roleEngine, roleBatched}
	if *quick {
		p.rounds, p.each, p.quick, p.servers = 1, 1500*time.Millisecond, true, p.servers[:2]
	}
	if *servers != "" {
		p.servers = strings.Split(*servers, ",")
	}
	p.wants = func(part string) bool {
		return *only == "" || strings.Contains(","+*only+",", ","+part+",")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
	defer cancel()
	if runtime.NumCPU() > 1 {
		if err := pinSelf(crowdCore); err != nil {
			fmt.Fprintln(os.Stderr, "bench: not pinned:", err)
		}
	} else {
		fmt.Fprintln(os.Stderr, "bench: one core alone: crowd and server disturb each other")
	}
	exit(p.run(ctx, os.Stdout))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
