package main

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
	packed  bool            // the record is a pack's: it ends at a signed head
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
		broken := v.broken
		read, last := 0, ""
		err = v.verify(event, func(yield func(schedule.Entry, error) bool) {
			for e, err := range entries(ctx, s, event) {
				if read++; int64(read) == n+1 {
					last = e.ID
				}
				if !yield(e, err) {
					return
				}
			}
		}, heads, own)
		if err != nil {
			return err
		}
		// The server may have appended meanwhile; somebody else did not count.
		if n2, _, err := s.Length(ctx, event); err != nil {
			return err
		} else if v.broken == broken && n2 < int64(read) {
			v.broken++
			fmt.Fprintf(v.out, "%s: BROKEN at entry %d, id %s: it was added, Redis's own count ends before it\n", event, n+1, last)
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
	manifest, err := fs.ReadFile(z, report.PackManifest)
	if err != nil {
		return lacks(report.PackManifest, err)
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
	if err := v.sealed(z, name, event, manifest); err != nil {
		return lacks(report.PackSeal, err)
	}
	v.packed = true
	return v.verify(event, func(yield func(schedule.Entry, error) bool) {
		for _, e := range ledger {
			if !yield(e, nil) {
				return
			}
		}
	}, heads)
}

// sealed tells who made the tables of a pack. The record in it can be proved
// without that, what was made of it cannot.
func (v *verifier) sealed(z *zip.ReadCloser, name string, event schedule.EventID, manifest []byte) error {
	text, err := fs.ReadFile(z, report.PackSeal)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(v.out, "%s: nobody signed the tables: make them from the record and compare\n", name)
		return nil
	}
	var seal attendance.PackSeal
	if err == nil {
		err = json.Unmarshal(text, &seal)
	}
	if err != nil {
		return err
	}
	switch sealed, known := v.keys.Sealed(seal, event, manifest); {
	case sealed:
		fmt.Fprintf(v.out, "%s: tables and timetable are as key %s signed them\n", name, seal.Key)
	case known:
		v.broken++
		fmt.Fprintf(v.out, "%s: BROKEN: the files are not those that key %s signed\n", name, seal.Key)
	default:
		fmt.Fprintf(v.out, "%s: the tables were signed with a key that was not given, which proves nothing\n", name)
	}
	return nil
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
	heads = slices.Concat(heads, v.heads)
	slices.SortStableFunc(heads, func(a, b schedule.Head) int { return strings.Compare(a.Signature, b.Signature) })
	vouched, unknown, forged := v.keys.Vouched(event, slices.Compact(heads)) // one that was put aside is known twice
	if forged != nil {
		v.broken++
		fmt.Fprintf(v.out, "%s: BROKEN: %v\n", event, forged)
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
	if end := last(vouched).Entries; v.packed && end < int64(found.Entries) {
		v.broken++
		fmt.Fprintf(v.out, "%s: BROKEN at entry %d: from here on nobody vouches for it, and the record of a pack ends at a signed head\n", event, end+1)
		return nil
	}
	if forged == nil {
		v.tell(event, found, vouched, unknown)
	}
	return nil
}

// last is the mark that reaches furthest.
func last(vouched []attendance.Mark) (m attendance.Mark) {
	for _, x := range vouched {
		if x.Entries >= m.Entries {
			m = x
		}
	}
	return m
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
		gone := "erased"
		if v.packed {
			gone = "erased, or left out of the pack"
		}
		fmt.Fprintf(v.out, "  words: %d as they were written, %d %s\n", r.Words, r.Erased, gone)
	}
	last := last(vouched)
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
