package sheet

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
)

func get(t *testing.T, c Config, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, target, nil)
	if len(header) == 2 {
		r.Header.Set(header[0], header[1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func onePort() Config {
	return Config{
		URL: "https://meet.example.kr", Host: "meet.example.kr", Port: 443, TURNTLS: "meet.example.kr:443", UDP: 7000,
		Addresses: []netip.Addr{netip.MustParseAddr("203.0.113.10"), netip.MustParseAddr("192.168.10.5"), netip.MustParseAddr("2001:db8::10"), netip.MustParseAddr("127.0.0.1")},
		Now:       func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) },
	}
}

// lines are the rows of the table of ports, without markup.
func lines(body string) []string {
	var out []string
	table := regexp.MustCompile(`(?s)<tbody>(.*?)</tbody>`).FindStringSubmatch(body)
	for _, m := range regexp.MustCompile(`(?s)<tr><th scope="row">(.*?)</tr>`).FindAllStringSubmatch(table[1], -1) {
		out = append(out, regexp.MustCompile(`<[^>]*>`).ReplaceAllString(strings.ReplaceAll(m[1], "<td", " | <td"), ""))
	}
	return out
}

func TestSheet_TellsThePortsThatTheServerHas(t *testing.T) {
	behind := onePort()
	behind.TURNTLS, behind.Streams, behind.TCP, behind.TURNUDP = "", 8080, 7001, 3478
	elsewhere := onePort()
	elsewhere.TURNTLS = "turn.example.kr:5349"
	for name, c := range map[string]struct {
		config Config
		want   []string
		enough bool
	}{
		"one port": {onePort(), []string{
			"443/TCP | meet.example.kr | Pages .*TURN over TLS.* | required", "7000/UDP | the addresses above | Audio .* | recommended",
		}, true},
		"a proxy in front": {behind, []string{
			"443/TCP | meet.example.kr | [^T]*Pages[^U]* | required", "7000/UDP | the addresses above | Audio .* | one of these",
			"8080/TCP | the addresses above | .*ICE-TCP.* | one of these", "7001/TCP | the addresses above | .*ICE-TCP.* | one of these",
			"3478/UDP | meet.example.kr | .*TURN.* | optional",
		}, false},
		"a proxy of TURN": {elsewhere, []string{
			"443/TCP | meet.example.kr | [^T]*Pages[^U]* | required", "5349/TCP | turn.example.kr | .*TURN over TLS.* | required",
			"7000/UDP | the addresses above | Audio .* | recommended",
		}, false},
	} {
		body := get(t, c.config, Path+"?lang=en").Body.String()
		got := lines(body)
		if len(got) != len(c.want) {
			t.Errorf("%s: %q, want %d rows", name, got, len(c.want))
			continue
		}
		for i, want := range c.want {
			if !regexp.MustCompile("^" + strings.ReplaceAll(want, " | ", ` \| `) + "$").MatchString(got[i]) {
				t.Errorf("%s, row %d: %q, want %q", name, i, got[i], want)
			}
		}
		if strings.Contains(body, "TCP 443 → meet.example.kr") != c.enough {
			t.Errorf("%s: that one port is enough is told wrongly", name)
		}
		for address, there := range map[string]bool{"203.0.113.10": true, "2001:db8::10": true, "192.168.10.5": false, "127.0.0.1": false} {
			if strings.Contains(body, address) != there {
				t.Errorf("%s: %s there: %v, want %v", name, address, !there, there)
			}
		}
	}
}

func TestSheet_SpeaksTheReadersLanguage(t *testing.T) {
	for accept, want := range map[string]string{"": "en", "ko-KR,ko;q=0.9,en;q=0.8": "ko", "en-US": "en", "de,ko;q=0.5": "ko", "vi": "en", "nonsense;;": "en"} {
		body := get(t, onePort(), Path, "Accept-Language", accept).Body.String()
		if !strings.Contains(body, `<html lang="`+want+`">`) {
			t.Errorf("%q is not answered in %s", accept, want)
		}
	}
	if body := get(t, onePort(), Path+"?lang=en", "Accept-Language", "ko").Body.String(); !strings.Contains(body, "What to allow") {
		t.Error("the switch does not win")
	}
	// The two say the same, as far as a count can tell.
	en, ko := reflect.ValueOf(english()), reflect.ValueOf(korean())
	for i := range en.NumField() {
		name := en.Type().Field(i).Name
		if en.Field(i).Kind() == reflect.Slice {
			if en.Field(i).Len() == 0 || en.Field(i).Len() != ko.Field(i).Len() {
				t.Errorf("%s: %d in English, %d in Korean", name, en.Field(i).Len(), ko.Field(i).Len())
			}
			continue
		}
		if en.Field(i).Len() == 0 || ko.Field(i).Len() == 0 || en.Field(i).String() == ko.Field(i).String() {
			t.Errorf("%s: %q and %q", name, en.Field(i), ko.Field(i))
		}
	}
}

// The pages' policy allows nothing inline and nothing of other hosts.
func TestSheet_NeedsNoScriptAndNothingInline(t *testing.T) {
	body := get(t, onePort(), Path).Body.String()
	for _, m := range regexp.MustCompile(`<script|<style|style=|\son[a-z]+=|src=|@import`).FindAllString(body, -1) {
		t.Errorf("%q in the page", m)
	}
	if w := get(t, onePort(), Path+"/sheet.css"); w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("the style: %d, %s", w.Code, w.Header().Get("Content-Type"))
	}
	if w := get(t, onePort(), Path+"/hall.crt"); w.Code != http.StatusNotFound {
		t.Errorf("a certificate that there is not: %d", w.Code)
	}
}

func TestSheet_AHallsCertificateComesWithHowToTrustIt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hall.crt")
	if err := os.WriteFile(file, []byte("-----BEGIN CERTIFICATE-----"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := onePort()
	c.Hall = &Hall{File: file, Print: "AB:CD", Until: time.Date(2028, 11, 23, 0, 0, 0, 0, time.UTC)}
	body := get(t, c, Path+"?lang=ko").Body.String()
	for _, want := range []string{"AB:CD", "2028-11-23", "https://meet.example.kr/network/hall.crt", "Windows", "macOS", "iPhone", "Android", "Firefox"} {
		if !strings.Contains(body, want) {
			t.Errorf("it does not tell %q", want)
		}
	}
	if w := get(t, c, Path+"/hall.crt"); w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/x-x509-ca-cert" || !strings.HasPrefix(w.Body.String(), "-----BEGIN") {
		t.Errorf("the certificate: %d, %s", w.Code, w.Header().Get("Content-Type"))
	}
	c.Hall.File += ".gone"
	if _, err := New(c); err == nil {
		t.Error("a certificate that cannot be read was taken")
	}
}
