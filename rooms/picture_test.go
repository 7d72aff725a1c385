package rooms_test

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

func TestStage_TheNewestScreenTakesIt(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		vf, f := h.join("S01/firm", "f")
		vb, b := h.join("S01/buyer", "b")
		ok(t, vf.SetSource(t.Context(), sfu.Screen, true))
		ok(t, vf.SetSource(t.Context(), sfu.ScreenAudio, true))
		want(t, "the buyer's slots", b.slotMap(), map[int]string{0: "f", sfu.SlotStage: "f"})
		want(t, "the sharer does not see itself", f.slotMap(), map[int]string{0: "b"})
		h.media.mu.Lock()
		want(t, "the stage", h.media.slots["peer-b"][sfu.SlotStage], sfu.Binding{
			Slot:  sfu.SlotStage,
			Audio: sfu.Feed{Peer: "peer-f", Source: sfu.ScreenAudio},
			Video: sfu.Feed{Peer: "peer-f", Source: sfu.Screen},
		})
		h.media.mu.Unlock()

		ok(t, vb.SetSource(t.Context(), sfu.Screen, true))
		want(t, "the former sharer is told by its sources", f.person("f").Sources, []sfu.Source{sfu.Microphone, sfu.Camera})
		want(t, "the firm's slots", f.slotMap(), map[int]string{0: "b", sfu.SlotStage: "b"})
		want(t, "the buyer's slots", b.slotMap(), map[int]string{0: "f"})
		if h.media.isOpen("peer-f", sfu.Screen) || h.media.isOpen("peer-f", sfu.ScreenAudio) || !h.media.isOpen("peer-b", sfu.Screen) {
			t.Error("the former screen is open or the new one shut")
		}

		_, i := h.join("S01/interpreter", "i")
		want(t, "a late joiner sees the stage", i.slotMap()[sfu.SlotStage], "b")
		ok(t, vb.SetSource(t.Context(), sfu.Screen, false))
		want(t, "an empty stage", f.slotMap(), map[int]string{0: "b", 1: "i"})
		if err := vb.SetSource(t.Context(), sfu.ScreenAudio, true); !errors.Is(err, rooms.ErrInvalid) {
			t.Errorf("screen audio without a screen: %v", err)
		}
		if err := vb.SetSource(t.Context(), "smell", true); !errors.Is(err, rooms.ErrInvalid) {
			t.Errorf("an unknown source: %v", err)
		}
	})
}

func TestStage_IsEmptyWhenTheSharerLeaves(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		vf, _ := h.join("S01/firm", "f")
		_, b := h.join("S01/buyer", "b")
		ok(t, vf.SetSource(t.Context(), sfu.Screen, true))
		ok(t, vf.Leave(t.Context()))
		want(t, "slots", b.slotMap(), map[int]string{})
		want(t, "media", h.media.shown("peer-b"), map[int]sfu.PeerID{})
	})
}

func TestSlots_PreferNeverUsedAndComeBackToTheirPerson(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, f := h.join("S01/firm", "f")
		v1, _ := h.join("S01/observer/4", "o1")
		h.join("S01/observer/2", "o2")
		want(t, "slots", f.slotMap(), map[int]string{0: "o1", 1: "o2"})
		ok(t, v1.Leave(t.Context()))
		h.join("S01/observer/3", "o3")
		want(t, "a newcomer gets a slot that was never used", f.slotMap(), map[int]string{1: "o2", 2: "o3"})
		h.join("S01/observer/4", "o1b")
		want(t, "who comes back finds its slot", f.slotMap(), map[int]string{0: "o1b", 1: "o2", 2: "o3"})
	})
}

// TestSlots_UnderChurn lets people come, go, share, get lost, move and change
// their Peer at random, and after each step compares the media plane and every
// client with the truth.
func TestSlots_UnderChurn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.IntRange(0, 1<<20), 1, 60).Draw(rt, "steps")
		synctest.Test(t, func(t *testing.T) {
			h := newHall(t, fair())
			defer h.close()
			h.until(16)
			churn(t, h, steps)
		})
	})
}

type guest struct {
	visit  *rooms.Visit
	client *fakeClient
	seat   schedule.SeatID
	peer   sfu.PeerID
}

