package rtpx

import "time"

const (
	// HistorySize is how many outgoing packets a Munger can trace back.
	HistorySize = 1024
	minHistory  = 64
	// epochsKept is how many switches back a resend can reach. It bounds the
	// caches that a Munger holds on to.
	epochsKept = 8
	// maxLeap is how far ahead of the wall clock, in seconds, a source's
	// timestamp may run within one epoch before it is taken for a new start.
	maxLeap = 10

	resendLimit = 4
)

// MungerOptions are fixed for the life of a Munger. The first packet out
// carries the numbers given here; the sequence number should be below 2^15, so
// that SRTP receivers guess the roll-over counter right.
type MungerOptions struct {
	Clock   uint32 // ticks a second of the RTP timestamp
	Video   bool   // starts on keyframes only
	History int    // packets to remember, rounded up to a power of two; 0 means HistorySize

	Sequence  uint16
	Timestamp uint32
	PictureID uint16
	TL0       uint8
	KeyIdx    uint8
	Frame     uint16
}

// Munger makes one continuous stream out of packets of changing sources:
// sequence numbers without gaps of its own making, timestamps that go on with
// the wall clock, picture and frame numbers that never jump. Within one source (an epoch)
// each of these differs from the original by a constant; what is dropped on
// purpose shifts the sequence number alone. The history of what went out is
// also the map for late packets and for resends, so that a packet is rewritten
// the same way every time.
//
// It has one owner; a DownTrack that is written and asked for resends by
// several goroutines guards it with its lock.
type Munger struct {
	opts MungerOptions

	// The stream that goes out.
	started bool
	lastOut uint64    // highest sequence number assigned, extended
	lastTS  uint32    // newest timestamp sent
	lastAt  time.Time // arrival of the packet that set it
	lastID  uint16    // newest picture id sent, 15 bits
	lastTL0 uint8
	lastKey uint8
	lastFrm uint16 // newest frame number sent
	keyOut  uint64 // number of the newest keyframe start sent; 0 when none

	// The source it comes from.
	epoch   uint32 // 0: none yet
	pending bool   // switched, first packet not accepted yet
	active  bool   // an epoch has begun and was not stopped
	shift   uint32 // of the pending switch
	aligned bool
	first   uint64 // where the epoch began
	highest uint64 // newest number of the source, dropped ones included
	delta   uint64 // out minus in, of the newest; wraps
	begun   uint64 // first out number of the epoch
	lastIn  uint16 // newest picture id of the source, widened to 15 bits
	off     offsets

	base    time.Time // what Resend's clock counts from
	caches  [epochsKept]*Cache
	history []sent // none before the first packet: most slots are never used
	mask    uint64
}

// offsets turn a source's numbers into ours by addition.
type offsets struct {
	ts              uint32
	id, frame       uint16
	tl0, key        uint8
	hasID, hasFrame bool
	hasTL0, hasKey  bool
}

// sent is one number that went out or is reserved for a packet still missing.
type sent struct {
	out      uint64
	ext      uint64
	resentAt time.Duration // since base
	epoch    uint32
	off      offsets
	resends  uint8
	done     bool // it went out
	marker   bool // marker forced
}

// Packet is what Map wants to know of a packet that arrived.
type Packet struct {
	Ext       uint64 // of Sequence, fresh
	Timestamp uint32
	Marker    bool
	Arrival   time.Time
	Picture   Picture // of video
	// Closes: nothing more of its picture follows, whatever its source still
	// sends. The packet gets a marker.
	Closes bool
}

// Out is what a packet must be rewritten to.
type Out struct {
	Sequence  uint16
	Timestamp uint32
	Marker    bool
	PictureID uint16
	TL0       uint8
	KeyIdx    uint8
	Frame     uint16
	// First packet of a source. What follows it may have arrived before it:
	// the caller maps those again from the source's cache.
	First bool
}

// Switch describes a change of source.
type Switch struct {
	// Cache keeps the source's packets; nil when it has none (audio).
	Cache *Cache
	// Aligned says that source and predecessor are layers of one sender and
	// Shift is the timestamp of the new one less that of the old one at the
	// same instant (Timeline.Shift). Otherwise time goes on by the wall clock.
	Aligned bool
	Shift   uint32
}

