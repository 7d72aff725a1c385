package signaling

import (
	"slices"
	"sync"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// ringSize is how many deltas a session keeps for a resume; more were missed
// than that, and the full state is sent instead.
const ringSize = 256

// feed numbers what a session is told and keeps the last of it, so that a new
// socket gets what the old one lost. Rooms and boards write to it from their own
// loops; it never waits and calls nobody back.
type feed struct {
	// Fixed after newFeed.
	session string
	now     func() time.Time
	broken  func(error)                 // a message of ours could not be encoded
	ice     func() []protocol.ICEServer // with fresh credentials; never nil

	mu    sync.Mutex
	out   *outbox // of the socket; nil while there is none
	seq   uint64  // of the last delta or full state
	base  uint64  // of the last full state, or of its end
	ring  []numbered
	next  int     // where the ring is written next
	stage *stage  // whose news counts; nil: in the lobby
	want  pending // what the next full state answers
}

// numbered is a delta as it is kept: encoded, or for vitals the rows of which
// nothing newer was told. Those are encoded when they are missed.
type numbered struct {
	seq    uint64
	raw    []byte
	vitals []protocol.RowVitals
}

// stage is one visit of a room or one watch of a board. News of a former one is
// dropped.
type stage struct {
	feed      *feed
	dismissed func(error) // told from the room's loop; must not wait

	// Touched by the board alone.
	event *schedule.Event // of the last full board

	seat schedule.SeatID // of who waits; set before the first Lobby

	// Guarded by feed.mu.
	gone  error           // why the room let the session go
	lobby *rooms.Lobby    // as told last; nil when this is no lobby
	wall  wallState       // a console's
	notes []schedule.Note // told while waiting, the last of them
	spoke []string        // who speaks, as told last; nil: nobody ever did
	codec protocol.Codecs // as told last; zero: nothing was
}

// pending is a request that a full state will answer.
type pending struct {
	typ    string // TypeJoin, TypeWait, TypePractice, TypeWatch or TypeResume; empty: none
	ref    uint64
	secret string // with TypeResume
}

func newFeed(session string, now func() time.Time, ice func() []protocol.ICEServer, broken func(error)) *feed {
	return &feed{session: session, now: now, broken: broken, ice: ice, ring: make([]numbered, 0, ringSize)}
}

// attach makes out the way to the client.
func (f *feed) attach(out *outbox) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.out = out
}

// detach forgets out, if it is still the way.
func (f *feed) detach(out *outbox) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.out == out {
		f.out = nil
	}
}

// enter makes a stage whose first full state answers want.
func (f *feed) enter(want pending, dismissed func(*stage, error)) *stage {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := &stage{feed: f}
	s.dismissed = func(reason error) { dismissed(s, reason) }
	f.stage, f.want = s, want
	return s
}

// expect makes the next full state of the current stage answer want.
func (f *feed) expect(want pending) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.want = want
}

// settleResume answers a resume whose full state did not come: the session is in
// the lobby.
func (f *feed) settleResume() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.want.typ == protocol.TypeResume {
		f.answer(protocol.TypeResume, f.resumed(protocol.Resumed{}, f.want.secret, f.seq))
	}
}

// exit ends a stage: nothing more of it is told. It tells whether its request
// is still without an answer, and why the room let the session go, if it did.
func (f *feed) exit(s *stage) (unanswered bool, gone error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stage != s {
		return false, s.gone
	}
	unanswered, gone = f.want.typ != "", s.gone
	f.stage, f.want = nil, pending{}
	// A client that comes back with an older number must not take silence for
	// "still in the room".
	f.seq++
	f.base = f.seq
	f.clear()
	return unanswered, gone
}

// reply answers a request.
func (f *feed) reply(typ string, ref uint64, body any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.send(typ, ref, body)
}

// replay answers a resume whose client has applied everything up to seq. It
// tells whether a full state is needed instead; then nothing was sent.
func (f *feed) replay(ref uint64, secret string, seq uint64) (full bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	missing := f.seq - seq
	if seq > f.seq || seq < f.base || missing > uint64(len(f.ring)) {
		if f.stage != nil {
			return true
		}
		// In the lobby; what it was told there follows, as far as it is kept.
		seq = f.seq - uint64(len(f.ring))
		missing = uint64(len(f.ring))
	}
	f.send(protocol.TypeResume, ref, f.resumed(protocol.Resumed{}, secret, seq))
	for i := range missing {
		n := f.ring[(f.next+len(f.ring)-int(missing)+int(i))%len(f.ring)]
		if n.raw == nil {
			n.raw = f.encode(n.seq, vitalsChanges(n.vitals))
		}
		if f.out != nil && n.raw != nil {
			f.out.send(n.raw)
		}
	}
	return false
}

// resumed fills in what every answer to a resume has.
func (f *feed) resumed(r protocol.Resumed, secret string, seq uint64) protocol.Resumed {
	r.Secret, r.Seq, r.ServerTime, r.ICEServers = secret, seq, f.now().UTC(), f.ice()
	return r
}

// Sync is rooms.Client's: the full state of a room.
func (s *stage) Sync(snap rooms.Snapshot) {
	s.whole(func(seq uint64, now time.Time) (string, any, protocol.Resumed) {
		joined := wireJoined(seq, snap, now)
		return protocol.TypeJoined, joined, protocol.Resumed{State: &joined}
	})
}

// whole sends a full state, as it stands alone or within the reply to a resume.
func (s *stage) whole(state func(seq uint64, now time.Time) (typ string, body any, in protocol.Resumed)) {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stage != s {
		return
	}
	f.restart()
	typ, body, resumed := state(f.seq, f.now())
	if f.want.typ == protocol.TypeResume {
		typ, body = protocol.TypeResume, f.resumed(resumed, f.want.secret, f.seq)
	}
	f.answer(typ, body)
}

