package sfu

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"sangdam/rooms/sfu/sfutest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	// They wait more than they work, whatever the number of cores.
	if err := flag.Set("test.parallel", "3"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// watcher is an Observer that remembers.
type watcher struct {
	mu   sync.Mutex
	news []string
}

func (w *watcher) PeerState(_ PeerID, s State)           { w.add(string(s)) }
func (w *watcher) Holds(_ PeerID, holds []time.Duration) { w.add(fmt.Sprintf("holds %v", holds)) }

func (w *watcher) Wanted(_ PeerID, s Source, rids []string) {
	w.add(fmt.Sprintf("wanted %s %v", s, rids))
}

func (w *watcher) Speaks(_ PeerID, on bool) { w.add(fmt.Sprintf("speaks %v", on)) }

func (w *watcher) Paused(_ PeerID, slots []int) { w.add(fmt.Sprintf("paused %v", slots)) }

func (w *watcher) SourceFlow(_ PeerID, s Source, on bool) {
	w.add(fmt.Sprintf("%s %v", s, on))
}

func (w *watcher) add(s string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.news = append(w.news, s)
}

func (w *watcher) all() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.news...)
}

// last is the newest that begins with s.
func (w *watcher) last(s string) string {
	all := w.all()
	for i := len(all) - 1; i >= 0; i-- {
		if strings.HasPrefix(all[i], s) {
			return all[i]
		}
	}
	return ""
}

func (w *watcher) has(s string) bool { return w.count(s) > 0 }

func (w *watcher) count(s string) int {
	n := 0
	for _, x := range w.all() {
		if x == s {
			n++
		}
	}
	return n
}

// house is an Engine with its guests.
type house struct {
	t   testing.TB
	e   *Engine
	ctx context.Context
}

type guest struct {
	*sfutest.Client
	id    PeerID
	heard *watcher
}

func newHouse(t *testing.T) *house {
	t.Helper()
	t.Parallel() // they wait more than they work
	return houseWith(t, Config{UDP: "127.0.0.1:0", TCP: "127.0.0.1:0"})
}

