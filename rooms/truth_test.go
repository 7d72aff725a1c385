package rooms_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/rooms/store"
	"sangdam/rooms/store/storetest"
)

// lived is what really happened: one session's stay on a seat.
type lived struct {
	seat     schedule.SeatID
	session  string
	from, to time.Time
	died     bool // with its node
}

// occupant is who sits on a seat now.
type occupant struct {
	token  string
	visit  *rooms.Visit
	client *fakeClient
	life   *lived
	heard  time.Time // when it came, or came back
	lostAt time.Time // nothing is heard of it since; zero: all is well
}

// truth plays a fair at random on a real registry and a real Redis, and keeps
// its own record of what it did.
type truth struct {
	t      *testing.T
	random *rand.Rand
	redis  *storetest.Server
	event  *schedule.Event
	clock  *handClock
	media  *fakeMedia

	dir   string // data folder of the node that lives
	store *store.Store
	reg   *rooms.Registry

	without bool // there is no Redis, or no node: no heart beats

	seats    []schedule.SeatID
	taken    map[schedule.SeatID]*occupant
	lives    []*lived
	sessions int
	deaths   int
	ops      map[string]int
}

func newTruth(t *testing.T) *truth {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	start := time.Now().UTC().Truncate(time.Hour) // the ledger of an old event is not told of starts
	h := &truth{
		t: t, random: rand.New(rand.NewPCG(seed, 0)), redis: storetest.Start(t),
		clock: &handClock{now: start.Add(-16 * time.Minute)},
		media: &fakeMedia{slots: map[sfu.PeerID]map[int]sfu.Binding{}, open: map[sfu.Feed]bool{}},
		taken: map[schedule.SeatID]*occupant{}, ops: map[string]int{}, dir: t.TempDir(),
	}
	e := &schedule.Event{ID: "fair", Name: "Fair", Zone: "Asia/Seoul", Language: "ko"}
	for i := range 6 {
		n := fmt.Sprint(i + 1)
		e.Booths = append(e.Booths, schedule.Booth{ID: schedule.BoothID("b" + n), Name: n})
		e.Firms = append(e.Firms, schedule.Firm{ID: schedule.FirmID("f" + n), Name: n})
		e.Buyers = append(e.Buyers, schedule.Buyer{ID: schedule.BuyerID("y" + n), Name: n, Zone: "UTC"})
		e.Interpreters = append(e.Interpreters, schedule.Interpreter{ID: schedule.InterpreterID("i" + n), Name: n})
		c := schedule.Consultation{
			ID: schedule.ConsultationID("S0" + n), Start: start, End: start.Add(6 * time.Hour), Booth: e.Booths[i].ID,
			Firm: e.Firms[i].ID, Buyer: e.Buyers[i].ID, Interpreter: e.Interpreters[i].ID,
		}
		e.Consultations = append(e.Consultations, c)
		for _, role := range []schedule.Role{schedule.RoleFirm, schedule.RoleBuyer} {
			for k := range 3 {
				h.seats = append(h.seats, schedule.SeatNumber(c.ID, role, k+1))
			}
		}
		h.seats = append(h.seats, schedule.SeatOf(c.ID, schedule.RoleInterpreter))
	}
	h.event = e
	h.start()
	return h
}

func (h *truth) ok(what string, err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatalf("%s at %v: %v", what, h.clock.Now(), err)
	}
}

// start is a node's start, the first one or another.
func (h *truth) start() {
	h.t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	s, err := store.Open(h.t.Context(), store.Options{URL: h.redis.URL(), Node: "n", Dir: h.dir, Logger: quiet})
	h.ok("open the store", err)
	incarnation, err := s.StartNode(h.t.Context())
	h.ok("start the node", err)
	if h.store == nil {
		h.ok("save the event", s.SaveEvent(h.t.Context(), h.event))
		h.t.Cleanup(func() { _ = h.store.Close() })
	}
	h.store = s
	h.reg = rooms.NewRegistry(rooms.Deps{Store: s, Ledger: s, Media: h.media, Logger: quiet, Node: "n", Incarnation: incarnation, Clock: h.clock})
	h.ok("start the rooms", h.reg.Start(h.t.Context()))
	_, err = h.reg.Event(h.t.Context(), h.event.ID)
	h.ok("read the event", err)
	h.settle()
}

