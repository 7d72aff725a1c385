package timetable

import (
	"strconv"
	"strings"
)

// ProblemCode says what is wrong in a file. The set is closed.
type ProblemCode string

const (
	// Of the file. Params: limit of those that have one.
	ProblemTooLarge ProblemCode = "too_large" // limit in MB
	ProblemEmpty    ProblemCode = "empty"
	ProblemNoTable  ProblemCode = "no_table" // a ZIP file that is no workbook
	ProblemOldExcel ProblemCode = "old_excel"
	ProblemDamaged  ProblemCode = "damaged"  // half a workbook
	ProblemBomb     ProblemCode = "unpacked" // unpacks to more than limit MB
	ProblemNoRows   ProblemCode = "no_rows"
	ProblemRows     ProblemCode = "too_many_rows"    // limit
	ProblemColumns  ProblemCode = "too_many_columns" // limit
	ProblemMore     ProblemCode = "more"             // limit: how many were told

	// Of a line.
	ProblemEncoding ProblemCode = "encoding"
	ProblemCutOff   ProblemCode = "cut_off" // ends in the middle of a character
	ProblemQuote    ProblemCode = "quote"   // quotation marks do not pair
	ProblemCells    ProblemCode = "cells"   // has, needs: how many

	// Of the heading.
	ProblemColumnMissing  ProblemCode = "column_missing"
	ProblemColumnTwice    ProblemCode = "column_twice"
	ProblemHeadingUnknown ProblemCode = "heading_unknown" // closest, if one is near; a warning

	// Of a cell. Params: cell, its name in a spreadsheet, like F12.
	ProblemMissing     ProblemCode = "missing"
	ProblemTooLong     ProblemCode = "too_long" // limit
	ProblemControl     ProblemCode = "control"  // a line break or another control character
	ProblemFormula     ProblemCode = "formula"  // a warning: what was computed last counts
	ProblemUncomputed  ProblemCode = "formula_without_value"
	ProblemFailed      ProblemCode = "cell_error" // #N/A
	ProblemID          ProblemCode = "id"
	ProblemIDTwice     ProblemCode = "id_twice" // row
	ProblemDate        ProblemCode = "date"
	ProblemTime        ProblemCode = "time"
	ProblemTimeSkipped ProblemCode = "time_skipped" // date, zone
	ProblemEnd         ProblemCode = "end_before_start"
	ProblemZone        ProblemCode = "zone"         // closest, if one is near
	ProblemZonesDiffer ProblemCode = "zones_differ" // zone, row
	ProblemCountry     ProblemCode = "country"
	ProblemLanguage    ProblemCode = "language"
	ProblemEmail       ProblemCode = "email"
	ProblemPlace       ProblemCode = "place"
	ProblemDiffers     ProblemCode = "differs" // party, was, row: the same party has another value there
)

// Problem is something in the file that must be put right before it can be
// used, or, as a warning, that the reader should know.
type Problem struct {
	Code    ProblemCode       `json:"code"`
	Row     int               `json:"row"`              // as a spreadsheet counts, from 1; 0: the whole file
	Column  string            `json:"column,omitempty"` // as the sample's heading names it; of an unknown heading, that
	Value   string            `json:"value,omitempty"`
	Params  map[string]string `json:"params,omitempty"`
	Warning bool              `json:"warning,omitempty"`
}

// Faulty tells whether any of the problems is more than a warning.
func Faulty(problems []Problem) bool {
	for _, p := range problems {
		if !p.Warning {
			return true
		}
	}
	return false
}

func (p Problem) String() string { return p.Words("en") }

// Words say the problem and its remedy in Korean ("ko") or else in English.
func (p Problem) Words(language string) string {
	where := ""
	column := p.Column
	if column != "" && p.Params["cell"] != "" {
		column += " (" + p.Params["cell"] + ")"
	}
	if language == "ko" {
		switch {
		case p.Row > 0 && column != "":
			where = strconv.Itoa(p.Row) + "행 " + column + ": "
		case p.Row > 0:
			where = strconv.Itoa(p.Row) + "행: "
		}
	} else {
		switch {
		case p.Row > 0 && column != "":
			where = "row " + strconv.Itoa(p.Row) + ", " + column + ": "
		case p.Row > 0:
			where = "row " + strconv.Itoa(p.Row) + ": "
		}
	}
	text := problemWords(p.Code).in(language)
	if closest := p.Params["closest"]; closest != "" {
		text += meant().in(language)
	}
	return where + fill(text, p.Value, p.Params)
}

