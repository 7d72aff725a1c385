package main

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"time"

	"sangdam/rooms/attendance"
	"sangdam/rooms/report"
	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
)

type verifyCommand struct {
	Memory
	Data   string   `placeholder:"DIR" help:"Data folder of a server: its public key is believed, and the heads it has signed must be in the record."`
	Heads  []string `placeholder:"FILE" help:"Signed heads that were put aside, like a copy of heads.jsonl; may be said again."`
	Key    []string `placeholder:"FILE" help:"Public key that is believed (PEM), like ledger.pub; may be said again. Without --key and --data those that come with the record are."`
	Pack   string   `placeholder:"FILE" help:"The funder's pack (ZIP) instead of Redis."`
	Events []string `arg:"" optional:"" placeholder:"EVENT" help:"Events to look at; all when none is named."`
}

// Run proves that no entry of a record was changed, removed or added, nor the
// record cut off or written anew since a head of it was signed, and names the
// first entry that is not what it was.
func (c *verifyCommand) Run(ctx context.Context, m *Main) error {
	v := verifier{out: m.Stdout, keys: attendance.Keys{}}
	if err := c.trust(&v); err != nil {
		return err
	}
	v.trusted = len(v.keys) > 0
	var err error
	switch {
	case c.Pack != "":
		err = v.pack(c.Pack)
	case c.Redis == "":
		return errNoRedis
	default:
		err = v.redis(ctx, c.Redis, c.Events)
	}
	if err != nil {
		return err
	}
	if v.broken > 0 && c.Pack != "" {
		return &failure{text: c.Pack + " is not as it was made"}
	}
	if v.broken > 0 {
		return &failure{text: fmt.Sprintf("the record of %d event(s) is not as it was written", v.broken)}
	}
	return nil
}

// trust reads keys and heads from files.
func (c *verifyCommand) trust(v *verifier) error {
	keys, heads := slices.Clone(c.Key), slices.Clone(c.Heads)
	if c.Data != "" {
		for name, to := range map[string]*[]string{store.LedgerPubFile: &keys, store.HeadsFile: &heads} {
			name = filepath.Join(c.Data, name)
			switch _, err := os.Stat(name); {
			case err == nil:
				*to = append(*to, name)
			case !errors.Is(err, fs.ErrNotExist): // not there: nothing was signed yet
				return &failure{text: "the data folder cannot be read: run this as the user of the server", cause: err}
			}
		}
	}
	for _, name := range keys {
		text, err := os.ReadFile(name)
		if err == nil {
			err = v.keys.ReadKeys(text)
		}
		if err != nil {
			return &failure{text: name + " is no public key", cause: err}
		}
	}
	for _, name := range heads {
		f, err := os.Open(name)
		if err != nil {
			return &failure{text: "signed heads cannot be read", cause: err}
		}
		got, err := attendance.ReadHeads(f)
		_ = f.Close() // read only
		if err != nil {
			return &failure{text: name + " has no signed heads", cause: err}
		}
		v.heads = append(v.heads, got...)
	}
	return nil
}

// verifier holds records against what is known of them.
type verifier struct {
	out     io.Writer
	keys    attendance.Keys
	trusted bool            // the keys do not come with the record
	heads   []schedule.Head // from elsewhere than the record
	broken  int
}

func (v *verifier) redis(ctx context.Context, url string, named []string) error {
	s, err := openStore(ctx, store.Options{URL: url, Logger: quiet})
	if err != nil {
		return err
	}
	defer s.Close()
	if !v.trusted {
		if v.keys, err = s.Keys(ctx); err != nil {
			return err
		}
	}
	var events []schedule.EventID
	for _, e := range named {
		events = append(events, schedule.EventID(e))
	}
	if len(events) == 0 {
		if events, err = v.all(ctx, s); err != nil {
			return err
		}
	}
	for _, event := range events {
		heads, err := s.Heads(ctx, event)
		if err != nil {
			return fmt.Errorf("read the signed heads of %s: %w", event, err)
		}
		n, hash, err := s.Length(ctx, event)
		if err != nil {
			return err
		}
		own := attendance.Mark{Entries: n, Hash: hash, From: "Redis's own count"}
		if err := v.verify(event, entries(ctx, s, event), heads, own); err != nil {
			return err
		}
	}
	return nil
}

// all lists the events that are in Redis, that of the house if it has a record,
// and those that only a head knows any more.
func (v *verifier) all(ctx context.Context, s *store.Store) ([]schedule.EventID, error) {
	events, err := s.Events(ctx)
	if err != nil {
		return nil, err
	}
	if n, _, err := s.Length(ctx, schedule.House); err != nil {
		return nil, err
	} else if n > 0 {
		events = append(events, schedule.House)
	}
	for _, h := range v.heads {
		if !slices.Contains(events, h.Event) {
			events = append(events, h.Event)
		}
	}
	return events, nil
}

