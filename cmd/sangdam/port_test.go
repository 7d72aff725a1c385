package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pion/webrtc/v4"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu/sfutest"
	"sangdam/signaling/certs"
	"sangdam/signaling/protocol"
	"sangdam/signaling/signaltest"
	"sangdam/signaling/turn"
)

// device is a machine of a closed hall, told to trust its server.
type device struct{ tls *tls.Config }

func trusting(t *testing.T, root string) device {
	t.Helper()
	text, err := os.ReadFile(root)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		t.Fatalf("%s is no certificate", root)
	}
	return device{&tls.Config{RootCAs: roots}}
}

func (d device) http(t *testing.T, http2 bool) *http.Client {
	transport := &http.Transport{TLSClientConfig: d.tls.Clone(), ForceAttemptHTTP2: http2}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

// Dial connects to TURN by TLS, for Pion, which leaves that to a dialer.
func (d device) Dial(network, addr string) (net.Conn, error) {
	return tls.Dial(network, addr, d.tls)
}

// relayed takes the one way alone that begins like this.
func relayed(scheme string, dial interface {
	Dial(network, addr string) (net.Conn, error)
},
) func(*signaltest.Options) {
	return func(o *signaltest.Options) {
		o.Path = "relay"
		o.Way = func(s protocol.ICEServer) bool { return strings.HasPrefix(s.URLs[0], scheme) }
		o.Media.Setting = func(s *webrtc.SettingEngine) {
			s.SetIncludeLoopbackCandidate(true)
			if dial != nil {
				s.SetICEProxyDialer(dial)
			}
		}
	}
}

func TestNode_OnePortCarriesPagesSocketsAndMedia(t *testing.T) {
	var folder string
	port := freePort(t)
	n, f, metrics := startFair(t, func(o *nodeOptions) {
		folder = o.Data
		o.Edge = Edge{Listen: "127.0.0.1:" + port, PublicURL: "https://127.0.0.1:" + port, TLS: TLS{SelfSigned: true}}
		o.Media.TCP = noPort
	})
	d := trusting(t, filepath.Join(folder, certs.HallRoot))
	for _, http2 := range []bool{false, true} {
		response, err := d.http(t, http2).Get(n.URL() + "/network")
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if (response.ProtoMajor == 2) != http2 || response.Header.Get("Strict-Transport-Security") == "" || !strings.Contains(string(body), "/network/hall.crt") {
			t.Errorf("HTTP/%d, %v:\n%s", response.ProtoMajor, response.Header, body)
		}
	}

	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	told := func(o *signaltest.Options) { o.HTTP = d.http(t, false) }
	firm := visit(t, n, linkOf(t, f, func(g schedule.Grants) bool { return g.Kind == schedule.LinkBooth && g.Booth == f.open.Booth }), 1,
		told, func(o *signaltest.Options) { o.Media.TCP = true })
	buyer := visit(t, n, linkOf(t, f, func(g schedule.Grants) bool {
		return g.Role == schedule.RoleBuyer && g.Party == string(f.open.Buyer)
	}), 2, told, relayed("turns:", d))
	for _, c := range []*signaltest.Client{firm, buyer} {
		if err := c.Join(ctx, string(f.open.ID), sfutest.Microphone, sfutest.Camera); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]float64{
		`sangdam_sfu_routes{route="tcp"}`:                     1,
		`sangdam_sfu_routes{route="relay"}`:                   1,
		`sangdam_sfu_routes{route="udp"}`:                     0,
		`sangdam_turn_allocations`:                            1,
		`sangdam_front_refused_total{reason="garbage"}`:       0,
		`sangdam_signaling_sessions`:                          2,
		`sangdam_sfu_peers{profile="room",state="connected"}`: 2,
	}
	got := map[string]float64{}
	if err := sfutest.Wait(ctx, "both routes", func() bool {
		all := series(t, metrics)
		for name := range want {
			got[name] = all[name]
		}
		return cmp.Equal(want, got) && all[`sangdam_turn_bytes_total{direction="out"}`] > 10_000 &&
			all[`sangdam_front_connections_total{kind="turns"}`] >= 1 && all[`sangdam_front_connections_total{kind="ice_tcp"}`] >= 1 && all[`sangdam_certificate_ends_seconds`] > 0
	}); err != nil {
		t.Fatalf("%v: want (-), got (+)\n%s", err, cmp.Diff(want, got))
	}

	// What strangers do to the port disturbs nobody who is in a consultation.
	before := series(t, metrics)
	for i := range 100 {
		c, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, _ = io.WriteString(c, []string{"", "GE", "\x16\x03\x01", "nonsense, and more of it", "\x00\x50\x00\x01\xff\xff\x21\x12\xa4\x42"}[i%5])
	}
	if err := sfutest.Wait(ctx, "the strangers are refused and the media goes on", func() bool {
		all := series(t, metrics)
		rose := func(name string, by float64) bool { return all[name] >= before[name]+by }
		return rose(`sangdam_front_refused_total{reason="garbage"}`, 20) && rose(`sangdam_front_refused_total{reason="slow"}`, 50) &&
			rose(`sangdam_sfu_packets_out_total`, 200) && rose(`sangdam_turn_bytes_total{direction="out"}`, 10_000)
	}); err != nil {
		t.Fatal(err)
	}
	for name, want := range want {
		if got := series(t, metrics)[name]; got != want && !strings.Contains(name, "garbage") {
			t.Errorf("%s was %v and is %v", name, want, got)
		}
	}
	if got := series(t, metrics)[`sangdam_signaling_restarts_total{kind="ice"}`]; got != 0 {
		t.Errorf("%v paths had to be mended", got)
	}
}

func TestNode_WithoutTLSTheSamePortRelaysByTCP(t *testing.T) {
	n, f, metrics := startFair(t, func(o *nodeOptions) {
		o.TURN.UDP = "127.0.0.1:0"
		o.TURN.Secret = strings.Repeat("secret", 6)
	})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	firm := visit(t, n, linkOf(t, f, func(g schedule.Grants) bool { return g.Kind == schedule.LinkBooth && g.Booth == f.open.Booth }), 1,
		func(o *signaltest.Options) {
			relayed("turn:", nil)(o)
			o.Way = func(s protocol.ICEServer) bool { return strings.HasSuffix(s.URLs[0], "=udp") }
		})
	buyer := visit(t, n, linkOf(t, f, func(g schedule.Grants) bool {
		return g.Role == schedule.RoleBuyer && g.Party == string(f.open.Buyer)
	}), 2, func(o *signaltest.Options) {
		relayed("turn:", nil)(o)
		o.Way = func(s protocol.ICEServer) bool { return strings.HasSuffix(s.URLs[0], "=tcp") }
	})
	for _, c := range []*signaltest.Client{firm, buyer} {
		if err := c.Join(ctx, string(f.open.ID), sfutest.Microphone, sfutest.Camera); err != nil {
			t.Fatal(err)
		}
	}
	if err := sfutest.Wait(ctx, "two relays", func() bool {
		all := series(t, metrics)
		return all[`sangdam_sfu_routes{route="relay"}`] == 2 && all[`sangdam_front_connections_total{kind="turn"}`] >= 1 &&
			all[`sangdam_turn_bytes_total{direction="out"}`] > 10_000
	}); err != nil {
		t.Fatal(err)
	}
}

func TestWays_AreThoseByWhichBrowsersReachTheServer(t *testing.T) {
	public, hall := netip.MustParseAddr("203.0.113.10"), netip.MustParseAddr("192.168.10.5")
	at := func(s string) net.Addr { return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(s)) }
	for name, c := range map[string]struct {
		url       string
		edge      Edge
		turn      TURN
		listen    string
		turnUDP   net.Addr
		addresses []netip.Addr
		want      []string
		streams   bool
	}{
		"TLS of our own": {
			"https://meet.example.kr",
			Edge{TLS: TLS{ACME: []string{"meet.example.kr"}}},
			TURN{},
			"0.0.0.0:443", nil,
			[]netip.Addr{public, hall},
			[]string{"turn:meet.example.kr:443?transport=tcp", "turns:meet.example.kr:443?transport=tcp"},
			true,
		},
		"mapped from 443": {
			"https://meet.example.kr",
			Edge{TLS: TLS{Cert: "a", Key: "b"}},
			TURN{},
			"0.0.0.0:8443", at("0.0.0.0:3478"),
			[]netip.Addr{public},
			[]string{"turn:meet.example.kr:3478?transport=udp", "turn:meet.example.kr:443?transport=tcp", "turns:meet.example.kr:443?transport=tcp"},
			true,
		},
		"a hall without a name": {
			"https://[2001:db8::5]:8443",
			Edge{TLS: TLS{SelfSigned: true}},
			TURN{},
			"[2001:db8::5]:8443", nil,
			[]netip.Addr{hall},
			[]string{"turn:[2001:db8::5]:8443?transport=tcp", "turns:[2001:db8::5]:8443?transport=tcp"},
			true,
		},
		"a proxy on the same machine": {
			"https://meet.example.kr", Edge{}, TURN{}, "127.0.0.1:8080", nil, []netip.Addr{public}, nil, false,
		},
		"a proxy that ends TLS of TURN, too": {
			"https://meet.example.kr",
			Edge{},
			TURN{TLS: "turn.example.kr:443"},
			"127.0.0.1:8080", nil,
			[]netip.Addr{public},
			[]string{"turns:turn.example.kr:443?transport=tcp"},
			false,
		},
		"a proxy elsewhere": {
			"https://meet.example.kr",
			Edge{},
			TURN{},
			"0.0.0.0:8080", nil,
			[]netip.Addr{public, hall},
			[]string{"turn:203.0.113.10:8080?transport=tcp"},
			true,
		},
		"a trial on one machine": {
			"http://127.0.0.1:8080",
			Edge{},
			TURN{},
			"127.0.0.1:8080", nil,
			[]netip.Addr{hall, netip.MustParseAddr("127.0.0.1")},
			[]string{"turn:127.0.0.1:8080?transport=tcp"},
			false,
		},
	} {
		w := waysOf(c.url, &c.edge, &c.turn, c.addresses, bound{listen: at(c.listen), turnUDP: c.turnUDP})
		var got, users []string
		for _, s := range w.iceServers(turn.NewCredentials([]byte("key")))("link", "session", time.Now()) {
			got = append(got, s.URLs...)
			if s.Username == "" || s.Credential == "" || slices.Contains(users, s.Username) {
				t.Errorf("%s: %+v has no credentials of its own", name, s)
			}
			users = append(users, s.Username)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: want (-), got (+):\n%s", name, diff)
		}
		if w.Streams != c.streams {
			t.Errorf("%s: ICE-TCP on the one port: %v", name, w.Streams)
		}
	}
}

