package netlab

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Crowd are people made of Pion, in a place with a perfect line; see package crowd.
type Crowd struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines *bufio.Scanner

	mu  sync.Mutex // one order at a time
	ref int
}

// gather starts the program and lets so many people enter: the interpreter, then
// colleagues of the buyer.
func (m *Meeting) gather(ctx context.Context, people int) (*Crowd, error) {
	at, err := m.Lab.Place("crowd")
	if err != nil {
		return nil, err
	}
	c := &Crowd{cmd: at.space.command(m.files.Crowd)}
	c.cmd.Stderr = os.Stderr
	c.cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+m.Server.file(filepath.Join("data", "hall.crt")))
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.lines = bufio.NewScanner(out)
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	for i := range people {
		link, err := m.Server.Link("Interpreter EN")
		if i > 0 {
			link, err = m.colleague(ctx)
		}
		if err == nil {
			err = c.Order(map[string]any{"who": comer(i), "do": "enter", "url": link, "consultation": consultation, "number": firstComer + i, "coded": true})
		}
		if err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

// firstComer is what the film of the first of them says, the interpreter's.
const firstComer = 10

// comer is how orders call one of them.
func comer(i int) string { return fmt.Sprint("crowd", i) }

// Order has an order done.
func (c *Crowd) Order(order map[string]any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ref++
	order["ref"] = c.ref
	text, err := json.Marshal(order)
	if err != nil {
		return err
	}
	if _, err := c.in.Write(append(text, '\n')); err != nil {
		return err
	}
	if !c.lines.Scan() {
		return errors.Join(errors.New("the crowd has ended"), c.lines.Err())
	}
	var answer struct{ Error string }
	if err := json.Unmarshal(c.lines.Bytes(), &answer); err != nil {
		return err
	}
	if answer.Error != "" {
		return fmt.Errorf("crowd: %v %v: %s", order["who"], order["do"], answer.Error)
	}
	return nil
}

// Close lets everybody go.
func (c *Crowd) Close() error {
	_ = c.in.Close()
	kill := time.AfterFunc(10*time.Second, func() { _ = c.cmd.Process.Kill() })
	defer kill.Stop()
	return c.cmd.Wait()
}

// colleague makes a link for one more of the buyer's people, as a coordinator does.
// It is made by a page, which is where the server can be reached from.
func (m *Meeting) colleague(ctx context.Context) (string, error) {
	link, err := m.Server.Link("coordinator")
	if err != nil {
		return "", err
	}
	u, err := url.Parse(link)
	if err != nil {
		return "", err
	}
	script := fmt.Sprintf(`(async () => {
		const call = async (method, path, token, body) => {
			const response = await fetch('/api/v1/' + path, { method, body: body && JSON.stringify(body),
				headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: 'Bearer ' + token } : {}) } });
			if (!response.ok) throw new Error(method + ' ' + path + ': ' + response.status + ' ' + await response.text());
			return response.json();
		};
		const { token } = await call('POST', 'links/%s/open', '', { secret: %s });
		const links = await call('GET', 'events/%s/links', token);
		const buyer = links.links.find((l) => l.role === 'buyer');
		return (await call('POST', 'events/%[3]s/links', token, { role: 'buyer', party: buyer.party })).url;
	})()`, strings.TrimPrefix(u.Path, "/j/"), quote(u.Fragment), event)
	var made string
	return made, m.Firm.Evaluate(ctx, script, &made)
}
