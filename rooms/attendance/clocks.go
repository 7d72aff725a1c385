package attendance

import (
	"slices"
	"time"

	"sangdam/rooms/schedule"
)

// backdated is by how much an entry may stand behind the clock of its node: the
// beginning of an absence is written once it is believed, and an interval that
// nobody ended when the grace time is over.
const backdated = 5 * time.Minute

// mend gives entries times that fit their order. A node appends in the order in
// which things happen, and the chain proves that order; its clock proves
// nothing. So of one node's entries those times are believed that rise in the
// most entries of all. An entry that stands more than slack outside of what is
// believed around it was written while the clock was wrong: it, and those with
// it, keep their distances and are moved as one, to end at the next time that
// is believed, or to begin at the one before when there is none. Entries that a
// reaper wrote for a dead node stand where they stand: their time is a
// heartbeat's.
//
// A clock that goes forward and stays there breaks no order. It shows only
// where somebody would have stayed longer than a consultation can last; see
// stays.
func mend(entries []schedule.Entry, slack time.Duration) []schedule.Entry {
	out := slices.Clone(entries)
	byNode := map[string][]int{}
	for i, e := range entries {
		reaped := e.Kind == schedule.EntrySeatLeft && e.Detail == string(schedule.LeftNodeDied)
		if e.Node == "" || e.Consultation == "" || reaped {
			continue
		}
		byNode[e.Node] = append(byNode[e.Node], i)
	}
	for _, of := range byNode {
		mendNode(out, of, slack)
	}
	mendJoins(out)
	return out
}

// mendNode mends the entries at these places, all of one node.
func mendNode(out []schedule.Entry, of []int, slack time.Duration) {
	highest := time.Time{}
	wrong := false
	for _, i := range of { // nearly always the clock was never wrong
		if wrong = out[i].At.Before(highest.Add(-slack)); wrong {
			break
		}
		if out[i].At.After(highest) {
			highest = out[i].At
		}
	}
	if !wrong {
		return
	}
	believed := rising(out, of)
	var before time.Time // the last believed time
	for a := 0; a < len(of); {
		if believed[a] {
			before = out[of[a]].At
			a++
			continue
		}
		b := a // up to the next that is believed
		for b < len(of) && !believed[b] {
			b++
		}
		next := time.Time{}
		if b < len(of) {
			next = out[of[b]].At
		}
		moveRuns(out, of[a:b], before, next, slack)
		a = b
	}
}

// moveRuns moves what stands outside of two believed times; zero is none.
func moveRuns(out []schedule.Entry, of []int, before, next time.Time, slack time.Duration) {
	outside := func(i int) bool {
		return !before.IsZero() && out[i].At.Before(before.Add(-slack)) || !next.IsZero() && out[i].At.After(next)
	}
	for a := 0; a < len(of); {
		if !outside(of[a]) {
			a++
			continue
		}
		b := a + 1
		for b < len(of) && outside(of[b]) && !out[of[b]].At.Before(out[of[b-1]].At.Add(-slack)) {
			b++
		}
		shift := next.Sub(out[of[b-1]].At)
		if next.IsZero() {
			shift = before.Sub(out[of[a]].At)
		}
		for _, i := range of[a:b] {
			at := out[i].At.Add(shift)
			if at.Before(before) {
				at = before
			}
			if !next.IsZero() && at.After(next) {
				at = next
			}
			out[i].At = at
		}
		a = b
	}
}

// rising tells which places belong to the longest sequence of times that never
// falls; of two, the one that falls lower, since a clock that is set right is
// more often set back.
func rising(out []schedule.Entry, of []int) []bool {
	var tails []int // place of the lowest last time of a sequence of each length
	prev := make([]int, len(of))
	for a, i := range of {
		n, _ := slices.BinarySearchFunc(tails, out[i].At, func(t int, at time.Time) int {
			if out[of[t]].At.After(at) {
				return 1
			}
			return -1
		})
		prev[a] = -1
		if n > 0 {
			prev[a] = tails[n-1]
		}
		if n == len(tails) {
			tails = append(tails, a)
		} else {
			tails[n] = a
		}
	}
	in := make([]bool, len(of))
	for a := tails[len(tails)-1]; a >= 0; a = prev[a] {
		in[a] = true
	}
	return in
}

// mendJoins lets nothing of a session stand before the join that the same node
// wrote before it: a clock may step back by less than slack.
func mendJoins(out []schedule.Entry) {
	type on struct {
		sessionKey
		node string
	}
	joined := map[on]time.Time{}
	for i, e := range out {
		if e.Session == "" || e.Node == "" {
			continue
		}
		k := on{keyOf(e), e.Node}
		if at, ok := joined[k]; ok && e.At.Before(at) && e.Kind != schedule.EntrySeatJoined {
			out[i].At = at
		}
		if e.Kind == schedule.EntrySeatJoined {
			joined[k] = e.At
		}
	}
}