// die is a node's death: what is on its disk stays, and nothing else. Another
// node of its name takes over after a while.
func (h *truth) die() {
	h.deaths++
	// A moment of this clock is less than a real one: what happened before the
	// last seconds is on the disk by now, what happened since perhaps.
	h.ok("flush", h.store.Flush(h.t.Context()))
	h.ok("mirror", h.reg.Mirrored(h.t.Context(), false))
	flushed := h.clock.Now()
	for range h.random.IntN(3) {
		h.pass(time.Duration(h.random.IntN(1500)) * time.Millisecond)
		h.step(false)
	}
	next := h.t.TempDir()
	h.ok("copy the disk", os.CopyFS(filepath.Join(next, "spool"), os.DirFS(filepath.Join(h.dir, "spool"))))
	h.dir = next
	_ = h.store.Close() // from here on nothing of it reaches Redis
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_ = h.reg.Close(ctx)
	now := h.clock.Now()
	for _, l := range h.lives {
		if l.to.After(flushed) {
			l.died = true // its end may be among what was lost
		}
	}
	for seat, g := range h.taken {
		g.life.to, g.life.died = now, true
		if !g.lostAt.IsZero() {
			g.life.to = g.lostAt
		}
		delete(h.taken, seat)
	}
	h.without = true
	h.pass(time.Duration(2+h.random.IntN(40)) * time.Second)
	h.without = false
	h.start()
}

func (h *truth) settle() {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 20*time.Second)
	defer cancel()
	h.ok("settle", h.reg.Settle(ctx))
	for seat, g := range h.taken {
		if err := g.client.reason(); err != nil { // its grace time is over
			g.life.to = g.lostAt
			if g.lostAt.IsZero() {
				h.t.Fatalf("%s was dismissed though it is there: %v", seat, err)
			}
			delete(h.taken, seat)
		}
	}
}

// pass lets time go by, heartbeat by heartbeat, and whatever is due within it.
func (h *truth) pass(d time.Duration) {
	to := h.clock.Now().Add(d)
	for now := h.clock.Now(); now.Before(to); now = h.clock.Now() {
		beat := now.Truncate(schedule.HeartbeatEvery).Add(schedule.HeartbeatEvery)
		next := to
		if beat.Before(next) {
			next = beat
		}
		h.clock.moveTo(h.clock.next(next))
		h.settle()
		if h.clock.Now().Equal(beat) {
			h.beat()
		}
	}
}

// beat is a heartbeat of the node.
func (h *truth) beat() {
	if h.without {
		return
	}
	ctx, cancel := context.WithTimeout(h.t.Context(), 20*time.Second)
	defer cancel()
	h.ok("beat", h.reg.Mirrored(ctx, true))
}

// sit takes a seat as a new session.
func (h *truth) sit(seat schedule.SeatID, token string, move bool) error {
	h.sessions++
	session := fmt.Sprint("session-", h.sessions)
	c, _ := seat.Split()
	client := &fakeClient{t: h.t, id: session}
	visit, err := h.reg.Join(h.t.Context(), rooms.JoinRequest{
		Event: h.event.ID, Consultation: c, Seat: seat, Session: session, Token: token, Peer: sfu.PeerID("peer of " + session),
		Client: client, Sources: []sfu.Source{sfu.Microphone}, Move: move,
	})
	if err != nil {
		return err
	}
	now := h.clock.Now()
	if was := h.taken[seat]; was != nil {
		was.life.to = now
		if !was.lostAt.IsZero() {
			was.life.to = was.lostAt
		}
	}
	l := &lived{seat: seat, session: session, from: now}
	h.lives = append(h.lives, l)
	h.taken[seat] = &occupant{token: token, visit: visit, client: client, life: l, heard: now}
	return nil
}

