package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestDemo_TellsEveryLinkServesThemAndLeavesNothingBehind(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	told := &output{news: make(chan []byte, 64)}
	var errs bytes.Buffer
	m := &Main{Stdout: told, Stderr: &errs, Version: "test"}
	code := make(chan int, 1)
	go func() {
		code <- m.Run(ctx, []string{"demo", "--listen", "127.0.0.1:0", "--media-advertise", "127.0.0.1"})
	}()
	if err := told.await("To stop: Ctrl-C", 10*time.Second); err != nil {
		t.Fatalf("%v\n%s", err, &errs)
	}
	text := string(told.text)
	for _, label := range []string{"coordinator", "Booth 1", "Booth 2", "Booth 3", "buyer", "interpreter"} {
		if !regexp.MustCompile(`(?m)^  ` + label + ` +http://127\.0\.0\.1:\d+/j/[a-z0-9]+#\S+$`).MatchString(text) {
			t.Errorf("no link for %s in:\n%s", label, text)
		}
	}
	page := strings.SplitN(links(text)[0], "#", 2)[0]
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := (&http.Client{Transport: transport}).Get(page)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(body, []byte("<html")) || bytes.Contains(body, []byte("Buyer")) {
		t.Errorf("%s is not the page that tells nothing of the seat: %s", page, body)
	}

	cancel()
	select {
	case c := <-code:
		if c != 0 {
			t.Errorf("exit code %d: %s", c, &errs)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the demo did not stop")
	}
}

func TestDemo_ASecondOneSaysThatThePortIsTaken(t *testing.T) {
	l := listen(t)
	code, _, errs := run(t, "demo", "--listen", l.Addr().String())
	if code != 1 || !strings.Contains(errs, "another program may have it") || !strings.Contains(errs, "listen") {
		t.Errorf("exit code %d, %q", code, errs)
	}
}

func TestTrialRedis_AgesItsKeys(t *testing.T) {
	r, err := startTrialRedis()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.mini.Set("key", "value"); err != nil {
		t.Fatal(err)
	}
	r.mini.SetTTL("key", time.Second)
	for deadline := time.Now().Add(5 * time.Second); r.mini.Exists("key"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a key with a second to live is still there after five")
		}
	}
}
