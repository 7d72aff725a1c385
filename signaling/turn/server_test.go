package turn_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/stun/v4"

	"sangdam/rooms/sfu/sfutest"
	"sangdam/signaling/turn"
)

// clock is one that tests set forward.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) forward(d time.Duration) { c.ahead.Add(int64(d)) }

// soon is when a test gives up.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// plain is a rig whose relay is the kernel's, and one peer that answers.
func plain(t *testing.T) (*rig, netip.AddrPort, *clock) {
	t.Helper()
	peer, _ := echo(t, "127.0.0.1")
	c := &clock{}
	return serve(t, "127.0.0.1", []netip.AddrPort{peer}, plainRelay("127.0.0.1"), c.now), peer, c
}

func (r *rig) someone(network, name string) *client {
	user, password := r.creds.For(name, name, time.Now())
	return r.dial(network, user, password)
}

func family(v byte) stun.RawAttribute {
	return stun.RawAttribute{Type: stun.AttrRequestedAddressFamily, Value: []byte{v, 0, 0, 0}}
}

func channel(n uint16) stun.RawAttribute {
	return stun.RawAttribute{Type: stun.AttrChannelNumber, Value: []byte{byte(n >> 8), byte(n), 0, 0}}
}

func TestServer_RefusesByTheCodesOfRFC8656(t *testing.T) {
	r, peer, _ := plain(t)
	stranger := netip.AddrPortFrom(peer.Addr(), peer.Port()^1)
	for _, network := range []string{"udp", "tcp", "tls"} {
		c := r.someone(network, network)
		overTCP := stun.RawAttribute{Type: stun.AttrRequestedTransport, Value: []byte{6, 0, 0, 0}}
		pair := stun.RawAttribute{Type: stun.AttrEvenPort, Value: []byte{0x80}}
		for i, tc := range []struct {
			what   string
			method stun.Method
			attrs  []stun.Setter
			code   stun.ErrorCode
		}{
			{"refresh of nothing", stun.MethodRefresh, nil, stun.CodeAllocMismatch},
			{"relay over TCP", stun.MethodAllocate, []stun.Setter{overTCP}, stun.CodeUnsupportedTransProto},
			{"two ports", stun.MethodAllocate, []stun.Setter{overUDP(), pair}, stun.CodeInsufficientCapacity},
			{"a family without peers", stun.MethodAllocate, []stun.Setter{overUDP(), family(2)}, stun.CodeAddrFamilyNotSupported},
			{"no transport", stun.MethodAllocate, nil, stun.CodeBadRequest},
			{"allocate", stun.MethodAllocate, []stun.Setter{overUDP(), family(1)}, 0},
			{"again", stun.MethodAllocate, []stun.Setter{overUDP()}, stun.CodeAllocMismatch},
			{"the peer", stun.MethodCreatePermission, []stun.Setter{to(peer)}, 0},
			{"the peer, no port", stun.MethodCreatePermission, []stun.Setter{to(netip.AddrPortFrom(peer.Addr(), 0))}, 0},
			{"another port", stun.MethodCreatePermission, []stun.Setter{to(stranger)}, stun.CodeForbidden},
			{"the peer and another", stun.MethodCreatePermission, []stun.Setter{to(peer), to(netip.MustParseAddrPort("10.0.0.1:80"))}, stun.CodeForbidden},
			{"the peer, IPv6-mapped", stun.MethodCreatePermission, []stun.Setter{to(netip.MustParseAddrPort("[::ffff:10.0.0.1]:80"))}, stun.CodeForbidden},
			{"nobody", stun.MethodCreatePermission, nil, stun.CodeForbidden},
			{"a channel to another port", stun.MethodChannelBind, []stun.Setter{channel(0x4001), to(stranger)}, stun.CodeForbidden},
			{"a channel without a port", stun.MethodChannelBind, []stun.Setter{channel(0x4001), to(netip.AddrPortFrom(peer.Addr(), 0))}, stun.CodeForbidden},
			{"a channel", stun.MethodChannelBind, []stun.Setter{channel(0x4001), to(peer)}, 0},
			{"connect", stun.MethodConnect, []stun.Setter{to(peer)}, stun.CodeForbidden},
			{"refresh", stun.MethodRefresh, nil, 0},
		} {
			if got := code(c.ask(tc.method, tc.attrs...)); got != int(tc.code) {
				t.Errorf("%s %d %s: %d, want %d", network, i, tc.what, got, tc.code)
			}
		}
	}
	if n := r.refused("peer"); n != 3*6 {
		t.Errorf("%v peers refused were counted", n)
	}
}

