package hooks_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/standard-webhooks/standard-webhooks/libraries/go"
	"go.uber.org/goleak"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
	"sangdam/rooms/store/storetest"
	"sangdam/signaling/hooks"
	"sangdam/signaling/protocol"
)

const event = schedule.EventID("fair")

func admin() schedule.Grants {
	return schedule.Grants{Event: event, Kind: schedule.LinkConsole, Right: schedule.RightAdministrator, Link: "link"}
}

// listener is another program's end of a webhook: it checks signatures with the
// Standard Webhooks library and answers with what status says.
type listener struct {
	*httptest.Server

	mu     sync.Mutex
	secret string
	status int
	got    []received
	bad    []error
}

type received struct {
	id      string
	headers http.Header
	body    []byte
	payload hooks.Payload
}

func newListener(t *testing.T) *listener {
	t.Helper()
	l := &listener{status: http.StatusNoContent}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		l.mu.Lock()
		defer l.mu.Unlock()
		wh, err := standardwebhooks.NewWebhook(l.secret)
		if err == nil {
			err = wh.Verify(b, r.Header)
		}
		var p hooks.Payload
		if err == nil {
			err = json.Unmarshal(b, &p)
		}
		if err != nil {
			l.bad = append(l.bad, err)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		l.got = append(l.got, received{r.Header.Get("webhook-id"), r.Header.Clone(), b, p})
		w.WriteHeader(l.status)
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *listener) answer(status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.status = status
}

func (l *listener) received() []received {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]received(nil), l.got...)
}

func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited 10 s for: %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

type fixture struct {
	store   *store.Store
	clock   *clock
	courier *hooks.Courier
}

// clock is the real time plus what was skipped.
type clock struct {
	mu   sync.Mutex
	skip time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.skip)
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skip += d
}

