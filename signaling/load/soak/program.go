package soak

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const (
	startWithin = 20 * time.Second
	stopWithin  = 20 * time.Second
)

// program is a process of ours that writes into a log.
type program struct {
	cmd  *exec.Cmd
	log  string        // file
	done chan struct{} // closed when it has ended
	err  error         // how; fixed when done is closed
}

func start(log string, name string, args ...string) (*program, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = out.Close() }() // the process has its own
	p := &program{cmd: exec.Command(name, args...), log: log, done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = out, out
	// In a group of its own: Ctrl-C is for us, who end it in its turn.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { // ends with the process; end waits for it
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// end asks it to stop, and kills it when it does not.
func (p *program) end() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	t := time.NewTimer(stopWithin)
	defer t.Stop()
	select {
	case <-p.done:
		return p.err
	case <-t.C:
		_ = p.cmd.Process.Kill()
		<-p.done
		return fmt.Errorf("%s did not stop", filepath.Base(p.cmd.Path))
	}
}

// until waits for ready, which is tried again and again.
func (p *program) until(ctx context.Context, ready func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s has ended (%w); it wrote: %s", filepath.Base(p.cmd.Path), p.err, p.said())
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// said is what it wrote, or what remains of that: the last 64 kB.
func (p *program) said() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-64<<10):])
}

// server is `sangdam serve` on a Redis of its own.
type server struct {
	redis, serve *program
	url          string
	redisURL     string
	data         string
	metrics      string // URL
}

// startServer runs both, all of their files in folder.
func startServer(ctx context.Context, binary, folder string) (_ *server, err error) {
	s := &server{data: filepath.Join(folder, "data")}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.stop())
		}
	}()
	socket := filepath.Join(folder, "redis")
	s.redisURL = "unix://" + socket
	s.redis, err = start(filepath.Join(folder, "redis.log"), "redis-server", "--port", "0", "--unixsocket", socket,
		"--dir", folder, "--appendonly", "yes", "--save", "", "--daemonize", "no")
	if err != nil {
		return nil, fmt.Errorf("redis-server: %w (apt-get install redis-server)", err)
	}
	var ports [2]string
	for i := range ports {
		if ports[i], err = freePort(); err != nil {
			return nil, err
		}
	}
	if err := s.redis.until(ctx, func(context.Context) error {
		c, err := net.Dial("unix", socket)
		if err == nil {
			err = c.Close()
		}
		return err
	}); err != nil {
		return nil, err
	}
	s.url, s.metrics = "http://"+ports[0], "http://"+ports[1]+"/metrics"
	s.serve, err = start(filepath.Join(folder, "serve.log"), binary, "serve",
		"--listen", ports[0], "--metrics", ports[1], "--redis", s.redisURL, "--data", s.data, "--log-level", "warn",
		"--media-advertise", "127.0.0.1", "--media-udp", "127.0.0.1:0", "--media-tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return s, s.serve.until(ctx, func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/readyz", nil)
		if err != nil {
			return err
		}
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("/readyz: HTTP %d", resp.StatusCode)
		}
		return nil
	})
}

// stop ends the server, then its Redis.
func (s *server) stop() error {
	var err error
	for _, p := range []*program{s.serve, s.redis} {
		if p != nil {
			err = errors.Join(err, p.end())
		}
	}
	return err
}

// freePort is an address on loopback that nobody listens on.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
