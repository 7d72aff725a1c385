package attendance

import (
	"slices"
	"strings"
	"time"

	"sangdam/rooms/schedule"
)

// sessionKey names one session on one seat.
type sessionKey struct {
	consultation schedule.ConsultationID
	seat         schedule.SeatID
	session      string
}

func keyOf(e schedule.Entry) sessionKey { return sessionKey{e.Consultation, e.Seat, e.Session} }

// gathered is a ledger taken apart.
type gathered struct {
	bySession map[sessionKey][]schedule.Entry // by time
	diedAt    map[sessionKey]time.Time        // its node was started anew after the last of them, and spoke last then
	of        map[schedule.ConsultationID]*told
}

// told is what the ledger tells of a consultation as a whole, by time.
type told struct {
	ended      schedule.Entry // zero: it has not
	extended   schedule.Entry
	extendedTo time.Time // to when, the last time
	verdicts   []schedule.Entry
	contacts   []schedule.Entry
	papers     []schedule.Entry
}

func gather(entries []schedule.Entry, p schedule.Policy) gathered {
	entries = mend(entries, max(backdated, 2*p.WithDefaults().Grace))
	g := gathered{
		make(map[sessionKey][]schedule.Entry), make(map[sessionKey]time.Time), make(map[schedule.ConsultationID]*told),
	}
	spoke := map[string]time.Time{}          // when a node was last heard of
	runs := map[string]map[sessionKey]bool{} // sessions of a node that may be open
	for _, e := range entries {
		if e.Kind == schedule.EntryNodeStarted {
			for k := range runs[e.Node] {
				g.diedAt[k] = spoke[e.Node]
			}
			delete(runs, e.Node)
			continue
		}
		if e.At.After(spoke[e.Node]) { // a reaper's entry has the time of a heartbeat
			spoke[e.Node] = e.At
		}
		if !ofSession(e) {
			g.tell(e)
			continue
		}
		k := keyOf(e)
		g.bySession[k] = append(g.bySession[k], e)
		delete(g.diedAt, k)
		if runs[e.Node] == nil {
			runs[e.Node] = map[sessionKey]bool{}
		}
		runs[e.Node][k] = true
	}
	byTime := func(a, b schedule.Entry) int { return a.At.Compare(b.At) }
	for _, es := range g.bySession {
		slices.SortStableFunc(es, byTime)
	}
	for _, t := range g.of {
		for _, es := range [][]schedule.Entry{t.verdicts, t.contacts, t.papers} {
			slices.SortStableFunc(es, byTime)
		}
	}
	return g
}

func ofSession(e schedule.Entry) bool {
	switch e.Kind {
	case schedule.EntrySeatJoined, schedule.EntrySeatLeft, schedule.EntrySeatAway, schedule.EntrySeatBack,
		schedule.EntrySourceFlowing, schedule.EntrySourceStopped, schedule.EntrySocketLost, schedule.EntrySocketBack,
		schedule.EntryPathUp, schedule.EntryPathDown:
		return e.Seat != "" && e.Session != ""
	}
	return false
}

// about is what is told of a consultation; the same one each time.
func (g gathered) about(c schedule.ConsultationID) *told {
	if g.of[c] == nil {
		g.of[c] = &told{}
	}
	return g.of[c]
}

func (g gathered) tell(e schedule.Entry) {
	if e.Consultation == "" {
		return
	}
	t := g.about(e.Consultation)
	switch e.Kind {
	case schedule.EntryPhase:
		if e.Detail == string(schedule.PhaseEnded) {
			t.ended = e
		}
	case schedule.EntryExtended:
		if to, err := time.Parse(time.RFC3339, e.Detail); err == nil && to.After(t.extendedTo) {
			t.extended, t.extendedTo = e, to // an extension only ever moves the end on
		}
	case schedule.EntryVerdict:
		t.verdicts = append(t.verdicts, e)
	case schedule.EntryContact:
		t.contacts = append(t.contacts, e)
	case schedule.EntryPaper:
		if _, ok := paper(e); ok {
			t.papers = append(t.papers, e)
		}
	}
}

// paper reads an EntryPaper. It tells of what has happened: nothing of it is
// later than when it was typed in.
func paper(e schedule.Entry) (stay, bool) {
	first, last, _ := strings.Cut(e.Detail, "/")
	from, bad := time.Parse(time.RFC3339, first)
	to, bad2 := time.Parse(time.RFC3339, last)
	if to.After(e.At) {
		to = e.At
	}
	if bad != nil || bad2 != nil || e.Seat == "" || !from.Before(to) {
		return stay{}, false
	}
	return stay{Interval: Interval{
		From: from.UTC(), To: to.UTC(), Paper: true, Entry: e.ID, Ended: e.ID, By: e.By, Words: e.Words,
	}}, true
}
