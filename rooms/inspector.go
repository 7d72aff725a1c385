package rooms

import (
	"cmp"
	"maps"
	"math/bits"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"sangdam/rooms/crosstalk"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

const (
	inspectEvery = time.Second
	// clientFresh is how long what a browser counted is believed: it tells every
	// 5 s, and one may get lost.
	clientFresh = 12 * time.Second
	maxTold     = 4096 // sessions whose counts are kept; beyond it new ones are dropped
	saveStays   = 60   // passes between two writings of how media goes for people
)

// inspector looks at the media of everybody in all rooms every second, from
// outside of the rooms' loops, and tells boards what differs: vitals, who hears
// whom across booths, how the record is kept, and orders that nobody answers.
// It lives by the machine's time, as media does.
type inspector struct {
	// fixed after newInspector
	registry *Registry

	// owned by run
	stays  map[string]*stay // by session
	guards map[schedule.EventID]*crosstalk.Guard
	passes int
	failed bool // a look at a room did, and was told

	mu   sync.Mutex // guards told
	told map[string]counted
}

// counted is what a browser counted, and when it told.
type counted struct {
	ClientVitals
	at time.Time
}

func newInspector(g *Registry) *inspector {
	return &inspector{registry: g, stays: map[string]*stay{}, guards: map[schedule.EventID]*crosstalk.Guard{}, told: map[string]counted{}}
}

// hear takes what a browser counted.
func (i *inspector) hear(session string, v ClientVitals) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if _, known := i.told[session]; !known && len(i.told) >= maxTold {
		return
	}
	v.Unheard, v.Hollow = slices.Clone(v.Unheard), slices.Clone(v.Hollow)
	i.registry.deps.Metrics.tellHeard(v)
	i.told[session] = counted{v, time.Now()}
}

// counts gives what browsers counted not long ago.
func (i *inspector) counts(now time.Time) map[string]counted {
	i.mu.Lock()
	defer i.mu.Unlock()
	maps.DeleteFunc(i.told, func(_ string, c counted) bool { return now.Sub(c.at) > clientFresh })
	return maps.Clone(i.told)
}

func (i *inspector) run() {
	tick := time.NewTicker(inspectEvery)
	defer tick.Stop()
	defer i.close()
	for {
		select {
		case <-i.registry.ctx.Done():
			return
		case <-tick.C:
			i.pass(time.Now())
		}
	}
}

// close writes how media went for those who are still there; the mirror is
// emptied after it.
func (i *inspector) close() {
	for _, s := range i.stays {
		s.save(i.registry.mirror)
	}
}

// boards lists all events' boards.
func (g *Registry) boards() []*board {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := make([]*board, 0, len(g.events))
	for _, ev := range g.events {
		all = append(all, ev.board)
	}
	return all
}

// pass is one look. A panic in it must not end the process: people talk on
// without anybody watching their media.
func (i *inspector) pass(now time.Time) {
	defer func() {
		if v := recover(); v != nil {
			i.registry.log.Error("a look at media failed", "panic", v, "stack", string(debug.Stack()))
		}
	}()
	g := i.registry
	storage := Storage{}
	if g.deps.Storage != nil {
		storage = g.deps.Storage()
	}
	wall := stamp(g.deps.Clock)
	counts := i.counts(now)
	var all []RowVitals
	for _, b := range g.boards() {
		b.setStorage(storage)
		for _, kind := range b.expireOrders(wall) {
			g.deps.Metrics.ordersFailed.WithLabelValues(string(kind)).Inc()
		}
		casts, booths := b.whoIsWhere()
		var mics []crosstalk.Mic
		var found []RowVitals
		var heard []string
		for id, people := range casts {
			i.guard(id, func() {
				vitals, voices := i.inspect(b.id, id, people, counts, now, wall)
				found, heard = append(found, RowVitals{id, vitals}), append(heard, voices...)
				mics = append(mics, i.microphones(booths[id], people)...)
			})
		}
		b.setVitals(found, heard)
		all = append(all, found...)
		b.setCrosstalk(i.compare(b.id, mics, now))
		b.nudgeWalls()
	}
	g.deps.Metrics.tellTruth(all)
	i.passes++
	for session, s := range i.stays {
		gone := !s.seen.Equal(now)
		if gone || i.passes%saveStays == 0 {
			s.save(g.mirror)
		}
		if gone {
			delete(i.stays, session)
		}
	}
	g.deps.Metrics.inspection.Observe(time.Since(now).Seconds())
}

// guard keeps a panic at one room from ending the look at all others. Only the
// first is told: the next look may well fail in the same way.
func (i *inspector) guard(id schedule.ConsultationID, look func()) {
	defer func() {
		if v := recover(); v != nil && !i.failed {
			i.failed = true
			i.registry.log.Error("a look at a room's media failed", "consultation", id, "panic", v, "stack", string(debug.Stack()))
		}
	}()
	look()
}