func houseWith(t testing.TB, cfg Config) *house {
	t.Helper()
	e, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	t.Cleanup(func() {
		cancel()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return &house{t, e, ctx}
}

// open makes a guest whose offer was answered but who has not connected.
func (h *house) open(o sfutest.Options) (*guest, string) {
	h.t.Helper()
	c, err := sfutest.New(o)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(c.Close)
	offer, err := c.Offer()
	if err != nil {
		h.t.Fatal(err)
	}
	profile := ProfileRoom
	if o.Wall {
		profile = ProfileWall
	}
	g := &guest{Client: c, heard: &watcher{}}
	id, answer, err := h.e.Open(h.ctx, Offer{Profile: profile, SDP: offer}, g.heard)
	if err != nil {
		h.t.Fatal(err)
	}
	g.id = id
	return g, answer
}

func (h *house) join(o sfutest.Options) *guest {
	h.t.Helper()
	g, answer := h.open(o)
	if err := g.Answer(answer); err != nil {
		h.t.Fatal(err)
	}
	if err := g.Connected(h.ctx); err != nil {
		h.t.Fatal(err)
	}
	return g
}

// on lets a guest send sources that are allowed.
func (h *house) on(g *guest, sources ...Source) {
	for _, s := range sources {
		h.e.Allow(g.id, s, true)
		g.Send(string(s), true)
	}
}

func (h *house) wait(what string, ok func() bool) {
	h.t.Helper()
	if err := sfutest.Wait(h.ctx, what, ok); err != nil {
		h.t.Fatal(err)
	}
}

func pair(slot int, g *guest) Binding {
	return Binding{Slot: slot, Audio: Feed{g.id, Microphone}, Video: Feed{g.id, Camera}}
}

func (h *house) sees(viewer *guest, slot int, publisher *guest) {
	h.t.Helper()
	h.wait(fmt.Sprintf("%d sees and hears %d in slot %d", viewer.ID(), publisher.ID(), slot), func() bool {
		v, a := viewer.Video(slot).Received(), viewer.Audio(slot).Received()
		return v.Last.Sender == publisher.ID() && a.Last.Sender == publisher.ID() && v.Keyframes > 0
	})
}

func (h *house) rules(g *guest, slots ...int) {
	h.t.Helper()
	for _, s := range slots {
		if w := g.Video(s).Received().Wrong(); len(w) > 0 {
			h.t.Errorf("video of slot %d: %v", s, w)
		}
		if w := g.Audio(s).Received().Wrong(); len(w) > 0 {
			h.t.Errorf("audio of slot %d: %v", s, w)
		}
	}
}

func TestEngine_TwoPeopleSeeAndHearEachOther(t *testing.T) {
	for _, tcp := range []bool{false, true} {
		t.Run(map[bool]string{false: "UDP", true: "TCP"}[tcp], func(t *testing.T) {
			h := newHouse(t)
			a := h.join(sfutest.Options{ID: 1, TCP: tcp})
			b := h.join(sfutest.Options{ID: 2, TCP: tcp})
			h.e.Bind(a.id, pair(0, b))
			h.e.Bind(b.id, pair(0, a))
			h.on(a, Microphone, Camera)
			h.on(b, Microphone, Camera)
			h.sees(a, 0, b)
			h.sees(b, 0, a)
			h.wait("highest layer", func() bool { return b.Video(0).Received().Last.Layer == 2 })
			h.rules(a, 0)
			h.rules(b, 0)
		})
	}
}

func TestEngine_SourcesStartShutAndStopAtTheServer(t *testing.T) {
	h := newHouse(t)
	a, b := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2})
	h.e.Bind(b.id, pair(0, a))
	a.Send(sfutest.Camera, true)
	a.Send(sfutest.Microphone, true)
	h.wait("a sends", func() bool { return a.Sent(sfutest.Camera).Frames > 5 && a.Sent(sfutest.Microphone).Packets > 10 })
	if v, s := b.Video(0).Received(), b.Audio(0).Received(); v.Packets+s.Packets > 0 {
		t.Fatalf("%d video and %d audio packets of sources never allowed", v.Packets, s.Packets)
	}
	h.e.Allow(a.id, Camera, true)
	h.e.Allow(a.id, Microphone, true)
	h.sees(b, 0, a)
	h.e.Allow(a.id, Camera, false) // the browser goes on sending, as Firefox does
	h.e.Allow(a.id, Microphone, false)
	time.Sleep(50 * time.Millisecond)
	before := b.Video(0).Received()
	sound := b.Audio(0).Received()
	if err := b.AskKeyframe(0); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	if n := b.Video(0).Received().Packets - before.Packets; n != 0 {
		t.Errorf("%d video packets after shutting", n)
	}
	if n := b.Audio(0).Received().Packets - sound.Packets; n != 0 {
		t.Errorf("%d audio packets after shutting", n)
	}
	h.e.Allow(a.id, Camera, true)
	h.wait("picture again, with a keyframe", func() bool { return b.Video(0).Received().Keyframes > before.Keyframes })
	h.rules(b, 0)
}

func TestDownTrack_NeverShowsAFaceBeforeItsKeyframe(t *testing.T) {
	h := newHouse(t)
	a, b, c := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2}), h.join(sfutest.Options{ID: 3})
	h.on(a, Microphone, Camera)
	h.on(b, Microphone, Camera)
	h.wait("both send all layers", func() bool {
		return a.SentLayer(sfutest.Camera, "f").Frames > 3 && b.SentLayer(sfutest.Camera, "f").Frames > 3
	})
	for i := range 8 {
		who := []*guest{a, b}[i%2]
		h.e.Bind(c.id, pair(3, who))
		h.sees(c, 3, who)
		time.Sleep(time.Duration(20+17*i) * time.Millisecond)
	}
	h.rules(c, 3)
	got := c.Video(3).Received()
	for i := 1; i < len(got.Senders); i++ {
		if got.Senders[i] == got.Senders[i-1] {
			t.Errorf("senders %v", got.Senders)
		}
	}
	if len(got.Senders) != 8 {
		t.Errorf("%d faces, want 8: %v", len(got.Senders), got.Senders)
	}
	h.e.Bind(c.id, Binding{Slot: 3})
	time.Sleep(50 * time.Millisecond)
	before := c.Video(3).Received().Packets + c.Audio(3).Received().Packets
	time.Sleep(150 * time.Millisecond)
	if n := c.Video(3).Received().Packets + c.Audio(3).Received().Packets - before; n != 0 {
		t.Errorf("%d packets in a silenced slot", n)
	}
}