func churn(t *testing.T, h *hall, steps []int) {
	defer func() {
		if t.Failed() {
			t.Logf("after some of the steps %v", steps)
		}
	}()
	seats := []schedule.SeatID{"S01/firm", "S01/buyer", "S01/interpreter"}
	for i := range 6 { // nine seats for eight places
		seats = append(seats, schedule.SeatID(fmt.Sprintf("S01/observer/%d", i+2)))
	}
	guests := map[schedule.SeatID]*guest{}
	held := map[string]map[schedule.SeatID]int{} // viewer session → seat → slot, while both stay
	for n, step := range steps {
		seat := seats[step%len(seats)]
		g := guests[seat]
		switch do := step / len(seats) % 7; {
		case g == nil, do == 0: // come, or take the seat over
			req, c := request(seat, fmt.Sprint("s", n))
			req.Move = true
			if do%2 == 0 {
				req.Sources = append(req.Sources, sfu.Screen)
			}
			v, err := h.try(req)
			if errors.Is(err, rooms.ErrFull) && len(guests) == rooms.MaxParticipants {
				continue
			}
			ok(t, err)
			if g != nil {
				delete(held, g.client.id)
			}
			guests[seat] = &guest{visit: v, client: c, seat: seat, peer: req.Peer}
		case do == 1:
			ok(t, g.visit.Leave(t.Context()))
			delete(guests, seat)
			delete(held, g.client.id)
		case do == 2:
			ok(t, g.visit.SetSource(t.Context(), sfu.Screen, true))
		case do == 3:
			ok(t, g.visit.SetSource(t.Context(), sfu.Screen, false))
		case do == 4:
			g.peer = sfu.PeerID(fmt.Sprint("peer-again-", n))
			ok(t, g.visit.Rebind(t.Context(), g.peer, []sfu.Source{sfu.Camera}))
		case do == 5:
			g.visit.Away(time.Now())
			time.Sleep(4 * time.Second)
			g.visit.Back()
		case do == 6: // lost for good
			g.visit.Away(time.Now())
			time.Sleep(91 * time.Second)
			synctest.Wait()
			if !errors.Is(g.client.reason(), rooms.ErrLost) {
				t.Fatalf("%s was not lost: %v", seat, g.client.reason())
			}
			delete(guests, seat)
			delete(held, g.client.id)
		}
		synctest.Wait()
		checkPictures(t, h, guests, held)
	}
}

func checkPictures(t *testing.T, h *hall, guests map[schedule.SeatID]*guest, held map[string]map[schedule.SeatID]int) {
	t.Helper()
	byID, live := map[string]*guest{}, map[sfu.PeerID]*guest{}
	var ids []string
	stage := ""
	for _, g := range guests {
		byID[g.client.id], live[g.peer] = g, g
		ids = append(ids, g.client.id)
	}
	slices.Sort(ids)
	for _, g := range guests {
		if slices.Contains(g.client.person(g.client.id).Sources, sfu.Screen) {
			if stage != "" {
				t.Fatalf("%s and %s share a screen at once", stage, g.client.id)
			}
			stage = g.client.id
		}
	}
	for _, g := range guests {
		id := g.client.id
		for _, other := range guests {
			if a, b := g.client.person(id), other.client.person(id); !reflect.DeepEqual(a, b) {
				t.Fatalf("%s knows itself as %+v, %s knows it as %+v", id, a, other.client.id, b)
			}
		}
		if !slices.Equal(g.client.knows(), ids) {
			t.Fatalf("%s knows %v, want %v", id, g.client.knows(), ids)
		}
		told := g.client.slotMap()
		shown := h.media.shown(g.peer)
		if len(shown) != len(told) {
			t.Fatalf("%s was told %v, but media shows %v", id, told, shown)
		}
		seen := map[string]bool{}
		for slot, who := range told {
			other := byID[who]
			if other == nil || who == id {
				t.Fatalf("%s sees %q in slot %d", id, who, slot)
			}
			if shown[slot] != other.peer {
				t.Fatalf("%s: slot %d carries %s, told was %s of %s", id, slot, shown[slot], who, other.peer)
			}
			if slot == sfu.SlotStage {
				if who != stage {
					t.Fatalf("%s sees %s on the stage, which is of %q", id, who, stage)
				}
				continue
			}
			if seen[who] {
				t.Fatalf("%s sees %s twice", id, who)
			}
			seen[who] = true
			if held[id] == nil {
				held[id] = map[schedule.SeatID]int{}
			}
			if was, ok := held[id][other.seat]; ok && was != slot {
				t.Fatalf("%s: %s moved from slot %d to %d", id, other.seat, was, slot)
			}
			held[id][other.seat] = slot
		}
		if len(seen) != len(guests)-1 {
			t.Fatalf("%s sees %v of %v", id, slices.Collect(maps.Keys(seen)), ids)
		}
		if _, on := told[sfu.SlotStage]; on != (stage != "" && stage != id) {
			t.Fatalf("%s: stage of %q, told %v", id, stage, told)
		}
		for seat := range held[id] {
			if guests[seat] == nil { // gone: the slot may go to somebody else
				delete(held[id], seat)
			}
		}
	}
	h.media.mu.Lock()
	defer h.media.mu.Unlock()
	for peer, slots := range h.media.slots {
		if live[peer] == nil && len(slots) > 0 {
			t.Fatalf("%s is gone, but is shown %v", peer, slots)
		}
	}
	for feed, open := range h.media.open {
		if open && live[feed.Peer] == nil {
			t.Fatalf("%v is open, but its peer is gone", feed)
		}
	}
}
