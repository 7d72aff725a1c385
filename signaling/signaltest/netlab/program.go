package netlab

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"sync"
	"syscall"
	"time"
)

// program is a process of the bed, its output and its end.
type program struct {
	name  string
	cmd   *exec.Cmd
	ended chan struct{} // closed after err is set
	err   error

	mu     sync.Mutex // guards output
	output bytes.Buffer
}

// keptOutput is how much of a program's output is kept, the first part.
const keptOutput = 4 << 20

func startProgram(name string, cmd *exec.Cmd) (*program, error) {
	p := &program{name: name, cmd: cmd, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p, p
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	go func() {
		p.err = cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// Write keeps output.
func (p *program) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.output.Len() < keptOutput {
		p.output.Write(b)
	}
	return len(b), nil
}

func (p *program) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.String()
}

// says waits until its output has this.
func (p *program) says(what *regexp.Regexp, within time.Duration) error {
	deadline := time.Now().Add(within)
	for !what.MatchString(p.said()) {
		select {
		case <-p.ended:
			return fmt.Errorf("%s has ended (%w) and said:\n%s", p.name, p.err, tail(p.said()))
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s does not say %q within %v, but:\n%s", p.name, what, within, tail(p.said()))
		}
	}
	return nil
}

// finish awaits the end of a program that ends by itself.
func (p *program) finish(within time.Duration) error {
	select {
	case <-p.ended:
		if p.err != nil {
			return fmt.Errorf("%s: %w:\n%s", p.name, p.err, tail(p.said()))
		}
		return nil
	case <-time.After(within):
		return errors.Join(fmt.Errorf("%s takes longer than %v", p.name, within), p.end(syscall.SIGKILL))
	}
}

// end sends a signal and awaits the end; a program that will not go is killed.
func (p *program) end(signal syscall.Signal) error {
	_ = p.cmd.Process.Signal(signal)
	select {
	case <-p.ended:
		return nil
	case <-time.After(20 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.ended
		return fmt.Errorf("%s did not end by itself", p.name)
	}
}

// tail is the end of an output, for an error.
func tail(s string) string { return s[max(0, len(s)-4000):] }
