package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"sangdam/rooms/attendance"
	"sangdam/rooms/report"
	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
	"sangdam/rooms/store/storetest"
)

func TestReport_ATableOnTheTerminalAndAWorkbookInAFile(t *testing.T) {
	redis := storetest.Mini(t)
	event := string(written(t, redis))
	code, out, errs := run(t, "report", "--redis", redis, "--format", "csv", "--language", "keys", event)
	if code != 0 {
		t.Fatal(errs)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 4 || rows[0][0] != "consultation" || rows[2][9] != "S01/buyer" || rows[2][16] != "2" {
		t.Errorf("%v, %q", err, rows)
	}
	code, out, errs = run(t, "report", "--redis", redis, "--format", "csv", "--sheet", "summary", "--language", "en", "--country", "us", event)
	if code != 0 || !strings.Contains(out, "Event,") || strings.Contains(out, "Country,") {
		t.Errorf("of a country that has no buyer: exit code %d, %s\n%s", code, errs, out)
	}

	name := filepath.Join(t.TempDir(), "it.xlsx")
	code, out, errs = run(t, "report", "--redis", redis, "-o", name, event)
	if code != 0 || strings.TrimSpace(out) != name {
		t.Fatalf("exit code %d, %q, %s", code, out, errs)
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v: a file with people in it is for everybody: %v", err, info.Mode())
	}
	z, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if _, err := z.Open("xl/workbook.xml"); err != nil {
		t.Error(err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(name), ".sangdam*"))
	if err != nil || len(left) != 0 {
		t.Errorf("%v: left behind %v", err, left)
	}
}

func TestReport_SaysWhatIsWrong(t *testing.T) {
	redis := storetest.Mini(t)
	event := string(written(t, redis))
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{event}, 1, "--redis"},
		{[]string{"--redis", redis, "gone"}, 1, "sangdam import"},
		{[]string{"--redis", redis, "--day", "6.12.2021", event}, 1, "2021-12-06"},
		{[]string{"--redis", redis, "--country", "Turkey", event}, 1, "TR"},
		{[]string{"--redis", redis, "--format", "pdf", event}, 2, "format"},
		{[]string{"--redis", redis, "--format", "pack", "--day", "2021-12-06", event}, 1, "whole event"},
		{[]string{"--redis", redis, "--format", "pack", event}, 1, "signed head"},
		{[]string{"--redis", redis, "--format", "pack", "--data", t.TempDir(), event}, 1, store.LedgerKeyFile},
		{[]string{"--redis", redis, "-o", "/nowhere/at/all.xlsx", event}, 1, "/nowhere/at/all.xlsx"},
	} {
		code, out, errs := run(t, append([]string{"report"}, tt.args...)...)
		if code != tt.code || !strings.Contains(errs, tt.says) || out != "" {
			t.Errorf("%v: exit code %d, %q, %q", tt.args, code, out, errs)
		}
	}
}

// aged makes the record's entries a minute old: what is younger than some
// seconds is not signed.
func aged(t *testing.T, mini *miniredis.Miniredis, event schedule.EventID) (n int) {
	t.Helper()
	key := "sangdam:{" + string(event) + "}:ledger"
	entries, err := mini.Stream(key)
	if err != nil {
		t.Fatal(err)
	}
	mini.Del(key)
	for i, e := range entries {
		id := fmt.Sprintf("%d-%d", time.Now().Add(-time.Minute).UnixMilli(), i+1)
		if _, err := mini.XAdd(key, id, e.Values); err != nil {
			t.Fatal(err)
		}
	}
	return len(entries)
}

