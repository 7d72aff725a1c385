package signaling

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/signaling/protocol"
)

// What a console asks.

// may tells whether the session is a console's that has a right.
func (s *Session) may(need schedule.Right) error {
	if !s.grants.May(need) {
		return &protocol.Fault{Code: protocol.CodeForbidden, Detail: "it wants a console whose right is " + string(need)}
	}
	return nil
}

// stop ends whatever a console sees, hears and says: when it returns nothing of
// it goes anywhere.
func (b atBoard) stop() {
	if b.wall != nil {
		b.wall.Stop()
	}
	b.watch.Stop()
}

func (s *Session) watch(ctx context.Context, ref uint64) error {
	if err := s.may(schedule.RightViewer); err != nil {
		return err
	}
	want := pending{typ: protocol.TypeWatch, ref: ref}
	if b, ok := s.at.(atBoard); ok {
		s.feed.expect(want)
		b.watch.Sync()
		return nil
	}
	if err := s.leave(ctx); err != nil {
		return err
	}
	st := s.feed.enter(want, s.dismissal)
	w, err := s.server.registry.Watch(s.grants.Event, rooms.WatchRequest{
		Watcher: st, Session: s.id, Actor: s.grants.Actor(s.event), Right: cmp.Or(s.grants.Right, schedule.RightCoordinator),
	})
	if err != nil {
		s.feed.exit(st)
		return err
	}
	s.at = atBoard{watch: w, stage: st}
	s.log.Info("at the board")
	return nil
}

// board is where the session is, if it is a console that watches; with its wall
// when wanted.
func (s *Session) board(ctx context.Context, wall bool) (atBoard, error) {
	at, ok := s.at.(atBoard)
	switch {
	case !ok:
		return at, &protocol.Fault{Code: protocol.CodeNotFound, Detail: "not at the board"}
	case !wall, at.wall != nil && !at.wall.Over(): // one that failed gets a successor
		return at, nil
	case s.media == nil:
		return at, &protocol.Fault{Code: protocol.CodeForbidden, Detail: "no media to see and hear with"}
	}
	w, err := at.watch.Wall(ctx, s.media.id)
	if err != nil {
		return at, err
	}
	at.wall = w
	s.at = at
	return at, nil
}

// show puts rooms on the wall. The reply is the slot map, told from the board's
// loop, so that no change of it can overtake it.
func (s *Session) show(ctx context.Context, ref uint64, b *protocol.ShowRooms) error {
	if err := s.may(schedule.RightViewer); err != nil {
		return err
	}
	at, err := s.board(ctx, true)
	if err != nil {
		return err
	}
	ids := each(b.Rooms, func(id string) schedule.ConsultationID { return schedule.ConsultationID(id) })
	at.stage.expectWall(ref)
	err = at.wall.Show(ctx, ids, schedule.ConsultationID(b.Large))
	if answered := at.stage.settleWall(err == nil); answered && err != nil {
		s.log.Warn("a wall was shown and refused", "err", err)
		return nil
	}
	return err
}

// help listens to a room or speaks to it.
func (s *Session) help(ctx context.Context, b *protocol.Help) error {
	if err := s.may(schedule.RightCoordinator); err != nil {
		return err
	}
	mode := rooms.HelpMode(b.Mode)
	at, err := s.board(ctx, mode != rooms.HelpQuiet)
	if err != nil {
		return err
	}
	if at.wall == nil { // it says nothing anyway
		return nil
	}
	return at.wall.Help(ctx, schedule.ConsultationID(b.Consultation), mode, schedule.Role(b.To))
}

