//go:build linux

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// roleVar tells a process of ours which server it is.
const roleVar = "SANGDAM_BENCH_ROLE"

// The servers there are.
const (
	roleEngine  = "engine"
	roleRelay   = "relay"
	roleBatched = "relay-batched"
)

// runRole is a server's whole life.
func runRole(role string, in io.Reader, out io.Writer) error {
	switch role {
	case roleEngine:
		return runEngine(in, out)
	case roleRelay:
		return runRelay(in, out, false)
	case roleBatched:
		return runRelay(in, out, true)
	}
	return fmt.Errorf("no role %q", role)
}

// The cores that server and crowd have to themselves, where there are two.
const (
	serverCore = 0
	crowdCore  = 1
)

// urgent is the niceness that a bench runs with where it may: what else runs on the
// machine takes less from it.
const urgent = -15

// pinSelf keeps all threads of this process, and those to come, on one core.
func pinSelf(core int) error {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	var set unix.CPUSet
	set.Set(core)
	for _, t := range tasks {
		id, err := strconv.Atoi(t.Name())
		if err == nil {
			err = unix.SchedSetaffinity(id, &set)
			_ = unix.Setpriority(unix.PRIO_PROCESS, id, urgent) // who may not does without
		}
		if err != nil && !errors.Is(err, unix.ESRCH) {
			return err
		}
	}
	return nil
}

// process is a server that runs.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *json.Decoder
	enc *json.Encoder
}

// start starts this program again as a server, on its core if there are several.
func start(role string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), roleVar+"="+role)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := startOn(cmd, serverCore); err != nil {
		return nil, err
	}
	return &process{cmd: cmd, in: in, out: json.NewDecoder(bufio.NewReader(out)), enc: json.NewEncoder(in)}, nil
}

// startOn starts a command on a core: a child has the affinity and the niceness of the
// thread that makes it.
func startOn(cmd *exec.Cmd, core int) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var was, set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &was); err != nil {
		return err
	}
	set.Set(core)
	if err := unix.SchedSetaffinity(0, &set); err != nil {
		return err
	}
	return errors.Join(cmd.Start(), unix.SchedSetaffinity(0, &was))
}

func (p *process) ask(r request) (reply, error) {
	var a reply
	if err := p.enc.Encode(r); err != nil {
		return a, fmt.Errorf("server: %w", err)
	}
	if err := p.out.Decode(&a); err != nil {
		return a, fmt.Errorf("server: %w", err)
	}
	if a.Error != "" {
		return a, errors.New("server: " + a.Error)
	}
	return a, nil
}

// end ends the server and waits for it.
func (p *process) end() error {
	_, err := p.ask(request{Do: "end"})
	_ = p.in.Close()
	return errors.Join(err, p.cmd.Wait())
}

// cpu is what the server has used so far, user and system (proc_pid_stat(5)).
func (p *process) cpu() (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0, fmt.Errorf("stat: %q", b)
	}
	const tick = 10 * time.Millisecond // USER_HZ, the same everywhere
	var sum time.Duration
	for _, s := range f[11:13] {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(n) * tick
	}
	return sum, nil
}
