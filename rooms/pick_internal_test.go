package rooms

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

func someone(c schedule.ConsultationID, r schedule.Role, spoke float64) player {
	seat := schedule.SeatOf(c, r)
	return player{
		seat: seat, role: r, session: string(seat), peer: sfu.PeerID("peer-" + seat), on: []sfu.Source{sfu.Microphone},
		spokeAt: time.Unix(0, int64(spoke*float64(time.Second))),
	}
}

// hallOf is n rooms with firm, buyer and interpreter each.
func hallOf(n int) (map[schedule.ConsultationID][]player, []schedule.ConsultationID) {
	scene, ids := map[schedule.ConsultationID][]player{}, []schedule.ConsultationID{}
	for i := range n {
		id := schedule.ConsultationID(fmt.Sprintf("S%02d", i))
		ids = append(ids, id)
		scene[id] = []player{someone(id, schedule.RoleFirm, 0), someone(id, schedule.RoleBuyer, 0), someone(id, schedule.RoleInterpreter, 0)}
	}
	return scene, ids
}

func count(places []place, id schedule.ConsultationID) (seats []schedule.SeatID) {
	for _, p := range places {
		if p.room == id {
			seats = append(seats, p.seat)
		}
	}
	return seats
}

func TestPick_TwoARoomUpToSixteenThenWhoSpoke(t *testing.T) {
	var none [sfu.WallVideos]place
	for n := 1; n <= 30; n++ {
		scene, ids := hallOf(n)
		places := pick(scene, ids, "", none)
		want := []schedule.SeatID{"S00/firm", "S00/buyer"}
		if n > 16 {
			want = want[:1]
		}
		if got := count(places, "S00"); !slices.Equal(got, want) {
			t.Errorf("%d rooms: %v", n, got)
		}
		if got := count(places, ids[n-1]); len(got) != len(want) {
			t.Errorf("%d rooms, the last: %v", n, got)
		}
	}
}

func TestPick_TheLargeRoomComesFirstAndWithMorePeople(t *testing.T) {
	scene, ids := hallOf(16)
	places := pick(scene, ids, "S07", [sfu.WallVideos]place{})
	if got := count(places, "S07"); len(got) != 3 || len(places) != sfu.WallVideos {
		t.Errorf("%v of %d", got, len(places))
	}
	if got := count(places, "S15"); len(got) != 1 {
		t.Errorf("the least important: %v", got)
	}
	if got := count(pick(scene, ids[:3], "S07", [sfu.WallVideos]place{}), "S07"); got != nil {
		t.Errorf("a large one that is not on the screen: %v", got)
	}
}

func TestPick_WhoIsShownStaysUntilSilentForAWhile(t *testing.T) {
	scene, ids := hallOf(20)
	firm, buyer := someone("S03", schedule.RoleFirm, 10), someone("S03", schedule.RoleBuyer, 11.5)
	scene["S03"] = []player{firm, buyer}
	var now [sfu.WallVideos]place
	now[5] = place{"S03", "S03/firm"}
	if got := count(pick(scene, ids, "", now), "S03"); !slices.Equal(got, []schedule.SeatID{"S03/firm"}) {
		t.Errorf("a moment after the firm spoke: %v", got)
	}
	scene["S03"][1].spokeAt = buyer.spokeAt.Add(time.Second)
	if got := count(pick(scene, ids, "", now), "S03"); !slices.Equal(got, []schedule.SeatID{"S03/buyer"}) {
		t.Errorf("2.5 s after the firm spoke: %v", got)
	}
}

func TestArrange_WhoStaysKeepsItsSlot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var slots [sfu.WallVideos]place
		for range 20 {
			scene, ids := hallOf(30)
			shown := rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 0, 30, rapid.ID[schedule.ConsultationID]).Draw(t, "shown")
			for _, id := range shown {
				n := rapid.IntRange(0, 3).Draw(t, "people")
				scene[id] = scene[id][:n]
			}
			wanted := pick(scene, shown, rapid.SampledFrom(ids).Draw(t, "large"), slots)
			next := arrange(slots, wanted)
			for i, p := range slots {
				if p.seat != "" && slices.Contains(wanted, p) && next[i] != p {
					t.Fatalf("%v lost slot %d", p, i)
				}
			}
			for _, p := range wanted {
				if n := len(slices.DeleteFunc(slices.Clone(next[:]), func(o place) bool { return o != p })); n != 1 {
					t.Fatalf("%v has %d slots", p, n)
				}
			}
			for _, p := range next {
				if p.seat != "" && !slices.Contains(wanted, p) {
					t.Fatalf("%v is shown and nobody wants it", p)
				}
			}
			slots = next
		}
	})
}
