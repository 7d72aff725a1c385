package spreadsheet_test

import (
	"testing"

	"sangdam/rooms/spreadsheet"
)

func TestSafe_DisarmsEverythingThatBeginsLikeAFormula(t *testing.T) {
	for cell, want := range map[string]string{
		"":                   "",
		"Firm 01":            "Firm 01",
		"한빛 섬유":              "한빛 섬유",
		"A=B":                "A=B",
		"=1+1":               "'=1+1",
		"+82 31 000 0000":    "'+82 31 000 0000",
		"-1":                 "'-1",
		"@SUM(A1)":           "'@SUM(A1)",
		"  =1+1":             "'  =1+1",
		"\u3000＝1+1":         "'\u3000＝1+1",
		"\ufeff=HYPERLINK":   "'\ufeff=HYPERLINK",
		"\t=1":               "'\t=1",
		"\r=1":               "'\r=1",
		"'=already disarmed": "'=already disarmed",
	} {
		if got := spreadsheet.Safe(cell); got != want {
			t.Errorf("%q: %q, want %q", cell, got, want)
		}
	}
}
