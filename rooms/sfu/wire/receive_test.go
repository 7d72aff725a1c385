package wire

import (
	"bytes"
	"slices"
	"testing"
	"time"
)

func TestConn_PacketsPassBothWaysWithAnyProtection(t *testing.T) {
	n := listen(t, "127.0.0.1:0")
	for _, p := range profiles {
		g := newGuest(t, n, p)
		media, report := rtpOf(7, 100, 900), rtcpOf(7)
		g.send(media, report)
		eventually(t, "both to arrive", func() bool { r, s := g.ear.heard(); return r == 1 && s == 1 })
		if !bytes.Equal(g.ear.rtp[0], media) || !bytes.Equal(g.ear.rtcp[0], report) {
			t.Errorf("%v: another packet arrived", p)
		}
		kept := bytes.Clone(media)
		if err := g.conn.send(media, false); err != nil {
			t.Fatal(err)
		}
		if err := g.conn.send(report, true); err != nil {
			t.Fatal(err)
		}
		if got := g.gets(2); !bytes.Equal(got[0], media) || !bytes.Equal(got[1], report) || !bytes.Equal(media, kept) {
			t.Errorf("%v: another packet left", p)
		}
	}
}

func TestConn_TakesEachPacketOnceAndInAnyOrder(t *testing.T) {
	n := listen(t, "127.0.0.1:0")
	g := newGuest(t, n, gcm)
	var all [][]byte
	for i := range 3000 {
		all = append(all, bytes.Clone(g.sealed(rtpOf(7, uint16(65000+i), 10))))
	}
	take := func(i int) bool { return g.conn.receive(bytes.Clone(all[i]), time.Now()) }
	if !take(0) || !take(900) || !take(500) || !take(899) {
		t.Error("a packet out of order is refused")
	}
	if take(0) || take(500) || take(900) {
		t.Error("a packet is taken twice")
	}
	if !take(2999) || take(500) || take(900) || take(2999-replayWindow) || !take(2999-replayWindow+1) {
		t.Error("the window is another")
	}
	report := bytes.Clone(g.sealed(rtcpOf(7)))
	if !g.conn.receive(bytes.Clone(report), time.Now()) || g.conn.receive(report, time.Now()) {
		t.Error("a report is not taken once")
	}
	forged := bytes.Clone(all[1000])
	forged[len(forged)-1] ^= 1
	if g.conn.receive(forged, time.Now()) || !take(1000) {
		t.Error("a forged packet is taken, or stands in the way of the real one")
	}
}

func TestConn_PacketsThatOvertakeTheHandshakeWait(t *testing.T) {
	n := listen(t, "127.0.0.1:0")
	g := newGuest(t, n, gcm)
	open := g.conn.in.open
	g.conn.in.open = nil
	for i := range maxHeld + 4 {
		if g.conn.receive(bytes.Clone(g.sealed(rtpOf(7, uint16(i), 10))), time.Now()) {
			t.Fatal("taken before the handshake")
		}
	}
	g.conn.in.open = open
	g.conn.release()
	if r, _ := g.ear.heard(); r != maxHeld {
		t.Errorf("%d packets have waited", r)
	}
	g.conn.in.held = [][]byte{bytes.Clone(g.sealed(rtpOf(7, 100, 10)))}
	g.conn.receive(bytes.Clone(g.sealed(rtpOf(7, 101, 10))), time.Now())
	if r := len(g.ear.rtp); r != maxHeld+2 || g.ear.rtp[r-2][3] != 100 {
		t.Error("what waits does not come before what arrives")
	}
}

