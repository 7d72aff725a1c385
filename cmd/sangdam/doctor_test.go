package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"sangdam/rooms/store/storetest"
	"sangdam/signaling/certs"
)

// finding is what the doctor says of one matter.
func finding(t *testing.T, out, name string) string {
	t.Helper()
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line[6:], fmt.Sprintf("%-12s ", name)) {
			return line
		}
	}
	t.Fatalf("nothing of %s in:\n%s", name, out)
	return ""
}

func TestDoctor_GoesTheWayOfWhoCanReachOnePortAlone(t *testing.T) {
	var o nodeOptions
	port, media, redis := freePort(t), "127.0.0.1:"+freePort(t), storetest.Mini(t)
	startFair(t, func(n *nodeOptions) {
		n.Edge = Edge{Listen: "127.0.0.1:" + port, PublicURL: "https://localhost:" + port, TLS: TLS{SelfSigned: true}}
		n.Media.UDP = media
		o = *n
	})
	ask := func(data, address string, more ...string) string {
		_, out, _ := run(t, append([]string{
			"doctor", "--redis", redis, "--data", data, "--listen", o.Edge.Listen, "--public-url", o.Edge.PublicURL,
			"--tls-self-signed", "--media-advertise", address, "--media-udp", media, "--media-tcp", "none",
		}, more...)...)
		return out
	}
	out := ask(o.Data, "127.0.0.1")
	if said := finding(t, out, "relay"); !strings.HasPrefix(said, "ok") || !strings.Contains(said, "nobody else") {
		t.Error(said)
	}
	if said := finding(t, out, "certificate"); !strings.HasPrefix(said, "ok") || !strings.Contains(said, "localhost") || !strings.Contains(said, "/network") {
		t.Error(said)
	}
	// Other keys than the server's are no way in.
	if said := finding(t, ask(o.Data, "127.0.0.1", "--turn-secret", strings.Repeat("wrong", 8)), "relay"); !strings.HasPrefix(said, "BAD") || !strings.Contains(said, "these settings") {
		t.Error(said)
	}
	// The media is not there, so the relay must not lead there.
	if said := finding(t, ask(o.Data, "192.0.2.77"), "relay"); !strings.HasPrefix(said, "BAD") || !strings.Contains(said, "192.0.2.77") {
		t.Error(said)
	}
	if said := finding(t, ask(t.TempDir(), "127.0.0.1"), "relay"); !strings.HasPrefix(said, "WARN") || !strings.Contains(said, "data folder") {
		t.Error(said)
	}
}

func TestDoctor_GoesTheSameWayByIPv6(t *testing.T) {
	var o nodeOptions
	listen, media := net.JoinHostPort("::1", freePort(t)), net.JoinHostPort("::1", freePort(t))
	startFair(t, func(n *nodeOptions) {
		n.Edge = Edge{Listen: listen, PublicURL: "https://" + listen, TLS: TLS{SelfSigned: true}}
		n.Media = Media{Advertise: []string{"::1"}, UDP: media, TCP: noPort}
		o = *n
	})
	_, out, _ := run(t, "doctor", "--redis", storetest.Mini(t), "--data", o.Data, "--listen", listen, "--public-url", o.Edge.PublicURL,
		"--tls-self-signed", "--media-advertise", "::1", "--media-udp", media, "--media-tcp", "none")
	for _, name := range []string{"pages", "certificate", "relay"} {
		if said := finding(t, out, name); !strings.HasPrefix(said, "ok") {
			t.Error(said)
		}
	}
}

