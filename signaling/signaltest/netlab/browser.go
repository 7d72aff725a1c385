package netlab

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Browser is a real browser in a place, driven through a program of Node, which
// speaks to it over pipes and needs no network.
type Browser struct {
	node  *exec.Cmd
	in    io.WriteCloser
	ended chan struct{} // closed when the program's output has ended

	mu      sync.Mutex // guards all below
	ref     int
	waiting map[int]chan reply
	faults  []string
	told    []string
}

type reply struct {
	Ref   int             `json:"ref"`
	Value json.RawMessage `json:"value"`
	Error string          `json:"error"`
	Fault string          `json:"fault"`
	Told  string          `json:"told"`
}

// Launch says how a browser is started.
type Launch struct {
	// Static is the folder of the client, which has the driver and its packages.
	Static  string
	Firefox bool
	// Args are Chromium's, beside those that it always gets.
	Args     []string
	Language string
	// Temporary is the folder for the browser's profile.
	Temporary string
	// Script runs in every page before its own do.
	Script string
}

// chromiumArgs are for a Chromium without a person in front of it. A certificate
// that nobody signed is fine here, and nothing may ever be asked of other hosts.
func chromiumArgs() []string {
	return []string{
		"--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
		"--use-fake-ui-for-media-stream", "--auto-select-desktop-capture-source=Entire screen",
		"--autoplay-policy=no-user-gesture-required", "--ignore-certificate-errors",
		"--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
		"--disable-features=WebRtcHideLocalIpsWithMdns",
	}
}

// Launch starts a browser in the place.
func (p *Place) Launch(ctx context.Context, o Launch) (*Browser, error) {
	b := &Browser{waiting: make(map[int]chan reply), ended: make(chan struct{})}
	b.node = p.space.command("node", filepath.Join(o.Static, "e2e", "netlab", "driver.mjs"))
	b.node.Stderr = os.Stderr
	b.node.Env = append(os.Environ(), "TMPDIR="+o.Temporary)
	in, err := b.node.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := b.node.StdoutPipe()
	if err != nil {
		return nil, err
	}
	b.in = in
	if err := b.node.Start(); err != nil {
		return nil, fmt.Errorf("driver: %w", err)
	}
	go b.read(out)
	kind := "chromium"
	if o.Firefox {
		kind = "firefox"
	}
	err = b.ask(ctx, map[string]any{
		"do": "launch", "browser": kind, "args": append(chromiumArgs(), o.Args...), "script": o.Script, "language": o.Language,
	}, nil)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("launch %s: %w", kind, err), b.Close())
	}
	return b, nil
}

// read hands replies to those who wait, until the program ends.
func (b *Browser) read(out io.Reader) {
	defer close(b.ended)
	lines := bufio.NewReaderSize(out, 1<<20)
	for {
		text, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var r reply
		if err := json.Unmarshal(text, &r); err != nil {
			r = reply{Fault: "the driver says: " + string(text)}
		}
		b.mu.Lock()
		switch {
		case r.Fault != "":
			b.faults = append(b.faults, r.Fault)
		case r.Told != "":
			b.told = append(b.told, r.Told)
		default:
			if c := b.waiting[r.Ref]; c != nil {
				c <- r // holds one
				delete(b.waiting, r.Ref)
			}
		}
		b.mu.Unlock()
	}
}

func (b *Browser) ask(ctx context.Context, order map[string]any, out any) error {
	answer := make(chan reply, 1)
	b.mu.Lock()
	b.ref++
	order["ref"] = b.ref
	b.waiting[b.ref] = answer
	text, err := json.Marshal(order)
	if err == nil {
		_, err = b.in.Write(append(text, '\n'))
	}
	b.mu.Unlock()
	if err != nil {
		return err
	}
	select {
	case r := <-answer:
		if r.Error != "" {
			return fmt.Errorf("%v: %s", order["do"], r.Error)
		}
		if out == nil {
			return nil
		}
		return json.Unmarshal(r.Value, out)
	case <-b.ended:
		return fmt.Errorf("%v: the driver has ended", order["do"])
	case <-ctx.Done():
		return fmt.Errorf("%v: %w", order["do"], context.Cause(ctx))
	}
}

// Open goes to an address.
func (b *Browser) Open(ctx context.Context, url string) error {
	return b.ask(ctx, map[string]any{"do": "open", "url": url}, nil)
}

// Evaluate runs an expression in the page; a promise is awaited. Its value is read
// into out, unless that is nil.
func (b *Browser) Evaluate(ctx context.Context, expression string, out any) error {
	return b.ask(ctx, map[string]any{"do": "evaluate", "source": expression}, out)
}

// Click clicks on the first thing that a selector finds.
func (b *Browser) Click(ctx context.Context, selector string) error {
	return b.ask(ctx, map[string]any{"do": "click", "selector": selector}, nil)
}

// Resize gives the page another size.
func (b *Browser) Resize(ctx context.Context, width, height int) error {
	return b.ask(ctx, map[string]any{"do": "resize", "width": width, "height": height}, nil)
}

// Screenshot writes a PNG.
func (b *Browser) Screenshot(ctx context.Context, path string) error {
	return b.ask(ctx, map[string]any{"do": "screenshot", "path": path}, nil)
}

// Faults are what went wrong on the page.
func (b *Browser) Faults() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.faults...)
}

// Told is what the page wrote to its console as warning or error.
func (b *Browser) Told() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.told...)
}

// Sleep stops the browser's processes, all but the driver: a laptop that was shut.
func (b *Browser) Sleep() error { return b.signal(syscall.SIGSTOP) }

// Wake lets them go on.
func (b *Browser) Wake() error { return b.signal(syscall.SIGCONT) }

func (b *Browser) signal(s syscall.Signal) error {
	below, err := descendants(b.node.Process.Pid)
	if err != nil {
		return err
	}
	var errs []error
	for _, p := range below {
		if p.command != "node" {
			errs = append(errs, syscall.Kill(p.pid, s))
		}
	}
	return errors.Join(errs...)
}

type process struct {
	pid, parent int
	command     string
}

// descendants are all processes below one.
func descendants(pid int) ([]process, error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	below := make(map[int][]process)
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // has just ended
		}
		// pid (command) state parent …: the command may have blanks and brackets.
		open, shut := strings.IndexByte(string(text), '('), strings.LastIndexByte(string(text), ')')
		if open < 0 || shut < open {
			continue
		}
		rest := strings.Fields(string(text[shut+1:]))
		if len(rest) < 2 {
			continue
		}
		own, _ := strconv.Atoi(strings.TrimSpace(string(text[:open])))
		parent, _ := strconv.Atoi(rest[1])
		below[parent] = append(below[parent], process{own, parent, string(text[open+1 : shut])})
	}
	found := below[pid]
	for i := 0; i < len(found); i++ {
		found = append(found, below[found[i].pid]...)
	}
	return found, nil
}

// Close ends the browser and its driver.
func (b *Browser) Close() error {
	_ = b.in.Close()
	select {
	case <-b.ended:
	case <-time.After(10 * time.Second):
		below, _ := descendants(b.node.Process.Pid)
		for _, p := range below {
			_ = syscall.Kill(p.pid, syscall.SIGKILL)
		}
		_ = b.node.Process.Kill()
		<-b.ended
	}
	return b.node.Wait()
}
