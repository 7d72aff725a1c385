package timetable

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/korean"
)

// decode returns a text file's characters: UTF-8 with and without byte order
// mark, UTF-16 with one, and CP949, which Korean Excel writes as "CSV".
// (Go's EUC-KR is CP949, as the WHATWG Encoding Standard has it.)
func decode(file []byte) (string, *Problem) {
	if rest, ok := bytes.CutPrefix(file, []byte("\xef\xbb\xbf")); ok {
		return decodeUTF8(rest)
	}
	if rest, ok := bytes.CutPrefix(file, []byte("\xff\xfe")); ok {
		return decodeUTF16(rest, binary.LittleEndian)
	}
	if rest, ok := bytes.CutPrefix(file, []byte("\xfe\xff")); ok {
		return decodeUTF16(rest, binary.BigEndian)
	}
	if utf8.Valid(file) {
		return string(file), nil
	}
	if b, err := korean.EUCKR.NewDecoder().Bytes(file); err == nil && !bytes.ContainsRune(b, utf8.RuneError) {
		return string(b), nil
	}
	return decodeUTF8(file) // tells where it breaks
}

func decodeUTF8(b []byte) (string, *Problem) {
	for at := 0; at < len(b); {
		r, n := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && n == 1 {
			if !utf8.FullRune(b[at:]) {
				return "", &Problem{Code: ProblemCutOff, Row: 1 + bytes.Count(b[:at], []byte("\n"))}
			}
			return "", &Problem{Code: ProblemEncoding, Row: 1 + bytes.Count(b[:at], []byte("\n"))}
		}
		at += n
	}
	return string(b), nil
}

func decodeUTF16(b []byte, order binary.ByteOrder) (string, *Problem) {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	text := string(utf16.Decode(units))
	row := 1 + strings.Count(text, "\n")
	if len(b)%2 != 0 {
		return "", &Problem{Code: ProblemCutOff, Row: row}
	}
	if at := strings.IndexRune(text, utf8.RuneError); at >= 0 {
		return "", &Problem{Code: ProblemEncoding, Row: 1 + strings.Count(text[:at], "\n")}
	}
	return text, nil
}

// text reads the lines of a CSV file.
type text struct {
	csv   *csv.Reader
	row   int // of the line read last, as a spreadsheet counts
	below int // the physical line below it
}

// newText finds the separator out from the heading line: the one that makes
// more known headings. Excel's own "sep=;" line is obeyed.
func newText(s string) *text {
	t := &text{below: 1}
	var separator rune
	first, rest, _ := strings.Cut(s, "\n")
	if sep, ok := strings.CutPrefix(strings.ToLower(strings.TrimRight(first, "\r")), "sep="); ok && len(sep) == 1 && strings.Contains(",;\t", sep) {
		separator, s = rune(sep[0]), rest
		first, _, _ = strings.Cut(s, "\n")
	}
	if separator == 0 {
		separator = ','
		best := 0
		for _, candidate := range ",;\t" {
			known := 0
			for h := range strings.SplitSeq(first, string(candidate)) {
				if _, ok := heading(strings.Trim(h, `"`)); ok {
					known++
				}
			}
			if known > best {
				separator, best = candidate, known
			}
		}
	}
	t.csv = csv.NewReader(strings.NewReader(s))
	t.csv.Comma = separator
	t.csv.ReuseRecord = true
	t.csv.FieldsPerRecord = -1
	return t
}

func (t *text) next() (line, *Problem) {
	cells, err := t.csv.Read()
	if errors.Is(err, io.EOF) {
		return line{}, nil
	}
	if err != nil {
		row := t.row + 1
		if p := (*csv.ParseError)(nil); errors.As(err, &p) {
			row += p.StartLine - t.below
		}
		return line{}, &Problem{Code: ProblemQuote, Row: row}
	}
	at, _ := t.csv.FieldPos(0)
	t.row += 1 + at - t.below // encoding/csv passes over empty lines
	t.below = at + 1
	out := line{row: t.row, cells: make([]cell, len(cells))}
	for i, v := range cells {
		t.below += strings.Count(v, "\n")
		out.cells[i].text = v
	}
	return out, nil
}

func (t *text) strict() bool { return true }
