package truth

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// inPage runs a script in a page of a Chromium that has a sender's film and sound for
// camera and microphone, and returns the page's Record. The script is the body of an
// asynchronous function; loop() in it sends camera and microphone through two
// PeerConnections to elements of the page.
func inPage(t *testing.T, files Files, script string) *Record {
	t.Helper()
	told := make(chan []byte, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><script>"+Script+"</script><body><script>"+
			looped+"(async () => {"+script+"})().then(() => window.__truth.report(), (e) => ({error: String(e && e.stack)}))"+
			".then((r) => fetch('/told', {method: 'POST', body: JSON.stringify(r)}));</script>")
	})
	mux.HandleFunc("POST /told", func(_ http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); err == nil {
			told <- body
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)

	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	t.Cleanup(cancel)
	home := t.TempDir()
	c := exec.CommandContext(ctx, "/usr/bin/chromium", append(files.Flags(),
		"--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--allow-loopback-in-peer-connection", "--user-data-dir="+home, server.URL)...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	c.Env = append(os.Environ(), "HOME="+home)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = c.Wait() // killed
	})
	select {
	case text := <-told:
		if strings.HasPrefix(string(text), `{"error"`) {
			t.Fatalf("the page failed: %s", text)
		}
		r, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Faults) > 0 {
			t.Fatalf("the reader failed: %v", r.Faults)
		}
		return r
	case <-ctx.Done():
		t.Fatal("the page told nothing")
	}
	return nil
}

// measured looks up to three times: a machine that is busy with something else cuts
// sound and picture, too, but not each time.
func measured(t *testing.T, look func() error) {
	t.Helper()
	for attempt := 1; ; attempt++ {
		err := look()
		if err == nil {
			return
		}
		if attempt == 3 {
			t.Fatal(err)
		}
		t.Logf("again, since: %v", err)
	}
}

// looped is what every test's page has.
const looped = `
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
async function loop({ video = 0, scale = 1, audio = 24000 } = {}) {
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360, frameRate: 15 } });
  const [from, to] = [new RTCPeerConnection(), new RTCPeerConnection()];
  from.onicecandidate = ({ candidate }) => to.addIceCandidate(candidate ?? undefined);
  to.onicecandidate = ({ candidate }) => from.addIceCandidate(candidate ?? undefined);
  to.ontrack = ({ track }) => {
    const element = document.createElement(track.kind);
    element.id = track.kind;
    element.muted = track.kind === 'video';
    element.srcObject = new MediaStream([track]);
    document.body.append(element);
    element.play();
  };
  from.addTransceiver(media.getAudioTracks()[0], { direction: 'sendonly', streams: [media], sendEncodings: [{ maxBitrate: audio }] });
  from.addTransceiver(media.getVideoTracks()[0], {
    direction: 'sendonly', streams: [media],
    sendEncodings: [{ ...(video ? { maxBitrate: video } : {}), scaleResolutionDownBy: scale }],
  });
  await from.setLocalDescription();
  await to.setRemoteDescription(from.localDescription);
  await to.setLocalDescription();
  await from.setRemoteDescription(to.localDescription);
  return { media, from, to };
}
`
