// Package carrier looks after the TCP connections that carry media.
//
// It owns nothing: whoever took a connection in asks once. Setting the listener
// instead was rejected: connections come from listeners that others have opened.
package carrier

import "net"

// TCP finds what a connection is carried by; nil when that is hidden.
func TCP(conn net.Conn) *net.TCPConn {
	for range 4 {
		switch c := conn.(type) {
		case *net.TCPConn:
			return c
		case interface{ NetConn() net.Conn }:
			conn = c.NetConn()
		default:
			return nil
		}
	}
	return nil
}

// Steady lets voices flow at an even pace where the kernel can be told to: under
// BBR, which many servers have as their default, a connection holds nearly everything
// back for 200 ms and a round trip, every ten seconds (PROBE_RTT,
// draft-ietf-ccwg-bbr section 5.3.4), and a voice is gone for as long.
func Steady(conn net.Conn) {
	if tcp := TCP(conn); tcp != nil {
		steady(tcp)
	}
}
