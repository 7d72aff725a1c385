package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"sangdam/rooms/schedule"
)

func TestRemoveEvent_LeavesItsRecordAndNothingElse(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := open(t, Options{URL: url, Dir: t.TempDir()}), t.Context()
		events := map[schedule.EventID]*schedule.Event{}
		for _, id := range []schedule.EventID{"thrown", "kept"} {
			e := &schedule.Event{ID: id, Consultations: []schedule.Consultation{{ID: "S01"}}}
			must(t, s.ChangeEvent(ctx, e, schedule.EditRecord{By: "test", Op: "import"}))
			link := schedule.LinkID("link-" + string(id))
			must(t, s.SaveLinks(ctx, []schedule.Link{{ID: link, Grants: schedule.Grants{Event: id, Link: link}}}))
			must(t, s.SaveRoomState(ctx, schedule.RoomState{Event: id, Consultation: "S01"}))
			must(t, s.AppendChat(ctx, id, "S01", schedule.ChatMessage{ID: "1", Text: "hello"}))
			must(t, s.SaveNote(ctx, id, schedule.Note{ID: "1"}))
			must(t, s.SaveReadiness(ctx, id, link, schedule.Readiness{}))
			must(t, s.SavePath(ctx, id, link, schedule.LinkPath{}))
			must(t, s.SaveConsent(ctx, id, link, schedule.Consent{}))
			must(t, s.SaveQuality(ctx, id, schedule.SeatQuality{Seat: "S01/firm", Session: "s"}))
			must(t, s.Heartbeat(ctx, []schedule.Presence{{Event: id, Seat: "S01/firm", Session: "s"}}))
			if _, _, err := s.Lease(ctx, id, "S01", time.Minute); err != nil && !errors.Is(err, ErrNodeNotStarted) {
				t.Fatal(err)
			}
			appendNumbered(s, id, 0, 3)
			events[id] = e
		}
		must(t, s.Flush(within(t, 10*time.Second)))
		before, err := s.rdb.Keys(ctx, "sangdam:*{kept}*").Result()
		must(t, err)

		must(t, s.RemoveEvent(ctx, events["thrown"]))

		left, err := s.rdb.Keys(ctx, "*thrown*").Result()
		must(t, err)
		slices.Sort(left)
		if want := []string{keyChain("thrown"), keyLedger("thrown")}; !slices.Equal(left, want) {
			t.Errorf("left are %q, want the record alone, %q", left, want)
		}
		if got := details(t, s, "thrown"); !slices.Equal(got, numbered(0, 3)) {
			t.Errorf("the record is %v", got)
		}
		after, err := s.rdb.Keys(ctx, "sangdam:*{kept}*").Result()
		must(t, err)
		if len(after) != len(before) || len(after) < 10 {
			t.Errorf("the other event had %d keys and has %d", len(before), len(after))
		}
		if all, err := s.Events(ctx); err != nil || !slices.Equal(all, []schedule.EventID{"kept"}) {
			t.Errorf("events %v, %v", all, err)
		}
		if _, ok, err := s.Link(ctx, "link-kept"); !ok || err != nil {
			t.Errorf("the other event's link: %v, %v", ok, err)
		}
	})
}
