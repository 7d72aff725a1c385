package wire

import (
	"bytes"
	"net"
	"net/netip"
	"testing"
	"time"
)

func addrOf(a net.Addr) (netip.AddrPort, bool) {
	u, ok := a.(*net.UDPAddr)
	if !ok {
		return netip.AddrPort{}, false
	}
	return unmapped(u.AddrPort()), true
}

func TestMoves_MediaFollowsWhatAuthenticatesOnceThePeerIsSilent(t *testing.T) {
	n := &Net{log: discard, buffers: newBuffers()}
	p, err := n.listenPort(net.ListenConfig{}, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer p.conn.Close()
	n.ports = []*port{p}
	n.udpAddr = p.conn.LocalAddr().(*net.UDPAddr).AddrPort()
	n.muxed = &muxed{UDPConn: p.conn, net: n, in: newTray(4, n.buffers)}
	g := newGuest(t, n, gcm)
	known, thief, home := g.at(), netip.MustParseAddrPort("127.0.0.1:9"), netip.MustParseAddrPort("127.0.0.1:10")
	now := time.Now()
	packet := func(seq uint16) []byte { return bytes.Clone(g.sealed(rtpOf(7, seq, 10))) }
	goes := func(want netip.AddrPort) {
		t.Helper()
		if got := g.conn.way.Load().addr; got != want {
			t.Fatalf("packets go to %v, want %v", got, want)
		}
	}
	first := packet(1)
	n.sort(bytes.Clone(first), known, now)
	n.sort(packet(2), thief, now.Add(quietFor-1))
	goes(known) // it is not silent
	later := now.Add(quietFor)
	n.sort(first, thief, later)
	forged := packet(3)
	forged[len(forged)-1]++
	n.sort(forged, thief, later)
	n.sort(rtpOf(8, 1, 10), thief, later)
	n.sort(bytes.Clone(g.sealed(rtcpOf(7))), thief, later)
	goes(known) // had before, forged, nobody's, no media
	if got := n.Strangers()[Garbage]; got != 5 {
		t.Errorf("%d strangers", got)
	}

	n.sort(packet(4), home, later)
	goes(home)
	if n.peers.at(home) != g.conn || g.conn.nowAt(known) != home || g.conn.knownAs(home) != known {
		t.Error("what ICE sends goes elsewhere, or what comes is nobody's")
	}
	n.sort([]byte("\x16\xfe\xfd and more of DTLS"), home, later)
	if p := <-n.muxed.in.packets; p.from != known {
		t.Errorf("DTLS comes from %v", p.from)
	}
	n.sort(packet(5), home, later)
	goes(home)
	forged = packet(6)
	forged[len(forged)-1]++
	n.sort(forged, known, later)
	goes(home)
	n.sort(packet(7), known, later)
	goes(known) // it is back
	if r, _ := g.ear.heard(); r != 4 {
		t.Errorf("%d packets heard", r)
	}
	n.sort(packet(8), home, later.Add(quietFor-1))
	goes(known)
	n.sort(packet(9), home, later.Add(quietFor))
	goes(home) // that was one late packet
}

func TestTable_NobodyTakesTheAddressOfWhoSpeaksFromThere(t *testing.T) {
	n := listen(t, "127.0.0.1:0")
	victim, thief := newGuest(t, n, gcm), newGuest(t, n, gcm)
	now := time.Now()
	n.sort(bytes.Clone(victim.sealed(rtpOf(7, 1, 10))), victim.at(), now)
	n.peers.add(victim.at(), thief.conn) // by a check of its own with a forged source
	n.sort(bytes.Clone(victim.sealed(rtpOf(7, 2, 10))), victim.at(), now)
	if r, _ := victim.ear.heard(); r != 2 {
		t.Errorf("%d packets heard", r)
	}
	victim.conn.heard.Store(now.Add(-holds).UnixNano())
	n.peers.add(victim.at(), thief.conn)
	if n.peers.at(victim.at()) != thief.conn {
		t.Error("who is gone keeps the address")
	}
}

func TestTable_ForgetsAConnWithAllItsAddresses(t *testing.T) {
	var table table
	a, b := &Conn{}, &Conn{}
	at := func(port int) netip.AddrPort { return netip.AddrPortFrom(netip.IPv6Loopback(), uint16(port)) }
	for port := range maxSources + 10 {
		table.add(at(1000+port), a)
		table.add(at(1000+port), a)
	}
	if table.at(at(1000)) != nil || table.at(at(1010)) != a || len(*table.addrs.Load()) != maxSources {
		t.Error("more addresses than a peer may have, or not the newest")
	}
	table.add(at(1050), b)
	table.speaks(1, a)
	table.speaks(2, b)
	table.forget(a)
	if table.at(at(1050)) != b || table.speaker(2) != b || len(*table.addrs.Load()) != 1 || table.speaker(1) != nil || len(table.known) != 1 {
		t.Error("another's are gone, too, or some are left")
	}
	table.forget(b)
	if len(*table.addrs.Load()) != 0 || len(table.known)+len(table.speakers) != 0 {
		t.Error("something is left")
	}
}
