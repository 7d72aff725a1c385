package signaling_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu/sfutest"
	"sangdam/rooms/store/storetest"
	"sangdam/signaling/protocol"
	"sangdam/signaling/signaltest"
)

// These tests are the coordinators' side of the whole server. Whom one sees and
// hears is told by what media themselves say: every packet names its sender.

// rival is another event on the same server, with a room that is live.
func rival() *schedule.Event {
	e := fair(time.Now())
	e.ID, e.Name = "rival", "Another fair"
	for i := range e.Consultations {
		e.Consultations[i].ID = "R" + e.Consultations[i].ID[1:]
	}
	return e
}

// desk is a coordinator who watches the board.
func (h *house) desk(link string) *signaltest.Client {
	h.t.Helper()
	c := h.lobby(link)
	h.must(c.Watch(h.ctx))
	return c
}

// shows waits until the wall shows a person by their own picture.
func (h *house) shows(console, whom *signaltest.Client, seat string) {
	h.t.Helper()
	h.must(console.Wait(h.ctx, "a slot of the wall for "+seat, func(s signaltest.State) bool { return s.Shown(seat) >= 0 }))
	video := console.Media().Video(console.State().Shown(seat))
	h.eventually("the picture of "+seat, func() bool {
		v := video.Received()
		return v.Last.Sender == whom.Media().ID() && v.Last.SourceName() == camera && v.Keyframes > 0
	})
}

// hearsHelper waits until a person hears the coordinator.
func (h *house) hearsHelper(who, console *signaltest.Client) {
	h.t.Helper()
	h.eventually(who.Bootstrap.You.Role+" hears the coordinator", func() bool {
		return who.Media().Audio(helperSlot).Received().Last.Sender == console.Media().ID()
	})
}

// helperSlot is where a person hears a coordinator.
const helperSlot = 9

// voice counts what a person has heard of coordinators.
func voice(c *signaltest.Client) int { return c.Media().Audio(helperSlot).Received().Packets }

