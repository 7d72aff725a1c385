package auth

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
)

// cheap costs next to nothing; what it proves is no matter of cost.
func cheap() *Hasher { return newHasher(cost{memory: 64, passes: 1, threads: 1}) }

func TestHasher_FitsThePassphraseHoweverItWasTyped(t *testing.T) {
	h := cheap()
	kept, err := h.Make(t.Context(), "상담회 2026 양주")
	if err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]bool{
		"상담회 2026 양주":                   true,
		norm.NFD.String("상담회 2026 양주"):  true, // another keyboard composes otherwise
		"  상담회 2026 양주\n":               true,
		"상담회 2026 양":                    false,
		"":                              false,
		"상담회 2026 양주" + "\x00":          false,
		strings.ToUpper("상담회 2026 양주x"): false,
	} {
		fits, stale, err := h.Check(t.Context(), typed, kept)
		if err != nil || fits != want || stale {
			t.Errorf("%q: fits %v, stale %v, %v", typed, fits, stale, err)
		}
	}
	again, err := h.Make(t.Context(), "상담회 2026 양주")
	if err != nil || again == kept {
		t.Errorf("two hashes of one passphrase are equal: %v", err)
	}
}

func TestHasher_WhatIsNoHashFitsNothingAtTheSameWork(t *testing.T) {
	h := NewHasher() // at the real cost, which is what takes the time
	kept, err := h.Make(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	took := func(kept string) time.Duration {
		t.Helper()
		best := time.Hour
		for range 3 {
			began := time.Now()
			if fits, _, err := h.Check(t.Context(), "wrong horse", kept); fits || err != nil {
				t.Fatal(fits, err)
			}
			best = min(best, time.Since(began))
		}
		return best
	}
	wrong, nobody := took(kept), took("")
	if nobody < wrong/3 || wrong < nobody/3 {
		t.Errorf("a wrong passphrase takes %v, nobody's %v", wrong, nobody)
	}
	t.Logf("wrong %v, nobody %v", wrong, nobody)
	for _, passphrase := range []string{"", "\x00"} { // the dummy's sum is known: it must fit nobody either
		if fits, _, _ := h.Check(t.Context(), passphrase, ""); fits {
			t.Errorf("%q fits nobody", passphrase)
		}
	}
}

func TestHasher_AHashOfAnotherCostIsStale(t *testing.T) {
	old := newHasher(cost{memory: 32, passes: 1, threads: 1})
	kept, err := old.Make(t.Context(), "ten letters")
	if err != nil {
		t.Fatal(err)
	}
	if fits, stale, err := cheap().Check(t.Context(), "ten letters", kept); !fits || !stale || err != nil {
		t.Errorf("fits %v, stale %v, %v", fits, stale, err)
	}
}

func TestHasher_AFloodIsRefusedAtOnceAndNotMoreThanTwoCompute(t *testing.T) {
	h := cheap()
	for range hashAtOnce {
		h.turn <- struct{}{} // all turns are taken
	}
	var wg sync.WaitGroup
	for range hashAtOnce + hashQueue {
		wg.Go(func() {
			if _, _, err := h.Check(t.Context(), "x", ""); err != nil {
				t.Error(err)
			}
		})
	}
	for deadline := time.Now().Add(5 * time.Second); len(h.queue) < cap(h.queue); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d wait", len(h.queue))
		}
	}
	if _, _, err := h.Check(t.Context(), "x", ""); !errors.Is(err, ErrBusy) {
		t.Errorf("one more than fit: %v", err)
	}
	for range hashAtOnce {
		<-h.turn
	}
	wg.Wait()
	if len(h.turn) != 0 || len(h.queue) != 0 {
		t.Errorf("%d compute and %d wait for ever", len(h.turn), len(h.queue))
	}
}

