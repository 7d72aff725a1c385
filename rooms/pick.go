package rooms

import (
	"slices"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

const (
	twoEach  = sfu.WallVideos / 2 // up to so many rooms show two people each
	largeMax = 4                  // people of the room that is looked at closely

	// turnAfter is how long whoever is shown for a room must be silent before
	// another one who speaks is shown: pictures that jump are not looked at.
	turnAfter = 2 * time.Second
)

// place is a seat of a room on a wall; the zero one is nobody.
type place struct {
	room schedule.ConsultationID
	seat schedule.SeatID
}

// pick chooses who is shown of the rooms on a screen: two people a room (firm
// and buyer), or one when there are many; more of the room that is looked at
// closely, which comes first. When slots run out, what is least important is
// left out.
func pick(scene map[schedule.ConsultationID][]player, rooms []schedule.ConsultationID, large schedule.ConsultationID, shown [sfu.WallVideos]place) []place {
	var all []place
	add := func(id schedule.ConsultationID, people ...player) {
		for _, p := range people {
			if one := (place{id, p.seat}); len(all) < sfu.WallVideos && !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	}
	if slices.Contains(rooms, large) {
		people := scene[large]
		add(large, people[:min(len(people), largeMax)]...)
	}
	for _, id := range rooms {
		switch people := scene[id]; {
		case id == large, len(people) == 0:
		case len(rooms) <= twoEach:
			add(id, ofEachSide(people)...)
		default:
			add(id, whoSpeaks(people, id, shown))
		}
	}
	return all
}

// ofEachSide is one of the firm and one of the buyer, or whoever is there.
func ofEachSide(people []player) []player {
	var two []player
	for _, role := range []schedule.Role{schedule.RoleFirm, schedule.RoleBuyer} {
		if i := slices.IndexFunc(people, func(p player) bool { return p.role == role }); i >= 0 {
			two = append(two, people[i])
		}
	}
	if len(two) == 0 {
		return people[:1]
	}
	return two
}

// whoSpeaks is who spoke last, the first of them when nobody did. Whoever is
// shown stays as long as they spoke not long before.
func whoSpeaks(people []player, id schedule.ConsultationID, shown [sfu.WallVideos]place) player {
	last := people[0]
	for _, p := range people[1:] {
		if p.spokeAt.After(last.spokeAt) {
			last = p
		}
	}
	for _, p := range people {
		if slices.Contains(shown[:], place{id, p.seat}) && last.spokeAt.Sub(p.spokeAt) < turnAfter {
			return p
		}
	}
	return last
}

// arrange gives each place a slot: the one it has, or a free one. What nobody
// wants any more is free.
func arrange(before [sfu.WallVideos]place, want []place) (after [sfu.WallVideos]place) {
	for i, p := range before {
		if p.seat != "" && slices.Contains(want, p) {
			after[i] = p
		}
	}
	for _, p := range want {
		if slices.Contains(after[:], p) {
			continue
		}
		best := -1 // a slot that showed nobody before: what was left just now may flash up
		for i := range after {
			if after[i].seat == "" && (best < 0 || before[best].seat != "" && before[i].seat == "") {
				best = i
			}
		}
		if best < 0 {
			return after
		}
		after[best] = p
	}
	return after
}