func TestDownTrack_FirstPictureWithinAMomentOnAWarmPeer(t *testing.T) {
	h := newHouse(t)
	a, b := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2})
	h.on(a, Microphone, Camera)
	h.wait("a flows", func() bool { return a.heard.has("camera true") })
	time.Sleep(400 * time.Millisecond) // no keyframe is fresh
	start := time.Now()
	h.e.Bind(b.id, pair(0, a))
	h.sees(b, 0, a)
	if d := time.Since(start); d > 600*time.Millisecond {
		t.Errorf("first picture after %v", d)
	}
	h.rules(b, 0)
}

func TestDownTrack_LossIsRepairedOverRTX(t *testing.T) {
	t.Parallel()
	// Of a layer that was left for such a loss nothing would be sent again.
	h := houseWith(t, Config{UDP: "127.0.0.1:0", Without: Without{Allocation: true}})
	a, b := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2})
	h.e.Bind(b.id, pair(0, a))
	h.on(a, Microphone, Camera)
	h.sees(b, 0, a)
	h.wait("highest layer", func() bool { return b.Video(0).Received().Last.Layer == 2 })
	b.DropDown(func(seq uint16) bool { return seq%11 == 0 })
	h.wait("recovered packets", func() bool { return b.Video(0).Received().Recovered >= 5 })
	b.DropDown(nil)
	h.wait("nothing missing", func() bool { return b.Video(0).Received().Missing == 0 })
	h.rules(b, 0)
}

func TestUpTrack_LossIsAskedForAndRepaired(t *testing.T) {
	t.Parallel()
	h := houseWith(t, Config{UDP: "127.0.0.1:0", Without: Without{Allocation: true}}) // as above
	a, b := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2})
	h.e.Bind(b.id, pair(0, a))
	h.on(a, Microphone, Camera)
	h.sees(b, 0, a)
	h.wait("highest layer", func() bool { return b.Video(0).Received().Last.Layer == 2 })
	a.DropUp(sfutest.Camera, func(_ string, seq uint16) bool { return seq%13 == 0 })
	h.wait("resent packets", func() bool { return a.Sent(sfutest.Camera).Resent >= 5 })
	a.DropUp(sfutest.Camera, nil)
	h.wait("nothing missing", func() bool { return b.Video(0).Received().Missing == 0 })
	h.rules(b, 0)
}

func TestUpTrack_KeyframeRequestsAreCoalesced(t *testing.T) {
	h := newHouse(t)
	a := h.join(sfutest.Options{ID: 1})
	h.on(a, Camera)
	var viewers []*guest
	for i := range 3 {
		v := h.join(sfutest.Options{ID: uint32(10 + i)})
		h.e.Bind(v.id, Binding{Slot: 0, Video: Feed{a.id, Camera}})
		viewers = append(viewers, v)
	}
	for _, v := range viewers {
		h.wait("picture", func() bool { return v.Video(0).Received().Last.Layer == 2 })
	}
	time.Sleep(400 * time.Millisecond)
	before := a.SentLayer(sfutest.Camera, "f").PLIs
	start := time.Now()
	for time.Since(start) < time.Second {
		for _, v := range viewers {
			_ = v.AskKeyframe(0)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if n := a.SentLayer(sfutest.Camera, "f").PLIs - before; n < 2 || n > 4 {
		t.Errorf("%d requests reached the publisher in a second, want 2 to 4", n)
	}
}

func TestDownTrack_FallsToALayerThatFlows(t *testing.T) {
	h := newHouse(t)
	a, b := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2})
	h.e.Bind(b.id, pair(0, a))
	h.on(a, Microphone, Camera)
	h.wait("highest layer", func() bool { return b.Video(0).Received().Last.Layer == 2 })
	a.DropUp(sfutest.Camera, func(rid string, _ uint16) bool { return rid == "f" })
	h.wait("middle layer", func() bool { return b.Video(0).Received().Last.Layer == 1 })
	a.DropUp(sfutest.Camera, func(rid string, _ uint16) bool { return rid != "q" })
	h.wait("lowest layer", func() bool { return b.Video(0).Received().Last.Layer == 0 })
	a.DropUp(sfutest.Camera, nil)
	h.wait("highest layer again", func() bool { return b.Video(0).Received().Last.Layer == 2 })
	h.rules(b, 0)
}

