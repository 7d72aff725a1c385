package load

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"
)

func TestParseStat_ANameMayHoldAnything(t *testing.T) {
	stat := "42 (a) b (c) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 8 0 1234 99999 300 18446744073709551615 1 1 0"
	u, err := parseStat([]byte(stat))
	if err != nil || u.CPU != 3*time.Second || u.Resident != 300*int64(os.Getpagesize()) {
		t.Errorf("%+v, %v", u, err)
	}
	for _, bad := range []string{"", "42 (a", "42 (a) S 1 2", strings.Replace(stat, " 250 ", " x ", 1)} {
		if _, err := parseStat([]byte(bad)); err == nil {
			t.Errorf("%q is a stat", bad)
		}
	}
}

func TestProcess_ThisOneCanBeRead(t *testing.T) {
	u, err := Process(os.Getpid()).Read(context.Background())
	if err != nil || u.Resident < 1<<20 || u.OpenFiles < 3 {
		t.Errorf("%+v, %v", u, err)
	}
}

func TestParseMetrics_TakesTheProcess(t *testing.T) {
	u, err := parseMetrics(strings.NewReader(`# HELP go_goroutines Number of goroutines that currently exist.
# TYPE go_goroutines gauge
go_goroutines 321
go_gc_duration_seconds{quantile="0.5"} 1
go_memstats_next_gc_bytes 8.388608e+06
process_cpu_seconds_total 12.34
process_open_fds 56
process_resident_memory_bytes 1.2345678e+07
sangdam_sfu_peers 7
`))
	want := Usage{CPU: 12340 * time.Millisecond, Resident: 12345678, Goroutines: 321, OpenFiles: 56, HeapGoal: 8 << 20}
	if err != nil || u != want {
		t.Errorf("%+v, %v", u, err)
	}
	if _, err := parseMetrics(strings.NewReader("<html>\n")); err == nil {
		t.Error("a page is no metrics")
	}
}
