package signaling

import (
	"testing"

	"sangdam/rooms/sfu"
	"sangdam/signaling/protocol"
)

func (c *tab) sendsScreenIn(codec string) func() bool {
	return func() bool {
		n := len(c.codecs)
		return n > 0 && c.codecs[n-1] == protocol.Codecs{Source: "screen", Codec: codec}
	}
}

func TestSession_R63_AScreensCodecIsToldAndToldAgainAfterAResume(t *testing.T) {
	r := newRig(t)
	firm, buyer := r.visit("booth"), r.visit("buyer")
	both := []sfu.Encoding{sfu.EncodingVP8, sfu.EncodingVP9}
	r.engine.mu.Lock()
	r.engine.encodings = map[sfu.PeerID]sfu.Encodings{
		firm.peer: {Screen: both, Stage: both}, buyer.peer: {Screen: both, Stage: both[:1]},
	}
	r.engine.mu.Unlock()
	firm.join("S01", "microphone")
	firm.hears("VP9 while nobody else is there", firm.sendsScreenIn("vp9"))
	buyer.join("S01", "microphone")
	buyer.hears("VP9, which the firm decodes", buyer.sendsScreenIn("vp9"))
	firm.hears("VP8, for the buyer", firm.sendsScreenIn("vp8"))
	again := r.dial()
	again.session, again.secret = firm.session, firm.secret
	var resumed protocol.Resumed
	again.ask("resume", protocol.Resume{Session: firm.session, Secret: firm.secret, Seq: firm.seq}, "resume", &resumed)
	again.seq = resumed.Seq
	again.hears("VP8 again", again.sendsScreenIn("vp8"))
}
