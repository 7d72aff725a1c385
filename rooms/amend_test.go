package rooms_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// reload saves a changed timetable and takes it over at once.
func (h *hall) reload(change func(e *schedule.Event)) {
	h.t.Helper()
	e := fair()
	e.Revision = 1
	change(e)
	h.store.setEvent(e)
	ok(h.t, h.reg.Reload(h.t.Context(), "E1"))
}

func TestExtend_MovesTheEndForEverybody(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, firm := h.join("S02/firm", "f")
		_, buyer := h.join("S02/buyer", "b")
		h.until(88.5)
		want(t, "before", buyer.phase(), schedule.PhaseClosing)
		ok(t, h.reg.Extend(t.Context(), "E1", "S02", minute(100)))
		want(t, "the clock", firm.time().EndsAt, minute(100))
		want(t, "back from closing", firm.phase(), schedule.PhaseLive)
		h.until(99.5)
		want(t, "warnings again before the new end", firm.warned(), []int{5, 2, 5, 2, 1})
		want(t, "mirrored", h.store.state("S02").ExtendedTo, minute(100))
		h.until(101)
		want(t, "farewell from the new end", firm.time().ClosesAt, minute(102))
		h.until(102)
		want(t, "at the new end", firm.reason(), rooms.ErrEnded)
		entries := h.ledger.of(schedule.EntryExtended)
		if len(entries) != 1 || entries[0].Detail != "2000-01-01T01:40:00Z" || entries[0].Consultation != "S02" || !entries[0].At.Equal(minute(88.5)) {
			t.Errorf("the record: %+v", entries)
		}
	})
}

func TestExtend_InOverrunAndBeforeTheDoors(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		ok(t, h.reg.Extend(t.Context(), "E1", "S01", minute(95)))
		want(t, "on the board before the doors", h.row("S01").Clock.EndsAt, minute(95))
		h.until(20)
		_, firm := h.join("S01/firm", "f")
		h.join("S01/buyer", "b")
		want(t, "the room knows", firm.time().EndsAt, minute(95))
		h.until(97)
		want(t, "in overrun", firm.time().Overrun, true)
		ok(t, h.reg.Extend(t.Context(), "E1", "S01", minute(105)))
		want(t, "no overrun any more", firm.time().Overrun, false)
		want(t, "live", firm.phase(), schedule.PhaseLive)
		h.close()
		h.start()
		want(t, "after a restart", h.row("S01").Clock.EndsAt, minute(105))
	})
}

func TestExtend_IsRefused(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		for name, tt := range map[string]struct {
			id  schedule.ConsultationID
			to  time.Time
			err error
		}{
			"not after the end": {"S01", minute(90), rooms.ErrInvalid},
			"unknown":           {"S99", minute(95), rooms.ErrNotFound},
		} {
			if err := h.reg.Extend(t.Context(), "E1", tt.id, tt.to); !errors.Is(err, tt.err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := h.reg.Extend(t.Context(), "E9", "S01", minute(95)); !errors.Is(err, rooms.ErrNotFound) {
			t.Errorf("unknown event: %v", err)
		}
		h.reload(func(e *schedule.Event) { e.Consultations[1].Cancelled = true })
		if err := h.reg.Extend(t.Context(), "E1", "S02", minute(95)); !errors.Is(err, rooms.ErrCancelled) {
			t.Errorf("cancelled: %v", err)
		}
		h.until(90)
		if err := h.reg.Extend(t.Context(), "E1", "S01", minute(100)); !errors.Is(err, rooms.ErrEnded) {
			t.Errorf("after the end: %v", err)
		}
		want(t, "records", len(h.ledger.of(schedule.EntryExtended)), 0)
	})
}

