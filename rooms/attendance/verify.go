package attendance

import (
	"fmt"
	"iter"
	"time"

	"sangdam/rooms/schedule"
)

// BreakKind says how a chain was broken, as far as the chain itself can tell.
type BreakKind string

const (
	BreakChanged   BreakKind = "changed"   // the entry's fields do not give its hash
	BreakRemoved   BreakKind = "removed"   // what stood before this entry is missing
	BreakAdded     BreakKind = "added"     // nothing follows from or leads to this entry
	BreakReordered BreakKind = "reordered" // the entry stands before the one it follows
)

// Break is the first place where a ledger is not what was appended.
type Break struct {
	Index int // counted from 1
	ID    string
	Kind  BreakKind
	Text  string
}

// Report is the outcome of a verification. A whole chain proves that nothing
// between its first entry and Head was changed; that nothing was cut off
// after Head only a Head kept elsewhere can prove.
type Report struct {
	Event   schedule.EventID
	Entries int
	Head    string // hash of the last entry
	First   time.Time
	Last    time.Time
	Broken  *Break
}

// link is what verification keeps of an entry: enough to tell the kind of a
// break, which needs sight of what comes later.
type link struct {
	id, prev, hash string
	event          schedule.EventID
	sound          bool // the fields give the hash
}

// Verify walks a ledger in its order and names the first broken entry. The
// error is the iterator's own; a broken chain is not an error but the answer.
func Verify(entries iter.Seq2[schedule.Entry, error]) (Report, error) {
	var r Report
	var chain []link
	for e, err := range entries {
		if err != nil {
			return r, fmt.Errorf("read entry %d: %w", len(chain)+1, err)
		}
		if len(chain) == 0 {
			r.Event, r.First = e.Event, e.At
		}
		r.Last, r.Head = e.At, e.Hash
		chain = append(chain, link{e.ID, e.Prev, e.Hash, e.Event, hash(e.Prev, e) == e.Hash})
	}
	r.Entries = len(chain)
	r.Broken = firstBreak(chain)
	return r, nil
}

func firstBreak(chain []link) *Break {
	seen := make(map[string]int, len(chain))    // id to its first place
	hashes := make(map[string]int, len(chain))  // hash to its first place
	follows := make(map[string]int, len(chain)) // prev to the last place that follows it
	for i, l := range chain {
		if _, ok := hashes[l.hash]; !ok {
			hashes[l.hash] = i
		}
		follows[l.prev] = i
	}
	name := func(i int, k BreakKind, text string) *Break {
		return &Break{Index: i + 1, ID: chain[i].id, Kind: k, Text: fmt.Sprintf("entry %d (%s) ", i+1, chain[i].id) + text}
	}
	prev := Genesis
	for i, l := range chain {
		if !l.sound {
			return name(i, BreakChanged, "does not give its own hash: a field of it was changed")
		}
		if first, ok := seen[l.id]; ok {
			return name(i, BreakAdded, fmt.Sprintf("was already entry %d: it was added a second time", first+1))
		}
		if l.event != chain[0].event {
			return name(i, BreakAdded, fmt.Sprintf("belongs to event %s: it was added from another ledger", l.event))
		}
		if l.prev != prev {
			return name(brokenLink(chain, hashes, follows, prev, i))
		}
		seen[l.id] = i
		prev = l.hash
	}
	return nil
}

// brokenLink tells why entry i does not follow prev, the hash of the entry
// before it.
func brokenLink(chain []link, hashes, follows map[string]int, prev string, i int) (int, BreakKind, string) {
	l := chain[i]
	if at, ok := hashes[l.prev]; ok && at > i {
		return i, BreakReordered, fmt.Sprintf("follows entry %d, which now stands after it: the order was changed", at+1)
	}
	if later, ok := follows[prev]; ok && later > i { // the true successor is still to come
		return i, BreakAdded, "was added: it does not follow the entry before it, a later one does"
	}
	at, ok := hashes[l.prev]
	if l.prev == Genesis {
		at, ok = -1, true
	}
	if ok { // its true predecessor stands further up: what lies between was put in
		in := at + 1
		return in, BreakAdded, fmt.Sprintf("was added: entry %d does not follow from it", i+1)
	}
	return i, BreakRemoved, "follows an entry that is missing or was replaced"
}
