package bandwidth

import "time"

const (
	// remembered is how many packets are known at most after they left: five seconds
	// at the ceiling, longer than any feedback that is still worth something.
	remembered = 8192
	// leastRing is how many are to begin with, and rememberFor how long they have to
	// be known: most lines carry a twentieth of the ceiling.
	leastRing   = 512
	rememberFor = 5 * time.Second
)

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

// history remembers what left, by transport-wide number. It is one array, that
// grows a few times: a packet that leaves costs no allocation.
type history struct {
	ring   []packet // a power of two
	newest int64    // unwrapped; 0: nothing was sent
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
	for h.short(n, at) {
		h.grow()
	}
	h.ring[n&int64(len(h.ring)-1)] = packet{number: n, sent: at, size: int32(size), cluster: int32(cluster)}
	return n
}

// short tells whether a packet would take the place of one that may still be told of.
func (h *history) short(n int64, at time.Duration) bool {
	if len(h.ring) == 0 {
		return true
	}
	old := h.ring[n&int64(len(h.ring)-1)]
	return len(h.ring) < remembered && old.number != 0 && old.number != n && at-old.sent < rememberFor
}

func (h *history) grow() {
	old := h.ring
	h.ring = make([]packet, max(leastRing, 2*len(old)))
	for _, p := range old {
		if p.number != 0 {
			h.ring[p.number&int64(len(h.ring)-1)] = p
		}
	}
}

// find returns the packet, or nil when it never left or is forgotten.
func (h *history) find(number int64) *packet {
	if number <= 0 || len(h.ring) == 0 {
		return nil
	}
	p := &h.ring[number&int64(len(h.ring)-1)]
	if p.number != number {
		return nil
	}
	return p
}
