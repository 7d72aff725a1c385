package sfu

import (
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pion/sdp/v3"

	"sangdam/rooms/sfu/rtpx"
	"sangdam/rooms/sfu/wire"
)

// Sound cannot be asked for again: at the round trips of half the world a
// repetition comes after its moment. So each packet carries older frames once
// more (RFC 2198), as many as the line loses, whatever the publisher sends.

const (
	// mostOlder is how many frames a packet carries again at most. Two bring
	// 10 % of random loss below 0.1 %; a third costs more than it mends.
	mostOlder = 2
	// mostWithOlder is the largest payload that older frames make of a packet: one
	// that networks have to cut, and relays do not take, is lost as a whole.
	mostWithOlder = 1100
	// faintLoss and heavyLoss are from when on one and two are sent.
	faintLoss = 0.002
	heavyLoss = 0.04
	// redundancyStays is how long a line that lost something is not trusted.
	redundancyStays = 30 * time.Second
	// narrowLine carries voices, and little besides: 24 kbit/s more for each of
	// several people would cost the last picture.
	narrowLine = 300_000
	// mostToldLoss bounds, in a thousand, what a publisher is told of others'
	// lines: more would take the frame's bits from those who lose nothing.
	mostToldLoss = 100
)

// redundancy is how many older frames the packets of sound to one Peer carry.
// The clock writes it, whoever forwards reads.
type redundancy struct {
	level atomic.Int32

	heavy, faint time.Time // owned by the clock: when the line last lost so much
}

// judge takes the loss of the last seconds, and what the line carries in bits a
// second (0: not known).
func (r *redundancy) judge(loss float64, line int, now time.Time) {
	if r.faint.IsZero() {
		r.faint = now // a line that nobody knows yet is taken for a bad one
	}
	if loss >= faintLoss {
		r.faint = now
	}
	if loss >= heavyLoss {
		r.heavy = now
	}
	level := int32(0)
	switch {
	case !r.heavy.IsZero() && now.Sub(r.heavy) < redundancyStays:
		level = mostOlder
	case now.Sub(r.faint) < redundancyStays:
		level = 1
	}
	if line > 0 && line < narrowLine {
		level = min(level, 1)
		if loss < faintLoss {
			level = 0
		}
	}
	r.level.Store(level)
}

// frame is a frame of sound as it was forwarded.
type frame struct {
	ext     uint64
	ts      uint32
	payload []byte
}

// frames are the newest of a layer of sound, which the next packets carry again.
// The publisher's RTP goroutine owns them.
type frames struct {
	kept [mostOlder]frame // newest first
}

// keep takes a frame that has been forwarded.
func (f *frames) keep(p *packet) {
	if p.ext < f.kept[0].ext { // overtaken: what follows it has gone out
		return
	}
	last := f.kept[mostOlder-1].payload[:0]
	copy(f.kept[1:], f.kept[:])
	f.kept[0] = frame{ext: p.ext, ts: p.ts, payload: append(last, p.payload...)}
}

// before appends those that a packet may carry again to a viewer who was shown
// this source from the number first on, oldest first.
func (f *frames) before(p *packet, first uint64, level int, into []rtpx.Redundant) []rtpx.Redundant {
	fits := 0
	for size := len(p.payload); fits < min(level, mostOlder); fits++ {
		if size += len(f.kept[fits].payload); size > mostWithOlder {
			break
		}
	}
	for i := fits - 1; i >= 0; i-- {
		k := &f.kept[i]
		if len(k.payload) == 0 || k.ext < first || k.ext >= p.ext || p.ext-k.ext > mostOlder {
			continue
		}
		into = append(into, rtpx.Redundant{Offset: p.ts - k.ts, Payload: k.payload})
	}
	return into
}

// admit says from which number on a source is open, and unpacks what carries
// older frames. False: there is no frame to forward.
func (l *Layer) admit(p *packet, pt uint8) bool {
	if n := l.up.openings.Load(); n != l.opened {
		l.opened, l.first = n, p.ext
	}
	return pt != l.up.settled.red || l.unpack(p)
}