func TestServer_ChannelsCarryPackets(t *testing.T) {
	r, peer, _ := plain(t)
	for _, network := range []string{"udp", "tcp", "tls"} {
		c := r.someone(network, network)
		if n := code(c.ask(stun.MethodAllocate, overUDP())); n != 0 {
			t.Fatal(n)
		}
		if n := code(c.ask(stun.MethodChannelBind, channel(0x4005), to(peer))); n != 0 {
			t.Fatal(n)
		}
		if got := c.over(0x4005, "eight and some more"); got != "eight and some more" {
			t.Errorf("%s: %q came back", network, got)
		}
	}
}

// over sends channel data and gives what comes back on the channel.
func (c *client) over(n uint16, data string) string {
	c.t.Helper()
	b := binary.BigEndian.AppendUint16(nil, n)
	b = binary.BigEndian.AppendUint16(b, uint16(len(data)))
	b = append(b, data...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	if _, err := c.Write(b); err != nil {
		c.t.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	got := make([]byte, 2000)
	if _, packets := c.Conn.(*net.UDPConn); packets {
		if _, err := c.Read(got); err != nil {
			c.t.Fatal(err)
		}
	} else if _, err := io.ReadFull(c, got[:len(b)]); err != nil {
		c.t.Fatal(err)
	}
	if binary.BigEndian.Uint16(got) != n {
		c.t.Fatalf("not of the channel: %x", got[:8])
	}
	return string(got[4 : 4+binary.BigEndian.Uint16(got[2:])])
}

func TestServer_CredentialsExpireAtARefreshAndNoEarlier(t *testing.T) {
	r, peer, clock := plain(t)
	c := r.someone("udp", "one")
	if n := code(c.ask(stun.MethodAllocate, overUDP())); n != 0 {
		t.Fatal(n)
	}
	clock.forward(13 * time.Hour)
	if n := code(c.ask(stun.MethodChannelBind, channel(0x4001), to(peer))); n != 0 {
		t.Errorf("a channel after the credentials' end: %d", n)
	}
	if got := c.over(0x4001, "still here"); got != "still here" {
		t.Errorf("%q", got)
	}
	if n := code(c.ask(stun.MethodRefresh)); n != 401 {
		t.Errorf("refresh: %d", n)
	}
	if r.refused("expired") == 0 {
		t.Error("not counted")
	}
}

func TestServer_TwoAllocationsAUsernameAndTheSilentGivesWay(t *testing.T) {
	r, _, clock := plain(t)
	one, two := r.someone("udp", "one"), r.someone("tcp", "one")
	for _, c := range []*client{one, two} {
		if n := code(c.ask(stun.MethodAllocate, overUDP())); n != 0 {
			t.Fatal(n)
		}
	}
	if n := code(r.someone("udp", "one").ask(stun.MethodAllocate, overUDP())); n != int(stun.CodeAllocQuotaReached) {
		t.Errorf("the third: %d", n)
	}
	if n := code(r.someone("udp", "another").ask(stun.MethodAllocate, overUDP())); n != 0 {
		t.Errorf("somebody else's first: %d", n)
	}
	clock.forward(time.Minute)
	if n := code(r.someone("udp", "one").ask(stun.MethodAllocate, overUDP())); n != 0 {
		t.Errorf("the third, after a minute of silence: %d", n)
	}
	if n := r.metric("sangdam_turn_allocations", ""); n != 3 {
		t.Errorf("%v allocations", n)
	}
	if r.refused("quota") != 1 {
		t.Error("not counted")
	}
}

func TestServer_AHolderHasNoMoreAllocationsThanItsSessionsNeed(t *testing.T) {
	r, _, clock := plain(t)
	allocate := func(holder string, session int) int {
		user, password := r.creds.For(holder, fmt.Sprint(session), time.Now())
		return code(r.dial("udp", user, password).ask(stun.MethodAllocate, overUDP()))
	}
	const most = 72
	for i := range most {
		if n := allocate("one", i); n != 0 {
			t.Fatalf("number %d: %d", i, n)
		}
	}
	if n := allocate("one", most); n != int(stun.CodeAllocQuotaReached) {
		t.Errorf("one too many: %d", n)
	}
	if n := allocate("another", 0); n != 0 {
		t.Errorf("somebody else's first: %d", n)
	}
	clock.forward(time.Minute)
	if n := allocate("one", most); n != 0 {
		t.Errorf("after a minute of silence: %d", n)
	}
	if n := r.metric("sangdam_turn_allocations", ""); n != most+1 {
		t.Errorf("%v allocations", n)
	}
}

func TestServer_AStreamThatEndsGivesItsAllocationBack(t *testing.T) {
	r, _, _ := plain(t)
	c := r.someone("tls", "one")
	if n := code(c.ask(stun.MethodAllocate, overUDP())); n != 0 {
		t.Fatal(n)
	}
	_ = c.Close()
	if err := sfutest.Wait(soon(t), "nothing allocated", func() bool { return r.metric("sangdam_turn_allocations", "") == 0 }); err != nil {
		t.Fatal(err)
	}
}

func TestServer_AFloodWithoutCredentialsIsAnsweredLittle(t *testing.T) {
	r, peer, _ := plain(t)
	good := r.someone("udp", "one")
	if n := code(good.ask(stun.MethodAllocate, overUDP())); n != 0 {
		t.Fatal(n)
	}
	if n := code(good.ask(stun.MethodChannelBind, channel(0x4001), to(peer))); n != 0 {
		t.Fatal(n)
	}
	flood, err := net.Dial("udp", r.udp.String())
	if err != nil {
		t.Fatal(err)
	}
	defer flood.Close()
	ask := stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest), overUDP()).Raw
	answers, longest := 0, 0
	b := make([]byte, 2000)
	for i := range 2000 {
		_, _ = flood.Write(ask)
		if i%2 == 0 {
			_, _ = flood.Write([]byte("\x90neither STUN nor channel data"))
		}
		if i%50 == 0 {
			if got := good.over(0x4001, "a call goes on"); got != "a call goes on" {
				t.Fatalf("%q", got)
			}
		}
		_ = flood.SetReadDeadline(time.Now().Add(time.Microsecond))
		if n, err := flood.Read(b); err == nil {
			answers, longest = answers+1, max(longest, n)
		}
	}
	_ = flood.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	for {
		n, err := flood.Read(b)
		if err != nil {
			break
		}
		answers, longest = answers+1, max(longest, n)
	}
	if answers == 0 || answers > 400 || longest > 3*len(ask) {
		t.Errorf("%d answers of up to %d bytes to 2000 requests of %d", answers, longest, len(ask))
	}
	if r.refused("rate") < 1500 || r.refused("malformed") == 0 {
		t.Errorf("counted: %v too fast, %v malformed", r.refused("rate"), r.refused("malformed"))
	}
	if n := code(r.someone("udp", "two").ask(stun.MethodAllocate, overUDP())); n > 0 && n != 401 {
		t.Errorf("after the flood: %d", n)
	}
}