// S03 needs the booth and firm of S02 at minute 90, and buyer Y3; S05 has Y3
// before that and is extended into S03, which cannot begin sooner than S05
// ends.
func TestExtend_OthersKnowHowLongTheyMayGoOn(t *testing.T) {
	e := fair()
	s05 := e.Consultations[1]
	s05.ID, s05.Booth, s05.Firm, s05.Buyer = "S05", "B3", "F3", "Y3"
	e.Consultations = append(e.Consultations[:2], append([]schedule.Consultation{s05}, e.Consultations[2:]...)...)
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, e)
		defer h.close()
		h.until(20)
		_, firm := h.join("S02/firm", "f")
		h.join("S02/buyer", "b")
		h.until(85)
		ok(t, h.reg.Extend(t.Context(), "E1", "S05", minute(110)))
		h.until(91)
		want(t, "no farewell yet", firm.time().ClosesAt, time.Time{})
		h.until(106)
		want(t, "three minutes before S05 frees the buyer", firm.time().ClosesAt, minute(107))
		h.until(107)
		want(t, "then", firm.reason(), rooms.ErrEnded)
	})
}

func TestStates_OfAllConsultations(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.join("S01/firm", "f")
		h.join("S01/buyer", "b")
		ok(t, h.reg.Extend(t.Context(), "E1", "S01", minute(95)))
		states, err := h.reg.States("E1")
		ok(t, err)
		want(t, "states", len(states), 4)
		want(t, "live", states["S01"].Phase, schedule.PhaseLive)
		want(t, "extended", states["S01"].ExtendedTo, minute(95))
		want(t, "open", states["S02"].Phase, schedule.PhaseOpen)
		want(t, "scheduled", states["S04"].Phase, schedule.PhaseScheduled)
		h.until(90)
		states, err = h.reg.States("E1")
		ok(t, err)
		want(t, "ended", states["S02"].EndedAt, minute(90))
		if _, err := h.reg.States("E9"); !errors.Is(err, rooms.ErrNotFound) {
			t.Errorf("unknown: %v", err)
		}
	})
}

func TestReload_AtOnceAndNeverAnOlderOne(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, f := h.join("S01/firm", "f")
		h.reload(func(e *schedule.Event) { e.Consultations[0].End = minute(100) })
		want(t, "the new end", f.time().EndsAt, minute(100))
		h.store.setEvent(fair()) // what a slow reading would bring
		ok(t, h.reg.Reload(t.Context(), "E1"))
		want(t, "still", f.time().EndsAt, minute(100))
		h.reload(func(e *schedule.Event) { e.Consultations[0].Cancelled = true })
		want(t, "cancelled", f.reason(), rooms.ErrCancelled)
	})
}

func TestReload_AConsultationThatIsMovedShutsItsDoors(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		ok(t, h.reg.Extend(t.Context(), "E1", "S01", minute(95)))
		h.until(31)
		_, f := h.join("S01/firm", "f")
		h.reload(func(e *schedule.Event) {
			e.Consultations[0].Start, e.Consultations[0].End = minute(80), minute(94)
		})
		early, is := errors.AsType[*rooms.TooEarlyError](f.reason())
		if !is || !early.OpensAt.Equal(minute(65)) {
			t.Fatalf("dismissed with %v", f.reason())
		}
		want(t, "on the board", h.row("S01").Clock.Phase, schedule.PhaseScheduled)
		h.until(65)
		_, f = h.join("S01/firm", "f")
		want(t, "the extension was the old time's", f.time().EndsAt, minute(94))
		h.until(83)
		h.join("S01/buyer", "b")
		want(t, "live", f.phase(), schedule.PhaseLive)
	})
}

func TestReload_AMoveForgetsWhatWasOfTheOldTime(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		ok(t, h.reg.Extend(t.Context(), "E1", "S04", minute(700)))
		h.until(16)
		h.join("S01/firm", "f")
		h.reload(func(e *schedule.Event) {
			e.Consultations[0].Start, e.Consultations[0].End = minute(200), minute(210)
			e.Consultations[3].Start, e.Consultations[3].End = minute(400), minute(460)
		})
		want(t, "no extension of a consultation without a room", h.row("S04").Clock.EndsAt, minute(460))
		want(t, "nor in the store", h.store.state("S04").ExtendedTo, time.Time{})
		h.close()
		h.until(220)
		h.start()
		want(t, "no room is opened after the end", h.phases("S01"), []string{"open@15", "waiting@16", "scheduled@16"})
	})
}

