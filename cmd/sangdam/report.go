package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"sangdam/rooms/report"
	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
	"sangdam/signaling"
)

type reportCommand struct {
	Memory
	Data     string `placeholder:"DIR" help:"The server's data folder, to sign the end of a pack's record. While the server runs, a pack ends at its last signed head."`
	Format   string `enum:"csv,xlsx,pack" default:"xlsx" help:"csv: one table; xlsx: all of them as a workbook; pack: the funder's ZIP, with the record and what verifies it."`
	Sheet    string `enum:"summary,consultations,attendance,no-shows,quality" default:"attendance" help:"Which table, with --format csv."`
	Day      string `placeholder:"YYYY-MM-DD" help:"Only this day, on the center's clock."`
	Firm     string `placeholder:"ID" help:"Only this firm."`
	Country  string `placeholder:"CC" help:"Only buyers from this country."`
	Language string `enum:"ko,en,keys,event" default:"event" help:"Of headings and words; keys: the names that programs know; event: the event's own."`
	Out      string `short:"o" placeholder:"FILE" help:"Where to write; - is the terminal. Nothing set: the terminal for csv, a file named after the event for the others."`
	Event    string `arg:"" placeholder:"EVENT" help:"Short name of the event."`
}

// Run writes what is known of an event. It reads Redis alone, so nothing of it
// stands in the audit log: who may run it may read Redis anyway.
func (c *reportCommand) Run(ctx context.Context, m *Main) error {
	if c.Redis == "" {
		return errNoRedis
	}
	if err := c.check(); err != nil {
		return err
	}
	s, signs, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	event, err := s.Event(ctx, schedule.EventID(c.Event))
	if errors.Is(err, store.ErrNotFound) {
		return &failure{text: "there is no event " + c.Event + " in this Redis: `sangdam import` makes one"}
	}
	if err != nil {
		return fmt.Errorf("read the event %s: %w", c.Event, err)
	}
	write, err := c.report(ctx, m, signaling.NewRecords(s), event, signs)
	if err != nil {
		return err
	}
	return c.save(m, write)
}

// check finds what kong cannot.
func (c *reportCommand) check() error {
	narrowed := c.Day != "" || c.Firm != "" || c.Country != ""
	switch _, err := time.Parse(time.DateOnly, c.Day); {
	case c.Day != "" && err != nil:
		return &failure{text: "--day is a date like 2021-12-06"}
	case c.Country != "" && !regexp.MustCompile(`^[A-Za-z]{2}$`).MatchString(c.Country):
		return &failure{text: "--country is a code of two letters like TR"}
	case c.Format == "pack" && narrowed:
		return &failure{text: "a pack holds the whole event: leave out --day, --firm and --country"}
	}
	return nil
}

// open opens the store, for a pack with the key that signs if it can be had.
func (c *reportCommand) open(ctx context.Context) (s *store.Store, signs bool, err error) {
	if c.Format == "pack" && c.Data != "" {
		if _, err := os.Stat(filepath.Join(c.Data, store.LedgerKeyFile)); err != nil {
			return nil, false, &failure{text: "there is no " + store.LedgerKeyFile + " in " + c.Data + ": say --data with the server's data folder", cause: err}
		}
		s, err = openStore(ctx, store.Options{URL: c.Redis, Dir: c.Data, Logger: quiet})
		if !errors.Is(err, store.ErrSpoolInUse) {
			return s, true, err
		}
	}
	s, err = openStore(ctx, store.Options{URL: c.Redis, Logger: quiet})
	return s, false, err
}

// report prepares what is to be written.
func (c *reportCommand) report(ctx context.Context, m *Main, r *signaling.Records, e *schedule.Event, signs bool) (func(io.Writer) error, error) {
	language := report.Keys
	switch c.Language {
	case "event":
		language = report.LanguageOf(e.Language)
	case "ko", "en":
		language = report.LanguageOf(c.Language)
	}
	if c.Format == "pack" {
		p, err := r.Pack(ctx, e, language)
		if err != nil {
			return nil, &failure{text: "no pack can be made: its record has to end at a signed head. Say --data with the data folder of a server that is stopped, or load the pack on the coordinators' page", cause: err}
		}
		if head := p.Heads[len(p.Heads)-1]; !signs {
			fmt.Fprintf(m.Stderr, "the record in the pack ends with entry %d, where it was last signed, %s\n", head.Entries, head.At.UTC().Format(time.RFC3339))
		}
		return p.Write, nil
	}
	b, err := r.Book(ctx, e, report.Filter{Day: c.Day, Firm: schedule.FirmID(c.Firm), Country: c.Country}, language)
	if err != nil {
		return nil, fmt.Errorf("report of %s: %w", c.Event, err)
	}
	if c.Format == "csv" {
		return func(w io.Writer) error { return b.WriteCSV(w, report.Sheet(c.Sheet)) }, nil
	}
	return b.WriteXLSX, nil
}

// save writes to the terminal or to a file that nobody else may read: there are
// people in it. The file is whole or not there.
func (c *reportCommand) save(m *Main, write func(io.Writer) error) error {
	name := c.Out
	if name == "" {
		name = map[string]string{"csv": "-", "xlsx": "report-" + c.Event + ".xlsx", "pack": "pack-" + c.Event + ".zip"}[c.Format]
	}
	if name == "-" {
		w := bufio.NewWriter(m.Stdout)
		return errors.Join(write(w), w.Flush())
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".sangdam-report-*") // 0600
	if err != nil {
		return &failure{text: name + " cannot be written", cause: err}
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already when all went well
	w := bufio.NewWriter(f)
	if err := errors.Join(write(w), w.Flush(), f.Close()); err != nil {
		return &failure{text: name + " cannot be written", cause: err}
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return &failure{text: name + " cannot be written", cause: err}
	}
	fmt.Fprintln(m.Stdout, name)
	return nil
}
