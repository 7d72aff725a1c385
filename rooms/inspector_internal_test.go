package rooms

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// quietConsole is a console that hears everything and keeps nothing.
type quietConsole struct{ vitals int }

func (*quietConsole) Board(Board)                  {}
func (*quietConsole) RowChanged(Row)               {}
func (*quietConsole) NoteChanged(schedule.Note)    {}
func (*quietConsole) BoothChanged(Booth)           {}
func (*quietConsole) StaffChanged([]StaffHere)     {}
func (*quietConsole) StorageChanged(Storage)       {}
func (*quietConsole) CrosstalkChanged([]Crosstalk) {}
func (*quietConsole) WallChanged([]WallSlot)       {}
func (*quietConsole) Reported(Report)              {}
func (q *quietConsole) VitalsChanged([]RowVitals)  { q.vitals++ }

// shifting is a media plane in which everything is different every time.
type shifting struct {
	n      int
	levels []uint8
}

func (*shifting) Bind(sfu.PeerID, ...sfu.Binding)    {}
func (*shifting) Allow(sfu.PeerID, sfu.Source, bool) {}
func (m *shifting) Truth(sfu.PeerID) (sfu.Truth, bool) {
	m.n++
	return sfu.Truth{State: sfu.StateConnected, RoundTrip: time.Duration(m.n%50) * 10 * time.Millisecond, Level: uint8(m.n % 90)}, true
}

func (*shifting) Encodings(sfu.PeerID) (sfu.Encodings, bool) { return sfu.Encodings{}, true }

func (m *shifting) Levels(sfu.PeerID) sfu.Levels {
	return sfu.Levels{End: time.Unix(int64(m.n/90), 0), Steps: m.levels}
}

// noStore keeps nothing.
type noStore struct{ Store }

func (noStore) SaveQuality(context.Context, schedule.EventID, schedule.SeatQuality) error { return nil }

// One look at a whole hall: 30 rooms with three people each and five consoles,
// when everybody's vitals differ from those before.
func BenchmarkInspect_ThirtyRooms(b *testing.B) {
	media := &shifting{}
	for i := range sfu.LevelSteps {
		media.levels = append(media.levels, uint8(30+i*37%60))
	}
	g := NewRegistry(Deps{Store: noStore{}, Media: media})
	defer func() {
		if err := g.Close(context.Background()); err != nil {
			b.Error(err)
		}
	}()
	event := &schedule.Event{ID: "E1"}
	board := newBoard(event, realClock{}, nil)
	g.events["E1"] = &eventEntry{event: event, board: board, past: map[schedule.ConsultationID]*past{}}
	scene, ids := hallOf(30)
	for i, id := range ids {
		c := schedule.Consultation{ID: id, Booth: schedule.BoothID(fmt.Sprint("B", i))}
		event.Consultations = append(event.Consultations, c)
		for n := range scene[id] {
			scene[id][n].sends = []sfu.Source{sfu.Microphone}
		}
		board.set(Row{Consultation: c}, scene[id])
	}
	console := &quietConsole{}
	for i := range 5 {
		w, err := g.Watch("E1", WatchRequest{Watcher: console, Session: fmt.Sprint(i), Actor: schedule.Actor{By: fmt.Sprint(i)}})
		if err != nil {
			b.Fatal(err)
		}
		defer w.Stop()
	}
	b.ReportAllocs()
	for b.Loop() {
		g.inspector.pass(time.Now())
	}
	if console.vitals == 0 {
		b.Error("nothing was told")
	}
}

// broken is a media plane that fails about one Peer.
type broken struct{ shifting }

func (*broken) Truth(p sfu.PeerID) (sfu.Truth, bool) {
	if p == "bad" {
		panic("a fault in the media plane")
	}
	return sfu.Truth{State: sfu.StateConnected}, true
}

func TestInspect_AFaultAtOneRoomKeepsNoOtherFromBeingSeen(t *testing.T) {
	g := NewRegistry(Deps{Store: noStore{}, Media: &broken{}, Logger: slog.New(slog.DiscardHandler)})
	event := &schedule.Event{ID: "E1"}
	board := newBoard(event, realClock{}, nil)
	g.events["E1"] = &eventEntry{event: event, board: board, past: map[schedule.ConsultationID]*past{}}
	scene, ids := hallOf(5)
	for _, id := range ids {
		c := schedule.Consultation{ID: id}
		event.Consultations = append(event.Consultations, c)
		board.set(Row{Consultation: c}, scene[id])
	}
	scene[ids[0]][0].peer = "bad"
	board.set(Row{Consultation: event.Consultations[0]}, scene[ids[0]])
	console := &quietConsole{}
	w, err := g.Watch("E1", WatchRequest{Watcher: console, Session: "k", Actor: schedule.Actor{By: "k"}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	g.inspector.pass(time.Now())
	if console.vitals == 0 || g.inspector.passes != 1 {
		t.Errorf("%d rooms told, %d passes", console.vitals, g.inspector.passes)
	}
	if err := g.Close(context.Background()); err != nil {
		t.Error(err)
	}
}
