package netlab

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// space is a network namespace that `ip netns` knows.
type space string

func newSpace(name string) (space, error) {
	if err := ip("netns", "add", name); err != nil {
		return "", err
	}
	s := space(name)
	return s, s.ip("link", "set", "lo", "up")
}

// ordinary makes TCP there like that of people's computers and of offices' proxies,
// which is not BBR, whatever this machine's default is. A namespace may always have
// Reno (RFC 5681), and not always Cubic.
func (s space) ordinary() error {
	return s.do(func() error {
		return os.WriteFile("/proc/sys/net/ipv4/tcp_congestion_control", []byte("reno"), 0)
	})
}

// remove forgets the namespace; it ends with the last program in it.
func (s space) remove() error { return ip("netns", "delete", string(s)) }

// ip runs ip in the namespace.
func (s space) ip(args ...string) error { return ip(append([]string{"-n", string(s)}, args...)...) }

// command is a program in the namespace; its /sys is the namespace's, too.
func (s space) command(name string, args ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", string(s), name}, args...)...)
}

// run runs a program there to its end.
func (s space) run(ctx context.Context, in, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "ip", append([]string{"netns", "exec", string(s), name}, args...)...)
	cmd.Stdin = strings.NewReader(in)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("%s in %s: %w: %s", name, s, err, bytes.TrimSpace(out))
	}
	return string(out), nil
}

// do calls f on a thread that is in the namespace. What f opens stays there.
func (s space) do(f func() error) error {
	done := make(chan error, 1)
	go func() {
		// Never unlocked: the thread ends with the goroutine, and nobody else gets
		// one that is elsewhere.
		runtime.LockOSThread()
		done <- func() error {
			at, err := os.Open("/run/netns/" + string(s))
			if err != nil {
				return err
			}
			defer at.Close()
			if err := unix.Setns(int(at.Fd()), unix.CLONE_NEWNET); err != nil {
				return fmt.Errorf("enter %s: %w", s, err)
			}
			return f()
		}()
	}()
	return <-done
}

func ip(args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "ip", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return nil
}
