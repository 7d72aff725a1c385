package rooms_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/rooms/store"
	"sangdam/rooms/store/storetest"
	"sangdam/rooms/timetable"
)

// course is what happens in a consultation of the week, in minutes from its
// start or, where it says so, from its end.
type course struct {
	name        string
	firm        float64 // comes at the earliest; the booth may still be in its former room
	buyer       float64
	buyerLeaves float64 // from the end; zero: stays
	extend      time.Duration
	late        []schedule.Role  // three minutes after the start
	proposed    schedule.Verdict // eleven minutes after the start
	decide      schedule.Verdict // by a coordinator, twelve minutes after the start
	verdict     schedule.Verdict
}

const never = 1e6

func courses() []course {
	const firm, buyer = schedule.RoleFirm, schedule.RoleBuyer
	return []course{
		{name: "both stay until the room closes", firm: -10, buyer: -5, verdict: schedule.VerdictHeld},
		{name: "a late buyer", firm: -10, buyer: 5, buyerLeaves: -1, late: []schedule.Role{buyer}, verdict: schedule.VerdictHeld},
		{name: "extended", firm: -10, buyer: -5, extend: 5 * time.Minute, verdict: schedule.VerdictHeld},
		{name: "short", firm: -10, buyer: 35, buyerLeaves: -1, late: []schedule.Role{buyer}, proposed: schedule.VerdictNoShowBuyer, verdict: schedule.VerdictShort},
		{name: "overrun until the buyer has enough", firm: -10, buyer: -5, buyerLeaves: 10, verdict: schedule.VerdictHeld},
		{name: "no buyer, confirmed", firm: -10, buyer: never, late: []schedule.Role{buyer}, proposed: schedule.VerdictNoShowBuyer, decide: schedule.VerdictNoShowBuyer, verdict: schedule.VerdictNoShowBuyer},
		{name: "no firm", firm: never, buyer: -5, late: []schedule.Role{firm}, proposed: schedule.VerdictNoShowFirm, verdict: schedule.VerdictNoShowFirm},
		{name: "nobody", firm: never, buyer: never, late: []schedule.Role{firm, buyer}, proposed: schedule.VerdictNoShowBoth, verdict: schedule.VerdictNoShowBoth},
		{name: "by phone", firm: -10, buyer: never, late: []schedule.Role{buyer}, proposed: schedule.VerdictNoShowBuyer, decide: schedule.VerdictByPhone, verdict: schedule.VerdictByPhone},
	}
}

// ends is when the room of a consultation closes, by the words of the design:
// at the end when one side is absent; with both there, three minutes before
// somebody is needed elsewhere but not without two minutes of farewell, and an
// hour after the end at the latest.
func (k course) ends(e *schedule.Event, c schedule.Consultation) time.Time {
	end := c.End.Add(k.extend)
	if k.firm == never || k.buyer == never || k.buyerLeaves < 0 {
		return end
	}
	closes := end.Add(time.Hour)
	for _, o := range e.Consultations {
		shares := o.Booth == c.Booth || o.Firm == c.Firm || o.Buyer == c.Buyer || o.Interpreter != "" && o.Interpreter == c.Interpreter
		if !shares || !o.Start.After(c.Start) {
			continue
		}
		free := o.Start.Add(-3 * time.Minute)
		if free.Before(end.Add(2 * time.Minute)) {
			free = end.Add(2 * time.Minute)
		}
		if free.Before(closes) {
			closes = free
		}
	}
	if k.buyerLeaves > 0 {
		return end.Add(minutes(k.buyerLeaves) + rooms.RejoinHold)
	}
	return closes
}

func minutes(m float64) time.Duration { return time.Duration(m * float64(time.Minute)) }

// actor is a session that goes from one consultation to the next: a booth's
// screen, an interpreter or a buyer.
type actor struct {
	id     string
	agenda []appointment // by from
	client *fakeClient   // nil: in no room
	in     appointment
	visit  *rooms.Visit
	lobby  *rooms.Waiting
}

type appointment struct {
	consultation schedule.ConsultationID
	role         schedule.Role
	from, until  time.Time // until zero: to the end
}

func (a *actor) peer() sfu.PeerID { return sfu.PeerID("peer of " + a.id) }

// week is a whole event under a clock that the test moves.
type week struct {
	t      *testing.T
	event  *schedule.Event
	clock  *handClock
	media  *fakeMedia
	store  *store.Store
	reg    *rooms.Registry
	actors []*actor
	handed int // times that a session came late because its former room went on
}

