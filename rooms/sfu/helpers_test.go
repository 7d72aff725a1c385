package sfu

import (
	"fmt"
	"log/slog"
	"maps"
	"strconv"
	"strings"

	"sangdam/rooms/sfu/wire"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func itoa(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

func equalMaps(a, b map[string]string) bool { return maps.Equal(a, b) }

// plainOffer is the least that fits a profile.
func plainOffer(p Profile) string {
	ws, _ := p.sections()
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	line("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0")
	mids := make([]string, len(ws))
	for i := range ws {
		mids[i] = strconv.Itoa(i)
	}
	line("a=group:BUNDLE %s", strings.Join(mids, " "))
	for i, w := range ws {
		pt, codec := 111, "opus/48000/2"
		if w.kind == wire.Video {
			pt, codec = 96, "VP8/90000"
		}
		line("m=%s 9 UDP/TLS/RTP/SAVPF %d\r\nc=IN IP4 0.0.0.0", w.kind, pt)
		line("a=mid:%s\r\na=rtcp-mux\r\na=setup:actpass\r\na=ice-ufrag:abcd\r\na=ice-pwd:%s", mids[i], strings.Repeat("p", 24))
		line("a=fingerprint:sha-256 %s", strings.TrimSuffix(strings.Repeat("AB:", 32), ":"))
		line("a=rtpmap:%d %s", pt, codec)
		switch {
		case w.slot >= 0:
			line("a=recvonly")
		case w.source == Camera:
			line("a=sendonly\r\na=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send q;h;f")
		default:
			line("a=sendonly")
		}
	}
	return b.String()
}
