//go:build linux

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"strings"
)

// request is what the conductor asks of a server, one line of JSON each.
type request struct {
	Do string `json:"do"` // open, bind, close; where, join; memory, profile, end

	Offer string   `json:"offer,omitempty"`
	Join  *join    `json:"join,omitempty"`
	ID    string   `json:"id,omitempty"`
	Feeds []string `json:"feeds,omitempty"` // of bind: who is in slot 0, 1, …
	Path  string   `json:"path,omitempty"`  // of profile (empty: end it) and of memory's
}

// join tells the relay of a person.
type join struct {
	From                             string
	Room                             int
	UpKey, UpSalt, DownKey, DownSalt []byte
	Silent                           bool // only listens
}

type reply struct {
	Error  string `json:"error,omitempty"`
	ID     string `json:"id,omitempty"`
	Answer string `json:"answer,omitempty"`
	At     string `json:"at,omitempty"` // the relay's address
	RSS    uint64 `json:"rss,omitempty"`
	Heap   uint64 `json:"heap,omitempty"` // in use after a collection
}

// serve answers requests until one ends it, or nobody asks any more.
func serve(in io.Reader, out io.Writer, do func(request) (reply, error)) error {
	dec, enc := json.NewDecoder(bufio.NewReader(in)), json.NewEncoder(out)
	stop := func() {}
	defer func() { stop() }()
	for {
		var r request
		if err := dec.Decode(&r); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var a reply
		var err error
		switch r.Do {
		case "end":
			return enc.Encode(a)
		case "memory":
			a, err = memory(r.Path)
		case "profile":
			stop()
			stop, err = record(r.Path)
		default:
			a, err = do(r)
		}
		if err != nil {
			a.Error = err.Error()
		}
		if err := enc.Encode(a); err != nil {
			return err
		}
	}
}

// record writes a CPU profile until stopped.
func record(path string) (stop func(), err error) {
	if path == "" {
		return func() {}, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return func() {}, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return func() {}, errors.Join(err, f.Close())
	}
	return func() { pprof.StopCPUProfile(); _ = f.Close() }, nil
}

// memory is what the process has once it has given back what it does not use. A path:
// a profile of it is written there.
func memory(path string) (reply, error) {
	debug.FreeOSMemory()
	if path != "" {
		f, err := os.Create(path)
		if err != nil {
			return reply{}, err
		}
		if err := errors.Join(pprof.WriteHeapProfile(f), f.Close()); err != nil {
			return reply{}, err
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return reply{}, err
	}
	f := strings.Fields(string(b))
	if len(f) < 2 {
		return reply{}, fmt.Errorf("statm: %q", b)
	}
	pages, err := strconv.ParseUint(f[1], 10, 64)
	return reply{RSS: pages * uint64(os.Getpagesize()), Heap: m.HeapInuse + m.StackInuse}, err
}
