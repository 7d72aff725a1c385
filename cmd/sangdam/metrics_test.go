package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu/sfutest"
	"sangdam/rooms/store"
	"sangdam/rooms/store/storetest"
	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
	"sangdam/signaling/signaltest"
)

// startFair runs a node with the demo's event on a Redis of its own, and gives
// the address of its metrics.
func startFair(t *testing.T, change ...func(*nodeOptions)) (n *node, f *fair, metrics string) {
	t.Helper()
	ctx := t.Context()
	url, _, _ := storetest.Redis(t)
	dir := t.TempDir()
	s, err := store.Open(ctx, store.Options{URL: url, Node: "test", Dir: dir, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	key, err := keeper("", dir)
	if err != nil {
		t.Fatal(err)
	}
	if f, err = prepareFair(ctx, s, key, time.Now()); err != nil {
		t.Fatal(err)
	}
	at := "127.0.0.1:" + freePort(t)
	o := nodeOptions{
		Edge: Edge{Listen: "127.0.0.1:0"}, Keeper: key, Media: Media{Advertise: []string{"127.0.0.1"}, UDP: "127.0.0.1:0", TCP: "127.0.0.1:0"},
		Data: dir, Node: "test", Metrics: at, Store: s, Logger: quiet,
	}
	for _, c := range change {
		c(&o)
	}
	n, err = startNode(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	stopped := make(chan error, 1)
	running, stop := context.WithCancel(ctx)
	go func() { stopped <- n.Wait(running) }()
	t.Cleanup(func() {
		stop()
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	})
	return n, f, "http://" + at + "/metrics"
}

// visit opens a link of the fair and connects.
func visit(t *testing.T, n *node, l auth.Minted, id uint32, change ...func(*signaltest.Options)) *signaltest.Client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	o := signaltest.Options{
		URL: n.URL(), Link: string(l.Link.ID), Secret: l.Secret,
		Media: sfutest.Options{ID: id, Wall: l.Link.Grants.Kind == schedule.LinkConsole},
	}
	for _, f := range change {
		f(&o)
	}
	c, err := signaltest.Visit(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// linkOf finds a link of the fair.
func linkOf(t *testing.T, f *fair, is func(schedule.Grants) bool) auth.Minted {
	t.Helper()
	for _, l := range f.links {
		if is(l.Link.Grants) {
			return l
		}
	}
	t.Fatal("the fair has no such link")
	return auth.Minted{}
}

// series are the metrics of a node: by name, and by name with labels as
// Prometheus writes them.
func series(t *testing.T, url string) map[string]float64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	all := make(map[string]float64)
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "#") {
			continue
		}
		at := strings.LastIndex(line, " ")
		value, err := strconv.ParseFloat(line[at+1:], 64)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		name, _, _ := strings.Cut(line[:at], "{")
		all[line[:at]] = value
		all[name] += 0 // it is there
	}
	if err := lines.Err(); err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return all
}

func TestMetrics_TellWhatARunningFairDoes(t *testing.T) {
	n, f, url := startFair(t)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	firm := visit(t, n, linkOf(t, f, func(g schedule.Grants) bool { return g.Kind == schedule.LinkBooth && g.Booth == f.open.Booth }), 1)
	buyer := visit(t, n, linkOf(t, f, func(g schedule.Grants) bool {
		return g.Role == schedule.RoleBuyer && g.Party == string(f.open.Buyer)
	}), 2)
	console := visit(t, n, linkOf(t, f, func(g schedule.Grants) bool { return g.Kind == schedule.LinkConsole }), 3)
	must(console.Watch(ctx))
	for _, c := range []*signaltest.Client{firm, buyer} {
		must(c.Join(ctx, string(f.open.ID), sfutest.Microphone, sfutest.Camera))
	}
	must(firm.RestartICE(ctx))
	buyer.Cut()
	must(buyer.Resume(ctx))
	if err := buyer.Join(ctx, "nowhere"); signaltest.CodeOf(err) != protocol.CodeNotFound {
		t.Fatalf("joined a room that there is not: %v", err)
	}
	must(buyer.Join(ctx, string(f.open.ID), sfutest.Microphone, sfutest.Camera))

	want := map[string]func(float64) bool{}
	atLeast := func(name string, least float64) { want[name] = func(v float64) bool { return v >= least } }
	exactly := func(name string, is float64) { want[name] = func(v float64) bool { return v == is } }
	exactly(`sangdam_rooms_open`, 1)
	exactly(`sangdam_rooms_phase{phase="live"}`, 1)
	exactly(`sangdam_rooms_phase{phase="waiting"}`, 0)
	exactly(`sangdam_rooms_participants{role="firm"}`, 1)
	exactly(`sangdam_rooms_participants{role="buyer"}`, 1)
	atLeast(`sangdam_signaling_join_seconds_count`, 2)
	atLeast(`sangdam_signaling_media_connect_seconds_count{profile="room"}`, 2)
	exactly(`sangdam_signaling_media_connect_seconds_count{profile="wall"}`, 1)
	exactly(`sangdam_signaling_restarts_total{kind="ice"}`, 1)
	exactly(`sangdam_signaling_restarts_total{kind="rebuild"}`, 0)
	exactly(`sangdam_signaling_resumes_total`, 1)
	exactly(`sangdam_signaling_faults_total{code="not_found"}`, 1)
	exactly(`sangdam_signaling_sessions`, 3)
	exactly(`sangdam_sfu_peers{profile="room",state="connected"}`, 2)
	exactly(`sangdam_sfu_peers{profile="wall",state="connected"}`, 1)
	exactly(`sangdam_sfu_routes{route="udp"}`, 3)
	atLeast(`sangdam_sfu_packets_out_total`, 100)
	atLeast(`sangdam_sfu_first_packet_seconds_count{kind="video"}`, 1)
	atLeast(`sangdam_sfu_forward_seconds_count`, 1)
	atLeast(`sangdam_store_command_seconds_count`, 1)
	exactly(`sangdam_store_away_seconds`, 0)
	exactly(`sangdam_staff_sign_ins_total{outcome="in",way="passphrase"}`, 0)
	exactly(`sangdam_hooks_tries_total{outcome="failed"}`, 0)
	atLeast(`process_open_fds`, 1)
	atLeast(`go_goroutines`, 1)
	var missing []string
	err := sfutest.Wait(ctx, "the metrics", func() bool {
		missing = missing[:0]
		got := series(t, url)
		for name, is := range want {
			if v, ok := got[name]; !ok || !is(v) {
				missing = append(missing, name+" is "+strconv.FormatFloat(v, 'g', -1, 64))
			}
		}
		return len(missing) == 0
	})
	if err != nil {
		t.Fatalf("%v:\n%s", err, strings.Join(missing, "\n"))
	}

	// Nothing personal, and no label without a bound.
	personal := regexp.MustCompile(`yangju|s01|buyer/|@|[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+|[0-9a-f]{16}`)
	for name := range series(t, url) {
		if strings.HasPrefix(name, "sangdam_") && personal.MatchString(strings.ToLower(name)) {
			t.Errorf("%s tells of a person, a room or an address", name)
		}
	}
}
