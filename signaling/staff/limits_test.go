package staff

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestDocument_RatesAreTheOffices(t *testing.T) {
	doc, err := os.ReadFile("../protocol/PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf("| requests by the cookie of a sign-in, and of an address before it | %d | %s |", callBurst, callEvery),
		fmt.Sprintf("| readings of the audit log of a link or sign-in; a file counts as %d | %d | %s |", fileCosts, readBurst, readEvery),
		fmt.Sprintf("looks at %d entries at most", scanMost),
	} {
		if !strings.Contains(string(doc), want) {
			t.Errorf("PROTOCOL.md does not say %s", want)
		}
	}
}
