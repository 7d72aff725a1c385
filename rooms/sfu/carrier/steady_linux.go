package carrier

import (
	"net"
	"strings"

	"golang.org/x/sys/unix"
)

// steady takes the first algorithm that is allowed here: to an ordinary user a kernel
// whose default is BBR may leave no more than Reno (RFC 5681).
func steady(conn *net.TCPConn) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		now, err := unix.GetsockoptString(int(fd), unix.IPPROTO_TCP, unix.TCP_CONGESTION)
		if err != nil || !strings.HasPrefix(now, "bbr") {
			return
		}
		for _, algorithm := range []string{"cubic", "reno"} {
			if unix.SetsockoptString(int(fd), unix.IPPROTO_TCP, unix.TCP_CONGESTION, algorithm) == nil {
				return
			}
		}
	})
}
