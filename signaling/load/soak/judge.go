package soak

import (
	"fmt"
	"slices"
	"strings"
)

// What a server may keep of hours of work.
const (
	moreGoroutines = 10
	moreMemory     = 0.10
)

// states are what is compared.
type states struct {
	fresh  sample // nobody had come
	steady sample // everybody is there, and changes
	last   sample // the same, at the end
	empty  sample // everybody is gone
	away   int    // who did not come back after the changes
	said   []string
	// slack is what memory may grow by beside its tenth, in MiB: of a few rooms in
	// a minute a tenth is less than what two collections of one state differ by.
	slack float64
}

// leaks lists what the server has kept or lost. Resident memory and the live heap
// are both held against the steady state: the heap shows what is still referred
// to; resident memory shows that, too, and stacks, and what fragmentation keeps. It
// rises for minutes towards twice the live heap, which is where Go collects, so
// that the steady state begins late.
func (s states) leaks() []string {
	var all []string
	found := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if more := s.empty.Goroutines - s.fresh.Goroutines; more > moreGoroutines {
		found("%d goroutines are left, %d more than before anybody came (at most %d)", s.empty.Goroutines, more, moreGoroutines)
	}
	if more := s.empty.Descriptors - s.fresh.Descriptors; more > 0 {
		anew := slices.DeleteFunc(slices.Clone(s.empty.Files), func(f string) bool { return slices.Contains(s.fresh.Files, f) })
		found("%d descriptors are left, %d more than before anybody came; new are %s", s.empty.Descriptors, more, strings.Join(anew, ", "))
	}
	grown := func(what string, from, to float64) {
		if most := from*(1+moreMemory) + s.slack; to > most {
			found("%s grew from %.1f to %.1f MiB under the same load (at most %.1f)", what, from, to, most)
		}
	}
	grown("resident memory", s.steady.Resident, s.last.Resident)
	grown("the heap in use", s.steady.Live, s.last.Live)
	if s.away > 0 {
		found("%d people did not come back", s.away)
	}
	return append(all, s.said...)
}
