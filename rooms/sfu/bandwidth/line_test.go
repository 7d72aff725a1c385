package bandwidth

import (
	"math/rand"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"
)

// line is a link in virtual time, one way with a queue, the other for feedback.
type line struct {
	delay   time.Duration                       // each way
	rate    func(t time.Duration) float64       // bits a second; nil: endless
	buffer  time.Duration                       // what the queue holds, at the present rate
	loss    float64                             // random
	burst   float64                             // share of time in which half is lost, 300 ms at a time
	jitter  time.Duration                       // uniform, on top of the delay
	reorder bool                                // jitter overtakes
	police  float64                             // drops above this rate, without a queue
	deaf    float64                             // share of feedback that is lost
	out     func(t time.Duration) bool          // nothing passes, either way
	shift   func(t time.Duration) time.Duration // more delay
	bucket  int                                 // bytes that pass at once
}

func constant(bits float64) func(time.Duration) float64 {
	return func(time.Duration) float64 { return bits }
}

// sender is what the egress does: sound, pictures in frames, a pacer, probes.
type sender struct {
	wanted  func(t time.Duration) float64
	sound   bool // nothing else
	noProbe bool
	reports bool // the browser gives receiver reports only
	options Options
}

// trace is what happened, every 10 ms.
type trace struct {
	targets, queues []float64 // bit/s, ms
	arrived         []float64 // bit/s, over 100 ms
	probes          int
	probeBytes      int
	bytes           int
	estimator       *Estimator
}

type flight struct {
	number uint16
	at     time.Duration
	size   int
}

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// run lets the sender send over the line for so long.
func run(t testing.TB, l line, s sender, length time.Duration, seed int64) *trace {
	t.Helper()
	random := rand.New(rand.NewSource(seed))
	e := New(s.options, epoch)
	tr := &trace{estimator: e}
	if s.wanted == nil {
		s.wanted = constant(8e6)
	}
	type feedback struct {
		f  *rtcp.TransportLayerCC
		at time.Duration
	}
	var (
		number       = uint16(65000)
		queued       []flight // on their way, by arrival
		feedbacks    []feedback
		got          []flight // not yet told of
		nextTold     = number
		told         uint8
		free         time.Duration // when the line's queue is empty
		tokens       float64
		debt         float64 // bytes of pictures that wait in the pacer
		cluster      Cluster
		clusterLeft  int
		clusterCarry float64
		badUntil     time.Duration
		lastArrival  time.Duration
		window       [10]int
		gotN         int
		expected     = number
		highest      = number
		bucket       = float64(l.bucket)
	)
	send := func(at time.Duration, size, id int) {
		e.Sent(number, size, id, epoch.Add(at))
		n := number
		number++
		tr.bytes += size
		if l.out != nil && l.out(at) || random.Float64() < l.loss {
			return
		}
		if l.burst > 0 {
			if at >= badUntil && random.Float64() < l.burst/300*2 {
				badUntil = at + 300*time.Millisecond
			}
			if at < badUntil && random.Float64() < 0.5 {
				return
			}
		}
		if l.police > 0 {
			if tokens < float64(size) {
				return
			}
			tokens -= float64(size)
		}
		leave := at
		if l.rate != nil {
			rate := l.rate(at)
			free = max(free, at)
			if free-at > l.buffer {
				return
			}
			if bucket >= float64(size) && free == at {
				bucket -= float64(size)
			} else {
				free += time.Duration(float64(size) * 8 / rate * 1e9)
				leave = free
			}
		}
		arrives := leave + l.delay
		if l.shift != nil {
			arrives += l.shift(at)
		}
		if l.jitter > 0 {
			arrives += time.Duration(random.Int63n(int64(l.jitter)))
		}
		if !l.reorder {
			arrives = max(arrives, lastArrival)
		}
		lastArrival = max(lastArrival, arrives)
		queued = append(queued, flight{n, arrives, size})
	}
	for at := time.Duration(0); at < length; at += ms {
		now := epoch.Add(at)
		tokens = min(tokens+l.police/8000, 12_000)
		if l.rate != nil && l.bucket > 0 && free <= at {
			bucket = min(bucket+l.rate(at)/8000, float64(l.bucket))
		}
		wanted := s.wanted(at)
		target := float64(e.Target())
		if at%(20*ms) == 0 {
			send(at, 120, 0)
		}
		if at%(33*ms) == 0 {
			e.Wanted(Rate(wanted), now)
		}
		if at%(33*ms) == 0 && !s.sound {
			debt += max(min(target, wanted)-48_000, 0) / 8 * 0.033
			debt = min(debt, target/8*0.3)
		}
		if at%(5*ms) == 0 {
			if !s.noProbe && clusterLeft <= 0 {
				if c, ok := e.Probe(now); ok {
					cluster, clusterLeft, clusterCarry = c, c.Bytes, 0
					tr.probes++
				}
			}
			if clusterLeft > 0 {
				for clusterCarry += float64(cluster.Rate) / 8 * 0.005; clusterCarry > 0 && clusterLeft > 0; clusterCarry -= 1100 {
					send(at, 1100, cluster.ID)
					clusterLeft -= 1100
					tr.probeBytes += 1100
					debt = max(debt-1100, 0)
				}
			} else {
				for budget := 2 * target / 8 * 0.005; debt >= 300 && budget > 0; {
					size := int(min(debt, 1100))
					send(at, size, 0)
					debt -= float64(size)
					budget -= float64(size)
				}
			}
		}
		// The browser.
		if l.reorder {
			slices.SortStableFunc(queued, func(a, b flight) int { return int(a.at - b.at) })
		}
		if at%(100*ms) == 0 {
			copy(window[1:], window[:9])
			window[0] = 0
		}
		for len(queued) > 0 && queued[0].at <= at {
			got = append(got, queued[0])
			window[0] += queued[0].size
			gotN++
			highest = queued[0].number + 1
			queued = queued[1:]
		}
		if at%(100*ms) == 50*ms && len(got) > 0 && !s.reports {
			f, next := tell(t, got, nextTold, told, 777*time.Hour)
			told++
			nextTold, got = next, got[:0]
			if random.Float64() >= l.deaf && !(l.out != nil && l.out(at)) {
				feedbacks = append(feedbacks, feedback{f, at + l.delay})
			}
		}
		if s.reports && at%time.Second == 0 && gotN > 0 {
			wait := max(free-at, 0)
			e.Report(max(1-float64(gotN)/float64(highest-expected), 0), 2*l.delay+wait, now)
			expected, gotN = highest, 0
		}
		for len(feedbacks) > 0 && feedbacks[0].at <= at {
			e.Feedback(feedbacks[0].f, now)
			feedbacks = feedbacks[1:]
		}
		if at%(10*ms) == 0 {
			tr.targets = append(tr.targets, float64(e.Target()))
			tr.queues = append(tr.queues, float64(max(free-at, 0))/1e6)
			sum := 0
			for _, w := range window[1:] {
				sum += w
			}
			tr.arrived = append(tr.arrived, float64(sum)*8/0.9)
			if r := e.Target(); r < Rate(e.pace.floor) || r > Rate(e.pace.ceiling) {
				t.Fatalf("at %v: target %d outside of the bounds", at, r)
			}
		}
	}
	return tr
}

