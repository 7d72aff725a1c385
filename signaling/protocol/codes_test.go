package protocol

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestCodes_EachHasItsOwnCloseCode(t *testing.T) {
	seen := map[int]Code{}
	for _, c := range Codes() {
		n := c.Rule().Close
		if was, ok := seen[n]; ok {
			t.Errorf("%s and %s share %d", was, c, n)
		}
		seen[n] = c
	}
}

func TestCodes_TheHundredTellsTheAction(t *testing.T) {
	for _, c := range Codes() {
		r := c.Rule()
		want := map[int]Action{40: ActionResume, 41: ActionRejoin, 42: ActionStop}[r.Close/100]
		// A refusal ends nothing; should its code ever end a socket, the client stops.
		if r.Action != want && (r.Action != ActionNone || want != ActionStop) {
			t.Errorf("%s: close code %d says %q, the table %q", c, r.Close, want, r.Action)
		}
		if r.HTTP < 400 {
			t.Errorf("%s: HTTP status %d is no error's", c, r.HTTP)
		}
	}
}

func TestCodes_EveryConstantIsListed(t *testing.T) {
	src, err := os.ReadFile("codes.go")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`Code\w+\s+Code = "(\w+)"`).FindAllStringSubmatch(string(src), -1)
	if len(found) != len(Codes()) {
		t.Errorf("%d constants, %d listed", len(found), len(Codes()))
	}
	for _, m := range found {
		if !slices.Contains(Codes(), Code(m[1])) {
			t.Errorf("%s is not listed by Codes", m[1])
		}
	}
}

func TestSets_NoneIsEmpty(t *testing.T) {
	for _, name := range SetNames() {
		if len(Set(name)) == 0 {
			t.Errorf("%s is empty", name)
		}
	}
}

func document(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestDocument_CodeTableIsTheCodes(t *testing.T) {
	doc := document(t)
	for _, c := range Codes() {
		r := c.Rule()
		action := string(r.Action)
		if action == "" {
			action = "none"
		}
		row := fmt.Sprintf("| `%s` | %d | %d | %s |", c, r.HTTP, r.Close, action)
		if !strings.Contains(doc, row) {
			t.Errorf("PROTOCOL.md has no row that begins %s", row)
		}
	}
	rows := regexp.MustCompile("(?m)^\\| `\\w+` \\| \\d{3} \\| 4\\d{3} \\| ").FindAllString(doc, -1)
	if got := len(rows); got != len(Codes()) {
		t.Errorf("PROTOCOL.md has %d rows of codes, there are %d codes", got, len(Codes()))
	}
}

func TestDocument_NamesEveryMessageAndItsExamples(t *testing.T) {
	doc := document(t)
	for _, typ := range append(ClientTypes(), ServerTypes()...) {
		if !strings.Contains(doc, "`"+typ+"`") {
			t.Errorf("PROTOCOL.md does not name %s", typ)
		}
	}
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".json") && !strings.Contains(doc, f.Name()) {
			t.Errorf("PROTOCOL.md does not mention the example %s", f.Name())
		}
	}
	for _, m := range regexp.MustCompile(`testdata/([\w-]+\.json)`).FindAllStringSubmatch(doc, -1) {
		if _, err := os.Stat("testdata/" + m[1]); err != nil {
			t.Errorf("PROTOCOL.md mentions %s, which is not there", m[1])
		}
	}
}

func TestDocument_SizesAreTheBounds(t *testing.T) {
	doc := document(t)
	for _, want := range []string{
		fmt.Sprintf("| `hello`, `restart`, `probe` | %d |", MaxOfferMessage),
		fmt.Sprintf("| `report` | %d |", MaxReport),
		fmt.Sprintf("| every other type | %d |", MaxMessage),
		fmt.Sprintf("| the offer itself | %d |", MaxOffer),
		fmt.Sprintf("| text of a chat message or note | %d characters |", MaxText),
		fmt.Sprintf("| a reason | %d characters |", MaxReason),
		fmt.Sprintf("| rooms of `wall` | %d |", MaxWall),
		fmt.Sprintf("| lines of diagnostics | %d of %d characters |", MaxLines, MaxLines),
		fmt.Sprintf("| devices of a kind | %d |", MaxDevices),
		fmt.Sprintf("| gain | %d to %d percent |", MinGain, MaxGain),
	} {
		if !strings.Contains(doc, want) {
			t.Errorf("PROTOCOL.md does not say %s", want)
		}
	}
}
