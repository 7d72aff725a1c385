// Package signaltest is a whole client without a browser: it opens a link,
// speaks the wire protocol over a real WebSocket and sends and receives media
// over a real PeerConnection. The integration tests and `sangdam load` use it.
//
// A Client owns one session: its current socket with the goroutine that reads
// it, its media (sfutest), and what it was told, which only that goroutine
// changes. Close ends and awaits all of it. Calling the server's Go functions
// instead was rejected: an outsider's client must be able to do all this from
// PROTOCOL.md alone.
package signaltest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/gorilla/websocket"

	"sangdam/rooms/sfu/sfutest"
	"sangdam/signaling/protocol"
)

// Options of a Client.
type Options struct {
	// URL of the server, http://host:port.
	URL string
	// Link and Secret are the two parts of /j/LINK#SECRET.
	Link, Secret string
	// Token of a tab that opened the link before; "" for a new tab.
	Token string
	// Media are the client's media; NoMedia is for a console without.
	Media   sfutest.Options
	NoMedia bool
	// Path is how media is tried (R55), told with hello. With relay and audio
	// relayed candidates alone are taken.
	Path string
	// Way tells whether one of the server's ICE servers may be used; nil: all.
	Way func(protocol.ICEServer) bool
	// MangleOffer changes the offer on its way, for tests of bad ones.
	MangleOffer func(string) string
	// Obey answers the orders of coordinators, as a page does; nil: none is
	// answered. It runs on a goroutine of its own, one an order.
	Obey func(protocol.Order) protocol.SendReport
	// HTTP is http.DefaultClient when nil.
	HTTP *http.Client
}

// Refused is an error that the server told.
type Refused struct{ Why protocol.Error }

func (r *Refused) Error() string {
	return fmt.Sprintf("refused: %s (%s) %s", r.Why.Code, r.Why.Action, r.Why.Detail)
}

// CodeOf returns the code that err tells, "" when it tells none.
func CodeOf(err error) protocol.Code {
	var r *Refused
	if errors.As(err, &r) {
		return r.Why.Code
	}
	return ""
}

// Client is one tab.
type Client struct {
	// Fixed after Open.
	opts Options
	http *http.Client
	// Bootstrap is what opening the link returned.
	Bootstrap protocol.Bootstrap

	mu      sync.Mutex // guards all below
	socket  *socket    // nil: none
	media   *sfutest.Client
	session string
	secret  string
	servers []protocol.ICEServer // as told last
	path    string               // of the PeerConnection
	state   State
	changed chan struct{} // closed and replaced when state or socket changes
	closed  bool
	obeying sync.WaitGroup
}

// Open opens the link (R2) and returns a client without socket.
func Open(ctx context.Context, o Options) (*Client, error) {
	c := &Client{opts: o, http: o.HTTP, changed: make(chan struct{})}
	if c.http == nil {
		c.http = http.DefaultClient
	}
	body := protocol.OpenLink{Secret: o.Secret, Token: o.Token}
	if err := c.post(ctx, "/api/v1/links/"+o.Link+"/open", body, &c.Bootstrap); err != nil {
		return nil, fmt.Errorf("open link: %w", err)
	}
	c.servers, c.path = c.Bootstrap.ICEServers, o.Path
	return c, nil
}

