package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"sangdam/rooms/attendance"
	"sangdam/rooms/report"
	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
	"sangdam/rooms/store/storetest"
)

// signedRecord is an event of ten entries in Redis, and a data folder whose key
// has signed it at six and at ten.
func signedRecord(t *testing.T) (url, data string, entries []schedule.Entry, heads []schedule.Head) {
	t.Helper()
	url, data = storetest.Mini(t), t.TempDir()
	s, err := store.Open(t.Context(), store.Options{URL: url, Node: "n", Dir: t.TempDir(), Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.SaveEvent(t.Context(), &schedule.Event{ID: "fair"}); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		e := schedule.Entry{Event: "fair", Kind: schedule.EntryStaff, Consultation: "S01", By: "a1", Detail: fmt.Sprint("write ", i)}
		if i%2 == 0 {
			e.Words = fmt.Sprint("words ", i)
		}
		s.Append(e)
	}
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Entries(t.Context(), "fair", func(e schedule.Entry) error { entries = append(entries, e); return nil }); err != nil {
		t.Fatal(err)
	}
	pub, key, _ := ed25519.GenerateKey(nil)
	for _, n := range []int{6, 10} {
		heads = append(heads, attendance.SignHead(key, schedule.Head{Event: "fair", Entries: int64(n), Hash: entries[n-1].Hash, At: time.Now()}))
	}
	text, err := attendance.EncodeKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(data, store.LedgerPubFile), text)
	put(t, filepath.Join(data, store.HeadsFile), jsonl(t, heads))
	return url, data, entries, heads
}

func put(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func jsonl[T any](t *testing.T, all []T) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, one := range all {
		line, err := json.Marshal(one)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.Bytes()
}

// rewrite puts another ledger in the place of the one in Redis, count and all,
// as somebody who has Redis and knows the program can.
func rewrite(t *testing.T, url string, entries []schedule.Entry) {
	t.Helper()
	o, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(o)
	defer c.Close()
	ctx := context.Background()
	c.Del(ctx, "sangdam:{fair}:ledger", "sangdam:{fair}:chain", "sangdam:{fair}:words")
	prev := attendance.Genesis
	for _, e := range entries {
		e = attendance.Seal(prev, e)
		prev = e.Hash
		words, _ := json.Marshal(map[string]string{"salt": e.Salt, "text": e.Words})
		if e.Words != "" {
			c.HSet(ctx, "sangdam:{fair}:words", e.ID, words)
		}
		e.Words, e.Salt = "", ""
		line, _ := json.Marshal(e)
		if err := c.XAdd(ctx, &redis.XAddArgs{Stream: "sangdam:{fair}:ledger", Values: []any{"e", line}}).Err(); err != nil {
			t.Fatal(err)
		}
	}
	c.HSet(ctx, "sangdam:{fair}:chain", "head", prev, "length", len(entries))
}

func TestVerify_SignedHeadsKnowWhatAChainAloneDoesNot(t *testing.T) {
	for _, tt := range []struct {
		name   string
		tamper func(t *testing.T, url string, es []schedule.Entry)
		alone  bool // shows without heads
		want   string
	}{
		{"nothing", nil, false, ""},
		{"cut and its count mended", func(t *testing.T, url string, es []schedule.Entry) { rewrite(t, url, es[:8]) }, false, "BROKEN at entry 9: "},
		{"all gone", func(t *testing.T, url string, _ []schedule.Entry) { rewrite(t, url, nil) }, false, "BROKEN at entry 1: "},
		{"written anew as a whole", func(t *testing.T, url string, es []schedule.Entry) {
			es[0].Detail = "write nothing"
			rewrite(t, url, es)
		}, false, "BROKEN at entry 1, id "},
		{"its end written anew", func(t *testing.T, url string, es []schedule.Entry) {
			es[8].By = "somebody else"
			rewrite(t, url, es)
		}, false, "BROKEN at entry 7, id "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			url, data, es, heads := signedRecord(t)
			if tt.tamper != nil {
				tt.tamper(t, url, es)
			}
			if code, out, errs := run(t, "verify", "--redis", url, "fair"); (code != 0) != tt.alone || tt.want == "" && !strings.Contains(out, "words: 5 as they were written, 0 erased") {
				t.Errorf("without heads: exit code %d, %s%s", code, out, errs)
			}
			apart := filepath.Join(t.TempDir(), "heads.jsonl")
			put(t, apart, jsonl(t, heads))
			for _, args := range [][]string{{"--data", data}, {"--key", filepath.Join(data, store.LedgerPubFile), "--heads", apart}} {
				code, out, errs := run(t, append([]string{"verify", "--redis", url}, args...)...)
				switch {
				case tt.want == "" && (code != 0 || !strings.Contains(out, "2 signed heads fit, the last one up to entry 10")):
					t.Errorf("%v: exit code %d, %s%s", args, code, out, errs)
				case tt.want != "" && (code != 1 || !strings.Contains(out, tt.want) || !strings.Contains(errs, "not as it was written")):
					t.Errorf("%v: exit code %d, %s%s; want %q", args, code, out, errs, tt.want)
				}
			}
		})
	}
}

