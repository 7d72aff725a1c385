package auth

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// away is a store that cannot be reached. The real one is used in signaling's
// tests.
type away struct{}

var errAway = errors.New("no route")

func (away) Link(context.Context, schedule.LinkID) (schedule.Link, bool, error) {
	return schedule.Link{}, false, errAway
}
func (away) LinkUsed(context.Context, schedule.LinkID, time.Time) error { return errAway }
func (away) SaveToken(context.Context, string, schedule.Grants, time.Duration) error {
	return errAway
}

func (away) Token(context.Context, schedule.LinkID, string) (schedule.Grants, bool, bool, error) {
	return schedule.Grants{}, false, false, errAway
}

func (away) StaffToken(context.Context, string, string) (schedule.Grants, schedule.StaffSession, bool, error) {
	return schedule.Grants{}, schedule.StaffSession{}, false, errAway
}

func (away) StaffSession(context.Context, string) (schedule.StaffSession, schedule.Account, bool, error) {
	return schedule.StaffSession{}, schedule.Account{}, false, errAway
}
func (away) SeeStaffSession(context.Context, string, time.Time) error { return errAway }

func (away) APIKey(context.Context, string) (schedule.APIKey, bool, error) {
	return schedule.APIKey{}, false, errAway
}
func (away) APIKeyUsed(context.Context, string, time.Time) error { return errAway }

func TestGate_AStoreThatIsAwayIsNoWrongSecret(t *testing.T) {
	g := NewGate(away{}, time.Now)
	_, _, err := g.Open(t.Context(), "id", "secret", "", netip.MustParseAddr("192.0.2.1"))
	if f := protocol.AsFault(err); f.Code != protocol.CodeUnavailable || f.RetryAfter <= 0 || !errors.Is(err, errAway) {
		t.Errorf("open: %v", err)
	}
	if _, err = g.Grants(t.Context(), newToken("id")); protocol.AsFault(err).Code != protocol.CodeUnavailable {
		t.Errorf("grants: %v", err)
	}
	for _, prefix := range []string{sessionPrefix, keyPrefix} {
		if _, err = g.Grants(t.Context(), newToken(schedule.LinkID(newStaffID(prefix)))); protocol.AsFault(err).Code != protocol.CodeUnavailable {
			t.Errorf("%s: %v", prefix, err)
		}
	}
	for _, never := range []string{"", "short", NewSecret(), "." + NewSecret(), "a b." + NewSecret(), "id." + NewSecret() + "."} {
		if _, err = g.Grants(t.Context(), never); protocol.AsFault(err).Code != protocol.CodeTokenUnknown {
			t.Errorf("%q was never a token and asked the store: %v", never, err)
		}
	}
}