// everSent lists whose packets a client has got in any slot from first on.
func everSent(c *signaltest.Client, first, last int) []uint32 {
	var all []uint32
	for slot := first; slot <= last; slot++ {
		for _, r := range []*sfutest.Receiver{c.Media().Video(slot), c.Media().Audio(slot)} {
			if r != nil {
				all = append(all, r.Received().Senders...)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func ids(people ...*signaltest.Client) []uint32 {
	var all []uint32
	for _, p := range people {
		all = append(all, p.Media().ID())
	}
	slices.Sort(all)
	return all
}

// still is how long a test listens to make sure that nothing comes.
const still = 400 * time.Millisecond

// settled is what is under way.
const settled = 150 * time.Millisecond

func TestConsole_TheWallShowsTheRoomsThatAreNamedAndNeverAnotherEvents(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Mini(t), rival())
	firm, buyer, interpreter := h.enter("B1", talks), h.enter("U1", talks), h.enter("I1", talks)
	firm2, buyer2 := h.enter("B2", other), h.enter("U2", other)
	stranger := h.enter("rival/B1", "R01")
	foreign := h.enter("rival/U1", "R01")
	h.sees(stranger, foreign)
	console := h.desk("console")

	h.must(console.Show(h.ctx, "", talks, other, "R01", "nowhere"))
	h.shows(console, firm, "S01/firm")
	h.shows(console, buyer, "S01/buyer")
	h.shows(console, firm2, "S02/firm")
	h.shows(console, buyer2, "S02/buyer")
	if n := len(console.State().Wall); n != 4 {
		t.Errorf("%d slots: %+v", n, console.State().Wall)
	}

	// What is scrolled away is not sent; who stays keeps the slot.
	kept := console.State().Shown("S02/firm")
	h.must(console.Show(h.ctx, other, other))
	s := console.State()
	if s.Shown("S01/firm") >= 0 || s.Shown("S01/buyer") >= 0 || s.Shown("S02/firm") != kept {
		t.Errorf("after scrolling: %+v", s.Wall)
	}
	time.Sleep(settled)
	count := func() (n int) {
		for slot := range 32 {
			if slot != s.Shown("S02/firm") && slot != s.Shown("S02/buyer") {
				n += console.Media().Video(slot).Received().Packets
			}
		}
		return n
	}
	before := count()
	time.Sleep(still)
	if n := count() - before; n > 0 {
		t.Errorf("%d packets of what is scrolled away", n)
	}
	h.shows(console, firm2, "S02/firm")
	h.eventually("a higher layer of whom is looked at", func() bool {
		return len(console.Media().Video(kept).Received().Layers) > 1
	})

	// Who leaves leaves the wall; the next one takes the place.
	buyer2.Close()
	h.must(console.Wait(h.ctx, "the buyer to be gone from the wall", func(s signaltest.State) bool { return s.Shown("S02/buyer") < 0 }))
	h.shows(console, firm2, "S02/firm")

	// The rival's console asks for our rooms by their names, and its own.
	spy := h.desk("rival/console")
	h.must(spy.Show(h.ctx, talks, talks, other, "R01"))
	h.shows(spy, stranger, "R01/firm")
	h.refused(spy.Listen(h.ctx, talks), protocol.CodeNotFound)
	h.refused(spy.Speak(h.ctx, talks, ""), protocol.CodeNotFound)
	h.refused(spy.Steer(h.ctx, protocol.Steer{Key: "k", Action: "remove", Consultation: talks, Seat: "S01/firm"}), protocol.CodeNotFound)
	time.Sleep(still)
	if got, mine := everSent(spy, 0, 33), ids(stranger, foreign); !subset(got, mine) {
		t.Errorf("the rival's console got media of %v, its own people are %v", got, mine)
	}
	if got, mine := everSent(console, 0, 33), ids(firm, buyer, interpreter, firm2, buyer2); !subset(got, mine) {
		t.Errorf("the console got media of %v, its own people are %v", got, mine)
	}
	for _, p := range []*signaltest.Client{firm, buyer, interpreter, firm2} {
		if n := voice(p); n > 0 {
			t.Errorf("%s heard %d packets of a coordinator of another event", p.Bootstrap.You.Role, n)
		}
	}
	h.flawless(console)
	h.flawless(spy)
}

func subset(got, of []uint32) bool {
	return !slices.ContainsFunc(got, func(id uint32) bool { return !slices.Contains(of, id) })
}

// R36
func TestConsole_WhoHearsWhom(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Mini(t))
	firm, buyer, interpreter := h.enter("B1", talks), h.enter("U1", talks), h.enter("I1", talks)
	firm2, buyer2 := h.enter("B2", other), h.enter("U2", other)
	h.sees(firm, buyer)
	h.sees(firm2, buyer2)
	console := h.desk("console")
	inside, outside := []*signaltest.Client{firm, buyer, interpreter}, []*signaltest.Client{firm2, buyer2}
	told := func(c *signaltest.Client, mode string, toMe bool) {
		t.Helper()
		h.must(c.Wait(h.ctx, fmt.Sprintf("to be told of %s, to me %v", mode, toMe), func(s signaltest.State) bool {
			return len(s.Helpers) == 1 && s.Helpers[0].Mode == mode && s.Helpers[0].ToMe == toMe
		}))
	}

	// Listening: the console hears this room and nobody hears the console, though
	// its browser sends.
	h.must(console.Listen(h.ctx, talks))
	console.Media().Send(mic, true)
	for _, c := range inside {
		told(c, "listen", false)
	}
	h.eventually("somebody of the room is heard", func() bool {
		return len(everSent(console, 32, 33)) > 0
	})
	time.Sleep(still)
	for _, c := range append(inside, outside...) {
		if n := voice(c); n > 0 {
			t.Errorf("%s heard %d packets of one who listens", c.Bootstrap.You.Role, n)
		}
	}
	if got := everSent(console, 32, 33); !subset(got, ids(inside...)) {
		t.Errorf("heard %v, in the room are %v", got, ids(inside...))
	}

	// Speaking: all in the room hear it, and nobody elsewhere.
	h.must(console.Speak(h.ctx, talks, ""))
	for _, c := range inside {
		h.hearsHelper(c, console)
		told(c, "speak", true)
	}
	h.must(console.Wait(h.ctx, "the row to tell of the helper", func(s signaltest.State) bool {
		return len(s.Rows[talks].Helpers) == 1 && s.Rows[talks].Helpers[0].Mode == "speak"
	}))

	// Another coordinator may listen, and not speak there.
	colleague := h.desk("colleague")
	h.must(colleague.Listen(h.ctx, talks))
	h.refused(colleague.Speak(h.ctx, talks, ""), protocol.CodeConflict)
	h.must(colleague.Quiet(h.ctx))

	// A whisper reaches the named side alone.
	h.must(console.Speak(h.ctx, talks, "buyer"))
	told(buyer, "speak", true)
	told(firm, "listen", false)
	told(interpreter, "listen", false)
	time.Sleep(settled)
	others, heard := voice(firm)+voice(interpreter), voice(buyer)
	time.Sleep(still)
	if n := voice(firm) + voice(interpreter) - others; n > 0 {
		t.Errorf("%d packets of a whisper reached others", n)
	}
	if voice(buyer)-heard < 10 {
		t.Errorf("the buyer heard %d packets of the whisper", voice(buyer)-heard)
	}
	// Who joins while somebody is whispered to hears nothing of it.
	interpreter.Close()
	again := h.enter("I1", talks)
	told(again, "listen", false)
	time.Sleep(still)
	if n := voice(again); n > 0 {
		t.Errorf("who came later heard %d packets of a whisper", n)
	}

	// Another room: the former hears no more.
	h.must(console.Speak(h.ctx, other, ""))
	for _, c := range outside {
		h.hearsHelper(c, console)
	}
	h.must(buyer.Wait(h.ctx, "nobody to help", func(s signaltest.State) bool { return len(s.Helpers) == 0 }))
	time.Sleep(settled)
	heard = voice(buyer) + voice(firm) + voice(again)
	time.Sleep(still)
	if n := voice(buyer) + voice(firm) + voice(again) - heard; n > 0 {
		t.Errorf("%d packets in the room that was left", n)
	}

	// Quiet: the browser goes on sending, and nobody hears it.
	h.must(console.Quiet(h.ctx))
	console.Media().Send(mic, true)
	h.must(buyer2.Wait(h.ctx, "nobody to help", func(s signaltest.State) bool { return len(s.Helpers) == 0 }))
	time.Sleep(settled)
	heard, mine := voice(firm2)+voice(buyer2), console.Media().Audio(32).Received().Packets+console.Media().Audio(33).Received().Packets
	time.Sleep(still)
	if n := voice(firm2) + voice(buyer2) - heard; n > 0 {
		t.Errorf("%d packets of one who is quiet", n)
	}
	if n := console.Media().Audio(32).Received().Packets + console.Media().Audio(33).Received().Packets - mine; n > 0 {
		t.Errorf("one who is quiet hears %d packets", n)
	}
	for _, c := range append(append(inside[:2:2], again), outside...) {
		h.flawless(c)
	}
	h.flawless(console)
}

func TestConsole_AnEndedSessionSeesHearsAndSaysNothing(t *testing.T) {
	for name, end := range map[string]func(*house, *signaltest.Client){
		"bye":    func(h *house, c *signaltest.Client) { h.must(c.Raw([]byte(`{"type":"bye"}`))) },
		"revoke": func(h *house, _ *signaltest.Client) { h.server.Expel(h.ctx, h.links["console"].Link.ID) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, storetest.Mini(t))
			firm, buyer := h.enter("B1", talks), h.enter("U1", talks)
			console := h.desk("console")
			h.must(console.Show(h.ctx, "", talks))
			h.must(console.Speak(h.ctx, talks, ""))
			h.shows(console, firm, "S01/firm")
			h.hearsHelper(buyer, console)
			got := func() (n int) {
				for slot := range 34 {
					for _, r := range []*sfutest.Receiver{console.Media().Video(slot), console.Media().Audio(slot)} {
						if r != nil {
							n += r.Received().Packets
						}
					}
				}
				return n
			}

			end(h, console)
			h.eventually("the socket to end", func() bool { return console.Ended() != nil })
			h.must(buyer.Wait(h.ctx, "nobody to help", func(s signaltest.State) bool { return len(s.Helpers) == 0 }))
			time.Sleep(settled)
			said, seen := voice(firm)+voice(buyer), got()
			time.Sleep(still)
			if n := voice(firm) + voice(buyer) - said; n > 0 {
				t.Errorf("%d packets of a console that is gone were heard", n)
			}
			if n := got() - seen; n > 0 {
				t.Errorf("%d packets reached a console that is gone", n)
			}
			h.sees(firm, buyer)
		})
	}
}

