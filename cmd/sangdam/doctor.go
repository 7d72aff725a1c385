package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"time"

	"sangdam/rooms/store"
)

// localLimit is how long a healthy server may take to answer itself.
const localLimit = 3 * time.Second

// maxSkew is how far this machine's clock and Redis's may be apart: attendance
// is exact to a second, so the clock must be better.
const maxSkew = 500 * time.Millisecond

type doctorCommand struct {
	Config
	Local bool `help:"Only ask the server on this machine whether it is well; the exit code tells."`
}

// Run looks at everything that a server needs, says each finding with its
// remedy, and fails when one of them keeps the server from working.
func (c *doctorCommand) Run(ctx context.Context, m *Main) error {
	if c.Local {
		if err := askLocal(ctx, &c.Edge); err != nil {
			return &failure{text: "the server on this machine does not answer", cause: err}
		}
		fmt.Fprintln(m.Stdout, "ok")
		return nil
	}
	checks := []struct {
		name  string
		check func(context.Context) (string, error)
	}{
		{"settings", c.settings},
		{"redis", c.redis},
		{"data folder", c.dataFolder},
		{"pages", c.pagesPort},
		{"media", c.mediaPorts},
		{"addresses", c.mediaAddresses},
	}
	bad := 0
	for _, check := range checks {
		told, err := check.check(ctx)
		if err != nil {
			bad++
			fmt.Fprintf(m.Stdout, "BAD   %-12s %v\n", check.name, err)
			continue
		}
		fmt.Fprintf(m.Stdout, "ok    %-12s %s\n", check.name, told)
	}
	if bad > 0 {
		return &failure{text: fmt.Sprintf("%d of %d checks found something that keeps this server from working", bad, len(checks))}
	}
	return nil
}

// askLocal asks the server on this machine, through its own listener, whether it
// is well.
func askLocal(ctx context.Context, c *Edge) error {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return err
	}
	if ip, err := netip.ParseAddr(host); host == "" || (err == nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	scheme := "http"
	if c.TLS.Cert != "" {
		scheme = "https"
	}
	client := &http.Client{
		Timeout: localLimit,
		Transport: &http.Transport{
			DisableKeepAlives: true,
			// The certificate is for the public name; here we talk to our own port.
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12},
		},
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 4<<10))
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("it says %s", response.Status)
	}
	return nil
}

func (c *doctorCommand) settings(context.Context) (string, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	if c.PublicURL == "" {
		return "", errors.New("public-url is not set: links would point to this machine only")
	}
	return "links start with " + c.publicURL(nil), nil
}

func (c *doctorCommand) redis(ctx context.Context) (string, error) {
	if c.Redis == "" {
		return "", errNoRedis
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	s, err := openStore(ctx, store.Options{URL: c.Redis, Logger: quiet})
	if err != nil {
		return "", err
	}
	defer s.Close()
	before := time.Now()
	theirs, err := s.Clock(ctx)
	if err != nil {
		return "", err
	}
	middle := before.Add(time.Since(before) / 2)
	if skew := theirs.Sub(middle).Abs(); skew > maxSkew {
		return "", fmt.Errorf("its clock and this machine's are %v apart: let both follow a time server (`timedatectl set-ntp true`)", skew.Round(time.Millisecond))
	}
	return "answers, and the clocks agree", nil
}

func (c *doctorCommand) dataFolder(context.Context) (string, error) {
	if c.Data == "" {
		return "", errNoData
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(c.Data, "doctor-*")
	if err != nil {
		return "", err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return "", err
	}
	return c.Data + " can be written to", nil
}

func (c *doctorCommand) pagesPort(ctx context.Context) (string, error) {
	l, err := net.Listen("tcp", c.Listen)
	if err == nil {
		return c.Listen + " is free", l.Close()
	}
	if askLocal(ctx, &c.Edge) == nil {
		return c.Listen + " is served, and the server is well", nil
	}
	return "", portTaken("listen", c.Listen, err)
}

func (c *doctorCommand) mediaPorts(ctx context.Context) (string, error) {
	told := fmt.Sprintf("UDP %s and TCP %s are", c.Media.UDP, c.Media.TCP)
	udp, err := net.ListenPacket("udp", c.Media.UDP)
	if err == nil {
		err = udp.Close()
	}
	if err == nil {
		var tcp net.Listener
		if tcp, err = net.Listen("tcp", c.Media.TCP); err == nil {
			err = tcp.Close()
		}
	}
	if err == nil {
		return told + " free; open them in the firewall", nil
	}
	if askLocal(ctx, &c.Edge) == nil {
		return told + " in use, and the server is well", nil
	}
	return "", portTaken("media-udp and media-tcp", c.Media.UDP+" and "+c.Media.TCP, err)
}

func (c *doctorCommand) mediaAddresses(context.Context) (string, error) {
	addresses, err := c.Media.addresses()
	if err != nil {
		return "", err
	}
	reachable := 0
	for _, a := range addresses {
		if !a.IsLoopback() {
			reachable++
		}
	}
	if reachable == 0 {
		return "", errors.New("only this machine itself could see and hear: set media-advertise to the address that browsers reach")
	}
	return fmt.Sprintf("browsers are told %v", addresses), nil
}
