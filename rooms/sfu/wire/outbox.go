package wire

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// slotSize is the room for one packet with all that protects it. No power of
	// two: the heads of all packets would lie in the same few lines of the cache.
	slotSize = 2048 - 64
	// maxProtection is how much longer a packet gets: a tag, and of RTCP an index.
	maxProtection = 32
	// sendPatience is how long a full socket may hold up everybody. Its buffer is
	// large enough for bursts; beyond it, late packets are worth less than none.
	sendPatience = 10 * time.Millisecond
)

var errTooLong = errors.New("wire: packet too long")

var noDeadline time.Time

func deadlineAfter(d time.Duration) time.Time { return time.Now().Add(d) }

// outbox collects what one socket sends while a batch of arrivals is forwarded, and
// lets it leave all at once. Outside of batches each packet leaves by itself.
//
// When it is full it is sent at once, by whoever brought the packet that did not
// fit. So nothing ever waits in it longer than a batch takes to be forwarded.
type outbox struct {
	// fixed
	busy *atomic.Int32 // Net's: batches under way

	waits atomic.Bool // something waits

	mu   sync.Mutex // guards all below; the innermost of all locks
	out  *outBatch
	sent uint64
}

// put encrypts a packet into the outbox.
func (o *outbox) put(s *sealer, packet []byte, rtcp bool, to *target) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.out.n == batchSize {
		o.send()
	}
	b, err := s.seal(o.out.slot(), packet, rtcp)
	if err != nil {
		return err
	}
	o.out.add(len(b), to)
	o.waits.Store(true) // before busy is read: End does it the other way round
	if o.busy.Load() == 0 {
		o.send()
	}
	return nil
}

// flush lets leave what a batch has left.
func (o *outbox) flush() {
	if !o.waits.Load() {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.send()
}

// send lets all leave. mu is held.
func (o *outbox) send() {
	o.waits.Store(false)
	o.sent += uint64(o.out.n)
	o.out.send()
}

// Begin says that several packets will follow each other: until End, what is
// written leaves in batches. Calls may overlap.
func (n *Net) Begin() { n.busy.Add(1) }

// End lets leave what was written since Begin. Whoever wrote while another's batch
// was under way relies on that one's End: it comes after the count has gone down,
// so that either the writer has seen that nobody is left, or End finds the packet.
func (n *Net) End() {
	n.busy.Add(-1)
	for _, p := range n.ports {
		p.out.flush()
	}
}

// Traffic is what the UDP sockets have carried since Listen.
type Traffic struct {
	Received, Reads uint64 // packets, and batches that they came in
	Sent, Writes    uint64 // packets, and system calls that they left by
	Lost            uint64 // packets that a socket did not take
}

// Traffic counts packets and system calls.
func (n *Net) Traffic() Traffic {
	var t Traffic
	for _, p := range n.ports {
		t.Received += p.received.Load()
		t.Reads += p.reads.Load()
		p.out.mu.Lock()
		t.Sent += p.out.sent - p.out.out.lost
		t.Writes += p.out.out.calls
		t.Lost += p.out.out.lost
		p.out.mu.Unlock()
	}
	return t
}
