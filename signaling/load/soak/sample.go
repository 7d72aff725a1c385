package soak

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"sangdam/signaling/load"
)

// sample is what the server has at one moment.
type sample struct {
	At         time.Duration // since the beginning
	Goroutines int
	// Descriptors are open files and sockets, those to Redis apart: they are a
	// pool, which fills as it is needed. Files says what they are.
	Descriptors int
	Files       []string
	Resident    float64 // MiB
	// Live is the heap that the last collection found to be in use, in MiB. It is
	// half of the size at which the next one begins (GOGC=100), and does not
	// depend on when one looks between two collections, as the heap's size does.
	Live float64
}

// watcher takes samples.
type watcher struct {
	pid   int
	gauge load.Gauge
	begun time.Time
}

func (w *watcher) take(ctx context.Context) (sample, error) {
	u, err := w.gauge.Read(ctx)
	if err != nil {
		return sample{}, err
	}
	files, err := descriptors(w.pid)
	if err != nil {
		return sample{}, err
	}
	const mib = 1 << 20
	return sample{
		At: time.Since(w.begun), Goroutines: u.Goroutines, Descriptors: len(files), Files: files,
		Resident: float64(u.Resident) / mib, Live: float64(u.HeapGoal) / 2 / mib,
	}, nil
}

// descriptors lists what a process has open, but for Unix sockets, the server has
// no others than those to its Redis, and but for the one file of the record's
// spool that is open or not.
func descriptors(pid int) ([]string, error) {
	folder := filepath.Join("/proc", strconv.Itoa(pid))
	table, err := os.ReadFile(filepath.Join(folder, "net", "unix"))
	if err != nil {
		return nil, err
	}
	redis := map[string]bool{}
	for line := range strings.Lines(string(table)) {
		if fields := strings.Fields(line); len(fields) >= 7 {
			redis["socket:["+fields[6]+"]"] = true // proc_pid_net(5)
		}
	}
	files, err := os.ReadDir(filepath.Join(folder, "fd"))
	if err != nil {
		return nil, err
	}
	var all []string
	for _, f := range files {
		to, err := os.Readlink(filepath.Join(folder, "fd", f.Name()))
		if err == nil && !redis[to] && !strings.Contains(to, "/spool/") { // else closed meanwhile, or none of ours
			all = append(all, to)
		}
	}
	return all, nil
}

// middle is the median of each figure: one look in the middle of a burst, or just
// before a collection, says little.
func middle(all []sample) sample {
	if len(all) == 0 {
		return sample{}
	}
	m := sample{At: all[len(all)-1].At}
	m.Goroutines = median(all, func(s sample) int { return s.Goroutines })
	m.Descriptors = median(all, func(s sample) int { return s.Descriptors })
	m.Resident = median(all, func(s sample) float64 { return s.Resident })
	m.Live = median(all, func(s sample) float64 { return s.Live })
	return m
}

func median[T int | float64](all []sample, of func(sample) T) T {
	values := make([]T, len(all))
	for i, s := range all {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

func (s sample) row() string {
	return fmt.Sprintf("%8s  %10d  %11d  %8.1f  %8.1f", s.At.Round(time.Second), s.Goroutines, s.Descriptors, s.Resident, s.Live)
}

const heading = "   after  goroutines  descriptors  resident  heap MiB"