func TestPeer_ManyPeopleAreShownSmaller(t *testing.T) {
	h := newHouse(t)
	a, v := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 9})
	h.on(a, Camera)
	layer := func(want uint8) {
		t.Helper()
		h.wait(fmt.Sprintf("layer %d", want), func() bool { return v.Video(0).Received().Last.Layer == want })
	}
	cam := func(slot int) Binding { return Binding{Slot: slot, Video: Feed{a.id, Camera}} }
	h.e.Bind(v.id, cam(0), cam(1))
	layer(2)
	h.e.Bind(v.id, cam(2))
	layer(1)
	h.e.Bind(v.id, Binding{Slot: 2})
	layer(2)
	if w := v.Video(0).Received().Wrong(); len(w) > 0 {
		t.Errorf("video: %v", w)
	}
	if d := time.Since(h.e.LastHeard(a.id)); d > time.Second {
		t.Errorf("last heard %v ago", d)
	}
}

func TestPeer_IceRestartKeepsEverything(t *testing.T) {
	h := newHouse(t)
	a, b := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2})
	h.e.Bind(a.id, pair(0, b))
	h.e.Bind(b.id, pair(0, a))
	h.on(a, Microphone, Camera)
	h.on(b, Microphone, Camera)
	h.sees(a, 0, b)
	h.sees(b, 0, a)
	for range 2 {
		time.Sleep(350 * time.Millisecond) // past the coalescing of requests
		offer, err := b.Restart()
		if err != nil {
			t.Fatal(err)
		}
		asked := a.Sent(sfutest.Camera).PLIs
		own := b.Sent(sfutest.Camera).PLIs
		answer, err := h.e.Restart(h.ctx, b.id, offer)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Answer(answer); err != nil {
			t.Fatal(err)
		}
		n, m := b.Video(0).Received().Packets, a.Video(0).Received().Packets
		start := time.Now()
		h.wait("media both ways", func() bool {
			return b.Video(0).Received().Packets > n+30 && a.Video(0).Received().Packets > m+30
		})
		h.wait("keyframes asked both ways", func() bool {
			return a.Sent(sfutest.Camera).PLIs > asked && b.Sent(sfutest.Camera).PLIs > own
		})
		t.Logf("media back after %v", time.Since(start))
	}
	for _, offer := range []string{"", plainOffer(ProfileWall), strings.Replace(plainOffer(ProfileRoom), " 0 1", " 0 z1", 1)} {
		if _, err := h.e.Restart(h.ctx, b.id, offer); !errors.Is(err, ErrBadOffer) {
			t.Errorf("restart by a bad offer: %v", err)
		}
	}
	if n := b.heard.count("connected"); n != 1 {
		t.Errorf("told connected %d times: %v", n, b.heard.all())
	}
	h.rules(b, 0)
	h.rules(a, 0)
}

func TestObserver_HearsStatesAndFlowsInOrder(t *testing.T) {
	h := newHouse(t)
	a := h.join(sfutest.Options{ID: 1})
	h.wait("connected", func() bool { return a.heard.has("connected") })
	h.on(a, Microphone, Camera)
	h.wait("flows", func() bool { return a.heard.has("camera true") && a.heard.has("microphone true") })
	h.e.Allow(a.id, Microphone, false)
	if !a.heard.has("microphone false") {
		t.Error("shutting was not told at once")
	}
	a.Send(sfutest.Camera, false)
	stopped := time.Now()
	h.wait("camera ceased", func() bool { return a.heard.has("camera false") })
	if d := time.Since(stopped); d < 1500*time.Millisecond || d > 4*time.Second {
		t.Errorf("told after %v, want about 2 s", d)
	}
	a.Close() // the browser says goodbye
	h.wait("closed", func() bool { return a.heard.has("closed") })
	news := a.heard.all()
	if news[0] != "connected" || news[len(news)-1] != "closed" {
		t.Errorf("news %v", news)
	}
	if _, ok := h.e.Stats(a.id); ok {
		t.Error("a closed peer is still there")
	}
}

