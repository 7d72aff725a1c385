package report

import (
	"math"
	"time"
)

// Sheet names a table.
type Sheet string

// The tables, in the order of the workbook.
const (
	SheetSummary       Sheet = "summary"
	SheetConsultations Sheet = "consultations"
	SheetAttendance    Sheet = "attendance"
	SheetNoShows       Sheet = "no-shows"
	SheetQuality       Sheet = "quality"
)

// Sheets lists all of them.
func Sheets() []Sheet {
	return []Sheet{SheetSummary, SheetConsultations, SheetAttendance, SheetNoShows, SheetQuality}
}

// Kind says what the cells of a column are.
type Kind string

const (
	KindText    Kind = "text"
	KindCount   Kind = "count"   // a whole number
	KindNumber  Kind = "number"  // with one decimal
	KindInstant Kind = "instant" // a time on some clock; Cell.Time is on it
)

// Column is one of a table. Its Key is the same in every language, its Heading
// is for people.
type Column struct {
	Key     string
	Heading string
	Kind    Kind
}

// Cell is what stands in one place; which field counts is told by Column.Kind.
type Cell struct {
	Text   string
	Number float64
	Time   time.Time // zero: the cell is empty
	Empty  bool      // a number that is not known
}

// Table is one sheet.
type Table struct {
	Sheet   Sheet
	Title   string
	Columns []Column
	Rows    [][]Cell
}

// Table makes one; an unknown name makes an empty one.
func (b *Book) Table(s Sheet) Table {
	t := Table{Sheet: s, Title: b.words.sheet(s)}
	switch s {
	case SheetSummary:
		t.Columns, t.Rows = b.columns(summaryColumns()), b.summary()
	case SheetConsultations:
		t.Columns, t.Rows = b.columns(consultationColumns()), b.consultations()
	case SheetAttendance:
		t.Columns, t.Rows = b.columns(attendanceColumns()), b.attendance()
	case SheetNoShows:
		t.Columns, t.Rows = b.columns(noShowColumns()), b.noShows()
	case SheetQuality:
		t.Columns, t.Rows = b.columns(qualityColumns()), b.quality()
	}
	return t
}

// columns gives keys their headings.
func (b *Book) columns(of []Column) []Column {
	for i := range of {
		of[i].Heading = b.words.heading(of[i].Key)
	}
	return of
}

func text(s string) Cell { return Cell{Text: s} }

func count(n int) Cell { return Cell{Number: float64(n)} }

// number is a decimal that is known.
func number(f float64) Cell {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Cell{Empty: true}
	}
	return Cell{Number: f}
}

// minutes of seconds.
func minutes(seconds float64) Cell { return number(seconds / 60) }

// percent of a share; one below zero is not known.
func percent(share float64) Cell {
	if share < 0 {
		return Cell{Empty: true}
	}
	return number(100 * share)
}

// on is a time on a clock.
func on(clock *time.Location, t time.Time) Cell {
	if t.IsZero() {
		return Cell{}
	}
	return Cell{Time: t.In(clock)}
}
