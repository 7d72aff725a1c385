package bandwidth

import (
	"time"

	"github.com/pion/rtcp"
)

// early is how many packets feedback may name before Sent told of them: the
// sender writes first and tells afterwards, and a line may be faster than that.
const early = 100

// status is what one feedback says of one packet.
type status struct {
	number  int64
	arrived bool
	timed   bool
	at      time.Duration // on the browser's clock, with an offset of its own
}

// reports reads transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-
// extensions-01 section 3.1). The 24 bits of reference time turn over every
// twelve days and may begin anywhere.
type reports struct {
	reference int64 // unwrapped, in 64 ms
	begun     bool
	statuses  []status // reused
}

const (
	tick = 64 * time.Millisecond
	turn = 1 << 24
)

// read returns what the feedback says, or nothing when it cannot be true: it
// names packets that never left, or has fewer chunks or deltas than it claims.
// It changes nothing then. The result is good until the next read.
func (r *reports) read(f *rtcp.TransportLayerCC, h *history) ([]status, bool) {
	if f == nil || h.newest == 0 || f.PacketStatusCount == 0 {
		return nil, false
	}
	base := h.unwrap(f.BaseSequenceNumber)
	count := int64(f.PacketStatusCount)
	if base > h.newest || base <= h.newest-remembered || base+count-1 > h.newest+early {
		return nil, false
	}
	reference := r.unwrap(f.ReferenceTime)
	w := walk{next: base, end: base + count, at: time.Duration(reference) * tick, deltas: f.RecvDeltas, into: r.statuses[:0]}
	for _, chunk := range f.PacketChunks {
		if !w.chunk(chunk) {
			return nil, false
		}
	}
	if w.next != w.end {
		return nil, false
	}
	r.reference, r.begun, r.statuses = reference, true, w.into
	return w.into, true
}

func (r *reports) unwrap(reference uint32) int64 {
	now := int64(reference & (turn - 1))
	if !r.begun {
		return now
	}
	step := (now - r.reference) & (turn - 1)
	if step >= turn/2 {
		step -= turn
	}
	return r.reference + step
}

// walk goes through the chunks of one feedback.
type walk struct {
	next, end int64
	at        time.Duration
	deltas    []*rtcp.RecvDelta
	into      []status
}

func (w *walk) chunk(c rtcp.PacketStatusChunk) bool {
	switch c := c.(type) {
	case *rtcp.RunLengthChunk:
		if c == nil {
			return false
		}
		for range min(int64(c.RunLength), w.end-w.next) {
			if !w.symbol(c.PacketStatusSymbol) {
				return false
			}
		}
		return true
	case *rtcp.StatusVectorChunk:
		if c == nil {
			return false
		}
		for _, symbol := range c.SymbolList {
			if w.next == w.end {
				return true // the last vector is filled up
			}
			if !w.symbol(symbol) {
				return false
			}
		}
		return true
	}
	return false
}

func (w *walk) symbol(symbol uint16) bool {
	s := status{number: w.next}
	w.next++
	switch symbol {
	case rtcp.TypeTCCPacketNotReceived:
	case rtcp.TypeTCCPacketReceivedSmallDelta, rtcp.TypeTCCPacketReceivedLargeDelta:
		if len(w.deltas) == 0 || w.deltas[0] == nil {
			return false
		}
		w.at += time.Duration(w.deltas[0].Delta) * time.Microsecond
		w.deltas = w.deltas[1:]
		s.arrived, s.timed, s.at = true, true, w.at
	default:
		s.arrived = true // arrived, when is not told
	}
	w.into = append(w.into, s)
	return true
}