// tell makes the feedback a browser makes, by way of the wire.
func tell(t testing.TB, got []flight, from uint16, count uint8, offset time.Duration) (*rtcp.TransportLayerCC, uint16) {
	t.Helper()
	slices.SortFunc(got, func(a, b flight) int { return int(int16(a.number - b.number)) })
	// As Chromium's: what arrives late, after the feedback that called it lost,
	// is told once more.
	if int16(got[0].number-from) < 0 {
		from = got[0].number
	}
	end := got[len(got)-1].number + 1
	first := got[0].at
	f := &rtcp.TransportLayerCC{BaseSequenceNumber: from, PacketStatusCount: end - from, FbPktCount: count}
	last := (first + offset) / tick * tick
	f.ReferenceTime = uint32(last/tick) & (turn - 1)
	var symbols []uint16
	i := 0
	for n := from; n != end; n++ {
		if i >= len(got) || got[i].number != n {
			symbols = append(symbols, rtcp.TypeTCCPacketNotReceived)
			continue
		}
		delta := (got[i].at + offset - last) / (250 * time.Microsecond)
		last += delta * 250 * time.Microsecond
		kind := uint16(rtcp.TypeTCCPacketReceivedSmallDelta)
		if delta < 0 || delta > 255 {
			kind = rtcp.TypeTCCPacketReceivedLargeDelta
		}
		symbols = append(symbols, kind)
		f.RecvDeltas = append(f.RecvDeltas, &rtcp.RecvDelta{Type: kind, Delta: int64(delta) * 250})
		for i++; i < len(got) && got[i].number == n; i++ {
		}
	}
	for len(symbols) > 0 {
		n := min(len(symbols), 7)
		list := make([]uint16, 7)
		copy(list, symbols[:n])
		f.PacketChunks = append(f.PacketChunks, &rtcp.StatusVectorChunk{
			Type: rtcp.TypeTCCStatusVectorChunk, SymbolSize: rtcp.TypeTCCSymbolSizeTwoBit, SymbolList: list,
		})
		symbols = symbols[n:]
	}
	f.Header = rtcp.Header{Padding: f.MarshalSize()%4 != 0, Count: rtcp.FormatTCC, Type: rtcp.TypeTransportSpecificFeedback}
	f.Header.Length = uint16(f.MarshalSize()/4 - 1)
	raw, err := f.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	back := new(rtcp.TransportLayerCC)
	if err := back.Unmarshal(raw); err != nil {
		t.Fatal(err)
	}
	return back, end
}

// part is the values between two times.
func part(values []float64, from, to time.Duration) []float64 {
	return values[from/(10*time.Millisecond) : min(int(to/(10*time.Millisecond)), len(values))]
}

func median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	return v[len(v)/2]
}

func mean(values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
