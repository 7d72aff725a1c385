package signaling

import (
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// What a board tells beside its rows, and what browsers are ordered.

// VitalsChanged is rooms.Watcher's: the vitals of some rows, in one delta.
func (s *stage) VitalsChanged(all []rooms.RowVitals) {
	rows := each(all, func(v rooms.RowVitals) protocol.RowVitals {
		return protocol.RowVitals{Consultation: string(v.Consultation), Vitals: each(v.Vitals, wireVitals)}
	})
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stage == s {
		f.tellVitals(rows)
	}
}

// StaffChanged is rooms.Watcher's: whose consoles are open.
func (s *stage) StaffChanged(all []rooms.StaffHere) {
	staff := each(all, wireStaff)
	s.tell([]protocol.Change{{Staff: &staff}})
}

// StorageChanged is rooms.Watcher's: how the record is kept.
func (s *stage) StorageChanged(st rooms.Storage) {
	storage := wireStorage(st)
	s.tell([]protocol.Change{{Storage: &storage}})
}

// CrosstalkChanged is rooms.Watcher's: which booths hear which.
func (s *stage) CrosstalkChanged(all []rooms.Crosstalk) {
	talk := each(all, wireCrosstalk)
	s.tell([]protocol.Change{{Crosstalk: &talk}})
}

// Reported is rooms.Watcher's: what came back of an order.
func (s *stage) Reported(r rooms.Report) {
	report := wireReport(r)
	s.tell([]protocol.Change{{Report: &report}})
}

// Ordered is rooms.Lobbyist's: what a coordinator wants of this browser.
func (s *stage) Ordered(o rooms.Order) {
	order := wireOrder(o)
	s.tell([]protocol.Change{{Order: &order}})
}

// wallState is what a console was told of its wall; feed.mu guards it.
type wallState struct {
	slots []protocol.WallSlot // nil: there is no wall
	ref   uint64              // of the request that the next slot map answers; 0: none
}

// expectWall makes the next slot map the answer to a request.
func (s *stage) expectWall(ref uint64) {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	s.wall.ref = ref
}

// settleWall ends what expectWall began. A request that was granted and has no
// answer yet gets the slot map as it was told last.
func (s *stage) settleWall(granted bool) (answered bool) {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if s.wall.ref == 0 {
		return true
	}
	if granted {
		s.answerWall(s.wall.slots)
	}
	s.wall.ref = 0
	return granted
}

// WallChanged is rooms.Watcher's: the slot map of this console's wall.
func (s *stage) WallChanged(all []rooms.WallSlot) {
	slots := each(all, wireWallSlot)
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stage != s {
		return
	}
	if s.wall.ref == 0 {
		s.wall.slots = slots
		f.number([]protocol.Change{{Wall: &slots}})
		return
	}
	s.answerWall(slots)
}

// answerWall answers a request by the slot map. Its number is a delta's: when the
// reply is lost with a socket, the delta follows the resume. feed.mu is held.
func (s *stage) answerWall(slots []protocol.WallSlot) {
	f := s.feed
	if slots == nil {
		slots = []protocol.WallSlot{}
	}
	s.wall.slots = slots
	f.keep([]protocol.Change{{Wall: &slots}})
	f.send(protocol.TypeWall, s.wall.ref, protocol.Wall{Seq: f.seq, Slots: slots})
	s.wall.ref = 0
}

// wallAgain tells the slot map to a console that was told a whole board.
func (s *stage) wallAgain() {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if slots := s.wall.slots; f.stage == s && slots != nil {
		f.number([]protocol.Change{{Wall: &slots}})
	}
}

// bye tells the last of a stage that ends without a request: its client knows by
// it that it is in the lobby.
func (s *stage) bye(changes ...protocol.Change) {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stage != s {
		return
	}
	f.number(changes)
	f.stage, f.want = nil, pending{}
}

// push tells a session something wherever it is.
func (f *feed) push(changes ...protocol.Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.number(changes)
}

func wireVitals(v rooms.Vitals) protocol.Vitals {
	return protocol.Vitals{
		Seat: string(v.Seat), Route: string(v.Route), RTTMS: int(v.RTT / time.Millisecond), LossUp: v.LossUp, LossDown: v.LossDown,
		Frozen: v.Frozen, Concealed: v.Concealed, Level: v.Level, Speaking: v.Speaking, Quality: string(v.Quality),
		JitterUpMS: int(v.JitterUp / time.Millisecond), JitterDownMS: int(v.JitterDown / time.Millisecond),
		LayerUp: v.LayerUp, LayerDown: v.LayerDown, RateUp: v.RateUp, RateDown: v.RateDown, LineKbps: v.Line,
		ScoreUp: v.ScoreUp, ScoreDown: v.ScoreDown,
		Symptoms: each(v.Symptoms, func(s rooms.Symptom) string { return string(s) }),
	}
}

func wireStaff(h rooms.StaffHere) protocol.StaffHere {
	return protocol.StaffHere{
		ID: h.ID, Name: h.Name, Right: string(h.Right), Since: h.Since.UTC(), Rooms: h.Rooms, Helps: string(h.Helps),
	}
}

func wireStorage(s rooms.Storage) protocol.Storage {
	return protocol.Storage{
		AwaySince: optional(s.AwaySince), Waiting: s.Waiting, Affected: s.Affected, DiskFull: s.DiskFull, Trial: s.Trial,
	}
}

func wireCrosstalk(c rooms.Crosstalk) protocol.Crosstalk {
	return protocol.Crosstalk{Hears: string(c.Hears), Speaks: string(c.Speaks), Since: c.Since.UTC(), Strength: c.Strength}
}

func wireWallSlot(w rooms.WallSlot) protocol.WallSlot {
	return protocol.WallSlot{Slot: w.Slot, Consultation: string(w.Consultation), Seat: string(w.Seat)}
}

// wireHelper tells who helps; whoever is whispered to hears no role.
func wireHelper(h rooms.Helper) protocol.Helper {
	return protocol.Helper{Name: h.Name, Mode: string(h.Mode), ToMe: h.ToMe}
}

func wireOrder(o rooms.Order) protocol.Order {
	return protocol.Order{ID: o.ID, Kind: string(o.Kind), By: o.By, Source: string(o.Source), Device: o.Device, Gain: o.Gain}
}

func wireReport(r rooms.Report) protocol.Report {
	out := protocol.Report{Key: r.Key, Consultation: string(r.Consultation), Seat: string(r.Seat), Failed: r.Failed}
	switch a := r.Answer.(type) {
	case protocol.Devices:
		out.Devices = &a
	case protocol.Diagnostics:
		out.Diagnostics = &a
	}
	return out
}

func wireContacted(c schedule.Contacted) protocol.Contacted {
	return protocol.Contacted{
		ID: c.ID, At: c.At.UTC(), Name: c.Name, Role: string(c.Role), Outcome: string(c.Outcome), Minutes: c.Minutes,
		ExpectedAt: optional(c.ExpectedAt()), Words: c.Words,
	}
}

func wireCarer(c *schedule.Carer) *protocol.Carer {
	if c == nil {
		return nil
	}
	return &protocol.Carer{ID: c.By, Name: c.Name, Since: c.Since.UTC()}
}