func TestReport_APackThatVerifyFindsWhole(t *testing.T) {
	mini := miniredis.RunT(t)
	redis := "redis://" + mini.Addr()
	event := written(t, redis)
	n := aged(t, mini, event)
	data, name := t.TempDir(), filepath.Join(t.TempDir(), "pack.zip")
	s, err := store.Open(context.Background(), store.Options{URL: redis, Dir: data, Logger: quiet}) // makes the key
	if err != nil {
		t.Fatal(err)
	}
	// The server runs, and nothing was signed yet.
	if code, _, errs := run(t, "report", "--redis", redis, "--data", data, "--format", "pack", "-o", name, string(event)); code != 1 {
		t.Errorf("without a head: exit code %d, %s", code, errs)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	code, _, errs := run(t, "report", "--redis", redis, "--data", data, "--format", "pack", "-o", name, string(event))
	if code != 0 || errs != "" {
		t.Fatalf("exit code %d, %s", code, errs)
	}
	for _, args := range [][]string{{"--pack", name}, {"--pack", name, "--key", filepath.Join(data, store.LedgerPubFile)}} {
		code, out, errs := run(t, append([]string{"verify"}, args...)...)
		if code != 0 || !strings.Contains(out, fmt.Sprintf("ok, %d entries", n)) {
			t.Errorf("verify %v: exit code %d, %s%s", args, code, out, errs)
		}
	}

	// Beside a running server it ends at that head.
	s, err = store.Open(context.Background(), store.Options{URL: redis, Dir: data, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Append(schedule.Entry{Event: event, Kind: schedule.EntrySeatLeft, Consultation: "S01", Seat: "S01/buyer", Session: "a"})
	if err := s.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	code, _, errs = run(t, "report", "--redis", redis, "--data", data, "--format", "pack", "-o", name, string(event))
	if code != 0 || !strings.Contains(errs, fmt.Sprintf("ends with entry %d,", n)) {
		t.Errorf("beside a server: exit code %d, %s", code, errs)
	}
	if code, out, errs := run(t, "verify", "--pack", name); code != 0 {
		t.Errorf("verify: exit code %d, %s%s", code, out, errs)
	}
}

// Whoever changes a pack and writes its sums anew is found all the same.
func TestReport_APackThatWasChangedIsFound(t *testing.T) {
	mini := miniredis.RunT(t)
	redis := "redis://" + mini.Addr()
	event := written(t, redis)
	aged(t, mini, event)
	data, name := t.TempDir(), filepath.Join(t.TempDir(), "pack.zip")
	s, err := store.Open(context.Background(), store.Options{URL: redis, Dir: data, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := run(t, "report", "--redis", redis, "--data", data, "--format", "pack", "-o", name, string(event)); code != 0 {
		t.Fatal(errs)
	}
	trusted := filepath.Join(data, store.LedgerPubFile)
	own := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
	for what, change := range map[string]func(file, text string) string{
		"a changed entry": func(file, text string) string {
			return strings.Replace(text, "seat_left", "seat_away", 1)
		},
		"a cut tail": func(file, text string) string {
			if file != "ledger.jsonl" {
				return text
			}
			return text[:strings.LastIndex(strings.TrimSpace(text), "\n")+1]
		},
		"exchanged tables": func(file, text string) string {
			return strings.ReplaceAll(text, "no_show_buyer", "held")
		},
		"all of it written anew, with another key": func(file, text string) string {
			all, err := attendance.ReadEntries(strings.NewReader(files(t, name)["ledger.jsonl"]))
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			prev := attendance.Genesis
			for _, e := range all[:2] {
				e = attendance.Seal(prev, e)
				prev = e.Hash
				b, err := json.Marshal(e)
				if err != nil {
					t.Fatal(err)
				}
				lines = append(lines, string(b)+"\n")
			}
			switch file {
			case "ledger.jsonl":
				return strings.Join(lines, "")
			case "heads.jsonl":
				b, err := json.Marshal(attendance.SignHead(own, schedule.Head{Event: event, Entries: 2, Hash: prev, At: time.Now()}))
				if err != nil {
					t.Fatal(err)
				}
				return string(b) + "\n"
			case "key.pub":
				b, err := attendance.EncodeKey(own.Public().(ed25519.PublicKey))
				if err != nil {
					t.Fatal(err)
				}
				return string(b)
			}
			return text
		},
	} {
		forged := filepath.Join(t.TempDir(), "forged.zip")
		f, err := os.Create(forged)
		if err != nil {
			t.Fatal(err)
		}
		z := zip.NewWriter(f)
		add := func(file, text string) {
			w, err := z.Create(file)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(w, text); err != nil {
				t.Fatal(err)
			}
		}
		manifest := ""
		for file, text := range files(t, name) {
			if file == report.PackManifest {
				continue
			}
			text = change(file, text)
			add(file, text)
			if file == report.PackSeal {
				continue
			}
			manifest += fmt.Sprintf("%x  %s\n", sha256.Sum256([]byte(text)), file)
		}
		add(report.PackManifest, manifest)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		heads := filepath.Join(data, store.HeadsFile)
		if code, out, errs := run(t, "verify", "--pack", forged, "--key", trusted, "--heads", heads); code == 0 || !strings.Contains(out, "BROKEN") || strings.Contains(out, "was packed") {
			t.Errorf("%s: exit code %d, %s%s", what, code, out, errs)
		}
	}
}

func TestVerify_NamesAFileOfAPackThatWasChanged(t *testing.T) {
	mini := miniredis.RunT(t)
	redis := "redis://" + mini.Addr()
	event := written(t, redis)
	data, name := t.TempDir(), filepath.Join(t.TempDir(), "pack.zip")
	s, err := store.Open(context.Background(), store.Options{URL: redis, Dir: data, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := run(t, "report", "--redis", redis, "--data", data, "--format", "pack", "-o", name, string(event)); code != 0 {
		t.Fatal(errs)
	}
	changed := filepath.Join(t.TempDir(), "changed.zip")
	f, err := os.Create(changed)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for file, text := range files(t, name) {
		w, err := z.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		if file == "summary.csv" {
			text += "more,held,99\r\n"
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	code, out, errs := run(t, "verify", "--pack", changed)
	if code != 1 || !strings.Contains(out, "BROKEN: summary.csv") || !strings.Contains(errs, "not as it was made") {
		t.Errorf("exit code %d, %s%s", code, out, errs)
	}
}

func files(t *testing.T, name string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Close()
		out[f.Name] = string(b)
	}
	return out
}
