package signaling_test

import (
	"bytes"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/transport/v5"
	"github.com/pion/transport/v5/stdnet"
	"github.com/pion/webrtc/v4"

	"sangdam/rooms/sfu"
	"sangdam/rooms/sfu/sfutest"
	"sangdam/rooms/store/storetest"
	"sangdam/signaling/protocol"
	"sangdam/signaling/signaltest"
	"sangdam/signaling/turn"
)

// Bad networks, as far as one machine has them: sockets that die, and media that
// must be mended meanwhile. Lines that lose and block are in netlab.

// gaps measures the longest silence between two packets of a microphone.
type gaps struct {
	sender uint32

	mu      sync.Mutex
	last    time.Time
	longest time.Duration
	heard   int
}

func (g *gaps) watch(s sfutest.Stamp, at time.Time) {
	if s.Sender != g.sender || s.SourceName() != mic {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.last.IsZero() {
		g.longest = max(g.longest, at.Sub(g.last))
	}
	g.last = at
	g.heard++
}

// begin forgets what was before.
func (g *gaps) begin() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.longest, g.heard = 0, 0
}

func (g *gaps) end() (longest time.Duration, heard int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return max(g.longest, time.Since(g.last)), g.heard
}

// listening is a visit that measures how it hears somebody.
func (h *house) listening(link, consultation string, to uint32) (*signaltest.Client, *gaps) {
	h.t.Helper()
	g := &gaps{sender: to}
	o := h.options(link)
	o.Media.Watch = g.watch
	c, err := signaltest.Visit(h.ctx, o)
	h.must(err)
	h.t.Cleanup(c.Close)
	h.must(c.Join(h.ctx, consultation, mic, camera))
	return c, g
}

// neverAway checks that nobody was told of the other's connection.
func (h *house) neverAway(viewer, whom *signaltest.Client) {
	h.t.Helper()
	for _, d := range viewer.State().Deltas {
		for _, c := range d.Changes {
			if c.Participant != nil && c.Participant.ID == whom.Session() && c.Participant.Away || c.Left != nil {
				h.t.Errorf("%s was told: %+v", viewer.Bootstrap.You.Role, c)
			}
		}
	}
}

func TestNetwork_TenKilledSocketsLeaveNoGap(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	buyer := h.enter("U1", talks)
	firm, hears := h.listening("B1", talks, buyer.Media().ID())
	h.sees(firm, buyer)
	h.sees(buyer, firm)
	told := func(s signaltest.State) (cameras []int) {
		for _, d := range s.Deltas {
			for _, c := range d.Changes {
				if c.Participant != nil && c.Participant.ID == firm.Session() {
					cameras = append(cameras, len(c.Participant.Sources))
				}
			}
		}
		return cameras
	}
	was := len(told(buyer.State()))
	hears.begin()
	const kills = 10
	for i := range kills {
		buyer.Cut()
		h.must(firm.Announce(h.ctx, camera, false)) // told into a dead socket
		if i%3 == 0 {
			// A second one dies before the reply to its resume is read.
			h.must(buyer.ResumeUnheard(h.ctx))
		}
		h.must(buyer.Resume(h.ctx))
		h.must(firm.Announce(h.ctx, camera, true)) // and into the next
		time.Sleep(200 * time.Millisecond)
	}
	h.must(buyer.Wait(h.ctx, "all that was told", func(s signaltest.State) bool { return len(told(s)) >= was+2*kills }))
	longest, heard := hears.end()
	t.Logf("%d sockets killed: the longest gap of the voice was %v in %d packets", kills, longest, heard)
	if longest > time.Second { // other tests hold the machine up, but not for as long as media would take to begin anew
		t.Errorf("the voice was away for %v", longest)
	}
	for i, sources := range told(buyer.State())[was:] {
		if sources != 1+i%2 {
			t.Fatalf("told in the wrong order: %v", told(buyer.State())[was:])
		}
	}
	if got := buyer.State().Snapshots; got != 1 {
		t.Errorf("%d snapshots although every delta was kept", got)
	}
	h.neverAway(firm, buyer)
	h.flawless(firm)
	h.flawless(buyer)
}

func TestNetwork_R57_MediaIsMendedWithoutASocket(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	firm, buyer := h.enter("B1", talks), h.enter("U1", talks)
	h.sees(firm, buyer)
	flows := func(what string) {
		t.Helper()
		in, out := buyer.Media().Video(0).Received().Packets, firm.Media().Video(0).Received().Packets
		h.eventually(what, func() bool {
			return buyer.Media().Video(0).Received().Packets > in+10 && firm.Media().Video(0).Received().Packets > out+10
		})
	}
	buyer.Cut()
	h.must(buyer.PostRestart(h.ctx))
	flows("pictures both ways after a restart by REST")
	h.must(buyer.RebuildBy(h.ctx, "normal", true))
	h.must(buyer.Connected(h.ctx))
	h.eventually("pictures of the new PeerConnection", func() bool {
		return buyer.Media().Video(0).Received().Keyframes > 0 && firm.Media().Video(0).Received().Last.Sender == buyer.Media().ID()
	})
	flows("pictures both ways after a rebuild by REST")
	h.must(buyer.Resume(h.ctx))
	h.must(buyer.RestartBothWays(h.ctx))
	flows("pictures both ways after asking both ways")
	buyer.Cut()
	h.must(buyer.RestartBothWays(h.ctx)) // one of the ways is dead
	flows("pictures both ways after asking the one way that lived")
	h.neverAway(firm, buyer)
	// Without a session there is nothing to mend.
	buyer.Close()
	h.must(firm.Wait(h.ctx, "the buyer's end", func(s signaltest.State) bool { return len(s.Participants) <= 2 }))
}

