package timetable

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/korean"
)

// grid is the sample as cells.
func sampleGrid(t testing.TB) [][]string {
	t.Helper()
	b, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	g, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func asCSV(g [][]string, comma rune) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = comma
	_ = w.WriteAll(g) // a buffer takes all
	return b.Bytes()
}

func asCP949(t testing.TB, g [][]string) []byte {
	t.Helper()
	b, err := korean.EUCKR.NewEncoder().Bytes(asCSV(g, ','))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func asUTF16(g [][]string, order binary.ByteOrder) []byte {
	var b bytes.Buffer
	_ = binary.Write(&b, order, utf16.Encode([]rune("\ufeff"+string(asCSV(g, '\t')))))
	return b.Bytes()
}

// asXLSX has another author's library write a workbook; typed makes dates and
// times what Excel makes of them.
func asXLSX(t testing.TB, g [][]string, typed, since1904 bool) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if since1904 {
		yes := true
		if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
			t.Fatal(err)
		}
	}
	for i, row := range g {
		for j, v := range row {
			var value any = v
			if typed && i > 0 && j < len(g[0]) {
				switch g[0][j] {
				case "date":
					if d, err := time.Parse(time.DateOnly, v); err == nil {
						value = d
					}
				case "start", "end":
					if d, err := time.Parse("15:04", v); err == nil {
						value = float64(d.Hour()*60+d.Minute()) / (24 * 60)
					}
				}
			}
			name, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellValue("Sheet1", name, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestImport_EveryFormOfTheSampleIsTheSameEvent(t *testing.T) {
	g := sampleGrid(t)
	want, problems := Import(asCSV(g, ','), "a.csv")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for name, file := range map[string][]byte{
		"semicolons":      asCSV(g, ';'),
		"tabs":            asCSV(g, '\t'),
		"CP949":           asCP949(t, g),
		"UTF-8 with mark": append([]byte("\ufeff"), asCSV(g, ',')...),
		"UTF-16 LE":       asUTF16(g, binary.LittleEndian),
		"UTF-16 BE":       asUTF16(g, binary.BigEndian),
		"XLSX, text":      asXLSX(t, g, false, false),
		"XLSX, dates":     asXLSX(t, g, true, false),
		"XLSX since 1904": asXLSX(t, g, true, true),
	} {
		got, problems := Import(file, "timetable")
		if got == nil || len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
			continue
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestImport_KoreanHeadingsInAnyOrderAndEncoding(t *testing.T) {
	g := [][]string{
		{"바이어 언어", "바이어명", "기업명", "주요 품목", "부스 번호", "상담번호", "상담일", "시작 시각", "종료 시각", "시간대", "바이어 국가", "바이어 시간대", "통역사", "통역 언어", "통역 장소", "바이어 이메일", "무역관", "기업 담당자", "통역사 연락처"},
		{"zh", "上海織造", "한빛 섬유", "환편 니트", "1번 부스", "S01", "2021. 12. 6.", "오후 2:30", "15시 10분", "Asia/Seoul", "cn", "Asia/Shanghai", "김통역", "ko, zh", "원격", "li@example.com", "상하이무역관", "홍길동", "010-0000-0000"},
	}
	for name, file := range map[string][]byte{"CSV": asCSV(g, ','), "CP949": asCP949(t, g), "XLSX": asXLSX(t, g, false, false)} {
		d, problems := Import(file, name)
		if d == nil || len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
			continue
		}
		c, b, i, f := d.Event.Consultations[0], d.Event.Buyers[0], d.Event.Interpreters[0], d.Event.Firms[0]
		got := []string{c.Start.Format(time.RFC3339), c.End.Format(time.RFC3339), b.Language, b.Country, b.Email, b.TradeOffice, strings.Join(i.Languages, ","), string(i.Place), i.Phone, f.Name, f.Person, f.Products}
		want := []string{"2021-12-06T05:30:00Z", "2021-12-06T06:10:00Z", "zh-Hans", "CN", "li@example.com", "상하이무역관", "ko,zh-Hans", "remote", "010-0000-0000", "한빛 섬유", "홍길동", "환편 니트"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestHeadings_AreEachOfOneColumnAndFoundWhenMistyped(t *testing.T) {
	seen := make(map[string]string)
	for _, c := range columns() {
		for _, name := range append([]string{c.name}, c.also...) {
			if other, twice := seen[fold(name)]; twice {
				t.Errorf("%q means %s and %s", name, other, c.name)
			}
			seen[fold(name)] = c.name
			if got, ok := heading(" " + strings.ToUpper(name) + " "); !ok || got != c.name {
				t.Errorf("%q is %q", name, got)
			}
		}
	}
	for wrong, want := range map[string]string{"interpretor": "interpreter", "byer email": "buyer_email", "바이어 이매일": "바이어이메일", "remarks of the staff": "", "메모": ""} {
		if got := closest(wrong); fold(got) != fold(want) {
			t.Errorf("%q: closest is %q, want %q", wrong, got, want)
		}
	}
	_, problems := Import([]byte(strings.Replace(header, "\n", ",byer email\n", 1)+strings.Replace(row(), "\n", ",x\n", 1)), "")
	if len(problems) != 1 || problems[0].Code != ProblemHeadingUnknown || !problems[0].Warning || problems[0].Params["closest"] != "buyer email" && problems[0].Params["closest"] != "buyer_email" {
		t.Errorf("%v", problems)
	}
}

func TestCells_DatesAndTimesAsPeopleAndExcelWriteThem(t *testing.T) {
	for text, want := range map[string]string{
		"2021-12-06": "2021-12-06", "2021/12/6": "2021-12-06", "2021.12.06": "2021-12-06", "2021. 12. 6.": "2021-12-06", "2021년 12월 6일": "2021-12-06",
		"20211206": "2021-12-06", "2021-12-06 00:00:00": "2021-12-06", "2021-12-06T00:00:00": "2021-12-06",
		"06/12/2021": "", "12-06": "", "44536": "", "2021-02-29": "", "2021-12-06 09:00:00": "", "": "", "1900-01-01": "",
	} {
		got := ""
		if d, ok := (cell{text: text}).date(); ok {
			got = d.Format(time.DateOnly)
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"09:40": "09:40", "9:40": "09:40", "09:40:00": "09:40", "9:40 AM": "09:40", "2:30pm": "14:30", "12:05 am": "00:05", "12:05 PM": "12:05",
		"오전 9:40": "09:40", "오후 2:30": "14:30", "9시 40분": "09:40", "14시": "14:00", "23:59": "23:59",
		"24:00": "", "9": "", "9.40": "", "13:00 PM": "", "09:40:30": "", "": "", "9 Uhr": "",
	} {
		got := ""
		if d, ok := (cell{text: text}).clock(); ok {
			got = clockText(d)
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	number := func(f float64, since epoch) cell { return cell{number: f, numeric: true, since: since} }
	if d, ok := number(44536, epoch1900).date(); !ok || d.Format(time.DateOnly) != "2021-12-06" {
		t.Errorf("44536 since 1900 is %v", d)
	}
	if d, ok := number(43074, epoch1904).date(); !ok || d.Format(time.DateOnly) != "2021-12-06" {
		t.Errorf("43074 since 1904 is %v", d)
	}
	for f, want := range map[float64]time.Duration{0: 0, 0.375: 9 * time.Hour, 0.40277777777777779: 9*time.Hour + 40*time.Minute, 44536.375: 9 * time.Hour} {
		if d, ok := number(f, epoch1900).clock(); !ok || d != want {
			t.Errorf("%v is %v, want %v", f, d, want)
		}
	}
	for _, f := range []float64{9, -0.5, 44536, 0.99999} {
		if d, ok := number(f, epoch1900).clock(); ok {
			t.Errorf("%v is %v", f, d)
		}
	}
}

func TestImport_FormulasAreNeverComputed(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for i, r := range sampleGrid(t)[:3] {
		for j, v := range r {
			name, _ := excelize.CoordinatesToCellName(j+1, i+1)
			if err := f.SetCellValue("Sheet1", name, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.SetCellFormula("Sheet1", "F2", `"Booth "&1`); err != nil {
		t.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	sheet := func(old, new string) []byte { return repack(t, b.Bytes(), "xl/worksheets/sheet1.xml", old, new) }
	part := unpack(t, b.Bytes(), "xl/worksheets/sheet1.xml")
	at := strings.Index(part, `<c r="F2"`)
	was := part[at : at+strings.Index(part[at:], "</c>")+4]
	tests := []struct {
		name, cell string
		want       ProblemCode
		warning    bool
	}{
		{"computed", `<c r="F2" t="str"><f>"Booth "&amp;1</f><v>Booth 1</v></c>`, ProblemFormula, true},
		{"never computed", `<c r="F2"><f>"Booth "&amp;1</f></c>`, ProblemUncomputed, false},
		{"failed", `<c r="F2" t="e"><f>NA()</f><v>#N/A</v></c>`, ProblemFailed, false},
		{"calls out", `<c r="F2" t="str"><f>WEBSERVICE("http://127.0.0.1/")</f></c>`, ProblemUncomputed, false},
	}
	for _, tt := range tests {
		d, problems := Import(sheet(was, tt.cell), "a.xlsx")
		if len(problems) != 1 {
			t.Errorf("%s: %v", tt.name, problems)
			continue
		}
		if p := problems[0]; p.Code != tt.want || p.Row != 2 || p.Column != "booth" || p.Params["cell"] != "F2" || p.Warning != tt.warning || (d != nil) != tt.warning {
			t.Errorf("%s: %+v", tt.name, p)
		}
	}
}

func unpack(t testing.TB, file []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// repack changes one part of a workbook.
func repack(t testing.TB, file []byte, name, old, new string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		s := unpack(t, file, f.Name)
		if f.Name == name {
			if !strings.Contains(s, old) {
				t.Fatalf("%s has no %s", name, old)
			}
			s = strings.Replace(s, old, new, 1)
		}
		part, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, s); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// book makes a workbook with given parts.
func book(t testing.TB, sheet, shared func(io.Writer)) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, write := range map[string]func(io.Writer){
		"xl/workbook.xml": func(w io.Writer) {
			io.WriteString(w, `<workbook xmlns:r="x"><sheets><sheet name="hidden" sheetId="1" state="hidden" r:id="rId9"/><sheet name="a" sheetId="2" r:id="rId1"/></sheets></workbook>`)
		},
		"xl/_rels/workbook.xml.rels": func(w io.Writer) {
			io.WriteString(w, `<Relationships><Relationship Id="rId1" Target="/xl/worksheets/sheet7.xml"/></Relationships>`)
		},
		"xl/worksheets/sheet7.xml": sheet,
		"xl/sharedStrings.xml":     shared,
	} {
		part, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if write != nil {
			write(part)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// headingRow is the sample's heading as a worksheet begins with it.
func headingRow() string {
	var b strings.Builder
	b.WriteString(`<worksheet><sheetData><row>`)
	for name := range strings.SplitSeq(strings.TrimSpace(header), ",") {
		b.WriteString(`<c t="inlineStr"><is><t>` + name + `</t></is></c>`)
	}
	b.WriteString(`</row>`)
	return b.String()
}

func repeat(first, again string, n int, last string) func(io.Writer) {
	return func(w io.Writer) {
		io.WriteString(w, first)
		block := strings.Repeat(again, 1000)
		for range n / 1000 {
			io.WriteString(w, block)
		}
		io.WriteString(w, last)
	}
}

func TestImport_HostileFilesAreToldQuicklyAndInBoundedMemory(t *testing.T) {
	end := "</sheetData></worksheet>"
	lying := func() []byte {
		var packed bytes.Buffer
		w, _ := flate.NewWriter(&packed, flate.BestSpeed)
		repeat("<worksheet>", strings.Repeat(" ", 1000), 200_000, "")(w)
		w.Close()
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		part, err := z.CreateRaw(&zip.FileHeader{Name: "xl/workbook.xml", Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(nil), CompressedSize64: uint64(packed.Len()), UncompressedSize64: 100})
		if err != nil {
			t.Fatal(err)
		}
		part.Write(packed.Bytes())
		z.Close()
		return out.Bytes()
	}
	many := func() []byte {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for i := range 3000 {
			if _, err := z.Create(fmt.Sprint(i)); err != nil {
				t.Fatal(err)
			}
		}
		z.Close()
		return out.Bytes()
	}
	tests := []struct {
		name string
		file []byte
		want ProblemCode
	}{
		{"50 MB", make([]byte, 50<<20), ProblemTooLarge},
		{"200,000 rows of CSV", []byte(header + strings.Repeat("S01,2021-12-06,x\n", 200_000)), ProblemRows},
		{"200,000 rows of XLSX", book(t, repeat(headingRow(), `<row><c><v>1</v></c></row>`, 200_000, end), nil), ProblemRows},
		{"200,000 blank rows and more", book(t, repeat(headingRow(), `<row r="1048576"/><row></row>`, 300_000, end), nil), ProblemRows},
		{"300 MB of blanks in a sheet", book(t, repeat(headingRow(), strings.Repeat(" ", 100), 3_000_000, end), nil), ProblemBomb},
		{"six million strings", book(t, repeat(headingRow(), "", 0, end), repeat("<sst>", "<si/>", 6_000_000, "</sst>")), ProblemBomb},
		{"a cell in the last column of each row", book(t, repeat(headingRow(), `<row><c r="XFD1"><v>1</v></c></row>`, 9_000, end), nil), ProblemColumns},
		{"a size that is a lie", lying(), ProblemDamaged},
		{"thousands of parts", many(), ProblemBomb},
		{"elements in elements", book(t, repeat(headingRow(), "<a>", 3_000_000, ""), nil), ProblemDamaged},
		{"a ZIP that is no workbook", repackless(t), ProblemNoTable},
		{"an old Excel file", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on"), ProblemOldExcel},
		{"a name that is all", []byte("not a workbook"), ProblemDamaged},
		{"blanks", []byte(" \r\n\t\n"), ProblemEmpty},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			began := time.Now()
			d, problems := Import(tt.file, map[bool]string{true: "x.xlsx", false: "x"}[tt.want == ProblemDamaged])
			took := time.Since(began)
			runtime.ReadMemStats(&after)
			if d != nil || len(problems) != 1 || problems[0].Code != tt.want {
				t.Fatalf("%v", problems)
			}
			if took > 30*time.Second {
				t.Errorf("took %v", took)
			}
			if used := after.Sys - before.Sys; after.Sys > before.Sys && used > 200<<20 {
				t.Errorf("took %d MB from the system", used>>20)
			}
		})
	}
}

func repackless(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create("photo.jpg")
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, "x")
	z.Close()
	return out.Bytes()
}

func TestImport_HalfAFileIsNoEvent(t *testing.T) {
	g := sampleGrid(t)
	workbook := asXLSX(t, g, true, false)
	for at := 1; at < len(workbook); at += 397 {
		if d, problems := Import(workbook[:at], "a.xlsx"); d != nil || len(problems) != 1 {
			t.Fatalf("%d of %d bytes: %v", at, len(workbook), problems)
		}
	}
	// A CSV file can be cut where nothing shows it: behind a row, or in the
	// last cell. Anywhere else it is told.
	for name, file := range map[string][]byte{"UTF-8": asCSV(g, ','), "CP949": asCP949(t, g), "UTF-16": asUTF16(g, binary.LittleEndian)} {
		silent := 0
		for at := 1; at < len(file); at += 23 {
			d, problems := Import(file[:at], "a.csv")
			if (d == nil) == (len(problems) == 0) {
				t.Fatalf("%s, %d bytes: %v, %v", name, at, d, problems)
			}
			if d != nil {
				silent++
				if len(d.Event.Consultations) > len(g)-1 {
					t.Fatalf("%s, %d bytes: %d consultations", name, at, len(d.Event.Consultations))
				}
			}
		}
		if silent > len(g)*2 {
			t.Errorf("%s: %d of %d cuts were not noticed", name, silent, len(file))
		}
	}
}
