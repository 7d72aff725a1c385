package sfu

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"sangdam/rooms/sfu/sfutest"
	"sangdam/rooms/sfu/wire"
)

// badLine is a relay between one guest and the engine that treats both ways
// alike: so many bits a second through a queue of 200 ms, so much delay, so much
// loss.
type badLine struct {
	front, back *net.UDPConn
	wg          sync.WaitGroup

	mu     sync.Mutex
	guest  netip.AddrPort
	rate   int // bits a second, 0: as fast as it comes
	delay  time.Duration
	loss   float64
	random *rand.Rand
}

const lineHolds = 200 * time.Millisecond

func newBadLine(t *testing.T, server netip.AddrPort) *badLine {
	t.Helper()
	front, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	must(err)
	back, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(server))
	must(err)
	l := &badLine{front: front, back: back, random: rand.New(rand.NewPCG(7, 7))}
	l.wg.Add(4)
	up, down := make(chan late, 4096), make(chan late, 4096)
	go l.read(front, up, func(from netip.AddrPort) {
		l.mu.Lock()
		l.guest = from
		l.mu.Unlock()
	})
	go l.read(back, down, func(netip.AddrPort) {})
	go l.carry(up, func(b []byte) { _, _ = back.Write(b) })
	go l.carry(down, func(b []byte) {
		l.mu.Lock()
		to := l.guest
		l.mu.Unlock()
		_, _ = front.WriteToUDPAddrPort(b, to)
	})
	t.Cleanup(func() {
		_, _ = front.Close(), back.Close()
		l.wg.Wait()
	})
	return l
}

// late is a packet on its way.
type late struct {
	b  []byte
	at time.Time
}

func (l *badLine) read(from *net.UDPConn, to chan<- late, seen func(netip.AddrPort)) {
	defer l.wg.Done()
	defer close(to)
	buf := make([]byte, 2000)
	var free time.Time // when the line has carried what came so far
	for {
		n, addr, err := from.ReadFromUDPAddrPort(buf)
		if err != nil {
			if strings.Contains(err.Error(), "refused") {
				continue
			}
			return
		}
		seen(addr)
		now := time.Now()
		l.mu.Lock()
		rate, delay, lost := l.rate, l.delay, l.random.Float64() < l.loss
		l.mu.Unlock()
		if free.Before(now) {
			free = now
		}
		if lost || free.Sub(now) > lineHolds {
			continue
		}
		if rate > 0 {
			free = free.Add(time.Duration(8*(n+28)) * time.Second / time.Duration(rate))
		}
		select {
		case to <- late{slices.Clone(buf[:n]), free.Add(delay)}:
		default:
		}
	}
}

func (l *badLine) carry(from <-chan late, write func([]byte)) {
	defer l.wg.Done()
	for p := range from {
		time.Sleep(time.Until(p.at))
		write(p.b)
	}
}

func (l *badLine) set(rate int, delay time.Duration, loss float64) {
	l.mu.Lock()
	l.rate, l.delay, l.loss = rate, delay, loss
	l.mu.Unlock()
}

// behind makes a guest whose line is a bad one.
func (h *house) behind(t *testing.T, asked Offer, o sfutest.Options) (*guest, *badLine) {
	t.Helper()
	c, err := sfutest.New(o)
	must(err)
	t.Cleanup(c.Close)
	asked.SDP, err = c.Offer()
	must(err)
	if asked.Profile == "" {
		asked.Profile = ProfileRoom
	}
	g := &guest{Client: c, heard: &watcher{}}
	id, answer, err := h.e.Open(h.ctx, asked, g.heard)
	if err != nil {
		t.Fatal(err)
	}
	g.id = id
	l := newBadLine(t, h.e.UDP())
	port := func(a netip.AddrPort) string { return fmt.Sprintf(" %s %d typ host", a.Addr(), a.Port()) }
	relayed := strings.Replace(answer, port(h.e.UDP()), port(l.front.LocalAddr().(*net.UDPAddr).AddrPort()), 1)
	if relayed == answer {
		t.Fatal("the answer names no such candidate")
	}
	must(g.Answer(relayed))
	if err := g.Connected(h.ctx); err != nil {
		t.Fatal(err)
	}
	return g, l
}

