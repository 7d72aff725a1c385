package turn

import (
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v4"
)

func FuzzParseUsername(f *testing.F) {
	user, _ := NewCredentials([]byte("key")).For("somebody", "session", time.Unix(1_800_000_000, 0))
	for _, s := range []string{user, "", ":", "1:", ":abcdefghijklmnop", "-1:abcdefghijklmnop", "99999999999:abcdefghijklmnop", "1:abcdefghijklmno\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, expiry, ok := parseUsername(s)
		if !ok {
			return
		}
		if len(id) != opaqueLen || len(s) > maxExpiryLen+1+opaqueLen || expiry.Unix() < 0 || expiry.Year() > 2286 {
			t.Errorf("%q: %q until %v", s, id, expiry)
		}
	})
}

func FuzzGate(f *testing.F) {
	c := NewCredentials([]byte("key"))
	user, password := c.For("somebody", "session", time.Now())
	f.Add(stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest), stun.NewUsername(user),
		stun.NewRealm("r"), stun.NewLongTermIntegrity(user, "r", password)).Raw)
	f.Add([]byte{0x40, 1, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8})
	f.Add([]byte{0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		g := &gate{credentials: c, realm: "r", metrics: newMetrics(nil), now: time.Now, peers: func() []netip.AddrPort { return nil }}
		if pass, answer := g.check(b, flow{}); pass && answer != nil {
			t.Error("passed and answered")
		}
	})
}
