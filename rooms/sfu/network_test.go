package sfu

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
	"github.com/pion/webrtc/v4"

	"sangdam/rooms/sfu/sfutest"
	"sangdam/rooms/sfu/wire"
)

// relayed lets a client of Pion's send from a relayed address, as a TURN server
// would for it.
func (h *house) relayed(network string) func(*webrtc.SettingEngine) {
	h.t.Helper()
	conn, err := h.e.OpenRelay(network)
	if err != nil {
		h.t.Fatal(err)
	}
	mux := ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: conn})
	h.t.Cleanup(func() { _ = mux.Close() })
	return func(s *webrtc.SettingEngine) {
		s.SetICEUDPMux(mux)
		if network == "udp6" {
			s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP6})
		}
	}
}

// overLoopback6 lets a client of Pion's, which has no loopback of IPv6 by itself,
// send from one.
func overLoopback6(t testing.TB) func(*webrtc.SettingEngine) {
	t.Helper()
	conn, err := net.ListenPacket("udp6", "[::1]:0")
	if err != nil {
		t.Fatal(err)
	}
	mux := ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: conn})
	t.Cleanup(func() { _ = mux.Close() })
	return func(s *webrtc.SettingEngine) {
		s.SetICEUDPMux(mux)
		s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP6})
	}
}

func overTCP6(s *webrtc.SettingEngine) {
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeTCP6})
}

// joinBy answers a client's offer as asked, and waits until its media path is up.
func (h *house) joinBy(o sfutest.Options, asked Offer) *guest {
	h.t.Helper()
	c, err := sfutest.New(o)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(c.Close)
	if asked.SDP, err = c.Offer(); err != nil {
		h.t.Fatal(err)
	}
	g := &guest{Client: c, heard: &watcher{}}
	id, answer, err := h.e.Open(h.ctx, asked, g.heard)
	if err != nil {
		h.t.Fatal(err)
	}
	g.id = id
	if err := g.Answer(answer); err != nil {
		h.t.Fatal(err)
	}
	if err := g.Connected(h.ctx); err != nil {
		h.t.Fatal(err)
	}
	return g
}

// talk proves that sound and pictures go both ways between two.
func (h *house) talk(a, b *guest) {
	h.t.Helper()
	for _, pair := range [][2]*guest{{a, b}, {b, a}} {
		from, to := pair[0], pair[1]
		h.e.Bind(to.id, Binding{Slot: 0, Audio: Feed{from.id, Microphone}, Video: Feed{from.id, Camera}})
		h.on(from, Microphone)
		h.on(from, Camera)
	}
	for _, g := range []*guest{a, b} {
		h.wait("sound and a picture", func() bool {
			return g.Audio(0).Received().Packets > 20 && g.Video(0).Received().Keyframes > 0
		})
	}
}

