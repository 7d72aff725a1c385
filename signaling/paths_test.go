package signaling

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sangdam/signaling/protocol"
)

// relays gives one server whose user is the session it was asked for.
func relays(d *Deps) {
	d.ICEServers = func(session string, now time.Time) []protocol.ICEServer {
		return []protocol.ICEServer{{
			URLs: []string{"turns:meet.example.kr:443?transport=tcp"}, Username: fmt.Sprintf("%d:%s", now.Unix(), session), Credential: "c",
		}}
	}
}

func TestICEServers_R54_EverySessionHasCredentialsOfItsOwn(t *testing.T) {
	r := newRig(t, relays)
	user := func(what string, s []protocol.ICEServer) string {
		t.Helper()
		if len(s) != 1 || s[0].Credential == "" {
			t.Fatalf("%s has %+v", what, s)
		}
		_, id, _ := strings.Cut(s[0].Username, ":")
		return id
	}
	b := r.open("buyer")
	page := user("the page", b.ICEServers)
	if page == user("another tab", r.open("buyer").ICEServers) {
		t.Error("two tabs have one user")
	}
	for _, tells := range []string{b.Token, string(r.links["buyer"].Link.ID), "U1", "Tekstil"} {
		if strings.Contains(page, tells) || strings.Contains(tells, page) {
			t.Errorf("the user %q tells of %q", page, tells)
		}
	}
	c := r.dial()
	var w protocol.Welcome
	c.ask("hello", protocol.Hello{Token: b.Token, Profile: "room", Offer: "v=0"}, "hello", &w)
	if user("hello", w.ICEServers) != w.Session {
		t.Errorf("hello: %+v", w.ICEServers)
	}
	for _, where := range []struct {
		what  string
		enter func(*tab)
	}{
		{"the lobby", func(*tab) {}},
		{"a waiting room", func(c *tab) { c.ask("wait", protocol.Wait{Consultation: "S01"}, "waiting", nil) }},
		{"a room, in full", func(c *tab) { c.join("S01"); c.seq = 0 }},
	} {
		where.enter(c)
		d := r.dial()
		var got protocol.Resumed
		d.ask("resume", protocol.Resume{Session: w.Session, Secret: w.Secret, Seq: c.seq}, "resume", &got)
		if user(where.what, got.ICEServers) != w.Session {
			t.Errorf("resume in %s: %+v", where.what, got.ICEServers)
		}
		w.Secret = got.Secret
		c = d
	}
}

func TestICEServers_R54_NoneIsAnEmptyList(t *testing.T) {
	r := newRig(t)
	c := r.dial()
	m := c.reply(c.send("hello", protocol.Hello{Token: r.open("buyer").Token, Profile: "room", Offer: "v=0"}))
	if !strings.Contains(string(m.Body), `"ice_servers":[]`) {
		t.Errorf("hello: %s", m.Body)
	}
}