func TestDoctor_SaysWhatIsWrongWithACertificate(t *testing.T) {
	redis := storetest.Mini(t)
	h, err := certs.OpenHall(t.TempDir(), []string{"meet.example.kr"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	chain, err := certs.Chain(h.Cert, h.Key)
	if err != nil {
		t.Fatal(err)
	}
	known := x509.NewCertPool()
	known.AddCert(chain[1])
	files := &TLS{Cert: h.Cert, Key: h.Key}
	days := func(n int) time.Time { return time.Now().AddDate(0, 0, n) }
	for name, c := range map[string]struct {
		chain []*x509.Certificate
		roots *x509.CertPool
		host  string
		at    time.Time
		tls   *TLS
		says  string
		fatal bool
	}{
		"well":             {chain, known, "meet.example.kr", days(0), files, "", false},
		"nearly ended":     {chain, known, "meet.example.kr", days(720), files, "ends in", false},
		"ended":            {chain, known, "meet.example.kr", days(740), files, "renewed", true},
		"ended, ACME":      {chain, known, "meet.example.kr", days(740), &TLS{ACME: []string{"meet.example.kr"}}, "port 443", true},
		"ended, hall":      {chain, known, "meet.example.kr", days(740), &TLS{SelfSigned: true}, "tls.crt", true},
		"not yet":          {chain, known, "meet.example.kr", days(-3), files, "clock", true},
		"another name":     {chain, known, "other.example.kr", days(0), files, "other.example.kr", true},
		"nobody's":         {chain, x509.NewCertPool(), "meet.example.kr", days(0), files, "whole chain", false},
		"without its root": {chain[:1], known, "meet.example.kr", days(0), files, "", false},
	} {
		told, err := judge(c.chain, c.roots, c.host, c.at, c.tls)
		var doubt warning
		switch {
		case c.says == "":
			if err != nil || !strings.Contains(told, "meet.example.kr") {
				t.Errorf("%s: %q, %v", name, told, err)
			}
		case err == nil || !strings.Contains(err.Error(), c.says) || errors.As(err, &doubt) == c.fatal:
			t.Errorf("%s: %q, %v; want %q", name, told, err, c.says)
		}
	}

	other, err := certs.OpenHall(t.TempDir(), []string{"meet.example.kr"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"no pair":      {[]string{"--tls-cert", h.Cert, "--tls-key", other.Key}, "BAD   certificate  it cannot be used"},
		"not made yet": {[]string{"--tls-self-signed"}, "ok    certificate  made at the first start"},
		"asked for":    {[]string{"--tls-acme", "meet.example.kr"}, "WARN  certificate  none was seen"},
		"http alone":   {[]string{"--public-url", "http://meet.example.kr"}, "WARN  certificate  there is no TLS"},
	} {
		data := t.TempDir()
		_, out, _ := run(t, append(healthy(redis, data), c.args...)...)
		if said := finding(t, out, "certificate"); !strings.HasPrefix(said, c.says) {
			t.Errorf("%s: %s", name, said)
		}
		if made, _ := os.ReadDir(data); len(made) > 0 {
			t.Errorf("%s: the doctor made %v, which belongs to whoever runs it", name, made)
		}
	}
	gone, out, _ := run(t, append(healthy(redis, t.TempDir()), "--tls-cert", filepath.Join(t.TempDir(), "no.pem"), "--tls-key", h.Key)...)
	if gone != 1 || !strings.Contains(finding(t, out, "certificate"), "no.pem") {
		t.Error(out)
	}
}

func TestDoctor_ComparesTheNameWithTheAddresses(t *testing.T) {
	redis := storetest.Mini(t)
	for name, c := range map[string]struct {
		args []string
		of   string
		says string
	}{
		"it leads here":            {nil, "name", "ok    name         meet.example.kr leads to [203.0.113.10]"},
		"nobody knows it":          {[]string{"--public-url", "https://other.example.kr"}, "name", "WARN  name         other.example.kr does not resolve"},
		"a proxy":                  {[]string{"--media-advertise", "203.0.113.11"}, "name", "ok    name         meet.example.kr leads to [203.0.113.10], a proxy"},
		"elsewhere":                {[]string{"--media-advertise", "203.0.113.11", "--tls-acme", "meet.example.kr"}, "name", "WARN  name         meet.example.kr leads to [203.0.113.10], which is not"},
		"an address":               {[]string{"--public-url", "https://203.0.113.10"}, "name", "ok    name"},
		"private alone":            {[]string{"--media-advertise", "192.168.10.5"}, "addresses", "WARN  addresses    browsers are told [192.168.10.5], which nobody outside"},
		"private, a hall":          {[]string{"--media-advertise", "192.168.10.5", "--public-url", "https://192.168.10.5"}, "addresses", "ok    addresses"},
		"both":                     {[]string{"--media-advertise", "192.168.10.5,203.0.113.10"}, "addresses", "ok    addresses"},
		"an address of nobody's":   {[]string{"--media-udp", "192.0.2.1:7000"}, "media", "BAD   media        192.0.2.1:7000 is no address of this machine"},
		"no TCP port of the media": {[]string{"--media-tcp", "none", "--turn-udp", "127.0.0.1:0"}, "media", "ok    media        UDP 127.0.0.1:0, UDP 127.0.0.1:0 can be had"},
	} {
		args := healthy(redis, t.TempDir())
		if at := slices.Index(args, "--media-advertise"); slices.Contains(c.args, "--media-advertise") {
			args = slices.Delete(args, at, at+2) // it would be one more
		}
		_, out, _ := run(t, append(args, c.args...)...)
		if said := finding(t, out, c.of); !strings.HasPrefix(said, c.says) {
			t.Errorf("%s: %s", name, said)
		}
	}
}

func TestDoctor_APortBelow1024NeedsARight(t *testing.T) {
	err := portTaken("listen", ":443", &net.OpError{Op: "listen", Err: os.NewSyscallError("bind", syscall.EACCES)})
	if !strings.Contains(err.Error(), "CAP_NET_BIND_SERVICE") {
		t.Error(err)
	}
	unit, err := os.ReadFile("deploy/sangdam.service")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n", "\nCapabilityBoundingSet=CAP_NET_BIND_SERVICE\n"} {
		if !strings.Contains(string(unit), line) {
			t.Errorf("the unit has no line %q", strings.TrimSpace(line))
		}
	}
}
