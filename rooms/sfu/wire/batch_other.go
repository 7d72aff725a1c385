//go:build !linux

package wire

import (
	"net"
	"net/netip"
	"syscall"
)

// Where there is no recvmmsg, a batch is one packet.
const batchSize = 1

// maxReaders is one: what SO_REUSEPORT means elsewhere differs.
const maxReaders = 1

// inBatch takes packets off a socket. It belongs to the socket's reader.
type inBatch struct {
	buf  [slotSize]byte
	n    int
	addr netip.AddrPort
}

func newInBatch() *inBatch { return &inBatch{} }

// loop reads until the socket is closed.
func (b *inBatch) loop(conn *net.UDPConn, _ syscall.RawConn, take func(n int)) error {
	for {
		n, from, err := conn.ReadFromUDPAddrPort(b.buf[:])
		if err != nil {
			return err
		}
		b.n, b.addr = n, unmapped(from)
		take(1)
	}
}

func (b *inBatch) packet(int) []byte       { return b.buf[:b.n] }
func (b *inBatch) from(int) netip.AddrPort { return b.addr }

// target is where a packet goes.
type target struct{ addr netip.AddrPort }

func newTarget(to netip.AddrPort, _ bool) target { return target{unmapped(to)} }

// outBatch is what a socket is to send. It belongs to whoever holds its outbox.
type outBatch struct {
	conn  *net.UDPConn
	buf   [slotSize]byte
	size  int
	to    netip.AddrPort
	n     int
	calls uint64
	lost  uint64
}

func newOutBatch(conn *net.UDPConn, _ syscall.RawConn) *outBatch { return &outBatch{conn: conn} }

func (b *outBatch) slot() []byte { return b.buf[:0] }

func (b *outBatch) add(size int, to *target) { b.size, b.to, b.n = size, to.addr, 1 }

// send lets the packet leave. What the socket has not taken after sendPatience is
// lost.
func (b *outBatch) send() {
	if b.n == 0 {
		return
	}
	b.n = 0
	b.calls++
	_ = b.conn.SetWriteDeadline(deadlineAfter(sendPatience))
	if _, err := b.conn.WriteToUDPAddrPort(b.buf[:b.size], b.to); err != nil {
		b.lost++
	}
	_ = b.conn.SetWriteDeadline(noDeadline)
}

// isSix does not matter here: package net writes addresses as the socket wants them.
func isSix(syscall.RawConn) bool { return false }

// shared is never needed.
func shared(uintptr) {}
