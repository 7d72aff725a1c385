package rooms

import (
	"maps"
	"slices"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// speakersEvery is the least time between two lists of who speaks: people take
// turns, and nobody sees four in a second go by.
const speakersEvery = 250 * time.Millisecond

// speakers is who speaks in a room. A voice counts for its seat, by whichever of
// the seat's devices it comes. The room's loop owns it.
type speakers struct {
	voices map[sfu.PeerID]schedule.SeatID // somebody speaks into this Peer's microphone
	told   []string                       // participants; replaced, never written to
	at     time.Time                      // when that was told
}

// Speaks is news that somebody begins or ceases to speak into the microphone of
// the visit's Peer.
func (v *Visit) Speaks(on bool) {
	v.news(func(p *participant, now time.Time) {
		if on {
			p.spokeAt = now
		}
		v.room.speaks(p.peer, p.view.Seat, on)
	})
}

// speaks takes news of any device that sits on a seat.
func (r *room) speaks(peer sfu.PeerID, seat schedule.SeatID, on bool) {
	if r.speakers.voices == nil {
		r.speakers.voices = map[sfu.PeerID]schedule.SeatID{}
	}
	if on {
		r.speakers.voices[peer] = seat
	} else {
		delete(r.speakers.voices, peer)
	}
}

// tellSpeakers tells everybody who speaks when it differs; when that was told
// just now it returns when it may be told again.
func (r *room) tellSpeakers(now time.Time) (again time.Time) {
	s := &r.speakers
	seats := slices.Collect(maps.Values(s.voices))
	list := []string{}
	for _, p := range r.inOrder() {
		if !p.view.Away && slices.Contains(seats, p.view.Seat) {
			list = append(list, p.view.ID)
		}
	}
	if slices.Equal(list, s.told) {
		return time.Time{}
	}
	if due := s.at.Add(speakersEvery); now.Before(due) {
		return due
	}
	s.told, s.at = list, now
	for _, p := range r.inOrder() {
		p.client.Speakers(list)
	}
	return time.Time{}
}

// sync gives a participant the full state, and who speaks: that nobody does a
// page takes for granted.
func (r *room) sync(p *participant) {
	p.client.Sync(r.snapshot(p))
	if len(r.speakers.told) > 0 {
		p.client.Speakers(r.speakers.told)
	}
}
