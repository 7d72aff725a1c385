package load

import (
	"maps"
	"sync"
	"time"
)

// tally counts what happened to all people.
type tally struct {
	mu      sync.Mutex // guards all below
	connect Histogram  // from opening the link until media could flow
	join    Histogram  // from asking to join, with media connected, until the first sound of somebody
	picture Histogram  // from the same moment until the first keyframe
	mended  map[string]int
	failed  map[string]int
}

func newTally() *tally {
	return &tally{mended: make(map[string]int), failed: make(map[string]int)}
}

func (t *tally) time(h func(*tally) *Histogram, d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h(t).Add(d)
}

// connected, joined and pictured are the times that are counted.
func connected(t *tally) *Histogram { return &t.connect }
func joined(t *tally) *Histogram    { return &t.join }
func pictured(t *tally) *Histogram  { return &t.picture }

// fail counts what did not work, and why.
func (t *tally) fail(what string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed[what+": "+codeOf(err)]++
}

// mend counts what was set right again.
func (t *tally) mend(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mended[what]++
}

// happened is a copy.
func (t *tally) happened() (connect, join, picture Histogram, mended, failed map[string]int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.connect, t.join, t.picture, maps.Clone(t.mended), maps.Clone(t.failed)
}