// inspect judges the people of one room, in their order, and tells who was
// heard just now.
func (i *inspector) inspect(event schedule.EventID, id schedule.ConsultationID, people cast, counts map[string]counted, now, wall time.Time) (all []Vitals, heard []string) {
	media := i.registry.deps.Media
	found := make([]evidence, len(people))
	for n, p := range people {
		truth, known := media.Truth(p.peer)
		s := i.stays[p.session]
		if s != nil && (!s.from.Equal(p.since) || s.seat != p.seat) { // it left and came again since the last look
			s.save(i.registry.mirror)
			s = nil
		}
		if s == nil {
			s = &stay{event: event, consultation: id, seat: p.seat, session: p.session, from: p.since}
			i.stays[p.session] = s
		}
		if s.peer != p.peer {
			s.peer, s.peerSince = p.peer, now
			s.unfedSince, s.micSince, s.camSince, s.micFlows = time.Time{}, time.Time{}, time.Time{}, time.Time{}
		}
		found[n] = evidence{
			truth: truth, known: known, here: now.Sub(s.peerSince), away: p.away,
			micOn: p.has(sfu.Microphone), micIn: p.sent(sfu.Microphone), camOn: p.has(sfu.Camera) && !p.resting(sfu.Camera), rests: len(p.rests) > 0,
			micGone: s.gone(&s.micSince, p, sfu.Microphone, now), camGone: s.gone(&s.camSince, p, sfu.Camera, now),
			flows: s.flows(p, now), client: counts[p.session].ClientVitals, told: now.Sub(counts[p.session].at), unfed: s.unfed(truth, people, now),
			voices: s.voiced(p, truth), others: slices.ContainsFunc(people, func(o player) bool { return o.session != p.session && !o.away && len(o.sends) > 0 }),
		}
		if p.has(sfu.Microphone) && !p.away && truth.Level < voiceLevel {
			heard = append(heard, p.session)
		}
	}
	hearing(people, found)
	for n, p := range people {
		v := judge(found[n])
		v.Seat = p.seat
		all = append(all, v)
		i.stays[p.session].note(v, found[n], now, wall)
	}
	return all, heard
}

// hearing weighs what browsers say about whom they do not hear against what
// comes in here: of whoever sends nothing, or silence, it is no wonder. One who
// is heard by none of several is silent to all; else the fault is with who does
// not hear.
func hearing(people cast, found []evidence) {
	for n, p := range people {
		if e := found[n]; !e.micOn || !e.micIn || e.away || e.truth.Silent {
			continue
		}
		var deaf []int
		others := 0
		for m, o := range people {
			if m == n || found[m].away || !found[m].known {
				continue
			}
			others++
			if o.seat == p.seat || !found[m].complainsOf(found[n]) {
				continue
			}
			if slices.Contains(found[m].client.Unheard, p.seat) {
				deaf = append(deaf, m)
			}
			if slices.Contains(found[m].client.Hollow, p.seat) && found[n].spoke(found[m].told) {
				found[m].hollow = true
			}
		}
		if len(deaf) == others && others >= 2 {
			found[n].unheard = true
			continue
		}
		for _, m := range deaf {
			found[m].deaf = true
		}
	}
}

// complainsOf tells whether what a browser counted can say anything about
// another's voice: all the time that it counted over, sound came in from there
// and both Peers stood. What was told before says only what is over.
func (e evidence) complainsOf(other evidence) bool {
	return min(other.flows, other.here, e.here)-e.told >= countsFor
}

// spoke tells whether somebody's voice came in here in the seconds that a browser
// counted over when it told so long ago.
func (e evidence) spoke(told time.Duration) bool {
	counted := uint32(1)<<int(countsFor/inspectEvery) - 1
	return bits.OnesCount32(e.voices>>uint(told/inspectEvery)&counted) >= voicedFor
}

// microphones are those of a booth that can hear other booths, and be heard.
func (i *inspector) microphones(booth schedule.BoothID, people cast) []crosstalk.Mic {
	for _, p := range people {
		if p.role == schedule.RoleFirm && p.seat.Number() == 1 && !p.away && p.has(sfu.Microphone) && p.sent(sfu.Microphone) {
			l := i.registry.deps.Media.Levels(p.peer)
			if len(l.Steps) > 0 {
				return []crosstalk.Mic{{Booth: string(booth), End: l.End, Steps: l.Steps}}
			}
		}
	}
	return nil
}

// compare tells which booths hear which.
func (i *inspector) compare(event schedule.EventID, mics []crosstalk.Mic, now time.Time) []Crosstalk {
	guard := i.guards[event]
	if guard == nil {
		guard = crosstalk.New()
		i.guards[event] = guard
	}
	slices.SortFunc(mics, func(a, b crosstalk.Mic) int { return cmp.Compare(a.Booth, b.Booth) })
	mics = slices.CompactFunc(mics, func(a, b crosstalk.Mic) bool { return a.Booth == b.Booth })
	all := []Crosstalk{}
	for _, p := range guard.Feed(now, mics) {
		all = append(all, Crosstalk{
			Hears: schedule.BoothID(p.Hears), Speaks: schedule.BoothID(p.Heard), Since: p.Since.UTC().Round(0), Strength: strength(p.Attenuation),
		})
	}
	return all
}

// strength is how much of a voice arrives in another booth, in tens: at 6 dB
// below its own booth nearly all of it disturbs, at 36 dB nothing.
func strength(attenuation int) int { return min(max(100-(attenuation-6)*10/3, 10), 100) / 10 * 10 }
