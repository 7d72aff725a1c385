package wire

import (
	"net"
	"net/netip"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// batchSize is how many packets one system call moves at most. What has arrived is
// taken at once; nobody waits for a batch to fill.
const batchSize = 64

// maxReaders is how many sockets share the port, one for each core at most. The
// kernel gives all packets from one address to the same.
const maxReaders = 4

// mmsghdr is the kernel's struct mmsghdr (recvmmsg(2)).
type mmsghdr struct {
	hdr unix.Msghdr
	n   uint32
}

// messages are the arrays that the kernel reads and fills; they point into each
// other, and are made once.
type messages struct {
	hdrs  [batchSize]mmsghdr
	iovs  [batchSize]unix.Iovec
	names [batchSize]unix.RawSockaddrInet6 // large enough for IPv4, too
	bufs  *[batchSize][slotSize]byte
}

func newMessages() *messages {
	m := &messages{bufs: new([batchSize][slotSize]byte)}
	for i := range m.hdrs {
		m.iovs[i].Base = &m.bufs[i][0]
		m.iovs[i].SetLen(slotSize)
		h := &m.hdrs[i].hdr
		h.Name = (*byte)(unsafe.Pointer(&m.names[i]))
		h.Namelen = unix.SizeofSockaddrInet6
		h.Iov = &m.iovs[i]
		h.SetIovlen(1)
	}
	return m
}

// inBatch takes packets off a socket. It belongs to the socket's reader.
type inBatch struct {
	*messages
	filled int // by the newest call
}

func newInBatch() *inBatch { return &inBatch{messages: newMessages()} }

// loop reads until the socket is closed, and has each batch taken.
//
// The batches are taken inside of the one call of raw.Read: there the poller forgets
// no readiness between two reads, so that a batch that was not full need not be
// followed by a call that finds nothing.
func (b *inBatch) loop(_ *net.UDPConn, raw syscall.RawConn, take func(n int)) error {
	const patience = 8 // errors that belong to the socket are told once each
	return raw.Read(func(fd uintptr) bool {
		for failed := 0; ; {
			n, errno := b.receive(fd)
			switch errno {
			case 0:
				failed = 0
				take(n)
				if n < batchSize {
					return false
				}
			case unix.EAGAIN:
				return false
			case unix.EINTR:
			default:
				if failed++; failed > patience {
					return false
				}
			}
		}
	})
}

// receive never waits, so the scheduler need not hear of it.
func (b *inBatch) receive(fd uintptr) (int, syscall.Errno) {
	for i := range b.filled {
		b.hdrs[i].hdr.Namelen = unix.SizeofSockaddrInet6
	}
	n, _, errno := syscall.RawSyscall6(unix.SYS_RECVMMSG, fd, uintptr(unsafe.Pointer(&b.hdrs[0])), batchSize, unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		b.filled = 0
		return 0, errno
	}
	b.filled = int(n)
	return b.filled, 0
}

// packet is one of the newest batch; empty when it was longer than any of ours.
func (b *inBatch) packet(i int) []byte {
	h := &b.hdrs[i]
	if h.hdr.Flags&unix.MSG_TRUNC != 0 {
		return nil
	}
	return b.bufs[i][:h.n]
}

// from is where it came from, IPv4 as such whatever the socket's family.
func (b *inBatch) from(i int) netip.AddrPort { return addrPortOf(&b.names[i]) }

func addrPortOf(sa *unix.RawSockaddrInet6) netip.AddrPort {
	port := func(p *uint16) uint16 {
		b := (*[2]byte)(unsafe.Pointer(p)) // network order
		return uint16(b[0])<<8 | uint16(b[1])
	}
	switch sa.Family {
	case unix.AF_INET:
		four := (*unix.RawSockaddrInet4)(unsafe.Pointer(sa))
		return netip.AddrPortFrom(netip.AddrFrom4(four.Addr), port(&four.Port))
	case unix.AF_INET6:
		addr := netip.AddrFrom16(sa.Addr).Unmap()
		if sa.Scope_id != 0 && addr.IsLinkLocalUnicast() {
			addr = addr.WithZone(strconv.Itoa(int(sa.Scope_id)))
		}
		return netip.AddrPortFrom(addr, port(&sa.Port))
	}
	return netip.AddrPort{}
}

// target is an address as the kernel wants it, written once for each way.
type target struct {
	addr netip.AddrPort
	raw  unix.RawSockaddrInet6
	size uint32
}

// newTarget is for a socket of IPv6 or one of IPv4 alone.
func newTarget(to netip.AddrPort, six bool) target {
	t := target{addr: to}
	port := func(p *uint16) {
		*(*[2]byte)(unsafe.Pointer(p)) = [2]byte{byte(to.Port() >> 8), byte(to.Port())}
	}
	addr := to.Addr().Unmap()
	if !six {
		if !addr.Is4() {
			return t // of no size: the kernel will refuse it
		}
		four := (*unix.RawSockaddrInet4)(unsafe.Pointer(&t.raw))
		four.Family, four.Addr = unix.AF_INET, addr.As4()
		port(&four.Port)
		t.size = unix.SizeofSockaddrInet4
		return t
	}
	t.raw.Family, t.raw.Addr = unix.AF_INET6, addr.As16()
	if zone := addr.Zone(); zone != "" {
		t.raw.Scope_id = scopeOf(zone)
	}
	port(&t.raw.Port)
	t.size = unix.SizeofSockaddrInet6
	return t
}

func scopeOf(zone string) uint32 {
	if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(n)
	}
	if i, err := net.InterfaceByName(zone); err == nil {
		return uint32(i.Index)
	}
	return 0
}

