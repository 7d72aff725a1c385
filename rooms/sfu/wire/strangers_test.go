package wire

import (
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v4"
)

func checkFor(ufrag string) []byte {
	return stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewUsername(ufrag+":abcd"),
		stun.NewShortTermIntegrity("a password that nobody knows"), stun.Fingerprint).Raw
}

// named is a message of another type for a call that is not.
func named(typ stun.MessageType) []byte {
	return stun.MustBuild(stun.TransactionID, typ, stun.NewUsername("nobody:abcd")).Raw
}

func frame(b []byte) []byte { return append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...) }

// counts waits until strangers have been counted as told.
func counts(t *testing.T, n *Net, want map[Reason]uint64) {
	t.Helper()
	var got map[Reason]uint64
	for range 200 {
		got = n.Strangers()
		same := true
		for r := range reasons {
			same = same && got[r] == want[r]
		}
		if same {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("counted %v, want %v", got, want)
}

func TestStrangers_OnTheSocketAreCountedByKind(t *testing.T) {
	n, err := Listen(Config{UDP: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	conn, err := net.Dial("udp", n.UDP().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	noUser := stun.MustBuild(stun.TransactionID, stun.BindingRequest).Raw
	lying := checkFor("nobody")
	lying[3] += 4
	for _, b := range [][]byte{checkFor("nobody"), checkFor(""), noUser, lying, {0, 1, 2}, []byte("\x80 and so on"), []byte("\x16\xfe\xff DTLS")} {
		if _, err := conn.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	counts(t, n, map[Reason]uint64{UnknownUfrag: 1, Malformed: 4, Garbage: 2})
}

func TestStrangers_OnStreamsAreTurnedAway(t *testing.T) {
	n, err := Listen(Config{TCP: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	n.calls.replace("", "somebody")
	for _, tc := range []struct {
		bytes []byte
		why   Reason
	}{
		{frame(checkFor("nobody")), UnknownUfrag},
		{frame(stun.MustBuild(stun.TransactionID, stun.BindingRequest).Raw), Malformed},
		{[]byte{0, 3, 1, 2, 3}, Framing},    // shorter than any message
		{[]byte{0xff, 0xff, 0, 1}, Framing}, // 64 kB to come
		{frame([]byte("\x80 media before a check")), Framing},
		{frame(named(stun.BindingSuccess)), Framing}, // names a call, and no request: nobody looked it up
		{frame(named(stun.NewType(stun.MethodBinding, stun.ClassIndication))), Framing},
		{frame(append(checkFor("somebody"), 0)), Malformed}, // longer than its message
	} {
		before := n.Strangers()[tc.why]
		conn, err := net.Dial("tcp", n.TCP().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(tc.bytes); err != nil {
			t.Fatal(err)
		}
		_ = conn.SetReadDeadline(time.Now().Add(3 * time.Second))
		if _, err := conn.Read(make([]byte, 10)); err == nil {
			t.Errorf("%x was answered", tc.bytes)
		} else if e, ok := err.(net.Error); ok && e.Timeout() {
			t.Errorf("%x was let in", tc.bytes)
		}
		_ = conn.Close()
		if got := n.Strangers()[tc.why]; got != before+1 {
			t.Errorf("%x: %v not counted: %v", tc.bytes, tc.why, n.Strangers())
		}
	}
}

func TestStrangers_WhoSaysNothingIsHungUpOnAndCannotCrowdOthersOut(t *testing.T) {
	n, err := Listen(Config{TCP: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	n.calls.replace("", "somebody")
	var silent []net.Conn
	for range maxUnsortedFrom + 6 {
		conn, err := net.Dial("tcp", n.TCP().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		silent = append(silent, conn)
	}
	counts(t, n, map[Reason]uint64{Crowded: 6})
	other := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	conn, err := other.Dial("tcp", n.TCP().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write(frame(checkFor("somebody"))); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	if _, err := conn.Read(make([]byte, 10)); err == io.EOF {
		t.Error("somebody from another address was turned away")
	}
	_ = silent[0].SetReadDeadline(time.Now().Add(2 * firstBindTimeout))
	if _, err := silent[0].Read(make([]byte, 10)); err != io.EOF {
		t.Errorf("silence: %v", err)
	}
	counts(t, n, map[Reason]uint64{Crowded: 6, Silent: maxUnsortedFrom})
}

func TestStrangers_ACallComesFromSoManyAddresses(t *testing.T) {
	n := &Net{}
	n.calls.replace("", "somebody")
	check, at := checkFor("somebody"), netip.MustParseAddr("192.0.2.1")
	for port := range uint16(maxSources) {
		if _, ok := n.stray(check, netip.AddrPortFrom(at, 5000+port)); !ok {
			t.Fatalf("address %d was turned away", port)
		}
	}
	if why, ok := n.stray(check, netip.AddrPortFrom(at, 4000)); ok || why != Crowded {
		t.Errorf("one more: %v, %v", why, ok)
	}
	if _, ok := n.stray(check, netip.AddrPortFrom(at, 5000)); !ok {
		t.Error("one that was known is turned away")
	}
	n.calls.replace("somebody", "somebody else") // an ICE restart
	if _, ok := n.stray(checkFor("somebody else"), netip.AddrPortFrom(at, 4000)); !ok {
		t.Error("a new generation does not begin anew")
	}
}

func FuzzUfragOf(f *testing.F) {
	f.Add(checkFor("somebody"))
	f.Add([]byte{0, 1, 0, 4, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		ufrag, ok := ufragOf(b)
		if !ok {
			return
		}
		m := &stun.Message{Raw: b}
		if err := m.Decode(); err != nil {
			return // the rest is not well formed, and Pion will say so
		}
		user, err := m.Get(stun.AttrUsername)
		if err != nil || len(ufrag) == 0 || string(user[:len(ufrag)]) != string(ufrag) {
			t.Errorf("%q of %q, %v", ufrag, user, err)
		}
	})
}

func BenchmarkStray(b *testing.B) {
	n, from := &Net{}, netip.MustParseAddrPort("192.0.2.1:5000")
	n.calls.replace("", "somebody")
	for name, packet := range map[string][]byte{"media": make([]byte, 1200), "check": checkFor("somebody"), "stranger": checkFor("nobody")} {
		if name == "media" {
			packet[0] = 0x80
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n.stray(packet, from)
			}
		})
	}
}
