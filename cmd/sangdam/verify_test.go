package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"

	"sangdam/rooms/store"
	"sangdam/rooms/store/storetest"
)

func TestVerify_NamesTheFirstEntryThatWasChanged(t *testing.T) {
	mini := miniredis.RunT(t)
	redis := "redis://" + mini.Addr()
	event := written(t, redis)

	changed := 0
	for _, key := range mini.Keys() {
		if mini.Type(key) != "stream" || !strings.Contains(key, "ledger") {
			continue
		}
		entries, err := mini.Stream(key)
		if err != nil {
			t.Fatal(err)
		}
		mini.Del(key)
		for _, e := range entries {
			values := slices.Clone(e.Values)
			for i, v := range values {
				// Somebody wants the buyer never to have left.
				if strings.Contains(v, "seat_left") {
					values[i] = strings.Replace(v, "seat_left", "seat_back", 1)
					changed++
				}
			}
			if _, err := mini.XAdd(key, e.ID, values); err != nil {
				t.Fatal(err)
			}
		}
	}
	if changed == 0 {
		t.Fatalf("no entry was found in the keys %v: this test changes nothing", mini.Keys())
	}

	code, out, errs := run(t, "verify", "--redis", redis, string(event))
	if code != 1 || !strings.Contains(out, "BROKEN at entry") || !strings.Contains(errs, "not as it was written") {
		t.Errorf("exit code %d, %q, %q", code, out, errs)
	}
}

// healthy is a doctor's command line on which nothing is wrong but what Redis
// and the data folder have.
func healthy(redis, data string) []string {
	return []string{
		"doctor", "--redis", redis, "--data", data, "--listen", "127.0.0.1:0", "--public-url", "https://meet.example.kr",
		"--media-advertise", "203.0.113.10", "--media-udp", "127.0.0.1:0", "--media-tcp", "127.0.0.1:0",
	}
}

func TestDoctor_AllIsWell(t *testing.T) {
	redis, _, _ := storetest.Redis(t)
	if code, out, errs := run(t, "account", "add", "--redis", redis, "--right", "administrator", "kim"); code != 0 {
		t.Fatal(out, errs)
	}
	code, out, errs := run(t, healthy(redis, t.TempDir())...)
	// A machine whose disk is nearly full, or whose clock is left alone, passes with a warning.
	told := strings.Count("\n"+out, "\nok  ") + strings.Count(out, "WARN  data folder") + strings.Count(out, "WARN  clock")
	if code != 0 || told != 13 || strings.Count(out, "\n") != told {
		t.Errorf("exit code %d, %s\n%s", code, errs, out)
	}
}

func TestDoctor_WarnsOfWhatWouldBeMissedLater(t *testing.T) {
	redis := tcpRedis(t) // without an append-only file, and nobody has an account
	data := t.TempDir()
	for _, name := range []string{linkKeyFile, store.LedgerKeyFile} {
		if err := os.WriteFile(filepath.Join(data, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(data, store.LedgerKeyFile), 0o644); err != nil {
		t.Fatal(err)
	}
	code, out, _ := run(t, healthy(redis, data)...)
	if code != 0 {
		t.Errorf("a warning keeps nobody from working: exit code %d", code)
	}
	for name, remedy := range map[string]string{"persistence": "appendonly", "accounts": "account add", "keys": "ledger.key can be read"} {
		found := false
		for line := range strings.Lines(out) {
			found = found || strings.HasPrefix(line, fmt.Sprintf("WARN  %-12s", name)) && strings.Contains(line, remedy)
		}
		if !found {
			t.Errorf("no warning about %s that names %s in:\n%s", name, remedy, out)
		}
	}
}

func TestDoctor_ASpoolThatIsAnothersIsFound(t *testing.T) {
	data := t.TempDir()
	// Not a folder at all: the test may run as root, whom no mode keeps out.
	if err := os.WriteFile(filepath.Join(data, store.SpoolDir), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, _ := run(t, healthy(storetest.Mini(t), data)...)
	if code != 1 || !strings.Contains(out, "BAD   data folder") || !strings.Contains(out, "spool") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}

func TestDoctor_SaysOfEachFaultWhatToDo(t *testing.T) {
	taken := listen(t)
	code, out, _ := run(t, "doctor", "--redis", "redis://127.0.0.1:1/0", "--listen", taken.Addr().String(),
		"--media-advertise", "127.0.0.1", "--media-udp", "127.0.0.1:0", "--media-tcp", taken.Addr().String())
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
	for name, remedy := range map[string]string{
		"settings": "public-url", "redis": "--redis", "data folder": "--data",
		"pages": "set listen", "media": "media-tcp", "addresses": "media-advertise",
	} {
		found := false
		for line := range strings.Lines(out) {
			found = found || strings.HasPrefix(line, fmt.Sprintf("BAD   %-12s", name)) && strings.Contains(line, remedy)
		}
		if !found {
			t.Errorf("nothing about %s that names %s in:\n%s", name, remedy, out)
		}
	}
}