// unpack makes the frame that a RED packet is about out of it, and forwards
// those older ones first that were lost on the way. False: nothing is left.
func (l *Layer) unpack(p *packet) bool {
	var room [rtpx.MaxRedundant]rtpx.Redundant
	pt, primary, older, err := rtpx.ParseRED(p.payload, room[:0])
	if err != nil || pt != l.up.settled.pt {
		l.malformed.Add(1)
		return false
	}
	for i, r := range older {
		back := uint64(len(older) - i)
		if len(r.Payload) == 0 || p.ext < l.first+back {
			continue // nothing, or said before the source was opened
		}
		l.mu.Lock()
		ext, fresh := l.seq.Accept(uint16(p.ext - back))
		l.mu.Unlock()
		if !fresh || ext != p.ext-back || !l.affords(len(r.Payload), p.now) {
			continue
		}
		l.recovered.Add(1)
		lost := packet{layer: l, ext: ext, ts: p.ts - r.Offset, payload: r.Payload, now: p.now, again: true}
		l.up.forward(&lost)
		l.frames.keep(&lost)
	}
	p.payload = primary
	return true
}

// protect puts older frames before the one that a packet of sound is about, as
// many as the line to this browser wants. mu is held; what it returns is valid
// until the next.
func (d *DownTrack) protect(p *packet) (pt uint8, payload []byte) {
	level := int(d.peer.redundancy.level.Load())
	if d.redPT == 0 || level == 0 || len(p.payload) == 0 {
		return d.formats[rtpx.NoCodec].pt, p.payload
	}
	var room [mostOlder]rtpx.Redundant
	older := p.layer.frames.before(p, d.began, level, room[:0])
	if len(older) == 0 {
		return d.formats[rtpx.NoCodec].pt, p.payload
	}
	d.red = rtpx.AppendRED(d.red[:0], d.formats[rtpx.NoCodec].pt, older, p.payload)
	return d.redPT, d.red
}

// unprotected is what the worst line to somebody loses whose browser takes no
// redundancy, as a receiver report has it: told to the publisher, it makes Opus
// put forward error correction into its frames (RFC 6716 section 2.1.7), which
// passes through us to that one.
func (u *UpTrack) unprotected() uint8 {
	if u.kind != wire.Audio {
		return 0
	}
	worst := int64(0)
	for _, d := range *u.subs.Load() {
		if d.redPT == 0 {
			worst = max(worst, d.lossPermille.Load())
		}
	}
	return uint8(min(worst, mostToldLoss) * 256 / 1000)
}

// redOf finds the payload type of redundant Opus in an offer's section.
func redOf(m *sdp.MediaDescription) string {
	codecs := readCodecs(m)
	for _, a := range m.Attributes {
		if a.Key != "fmtp" {
			continue
		}
		pt, blocks, _ := strings.Cut(a.Value, " ")
		first, _, _ := strings.Cut(blocks, "/")
		if codecs[pt] == "red/48000/2" && strings.HasPrefix(codecs[first], "opus/") && slices.Contains(m.MediaName.Formats, pt) {
			return pt
		}
	}
	return ""
}

// answerRed takes redundancy that was offered: first of all where the browser
// sends, which makes it send so, and second where it receives, since we choose
// packet by packet. Pion knows nothing of it and need not.
func answerRed(m *sdp.MediaDescription, s section, codecs map[string]string) uint8 {
	n, err := strconv.ParseUint(s.red, 10, 7)
	if err != nil || n == 0 || codecs[s.red] != "" {
		return 0
	}
	opus := slices.IndexFunc(m.MediaName.Formats, func(pt string) bool { return strings.HasPrefix(codecs[pt], "opus/") })
	if opus < 0 {
		return 0
	}
	pt := m.MediaName.Formats[opus]
	at := opus
	if s.slot >= 0 {
		at++
	}
	m.MediaName.Formats = slices.Insert(m.MediaName.Formats, at, s.red)
	m.Attributes = append(m.Attributes,
		sdp.NewAttribute("rtpmap", s.red+" red/48000/2"), sdp.NewAttribute("fmtp", s.red+" "+pt+"/"+pt))
	return uint8(n)
}
