package rooms

import (
	"slices"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

const (
	voiceLevel = 50                     // −dBov: what is louder is taken for a voice
	voiceFor   = 300 * time.Millisecond // of it in voiceIn, before somebody is taken for a speaker
	voiceIn    = 600 * time.Millisecond
)

// ear chooses whom of a room a coordinator hears: the two who spoke last.
type ear struct {
	room  schedule.ConsultationID
	spoke map[schedule.SeatID]time.Time
}

// choose gives each slot a person. Who is heard stays as long as nobody else
// speaks; a newcomer takes the place of who spoke the longer ago.
func (e *ear) choose(people []player, room schedule.ConsultationID, heard [sfu.WallAudios]place, media Media, now time.Time) [sfu.WallAudios]place {
	if e.room != room || e.spoke == nil {
		e.room, e.spoke = room, map[schedule.SeatID]time.Time{}
	}
	here := func(p place) bool {
		return p.room == room && slices.ContainsFunc(people, func(o player) bool { return o.seat == p.seat })
	}
	for i, p := range heard {
		if !here(p) {
			heard[i] = place{}
		}
	}
	var speaking, silent []player
	for _, p := range people {
		if len(people) <= sfu.WallAudios { // all fit
			silent = append(silent, p)
			continue
		}
		if p.has(sfu.Microphone) && speaks(media.Levels(p.peer)) {
			e.spoke[p.seat] = now
			speaking = append(speaking, p)
		} else {
			silent = append(silent, p)
		}
	}
	for _, p := range slices.Concat(speaking, silent) {
		one := place{room, p.seat}
		if slices.Contains(heard[:], one) {
			continue
		}
		worst := -1
		for i, o := range heard {
			if o.seat == "" {
				worst = i
				break
			}
			if worst < 0 || e.spoke[o.seat].Before(e.spoke[heard[worst].seat]) {
				worst = i
			}
		}
		if heard[worst].seat == "" || slices.ContainsFunc(speaking, func(s player) bool { return s.seat == p.seat }) && e.spoke[heard[worst].seat].Before(now) {
			heard[worst] = one
		}
	}
	return heard
}

// speaks tells whether there was a voice just now.
func speaks(l sfu.Levels) bool {
	last := l.Steps[max(0, len(l.Steps)-int(voiceIn/sfu.LevelStep)):]
	var voice time.Duration
	for _, s := range last {
		if s < voiceLevel {
			voice += sfu.LevelStep
		}
	}
	return voice >= voiceFor
}
