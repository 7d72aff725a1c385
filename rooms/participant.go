package rooms

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// participant is a person present in a room. The room's loop owns it.
type participant struct {
	view   Participant // Sources is replaced, never changed: others hold it
	token  string
	peer   sfu.PeerID
	client Client

	lostAt  time.Time       // since when nothing is received; zero: something is
	darkAt  time.Time       // since when media is gone though the session talks; zero: it is not
	paused  []int           // slots whose picture the line does not carry
	holds   []time.Duration // how long each slot should be held before it is played
	codec   sfu.Encoding    // of its screen, as its page was told
	codecOf sfu.PeerID      // with which Peer
	missed  bool            // the record says away: nothing was received for AwayAfter
	heardAt time.Time       // the last join or return: neither lies before it
	hereAt  time.Time       // since when the seat is taken without a gap, by whatever device
	awayAt  time.Time       // when away was shown from; zero: not away
	flowing map[sfu.Source]bool

	recorded map[sfu.Source]bool // what the record has of flowing

	slots   slotMap                    // what this person's own browser shows where
	shown   [sfu.RoomPairs]sfu.Binding // what that carries, as it was bound last
	tiles   Tiles                      // how large it shows them
	spokeAt time.Time                  // when it began to speak last; for who watches on a screen
	said    []string                   // keys of the newest messages, to know a repetition

	// what flush has to do
	sync         bool
	slotsChanged bool
	bindings     map[int]sfu.Binding
	orders       []Order

	helpers []Helper // as it was told last
	helped  sfu.Feed // what slotHelper carries

	gone error // why it is out of the room; nil: it is in
}

// sources in the order in which views list them.
func sources() [4]sfu.Source {
	return [...]sfu.Source{sfu.Microphone, sfu.Camera, sfu.Screen, sfu.ScreenAudio}
}

func validSource(s sfu.Source) bool {
	all := sources()
	return slices.Contains(all[:], s)
}

func (p *participant) isOn(s sfu.Source) bool { return slices.Contains(p.view.Sources, s) }

// setOn changes view.Sources; false when nothing changed.
func (p *participant) setOn(s sfu.Source, on bool) bool {
	if p.isOn(s) == on {
		return false
	}
	next := make([]sfu.Source, 0, len(p.view.Sources)+1)
	for _, each := range sources() {
		if each == s && on || each != s && p.isOn(each) {
			next = append(next, each)
		}
	}
	p.view.Sources = next
	return true
}

// bind gives a pair something else to show.
func (p *participant) bind(b sfu.Binding) {
	p.carry(p.tiles.aim(b))
	p.slotsChanged = true
}

// carry has a pair bound at the end of this task.
func (p *participant) carry(b sfu.Binding) {
	if p.bindings == nil {
		p.bindings = map[int]sfu.Binding{}
	}
	p.bindings[b.Slot], p.shown[b.Slot] = b, b
}

// lastHeard is when an interval that ends now really ended.
func (p *participant) lastHeard(now time.Time) time.Time {
	if p.lostAt.IsZero() {
		return now
	}
	return p.lostAt
}

func (p *participant) seatState() SeatState {
	s := SeatState{
		Seat: p.view.Seat, Role: p.view.Role, Name: p.view.Name,
		State: SeatHere, Since: p.hereAt, Sources: p.view.Sources,
	}
	if p.view.Away {
		s.State, s.Since = SeatAway, p.awayAt
	}
	return s
}

// inOrder lists the people by when they came.
func (r *room) inOrder() []*participant {
	return slices.SortedFunc(maps.Values(r.people), func(a, b *participant) int {
		return cmp.Or(a.view.Since.Compare(b.view.Since), cmp.Compare(a.view.ID, b.view.ID))
	})
}

func containsSeat(seats []schedule.SeatID, s schedule.SeatID) bool { return slices.Contains(seats, s) }
