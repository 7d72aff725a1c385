package wire

import (
	"errors"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/pion/stun/v4"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestListen_AdvertisesWhatItWasToldAndNothingElse(t *testing.T) {
	one, six := netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("2001:db8::7")
	for _, tc := range []struct {
		name string
		cfg  Config
		want []string // address, transport
		err  error
	}{
		{"its own address", Config{UDP: "127.0.0.1:0", TCP: "127.0.0.1:0"}, []string{"udp 127.0.0.1", "tcp 127.0.0.1"}, nil},
		{
			"others",
			Config{UDP: "127.0.0.1:0", TCP: "127.0.0.1:0", Advertise: []netip.Addr{one, six}},
			[]string{"udp 203.0.113.7", "udp 2001:db8::7", "tcp 203.0.113.7", "tcp 2001:db8::7"},
			nil,
		},
		{"TCP alone", Config{TCP: "127.0.0.1:0"}, []string{"tcp 127.0.0.1"}, nil},
		{"everywhere, told", Config{UDP: ":0", Advertise: []netip.Addr{one}}, []string{"udp 203.0.113.7"}, nil},
		{"everywhere, not told", Config{UDP: ":0"}, nil, ErrNoAddress},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n, err := Listen(tc.cfg)
			if !errors.Is(err, tc.err) {
				t.Fatalf("err = %v, want %v", err, tc.err)
			}
			if err != nil {
				return
			}
			defer n.Close()
			var got []string
			last := ^uint32(0)
			for _, c := range n.candidates {
				line := c.line
				f := strings.Fields(line)
				got = append(got, f[2]+" "+f[4])
				if (f[2] == "tcp") != strings.HasSuffix(line, "typ host tcptype passive") {
					t.Errorf("candidate %q", line)
				}
				var p uint32
				for _, c := range f[3] {
					p = p*10 + uint32(c-'0')
				}
				if p >= last {
					t.Errorf("priority of %q is not below the one before", line)
				}
				last = p
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("candidates %v, want %v", got, tc.want)
			}
		})
	}
	if _, err := Listen(Config{}); err == nil {
		t.Error("listening on nothing")
	}
}

var discard = slog.New(slog.DiscardHandler)

func TestConn_FirstCheckOfAGenerationNominates(t *testing.T) {
	e := &ear{}
	c := &Conn{handler: e}
	check := func(user string) bool {
		m := stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewUsername(user))
		return c.onCheck(m, nil, nil, nil)
	}
	for i, tc := range []struct {
		user string
		want bool
	}{{"a:x", true}, {"a:x", false}, {"a:x", false}, {"b:y", true}, {"b:y", false}} {
		if got := check(tc.user); got != tc.want {
			t.Errorf("check %d of %s nominates: %v", i, tc.user, got)
		}
	}
	if len(e.events) != 2 || c.LastCheck().IsZero() {
		t.Errorf("events %v, last check %v", e.events, c.LastCheck())
	}
}
