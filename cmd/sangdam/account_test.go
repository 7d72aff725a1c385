package main

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"strings"
	"testing"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
	"sangdam/rooms/store/storetest"
	"sangdam/signaling/auth"
)

// typed runs a command line with text on its standard input.
func typed(t *testing.T, text string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := w.WriteString(text); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	var out, errs bytes.Buffer
	m := &Main{Stdin: r, Stdout: &out, Stderr: &errs, Version: "test"}
	code = m.Run(context.Background(), args)
	return code, out.String(), errs.String()
}

func TestAccount_TheFirstAdministratorIsMadeAtTheTerminal(t *testing.T) {
	redis, _, _ := storetest.Redis(t)
	at := func(args ...string) []string { return append([]string{"account"}, append(args, "--redis", redis)...) }
	fits := func(login, passphrase string) bool {
		t.Helper()
		s, err := store.Open(t.Context(), store.Options{URL: redis, Logger: quiet})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		a, ok, err := s.AccountOfLogin(t.Context(), login)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		fits, _, err := auth.NewHasher().Check(t.Context(), passphrase, a.Hash)
		return err == nil && fits && !a.Disabled
	}

	code, out, errs := typed(t, "", at("add", "--right", "administrator", "--name", "김 코디", "Kim")...)
	made := regexp.MustCompile(`told this once: (\S+)\n`).FindStringSubmatch(out)
	if code != 0 || made == nil || !fits("kim", made[1]) {
		t.Fatalf("%d %s %s", code, out, errs)
	}
	code, out, errs = typed(t, "the coordinators' phrase\nand more\n", at("add", "--stdin", "lee@yangju.example")...)
	if code != 0 || strings.Contains(out, "told this once") || !fits("lee@yangju.example", "the coordinators' phrase") {
		t.Errorf("%d %s %s", code, out, errs)
	}
	code, out, errs = typed(t, "", at("list")...)
	if code != 0 || !strings.Contains(out, "kim ") || !strings.Contains(out, "administrator") || !strings.Contains(out, "김 코디") ||
		strings.Contains(out, "argon2") || strings.Count(out, "\n") != 2 {
		t.Errorf("%d %s %s", code, out, errs)
	}
	for what, x := range map[string]struct {
		text string
		args []string
		tell string
	}{
		"a login that is taken":        {"", []string{"add", "KIM"}, "taken"},
		"a short passphrase":           {"short\n", []string{"add", "--stdin", "park"}, "10 characters"},
		"an empty line":                {"\n", []string{"add", "--stdin", "park"}, "empty"},
		"nothing":                      {"", []string{"passphrase", "--stdin", "kim"}, "empty"},
		"asking where nobody types":    {"x\nx\n", []string{"add", "--ask", "park"}, "--stdin"},
		"an account that is not there": {"", []string{"disable", "park"}, "account list"},
		"the last administrator":       {"", []string{"disable", "kim"}, "administer"},
		"an event that is not there":   {"", []string{"add", "--event", "nosuch", "park"}, "nosuch"},
	} {
		code, out, errs := typed(t, x.text, at(x.args...)...)
		if code != 1 || !strings.Contains(errs, x.tell) || out != "" {
			t.Errorf("%s: %d %q %q", what, code, out, errs)
		}
	}
	if code, _, errs := typed(t, "", at("add", "--right", "owner", "park")...); code != 2 || !strings.Contains(errs, "right") {
		t.Errorf("a right that there is not: %d %s", code, errs)
	}
	if code, out, errs := typed(t, "another one, longer\n", at("passphrase", "--stdin", "lee@yangju.example")...); code != 0 ||
		!fits("lee@yangju.example", "another one, longer") || fits("lee@yangju.example", "the coordinators' phrase") {
		t.Errorf("%d %s %s", code, out, errs)
	}
	if code, _, errs := typed(t, "", at("disable", "lee@yangju.example")...); code != 0 || fits("lee@yangju.example", "another one, longer") {
		t.Errorf("disable: %d %s", code, errs)
	}
	if code, _, errs := typed(t, "", at("enable", "lee@yangju.example")...); code != 0 || !fits("lee@yangju.example", "another one, longer") {
		t.Errorf("enable: %d %s", code, errs)
	}

	// Each of them stands in the record of the house, which verifies.
	s, err := store.Open(t.Context(), store.Options{URL: redis, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var acts []string
	err = s.Entries(t.Context(), schedule.House, func(e schedule.Entry) error {
		if e.By != "terminal" {
			t.Errorf("%+v", e)
		}
		f := strings.Fields(e.Detail)
		acts = append(acts, strings.Join(append(f[:1:1], f[2:]...), " "))
		return nil
	})
	if got := strings.Join(acts, "; "); err != nil || got != "account made administrator; account made coordinator; account passphrase; account disabled; account enabled" {
		t.Errorf("%s, %v", got, err)
	}
	if code, out, errs := run(t, "verify", "--redis", redis); code != 0 || !strings.Contains(out, "house") {
		t.Errorf("verify: %d %s %s", code, out, errs)
	}
}

func TestSettings_AProviderOfOpenIDWantsItsPartsAndHTTPS(t *testing.T) {
	for _, o := range []OpenID{
		{Issuer: "https://login.example.kr"},
		{ClientID: "sangdam"},
		{ClientSecret: "x"},
		{Issuer: "http://login.example.kr", ClientID: "sangdam"},
		{Issuer: "login.example.kr", ClientID: "sangdam"},
	} {
		if err := o.check(); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
	for _, o := range []OpenID{
		{}, {Issuer: "https://login.example.kr", ClientID: "sangdam", ClientSecret: "x"}, {Issuer: "http://127.0.0.1:9000/realm", ClientID: "sangdam"},
	} {
		if err := o.check(); err != nil || (o.Issuer != "" && o.Name == "") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