// Visit opens the link, says hello and waits until media could flow: the
// lobby.
func Visit(ctx context.Context, o Options) (*Client, error) {
	c, err := Open(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := c.Hello(ctx); err != nil {
		c.Close()
		return nil, err
	}
	if err := c.Connected(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Hello begins a session on a new socket with a new PeerConnection.
func (c *Client) Hello(ctx context.Context) error {
	h := protocol.Hello{Token: c.Bootstrap.Token, Profile: "room", Path: c.opts.Path}
	if c.opts.Media.Wall || c.opts.NoMedia {
		h.Profile = "wall"
	}
	var media *sfutest.Client
	if !c.opts.NoMedia {
		var err error
		if media, h.Offer, err = c.begin(c.opts.Path); err != nil {
			return err
		}
		if c.opts.MangleOffer != nil {
			h.Offer = c.opts.MangleOffer(h.Offer)
		}
	}
	s, err := c.dial(ctx)
	if err != nil {
		closeMedia(media)
		return err
	}
	var w protocol.Welcome
	if err := s.ask(ctx, protocol.TypeHello, h, &w); err != nil {
		s.close()
		closeMedia(media)
		return fmt.Errorf("hello: %w", err)
	}
	c.mu.Lock()
	oldSocket, oldMedia := c.socket, c.media
	c.mu.Unlock()
	if oldSocket != nil {
		oldSocket.close() // what it still reads belongs to the former session
	}
	c.mu.Lock()
	c.socket, c.media = s, media
	c.session, c.secret, c.servers, c.path = w.Session, w.Secret, w.ICEServers, c.opts.Path
	c.state = State{You: w.You}
	c.notify()
	c.mu.Unlock()
	closeMedia(oldMedia)
	if media == nil {
		return nil
	}
	if err := media.Answer(w.Answer); err != nil {
		return fmt.Errorf("apply answer: %w", err)
	}
	return nil
}

// Connected waits until media can flow.
func (c *Client) Connected(ctx context.Context) error {
	if m := c.Media(); m != nil {
		return m.Connected(ctx)
	}
	return nil
}

// Join enters a consultation with these sources on, and sends them.
func (c *Client) Join(ctx context.Context, consultation string, sources ...string) error {
	return c.join(ctx, protocol.Join{Consultation: consultation, Sources: sources})
}

// Move is Join with the yes to the question of seat_in_use.
func (c *Client) Move(ctx context.Context, consultation string, sources ...string) error {
	return c.join(ctx, protocol.Join{Consultation: consultation, Sources: sources, Move: true})
}

func (c *Client) join(ctx context.Context, j protocol.Join) error {
	if err := c.Ask(ctx, protocol.TypeJoin, j, nil); err != nil {
		return fmt.Errorf("join %s: %w", j.Consultation, err)
	}
	if m := c.Media(); m != nil {
		for _, s := range j.Sources {
			m.Send(s, true)
		}
	}
	return nil
}

// Leave goes back to the lobby; media stops.
func (c *Client) Leave(ctx context.Context) error {
	if err := c.Ask(ctx, protocol.TypeLeave, nil, nil); err != nil {
		return fmt.Errorf("leave: %w", err)
	}
	if m := c.Media(); m != nil {
		for _, s := range []string{sfutest.Microphone, sfutest.Camera, sfutest.Screen, sfutest.ScreenAudio} {
			m.Send(s, false)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.empty()
	c.notify()
	return nil
}

// Source tells the server that a source is on or off, and sends or stops it.
func (c *Client) Source(ctx context.Context, source string, on bool) error {
	if err := c.Announce(ctx, source, on); err != nil {
		return err
	}
	if m := c.Media(); m != nil {
		m.Send(source, on)
	}
	return nil
}

// Announce tells the server that a source is on or off and leaves the media as
// they are: a browser that goes on sending after mute.
func (c *Client) Announce(ctx context.Context, source string, on bool) error {
	if err := c.Ask(ctx, protocol.TypeSource, protocol.SetSource{Source: source, On: on}, nil); err != nil {
		return fmt.Errorf("source %s: %w", source, err)
	}
	return nil
}

// Say writes into the chat.
func (c *Client) Say(ctx context.Context, key, text string) error {
	if err := c.Ask(ctx, protocol.TypeChat, protocol.Say{Key: key, Text: text}, nil); err != nil {
		return fmt.Errorf("chat: %w", err)
	}
	return nil
}

// Watch asks for the board.
func (c *Client) Watch(ctx context.Context) error {
	if err := c.Ask(ctx, protocol.TypeWatch, nil, nil); err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	return nil
}

// Ask sends any request and reads its reply into out, unless that is nil.
func (c *Client) Ask(ctx context.Context, typ string, body, out any) error {
	s := c.current()
	if s == nil {
		return errors.New("signaltest: no socket")
	}
	return s.ask(ctx, typ, body, out)
}

// Raw writes bytes as they are.
func (c *Client) Raw(b []byte) error {
	s := c.current()
	if s == nil {
		return errors.New("signaltest: no socket")
	}
	return s.write(b)
}

// Cut loses the socket as a network does: no close frame, nothing told.
func (c *Client) Cut() {
	if s := c.current(); s != nil {
		s.close()
	}
}

// ResumeUnheard resumes on a socket that dies before its reply is read: the server
// has given a secret that never arrives.
func (c *Client) ResumeUnheard(ctx context.Context) error {
	s, err := c.dialTo(ctx, func(*socket, protocol.Message) {})
	if err != nil {
		return err
	}
	defer s.close()
	c.mu.Lock()
	r := protocol.Resume{Session: c.session, Secret: c.secret, Seq: c.state.Seq}
	c.mu.Unlock()
	return s.ask(ctx, protocol.TypeResume, r, nil)
}

// Resume takes the session over to a new socket (R17, R19).
func (c *Client) Resume(ctx context.Context) error {
	s, err := c.dial(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	r := protocol.Resume{Session: c.session, Secret: c.secret, Seq: c.state.Seq}
	old := c.socket
	c.mu.Unlock()
	if old != nil {
		old.close() // what it read is applied before the new one reads
	}
	c.mu.Lock()
	r.Seq = c.state.Seq
	c.socket = s
	c.mu.Unlock()
	var got protocol.Resumed
	if err := s.ask(ctx, protocol.TypeResume, r, &got); err != nil {
		s.close()
		return fmt.Errorf("resume: %w", err)
	}
	return nil
}

// Media is the client's PeerConnection; nil without.
func (c *Client) Media() *sfutest.Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.media
}

// Session is the session's id, which is the participant's in a room.
func (c *Client) Session() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session
}

// Ended returns why the server closed the current socket; nil while it is
// open. An ending without a reason is io.ErrUnexpectedEOF.
func (c *Client) Ended() error {
	if s := c.current(); s != nil {
		return s.ended()
	}
	return nil
}

// Attendance reads the attendance of the client's event (console only).
func (c *Client) Attendance(ctx context.Context) (protocol.Attendance, error) {
	var a protocol.Attendance
	return a, c.Call(ctx, http.MethodGet, "attendance", nil, &a)
}

// Call makes a REST request below the client's event. In and out may be nil.
func (c *Client) Call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.opts.URL+"/api/v1/events/"+c.Bootstrap.Event.ID+"/"+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+c.Bootstrap.Token)
	return c.do(req, out)
}

// Close says bye and ends everything. It may be called twice.
func (c *Client) Close() {
	c.mu.Lock()
	s, m, closed := c.socket, c.media, c.closed
	c.closed = true
	c.mu.Unlock()
	if closed {
		return
	}
	if s != nil {
		if raw, err := protocol.Encode(protocol.TypeBye, 0, nil); err == nil && s.ended() == nil {
			_ = s.write(raw)
			s.awaitEnd()
		}
		s.close()
	}
	c.obeying.Wait() // they end with the socket
	closeMedia(m)
}

// Vanish ends everything without a word, like a laptop that was shut.
func (c *Client) Vanish() {
	c.mu.Lock()
	s, m := c.socket, c.media
	c.closed = true
	c.mu.Unlock()
	if s != nil {
		s.close()
	}
	c.obeying.Wait()
	closeMedia(m)
}

func (c *Client) current() *socket {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.socket
}

func (c *Client) dial(ctx context.Context) (*socket, error) { return c.dialTo(ctx, c.heard) }

func (c *Client) dialTo(ctx context.Context, heard func(*socket, protocol.Message)) (*socket, error) {
	d := websocket.Dialer{Subprotocols: []string{protocol.Subprotocol}, EnableCompression: true}
	if t, ok := c.http.Transport.(*http.Transport); ok { // what it trusts
		d.TLSClientConfig, d.NetDialContext = t.TLSClientConfig, t.DialContext
	}
	ws, resp, err := d.DialContext(ctx, "ws"+strings.TrimPrefix(c.opts.URL, "http")+"/ws", nil)
	if err != nil {
		if resp != nil {
			return nil, fmt.Errorf("dial: %w (HTTP %d)", err, resp.StatusCode)
		}
		return nil, fmt.Errorf("dial: %w", err)
	}
	return startSocket(ws, heard), nil
}

func (c *Client) post(ctx context.Context, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.opts.URL+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	return c.do(req, out)
}

func (c *Client) do(req *http.Request, out any) error {
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		var p protocol.Problem
		if err := json.Unmarshal(raw, &p); err != nil || p.Code == "" {
			return fmt.Errorf("HTTP %d: %.200s", resp.StatusCode, raw)
		}
		return &Refused{protocol.Error{Code: p.Code, Action: p.Action, RetryAfterMS: p.RetryAfterMS, Detail: p.Detail}}
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(raw, out)
}

func closeMedia(m *sfutest.Client) {
	if m != nil {
		m.Close()
	}
}
