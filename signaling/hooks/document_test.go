package hooks

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/standard-webhooks/standard-webhooks/libraries/go"

	"sangdam/rooms/schedule"
)

func document(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../protocol/PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(b), "\n## Webhooks\n")
	text, _, end := strings.Cut(after, "\n## ")
	if !ok || !end {
		t.Fatal("PROTOCOL.md has no section Webhooks")
	}
	return text
}

func TestDocument_TheExampleVerifiesWithAnyLibrary(t *testing.T) {
	text := document(t)
	one := func(pattern string) string {
		t.Helper()
		m := regexp.MustCompile(pattern).FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("no %s", pattern)
		}
		return m[1]
	}
	body := one(`(?m)^    (\{.*\})$`)
	w, err := standardwebhooks.NewWebhook(one("`(whsec_[^`]+)`"))
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	for _, name := range []string{standardwebhooks.HeaderWebhookID, standardwebhooks.HeaderWebhookTimestamp, standardwebhooks.HeaderWebhookSignature} {
		h.Set(name, one(`(?m)^    `+name+`: (\S+)$`))
	}
	if err := w.VerifyIgnoringTimestamp([]byte(body), h); err != nil {
		t.Errorf("the example's signature: %v", err)
	}
	if err := w.VerifyIgnoringTimestamp([]byte(strings.Replace(body, "S07", "S08", 1)), h); err == nil {
		t.Error("the signature fits another body")
	}
	var p Payload
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(p)
	if err != nil || string(again) != body || p.Data.Kind.Topic() != p.Type {
		t.Errorf("a payload would be %s", again)
	}
}

func TestDocument_TellsTopicsAndTheTimesBetweenTries(t *testing.T) {
	text := strings.Join(strings.Fields(document(t)), " ")
	for _, topic := range schedule.HookTopics() {
		if !strings.Contains(text, "`"+string(topic)+"`") {
			t.Errorf("R48 does not name %s", topic)
		}
	}
	var times []string
	for _, p := range pauses() {
		switch {
		case p < time.Minute:
			times = append(times, fmt.Sprintf("%d s", p/time.Second))
		case p < time.Hour:
			times = append(times, fmt.Sprintf("%d min", p/time.Minute))
		default:
			times = append(times, fmt.Sprintf("%d h", p/time.Hour))
		}
	}
	last := len(times) - 1
	for _, want := range []string{
		strings.Join(times[:last], ", ") + " and " + times[last],
		fmt.Sprintf("2xx within %d s", sendLimit/time.Second),
		fmt.Sprintf("the last %d, newest first", deliveriesShown),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the rules do not say %q", want)
		}
	}
}