func TestWeek_TheClockAloneDrivesThirtyFiveConsultations(t *testing.T) {
	w := newWeek(t)
	all := courses()
	course := func(i int) course { return all[(i+4)%len(all)] } // so that most ways to hand over occur

	booths, interpreters := map[schedule.BoothID]*actor{}, map[schedule.InterpreterID]*actor{}
	script := map[time.Time][]func(){}
	at := func(when time.Time, do func()) { script[when] = append(script[when], do) }
	for i, c := range w.event.Consultations {
		k := course(i)
		if k.firm != never {
			actorOf(w, booths, c.Booth).plan(appointment{c.ID, schedule.RoleFirm, c.Start.Add(minutes(k.firm)), time.Time{}})
		}
		if c.Interpreter != "" {
			actorOf(w, interpreters, c.Interpreter).plan(appointment{c.ID, schedule.RoleInterpreter, c.Start.Add(-3 * time.Minute), time.Time{}})
		}
		if k.buyer != never {
			a := &actor{id: string(c.Buyer)}
			w.actors = append(w.actors, a)
			from := c.Start.Add(minutes(k.buyer))
			until := time.Time{}
			if k.buyerLeaves != 0 {
				until = c.End.Add(minutes(k.buyerLeaves))
			}
			a.plan(appointment{c.ID, schedule.RoleBuyer, from, until})
			at(c.Start.Add(-20*time.Minute), func() { w.wait(a, c) }) // before the doors
		}
		at(c.Start.Add(3*time.Minute), func() { w.alerted(c, k, schedule.AlertLate, k.late) })
		at(c.Start.Add(11*time.Minute), func() { w.proposed(c, k) })
		if k.decide != "" {
			at(c.Start.Add(12*time.Minute), func() {
				w.ok("verdict", w.reg.Verdict(w.t.Context(), w.event.ID, c.ID, k.decide, "console-1", "as agreed"))
				w.alerted(c, k, schedule.AlertNoShow, nil)
			})
		}
		if k.extend > 0 {
			at(c.End.Add(-3*time.Minute), func() {
				w.ok("extend", w.reg.Extend(w.t.Context(), w.event.ID, c.ID, c.End.Add(k.extend)))
			})
		}
	}
	w.run(script)
	entries := w.finish()

	derived := attendance.Derive(w.event, entries, w.clock.Now())
	seen := map[schedule.Verdict]int{}
	for i, c := range w.event.Consultations {
		k, a := course(i), derived[i]
		seen[a.Verdict]++
		if a.Verdict != k.verdict || !a.Over {
			t.Errorf("%s, %s: %q, want %q; over %v", c.ID, k.name, a.Verdict, k.verdict, a.Over)
		}
		if (a.Decided != nil) != (k.decide != "") || a.Decided != nil && (a.Decided.By != "console-1" || a.Decided.Reason != "as agreed") {
			t.Errorf("%s, %s: decided %+v", c.ID, k.name, a.Decided)
		}
		w.checkLife(c, k, entries)
	}
	for _, k := range all {
		if seen[k.verdict] == 0 {
			t.Errorf("nothing came out as %q", k.verdict)
		}
	}
	if w.handed < 5 {
		t.Errorf("only %d times a booth was handed over", w.handed)
	}
}

