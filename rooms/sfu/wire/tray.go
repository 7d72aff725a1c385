package wire

import (
	"net/netip"
	"sync"
)

// packet lies in a buffer of a pool.
type packet struct {
	buf  *[slotSize]byte
	n    int
	from netip.AddrPort
}

// tray holds what one goroutine has brought and another has not taken yet. When it
// is full, the newest is lost.
type tray struct {
	packets chan packet
	buffers *sync.Pool
}

func newBuffers() *sync.Pool { return &sync.Pool{New: func() any { return new([slotSize]byte) }} }

func newTray(bound int, buffers *sync.Pool) tray { return tray{make(chan packet, bound), buffers} }

// put queues a copy of a packet; false: it is lost. It must fit in a buffer.
func (t tray) put(b []byte, from netip.AddrPort) bool {
	p := packet{t.buffers.Get().(*[slotSize]byte), len(b), from}
	copy(p.buf[:], b)
	select {
	case t.packets <- p:
		return true
	default:
		t.buffers.Put(p.buf)
		return false
	}
}

// take copies a packet that came out of the tray, and gives its buffer back.
func (t tray) take(b []byte, p packet) int {
	n := copy(b, p.buf[:p.n])
	t.buffers.Put(p.buf)
	return n
}
