package soak

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sound are the states of a server that keeps nothing.
func sound() states {
	return states{
		fresh:  sample{Goroutines: 60, Descriptors: 14, Resident: 40, Live: 8},
		steady: sample{Goroutines: 900, Descriptors: 220, Resident: 200, Live: 60},
		last:   sample{Goroutines: 910, Descriptors: 219, Resident: 219, Live: 66},
		empty:  sample{Goroutines: 70, Descriptors: 14, Resident: 215, Live: 12},
	}
}

func TestLeaks_EachPromiseIsHeld(t *testing.T) {
	if got := sound().leaks(); len(got) != 0 {
		t.Fatalf("a sound server keeps %q", got)
	}
	for word, change := range map[string]func(*states){
		"71 goroutines are left, 11 more": func(s *states) { s.empty.Goroutines = 71 },
		"15 descriptors are left, 1 more than before anybody came; new are /tmp/b": func(s *states) {
			s.empty.Descriptors, s.empty.Files, s.fresh.Files = 15, []string{"/tmp/a", "/tmp/b"}, []string{"/tmp/a"}
		},
		"resident memory grew from 200.0": func(s *states) { s.last.Resident = 221 },
		"the heap in use grew from 60.0":  func(s *states) { s.last.Live = 70 },
		"2 people did not come back":      func(s *states) { s.away = 2 },
		"the server wrote: level=ERROR":   func(s *states) { s.said = complaints("level=WARN msg=a\nlevel=ERROR msg=b\n") },
	} {
		s := sound()
		change(&s)
		if got := s.leaks(); len(got) != 1 || !strings.Contains(got[0], word) {
			t.Errorf("%s: told %q", word, got)
		}
	}
}

func TestMiddle_OneOddSampleSaysNothing(t *testing.T) {
	m := middle([]sample{{Goroutines: 10, Resident: 5}, {Goroutines: 900, Resident: 100}, {Goroutines: 12, Resident: 5.5, At: time.Minute}})
	if m.Goroutines != 12 || m.Resident != 5.5 || m.At != time.Minute {
		t.Errorf("%+v", m)
	}
	if got := middle(nil); got.Goroutines != 0 || got.Live != 0 {
		t.Error("the middle of nothing is something")
	}
}

func TestDescriptors_ThoseToRedisAreToldApart(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	p, err := start(filepath.Join(t.TempDir(), "log"), "redis-server", "--port", "0", "--unixsocket", socket, "--save", "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.end(); err != nil {
			t.Error(err)
		}
	}()
	if err := p.until(t.Context(), func(context.Context) error {
		_, err := os.Stat(socket)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	all, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	got, err := descriptors(p.cmd.Process.Pid)
	if err != nil || len(got) == 0 || len(got) >= len(all) {
		t.Errorf("redis-server has %d descriptors, %d of them no Unix sockets: %v", len(all), len(got), err)
	}
}

func TestUntil_AProgramThatEndsIsNotWaitedFor(t *testing.T) {
	p, err := start(filepath.Join(t.TempDir(), "log"), "sh", "-c", "echo no such setting; exit 3")
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	err = p.until(t.Context(), func(context.Context) error { return errors.New("not yet") })
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !strings.Contains(err.Error(), "no such setting") || time.Since(begun) > startWithin/2 {
		t.Errorf("%v after %v", err, time.Since(begun))
	}
}
