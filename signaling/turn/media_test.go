package turn_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"sangdam/rooms/sfu"
	"sangdam/rooms/sfu/sfutest"
)

// house is an Engine with a relay beside it.
type house struct {
	*rig
	engine *sfu.Engine
	ctx    context.Context
}

// deaf hears nothing of a Peer.
type deaf struct{}

func (deaf) PeerState(sfu.PeerID, sfu.State)         {}
func (deaf) SourceFlow(sfu.PeerID, sfu.Source, bool) {}
func (deaf) Paused(sfu.PeerID, []int)                {}
func (deaf) Holds(sfu.PeerID, []time.Duration)       {}
func (deaf) Wanted(sfu.PeerID, sfu.Source, []string) {}
func (deaf) Speaks(sfu.PeerID, bool)                 {}

func newHouse(t *testing.T, listen, host string) *house {
	t.Helper()
	engine, err := sfu.New(sfu.Config{UDP: listen, Advertise: []netip.Addr{netip.MustParseAddr(host)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return &house{serve(t, host, engine.Advertised(), engine.OpenRelay, nil), engine, ctx}
}

// secretly dials with TLS: Pion takes no certificate that it cannot verify.
type secretly struct{}

func (secretly) Dial(network, addr string) (net.Conn, error) {
	return tls.Dial(network, addr, &tls.Config{InsecureSkipVerify: true})
}

// options are a client's that may go by a relay.
func (h *house) options(id uint32, way string) sfutest.Options {
	user, password := h.creds.For(fmt.Sprint(h.t.Name(), id), "session", time.Now())
	url := map[string]string{
		"udp": "turn:" + h.udp.String() + "?transport=udp",
		"tcp": "turn:" + h.tcp.String() + "?transport=tcp",
		"tls": "turn:" + h.tls.String() + "?transport=tcp",
	}[way]
	o := sfutest.Options{
		ID: id, RelayOnly: true,
		Servers: []webrtc.ICEServer{{URLs: []string{url}, Username: user, Credential: password}},
	}
	if way == "tls" {
		o.Setting = func(s *webrtc.SettingEngine) { s.SetICEProxyDialer(secretly{}) }
	}
	if h.udp.Addr().Is6() {
		o.Setting = func(s *webrtc.SettingEngine) { s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP6}) }
	}
	return o
}

func (h *house) join(o sfutest.Options, asked sfu.Offer) (*sfutest.Client, sfu.PeerID) {
	h.t.Helper()
	c, err := sfutest.New(o)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(c.Close)
	if asked.SDP, err = c.Offer(); err != nil {
		h.t.Fatal(err)
	}
	asked.Profile = sfu.ProfileRoom
	id, answer, err := h.engine.Open(h.ctx, asked, deaf{})
	if err != nil {
		h.t.Fatal(err)
	}
	if err := c.Answer(answer); err != nil {
		h.t.Fatal(err)
	}
	if err := c.Connected(h.ctx); err != nil {
		h.t.Fatal(err)
	}
	return c, id
}

// shows binds somebody's sound and picture to another's first slot and waits for both.
func (h *house) shows(from *sfutest.Client, source sfu.PeerID, to *sfutest.Client, viewer sfu.PeerID) {
	h.t.Helper()
	h.engine.Bind(viewer, sfu.Binding{Audio: sfu.Feed{Peer: source, Source: sfu.Microphone}, Video: sfu.Feed{Peer: source, Source: sfu.Camera}})
	for _, s := range []sfu.Source{sfu.Microphone, sfu.Camera} {
		h.engine.Allow(source, s, true)
		from.Send(string(s), true)
	}
	if err := to.Wait(h.ctx, "sound and a picture", func() bool {
		return to.Audio(0).Received().Packets > 20 && to.Video(0).Received().Keyframes > 0
	}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) route(id sfu.PeerID) sfu.Route {
	truth, _ := h.engine.Truth(id)
	return truth.Route
}

func TestRelay_CarriesACallOverEveryWay(t *testing.T) {
	for _, tc := range []struct {
		name, listen, host, way string
		asked                   sfu.Offer
	}{
		{"udp", "127.0.0.1:0", "127.0.0.1", "udp", sfu.Offer{}},
		{"tcp", "127.0.0.1:0", "127.0.0.1", "tcp", sfu.Offer{}},
		{"tls", "127.0.0.1:0", "127.0.0.1", "tls", sfu.Offer{}},
		{"udp over IPv6", "[::1]:0", "::1", "udp", sfu.Offer{}},
		{"tls, answered actively", "127.0.0.1:0", "127.0.0.1", "tls", sfu.Offer{Active: true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, tc.listen, tc.host)
			one, oneID := h.join(h.options(1, tc.way), tc.asked)
			two, twoID := h.join(h.options(2, tc.way), tc.asked)
			h.shows(one, oneID, two, twoID)
			h.shows(two, twoID, one, oneID)
			for _, id := range []sfu.PeerID{oneID, twoID} {
				if got := h.route(id); got != sfu.RouteRelay {
					t.Errorf("route %q", got)
				}
			}
			if h.metric("sangdam_turn_allocations", "") < 2 || h.metric("sangdam_turn_bytes_total", "in") == 0 || h.metric("sangdam_turn_bytes_total", "out") == 0 {
				t.Error("nothing was counted")
			}
		})
	}
}

func TestRelay_GivesWayToTheDirectPath(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "127.0.0.1:0", "127.0.0.1")
	o := h.options(1, "tcp")
	o.RelayOnly = false
	_, id := h.join(o, sfu.Offer{})
	if err := sfutest.Wait(h.ctx, "an allocation", func() bool { return h.metric("sangdam_turn_allocations", "") > 0 }); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		time.Sleep(50 * time.Millisecond)
		if got := h.route(id); got != sfu.RouteUDP {
			t.Fatalf("route %q", got)
		}
	}
}
