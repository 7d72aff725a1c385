package report_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"path"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A reader of workbooks that shares no code with their writer: archive/zip,
// encoding/xml, and ECMA-376.

type workbook struct {
	names  []string
	sheets map[string]*readSheet
	titles map[string]string // of the rows that are printed on each page, by sheet
	parts  []string
	xml    map[string]string
}

type readSheet struct {
	rows      [][]readCell
	frozen    string // the top left cell of what moves
	filter    string
	landscape bool
	fitWide   bool
	widths    []float64
}

type readCell struct {
	text    string
	number  float64
	numeric bool
	format  string
	formula bool
}

// when reads a number that is shown as a date, on whatever clock it was written.
func (c readCell) when(t *testing.T) time.Time {
	t.Helper()
	if !c.numeric || !strings.Contains(c.format, "yyyy") {
		t.Fatalf("%+v is no date", c)
	}
	// 25569 is 1970-01-01.
	return time.Unix(int64(math.Round((c.number-25569)*86400)), 0).UTC()
}

func readWorkbook(t *testing.T, raw []byte) *workbook {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	w := &workbook{sheets: map[string]*readSheet{}, titles: map[string]string{}, xml: map[string]string{}}
	for _, f := range z.File {
		w.parts = append(w.parts, f.Name)
		w.xml[f.Name] = string(readAll(t, f))
	}
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
		Names []struct {
			Name  string `xml:"name,attr"`
			Local int    `xml:"localSheetId,attr"`
			Text  string `xml:",chardata"`
		} `xml:"definedNames>definedName"`
	}
	var rels struct {
		All []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	parse(t, w.xml["xl/workbook.xml"], &book)
	parse(t, w.xml["xl/_rels/workbook.xml.rels"], &rels)
	formats := readFormats(t, w.xml["xl/styles.xml"])
	shared := readShared(t, w.xml["xl/sharedStrings.xml"])
	for _, s := range book.Sheets {
		w.names = append(w.names, s.Name)
		for _, r := range rels.All {
			if r.ID == s.ID {
				name := path.Join("xl", r.Target)
				if strings.HasPrefix(r.Target, "/") {
					name = r.Target[1:]
				}
				w.sheets[s.Name] = readOne(t, w.xml[name], formats, shared)
			}
		}
	}
	for _, n := range book.Names {
		if n.Name == "_xlnm.Print_Titles" {
			w.titles[w.names[n.Local]] = n.Text
		}
	}
	return w
}

func readAll(t *testing.T, f *zip.File) []byte {
	t.Helper()
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	return b
}

func parse(t *testing.T, text string, into any) {
	t.Helper()
	if err := xml.Unmarshal([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

// readFormats tells the number format of each cell style.
func readFormats(t *testing.T, text string) []string {
	t.Helper()
	var s struct {
		Custom []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	parse(t, text, &s)
	out := make([]string, len(s.Cells))
	for i, c := range s.Cells {
		for _, f := range s.Custom {
			if f.ID == c.Format {
				out[i] = f.Code
			}
		}
	}
	return out
}

func readShared(t *testing.T, text string) []string {
	t.Helper()
	if text == "" {
		return nil
	}
	var s struct {
		Items []struct {
			Text string `xml:"t"`
		} `xml:"si"`
	}
	parse(t, text, &s)
	var out []string
	for _, i := range s.Items {
		out = append(out, i.Text)
	}
	return out
}

func readOne(t *testing.T, text string, formats, shared []string) *readSheet {
	t.Helper()
	var x struct {
		Views []struct {
			Pane struct {
				TopLeft string `xml:"topLeftCell,attr"`
				State   string `xml:"state,attr"`
				Y       int    `xml:"ySplit,attr"`
			} `xml:"pane"`
		} `xml:"sheetViews>sheetView"`
		Fit struct {
			On bool `xml:"fitToPage,attr"`
		} `xml:"sheetPr>pageSetUpPr"`
		Cols []struct {
			Min   int     `xml:"min,attr"`
			Max   int     `xml:"max,attr"`
			Width float64 `xml:"width,attr"`
		} `xml:"cols>col"`
		Rows []struct {
			Number int `xml:"r,attr"`
			Cells  []struct {
				Ref     string  `xml:"r,attr"`
				Style   int     `xml:"s,attr"`
				Kind    string  `xml:"t,attr"`
				Value   string  `xml:"v"`
				Inline  string  `xml:"is>t"`
				Formula *string `xml:"f"`
			} `xml:"c"`
		} `xml:"sheetData>row"`
		Filter struct {
			Ref string `xml:"ref,attr"`
		} `xml:"autoFilter"`
		Page struct {
			Orientation string `xml:"orientation,attr"`
			Wide        int    `xml:"fitToWidth,attr"`
		} `xml:"pageSetup"`
	}
	parse(t, text, &x)
	s := &readSheet{filter: x.Filter.Ref, landscape: x.Page.Orientation == "landscape", fitWide: x.Fit.On && x.Page.Wide == 1}
	for _, v := range x.Views {
		if v.Pane.State == "frozen" && v.Pane.Y == 1 {
			s.frozen = v.Pane.TopLeft
		}
	}
	for i, c := range x.Cols {
		if i > 0 && c.Min <= x.Cols[i-1].Max {
			t.Fatalf("the columns' widths are out of order at %d", c.Min)
		}
		for range c.Max - c.Min + 1 {
			s.widths = append(s.widths, c.Width)
		}
	}
	for i, r := range x.Rows {
		if r.Number != i+1 {
			t.Fatalf("row %d stands at %d", r.Number, i+1)
		}
		var row []readCell
		for _, c := range r.Cells {
			at := 0
			for _, l := range strings.TrimRight(c.Ref, "0123456789") {
				at = at*26 + int(l-'A') + 1
			}
			for len(row) < at {
				row = append(row, readCell{})
			}
			cell := readCell{text: c.Value, formula: c.Formula != nil, format: formats[c.Style]}
			switch c.Kind {
			case "inlineStr":
				cell.text = c.Inline
			case "s":
				n, err := strconv.Atoi(c.Value)
				if err != nil {
					t.Fatal(err)
				}
				cell.text = shared[n]
			case "", "n":
				f, err := strconv.ParseFloat(c.Value, 64)
				if c.Value != "" && err != nil {
					t.Fatal(err)
				}
				cell.number, cell.numeric = f, c.Value != ""
			}
			row[at-1] = cell
		}
		s.rows = append(s.rows, row)
	}
	return s
}

// column finds a heading, and the cells below it; cells at a row's end that are
// empty are not in the file.
func (s *readSheet) column(t *testing.T, heading string) []readCell {
	t.Helper()
	for i, h := range s.rows[0] {
		if h.text != heading {
			continue
		}
		var out []readCell
		for _, r := range s.rows[1:] {
			if i < len(r) {
				out = append(out, r[i])
			} else {
				out = append(out, readCell{})
			}
		}
		return out
	}
	t.Fatalf("no heading %q in %v", heading, s.rows[0])
	return nil
}
