package rooms_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// helping3 is three coordinators who help two rooms at random, and what must be
// true of them.
type helping3 struct {
	*hall
	rand     *rand.Rand
	consoles []*atConsole
	people   map[schedule.SeatID]*atSeat
	n        int
}

type atConsole struct {
	id    string
	watch *rooms.Watch
	wall  *rooms.Wall
	peer  sfu.PeerID
	room  schedule.ConsultationID
	mode  rooms.HelpMode // empty: quiet
	to    schedule.Role
}

type atSeat struct {
	visit  *rooms.Visit
	client *fakeClient
	peer   sfu.PeerID
}

func (x *helping3) oneOf(n int) int { return x.rand.IntN(n) }

func (x *helping3) step() (what string) {
	x.n++
	c := x.consoles[x.oneOf(len(x.consoles))]
	seats := []schedule.SeatID{"S01/firm", "S01/buyer", "S01/interpreter", "S02/firm", "S02/buyer"}
	seat := seats[x.oneOf(len(seats))]
	ctx := x.t.Context()
	switch x.oneOf(9) {
	case 0, 1, 2, 3:
		room := []schedule.ConsultationID{"S01", "S02"}[x.oneOf(2)]
		mode := []rooms.HelpMode{rooms.HelpListen, rooms.HelpSpeak, rooms.HelpSpeak}[x.oneOf(3)]
		to := schedule.Role("")
		if mode == rooms.HelpSpeak {
			to = []schedule.Role{"", schedule.RoleFirm, schedule.RoleBuyer}[x.oneOf(3)]
		}
		what = fmt.Sprint(c.id, " ", mode, " ", room, " ", to)
		taken := slices.ContainsFunc(x.consoles, func(o *atConsole) bool { return o != c && o.room == room && o.mode == rooms.HelpSpeak })
		err := c.wall.Help(ctx, room, mode, to)
		switch refused := mode == rooms.HelpSpeak && taken; {
		case refused != errors.Is(err, rooms.ErrInUse) || !refused && err != nil:
			x.t.Fatalf("%s: %v", what, err)
		case refused && c.room != room: // the other room is quiet already
			c.room, c.mode, c.to = "", "", ""
		case !refused:
			c.room, c.mode, c.to = room, mode, to
		}
	case 4:
		what = c.id + " quiet"
		ok(x.t, c.wall.Help(ctx, "", rooms.HelpQuiet, ""))
		c.room, c.mode, c.to = "", "", ""
	case 5:
		what = c.id + " on a new Peer"
		c.peer = sfu.PeerID(fmt.Sprint("wall-", c.id, "-", x.n))
		ok(x.t, c.wall.Rebind(ctx, c.peer))
	case 6:
		what = c.id + " begins anew"
		c.watch.Stop()
		c.wall, c.watch, _ = x.wall(c.id)
		c.peer = sfu.PeerID("wall-" + c.id)
		c.room, c.mode, c.to = "", "", ""
	case 7:
		if p := x.people[seat]; p != nil {
			what = string(seat) + " leaves"
			ok(x.t, p.visit.Leave(ctx))
			delete(x.people, seat)
			return what
		}
		what = string(seat) + " comes"
		session := fmt.Sprint("s", x.n)
		v, client := x.join(seat, session)
		x.people[seat] = &atSeat{v, client, sfu.PeerID("peer-" + session)}
	case 8:
		if p := x.people[seat]; p != nil {
			what = string(seat) + " on a new Peer"
			p.peer = sfu.PeerID(fmt.Sprint("peer-new-", x.n))
			ok(x.t, p.visit.Rebind(ctx, p.peer, []sfu.Source{sfu.Microphone}))
			return what
		}
		what = c.id + " without a socket for a while"
		c.wall.Socket(false)
		time.Sleep(12 * time.Second)
		c.wall.Socket(true)
		c.room, c.mode, c.to = "", "", ""
	}
	return what
}

func (x *helping3) check(after string) {
	synctest.Wait()
	speaking := map[sfu.PeerID]bool{}
	for _, c := range x.consoles {
		if c.mode == rooms.HelpSpeak {
			speaking[c.peer] = true
		}
	}
	x.media.mu.Lock()
	for feed, open := range x.media.open {
		if len(feed.Peer) > 5 && feed.Peer[:5] == "wall-" && open != speaking[feed.Peer] {
			x.t.Errorf("after %s: the microphone of %s is open: %v", after, feed.Peer, open)
		}
	}
	for viewer, slots := range x.media.slots {
		for slot, b := range slots {
			if slot == slotHelper && len(viewer) > 4 && viewer[:4] == "peer" && !speaking[b.Audio.Peer] {
				x.t.Errorf("after %s: %s hears %s", after, viewer, b.Audio.Peer)
			}
		}
	}
	x.media.mu.Unlock()
	for seat, p := range x.people {
		room, role := seat.Split()
		var hears sfu.PeerID
		told := []string{}
		for _, c := range x.consoles {
			switch {
			case c.room != room || c.mode == "":
			case c.mode == rooms.HelpSpeak && (c.to == "" || c.to == role):
				hears = c.peer
				told = append(told, "name of "+c.id+" speak to me")
			default:
				told = append(told, "name of "+c.id+" listen")
			}
		}
		got := p.client.helped()
		slices.Sort(got)
		slices.Sort(told)
		if !slices.Equal(got, told) {
			x.t.Errorf("after %s: %s is told %q, want %q", after, seat, got, told)
		}
		if b := x.media.binding(p.peer, slotHelper).Audio.Peer; b != hears {
			x.t.Errorf("after %s: %s hears %q, want %q", after, seat, b, hears)
		}
	}
}

func TestHelp_AtRandomNobodyIsHeardWhoDoesNotSpeak(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	bubble(t, func(t *testing.T, h *hall) {
		h.until(31)
		x := &helping3{hall: h, rand: rand.New(rand.NewPCG(seed, 1)), people: map[schedule.SeatID]*atSeat{}}
		for _, id := range []string{"kim", "lee", "park"} {
			wall, watch, _ := h.wall(id)
			x.consoles = append(x.consoles, &atConsole{id: id, watch: watch, wall: wall, peer: sfu.PeerID("wall-" + id)})
		}
		for range 600 {
			if time.Since(minute(0)) > 85*time.Minute || t.Failed() {
				break
			}
			x.check(x.step())
		}
		if x.n < 200 {
			t.Errorf("only %d steps", x.n)
		}
	})
}
