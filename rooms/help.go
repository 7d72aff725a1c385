package rooms

import (
	"slices"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// HelpMode is what a coordinator does in a room.
type HelpMode string

const (
	HelpQuiet  HelpMode = "quiet"
	HelpListen HelpMode = "listen"
	HelpSpeak  HelpMode = "speak" // and listens
)

// Helper is a coordinator who listens or speaks in a room.
type Helper struct {
	schedule.Actor
	Mode HelpMode      // HelpListen or HelpSpeak
	To   schedule.Role // a whisper's; empty: to everybody. Rows alone have it
	ToMe bool          // it is heard by the reader; never in a Row

	session string // of the console; in a Row alone
}

// slotHelper is the audio slot of a person that sounds a coordinator.
const slotHelper = sfu.RoomPairs + sfu.RoomAudios - 1

// helper is a coordinator who listens or speaks in a room. Its microphone is
// open at the server only while it speaks.
type helper struct {
	Helper
	peer sfu.PeerID // the console's
}

func (h helper) speaks() bool { return h.Mode == HelpSpeak }

func (h helper) reaches(p *participant) bool {
	return h.speaks() && (h.To == "" || h.To == p.view.Role)
}

func (h helper) microphone() sfu.Feed { return sfu.Feed{Peer: h.peer, Source: sfu.Microphone} }

// help takes over what a console does here; HelpQuiet: nothing any more. One
// coordinator speaks at a time: two voices from nowhere are one too many.
func (r *room) help(h helper) error {
	defer r.countHelpers(r.helperModes())
	at := slices.IndexFunc(r.helpers, func(o helper) bool { return o.session == h.session })
	if h.speaks() && slices.ContainsFunc(r.helpers, func(o helper) bool { return o.speaks() && o.session != h.session }) {
		return ErrInUse
	}
	if at >= 0 {
		if former := r.helpers[at]; former.speaks() && (!h.speaks() || former.peer != h.peer) {
			r.media.Allow(former.peer, sfu.Microphone, false)
		}
	}
	switch {
	case h.Mode == HelpQuiet && at >= 0:
		r.helpers = slices.Delete(r.helpers, at, at+1)
	case h.Mode == HelpQuiet:
	case at >= 0:
		r.helpers[at] = h
	default:
		r.helpers = append(r.helpers, h)
	}
	if h.speaks() {
		r.media.Allow(h.peer, sfu.Microphone, true)
	}
	return nil
}

// dismissHelpers ends all help, because the room ends.
func (r *room) dismissHelpers() {
	for _, h := range r.helpers {
		if h.speaks() {
			r.media.Allow(h.peer, sfu.Microphone, false)
		}
	}
	defer r.countHelpers(r.helperModes())
	r.helpers = nil
}

// helperModes counts who listens and who speaks.
func (r *room) helperModes() (n map[HelpMode]int) {
	n = map[HelpMode]int{}
	for _, h := range r.helpers {
		n[h.Mode]++
	}
	return n
}

// countHelpers brings the metrics from before to how it is now.
func (r *room) countHelpers(before map[HelpMode]int) {
	now := r.helperModes()
	for _, m := range []HelpMode{HelpListen, HelpSpeak} {
		r.metrics.helpers.WithLabelValues(string(m)).Add(float64(now[m] - before[m]))
	}
}

// helpersTold is what coordinators see.
func (r *room) helpersTold() (all []Helper) {
	for _, h := range r.helpers {
		all = append(all, h.Helper)
	}
	return all
}

// helpersFor is what one person of the room may know. A whisper is nobody's but
// whose it is; the others know of a listener, since whoever speaks listens.
func (r *room) helpersFor(p *participant) (all []Helper) {
	for _, h := range r.helpers {
		one := Helper{Actor: h.Actor, Mode: HelpListen}
		switch {
		case h.reaches(p):
			one.Mode, one.ToMe = HelpSpeak, true
		case r.event.Policy.SilentListening:
			continue
		}
		all = append(all, one)
	}
	return all
}

// bindHelper makes a person hear the coordinator who speaks to it, and nobody
// else any more.
func (r *room) bindHelper(p *participant) {
	var feed sfu.Feed
	for _, h := range r.helpers {
		if h.reaches(p) {
			feed = h.microphone()
		}
	}
	if feed == p.helped {
		return
	}
	p.helped = feed
	if p.bindings == nil {
		p.bindings = map[int]sfu.Binding{}
	}
	p.bindings[slotHelper] = sfu.Binding{Slot: slotHelper, Audio: feed}
}
