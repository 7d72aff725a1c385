package signaling_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store/storetest"
	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
	"sangdam/signaling/signaltest"
)

// door is what a person types into a device, as the page of a link tells it.
func (h *house) door(link string, p auth.Purpose) signaltest.DeviceOptions {
	h.t.Helper()
	m := h.links[link].Link
	path := map[auth.Purpose]string{auth.PurposePublish: "/whip/", auth.PurposeWatch: "/whep/"}[p]
	return signaltest.DeviceOptions{URL: h.url + path + string(m.ID), Token: houseKeeper(h.t).Device(p, m.ID, m.Version), ID: h.people.Add(1)}
}

func houseKeeper(t *testing.T) *auth.Keeper {
	t.Helper()
	k, err := auth.NewKeeper([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// encoder publishes picture and sound into a link's seat.
func (h *house) encoder(link string) *signaltest.Device {
	h.t.Helper()
	o := h.door(link, auth.PurposePublish)
	o.Audios, o.Videos = 1, 1
	d, err := signaltest.Publish(h.ctx, o)
	h.must(err)
	h.t.Cleanup(d.Close)
	return d
}

func (h *house) screen(link, query string, audios, videos int) *signaltest.Device {
	h.t.Helper()
	o := h.door(link, auth.PurposeWatch)
	o.URL += query
	o.Audios, o.Videos = audios, videos
	d, err := signaltest.Watch(h.ctx, o)
	h.must(err)
	h.t.Cleanup(d.Close)
	return d
}

// auxiliary waits until a client is told of one device that is as it should be.
func (h *house) auxiliary(c *signaltest.Client, what string, ok func(protocol.Auxiliary) bool) protocol.Auxiliary {
	h.t.Helper()
	var found protocol.Auxiliary
	h.must(c.Wait(h.ctx, what, func(s signaltest.State) bool {
		i := slices.IndexFunc(s.Auxiliaries, ok)
		if i >= 0 {
			found = s.Auxiliaries[i]
		}
		return i >= 0
	}))
	return found
}

func sending(a protocol.Auxiliary) bool { return slices.Contains(a.Sources, "closeup") }

// staged waits until a client's stage shows and sounds a sender.
func (h *house) staged(c *signaltest.Client, id string, sender uint32, sounds bool) {
	h.t.Helper()
	h.must(c.Wait(h.ctx, "the stage to be given to "+id, func(s signaltest.State) bool { return s.StageOf(id) >= 0 }))
	slot := c.State().StageOf(id)
	h.eventually(c.Bootstrap.You.Role+" sees it on the stage", func() bool {
		v := c.Media().Video(slot).Received()
		return v.Keyframes > 0 && v.Last.Sender == sender
	})
	if sounds {
		h.eventually(c.Bootstrap.You.Role+" hears it", func() bool { return c.Media().Audio(slot).Received().Last.Sender == sender })
	}
}

// R73, R75: the encoder's picture is the close-up of its seat, told to all and
// counted as nobody.
func TestWHIP_AnEncoderIsSeenOnTheStageOfItsSeatsRoom(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	buyer, firm := h.enter("U1", talks), h.enter("B1", talks)
	console := h.lobby("console")
	h.must(console.Watch(h.ctx))
	encoder := h.encoder("B1")
	a := h.auxiliary(buyer, "the encoder's picture", sending)
	if a.Kind != "encoder" || a.Seat != "S01/firm" || a.Role != "firm" || a.Name != "Knit Co" {
		t.Errorf("the buyer is told %+v", a)
	}
	id := h.people.Load()
	h.staged(buyer, a.ID, id, true)
	h.staged(firm, a.ID, id, false)
	if got := firm.Media().Audio(firm.State().StageOf(a.ID)).Received(); got.Packets != 0 {
		t.Error("the booth hears its own encoder")
	}
	if n := len(buyer.State().Participants); n != 2 {
		t.Errorf("%d people, want 2: a device is none", n)
	}
	h.must(console.Wait(h.ctx, "the device on the board", func(s signaltest.State) bool {
		return slices.ContainsFunc(s.Rows[talks].Auxiliaries, sending)
	}))
	// A late comer is told at once.
	late := h.enter("I1", talks)
	h.staged(late, a.ID, id, true)

	h.must(encoder.Delete(h.ctx))
	h.must(buyer.Wait(h.ctx, "the encoder to be gone", func(s signaltest.State) bool {
		return len(s.Auxiliaries) == 0 && s.StageOf(a.ID) < 0
	}))
	h.eventually("the encoder to be told", encoder.Ended)
	h.flawless(firm)
	h.must(h.store.Flush(h.ctx))
	attendance, err := console.Attendance(h.ctx)
	h.must(err)
	for _, r := range attendance.Consultations {
		for _, seat := range r.Seats {
			if r.Consultation == talks && len(seat.Intervals) != 1 {
				t.Errorf("%s has %d intervals, want its person's one", seat.Role, len(seat.Intervals))
			}
		}
	}
}

// R75: somebody who shares a screen has the stage, and the close-up comes back.
func TestWHIP_AScreenThatIsSharedGoesBeforeTheCloseUp(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	buyer, firm := h.enter("U1", talks), h.enter("B1", talks)
	h.encoder("B1")
	a := h.auxiliary(buyer, "the encoder's picture", sending)
	id := h.people.Load()
	h.staged(buyer, a.ID, id, false)
	h.must(firm.Source(h.ctx, screen, true))
	h.must(buyer.Wait(h.ctx, "the screen", func(s signaltest.State) bool { return s.StageOf(firm.Session()) >= 0 && s.StageOf(a.ID) < 0 }))
	h.must(firm.Source(h.ctx, screen, false))
	h.staged(buyer, a.ID, id, false)
	h.flawless(firm)
}

// R76: the newest encoder of a seat takes over, and the former one is told.
func TestWHIP_TheNewestEncoderOfASeatTakesOver(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	buyer := h.enter("U1", talks)
	first := h.encoder("B1")
	was := h.auxiliary(buyer, "the first encoder", sending)
	h.encoder("B1")
	h.must(buyer.Wait(h.ctx, "the second alone", func(s signaltest.State) bool {
		return len(s.Auxiliaries) == 1 && s.Auxiliaries[0].ID != was.ID && sending(s.Auxiliaries[0])
	}))
	h.eventually("the first to be told", first.Ended)
	h.staged(buyer, buyer.State().Auxiliaries[0].ID, h.people.Load(), false)
}

// R77: an encoder goes where its seat's person goes.
func TestWHIP_AnEncoderFollowsItsSeat(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	event := *h.event
	event.Consultations = slices.Clone(event.Consultations)
	for i, c := range event.Consultations {
		if c.ID == later { // its doors are open, in the same booth
			event.Consultations[i].Start, event.Consultations[i].End = time.Now().Add(5*time.Minute).UTC().Truncate(time.Second), time.Now().Add(time.Hour).UTC().Truncate(time.Second)
		}
	}
	h.must(h.store.SaveEvent(h.ctx, &event))
	h.must(h.registry.Reload(h.ctx, event.ID))
	firm := h.enter("B1", talks)
	h.encoder("B1")
	a := h.auxiliary(firm, "the encoder", sending)
	h.must(firm.Leave(h.ctx))
	h.must(firm.Join(h.ctx, later, mic, camera))
	b := h.auxiliary(firm, "the encoder in the next room", sending)
	if a.ID != b.ID || b.Seat != "S03/firm" {
		t.Errorf("followed as %+v, was %+v", b, a)
	}
	h.staged(firm, b.ID, h.people.Load(), false)
}

// R77: a session ends with the room, with its link and with the server, and the
// device sees that.
func TestWHIP_ASessionEndsWithItsLinkAndItsRoom(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	buyer := h.enter("U1", talks)
	console := schedule.Actor{Name: "Kim", By: "k"}

	revoked := h.encoder("B1")
	h.auxiliary(buyer, "the encoder", sending)
	link := h.links["B1"].Link
	_, err := h.store.Revoke(h.ctx, link.ID, time.Now())
	h.must(err)
	h.server.Expel(h.ctx, link.ID)
	h.eventually("the end of a revoked link's", revoked.Ended)
	h.status("POST", h.door("B1", auth.PurposePublish), http.StatusGone, protocol.CodeLinkRevoked)

	other2 := h.enter("U2", other)
	ended := h.encoder("B2")
	h.auxiliary(other2, "the encoder", sending)
	h.must(h.registry.End(h.ctx, h.event.ID, other, console, "over"))
	h.eventually("the end with the room", ended.Ended)
	h.status("POST", h.door("B2", auth.PurposePublish), http.StatusGone, protocol.CodeEnded)
}

func TestWHIP_ShutdownSaysGoodbye(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	d := h.encoder("B1")
	w := h.screen("console", "?consultation="+talks, 1, 1)
	h.eventually("both", func() bool { return d.Connected() && w.Connected() })
	h.stop()
	deadline := time.Now().Add(5 * time.Second)
	for !d.Ended() || !w.Ended() {
		if time.Now().After(deadline) {
			t.Fatalf("encoder %v, screen %v after the server's end", d.State(), w.State())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// R78: a screen sees and hears the room, and the room sees the screen.
func TestWHEP_AScreenShowsTheRoomAndIsSeenThere(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	buyer, firm := h.enter("U1", talks), h.enter("B1", talks)
	w := h.screen("console", "?consultation="+talks, 2, 3)
	a := h.auxiliary(buyer, "the screen", func(a protocol.Auxiliary) bool { return a.Kind == "screen" })
	if a.Seat != "" || a.Name != "Yangju" {
		t.Errorf("the buyer is told %+v", a)
	}
	for _, c := range []*signaltest.Client{buyer, firm} {
		h.eventually("the screen shows and sounds "+c.Bootstrap.You.Role, func() bool {
			return w.From("video", c.Media().ID()) && w.From("audio", c.Media().ID())
		})
	}
	h.encoder("B1")
	h.eventually("the screen shows the close-up", func() bool { return w.From("video", h.people.Load()) })
	if len(buyer.State().Participants) != 2 {
		t.Error("a screen counts as somebody")
	}
	h.must(w.Delete(h.ctx))
	h.must(buyer.Wait(h.ctx, "the screen to be gone", func(s signaltest.State) bool {
		return !slices.ContainsFunc(s.Auxiliaries, func(o protocol.Auxiliary) bool { return o.Kind == "screen" })
	}))
	h.eventually("a coordinator's screen in the audit log", func() bool {
		all := h.acts()
		return slices.Contains(all, "listen screen||") && slices.Contains(all, "quiet screen||")
	})
}

// R78: with one picture it is the stage's, and otherwise of whoever spoke last.
func TestWHEP_OnePictureIsTheStages(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	h.enter("U1", talks)
	firm := h.enter("B1", talks)
	w := h.screen("B1", "", 0, 1)
	h.auxiliary(firm, "the screen", func(a protocol.Auxiliary) bool {
		return a.Kind == "screen" && a.Seat == "S01/firm" && a.Name == "Booth 1"
	})
	h.eventually("a picture", func() bool { return len(w.Heard()) > 0 })
	h.encoder("B1")
	id := h.people.Load()
	h.eventually("the close-up", func() bool { return w.From("video", id) })
}

// status asks and expects a refusal with a problem of this code.
func (h *house) status(method string, o signaltest.DeviceOptions, status int, code protocol.Code) {
	h.t.Helper()
	o.Videos = 1
	d, err := signaltest.Publish(h.ctx, o)
	d.Close()
	a, ok := errors.AsType[*signaltest.Answered](err)
	if !ok || a.Status != status || !strings.Contains(a.Body, `"code":"`+string(code)+`"`) || a.Header.Get("Content-Type") != "application/problem+json" {
		h.t.Errorf("%s %s: %v, want %d %s", method, o.URL[len(h.url):], err, status, code)
	}
}

// R79: each refusal says what is wrong.
func TestWHIP_EveryRefusalIsAProblem(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	good := h.door("B1", auth.PurposePublish)
	change := func(f func(*signaltest.DeviceOptions)) signaltest.DeviceOptions {
		o := good
		f(&o)
		return o
	}
	for _, c := range []struct {
		name   string
		o      signaltest.DeviceOptions
		status int
		code   protocol.Code
	}{
		{"a wrong token", change(func(o *signaltest.DeviceOptions) { o.Token = "x" }), 401, protocol.CodeTokenUnknown},
		{"the key of screens", change(func(o *signaltest.DeviceOptions) { o.Token = h.door("B1", auth.PurposeWatch).Token }), 401, protocol.CodeTokenUnknown},
		{"the link's own secret", change(func(o *signaltest.DeviceOptions) { o.Token = h.links["B1"].Secret }), 401, protocol.CodeTokenUnknown},
		{"an unknown link", change(func(o *signaltest.DeviceOptions) { o.URL = h.url + "/whip/nobody" }), 401, protocol.CodeTokenUnknown},
		{"no link", change(func(o *signaltest.DeviceOptions) { o.URL = h.url + "/whip/" }), 404, protocol.CodeNotFound},
		{"a buyer's link", h.door("U1", auth.PurposePublish), 403, protocol.CodeForbidden},
		{"a console's", h.door("console", auth.PurposePublish), 403, protocol.CodeForbidden},
		{"a buyer that watches", h.door("U1", auth.PurposeWatch), 403, protocol.CodeForbidden},
		{"before the doors", h.door("B3", auth.PurposePublish), 410, protocol.CodeEnded},
		{"a console that does not say which", h.door("console", auth.PurposeWatch), 400, protocol.CodeBadMessage},
		{"no SDP", change(func(o *signaltest.DeviceOptions) { o.Mangle = func(string) string { return "hello" } }), 422, protocol.CodeBadOffer},
		{"an empty offer", change(func(o *signaltest.DeviceOptions) { o.Mangle = func(string) string { return "" } }), 400, protocol.CodeBadMessage},
		{"a large offer", change(func(o *signaltest.DeviceOptions) {
			o.Mangle = func(s string) string { return s + strings.Repeat("a=x\r\n", 40_000) }
		}), 413, protocol.CodeTooLarge},
		{"two pictures", change(func(o *signaltest.DeviceOptions) {
			o.Mangle = func(s string) string { _, m, _ := strings.Cut(s, "m=video"); return s + "m=video" + m }
		}), 422, protocol.CodeBadOffer},
		{"one that only receives", change(func(o *signaltest.DeviceOptions) {
			o.Mangle = func(s string) string { return strings.ReplaceAll(s, "a=sendonly", "a=recvonly") }
		}), 422, protocol.CodeBadOffer},
		{"codecs that nobody has", change(func(o *signaltest.DeviceOptions) {
			o.Mangle = func(s string) string {
				return strings.NewReplacer("VP8", "XX8", "H264", "X264", "VP9", "XX9", "AV1", "XX1", "H265", "X265").Replace(s)
			}
		}), 422, protocol.CodeBadOffer},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func(was *testing.T) { h.t = was }(h.t)
			h.t = t
			h.status(http.MethodPost, c.o, c.status, c.code)
		})
	}
	if n := len(h.media.Peers()); n != 0 {
		t.Errorf("%d peers are left of offers that were refused", n)
	}
}

// R73: early comers are told when to come.
func TestWHIP_BeforeTheDoorsTheAnswerSaysWhen(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	event := *h.event
	event.Consultations = slices.DeleteFunc(slices.Clone(event.Consultations), func(c schedule.Consultation) bool { return c.ID == talks })
	h.must(h.store.SaveEvent(h.ctx, &event))
	h.must(h.registry.Reload(h.ctx, event.ID))
	o := h.door("B1", auth.PurposePublish)
	h.status(http.MethodPost, o, http.StatusConflict, protocol.CodeTooEarly)
	o.Videos = 1
	d, err := signaltest.Publish(h.ctx, o)
	d.Close()
	if a, ok := errors.AsType[*signaltest.Answered](err); !ok || a.Header.Get("Retry-After") == "" {
		t.Errorf("no Retry-After: %v", err)
	}
}

// R79: the plain parts of HTTP.
func TestWHIP_SpeaksHTTPAsTheRFCSays(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	servers := func(_, session string, _ time.Time) []protocol.ICEServer {
		return []protocol.ICEServer{{URLs: []string{"turn:meet.example.kr:3478?transport=udp"}, Username: "1:" + session, Credential: "p"}}
	}
	h.servers.Store(&servers)
	d := h.encoder("B1")
	o := h.door("B1", auth.PurposePublish)
	ask := func(method, url string, header map[string]string, body string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(h.ctx, method, url, strings.NewReader(body))
		h.must(err)
		r.Header.Set("Authorization", "Bearer "+o.Token)
		for k, v := range header {
			r.Header.Set(k, v)
			if v == "" {
				r.Header.Del(k)
			}
		}
		w, err := http.DefaultClient.Do(r)
		h.must(err)
		_ = w.Body.Close()
		return w
	}
	const sdp, fragment = "application/sdp", "application/trickle-ice-sdpfrag"
	trickle := "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\nm=video 9 RTP/AVP 0\r\na=mid:0\r\na=candidate:1 1 udp 1 10.0.0.1 1 typ host\r\n"
	for _, c := range []struct {
		name, method, url string
		header            map[string]string
		body              string
		status            int
		want              map[string]string
	}{
		{"OPTIONS tells what is taken, and no credentials", "OPTIONS", o.URL, map[string]string{"Authorization": ""}, "", 204, map[string]string{"Accept-Post": sdp, "Allow": "OPTIONS, POST", "Link": "", "Access-Control-Allow-Origin": ""}},
		{"OPTIONS of a session", "OPTIONS", d.URL, map[string]string{"Authorization": ""}, "", 204, map[string]string{"Accept-Patch": fragment, "Allow": "OPTIONS, PATCH, DELETE"}},
		{"a page of ours may ask", "OPTIONS", o.URL, map[string]string{"Origin": h.url}, "", 204, map[string]string{"Access-Control-Allow-Origin": h.url}},
		{"a page of another site may not", "POST", o.URL, map[string]string{"Origin": "https://elsewhere.example", "Content-Type": sdp}, "v=0", 403, map[string]string{"Access-Control-Allow-Origin": ""}},
		{"no token", "POST", o.URL, map[string]string{"Authorization": "", "Content-Type": sdp}, "v=0", 401, map[string]string{"WWW-Authenticate": `Bearer realm="device"`}},
		{"GET", "GET", o.URL, nil, "", 405, map[string]string{"Allow": "OPTIONS, POST"}},
		{"GET of a session", "GET", d.URL, nil, "", 405, map[string]string{"Allow": "OPTIONS, PATCH, DELETE"}},
		{"another type", "POST", o.URL, map[string]string{"Content-Type": "application/json"}, "{}", 415, map[string]string{"Accept-Post": sdp}},
		{"an answer that we do not give", "POST", o.URL, map[string]string{"Content-Type": sdp, "Accept": "application/json"}, "v=0", 406, nil},
		{"candidates", "PATCH", d.URL, map[string]string{"Content-Type": fragment, "If-Match": d.ETag}, trickle, 204, nil},
		{"candidates of no generation", "PATCH", d.URL, map[string]string{"Content-Type": fragment}, trickle, 428, nil},
		{"candidates of another one", "PATCH", d.URL, map[string]string{"Content-Type": fragment, "If-Match": `"old"`}, trickle, 412, nil},
		{"a fragment of another type", "PATCH", d.URL, map[string]string{"Content-Type": sdp, "If-Match": d.ETag}, trickle, 415, map[string]string{"Accept-Patch": fragment}},
		{"a large fragment", "PATCH", d.URL, map[string]string{"Content-Type": fragment, "If-Match": d.ETag}, strings.Repeat("a=x\r\n", 4000), 413, nil},
		{"a restart without credentials", "PATCH", d.URL, map[string]string{"Content-Type": fragment, "If-Match": "*"}, "a=mid:0\r\n", 400, nil},
		{"a restart with lines in them", "PATCH", d.URL, map[string]string{"Content-Type": fragment, "If-Match": "*"}, "a=ice-ufrag:ab\rcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n", 400, nil},
		{"no such session", "PATCH", o.URL + "/nothing", map[string]string{"Content-Type": fragment}, trickle, 404, nil},
		{"a session of another link", "DELETE", strings.Replace(d.URL, string(h.links["B1"].Link.ID), string(h.links["B2"].Link.ID), 1), map[string]string{"Authorization": "Bearer " + h.door("B2", auth.PurposePublish).Token}, "", 404, nil},
	} {
		w := ask(c.method, c.url, c.header, c.body)
		if w.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", c.name, w.StatusCode, c.status)
		}
		for k, want := range c.want {
			if got := w.Header.Get(k); got != want {
				t.Errorf("%s: %s is %q, want %q", c.name, k, got, want)
			}
		}
		if c.status >= 400 && w.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: no problem but %q", c.name, w.Header.Get("Content-Type"))
		}
	}
	if got := d.Header.Get("Link"); !strings.HasPrefix(got, `<turn:meet.example.kr:3478?transport=udp>; rel="ice-server"; username="1:`) || !strings.HasSuffix(got, `credential="p"; credential-type="password"`) {
		t.Errorf("Link is %q", got)
	}
	if w := ask("DELETE", d.URL, nil, ""); w.StatusCode != http.StatusOK {
		t.Errorf("DELETE: %d", w.StatusCode)
	}
	if w := ask("DELETE", d.URL, nil, ""); w.StatusCode != http.StatusNotFound {
		t.Errorf("DELETE again: %d", w.StatusCode)
	}
}

// R74: ICE is restarted by fragments, and media goes on.
func TestWHIP_ICERestartKeepsTheSession(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	buyer := h.enter("U1", talks)
	d := h.encoder("B1")
	a := h.auxiliary(buyer, "the encoder", sending)
	h.must(d.Restart(h.ctx))
	if status, _, _, err := d.Request(h.ctx, http.MethodPatch, d.URL, "application/trickle-ice-sdpfrag", `"old"`, "a=x\r\n"); err != nil || status != http.StatusPreconditionFailed {
		t.Errorf("the ETag of before: %d %v", status, err)
	}
	h.eventually("the restarted path", d.Connected)
	slot := buyer.State().StageOf(a.ID)
	before := buyer.Media().Video(slot).Received().Packets
	h.eventually("pictures after the restart", func() bool { return buyer.Media().Video(slot).Received().Packets > before+20 })
}

// R73: an offer of one section needs no BUNDLE, one of two does.
func TestWHIP_OneSectionNeedsNoBundle(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	buyer := h.enter("U1", talks)
	o := h.door("B1", auth.PurposePublish)
	o.Videos, o.Alone = 1, true
	d, err := signaltest.Publish(h.ctx, o)
	h.must(err)
	t.Cleanup(d.Close)
	h.staged(buyer, h.auxiliary(buyer, "the encoder", sending).ID, o.ID, false)
	two := o
	two.Audios = 1
	bad, err := signaltest.Publish(h.ctx, two)
	bad.Close()
	if a, ok := errors.AsType[*signaltest.Answered](err); !ok || a.Status != http.StatusUnprocessableEntity {
		t.Errorf("two transports: %v", err)
	}
}

// R79: guesses and offers are counted.
func TestWHIP_GuessesAndOffersAreLimited(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	o := h.door("B1", auth.PurposePublish)
	o.Videos = 1
	o.Mangle = func(string) string { return "x" }
	var last *signaltest.Answered
	until := func(o signaltest.DeviceOptions, most int) {
		t.Helper()
		for range most {
			d, err := signaltest.Publish(h.ctx, o)
			d.Close()
			var ok bool
			if last, ok = errors.AsType[*signaltest.Answered](err); ok && last.Status == http.StatusTooManyRequests {
				if last.Header.Get("Retry-After") == "" {
					t.Error("429 without Retry-After")
				}
				return
			}
		}
		t.Errorf("no 429 after %d: %v", most, last)
	}
	until(o, 40)
	guess := h.door("B2", auth.PurposePublish)
	guess.Videos, guess.Token = 1, "x"
	until(guess, 20)
}

// R78: a link has so many screens, and a room.
func TestWHEP_ScreensAreCounted(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	firm := h.enter("B1", talks)
	for range 3 {
		h.screen("B1", "", 0, 1)
	}
	h.screen("console", "?consultation="+talks, 0, 1)
	o := h.door("console", auth.PurposeWatch)
	o.URL, o.Videos = o.URL+"?consultation="+talks, 1
	d, err := signaltest.Watch(h.ctx, o)
	d.Close()
	if a, ok := errors.AsType[*signaltest.Answered](err); !ok || a.Status != http.StatusConflict {
		t.Errorf("a fifth screen: %v", err)
	}
	h.must(firm.Wait(h.ctx, "four screens", func(s signaltest.State) bool { return len(s.Auxiliaries) == 4 }))
}

// R73: the page of a link tells what to type, and a buyer's nothing.
func TestDevices_ThePageTellsURLAndToken(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	ask := func(link string) (out protocol.DeviceAccess) {
		t.Helper()
		c, err := signaltest.Open(h.ctx, h.options(link))
		h.must(err)
		r, err := http.NewRequestWithContext(h.ctx, http.MethodGet, h.url+"/api/v1/me/devices", nil)
		h.must(err)
		r.Header.Set("Authorization", "Bearer "+c.Bootstrap.Token)
		w, err := http.DefaultClient.Do(r)
		h.must(err)
		defer w.Body.Close()
		h.must(json.NewDecoder(w.Body).Decode(&out))
		return out
	}
	door := func(link string, p auth.Purpose) *protocol.DeviceDoor {
		o := h.door(link, p)
		return &protocol.DeviceDoor{URL: "https://meet.example.kr" + o.URL[len(h.url):], Token: o.Token}
	}
	which := func(d *protocol.DeviceDoor) *protocol.DeviceDoor {
		d.URL += "?consultation="
		return d
	}
	for link, want := range map[string]protocol.DeviceAccess{
		"B1":      {Publish: door("B1", auth.PurposePublish), Watch: door("B1", auth.PurposeWatch)},
		"U1":      {},
		"console": {Watch: which(door("console", auth.PurposeWatch))},
	} {
		if diff := cmp.Diff(want, ask(link)); diff != "" {
			t.Errorf("%s: %s", link, diff)
		}
	}
	c, err := signaltest.Open(h.ctx, h.options("console"))
	h.must(err)
	var of protocol.DeviceAccess
	h.must(c.Call(h.ctx, http.MethodGet, "links/"+string(h.links["B1"].Link.ID)+"/devices", nil, &of))
	if of.Publish == nil || of.Publish.Token != h.door("B1", auth.PurposePublish).Token {
		t.Errorf("the coordinator is told %+v", of)
	}
}
