package sfu

import (
	"testing"
	"time"

	"sangdam/rooms/sfu/sfutest"
)

// TestEngine_EightPeopleMeet is the largest room there is: everybody sees and
// hears the seven others, each in a slot that stays theirs.
func TestEngine_EightPeopleMeet(t *testing.T) {
	h := newHouse(t)
	const people = 8
	guests := make([]*guest, people)
	for i := range guests {
		guests[i] = h.join(sfutest.Options{ID: uint32(i + 1)})
	}
	for i, viewer := range guests {
		var bs []Binding
		for j, other := range guests {
			if j != i {
				bs = append(bs, pair(len(bs), other))
			}
		}
		h.e.Bind(viewer.id, bs...)
	}
	start := time.Now()
	for _, g := range guests {
		h.on(g, Microphone, Camera)
	}
	for i, viewer := range guests {
		slot := 0
		for j, other := range guests {
			if j != i {
				h.sees(viewer, slot, other)
				slot++
			}
		}
	}
	t.Logf("everybody sees everybody after %v", time.Since(start))
	for _, g := range guests {
		h.rules(g, 0, 1, 2, 3, 4, 5, 6)
		for slot := range people - 1 {
			if s := g.Video(slot).Received().Senders; len(s) != 1 {
				t.Errorf("slot %d of %d showed %v", slot, g.ID(), s)
			}
		}
		// Everybody may be seen before the last layer of all has arrived.
		h.wait("microphone and three camera layers in the stats", func() bool {
			s, ok := h.e.Stats(g.id)
			return ok && s.State == StateConnected && len(s.Up) == 4
		})
	}
}
