package netlab

import (
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sangdam/signaling/signaltest/netlab/line"
)

// TestMain runs the tests inside of Enter, and gives the outer process's place to
// the inner one.
func TestMain(m *testing.M) {
	if err := Enter(); err != nil {
		println("netlab:", err.Error())
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// echo answers every datagram at the server with where it came from.
func echo(t *testing.T, l *Lab) {
	t.Helper()
	var conn net.PacketConn
	if err := l.server.do(func() (err error) {
		conn, err = net.ListenPacket("udp4", serverAddress+":7000")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1500)
		for {
			_, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = conn.WriteTo([]byte(from.String()), from)
		}
	}()
	t.Cleanup(func() { _ = conn.Close(); <-done })
}

// ask sends a datagram and returns the answer and how long it took.
func ask(t *testing.T, conn net.Conn, within time.Duration) (string, time.Duration) {
	t.Helper()
	began := time.Now()
	if _, err := conn.Write([]byte("who am I")); err != nil {
		return "", 0
	}
	_ = conn.SetReadDeadline(began.Add(within))
	buf := make([]byte, 1500)
	n, err := conn.Read(buf)
	if err != nil {
		return "", 0
	}
	return string(buf[:n]), time.Since(began)
}

func dial(t *testing.T, p *Place, network, address string) net.Conn {
	t.Helper()
	var conn net.Conn
	if err := p.space.do(func() (err error) {
		conn, err = net.DialTimeout(network, address, time.Second)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func newWorld(t *testing.T) (*Lab, *Place) {
	t.Helper()
	l, err := NewLab(1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		goleak.VerifyNone(t)
	})
	p, err := l.Place("c1")
	if err != nil {
		t.Fatal(err)
	}
	echo(t, l)
	return l, p
}

func TestLab_CableDelaysAndNATHides(t *testing.T) {
	_, p := newWorld(t)
	p.Wire.Both(Far(100 * time.Millisecond))
	conn := dial(t, p, "udp4", serverAddress+":7000")
	seen, took := ask(t, conn, time.Second)
	if !strings.HasPrefix(seen, "10.77.1.1:2") || took < 100*time.Millisecond || took > 180*time.Millisecond {
		t.Errorf("seen as %q after %v", seen, took)
	}
	up, down := p.Wire.Counters()
	if up.Gone == 0 || down.Gone == 0 {
		t.Errorf("counters: up %+v, down %+v", up, down)
	}
}

func TestLab_NothingPassesACableThatIsDown(t *testing.T) {
	_, p := newWorld(t)
	conn := dial(t, p, "udp4", serverAddress+":7000")
	p.Wire.Both(line.Quality{Down: true})
	if seen, _ := ask(t, conn, 200*time.Millisecond); seen != "" {
		t.Errorf("seen as %q", seen)
	}
	p.Wire.Both(line.Quality{})
	if seen, _ := ask(t, conn, time.Second); seen == "" {
		t.Error("still down")
	}
}

func TestLab_RebindingGivesTheSameFlowAnotherPort(t *testing.T) {
	_, p := newWorld(t)
	conn := dial(t, p, "udp4", serverAddress+":7000")
	before, _ := ask(t, conn, time.Second)
	if err := p.Rebind(); err != nil {
		t.Fatal(err)
	}
	after, _ := ask(t, conn, time.Second)
	if before == "" || after == "" || before == after {
		t.Errorf("seen as %q, then as %q", before, after)
	}
}

func TestLab_FirewallLetsOutWhatThePolicySays(t *testing.T) {
	l, p := newWorld(t)
	for _, port := range []string{"443", "7000"} {
		var at net.Listener
		if err := l.server.do(func() (err error) {
			at, err = net.Listen("tcp4", serverAddress+":"+port)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = at.Close() })
	}
	reach := func(network, port string) bool {
		if network == "udp4" {
			seen, _ := ask(t, dial(t, p, network, serverAddress+":"+port), 300*time.Millisecond)
			return seen != ""
		}
		err := p.space.do(func() error {
			conn, err := net.DialTimeout(network, serverAddress+":"+port, 300*time.Millisecond)
			if err == nil {
				_ = conn.Close()
			}
			return err
		})
		return err == nil
	}
	for _, test := range []struct {
		policy             Policy
		udp, tcp, tcpOn443 bool
	}{
		{Open, true, true, true},
		{NoUDP, false, true, true},
		{Only443, false, false, true},
		{OnlyHTTP, false, false, false},
		{OnlyTLS, false, false, true},
	} {
		if err := p.Allow(test.policy); err != nil {
			t.Fatal(err)
		}
		if got := reach("udp4", "7000"); got != test.udp {
			t.Errorf("policy %d: udp %v", test.policy, got)
		}
		if got := reach("tcp4", "7000"); got != test.tcp {
			t.Errorf("policy %d: tcp/7000 %v", test.policy, got)
		}
		if got := reach("tcp4", "443"); got != test.tcpOn443 {
			t.Errorf("policy %d: tcp/443 %v", test.policy, got)
		}
	}
}

func TestLab_SwitchChangesCardAddressAndNAT(t *testing.T) {
	_, p := newWorld(t)
	if err := p.Second(); err != nil {
		t.Fatal(err)
	}
	first, _ := ask(t, dial(t, p, "udp4", serverAddress+":7000"), time.Second)
	if err := p.Switch(); err != nil {
		t.Fatal(err)
	}
	second, _ := ask(t, dial(t, p, "udp4", serverAddress+":7000"), time.Second)
	if !strings.HasPrefix(first, "10.77.1.1:") || !strings.HasPrefix(second, "10.77.1.2:") {
		t.Errorf("seen as %q, then as %q", first, second)
	}
}

func TestLab_TwoCardsEachLeaveByTheirOwnAndTheSecondStaysWhenTheFirstIsGone(t *testing.T) {
	_, p := newWorld(t)
	if err := p.Second(); err != nil {
		t.Fatal(err)
	}
	if err := p.Raise(); err != nil {
		t.Fatal(err)
	}
	seen := func(from string) string {
		t.Helper()
		var conn net.Conn
		if err := p.space.do(func() (err error) {
			d := net.Dialer{}
			if from != "" {
				d.LocalAddr = &net.UDPAddr{IP: net.ParseIP(from)}
			}
			conn, err = d.Dial("udp4", serverAddress+":7000")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		at, _ := ask(t, conn, time.Second)
		return at
	}
	for from, want := range map[string]string{"": "10.77.1.1:", "192.168.1.2": "10.77.1.1:", "192.168.2.2": "10.77.1.2:"} {
		if got := seen(from); !strings.HasPrefix(got, want) {
			t.Errorf("from %q: seen as %q, want %s", from, got, want)
		}
	}
	up, _ := p.Spare.Counters()
	if up.Gone == 0 {
		t.Error("the second card's packets left by the first")
	}
	if err := p.Switch(); err != nil {
		t.Fatal(err)
	}
	if got := seen(""); !strings.HasPrefix(got, "10.77.1.2:") {
		t.Errorf("after the change seen as %q", got)
	}
}

func TestLab_OnlyTLSGetsThroughAFilterThatLooks(t *testing.T) {
	l, p := newWorld(t)
	var at net.Listener
	if err := l.server.do(func() (err error) {
		at, err = net.Listen("tcp4", serverAddress+":443")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = at.Close() })
	if err := p.Allow(OnlyTLS); err != nil {
		t.Fatal(err)
	}
	for what, test := range map[string]struct {
		sent   string
		passes bool
	}{
		"a handshake": {"\x16\x03\x01\x00\x05hello", true},
		"STUN":        {"\x00\x01\x00\x00\x21\x12\xa4\x42", false},
		"HTTP":        {"GET / HTTP/1.1\r\n\r\n", false},
	} {
		near := dial(t, p, "tcp4", serverAddress+":443")
		if _, err := near.Write([]byte(test.sent)); err != nil {
			t.Fatal(err)
		}
		if !test.passes {
			_ = near.SetReadDeadline(time.Now().Add(time.Second))
			if _, err := near.Read(make([]byte, 1)); err == nil || strings.Contains(err.Error(), "timeout") {
				t.Errorf("%s: %v", what, err)
			}
			continue
		}
		far, err := at.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = far.Close() })
		got := make([]byte, len(test.sent))
		_ = far.SetReadDeadline(time.Now().Add(time.Second))
		if _, err := io.ReadFull(far, got); err != nil || string(got) != test.sent {
			t.Errorf("%s: %q, %v", what, got, err)
		}
	}
}

func TestLab_ResetTearsBothEndsDown(t *testing.T) {
	l, p := newWorld(t)
	var at net.Listener
	if err := l.server.do(func() (err error) {
		at, err = net.Listen("tcp4", serverAddress+":443")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = at.Close() })
	near := dial(t, p, "tcp4", serverAddress+":443")
	far, err := at.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = far.Close() })
	if err := p.Reset(443); err != nil {
		t.Fatal(err)
	}
	for who, conn := range map[string]net.Conn{"near": near, "far": far} {
		_ = conn.SetReadDeadline(time.Now().Add(time.Second))
		if _, err := conn.Read(make([]byte, 1)); err == nil || strings.Contains(err.Error(), "timeout") {
			t.Errorf("the %s end: %v", who, err)
		}
	}
}

func TestLab_ProgramsSeeTheirOwnNamespace(t *testing.T) {
	_, p := newWorld(t)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	out, err := p.space.run(ctx, "", "ls", "/sys/class/net")
	if err != nil || !strings.Contains(out, "wlan0") || strings.Contains(out, "wan\n") {
		t.Errorf("%v: %q", err, out)
	}
	if _, err := exec.LookPath("nft"); err != nil {
		t.Error(err)
	}
}
