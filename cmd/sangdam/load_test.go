package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
	"sangdam/rooms/store/storetest"
	"sangdam/signaling/load"
)

// loaded is a server that a load can be put on, as its flags name it.
func loaded(t *testing.T) (s *store.Store, flags []string) {
	t.Helper()
	url, _, _ := storetest.Redis(t)
	dir := t.TempDir()
	s, err := store.Open(t.Context(), store.Options{URL: url, Node: "test", Dir: dir, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	key, err := keeper("", dir)
	if err != nil {
		t.Fatal(err)
	}
	n, err := startNode(t.Context(), nodeOptions{
		Edge: Edge{Listen: "127.0.0.1:0"}, Keeper: key, Media: Media{Advertise: []string{"127.0.0.1"}, UDP: "127.0.0.1:0", TCP: "127.0.0.1:0"},
		Data: dir, Node: "test", Store: s, Logger: quiet,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.stop)
	return s, []string{"--redis", url, "--data", dir, "--public-url", n.URL()}
}

func TestLoad_MeasuresTwoRoomsAndLeavesNoEventBehind(t *testing.T) {
	s, flags := loaded(t)
	figures := filepath.Join(t.TempDir(), "figures.json")
	args := append([]string{"load", "--rooms", "2", "--ramp", "20", "--duration", "2s", "--server-pid", strconv.Itoa(os.Getpid()), "--json", figures}, flags...)
	code, out, errs := run(t, args...)
	if code != 0 {
		t.Fatalf("exit code %d: %s\n%s", code, errs, out)
	}
	raw, err := os.ReadFile(figures)
	if err != nil {
		t.Fatal(err)
	}
	var r load.Report
	if err := json.Unmarshal(raw, &r); err != nil || len(r.Steps) != 1 {
		t.Fatalf("%d steps, %v", len(r.Steps), err)
	}
	f := r.Steps[0]
	switch {
	case f.Present != 4 || len(f.Failed) != 0:
		t.Errorf("%d of 4 people are there; failed %v", f.Present, f.Failed)
	case f.Got < 4*50: // voices alone are that many
		t.Errorf("%.0f packets a second arrive", f.Got)
	case f.Delay.P50 <= 0 || f.Delay.P50 > 1000:
		t.Errorf("delay p50 is %v ms", f.Delay.P50)
	case f.Join.Count != 2 || f.Picture.Count != 2: // who comes second finds somebody
		t.Errorf("joins %+v, pictures %+v", f.Join, f.Picture)
	case f.Connect.Count != 4 || f.Loss > 0.5:
		t.Errorf("connects %+v, loss %v", f.Connect, f.Loss)
	case f.Server == nil || f.Server.Cores <= 0 || f.Server.Resident <= 0:
		t.Errorf("the server took %+v", f.Server)
	}
	for _, part := range []string{"rooms     people", "    2          4", "rooms of 2 (simulcast)"} {
		if !strings.Contains(out, part) {
			t.Errorf("%q is not in:\n%s", part, out)
		}
	}
	if all, err := s.Events(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("events %v are left, %v", all, err)
	}
}

func TestLoad_CtrlCRemovesTheEvent(t *testing.T) {
	s, flags := loaded(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	told := &output{news: make(chan []byte, 64)}
	m := &Main{Stdout: told, Stderr: io.Discard, Version: "test"}
	code := make(chan int, 1)
	go func() { code <- m.Run(ctx, append([]string{"load", "--rooms", "3", "--duration", "1h"}, flags...)) }()
	if err := told.await("p50/p99", 10*time.Second); err != nil { // the heading: people are coming
		t.Fatal(err)
	}
	if all, err := s.Events(t.Context()); err != nil || len(all) != 1 {
		t.Fatalf("events %v, %v", all, err)
	}
	stop()
	select {
	case <-code:
	case <-time.After(30 * time.Second):
		t.Fatal("it did not stop")
	}
	if all, err := s.Events(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("events %v are left, %v", all, err)
	}
}

func TestLoad_AHallIsMadeLoadedAndRemovedByItself(t *testing.T) {
	s, flags := loaded(t)
	if err := s.SaveEvent(t.Context(), &schedule.Event{ID: "yangju-2021"}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "hall.json")
	do := func(want string, args ...string) {
		t.Helper()
		code, out, errs := run(t, append([]string{"load"}, args...)...)
		if code != 0 || !strings.Contains(out, want) {
			t.Fatalf("%v: exit code %d, want %q: %s\n%s", args, code, want, errs, out)
		}
	}
	do("1 room of 2", append([]string{"--make", file, "--rooms", "1"}, flags...)...)
	do("1 room of 2 (audio)", "--hall", file, "--rooms", "1", "--profile", "audio", "--duration", "1s")
	do("are gone", append([]string{"--remove", file}, flags[:2]...)...)
	if all, err := s.Events(t.Context()); err != nil || !slices.Equal(all, []schedule.EventID{"yangju-2021"}) {
		t.Errorf("events %v, %v", all, err)
	}
}

func TestLoad_SaysWhatIsMissing(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.json")
	if err := os.WriteFile(bad, []byte(`{"url":"http://127.0.0.1:1","event":"yangju-2021","rooms":[{}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"no Redis is named":       {},
		"no data folder is named": {"--redis", "redis://127.0.0.1:1/0"},
		"people: 9":               {"--people", "9"},
		"most: 5":                 {"--search", "--most", "5"},
		"no event of practice":    {"--hall", bad},
	} {
		code, _, errs := run(t, append([]string{"load"}, args...)...)
		if code != 1 || !strings.Contains(errs, want) {
			t.Errorf("%v: exit code %d, %q; want %q", args, code, errs, want)
		}
	}
}