func TestSlots_NumbersAreStampedAndFeedbackComes(t *testing.T) {
	h := newHouse(t)
	a, b := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2})
	for _, d := range h.e.peer(a.id).downs {
		w := d.out.(*wire.Writer)
		section := ""
		for s := range strings.SplitSeq(a.PeerConnection().RemoteDescription().SDP, "\r\nm=") {
			if strings.Contains(s, "\r\na=mid:"+w.Mid+"\r\n") {
				section = s
			}
		}
		if want := fmt.Sprintf("\r\na=extmap:%d %s\r\n", d.extTransport, wire.ExtTransport); d.extTransport == 0 || !strings.Contains(section, want) {
			t.Errorf("%s of slot %d: the answer does not say %q", d.kind, d.slot, want)
		}
		if !strings.Contains(section, " transport-cc\r\n") {
			t.Errorf("%s of slot %d: no feedback is agreed on", d.kind, d.slot)
		}
	}
	h.e.Bind(a.id, Binding{Slot: 0, Audio: Feed{b.id, Microphone}})
	h.on(b, Microphone)
	h.wait("feedback on sound alone", func() bool { return h.truth(a).Line > 0 })
	h.e.Bind(a.id, pair(0, b))
	h.on(b, Camera)
	h.sees(a, 0, b)
	h.wait("an estimate above what is shown", func() bool { return h.truth(a).Line > 500_000 })
	if p := h.truth(a).Paused; len(p) > 0 {
		t.Errorf("paused on a wide line: %v", p)
	}
}

// TestLine_NarrowKeepsTheVoicesAndTellsWhatItPauses is three people seen over a
// line that carries their voices and little more, which then widens again.
func TestLine_NarrowKeepsTheVoicesAndTellsWhatItPauses(t *testing.T) {
	h := newHouse(t)
	viewer, line := h.behind(t, Offer{}, sfutest.Options{ID: 1})
	var others []*guest
	var bs []Binding
	for i := range 3 {
		o := h.join(sfutest.Options{ID: uint32(i + 2)})
		others, bs = append(others, o), append(bs, pair(i, o))
	}
	h.e.Bind(viewer.id, bs...)
	for i, o := range others {
		h.on(o, Microphone, Camera)
		h.sees(viewer, i, o)
	}
	line.set(200_000, 30*time.Millisecond, 0)
	narrow := time.Now()
	h.wait("a picture is paused", func() bool {
		return viewer.heard.has("paused [2]") || viewer.heard.has("paused [1 2]") || viewer.heard.has("paused [0 1 2]")
	})
	t.Logf("paused after %v: %+v", time.Since(narrow), h.e.peer(viewer.id).egress.line.State())
	h.wait("the queue on the way is gone", func() bool { return h.e.peer(viewer.id).egress.line.State().Queue < 60*time.Millisecond })
	var heard [3]int
	for i := range heard {
		heard[i] = viewer.Audio(i).Received().Packets
	}
	from := time.Now()
	h.wait("three seconds of sound from everybody", func() bool {
		for i := range heard {
			if viewer.Audio(i).Received().Packets-heard[i] < 150*8/10 {
				return false
			}
		}
		return true
	})
	t.Logf("150 packets of sound from each within %v", time.Since(from))
	truth := h.truth(viewer)
	if len(truth.Paused) == 0 || len(truth.Unfed) > 0 {
		t.Errorf("paused %v, unfed %v", truth.Paused, truth.Unfed)
	}
	line.set(0, 30*time.Millisecond, 0)
	wide := time.Now()
	h.wait("all is shown again", func() bool { return len(h.truth(viewer).Paused) == 0 && viewer.heard.last("paused") == "paused []" })
	t.Logf("shown again after %v", time.Since(wide))
	for i, o := range others {
		h.sees(viewer, i, o)
	}
	h.wait("better layers come back", func() bool { return viewer.Video(0).Received().Last.Layer > 0 })
	t.Logf("better layers after %v", time.Since(wide))
	for i := range others {
		w := viewer.Video(i).Received().Wrong()
		delete(w, "begun without keyframe") // the line lost some
		delete(w, "repeated packet")        // sent twice at once, the second may be read first
		if len(w) > 0 {
			t.Errorf("video of slot %d: %v", i, w)
		}
	}
}

func TestOffer_SoundOnlySendsNoPicture(t *testing.T) {
	h := newHouse(t)
	viewer, _ := h.behind(t, Offer{SoundOnly: true}, sfutest.Options{ID: 1})
	o := h.join(sfutest.Options{ID: 2})
	h.e.Bind(viewer.id, pair(0, o), Binding{Slot: SlotStage, Video: Feed{o.id, Screen}})
	h.on(o, Microphone, Camera, Screen)
	h.wait("sound", func() bool { return viewer.Audio(0).Received().Packets > 100 })
	h.wait("told", func() bool { return viewer.heard.has(fmt.Sprintf("paused [0 %d]", SlotStage)) })
	if n := viewer.Video(0).Received().Packets + viewer.Video(SlotStage).Received().Packets; n > 0 {
		t.Errorf("%d packets of pictures", n)
	}
}

