package signaling

import (
	"slices"
	"testing"
	"time"

	"sangdam/rooms/sfu"
	"sangdam/signaling/protocol"
)

func TestSession_R60_ASourceThatRestsStaysOnAndIsTold(t *testing.T) {
	r := newRig(t)
	firm, buyer := r.visit("booth"), r.visit("buyer")
	firm.join("S01", "microphone", "camera")
	buyer.join("S01", "microphone", "camera")
	is := func(resting ...string) func(protocol.Participant) bool {
		return func(p protocol.Participant) bool {
			return p.ID == buyer.session && len(p.Sources) == 2 && slices.Equal(p.Resting, resting)
		}
	}
	firm.participant("both on", is())
	buyer.ask("source", protocol.SetSource{Source: "camera", On: true, Resting: true}, "ok", nil)
	firm.participant("the camera rests", is("camera"))
	buyer.ask("source", protocol.SetSource{Source: "camera", On: true}, "ok", nil)
	firm.participant("it rests no more", is())
}

func TestSession_R60_WhatTheLineDoesToASlotIsToldToItsReader(t *testing.T) {
	r := newRig(t)
	firm, buyer := r.visit("booth"), r.visit("buyer")
	firm.join("S01", "microphone", "camera")
	buyer.join("S01", "microphone", "camera")
	media := func(tell func(sfu.Observer, sfu.PeerID)) {
		r.engine.mu.Lock()
		defer r.engine.mu.Unlock()
		tell(r.engine.peers[buyer.peer], buyer.peer)
	}
	slot := func(paused bool, hold int) func(protocol.Change) bool {
		return func(c protocol.Change) bool {
			return c.Slots != nil && slices.ContainsFunc(*c.Slots, func(s protocol.Slot) bool {
				return s.Participant == firm.session && s.Paused == paused && s.HoldMS == hold
			})
		}
	}
	media(func(o sfu.Observer, id sfu.PeerID) { o.Holds(id, []time.Duration{350 * time.Millisecond}) })
	buyer.change("held", slot(false, 350))
	media(func(o sfu.Observer, id sfu.PeerID) { o.Paused(id, []int{0}) })
	buyer.change("paused", slot(true, 350))
	firm.participant("the buyer sees no picture", func(p protocol.Participant) bool { return p.ID == buyer.session && p.Narrow })
	media(func(o sfu.Observer, id sfu.PeerID) { o.Paused(id, nil); o.Holds(id, []time.Duration{0}) })
	buyer.change("shown", slot(false, 0))
	firm.participant("the buyer sees pictures again", func(p protocol.Participant) bool { return p.ID == buyer.session && !p.Narrow })
}
