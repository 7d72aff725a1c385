package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

// The image is built from the same steps as `make build`, and no Docker engine
// is needed to know that the result runs: a static binary in an empty folder.

func TestImage_IsBuiltByTheStepsOfMake(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	makefile, err := os.ReadFile(filepath.Join(root(t), "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	build := regexp.MustCompile(`(?m)^build: (.*?) *##`).FindSubmatch(makefile)
	if build == nil {
		t.Fatal("the Makefile has no target build")
	}
	for step := range strings.FieldsSeq(string(build[1])) {
		if !regexp.MustCompile(`(?m)^RUN make ` + step + `\b`).Match(text) {
			t.Errorf("`make build` does `make %s`, the Dockerfile does not", step)
		}
	}
	for _, line := range []string{`(?m)^FROM scratch$`, `(?m)^USER 65532:65532$`, `HEALTHCHECK .* CMD \["/sangdam", "doctor", "--local"\]`, `(?m)^VOLUME /data$`, `(?m)^COPY .*/etc/ssl/certs/ca-certificates\.crt$`} {
		if !regexp.MustCompile(line).Match(text) {
			t.Errorf("the Dockerfile has no line like %s", line)
		}
	}
}

func TestImage_OpensThePortsOfTheSettings(t *testing.T) {
	dockerfile, err := os.ReadFile(filepath.Join(root(t), "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{}
	for _, m := range regexp.MustCompile(`(SANGDAM_[A-Z_]+)=(\S+)`).FindAllSubmatch(dockerfile, -1) {
		env[string(m[1])] = string(m[2])
	}
	compose := composeFile(t)
	for name, value := range compose.Services["sangdam"].Environment {
		if !strings.HasPrefix(value, "${") {
			env[name] = value
		}
	}
	for name, value := range env {
		t.Setenv(name, value)
	}
	t.Setenv("SANGDAM_MEDIA_ADVERTISE", "203.0.113.10")
	t.Setenv("SANGDAM_PUBLIC_URL", "https://meet.example.kr")
	t.Setenv("SANGDAM_TLS_ACME", "meet.example.kr")
	c, err := parse(t, "serve")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Serve.check(); err != nil {
		t.Fatalf("the image's settings are refused: %v", err)
	}
	for name := range env {
		if !slices.Contains(variables(t), name) {
			t.Errorf("%s is no variable of the program", name)
		}
	}
	if c.Serve.Data != "/data" {
		t.Errorf("the image keeps its data in %q, not in the volume", c.Serve.Data)
	}
	expose := regexp.MustCompile(`(?m)^EXPOSE (.*)$`).FindSubmatch(dockerfile)
	if expose == nil {
		t.Fatal("the Dockerfile exposes nothing")
	}
	want := []string{port(t, c.Serve.Listen) + "/tcp", port(t, c.Serve.Media.UDP) + "/udp"}
	if tcp := c.Serve.Media.tcp(); tcp != "" {
		want = append(want, port(t, tcp)+"/tcp")
	}
	if got := strings.Fields(string(expose[1])); !slices.Equal(got, want) {
		t.Errorf("the Dockerfile exposes %v, the settings name %v", got, want)
	}
	published := strings.Join(compose.Services["sangdam"].Ports, " ")
	for _, p := range want {
		if !strings.Contains(published, ":"+p) {
			t.Errorf("compose.yaml does not publish %s: %s", p, published)
		}
	}
	if command := strings.Join(compose.Services["redis"].Command, " "); !strings.Contains(command, "--appendonly yes --appendfsync everysec") {
		t.Errorf("compose.yaml runs Redis without its append-only file: %s", command)
	}
}

func port(t *testing.T, addr string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// variables lists the SANGDAM_* variables that the program reads.
func variables(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("deploy/sangdam.yaml")
	if err != nil {
		t.Fatal(err)
	}
	tree := map[string]any{}
	if err := yaml.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, key := range keysOf("", tree) {
		out = append(out, envPrefix+"_"+strings.ToUpper(strings.ReplaceAll(key, "-", "_")))
	}
	return out
}

type compose struct {
	Services map[string]struct {
		Environment map[string]string
		Ports       []string
		Command     []string
	}
}

func composeFile(t *testing.T) compose {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), "compose.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var c compose
	if err := yaml.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// nobody is who the image runs as (USER in the Dockerfile).
const nobody = 65532

// confined runs the binary as the image would: as nobody, with nothing around it.
func confined(ctx context.Context, dir string, env []string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.CommandContext(ctx, "/sangdam", args...)
	cmd.Dir = "/"
	cmd.Env = env
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: dir, Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	} else {
		// Who is not root may change the root folder inside a user namespace.
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Chroot:      dir,
			Cloneflags:  syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: nobody, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: nobody, HostID: os.Getgid(), Size: 1}},
		}
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	return cmd, &out
}

func TestImage_TheStaticBinaryRunsAsNobodyInAnEmptyFolder(t *testing.T) {
	dir := t.TempDir()
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", filepath.Join(dir, "sangdam"), "./cmd/sangdam")
	build.Dir = root(t)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		if err := os.Chown(data, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	// The folders above belong to root alone; nobody must be able to walk through.
	for d := dir; d != "/" && d != os.TempDir(); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}

	redis := tcpRedis(t)
	env := []string{
		"SANGDAM_LISTEN=127.0.0.1:" + freePort(t), "SANGDAM_DATA=/data", "SANGDAM_REDIS=" + redis,
		"SANGDAM_MEDIA_UDP=127.0.0.1:0", "SANGDAM_MEDIA_TCP=127.0.0.1:0", "SANGDAM_MEDIA_ADVERTISE=127.0.0.1",
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()

	if doctor, out := confined(ctx, dir, env, "doctor", "--local"); doctor.Run() == nil {
		t.Fatalf("the health check is content although nothing runs:\n%s", out)
	}
	server, told := confined(ctx, dir, env, "serve")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	for healthy := false; !healthy; {
		select {
		case err := <-ended:
			t.Fatalf("serve ended: %v\n%s", err, told)
		case <-ctx.Done():
			t.Fatal("the health check was never content")
		case <-time.After(50 * time.Millisecond):
			doctor, _ := confined(ctx, dir, env, "doctor", "--local")
			healthy = doctor.Run() == nil
		}
	}
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("serve did not stop cleanly on SIGTERM: %v\n%s", err, told)
	}

	// The demo needs zone files, temporary space and nothing else of the system.
	if err := os.Mkdir(filepath.Join(dir, "tmp"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "tmp"), 0o777); err != nil {
		t.Fatal(err)
	}
	demo, told := confined(ctx, dir, nil, "demo", "--listen", "127.0.0.1:0")
	pipe := outputOf(demo)
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	if err := pipe.await("To stop: Ctrl-C", 10*time.Second); err != nil {
		t.Errorf("%v\n%s", err, told)
	}
	if err := demo.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := demo.Wait(); err != nil {
		t.Errorf("the demo did not stop cleanly on Ctrl-C: %v", err)
	}
}

// output collects what a program prints and lets a test wait for a word of it.
type output struct {
	news chan []byte
	text []byte
}

func outputOf(cmd *exec.Cmd) *output {
	o := &output{news: make(chan []byte, 64)} // a demo prints less; more would block it, and fail the test
	cmd.Stdout = o
	return o
}

func (o *output) Write(p []byte) (int, error) {
	o.news <- bytes.Clone(p)
	return len(p), nil
}

func (o *output) await(word string, limit time.Duration) error {
	timeout := time.After(limit)
	for {
		select {
		case p := <-o.news:
			o.text = append(o.text, p...)
			if strings.Contains(string(o.text), word) {
				return nil
			}
		case <-timeout:
			return fmt.Errorf("waited %v for %q in:\n%s", limit, word, o.text)
		}
	}
}

// tcpRedis runs a Redis on a port: its socket file could not be seen from another
// root folder.
func tcpRedis(t *testing.T) string {
	t.Helper()
	addr := "127.0.0.1:" + freePort(t)
	cmd := exec.Command("redis-server", "--port", port(t, addr), "--bind", "127.0.0.1", "--save", "", "--dir", t.TempDir())
	if err := cmd.Start(); err != nil {
		t.Fatalf("redis-server: %v (install redis-server)", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			_ = c.Close()
			return "redis://" + addr
		}
		if time.Now().After(deadline) {
			t.Fatalf("redis-server does not listen: %v", err)
		}
	}
}

// freePort is one that was free a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l := listen(t)
	defer l.Close()
	return port(t, l.Addr().String())
}

// listen takes a port that nobody has.
func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}
