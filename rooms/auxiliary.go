package rooms

import (
	"context"
	"slices"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// MaxScreens is how many wall screens watch a room.
const MaxScreens = 4

// AuxiliaryKind says what an auxiliary device does in a room.
type AuxiliaryKind string

const (
	AuxiliaryEncoder AuxiliaryKind = "encoder" // shows a seat's close-up on the stage
	AuxiliaryScreen  AuxiliaryKind = "screen"  // sees and hears the room
)

// Auxiliary is a device in a room that is nobody's presence: it takes no seat,
// keeps no room open and is not in the record of who was there. Everybody in the
// room is told of it, so that nobody is watched unseen.
type Auxiliary struct {
	ID      string
	Kind    AuxiliaryKind
	Seat    schedule.SeatID // whose it is; empty: a coordinator's
	Name    string
	Sources []sfu.Source // that it really sends
	Since   time.Time
}

// AuxiliaryClient is how a room tells a device that it is out: it is called once
// from the room's loop, not after Detach, and must return at once. The reason is
// one of those of Client.Dismiss.
type AuxiliaryClient interface{ Dismiss(reason error) }

// AttachRequest asks for a device's place in a room. The edge has checked what
// its link grants.
type AttachRequest struct {
	Event        schedule.EventID
	Consultation schedule.ConsultationID
	Kind         AuxiliaryKind
	Seat         schedule.SeatID
	Name         string // empty: the party's name of the timetable
	ID           string // unique
	Peer         sfu.PeerID
	Client       AuxiliaryClient

	Audios, Videos int // of a screen: how many voices and pictures it takes
}

// Attachment is a device's time in a room, from Attach to Detach or Dismiss.
type Attachment struct {
	room *room
	a    *auxiliary
}

// auxiliary is a device in a room. The room's loop owns it.
type auxiliary struct {
	view   Auxiliary // Sources is replaced, never changed: others hold it
	peer   sfu.PeerID
	client AuxiliaryClient
	shows  screenMap // of a screen
	gone   bool
}

// encoderSources are in the order in which views list them.
func encoderSources() []sfu.Source {
	return []sfu.Source{sfu.Closeup, sfu.ScreenAudio}
}

// Attach puts a device into a room whose doors are open. A seat has one encoder:
// the newest takes the place of the former, which is dismissed with ErrReplaced.
func (g *Registry) Attach(ctx context.Context, req AttachRequest) (*Attachment, error) {
	seated := req.Kind == AuxiliaryEncoder
	if req.ID == "" || req.Peer == "" || req.Client == nil || !seated && req.Kind != AuxiliaryScreen || seated && req.Seat == "" {
		return nil, ErrInvalid
	}
	en, err := g.opened(ctx, roomKey{req.Event, req.Consultation})
	if err != nil {
		return nil, err
	}
	r, a := en.room, (*auxiliary)(nil)
	err = r.act(ctx, func(now time.Time) (refused error) {
		a, refused = r.attach(req, now)
		return refused
	})
	if err != nil && ctx.Err() != nil {
		// The task may still run after its caller gave up, and nobody would ever
		// detach it.
		r.news(func(time.Time) {
			r.detachIf(nil, func(o *auxiliary) bool { return o.view.ID == req.ID && o.client == req.Client })
		})
	}
	if err != nil {
		return nil, err
	}
	return &Attachment{room: r, a: a}, nil
}

// Detach takes the device out of the room; it is not dismissed.
func (t *Attachment) Detach(ctx context.Context) error {
	return t.room.act(ctx, func(time.Time) error {
		t.room.detachIf(nil, func(o *auxiliary) bool { return o == t.a })
		return nil
	})
}

// Flow is news that media of a source begins or ceases to arrive.
func (t *Attachment) Flow(s sfu.Source, flowing bool) {
	t.room.news(func(time.Time) { t.room.auxiliaryFlow(t.a, s, flowing) })
}

func (r *room) attach(req AttachRequest, now time.Time) (*auxiliary, error) {
	if req.Seat != "" && !seatAllowed(r.event, r.c, req.Seat) {
		return nil, ErrForbidden
	}
	if containsSeat(r.held, req.Seat) {
		return nil, ErrHeld
	}
	screens := 0
	for _, o := range r.auxiliaries {
		if o.view.Kind == AuxiliaryScreen {
			screens++
		}
	}
	if req.Kind == AuxiliaryScreen && screens >= MaxScreens {
		return nil, ErrFull
	}
	if req.Kind == AuxiliaryEncoder {
		r.detachIf(ErrReplaced, func(o *auxiliary) bool { return o.view.Kind == AuxiliaryEncoder && o.view.Seat == req.Seat })
	}
	name := req.Name
	if name == "" {
		name = r.event.SeatName(req.Seat)
	}
	a := &auxiliary{
		view: Auxiliary{ID: req.ID, Kind: req.Kind, Seat: req.Seat, Name: name, Sources: []sfu.Source{}, Since: now},
		peer: req.Peer, client: req.Client, shows: screenMap{audios: req.Audios, videos: req.Videos},
	}
	r.auxiliaries = append(r.auxiliaries, a)
	if a.view.Kind == AuxiliaryEncoder {
		for _, s := range encoderSources() {
			r.media.Allow(a.peer, s, true)
		}
	}
	r.log.Info("device attached", "kind", a.view.Kind, "seat", a.view.Seat, "device", a.view.ID)
	r.tellAuxiliaries()
	return a, nil
}

// detachIf takes devices out of the room, those that is names, and dismisses them
// when there is a reason.
func (r *room) detachIf(reason error, is func(*auxiliary) bool) {
	before := len(r.auxiliaries)
	stage := r.closeup()
	r.auxiliaries = slices.DeleteFunc(r.auxiliaries, func(a *auxiliary) bool {
		if !is(a) {
			return false
		}
		a.gone = true
		delete(r.codecs, a.peer)
		if a.view.Kind == AuxiliaryEncoder {
			for _, s := range encoderSources() {
				r.media.Allow(a.peer, s, false)
			}
		}
		if silent := a.shows.silence(); len(silent) > 0 {
			r.media.Bind(a.peer, silent...)
		}
		r.log.Info("device detached", "kind", a.view.Kind, "seat", a.view.Seat, "device", a.view.ID, "reason", reason)
		if reason != nil {
			a.client.Dismiss(reason)
		}
		return true
	})
	if len(r.auxiliaries) != before {
		r.restage(stage)
		r.tellAuxiliaries()
	}
}

// detachAll ends all devices, because the room ends.
func (r *room) detachAll(reason error) {
	r.detachIf(reason, func(*auxiliary) bool { return true })
}

func (r *room) auxiliaryFlow(a *auxiliary, s sfu.Source, flowing bool) {
	if a.gone || slices.Contains(a.view.Sources, s) == flowing {
		return
	}
	stage := r.closeup()
	next := []sfu.Source{}
	for _, each := range encoderSources() {
		if each == s && flowing || each != s && slices.Contains(a.view.Sources, each) {
			next = append(next, each)
		}
	}
	a.view.Sources = next
	r.restage(stage)
	r.tellAuxiliaries()
}

// closeup is the encoder that has the stage while nobody shares a screen: of
// those that send a picture the one that came last. Somebody who presses "share"
// means to show that; an encoder just runs.
func (r *room) closeup() *auxiliary {
	for _, a := range slices.Backward(r.auxiliaries) {
		if slices.Contains(a.view.Sources, sfu.Closeup) {
			return a
		}
	}
	return nil
}

// restage shows everybody the close-up, if it is another one than before and the
// stage is free for it.
func (r *room) restage(before *auxiliary) {
	if r.closeup() == before || r.stage != nil {
		return
	}
	for _, viewer := range r.inOrder() {
		r.showStage(viewer)
	}
}

// onStage is what a viewer sees and hears there, and whose it is; empty: nothing.
// Nobody sees its own screen. A seat sees its own close-up, to know what it shows,
// and does not hear it: the booth's loudspeaker would stand beside its microphone.
func (r *room) onStage(viewer *participant) (id string, audio, video sfu.Feed) {
	if s := r.stage; s != nil {
		if s == viewer {
			return "", sfu.Feed{}, sfu.Feed{}
		}
		return s.view.ID, sfu.Feed{Peer: s.peer, Source: sfu.ScreenAudio}, sfu.Feed{Peer: s.peer, Source: sfu.Screen}
	}
	a := r.closeup()
	if a == nil {
		return "", sfu.Feed{}, sfu.Feed{}
	}
	if viewer == nil || viewer.view.Seat != a.view.Seat {
		audio = sfu.Feed{Peer: a.peer, Source: sfu.ScreenAudio}
	}
	return a.view.ID, audio, sfu.Feed{Peer: a.peer, Source: sfu.Closeup}
}

// tellAuxiliaries puts the whole list among the changes, once a task.
func (r *room) tellAuxiliaries() {
	r.changes = slices.DeleteFunc(r.changes, func(c Change) bool { return c.Auxiliaries != nil })
	r.changes = append(r.changes, Change{Auxiliaries: new(r.auxiliariesTold())})
}

// auxiliariesTold is what people and coordinators see.
func (r *room) auxiliariesTold() (all []Auxiliary) {
	for _, a := range r.auxiliaries {
		all = append(all, a.view)
	}
	return all
}