// Origin says what an outgoing packet was made of.
type Origin struct {
	Cache *Cache
	Ext   uint64

	out    uint64
	off    offsets
	marker bool
}

// NewMunger returns a Munger without source: it maps nothing before Switch.
func NewMunger(o MungerOptions) *Munger {
	if o.History <= 0 {
		o.History = HistorySize
	}
	n := minHistory
	for n < o.History {
		n *= 2
	}
	return &Munger{
		opts:    o,
		lastOut: 1<<16 | uint64(o.Sequence) - 1,
		lastTS:  o.Timestamp,
		lastID:  o.PictureID - 1,
		lastTL0: o.TL0 - 1,
		lastKey: o.KeyIdx - 1,
		lastFrm: o.Frame - 1,
		mask:    uint64(n - 1),
	}
}

// Switch ends the current source at once and waits for the first packet of the
// next, for video the first of a keyframe. When a person changes, call it
// immediately: nothing of the old one passes any more. When only the layer
// changes, call it when the new layer's keyframe is at hand: the old one flows
// until then.
func (m *Munger) Switch(s Switch) {
	m.epoch++
	m.caches[m.epoch%epochsKept] = s.Cache
	m.pending = true
	m.shift, m.aligned = s.Shift, s.Aligned && m.active
	m.active = false
}

// Stop ends the current source with none to follow.
func (m *Munger) Stop() { m.pending, m.active = false, false }

// NeedsKeyframe tells that nothing is forwarded until a keyframe comes.
func (m *Munger) NeedsKeyframe() bool { return m.pending && m.opts.Video }

// TimestampOffset is what is added to the current source's timestamps now; for
// sender reports. False while no source flows.
func (m *Munger) TimestampOffset() (uint32, bool) { return m.off.ts, m.active }

// Assigned is how many numbers have been given out, those of packets that never
// came among them.
func (m *Munger) Assigned() uint64 { return m.lastOut + 1 - (1<<16 | uint64(m.opts.Sequence)) }

// Map tells how to rewrite a packet, or that it must not be sent: no source,
// no keyframe yet, older than the source's begin, dropped or sent before, or
// older than the history.
func (m *Munger) Map(p Packet) (Out, bool) {
	first := false
	switch {
	case m.pending:
		if m.opts.Video && !p.Picture.Keyframe {
			return Out{}, false
		}
		m.begin(p)
		first = true
	case !m.active || p.Ext < m.first:
		return Out{}, false
	case p.Ext <= m.highest:
		return m.late(p)
	case p.Ext-m.highest > uint64(len(m.history)):
		// An outage or a new start under the same SSRC. Passing on a hole
		// larger than the history would make the receiver ask in vain.
		m.Switch(Switch{Cache: m.caches[m.epoch%epochsKept]})
		return m.Map(p)
	}

	out := p.Ext + m.delta
	m.reserve(p.Ext)
	if !first {
		m.checkLeap(p)
	}
	m.learn(p.Picture)
	m.highest, m.lastOut = p.Ext, out
	ts := p.Timestamp + m.off.ts
	if first || int32(ts-m.lastTS) > 0 {
		m.lastTS, m.lastAt = ts, p.Arrival
	}
	e := &m.history[out&m.mask]
	// The first packet of a talkspurt is marked (RFC 3551 section 4.1): the
	// receiver may adjust its delay there.
	*e = sent{out: out, ext: p.Ext, epoch: m.epoch, off: m.off, done: true, marker: p.Closes || first && !m.opts.Video}
	if p.Picture.Keyframe {
		m.keyOut = out
	}
	return m.rewrite(e, p, first), true
}

// Drop takes a packet out of the stream: padding or probing that no receiver
// should see. false means that its number is already promised, because later
// packets went out: then Map it and send it with an empty payload, or the
// receiver would ask for it for ever.
func (m *Munger) Drop(ext uint64) bool {
	if m.pending || !m.active || ext < m.first {
		return true
	}
	if ext <= m.highest {
		return m.find(ext) == nil
	}
	m.reserve(ext)
	m.highest = ext
	m.lastOut = max(m.lastOut, ext-1+m.delta)
	m.delta--
	return true
}