func TestVerify_AForgedHeadAndAStrangersKey(t *testing.T) {
	url, data, es, heads := signedRecord(t)
	forged := heads[1]
	forged.Hash = es[8].Hash
	put(t, filepath.Join(data, store.HeadsFile), jsonl(t, append(heads, forged)))
	if code, out, _ := run(t, "verify", "--redis", url, "--data", data); code != 1 || !strings.Contains(out, "forged") {
		t.Errorf("forged: exit code %d, %s", code, out)
	}
	// It hides nothing else.
	rewrite(t, url, es[:8])
	if code, out, _ := run(t, "verify", "--redis", url, "--data", data); code != 1 || !strings.Contains(out, "forged") || !strings.Contains(out, "BROKEN at entry 9") {
		t.Errorf("forged and cut: exit code %d, %s", code, out)
	}
	rewrite(t, url, es)
	_, stranger, _ := ed25519.GenerateKey(nil)
	put(t, filepath.Join(data, store.HeadsFile), jsonl(t, []schedule.Head{attendance.SignHead(stranger, heads[0])}))
	if code, out, _ := run(t, "verify", "--redis", url, "--data", data); code != 0 || !strings.Contains(out, "prove nothing") || !strings.Contains(out, "no signed head is known") {
		t.Errorf("a stranger's: exit code %d, %s", code, out)
	}
	put(t, filepath.Join(data, store.LedgerPubFile), []byte("no key"))
	if code, _, errs := run(t, "verify", "--redis", url, "--data", data); code != 1 || !strings.Contains(errs, "no public key") {
		t.Errorf("no key: exit code %d, %s", code, errs)
	}
}

func TestVerify_APackNeedsNoRedis(t *testing.T) {
	_, data, es, heads := signedRecord(t)
	key, err := os.ReadFile(filepath.Join(data, store.LedgerPubFile))
	if err != nil {
		t.Fatal(err)
	}
	pack := func(es []schedule.Entry, heads []schedule.Head, key []byte) string {
		name := filepath.Join(t.TempDir(), "pack.zip")
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		files := map[string][]byte{report.PackLedger: jsonl(t, es), report.PackHeads: jsonl(t, heads), report.PackKey: key}
		var manifest []byte
		for file, content := range files {
			manifest = fmt.Appendf(manifest, "%x  %s\n", sha256.Sum256(content), file)
		}
		files[report.PackManifest] = manifest
		for file, content := range files {
			w, err := z.Create(file)
			if err == nil {
				_, err = w.Write(content)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		put(t, name, b.Bytes())
		return name
	}
	without := append([]schedule.Entry(nil), es...)
	without[2].Words, without[2].Salt = "", ""
	changed := append([]schedule.Entry(nil), es...)
	changed[4].Detail = "write nothing"
	said := append([]schedule.Entry(nil), es...)
	said[4].Words = "something else"
	for name, tt := range map[string]struct {
		pack string
		code int
		want string
	}{
		"whole":           {pack(es, heads, key), 0, "2 signed heads fit, the last one up to entry 10"},
		"words erased":    {pack(without, heads, key), 0, "words: 4 as they were written, 1 erased, or left out of the pack"},
		"heads taken out": {pack(es, nil, key), 1, "BROKEN at entry 1"},
		"an added end":    {pack(append(slices.Clone(es), attendance.Seal(es[9].Hash, schedule.Entry{ID: "x", Event: "fair", At: time.Now()})), heads, key), 1, "BROKEN at entry 11"},
		"changed":         {pack(changed, heads, key), 1, "BROKEN at entry 5, id " + es[4].ID},
		"words changed":   {pack(said, heads, key), 1, "BROKEN at entry 5, id " + es[4].ID},
		"cut":             {pack(es[:7], heads, key), 1, "BROKEN at entry 8"},
		"no zip":          {filepath.Join(data, store.LedgerPubFile), 1, ""},
	} {
		code, out, errs := run(t, "verify", "--pack", tt.pack)
		if code != tt.code || !strings.Contains(out, tt.want) {
			t.Errorf("%s: exit code %d, %s%s; want %q", name, code, out, errs, tt.want)
		}
		if tt.code == 0 && !strings.Contains(out, "the key came with the record") {
			t.Errorf("%s: nothing about where the key is from: %s", name, out)
		}
	}
	if code, out, _ := run(t, "verify", "--pack", pack(es, heads, key), "--data", data); code != 0 || strings.Contains(out, "came with the record") {
		t.Errorf("with the key of the data folder: exit code %d, %s", code, out)
	}
}

// An end that somebody put in beside the program is hashed as it should be, but
// nobody counted it.
func TestVerify_AnEndThatRedisDidNotCountIsNamed(t *testing.T) {
	url, data, es, _ := signedRecord(t)
	o, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(o)
	defer c.Close()
	line, err := json.Marshal(attendance.Seal(es[9].Hash, schedule.Entry{ID: "put-in", Event: "fair", At: time.Now(), Kind: schedule.EntryVerdict, Detail: "held"}))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.XAdd(t.Context(), &redis.XAddArgs{Stream: "sangdam:{fair}:ledger", Values: []any{"e", line}}).Err(); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := run(t, "verify", "--redis", url, "--data", data); code != 1 || !strings.Contains(out, "BROKEN at entry 11, id put-in") {
		t.Errorf("exit code %d, %s", code, out)
	}
}
