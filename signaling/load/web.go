package load

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"sangdam/signaling/protocol"
)

const (
	maxReply = 8 << 20 // bytes of a reply by HTTP
	// tries is how often somebody who is told to wait asks again.
	tries = 20
)

// refused is an error that the server told.
type refused struct{ why protocol.Error }

func (r *refused) Error() string {
	return fmt.Sprintf("refused: %s %s", r.why.Code, r.why.Detail)
}

// codeOf is the code that err tells, or a word for what is no answer of the server.
func codeOf(err error) string {
	var r *refused
	switch {
	case errors.As(err, &r):
		return string(r.why.Code)
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	}
	return "network"
}

// actionOf is what a client does about err: none for one that the server did not tell.
func actionOf(err error) protocol.Action {
	var r *refused
	if errors.As(err, &r) {
		return r.why.Action
	}
	return protocol.ActionNone
}

// web speaks HTTP to the server.
type web struct {
	url  string       // of the server
	http *http.Client // with what it trusts
}

func (w *web) post(ctx context.Context, path, token string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := w.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		var p protocol.Problem
		if err := json.Unmarshal(raw, &p); err != nil || p.Code == "" {
			return fmt.Errorf("HTTP %d: %.200s", resp.StatusCode, raw)
		}
		return &refused{protocol.Error{Code: p.Code, Action: p.Action, RetryAfterMS: p.RetryAfterMS, Detail: p.Detail}}
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(raw, out)
}

// open exchanges a link for a token (R2).
func (w *web) open(ctx context.Context, l Link, token string) (protocol.Bootstrap, error) {
	var b protocol.Bootstrap
	err := patiently(ctx, func() error {
		return w.post(ctx, "/api/v1/links/"+l.ID+"/open", "", protocol.OpenLink{Secret: l.Secret, Token: token}, &b)
	})
	return b, err
}

func (w *web) dial(ctx context.Context) (*websocket.Conn, error) {
	d := websocket.Dialer{Subprotocols: []string{protocol.Subprotocol}, EnableCompression: true}
	if t, ok := w.http.Transport.(*http.Transport); ok {
		d.TLSClientConfig, d.NetDialContext = t.TLSClientConfig, t.DialContext
	}
	ws, resp, err := d.DialContext(ctx, "ws"+strings.TrimPrefix(w.url, "http")+"/ws", nil)
	if err != nil && resp != nil {
		return nil, fmt.Errorf("dial: %w (HTTP %d)", err, resp.StatusCode)
	}
	return ws, err
}

// patiently asks again while the server says when to.
func patiently(ctx context.Context, ask func() error) error {
	for n := 1; ; n++ {
		err := ask()
		var r *refused
		if !errors.As(err, &r) || r.why.Code != protocol.CodeRateLimited || n == tries {
			return err
		}
		if err := sleep(ctx, time.Duration(max(r.why.RetryAfterMS, 10))*time.Millisecond); err != nil {
			return err
		}
	}
}

// sleep waits, unless ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// EndRooms ends every room of a hall at the server: whoever is there is out, and
// no verdict is waited for.
func (h *Hall) EndRooms(ctx context.Context, c *http.Client) error {
	w := &web{url: h.URL, http: c}
	b, err := w.open(ctx, h.Console, "")
	if err != nil {
		return fmt.Errorf("end the rooms of %s: %w", h.Event, err)
	}
	if b.Event.ID != h.Event {
		return errNotOurs
	}
	var failed error
	for _, r := range h.Rooms {
		err := patiently(ctx, func() error {
			return w.post(ctx, "/api/v1/events/"+h.Event+"/consultations/"+r.Consultation+"/end", b.Token, protocol.Reasoned{Reason: practiceOrganiser}, nil)
		})
		if codeOf(err) != string(protocol.CodeEnded) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}
