package rooms_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
)

func TestContact_IsRecordedShownAndKept(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(33)
		got, err := h.reg.Contact(t.Context(), "E1", "S01", staffer("kim"), schedule.Contacted{
			Role: schedule.RoleBuyer, Outcome: schedule.ContactComing, Minutes: 5, Words: "stuck  in traffic",
		})
		ok(t, err)
		want(t, "given back", got, schedule.Contacted{
			ID: got.ID, At: minute(33), By: "kim", Name: "name of kim", Role: schedule.RoleBuyer,
			Outcome: schedule.ContactComing, Minutes: 5, Words: "stuck in traffic",
		})
		want(t, "on the board", h.row("S01").Contacts, []schedule.Contacted{got})
		entries := h.ledger.of(schedule.EntryContact)
		if len(entries) != 1 || schedule.ReadContacted(entries[0]) != (schedule.Contacted{
			ID: got.ID, At: got.At, By: "kim", Role: schedule.RoleBuyer, Outcome: schedule.ContactComing, Minutes: 5, Words: "stuck in traffic",
		}) {
			t.Errorf("the record: %+v", entries)
		}
		h.close()
		h.start()
		want(t, "after a restart", h.row("S01").Contacts, []schedule.Contacted{got})
		h.reload(func(e *schedule.Event) { e.Consultations[0].Buyer = "Y3" })
		want(t, "of another buyer nothing was said", len(h.row("S01").Contacts), 0)
	})
}

func TestContact_AnAlertIsQuietUntilTheyShouldBeHere(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.join("S02/firm", "f")
		_, w := h.console("kim")
		h.until(33)
		want(t, "when to call", h.row("S02").Alerts[0].CallAt, minute(33))
		_, err := h.reg.Contact(t.Context(), "E1", "S02", staffer("kim"), schedule.Contacted{
			Role: schedule.RoleBuyer, Outcome: schedule.ContactComing, Minutes: 4,
		})
		ok(t, err)
		want(t, "expected", h.row("S02").Alerts[0].ExpectedAt, minute(37))
		h.until(37)
		want(t, "not expected any more", h.row("S02").Alerts[0].ExpectedAt, time.Time{})
		rows := w.heard().rows
		want(t, "told to consoles", rows[len(rows)-1].Alerts[0].ExpectedAt, time.Time{})
	})
}

func TestContact_Refused(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		for name, tt := range map[string]struct {
			in   schedule.Contacted
			want error
		}{
			"no outcome":              {schedule.Contacted{Role: schedule.RoleBuyer}, rooms.ErrInvalid},
			"coming, never":           {schedule.Contacted{Role: schedule.RoleBuyer, Outcome: schedule.ContactComing}, rooms.ErrInvalid},
			"minutes of who declined": {schedule.Contacted{Role: schedule.RoleBuyer, Outcome: schedule.ContactDeclined, Minutes: 1}, rooms.ErrInvalid},
			"nobody's role here":      {schedule.Contacted{Role: schedule.RoleInterpreter, Outcome: schedule.ContactCalled}, rooms.ErrInvalid},
			"a novel":                 {schedule.Contacted{Role: schedule.RoleBuyer, Outcome: schedule.ContactCalled, Words: strings.Repeat("가", 2001)}, rooms.ErrTooLarge},
		} {
			if _, err := h.reg.Contact(t.Context(), "E1", "S02", staffer("kim"), tt.in); !errors.Is(err, tt.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := h.reg.Contact(t.Context(), "E1", "S99", staffer("kim"), schedule.Contacted{Role: schedule.RoleBuyer, Outcome: schedule.ContactCalled}); !errors.Is(err, rooms.ErrNotFound) {
			t.Errorf("of no consultation: %v", err)
		}
		want(t, "the record", len(h.ledger.of(schedule.EntryContact)), 0)
	})
}