func TestPeer_LostWithoutGoodbyeIsDisconnected(t *testing.T) {
	h := newHouse(t)
	a := h.join(sfutest.Options{ID: 1})
	h.on(a, Microphone)
	h.wait("flows", func() bool { return a.heard.has("microphone true") })
	p := h.e.peer(a.id)
	now := time.Now()
	if s := p.state(now); s != StateConnected {
		t.Errorf("state %s", s)
	}
	silence := func(d time.Duration) State { return p.state(p.lastHeard().Add(d)) }
	// That its sources flow no more is told before it is missed.
	for _, told := range []bool{true, false} {
		for _, u := range p.ups {
			u.told.Store(told)
		}
		if s := silence(awayFlowing + 100*time.Millisecond); s != StateDisconnected {
			t.Errorf("state %s after silence, sources told %v", s, told)
		}
		if s := silence(awayFlowing - 100*time.Millisecond); s != StateConnected {
			t.Errorf("state %s after a moment of silence", s)
		}
	}
	// Who has nothing to send checks now and then, and not so often.
	a.Send(sfutest.Microphone, false)
	h.wait("a check, long after the last packet", func() bool {
		i := slices.IndexFunc(p.ups, func(u *UpTrack) bool { return u.source == Microphone })
		return p.lastHeard().Sub(p.ups[i].last.get()) > 2*atOnce
	})
	if s := silence(awayFlowing + time.Second); s != StateConnected {
		t.Errorf("state %s of who is quiet", s)
	}
	if s := silence(awaySilent + time.Second); s != StateDisconnected {
		t.Errorf("state %s of who was quiet", s)
	}
}

func TestEngine_PublisherLeavesAndNobodyIsDisturbed(t *testing.T) {
	h := newHouse(t)
	a, b, c := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2}), h.join(sfutest.Options{ID: 3})
	h.e.Bind(c.id, pair(0, a), pair(1, b))
	h.on(a, Microphone, Camera)
	h.on(b, Microphone, Camera)
	h.sees(c, 0, a)
	h.sees(c, 1, b)
	h.e.ClosePeer(a.id)
	h.wait("a closed", func() bool { return a.heard.has("closed") })
	n := c.Video(1).Received().Packets
	h.wait("b goes on", func() bool { return c.Video(1).Received().Packets > n+20 })
	d := h.join(sfutest.Options{ID: 4})
	h.on(d, Microphone, Camera)
	h.e.Bind(c.id, pair(0, d))
	h.sees(c, 0, d)
	h.rules(c, 0, 1)
}

func TestEngine_WallShowsManyRooms(t *testing.T) {
	h := newHouse(t)
	w := h.join(sfutest.Options{ID: 99, Wall: true})
	a, b := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2})
	h.on(a, Microphone, Camera)
	h.on(b, Microphone, Camera)
	h.e.Bind(w.id, Binding{Slot: 0, Video: Feed{a.id, Camera}}, Binding{Slot: 31, Video: Feed{b.id, Camera}},
		Binding{Slot: WallVideos + 1, Audio: Feed{a.id, Microphone}})
	h.wait("two tiles and a voice", func() bool {
		return w.Video(0).Received().Last.Sender == 1 && w.Video(31).Received().Last.Sender == 2 &&
			w.Audio(WallVideos+1).Received().Last.Sender == 1
	})
	time.Sleep(300 * time.Millisecond)
	for _, l := range w.Video(0).Received().Layers {
		if l != 0 {
			t.Errorf("layers %v on a wall, want the lowest alone", w.Video(0).Received().Layers)
			break
		}
	}
}