func (v *verifier) pack(name string) error {
	z, err := zip.OpenReader(name)
	if err != nil {
		return &failure{text: name + " is no pack", cause: err}
	}
	defer z.Close()
	lacks := func(file string, err error) error {
		return &failure{text: fmt.Sprintf("%s: %s cannot be read", name, file), cause: err}
	}
	ledger, err := fromPack(z, report.PackLedger, attendance.ReadEntries)
	if err != nil {
		return lacks(report.PackLedger, err)
	}
	heads, err := fromPack(z, report.PackHeads, attendance.ReadHeads)
	if err != nil {
		return lacks(report.PackHeads, err)
	}
	if !v.trusted {
		text, err := fs.ReadFile(z, report.PackKey)
		if err == nil {
			err = v.keys.ReadKeys(text)
		}
		if err != nil {
			return lacks(report.PackKey, err)
		}
	}
	wrong, err := report.CheckManifest(&z.Reader)
	if err != nil {
		return lacks(report.PackManifest, err)
	}
	for _, file := range wrong {
		v.broken++
		fmt.Fprintf(v.out, "%s: BROKEN: %s is not the file that was packed\n", name, file)
	}
	var event schedule.EventID
	switch {
	case len(ledger) > 0:
		event = ledger[0].Event
	case len(heads) > 0:
		event = heads[0].Event
	}
	return v.verify(event, func(yield func(schedule.Entry, error) bool) {
		for _, e := range ledger {
			if !yield(e, nil) {
				return
			}
		}
	}, heads)
}

func fromPack[T any](z *zip.ReadCloser, name string, read func(io.Reader) ([]T, error)) ([]T, error) {
	f, err := z.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return read(f)
}

// verify tells one event's verdict.
func (v *verifier) verify(event schedule.EventID, entries iter.Seq2[schedule.Entry, error], heads []schedule.Head, marks ...attendance.Mark) error {
	vouched, unknown, err := v.keys.Vouched(event, slices.Concat(heads, v.heads))
	if err != nil {
		v.broken++
		fmt.Fprintf(v.out, "%s: BROKEN: %v\n", event, err)
		return nil
	}
	found, err := attendance.Verify(entries, slices.Concat(marks, vouched)...)
	if err != nil {
		return fmt.Errorf("read the record of %s: %w", event, err)
	}
	if b := found.Broken; b != nil {
		v.broken++
		name := ""
		if b.ID != "" {
			name = ", id " + b.ID
		}
		fmt.Fprintf(v.out, "%s: BROKEN at entry %d%s: %s\n", event, b.Index, name, b.Text)
		return nil
	}
	v.tell(event, found, vouched, unknown)
	return nil
}

// tell says what a whole record proves, and what it does not.
func (v *verifier) tell(event schedule.EventID, r attendance.Report, vouched []attendance.Mark, unknown int) {
	if r.Entries == 0 {
		fmt.Fprintf(v.out, "%s: ok, nothing has happened yet\n", event)
		return
	}
	fmt.Fprintf(v.out, "%s: ok, %d entries from %s to %s, head %s\n", event, r.Entries,
		r.First.UTC().Format(time.RFC3339), r.Last.UTC().Format(time.RFC3339), r.Head)
	if r.Words+r.Erased > 0 {
		fmt.Fprintf(v.out, "  words: %d as they were written, %d erased\n", r.Words, r.Erased)
	}
	last := attendance.Mark{}
	for _, m := range vouched {
		if m.Entries >= last.Entries {
			last = m
		}
	}
	switch {
	case last.From == "":
		fmt.Fprintln(v.out, "  no signed head is known: a record that was cut off or written anew would look the same")
	default:
		fmt.Fprintf(v.out, "  %d signed heads fit, the last one up to entry %d: %s\n", len(vouched), last.Entries, last.From)
	}
	if !v.trusted && last.From != "" {
		fmt.Fprintln(v.out, "  the key came with the record: compare it with --data DIR or --key FILE")
	}
	if unknown > 0 {
		fmt.Fprintf(v.out, "  %d heads were signed with keys that were not given, and prove nothing\n", unknown)
	}
}

// errEnough ends a walk through the ledger that nobody wants to go on with.
var errEnough = errors.New("enough")

// entries walks an event's ledger in the order in which it was written.
func entries(ctx context.Context, s *store.Store, event schedule.EventID) iter.Seq2[schedule.Entry, error] {
	return func(yield func(schedule.Entry, error) bool) {
		err := s.Entries(ctx, event, func(e schedule.Entry) error {
			if !yield(e, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(schedule.Entry{}, err)
		}
	}
}