func TestNetwork_EveryWayCarriesACall(t *testing.T) {
	t.Parallel()
	local4, local6 := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1")
	everywhere := Config{UDP: ":0", TCP: ":0", Advertise: []netip.Addr{local4, local6}}
	for name, tc := range map[string]struct {
		cfg     Config
		streams string // address of another listener
		client  func(*house) sfutest.Options
		asked   Offer
		route   Route
	}{
		"UDP over IPv6": {
			cfg: Config{UDP: "[::1]:0"}, route: RouteUDP,
			client: func(h *house) sfutest.Options { return sfutest.Options{ID: 1, Setting: overLoopback6(h.t)} },
		},
		"TCP over IPv6": {
			cfg: Config{TCP: "[::1]:0"}, route: RouteTCP,
			client: func(*house) sfutest.Options {
				return sfutest.Options{ID: 1, TCP: true, Setting: overTCP6}
			},
		},
		"both families, IPv4": {
			cfg: everywhere, route: RouteUDP,
			client: func(*house) sfutest.Options { return sfutest.Options{ID: 1} },
		},
		"both families, IPv6": {
			cfg: everywhere, route: RouteUDP,
			client: func(h *house) sfutest.Options { return sfutest.Options{ID: 1, Setting: overLoopback6(h.t)} },
		},
		"another listener's streams alone": {
			cfg: Config{UDP: "127.0.0.1:0"}, streams: "127.0.0.1:0", route: RouteTCP,
			client: func(*house) sfutest.Options { return sfutest.Options{ID: 1, TCP: true} },
		},
		"another listener's streams beside ours, IPv6": {
			cfg: everywhere, streams: "[::1]:0", route: RouteTCP,
			client: func(*house) sfutest.Options {
				return sfutest.Options{ID: 1, TCP: true, Setting: overTCP6}
			},
		},
		"relayed": {
			cfg: Config{UDP: "127.0.0.1:0"}, route: RouteRelay,
			client: func(h *house) sfutest.Options { return sfutest.Options{ID: 1, Setting: h.relayed("udp4")} },
		},
		"relayed over IPv6": {
			cfg: everywhere, route: RouteRelay,
			client: func(h *house) sfutest.Options { return sfutest.Options{ID: 1, Setting: h.relayed("udp6")} },
		},
		"active over UDP": {
			cfg: Config{UDP: "127.0.0.1:0", TCP: "127.0.0.1:0"}, route: RouteUDP, asked: Offer{Active: true},
			client: func(*house) sfutest.Options { return sfutest.Options{ID: 1} },
		},
		"active over TCP": {
			cfg: Config{UDP: "127.0.0.1:0", TCP: "127.0.0.1:0"}, route: RouteTCP, asked: Offer{Active: true},
			client: func(*house) sfutest.Options { return sfutest.Options{ID: 1, TCP: true} },
		},
		"active, relayed": {
			cfg: Config{UDP: "127.0.0.1:0", TCP: "127.0.0.1:0"}, route: RouteRelay, asked: Offer{Active: true},
			client: func(h *house) sfutest.Options { return sfutest.Options{ID: 1, Setting: h.relayed("udp4")} },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tc.streams != "" {
				l, err := net.Listen("tcp", tc.streams)
				if err != nil {
					t.Fatal(err)
				}
				tc.cfg.Streams, tc.cfg.StreamsPort = l, uint16(l.Addr().(*net.TCPAddr).Port)
			}
			h := houseWith(t, tc.cfg)
			tc.asked.Profile = ProfileRoom
			one := h.joinBy(tc.client(h), tc.asked)
			o := tc.client(h)
			o.ID = 2
			two := h.joinBy(o, tc.asked)
			h.talk(one, two)
			if got := h.truth(one).Route; got != tc.route {
				t.Errorf("route %q, want %q", got, tc.route)
			}
			offer, err := one.Restart()
			if err != nil {
				t.Fatal(err)
			}
			answer, err := h.e.Restart(h.ctx, one.id, offer)
			if err != nil {
				t.Fatal(err)
			}
			if err := one.Answer(answer); err != nil {
				t.Fatal(err)
			}
			before := one.Audio(0).Received().Packets
			h.wait("sound after a restart", func() bool { return one.Audio(0).Received().Packets > before+50 })
		})
	}
}

