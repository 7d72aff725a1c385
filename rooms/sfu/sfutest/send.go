package sfutest

import (
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"sangdam/rooms/sfu/sfutest/picture"
)

const (
	audioPeriod  = 20 * time.Millisecond
	videoPeriod  = 50 * time.Millisecond
	reportPeriod = 500 * time.Millisecond
	mtu          = 1100 // bytes of a frame in one packet
	historySize  = 1024 // packets an encoding can send again
	codes        = 150  // frames that a picture's Code tells apart
)

// SendStats counts what was sent.
type SendStats struct {
	Packets, Frames, Keyframes int
	Dropped                    int // lost on purpose by DropUp
	PLIs, NACKs, Resent        int // feedback that came, and what it made us send
}

func (s *SendStats) add(o SendStats) {
	s.Packets += o.Packets
	s.Frames += o.Frames
	s.Keyframes += o.Keyframes
	s.Dropped += o.Dropped
	s.PLIs += o.PLIs
	s.NACKs += o.NACKs
	s.Resent += o.Resent
}

// source is one sending section: an encoding for each layer and, while it is
// on, one goroutine that feeds them.
type source struct {
	client      *Client
	name        string
	index       uint8
	kind        webrtc.RTPCodecType
	encodings   []*encoding
	transceiver *webrtc.RTPTransceiver

	mu   sync.Mutex // guards stop
	stop context.CancelFunc
}

func newSource(c *Client, name string) *source {
	s := &source{client: c, name: name, kind: webrtc.RTPCodecTypeAudio}
	for i, n := range sourceNames {
		if n == name {
			s.index = uint8(i)
		}
	}
	rids := []string{""}
	switch name {
	case Camera:
		s.kind, rids = webrtc.RTPCodecTypeVideo, []string{"q", "h", "f"}
	case Screen:
		s.kind = webrtc.RTPCodecTypeVideo
	}
	for i, rid := range rids {
		s.encodings = append(s.encodings, &encoding{
			source: s, rid: rid, layer: i,
			seq: uint16(rand.Uint32()), rtxSeq: uint16(rand.Uint32()), base: rand.Uint32(),
			pictureID: uint16(rand.Uint32()) & 0x7fff, tl0: uint8(rand.Uint32()), keyIdx: uint8(rand.Uint32()) & 0x1f,
		})
	}
	return s
}

func (s *source) sends() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stop != nil
}

func (s *source) set(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case on && s.stop == nil:
		ctx, cancel := context.WithCancel(s.client.ctx)
		s.stop = cancel
		for _, e := range s.encodings {
			e.askKeyframe()
		}
		s.client.goUnlessClosed(func() { s.run(ctx) })
	case !on && s.stop != nil:
		s.stop()
		s.stop = nil
	}
}

