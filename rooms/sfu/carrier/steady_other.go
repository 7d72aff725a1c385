//go:build !linux

package carrier

import "net"

// steady has nothing to say: no other system that this runs on has BBR for a default.
func steady(*net.TCPConn) {}
