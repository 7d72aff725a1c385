package turn_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

// ways are the flags by which turnutils_uclient takes each way.
func (r *rig) ways() map[string]struct {
	server netip.AddrPort
	flags  []string
} {
	return map[string]struct {
		server netip.AddrPort
		flags  []string
	}{"udp": {r.udp, nil}, "tcp": {r.tcp, []string{"-t"}}, "tls": {r.tls, []string{"-t", "-S"}}}
}

func TestServer_CoturnsClientAllocatesRefreshesAndGetsItsPacketsBack(t *testing.T) {
	peer, next := echo(t, "127.0.0.1")
	r := serve(t, "127.0.0.1", []netip.AddrPort{peer, next}, plainRelay("127.0.0.1"), nil)
	for name, way := range r.ways() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			user, password := r.creds.For("somebody", name, time.Now())
			out, err := r.uclient(way.server, peer, user, password, way.flags...)
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, want := range []string{"Received relay addr", "refresh response received", "Total lost packets 0 "} {
				if !strings.Contains(out, want) {
					t.Errorf("no %q in\n%s", want, out)
				}
			}
		})
	}
}

func TestServer_CoturnsClientReachesNothingButTheMediaPort(t *testing.T) {
	media, web := echo(t, "127.0.0.1")
	r := serve(t, "127.0.0.1", []netip.AddrPort{media}, plainRelay("127.0.0.1"), nil)
	for name, way := range r.ways() {
		for what, peer := range map[string]netip.AddrPort{
			"our own HTTP port": web,
			"the relay itself":  r.udp,
			"loopback":          netip.MustParseAddrPort("127.0.0.2:80"),
			"private":           netip.MustParseAddrPort("10.0.0.1:443"),
			"link-local":        netip.MustParseAddrPort("169.254.169.254:80"),
			"nowhere":           netip.MustParseAddrPort("0.0.0.0:80"),
			"public":            netip.MustParseAddrPort("198.51.100.7:53"),
		} {
			for how, flags := range map[string][]string{"channel": nil, "permission": {"-s"}} {
				t.Run(strings.Join([]string{name, what, how}, " "), func(t *testing.T) {
					t.Parallel()
					user, password := r.creds.For(t.Name(), t.Name(), time.Now())
					out, err := r.uclient(way.server, peer, user, password, append(flags, way.flags...)...)
					if err == nil || !strings.Contains(out, "error 403") {
						t.Errorf("%v\n%s", err, out)
					}
				})
			}
		}
	}
}

func TestServer_CoturnsClientNeedsCredentialsOfToday(t *testing.T) {
	peer, next := echo(t, "127.0.0.1")
	r := serve(t, "127.0.0.1", []netip.AddrPort{peer, next}, plainRelay("127.0.0.1"), nil)
	user, _ := r.creds.For("somebody", "session", time.Now())
	old, oldPassword := r.creds.For("somebody", "session", time.Now().Add(-13*time.Hour))
	later := strings.Replace(old, old[:10], user[:10], 1) // a later expiry by the same password
	for name, way := range r.ways() {
		for what, c := range map[string][2]string{
			"wrong password": {user, "open sesame"}, "expired": {old, oldPassword}, "prolonged": {later, oldPassword},
			"made up": {"admin", "admin"}, "empty": {"", ""},
		} {
			t.Run(name+" "+what, func(t *testing.T) {
				t.Parallel()
				out, err := r.uclient(way.server, peer, c[0], c[1], way.flags...)
				if err == nil || strings.Contains(out, "Received relay addr") {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
}
