package wire

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/pion/stun/v4"
)

// twoHomed is a Net with two addresses of IPv4 and one of IPv6.
func twoHomed(t testing.TB) *Net {
	t.Helper()
	n, err := Listen(Config{UDP: "127.0.0.1:0", Advertise: []netip.Addr{
		netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("203.0.113.8"), netip.MustParseAddr("2001:db8::7"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Close() })
	return n
}

func openRelay(t testing.TB, n *Net, network string) net.PacketConn {
	t.Helper()
	c, err := n.OpenRelay(network)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestRelay_ReachesOurOwnAddressesAndNothingElse(t *testing.T) {
	n := twoHomed(t)
	port := n.UDP().Port()
	c := openRelay(t, n, "udp4")
	for _, ours := range n.Advertised() {
		_, err := c.WriteTo([]byte{0x80, 1}, net.UDPAddrFromAddrPort(ours))
		if want := ours.Addr().Is4(); (err == nil) != want {
			t.Errorf("%v: %v", ours, err)
		}
	}
	for _, other := range []string{"203.0.113.7:80", "203.0.113.9:7000", "127.0.0.1:7000", "169.254.169.254:80", "0.0.0.0:7000", "[::1]:7000"} {
		if _, err := c.WriteTo([]byte{0x80, 1}, net.UDPAddrFromAddrPort(netip.MustParseAddrPort(other))); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", other, err)
		}
	}
	if _, err := c.WriteTo([]byte{0x80, 1}, &net.TCPAddr{IP: net.IPv4(203, 0, 113, 7), Port: int(port)}); !errors.Is(err, ErrRefused) {
		t.Errorf("TCP: %v", err)
	}
	if got := n.Strangers()[RelayTarget]; got != 7 {
		t.Errorf("%d counted", got)
	}
	if a := c.LocalAddr().(*net.UDPAddr); a.IP.String() != "203.0.113.7" || a.Port < firstPort {
		t.Errorf("relayed address %v", a)
	}
	if a := openRelay(t, n, "udp6").LocalAddr().(*net.UDPAddr); a.IP.String() != "2001:db8::7" {
		t.Errorf("relayed address %v", a)
	}
}

func TestRelay_NeedsAnAddressOfItsFamily(t *testing.T) {
	n, err := Listen(Config{UDP: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	if _, err := n.OpenRelay("udp6"); !errors.Is(err, ErrNoRelay) {
		t.Errorf("IPv6: %v", err)
	}
	m, err := Listen(Config{TCP: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if _, err := m.OpenRelay("udp4"); !errors.Is(err, ErrNoRelay) {
		t.Errorf("without UDP: %v", err)
	}
}

func TestRelay_AnswersComeFromTheAddressThatWasMeant(t *testing.T) {
	n := twoHomed(t)
	c := openRelay(t, n, "udp4")
	at := c.LocalAddr().(*net.UDPAddr).AddrPort()
	first, second := n.advertised[0], n.advertised[1]
	check := func(to netip.AddrPort, attrs ...stun.Setter) *stun.Message {
		t.Helper()
		m := stun.MustBuild(append([]stun.Setter{stun.TransactionID, stun.BindingRequest}, attrs...)...)
		if _, err := c.WriteTo(m.Raw, net.UDPAddrFromAddrPort(to)); err != nil {
			t.Fatal(err)
		}
		return m
	}
	from := func(b []byte) netip.AddrPort {
		t.Helper()
		if _, err := n.relays.WriteToAddrPort(b, at); err != nil {
			t.Fatal(err)
		}
		_, a, err := c.ReadFrom(make([]byte, 1500))
		if err != nil {
			t.Fatal(err)
		}
		return a.(*net.UDPAddr).AddrPort()
	}
	answer := func(m *stun.Message) []byte {
		return stun.MustBuild(&stun.Message{TransactionID: m.TransactionID}, stun.BindingSuccess).Raw
	}
	two, one := check(second), check(first)
	if a := from(answer(two)); a != second {
		t.Errorf("the answer to the second comes from %v", a)
	}
	if a := from(answer(one)); a != first {
		t.Errorf("the answer to the first comes from %v", a)
	}
	if a := from([]byte{0x80, 1}); a != first {
		t.Errorf("media come from %v before a nomination", a)
	}
	check(second, stun.RawAttribute{Type: stun.AttrUseCandidate})
	if a := from([]byte{0x80, 1}); a != second {
		t.Errorf("media come from %v after the second's nomination", a)
	}
}

func TestRelay_AFullQueueLosesTheNewestAndHoldsUpNobody(t *testing.T) {
	n := twoHomed(t)
	c := openRelay(t, n, "udp4")
	at := c.LocalAddr().(*net.UDPAddr).AddrPort()
	for i := range outboundQueue + 10 {
		if _, err := n.relays.WriteToAddrPort([]byte{0x80, byte(i)}, at); err != nil {
			t.Fatal(err)
		}
	}
	if got := n.Strangers()[RelayFull]; got != 10 {
		t.Errorf("%d lost", got)
	}
	b := make([]byte, 1500)
	if _, _, err := c.ReadFrom(b); err != nil || b[1] != 0 {
		t.Errorf("the oldest is %d, %v", b[1], err)
	}
}

func TestRelay_ReadsEndAtTheirDeadlineAndWithTheRelay(t *testing.T) {
	n := twoHomed(t)
	c := openRelay(t, n, "udp4")
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	if _, _, err := c.ReadFrom(make([]byte, 1500)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("deadline: %v", err)
	}
	_ = c.SetReadDeadline(time.Time{})
	done := make(chan error)
	go func() {
		_, _, err := c.ReadFrom(make([]byte, 1500))
		done <- err
	}()
	_ = c.Close()
	if err := <-done; !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	if _, err := n.relays.WriteToAddrPort([]byte{0x80}, c.LocalAddr().(*net.UDPAddr).AddrPort()); err == nil {
		t.Error("a packet for a relay that is gone")
	}
	last := openRelay(t, n, "udp4")
	_ = n.Close()
	if _, _, err := last.ReadFrom(make([]byte, 1500)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the Net's end: %v", err)
	}
	if _, err := n.OpenRelay("udp4"); err == nil {
		t.Error("a relay of a closed Net")
	}
}

func TestRelay_ACallComesFromSoManyRelays(t *testing.T) {
	n := twoHomed(t)
	n.calls.replace("", "somebody")
	check, to := checkFor("somebody"), net.UDPAddrFromAddrPort(n.Advertised()[0])
	for range maxSources + 5 { // whoever has credentials may begin anew as often as it likes
		c, err := n.OpenRelay("udp4")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.WriteTo(check, to); err != nil {
			t.Fatal(err)
		}
		_ = c.Close()
	}
	counts(t, n, map[Reason]uint64{Crowded: 5})
}
