package bandwidth

import "time"

// remembered is how many packets are known after they left: five seconds at
// the ceiling, longer than any feedback that is still worth something.
const remembered = 8192

// fate is what became of a packet, as far as feedback told.
type fate uint8

const (
	underway fate = iota
	lost
	arrived
	// guessed: the feedback that covered it never came. It was credited as
	// arrived, once; what comes late about it changes its loss, not the rate.
	guessed
)

// packet is one that left.
type packet struct {
	number  int64 // unwrapped; 0: nothing here
	sent    time.Duration
	size    int32
	cluster int32
	fate    fate
}

// history remembers what left, by transport-wide number. It is one array: a
// packet that leaves costs no allocation.
type history struct {
	ring   [remembered]packet
	newest int64 // unwrapped; 0: nothing was sent
}

// unwrap gives the 16-bit number its place next to the newest. Numbers begin a
// turn above 0, so that what came before the first is still positive.
func (h *history) unwrap(number uint16) int64 {
	if h.newest == 0 {
		return 1<<16 + int64(number)
	}
	return h.newest + int64(int16(number-uint16(h.newest)))
}

func (h *history) put(number uint16, size, cluster int, at time.Duration) int64 {
	n := h.unwrap(number)
	if n <= 0 || h.newest != 0 && n <= h.newest-remembered {
		return 0
	}
	h.newest = max(h.newest, n)
	h.ring[n%remembered] = packet{number: n, sent: at, size: int32(size), cluster: int32(cluster)}
	return n
}

// find returns the packet, or nil when it never left or is forgotten.
func (h *history) find(number int64) *packet {
	if number <= 0 {
		return nil
	}
	p := &h.ring[number%remembered]
	if p.number != number {
		return nil
	}
	return p
}