func (s *source) run(ctx context.Context) {
	period := audioPeriod
	if s.kind == webrtc.RTPCodecTypeVideo {
		period = videoPeriod
		if p := s.client.opts.VideoPeriod; p > 0 {
			period = p
		}
	}
	tick := time.NewTicker(period)
	defer tick.Stop()
	var reported time.Time
	for {
		for _, e := range s.encodings {
			e.sendFrame(period)
		}
		if now := time.Now(); now.Sub(reported) >= reportPeriod {
			reported = now
			for _, e := range s.encodings {
				e.sendReport()
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// encoding is one outgoing stream and its RTX. It is its own TrackLocal: Pion's
// static track would not let us choose what goes out as RTX.
type encoding struct {
	source *source // fixed
	rid    string
	layer  int

	mu          sync.Mutex // guards all below
	bound       webrtc.TrackLocalContext
	payloadType uint8
	rtxType     uint8
	// header extension ids, 0 when not negotiated
	mid, ridX, rridX, levelX, captureX uint8

	seq, rtxSeq  uint16
	base         uint32 // timestamp of the client's start
	tick         int64  // last frame's time in periods since the client's start
	frame        uint32
	pictureID    uint16
	tl0, keyIdx  uint8
	wantKeyframe bool
	octets       uint32
	captured     time.Duration // of the frame being sent, since the client's start
	dated        time.Duration // of the last one that bore its capture time; 0: none did
	drop         func(rid string, seq uint16) bool
	level        func(at time.Duration) int
	deaf         bool // to requests for keyframes
	asleep       bool // nothing is encoded
	history      [historySize]*rtp.Packet
	count        SendStats
}

var _ webrtc.TrackLocal = (*encoding)(nil)

// Bind keeps what was negotiated. Called once more after each renegotiation.
func (e *encoding) Bind(ctx webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	want := webrtc.MimeTypeOpus
	if e.Kind() == webrtc.RTPCodecTypeVideo {
		want = webrtc.MimeTypeVP8
	}
	var codec *webrtc.RTPCodecParameters
	for _, c := range ctx.CodecParameters() {
		if strings.EqualFold(c.MimeType, want) {
			codec = &c
			break
		}
	}
	if codec == nil {
		return webrtc.RTPCodecParameters{}, errors.New("sfutest: answer without " + want)
	}
	e.bound, e.payloadType, e.rtxType = ctx, uint8(codec.PayloadType), 0
	for _, c := range ctx.CodecParameters() {
		if strings.EqualFold(c.MimeType, webrtc.MimeTypeRTX) && c.SDPFmtpLine == "apt="+strconv.Itoa(int(codec.PayloadType)) {
			e.rtxType = uint8(c.PayloadType)
		}
	}
	for _, x := range ctx.HeaderExtensions() {
		switch x.URI {
		case sdp.SDESMidURI:
			e.mid = uint8(x.ID)
		case sdp.SDESRTPStreamIDURI:
			e.ridX = uint8(x.ID)
		case sdp.SDESRepairRTPStreamIDURI:
			e.rridX = uint8(x.ID)
		case sdp.AudioLevelURI:
			e.levelX = uint8(x.ID)
		case captureTimeURI:
			e.captureX = uint8(x.ID)
		}
	}
	return *codec, nil
}

func (e *encoding) Unbind(webrtc.TrackLocalContext) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.bound = nil
	return nil
}

func (e *encoding) ID() string                { return e.source.name }
func (e *encoding) RID() string               { return e.rid }
func (e *encoding) StreamID() string          { return "-" }
func (e *encoding) Kind() webrtc.RTPCodecType { return e.source.kind }

func (e *encoding) askKeyframe() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.wantKeyframe = true
}

func (e *encoding) setDrop(drop func(string, uint16) bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.drop = drop
}

func (e *encoding) setLevel(level func(time.Duration) int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.level = level
}

func (e *encoding) setDeaf(deaf bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.deaf = deaf
}

// setAsleep stops an encoding, or begins it anew with a keyframe.
func (e *encoding) setAsleep(asleep bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.wantKeyframe = e.wantKeyframe || e.asleep && !asleep
	e.asleep = asleep
}

func (e *encoding) stats() SendStats {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.count
}

// sendFrame sends the frame that is due now.
func (e *encoding) sendFrame(period time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.bound == nil || e.asleep {
		return
	}
	// Timestamps are those of the wall clock, also after a pause, and advance
	// by whole periods.
	e.tick = max(e.tick+1, int64(time.Since(e.source.client.start)/period))
	at := time.Duration(e.tick) * period
	stamp := Stamp{
		Sender: e.source.client.opts.ID, Source: e.source.index, Layer: uint8(e.layer),
		Frame: e.frame, Captured: e.source.client.start.Add(at),
	}
	ts := e.base + e.ticks(at)
	e.captured = at
	e.frame++
	e.count.Frames++
	if e.source.kind == webrtc.RTPCodecTypeAudio {
		level := -1
		if e.level != nil {
			if level = e.level(at); level < 0 {
				return
			}
		}
		payload := opusPayload(stamp)
		if e.source.client.opts.Picture != nil {
			payload = []byte{0xf8, 0xff, 0xfe} // 20 ms of silence
		}
		e.write(ts, false, level, payload)
		return
	}
	size := sizeOf(e.layer)
	parts := size.deltaParts
	if stamp.Keyframe = e.wantKeyframe; stamp.Keyframe {
		e.wantKeyframe = false
		e.keyIdx = (e.keyIdx + 1) & 0x1f
		e.count.Keyframes++
		parts = size.keyParts
	}
	if p := e.source.client.opts.Picture; p != nil {
		e.show(*p, ts, stamp.Keyframe)
		parts = 0
	}
	for part := range parts {
		stamp.Part = uint8(part)
		e.write(ts, part == parts-1, -1, vp8Payload(stamp, e.pictureID, e.tl0, e.keyIdx, size))
	}
	e.pictureID = (e.pictureID + 1) & 0x7fff
	e.tl0++
}

// show sends a frame of a real picture. Called with mu held.
func (e *encoding) show(p picture.Picture, ts uint32, key bool) {
	p.Scale = 1 << e.layer
	if p.Code.Sender > 0 {
		// It differs from frame to frame, which deltas of ours cannot say.
		p.Code.Frame, key = int(e.frame%codes), true
	}
	frame := p.Delta()
	if key {
		frame = p.Keyframe()
	}
	for first := true; len(frame) > 0; first = false {
		n := min(len(frame), mtu)
		payload := append(descriptor(first, e.pictureID, e.tl0, e.keyIdx), frame[:n]...)
		frame = frame[n:]
		e.write(ts, len(frame) == 0, -1, payload)
	}
}

// ticks are those of the source's own clock at a time since the client's start.
func (e *encoding) ticks(at time.Duration) uint32 {
	drift := e.source.client.opts.Drift.Sound
	if e.source.kind == webrtc.RTPCodecTypeVideo {
		drift = e.source.client.opts.Drift.Picture
	}
	at += time.Duration(float64(at) * drift / 1e6)
	return uint32(int64(at) * e.clock() / int64(time.Second))
}

// wall is what the client takes a time since its start for.
func (c *Client) wall(at time.Duration) time.Time {
	return c.start.Add(at + c.opts.ClockOffset + time.Duration(float64(at)*c.opts.Drift.Wall/1e6))
}

func (e *encoding) clock() int64 {
	if e.source.kind == webrtc.RTPCodecTypeAudio {
		return 48000
	}
	return 90000
}

// write is called with mu held. A level below 0 is not told.
func (e *encoding) write(ts uint32, marker bool, level int, payload []byte) {
	p := &rtp.Packet{Header: rtp.Header{
		Version: 2, Marker: marker, PayloadType: e.payloadType, SequenceNumber: e.seq, Timestamp: ts, SSRC: uint32(e.bound.SSRC()),
	}, Payload: payload}
	e.seq++
	e.count.Packets++
	e.octets += uint32(len(payload))
	e.history[p.SequenceNumber%historySize] = p
	if e.drop != nil && e.drop(e.rid, p.SequenceNumber) {
		e.count.Dropped++
		return
	}
	h := p.Header
	e.stampNames(&h, e.ridX)
	if level >= 0 && e.levelX != 0 {
		_ = h.SetExtension(e.levelX, []byte{byte(level) & 0x7f})
	}
	// A browser dates about one packet a second.
	if e.captureX != 0 && (e.dated == 0 || e.captured-e.dated >= time.Second) {
		e.dated = e.captured
		_ = h.SetExtension(e.captureX, binary.BigEndian.AppendUint64(nil, ntp(e.source.client.wall(e.captured))))
	}
	_, _ = e.bound.WriteStream().WriteRTP(&h, payload)
}

// stampNames adds mid and rid (for RTX: the repaired rid) as browsers do.
func (e *encoding) stampNames(h *rtp.Header, ridID uint8) {
	tr := e.source.transceiver
	if e.mid != 0 && tr != nil {
		_ = h.SetExtension(e.mid, []byte(tr.Mid()))
	}
	if e.rid != "" && ridID != 0 {
		_ = h.SetExtension(ridID, []byte(e.rid))
	}
}

// resend answers a NACK for one packet. Called with mu held.
func (e *encoding) resend(seq uint16) {
	p := e.history[seq%historySize]
	if p == nil || p.SequenceNumber != seq || e.bound == nil || e.rtxType == 0 {
		return
	}
	h := p.Header
	h.SSRC, h.PayloadType, h.SequenceNumber = uint32(e.bound.SSRCRetransmission()), e.rtxType, e.rtxSeq
	e.rtxSeq++
	e.stampNames(&h, e.rridX)
	e.count.Resent++
	payload := append([]byte{byte(seq >> 8), byte(seq)}, p.Payload...)
	_, _ = e.bound.WriteStream().WriteRTP(&h, payload)
}

func (e *encoding) sendReport() {
	e.mu.Lock()
	if e.bound == nil || e.count.Packets == 0 {
		e.mu.Unlock()
		return
	}
	now := time.Now()
	elapsed := now.Sub(e.source.client.start)
	sr := &rtcp.SenderReport{
		SSRC:        uint32(e.bound.SSRC()),
		NTPTime:     ntp(e.source.client.wall(elapsed)),
		RTPTime:     e.base + e.ticks(elapsed),
		PacketCount: uint32(e.count.Packets), OctetCount: e.octets,
	}
	e.mu.Unlock()
	_ = e.source.client.pc.WriteRTCP([]rtcp.Packet{sr})
}

// readFeedback lives from AddTransceiver to the PeerConnection's end.
func (e *encoding) readFeedback(sender *webrtc.RTPSender) {
	defer e.source.client.wg.Done()
	for {
		var packets []rtcp.Packet
		var err error
		if e.rid == "" {
			packets, _, err = sender.ReadRTCP()
		} else {
			packets, _, err = sender.ReadSimulcastRTCP(e.rid)
		}
		if err != nil {
			return
		}
		for _, p := range packets {
			e.handle(p)
		}
	}
}

func (e *encoding) handle(p rtcp.Packet) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.bound == nil {
		return
	}
	ssrc := uint32(e.bound.SSRC())
	switch p := p.(type) {
	case *rtcp.PictureLossIndication:
		if p.MediaSSRC == ssrc {
			e.count.PLIs++
			e.wantKeyframe = e.wantKeyframe || !e.deaf
		}
	case *rtcp.FullIntraRequest:
		for _, f := range p.FIR {
			if f.SSRC == ssrc {
				e.count.PLIs++
				e.wantKeyframe = e.wantKeyframe || !e.deaf
			}
		}
	case *rtcp.TransportLayerNack:
		if p.MediaSSRC != ssrc {
			return
		}
		e.count.NACKs++
		for _, pair := range p.Nacks {
			for _, seq := range pair.PacketList() {
				e.resend(seq)
			}
		}
	}
}

// ntp is the 64-bit NTP time of sender reports.
func ntp(t time.Time) uint64 {
	return uint64(t.Unix()+2208988800)<<32 | uint64(t.Nanosecond())<<32/1e9
}