// lose ends all that is heard of a occupant, up to three seconds ago.
func (h *truth) lose(g *occupant) {
	g.lostAt = h.clock.Now().Add(-time.Duration(h.random.IntN(3000)) * time.Millisecond)
	if g.lostAt.Before(g.heard) {
		g.lostAt = g.heard
	}
	g.visit.Away(g.lostAt)
	h.settle()
}

// step does one thing to one seat; slow allows what takes time, and a return
// that would say nothing if it were lost.
func (h *truth) step(slow bool) {
	seat := h.seats[h.random.IntN(len(h.seats))]
	g := h.taken[seat]
	pick := h.random.IntN(100)
	did := ""
	token := func() string { return fmt.Sprint("token-", h.sessions) }
	switch {
	case g == nil:
		did = "join"
		h.ok("join", h.sit(seat, token(), false))
	case !g.lostAt.IsZero() && pick < 40 && slow:
		did = "reconnect"
		g.visit.Back()
		g.heard, g.lostAt = h.clock.Now(), time.Time{}
		h.settle()
	case !g.lostAt.IsZero() && pick < 75:
		did = "rejoin after a crash"
		h.ok("rejoin", h.sit(seat, g.token, false))
	case !g.lostAt.IsZero():
		did = "takeover from somebody lost"
		h.ok("take over", h.sit(seat, token(), true))
	case pick < 25:
		did = "leave"
		h.ok("leave", g.visit.Leave(h.t.Context()))
		g.life.to = h.clock.Now()
		delete(h.taken, seat)
	case pick < 55:
		did = "crash"
		h.lose(g)
	case pick < 70:
		did = "takeover"
		h.ok("take over", h.sit(seat, token(), true))
	case pick < 80:
		did = "reload"
		h.ok("reload", h.sit(seat, g.token, false))
	case pick < 85:
		did = "refused"
		if err := h.sit(seat, token(), false); !errors.Is(err, rooms.ErrSeatInUse) {
			h.t.Fatalf("a second one on %s: %v", seat, err)
		}
	case pick < 90 && slow:
		did = "media gone and back"
		g.visit.MediaGone(h.clock.Now())
		h.settle()
		h.pass(time.Duration(h.random.IntN(8000)) * time.Millisecond)
		if h.taken[seat] == g {
			g.visit.Back()
		}
	case pick < 95:
		did = "socket"
		g.visit.Socket(false)
		g.visit.Socket(true)
	default:
		did = "flow"
		g.visit.Flow(sfu.Microphone, h.random.IntN(2) == 0)
	}
	h.ops[did]++
}

// run does n things at random moments, and lets the node die now and then.
func (h *truth) run(n, deathEvery int) {
	for i := range n {
		h.pass(time.Duration(50+h.random.IntN(6000)) * time.Millisecond)
		h.step(true)
		if deathEvery > 0 && i%deathEvery == deathEvery-1 {
			h.pass(time.Duration(h.random.IntN(6000)) * time.Millisecond)
			h.die()
		}
	}
}