func open(t *testing.T, url, node string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: url, Node: node, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func courier(t *testing.T, s *store.Store, c *clock) *hooks.Courier {
	t.Helper()
	h := hooks.New(hooks.Deps{
		Store:    s,
		Key:      func(id string) []byte { k := sha256.Sum256([]byte("a key" + id)); return k[:] },
		Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Now:      c.now,
	})
	h.Start()
	t.Cleanup(h.Close)
	return h
}

func start(t *testing.T) *fixture {
	t.Helper()
	t.Cleanup(func() { goleak.VerifyNone(t) })
	url, _, _ := storetest.Redis(t)
	f := &fixture{store: open(t, url, "one"), clock: &clock{}}
	if err := f.store.SaveEvent(t.Context(), &schedule.Event{ID: event, Name: "Fair", Zone: "Asia/Seoul"}); err != nil {
		t.Fatal(err)
	}
	f.courier = courier(t, f.store, f.clock)
	return f
}

func (f *fixture) hook(t *testing.T, l *listener, topics ...string) protocol.Hook {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	h, err := f.courier.Make(t.Context(), admin(), protocol.NewHook{URL: l.URL, Topics: topics})
	if err != nil {
		t.Fatal(err)
	}
	l.secret = h.Secret
	return h
}

func (f *fixture) append(t *testing.T, kind schedule.EntryKind, detail string) {
	t.Helper()
	f.store.Append(schedule.Entry{Event: event, Kind: kind, Consultation: "S01", Seat: "S01/buyer", Session: "s", Detail: detail})
	if err := f.store.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestCourier_TellsEachTopicOnceAndSigned(t *testing.T) {
	f := start(t)
	f.append(t, schedule.EntrySeatJoined, "") // before the webhook was made: not told
	l := newListener(t)
	f.hook(t, l, "seat", "verdict")
	f.append(t, schedule.EntrySeatJoined, "")
	f.append(t, schedule.EntryPhase, "live") // of a topic that was not asked for
	f.append(t, schedule.EntrySourceFlowing, "camera")
	f.append(t, schedule.EntrySeatLeft, "left")
	f.append(t, schedule.EntryVerdict, "held")
	wait(t, "three messages", func() bool { return len(l.received()) == 3 })
	time.Sleep(1200 * time.Millisecond) // two more rounds
	got := l.received()
	kinds := map[schedule.EntryKind]string{}
	for _, r := range got {
		kinds[r.payload.Data.Kind] = r.payload.Data.Detail
	}
	if len(got) != 3 || len(kinds) != 3 || kinds[schedule.EntrySeatLeft] != "left" || kinds[schedule.EntryVerdict] != "held" {
		t.Fatalf("told %d messages: %v", len(got), kinds)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.bad) > 0 {
		t.Fatalf("the signature is not one of Standard Webhooks: %v", l.bad)
	}
}

func TestCourier_WordsOfPeopleAreNotTold(t *testing.T) {
	f := start(t)
	l := newListener(t)
	f.hook(t, l, "verdict")
	f.store.Append(schedule.Entry{Event: event, Kind: schedule.EntryVerdict, Consultation: "S01", Detail: "technical", By: "a", Words: "Ivanov's camera broke"})
	wait(t, "the verdict", func() bool { return len(l.received()) == 1 })
	if body := string(l.received()[0].body); strings.Contains(body, "Ivanov") {
		t.Fatalf("the reason was told: %s", body)
	}
}

func TestCourier_TriesAgainWithBackoffUntilItArrives(t *testing.T) {
	f := start(t)
	l := newListener(t)
	h := f.hook(t, l, "seat")
	l.answer(http.StatusInternalServerError)
	f.append(t, schedule.EntrySeatJoined, "")
	wait(t, "the first try", func() bool { return len(l.received()) == 1 })
	wait(t, "that it is noted", func() bool {
		ds, err := f.courier.Deliveries(t.Context(), admin(), h.ID)
		return err == nil && len(ds.Deliveries) == 1 && ds.Deliveries[0].Status == 500 && ds.Deliveries[0].State == "waiting"
	})
	time.Sleep(1200 * time.Millisecond)
	if n := len(l.received()); n != 1 {
		t.Fatalf("%d tries before the first pause was over", n)
	}
	f.clock.pass(6 * time.Second)
	wait(t, "the second try", func() bool { return len(l.received()) == 2 })
	l.answer(http.StatusOK)
	f.clock.pass(31 * time.Second)
	wait(t, "the third try", func() bool { return len(l.received()) == 3 })
	wait(t, "that it arrived", func() bool {
		ds, err := f.courier.Deliveries(t.Context(), admin(), h.ID)
		return err == nil && ds.Deliveries[0].State == "delivered" && ds.Deliveries[0].Tries == 3
	})
	got := l.received()
	if got[0].id != got[2].id {
		t.Fatal("a repetition has another id: nobody could tell it from news")
	}
	all, err := f.courier.List(t.Context(), admin())
	if err != nil || all.Hooks[0].Failing != nil || all.Hooks[0].Secret != "" {
		t.Fatalf("after it arrived: %+v, %v", all, err)
	}
}

func TestCourier_GoneSwitchesOffAndReplaySwitchesOn(t *testing.T) {
	f := start(t)
	l := newListener(t)
	h := f.hook(t, l, "seat")
	l.answer(http.StatusGone)
	f.append(t, schedule.EntrySeatJoined, "")
	wait(t, "that it is off", func() bool {
		all, err := f.courier.List(t.Context(), admin())
		return err == nil && all.Hooks[0].Disabled
	})
	f.append(t, schedule.EntrySeatLeft, "left")
	time.Sleep(1200 * time.Millisecond)
	if n := len(l.received()); n != 1 {
		t.Fatalf("%d messages to a webhook that is off", n)
	}
	l.answer(http.StatusOK)
	ds, err := f.courier.Deliveries(t.Context(), admin(), h.ID)
	if err != nil || len(ds.Deliveries) != 1 || ds.Deliveries[0].State != "given_up" {
		t.Fatalf("deliveries: %+v, %v", ds, err)
	}
	if _, err := f.courier.Replay(t.Context(), admin(), h.ID, ds.Deliveries[0].ID); err != nil {
		t.Fatal(err)
	}
	wait(t, "the replay and what came meanwhile", func() bool { return len(l.received()) == 3 })
}

func TestCourier_ARestartOrASecondNodeTellsNothingTwiceAndForgetsNothing(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	url, _, _ := storetest.Redis(t)
	one, two, c := open(t, url, "one"), open(t, url, "two"), &clock{}
	if err := one.SaveEvent(t.Context(), &schedule.Event{ID: event, Name: "Fair", Zone: "Asia/Seoul"}); err != nil {
		t.Fatal(err)
	}
	f := &fixture{store: one, clock: c, courier: courier(t, one, c)}
	l := newListener(t)
	f.hook(t, l, "seat")
	courier(t, two, c)
	for range 50 {
		f.append(t, schedule.EntrySeatJoined, "")
	}
	f.courier.Close()
	for range 50 {
		f.append(t, schedule.EntrySeatLeft, "left")
	}
	f.courier = courier(t, one, c)
	wait(t, "all of it", func() bool { return len(l.received()) >= 100 })
	time.Sleep(1200 * time.Millisecond)
	ids := map[string]bool{}
	for _, r := range l.received() {
		ids[r.id] = true
	}
	// What was under way when a node stopped may come twice, with its first id.
	if len(ids) != 100 {
		t.Fatalf("%d different messages, want 100", len(ids))
	}
}

func TestListener_ForgedAndReplayedMessagesAreRefused(t *testing.T) {
	f := start(t)
	l := newListener(t)
	f.hook(t, l, "seat")
	f.append(t, schedule.EntrySeatJoined, "")
	wait(t, "a message", func() bool { return len(l.received()) == 1 })
	r := l.received()[0]
	wh, err := standardwebhooks.NewWebhook(l.secret)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(h http.Header) []byte{
		"another body":    func(http.Header) []byte { return append([]byte(" "), r.body...) },
		"another id":      func(h http.Header) []byte { h.Set("webhook-id", "msg_0"); return r.body },
		"no signature":    func(h http.Header) []byte { h.Del("webhook-signature"); return r.body },
		"an hour later":   func(h http.Header) []byte { h.Set("webhook-timestamp", "1000000000"); return r.body },
		"a newer time":    func(h http.Header) []byte { h.Set("webhook-timestamp", "99999999999"); return r.body },
		"another's key":   func(h http.Header) []byte { h.Set("webhook-signature", "v1,AAAA"); return r.body },
		"as it was (yes)": nil,
	} {
		h, body := r.headers.Clone(), r.body
		if change != nil {
			body = change(h)
		}
		if err := wh.Verify(body, h); (err == nil) != (change == nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMake_AddressesThatSpyOnTheCenterAreRefused(t *testing.T) {
	f := start(t)
	for _, url := range []string{
		"http://example.com/", "ftp://example.com/", "https://user:pw@example.com/", "https://10.0.0.1/", "https://192.168.0.10/",
		"https://169.254.169.254/latest/meta-data", "https://[::1]/", "https://[fd00::1]/", "https://[::ffff:10.0.0.1]/", "https://100.64.0.1/",
		"https://0.0.0.0/", "https://0.0.0.7/", "https://[::127.0.0.1]/", "https://[64:ff9b::10.0.0.1]/", "https://[64:ff9b:1::a00:1]/",
		"https://[2002:a00:1::1]/", "https://[::ffff:0:10.0.0.1]/", "https://[fec0::1]/", "https://198.18.0.1/", "https://255.255.255.255/", "https://[fe80::1%25lo]/",
		"https://224.0.0.1/", "not a url", "https:///x", "",
	} {
		_, err := f.courier.Make(t.Context(), admin(), protocol.NewHook{URL: url, Topics: []string{"seat"}})
		if f := protocol.AsFault(err); err == nil || f.Code != protocol.CodeBadMessage {
			t.Errorf("%q: %v", url, err)
		}
	}
}

func TestMake_AddressesOfTheOpenInternetAreTaken(t *testing.T) {
	f := start(t)
	for _, url := range []string{"https://example.com:8443/hook?x=1", "https://8.8.8.8/", "https://[2606:4700::1111]/", "https://[64:ff9b::808:808]/"} {
		if _, err := f.courier.Make(t.Context(), admin(), protocol.NewHook{URL: url, Topics: []string{"seat"}}); err != nil {
			t.Errorf("%q: %v", url, err)
		}
	}
}

func TestCourier_ANameThatPointsIntoTheCenterIsNotDialled(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	url, _, _ := storetest.Redis(t)
	s, c := open(t, url, "one"), &clock{}
	if err := s.SaveEvent(t.Context(), &schedule.Event{ID: event, Name: "Fair", Zone: "Asia/Seoul"}); err != nil {
		t.Fatal(err)
	}
	l := newListener(t)
	// No network is allowed here: localhost is a name, and looks harmless.
	h := hooks.New(hooks.Deps{Store: s, Key: func(string) []byte { return make([]byte, 32) }, Now: c.now})
	h.Start()
	t.Cleanup(h.Close)
	port := l.URL[strings.LastIndex(l.URL, ":"):]
	made, err := h.Make(t.Context(), admin(), protocol.NewHook{URL: "https://localhost" + port, Topics: []string{"seat"}})
	if err != nil {
		t.Fatal(err)
	}
	s.Append(schedule.Entry{Event: event, Kind: schedule.EntrySeatJoined, Consultation: "S01", Seat: "S01/buyer", Session: "s"})
	wait(t, "a try", func() bool {
		ds, err := h.Deliveries(context.Background(), admin(), made.ID)
		return err == nil && len(ds.Deliveries) == 1 && ds.Deliveries[0].Tries > 0
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.got)+len(l.bad) > 0 {
		t.Fatal("an address of this machine was dialled")
	}
}

func TestMake_TenWebhooksAnEventAndNoneOfAnotherEvent(t *testing.T) {
	f := start(t)
	l := newListener(t)
	var last protocol.Hook
	for range hooks.PerEvent {
		last = f.hook(t, l, "room")
	}
	if _, err := f.courier.Make(t.Context(), admin(), protocol.NewHook{URL: l.URL, Topics: []string{"room"}}); err == nil {
		t.Fatal("an eleventh was made")
	}
	other := admin()
	other.Event = "other"
	if err := f.courier.Delete(t.Context(), other, last.ID); protocol.AsFault(err).Code != protocol.CodeNotFound {
		t.Fatalf("another event's: %v", err)
	}
	if err := f.courier.Delete(t.Context(), admin(), last.ID); err != nil {
		t.Fatal(err)
	}
	f.append(t, schedule.EntryPhase, "live")
	wait(t, "the nine that are left", func() bool { // each signs with its own key: the listener knows one
		l.mu.Lock()
		defer l.mu.Unlock()
		return len(l.got)+len(l.bad) >= hooks.PerEvent-1
	})
}
