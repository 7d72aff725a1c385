package report

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
)

// Pack is what a funder gets: reports, the ledger they follow from, and what it
// takes to verify both without us.
type Pack struct {
	Facts    Facts
	Language Language
	Entries  []schedule.Entry // the ledger up to the last of Heads
	Heads    []schedule.Head  // oldest first; the last was signed for this pack
	Key      []byte           // the public key that signed them, PEM
	// Attendance writes attendance.json of facts that are fit for outsiders.
	Attendance func(Facts) ([]byte, error)
	// Seal signs the manifest; nil: nobody can, and the record alone is signed.
	Seal func(manifest []byte) (attendance.PackSeal, error)
}

// The files of a pack that a verifier looks for.
const (
	PackLedger   = "ledger.jsonl"
	PackHeads    = "heads.jsonl"
	PackKey      = "key.pub"
	PackManifest = "manifest.sha256"
	PackSeal     = "manifest.sig" // signs PackManifest, so that it is in none
)

// MaxPackEntries bounds the ledger of a pack: the largest event has some hundred
// thousand entries.
const MaxPackEntries = 2_000_000

// ErrPack: what a pack is to be made of does not fit together.
var ErrPack = errors.New("not a whole pack")

// Write writes the zip: files in one order, times of the facts, and last the
// manifest with the SHA-256 of each, and what signs it. The ledger goes out line by line.
func (p Pack) Write(w io.Writer) error {
	switch n := len(p.Heads); {
	case n == 0 || p.Heads[n-1].Entries != int64(len(p.Entries)):
		return fmt.Errorf("%w: the ledger does not end at a signed head", ErrPack)
	case len(p.Entries) > MaxPackEntries:
		return fmt.Errorf("%w: %d entries are more than %d", ErrPack, len(p.Entries), MaxPackEntries)
	}
	scrub := newScrubber(p.Facts.Event)
	facts := p.Facts.ForFunder()
	book := New(facts, Filter{}, p.Language)
	z := &packing{zip: zip.NewWriter(w), at: p.Facts.At.UTC().Truncate(2 * time.Second)} // what MS-DOS times hold
	z.file("VERIFY.txt", func(w io.Writer) error { return writeGuide(w, p) })
	z.file("report.xlsx", book.WriteXLSX)
	for _, s := range Sheets() {
		z.file(string(s)+".csv", func(w io.Writer) error { return book.WriteCSV(w, s) })
	}
	z.file("attendance.json", func(w io.Writer) error {
		b, err := p.Attendance(facts)
		if err == nil {
			_, err = w.Write(b)
		}
		return err
	})
	z.file("event.json", func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(facts.Event)
	})
	z.file(PackLedger, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		for _, e := range p.Entries {
			if err := enc.Encode(scrub.entry(e)); err != nil {
				return err
			}
		}
		return nil
	})
	z.file(PackHeads, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		for _, h := range p.Heads {
			if err := enc.Encode(h); err != nil {
				return err
			}
		}
		return nil
	})
	z.file(PackKey, func(w io.Writer) error {
		_, err := w.Write(p.Key)
		return err
	})
	sums := bytes.Clone(z.sums.Bytes())
	z.file(PackManifest, func(w io.Writer) error {
		_, err := w.Write(sums)
		return err
	})
	if p.Seal != nil {
		z.file(PackSeal, func(w io.Writer) error {
			seal, err := p.Seal(sums)
			if err != nil {
				return err
			}
			return json.NewEncoder(w).Encode(seal)
		})
	}
	if z.err == nil {
		z.err = z.zip.Close()
	}
	if z.err != nil {
		return fmt.Errorf("write pack: %w", z.err)
	}
	return nil
}

// packing writes files until the first error, and keeps their sums as
// sha256sum -c reads them.
type packing struct {
	zip  *zip.Writer
	at   time.Time
	sums bytes.Buffer
	err  error
}

func (z *packing) file(name string, write func(io.Writer) error) {
	if z.err != nil {
		return
	}
	var w io.Writer
	if w, z.err = z.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: z.at}); z.err != nil {
		return
	}
	sum := sha256.New()
	if z.err = write(io.MultiWriter(w, sum)); z.err != nil {
		z.err = fmt.Errorf("%s: %w", name, z.err)
		return
	}
	fmt.Fprintf(&z.sums, "%s  %s\n", hex.EncodeToString(sum.Sum(nil)), name)
}