func TestConsole_ChangesAreToldWithinASecond(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	console := h.desk("console")
	h.must(console.Show(h.ctx, "", talks))
	firm := h.enter("B1", talks)
	var worst time.Duration
	within := func(what string, do func(), told func(signaltest.State) bool) {
		t.Helper()
		began := time.Now()
		do()
		h.must(console.Wait(h.ctx, what, told))
		worst = max(worst, time.Since(began))
		if took := time.Since(began); took > time.Second {
			t.Errorf("%s took %v", what, took)
		}
	}
	state := func(s signaltest.State, role string) string {
		for _, o := range s.Rows[talks].Seats {
			if o.Role == role {
				return o.State
			}
		}
		return ""
	}
	for range 10 {
		buyer := h.lobby("U1")
		within("the buyer to be there, and seen",
			func() { h.must(buyer.Join(h.ctx, talks, mic, camera)) },
			func(s signaltest.State) bool { return state(s, "buyer") == "here" && s.Shown("S01/buyer") >= 0 })
		within("the buyer to be muted",
			func() { h.must(buyer.Source(h.ctx, mic, false)) },
			func(s signaltest.State) bool {
				i := slices.IndexFunc(s.Rows[talks].Seats, func(o protocol.SeatState) bool { return o.Role == "buyer" })
				return i >= 0 && !slices.Contains(s.Rows[talks].Seats[i].Sources, mic)
			})
		within("the buyer to be gone", buyer.Close,
			func(s signaltest.State) bool { return state(s, "buyer") == "left" && s.Shown("S01/buyer") < 0 })
	}
	var revision protocol.Timetable
	h.must(console.Call(h.ctx, http.MethodGet, "timetable", nil, &revision))
	within("a change of the timetable",
		func() {
			h.must(console.Call(h.ctx, http.MethodPost, "edits", protocol.EditRequest{Revision: revision.Revision, Op: "cancel", Consultation: later}, nil))
		},
		func(s signaltest.State) bool { return s.Rows[later].Clock.Phase == "cancelled" })
	t.Logf("the slowest of 31 changes took %v", worst)
	h.flawless(console)
	h.flawless(firm)
}