func TestNetwork_ActiveAnswersAsAFullAgentThatBeginsDTLS(t *testing.T) {
	h := newHouse(t)
	for active, want := range map[bool][]string{true: {"a=setup:active"}, false: {"a=setup:passive", "a=ice-lite"}} {
		_, answer, err := h.e.Open(h.ctx, Offer{Profile: ProfileRoom, SDP: plainOffer(ProfileRoom), Active: active}, &watcher{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, line := range []string{"a=setup:active", "a=setup:passive", "a=ice-lite"} {
			if strings.Contains(answer, line) {
				got = append(got, line)
			}
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("active %v: %v, want %v", active, got, want)
		}
	}
	unwilling := strings.ReplaceAll(plainOffer(ProfileRoom), "a=setup:actpass", "a=setup:active")
	if _, _, err := h.e.Open(h.ctx, Offer{Profile: ProfileRoom, SDP: unwilling, Active: true}, &watcher{}); !errors.Is(err, ErrBadOffer) {
		t.Errorf("a browser that must begin DTLS itself: %v", err)
	}
}

func TestNetwork_ActiveChecksNothingThatAnOfferPointsAt(t *testing.T) {
	h := newHouse(t)
	ear, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ear.Close()
	port := itoa(uint32(ear.LocalAddr().(*net.UDPAddr).Port))
	pointing := strings.Replace(plainOffer(ProfileRoom), "a=mid:0\r\n",
		"a=mid:0\r\na=candidate:1 1 udp 2130706431 127.0.0.1 "+port+" typ host\r\n", 1)
	if _, _, err := h.e.Open(h.ctx, Offer{Profile: ProfileRoom, SDP: pointing, Active: true}, &watcher{}); err != nil {
		t.Fatal(err)
	}
	h.joinBy(sfutest.Options{ID: 2}, Offer{Profile: ProfileRoom, Active: true})
	_ = ear.SetReadDeadline(time.Now().Add(time.Second))
	if n, from, err := ear.ReadFrom(make([]byte, 1500)); err == nil {
		t.Errorf("%d bytes from %v", n, from)
	}
}

func TestNetwork_AnAnswerNamesOneWayAloneWhenAsked(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Parallel()
	h := houseWith(t, Config{UDP: "127.0.0.1:0", TCP: "127.0.0.1:0", Streams: l, StreamsPort: 443})
	for only, want := range map[Route]string{RouteNone: "udp tcp:443 tcp", RouteUDP: "udp", RouteTCP: "tcp:443 tcp"} {
		_, answer, err := h.e.Open(h.ctx, Offer{Profile: ProfileProbe, SDP: plainOffer(ProfileProbe), Only: only}, &watcher{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for line := range strings.SplitSeq(answer, "\r\n") {
			if rest, ok := strings.CutPrefix(line, "a=candidate:"); ok {
				f := strings.Fields(rest)
				if f[5] == "443" {
					f[2] += ":443"
				}
				got = append(got, f[2])
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("only %q: %v, want %s", only, got, want)
		}
	}
	if _, _, err := h.e.Open(h.ctx, Offer{Profile: ProfileProbe, SDP: plainOffer(ProfileProbe), Only: RouteRelay}, &watcher{}); !errors.Is(err, ErrBadOffer) {
		t.Errorf("only relayed: %v", err)
	}
}

func TestNetwork_AProbeConnectsByTheWayItTries(t *testing.T) {
	h := newHouse(t)
	for route, o := range map[Route]sfutest.Options{
		RouteUDP: {ID: 1, Probe: true}, RouteTCP: {ID: 2, Probe: true, TCP: true}, RouteRelay: {ID: 3, Probe: true, Setting: h.relayed("udp4")},
	} {
		asked := Offer{Profile: ProfileProbe, Only: route}
		if route == RouteRelay {
			asked.Only = RouteUDP
		}
		g := h.joinBy(o, asked)
		if got := h.truth(g).Route; got != route {
			t.Errorf("route %q, want %q", got, route)
		}
	}
}

func TestNetwork_ACallGoesOnUnderAFlood(t *testing.T) {
	t.Parallel()
	h := houseWith(t, Config{UDP: "127.0.0.1:0", TCP: "127.0.0.1:0"})
	one := h.joinBy(sfutest.Options{ID: 1}, Offer{Profile: ProfileRoom})
	two := h.joinBy(sfutest.Options{ID: 2, TCP: true}, Offer{Profile: ProfileRoom})
	h.talk(one, two)
	stranger, err := net.Dial("udp", h.e.UDP().String())
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	check := stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewUsername("nobody:here"), stun.Fingerprint).Raw
	framed := append([]byte{0, byte(len(check))}, check...)
	heard := func(g *guest) int { return int(g.Audio(0).Received().Packets) }
	oneWas, twoWas := heard(one), heard(two)
	began, sent := time.Now(), 0
	for time.Since(began) < 2*time.Second { // some 10,000 packets a second
		for range 10 {
			_, _ = stranger.Write(check)
			_, _ = stranger.Write([]byte("\x80 neither a check nor anybody's media"))
			sent += 2
		}
		if sent%400 == 0 {
			conn, err := net.Dial("tcp", h.e.TCP().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			switch sent / 400 % 3 {
			case 0:
				_, _ = conn.Write(framed)
			case 1:
				_, _ = conn.Write([]byte{0xff, 0xff, 1})
			} // and some say nothing
		}
		time.Sleep(2 * time.Millisecond)
	}
	for name, g := range map[string]struct {
		*guest
		was int
	}{"UDP": {one, oneWas}, "TCP": {two, twoWas}} {
		if is := heard(g.guest); is-g.was < 80 { // of a hundred
			t.Errorf("%s: %d packets of sound in 2 s", name, is-g.was)
		}
	}
	n := h.e.net.Strangers()
	if n[wire.UnknownUfrag] < uint64(sent)/4 || n[wire.Garbage] < uint64(sent)/4 || n[wire.Framing] == 0 {
		t.Errorf("%d sent, counted %v", sent, n)
	}
}
