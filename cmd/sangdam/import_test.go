package main

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
	"sangdam/rooms/store/storetest"
)

// tomorrow writes a timetable of tomorrow with one more booth a line.
func tomorrow(t *testing.T, booths ...string) string {
	t.Helper()
	day := time.Now().Add(24 * time.Hour).UTC().Format(time.DateOnly)
	text := "consultation,date,start,end,timezone,booth,firm,firm_products,buyer,buyer_country,buyer_timezone,buyer_language,interpreter,interpreter_languages\n"
	for i, b := range booths {
		n := string(rune('1' + i))
		text += "S0" + n + "," + day + ",09:00,09:40,Asia/Seoul," + b + ",Firm " + n + ",knits,Buyer " + n + ",GB,Europe/London,en,Interpreter " + n + ",\"ko,en\"\n"
	}
	name := filepath.Join(t.TempDir(), "timetable.csv")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func links(out string) []string {
	return regexp.MustCompile(`https?://\S+/j/\S+#\S+`).FindAllString(out, -1)
}

func TestImport_ASecondOneKeepsTheLinksAndAddsTheMissing(t *testing.T) {
	redis := storetest.Mini(t)
	args := []string{"import", "--redis", redis, "--data", t.TempDir(), "--public-url", "https://meet.example.kr", "--event", "fair"}

	code, out, errs := run(t, append(args, tomorrow(t, "Booth 1"))...)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	// booth, buyer, interpreter, coordinator
	if got := links(out); len(got) != 4 || !strings.HasPrefix(got[0], "https://meet.example.kr/j/") {
		t.Fatalf("want four links in:\n%s", out)
	}
	code, out, errs = run(t, append(args, tomorrow(t, "Booth 1", "Booth 2"))...)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	if got := links(out); len(got) != 3 || !strings.Contains(out, "4 links that were given out before stay good") {
		t.Errorf("want the three links of the second line in:\n%s", out)
	}
	code, out, _ = run(t, append(args, tomorrow(t, "Booth 1", "Booth 2"))...)
	if code != 0 || len(links(out)) != 0 {
		t.Errorf("exit code %d, want no new link in:\n%s", code, out)
	}
}

func TestImport_KeptLinksLastAsLongAsTheFair(t *testing.T) {
	redis := storetest.Mini(t)
	name := tomorrow(t, "Booth 1")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	next, later := time.Now().Add(24*time.Hour).UTC(), time.Now().Add(96*time.Hour).UTC()
	for _, day := range []time.Time{next, later} { // the fair is put off
		moved := strings.ReplaceAll(string(text), next.Format(time.DateOnly), day.Format(time.DateOnly))
		if err := os.WriteFile(name, []byte(moved), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := run(t, "import", "--redis", redis, "--data", data, "--event", "fair", name); code != 0 {
			t.Fatal(errs)
		}
	}
	s, err := store.Open(t.Context(), store.Options{URL: redis})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	all, err := s.Links(t.Context(), "fair")
	if err != nil || len(all) != 4 {
		t.Fatal(len(all), err)
	}
	for _, l := range all {
		if l.Grants.NotAfter.Before(later) {
			t.Errorf("the link of %s%s ends %v, before the fair", l.Grants.Booth, l.Grants.Party, l.Grants.NotAfter)
		}
	}
}

func TestImport_ABadTableIsRefusedWithEveryLineThatIsWrong(t *testing.T) {
	redis := storetest.Mini(t)
	name := tomorrow(t, "Booth 1", "Booth 2")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	bad := strings.ReplaceAll(string(text), "09:40", "late")
	if err := os.WriteFile(name, []byte(bad), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := run(t, "import", "--redis", redis, "--event", "fair", name)
	if code != 1 || len(links(out)) != 0 {
		t.Errorf("exit code %d, %q", code, out)
	}
	for _, line := range []string{"row 2", "row 3"} {
		if !strings.Contains(errs, line) {
			t.Errorf("%s is not named in:\n%s", line, errs)
		}
	}
}

// written makes an event with a few entries in its record.
func written(t *testing.T, redis string) schedule.EventID {
	t.Helper()
	const event = "fair"
	if code, _, errs := run(t, "import", "--redis", redis, "--data", t.TempDir(), "--event", event, tomorrow(t, "Booth 1")); code != 0 {
		t.Fatal(errs)
	}
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{URL: redis, Node: "test", Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.StartNode(ctx); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []schedule.EntryKind{schedule.EntrySeatJoined, schedule.EntrySeatLeft, schedule.EntrySeatJoined} {
		s.Append(schedule.Entry{Event: event, Kind: kind, Consultation: "S01", Seat: "S01/buyer", Session: "a"})
	}
	if err := s.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	return event
}

func TestVerify_AnUntouchedRecordIsWhole(t *testing.T) {
	redis := storetest.Mini(t)
	event := written(t, redis)
	for _, args := range [][]string{{"verify", "--redis", redis}, {"verify", "--redis", redis, string(event)}} {
		code, out, errs := run(t, args...)
		if code != 0 || !regexp.MustCompile(`^fair: ok, \d+ entries`).MatchString(out) {
			t.Errorf("%v: exit code %d, %q, %q", args, code, out, errs)
		}
	}
}

func TestImport_TheSampleFairTwiceChangesNothing(t *testing.T) {
	redis, _, _ := storetest.Redis(t)
	args := []string{"import", "--redis", redis, "--data", t.TempDir(), "demo/yangju-2021.csv"}
	code, out, errs := run(t, args...)
	if code != 0 || !strings.Contains(out, "yangju-2021: 35 consultations") || !strings.Contains(out, "16 firms") || !strings.Contains(out, "35 created, 0 changed") {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	kept := func() *schedule.Event {
		s, err := store.Open(t.Context(), store.Options{URL: redis, Logger: quiet})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		e, err := s.Event(t.Context(), "yangju-2021")
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	before := kept()
	code, out, errs = run(t, args...)
	if code != 0 || !strings.Contains(out, "0 created, 0 changed, 0 cancelled, 35 stay") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if after := kept(); after.Revision != 1 || !reflect.DeepEqual(before, after) {
		t.Errorf("revision %d after a second import of the same file", after.Revision)
	}
}

func TestImport_ADryRunTellsAndSavesNothing(t *testing.T) {
	redis, data := storetest.Mini(t), filepath.Join(t.TempDir(), "data")
	args := []string{"import", "--redis", redis, "--data", data, "--event", "fair", "--language", "ko"}
	code, out, errs := run(t, append(args, "--dry-run", tomorrow(t, "Booth 1"))...)
	if code != 0 || !strings.Contains(out, "신규 1건") || !strings.Contains(out, "저장하지 않았습니다") || len(links(out)) != 0 {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	if code, out, _ = run(t, append(args, tomorrow(t, "Booth 1"))...); code != 0 || !strings.Contains(out, "신규 1건") {
		t.Errorf("the dry run had left something: %d\n%s", code, out)
	}
	if code, out, _ = run(t, "import", "--dry-run", "demo/yangju-2021.csv"); code != 0 || !strings.Contains(out, "35 created") {
		t.Errorf("a file alone: %d\n%s", code, out)
	}
}

func TestLinks_ArePrintedAgainFromTheKeyAlone(t *testing.T) {
	redis, data := storetest.Mini(t), t.TempDir()
	base := []string{"--redis", redis, "--public-url", "https://meet.example.kr"}
	code, out, errs := run(t, append(append([]string{"import", "--data", data, "--event", "fair"}, base...), tomorrow(t, "Booth 1"))...)
	if code != 0 {
		t.Fatal(errs)
	}
	first := links(out)
	slices.Sort(first)
	code, out, errs = run(t, append([]string{"links", "--data", data, "fair"}, base...)...)
	again := links(out)
	slices.Sort(again)
	if code != 0 || !slices.Equal(first, again) {
		t.Errorf("exit code %d, first %v, again %v\n%s", code, first, again, errs)
	}
	if code, out, _ = run(t, append([]string{"links", "--data", t.TempDir(), "fair"}, base...)...); code != 0 || len(links(out)) != 0 || !strings.Contains(out, "another key") {
		t.Errorf("with another key: %d\n%s", code, out)
	}
	if code, out, _ = run(t, append([]string{"links", "--csv", "--data", data, "fair"}, base...)...); code != 0 || !strings.HasPrefix(out, "\ufeffrole,") || len(links(out)) != 4 {
		t.Errorf("as CSV: %d\n%s", code, out)
	}
}
