package signaling

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"sangdam/signaling/protocol"
)

// times of a socket (PROTOCOL.md, R6 and R7).
type times struct {
	ping  time.Duration // between pings
	dead  time.Duration // nothing was read, not even a pong
	hello time.Duration // for the first message
	write time.Duration // for one write
	close time.Duration // for the other side to answer our close frame

	probe   time.Duration // for a way that is tried (R59)
	connect time.Duration // for media to come up, then its person is shown without (R15)
	signIn  time.Duration // between looks whether a console's sign-in still counts
}

func socketTimes() times {
	return times{
		ping: 5 * time.Second, dead: 15 * time.Second, hello: 10 * time.Second,
		write: 10 * time.Second, close: time.Second,
		probe: protocol.ProbeWithin, connect: 15 * time.Second, signIn: signInEvery,
	}
}

const compressFrom = 1 << 10 // smaller messages do not get smaller

// socket is one WebSocket connection. The goroutine of its HTTP request reads;
// a second one writes, and is the only one that ends the connection by our wish.
type socket struct {
	// Fixed after newSocket.
	ws  *websocket.Conn
	id  string // for logs
	out *outbox
	t   times

	// closing is set by the write pump when the close frame is out.
	closing atomic.Bool
	// lastRead is when something was last read, a pong counts (Unix nanoseconds).
	lastRead atomic.Int64

	// Owned by the read goroutine.
	session *Session // whom its messages are for; nil before hello
	strikes int      // bad and limited messages so far
	tries   int      // refused hellos and resumes
}

func newSocket(ws *websocket.Conn, id string, t times) *socket {
	return &socket{ws: ws, id: id, out: newOutbox(), t: t}
}

// run reads until the socket ends; handle gets every message, and run waits for
// it. The write pump is started and waited for here.
func (c *socket) run(handle func(raw []byte)) error {
	var pump sync.WaitGroup
	stop := make(chan struct{})
	pump.Go(func() { c.write(stop) })
	err := c.read(handle)
	if errors.Is(err, errTooLarge) {
		c.out.close(protocol.Fail(protocol.CodeTooLarge))
	}
	if errors.Is(err, errNotText) {
		c.out.close(&protocol.Fault{Code: protocol.CodeBadMessage, Detail: "not a text message"})
	}
	if isTimeout(err) {
		c.out.close(protocol.Fail(protocol.CodeIdle))
	}
	close(stop)
	pump.Wait()
	if errors.Is(err, errTooLarge) {
		// Closing with unread bytes makes TCP reset the connection, and the reset
		// may overtake the close frame that says why.
		_ = c.ws.SetReadDeadline(time.Now().Add(c.t.close))
		_, _ = io.CopyN(io.Discard, c.ws.NetConn(), discardAtMost)
	}
	_ = c.ws.Close()
	return err
}

const discardAtMost = 1 << 20

var (
	errTooLarge = errors.New("message too large")
	errNotText  = errors.New("not a text message")
)

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

func (c *socket) read(handle func(raw []byte)) error {
	// The frame's own bound is for what is on the wire; what it inflates to is
	// bounded below, since a deflated bomb is small.
	c.ws.SetReadLimit(protocol.MaxOfferMessage + 1)
	_ = c.ws.SetReadDeadline(time.Now().Add(c.t.hello))
	c.ws.SetPongHandler(func(string) error {
		if c.session != nil {
			c.alive()
		}
		return nil
	})
	for {
		typ, r, err := c.ws.NextReader()
		if err != nil {
			return limitError(err)
		}
		if typ != websocket.TextMessage {
			return errNotText
		}
		raw, err := io.ReadAll(io.LimitReader(r, protocol.MaxOfferMessage+1))
		if err != nil {
			return limitError(err)
		}
		if len(raw) > protocol.MaxOfferMessage {
			return errTooLarge
		}
		if c.out.ending() {
			continue // only the close frame is waited for
		}
		handle(raw)
		if c.session != nil {
			c.alive()
		}
	}
}

func limitError(err error) error {
	if errors.Is(err, websocket.ErrReadLimit) {
		return errTooLarge
	}
	return err
}

// heard is when something was last read.
func (c *socket) heard() time.Time { return time.Unix(0, c.lastRead.Load()) }

func (c *socket) alive() {
	c.lastRead.Store(time.Now().UnixNano())
	if !c.closing.Load() {
		_ = c.ws.SetReadDeadline(time.Now().Add(c.t.dead))
	}
}

// write is the write pump. It ends when the reader has ended, when a write
// fails, or after the close frame.
func (c *socket) write(stop <-chan struct{}) {
	ping := time.NewTicker(c.t.ping)
	defer ping.Stop()
	for {
		select {
		case <-c.out.wake:
		case <-ping.C:
			if c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(c.t.write)) != nil {
				c.abandon()
				return
			}
			continue
		case <-stop:
			if c.out.ending() {
				c.flush() // the reader gave up on a message; say why
			}
			return
		}
		if !c.flush() {
			return
		}
	}
}

// flush writes what waits, and tells whether the socket goes on.
func (c *socket) flush() bool {
	msgs, end := c.out.take()
	for _, m := range msgs {
		if !c.writeText(m) {
			return false
		}
	}
	if end == nil {
		return true
	}
	frame := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	if end.Code != codeGoodbye {
		// The reason as a message, for what stands beside the code; then the
		// close frame, whose code alone says resume, rejoin or stop.
		raw, err := protocol.Encode(protocol.TypeError, 0, end.Wire())
		if err == nil && !c.writeText(raw) {
			return false
		}
		frame = websocket.FormatCloseMessage(end.Code.Rule().Close, string(end.Code))
	}
	_ = c.ws.WriteControl(websocket.CloseMessage, frame, time.Now().Add(c.t.write))
	c.closing.Store(true)
	_ = c.ws.SetReadDeadline(time.Now().Add(c.t.close))
	return false
}

// codeGoodbye closes a socket normally: its client has asked for it.
const codeGoodbye protocol.Code = ""

func (c *socket) writeText(raw []byte) bool {
	c.ws.EnableWriteCompression(len(raw) >= compressFrom)
	_ = c.ws.SetWriteDeadline(time.Now().Add(c.t.write))
	if c.ws.WriteMessage(websocket.TextMessage, raw) != nil {
		c.abandon()
		return false
	}
	return true
}

// abandon wakes the reader of a socket that cannot be written to.
func (c *socket) abandon() {
	c.closing.Store(true)
	_ = c.ws.SetReadDeadline(time.Now())
}

// strike counts a message that should not have been sent, and tells whether the
// socket has had its share.
func (c *socket) strike() bool {
	c.strikes++
	return c.strikes >= maxStrikes
}

const (
	maxStrikes = 50
	maxTries   = 8 // each may cost the store an answer, and no allowance of a link covers it
)
