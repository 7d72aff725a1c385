package wire

import (
	"log/slog"
	"net/netip"
	"testing"
)

func TestMoves_AForgedHeaderGainsNothingByTheRealPacket(t *testing.T) {
	known, thief := netip.MustParseAddrPort("203.0.113.7:5000"), netip.MustParseAddrPort("198.51.100.9:6000")
	packet := make([]byte, 40)
	packet[0] = 0x80
	for _, tc := range []struct {
		name string
		from netip.AddrPort // whose packet is heard
		want netip.AddrPort // where packets go then
	}{
		{"the stranger's authenticates", thief, thief},
		{"the known address sends what was foretold", known, known},
	} {
		n := &Net{log: slog.New(slog.DiscardHandler)}
		c := &Conn{net: n}
		n.moves.try(c, &trial{header: [12]byte(packet), known: known, now: thief})
		if tc.from == known {
			n.moves.reads(packet, known)
		}
		c.heard(packet)
		if got := n.moves.writes(known); got != tc.want {
			t.Errorf("%s: packets go to %v", tc.name, got)
		}
	}
}