func TestReload_AStandByTakesTheSeatOfAnother(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(32)
		_, former := h.join("S02/buyer", "b")
		_, firm := h.join("S02/firm", "f")
		l := &lobbyist{}
		_, err := h.reg.Wait(t.Context(), rooms.WaitRequest{Event: "E1", Consultation: "S02", Seat: "S02/buyer/2", Session: "b2", Lobbyist: l})
		ok(t, err)
		h.reload(func(e *schedule.Event) { e.Consultations[1].Buyer = "Y1" })
		want(t, "the former buyer", former.reason(), rooms.ErrForbidden)
		want(t, "in the lobby", l.heard().dismissed, []error{rooms.ErrForbidden})
		want(t, "the firm stays", firm.reason(), nil)
		s := h.seat("S02/buyer")
		want(t, "the seat", s, rooms.SeatState{Seat: "S02/buyer", Role: schedule.RoleBuyer, Name: "Acme", State: rooms.SeatAbsent})
		want(t, "who is late now", h.row("S02").Alerts[0].Roles, []schedule.Role{schedule.RoleBuyer})
	})
}

func alerts(h *hall, id schedule.ConsultationID) map[schedule.AlertKind][]schedule.Role {
	all := map[schedule.AlertKind][]schedule.Role{}
	for _, a := range h.row(id).Alerts {
		all[a.Kind] = a.Roles
	}
	return all
}

func TestAlerts_ComeByTheClockAndGoWhenTheyCome(t *testing.T) {
	const firm, buyer, interpreter = schedule.RoleFirm, schedule.RoleBuyer, schedule.RoleInterpreter
	type told = map[schedule.AlertKind][]schedule.Role
	bubble(t, func(t *testing.T, h *hall) {
		w := &fakeWatcher{}
		_, err := h.reg.Watch("E1", rooms.WatchRequest{Watcher: w})
		ok(t, err)
		h.until(31.9)
		want(t, "in time", alerts(h, "S01"), told{})
		h.until(32)
		want(t, "nobody in the room", alerts(h, "S01"), told{schedule.AlertLate: {firm, buyer, interpreter}})
		want(t, "told to consoles", w.heard().rows[len(w.heard().rows)-1].Alerts[0].Since, minute(32))
		v, _ := h.join("S01/firm", "f")
		want(t, "one came", alerts(h, "S01"), told{schedule.AlertLate: {buyer, interpreter}})
		ok(t, v.Leave(t.Context()))
		want(t, "who left again is not late", alerts(h, "S01"), told{schedule.AlertLate: {buyer, interpreter}})
		h.until(40)
		want(t, "no show", alerts(h, "S01"), told{schedule.AlertNoShow: {buyer}, schedule.AlertLate: {interpreter}})
		want(t, "proposed", h.row("S01").Alerts[0].Proposed, schedule.VerdictNoShowBuyer)
		h.close()
		h.start()
		want(t, "after a restart", alerts(h, "S01"), told{schedule.AlertNoShow: {buyer}, schedule.AlertLate: {interpreter}})
		h.join("S01/buyer", "b")
		want(t, "the buyer came", alerts(h, "S01"), told{schedule.AlertLate: {interpreter}})
		h.until(90)
		want(t, "nobody ever came", alerts(h, "S02"), told{schedule.AlertNoShow: {firm, buyer}})
		want(t, "over, both came", alerts(h, "S01"), told{})
	})
}

func TestAlerts_WhoLeftBeforeTheStartIsLate(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		v, _ := h.join("S02/firm", "f")
		h.join("S02/buyer", "b")
		ok(t, v.Leave(t.Context()))
		h.until(32)
		want(t, "late", alerts(h, "S02"), map[schedule.AlertKind][]schedule.Role{schedule.AlertLate: {schedule.RoleFirm}})
	})
}

func TestAlerts_WhoLeftAtOnceWasNotLate(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		v, _ := h.join("S02/firm", "f")
		h.until(31)
		ok(t, v.Leave(t.Context()))
		h.until(32)
		want(t, "late", alerts(h, "S02"), map[schedule.AlertKind][]schedule.Role{schedule.AlertLate: {schedule.RoleBuyer}})
	})
}

