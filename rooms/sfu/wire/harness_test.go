package wire

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/pion/srtp/v3"
)

// ear is a Handler that remembers, unless it is told what to do.
type ear struct {
	onRTP func(b []byte)

	mu        sync.Mutex // guards all below
	rtp, rtcp [][]byte
	events    []Event
}

func (e *ear) RTP(b []byte) {
	if e.onRTP != nil {
		e.onRTP(b)
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.rtp = append(e.rtp, bytes.Clone(b))
}

func (e *ear) RTCP(b []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.rtcp = append(e.rtcp, bytes.Clone(b))
}

func (e *ear) Notify(v Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.events = append(e.events, v)
}

func (e *ear) heard() (rtp, rtcp int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.rtp), len(e.rtcp)
}

// keyed is a secret of each side.
type keyed struct {
	profile                    srtp.ProtectionProfile
	theirs, ours, saltT, saltO []byte
}

func newKeyed(t testing.TB, profile srtp.ProtectionProfile) keyed {
	t.Helper()
	keyLen, err1 := profile.KeyLen()
	saltLen, err2 := profile.SaltLen()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	k := keyed{profile, make([]byte, keyLen), make([]byte, keyLen), make([]byte, saltLen), make([]byte, saltLen)}
	for _, b := range [][]byte{k.theirs, k.ours, k.saltT, k.saltO} {
		_, _ = rand.Read(b)
	}
	return k
}

// guest is a browser without ICE and DTLS: a socket, and a Conn that knows it.
type guest struct {
	t    testing.TB
	conn *Conn
	ear  *ear
	keys keyed
	sock *net.UDPConn
	open *opener
	seal *sealer
	seq  uint16 // of what it was sent
	buf  [slotSize]byte
}

func listen(t testing.TB, addr string) *Net {
	t.Helper()
	n, err := Listen(Config{UDP: addr, Advertise: []netip.Addr{netip.MustParseAddr("127.0.0.1")}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Close() })
	return n
}

func newGuest(t testing.TB, n *Net, profile srtp.ProtectionProfile) *guest {
	t.Helper()
	g := &guest{t: t, ear: &ear{}, keys: newKeyed(t, profile)}
	g.conn = &Conn{net: n, handler: g.ear}
	g.conn.streams.Store(new([]*stream))
	g.dial("udp4", "127.0.0.1:0")
	g.secure()
	g.settle()
	return g
}

// dial gives the guest another socket.
func (g *guest) dial(network, local string) {
	g.t.Helper()
	laddr, err := net.ResolveUDPAddr(network, local)
	if err != nil {
		g.t.Fatal(err)
	}
	server := g.conn.net.UDP()
	to := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), server.Port())
	if network == "udp6" {
		to = netip.AddrPortFrom(netip.IPv6Loopback(), server.Port())
	}
	g.sock, err = net.DialUDP(network, laddr, net.UDPAddrFromAddrPort(to))
	if err != nil {
		g.t.Fatal(err)
	}
	_ = g.sock.SetReadBuffer(readBuffer)
	sock := g.sock
	g.t.Cleanup(func() { _ = sock.Close() })
}

func (g *guest) at() netip.AddrPort { return g.sock.LocalAddr().(*net.UDPAddr).AddrPort() }

// settle makes the guest's address the one that ICE has selected.
func (g *guest) settle() {
	w := g.conn.net.socketWay(g.at())
	g.conn.net.peers.add(g.at(), g.conn)
	g.conn.selected.Store(w)
	g.conn.way.Store(w)
}

// secure is the end of the handshake, at both sides.
func (g *guest) secure() {
	g.t.Helper()
	k := g.keys
	open, seal, err := newProtection(k.profile, k.theirs, k.saltT, k.ours, k.saltO)
	if err != nil {
		g.t.Fatal(err)
	}
	g.conn.in.open, g.conn.out.seal = open, seal
	g.open, g.seal, err = newProtection(k.profile, k.ours, k.saltO, k.theirs, k.saltT)
	if err != nil {
		g.t.Fatal(err)
	}
}

// rtpOf is a packet with an extension and so many bytes of payload.
func rtpOf(ssrc uint32, seq uint16, size int) []byte {
	b := make([]byte, 20+size)
	b[0], b[1] = 0x90, 96
	binary.BigEndian.PutUint16(b[2:], seq)
	binary.BigEndian.PutUint32(b[8:], ssrc)
	copy(b[12:], []byte{0xbe, 0xde, 0, 1, 0x31, byte(seq >> 8), byte(seq), 0})
	for i := range size {
		b[20+i] = byte(i)
	}
	return b
}

func rtcpOf(ssrc uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{0x80, 201, 0, 1}, ssrc)
}

// sealed is what the guest would send; it is good until the next one.
func (g *guest) sealed(packet []byte) []byte {
	g.t.Helper()
	b, err := g.seal.seal(g.buf[:0], packet, isRTCP(packet))
	if err != nil {
		g.t.Fatal(err)
	}
	return b
}

func (g *guest) send(packets ...[]byte) {
	g.t.Helper()
	for _, p := range packets {
		if _, err := g.sock.Write(g.sealed(p)); err != nil {
			g.t.Fatal(err)
		}
	}
}

// gets reads so many packets and decrypts them.
func (g *guest) gets(n int) [][]byte {
	g.t.Helper()
	var all [][]byte
	buf := make([]byte, slotSize)
	_ = g.sock.SetReadDeadline(time.Now().Add(3 * time.Second))
	for len(all) < n {
		size, err := g.sock.Read(buf)
		if err != nil {
			g.t.Fatalf("%d of %d packets: %v", len(all), n, err)
		}
		b := buf[:size]
		if isRTCP(b) {
			b, err = g.open.rtcp(b)
		} else {
			b, err = g.open.rtp(b)
		}
		if err != nil {
			g.t.Fatalf("packet %d: %v", len(all), err)
		}
		all = append(all, bytes.Clone(b))
	}
	return all
}

// silent tells whether nothing comes.
func (g *guest) silent() bool {
	_ = g.sock.SetReadDeadline(time.Now().Add(30 * time.Millisecond))
	_, err := g.sock.Read(make([]byte, slotSize))
	return err != nil
}

func eventually(t testing.TB, what string, f func() bool) {
	t.Helper()
	for range 300 {
		if f() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("waiting for " + what)
}

const gcm = srtp.ProtectionProfileAeadAes128Gcm

var profiles = [...]srtp.ProtectionProfile{
	gcm, srtp.ProtectionProfileAeadAes256Gcm, srtp.ProtectionProfileAes128CmHmacSha1_80,
}
