package timetable

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"strconv"
	"strings"
)

// What a workbook may unpack to. A good one of MaxRows rows has 15 MB.
const (
	maxUnpacked = 48 << 20
	maxEntries  = 2_000
	maxStrings  = 40 * MaxRows
)

// workbook reads the first visible sheet of an XLSX file (ECMA-376, part 1),
// values only: a formula counts with what Excel computed last and is told.
//
// A reader of our own, since it has to be bounded: libraries unpack whole
// sheets and string tables into structures, for which five bytes of a hostile
// file cost a hundred, and those that stream do not tell a formula from a value.
type workbook struct {
	files   map[string]*zip.File
	since   epoch
	strings []string
	sheet   *xml.Decoder
	row     int
	done    bool
}

func damaged() *Problem { return &Problem{Code: ProblemDamaged} }

func newWorkbook(file []byte) (*workbook, *Problem) {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, damaged()
	}
	w := &workbook{files: make(map[string]*zip.File)}
	var unpacked uint64
	for _, f := range z.File {
		// archive/zip holds an entry to the size that it declares.
		unpacked += f.UncompressedSize64
		if unpacked > maxUnpacked || f.UncompressedSize64 > maxUnpacked || len(z.File) > maxEntries {
			return nil, &Problem{Code: ProblemBomb, Params: limit(maxUnpacked >> 20)}
		}
		w.files[strings.ToLower(strings.ReplaceAll(f.Name, "\\", "/"))] = f
	}
	sheet, p := w.book()
	if p != nil {
		return nil, p
	}
	if p := w.shared(); p != nil {
		return nil, p
	}
	b, ok := w.read(sheet)
	if !ok {
		return nil, damaged()
	}
	w.sheet = decoder(b)
	return w, nil
}

func (w *workbook) read(name string) ([]byte, bool) {
	f := w.files[strings.ToLower(name)]
	if f == nil {
		return nil, false
	}
	r, err := f.Open()
	if err != nil {
		return nil, false
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxUnpacked))
	return b, err == nil
}

// decoder reads a part. Only raw tokens are asked of it: otherwise it keeps a
// stack, which elements in elements without end would fill.
func decoder(b []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(b))
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, strconv.ErrSyntax }
	return d
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// elements calls each for every start element.
func elements(b []byte, each func(e xml.StartElement)) bool {
	d := decoder(b)
	for {
		token, err := d.RawToken()
		if err == io.EOF {
			return true
		}
		if err != nil {
			return false
		}
		if e, ok := token.(xml.StartElement); ok {
			each(e)
		}
	}
}

// book finds the first visible sheet, and which day is day 0.
func (w *workbook) book() (sheet string, p *Problem) {
	const name = "xl/workbook.xml"
	if w.files[name] == nil {
		return "", &Problem{Code: ProblemNoTable}
	}
	b, ok := w.read(name)
	if !ok {
		return "", damaged()
	}
	var id string
	ok = elements(b, func(e xml.StartElement) {
		switch e.Name.Local {
		case "workbookPr":
			if v := attr(e, "date1904"); v == "1" || v == "true" {
				w.since = epoch1904
			}
		case "sheet":
			if id == "" && attr(e, "state") != "hidden" && attr(e, "state") != "veryHidden" {
				for _, a := range e.Attr {
					if a.Name.Local == "id" && a.Name.Space != "" { // sheetId is another
						id = a.Value
					}
				}
			}
		}
	})
	rels, found := w.read("xl/_rels/workbook.xml.rels")
	if !ok || !found || id == "" {
		return "", damaged()
	}
	ok = elements(rels, func(e xml.StartElement) {
		if e.Name.Local == "Relationship" && attr(e, "Id") == id {
			sheet = attr(e, "Target")
		}
	})
	if !ok || sheet == "" {
		return "", damaged()
	}
	if strings.HasPrefix(sheet, "/") {
		return sheet[1:], nil
	}
	return path.Join("xl", sheet), nil
}

// shared reads the table of strings that cells point into.
func (w *workbook) shared() *Problem {
	b, ok := w.read("xl/sharedStrings.xml")
	if !ok {
		return nil // a workbook may have none
	}
	d := decoder(b)
	for {
		token, err := d.RawToken()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return damaged()
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "si" {
			s, err := words(d, "si")
			if err != nil {
				return damaged()
			}
			if len(w.strings) == maxStrings {
				return &Problem{Code: ProblemBomb, Params: limit(maxUnpacked >> 20)}
			}
			w.strings = append(w.strings, s)
		}
	}
}