// acts lists what staff did, as "action what|seat|why" of the ledger.
func (h *house) acts() (all []string) {
	h.t.Helper()
	h.must(h.store.Flush(h.ctx))
	h.must(h.store.Entries(h.ctx, h.event.ID, func(e schedule.Entry) error {
		if e.Kind == schedule.EntryStaff {
			if e.By == "" {
				h.t.Errorf("nobody did %+v", e)
			}
			all = append(all, e.Detail+"|"+string(e.Seat)+"|"+e.Words)
		}
		return nil
	}))
	return all
}

func (h *house) acted(want ...string) {
	h.t.Helper()
	all := h.acts()
	for _, w := range want {
		if !slices.Contains(all, w) {
			h.t.Errorf("the ledger has no %q: %q", w, all)
		}
	}
}

// R37
func TestConsole_MuteRemoveAndAdmit(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Mini(t))
	firm, buyer := h.enter("B1", talks), h.enter("U1", talks)
	h.sees(firm, buyer)
	console := h.desk("console")
	steer := func(key, action, source string) error {
		return console.Steer(h.ctx, protocol.Steer{
			Key: key, Action: action, Consultation: talks, Seat: "S01/buyer", Source: source, Reason: "loud neighbours",
		})
	}

	h.must(steer("k1", "mute", mic))
	audio := firm.Media().Audio(firm.State().SlotOf(buyer.Session()))
	h.must(buyer.Wait(h.ctx, "the order", func(s signaltest.State) bool {
		return len(s.Orders) == 1 && s.Orders[0].Kind == "mute" && s.Orders[0].Source == mic && s.Orders[0].By != ""
	}))
	h.must(firm.Wait(h.ctx, "the microphone to be off", func(s signaltest.State) bool {
		return !slices.Contains(s.Participants[buyer.Session()].Sources, mic)
	}))
	time.Sleep(settled)
	heard := audio.Received().Packets // the browser goes on sending
	time.Sleep(still)
	if n := audio.Received().Packets - heard; n > 0 {
		t.Errorf("%d packets of one who is muted", n)
	}
	h.must(buyer.Source(h.ctx, mic, true)) // the person may open it again
	h.eventually("the buyer to be heard again", func() bool { return audio.Received().Packets > heard+5 })
	h.must(steer("k1", "mute", mic)) // a repetition does nothing again
	time.Sleep(settled)
	if n := len(buyer.State().Orders); n != 1 {
		t.Errorf("%d orders after a repetition", n)
	}

	h.must(steer("k2", "remove", ""))
	h.must(buyer.Wait(h.ctx, "to be out", func(s signaltest.State) bool { return !s.InRoom && s.Went(buyer.Session()) == 1 }))
	if err := buyer.Ended(); err != nil {
		t.Errorf("the socket of who was removed ended: %v", err)
	}
	h.refused(buyer.Join(h.ctx, talks, mic, camera), protocol.CodeHeld)
	h.refused(h.lobby("U1").Join(h.ctx, talks, mic, camera), protocol.CodeHeld) // on another device, too
	h.must(console.Wait(h.ctx, "the seat to be held", func(s signaltest.State) bool {
		return slices.Contains(s.Rows[talks].Held, "S01/buyer")
	}))
	h.must(buyer.Ask(h.ctx, protocol.TypeWait, protocol.Wait{Consultation: talks}, nil))
	h.must(steer("k3", "admit", ""))
	h.must(buyer.Wait(h.ctx, "to be called in", func(s signaltest.State) bool {
		return len(s.Orders) == 2 && s.Orders[1].Kind == "come_in"
	}))
	h.must(buyer.Join(h.ctx, talks, mic, camera))
	h.sees(firm, buyer)
	h.refused(console.Steer(h.ctx, protocol.Steer{Key: "k4", Action: "mute", Source: mic, Consultation: talks, Seat: "S01/interpreter"}), protocol.CodeNotFound)
	h.refused(console.Steer(h.ctx, protocol.Steer{Key: "k5", Action: "remove", Consultation: talks, Seat: "S02/buyer"}), protocol.CodeNotFound)
	h.acted("mute microphone|S01/buyer|loud neighbours", "remove|S01/buyer|loud neighbours", "admit|S01/buyer|loud neighbours")
	h.flawless(firm)
}

