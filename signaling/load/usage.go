package load

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Usage is what a process has taken of its machine so far.
type Usage struct {
	CPU        time.Duration // user and system
	Resident   int64         // bytes in memory
	Goroutines int           // 0: not known, as what follows
	OpenFiles  int
	HeapGoal   int64 // bytes at which the next collection begins
}

// Gauge reads the Usage of a process.
type Gauge interface {
	Read(ctx context.Context) (Usage, error)
}

// Process is a process of this machine, by its id.
type Process int

// ticks a second of /proc/PID/stat: USER_HZ is 100 on every architecture that Go
// runs Linux on.
const ticks = 100

// Read asks /proc.
func (p Process) Read(context.Context) (Usage, error) {
	folder := filepath.Join("/proc", strconv.Itoa(int(p)))
	stat, err := os.ReadFile(filepath.Join(folder, "stat"))
	if err != nil {
		return Usage{}, err
	}
	u, err := parseStat(stat)
	if err != nil {
		return Usage{}, err
	}
	if files, err := os.ReadDir(filepath.Join(folder, "fd")); err == nil { // another user's cannot be read
		u.OpenFiles = len(files)
	}
	return u, nil
}

// parseStat reads /proc/PID/stat (proc_pid_stat(5)): fields 14 and 15 are the
// times, 24 is the memory in pages. The name, field 2, may hold anything.
func parseStat(stat []byte) (Usage, error) {
	_, rest, ok := bytes.Cut(stat, []byte(") "))
	if i := bytes.LastIndex(stat, []byte(") ")); ok && i >= 0 {
		rest = stat[i+2:]
	}
	fields := strings.Fields(string(rest)) // from field 3 on
	if !ok || len(fields) < 22 {
		return Usage{}, fmt.Errorf("/proc/PID/stat has %d fields", len(fields))
	}
	var n [3]int64
	for i, field := range []int{14, 15, 24} {
		v, err := strconv.ParseInt(fields[field-3], 10, 64)
		if err != nil {
			return Usage{}, fmt.Errorf("/proc/PID/stat: %w", err)
		}
		n[i] = v
	}
	return Usage{CPU: time.Duration(n[0]+n[1]) * time.Second / ticks, Resident: n[2] * int64(os.Getpagesize())}, nil
}

// Metrics is where a server serves Prometheus.
type Metrics struct {
	URL  string // of /metrics
	HTTP *http.Client
}

const maxMetrics = 8 << 20

// Read asks for all metrics and takes those of the process.
func (m Metrics) Read(ctx context.Context) (Usage, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.URL, nil)
	if err != nil {
		return Usage{}, err
	}
	resp, err := m.HTTP.Do(req)
	if err != nil {
		return Usage{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return Usage{}, fmt.Errorf("%s: HTTP %d", m.URL, resp.StatusCode)
	}
	return parseMetrics(io.LimitReader(resp.Body, maxMetrics))
}

// parseMetrics reads the text format of Prometheus, of which a process's metrics
// use the simplest lines alone: NAME VALUE.
func parseMetrics(r io.Reader) (Usage, error) {
	found := map[string]float64{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		name, value, ok := strings.Cut(lines.Text(), " ")
		if !ok || !strings.HasPrefix(name, "process_") && !strings.HasPrefix(name, "go_") {
			continue
		}
		if v, err := strconv.ParseFloat(value, 64); err == nil {
			found[name] = v
		}
	}
	if err := lines.Err(); err != nil {
		return Usage{}, err
	}
	cpu, ok := found["process_cpu_seconds_total"]
	if !ok {
		return Usage{}, fmt.Errorf("it tells no process_cpu_seconds_total: that is no Sangdam's /metrics")
	}
	return Usage{
		CPU: time.Duration(cpu * float64(time.Second)), Resident: int64(found["process_resident_memory_bytes"]),
		Goroutines: int(found["go_goroutines"]), OpenFiles: int(found["process_open_fds"]),
		HeapGoal: int64(found["go_memstats_next_gc_bytes"]),
	}, nil
}