// A console jumps between rooms: its slots follow people of any of them, and
// those who meet there notice nothing.
func TestEngine_WallFollowsPeopleOfManyRooms(t *testing.T) {
	h := newHouse(t)
	w := h.join(sfutest.Options{ID: 99, Wall: true})
	var people []*guest
	for id := range uint32(4) { // 1 and 2 meet, 3 and 4 meet
		g := h.join(sfutest.Options{ID: id + 1})
		h.on(g, Microphone, Camera)
		people = append(people, g)
	}
	for i, g := range people {
		h.e.Bind(g.id, pair(0, people[i^1]))
	}
	show := func(order ...int) {
		t.Helper()
		var bs []Binding
		for slot, i := range order {
			bs = append(bs, Binding{Slot: slot, Video: Feed{people[i].id, Camera}})
		}
		h.e.Bind(w.id, append(bs, Binding{Slot: WallVideos, Audio: Feed{people[order[0]].id, Microphone}})...)
		h.wait(fmt.Sprintf("people %v on the wall", order), func() bool {
			for slot, i := range order {
				if w.Video(slot).Received().Last.Sender != people[i].ID() {
					return false
				}
			}
			return w.Audio(WallVideos).Received().Last.Sender == people[order[0]].ID()
		})
	}
	show(0, 1, 2, 3)
	show(2, 3, 0, 1) // both rooms change places
	show(2, 0)       // the other slots stay
	for slot, want := range [][]uint32{{1, 3}, {2, 4, 1}, {3, 1}, {4, 2}} {
		got := w.Video(slot).Received()
		if !slices.Equal(got.Senders, want) {
			t.Errorf("slot %d showed %v, want %v", slot, got.Senders, want)
		}
		if slices.ContainsFunc(got.Layers, func(l uint8) bool { return l != 0 }) {
			t.Errorf("slot %d showed layers %v, want the lowest alone", slot, got.Layers)
		}
		if wrong := got.Wrong(); len(wrong) > 0 {
			t.Errorf("slot %d: %v", slot, wrong)
		}
	}
	if wrong := w.Audio(WallVideos).Received().Wrong(); len(wrong) > 0 {
		t.Errorf("audio: %v", wrong)
	}
	for i, g := range people {
		h.sees(g, 0, people[i^1])
		h.rules(g, 0)
		if got := g.Video(0).Received().Senders; len(got) != 1 {
			t.Errorf("%d was shown %v", g.ID(), got)
		}
	}
}

func TestPeer_NothingIsBoundAfterItsEnd(t *testing.T) {
	h := newHouse(t)
	a, b := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2})
	h.on(a, Camera)
	p := h.e.peer(b.id)
	p.told.state.Store(StateClosed) // as teardown has it, a moment before the loop ends
	h.e.Bind(b.id, pair(0, a))
	if n := len(*h.e.peer(a.id).upBySource(Camera).subs.Load()); n != 0 {
		t.Errorf("%d tracks of a peer that has ended watch", n)
	}
}

func TestEngine_ScreenWithoutSimulcastOnTheStage(t *testing.T) {
	h := newHouse(t)
	a, b := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2})
	h.e.Bind(b.id, Binding{Slot: SlotStage, Audio: Feed{a.id, ScreenAudio}, Video: Feed{a.id, Screen}})
	h.on(a, Screen, ScreenAudio)
	h.sees(b, SlotStage, a)
	if s := b.Video(SlotStage).Received().Last.SourceName(); s != sfutest.Screen {
		t.Errorf("source %s on the stage", s)
	}
	b.DropDown(func(seq uint16) bool { return seq%9 == 0 })
	h.wait("repaired", func() bool { return b.Video(SlotStage).Received().Recovered > 2 })
	h.rules(b, SlotStage)
}

func TestSlot_ReportsKeepLipsAndVoiceTogether(t *testing.T) {
	h := newHouse(t)
	a := h.join(sfutest.Options{ID: 1, ClockOffset: 37 * time.Minute})
	c := h.join(sfutest.Options{ID: 3, ClockOffset: -2 * time.Hour})
	b := h.join(sfutest.Options{ID: 2})
	h.on(a, Microphone, Camera)
	h.on(c, Microphone, Camera)
	for _, who := range []*guest{a, c, a} {
		va, aa := b.Video(0).Received().SRs, b.Audio(0).Received().SRs
		h.e.Bind(b.id, pair(0, who))
		h.sees(b, 0, who)
		h.wait("two reports each", func() bool {
			return b.Video(0).Received().SRs >= va+2 && b.Audio(0).Received().SRs >= aa+2
		})
		v, okV := b.Video(0).CaptureOffset()
		s, okA := b.Audio(0).CaptureOffset()
		if skew := (v - s).Abs(); !okV || !okA || skew > 25*time.Millisecond {
			t.Errorf("video %v (%v), audio %v (%v): skew %v", v, okV, s, okA, skew)
		}
	}
}