// limit is the only parameter of many problems.
func limit(n int) map[string]string { return map[string]string{"limit": strconv.Itoa(n)} }

// fill puts values into the braces of a text.
func fill(text, value string, params map[string]string) string {
	pairs := []string{"{value}", value}
	for k, v := range params {
		pairs = append(pairs, "{"+k+"}", v)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// phrase is one text in the two languages of those who prepare an event.
type phrase struct{ en, ko string }

func (p phrase) in(language string) string {
	if language == "ko" {
		return p.ko
	}
	return p.en
}

func meant() phrase {
	return phrase{" Did you mean “{closest}”?", " ‘{closest}’을(를) 뜻하셨나요?"}
}

func problemWords(code ProblemCode) phrase {
	switch code {
	case ProblemTooLarge:
		return phrase{"The file is larger than {limit} MB. Leave out pictures and further sheets, or save it as CSV.", "파일이 {limit}MB보다 큽니다. 그림과 다른 시트를 빼거나 CSV로 저장하세요."}
	case ProblemEmpty:
		return phrase{"The file is empty.", "빈 파일입니다."}
	case ProblemNoTable:
		return phrase{"The file is no workbook. Save the timetable as XLSX or CSV.", "엑셀 통합 문서가 아닙니다. 시간표를 XLSX나 CSV로 저장하세요."}
	case ProblemOldExcel:
		return phrase{"This is an old Excel file (.xls) or one with a password. Save it as XLSX without a password.", "예전 형식(.xls)이거나 암호가 걸린 엑셀 파일입니다. 암호 없이 XLSX로 저장하세요."}
	case ProblemDamaged:
		return phrase{"The workbook is damaged or only a part of it arrived. Open it in Excel, save it again and send it once more.", "파일이 손상되었거나 일부만 전송되었습니다. 엑셀에서 열어 다시 저장한 뒤 올려 주세요."}
	case ProblemBomb:
		return phrase{"The workbook unpacks to more than {limit} MB. Copy the timetable alone into a new workbook.", "압축을 풀면 {limit}MB가 넘습니다. 시간표만 새 파일에 복사해 저장하세요."}
	case ProblemNoRows:
		return phrase{"There is no consultation below the headings.", "제목 줄 아래에 상담이 없습니다."}
	case ProblemRows:
		return phrase{"The file has more than {limit} rows. A timetable is one row a consultation.", "행이 {limit}개를 넘습니다. 상담 한 건에 한 행만 쓰세요."}
	case ProblemColumns:
		return phrase{"The row has more than {limit} columns.", "열이 {limit}개를 넘습니다."}
	case ProblemMore:
		return phrase{"Only the first {limit} problems are listed. Correct them and import again.", "처음 {limit}개 문제만 표시했습니다. 고친 뒤 다시 가져오세요."}
	case ProblemEncoding:
		return phrase{"There are characters in no known encoding. Save the file as “CSV UTF-8” or XLSX.", "알 수 없는 문자 인코딩입니다. ‘CSV UTF-8’이나 XLSX로 저장하세요."}
	case ProblemCutOff:
		return phrase{"The file ends in the middle of a character: only a part of it arrived. Send it once more.", "글자 중간에서 파일이 끝납니다. 일부만 전송되었으니 다시 올려 주세요."}
	case ProblemQuote:
		return phrase{"The quotation marks do not pair, so that what follows cannot be read.", "큰따옴표의 짝이 맞지 않아 이후 내용을 읽을 수 없습니다."}
	case ProblemCells:
		return phrase{"The row has {has} cells, the headings {needs}. Put text with a comma into quotation marks, and see whether the file is whole.", "이 행의 칸은 {has}개, 제목은 {needs}개입니다. 쉼표가 든 글은 큰따옴표로 묶고, 파일이 온전한지 확인하세요."}
	case ProblemColumnMissing:
		return phrase{"The column is missing. Add its heading to the first row.", "열이 없습니다. 첫 행에 제목을 추가하세요."}
	case ProblemColumnTwice:
		return phrase{"The column is there twice (“{value}”). Delete or rename one.", "같은 열이 두 번 있습니다(‘{value}’). 하나를 지우거나 이름을 바꾸세요."}
	case ProblemHeadingUnknown:
		return phrase{"The heading is not known; the column is not read.", "알 수 없는 제목이라 이 열은 읽지 않습니다."}
	case ProblemMissing:
		return phrase{"The cell is empty.", "빈칸입니다."}
	case ProblemTooLong:
		return phrase{"The text is longer than {limit} characters.", "글이 {limit}자를 넘습니다."}
	case ProblemControl:
		return phrase{"There is a line break or another control character in the cell. Take it out.", "칸 안에 줄바꿈 등 제어 문자가 있습니다. 지워 주세요."}
	case ProblemFormula:
		return phrase{"The cell is a formula. It is not computed here: what Excel computed last, “{value}”, is taken.", "수식이 든 칸입니다. 다시 계산하지 않고 엑셀이 마지막으로 계산한 값 ‘{value}’을(를) 씁니다."}
	case ProblemUncomputed:
		return phrase{"The cell is a formula without a computed value. Paste its value in its place.", "계산된 값이 없는 수식입니다. ‘값으로 붙여넣기’를 하세요."}
	case ProblemFailed:
		return phrase{"The cell shows the error {value}. Write what it should be.", "칸에 {value} 오류가 있습니다. 올바른 값을 적으세요."}
	case ProblemID:
		return phrase{"“{value}” may have only letters A–Z, digits, dot, underscore and hyphen, at most 64, and must begin with a letter or digit.", "‘{value}’: 영문자, 숫자, 점, 밑줄, 붙임표만 64자까지 쓸 수 있고 영문자나 숫자로 시작해야 합니다."}
	case ProblemIDTwice:
		return phrase{"“{value}” is also in row {row}. Each consultation needs an id of its own.", "‘{value}’은(는) {row}행에도 있습니다. 상담마다 다른 번호를 쓰세요."}
	case ProblemDate:
		return phrase{"“{value}” is no date. Write it like 2021-12-06.", "‘{value}’은(는) 날짜가 아닙니다. 2021-12-06처럼 적으세요."}
	case ProblemTime:
		return phrase{"“{value}” is no time of day. Write it like 09:40.", "‘{value}’은(는) 시각이 아닙니다. 09:40처럼 적으세요."}
	case ProblemTimeSkipped:
		return phrase{"{date} {value} does not exist in {zone}: the clocks are put forward over it.", "{zone}에는 {date} {value}이(가) 없습니다. 서머타임으로 건너뛰는 시각입니다."}
	case ProblemEnd:
		return phrase{"The end is not after the start.", "종료가 시작보다 늦지 않습니다."}
	case ProblemZone:
		return phrase{"“{value}” is no time zone. Write one like Asia/Seoul.", "‘{value}’은(는) 시간대가 아닙니다. Asia/Seoul처럼 적으세요."}
	case ProblemZonesDiffer:
		return phrase{"“{value}”, but row {row} is in {zone}: an event has one time zone.", "‘{value}’: {row}행은 {zone}입니다. 행사의 시간대는 하나여야 합니다."}
	case ProblemCountry:
		return phrase{"“{value}” is no country code. Write two letters like FR.", "‘{value}’은(는) 국가 코드가 아닙니다. FR처럼 두 글자로 적으세요."}
	case ProblemLanguage:
		return phrase{"“{value}” is no language code. Write one like fr or zh-Hans, several with commas between.", "‘{value}’은(는) 언어 코드가 아닙니다. fr, zh-Hans처럼 적고 여러 개는 쉼표로 나누세요."}
	case ProblemEmail:
		return phrase{"“{value}” is no e-mail address.", "‘{value}’은(는) 이메일 주소가 아닙니다."}
	case ProblemPlace:
		return phrase{"“{value}” is no place. Write booth or remote.", "‘{value}’은(는) 통역 장소가 아닙니다. ‘부스’나 ‘원격’으로 적으세요."}
	case ProblemDiffers:
		return phrase{"“{value}”, but {party} has “{was}” in row {row}. Write the same in both, or give one another name.", "‘{value}’: {party}은(는) {row}행에 ‘{was}’(으)로 되어 있습니다. 둘을 같게 하거나 이름을 달리하세요."}
	}
	return phrase{string(code), string(code)}
}