// Resend answers one NACKed sequence number: what went out, or would have gone,
// under it; but not within 0.9 RTT of the resend before, not more than 4 times,
// and not what lies before the newest keyframe sent.
func (m *Munger) Resend(seq uint16, now time.Time, rtt time.Duration) (Origin, bool) {
	e := m.entry(seq)
	if e == nil || e.resends >= resendLimit || e.out < m.keyOut {
		return Origin{}, false
	}
	if e.resends > 0 && now.Sub(m.base)-e.resentAt < rtt*9/10 {
		return Origin{}, false
	}
	e.resends++
	e.resentAt = now.Sub(m.base)
	return m.origin(e), true
}

// Recent is the packet that went out n numbers before the newest; false when
// none did, or it lies before the newest keyframe sent.
func (m *Munger) Recent(n uint64) (Origin, bool) {
	if !m.active {
		return Origin{}, false
	}
	out := m.lastOut - n
	e := &m.history[out&m.mask]
	if e.out != out || !e.done || e.epoch != m.epoch || out < m.keyOut {
		return Origin{}, false
	}
	return m.origin(e), true
}

// LastTimestamp is the newest that was sent.
func (m *Munger) LastTimestamp() uint32 { return m.lastTS }

// Rewrite tells how to rewrite the packet that was taken from the Cache, given
// its own timestamp, marker and descriptor: as it was the first time.
func (o Origin) Rewrite(timestamp uint32, marker bool, v Picture) Out {
	return Out{
		Sequence:  uint16(o.out),
		Timestamp: timestamp + o.off.ts,
		Marker:    marker || o.marker,
		PictureID: (v.PictureID + o.off.id) & 0x7fff,
		TL0:       v.TL0 + o.off.tl0,
		KeyIdx:    (v.KeyIdx + o.off.key) & 0x1f,
		Frame:     v.Frame + o.off.frame,
	}
}

// begin starts an epoch with p.
func (m *Munger) begin(p Packet) {
	ts := m.lastTS
	if m.started {
		ts = m.wallTimestamp(p.Arrival)
		if m.aligned {
			// Off by less than a second either way is believed: layers of one
			// picture arrive apart. Time never stands still or runs back.
			ahead := int32(p.Timestamp - m.shift + m.off.ts - m.lastTS)
			elapsed := int32(ts - m.lastTS)
			if second := int32(m.opts.Clock); ahead > -second && ahead < elapsed+second {
				ts = m.lastTS + uint32(max(1, ahead))
			}
		}
	} else {
		m.base = p.Arrival
		m.history = make([]sent, m.mask+1)
	}
	m.started, m.pending, m.active = true, false, true
	m.first, m.highest = p.Ext, p.Ext-1
	m.begun = m.lastOut + 1
	m.delta = m.begun - p.Ext
	m.off = offsets{ts: ts - p.Timestamp}
	m.lastIn = p.Picture.PictureID
}

// wallTimestamp is the timestamp that goes with an arrival by the wall clock.
func (m *Munger) wallTimestamp(at time.Time) uint32 {
	elapsed := max(0, at.Sub(m.lastAt))
	ticks := uint64(elapsed/time.Second)*uint64(m.opts.Clock) +
		uint64(elapsed%time.Second)*uint64(m.opts.Clock)/uint64(time.Second)
	return m.lastTS + max(1, uint32(ticks))
}

// checkLeap anchors time anew when the newest packet of a source runs back or
// far ahead of the clock: an encoder was restarted under the same SSRC. A
// receiver would discard what runs back for as long as it does.
func (m *Munger) checkLeap(p Packet) {
	ahead := int32(p.Timestamp + m.off.ts - m.lastTS)
	if ahead >= 0 {
		if wall := m.wallTimestamp(p.Arrival); ahead <= int32(wall-m.lastTS)+maxLeap*int32(m.opts.Clock) {
			return
		}
	}
	m.off.ts = m.wallTimestamp(p.Arrival) - p.Timestamp
}

