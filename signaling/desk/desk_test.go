package desk

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"sangdam/rooms"
	"sangdam/rooms/store"
	"sangdam/signaling/api"
	"sangdam/signaling/protocol"
)

func TestDocument_LimitsAreTheDesks(t *testing.T) {
	doc, err := os.ReadFile("../protocol/PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf("| timetable files of an event | %d | %s |", filesBurst, filesEvery),
		fmt.Sprintf("| QR codes of a link | %d | %s |", drawnBurst, drawnEvery),
		fmt.Sprintf("| device tests and consents of a link | %d | %s |", reportsBurst, reportsEvery),
		fmt.Sprintf("at most %d bytes", api.MaxUpload),
	} {
		if !strings.Contains(string(doc), want) {
			t.Errorf("PROTOCOL.md does not say %s", want)
		}
	}
}

func TestFail_ErrorsOfStoreAndRoomsHaveTheirCodes(t *testing.T) {
	for err, want := range map[error]protocol.Code{
		store.ErrConflict:                             protocol.CodeConflict,
		store.ErrNotFound:                             protocol.CodeNotFound,
		rooms.ErrEnded:                                protocol.CodeEnded,
		&rooms.TooEarlyError{}:                        protocol.CodeTooEarly,
		errors.New("no route"):                        protocol.CodeUnavailable,
		protocol.Fail(protocol.CodeForbidden):         protocol.CodeForbidden,
		fmt.Errorf("wrapped: %w", store.ErrConflict):  protocol.CodeConflict,
		fmt.Errorf("wrapped: %w", rooms.ErrNotFound):  protocol.CodeNotFound,
		fmt.Errorf("wrapped: %w", rooms.ErrCancelled): protocol.CodeCancelled,
		fmt.Errorf("wrapped: %w", rooms.ErrInvalid):   protocol.CodeBadMessage,
		fmt.Errorf("wrapped: %w", rooms.ErrTooLarge):  protocol.CodeTooLarge,
	} {
		if got := protocol.AsFault(fail(err)).Code; got != want {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
}

// TestQR_HasFindersAndAQuietBorder reads the picture back module by module.
func TestQR_HasFindersAndAQuietBorder(t *testing.T) {
	svg, err := drawQR("https://meet.example.kr/j/k3v5q7a2mzxw4tne#abcdefghijklmnopqrstuvwx")
	if err != nil {
		t.Fatal(err)
	}
	var side int
	black := map[[2]int]bool{}
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range e.Attr {
			switch {
			case a.Name.Local == "viewBox":
				if _, err := fmt.Sscanf(a.Value, "0 0 %d", &side); err != nil {
					t.Fatal(err)
				}
			case e.Name.Local == "path" && a.Name.Local == "d":
				for run := range strings.SplitSeq(strings.TrimSuffix(a.Value, "z"), "z") {
					var x, y, n int
					if _, err := fmt.Sscanf(run, "M%d %dh%d", &x, &y, &n); err != nil {
						t.Fatalf("%q: %v", run, err)
					}
					for i := range n {
						black[[2]int{x + i, y}] = true
					}
				}
			}
		}
	}
	if side < 21+2*quiet {
		t.Fatalf("side %d", side)
	}
	for p := range black {
		if p[0] < quiet || p[1] < quiet || p[0] >= side-quiet || p[1] >= side-quiet {
			t.Fatalf("a module at %v in the quiet border of %d", p, side)
		}
	}
	// The three finder patterns: a ring of seven, a gap, a core of three.
	far := side - quiet - 7
	for _, corner := range [][2]int{{quiet, quiet}, {far, quiet}, {quiet, far}} {
		for i := range 7 {
			for j := range 7 {
				ring := i == 0 || j == 0 || i == 6 || j == 6
				core := i >= 2 && i <= 4 && j >= 2 && j <= 4
				if black[[2]int{corner[0] + i, corner[1] + j}] != (ring || core) {
					t.Fatalf("the finder at %v is broken at %d, %d", corner, i, j)
				}
			}
		}
	}
}
