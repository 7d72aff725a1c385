package rooms

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// rttStep is how finely round trips are counted, rttSteps up to where.
const (
	rttStep  = 10 * time.Millisecond
	rttSteps = 300
)

// stay is what is known of one session's media over its time in a room. The
// inspector owns it.
type stay struct {
	// fixed
	event        schedule.EventID
	consultation schedule.ConsultationID
	seat         schedule.SeatID
	session      string
	from         time.Time

	peer       sfu.PeerID
	peerSince  time.Time
	unfedSince time.Time // zero: all that should go out to it does
	micSince   time.Time // it is on and nothing is received; zero: it is not so
	camSince   time.Time
	micFlows   time.Time // since when it is received without a break; zero: it is not
	voices     uint32    // in which passes it was heard, the newest in the lowest bit
	seen       time.Time // the newest pass that saw it
	to         time.Time // that pass by the rooms' clock

	passes            int // with media
	routes            map[sfu.Route]int
	rtts              [rttSteps + 1]uint32
	rttCount          uint32
	lossUp, lossDown  float64 // sums
	worstUp           float64
	worstDown         float64
	frozen, concealed float64
	clientPasses      int
	up, down          tally
	symptoms          map[Symptom]time.Duration
}

// tally is the mean of a score.
type tally struct {
	sum float64
	n   int
}

func (t *tally) add(score float64) {
	if score > 0 {
		t.sum += score
		t.n++
	}
}

// mean is 0 where there is none.
func (t tally) mean() float64 {
	if t.n == 0 {
		return 0
	}
	return tenth(t.sum / float64(t.n))
}

// unfed is how long somebody's sound should go out to the Peer and does not.
func (s *stay) unfed(t sfu.Truth, people cast, now time.Time) time.Duration {
	missing := slices.ContainsFunc(t.Unfed, func(f sfu.Feed) bool {
		return f.Source == sfu.Microphone && slices.ContainsFunc(people, func(p player) bool { return p.peer == f.Peer && p.has(sfu.Microphone) && !p.away })
	})
	switch {
	case !missing:
		s.unfedSince = time.Time{}
		return 0
	case s.unfedSince.IsZero():
		s.unfedSince = now
	}
	return now.Sub(s.unfedSince)
}

// gone is how long a source has been on without being received; since is where
// that is kept.
func (s *stay) gone(since *time.Time, p player, source sfu.Source, now time.Time) time.Duration {
	switch {
	case !p.has(source), p.sent(source), p.resting(source):
		*since = time.Time{}
		return 0
	case since.IsZero():
		*since = now
	}
	return now.Sub(*since)
}

// flows is for how long the microphone has been received without a break.
func (s *stay) flows(p player, now time.Time) time.Duration {
	switch {
	case !p.has(sfu.Microphone) || !p.sent(sfu.Microphone) || p.away:
		s.micFlows = time.Time{}
		return 0
	case s.micFlows.IsZero():
		s.micFlows = now
	}
	return now.Sub(s.micFlows)
}

// voiced notes whether a voice came from it, and tells of the last passes.
func (s *stay) voiced(p player, t sfu.Truth) uint32 {
	s.voices <<= 1
	if p.has(sfu.Microphone) && !p.away && t.Level < voiceLevel {
		s.voices |= 1
	}
	return s.voices
}

// note adds one second's truth.
func (s *stay) note(v Vitals, e evidence, now, wall time.Time) {
	s.seen, s.to = now, wall
	if s.symptoms == nil {
		s.symptoms, s.routes = map[Symptom]time.Duration{}, map[sfu.Route]int{}
	}
	for _, y := range v.Symptoms {
		s.symptoms[y] += inspectEvery
	}
	if v.Quality == QualityNone {
		return
	}
	s.passes++
	s.up.add(v.ScoreUp)
	s.down.add(v.ScoreDown)
	s.routes[v.Route]++
	if e.truth.RoundTrip > 0 {
		s.rtts[min(int(e.truth.RoundTrip/rttStep), rttSteps)]++
		s.rttCount++
	}
	s.lossUp += e.truth.LossUp
	s.lossDown += e.truth.LossDown
	s.worstUp, s.worstDown = max(s.worstUp, e.truth.LossUp), max(s.worstDown, e.truth.LossDown)
	if e.client.told() {
		s.clientPasses++
		s.frozen += e.client.Frozen
		s.concealed += e.client.Concealed
	}
}

// quality sums the stay up.
func (s *stay) quality() schedule.SeatQuality {
	q := schedule.SeatQuality{
		Consultation: s.consultation, Seat: s.seat, Session: s.session, From: s.from, To: s.to,
		RTTMedian: s.percentile(50), RTT95: s.percentile(95), LossUpWorst: s.worstUp, LossDownWorst: s.worstDown,
		ScoreUp: s.up.mean(), ScoreDown: s.down.mean(),
	}
	if n := float64(s.passes); n > 0 {
		q.LossUp, q.LossDown = s.lossUp/n, s.lossDown/n
	}
	if n := float64(s.clientPasses); n > 0 {
		q.Frozen, q.Concealed = s.frozen/n, s.concealed/n
	}
	most := 0
	for _, route := range slices.Sorted(maps.Keys(s.routes)) {
		if n := s.routes[route]; n > most {
			most, q.Route = n, string(route)
		}
	}
	for y, d := range s.symptoms {
		q.Symptoms = append(q.Symptoms, schedule.SymptomTime{Symptom: string(y), Seconds: d.Seconds()})
	}
	slices.SortFunc(q.Symptoms, func(a, b schedule.SymptomTime) int {
		return cmp.Or(cmp.Compare(b.Seconds, a.Seconds), cmp.Compare(a.Symptom, b.Symptom))
	})
	return q
}

// percentile of the round trips, in steps of rttStep.
func (s *stay) percentile(p uint32) time.Duration {
	var below uint32
	for i, n := range s.rtts {
		below += n
		if s.rttCount > 0 && below*100 >= p*s.rttCount {
			return time.Duration(i) * rttStep
		}
	}
	return 0
}

// save writes the stay as it is now; the same session and From replaces.
func (s *stay) save(m *mirror) {
	if s.to.IsZero() {
		return
	}
	q, event := s.quality(), s.event
	m.put("quality "+s.session+" "+s.from.String(), func(ctx context.Context) error { return m.store.SaveQuality(ctx, event, q) })
}
