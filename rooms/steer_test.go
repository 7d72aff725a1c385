package rooms_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

func steering(a rooms.SteerAction, seat schedule.SeatID, key string) rooms.SteerRequest {
	c, _ := seat.Split()
	return rooms.SteerRequest{
		Event: "E1", Session: "console-kim", Actor: staffer("kim"), Key: key, Action: a, Consultation: c, Seat: seat,
		Reason: "a reason",
	}
}

func (h *hall) steer(req rooms.SteerRequest) error {
	err := h.reg.Steer(h.t.Context(), req)
	synctest.Wait()
	return err
}

func TestMute_ShutsTheSourceAndThePersonMayOpenItAgain(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.console("kim")
		v, f := h.join("S02/firm", "f")
		_, b := h.join("S02/buyer", "b")
		req := steering(rooms.SteerMute, "S02/firm", "k1")
		req.Source = sfu.Microphone
		ok(t, h.steer(req))
		want(t, "shut at the server", h.media.isOpen("peer-f", sfu.Microphone), false)
		want(t, "told to the others", b.person("f").Sources, []sfu.Source{sfu.Camera})
		if o := f.ordered(); len(o) != 1 || o[0].Kind != rooms.OrderMute || o[0].Source != sfu.Microphone || o[0].By != "name of kim" {
			t.Errorf("the order: %+v", o)
		}
		want(t, "nobody else is ordered", len(b.ordered()), 0)
		ok(t, v.SetSource(t.Context(), sfu.Microphone, true))
		want(t, "open again", h.media.isOpen("peer-f", sfu.Microphone), true)
		ok(t, h.steer(req)) // a repetition
		want(t, "not shut twice", h.media.isOpen("peer-f", sfu.Microphone), true)
		want(t, "the record", h.acts(), []string{"kim mute microphone S02 S02/firm: a reason"})
		req.Seat, req.Key = "S02/buyer/2", "k2"
		want(t, "nobody there", h.steer(req), error(rooms.ErrGone))
	})
}

func TestRemove_HoldsTheSeatUntilSomebodyAdmits(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.console("kim")
		h.join("S02/firm", "f")
		_, b := h.join("S02/buyer", "b")
		ok(t, h.steer(steering(rooms.SteerRemove, "S02/buyer", "k")))
		want(t, "dismissed", b.reason(), error(rooms.ErrHeld))
		want(t, "shut at the server", h.media.isOpen("peer-b", sfu.Camera), false)
		want(t, "on the board", h.row("S02").Held, []schedule.SeatID{"S02/buyer"})
		req, _ := request("S02/buyer", "b2")
		_, err := h.try(req)
		want(t, "at the door", err, error(rooms.ErrHeld))
		h.close()
		h.start()
		_, l := h.waitFor("S02/buyer", "b3")
		req, _ = request("S02/buyer", "b3")
		_, err = h.try(req)
		want(t, "after a restart", err, error(rooms.ErrHeld))
		h.console("kim")
		ok(t, h.steer(steering(rooms.SteerAdmit, "S02/buyer", "k")))
		if o := l.heard().orders; len(o) != 1 || o[0].Kind != rooms.OrderComeIn {
			t.Errorf("called in: %+v", o)
		}
		want(t, "held no more", len(h.row("S02").Held), 0)
		h.join("S02/buyer", "b3")
		want(t, "the record", h.acts(), []string{"kim remove S02 S02/buyer: a reason", "kim admit S02 S02/buyer: a reason"})
	})
}

func TestRemove_AnotherPartyIsNotHeld(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.console("kim")
		h.join("S02/buyer", "b")
		ok(t, h.steer(steering(rooms.SteerRemove, "S02/buyer", "k")))
		h.reload(func(e *schedule.Event) { e.Consultations[1].Buyer = "Y1" })
		h.join("S02/buyer", "b2")
	})
}

func TestOrder_GoesToTheSeatAndItsAnswerToWhoeverSteered(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, kim := h.console("kim")
		_, lee := h.console("lee")
		_, f := h.join("S02/firm", "f")
		req := steering(rooms.SteerGain, "S02/firm", "louder")
		req.Gain = 150
		ok(t, h.steer(req))
		ok(t, h.steer(steering(rooms.SteerDiagnose, "S02/firm", "how")))
		orders := f.ordered()
		if len(orders) != 2 || orders[0].Gain != 150 || orders[1].Kind != rooms.OrderDiagnose {
			t.Fatalf("orders: %+v", orders)
		}
		h.reg.Report("E1", "S02/firm", "somebody", rooms.OrderReport{Order: orders[1].ID})
		h.reg.Report("E1", "S02/buyer", "f", rooms.OrderReport{Order: orders[1].ID})
		want(t, "not of who was ordered", len(kim.heard().reports), 0)
		h.reg.Report("E1", "S02/firm", "f", rooms.OrderReport{Order: orders[1].ID, Answer: "all is well"})
		h.reg.Report("E1", "S02/firm", "f", rooms.OrderReport{Order: orders[1].ID, Answer: "twice"})
		want(t, "to who steered", kim.heard().reports, []rooms.Report{{Key: "how", Consultation: "S02", Seat: "S02/firm", Answer: "all is well"}})
		want(t, "to nobody else", len(lee.heard().reports), 0)
		want(t, "the record", h.acts(), []string{"kim device gain 150 S02 S02/firm: a reason", "kim diagnose S02 S02/firm: a reason"})
	})
}

