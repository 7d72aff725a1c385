// Package storetest starts Redis servers for tests: a real one that can be
// killed like in life, and an embedded one.
//
// A server belongs to the test that started it and ends with it. Sharing one
// between packages was rejected: a test that kills Redis must hurt no other.
package storetest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// Redis starts a redis-server with an append-only file on a Unix socket in a
// folder of its own, and returns its URL. kill ends it with SIGKILL; restart
// starts it again on the same data, after a kill.
func Redis(t testing.TB) (url string, kill func(), restart func()) {
	t.Helper()
	r := Start(t)
	return r.URL(), r.Kill, func() { t.Helper(); r.Restart(t) }
}

// Start is Redis for tests that also do something to its data.
func Start(t testing.TB) *Server {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatal("redis-server is not installed: apt-get install redis-server")
	}
	dir, err := os.MkdirTemp("", "redis") // t.TempDir may be too long for a socket's name
	if err != nil {
		t.Fatal(err)
	}
	r := &Server{program: program, dir: dir, socket: filepath.Join(dir, "s")}
	t.Cleanup(func() {
		r.Kill()
		_ = os.RemoveAll(dir)
	})
	if err := r.start(); err != nil {
		t.Fatal(err)
	}
	return r
}

// Mini starts a miniredis and returns its URL. Its time does not pass by
// itself, so it is pushed on ten times a second.
func Mini(t testing.TB) (url string) {
	t.Helper()
	m := miniredis.NewMiniRedis()
	if err := m.Start(); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var ticking sync.WaitGroup
	ticking.Go(func() {
		const step = 100 * time.Millisecond
		tick := time.NewTicker(step)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				m.FastForward(step)
			case <-stop:
				return
			}
		}
	})
	t.Cleanup(func() {
		close(stop)
		ticking.Wait()
		m.Close()
	})
	return "redis://" + m.Addr() + "/0"
}

// Server is one redis-server; a test uses it from one goroutine.
type Server struct {
	program, dir, socket string
	process              *exec.Cmd // nil: not running
}

// URL is where it listens.
func (r *Server) URL() string { return "unix://" + r.socket }

// Restart starts it again on its data, after a kill.
func (r *Server) Restart(t testing.TB) {
	t.Helper()
	if err := r.start(); err != nil {
		t.Fatal(err)
	}
}

// Written is how long its append-only file is.
func (r *Server) Written(t testing.TB) int64 {
	t.Helper()
	info, err := os.Stat(r.appended(t))
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// Lose cuts the append-only file of a killed server to a length, as a loss of
// power does with what was not synced.
func (r *Server) Lose(t testing.TB, length int64) {
	t.Helper()
	if r.process != nil {
		t.Fatal("it must be killed before it can lose something")
	}
	if err := os.Truncate(r.appended(t), length); err != nil {
		t.Fatal(err)
	}
}

// Holds tells whether a text stands anywhere in its files. What was written may
// be in none for up to two seconds, while the disk is busy.
func (r *Server) Holds(t testing.TB, text string) bool {
	t.Helper()
	found := false
	err := filepath.WalkDir(r.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) { // it was just written anew
			return nil
		}
		found = found || bytes.Contains(b, []byte(text))
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return found
}

// Tear cuts the append-only file of a killed server within its last transaction
// of several commands, behind the first of them and half of the second.
func (r *Server) Tear(t testing.TB) {
	t.Helper()
	text, err := os.ReadFile(r.appended(t))
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(text, []byte("\r\nMULTI\r\n"))
	if at < 0 {
		t.Fatal("there is no transaction in the append-only file")
	}
	for range 2 {
		next := bytes.Index(text[at:], []byte("\r\nXADD\r\n"))
		if next < 0 {
			t.Fatal("the last transaction adds less than two entries")
		}
		at += next + len("\r\nXADD\r\n")
	}
	r.Lose(t, int64(at))
}

func (r *Server) appended(t testing.TB) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(r.dir, "appendonlydir", "*.incr.aof"))
	if err != nil || len(files) != 1 {
		t.Fatalf("append-only files: %v, %v", files, err)
	}
	return files[0]
}

// Kill ends it with SIGKILL.
func (r *Server) Kill() {
	if r.process == nil {
		return
	}
	_ = r.process.Process.Kill()
	_ = r.process.Wait() // says that it was killed
	r.process = nil
}

func (r *Server) start() error {
	if r.process != nil {
		return fmt.Errorf("redis-server runs already")
	}
	log, err := os.OpenFile(filepath.Join(r.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	_ = os.Remove(r.socket) // a killed server leaves it
	c := exec.Command(r.program, "--port", "0", "--unixsocket", r.socket, "--dir", r.dir,
		"--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--daemonize", "no")
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		return err
	}
	r.process = c
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if r.ready() {
			return nil
		}
	}
	r.Kill()
	text, _ := os.ReadFile(filepath.Join(r.dir, "log"))
	return fmt.Errorf("redis-server did not answer within 10 s:\n%s", text)
}

func (r *Server) ready() bool {
	c, err := net.Dial("unix", r.socket)
	if err != nil {
		return false
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(time.Second))
	if _, err := c.Write([]byte("PING\r\n")); err != nil {
		return false
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	return err == nil && strings.HasPrefix(line, "+PONG")
}
