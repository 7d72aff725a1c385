package turn_test

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pion/stun/v4"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"sangdam/signaling/certs"
	"sangdam/signaling/turn"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const realm = "sangdam"

// rig is a Server on loopback, over UDP, TCP and TLS.
type rig struct {
	t             *testing.T
	creds         turn.Credentials
	udp, tcp, tls netip.AddrPort
	peers         []netip.AddrPort
	metrics       *prometheus.Registry
	server        *turn.Server
}

// serve begins one on a loopback address that relays through relay to peers.
func serve(t *testing.T, host string, peers []netip.AddrPort, relay func(string) (net.PacketConn, error), now func() time.Time) *rig {
	t.Helper()
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	r := &rig{t: t, creds: turn.NewCredentials(key), peers: peers, metrics: prometheus.NewRegistry()}
	pc, err := net.ListenPacket("udp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	bare, secret := listen(t, host), listen(t, host)
	r.udp = pc.LocalAddr().(*net.UDPAddr).AddrPort()
	r.tcp = bare.Addr().(*net.TCPAddr).AddrPort()
	r.tls = secret.Addr().(*net.TCPAddr).AddrPort()
	r.server, err = turn.New(turn.Config{
		Key: key, Listeners: []net.Listener{bare, tls.NewListener(secret, selfSigned(t))}, Packets: []net.PacketConn{pc},
		Peers: func() []netip.AddrPort { return r.peers }, Relay: relay, Realm: realm, Metrics: r.metrics, Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.server.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func listen(t *testing.T, host string) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func selfSigned(t *testing.T) *tls.Config {
	t.Helper()
	h, err := certs.OpenHall(t.TempDir(), []string{"127.0.0.1", "::1"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(h.Cert, h.Key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{MinVersion: tls.VersionTLS10, Certificates: []tls.Certificate{pair}}
}

// refused is how often something was, by reason.
func (r *rig) refused(reason string) float64 {
	return r.metric("sangdam_turn_refused_total", reason)
}

func (r *rig) metric(name, label string) float64 {
	r.t.Helper()
	families, err := r.metrics.Gather()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == name && (label == "" || m.GetLabel()[0].GetValue() == label) {
				return m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	r.t.Fatalf("no metric %s %s", name, label)
	return 0
}

// echo answers every packet on two kernel's sockets in a row: turnutils_uclient
// measures what comes back, and binds a channel to the next port, too.
func echo(t *testing.T, host string) (peer, next netip.AddrPort) {
	t.Helper()
	answer := func(pc net.PacketConn) netip.AddrPort {
		done := make(chan struct{})
		go func() {
			defer close(done)
			b := make([]byte, 2000)
			for {
				n, from, err := pc.ReadFrom(b)
				if err != nil {
					return
				}
				_, _ = pc.WriteTo(b[:n], from)
			}
		}()
		t.Cleanup(func() {
			_ = pc.Close()
			<-done
		})
		return pc.LocalAddr().(*net.UDPAddr).AddrPort()
	}
	for range 50 {
		one, err := net.ListenPacket("udp", net.JoinHostPort(host, "0"))
		if err != nil {
			t.Fatal(err)
		}
		port := one.LocalAddr().(*net.UDPAddr).Port
		two, err := net.ListenPacket("udp", net.JoinHostPort(host, strconv.Itoa(port+1)))
		if err != nil {
			_ = one.Close()
			continue
		}
		return answer(one), answer(two)
	}
	t.Fatal("no two ports in a row")
	return peer, next
}

// plainRelay opens sockets of the kernel's.
func plainRelay(host string) func(string) (net.PacketConn, error) {
	return func(network string) (net.PacketConn, error) {
		return net.ListenPacket(network, net.JoinHostPort(host, "0"))
	}
}

// client is one of TURN by hand, over a datagram socket or a stream.
type client struct {
	t *testing.T
	net.Conn
	user, password string
	nonce          stun.Nonce
}

// dial connects to a server's port over "udp", "tcp" or "tls".
func (r *rig) dial(network, user, password string) *client {
	r.t.Helper()
	var conn net.Conn
	var err error
	switch network {
	case "udp":
		conn, err = net.Dial("udp", r.udp.String())
	case "tcp":
		conn, err = net.Dial("tcp", r.tcp.String())
	case "tls":
		conn, err = tls.Dial("tcp", r.tls.String(), &tls.Config{InsecureSkipVerify: true})
	}
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = conn.Close() })
	return &client{t: r.t, Conn: conn, user: user, password: password}
}

// ask sends a request, with credentials once the server has asked for them, and
// returns the answer; nil when none comes.
func (c *client) ask(method stun.Method, attrs ...stun.Setter) *stun.Message {
	c.t.Helper()
	setters := append([]stun.Setter{stun.TransactionID, stun.NewType(method, stun.ClassRequest)}, attrs...)
	if c.nonce != nil {
		setters = append(setters, stun.NewUsername(c.user), stun.NewRealm(realm), c.nonce,
			stun.NewLongTermIntegrity(c.user, realm, c.password))
	}
	m := stun.MustBuild(setters...)
	if _, err := c.Write(m.Raw); err != nil {
		return nil
	}
	answer := c.next()
	if answer == nil {
		return nil
	}
	var nonce stun.Nonce
	if c.nonce == nil && c.user != "" && nonce.GetFrom(answer) == nil {
		c.nonce = nonce
		return c.ask(method, attrs...)
	}
	return answer
}

// next reads a message.
func (c *client) next() *stun.Message {
	_ = c.SetReadDeadline(time.Now().Add(2 * time.Second))
	b := make([]byte, 2000)
	n, err := 0, error(nil)
	if _, packets := c.Conn.(*net.UDPConn); packets {
		n, err = c.Read(b)
	} else if n, err = io.ReadFull(c, b[:20]); err == nil {
		size := int(binary.BigEndian.Uint16(b[2:]))
		n, err = io.ReadFull(c, b[20:20+size])
		n += 20
	}
	if err != nil {
		return nil
	}
	m := &stun.Message{Raw: b[:n]}
	if err := m.Decode(); err != nil {
		c.t.Fatal(err)
	}
	return m
}

// code is the error code of an answer; 0 of a success, -1 of none.
func code(m *stun.Message) int {
	var e stun.ErrorCodeAttribute
	switch {
	case m == nil:
		return -1
	case e.GetFrom(m) != nil:
		return 0
	}
	return int(e.Code)
}

// overUDP is REQUESTED-TRANSPORT.
func overUDP() stun.RawAttribute {
	return stun.RawAttribute{Type: stun.AttrRequestedTransport, Value: []byte{17, 0, 0, 0}}
}

// to is XOR-PEER-ADDRESS.
func to(p netip.AddrPort) stun.Setter {
	return setter(func(m *stun.Message) error {
		a := stun.XORMappedAddress{IP: p.Addr().AsSlice(), Port: int(p.Port())}
		return a.AddToAs(m, stun.AttrXORPeerAddress)
	})
}

type setter func(*stun.Message) error

func (f setter) AddTo(m *stun.Message) error { return f(m) }

// uclient runs coturn's client against a server's port.
func (r *rig) uclient(server, peer netip.AddrPort, user, password string, flags ...string) (string, error) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 20*time.Second)
	defer cancel()
	args := append([]string{
		"-v", "-c", "-n", "2", "-z", "5", "-u", user, "-w", password, "-p", strconv.Itoa(int(server.Port())),
		"-e", peer.Addr().String(), "-r", strconv.Itoa(int(peer.Port())),
	}, flags...)
	cmd := exec.CommandContext(ctx, "turnutils_uclient", append(args, server.Addr().String())...)
	out, err := cmd.CombinedOutput()
	return strings.ReplaceAll(string(out), "\x00", ""), err
}
