package netlab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"sangdam/signaling/signaltest/netlab/truth"
)

// Person is somebody at a browser, in a place of their own.
type Person struct {
	*Browser
	// Role is how others' pages call them, Number what their film and sound say.
	Role   string
	Number int
	Place  *Place
}

// patience bounds waiting for a page that should do something by itself.
const patience = 30 * time.Second

// Until waits until an expression of the page is true; what is for the failure.
func (p *Person) Until(ctx context.Context, what, expression string, within time.Duration) error {
	deadline := time.Now().Add(within)
	var last error
	for {
		var ok bool
		if last = p.Evaluate(ctx, "!!("+expression+")", &ok); last == nil && ok {
			return nil
		}
		if ctx.Err() != nil || time.Now().After(deadline) {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	var seen string
	look, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := p.Evaluate(look, `document.querySelector('[data-place]')?.dataset.place + ': ' + document.body.innerText.slice(0, 600)`, &seen)
	return errors.Join(fmt.Errorf("the %s waited %v for %s; sees %q; faults %q", p.Role, within, what, seen, p.Faults()), last, err)
}

func exists(selector string) string {
	return fmt.Sprintf("document.querySelector(%s)", quote(selector))
}

func quote(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string has a JSON form
	}
	return string(text)
}

// At waits until the page is at a place of the visit: lobby, room …
func (p *Person) At(ctx context.Context, place string) error {
	return p.Until(ctx, "the "+place, exists(`[data-place="`+place+`"]`), patience)
}

// Ready waits until the button of the lobby can be pressed.
func (p *Person) Ready(ctx context.Context) error {
	return p.Until(ctx, "a join button to press", `(b => b && !b.disabled && b.getAttribute('aria-disabled') !== 'true')(`+exists(`[data-testid="join"]`)+`)`, patience)
}

// Join presses it and waits for the room.
func (p *Person) Join(ctx context.Context) error {
	if err := p.Ready(ctx); err != nil {
		return err
	}
	if err := p.Click(ctx, `[data-testid="join"]`); err != nil {
		return err
	}
	return p.At(ctx, "room")
}

// tile is where a role's picture is.
func tile(role string) string {
	return `[data-testid="tile"][data-kind="person"][data-role="` + role + `"] video`
}

// Sees waits until the picture of a role moves: the reader has read more frames of it.
func (p *Person) Sees(ctx context.Context, role string, within time.Duration) error {
	shown := "window.__truth.shown(" + quote(role) + ")"
	var before float64
	if err := p.Evaluate(ctx, shown, &before); err != nil {
		return err
	}
	return p.Until(ctx, "pictures of the "+role, fmt.Sprintf("%s >= %v", shown, before+5), within)
}

// Record is what the page saw and heard until now.
func (p *Person) Record(ctx context.Context) (*truth.Record, error) {
	var text json.RawMessage
	if err := p.Evaluate(ctx, "window.__truth.report()", &text); err != nil {
		return nil, fmt.Errorf("record of the %s: %w", p.Role, err)
	}
	r, err := truth.Parse(text)
	if err == nil && len(r.Faults) > 0 {
		err = fmt.Errorf("the reader in the page of the %s: %q", p.Role, r.Faults)
	}
	return r, err
}

// paused says whether the buyer's page explains why a picture rests.
func (m *Meeting) paused(ctx context.Context) (bool, error) {
	var so bool
	return so, m.Buyer.Evaluate(ctx, `document.querySelector('[data-testid="tile"][data-paused="true"], [data-testid="paused"]') !== null`, &so)
}

// Say writes into the chat, which is open.
func (p *Person) Say(ctx context.Context, text string) error {
	if err := p.ask(ctx, map[string]any{"do": "type", "selector": `[data-testid="chat-input"]`, "text": text}, nil); err != nil {
		return err
	}
	return p.Click(ctx, `[data-testid="chat-send"]`)
}

// Heard are the messages of the chat, which is open, in the page's order.
func (p *Person) Heard(ctx context.Context) ([]string, error) {
	var texts []string
	err := p.Evaluate(ctx, `[...document.querySelectorAll('[data-testid="chat-message"]')].map((m) => /message \d+/.exec(m.textContent)?.[0])`, &texts)
	return texts, err
}
