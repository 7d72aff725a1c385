package signaling

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"sangdam/rooms/schedule"
)

func TestHealth_TellsTheStoreWithoutDependingOnIt(t *testing.T) {
	var away atomic.Bool
	r := newRig(t, func(d *Deps) { d.StoreOK = func() bool { return !away.Load() } })
	for _, path := range []string{"/healthz", "/readyz"} {
		away.Store(false)
		if resp, body := r.get(path); resp.StatusCode != 200 || !strings.Contains(body, `"status":"ok","store":"ok"`) {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
		away.Store(true)
		if resp, body := r.get(path); resp.StatusCode != 200 || !strings.Contains(body, `"store":"away"`) {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
}

func TestReady_NotBeforeTheTimetablesAreReadNorWhileStopping(t *testing.T) {
	var ready atomic.Bool
	r := newRig(t, func(d *Deps) { d.Ready = ready.Load })
	status := func(path string) int {
		resp, _ := r.get(path)
		return resp.StatusCode
	}
	if got := status("/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("starting: %d", got)
	}
	if got := status("/healthz"); got != http.StatusOK {
		t.Errorf("starting is no illness: %d", got)
	}
	ready.Store(true)
	if got := status("/readyz"); got != http.StatusOK {
		t.Errorf("started: %d", got)
	}
	r.server.draining.Store(true)
	if got := status("/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("draining: %d", got)
	}
	r.server.draining.Store(false)
}

func TestProfile_IsForAdministratorsAlone(t *testing.T) {
	r := newRig(t)
	ask := func(path, token string) (int, []byte) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.web.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, b
	}
	const heap = "/debug/pprof/heap"
	for who, want := range map[string]int{"buyer": 403, "booth": 403, "console": 403} {
		if got, _ := ask(heap, r.open(who).Token); got != want {
			t.Errorf("%s: %d", who, got)
		}
	}
	if got, _ := ask(heap, ""); got != http.StatusUnauthorized {
		t.Errorf("nobody: %d", got)
	}

	link := r.links["console"].Link
	link.Grants.Right = schedule.RightAdministrator
	if err := r.store.SaveLinks(t.Context(), []schedule.Link{link}); err != nil {
		t.Fatal(err)
	}
	token := r.open("console").Token
	got, b := ask(heap, token)
	z, err := gzip.NewReader(bytes.NewReader(b))
	if got != http.StatusOK || err != nil {
		t.Fatalf("administrator: %d, %v", got, err)
	}
	if raw, err := io.ReadAll(z); err != nil || len(raw) == 0 {
		t.Errorf("no profile: %v", err)
	}
	for path, want := range map[string]int{
		"/debug/pprof/cmdline": 404, "/debug/pprof/none": 404, "/debug/pprof/profile?seconds=600": 400, "/debug/pprof/profile?seconds=x": 400,
		"/debug/pprof/trace?seconds=0.1": 200,
	} {
		if got, _ := ask(path, token); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
}