// R38
func TestConsole_DevicesAndDiagnosticsComeBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Mini(t))
	firm := h.enter("B1", talks)
	o := h.options("U1")
	devices := protocol.Devices{
		Microphones: []protocol.DeviceInfo{{ID: "a", Label: "USB Audio"}}, Cameras: []protocol.DeviceInfo{}, Speakers: []protocol.DeviceInfo{},
		Microphone: "a", Gain: 100,
	}
	o.Obey = func(order protocol.Order) protocol.SendReport {
		r := protocol.SendReport{Order: order.ID}
		switch order.Kind {
		case "devices":
			r.Devices = &devices
		case "diagnose":
			r.Diagnostics = &protocol.Diagnostics{Browser: "Chromium", Route: "udp host", Lines: []string{"one\u202e", "two"}}
		case "camera":
			r.Failed = "no_such_device"
		}
		return r
	}
	buyer, err := signaltest.Visit(h.ctx, o)
	h.must(err)
	t.Cleanup(buyer.Close)
	h.must(buyer.Join(h.ctx, talks, mic, camera))
	console := h.desk("console")
	colleague := h.desk("colleague")
	ask := func(key, action, device string, gain int) protocol.Report {
		t.Helper()
		h.must(console.Steer(h.ctx, protocol.Steer{Key: key, Action: action, Consultation: talks, Seat: "S01/buyer", Device: device, Gain: gain}))
		h.must(console.Wait(h.ctx, "the report of "+action, func(s signaltest.State) bool {
			_, ok := s.ReportOf(key)
			return ok
		}))
		r, _ := console.State().ReportOf(key)
		if r.Consultation != talks || r.Seat != "S01/buyer" {
			t.Errorf("%s came back as %+v", action, r)
		}
		return r
	}
	if r := ask("d", "devices", "", 0); r.Devices == nil || len(r.Devices.Microphones) != 1 || r.Devices.Microphones[0].Label != "USB Audio" || r.Failed != "" {
		t.Errorf("devices: %+v", r)
	}
	if r := ask("x", "diagnose", "", 0); r.Diagnostics == nil || r.Diagnostics.Browser != "Chromium" || !slices.Equal(r.Diagnostics.Lines, []string{"one", "two"}) {
		t.Errorf("diagnostics: %+v", r.Diagnostics)
	}
	if r := ask("c", "camera", "gone", 0); r.Failed != "no_such_device" {
		t.Errorf("a camera that is not there: %+v", r)
	}
	h.must(console.Steer(h.ctx, protocol.Steer{Key: "g", Action: "gain", Consultation: talks, Seat: "S01/buyer", Gain: 150}))
	h.must(buyer.Wait(h.ctx, "the order of gain", func(s signaltest.State) bool {
		return slices.ContainsFunc(s.Orders, func(o protocol.Order) bool { return o.Kind == "gain" && o.Gain == 150 })
	}))

	// In the lobby, too.
	h.must(buyer.Leave(h.ctx))
	h.must(buyer.Ask(h.ctx, protocol.TypeWait, protocol.Wait{Consultation: talks}, nil))
	if r := ask("l", "devices", "", 0); r.Devices == nil {
		t.Errorf("devices in the lobby: %+v", r)
	}
	// The firm's screen never answers; when it goes, the console hears so.
	h.must(console.Steer(h.ctx, protocol.Steer{Key: "f", Action: "diagnose", Consultation: talks, Seat: "S01/firm"}))
	firm.Close()
	h.must(console.Wait(h.ctx, "the firm's answer", func(s signaltest.State) bool {
		r, ok := s.ReportOf("f")
		return ok && r.Failed == "gone"
	}))
	// What one console asked for is told to no other.
	if n := len(colleague.State().Reports); n > 0 {
		t.Errorf("a colleague got %d reports", n)
	}
	h.acted("diagnose|S01/buyer|")
	h.flawless(console)
	h.flawless(buyer)
}

// R39
func TestConsole_VitalsTellWhoHearsNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Mini(t))
	firm, buyer := h.enter("B1", talks), h.enter("U1", talks)
	h.sees(firm, buyer)
	console := h.desk("console")
	tell := func() {
		h.must(buyer.Ask(h.ctx, protocol.TypeVitals, protocol.TellVitals{
			Microphone: "ok", Camera: "ok", Limited: "cpu", Unheard: []string{"S01/firm"}, Frozen: 0.3, Freezes: 4,
		}, nil))
	}
	shows := func(symptom string) func(s signaltest.State) bool {
		return func(s signaltest.State) bool {
			return slices.ContainsFunc(s.Rows[talks].Vitals, func(v protocol.Vitals) bool {
				return v.Seat == "S01/buyer" && v.Route == "udp" && slices.Contains(v.Symptoms, symptom)
			})
		}
	}
	tell()
	h.must(console.Wait(h.ctx, "the buyer's vitals", shows("cpu")))
	// Whom it does not hear counts once that voice has come in here for as long
	// as a browser listens before it says so; browsers say it every 5 s.
	done := make(chan error, 1)
	go func() { done <- console.Wait(h.ctx, "that the buyer hears nothing", shows("one_way_in")) }()
	again := time.NewTicker(5 * time.Second)
	defer again.Stop()
	for told := false; !told; {
		select {
		case err := <-done:
			h.must(err)
			told = true
		case <-again.C:
			tell()
		}
	}
	h.refused(console.Ask(h.ctx, protocol.TypeVitals, protocol.TellVitals{Microphone: "ok", Camera: "ok", Limited: "none"}, nil), protocol.CodeNotFound)
	h.flawless(console)
}

