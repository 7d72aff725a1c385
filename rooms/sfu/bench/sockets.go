//go:build linux

package main

import (
	"fmt"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	readBatch  = 32
	readSize   = 2048
	readyMost  = 256
	socketRoom = 4 << 20
)

// sockets are the sockets of all people, read in batches by one goroutine.
type sockets struct {
	epoll, woken int // descriptors
	ready        [readyMost]unix.EpollEvent
	readyN       int

	hdrs [readBatch]mmsghdr
	iovs [readBatch]unix.Iovec
	bufs [readBatch][readSize]byte
}

// mmsghdr is the kernel's (recvmmsg(2)).
type mmsghdr struct {
	hdr unix.Msghdr
	n   uint32
}

func newSockets() (*sockets, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	woken, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("eventfd: %w", err)
	}
	s := &sockets{epoll: epoll, woken: woken}
	for i := range s.hdrs {
		s.iovs[i].Base = &s.bufs[i][0]
		s.iovs[i].SetLen(readSize)
		s.hdrs[i].hdr.Iov = &s.iovs[i]
		s.hdrs[i].hdr.SetIovlen(1)
	}
	return s, s.watch(woken)
}

func (s *sockets) watch(fd int) error {
	return unix.EpollCtl(s.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
}

// open makes a socket that talks to one address.
func (s *sockets) open(to netip.AddrPort) (fd int, err error) {
	fd, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, socketRoom)
	if err = unix.Connect(fd, &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}); err == nil {
		err = s.watch(fd)
	}
	if err != nil {
		_ = unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

func (s *sockets) local(fd int) (netip.AddrPort, error) {
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return netip.AddrPort{}, err
	}
	four, ok := sa.(*unix.SockaddrInet4)
	if !ok {
		return netip.AddrPort{}, unix.EAFNOSUPPORT
	}
	return netip.AddrPortFrom(netip.AddrFrom4(four.Addr), uint16(four.Port)), nil
}

// send never waits: what the socket does not take is lost.
func send(fd int, b []byte) bool {
	_, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), unix.MSG_DONTWAIT, 0, 0)
	return errno == 0
}

// wait waits until something comes or d is over.
func (s *sockets) wait(d time.Duration) {
	ts := unix.NsecToTimespec(int64(max(0, d)))
	call := unix.RawSyscall6
	if d > 0 {
		call = unix.Syscall6 // others may run meanwhile
	}
	n, _, errno := call(unix.SYS_EPOLL_PWAIT2, uintptr(s.epoll), uintptr(unsafe.Pointer(&s.ready[0])), readyMost, uintptr(unsafe.Pointer(&ts)), 0, 0)
	s.readyN = int(n)
	if errno != 0 {
		s.readyN = 0
	}
}

// drain gives what has come; the packets are valid until the next call.
func (s *sockets) drain(take func(fd int, packets int)) {
	for _, e := range s.ready[:s.readyN] {
		fd := int(e.Fd)
		if fd == s.woken {
			_, _ = unix.Read(fd, s.bufs[0][:8])
			continue
		}
		n, _, errno := unix.RawSyscall6(unix.SYS_RECVMMSG, uintptr(fd), uintptr(unsafe.Pointer(&s.hdrs[0])), readBatch, unix.MSG_DONTWAIT, 0, 0)
		if errno == 0 {
			take(fd, int(n))
		}
	}
	s.readyN = 0
}

func (s *sockets) packet(i int) []byte { return s.bufs[i][:s.hdrs[i].n] }

func (s *sockets) wake() { _, _ = unix.Write(s.woken, []byte{1, 0, 0, 0, 0, 0, 0, 0}) }

func (s *sockets) close() {
	_ = unix.Close(s.epoll)
	_ = unix.Close(s.woken)
}