func TestPeer_PanicClosesThatPeerAlone(t *testing.T) {
	var log syncBuffer
	h := houseWith(t, Config{UDP: "127.0.0.1:0", Logger: slog.New(slog.NewTextHandler(&log, nil))})
	a, b := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2})
	h.e.Bind(b.id, pair(0, b))
	h.on(b, Microphone, Camera)
	h.sees(b, 0, b)
	p := h.e.peer(a.id)
	for range 3 {
		func() {
			defer p.guard()
			panic("index out of range")
		}()
	}
	h.wait("a closed", func() bool { return a.heard.has("closed") })
	n := b.Video(0).Received().Packets
	h.wait("b goes on", func() bool { return b.Video(0).Received().Packets > n+20 })
	if n := strings.Count(log.String(), "index out of range"); n != 1 {
		t.Errorf("logged %d times", n)
	}
}

type syncBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestEngine_CloseEndsEverything(t *testing.T) {
	e, err := New(Config{UDP: "127.0.0.1:0", TCP: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t, e, t.Context()}
	g, _ := h.open(sfutest.Options{ID: 1}) // never connects
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if !g.heard.has("closed") {
		t.Error("Close returned before the peer was closed")
	}
	offer, _ := g.Offer()
	if _, _, err := e.Open(t.Context(), Offer{Profile: ProfileRoom, SDP: offer}, g.heard); err == nil {
		t.Error("a closed engine opened a peer")
	}
	if _, err := e.Restart(t.Context(), g.id, offer); !errors.Is(err, ErrNoPeer) {
		t.Errorf("restart of a closed peer: %v", err)
	}
}

func TestEngine_R62_BrowserThatOffersManyCodecs(t *testing.T) {
	h := newHouse(t)
	m := &webrtc.MediaEngine{}
	if err := m.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	pc, err := webrtc.NewAPI(webrtc.WithMediaEngine(m)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	defer pc.GracefulClose()
	ws, _ := ProfileRoom.sections()
	for _, w := range ws {
		kind, dir := webrtc.RTPCodecTypeAudio, webrtc.RTPTransceiverDirectionRecvonly
		if w.kind == "video" {
			kind = webrtc.RTPCodecTypeVideo
		}
		if w.slot < 0 {
			dir = webrtc.RTPTransceiverDirectionSendonly
		}
		if _, err := pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: dir}); err != nil {
			t.Fatal(err)
		}
	}
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := pc.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	id, answer, err := h.e.Open(h.ctx, Offer{Profile: ProfileRoom, SDP: offer.SDP}, &watcher{})
	if err != nil {
		t.Fatal(err)
	}
	for _, codec := range []string{"PCMU", "G722", "H265"} {
		if strings.Contains(answer, codec+"/") {
			t.Errorf("the answer has %s", codec)
		}
	}
	all := []Encoding{EncodingVP8, EncodingVP9, EncodingH264, EncodingAV1}
	known, _ := h.e.Encodings(id)
	for name, got := range map[string][]Encoding{"screen": known.Screen, "stage": known.Stage} {
		slices.Sort(got)
		if want := slices.Sorted(slices.Values(all)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	var desc sdp.SessionDescription
	if err := desc.UnmarshalString(answer); err != nil {
		t.Fatal(err)
	}
	parameters := map[string]string{}
	for i, m := range desc.MediaDescriptions {
		if m.MediaName.Media != "video" {
			continue
		}
		codecs := readCodecs(m)
		if first := codecs[m.MediaName.Formats[0]]; first != "vp8/90000" {
			t.Errorf("section %d begins with %s", i, first)
		}
		for _, f := range readFormats(m, codecs) {
			if f.rtx == 0 {
				t.Errorf("section %d: nothing repairs %s", i, f.codec)
			}
		}
		for _, a := range m.Attributes {
			pt, text, _ := strings.Cut(a.Value, " ")
			if a.Key != "fmtp" {
				continue
			}
			if was, ok := parameters[pt]; ok && was != text {
				t.Errorf("section %d: payload type %s means %q, and before %q", i, pt, text, was)
			}
			parameters[pt] = text
			if strings.Contains(text, "profile-id=2") || strings.Contains(text, "packetization-mode=0") {
				t.Errorf("section %d: %s", i, text)
			}
		}
	}
}
