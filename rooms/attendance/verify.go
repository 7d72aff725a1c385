package attendance

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
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
	BreakWords     BreakKind = "words"     // the entry's words are not the ones that were written
	BreakCut       BreakKind = "cut"       // entries from here on are gone
	BreakRewritten BreakKind = "rewritten" // a chain whole in itself, but not the one whose head is known
)

// Break is the first place where a ledger is not what was appended.
type Break struct {
	Index int    // counted from 1
	ID    string // empty when the entry is gone
	Kind  BreakKind
	Text  string
}

// Report is the outcome of a verification. A whole chain proves that nothing
// between its first entry and Head was changed; that nothing was cut off
// after Head, and that the chain is the one that was written, only marks prove.
type Report struct {
	Event   schedule.EventID
	Entries int
	Head    string // hash of the last entry
	First   time.Time
	Last    time.Time
	Words   int   // entries with words that are the ones that were written
	Erased  int   // entries whose words were taken away
	Marked  int64 // up to where the chain is the one that the marks know
	Broken  *Break
}

// Mark is what is known of a chain from elsewhere: so many entries, and the
// hash of the last of them.
type Mark struct {
	Entries int64
	Hash    string
	From    string // who says so, for people: "the head signed at …"
}

// link is what verification keeps of an entry: enough to tell the kind of a
// break, which needs sight of what comes later.
type link struct {
	id, prev, hash string
	event          schedule.EventID
	sound          bool // the fields give the hash
	worded         bool // the words give the digest, or there are none
	old            bool // the fields give the hash by the rules of the version before
}

// Verify walks a ledger in its order, holds it against what is known of it and
// names the first broken entry. The error is the iterator's own; a broken chain
// is not an error but the answer.
func Verify(entries iter.Seq2[schedule.Entry, error], marks ...Mark) (Report, error) {
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
		worded := e.Words == "" || Digest(e.Salt, e.Words) == e.Digest
		switch {
		case e.Erased():
			r.Erased++
		case e.Words != "" && worded:
			r.Words++
		}
		sound := hash(e.Prev, e) == e.Hash
		chain = append(chain, link{e.ID, e.Prev, e.Hash, e.Event, sound, worded, !sound && firstHash(e) == e.Hash})
	}
	r.Entries = len(chain)
	r.Broken = firstBreak(chain)
	r.hold(chain, marks)
	return r, nil
}

// hold compares the chain with the marks, the shortest first. Inside the part
// that is whole in itself a mark says more than the links do: that part was
// written anew, somewhere after the last mark that fits.
func (r *Report) hold(chain []link, marks []Mark) {
	marks = slices.Clone(marks)
	slices.SortStableFunc(marks, func(a, b Mark) int { return cmp.Compare(a.Entries, b.Entries) })
	whole := int64(len(chain))
	if r.Broken != nil {
		whole = int64(r.Broken.Index - 1)
	}
	before := int64(0) // the mark that fits before r.Marked
	for _, m := range marks {
		switch n := m.Entries; {
		case n <= 0:
		case n > whole && r.Broken != nil:
			return // told already where it breaks
		case n > whole:
			r.Broken = &Break{Index: len(chain) + 1, Kind: BreakCut, Text: fmt.Sprintf(
				"entry %d is gone: %s has %d entries, and the record ends after %d", len(chain)+1, m.From, n, len(chain))}
			return
		case chain[n-1].hash != m.Hash:
			if r.Marked == n { // two marks of one length: the one that does not fit counts
				r.Marked = before
			}
			first := chain[r.Marked]
			r.Broken = &Break{Index: int(r.Marked) + 1, ID: first.id, Kind: BreakRewritten, Text: fmt.Sprintf(
				"entry %d (%s) is the first that nobody vouches for: entry %d is not the one of %s, so what follows entry %d was written anew",
				r.Marked+1, first.id, n, m.From, r.Marked)}
			return
		case n > r.Marked:
			before, r.Marked = r.Marked, n
		}
	}
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
		if l.old {
			return name(i, BreakChanged, "was written by the version of Sangdam before this one, whose records this one cannot verify: use that version")
		}
		if !l.sound {
			return name(i, BreakChanged, "does not give its own hash: a field of it was changed")
		}
		if !l.worded {
			return name(i, BreakWords, "has words that do not give its digest: they are not the ones that were written")
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
