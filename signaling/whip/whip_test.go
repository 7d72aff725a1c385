package whip

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDocument_LimitsAreTheDevices(t *testing.T) {
	b, err := os.ReadFile("../protocol/PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf("| offers of a link's encoders; of its screens | %d | %s |", PostBurst, PostEvery),
		fmt.Sprintf("| other requests of a link's devices | %d | %s |", PatchBurst, PatchEvery),
		fmt.Sprintf("after %d s without media", SilentFor/time.Second),
		map[int]string{4: "at most four screens, and so has a link"}[ScreensOfLink],
	} {
		if want == "" || !strings.Contains(string(b), want) {
			t.Errorf("PROTOCOL.md does not say %q", want)
		}
	}
}

func TestAccept_IsWhatRFC9110Says(t *testing.T) {
	for header, want := range map[string]bool{
		"": true, "application/sdp": true, "*/*": true, "application/*;q=0.5": true, "text/html, application/sdp": true,
		"text/html": false, "application/sdp;q=0": false, "application/json, text/*": false, "nonsense": false,
	} {
		h := http.Header{}
		if header != "" {
			h.Set("Accept", header)
		}
		if got := accepts(h, typeSDP); got != want {
			t.Errorf("%q is accepted: %v", header, got)
		}
	}
}

func TestFragment_HasTheCredentialsAndCandidatesOfTheFirstSection(t *testing.T) {
	answer := strings.ReplaceAll(`v=0
a=group:BUNDLE video0 audio1
m=video 9 UDP/TLS/RTP/SAVPF 96
a=mid:video0
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuvwx
a=candidate:u1 1 udp 1 10.0.0.1 5000 typ host
a=end-of-candidates
m=audio 9 UDP/TLS/RTP/SAVPF 97
a=mid:audio1
a=candidate:no 1 udp 1 10.0.0.9 5000 typ host
`, "\n", "\r\n")
	want := strings.ReplaceAll(`a=ice-lite
m=video 9 UDP/TLS/RTP/SAVPF 96
a=mid:video0
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuvwx
a=candidate:u1 1 udp 1 10.0.0.1 5000 typ host
a=end-of-candidates
`, "\n", "\r\n")
	if got := fragmentOf(answer); got != want {
		t.Errorf("got %q", got)
	}
	next := withCredentials(answer, "efgh", "zyxwvutsrqponmlkjihgfedc")
	if value(next, "ice-ufrag") != "efgh" || value(next, "ice-pwd") != "zyxwvutsrqponmlkjihgfedc" || strings.Contains(next, "abcdefgh") {
		t.Errorf("got %q", next)
	}
}

// A fragment is written into an offer, which is parsed by lines.
func FuzzFragment_NothingButCredentialsGetsIntoTheOffer(f *testing.F) {
	f.Add("a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n")
	f.Add("a=ice-ufrag:ab\rcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n")
	f.Fuzz(func(t *testing.T, fragment string) {
		ufrag, pwd := value(fragment, "ice-ufrag"), value(fragment, "ice-pwd")
		if !credential(ufrag, 4) || !credential(pwd, 22) {
			return
		}
		const offer = "v=0\r\na=ice-ufrag:x\r\na=ice-pwd:y\r\nm=audio\r\n"
		if got := withCredentials(offer, ufrag, pwd); strings.ContainsAny(strings.ReplaceAll(got, "\r\n", ""), "\r\n") || strings.Count(got, "\r\n") != 4 {
			t.Errorf("%q makes %q", fragment, got)
		}
	})
}

func TestRoute_IsALinkAndPerhapsASession(t *testing.T) {
	for path, want := range map[string]string{
		"/whip/abc": "publish abc  true", "/whep/abc": "watch abc  true", "/whip/abc/s1": "publish abc s1 true",
		"/whip/": "publish   false", "/whip/abc/s1/x": "publish abc s1/x false", "/whip/../x": "publish .. x false",
	} {
		p, link, s, ok := route(path)
		if got := fmt.Sprint(p, " ", link, " ", s, " ", ok); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
