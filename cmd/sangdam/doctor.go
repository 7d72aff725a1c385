package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
)

// localLimit is how long a healthy server may take to answer itself.
const localLimit = 3 * time.Second

// maxSkew is how far this machine's clock and Redis's may be apart: attendance
// is exact to a second, so the clock must be better.
const maxSkew = 500 * time.Millisecond

// leastFree is how much room the data folder should have: a day's record is some
// megabytes, and it is other programs that fill disks.
const leastFree = 1 << 30

// warning is what a check has found that does not keep the server from working.
type warning string

func (w warning) Error() string { return string(w) }

type doctorCommand struct {
	Config
	Local bool `help:"Only ask the server on this machine whether it is well; the exit code tells."`

	lookup func(ctx context.Context, host string) ([]netip.Addr, error) // names in DNS
	asked  *bool                                                        // nil: whether the server is well was not asked yet
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
	c.lookup = m.Lookup
	if c.lookup == nil {
		c.lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	checks := []struct {
		name  string
		check func(context.Context) (string, error)
	}{
		{"settings", c.settings},
		{"redis", c.redis},
		{"clock", c.clock},
		{"persistence", c.persistence},
		{"data folder", c.dataFolder},
		{"keys", c.keys},
		{"accounts", c.accounts},
		{"pages", c.pagesPort},
		{"certificate", c.certificate},
		{"relay", c.relay},
		{"media", c.mediaPorts},
		{"addresses", c.mediaAddresses},
		{"name", c.name},
	}
	bad := 0
	var doubt warning
	for _, check := range checks {
		told, err := check.check(ctx)
		switch {
		case errors.As(err, &doubt):
			fmt.Fprintf(m.Stdout, "WARN  %-12s %s\n", check.name, doubt)
			continue
		case err != nil:
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
	at, err := localAddr(c.Listen)
	if err != nil {
		return err
	}
	scheme := "http"
	if c.TLS.on() {
		scheme = "https"
	}
	client := &http.Client{
		Timeout: localLimit,
		Transport: &http.Transport{
			DisableKeepAlives: true,
			// The certificate is for the public name; here we talk to our own port.
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true, ServerName: serverName(c), MinVersion: tls.VersionTLS12},
		},
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+at+"/healthz", nil)
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

// localAddr is where this machine reaches what listens there.
func localAddr(listen string) (string, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", err
	}
	if ip, err := netip.ParseAddr(host); host == "" || (err == nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}

// serverName is the name to ask for: a certificate of an authority is shown to
// nobody who asks for another one.
func serverName(c *Edge) string {
	if len(c.TLS.ACME) > 0 {
		return c.TLS.ACME[0]
	}
	if u, err := url.Parse(c.PublicURL); err == nil {
		return u.Hostname()
	}
	return ""
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
	return c.ask(ctx, func(ctx context.Context, s *store.Store) (string, error) {
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
	})
}

// ask opens the store for one check.
func (c *doctorCommand) ask(ctx context.Context, check func(context.Context, *store.Store) (string, error)) (string, error) {
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
	return check(ctx, s)
}

// persistence looks whether Redis would still have everything after it was
// started anew.
func (c *doctorCommand) persistence(ctx context.Context) (string, error) {
	return c.ask(ctx, func(ctx context.Context, s *store.Store) (string, error) {
		kept, err := s.Durability(ctx)
		switch {
		case err != nil:
			return "", warning("Redis does not tell how it keeps its data (INFO): see that appendonly is yes there")
		case kept.Evicts != "":
			return "", warning("Redis throws keys away when its memory is short (maxmemory-policy " + kept.Evicts + "): set it to noeviction, or the record loses entries")
		case !kept.Appends:
			return "", warning("Redis writes no append-only file: timetable, links and record would be lost with it. Set appendonly to yes in redis.conf")
		}
		return "Redis writes an append-only file and throws nothing away", nil
	})
}

// accounts looks whether anybody could sign in to make further accounts.
func (c *doctorCommand) accounts(ctx context.Context) (string, error) {
	return c.ask(ctx, func(ctx context.Context, s *store.Store) (string, error) {
		all, err := s.Accounts(ctx)
		if err != nil {
			return "", err
		}
		administrators := 0
		for _, a := range all {
			if a.Right == schedule.RightAdministrator && !a.Disabled && len(a.Events) == 0 {
				administrators++
			}
		}
		if administrators == 0 {
			return "", warning("there is no administrator: make one with `sangdam account add --right administrator LOGIN`, or work with the coordinators' links alone")
		}
		return fmt.Sprintf("%d of staff, administrators of all events among them: %d", len(all), administrators), nil
	})
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
	// The spool is a folder of its own, which another user may have made.
	spool := filepath.Join(c.Data, store.SpoolDir)
	if _, err := os.Stat(spool); err == nil {
		f, err := os.CreateTemp(spool, "doctor-*")
		if err != nil {
			return "", fmt.Errorf("the record's spool cannot be written to (give it to the user that runs the server): %w", err)
		}
		_ = f.Close()
		_ = os.Remove(f.Name())
	}
	free, err := freeSpace(c.Data)
	if err != nil {
		return "", err
	}
	if free < leastFree {
		return "", warning(fmt.Sprintf("%s can be written to, but only %d MB are free: make room, or the record waits in memory when it is full", c.Data, free>>20))
	}
	return fmt.Sprintf("%s can be written to, %d GB are free", c.Data, free>>30), nil
}

// freeSpace is how many bytes this user may still write there.
func freeSpace(dir string) (uint64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return 0, fmt.Errorf("how much room %s has: %w", dir, err)
	}
	return disk.Bavail * uint64(disk.Bsize), nil
}

// keys looks whether what links derive from and what the record is signed with
// is nobody else's to read.
func (c *doctorCommand) keys(context.Context) (string, error) {
	if c.Data == "" {
		return "", errNoData
	}
	var there, open []string
	for _, name := range []string{linkKeyFile, store.LedgerKeyFile} {
		info, err := os.Stat(filepath.Join(c.Data, name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return "", err
		case info.Mode().Perm()&0o077 != 0:
			open = append(open, name)
		}
		there = append(there, name)
	}
	switch {
	case len(open) > 0:
		return "", warning(fmt.Sprintf("%s can be read by others on this machine: chmod 600", strings.Join(open, " and ")))
	case len(there) == 0:
		return "made at the first start; then keep a copy of the data folder", nil
	}
	return strings.Join(there, " and ") + ": there, and nobody else's to read; keep a copy", nil
}
