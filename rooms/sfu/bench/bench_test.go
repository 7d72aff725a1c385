//go:build linux

package main

import (
	"context"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// TestMain is the server, too: the test's own binary is started again as one.
func TestMain(m *testing.M) {
	if role := os.Getenv(roleVar); role != "" {
		if runRole(role, os.Stdin, os.Stdout) != nil {
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// TestBench_AllServersForwardWhatTheCrowdSends keeps the bench from rotting: each
// server is a process of its own, and what two people send comes to each other.
func TestBench_AllServersForwardWhatTheCrowdSends(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	s := shape{rooms: 2, people: 2, rate: .2}
	for _, role := range []string{roleRelay, roleBatched, roleEngine} {
		m, err := once(ctx, role, s, 500*time.Millisecond, "")
		if err != nil {
			t.Fatalf("%s: %v", role, err)
		}
		if m.rate < s.expected()/2 {
			t.Errorf("%s forwarded %.0f packets a second of %.0f", role, m.rate, s.expected())
		}
		if m.cpu <= 0 && m.core > 0 || m.p99 <= 0 || m.p50 > m.p99 {
			t.Errorf("%s: %+v", role, m)
		}
	}
}

func TestBench_JoinsAreTimed(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	h, err := newHall(roleEngine)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	}()
	host, cold, err := h.enter(ctx, 0, 1)
	if err != nil || cold <= 0 {
		t.Fatalf("joined in %v: %v", cold, err)
	}
	host.send(true, true)
	g, _, err := h.enter(ctx, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	g.watch()
	begun := time.Now()
	if err := h.bind(g, host); err != nil {
		t.Fatal(err)
	}
	voice, picture, left, err := g.wait(ctx)
	if err != nil || voice.Before(begun) || picture.Before(begun) || left.After(voice) {
		t.Fatalf("bound at %v; voice %v (left %v), picture %v: %v", begun, voice, left, picture, err)
	}
	m, err := h.server.ask(request{Do: "memory"})
	if err != nil || m.RSS < 1<<20 || m.Heap == 0 {
		t.Fatalf("memory %+v: %v", m, err)
	}
}

func TestHistogram_QuantilesAreRightToSixPercent(t *testing.T) {
	var h histogram
	for us := 1; us <= 100_000; us++ {
		h.add(time.Duration(us) * time.Microsecond)
	}
	for _, share := range []float64{.01, .5, .9, .99, .999} {
		want, got := 1e5*share, float64(h.quantile(share))/1e3
		if got < want*.93 || got > want*1.01 {
			t.Errorf("quantile %v is %v µs, not %v", share, got, want)
		}
	}
	h.add(time.Hour)
	if h.quantile(1-1e-9) < time.Minute {
		t.Error("the longest of all is not the last")
	}
}

func TestSchedule_GivesWhatIsDueFirst(t *testing.T) {
	var s schedule
	for _, at := range []time.Duration{5, 3, 9, 1, 7, 3} {
		s.add(at, nil)
	}
	var got []time.Duration
	for {
		at, _, ok := s.first()
		if !ok {
			break
		}
		got = append(got, at)
		if at == 3 && len(got) == 2 {
			s.replace(8)
			continue
		}
		s.replace(0)
	}
	want := []time.Duration{1, 3, 3, 5, 7, 8, 9}
	if len(got) != len(want) {
		t.Fatal(got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatal(got)
		}
	}
}
