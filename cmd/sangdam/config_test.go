package main

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// parse parses a command line like Main.Run, without running it.
func parse(t *testing.T, args ...string) (*commands, error) {
	t.Helper()
	var c commands
	parser, err := kong.New(&c, kong.Configuration(loadSettings), kong.DefaultEnvars(envPrefix))
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(args)
	return &c, err
}

func settingsFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "sangdam.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestSettings_TheSampleFileHasEveryKeyAndNoOther(t *testing.T) {
	text, err := os.ReadFile("deploy/sangdam.yaml")
	if err != nil {
		t.Fatal(err)
	}
	tree := map[string]any{}
	if err := yaml.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	var config struct {
		Config `embed:""`
	}
	parser, err := kong.New(&config)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, flag := range parser.Model.Flags {
		if flag.Name != "help" {
			want = append(want, flag.Name)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, keysOf("", tree)); diff != "" {
		t.Errorf("keys of the struct (-) and of deploy/sangdam.yaml (+):\n%s", diff)
	}
}

func TestSettings_TheSampleFileIsReadIntoTheStruct(t *testing.T) {
	c, err := parse(t, "serve", "--config", "deploy/sangdam.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Edge:   Edge{Listen: ":443", PublicURL: "https://meet.example.kr", TLS: TLS{ACME: []string{"meet.example.kr"}}, TrustedProxies: []string{}},
		Memory: Memory{Redis: "redis://127.0.0.1:6379/0"},
		Folder: Folder{Data: "/var/lib/sangdam"},
		Hooks:  Hooks{Networks: []string{}},
		Node:   "main",
		Media:  Media{Advertise: []string{"203.0.113.10", "2001:db8::10"}, UDP: ":7000", TCP: "none", Without: []string{}},
		Log:    Logging{Level: "info", Format: "text"},

		Metrics: "127.0.0.1:9100",
	}
	if diff := cmp.Diff(want, c.Serve.Config); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	if err := c.Serve.check(); err != nil {
		t.Errorf("the sample's settings are refused: %v", err)
	}
}

func TestSettings_AFileThatFitsServeFitsEveryCommand(t *testing.T) {
	for _, args := range [][]string{
		{"demo"},
		{"verify"},
		{"doctor"},
		{"version"},
		{"import", "--event", "e", "demo/yangju-2021.csv"},
	} {
		if _, err := parse(t, append(args, "--config", "deploy/sangdam.yaml")...); err != nil {
			t.Errorf("%s: %v", args[0], err)
		}
	}
	c, err := parse(t, "verify", "--config", "deploy/sangdam.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if c.Verify.Redis != "redis://127.0.0.1:6379/0" {
		t.Errorf("verify did not read redis from the file: %q", c.Verify.Redis)
	}
}