func TestPHC_OnlyWhatWasWrittenHereIsRead(t *testing.T) {
	good, err := cheap().Make(t.Context(), "ten letters")
	if err != nil {
		t.Fatal(err)
	}
	if p, err := parsePHC(good); err != nil || p.String() != good {
		t.Fatalf("%q is read as %q, %v", good, p, err)
	}
	change := func(from, to string) string {
		s := strings.Replace(good, from, to, 1)
		if s == good {
			t.Fatalf("%q is not in %q", from, good)
		}
		return s
	}
	for _, s := range []string{
		"", "$", "$$$$$", "plain", good + "$", good + "=", good + "\n", " " + good, good[1:],
		change("argon2id", "argon2i"), change("v=19", "v=16"), change("v=19", "v=019"),
		change("m=64", "m=064"), change("m=64", "m=0"), change("m=64", "m=-64"), change("m=64", "m=+64"),
		change("m=64", "m=4194304"), change("m=64", "m=99999999999999999999"),
		change("t=1", "t=0"), change("t=1", "t=100"), change("p=1", "p=0"), change("p=1", "p=256"),
		change(",t=1", ",t=1,t=1"), change(",p=1", ""), change(",p=1", ",p=1,keyid=x"),
		good[:strings.LastIndex(good, "$")], good[:strings.LastIndex(good, "$")+1] + "AAAA",
	} {
		if p, err := parsePHC(s); !errors.Is(err, errPHC) {
			t.Errorf("%q is read as %+v, %v", s, p, err)
		}
	}
}

func FuzzPHC(f *testing.F) {
	good, err := cheap().Make(f.Context(), "ten letters")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		good, "", "$argon2id$v=19$m=47104,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$c3Vtc3Vtc3Vtc3Vtc3Vtc3VtcA",
		"$argon2id$v=19$m=4294967295,t=4294967295,p=255$$", "$argon2d$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAA",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parsePHC(s)
		if err != nil {
			if p.salt != nil || p.memory != 0 {
				t.Errorf("%q is refused and read as %+v", s, p)
			}
			return
		}
		if p.String() != s {
			t.Errorf("%q reads back as %q", s, p)
		}
		if p.memory > mostMemory || p.passes > mostPasses || p.threads > mostThreads || p.memory < 1 || p.passes < 1 || p.threads < 1 {
			t.Errorf("%q costs %+v", s, p.cost)
		}
	})
}

func TestWeakness_LongEnoughAndNotTheLoginIsAll(t *testing.T) {
	for passphrase, want := range map[string]bool{
		"ten letters":                     true,
		"1234567890":                      true, // no rules of composition
		"열글자가넘는암호문구이다":                    true,
		"short":                           false,
		"         a":                      false, // spaces around it do not count
		"aaaaaaaaaaaa":                    false,
		"Kim@Yangju.Example":              false,
		strings.Repeat("long enough", 30): false,
		"ten lett\xffers":                 false,
	} {
		if why := Weakness(passphrase, "kim@yangju.example"); (why == "") != want {
			t.Errorf("%q: %q", passphrase, why)
		}
	}
}

func TestNewPassphrase_IsTakenAndNeverTheSame(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		p := NewPassphrase()
		if seen[p] || Weakness(p, "kim") != "" || len(p) != 24 {
			t.Fatalf("%q", p)
		}
		seen[p] = true
	}
}

func FuzzCookieAndToken(f *testing.F) {
	for _, seed := range []string{
		newStaffID(sessionPrefix) + "." + NewSecret(), newToken("abcdefgh"), newStaffID(keyPrefix) + "." + NewSecret(),
		"", ".", "s-.", "s-" + "." + NewSecret(), "s-x..", "\x00." + NewSecret(),
	} {
		f.Add(seed)
	}
	o := NewOpenID(OpenIDConfig{Key: []byte("key")}, nil)
	f.Fuzz(func(t *testing.T, s string) {
		link, ok := linkOf(s)
		if ok && (!strings.HasPrefix(s, string(link)+".") || len(s) != len(link)+1+secretLen || strings.ContainsAny(string(link), " {}:*\x00\n")) {
			t.Errorf("%q is a token of %q", s, link)
		}
		session, secret, signed := cut(s)
		if signed && (!ok || session+"."+secret != s || !strings.HasPrefix(session, sessionPrefix)) {
			t.Errorf("%q is a cookie of %q", s, session)
		}
		if _, ok := o.unseal(s); ok {
			t.Errorf("%q is a sign-in under way", s)
		}
	})
}