func TestMedia_TheAddressesThatAreFoundAreThoseABrowserMayReach(t *testing.T) {
	var cards []net.Addr
	for _, s := range []string{
		"127.0.0.1/8", "::1/128", "192.168.10.5/24", "169.254.3.4/16", "fe80::1/64", "fd00::5/64",
		"2001:db8::10/64", "203.0.113.10/24", "100.64.1.2/10",
	} {
		ip, network, err := net.ParseCIDR(s)
		if err != nil {
			t.Fatal(err)
		}
		cards = append(cards, &net.IPNet{IP: ip, Mask: network.Mask})
	}
	var got []string
	for _, a := range reachable(cards) {
		got = append(got, a.String())
	}
	want := []string{"203.0.113.10", "192.168.10.5", "100.64.1.2", "2001:db8::10", "127.0.0.1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	for range 20 {
		cards = append(cards, cards[2])
	}
	if n := len(reachable(cards)); n != maxFound+1 {
		t.Errorf("%d addresses, want %d", n, maxFound+1)
	}
}

func TestSettings_ProtectionsAreSwitchedOffByName(t *testing.T) {
	c, err := parse(t, "serve", "--media-without", "red,allocation")
	if err != nil {
		t.Fatal(err)
	}
	if w := c.Serve.Media.without(); !w.RED || w.RTX || !w.Allocation {
		t.Errorf("%+v", w)
	}
	if _, err := parse(t, "serve", "--media-without", "everything"); err == nil {
		t.Error("a protection that there is not was switched off")
	}
}