// outBatch is what a socket is to send. It belongs to whoever holds its outbox.
type outBatch struct {
	*messages
	conn *net.UDPConn
	raw  syscall.RawConn
	push func(fd uintptr) bool // b.pushAll, made once
	call func(fd uintptr, from *mmsghdr, n int) (int, syscall.Errno)

	n, at   int
	waiting bool
	calls   uint64
	lost    uint64
}

func newOutBatch(conn *net.UDPConn, raw syscall.RawConn) *outBatch {
	b := &outBatch{messages: newMessages(), conn: conn, raw: raw, call: sendmmsg}
	b.push = b.pushAll
	return b
}

// slot is where the next packet is to be written; there is one while n < batchSize.
func (b *outBatch) slot() []byte { return b.bufs[b.n][:0] }

// add counts a packet that was written to slot.
func (b *outBatch) add(size int, to *target) {
	b.iovs[b.n].SetLen(size)
	b.names[b.n] = to.raw
	b.hdrs[b.n].hdr.Namelen = to.size
	b.n++
}

// send lets all leave, and is empty then. What the socket has not taken after
// sendPatience is lost; a packet that the kernel refuses (a filter's EPERM, a route
// that is not) is lost alone.
func (b *outBatch) send() {
	if b.n == 0 {
		return
	}
	b.at = 0
	if err := b.raw.Write(b.push); err != nil {
		b.lost += uint64(b.n - b.at)
	}
	if b.waiting {
		b.waiting = false
		_ = b.conn.SetWriteDeadline(noDeadline)
	}
	b.n = 0
}

func (b *outBatch) pushAll(fd uintptr) bool {
	for b.at < b.n {
		b.calls++
		n, errno := b.call(fd, &b.hdrs[b.at], b.n-b.at)
		switch errno {
		case 0:
			b.at += n
		case unix.EINTR:
		case unix.EAGAIN:
			if !b.waiting {
				b.waiting = true
				_ = b.conn.SetWriteDeadline(deadlineAfter(sendPatience))
			}
			return false
		default:
			b.at++
			b.lost++
		}
	}
	return true
}

// sendmmsg never waits, so the scheduler need not hear of it, although it is most of a
// packet's journey on loopback and on machines with virtual cards: to be told costs a
// quarter of all that a packet costs, since it wakes the runtime's watcher each time.
func sendmmsg(fd uintptr, from *mmsghdr, n int) (int, syscall.Errno) {
	sent, _, errno := syscall.RawSyscall6(unix.SYS_SENDMMSG, fd, uintptr(unsafe.Pointer(from)), uintptr(n), unix.MSG_DONTWAIT, 0, 0)
	return int(sent), errno
}

// isSix tells a socket that speaks IPv6 (and IPv4 through it) from one that speaks
// IPv4 alone.
func isSix(raw syscall.RawConn) bool {
	domain := unix.AF_INET
	_ = raw.Control(func(fd uintptr) {
		if d, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DOMAIN); err == nil {
			domain = d
		}
	})
	return domain == unix.AF_INET6
}

// shared lets other sockets have the same port (socket(7), SO_REUSEPORT). It may be
// said after a socket is bound.
func shared(fd uintptr) {
	_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
}