func TestConn_SSRCsBeyondTheLimitAreDiscarded(t *testing.T) {
	n := listen(t, "127.0.0.1:0")
	g := newGuest(t, n, gcm)
	g.conn.asked.Slots = make([]Slot, 2)
	take := func(packet []byte) { g.conn.receive(bytes.Clone(g.sealed(packet)), time.Now()) }
	for i := range uint32(maxRTP) {
		take(rtpOf(i, 0, 10))
		take(rtcpOf(i))
	}
	g.conn.receive(rtpOf(5000, 0, 10), time.Now()) // anybody can name an SSRC
	if len(g.ear.events) != 0 {
		t.Fatalf("events %v", g.ear.events)
	}
	for i := range uint32(30) {
		take(rtpOf(9000+i, 0, 10))
	}
	take(rtpOf(0, 1, 10))
	if r, _ := g.ear.heard(); r != maxRTP+1 || !slices.Equal(g.ear.events, []Event{Overrun}) {
		t.Errorf("%d packets, events %v", r, g.ear.events)
	}

	g = newGuest(t, n, gcm)
	g.conn.asked.Slots = make([]Slot, 2)
	for i := range uint32(maxRTCP + 2*2 + 9) {
		take(rtcpOf(i))
	}
	if _, r := g.ear.heard(); r != maxRTCP+2*2 || !slices.Equal(g.ear.events, []Event{Overrun}) {
		t.Errorf("%d reports, events %v", r, g.ear.events)
	}
}

func TestConn_APanicEndsItsOwnConnAlone(t *testing.T) {
	n := listen(t, "127.0.0.1:0")
	bad, good := newGuest(t, n, gcm), newGuest(t, n, gcm)
	bad.ear.onRTP = func(b []byte) { panic("on a packet") }
	n.Begin() // one batch
	for i := range 5 {
		n.sort(bytes.Clone(bad.sealed(rtpOf(1, uint16(i), 10))), bad.at(), time.Now())
		n.sort(bytes.Clone(good.sealed(rtpOf(2, uint16(i), 10))), good.at(), time.Now())
	}
	n.End()
	if r, _ := good.ear.heard(); r != 5 {
		t.Errorf("%d packets of the neighbour", r)
	}
	if !slices.Equal(bad.ear.events, []Event{Panicked}) || len(good.ear.events) != 0 {
		t.Errorf("events %v and %v", bad.ear.events, good.ear.events)
	}
}

func TestConn_ARolloverIsCountedAcrossWays(t *testing.T) {
	n := listen(t, "127.0.0.1:0")
	g := newGuest(t, n, gcm)
	relayed := openRelay(t, n, "udp4")
	seq := uint16(65500)
	write := func(count int) {
		for range count {
			if err := g.conn.send(rtpOf(7, seq, 10), false); err != nil {
				t.Fatal(err)
			}
			seq++
		}
	}
	write(20)
	g.gets(20)
	direct := g.conn.way.Load()
	at, _ := addrOf(relayed.LocalAddr())
	g.conn.way.Store(&way{path: Relayed, addr: at})
	write(40) // over the edge
	buf := make([]byte, slotSize)
	for range 40 {
		size, _, err := relayed.ReadFrom(buf)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.open.rtp(buf[:size]); err != nil {
			t.Fatal(err)
		}
	}
	g.conn.way.Store(direct)
	write(20)
	g.gets(20)
}

func FuzzReceive(f *testing.F) {
	f.Add(rtpOf(7, 1, 20))
	f.Add(rtcpOf(7))
	f.Add([]byte{0x9f, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7}) // CSRCs that are not there
	f.Add([]byte{0x80, 200, 0, 1, 0, 0, 0, 7, 0x80})
	f.Fuzz(func(t *testing.T, b []byte) {
		n := &Net{}
		for _, p := range profiles {
			g := &guest{t: t, ear: &ear{}, keys: newKeyed(t, p)}
			g.conn = &Conn{net: n, handler: g.ear}
			g.secure()
			if g.conn.receive(bytes.Clone(b), time.Now()) {
				t.Errorf("%x passes for the peer's", b)
			}
			if len(b)+maxProtection > slotSize {
				continue
			}
			sealed, err := g.seal.seal(g.buf[:0], b, isRTCP(b))
			if err != nil {
				continue // no such packet
			}
			if kindOf(b) == kindMedia && !isRTCP(b) && !g.conn.receive(sealed, time.Now()) {
				t.Errorf("%x is refused", b)
			}
		}
	})
}