// words joins the text of an element's runs, without the reading aids that
// East Asian Excel keeps beside them (rPh).
func words(d *xml.Decoder, until string) (string, error) {
	var s strings.Builder
	inText, aids := false, 0
	for {
		token, err := d.RawToken()
		if err != nil {
			return "", err
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "t":
				inText = true
			case "rPh":
				aids++
			}
		case xml.EndElement:
			switch e.Name.Local {
			case until:
				return s.String(), nil
			case "t":
				inText = false
			case "rPh":
				aids--
			}
		case xml.CharData:
			if inText && aids == 0 && s.Len() < 8*maxCell {
				s.Write(e)
			}
		}
	}
}

// next reads one row.
func (w *workbook) next() (line, *Problem) {
	for !w.done {
		token, err := w.sheet.RawToken()
		if err != nil {
			return line{}, damaged() // io.EOF, too: the sheet's data never ended
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Local != "row" {
				continue
			}
			w.row++
			if n, err := strconv.Atoi(attr(e, "r")); err == nil && n >= w.row && n <= 1<<20 {
				w.row = n
			}
			return w.cells(line{row: w.row})
		case xml.EndElement:
			w.done = e.Name.Local == "sheetData" || e.Name.Local == "worksheet"
		}
	}
	return line{}, nil
}

func (w *workbook) cells(l line) (line, *Problem) {
	at := -1
	for {
		token, err := w.sheet.RawToken()
		if err != nil {
			return line{}, damaged()
		}
		switch e := token.(type) {
		case xml.EndElement:
			if e.Name.Local == "row" {
				return l, nil
			}
		case xml.StartElement:
			if e.Name.Local != "c" {
				continue
			}
			at++
			if n, ok := columnOf(attr(e, "r")); ok {
				at = n
			}
			c, err := w.cell(attr(e, "t"))
			if err != nil {
				return line{}, damaged()
			}
			if c == (cell{}) || at >= maxColumns && c.text == "" {
				continue
			}
			if at >= maxColumns {
				return line{}, &Problem{Code: ProblemColumns, Row: l.row, Params: limit(maxColumns)}
			}
			for len(l.cells) <= at {
				l.cells = append(l.cells, cell{})
			}
			l.cells[at] = c
		}
	}
}

// cell reads one cell; its start is read.
func (w *workbook) cell(kind string) (c cell, err error) {
	var v string
	for {
		token, err := w.sheet.RawToken()
		if err != nil {
			return cell{}, err
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "f":
				c.formula = true
			case "v":
				if v, err = value(w.sheet); err != nil {
					return cell{}, err
				}
			case "is":
				if v, err = words(w.sheet, "is"); err != nil {
					return cell{}, err
				}
			}
			continue
		case xml.EndElement:
			if e.Name.Local != "c" {
				continue
			}
		default:
			continue
		}
		switch kind {
		case "s":
			if i, err := strconv.Atoi(strings.TrimSpace(v)); err == nil && i >= 0 && i < len(w.strings) {
				c.text = w.strings[i]
			}
		case "e":
			c.text, c.failed = v, true
		case "", "n":
			c.text = strings.TrimSpace(v)
			if f, err := strconv.ParseFloat(c.text, 64); err == nil {
				c.number, c.numeric, c.since = f, true, w.since
				if f == float64(int64(f)) {
					c.text = strconv.FormatInt(int64(f), 10) // 8.2E+11 is a telephone number
				}
			}
		default: // str, inlineStr, b, d
			c.text = v
		}
		return c, nil
	}
}

// value reads the text of an element up to its end.
func value(d *xml.Decoder) (string, error) {
	var s strings.Builder
	for {
		token, err := d.RawToken()
		if err != nil {
			return "", err
		}
		switch e := token.(type) {
		case xml.EndElement:
			return s.String(), nil
		case xml.CharData:
			if s.Len() < 8*maxCell {
				s.Write(e)
			}
		}
	}
}

// columnOf takes the column out of a reference like AB12, counted from 0.
func columnOf(reference string) (int, bool) {
	n := 0
	for i := 0; i < len(reference) && i < 4; i++ {
		c := reference[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			return n - 1, i > 0
		}
		n = n*26 + int(c-'A') + 1
	}
	return 0, false
}

func (w *workbook) strict() bool { return false }