// finish sends everybody home and holds the derived attendance against what
// really happened.
func (h *truth) finish() {
	h.t.Helper()
	h.pass(3 * time.Minute) // whoever is lost is lost for good
	for seat, g := range h.taken {
		h.ok("leave", g.visit.Leave(h.t.Context()))
		g.life.to = h.clock.Now()
		delete(h.taken, seat)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for { // connections that died with Redis cost the mirror a try each
		h.beat()
		present, err := h.store.Presences(ctx, h.event.ID)
		h.ok("presences", err)
		if len(present) == 0 {
			break
		}
	}
	h.ok("close", h.reg.Close(ctx))
	h.ok("flush", h.store.Flush(ctx))
	var entries []schedule.Entry
	h.ok("entries", h.store.Entries(ctx, h.event.ID, func(e schedule.Entry) error {
		entries = append(entries, e)
		return nil
	}))
	report, err := attendance.Verify(func(yield func(schedule.Entry, error) bool) {
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
	})
	h.ok("verify", err)
	if report.Broken != nil {
		h.t.Errorf("the chain: %+v", report.Broken)
	}
	derived := map[string][]attendance.Interval{} // by seat and session
	for _, a := range attendance.Derive(h.event, entries, h.clock.Now()) {
		for _, s := range a.Seats {
			for _, iv := range s.Intervals {
				key := string(s.Seat) + " " + iv.Session
				derived[key] = append(derived[key], iv)
			}
		}
	}
	h.compare(derived)
}

func (h *truth) compare(derived map[string][]attendance.Interval) {
	h.t.Helper()
	var worst, worstDied time.Duration
	lost := 0
	for _, l := range h.lives {
		key := string(l.seat) + " " + l.session
		got := derived[key]
		delete(derived, key)
		tolerance := time.Second
		if l.died {
			tolerance = 5 * time.Second
		}
		if len(got) == 0 && l.died && l.to.Sub(l.from) < tolerance {
			lost++ // it came within the last moment of a node
			continue
		}
		if len(got) != 1 || got[0].Open {
			h.t.Errorf("%s from %v to %v, died %v: derived %+v", key, l.from, l.to, l.died, got)
			continue
		}
		begin, end := got[0].From.Sub(l.from).Abs(), got[0].To.Sub(l.to).Abs()
		if begin > time.Second || end > tolerance {
			h.t.Errorf("%s from %v to %v, died %v: derived %v to %v (%s)", key, l.from, l.to, l.died, got[0].From, got[0].To, got[0].Reason)
		}
		if l.died {
			worstDied = max(worstDied, end)
		} else {
			worst = max(worst, begin, end)
		}
	}
	for key, more := range derived {
		h.t.Errorf("%s: nobody was there, and derived is %+v", key, more)
	}
	h.t.Logf("%d intervals on %d seats, %d deaths of the node; off by at most %v, with a death %v; %d not seen at all; %v",
		len(h.lives), len(h.seats), h.deaths, worst, worstDied, lost, h.ops)
}

// TestTruth_DerivedAttendanceIsWhatHappened: a thousand joins, leaves, crashes,
// takeovers and reconnects at random, and a node that dies every now and then.
func TestTruth_DerivedAttendanceIsWhatHappened(t *testing.T) {
	h := newTruth(t)
	h.pass(2 * time.Minute) // the doors open
	h.run(1000, 80)
	h.finish()
	for _, did := range []string{"join", "leave", "crash", "takeover", "reconnect", "rejoin after a crash", "takeover from somebody lost", "reload"} {
		if h.ops[did] < 5 {
			t.Errorf("%s happened %d times: this test says little about it", did, h.ops[did])
		}
	}
	if h.deaths < 10 {
		t.Errorf("the node died %d times", h.deaths)
	}
}

// TestTruth_TenMinutesWithoutRedis: it is killed in the middle of a fair, and
// nobody notices; what happens meanwhile is in the record afterwards.
func TestTruth_TenMinutesWithoutRedis(t *testing.T) {
	h := newTruth(t)
	h.pass(2 * time.Minute)
	h.run(150, 0)
	h.redis.Kill()
	h.without = true
	before, until := len(h.lives), h.clock.Now().Add(10*time.Minute)
	for h.clock.Now().Before(until) {
		h.pass(time.Duration(50+h.random.IntN(4000)) * time.Millisecond)
		h.step(true) // fails when anybody is refused, delayed or sent away
	}
	away, waiting, full := h.store.Storage()
	for end := time.Now().Add(5 * time.Second); away.IsZero() && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		away, _, _ = h.store.Storage() // the real time has gone on by less than ten minutes
	}
	if away.IsZero() || waiting < 100 || full {
		t.Errorf("after ten minutes: away since %v, %d entries wait, disk full %v", away, waiting, full)
	}
	if during := len(h.lives) - before; during < 20 {
		t.Errorf("only %d people came meanwhile", during)
	}
	h.redis.Restart(t)
	h.without = false
	h.beat() // all that waited for Redis has been written before it
	h.run(100, 0)
	h.finish()
}