func TestSettings_UnknownKeyIsAnErrorThatNamesIt(t *testing.T) {
	for _, text := range []string{"redsi: redis://127.0.0.1\n", "media:\n  udpp: \":7000\"\n", "tls: yes\n"} {
		_, err := parse(t, "serve", "--config", settingsFile(t, text))
		if err == nil {
			t.Errorf("%q was accepted", text)
			continue
		}
		if !strings.Contains(err.Error(), "mean nothing") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestSettings_FlagGoesBeforeVariableBeforeFile(t *testing.T) {
	file := settingsFile(t, "node: from-file\nmedia-udp: \":1\"\nmedia: {tcp: \":1\"}\n")
	t.Setenv("SANGDAM_NODE", "from-variable")
	t.Setenv("SANGDAM_MEDIA_UDP", ":2")
	c, err := parse(t, "serve", "--config", file, "--node", "from-flag")
	if err != nil {
		t.Fatal(err)
	}
	got := []string{c.Serve.Node, c.Serve.Media.UDP, c.Serve.Media.TCP}
	if diff := cmp.Diff([]string{"from-flag", ":2", ":1"}, got); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
}

func TestSettings_ContradictionsAreRefused(t *testing.T) {
	for _, args := range [][]string{
		{"--listen", "8080"},
		{"--public-url", "meet.example.kr"},
		{"--public-url", "https://meet.example.kr/room"},
		{"--tls-cert", "cert.pem"},
		{"--tls-acme", "192.0.2.1"},
		{"--tls-acme", "localhost"},
		{"--tls-acme", "meet.example.kr:443"},
		{"--tls-acme", "meet.example.kr", "--tls-self-signed"},
		{"--tls-acme", "meet.example.kr", "--public-url", "https://other.example.kr"},
		{"--public-url", "http://meet.example.kr", "--tls-self-signed"},
		{"--tls-acme-directory", "http://acme.example.kr"},
		{"--turn-udp", "3478"},
		{"--turn-tls", "turn.example.kr"},
		{"--turn-tls", ":443"},
		{"--turn-secret", "short"},
		{"--trusted-proxies", "127.0.0.1"},
		{"--media-udp", "7000"},
		{"--media-tcp", "off"},
		{"--media-advertise", "meet.example.kr"},
		{"--media-advertise", "0.0.0.0"},
		{"--media-advertise", "ff02::1"},
	} {
		c, err := parse(t, append([]string{"serve"}, args...)...)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Serve.check(); err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(args[0], "--")) {
			t.Errorf("%v: %v, want an error that names the setting", args, err)
		}
	}
}

// directory is all of DNS that tests need.
func directory(_ context.Context, host string) ([]netip.Addr, error) {
	if host == "meet.example.kr" {
		return []netip.Addr{netip.MustParseAddr("::ffff:203.0.113.10")}, nil
	}
	return nil, errors.New("no such host")
}

// run runs a command line to its end.
func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	m := &Main{Stdout: &out, Stderr: &errs, Version: "test", Lookup: directory}
	code = m.Run(context.Background(), args)
	return code, out.String(), errs.String()
}

func TestMain_HelpListsTheCommands(t *testing.T) {
	for _, args := range [][]string{nil, {"--help"}} {
		code, out, errs := run(t, args...)
		if code != 0 || errs != "" {
			t.Errorf("%v: exit code %d, %q", args, code, errs)
		}
		for _, command := range []string{"serve", "demo", "import", "links", "verify", "doctor", "version"} {
			if !strings.Contains(out, command) {
				t.Errorf("%v: %s is not listed in:\n%s", args, command, out)
			}
		}
	}
}

func TestMain_WrongCommandLineIsCode2(t *testing.T) {
	code, _, errs := run(t, "sevre")
	if code != 2 || !strings.Contains(errs, "--help") {
		t.Errorf("exit code %d, %q; want 2 and where to find help", code, errs)
	}
}

func TestServe_WithoutRedisSaysWhatToDo(t *testing.T) {
	for _, args := range [][]string{
		{"serve", "--data", t.TempDir()},
		{"serve", "--data", t.TempDir(), "--redis", "redis://:hidden@127.0.0.1:1/0"},
		{"verify", "--redis", "redis://:hidden@127.0.0.1:1/0"},
	} {
		code, _, errs := run(t, args...)
		if code != 1 || !strings.Contains(errs, "--redis") {
			t.Errorf("%v: exit code %d, %q; want 1 and a hint", args, code, errs)
		}
		if strings.Contains(errs, "goroutine") || strings.Contains(errs, "hidden") {
			t.Errorf("%v: a stack or a password in %q", args, errs)
		}
	}
}

func TestSettings_TheReadmeTellsEveryKey(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Config `embed:""`
	}
	parser, err := kong.New(&config)
	if err != nil {
		t.Fatal(err)
	}
	for _, flag := range parser.Model.Flags {
		if flag.Name != "help" && !strings.Contains(string(readme), "`"+flag.Name+"`") {
			t.Errorf("README.md does not tell of the setting %s", flag.Name)
		}
	}
}
