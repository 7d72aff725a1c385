package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"sangdam/rooms/spreadsheet"
)

// WriteCSV writes a table for spreadsheets: UTF-8 with a byte order mark
// (without one Excel reads another encoding), CRLF, times as the clocks that
// the headings name show them, and no cell that a spreadsheet would run as a
// formula.
func (b *Book) WriteCSV(w io.Writer, s Sheet) error {
	t := b.Table(s)
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write %s: %w", s, err)
	}
	cw := csv.NewWriter(w)
	cw.UseCRLF = true
	row := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		row[i] = spreadsheet.Safe(c.Heading)
	}
	_ = cw.Write(row) // kept until Error
	for _, cells := range t.Rows {
		for i, c := range cells {
			row[i] = c.Plain(t.Columns[i].Kind)
			if t.Columns[i].Kind == KindText {
				row[i] = spreadsheet.Safe(row[i])
			}
		}
		_ = cw.Write(row)
	}
	cw.Flush()
	if err := cw.Error(); err != nil {
		return fmt.Errorf("write %s: %w", s, err)
	}
	return nil
}

// Plain is a cell as text.
func (c Cell) Plain(k Kind) string {
	switch {
	case k == KindText:
		return c.Text
	case k == KindInstant && c.Time.IsZero(), c.Empty:
		return ""
	case k == KindInstant:
		return c.Time.Format("2006-01-02 15:04:05")
	case k == KindCount:
		return strconv.FormatFloat(c.Number, 'f', 0, 64)
	}
	return strconv.FormatFloat(c.Number, 'f', 1, 64)
}