func TestConsole_TwoCoordinatorsShareTheRooms(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	one, two := h.desk("console"), h.desk("colleague")
	h.must(one.Wait(h.ctx, "both at their consoles", func(s signaltest.State) bool { return len(s.Staff) == 2 }))
	me, she := one.State().You.ID, two.State().You.ID
	carer := func(s signaltest.State, c string) string {
		if care := s.Rows[c].Care; care != nil {
			return care.ID
		}
		return ""
	}
	for _, c := range []string{talks, other} {
		h.must(one.Call(h.ctx, http.MethodPost, "consultations/"+c+"/care", protocol.CareRequest{Take: true}, nil))
	}
	h.must(two.Wait(h.ctx, "the colleague's two rooms", func(s signaltest.State) bool {
		i := slices.IndexFunc(s.Staff, func(h protocol.StaffHere) bool { return h.ID == me })
		return carer(s, talks) == me && carer(s, other) == me && i >= 0 && s.Staff[i].Rooms == 2
	}))
	h.refused(two.Call(h.ctx, http.MethodPost, "consultations/"+talks+"/care", protocol.CareRequest{}, nil), protocol.CodeForbidden)
	h.refused(one.Call(h.ctx, http.MethodPost, "handover", protocol.HandOverRequest{To: "nobody"}, nil), protocol.CodeNotFound)
	var done protocol.HandedOver
	h.must(one.Call(h.ctx, http.MethodPost, "handover", protocol.HandOverRequest{To: she}, &done))
	if done.Rooms != 2 {
		t.Errorf("%d rooms handed over", done.Rooms)
	}
	h.must(one.Wait(h.ctx, "the rooms to be hers", func(s signaltest.State) bool {
		return carer(s, talks) == she && carer(s, other) == she
	}))
	two.Close()
	h.must(one.Wait(h.ctx, "the colleague to be gone", func(s signaltest.State) bool { return len(s.Staff) == 1 }))
	h.flawless(one)
}

func TestConsole_RedisAwayIsToldAndNobodyNotices(t *testing.T) {
	t.Parallel()
	url, kill, restart := storetest.Redis(t)
	h := newHouse(t, url)
	firm, buyer := h.enter("B1", talks), h.enter("U1", talks)
	h.sees(firm, buyer)
	console, stranger := h.desk("console"), h.opened("colleague")
	kill()
	h.must(buyer.Source(h.ctx, camera, false)) // something for the record
	h.must(buyer.Source(h.ctx, camera, true))
	h.must(console.Wait(h.ctx, "the banner", func(s signaltest.State) bool {
		return s.Storage.AwaySince != nil && s.Storage.Waiting > 0 && s.Storage.Affected == 0
	}))
	h.must(console.Show(h.ctx, "", talks))
	h.shows(console, buyer, "S01/buyer")
	h.sees(firm, buyer)
	// Who has a session goes on steering; whoever has none is not let in.
	h.must(console.Call(h.ctx, http.MethodPost, onTalks+"care", protocol.CareRequest{Take: true}, nil))
	h.must(console.Call(h.ctx, http.MethodPost, onTalks+"contacts", protocol.ContactRequest{Role: "interpreter", Outcome: "called"}, nil))
	h.must(console.Call(h.ctx, http.MethodGet, onTalks+"script", nil, &protocol.Script{}))
	h.must(console.Steer(h.ctx, protocol.Steer{Key: "k", Action: "mute", Consultation: talks, Seat: "S01/buyer", Source: mic}))
	h.refused(stranger.Call(h.ctx, http.MethodGet, "board", nil, nil), protocol.CodeUnavailable)
	h.refused(console.Call(h.ctx, http.MethodPost, onTalks+"extend", protocol.ExtendRequest{Revision: 1, Minutes: 5}, nil), protocol.CodeUnavailable)
	h.must(console.Wait(h.ctx, "the consultation that could not be extended", func(s signaltest.State) bool {
		return s.Storage.Affected == 1 && s.Rows[talks].Care != nil && len(s.Rows[talks].Contacts) == 1
	}))
	restart()
	h.must(console.Wait(h.ctx, "all to be well", func(s signaltest.State) bool {
		return s.Storage.AwaySince == nil && s.Storage.Waiting == 0
	}))
	h.acted("care||", "mute microphone|S01/buyer|")
	if got := h.entries(schedule.EntryContact); len(got) != 1 {
		t.Errorf("calls in the record: %+v", got)
	}
	h.flawless(console)
	h.flawless(firm)
}

