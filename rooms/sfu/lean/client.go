package lean

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/srtp/v3"
	"github.com/pion/transport/v5/packetio"
)

// Options of a Client.
type Options struct {
	Number int     // in its packets
	Rate   float64 // factor of the bit rate of pictures
	// LossUp and LossDown are what is lost on the way, 0 to 1.
	LossUp, LossDown float64
	Seed             uint64
	// Heard is told each packet of media that arrives, in the order in which they
	// do. The reader calls it and waits for it.
	Heard func(Arrival)
}

// Arrival is a packet of media that came.
type Arrival struct {
	Picture  bool // else sound
	Keyframe bool // its first packet
	Repeated bool // it came by RTX
	Size     int  // bytes on the wire
	At       time.Time
	Delay    time.Duration // since it left its sender; below zero: it does not tell
}

// Stats are a Client's counts since New.
type Stats struct {
	Sent, SentBytes int64 // packets of media, without repetitions; what is lost on the way is among them
	Resent          int64
	Keyframes       int64
	Received        int64 // each once
	Repeated        int64 // of Received: by RTX
	Lost            int64 // did not come within a second
	Undecided       int64 // may still come
}

// Client is one browser's media.
type Client struct {
	// fixed after New
	opts       Options
	pool       *Pool
	conn       *net.UDPConn
	handshakes *packetio.Buffer // to DTLS; full: dropped, which DTLS is made for
	remove     func()           // from the pool
	ctx        context.Context  // of connecting
	cancel     context.CancelFunc
	running    sync.WaitGroup // the reader, and who connects
	sdpID      uint64

	mu         sync.Mutex // guards all below
	closed     bool
	sdpVersion int
	own        credentials // of the last offer
	gen        *generation // nil before the first answer
	remote     netip.AddrPort
	dtls       *dtls.Conn
	out, in    *srtp.Context // nil until the handshake is done
	rng        *mathrand.Rand
	stats      Stats

	sources   []*source
	transport uint16 // number of the last packet that was sent, for the server's estimate
	plain     []byte // scratch of turn and reader, as all below
	sealed    []byte

	answer   *answer // the first; what it settles never changes
	streams  map[uint32]*stream
	recorder *twcc.Recorder // of what the server sends
	turns    int64
	consent  time.Duration // when the path was checked last
}

// New opens a socket; nothing is sent yet.
func New(p *Pool, o Options) (*Client, error) {
	conn, err := net.ListenUDP("udp", nil)
	if err != nil {
		return nil, fmt.Errorf("lean: %w", err)
	}
	c := &Client{
		opts: o, pool: p, conn: conn, handshakes: newHandshakes(), sdpID: uint64(time.Now().UnixNano()),
		rng:     mathrand.New(mathrand.NewPCG(o.Seed, uint64(o.Number))),
		streams: make(map[uint32]*stream), plain: make([]byte, 0, 1600), sealed: make([]byte, 0, 1700),
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.sources = newSources(c.rng, o.Rate)
	c.recorder = twcc.NewRecorder(c.rng.Uint32())
	c.running.Go(c.read) // ends with the socket
	c.remove = p.add(c)
	return c, nil
}

// Offer makes the one offer.
func (c *Client) Offer() (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sdpVersion++
	c.own = credentials{rand.Text()[:8], rand.Text()}
	return c.writeOffer(c.own), nil
}

// Restart makes an offer that restarts ICE; its answer goes to Answer, too.
func (c *Client) Restart() (string, error) { return c.Offer() }

// Answer applies the server's answer and begins to connect.
func (c *Client) Answer(raw string) error {
	a, err := readAnswer(raw, len(c.sources))
	if err != nil {
		return err
	}
	g := &generation{remote: a.remote, addresses: a.addresses, pierced: make(chan struct{}), up: make(chan struct{})}
	_, _ = rand.Read(g.id[:]) // never fails (crypto/rand)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return net.ErrClosed
	}
	g.own, c.gen = c.own, g
	if c.answer == nil {
		c.answer = a
		for i, s := range c.sources {
			s.agreed = a.sending[i]
		}
		for ssrc, picture := range a.streams {
			c.streams[ssrc] = &stream{ssrc: ssrc, picture: picture}
		}
	}
	c.running.Go(func() { c.connect(g, a.fingerprint) })
	return nil
}

// Connected waits until media can flow.
func (c *Client) Connected(ctx context.Context) error {
	c.mu.Lock()
	g := c.gen
	c.mu.Unlock()
	if g == nil {
		return errors.New("lean: there is no answer")
	}
	select {
	case <-g.up:
		return g.err
	case <-ctx.Done():
		return fmt.Errorf("lean: not connected: %w", ctx.Err())
	}
}

// Send turns a source on or off. A picture begins with a keyframe.
func (c *Client) Send(name string, on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.sources {
		if s.name == name {
			s.set(on, c.pool.now())
		}
	}
}

// Layers says which layers of a source are wanted.
func (c *Client) Layers(name string, rids []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.sources {
		if s.name == name {
			s.want(rids)
		}
	}
}

// Stats are the counts so far.
func (c *Client) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.stats
	for _, s := range c.streams {
		all.Undecided += int64(len(s.holes))
	}
	return all
}

// Close ends everything and waits for it. It may be called twice.
func (c *Client) Close() {
	c.mu.Lock()
	closed, conn := c.closed, c.dtls
	c.closed = true
	c.mu.Unlock()
	if closed {
		return
	}
	c.remove()
	c.cancel()
	if conn != nil {
		_ = conn.Close() // says so to the server
	}
	_ = c.handshakes.Close()
	_ = c.conn.Close()
	c.running.Wait()
	c.mu.Lock()
	late := c.dtls
	c.mu.Unlock()
	if late != nil && late != conn { // the handshake ended just then
		_ = late.Close()
	}
}

// at is where the server is.
func (c *Client) at() netip.AddrPort {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.remote
}