func TestNetwork_R55_AFullAgentMeetsALiteOne(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	firm := h.enter("B1", talks)
	o := h.options("U1")
	o.Path = "active"
	buyer, err := signaltest.Visit(h.ctx, o)
	h.must(err)
	t.Cleanup(buyer.Close)
	h.must(buyer.Join(h.ctx, talks, mic, camera))
	h.sees(firm, buyer)
	h.sees(buyer, firm)
	h.must(buyer.RestartICE(h.ctx))
	in := buyer.Media().Audio(0).Received().Packets
	h.eventually("a voice after a restart", func() bool { return buyer.Media().Audio(0).Received().Packets > in+20 })
	h.eventually("the next page begins so", func() bool {
		c, err := signaltest.Open(h.ctx, h.options("U1"))
		h.must(err)
		return c.Bootstrap.Path == "active"
	})
}

func TestNetwork_R59_AWayIsTriedBesideTheMediaInUse(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	firm, buyer := h.enter("B1", talks), h.enter("U1", talks)
	h.sees(buyer, firm)
	voice := buyer.Media().Audio(0).Received().Packets
	for _, route := range []string{"udp", "tcp"} {
		began := time.Now()
		m, err := buyer.Probe(h.ctx, route, false)
		h.must(err)
		h.must(m.Connected(h.ctx))
		t.Logf("%s: %v from the click to a path", route, time.Since(began).Round(time.Millisecond))
		m.Close()
	}
	h.eventually("the voice goes on", func() bool { return buyer.Media().Audio(0).Received().Packets > voice+20 })
	_, err := buyer.Probe(h.ctx, "road", false)
	h.refused(err, protocol.CodeBadMessage)
	h.neverAway(firm, buyer)
	h.flawless(buyer)
}

// relays starts TURN over TCP and UDP and tells everybody of it.
func (h *house) relays() {
	h.t.Helper()
	stream, err := net.Listen("tcp", "127.0.0.1:0")
	h.must(err)
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	h.must(err)
	key := bytes.Repeat([]byte("t"), 32)
	server, err := turn.New(turn.Config{
		Key: key, Listeners: []net.Listener{stream}, Packets: []net.PacketConn{packets}, Realm: "meet.example.kr",
		Peers: h.media.Advertised, Relay: h.media.OpenRelay, Logger: slog.New(slog.NewTextHandler(h.t.Output(), nil)),
	})
	h.must(err)
	h.t.Cleanup(func() { h.must(server.Close()) })
	credentials := turn.NewCredentials(key)
	servers := func(link, session string, now time.Time) (out []protocol.ICEServer) {
		for way, url := range map[string]string{
			"tcp": "turn:" + stream.Addr().String() + "?transport=tcp", "udp": "turn:" + packets.LocalAddr().String() + "?transport=udp",
		} {
			user, password := credentials.For(link, session+"/"+way, now)
			out = append(out, protocol.ICEServer{URLs: []string{url}, Username: user, Credential: password})
		}
		return out
	}
	h.servers.Store(&servers)
}

// routes counts the ways that media goes just now.
func (h *house) routes() map[sfu.Route]int {
	out := map[sfu.Route]int{}
	for _, id := range h.media.Peers() {
		truth, _ := h.media.Truth(id)
		out[truth.Route]++
	}
	return out
}

func TestNetwork_R55_ByRelayAloneAndThenByVoiceAlone(t *testing.T) {
	for _, way := range []string{"tcp", "udp"} {
		t.Run(way, func(t *testing.T) {
			h := newHouse(t, storetest.Mini(t))
			h.relays()
			firm := h.enter("B1", talks)
			o := h.options("U1")
			o.Path = "relay"
			o.Way = func(s protocol.ICEServer) bool { return strings.HasSuffix(s.URLs[0], "="+way) }
			buyer, err := signaltest.Visit(h.ctx, o)
			h.must(err)
			t.Cleanup(buyer.Close)
			h.must(buyer.Join(h.ctx, talks, mic, camera))
			h.sees(firm, buyer)
			h.sees(buyer, firm)
			if got := h.routes(); got[sfu.RouteRelay] != 1 || got[sfu.RouteUDP] != 1 {
				t.Errorf("media goes by %v", got)
			}
			h.must(buyer.PostRestart(h.ctx))
			in := buyer.Media().Audio(0).Received().Packets
			h.eventually("a voice after a restart", func() bool { return buyer.Media().Audio(0).Received().Packets > in+20 })

			probe, err := buyer.Probe(h.ctx, "udp", true)
			h.must(err)
			h.must(probe.Connected(h.ctx))
			probe.Close()

			h.must(buyer.RebuildBy(h.ctx, "audio", false))
			h.must(buyer.Connected(h.ctx))
			h.eventually("the voice alone", func() bool { return buyer.Media().Audio(0).Received().Packets > 50 })
			if got := buyer.Media().Video(0).Received(); got.Frames != 0 {
				t.Errorf("%d frames of a picture came, too", got.Frames)
			}
			h.must(firm.Wait(h.ctx, "the firm to know that the buyer sees nobody", func(s signaltest.State) bool {
				return s.Participants[buyer.Session()].Narrow
			}))
			h.eventually("the next page begins with the relay", func() bool {
				c, err := signaltest.Open(h.ctx, h.options("U1"))
				h.must(err)
				return c.Bootstrap.Path == "relay"
			})
		})
	}
}

