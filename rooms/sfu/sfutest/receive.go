package sfutest

import (
	"encoding/binary"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"
)

// Received is what arrived in one half of a slot. The fields under "wrong"
// stay zero with a server that keeps the rules.
type Received struct {
	Packets   int // media, RTX included, repetitions not
	Frames    int // video: first packets of frames
	Keyframes int
	Recovered int // came by RTX
	Padding   int // without payload

	Last    Stamp     // of the newest packet
	LastAt  time.Time // when it came
	Senders []uint32  // in the order in which they began, no sender twice in a row
	Layers  []uint8   // likewise

	Missing int // sequence numbers between first and newest that never came

	// Wrong:
	Foreign       int // payloads that no Client made
	NotKeyframe   int // times that a sender or layer began with something else than a keyframe
	Jumps         int // sequence jumps of more than 1000
	BackwardsTime int // timestamp below that of an earlier sequence number
	PictureIDs    int // picture ids that did not follow on (with no packet missing)
	TL0s          int // the same for TL0PICIDX
	Repeated      int // sequence numbers that came twice other than by RTX

	Dated   int                // packets that say when they were captured
	Capture time.Duration      // of the newest of these: when that was by the clock of the reports, less when it really was
	SR      *rtcp.SenderReport // newest sender report for this stream
	SRs     int
	SRAt    time.Time
}

// Receiver is one half of a slot.
type Receiver struct {
	client *Client // fixed
	rtp    *webrtc.RTPReceiver
	kind   webrtc.RTPCodecType

	mu       sync.Mutex // guards all below
	got      Received
	started  bool
	first    uint64
	highest  uint64
	distinct uint64
	seen     map[uint64]bool
	lastTS   uint32
	lastID   uint16
	lastTL0  uint8
	idAt     uint64 // sequence number of the last packet whose ids are known
	lastOut  uint32 // RTP timestamp of the newest packet
	captureX uint8  // id of the extension; 0: not looked for yet, or not negotiated
}

func newReceiver(c *Client, r *webrtc.RTPReceiver, kind webrtc.RTPCodecType) *Receiver {
	return &Receiver{client: c, rtp: r, kind: kind, seen: make(map[uint64]bool)}
}

// Received returns a copy of the counters.
func (r *Receiver) Received() Received {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	got.Senders = append([]uint32(nil), got.Senders...)
	got.Layers = append([]uint8(nil), got.Layers...)
	if r.started {
		got.Missing = int(r.highest - r.first + 1 - r.distinct)
	}
	return got
}

// Wrong lists the rules that were broken; empty when none was.
func (g Received) Wrong() map[string]int {
	wrong := make(map[string]int)
	for name, n := range map[string]int{
		"foreign payload": g.Foreign, "begun without keyframe": g.NotKeyframe, "sequence jump": g.Jumps,
		"timestamp backwards": g.BackwardsTime, "picture id": g.PictureIDs, "TL0PICIDX": g.TL0s, "repeated packet": g.Repeated,
	} {
		if n > 0 {
			wrong[name] = n
		}
	}
	return wrong
}

// CaptureOffset is the newest packet's time by the sender reports less the
// time at which it was captured. Equal for the audio and the video of a slot:
// lips and voice are together.
func (r *Receiver) CaptureOffset() (time.Duration, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.got.SR == nil || r.got.Packets == 0 {
		return 0, false
	}
	clock := int64(90000)
	if r.kind == webrtc.RTPCodecTypeAudio {
		clock = 48000
	}
	ticks := int64(int32(r.lastOut - r.got.SR.RTPTime))
	at := timeOf(r.got.SR.NTPTime).Add(time.Duration(ticks * int64(time.Second) / clock))
	return at.Sub(r.got.Last.Captured), true
}

func (r *Receiver) read(t *webrtc.TrackRemote) {
	for {
		p, attributes, err := t.ReadRTP()
		if err != nil {
			return
		}
		r.packet(p, attributes)
	}
}

func (r *Receiver) readReports() {
	for {
		packets, _, err := r.rtp.ReadRTCP()
		if err != nil {
			return
		}
		for _, p := range packets {
			if sr, ok := p.(*rtcp.SenderReport); ok {
				r.mu.Lock()
				r.got.SR, r.got.SRAt = sr, time.Now()
				r.got.SRs++
				r.mu.Unlock()
			}
		}
	}
}

