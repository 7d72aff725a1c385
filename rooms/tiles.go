package rooms

import (
	"context"
	"maps"
	"time"

	"sangdam/rooms/sfu"
)

// Tiles is how large a page shows its slots.
type Tiles struct {
	Heights map[int]int // device pixels by slot; nil: never told
	Focused int         // the slot that is looked at more than others; -1: none
}

// Heights up to these need no more than the lowest layer, and the middle one: a
// quarter and half of the 720 lines that a page asks cameras for.
const (
	lowHeight    = 180
	middleHeight = 360
)

// ceiling is the highest layer of which a slot shows the difference.
func (t Tiles) ceiling(slot int) sfu.Ceiling {
	h, told := t.Heights[slot]
	switch {
	case !told:
		return sfu.CeilingProfile
	case h <= lowHeight:
		return sfu.CeilingLow
	case h <= middleHeight:
		return sfu.CeilingMiddle
	}
	return sfu.CeilingHigh
}

// aim adds what the page tells of a slot to what it carries.
func (t Tiles) aim(b sfu.Binding) sfu.Binding {
	if b.Video != (sfu.Feed{}) {
		b.Ceiling, b.Focused = t.ceiling(b.Slot), t.Heights != nil && t.Focused == b.Slot
	}
	return b
}

// Tiles says how large the page shows its slots; it replaces what was said before
// and holds for whoever comes into a slot, by whichever Peer.
func (v *Visit) Tiles(ctx context.Context, t Tiles) error {
	t.Heights = maps.Clone(t.Heights)
	if t.Heights == nil {
		t.Heights = map[int]int{}
	}
	return v.act(ctx, func(p *participant, _ time.Time) error {
		p.tiles = t
		for _, b := range p.shown {
			if aimed := t.aim(b); aimed != b {
				p.carry(aimed) // the same picture: nobody is told of it
			}
		}
		return nil
	})
}
