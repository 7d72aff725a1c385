package front

import (
	"net"
	"sync"
)

// outlet is the listener of one kind. It never makes another kind wait: what
// nobody takes in time is closed.
type outlet struct {
	front  *Front
	given  chan net.Conn
	mu     sync.Mutex // guards closed, and that nothing is given after it
	closed bool
	done   chan struct{}
}

func newOutlet(f *Front) *outlet {
	return &outlet{front: f, given: make(chan net.Conn, maxWaiting), done: make(chan struct{})}
}

// give hands a connection over, or tells why it could not.
func (o *outlet) give(c net.Conn) (refusal string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return refusedClosed
	}
	select {
	case o.given <- c:
		return ""
	default:
		return refusedBusy
	}
}

// Accept waits for the next connection of this kind.
func (o *outlet) Accept() (net.Conn, error) {
	select {
	case <-o.done: // before what was given: a server that shuts down takes no more
		return nil, net.ErrClosed
	default:
	}
	select {
	case c := <-o.given:
		return c, nil
	case <-o.done:
		return nil, net.ErrClosed
	}
}

// Close ends this kind: what comes is closed from now on, the others go on.
func (o *outlet) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return nil
	}
	o.closed = true
	close(o.done)
	for {
		select {
		case c := <-o.given:
			_ = c.Close()
		default:
			return nil
		}
	}
}

// Addr is the port's address.
func (o *outlet) Addr() net.Addr { return o.front.listener.Addr() }
