package wire

import (
	"bytes"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// writes has a packet sent to each, one after the other.
func writes(t *testing.T, n *Net, guests ...*guest) {
	t.Helper()
	for _, g := range guests {
		g.seq++
		if err := g.conn.send(rtpOf(7, g.seq, 20), false); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOutbox_WhatABatchBringsLeavesAtItsEnd(t *testing.T) {
	n := listen(t, "127.0.0.1:0")
	a, b := newGuest(t, n, gcm), newGuest(t, n, gcm)
	same := a.conn.way.Load().port
	b.conn.way.Load().port = same
	o := &same.out
	writes(t, n, a)
	a.gets(1)
	if o.out.calls != 1 {
		t.Fatalf("%d calls", o.out.calls)
	}
	n.Begin()
	n.Begin() // another reader's
	writes(t, n, a, b, a)
	if !a.silent() || o.out.calls != 1 {
		t.Error("something left in the middle of a batch")
	}
	n.End()
	writes(t, n, b)
	if o.out.calls != 2 || !b.silent() == (o.out.n != 1) {
		t.Errorf("%d calls, %d waiting", o.out.calls, o.out.n)
	}
	n.End()
	a.gets(2)
	if o.out.calls != 3 || o.out.n != 0 {
		t.Errorf("%d calls, %d waiting", o.out.calls, o.out.n)
	}
}

func TestOutbox_AFullOneLeavesAtOnceInOrder(t *testing.T) {
	n := listen(t, "127.0.0.1:0")
	g := newGuest(t, n, gcm)
	n.Begin()
	defer n.End()
	for i := range batchSize + 1 {
		if err := g.conn.send(rtpOf(7, uint16(i), 20), false); err != nil {
			t.Fatal(err)
		}
	}
	for i, b := range g.gets(batchSize) {
		if int(b[3]) != i {
			t.Fatalf("packet %d is %d", i, b[3])
		}
	}
	if g.conn.way.Load().port.out.out.n != 1 {
		t.Error("the last one left, too")
	}
}

func TestOutbox_ARefusedPacketIsLostAlone(t *testing.T) {
	n := listen(t, "127.0.0.1:0")
	g, nowhere, six := newGuest(t, n, gcm), newGuest(t, n, gcm), newGuest(t, n, gcm)
	nowhere.conn.way.Store(n.socketWay(netip.MustParseAddrPort("127.0.0.1:0"))) // EINVAL
	six.conn.way.Store(n.socketWay(netip.MustParseAddrPort("[2001:db8::1]:9"))) // not over this socket
	n.Begin()
	writes(t, n, nowhere, g, nowhere, six, g, g, six)
	n.End()
	g.gets(3)
	if got := n.Traffic(); got.Lost != 4 || got.Sent != 3 {
		t.Errorf("%+v", got)
	}
}

func TestOutbox_TheKernelMayTakeSomeOrNoneAtATime(t *testing.T) {
	n := listen(t, "127.0.0.1:0")
	g := newGuest(t, n, gcm)
	out := g.conn.way.Load().port.out.out
	answers := []func(fd uintptr, from *mmsghdr, count int) (int, syscall.Errno){
		func(fd uintptr, from *mmsghdr, _ int) (int, syscall.Errno) { return sendmmsg(fd, from, 2) },
		func(uintptr, *mmsghdr, int) (int, syscall.Errno) { return 0, unix.EINTR },
		func(uintptr, *mmsghdr, int) (int, syscall.Errno) { return 0, unix.EPERM },
		func(uintptr, *mmsghdr, int) (int, syscall.Errno) { return 0, unix.ENOBUFS },
		sendmmsg,
	}
	out.call = func(fd uintptr, from *mmsghdr, count int) (int, syscall.Errno) {
		f := answers[0]
		if len(answers) > 1 {
			answers = answers[1:]
		}
		return f(fd, from, count)
	}
	n.Begin()
	for i := range 7 {
		if err := g.conn.send(rtpOf(7, uint16(i), 20), false); err != nil {
			t.Fatal(err)
		}
	}
	g.seq = 100
	n.End()
	var got []byte
	for _, b := range g.gets(5) {
		got = append(got, b[3])
	}
	if !slices.Equal(got, []byte{0, 1, 4, 5, 6}) || out.lost != 2 {
		t.Errorf("got %v, %d lost", got, out.lost)
	}

	out.call = func(uintptr, *mmsghdr, int) (int, syscall.Errno) { return 0, unix.EAGAIN }
	began := time.Now()
	writes(t, n, g)
	if took := time.Since(began); took < sendPatience || took > 50*sendPatience || out.lost != 3 {
		t.Errorf("a full socket held everybody up for %v, %d lost", took, out.lost)
	}
	out.call = sendmmsg
	writes(t, n, g)
	g.gets(1)
}

func TestPort_SpeaksBothFamiliesAndKnowsThemApart(t *testing.T) {
	for _, tc := range []struct {
		listen, network, local string
	}{
		{"[::]:0", "udp4", "127.0.0.1:0"},
		{"[::]:0", "udp6", "[::1]:0"},
		{"[::1]:0", "udp6", "[::1]:0"},
		{"0.0.0.0:0", "udp4", "127.0.0.1:0"},
	} {
		n := listen(t, tc.listen)
		g := &guest{t: t, ear: &ear{}, keys: newKeyed(t, gcm)}
		g.conn = &Conn{net: n, handler: g.ear}
		g.dial(tc.network, tc.local)
		g.secure()
		g.settle() // under the address as the guest knows it: of IPv4, when it is
		g.send(rtpOf(7, 1, 20))
		eventually(t, tc.network+" at "+tc.listen, func() bool { r, _ := g.ear.heard(); return r == 1 })
		writes(t, n, g)
		g.gets(1)
	}
}

func TestSockaddr_IsWrittenAsItIsRead(t *testing.T) {
	for _, a := range []string{"192.0.2.1:5000", "[2001:db8::1]:443", "[fe80::1%3]:9"} {
		want := netip.MustParseAddrPort(a)
		got := newTarget(want, true)
		if back := addrPortOf(&got.raw); back != want {
			t.Errorf("%v becomes %v", want, back)
		}
		if want.Addr().Is4() {
			got = newTarget(want, false)
			if back := addrPortOf(&got.raw); back != want || got.size != unix.SizeofSockaddrInet4 {
				t.Errorf("%v becomes %v", want, back)
			}
		}
	}
}

func TestPort_APacketLongerThanAnyOfOursIsNotTaken(t *testing.T) {
	n := listen(t, "127.0.0.1:0")
	g := newGuest(t, n, gcm)
	if _, err := g.sock.Write(make([]byte, 5000)); err != nil {
		t.Fatal(err)
	}
	g.send(rtpOf(7, 1, 20))
	eventually(t, "the next one", func() bool { r, _ := g.ear.heard(); return r == 1 })
	if err := g.conn.send(make([]byte, slotSize), false); err != errTooLong {
		t.Errorf("a packet that fits nowhere: %v", err)
	}
	if got := n.Traffic(); got.Received != 2 {
		t.Errorf("%+v", got)
	}
}

func FuzzSockaddr(f *testing.F) {
	f.Add([]byte{2, 0, 0x13, 0x88, 192, 0, 2, 1})
	f.Add(append([]byte{10, 0, 0x13, 0x88}, make([]byte, 24)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		var sa unix.RawSockaddrInet6
		copy(unsafeBytes(&sa), b)
		a := addrPortOf(&sa)
		if !a.IsValid() {
			return
		}
		back := newTarget(a, true)
		if again := addrPortOf(&back.raw); again != a {
			t.Errorf("%v becomes %v", a, again)
		}
		if a.Addr().Is4() {
			if back := newTarget(a, false); !bytes.Equal(unsafeBytes(&back.raw)[:8], unsafeBytes(&sa)[:8]) && sa.Family == unix.AF_INET {
				t.Errorf("%v is written as %x", a, unsafeBytes(&back.raw)[:8])
			}
		}
	})
}

func unsafeBytes(sa *unix.RawSockaddrInet6) []byte {
	return (*[unix.SizeofSockaddrInet6]byte)(unsafe.Pointer(sa))[:]
}

func TestPort_SocketsOfOnePortServeAllAndKeepItForThemselves(t *testing.T) {
	n := &Net{log: discard, buffers: newBuffers()}
	ports, err := n.listenPorts("127.0.0.1:0", 3)
	if err != nil || len(ports) != 3 {
		t.Fatal(len(ports), err)
	}
	n.ports = ports
	n.udpAddr = unmapped(ports[0].conn.LocalAddr().(*net.UDPAddr).AddrPort())
	n.muxed = &muxed{UDPConn: ports[0].conn, net: n, in: newTray(4, n.buffers), closed: make(chan struct{})}
	for _, p := range ports {
		go p.run()
	}
	t.Cleanup(func() { _ = n.muxed.Close() })
	if _, err := n.listenPorts(n.udpAddr.String(), 3); err == nil {
		t.Error("another server has the same port")
	}
	for range 40 {
		g := newGuest(t, n, gcm)
		g.send(rtpOf(7, 1, 20), rtpOf(7, 2, 20))
		writes(t, n, g)
		g.gets(1)
		eventually(t, "what was sent", func() bool { r, _ := g.ear.heard(); return r == 2 })
	}
	for i, p := range ports {
		if p.received.Load() == 0 {
			t.Errorf("socket %d got nothing", i)
		}
	}
}
