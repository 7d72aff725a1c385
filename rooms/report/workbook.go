package report

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/width"
)

// WriteXLSX writes all tables as one workbook, a sheet each: frozen headings,
// a filter on them, columns as wide as what is in them, dates that a
// spreadsheet can count with, and a print set-up. What people typed is stored as
// text, never as a formula. Two workbooks of the same facts are the same bytes.
func (b *Book) WriteXLSX(w io.Writer) (err error) {
	f := excelize.NewFile()
	defer func() {
		if e := f.Close(); err == nil && e != nil {
			err = fmt.Errorf("workbook: %w", e)
		}
	}()
	s, err := newStyles(f)
	if err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	if err := f.SetDocProps(&excelize.DocProperties{
		Title: b.facts.Event.Name, Creator: "Sangdam", LastModifiedBy: "Sangdam",
		Created: b.facts.At.UTC().Format(time.RFC3339), Modified: b.facts.At.UTC().Format(time.RFC3339),
	}); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	for i, sheet := range Sheets() {
		t := b.Table(sheet)
		if i == 0 {
			err = f.SetSheetName(f.GetSheetName(0), t.Title)
		} else {
			_, err = f.NewSheet(t.Title)
		}
		if err == nil {
			err = b.sheet(f, s, t)
		}
		if err != nil {
			return fmt.Errorf("sheet %s: %w", sheet, err)
		}
	}
	var made bytes.Buffer
	if err := f.Write(&made); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	return inOrder(w, made.Bytes())
}

// styles are the numbers of cell formats in one workbook.
type styles struct{ heading, text, count, number, instant int }

func newStyles(f *excelize.File) (s styles, err error) {
	format := func(numbers string, heading bool) int {
		style := &excelize.Style{Alignment: &excelize.Alignment{Vertical: "top"}}
		if numbers != "" {
			style.CustomNumFmt = &numbers
		}
		if heading {
			style.Font = &excelize.Font{Bold: true}
			style.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E7ECF2"}}
			style.Border = []excelize.Border{{Type: "bottom", Style: 1, Color: "8A97A6"}}
			style.Alignment.WrapText = true
		}
		id, e := f.NewStyle(style)
		err = cmp.Or(err, e)
		return id
	}
	s = styles{
		heading: format("", true), text: format("@", false), count: format("0", false),
		number: format("0.0", false), instant: format("yyyy-mm-dd hh:mm:ss", false),
	}
	return s, err
}

// sheet writes one table. What is set on the sheet before its rows are streamed
// goes into the stream; what is set after is lost.
func (b *Book) sheet(f *excelize.File, s styles, t Table) error {
	last, err := excelize.CoordinatesToCellName(len(t.Columns), len(t.Rows)+1)
	if err != nil {
		return err
	}
	landscape, paper, one, no, many, fit := "landscape", 9, 1, false, 0, true // paper 9 is A4
	for _, set := range []func() error{
		func() error { return f.AutoFilter(t.Title, "A1:"+last, nil) }, // first: it forgets the sheet's other properties
		func() error {
			return f.SetPageLayout(t.Title, &excelize.PageLayoutOptions{
				Orientation: &landscape, Size: &paper, FitToWidth: &one, FitToHeight: &many,
			})
		},
		func() error {
			return f.SetSheetProps(t.Title, &excelize.SheetPropsOptions{FitToPage: &fit, AutoPageBreaks: &no})
		},
		func() error {
			margin, edge := 0.4, 0.6
			return f.SetPageMargins(t.Title, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin, Top: &edge, Bottom: &edge})
		},
		func() error {
			return f.SetHeaderFooter(t.Title, &excelize.HeaderFooterOptions{
				OddHeader: "&L" + printed(b.facts.Event.Name, 60) + "&R" + printed(t.Title, 30),
				OddFooter: "&L" + printed(b.facts.Event.Organiser, 40) + "&C" + b.words.value("word", "page") + " &P / &N" +
					"&R" + b.words.value("word", "derived") + " " + b.facts.At.In(b.center).Format("2006-01-02 15:04 MST"),
			})
		},
		func() error {
			return f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: quoted(t.Title) + "!$1:$1", Scope: t.Title})
		},
	} {
		if err := set(); err != nil {
			return err
		}
	}
	sw, err := f.NewStreamWriter(t.Title)
	if err != nil {
		return err
	}
	if err := sw.SetPanes(&excelize.Panes{
		Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight",
		Selection: []excelize.Selection{{SQRef: "B2", ActiveCell: "B2", Pane: "bottomRight"}},
	}); err != nil {
		return err
	}
	// From the last to the first: each goes before those that were set already,
	// and a sheet's columns must stand in their order.
	for i, wide := range slices.Backward(widths(t)) {
		if err := sw.SetColWidth(i+1, i+1, wide); err != nil {
			return err
		}
	}
	heading := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		heading[i] = excelize.Cell{StyleID: s.heading, Value: c.Heading}
	}
	if err := sw.SetRow("A1", heading, excelize.RowOpts{Height: 32}); err != nil {
		return err
	}
	for i, cells := range t.Rows {
		row := make([]any, len(cells))
		for j, c := range cells {
			row[j] = s.cell(c, t.Columns[j].Kind)
		}
		if err := sw.SetRow(fmt.Sprintf("A%d", i+2), row); err != nil {
			return err
		}
	}
	return sw.Flush()
}

