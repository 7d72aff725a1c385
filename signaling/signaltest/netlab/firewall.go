package netlab

import (
	"context"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Policy is what a network lets out.
type Policy int

// Policies.
const (
	Open     Policy = iota
	NoUDP           // a filter that knows the web alone
	Only443         // tcp/443 and nothing else
	OnlyHTTP        // what a proxy at the router lets through, and nothing else
	OnlyTLS         // tcp/443, and there nothing but TLS: the router looks
)

// outlet is one link's way through the router.
type outlet struct {
	number int
	inner  string // 192.168.N.0/24
	public string // the address that it has outside
	policy Policy
	// mapping chooses the ports that NAT takes; a new one comes with each rebinding.
	mapping int
}

// portsOf are the ports of a mapping: ranges that do not overlap.
func (o *outlet) portsOf() (from, to int) {
	from = 20000 + o.mapping%20*2000
	return from, from + 1999
}

// ruleset is the whole of the router's.
func ruleset(outlets []*outlet) string {
	var nat, redirect, filter strings.Builder
	for _, o := range outlets {
		from, to := o.portsOf()
		fmt.Fprintf(&nat, "oifname \"wan\" ip saddr %s meta l4proto { tcp, udp } snat to %s:%d-%d\n", o.inner, o.public, from, to)
		fmt.Fprintf(&nat, "oifname \"wan\" ip saddr %s snat to %s\n", o.inner, o.public)
		switch o.policy {
		case Open:
		case NoUDP:
			fmt.Fprintf(&filter, "ip saddr %s meta l4proto udp drop\nip daddr %s meta l4proto udp drop\n", o.inner, o.inner)
		case Only443:
			fmt.Fprintf(&filter, "ip saddr %s tcp dport 443 accept\nip daddr %s tcp sport 443 accept\n", o.inner, o.inner)
			fmt.Fprintf(&filter, "ip saddr %s drop\nip daddr %s drop\n", o.inner, o.inner)
		case OnlyTLS:
			fmt.Fprintf(&redirect, "ip saddr %s tcp dport 443 redirect to :%d\n", o.inner, guardPort)
			fallthrough
		case OnlyHTTP:
			fmt.Fprintf(&filter, "ip saddr %s drop\nip daddr %s drop\n", o.inner, o.inner)
		}
	}
	return "flush ruleset\n" +
		"table ip nat {\nchain post {\ntype nat hook postrouting priority 100\n" + nat.String() + "}\n" +
		"chain pre {\ntype nat hook prerouting priority -100\n" + redirect.String() + "}\n}\n" +
		"table ip filter {\nchain through {\ntype filter hook forward priority 0\npolicy accept\n" + filter.String() + "}\n}\n"
}

// apply puts the rules of all outlets in force, at once.
func (l *Lab) apply() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, err := l.router.run(ctx, ruleset(l.outlets), "nft", "-f", "-")
	return err
}

// forget flushes the router's conntrack: every flow is new to it, and gets another
// port where the mapping has changed.
func (l *Lab) forget() error {
	return l.router.do(func() error {
		fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_NETFILTER)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		const deleteAll = 1<<8 | 2 // NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE: without a tuple, all
		request := []byte{
			20, 0, 0, 0, deleteAll & 0xff, deleteAll >> 8, unix.NLM_F_REQUEST | unix.NLM_F_ACK, 0,
			1, 0, 0, 0, 0, 0, 0, 0,
			unix.AF_INET, 0, 0, 0,
		}
		if err := unix.Sendto(fd, request, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
			return fmt.Errorf("flush conntrack: %w", err)
		}
		answer := make([]byte, 4096)
		n, _, err := unix.Recvfrom(fd, answer, 0)
		if err != nil {
			return fmt.Errorf("flush conntrack: %w", err)
		}
		// nlmsghdr, then nlmsgerr: a negative errno, 0 for done.
		if n >= 20 && answer[16]|answer[17]|answer[18]|answer[19] != 0 {
			errno := -int32(uint32(answer[16]) | uint32(answer[17])<<8 | uint32(answer[18])<<16 | uint32(answer[19])<<24)
			return fmt.Errorf("flush conntrack: %w", unix.Errno(errno))
		}
		return nil
	})
}
