package signaling

import (
	"sync"

	"sangdam/signaling/protocol"
)

// Bounds of an outbox. A browser on a slow line is a few messages behind; one
// that is hundreds behind has stopped reading. A full state may be larger than
// outboxBytes (500 long messages of chat) and always passes when nothing waits
// before it: refused, its client would resume and ask for the same again.
const (
	outboxMessages = 512
	outboxBytes    = 2 << 20
)

// outbox is what waits to be written to one socket. Whoever sends never waits:
// when a bound is passed, what waits is dropped and the socket closes with
// CodeSlow; the client resumes and gets what it missed from the session.
type outbox struct {
	// Fixed after newOutbox.
	wake chan struct{} // has room for one; a token means "look"

	mu    sync.Mutex
	queue [][]byte
	bytes int
	end   *protocol.Fault // set once; nothing is queued after it
}

func newOutbox() *outbox { return &outbox{wake: make(chan struct{}, 1)} }

// send queues one encoded message.
func (o *outbox) send(raw []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.end != nil {
		return
	}
	if len(o.queue) >= outboxMessages || len(o.queue) > 0 && o.bytes+len(raw) > outboxBytes {
		o.queue, o.bytes = nil, 0
		o.end = protocol.Fail(protocol.CodeSlow)
	} else {
		o.queue = append(o.queue, raw)
		o.bytes += len(raw)
	}
	o.signal()
}

// close ends the socket after what is queued. The first reason stands.
func (o *outbox) close(f *protocol.Fault) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.end == nil {
		o.end = f
		o.signal()
	}
}

// take gives all that waits, and why the socket is to be closed after it (nil:
// it is not).
func (o *outbox) take() ([][]byte, *protocol.Fault) {
	o.mu.Lock()
	defer o.mu.Unlock()
	q := o.queue
	o.queue, o.bytes = nil, 0
	return q, o.end
}

// ending tells whether the socket is about to close.
func (o *outbox) ending() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.end != nil
}

func (o *outbox) signal() {
	select {
	case o.wake <- struct{}{}:
	default: // there is a token already
	}
}