// steer does something to one person of a room.
func (s *Session) steer(ctx context.Context, b *protocol.Steer) error {
	if err := s.may(schedule.RightCoordinator); err != nil {
		return err
	}
	if _, err := s.board(ctx, false); err != nil { // what comes back goes to the board
		return err
	}
	c, seat := schedule.ConsultationID(b.Consultation), schedule.SeatID(b.Seat)
	if of, _ := seat.Split(); of != c {
		return &protocol.Fault{Code: protocol.CodeNotFound, Detail: "no seat of that consultation"}
	}
	err := s.server.registry.Steer(ctx, rooms.SteerRequest{
		Event: s.grants.Event, Session: s.id, Actor: s.grants.Actor(s.event), Key: b.Key, Action: rooms.SteerAction(b.Action),
		Consultation: c, Seat: seat, Source: sfu.Source(b.Source), Device: b.Device, Gain: b.Gain, Reason: plainText(b.Reason),
	})
	switch {
	case errors.Is(err, rooms.ErrGone):
		return &protocol.Fault{Code: protocol.CodeNotFound, Detail: "nobody is on that seat", Cause: err}
	case errors.Is(err, rooms.ErrFull): // orders wait for answers
		return limited(time.Second)
	}
	return err
}

// wroteNote puts a coordinator's note into the ledger, once.
func (s *Session) wroteNote(n schedule.Note, to string) {
	if slices.Contains(s.wrote, n.ID) {
		return
	}
	s.wrote = append(s.wrote, n.ID)
	if len(s.wrote) > notesKnown {
		s.wrote = s.wrote[1:]
	}
	c := n.To.Consultation
	if n.To.Seat != "" {
		c, _ = n.To.Seat.Split()
	}
	s.server.registry.Act(s.grants.Event, s.grants.Actor(s.event), schedule.ActionWrite, c, n.To.Seat, to, n.Text)
}

// notesKnown is how many notes of a session are told apart from repetitions.
const notesKnown = 32

// vitals takes what a browser in a room has counted.
func (s *Session) vitals(b *protocol.TellVitals) error {
	if _, ok := s.at.(inRoom); !ok {
		return &protocol.Fault{Code: protocol.CodeNotFound, Detail: "not in a room"}
	}
	return s.server.registry.Vitals(s.id, rooms.ClientVitals{
		Frozen: b.Frozen, Freezes: b.Freezes, Concealed: b.Concealed, Microphone: b.Microphone, Camera: b.Camera, Limited: b.Limited,
		Unheard: seatIDs(b.Unheard), Hollow: seatIDs(b.Hollow), Playback: b.Playback, Rate: b.Rate, Hidden: b.Hidden,
	})
}

func seatIDs(in []string) []schedule.SeatID {
	return each(in, func(id string) schedule.SeatID { return schedule.SeatID(id) })
}

// report takes a browser's answer to an order.
func (s *Session) report(b *protocol.SendReport) error {
	var seat schedule.SeatID
	switch at := s.at.(type) {
	case inRoom:
		seat, _ = s.event.SeatIn(s.grants, at.consultation)
	case waiting:
		seat = at.stage.seat
	default: // who left while the answer was on its way
		return nil
	}
	r := rooms.OrderReport{Order: b.Order, Failed: b.Failed}
	switch {
	case b.Devices != nil:
		r.Answer = wholeDevices(*b.Devices)
	case b.Diagnostics != nil:
		r.Answer = wholeDiagnostics(*b.Diagnostics)
	}
	s.server.registry.Report(s.grants.Event, seat, s.id, r)
	return nil
}

// wholeDevices and wholeDiagnostics make arrays that are never null of what a
// browser left out, and words that read as they were written.
func wholeDevices(d protocol.Devices) protocol.Devices {
	for _, list := range []*[]protocol.DeviceInfo{&d.Microphones, &d.Cameras, &d.Speakers} {
		*list = each(*list, func(i protocol.DeviceInfo) protocol.DeviceInfo {
			return protocol.DeviceInfo{ID: i.ID, Label: plainText(i.Label)}
		})
	}
	return d
}

func wholeDiagnostics(d protocol.Diagnostics) protocol.Diagnostics {
	for _, s := range []*string{&d.Browser, &d.System, &d.Screen, &d.Battery, &d.Network, &d.Route, &d.Sending, &d.Receiving, &d.Limited} {
		*s = plainText(*s)
	}
	d.Lines = each(d.Lines, plainText)
	return d
}
