package store

import (
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
	"sangdam/rooms/store/storetest"
)

func TestSigner_TheKeyIsNobodyElsesToRead(t *testing.T) {
	t.Parallel()
	url, dir := storetest.Mini(t), t.TempDir()
	log := &records{}
	s := open(t, Options{URL: url, Dir: dir})
	key := filepath.Join(dir, LedgerKeyFile)
	mode := func() os.FileMode {
		info, err := os.Stat(key)
		must(t, err)
		return info.Mode().Perm()
	}
	if mode() != 0o600 {
		t.Errorf("made with mode %o", mode())
	}
	pub := string(s.PublicKey())
	if onDisk, err := os.ReadFile(filepath.Join(dir, LedgerPubFile)); err != nil || string(onDisk) != pub || !strings.Contains(pub, "BEGIN PUBLIC KEY") {
		t.Errorf("%q %v", pub, err)
	}
	must(t, s.Close())
	must(t, os.Chmod(key, 0o644))
	again := open(t, Options{URL: url, Dir: dir, Logger: slog.New(slog.NewTextHandler(log, nil))})
	if mode() != 0o600 || log.count("could be read by others") != 1 || string(again.PublicKey()) != pub {
		t.Errorf("mode %o, told %d times, the same key %v", mode(), log.count("could be read by others"), string(again.PublicKey()) == pub)
	}
	must(t, again.Close())
	for _, bad := range []string{"", "no PEM", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		must(t, os.WriteFile(key, []byte(bad), 0o600))
		if s, err := Open(t.Context(), Options{URL: url, Dir: dir, Logger: quiet()}); err == nil {
			t.Errorf("%q was taken for a key", bad)
			_ = s.Close()
		} else if !strings.Contains(err.Error(), "key of the ledger") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	must(t, os.Remove(key)) // and the folder is free again after each failure
	open(t, Options{URL: url, Dir: dir})
}

func TestSignHead_IsKeptTwiceAndKnowsOnlyWhatIsSettled(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, url string) {
		dir := t.TempDir()
		s := open(t, Options{URL: url, Dir: dir})
		none, err := s.SignHead(t.Context(), "e")
		if err != nil || none.Entries != 0 || none.Hash != "" {
			t.Errorf("of an empty ledger: %+v %v", none, err)
		}
		appendNumbered(s, "e", 0, 5)
		must(t, s.Flush(within(t, 5*time.Second)))
		if h, err := s.SignHead(t.Context(), "e"); err != nil || h.Entries != 0 {
			t.Errorf("what is younger than %v was signed: %+v %v", settleAfter, h, err)
		}
		s.signAge = 0
		time.Sleep(5 * time.Millisecond)
		h, err := s.SignHead(t.Context(), "e")
		must(t, err)
		all := entriesOf(t, s, "e")
		if h.Entries != 5 || h.Hash != all[4].Hash || time.Since(h.At) > time.Minute {
			t.Fatalf("%+v", h)
		}
		keys, err := s.Keys(t.Context())
		must(t, err)
		check := func(want int) []attendance.Mark {
			t.Helper()
			heads, err := s.Heads(t.Context(), "e")
			must(t, err)
			marks, unknown, err := keys.Vouched("e", heads)
			if err != nil || unknown != 0 || len(marks) != want {
				t.Fatalf("%d heads, %d unknown, %v", len(marks), unknown, err)
			}
			return marks
		}
		if r := report(t, s, "e", check(3)...); r.Broken != nil || r.Marked != 5 {
			t.Errorf("%+v %+v", r, r.Broken)
		}
		must(t, s.rdb.Del(t.Context(), keyHeads("e")).Err())
		check(3) // the data folder has them

		// A crash has torn the last line of the file: the next head stands on its own.
		name := filepath.Join(dir, HeadsFile)
		text, err := os.ReadFile(name)
		must(t, err)
		must(t, os.WriteFile(name, text[:len(text)-40], 0o600))
		_, err = s.SignHead(t.Context(), "e")
		must(t, err)
		check(3)
		var last schedule.Head
		text, err = os.ReadFile(name)
		must(t, err)
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		must(t, json.Unmarshal([]byte(lines[len(lines)-1]), &last))
		if len(lines) != 3 || last.Entries != 5 {
			t.Errorf("%d lines, the last is %+v", len(lines), last)
		}

		// Redis's own count shows a hand that cuts the stream alone.
		n, hash, err := s.Length(t.Context(), "e")
		must(t, err)
		cut, err := s.rdb.XRevRangeN(t.Context(), keyLedger("e"), "+", "-", 1).Result()
		must(t, err)
		must(t, s.rdb.XDel(t.Context(), keyLedger("e"), cut[0].ID).Err())
		b := report(t, s, "e", attendance.Mark{Entries: n, Hash: hash, From: "Redis's own count"}).Broken
		if b == nil || b.Kind != attendance.BreakCut || b.Index != 5 {
			t.Errorf("%+v", b)
		}
	})
}

func TestSignHead_ByTheHourAndOnlyWhatHasGrown(t *testing.T) {
	t.Parallel()
	s := started(t, Options{URL: storetest.Mini(t), Dir: t.TempDir()})
	ctx := t.Context()
	must(t, s.SaveEvent(ctx, &schedule.Event{ID: "e"}))
	must(t, s.SaveEvent(ctx, &schedule.Event{ID: "empty"}))
	s.signAge = 0
	heads := func() (n [3]int) {
		for i, e := range []schedule.EventID{"e", schedule.House, "empty"} {
			all, err := s.Heads(ctx, e)
			must(t, err)
			n[i] = len(all)
		}
		return n
	}
	grow := func(e schedule.EventID) {
		appendNumbered(s, e, 0, 1)
		must(t, s.Flush(within(t, 5*time.Second)))
		time.Sleep(5 * time.Millisecond)
	}
	now := time.Now()
	grow("e")
	grow(schedule.House)
	for i, step := range []struct {
		after time.Duration
		grows bool
		want  [3]int
	}{
		{time.Minute, false, [3]int{0, 0, 0}},
		{signEvery + time.Minute, false, [3]int{1, 1, 0}},
		{signEvery + 2*time.Minute, true, [3]int{1, 1, 0}},
		{2*signEvery + 2*time.Minute, false, [3]int{2, 1, 0}},
		{3*signEvery + 3*time.Minute, false, [3]int{2, 1, 0}},
	} {
		if step.grows {
			grow("e")
		}
		must(t, s.signDue(ctx, now.Add(step.after)))
		if got := heads(); got != step.want {
			t.Errorf("step %d: %v heads, want %v", i, got, step.want)
		}
	}
	reader := open(t, Options{URL: storetest.Mini(t)})
	if _, err := reader.SignHead(ctx, "e"); !errors.Is(err, ErrNoKey) || reader.PublicKey() != nil {
		t.Errorf("signed without a key: %v", err)
	}
}