func (r *Receiver) packet(p *rtp.Packet, attributes interceptor.Attributes) {
	recovered := attributes.Get(webrtc.AttributeRtxSsrc) != nil
	r.mu.Lock()
	defer r.mu.Unlock()
	ext, fresh := r.place(p.SequenceNumber)
	if !fresh {
		if !recovered {
			r.got.Repeated++
		}
		return
	}
	if len(p.Payload) == 0 {
		r.got.Padding++
		return
	}
	r.got.Packets++
	if recovered {
		r.got.Recovered++
	}
	newest := ext == r.highest
	var stamp Stamp
	var ok bool
	if r.kind == webrtc.RTPCodecTypeAudio {
		stamp, ok = parseStamp(p.Payload[1:])
	} else {
		stamp, ok = r.video(p, ext, newest)
	}
	if !ok {
		r.got.Foreign++
		return
	}
	r.date(p, stamp)
	if watch := r.client.opts.Watch; watch != nil {
		watch(stamp, time.Now())
	}
	if !newest {
		return
	}
	if int32(p.Timestamp-r.lastTS) < 0 && r.got.Packets > 1 {
		r.got.BackwardsTime++
	}
	r.lastTS, r.lastOut = p.Timestamp, p.Timestamp
	newSender := len(r.got.Senders) == 0 || r.got.Last.Sender != stamp.Sender || r.got.Last.Source != stamp.Source
	newLayer := len(r.got.Layers) == 0 || r.got.Last.Layer != stamp.Layer
	if (newSender || newLayer) && r.kind == webrtc.RTPCodecTypeVideo && !stamp.Keyframe {
		r.got.NotKeyframe++
	}
	if newSender {
		r.got.Senders = append(r.got.Senders, stamp.Sender)
	}
	if newSender || newLayer {
		r.got.Layers = append(r.got.Layers, stamp.Layer)
	}
	r.got.Last, r.got.LastAt = stamp, time.Now()
}

// date reads when a packet was captured. Called with mu held.
func (r *Receiver) date(p *rtp.Packet, stamp Stamp) {
	if r.captureX == 0 {
		for _, x := range r.rtp.GetParameters().HeaderExtensions {
			if x.URI == captureTimeURI {
				r.captureX = uint8(x.ID)
			}
		}
	}
	b := p.GetExtension(r.captureX)
	if r.captureX == 0 || len(b) != 16 {
		return
	}
	// What it was by the capturer's clock, less how far that is ahead.
	at := binary.BigEndian.Uint64(b) - binary.BigEndian.Uint64(b[8:])
	r.got.Dated++
	r.got.Capture = timeOf(at).Sub(stamp.Captured)
}

// video checks a descriptor and returns the stamp behind it.
func (r *Receiver) video(p *rtp.Packet, ext uint64, newest bool) (Stamp, bool) {
	var d codecs.VP8Packet
	frame, err := d.Unmarshal(p.Payload)
	if err != nil || len(frame) == 0 {
		return Stamp{}, false
	}
	start := d.S == 1 && d.PID == 0
	if start {
		r.got.Frames++
		skip := 3
		if frame[0]&1 == 0 {
			r.got.Keyframes++
			skip = 10
		}
		if len(frame) < skip {
			return Stamp{}, false
		}
		frame = frame[skip:]
	}
	if newest && d.I == 1 && d.L == 1 {
		// Only neighbours are compared: after a loss the numbers in between
		// are not known.
		if r.idAt != 0 && ext == r.idAt+1 {
			step := uint16(0)
			if start {
				step = 1
			}
			if d.PictureID != (r.lastID+step)&0x7fff {
				r.got.PictureIDs++
			}
			if d.TL0PICIDX != r.lastTL0+uint8(step) {
				r.got.TL0s++
			}
		}
		r.lastID, r.lastTL0, r.idAt = d.PictureID, d.TL0PICIDX, ext
	}
	return parseStamp(frame)
}

// place extends a sequence number and tells whether it is new.
func (r *Receiver) place(seq uint16) (uint64, bool) {
	if !r.started {
		r.started = true
		r.first = 1<<16 | uint64(seq)
		r.highest = r.first
	}
	d := int64(int16(seq - uint16(r.highest)))
	ext := uint64(int64(r.highest) + d)
	if d > 1000 || d < -1000 {
		r.got.Jumps++
	}
	if r.seen[ext] {
		return ext, false
	}
	r.seen[ext] = true
	delete(r.seen, ext-8192)
	if ext >= r.first {
		r.distinct++
	}
	r.highest = max(r.highest, ext)
	return ext, true
}

// timeOf reads a 64-bit NTP time.
func timeOf(n uint64) time.Time {
	return time.Unix(int64(n>>32)-2208988800, int64(n&0xffffffff*1e9>>32))
}

// dropper loses incoming video packets before anything else sees them.
type dropper struct {
	interceptor.NoOp

	mu   sync.Mutex
	drop func(seq uint16) bool
	raw  interceptor.RTPWriter // of the newest stream of video
}

// NewInterceptor makes the dropper its own factory: one PeerConnection each.
func (d *dropper) NewInterceptor(string) (interceptor.Interceptor, error) { return d, nil }

func (d *dropper) set(drop func(uint16) bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drop = drop
}

func (d *dropper) drops(seq uint16) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.drop != nil && d.drop(seq)
}

func (d *dropper) BindLocalStream(info *interceptor.StreamInfo, next interceptor.RTPWriter) interceptor.RTPWriter {
	if info.MimeType == webrtc.MimeTypeVP8 {
		d.mu.Lock()
		d.raw = next
		d.mu.Unlock()
	}
	return next
}

func (d *dropper) BindRemoteStream(info *interceptor.StreamInfo, next interceptor.RTPReader) interceptor.RTPReader {
	if info.MimeType != webrtc.MimeTypeVP8 {
		return next
	}
	return interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		for {
			n, got, err := next.Read(b, a)
			if err != nil || n < 12 || b[1]&0x7f != 96 || !d.drops(uint16(b[2])<<8|uint16(b[3])) {
				return n, got, err
			}
		}
	})
}
