//go:build linux

package main

import (
	"math/bits"
	"time"
)

const (
	fine    = 16 // buckets in each doubling: 6 %
	buckets = 30 * fine
)

// histogram counts delays, in microseconds below.
type histogram [buckets]uint32

func (h *histogram) add(d time.Duration) { h[bucketOf(d)]++ }

func bucketOf(d time.Duration) int {
	us := uint64(max(0, d/time.Microsecond))
	if us < fine {
		return int(us)
	}
	exp := bits.Len64(us) - 5 // us>>exp is in [fine, 2*fine)
	return min(buckets-1, (exp+1)*fine+int(us>>exp)-fine)
}

// least is the smallest delay of a bucket.
func least(i int) time.Duration {
	if i < fine {
		return time.Duration(i) * time.Microsecond
	}
	exp := i/fine - 1
	return time.Duration(uint64(i%fine+fine)<<exp) * time.Microsecond
}

// quantile is the delay that a share of all does not exceed, to 6 %.
func (h *histogram) quantile(share float64) time.Duration {
	var all uint64
	for _, n := range h {
		all += uint64(n)
	}
	rest := uint64(float64(all) * share)
	for i, n := range h {
		if uint64(n) > rest {
			return least(i)
		}
		rest -= uint64(n)
	}
	return 0
}

func (h *histogram) merge(o *histogram) {
	for i, n := range o {
		h[i] += n
	}
}
