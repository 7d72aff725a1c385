package signaling

import (
	"slices"
	"testing"

	"sangdam/signaling/protocol"
)

func TestSession_ASourceThatRestsStaysOnAndIsTold(t *testing.T) {
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
