package sfu

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sangdam/rooms/sfu/sfutest"
)

// router is one guest's, which can forget by which port the guest goes out.
type router struct {
	front  *net.UDPConn
	server *net.UDPAddr
	wg     sync.WaitGroup

	mu    sync.Mutex // guards all below
	backs []*net.UDPConn
	guest netip.AddrPort
	deaf  bool   // lets nothing out
	media bool   // lets no checks out
	last  []byte // of the media that went out
	down  []int  // packets that came in, by port
}

func newRouter(server netip.AddrPort) *router {
	front, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	must(err)
	r := &router{front: front, server: net.UDPAddrFromAddrPort(server)}
	r.forget()
	r.wg.Add(1)
	go r.out()
	return r
}

// forget gives the guest another port.
func (r *router) forget() {
	back, err := net.DialUDP("udp4", nil, r.server)
	must(err)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.backs, r.down = append(r.backs, back), append(r.down, 0)
	r.wg.Add(1)
	go r.in(len(r.backs)-1, back)
}

func (r *router) set(deaf, media bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.deaf, r.media = deaf, media
}

func (r *router) close() {
	_ = r.front.Close()
	r.mu.Lock()
	for _, b := range r.backs {
		_ = b.Close()
	}
	r.mu.Unlock()
	r.wg.Wait()
}

func (r *router) out() {
	defer r.wg.Done()
	buf := make([]byte, 2000)
	for {
		n, from, err := r.front.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		r.mu.Lock()
		r.guest = from
		back := r.backs[len(r.backs)-1]
		passes := !r.deaf && (!r.media || buf[0] >= 4)
		if passes && buf[0]>>6 == 2 && (buf[1] < 192 || buf[1] >= 224) {
			r.last = slices.Clone(buf[:n])
		}
		r.mu.Unlock()
		if passes {
			_, _ = back.Write(buf[:n])
		}
	}
}

// in lets through what comes for the newest port.
func (r *router) in(port int, back *net.UDPConn) {
	defer r.wg.Done()
	buf := make([]byte, 2000)
	for {
		n, err := back.Read(buf)
		if err != nil {
			return
		}
		r.mu.Lock()
		r.down[port]++
		newest, to := port == len(r.backs)-1, r.guest
		r.mu.Unlock()
		if newest {
			_, _ = r.front.WriteToUDPAddrPort(buf[:n], to)
		}
	}
}

// came is how many packets have come for a port.
func (r *router) came(port int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.down[port]
}

func (h *house) routed(o sfutest.Options) (*guest, *router) {
	h.t.Helper()
	g, answer := h.open(o)
	r := newRouter(h.e.UDP())
	h.t.Cleanup(r.close)
	port := func(a netip.AddrPort) string { return fmt.Sprintf(" %s %d typ host", a.Addr(), a.Port()) }
	routed := strings.Replace(answer, port(h.e.UDP()), port(r.front.LocalAddr().(*net.UDPAddr).AddrPort()), 1)
	must(g.Answer(routed))
	if err := g.Connected(h.ctx); err != nil {
		h.t.Fatal(err)
	}
	return g, r
}

func TestTransport_MediaMovesWithARouterThatForgets(t *testing.T) {
	h := newHouse(t)
	a, r := h.routed(sfutest.Options{ID: 1})
	b := h.join(sfutest.Options{ID: 2})
	h.talk(a, b)
	for time := range 3 {
		r.set(false, true) // the browser's next check is far away
		r.forget()
		up, down := b.Audio(0).Received().Packets, a.Audio(0).Received().Packets
		h.wait(fmt.Sprintf("sound in both directions after time %d", time), func() bool {
			return b.Audio(0).Received().Packets > up+20 && a.Audio(0).Received().Packets > down+20
		})
		if time == 1 {
			continue // moves twice before a check
		}
		r.set(false, false)
		checked := h.e.peer(a.id).conn.LastCheck()
		h.wait("a check from there", func() bool { return h.e.peer(a.id).conn.LastCheck().After(checked) })
		up, down = b.Audio(0).Received().Packets, a.Audio(0).Received().Packets
		h.wait("sound after the check", func() bool {
			return b.Audio(0).Received().Packets > up+20 && a.Audio(0).Received().Packets > down+20
		})
	}
	// Of pictures, second copies may have overtaken the first ones.
	for _, g := range []*guest{a, b} {
		if w := g.Audio(0).Received().Wrong(); len(w) > 0 {
			t.Errorf("sound: %v", w)
		}
	}
}

func TestTransport_OnlyNewMediaThatAuthenticatesMovesAPeer(t *testing.T) {
	h := newHouse(t)
	a, r := h.routed(sfutest.Options{ID: 1})
	b := h.join(sfutest.Options{ID: 2})
	h.talk(a, b)
	r.set(true, false)
	time.Sleep(50 * time.Millisecond)
	r.mu.Lock()
	old := slices.Clone(r.last)
	r.mu.Unlock()
	forged := slices.Clone(old)
	forged[3] += 9 // a packet that never was
	stranger, err := net.DialUDP("udp4", nil, r.server)
	must(err)
	defer stranger.Close()
	for range 20 {
		_, _ = stranger.Write(old)
		_, _ = stranger.Write(forged)
		time.Sleep(15 * time.Millisecond)
	}
	before := r.came(0)
	h.wait("media at the known address", func() bool { return r.came(0) > before+20 })
	_ = stranger.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	if n, err := stranger.Read(make([]byte, 2000)); err == nil {
		t.Errorf("a stranger got %d bytes", n)
	}
}