func TestConsole_AViewerOnlyLooks(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Mini(t), rival())
	firm, buyer := h.enter("B1", talks), h.enter("U1", talks)
	viewer := h.desk("viewer")
	if s := viewer.State(); s.You.Right != "viewer" || s.You.ID == "" {
		t.Errorf("you are %+v", s.You)
	}
	h.must(viewer.Show(h.ctx, talks, talks))
	h.shows(viewer, firm, "S01/firm")
	ask := func(typ string, body any) error { return viewer.Ask(h.ctx, typ, body, nil) }
	for what, err := range map[string]error{
		"listen": viewer.Listen(h.ctx, talks),
		"speak":  viewer.Speak(h.ctx, talks, "buyer"),
		"quiet":  viewer.Quiet(h.ctx),
		"steer":  viewer.Steer(h.ctx, protocol.Steer{Key: "k", Action: "devices", Consultation: talks, Seat: "S01/firm"}),
		"note":   ask(protocol.TypeNote, protocol.SendNote{To: "*", Key: "k", Text: "hello"}),
		"seen":   ask(protocol.TypeSeen, protocol.Seen{Note: "n"}),
		"join":   ask(protocol.TypeJoin, protocol.Join{Consultation: talks}),
	} {
		if signaltest.CodeOf(err) != protocol.CodeForbidden {
			t.Errorf("%s: %v", what, err)
		}
	}
	post := func(path string, body any) error { return viewer.Call(h.ctx, http.MethodPost, path, body, nil) }
	const on = "consultations/" + talks + "/"
	for what, err := range map[string]error{
		"contact":  post(on+"contacts", protocol.ContactRequest{Role: "buyer", Outcome: "called"}),
		"care":     post(on+"care", protocol.CareRequest{Take: true}),
		"handover": post("handover", protocol.HandOverRequest{To: "x"}),
		"end":      post(on+"end", protocol.Reasoned{Reason: "why not"}),
		"paper":    post(on+"papers", protocol.PaperRequest{Seat: "S01/buyer", Provenance: "a sheet"}),
		"erase":    post("erasures", protocol.EraseRequest{Party: "U1", Reason: "because"}),
		"verdict":  post(on+"verdict", protocol.VerdictRequest{Verdict: "held"}),
		"extend":   post(on+"extend", protocol.ExtendRequest{Minutes: 5}),
		"edit":     post("edits", protocol.EditRequest{Op: "cancel", Consultation: talks}),
	} {
		if signaltest.CodeOf(err) != protocol.CodeForbidden {
			t.Errorf("%s: %v", what, err)
		}
	}
	var board protocol.Board
	h.must(viewer.Call(h.ctx, http.MethodGet, "board", nil, &board))
	if len(board.Rows) != 3 || board.Staff == nil || board.Crosstalk == nil {
		t.Errorf("the board: %+v", board)
	}
	var script protocol.Script
	h.must(viewer.Call(h.ctx, http.MethodGet, on+"script", nil, &script))

	// A coordinator of another event, by REST.
	spy, err := signaltest.Open(h.ctx, h.options("rival/console"))
	h.must(err)
	spy.Bootstrap.Event.ID = string(h.event.ID)
	for _, path := range []string{"board", on + "script", "timetable", "attendance", "links"} {
		h.refused(spy.Call(h.ctx, http.MethodGet, path, nil, nil), protocol.CodeForbidden)
	}
	h.refused(spy.Call(h.ctx, http.MethodPost, on+"end", protocol.Reasoned{Reason: "envy"}, nil), protocol.CodeForbidden)
	h.refused(buyer.Call(h.ctx, http.MethodGet, "board", nil, nil), protocol.CodeForbidden)

	time.Sleep(still)
	if got := everSent(viewer, 32, 33); len(got) > 0 || voice(firm)+voice(buyer) > 0 {
		t.Errorf("a viewer heard %v and was heard %d times", got, voice(firm)+voice(buyer))
	}
	if acts := h.acts(); len(acts) > 0 {
		t.Errorf("a viewer did %q", acts)
	}
}

func TestConsole_MediaMayComeLater(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Mini(t))
	firm := h.enter("B1", talks)
	o := h.options("console")
	o.NoMedia = true
	console, err := signaltest.Visit(h.ctx, o)
	h.must(err)
	t.Cleanup(console.Close)
	h.must(console.Watch(h.ctx))
	h.refused(console.Show(h.ctx, "", talks), protocol.CodeForbidden)
	h.must(console.Rebuild(h.ctx))
	h.must(console.Show(h.ctx, "", talks))
	h.shows(console, firm, "S01/firm")

	// A new PeerConnection takes the wall over, and a new socket hears of it again.
	h.must(console.Rebuild(h.ctx))
	h.shows(console, firm, "S01/firm")
	h.must(console.Listen(h.ctx, talks))
	console.Cut()
	buyer := h.enter("U1", talks)
	h.must(console.Resume(h.ctx))
	h.shows(console, buyer, "S01/buyer")
	h.must(firm.Wait(h.ctx, "the listener to be there still", func(s signaltest.State) bool { return len(s.Helpers) == 1 }))
	h.flawless(console)
}

