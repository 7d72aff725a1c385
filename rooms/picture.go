package rooms

import (
	"slices"
	"time"

	"sangdam/rooms/sfu"
)

// Who sees and hears whom: slots, stage and sources.

func personFeeds(slot int, of *participant) sfu.Binding {
	return sfu.Binding{
		Slot:  slot,
		Audio: sfu.Feed{Peer: of.peer, Source: sfu.Microphone},
		Video: sfu.Feed{Peer: of.peer, Source: sfu.Camera},
	}
}

// show gives a viewer a slot for another person. With MaxParticipants people
// there is one for everybody.
func (r *room) show(viewer, other *participant) {
	if slot, ok := viewer.slots.take(other.view.Seat); ok {
		viewer.bind(personFeeds(slot, other))
	}
}

// showStage gives a viewer the stage; nobody sees its own.
func (r *room) showStage(viewer *participant) {
	_, audio, video := r.onStage(viewer)
	viewer.bind(sfu.Binding{Slot: sfu.SlotStage, Audio: audio, Video: video})
}

// setStage says who shares a screen; the newest one does. The former one is
// told by its own sources.
func (r *room) setStage(p *participant) {
	if r.stage == p {
		return
	}
	if former := r.stage; former != nil && r.people[former.view.ID] == former {
		for _, s := range []sfu.Source{sfu.Screen, sfu.ScreenAudio} {
			if former.setOn(s, false) {
				r.media.Allow(former.peer, s, false)
			}
		}
		r.tell(former)
	}
	r.stage = p
	for _, viewer := range r.inOrder() {
		r.showStage(viewer)
	}
}

// tell puts a participant's new state among the changes, once a task.
func (r *room) tell(p *participant) {
	for i, c := range r.changes {
		if c.Participant != nil && c.Participant.ID == p.view.ID {
			r.changes = slices.Delete(r.changes, i, i+1)
			break
		}
	}
	r.changes = append(r.changes, Change{Participant: new(p.view)})
}

// setSource switches a source for everybody, at the server, too.
func (r *room) setSource(p *participant, s sfu.Source, on bool) {
	if !p.setOn(s, on) {
		return
	}
	if !on {
		r.rest(p, s, false, stamp(r.wall))
	}
	r.media.Allow(p.peer, s, on && !p.view.Away)
	if s == sfu.Screen {
		switch {
		case on:
			r.setStage(p)
		case r.stage == p:
			if p.setOn(sfu.ScreenAudio, false) {
				r.media.Allow(p.peer, sfu.ScreenAudio, false)
			}
			r.setStage(nil)
		}
	}
	r.tell(p)
}

// openSources tells the media plane about all sources of a Peer that is new to
// the room: a source that nobody switched on must be shut.
func (r *room) openSources(p *participant, on []sfu.Source) {
	p.view.Sources, p.view.Resting = []sfu.Source{}, []sfu.Source{}
	for _, s := range sources() {
		if !slices.Contains(on, s) || s == sfu.ScreenAudio && !slices.Contains(on, sfu.Screen) {
			r.media.Allow(p.peer, s, false)
			continue
		}
		r.setSource(p, s, true)
	}
}

// rebind moves a person to another Peer: what it sees and where it is seen.
func (r *room) rebind(p *participant, peer sfu.PeerID, on []sfu.Source, now time.Time) {
	if p.peer != peer {
		p.view.Resting = []sfu.Source{}
		for _, s := range sources() { // the former Peer tells nothing any more
			r.flow(p, s, false, now)
		}
		r.cutOff(p.peer)
		p.bindings, p.helped = nil, sfu.Feed{}
		p.peer, p.paused, p.holds = peer, nil, nil
	}
	staged := r.stage == p
	if staged && !slices.Contains(on, sfu.Screen) {
		r.setStage(nil)
		staged = false
	}
	r.openSources(p, on)
	for _, o := range r.inOrder() {
		if o == p {
			continue
		}
		r.show(o, p)
		r.show(p, o)
		if staged {
			r.showStage(o)
		}
	}
	r.showStage(p)
	r.tell(p)
}

// unbind takes a person who was removed out of everybody's sight, and
// everybody out of its.
func (r *room) unbind(p *participant) {
	r.cutOff(p.peer)
	if r.stage == p {
		r.stage = nil
		for _, viewer := range r.inOrder() {
			r.showStage(viewer)
		}
	}
	for _, viewer := range r.inOrder() {
		if slot, ok := viewer.slots.free(p.view.Seat); ok {
			viewer.bind(sfu.Binding{Slot: slot})
		}
	}
}

// cutOff takes a Peer out of the room: it is neither heard nor seen, and hears
// and sees nobody.
func (r *room) cutOff(peer sfu.PeerID) {
	delete(r.speakers.voices, peer)
	delete(r.codecs, peer)
	for _, s := range sources() {
		r.media.Allow(peer, s, false)
	}
	silent := make([]sfu.Binding, 0, sfu.RoomPairs+1)
	silent = append(silent, sfu.Binding{Slot: slotHelper})
	for slot := range sfu.RoomPairs {
		silent = append(silent, sfu.Binding{Slot: slot})
	}
	r.media.Bind(peer, silent...)
}

// slotsOf is a viewer's whole slot map.
func (r *room) slotsOf(viewer *participant) []Slot {
	all := []Slot{}
	for slot, pair := range viewer.slots.pairs {
		if o := r.seats[pair.seat]; pair.bound && o != nil {
			all = append(all, Slot{Slot: slot, Kind: SlotPerson, Participant: o.view.ID, Paused: slices.Contains(viewer.paused, slot), Hold: viewer.hold(slot)})
		}
	}
	if on, _, _ := r.onStage(viewer); on != "" {
		all = append(all, Slot{Slot: sfu.SlotStage, Kind: SlotStage, Participant: on, Paused: slices.Contains(viewer.paused, sfu.SlotStage), Hold: viewer.hold(sfu.SlotStage)})
	}
	return all
}