// cable is a client's own, which can be pulled out: nothing goes and nothing comes.
type cable struct {
	transport.Net
	out atomic.Bool
}

func newCable(t *testing.T) *cable {
	n, err := stdnet.NewNet()
	if err != nil {
		t.Fatal(err)
	}
	return &cable{Net: n}
}

// ListenUDP is transport.Net's; media by UDP uses no other socket.
func (c *cable) ListenUDP(network string, at *net.UDPAddr) (transport.UDPConn, error) {
	conn, err := c.Net.ListenUDP(network, at)
	return &plugged{conn, c}, err
}

type plugged struct {
	transport.UDPConn
	cable *cable
}

func (p *plugged) WriteTo(b []byte, to net.Addr) (int, error) {
	if p.cable.out.Load() {
		return len(b), nil
	}
	return p.UDPConn.WriteTo(b, to)
}

func (p *plugged) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := p.UDPConn.ReadFrom(b)
		if err != nil || !p.cable.out.Load() {
			return n, from, err
		}
	}
}

func TestNetwork_R15_WhoseMediaIsGoneIsAwayAfterThreeSecondsAndShut(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Mini(t))
	firm := h.enter("B1", talks)
	line := newCable(t)
	o := h.options("U1")
	o.Media.Setting = func(s *webrtc.SettingEngine) { s.SetNet(line) }
	buyer, err := signaltest.Visit(h.ctx, o)
	h.must(err)
	t.Cleanup(buyer.Close)
	h.must(buyer.Join(h.ctx, talks, mic, camera))
	h.sees(firm, buyer)
	h.sees(buyer, firm)
	away := func(s signaltest.State) bool { return s.Participants[buyer.Session()].Away }
	here := func(s signaltest.State) bool { return !away(s) }

	// A moment is shown to nobody.
	told := len(firm.State().Deltas)
	line.out.Store(true)
	time.Sleep(2 * time.Second)
	line.out.Store(false)
	in := firm.Media().Audio(0).Received().Packets
	h.eventually("the voice after a moment", func() bool { return firm.Media().Audio(0).Received().Packets > in+20 })
	for _, d := range firm.State().Deltas[told:] {
		for _, c := range d.Changes {
			if c.Participant != nil && c.Participant.Away {
				t.Error("a gap of two seconds was shown")
			}
		}
	}

	line.out.Store(true)
	pulled := time.Now()
	h.must(firm.Wait(h.ctx, "the buyer to be shown as away", away))
	shown := time.Since(pulled)
	t.Logf("shown after %v", shown.Round(time.Millisecond))
	if shown < 2900*time.Millisecond || shown > 4500*time.Millisecond {
		t.Errorf("shown after %v, want three seconds", shown)
	}
	// The page that believes to be away is right: nothing of it is heard until the
	// server has told, and that its sources are shut is no news of the line.
	told = len(firm.State().Deltas)
	time.Sleep(time.Second)
	for _, d := range firm.State().Deltas[told:] {
		for _, c := range d.Changes {
			if c.Participant != nil && !c.Participant.Away {
				t.Error("back without a packet")
			}
		}
	}
	in = firm.Media().Audio(0).Received().Packets
	line.out.Store(false)
	plugged := time.Now()
	h.must(buyer.RestartBothWays(h.ctx)) // as a page does
	h.must(firm.Wait(h.ctx, "the buyer to be shown as back", here))
	t.Logf("shown as back %v after the line", time.Since(plugged).Round(time.Millisecond))
	h.eventually("the voice again", func() bool { return firm.Media().Audio(0).Received().Packets > in+20 })
	h.sees(firm, buyer)
	if got := firm.Media().Video(0).Received(); got.Foreign+got.NotKeyframe+got.BackwardsTime+got.PictureIDs > 0 {
		t.Errorf("the picture after it: %+v", got)
	}

	// A dead socket beside a line that is well is nobody's business.
	told = len(firm.State().Deltas)
	buyer.Cut()
	time.Sleep(4 * time.Second)
	for _, d := range firm.State().Deltas[told:] {
		for _, c := range d.Changes {
			if c.Participant != nil && c.Participant.Away {
				t.Error("a dead socket was shown")
			}
		}
	}
	h.must(buyer.Resume(h.ctx))
}