func TestSecrets_AreLongAndKeptAsHashes(t *testing.T) {
	e := &schedule.Event{
		ID: "e", Booths: []schedule.Booth{{ID: "B1"}, {ID: "B2"}}, Buyers: []schedule.Buyer{{ID: "U1"}},
		Interpreters:  []schedule.Interpreter{{ID: "I1"}},
		Consultations: []schedule.Consultation{{ID: "S1", End: time.Now().Add(time.Hour)}},
	}
	k := testKeeper(t)
	all, err := k.Mint(e, MintOptions{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 5 {
		t.Fatalf("%d links, want two booths, a buyer, an interpreter, the console", len(all))
	}
	seen := map[string]bool{}
	for _, m := range all {
		if len(m.Secret)*6 < 128 || seen[m.Secret] || seen[string(m.Link.ID)] {
			t.Errorf("secret %q of %s is short or used twice", m.Secret, m.Link.ID)
		}
		seen[m.Secret], seen[string(m.Link.ID)] = true, true
		if m.Path != "/j/"+string(m.Link.ID)+"#"+m.Secret || m.Link.Grants.Link != m.Link.ID {
			t.Errorf("path %q, grants %+v", m.Path, m.Link.Grants)
		}
		if !Matches(m.Secret, m.Link.SecretHash) || Matches(m.Secret+"x", m.Link.SecretHash) || Matches(m.Secret, "") {
			t.Errorf("hash %q", m.Link.SecretHash)
		}
		if strings.Contains(fmt.Sprintf("%+v", m.Link), m.Secret) {
			t.Error("what is kept holds the secret")
		}
		if !schedule.ValidID(m.Link.ID) {
			t.Errorf("id %q", m.Link.ID)
		}
	}
	if last := all[4].Link.Grants; last.Kind != schedule.LinkConsole || !last.NotAfter.After(e.Consultations[0].End) {
		t.Errorf("console %+v", last)
	}
	token := newToken(all[0].Link.ID)
	if link, ok := linkOf(token); !ok || link != all[0].Link.ID || len(NewSecret())*6 < 256 || len(token) > 64 {
		t.Errorf("token of %d characters", len(token))
	}
	if _, err := k.Mint(&schedule.Event{}, MintOptions{Now: time.Now()}); err == nil {
		t.Error("links that have expired already were minted")
	}
}

func testKeeper(t *testing.T) *Keeper {
	t.Helper()
	k, err := NewKeeper([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSecrets_NoneEndsInASignThatMailProgramsCutOff(t *testing.T) {
	k := testKeeper(t)
	for version := range 500 { // one in 32 would
		if s := k.Secret("abc", version); s[len(s)-1] == '-' || s[len(s)-1] == '_' || len(s)*6 < 128 {
			t.Fatalf("secret %q", s)
		}
	}
}

func TestLimiter_RefusesTellsHowLongAndForgives(t *testing.T) {
	l, now := NewLimiter(time.Second, 3), time.Unix(1000, 0)
	for i := range 3 {
		if _, ok := l.Allow("k", 1, now); !ok {
			t.Fatalf("refused number %d", i)
		}
	}
	wait, ok := l.Allow("k", 1, now)
	if ok || wait != time.Second {
		t.Errorf("ok %v, wait %v", ok, wait)
	}
	if _, ok := l.Left("k", now); ok {
		t.Error("there should be none left")
	}
	if _, ok := l.Allow("other", 1, now); !ok {
		t.Error("another key was refused")
	}
	if _, ok := l.Allow("k", 1, now.Add(wait)); !ok {
		t.Error("refused after waiting as told")
	}
}

func TestLimiter_AFloodOfKeysCostsBoundedMemory(t *testing.T) {
	l, now := NewLimiter(time.Second, 3), time.Unix(1000, 0)
	l.max = 100
	for i := range 1000 {
		l.Allow(fmt.Sprint(i), 1, now)
	}
	if n := len(l.buckets); n > 100 {
		t.Errorf("%d buckets", n)
	}
	l.Allow("new", 1, now.Add(time.Hour)) // all others are full again
	if n := len(l.buckets); n != 1 {
		t.Errorf("%d buckets, want only the one that counts", n)
	}
}

func TestAddrKey_IPv6CountsAsItsNetwork(t *testing.T) {
	key := func(s string) string { return AddrKey(netip.MustParseAddr(s)) }
	if key("2001:db8::1") != key("2001:db8::ffff") || key("2001:db8::1") == key("2001:db8:0:1::1") {
		t.Error("not a /64")
	}
	if key("192.0.2.1") == key("192.0.2.2") || key("::ffff:192.0.2.1") != key("192.0.2.1") {
		t.Error("IPv4 addresses are single, mapped or not")
	}
}

func TestDocument_RatesAreTheGates(t *testing.T) {
	doc, err := os.ReadFile("../protocol/PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf("| opening a link | %d | %s |", openBurst, openEvery),
		fmt.Sprintf("| opening links from an address | %d | %s |", addrBurst, addrEvery),
		fmt.Sprintf("| wrong secrets of a link from an address | %d | %s |", wrongBurst, wrongEvery),
		fmt.Sprintf("| wrong keys of devices from an address | %d | %s |", addrBurst, addrEvery),
		fmt.Sprintf("| sign-ins of an address | %d | %s |", tryBurst, tryEvery),
		fmt.Sprintf("| wrong passphrases of an account | %d | %s |", guessBurst, guessEvery),
		fmt.Sprintf("An account has at most %d sign-ins", sessionsOf),
		fmt.Sprintf("not used for %s hours", map[time.Duration]string{12 * time.Hour: "twelve"}[sessionIdle]),
		fmt.Sprintf("and after %s days", map[time.Duration]string{7 * 24 * time.Hour: "seven"}[sessionMost]),
		fmt.Sprintf("%s days at most", map[time.Duration]string{7 * 24 * time.Hour: "seven"}[tokenTTL]),
	} {
		if !strings.Contains(string(doc), want) {
			t.Errorf("PROTOCOL.md does not say %s", want)
		}
	}
}