// Deliver is rooms.Client's: the changes of one moment.
func (s *stage) Deliver(changes []rooms.Change) {
	out := make([]protocol.Change, len(changes))
	for i, c := range changes {
		out[i] = wireChange(c, s.feed.now())
	}
	s.tell(out)
}

// Dismiss is rooms.Client's: the session is out of the room. The client learns
// it like everybody else in the room, by a delta.
func (s *stage) Dismiss(reason error) {
	s.feed.mu.Lock()
	entering := s.feed.stage == s && s.feed.want.typ == protocol.TypeJoin
	s.feed.mu.Unlock()
	if !entering { // who was never told that it is in hears it as the reply to join
		left := protocol.Left{ID: s.feed.session, Reason: string(leaveReason(reason))}
		s.tell([]protocol.Change{{Left: &left}})
	}
	s.feed.mu.Lock()
	s.gone = reason
	if s.feed.stage == s && s.feed.want.typ == "" {
		s.feed.stage = nil
	}
	s.feed.mu.Unlock()
	s.dismissed(reason)
}

// Board is rooms.Watcher's: all rows.
func (s *stage) Board(b rooms.Board) {
	s.event = b.Event
	if !s.asked() { // the timetable changed
		s.tell(boardChanges(b, s.feed.now()))
		return
	}
	s.whole(func(seq uint64, now time.Time) (string, any, protocol.Resumed) {
		board := wireBoard(seq, b, now)
		return protocol.TypeBoard, board, protocol.Resumed{Board: &board}
	})
	s.wallAgain()
}

// asked tells whether a full state is waited for.
func (s *stage) asked() bool {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	return s.feed.want.typ != ""
}

// boardChanges is a whole board as changes of one.
func boardChanges(b rooms.Board, now time.Time) []protocol.Change {
	var out []protocol.Change
	for _, r := range b.Rows {
		row := wireRow(b.Event, r, now)
		out = append(out, protocol.Change{Row: &row})
	}
	for _, o := range b.Booths {
		booth := wireBooth(b.Event, o, now)
		out = append(out, protocol.Change{Booth: &booth})
	}
	return out
}

// RowChanged is rooms.Watcher's: one row.
func (s *stage) RowChanged(r rooms.Row) {
	row := wireRow(s.event, r, s.feed.now())
	s.tell([]protocol.Change{{Row: &row}})
}

// tell numbers changes, keeps them and sends them.
func (s *stage) tell(changes []protocol.Change) {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stage == s && len(changes) > 0 {
		f.number(changes)
	}
}

// number numbers changes, keeps and sends them; mu is held.
func (f *feed) number(changes []protocol.Change) {
	if raw := f.keep(changes); raw != nil && f.out != nil {
		f.out.send(raw)
	}
}

// keep numbers changes and keeps them for a resume; mu is held.
func (f *feed) keep(changes []protocol.Change) []byte {
	f.seq++
	raw := f.encode(f.seq, changes)
	if raw != nil {
		f.store(numbered{seq: f.seq, raw: raw})
	}
	return raw
}

// tellVitals numbers and sends vitals. Of those that are kept the newest of each row is enough:
// they change all the time, and a console that comes back wants to know how it
// is now. The numbers stay, so that none is missing. mu is held.
func (f *feed) tellVitals(rows []protocol.RowVitals) {
	for i, n := range f.ring {
		if n.vitals != nil {
			f.ring[i].vitals = slices.DeleteFunc(n.vitals, func(was protocol.RowVitals) bool {
				return slices.ContainsFunc(rows, func(r protocol.RowVitals) bool { return r.Consultation == was.Consultation })
			})
		}
	}
	f.seq++
	raw := f.encode(f.seq, vitalsChanges(rows))
	if raw == nil {
		return
	}
	f.store(numbered{seq: f.seq, vitals: slices.Clone(rows)})
	if f.out != nil {
		f.out.send(raw)
	}
}

func vitalsChanges(rows []protocol.RowVitals) []protocol.Change {
	return each(rows, func(r protocol.RowVitals) protocol.Change { return protocol.Change{Vitals: &r} })
}

// encode gives a delta; nil: it cannot be encoded.
func (f *feed) encode(seq uint64, changes []protocol.Change) []byte {
	raw, err := protocol.Encode(protocol.TypeDelta, 0, protocol.Delta{Seq: seq, Changes: changes})
	if err != nil {
		f.broken(err)
		return nil
	}
	return raw
}

// store puts a delta into the ring.
func (f *feed) store(n numbered) {
	if len(f.ring) < ringSize {
		f.ring = append(f.ring, n)
		f.next = len(f.ring) % ringSize
	} else {
		f.ring[f.next] = n
		f.next = (f.next + 1) % ringSize
	}
}

// restart begins the numbering of a full state: it has a number of its own, so
// that a client whose answer was lost is found out by the number it names.
func (f *feed) restart() {
	f.seq++
	f.base = f.seq
	f.clear()
}

func (f *feed) clear() { f.ring, f.next = f.ring[:0], 0 }

// answer sends a full state as the answer to what waits for it. One that nobody
// waits for is not sent: its client is about to resume.
func (f *feed) answer(typ string, body any) {
	if f.want.typ == "" {
		return
	}
	f.send(typ, f.want.ref, body)
	f.want = pending{}
}

func (f *feed) send(typ string, ref uint64, body any) {
	raw, err := protocol.Encode(typ, ref, body)
	if err != nil {
		f.broken(err)
		return
	}
	if f.out != nil {
		f.out.send(raw)
	}
}

var (
	_ rooms.Client  = (*stage)(nil)
	_ rooms.Watcher = (*stage)(nil)
)
