package rooms

import (
	"cmp"
	"slices"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// screenMap is what a wall screen shows and sounds. It has as many pictures and
// voices as its offer had sections, often one of each: the stage is in the last
// picture, people are in the others, and where they do not all fit those who
// spoke last.
type screenMap struct {
	audios, videos   int // fixed
	voices, pictures []schedule.SeatID
	bound            map[int]sfu.Binding
}

// silence is what takes everything off the screen.
func (m *screenMap) silence() (all []sfu.Binding) {
	for slot := range max(m.audios, m.videos) {
		if m.bound[slot] != (sfu.Binding{}) {
			all = append(all, sfu.Binding{Slot: slot})
		}
	}
	m.bound = nil
	return all
}

// places gives up to n people a place of the screen. Who has one keeps it while it
// is one of the n who spoke last.
func places(had []schedule.SeatID, n int, people []*participant) []schedule.SeatID {
	people = slices.SortedStableFunc(slices.Values(people), func(a, b *participant) int { return b.spokeAt.Compare(a.spokeAt) })
	people = people[:min(n, len(people))]
	is := func(seat schedule.SeatID) func(*participant) bool {
		return func(p *participant) bool { return p.view.Seat == seat }
	}
	next := make([]schedule.SeatID, n)
	for i, seat := range had {
		if i < n && seat != "" && slices.ContainsFunc(people, is(seat)) {
			next[i] = seat
		}
	}
	// Newcomers in the order in which they came.
	slices.SortStableFunc(people, func(a, b *participant) int {
		return cmp.Or(a.view.Since.Compare(b.view.Since), cmp.Compare(a.view.ID, b.view.ID))
	})
	for _, p := range people {
		if free := slices.Index(next, ""); !slices.Contains(next, p.view.Seat) && free >= 0 {
			next[free] = p.view.Seat
		}
	}
	return next
}

// bindScreens gives each screen what differs. It runs after everybody was told.
func (r *room) bindScreens() {
	for _, a := range r.auxiliaries {
		if a.view.Kind != AuxiliaryScreen {
			continue
		}
		if changed := a.shows.look(r); len(changed) > 0 {
			r.media.Bind(a.peer, changed...)
		}
	}
}

// look is the bindings that differ from before.
func (m *screenMap) look(r *room) (changed []sfu.Binding) {
	people := r.inOrder()
	next := map[int]sfu.Binding{}
	put := func(slot int, audio, video sfu.Feed) {
		b := next[slot]
		b.Slot = slot
		if audio != (sfu.Feed{}) {
			b.Audio = audio
		}
		if video != (sfu.Feed{}) {
			b.Video = video
		}
		next[slot] = b
	}
	_, sound, stage := r.onStage(nil)
	pictures, voices := m.videos, m.audios
	if stage != (sfu.Feed{}) && m.videos > 0 {
		pictures--
		put(m.videos-1, sfu.Feed{}, stage)
	}
	if sound != (sfu.Feed{}) && m.audios > len(people) { // voices come first
		put(m.audios-1, sound, sfu.Feed{})
		voices--
	}
	m.pictures, m.voices = places(m.pictures, pictures, people), places(m.voices, voices, people)
	for slot, seat := range m.pictures {
		if p := r.seats[seat]; p != nil {
			put(slot, sfu.Feed{}, sfu.Feed{Peer: p.peer, Source: sfu.Camera})
		}
	}
	for slot, seat := range m.voices {
		if p := r.seats[seat]; p != nil {
			put(slot, sfu.Feed{Peer: p.peer, Source: sfu.Microphone}, sfu.Feed{})
		}
	}
	for slot := range max(m.audios, m.videos) {
		want := next[slot]
		want.Slot = slot
		was, bound := m.bound[slot]
		if bound && was == want || !bound && want == (sfu.Binding{Slot: slot}) {
			continue
		}
		changed = append(changed, want)
	}
	m.bound = next
	return changed
}