func TestAlerts_WhoCameIsKnownAfterARestart(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(33)
		v, _ := h.join("S01/interpreter", "i") // no phase begins with an interpreter
		ok(t, v.Leave(t.Context()))
		h.close()
		h.start()
		want(t, "late", alerts(h, "S01")[schedule.AlertLate], []schedule.Role{schedule.RoleFirm, schedule.RoleBuyer})
	})
}

func TestAlerts_AnEndThatNoRoomHasSeenSaysNothing(t *testing.T) {
	e := fair()
	for i := range e.Consultations {
		c := &e.Consultations[i]
		c.Start, c.End = c.Start.Add(-24*time.Hour), c.End.Add(-24*time.Hour)
	}
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, e)
		defer h.close()
		want(t, "phase", h.row("S01").Clock.Phase, schedule.PhaseEnded)
		want(t, "alerts", len(h.row("S01").Alerts), 0)
	})
}

func TestVerdict_IsRecordedShownAndKept(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		judge := func(v schedule.Verdict) error {
			err := h.reg.Verdict(t.Context(), "E1", "S01", v, "console-1", " they  phoned ")
			synctest.Wait()
			return err
		}
		if err, early := judge(schedule.VerdictHeld), (*rooms.TooEarlyError)(nil); !errors.As(err, &early) {
			t.Fatalf("before the start: %v", err)
		}
		h.until(41)
		for _, bad := range []func() error{
			func() error { return judge("nice") },
			func() error { return h.reg.Verdict(t.Context(), "E1", "S01", schedule.VerdictHeld, "", "") },
		} {
			if err := bad(); !errors.Is(err, rooms.ErrInvalid) {
				t.Errorf("got %v", err)
			}
		}
		want(t, "proposed", len(alerts(h, "S01")[schedule.AlertNoShow]), 2)
		ok(t, judge(schedule.VerdictNoShowBoth))
		want(t, "confirmed", alerts(h, "S01")[schedule.AlertNoShow], nil)
		want(t, "on the board", h.row("S01").Verdict, schedule.VerdictNoShowBoth)
		h.close()
		h.start()
		want(t, "after a restart of the open room", h.row("S01").Verdict, schedule.VerdictNoShowBoth)
		h.until(91) // the room is gone
		want(t, "on the board after the end", h.row("S01").Verdict, schedule.VerdictNoShowBoth)
		ok(t, judge(schedule.VerdictByPhone))
		h.close()
		h.start()
		want(t, "after a restart", h.row("S01").Verdict, schedule.VerdictByPhone)
		ok(t, judge(""))
		want(t, "taken back", len(alerts(h, "S01")[schedule.AlertNoShow]), 2)
		var details []string
		for _, e := range h.ledger.of(schedule.EntryVerdict) {
			details = append(details, e.By+" "+e.Detail+": "+e.Words)
		}
		want(t, "the record", details, []string{
			"console-1 no_show_both: they phoned", "console-1 held_by_phone: they phoned", "console-1 : they phoned",
		})
	})
}

// The screen of booth B2 goes from S02 into S03, whose doors opened long ago.
func TestHandOver_TheBoothsNextConsultationAndNothingOfTheFormer(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		v, screen := h.join("S02/firm", "booth-2")
		h.join("S02/buyer", "b")
		ok(t, v.Say(t.Context(), "k", "our prices"))
		h.until(80)
		h.join("S03/buyer", "c") // waits in the open room of S03
		h.until(92)
		want(t, "the farewell is over", screen.reason(), rooms.ErrEnded)
		want(t, "nothing is shown", len(h.media.shown("peer-booth-2")), 0)
		want(t, "nothing is heard", h.media.isOpen("peer-booth-2", "microphone"), false)
		_, screen = h.join("S03/firm", "booth-2") // at once, by the same session and Peer
		want(t, "live", screen.phase(), schedule.PhaseLive)
		want(t, "who is here", screen.knows(), []string{"booth-2", "c"})
		want(t, "chat", len(screen.messages()), 0)
		want(t, "who is shown", screen.slotMap(), map[int]string{0: "c"})
		want(t, "media", len(h.media.shown("peer-booth-2")), 1)
		if err := v.Say(t.Context(), "k2", "too late"); !errors.Is(err, rooms.ErrEnded) {
			t.Errorf("the former visit: %v", err)
		}
	})
}

