// Command run tries the bad networks of package netlab and prints a table; `make
// netlab` runs it. It ends with an error when a row fails.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"sangdam/signaling/signaltest/netlab"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "netlab:", err)
		os.Exit(1)
	}
}

func run() error {
	cases := flag.String("cases", "", "a regular expression: only the cases whose name it matches")
	quick := flag.Bool("quick", false, "only the subset that every test run has, and shorter")
	off := flag.Bool("off", false, "try what needs resilience once more without it, which must fail")
	top := flag.String("top", ".", "the folder of the project")
	out := flag.String("out", "", "folder for logs, pictures and the table as JSON (a temporary one when not given)")
	limit := flag.Duration("limit", 90*time.Minute, "how long all of it may take")
	flag.Parse()
	if err := netlab.Enter(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, *limit)
	defer cancel()

	files, err := files(*top, *out)
	if err != nil {
		return err
	}
	r := netlab.Run{Files: files, Quick: *quick, Off: *off, Log: os.Stderr}
	if *cases != "" {
		if r.Cases, err = regexp.Compile(*cases); err != nil {
			return err
		}
	}
	table, err := r.All(ctx, netlab.Cases())
	fmt.Println()
	ok, why := table.Verdict()
	table.OK = ok && err == nil
	text, encoded := json.MarshalIndent(table, "", "  ")
	err = errors.Join(err, table.Print(os.Stdout), encoded, os.WriteFile(filepath.Join(files.Out, "table.json"), text, 0o600))
	fmt.Println()
	for _, w := range why {
		fmt.Println(w)
	}
	if err == nil && !ok {
		err = fmt.Errorf("not as it must be; logs and pictures are in %s", files.Out)
	}
	return err
}

func files(top, out string) (netlab.Files, error) {
	top, err := filepath.Abs(top)
	if err != nil {
		return netlab.Files{}, err
	}
	if out == "" {
		out, err = os.MkdirTemp("", "sangdam-netlab-")
	} else if out, err = filepath.Abs(out); err == nil {
		err = os.MkdirAll(out, 0o700)
	}
	return netlab.Files{
		Binary: filepath.Join(top, "bin", "sangdam"), Crowd: filepath.Join(top, "bin", "crowd"),
		Static: filepath.Join(top, "static"), Sound: out, Out: out,
	}, err
}
