package crowd

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// told is what a crowd answers to lines.
func told(t *testing.T, lines string) []Answer {
	t.Helper()
	var out strings.Builder
	if err := Run(t.Context(), strings.NewReader(lines), &out, Options{}); err != nil {
		t.Fatal(err)
	}
	var answers []Answer
	for dec := json.NewDecoder(strings.NewReader(out.String())); dec.More(); {
		var a Answer
		if err := dec.Decode(&a); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, a)
	}
	return answers
}

func TestRun_EveryOrderIsAnsweredOnce(t *testing.T) {
	before := millis(time.Now())
	answers := told(t, `
{"ref":1,"who":"a","do":"leave"}
nonsense
{"ref":2,"who":"a","do":"enter","url":"http://127.0.0.1:1/j/x"}
{"ref":3,"who":"a","do":"on","source":"camera"}
{"ref":4,"who":"b","do":"enter","url":"http://127.0.0.1:1/j/x#y"}
`)
	want := map[int]string{1: "nobody of this name", 0: "not an order", 2: "not a link", 3: "not there", 4: "open link"}
	if len(answers) != len(want) {
		t.Fatalf("answers %+v", answers)
	}
	for _, a := range answers {
		if !strings.Contains(a.Error, want[a.Ref]) {
			t.Errorf("order %d: %q, want %q", a.Ref, a.Error, want[a.Ref])
		}
		if a.Ref != 0 && (a.Begun < before || a.Done < a.Begun) {
			t.Errorf("order %d: from %v to %v", a.Ref, a.Begun, a.Done)
		}
	}
}

func TestSplitLink(t *testing.T) {
	origin, id, secret, err := splitLink("https://fair.example:8443/j/abc#s3cret")
	if origin != "https://fair.example:8443" || id != "abc" || secret != "s3cret" || err != nil {
		t.Errorf("%q %q %q %v", origin, id, secret, err)
	}
}

func TestColoured_NeighboursDiffer(t *testing.T) {
	for n := range 99 {
		a, b := coloured(n), coloured(n+1)
		if d := max(int(a.U)-int(b.U), int(b.U)-int(a.U)) + max(int(a.V)-int(b.V), int(b.V)-int(a.V)); d < 60 {
			t.Errorf("%d and %d differ by %d", n, n+1, d)
		}
	}
}

func TestSpeech_HasVoiceAndPauses(t *testing.T) {
	say := speech(3)
	loud, quiet := 0, 0
	for at := range 3000 {
		switch l := say(time.Duration(at) * 20 * time.Millisecond); {
		case l < 45:
			loud++
		case l > 50:
			quiet++
		}
	}
	if loud < 600 || quiet < 600 {
		t.Errorf("of a minute %d packets are voice and %d pauses", loud, quiet)
	}
}
