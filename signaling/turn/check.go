package turn

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"

	"sangdam/rooms/sfu/pionlog"
)

// stranger is an address of nobody (RFC 5737, RFC 3849) that no relay of ours
// may reach.
func stranger(of netip.Addr) netip.Addr {
	if of.Is4() {
		return netip.AddrFrom4([4]byte{192, 0, 2, 1})
	}
	return netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 15: 1})
}

// Check asks a server, over a connection that is up, for what it must do, a way
// to its media at peer, and for what it must refuse: a way to anybody else, and to
// any other port of its own machine. It closes the connection.
func Check(ctx context.Context, conn net.Conn, c Credentials, peer netip.AddrPort, now time.Time) error {
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	user, password := c.For("doctor", "doctor", now)
	family := turn.RequestedAddressFamilyIPv4
	if peer.Addr().Is6() {
		family = turn.RequestedAddressFamilyIPv6
	}
	at := conn.RemoteAddr().String()
	client, err := turn.NewClient(&turn.ClientConfig{
		STUNServerAddr: at, TURNServerAddr: at, Conn: turn.NewSTUNConn(conn),
		Username: user, Password: password, RequestedAddressFamily: family, LoggerFactory: pionlog.Factory{Log: slog.New(slog.DiscardHandler)},
	})
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.Listen(); err != nil {
		return err
	}
	relayed, err := client.AllocateWithContext(ctx)
	if err != nil {
		return fmt.Errorf("no relay is given: %w", err)
	}
	defer relayed.Close()
	if err := client.CreatePermission(net.UDPAddrFromAddrPort(peer)); err != nil {
		return fmt.Errorf("the relay does not lead to the media at %v: %w", peer, err)
	}
	for _, other := range []netip.AddrPort{
		netip.AddrPortFrom(stranger(peer.Addr()), peer.Port()),
		netip.AddrPortFrom(peer.Addr(), peer.Port()^1),
	} {
		err := client.CreatePermission(net.UDPAddrFromAddrPort(other))
		var refused *stun.TurnError
		switch {
		case err == nil:
			return fmt.Errorf("the relay leads to %v, which is not the media", other)
		case !errors.As(err, &refused) || refused.ErrorCodeAttr.Code != stun.CodeForbidden:
			return fmt.Errorf("%v is refused in another way than by 403: %w", other, err)
		}
	}
	return nil
}