// cell is nil where there is nothing: a filter then says "blanks".
func (s styles) cell(c Cell, k Kind) any {
	switch {
	case k == KindText && c.Text == "", k == KindInstant && c.Time.IsZero(), c.Empty:
		return nil
	case k == KindText:
		return excelize.Cell{StyleID: s.text, Value: strings.ToValidUTF8(c.Text, "\ufffd")}
	case k == KindInstant:
		if serial, ok := serial(c.Time); ok {
			return excelize.Cell{StyleID: s.instant, Value: serial}
		}
		return excelize.Cell{StyleID: s.text, Value: c.Plain(k)}
	case k == KindCount:
		return excelize.Cell{StyleID: s.count, Value: c.Number}
	}
	return excelize.Cell{StyleID: s.number, Value: math.Round(c.Number*1000) / 1000}
}

// serial is a clock's reading as spreadsheets count it: days since 1899-12-30.
// They know no zones and nothing after 9999, and what they show before
// 1900-03-01 is a day off (they believe that 1900 was a leap year): such a time
// is not ok.
func serial(t time.Time) (days float64, ok bool) {
	clock := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	seconds := clock.Unix() - time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Unix()
	return float64(seconds) / 86400, seconds >= 61*86400 && t.Year() <= 9999
}

// widths are as wide as what is in a column, within reason: a CJK character
// takes two places.
func widths(t Table) []float64 {
	const least, most, looked = 8, 48, 500
	out := make([]float64, len(t.Columns))
	for i, c := range t.Columns {
		longest := places(c.Heading)/2 + 3 // headings wrap into two lines
		if c.Kind == KindInstant {
			longest = max(longest, len("2006-01-02 15:04:05"))
		}
		for _, r := range t.Rows[:min(len(t.Rows), looked)] {
			if c.Kind == KindText {
				longest = max(longest, places(r[i].Text))
			}
		}
		out[i] = float64(min(max(longest, least), most)) + 1
	}
	return out
}

func places(s string) int {
	n := 0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			if !unicode.Is(unicode.Mn, r) {
				n++
			}
		}
	}
	return n
}

// printed is text for the head of a page, where an ampersand begins a command
// and all three parts together have 255 characters.
func printed(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	// A digit that follows a command would be a font's size.
	return " " + strings.ReplaceAll(s, "&", "&&")
}

func quoted(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'" }

// inOrder copies a zip with its parts in one order and without their times. The
// library writes sheets in the order of a map.
func inOrder(w io.Writer, made []byte) error {
	r, err := zip.NewReader(bytes.NewReader(made), int64(len(made)))
	if err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	slices.SortFunc(r.File, func(a, b *zip.File) int { return cmp.Compare(a.Name, b.Name) }) // [Content_Types].xml is first
	out := zip.NewWriter(w)
	for _, part := range r.File {
		if err := out.Copy(part); err != nil {
			return fmt.Errorf("workbook: %w", err)
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	return nil
}