func TestOrder_ReachesWhoWaitsInTheLobby(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(5) // before the doors
		_, w := h.console("kim")
		want(t, "nobody there", h.steer(steering(rooms.SteerDevices, "S02/buyer", "a")), error(rooms.ErrGone))
		_, l := h.waitFor("S02/buyer", "b")
		ok(t, h.steer(steering(rooms.SteerDevices, "S02/buyer", "a")))
		orders := l.heard().orders
		if len(orders) != 1 || orders[0].Kind != rooms.OrderDevices {
			t.Fatalf("orders: %+v", orders)
		}
		h.until(20)
		want(t, "no answer came", w.heard().reports, []rooms.Report{{Key: "a", Consultation: "S02", Seat: "S02/buyer", Failed: rooms.FailedGone}})
		ok(t, h.steer(steering(rooms.SteerDevices, "S02/buyer", "b")))
		h.join("S02/buyer", "b") // who goes in may still answer
		h.reg.Report("E1", "S02/buyer", "b", rooms.OrderReport{Order: l.heard().orders[1].ID, Answer: "devices"})
		want(t, "answered from the room", w.heard().reports[1].Answer, any("devices"))
	})
}

func TestOrder_OfWhoLeavesIsGone(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, w := h.console("kim")
		v, f := h.join("S02/firm", "f")
		req := steering(rooms.SteerCamera, "S02/firm", "k")
		req.Device = "abc"
		ok(t, h.steer(req))
		ok(t, v.Leave(t.Context()))
		want(t, "told", w.heard().reports, []rooms.Report{{Key: "k", Consultation: "S02", Seat: "S02/firm", Failed: rooms.FailedGone}})
		h.reg.Report("E1", "S02/firm", "f", rooms.OrderReport{Order: f.ordered()[0].ID, Failed: "no_such_device"})
		want(t, "and no more", len(w.heard().reports), 1)
	})
}

func TestOrder_LivesHalfAMinute(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, w := h.console("kim")
		_, f := h.join("S02/firm", "f")
		ok(t, h.steer(steering(rooms.SteerDiagnose, "S02/firm", "slow")))
		ok(t, h.steer(steering(rooms.SteerDevices, "S02/firm", "never")))
		time.Sleep(17 * time.Second)
		synctest.Wait()
		want(t, "nobody answers", len(w.heard().reports), 2)
		h.reg.Report("E1", "S02/firm", "f", rooms.OrderReport{Order: f.ordered()[0].ID, Answer: "late"})
		want(t, "late, and told", w.heard().reports[2].Answer, any("late"))
		time.Sleep(15 * time.Second)
		h.reg.Report("E1", "S02/firm", "f", rooms.OrderReport{Order: f.ordered()[1].ID, Answer: "too late"})
		want(t, "too late", len(w.heard().reports), 3)
	})
}

func TestOrder_SixteenOpenASeat(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.console("kim")
		_, f := h.join("S02/firm", "f")
		h.join("S02/buyer", "b")
		for i := range 16 {
			ok(t, h.steer(steering(rooms.SteerDiagnose, "S02/firm", fmt.Sprint(i))))
		}
		want(t, "one too many", h.steer(steering(rooms.SteerDiagnose, "S02/firm", "16")), error(rooms.ErrFull))
		ok(t, h.steer(steering(rooms.SteerDiagnose, "S02/buyer", "17"))) // another seat
		h.reg.Report("E1", "S02/firm", "f", rooms.OrderReport{Order: f.ordered()[0].ID})
		ok(t, h.steer(steering(rooms.SteerDiagnose, "S02/firm", "16")))
	})
}

func TestSteer_Refused(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.console("kim")
		h.join("S02/firm", "f")
		for name, tt := range map[string]struct {
			req  rooms.SteerRequest
			want error
		}{
			"no such action":            {steering("kick", "S02/firm", "k"), rooms.ErrInvalid},
			"no source":                 {steering(rooms.SteerMute, "S02/firm", "k"), rooms.ErrInvalid},
			"no device":                 {steering(rooms.SteerCamera, "S02/firm", "k"), rooms.ErrInvalid},
			"no gain":                   {steering(rooms.SteerGain, "S02/firm", "k"), rooms.ErrInvalid},
			"no such consultation":      {steering(rooms.SteerDevices, "S99/firm", "k"), rooms.ErrNotFound},
			"no such seat":              {steering(rooms.SteerDevices, "S02/interpreter", "k"), rooms.ErrNotFound},
			"a seat of another one":     {rooms.SteerRequest{Event: "E1", Session: "c", Actor: staffer("kim"), Action: rooms.SteerDevices, Consultation: "S01", Seat: "S02/firm"}, rooms.ErrNotFound},
			"nobody in particular asks": {rooms.SteerRequest{Event: "E1", Session: "c", Action: rooms.SteerDevices, Consultation: "S02", Seat: "S02/firm"}, rooms.ErrInvalid},
		} {
			if err := h.steer(tt.req); !errors.Is(err, tt.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		want(t, "nothing of it is recorded", len(h.acts()), 0)
	})
}