// learn sets the VP8 offsets when a number first shows in an epoch, and
// follows the newest.
func (m *Munger) learn(v Picture) {
	if v.HasPictureID {
		in := m.widen(v)
		if !m.off.hasID {
			m.off.hasID, m.off.id = true, m.lastID+1-in
		}
		if newer15(in, m.lastIn) {
			m.lastIn = in
		}
		if out := (in + m.off.id) & 0x7fff; newer15(out, m.lastID) {
			m.lastID = out
		}
	}
	if v.HasTL0 {
		if !m.off.hasTL0 {
			m.off.hasTL0, m.off.tl0 = true, m.lastTL0+1-v.TL0
		}
		if out := v.TL0 + m.off.tl0; int8(out-m.lastTL0) > 0 {
			m.lastTL0 = out
		}
	}
	if v.HasKeyIdx {
		if !m.off.hasKey {
			m.off.hasKey, m.off.key = true, m.lastKey+1-v.KeyIdx
		}
		if out := (v.KeyIdx + m.off.key) & 0x1f; (out-m.lastKey)&0x1f < 0x10 {
			m.lastKey = out
		}
	}
	if v.HasFrame {
		if !m.off.hasFrame {
			m.off.hasFrame, m.off.frame = true, m.lastFrm+1-v.Frame
		}
		if out := v.Frame + m.off.frame; int16(out-m.lastFrm) > 0 {
			m.lastFrm = out
		}
	}
}

// widen gives a 7-bit picture id the upper bits of its neighbours, so that the
// offset also holds when ids of both widths follow one another.
func (m *Munger) widen(v Picture) uint16 {
	if v.LongID {
		return v.PictureID
	}
	d := int16(v.PictureID-m.lastIn) & 0x7f
	if d >= 0x40 {
		d -= 0x80
	}
	return (m.lastIn + uint16(d)) & 0x7fff
}

func newer15(a, b uint16) bool { return (a-b)&0x7fff != 0 && (a-b)&0x7fff < 0x4000 }

// reserve writes down the numbers of packets between the newest and ext, which
// are missing: they may come late, or be asked for when they are in the cache.
func (m *Munger) reserve(ext uint64) {
	from := m.highest + 1
	if ext > uint64(len(m.history)) {
		from = max(from, ext-uint64(len(m.history)))
	}
	for n := from; n < ext; n++ {
		out := n + m.delta
		m.history[out&m.mask] = sent{out: out, ext: n, epoch: m.epoch, off: m.off}
	}
}

// late maps a packet that others overtook.
func (m *Munger) late(p Packet) (Out, bool) {
	e := m.find(p.Ext)
	if e == nil || e.done {
		return Out{}, false
	}
	e.done = true
	e.marker = e.marker || p.Closes
	if p.Picture.Keyframe {
		m.keyOut = max(m.keyOut, e.out)
	}
	m.learn(p.Picture)
	return m.rewrite(e, p, false), true
}

// find returns the number of a packet of this epoch: within an epoch both
// numbers rise together, so it searches by halves.
func (m *Munger) find(ext uint64) *sent {
	lo, hi := m.begun, m.lastOut+1
	if hi-lo > uint64(len(m.history)) {
		lo = hi - uint64(len(m.history))
	}
	for lo < hi {
		mid := lo + (hi-lo)/2
		if m.history[mid&m.mask].ext < ext {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	e := &m.history[lo&m.mask]
	if e.out != lo || e.ext != ext || e.epoch != m.epoch {
		return nil
	}
	return e
}

func (m *Munger) entry(seq uint16) *sent {
	if !m.started {
		return nil
	}
	out := Extend(m.lastOut, seq)
	e := &m.history[out&m.mask]
	if out > m.lastOut || e.out != out || m.epoch-e.epoch >= epochsKept {
		return nil
	}
	return e
}

func (m *Munger) origin(e *sent) Origin {
	return Origin{Cache: m.caches[e.epoch%epochsKept], Ext: e.ext, out: e.out, off: e.off, marker: e.marker}
}

func (m *Munger) rewrite(e *sent, p Packet, first bool) Out {
	o := m.origin(e).Rewrite(p.Timestamp, p.Marker, p.Picture)
	o.First = first
	return o
}
