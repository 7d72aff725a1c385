package report

import (
	_ "embed"
	"fmt"
	"io"
	"text/template"
	"time"
)

// guide tells in Korean and English what is in a pack and how to verify it.
//
//go:embed VERIFY.txt.tmpl
var guide string

// told is what the guide says of one pack.
type told struct {
	Event, Organiser string
	At               string // on the center's clock
	Consultations    int
	Entries          int64
	Hash, Key        string
	Signed           string
}

func writeGuide(w io.Writer, p Pack) error {
	t, err := template.New("VERIFY.txt").Parse(guide)
	if err != nil {
		return fmt.Errorf("guide: %w", err)
	}
	head := p.Heads[len(p.Heads)-1]
	center, err := time.LoadLocation(p.Facts.Event.Zone)
	if err != nil {
		center = time.UTC
	}
	return t.Execute(w, told{
		Event: p.Facts.Event.Name, Organiser: p.Facts.Event.Organiser,
		At:            p.Facts.At.In(center).Format("2006-01-02 15:04:05 MST"),
		Consultations: len(p.Facts.Event.Consultations),
		Entries:       head.Entries, Hash: head.Hash, Key: head.Key,
		Signed: head.At.UTC().Format(time.RFC3339),
	})
}
