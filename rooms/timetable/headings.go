package timetable

import (
	"slices"
	"strings"
	"unicode"
)

// Columns of a timetable, as the file's heading names them and as problems do.
const (
	colConsultation = "consultation"
	colDate         = "date"
	colStart        = "start"
	colEnd          = "end"
	colZone         = "timezone"
	colBooth        = "booth"

	colFirm        = "firm"
	colProducts    = "firm_products"
	colFirmCompany = "firm_company"
	colFirmPerson  = "firm_person"
	colFirmEmail   = "firm_email"
	colFirmPhone   = "firm_phone"

	colBuyer         = "buyer"
	colCountry       = "buyer_country"
	colBuyerZone     = "buyer_timezone"
	colBuyerLanguage = "buyer_language"
	colBuyerCompany  = "buyer_company"
	colBuyerPerson   = "buyer_person"
	colBuyerEmail    = "buyer_email"
	colBuyerPhone    = "buyer_phone"
	colTradeOffice   = "buyer_trade_office"

	colInterpreter        = "interpreter"
	colLanguages          = "interpreter_languages"
	colInterpreterPlace   = "interpreter_place"
	colInterpreterCompany = "interpreter_company"
	colInterpreterEmail   = "interpreter_email"
	colInterpreterPhone   = "interpreter_phone"
)

// column is what a file may have.
type column struct {
	name   string
	needed bool     // the heading must be there
	also   []string // other headings for it
}

// columns of the file. They may stand in any order.
func columns() []column {
	return []column{
		{colConsultation, true, []string{"consultation id", "id", "no", "상담번호", "상담", "번호", "상담ID"}},
		{colDate, true, []string{"day", "날짜", "일자", "상담일", "상담일자", "상담날짜"}},
		{colStart, true, []string{"start time", "from", "시작", "시작시간", "시작시각", "상담시작"}},
		{colEnd, true, []string{"end time", "to", "until", "종료", "종료시간", "종료시각", "상담종료", "끝"}},
		{colZone, true, []string{"zone", "시간대", "행사시간대"}},
		{colBooth, true, []string{"table", "room", "부스", "부스번호", "상담부스", "상담실"}},

		{colFirm, true, []string{"supplier", "seller", "firm name", "기업", "기업명", "참가기업", "국내기업", "업체", "업체명", "회사명"}},
		{colProducts, true, []string{"products", "items", "품목", "제품", "기업품목", "취급품목", "주요품목", "주요제품", "기업제품"}},
		{colFirmCompany, false, []string{"firm legal name", "기업상호", "기업법인명", "기업회사명"}},
		{colFirmPerson, false, []string{"firm contact", "firm contact person", "기업담당자", "기업담당자명", "업체담당자"}},
		{colFirmEmail, false, []string{"firm mail", "기업이메일", "기업메일", "업체이메일", "기업담당자이메일"}},
		{colFirmPhone, false, []string{"firm telephone", "firm mobile", "기업전화", "기업전화번호", "기업연락처", "업체연락처", "기업휴대폰"}},

		{colBuyer, true, []string{"buyer name", "바이어", "바이어명", "해외바이어"}},
		{colCountry, true, []string{"country", "buyer country code", "국가", "바이어국가", "국가코드", "바이어국가코드"}},
		{colBuyerZone, true, []string{"buyer zone", "바이어시간대", "현지시간대"}},
		{colBuyerLanguage, true, []string{"language", "언어", "바이어언어", "상담언어", "사용언어"}},
		{colBuyerCompany, false, []string{"바이어회사", "바이어회사명", "바이어업체", "바이어기업"}},
		{colBuyerPerson, false, []string{"buyer contact", "buyer contact person", "바이어담당자", "바이어담당자명"}},
		{colBuyerEmail, false, []string{"buyer mail", "바이어이메일", "바이어메일", "바이어담당자이메일"}},
		{colBuyerPhone, false, []string{"buyer telephone", "buyer mobile", "바이어전화", "바이어전화번호", "바이어연락처", "바이어휴대폰"}},
		{colTradeOffice, false, []string{"trade office", "무역관", "해외무역관", "담당무역관", "KOTRA무역관"}},

		{colInterpreter, true, []string{"interpreter name", "통역", "통역사", "통역원", "통역사명"}},
		{colLanguages, true, []string{"interpreter language", "통역언어", "통역사언어", "통역가능언어"}},
		{colInterpreterPlace, false, []string{"interpreter location", "통역장소", "통역위치", "통역사장소", "통역방식"}},
		{colInterpreterCompany, false, []string{"interpreter agency", "통역사소속", "통역소속", "통역업체"}},
		{colInterpreterEmail, false, []string{"interpreter mail", "통역이메일", "통역사이메일", "통역사메일"}},
		{colInterpreterPhone, false, []string{"interpreter telephone", "interpreter mobile", "통역사전화", "통역사전화번호", "통역사연락처", "통역연락처"}},
	}
}

// heading finds the column that a heading means.
func heading(s string) (string, bool) {
	f := fold(s)
	for _, c := range columns() {
		if fold(c.name) == f || slices.ContainsFunc(c.also, func(a string) bool { return fold(a) == f }) {
			return c.name, true
		}
	}
	return "", false
}

// fold takes case, blanks and punctuation out of a heading.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// closest finds the known heading that is nearest to an unknown one, or "" when
// none is near: more than a third of its letters would have to change.
func closest(s string) string {
	f := []rune(fold(s))
	if len(f) > 64 {
		return ""
	}
	best, at, apart := "", len(f)/3+2, 0
	for _, c := range columns() {
		for _, name := range append([]string{c.name}, c.also...) {
			known := []rune(fold(name))
			longer := max(len(known)-len(f), len(f)-len(known))
			if d := distance(f, known); d < min(at, len(f)) || d == at && longer < apart {
				best, at, apart = name, d, longer
			}
		}
	}
	return best
}

// distance is Levenshtein's.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := diagonal
			if x != y {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
