package certs

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"

	"sangdam/signaling/front"
)

func hall(t *testing.T, dir string, hosts ...string) Hall {
	t.Helper()
	h, err := OpenHall(dir, hosts, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func copyOver(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFiles_AReplacedCertificateIsShownAndABrokenOneIsNot(t *testing.T) {
	old, renewed, used := hall(t, t.TempDir(), "old.example"), hall(t, t.TempDir(), "new.example"), t.TempDir()
	cert, key := filepath.Join(used, "cert.pem"), filepath.Join(used, "key.pem")
	copyOver(t, old.Cert, cert)
	copyOver(t, old.Key, key)
	now := time.Now()
	var said bytes.Buffer
	f, err := OpenFiles(FilesConfig{Cert: cert, Key: key, Now: func() time.Time { return now }, Logger: slog.New(slog.NewTextHandler(&said, nil))})
	if err != nil {
		t.Fatal(err)
	}
	shows := func(name string) {
		t.Helper()
		if f.Leaf().VerifyHostname(name) != nil {
			t.Errorf("it shows %v, want %s", f.Leaf().DNSNames, name)
		}
	}
	shows("old.example")

	copyOver(t, renewed.Cert, cert) // half of the pair: as a renewal may be seen from here
	shows("old.example")
	now = now.Add(lookAgain)
	shows("old.example")
	now = now.Add(lookAgain)
	shows("old.example")
	if n := strings.Count(said.String(), "cannot be used"); n != 1 {
		t.Errorf("a broken pair was told of %d times, want once:\n%s", n, &said)
	}
	copyOver(t, renewed.Key, key)
	shows("old.example") // not looked at yet
	now = now.Add(lookAgain)
	shows("new.example")

	if err := os.Remove(cert); err != nil {
		t.Fatal(err)
	}
	now = now.Add(lookAgain)
	shows("new.example")
	if err := os.WriteFile(cert, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	now = now.Add(lookAgain)
	shows("new.example")
}

func TestFiles_WhatIsWrongAtTheStartIsAnError(t *testing.T) {
	a, b := hall(t, t.TempDir(), "a.example"), hall(t, t.TempDir(), "b.example")
	for name, pair := range map[string][2]string{
		"missing":   {filepath.Join(t.TempDir(), "no.pem"), a.Key},
		"no pair":   {a.Cert, b.Key},
		"exchanged": {a.Key, a.Cert},
	} {
		if _, err := OpenFiles(FilesConfig{Cert: pair[0], Key: pair[1]}); err == nil || !strings.Contains(err.Error(), pair[0]) {
			t.Errorf("%s: %v, want an error that names the file", name, err)
		}
	}
}

func TestHall_WhoTrustsItMayReachEachOfItsHosts(t *testing.T) {
	dir := t.TempDir()
	hosts := []string{"hall.example", "192.168.10.5", "2001:db8::5"}
	h := hall(t, dir, hosts...)
	if !h.Made || h.Why != "" {
		t.Errorf("made %v, %q", h.Made, h.Why)
	}
	if holds := time.Until(h.Until); holds > 825*24*time.Hour || holds < 700*24*time.Hour {
		t.Errorf("it holds for %v; Apple's devices want 825 days at most", holds)
	}
	info, err := os.Stat(h.Key)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: the key is for nobody else", info.Mode(), err)
	}
	root, err := os.ReadFile(h.Root)
	if err != nil {
		t.Fatal(err)
	}
	trust := x509.NewCertPool()
	trust.AppendCertsFromPEM(root)
	f, err := OpenFiles(FilesConfig{Cert: h.Cert, Key: h.Key})
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range hosts {
		ours, theirs := net.Pipe()
		go func() { _ = tls.Server(theirs, f.TLS()).Handshake() }()
		if err := tls.Client(ours, &tls.Config{RootCAs: trust, ServerName: host}).Handshake(); err != nil {
			t.Errorf("%s: %v", host, err)
		}
		_, _ = ours.Close(), theirs.Close()
	}
	chain, err := Chain(h.Cert, h.Key)
	if err != nil || len(chain) != 2 || chain[0].VerifyHostname("elsewhere.example") == nil {
		t.Errorf("%d certificates, %v", len(chain), err)
	}
	if _, err := chain[0].Verify(x509.VerifyOptions{Roots: x509.NewCertPool()}); err == nil {
		t.Error("who does not know the hall trusts it")
	}
	// The authority's key is nowhere.
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 3 {
		t.Errorf("the folder has %v, want three files", files)
	}
}

func TestHall_ItIsMadeAnewOnlyWhenItMustBe(t *testing.T) {
	dir := t.TempDir()
	first := hall(t, dir, "hall.example", "192.168.10.5")
	for name, c := range map[string]struct {
		hosts []string
		after time.Duration
		made  bool
	}{
		"same":        {[]string{"hall.example", "192.168.10.5"}, 0, false},
		"fewer names": {[]string{"hall.example"}, 0, false},
		"last day":    {[]string{"hall.example"}, 729 * 24 * time.Hour, false},
	} {
		h, err := OpenHall(dir, c.hosts, time.Now().Add(c.after))
		if err != nil || h.Made != c.made || h.Print != first.Print {
			t.Errorf("%s: made %v (%s), %v", name, h.Made, h.Why, err)
		}
	}
	again := hall(t, dir, "hall.example", "192.168.10.6")
	if !again.Made || again.Why == "" || again.Print == first.Print {
		t.Errorf("another address: made %v (%s)", again.Made, again.Why)
	}
	if h, err := OpenHall(dir, []string{"hall.example"}, time.Now().AddDate(3, 0, 0)); err != nil || !h.Made {
		t.Errorf("it has ended: made %v, %v", h.Made, err)
	}
	if err := os.WriteFile(filepath.Join(dir, HallCert), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if h := hall(t, dir, "hall.example"); !h.Made {
		t.Error("a broken file was kept")
	}
}

// nameserver answers every question with 127.0.0.1.
func nameserver(t *testing.T) string {
	t.Helper()
	at, err := net.Listen("tcp", "127.0.0.1:0") // Pebble asks by TCP
	if err != nil {
		t.Fatal(err)
	}
	started := make(chan struct{})
	s := &dns.Server{Listener: at, NotifyStartedFunc: func() { close(started) }, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		for _, question := range q.Question {
			if question.Qtype == dns.TypeA {
				m.Answer = append(m.Answer, &dns.A{
					Hdr: dns.RR_Header{Name: question.Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 1}, A: net.IPv4(127, 0, 0, 1),
				})
			}
		}
		_ = w.WriteMsg(m)
	})}
	ended := make(chan error, 1)
	go func() { ended <- s.ActivateAndServe() }()
	<-started
	t.Cleanup(func() { _ = s.Shutdown(); <-ended })
	return at.Addr().String()
}

// The authority is a real one (Pebble, Let's Encrypt's own for tests), which
// asks on the port that pages are served on.
func TestACME_AnAuthorityGivesACertificateOverTheOnePort(t *testing.T) {
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	t.Setenv("PEBBLE_WFE_NONCEREJECT", "0")
	const domain = "meet.example.kr"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()

	silent := log.New(io.Discard, "", 0)
	memory := db.NewMemoryStore()
	authority := ca.New(silent, memory, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {}})
	asker := va.New(silent, 5002, l.Addr().(*net.TCPAddr).Port, false, nameserver(t), memory)
	door := wfe.New(silent, memory, asker, authority, nil, false, false, 1, 1)
	server := httptest.NewTLSServer(door.Handler())
	t.Cleanup(server.Close)
	trust := x509.NewCertPool()
	trust.AddCert(server.Certificate())

	dir := t.TempDir()
	config := ACMEConfig{Domains: []string{domain}, Directory: server.URL + wfe.DirectoryPath, Roots: trust, Dir: dir, Listen: addr}
	a, err := StartACME(config)
	if err != nil {
		t.Fatal(err)
	}
	f := front.New(front.Config{Listener: l, TLS: a.TLS()})
	served := make(chan error, 1)
	go func() { served <- f.Serve() }()
	defer func() { f.Close(); <-served }()

	issued := x509.NewCertPool()
	dial := func(name string) (*tls.ConnectionState, error) {
		c, err := tls.Dial("tcp", addr, &tls.Config{RootCAs: issued, ServerName: name})
		if err != nil {
			return nil, err
		}
		defer c.Close()
		state := c.ConnectionState()
		return &state, nil
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for a.Leaf() == nil {
		select {
		case <-ctx.Done():
			t.Fatal("no certificate was given")
		case <-time.After(20 * time.Millisecond):
		}
	}
	issued.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.GetRootCert(0).DER}))
	if _, err := dial(domain); err != nil {
		t.Errorf("a browser does not trust it: %v", err)
	}
	if _, err := dial("elsewhere.example"); err == nil {
		t.Error("a name that is not ours was answered")
	}
	if c, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true}); err != nil {
		t.Errorf("a client that names nobody: %v", err)
	} else {
		_ = c.Close()
	}
	serial := a.Leaf().SerialNumber
	a.Close()

	// After a restart it is still there, and nobody is asked.
	server.Close()
	again, err := StartACME(config)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	for again.Leaf() == nil {
		select {
		case <-ctx.Done():
			t.Fatal("the certificate was not kept")
		case <-time.After(20 * time.Millisecond):
		}
	}
	if again.Leaf().SerialNumber.Cmp(serial) != 0 {
		t.Error("another certificate")
	}
}
