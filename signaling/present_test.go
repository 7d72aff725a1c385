package signaling

import (
	"slices"
	"testing"

	"sangdam/rooms/sfu"
	"sangdam/signaling/protocol"
)

// observe lets the media plane tell something about a tab's Peer.
func (r *rig) observe(c *tab, tell func(sfu.Observer)) {
	r.engine.mu.Lock()
	defer r.engine.mu.Unlock()
	tell(r.engine.peers[c.peer])
}

// hears waits until something without a number has come.
func (c *tab) hears(what string, is func() bool) {
	c.t.Helper()
	for !is() {
		m, err := c.next()
		if err != nil {
			c.t.Fatalf("waiting for %s: %v", what, err)
		}
		c.keep(m)
	}
}

func (c *tab) wantsLayers(want ...string) func() bool {
	return func() bool {
		n := len(c.layers)
		return n > 0 && c.layers[n-1].Source == "camera" && slices.Equal(c.layers[n-1].Layers, want)
	}
}

func (c *tab) hearsSpeak(want ...string) func() bool {
	return func() bool {
		n := len(c.speakers)
		return n > 0 && slices.Equal(c.speakers[n-1], want)
	}
}

func TestSession_R65_LayersThatAreWatchedAreToldToTheirPublisher(t *testing.T) {
	r := newRig(t)
	buyer := r.visit("buyer") // in the lobby, too: it may practise
	r.observe(buyer, func(o sfu.Observer) { o.Wanted(buyer.peer, sfu.Camera, []string{"q"}) })
	buyer.hears("the lowest alone", buyer.wantsLayers("q"))
	r.observe(buyer, func(o sfu.Observer) { o.Wanted(buyer.peer, sfu.Camera, []string{"q", "f"}) })
	buyer.hears("the highest, too", buyer.wantsLayers("q", "f"))
	// A new PeerConnection may have been there when that came: of it all are wanted.
	buyer.ask("restart", protocol.Restart{Offer: "v=0 again", Rebuild: true}, "restart", nil)
	buyer.hears("all of the new one", buyer.wantsLayers("q", "h", "f"))
}

func TestSession_R66_WhatIsSoJustNowIsToldAgainAfterAResume(t *testing.T) {
	r := newRig(t)
	firm, buyer := r.visit("booth"), r.visit("buyer")
	firm.join("S01", "microphone")
	buyer.join("S01", "microphone")
	r.observe(buyer, func(o sfu.Observer) { o.Wanted(buyer.peer, sfu.Camera, []string{"q"}) })
	r.observe(firm, func(o sfu.Observer) { o.Speaks(firm.peer, true) })
	buyer.hears("who speaks", buyer.hearsSpeak(firm.session))
	buyer.hears("layers", buyer.wantsLayers("q"))
	for _, seq := range []uint64{buyer.seq, 0} { // with a replay, and with the full state
		again := r.dial()
		again.session, again.secret = buyer.session, buyer.secret
		var resumed protocol.Resumed
		again.ask("resume", protocol.Resume{Session: buyer.session, Secret: buyer.secret, Seq: seq}, "resume", &resumed)
		buyer.secret, again.seq = resumed.Secret, resumed.Seq
		again.hears("layers again", again.wantsLayers("q"))
		again.hears("who speaks again", again.hearsSpeak(firm.session))
	}
}

func TestSession_R67_R68_TilesReachTheMediaPlane(t *testing.T) {
	r := newRig(t)
	bound := make(chan sfu.Binding, 100)
	firm, buyer := r.visit("booth"), r.visit("buyer")
	buyer.ask("tiles", protocol.Tiles{Sizes: []protocol.TileSize{}}, "ok", nil) // in the lobby it means nothing
	firm.join("S01", "camera")
	buyer.join("S01", "camera")
	r.engine.mu.Lock()
	r.engine.onBind = func(id sfu.PeerID, all ...sfu.Binding) {
		if id == buyer.peer {
			for _, b := range all {
				bound <- b
			}
		}
	}
	r.engine.mu.Unlock()
	zero := 0
	buyer.ask("tiles", protocol.Tiles{Sizes: []protocol.TileSize{{Slot: 0, Height: 360}}, Focused: &zero}, "ok", nil)
	if b := <-bound; b.Slot != 0 || b.Ceiling != sfu.CeilingMiddle || !b.Focused || b.Video.Peer != firm.peer {
		t.Errorf("bound: %+v", b)
	}
	buyer.ask("tiles", protocol.Tiles{Sizes: []protocol.TileSize{{Slot: 0, Height: 90}}}, "ok", nil)
	if b := <-bound; b.Ceiling != sfu.CeilingLow || b.Focused {
		t.Errorf("bound: %+v", b)
	}
	buyer.refused("tiles", protocol.Tiles{Sizes: []protocol.TileSize{{Slot: 0, Height: 91}}}, protocol.CodeBadMessage)
}

func TestSession_R69_SpeakersAreToldToTheRoom(t *testing.T) {
	r := newRig(t)
	firm, buyer := r.visit("booth"), r.visit("buyer")
	firm.join("S01", "microphone")
	buyer.join("S01", "microphone")
	r.observe(buyer, func(o sfu.Observer) { o.Speaks(buyer.peer, true) })
	for _, c := range []*tab{firm, buyer} {
		c.hears("the buyer speaks", c.hearsSpeak(buyer.session))
	}
	r.observe(buyer, func(o sfu.Observer) { o.Speaks(buyer.peer, false) })
	firm.hears("nobody speaks", firm.hearsSpeak())
	// Numbers are the deltas' alone.
	before := firm.seq
	r.observe(firm, func(o sfu.Observer) { o.Speaks(firm.peer, true) })
	firm.hears("the firm speaks", firm.hearsSpeak(firm.session))
	if firm.seq != before {
		t.Errorf("seq %d, before %d", firm.seq, before)
	}
}
