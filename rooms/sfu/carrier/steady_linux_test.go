package carrier

import (
	"crypto/tls"
	"net"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A connection under BBR gets another algorithm, also when TLS lies over it.
func TestSteady_NoConnectionStaysUnderBBR(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	algorithm := func(set string) (name string) {
		t.Helper()
		if err := raw.Control(func(fd uintptr) {
			if set != "" && unix.SetsockoptString(int(fd), unix.IPPROTO_TCP, unix.TCP_CONGESTION, set) != nil {
				set = ""
			}
			name, _ = unix.GetsockoptString(int(fd), unix.IPPROTO_TCP, unix.TCP_CONGESTION)
		}); err != nil {
			t.Fatal(err)
		}
		return strings.TrimRight(name, "\x00")
	}
	before := algorithm("bbr") // where the kernel has it
	Steady(tls.Server(conn, nil))
	after := algorithm("")
	if strings.HasPrefix(after, "bbr") || !strings.HasPrefix(before, "bbr") && after != before {
		t.Errorf("%q became %q", before, after)
	}
}
