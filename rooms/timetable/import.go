package timetable

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"

	"sangdam/rooms/schedule"
)

// What a file may be at most.
const (
	MaxBytes = 5 << 20
	MaxRows  = 10_000

	maxColumns  = 256
	maxProblems = 200 // further ones are not told: the file is of another kind
	maxCell     = 200 // characters
)

// Draft is what a file says an event is. The event's ID, Name, Organiser,
// Language and Policy are not in the file and left for the caller to set.
type Draft struct {
	Event *schedule.Event
	Rows  map[schedule.ConsultationID]int // where each consultation stands in the file
}

// Import reads a timetable from a CSV or XLSX file; what it is, is seen from its
// bytes, and the name only helps to tell what an unreadable one was meant to
// be. Every problem is told at once. There is no draft when one of them is more
// than a warning.
//
// Identifiers follow from the file's own words, so that a second import of a
// corrected file keeps the links and the record of the first: a consultation
// has the one it was given, a booth, firm, buyer or interpreter has one made
// from its name.
func Import(file []byte, name string) (*Draft, []Problem) {
	if len(file) > MaxBytes {
		return nil, []Problem{{Code: ProblemTooLarge, Params: limit(MaxBytes >> 20)}}
	}
	from, p := open(file, name)
	if p != nil {
		return nil, []Problem{*p}
	}
	t := newTable()
	t.read(from)
	if t.faulty {
		return nil, t.report()
	}
	slices.SortStableFunc(t.event.Consultations, byStart)
	return &Draft{t.event, t.seen}, t.report()
}

// lines is a file of either kind.
type lines interface {
	next() (line, *Problem) // row 0: there is none left
	strict() bool           // rows must be as long as the heading
}

func open(file []byte, name string) (lines, *Problem) {
	extension := strings.ToLower(path.Ext(name))
	switch {
	case len(bytes.TrimSpace(file)) == 0:
		return nil, &Problem{Code: ProblemEmpty}
	case bytes.HasPrefix(file, []byte("PK\x03\x04")), bytes.HasPrefix(file, []byte("PK\x05\x06")):
		return asLines(newWorkbook(file))
	case bytes.HasPrefix(file, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return nil, &Problem{Code: ProblemOldExcel}
	case extension == ".xlsx" || extension == ".xlsm":
		return nil, damaged()
	}
	s, p := decode(file)
	if p != nil {
		return nil, p
	}
	return newText(s), nil
}

// asLines keeps a nil workbook from becoming lines that are not nil.
func asLines(w *workbook, p *Problem) (lines, *Problem) {
	if p != nil {
		return nil, p
	}
	return w, nil
}

func byStart(a, b schedule.Consultation) int {
	return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
}