func TestConsole_ALiveConsultationMovesToAnotherBooth(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Mini(t))
	firm, buyer := h.enter("B1", talks), h.enter("U1", talks)
	h.sees(buyer, firm)
	next := h.lobby("B3")
	console := h.desk("console")
	edit := func(booth string, live bool) protocol.Outcome {
		t.Helper()
		var table protocol.Timetable
		h.must(console.Call(h.ctx, http.MethodGet, "timetable", nil, &table))
		var out protocol.Outcome
		h.must(console.Call(h.ctx, http.MethodPost, "edits", protocol.EditRequest{
			Revision: table.Revision, Op: "move_booth", Consultation: talks, Booth: booth, Live: live, Reason: "the camera there is broken",
		}, &out))
		return out
	}
	if out := edit("B3", false); out.Applied || out.Refusal == nil || out.Refusal.Code != "fixed" {
		t.Errorf("without saying so: %+v", out)
	}
	h.enter("U2", other)
	h.enter("B2", other)
	h.must(console.Wait(h.ctx, "the other room to be live", func(s signaltest.State) bool { return s.Rows[other].Clock.Phase == "live" }))
	if out := edit("B2", true); out.Applied || out.Refusal == nil || out.Refusal.Code != "booth_in_use" {
		t.Errorf("where others talk: %+v", out)
	}
	if out := edit("B3", true); !out.Applied {
		t.Fatalf("the move: %+v", out)
	}
	h.must(firm.Wait(h.ctx, "the former screen to be out", func(s signaltest.State) bool { return !s.InRoom && s.Went(firm.Session()) == 1 }))
	h.must(next.Wait(h.ctx, "the next screen to be called in", func(s signaltest.State) bool {
		return len(s.Orders) == 1 && s.Orders[0].Kind == "come_in" && s.Orders[0].Consultation == talks
	}))
	h.refused(firm.Join(h.ctx, talks, mic, camera), protocol.CodeForbidden)
	h.must(next.Join(h.ctx, talks, mic, camera))
	h.sees(buyer, next)
	h.sees(next, buyer)
	if s := buyer.State(); !s.InRoom || len(s.Participants) != 2 {
		t.Errorf("the buyer was disturbed: %+v", s.Participants)
	}
	h.must(console.Wait(h.ctx, "the row to say so", func(s signaltest.State) bool { return s.Rows[talks].Consultation.Booth == "Booth 3" }))
	h.acted("edit move_booth 2||the camera there is broken")
	h.flawless(buyer)
	h.flawless(next)
}

func TestConsole_ScreensThatWaitAreToldOfAMove(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.Mini(t))
	console := h.desk("console")
	first, second, third := h.lobby("B1"), h.lobby("B2"), h.lobby("B3")
	waits := func(c *signaltest.Client, consultation string) {
		h.must(c.Ask(h.ctx, protocol.TypeWait, protocol.Wait{Consultation: consultation}, nil))
	}
	waits(first, talks)
	waits(second, other)
	edit := func(r protocol.EditRequest) {
		t.Helper()
		var table protocol.Timetable
		h.must(console.Call(h.ctx, http.MethodGet, "timetable", nil, &table))
		r.Revision = table.Revision
		var out protocol.Outcome
		h.must(console.Call(h.ctx, http.MethodPost, "edits", r, &out))
		if !out.Applied {
			t.Fatalf("%+v", out)
		}
	}
	called := func(c *signaltest.Client, consultation string) {
		t.Helper()
		h.must(c.Wait(h.ctx, "to be called in to "+consultation, func(s signaltest.State) bool {
			return len(s.Orders) == 1 && s.Orders[0].Kind == "come_in" && s.Orders[0].Consultation == consultation
		}))
	}
	edit(protocol.EditRequest{Op: "swap_booths", Consultation: talks, Other: other})
	for _, c := range []*signaltest.Client{first, second} {
		h.must(c.Wait(h.ctx, "to be out", func(s signaltest.State) bool { return s.Went(c.Session()) == 1 }))
	}
	called(first, other)
	called(second, talks)
	// Of tomorrow's consultation no screen hears today, and a screen that sits
	// elsewhere is not disturbed.
	h.must(first.Join(h.ctx, other, mic, camera))
	edit(protocol.EditRequest{Op: "move_booth", Consultation: later, Booth: "B3"})
	time.Sleep(settled)
	if n := len(third.State().Orders); n != 0 {
		t.Errorf("%d orders for a consultation of tomorrow", n)
	}
	if s := first.State(); !s.InRoom || len(s.Orders) != 1 {
		t.Errorf("who sits elsewhere was told %+v", s.Orders)
	}
	for _, c := range []*signaltest.Client{first, second, third} {
		h.flawless(c)
	}
}