func TestSeats_ColleaguesUpToThePolicy(t *testing.T) {
	e := fair()
	e.Policy.Seats = 2
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, e)
		defer h.close()
		h.until(31)
		_, buyer := h.join("S01/buyer", "b")
		v, _ := h.join("S01/firm/2", "colleague")
		want(t, "a colleague is the side", buyer.phase(), schedule.PhaseLive)
		want(t, "and its name", buyer.person("colleague").Name, "Loom")
		h.join("S01/firm", "f")
		ok(t, v.Leave(t.Context()))
		want(t, "the other stays", buyer.phase(), schedule.PhaseLive)
		for _, seat := range []schedule.SeatID{"S01/firm/3", "S01/firm/1", "S01/firm/x", "S01/firm/02"} {
			req, _ := request(seat, "x")
			if _, err := h.try(req); !errors.Is(err, rooms.ErrForbidden) {
				t.Errorf("%s: %v", seat, err)
			}
		}
	})
}

func TestRemove_TellsThePersonAndTheRecord(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		v, firm := h.join("S01/firm", "f")
		_, buyer := h.join("S01/buyer", "b")
		ok(t, v.Remove(t.Context()))
		want(t, "dismissed", firm.reason(), rooms.ErrForbidden)
		want(t, "told to others", buyer.departures(), []rooms.Left{{ID: "f", Reason: schedule.LeftRemoved}})
		want(t, "the record", h.ledger.of(schedule.EntrySeatLeft)[0].Detail, string(schedule.LeftRemoved))
	})
}

// stall makes the room of S02 busy for a while; the returned function waits
// until it is not.
func (h *hall) stall() (over func()) {
	h.t.Helper()
	joined, stalled := make(chan error), false
	h.media.onBind = func(viewer sfu.PeerID, _ []sfu.Binding) { // on the room's loop
		if viewer == "peer-busy" && !stalled {
			stalled = true
			time.Sleep(5 * time.Second)
		}
	}
	go func() {
		req, client := request("S02/firm/2", "busy")
		client.t = h.t
		_, err := h.reg.Join(h.t.Context(), req)
		joined <- err
	}()
	synctest.Wait()
	return func() {
		h.t.Helper()
		ok(h.t, <-joined)
		synctest.Wait()
	}
}

func TestAmend_WhoGaveUpWaitingReadsNothingThatIsStillWritten(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.join("S02/firm", "f")
		over := h.stall()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		said := schedule.Contacted{Role: schedule.RoleBuyer, Outcome: schedule.ContactComing, Minutes: 5}
		_, err := h.reg.Contact(ctx, "E1", "S02", staffer("kim"), said)
		want(t, "gave up", err, context.DeadlineExceeded)
		over()
		want(t, "done all the same", len(h.row("S02").Contacts), 1)
		want(t, "with its entry", len(h.ledger.of(schedule.EntryContact)), 1)
	})
}

func TestSteer_WhatIsDoneAfterItsCoordinatorGaveUpIsRecorded(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.console("kim")
		h.join("S02/firm", "f")
		h.join("S02/buyer", "b")
		over := h.stall()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		mute := steering(rooms.SteerMute, "S02/firm", "k1")
		mute.Source = sfu.Microphone
		want(t, "gave up", h.reg.Steer(ctx, mute), error(context.DeadlineExceeded))
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		want(t, "gave up again", h.reg.Steer(ctx, steering(rooms.SteerRemove, "S02/buyer", "k2")), error(context.DeadlineExceeded))
		over()
		want(t, "muted", h.media.isOpen("peer-f", sfu.Microphone), false)
		want(t, "held", h.row("S02").Held, []schedule.SeatID{"S02/buyer"})
		want(t, "the record", h.acts(), []string{"kim mute microphone S02 S02/firm: a reason", "kim remove S02 S02/buyer: a reason"})
	})
}