func TestServer_StreamsThatLieOrSayNothingEnd(t *testing.T) {
	r, _, _ := plain(t)
	for what, b := range map[string][]byte{
		"HTTP":                {'G', 'E', 'T', ' ', '/', ' ', 'H', 'T', 'T', 'P'},
		"a message too long":  {0, 3, 0xff, 0xfc, 0x21, 0x12, 0xa4, 0x42},
		"channel data of 64k": {0x40, 1, 0xff, 0xff},
		"an odd length":       {0, 3, 0, 7, 0x21, 0x12, 0xa4, 0x42},
	} {
		conn, err := net.Dial("tcp", r.tcp.String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_, _ = conn.Write(b)
		_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		if n, err := conn.Read(make([]byte, 100)); err == nil || n > 0 {
			t.Errorf("%s was answered", what)
		}
	}
	if n := r.refused("framing"); n != 4 {
		t.Errorf("%v were counted", n)
	}
}

func TestServer_ASlowReaderHoldsUpNobody(t *testing.T) {
	r, peer, _ := plain(t)
	slow := r.someone("tcp", "slow")
	quick := r.someone("tcp", "quick")
	for _, c := range []*client{slow, quick} {
		if n := code(c.ask(stun.MethodAllocate, overUDP())); n != 0 {
			t.Fatal(n)
		}
		if n := code(c.ask(stun.MethodChannelBind, channel(0x4001), to(peer))); n != 0 {
			t.Fatal(n)
		}
	}
	// All that the slow one sends comes back to it, and it never reads.
	data := append([]byte{0x40, 1, 0x04, 0xb0}, bytes.Repeat([]byte{7}, 1200)...)
	began, sent := time.Now(), 0
	for time.Since(began) < 1500*time.Millisecond {
		_ = slow.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
		if _, err := slow.Write(data); err != nil {
			break
		}
		if sent++; sent%20 == 0 {
			at := time.Now()
			if got := quick.over(0x4001, "a call goes on"); got != "a call goes on" {
				t.Fatalf("%q", got)
			}
			if d := time.Since(at); d > 500*time.Millisecond {
				t.Fatalf("held up for %v", d)
			}
		}
	}
	if sent < 500 {
		t.Errorf("only %d packets", sent)
	}
}

func TestServer_AnAllocationCarriesNoMoreThanItsShare(t *testing.T) {
	r, peer, _ := plain(t)
	c := r.someone("tcp", "one")
	if n := code(c.ask(stun.MethodAllocate, overUDP())); n != 0 {
		t.Fatal(n)
	}
	if n := code(c.ask(stun.MethodChannelBind, channel(0x4001), to(peer))); n != 0 {
		t.Fatal(n)
	}
	data := append([]byte{0x40, 1, 0x04, 0xb0}, bytes.Repeat([]byte{7}, 1200)...)
	began := time.Now()
	for range 3000 { // 3.6 MB
		if _, err := c.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := sfutest.Wait(soon(t), "packets refused", func() bool { return r.refused("bandwidth") > 1000 }); err != nil {
		t.Fatal(err)
	}
	allowed := 1_000_000*time.Since(began).Seconds() + 500_000
	if in := r.metric("sangdam_turn_bytes_total", "in"); in > 1.1*allowed || in < 100_000 {
		t.Errorf("%v bytes relayed, %v allowed", in, allowed)
	}
}

func TestServer_SmallPacketsAreNotFree(t *testing.T) {
	r, peer, _ := plain(t)
	c := r.someone("tcp", "one")
	if n := code(c.ask(stun.MethodAllocate, overUDP())); n != 0 {
		t.Fatal(n)
	}
	if n := code(c.ask(stun.MethodChannelBind, channel(0x4001), to(peer))); n != 0 {
		t.Fatal(n)
	}
	flood := bytes.Repeat([]byte{0x40, 1, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8}, 40_000) // 320 kB of data, less than may come at once
	if _, err := c.Write(flood); err != nil {
		t.Fatal(err)
	}
	if err := sfutest.Wait(soon(t), "packets refused", func() bool { return r.refused("bandwidth") > 1000 }); err != nil {
		t.Fatal(err)
	}
}

func TestServer_CloseEndsWhatIsOpen(t *testing.T) {
	r, _, _ := plain(t)
	for _, network := range []string{"udp", "tcp", "tls"} {
		if n := code(r.someone(network, network).ask(stun.MethodAllocate, overUDP())); n != 0 {
			t.Fatal(n)
		}
	}
	_ = r.dial("tcp", "", "") // says nothing
	done := make(chan error)
	go func() { done <- r.server.Close() }()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("Close does not end")
	}
	if n := r.metric("sangdam_turn_allocations", ""); n != 0 {
		t.Errorf("%v allocations are left", n)
	}
}

func TestNew_NeedsWhatItServesWith(t *testing.T) {
	if _, err := turn.New(turn.Config{}); err == nil {
		t.Error("a server without a key")
	}
}

func TestCredentials_SayNothingAndAreTheSameEverywhere(t *testing.T) {
	key := []byte("a key that two servers share")
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	user, password := turn.NewCredentials(key).For("link", "session-of-Kim", now)
	again, same := turn.NewCredentials(slices.Clone(key)).For("link", "session-of-Kim", now)
	if user != again || password != same {
		t.Error("another server derives others")
	}
	if bytes.Contains([]byte(user), []byte("Kim")) || len(user) != 35 || user[:10] != "1795467600" {
		t.Errorf("username %q", user)
	}
	other, others := turn.NewCredentials(key).For("link", "session-of-Lee", now)
	if other == user || others == password {
		t.Error("two sessions have the same")
	}
	if !strings.HasPrefix(user[11:], other[11:][:8]) {
		t.Error("two sessions of one link have no part in common")
	}
	if user, _ := turn.NewCredentials(key).For("another link", "session-of-Kim", now); user[11:][:8] == other[11:][:8] {
		t.Error("two links have a part in common")
	}
	if _, foreign := turn.NewCredentials([]byte("another key")).For("link", "session-of-Kim", now); foreign == password {
		t.Error("another key gives the same")
	}
}