func TestRepair_WorksAcrossHalfTheWorldAtTenPercent(t *testing.T) {
	h := newHouse(t)
	viewer, down := h.behind(t, Offer{}, sfutest.Options{ID: 1})
	publisher, up := h.behind(t, Offer{}, sfutest.Options{ID: 2})
	h.e.Bind(viewer.id, pair(0, publisher))
	h.on(publisher, Microphone, Camera)
	h.sees(viewer, 0, publisher)
	up.set(0, 125*time.Millisecond, .1)
	down.set(0, 125*time.Millisecond, .1)
	begin := viewer.Video(0).Received()
	h.wait("some hundred frames", func() bool { return viewer.Video(0).Received().Frames-begin.Frames > 200 })
	got := viewer.Video(0).Received()
	up.set(0, 0, 0)
	down.set(0, 0, 0)
	s, _ := h.e.Stats(publisher.id)
	nacks := uint64(0)
	for _, u := range s.Up {
		nacks += u.NACKs
	}
	if nacks == 0 || got.Recovered == begin.Recovered {
		t.Errorf("%d requests to the publisher, %d packets recovered by the viewer", nacks, got.Recovered-begin.Recovered)
	}
	h.wait("nearly nothing is missing in the end", func() bool {
		r := viewer.Video(0).Received()
		return r.Missing*50 < r.Packets
	})
}

func TestWithout_AllocationSendsEverything(t *testing.T) {
	t.Parallel()
	h := houseWith(t, Config{UDP: "127.0.0.1:0", Without: Without{Allocation: true}})
	viewer, line := h.behind(t, Offer{}, sfutest.Options{ID: 1})
	o := h.join(sfutest.Options{ID: 2})
	h.e.Bind(viewer.id, pair(0, o))
	h.on(o, Microphone, Camera)
	h.wait("highest layer", func() bool { return viewer.Video(0).Received().Last.Layer == 2 })
	line.set(150_000, 0, 0)
	s, _ := h.e.Stats(viewer.id)
	sent := s.Down[1].Packets
	h.wait("it is sent though it does not arrive", func() bool {
		s, _ := h.e.Stats(viewer.id)
		return s.Down[1].Packets-sent > 100
	})
	if s, _ := h.e.Stats(viewer.id); s.Down[1].Layer != "f" || len(h.truth(viewer).Paused) > 0 {
		t.Errorf("layer %q, paused %v", s.Down[1].Layer, h.truth(viewer).Paused)
	}
}

// TestFeedback_LiesAreBounded feeds what no browser would say.
func TestFeedback_LiesAreBounded(t *testing.T) {
	h := newHouse(t)
	a, b := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2})
	h.e.Bind(a.id, pair(0, b))
	h.on(b, Microphone, Camera)
	h.sees(a, 0, b)
	p := h.e.peer(a.id)
	ssrc := p.downs[1].ssrc
	for _, lie := range []rtcp.Packet{
		&rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: 0, SSRCs: []uint32{ssrc}},
		&rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: 1e18, SSRCs: []uint32{ssrc}},
		&rtcp.TransportLayerCC{MediaSSRC: ssrc, PacketStatusCount: 65535, ReferenceTime: 1 << 23, PacketChunks: []rtcp.PacketStatusChunk{
			&rtcp.RunLengthChunk{PacketStatusSymbol: rtcp.TypeTCCPacketNotReceived, RunLength: 8191},
		}},
		&rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{SSRC: ssrc, FractionLost: 255, TotalLost: 1<<24 - 1, LastSequenceNumber: 1 << 31}}},
	} {
		if raw, err := lie.Marshal(); err == nil {
			p.RTCP(raw)
		}
		if line := int(p.egress.line.Target()); line < 60_000 || line > 8_000_000 {
			t.Errorf("%T: the line is taken for %d bit/s", lie, line)
		}
	}
	sound := a.Audio(0).Received().Packets
	h.wait("sound goes on", func() bool { return a.Audio(0).Received().Packets > sound+50 })
	h.wait("the truth is found again", func() bool { return h.truth(a).Line > 300_000 && len(h.truth(a).Paused) == 0 })
}