func newWeek(t *testing.T) *week {
	file, err := os.ReadFile(filepath.Join("..", "cmd", "sangdam", "demo", "yangju-2021.csv"))
	if err != nil {
		t.Fatal(err)
	}
	draft, problems := timetable.Import(file, "yangju-2021.csv")
	if draft == nil {
		t.Fatal(problems)
	}
	e := draft.Event
	e.ID, e.Name, e.Language = "yangju", "Yangju", "ko"
	if len(e.Consultations) != 35 {
		t.Fatalf("%d consultations", len(e.Consultations))
	}
	url, _, _ := storetest.Redis(t)
	quiet := slog.New(slog.DiscardHandler)
	s, err := store.Open(t.Context(), store.Options{URL: url, Node: "n", Dir: t.TempDir(), Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	incarnation, err := s.StartNode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SaveEvent(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	e, err = s.Event(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	w := &week{
		t: t, event: e, store: s,
		clock: &handClock{now: e.Consultations[0].Start.Add(-24 * time.Hour)},
		media: &fakeMedia{slots: map[sfu.PeerID]map[int]sfu.Binding{}, open: map[sfu.Feed]bool{}},
	}
	w.reg = rooms.NewRegistry(rooms.Deps{
		Store: s, Ledger: s, Media: w.media, Logger: quiet, Node: "n", Incarnation: incarnation, Clock: w.clock,
	})
	w.ok("start", w.reg.Start(t.Context()))
	if _, err := w.reg.Event(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *week) ok(what string, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%s at %v: %v", what, w.clock.Now(), err)
	}
}

func actorOf[K ~string](w *week, of map[K]*actor, id K) *actor {
	if of[id] == nil {
		of[id] = &actor{id: string(id)}
		w.actors = append(w.actors, of[id])
	}
	return of[id]
}

func (a *actor) plan(p appointment) {
	a.agenda = append(a.agenda, p)
	slices.SortStableFunc(a.agenda, func(x, y appointment) int { return x.from.Compare(y.from) })
}

// run moves the clock from instant to instant until the week is over.
func (w *week) run(script map[time.Time][]func()) {
	last := w.event.Consultations[len(w.event.Consultations)-1].End.Add(3 * time.Hour)
	for _, a := range w.actors {
		for _, p := range a.agenda {
			script[p.from] = append(script[p.from], func() {})
			if !p.until.IsZero() {
				script[p.until] = append(script[p.until], func() {})
			}
		}
	}
	for now := w.clock.Now(); now.Before(last); now = w.clock.Now() {
		next := last
		for when := range script {
			if when.Before(next) {
				next = when
			}
		}
		next = w.clock.next(next)
		w.clock.moveTo(next)
		w.settle()
		w.act()
		for _, do := range script[next] {
			do()
		}
		delete(script, next)
		w.settle()
		w.act() // who was dismissed just now goes on
	}
}

func (w *week) settle() {
	ctx, cancel := context.WithTimeout(w.t.Context(), 10*time.Second)
	defer cancel()
	w.ok("settle", w.reg.Settle(ctx))
}

// act lets everybody do what their agenda says for now.
func (w *week) act() {
	now := w.clock.Now()
	for _, a := range w.actors {
		dismissed := false
		if a.client != nil {
			switch {
			case a.client.reason() != nil:
				dismissed = true
				if !errors.Is(a.client.reason(), rooms.ErrEnded) {
					w.t.Errorf("%s was dismissed from %s with %v", a.id, a.in.consultation, a.client.reason())
				}
				a.client = nil
			case !a.in.until.IsZero() && !now.Before(a.in.until):
				w.ok("leave", a.visit.Leave(w.t.Context()))
				a.client = nil
			}
			if a.client == nil {
				w.nothingRemains(a)
			}
		}
		for a.client == nil && len(a.agenda) > 0 && !now.Before(a.agenda[0].from) {
			w.join(a, dismissed)
		}
	}
}

// nothingRemains: who left a room sees and hears nothing of it.
func (w *week) nothingRemains(a *actor) {
	if shown := w.media.shown(a.peer()); len(shown) != 0 {
		w.t.Errorf("%s still sees %v after %s", a.id, shown, a.in.consultation)
	}
	if w.media.isOpen(a.peer(), sfu.Microphone) {
		w.t.Errorf("%s is still heard after %s", a.id, a.in.consultation)
	}
}

func (w *week) join(a *actor, handed bool) {
	a.in, a.agenda = a.agenda[0], a.agenda[1:]
	client := &fakeClient{t: w.t, id: a.id}
	visit, err := w.reg.Join(w.t.Context(), rooms.JoinRequest{
		Event: w.event.ID, Consultation: a.in.consultation, Seat: schedule.SeatOf(a.in.consultation, a.in.role),
		Session: a.id, Token: a.id, Peer: a.peer(), Client: client, Sources: []sfu.Source{sfu.Microphone, sfu.Camera},
	})
	if err != nil {
		w.t.Errorf("%s comes to %s at %v: %v", a.id, a.in.consultation, w.clock.Now(), err)
		return
	}
	a.client, a.visit = client, visit
	if handed {
		w.handed++
	}
	for _, m := range client.messages() {
		if c, _ := m.Seat.Split(); c != a.in.consultation {
			w.t.Errorf("%s reads what was said in %s on coming to %s", a.id, c, a.in.consultation)
		}
	}
	if a.in.role == schedule.RoleFirm {
		w.ok("say", visit.Say(w.t.Context(), "hello", "hello"))
	}
}

// wait puts somebody into the lobby; coming into the room ends it.
func (w *week) wait(a *actor, c schedule.Consultation) {
	var err error
	l := &lobbyist{}
	a.lobby, err = w.reg.Wait(w.t.Context(), rooms.WaitRequest{
		Event: w.event.ID, Consultation: c.ID, Seat: schedule.SeatOf(c.ID, schedule.RoleBuyer), Session: a.id, Lobbyist: l,
	})
	w.ok("wait", err)
	if got := l.last(); got.Clock.Phase != schedule.PhaseScheduled || !got.Clock.StartsAt.Equal(c.Start) {
		w.t.Errorf("the lobby of %s: %+v", c.ID, got.Clock)
	}
	if !slices.ContainsFunc(w.row(c.ID).Seats, func(s rooms.SeatState) bool { return s.State == rooms.SeatLobby }) {
		w.t.Errorf("nobody waits for %s on the board", c.ID)
	}
}

func (w *week) row(id schedule.ConsultationID) rooms.Row {
	rows, err := w.reg.Rows(w.t.Context(), w.event.ID)
	w.ok("rows", err)
	i := slices.IndexFunc(rows, func(r rooms.Row) bool { return r.Consultation.ID == id })
	return rows[i]
}

func (w *week) alerted(c schedule.Consultation, k course, kind schedule.AlertKind, roles []schedule.Role) {
	var got []schedule.Role
	for _, a := range w.row(c.ID).Alerts {
		if a.Kind == kind {
			got = a.Roles
		}
	}
	if !slices.Equal(got, roles) {
		w.t.Errorf("%s, %s: %s tells %v, want %v", c.ID, k.name, kind, got, roles)
	}
}

func (w *week) proposed(c schedule.Consultation, k course) {
	var got schedule.Verdict
	for _, a := range w.row(c.ID).Alerts {
		if a.Kind == schedule.AlertNoShow {
			got = a.Proposed
		} else {
			w.t.Errorf("%s, %s: still %+v", c.ID, k.name, a)
		}
	}
	if got != k.proposed {
		w.t.Errorf("%s, %s: proposed %q, want %q", c.ID, k.name, got, k.proposed)
	}
}

// finish stops the rooms and reads the ledger, which must verify.
func (w *week) finish() []schedule.Entry {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	w.ok("close", w.reg.Close(ctx))
	w.ok("flush", w.store.Flush(ctx))
	var entries []schedule.Entry
	w.ok("entries", w.store.Entries(ctx, w.event.ID, func(e schedule.Entry) error {
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
	w.ok("verify", err)
	if report.Broken != nil || report.Entries != len(entries) {
		w.t.Errorf("the ledger: %+v", report)
	}
	return entries
}

// checkLife: doors open and the room ends on the instant; who is in leaves then.
func (w *week) checkLife(c schedule.Consultation, k course, entries []schedule.Entry) {
	var phases []string
	var extended int
	ends := k.ends(w.event, c)
	for _, e := range entries {
		switch {
		case e.Consultation != c.ID:
		case e.Kind == schedule.EntryPhase:
			phases = append(phases, fmt.Sprintf("%s@%v", e.Detail, e.At.Sub(c.Start)))
		case e.Kind == schedule.EntryExtended:
			extended++
		case e.Kind == schedule.EntrySeatLeft && e.Detail == string(schedule.LeftEnded) && !e.At.Equal(ends):
			w.t.Errorf("%s, %s: %s left at %v, want %v", c.ID, k.name, e.Seat, e.At, ends)
		}
	}
	first, last := "open@-15m0s", fmt.Sprintf("ended@%v", ends.Sub(c.Start))
	if len(phases) < 2 || phases[0] != first || phases[len(phases)-1] != last {
		w.t.Errorf("%s, %s: %v, want %s to %s", c.ID, k.name, phases, first, last)
	}
	if (extended == 1) != (k.extend > 0) {
		w.t.Errorf("%s, %s: extended %d times", c.ID, k.name, extended)
	}
	state, ok, err := w.store.RoomState(w.t.Context(), w.event.ID, c.ID)
	w.ok("state", err)
	if !ok || state.Phase != schedule.PhaseEnded || !state.EndedAt.Equal(ends) || state.Verdict != k.decide {
		w.t.Errorf("%s, %s: the store has %+v", c.ID, k.name, state)
	}
}
