package signaltest

import (
	"context"
	"errors"
	"fmt"

	"github.com/pion/webrtc/v4"

	"sangdam/rooms/sfu/sfutest"
	"sangdam/signaling/protocol"
)

// How media gets through, and how it is mended.

// begin makes a PeerConnection and its offer.
func (c *Client) begin(path string) (*sfutest.Client, string, error) {
	o := c.opts.Media
	o.Wall = o.Wall || c.Bootstrap.Kind == "console"
	o.Servers = c.ways()
	o.RelayOnly = path == "relay" || path == "audio"
	return offering(o)
}

func offering(o sfutest.Options) (*sfutest.Client, string, error) {
	m, err := sfutest.New(o)
	if err != nil {
		return nil, "", err
	}
	offer, err := m.Offer()
	if err != nil {
		m.Close()
		return nil, "", err
	}
	return m, offer, nil
}

// ways are the ICE servers that may be used, with the newest credentials.
func (c *Client) ways() []webrtc.ICEServer {
	var out []webrtc.ICEServer
	for _, s := range c.Servers() {
		if c.opts.Way == nil || c.opts.Way(s) {
			out = append(out, webrtc.ICEServer{URLs: s.URLs, Username: s.Username, Credential: s.Credential})
		}
	}
	return out
}

// Servers are the ICE servers as they were told last.
func (c *Client) Servers() []protocol.ICEServer {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.servers
}

// RestartICE restarts ICE over the socket.
func (c *Client) RestartICE(ctx context.Context) error {
	return c.restart(ctx, c.askRestart)
}

// PostRestart restarts ICE by REST, whatever has become of the socket.
func (c *Client) PostRestart(ctx context.Context) error {
	return c.restart(ctx, c.postRestart)
}

// RestartBothWays restarts ICE as a page does whose network has changed: over the
// socket and by REST at once. It is an error when both answer and differ.
func (c *Client) RestartBothWays(ctx context.Context) error {
	return c.restart(ctx, func(ctx context.Context, r protocol.Restart) (string, error) {
		type reply struct {
			answer string
			err    error
		}
		posted := make(chan reply, 1)
		go func() {
			answer, err := c.postRestart(ctx, r)
			posted <- reply{answer, err}
		}()
		answer, err := c.askRestart(ctx, r)
		other := <-posted
		switch {
		case err != nil && other.err != nil:
			return "", errors.Join(err, other.err)
		case err != nil:
			return other.answer, nil
		case other.err == nil && other.answer != answer:
			return "", errors.New("signaltest: one offer has two answers")
		}
		return answer, nil
	})
}

// RebuildBy takes a new PeerConnection, tried by a path, in the place of the
// former one, which ends when the new one is answered. Post asks by REST. What
// was sent is sent again.
func (c *Client) RebuildBy(ctx context.Context, path string, post bool) error {
	m, offer, err := c.begin(path)
	if err != nil {
		return err
	}
	ask := c.askRestart
	if post {
		ask = c.postRestart
	}
	answer, err := ask(ctx, protocol.Restart{Offer: offer, Rebuild: true, Path: path})
	if err == nil {
		err = m.Answer(answer)
	}
	if err != nil {
		m.Close()
		return fmt.Errorf("rebuild: %w", err)
	}
	c.mu.Lock()
	old := c.media
	c.media, c.path = m, path
	c.notify()
	c.mu.Unlock()
	if old != nil {
		for _, s := range []string{sfutest.Microphone, sfutest.Camera, sfutest.Screen, sfutest.ScreenAudio} {
			m.Send(s, old.Sends(s))
		}
		old.Close()
	}
	return nil
}

// Path is how the present PeerConnection was tried.
func (c *Client) Path() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.path
}

// Probe tries one way beside the media in use: route is udp or tcp, and relay
// takes the TURN servers alone. The caller closes what it returns.
func (c *Client) Probe(ctx context.Context, route string, relay bool) (*sfutest.Client, error) {
	o := c.opts.Media
	o.Wall, o.Probe, o.TCP, o.RelayOnly = false, true, route == "tcp" && !relay, relay
	if relay {
		o.Servers = c.ways()
	}
	m, offer, err := offering(o)
	if err != nil {
		return nil, err
	}
	var p protocol.Probed
	err = c.Ask(ctx, protocol.TypeProbe, protocol.Probe{Offer: offer, Route: route}, &p)
	if err == nil {
		err = m.Answer(p.Answer)
	}
	if err != nil {
		m.Close()
		return nil, fmt.Errorf("probe %s: %w", route, err)
	}
	return m, nil
}

func (c *Client) restart(ctx context.Context, ask func(context.Context, protocol.Restart) (string, error)) error {
	m := c.Media()
	if m == nil {
		return errors.New("signaltest: no media")
	}
	offer, err := m.Restart()
	if err != nil {
		return err
	}
	answer, err := ask(ctx, protocol.Restart{Offer: offer})
	if err != nil {
		return fmt.Errorf("restart: %w", err)
	}
	return m.Answer(answer)
}

func (c *Client) askRestart(ctx context.Context, r protocol.Restart) (string, error) {
	var got protocol.Restarted
	err := c.Ask(ctx, protocol.TypeRestart, r, &got)
	return got.Answer, err
}

func (c *Client) postRestart(ctx context.Context, r protocol.Restart) (string, error) {
	c.mu.Lock()
	session, secret := c.session, c.secret
	c.mu.Unlock()
	var got protocol.Restarted
	in := protocol.RestartSession{Secret: secret, Offer: r.Offer, Rebuild: r.Rebuild, Path: r.Path}
	err := c.post(ctx, "/api/v1/sessions/"+session+"/restart", in, &got)
	return got.Answer, err
}
