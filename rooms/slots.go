package rooms

import (
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// slotMap says which person each receive pair of one viewer shows. A person
// keeps its slot as long as it is there, and finds it again on coming back when
// nobody took it; a newcomer gets a slot that was never used, so that nothing
// of somebody else can flash up, and then the one that is free for longest.
type slotMap struct {
	pairs [sfu.SlotStage]pair
	clock int // grows with each take and free
}

type pair struct {
	seat   schedule.SeatID // who is shown or was shown last; empty: never used
	bound  bool
	change int // clock of the last take or free
}

// take finds a slot for a seat; false when all are bound. A seat that has one
// gets the same.
func (m *slotMap) take(seat schedule.SeatID) (slot int, ok bool) {
	best := -1
	for i, p := range m.pairs {
		switch {
		case p.seat == seat: // its own, bound or not
			best = i
		case p.bound || best >= 0 && m.pairs[best].seat == seat:
			continue
		case best < 0,
			p.seat == "" && m.pairs[best].seat != "",
			(p.seat == "") == (m.pairs[best].seat == "") && p.change < m.pairs[best].change:
			best = i
		}
	}
	if best < 0 {
		return 0, false
	}
	m.clock++
	m.pairs[best] = pair{seat: seat, bound: true, change: m.clock}
	return best, true
}

// free unbinds a seat's slot.
func (m *slotMap) free(seat schedule.SeatID) (slot int, ok bool) {
	for i, p := range m.pairs {
		if p.bound && p.seat == seat {
			m.clock++
			m.pairs[i].bound, m.pairs[i].change = false, m.clock
			return i, true
		}
	}
	return 0, false
}
