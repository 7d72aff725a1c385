//go:build linux

package main

import (
	"encoding/binary"
	"time"

	"github.com/pion/rtcp"

	"sangdam/rooms/sfu/rtpx"
)

const (
	feedbackEvery = 80 * time.Millisecond
	reportEvery   = time.Second
	consentEvery  = 4 * time.Second
)

// flow is what comes under one SSRC.
type flow struct {
	ssrc             uint32
	began            bool
	first, high, got uint64 // of sequence numbers, extended
	expected, before uint64 // at the report before
	sent             uint32 // of the newest sender report
	sentAt           time.Duration

	// By the numbers of who sends: what the server lost, too.
	from, upTo, came uint64
	low              uint64 // high when that began
	sender           bool
}

// hear takes a packet. Called with mu held.
func (p *person) hear(b []byte, now time.Duration) {
	switch {
	case len(b) < 12:
	case b[0] < 4:
		p.stunned(b)
	case b[0] >= 20 && b[0] < 64:
		_, _ = p.handshakes.Write(b, nil)
	case b[0] < 128 || b[0] > 191 || p.in == nil:
	case b[1] >= 192 && b[1] <= 223:
		p.control(b, now)
	default:
		if plain, err := p.in.DecryptRTP(b[:0], b, &p.crowd.header); err == nil {
			p.media(plain, now)
		}
	}
}

func (p *person) media(b []byte, now time.Duration) {
	h, err := rtpx.ParseHeader(b)
	if err != nil {
		return
	}
	if p.recorder != nil {
		if v := h.Extension(numberID); len(v) == 2 {
			p.recorder.Record(h.SSRC(), binary.BigEndian.Uint16(v), int64(now/time.Microsecond))
		}
	}
	body, tag := h.Payload(), voiceTag
	switch h.PayloadType() {
	case opusType:
	case vp8Type:
		tag = pictureTag
	case redType:
		var room [rtpx.MaxRedundant]rtpx.Redundant
		if _, body, _, err = rtpx.ParseRED(body, room[:0]); err != nil {
			return
		}
	default:
		return // a probe
	}
	if len(body) < tag+stampSize || binary.BigEndian.Uint32(body[tag:]) != stampMagic {
		return
	}
	number, left := binary.BigEndian.Uint64(body[tag+4:]), time.Duration(binary.BigEndian.Uint64(body[tag+12:]))
	p.flow(h.SSRC()).take(h.Sequence(), number)
	p.heard.received++
	p.heard.delay.add(now - left)
	switch {
	case tag == voiceTag && p.firstVoice.IsZero():
		p.firstVoice, p.leftVoice = p.crowd.begun.Add(now), p.crowd.begun.Add(left)
	case tag == pictureTag && p.firstPicture.IsZero():
		p.firstPicture = p.crowd.begun.Add(now)
	}
}

func (p *person) flow(ssrc uint32) *flow {
	for _, f := range p.flows {
		if f.ssrc == ssrc {
			return f
		}
	}
	f := &flow{ssrc: ssrc}
	p.flows = append(p.flows, f)
	return f
}

func (f *flow) take(seq uint16, number uint64) {
	if !f.began {
		f.began, f.first, f.high = true, 1<<16|uint64(seq), 1<<16|uint64(seq)
	}
	f.high = max(f.high, rtpx.Extend(f.high, seq))
	f.got++
	if !f.sender {
		f.sender, f.from, f.upTo, f.low = true, number, number, f.high
	}
	f.upTo = max(f.upTo, number)
	f.came++
}

// missing is how many packets of the senders did not come though later ones did, and
// how many of these left a hole: what the server holds back leaves none.
func (f *flow) missing() (all, holes uint64) {
	if !f.sender {
		return 0, 0
	}
	less := func(a, b uint64) uint64 { return max(a, b) - b }
	return less(f.upTo+1-f.from, f.came), less(f.high+1-f.low, f.came)
}

func (p *person) control(b []byte, now time.Duration) {
	plain, err := p.in.DecryptRTCP(b[:0], b, nil)
	if err != nil {
		return
	}
	packets, err := rtcp.Unmarshal(plain)
	if err != nil {
		return
	}
	for _, r := range packets {
		switch r := r.(type) {
		case *rtcp.PictureLossIndication:
			if r.MediaSSRC == p.camera.ssrc {
				p.camera.key = true
			}
		case *rtcp.SenderReport:
			f := p.flow(r.SSRC)
			f.sent, f.sentAt = uint32(r.NTPTime>>16), now
		}
	}
}

// reports is the job of telling the server what it should know.
type reports person

func (r *reports) run(now time.Duration) time.Duration {
	p := (*person)(r)
	if p.out == nil {
		return 0
	}
	if p.recorder.PacketsHeld() > 0 {
		p.tell(p.recorder.BuildFeedbackPacket())
	}
	if now-p.reported >= reportEvery {
		p.reported = now
		p.report(now)
	}
	if now-p.consent >= consentEvery {
		p.consent = now
		p.sendCheck()
	}
	return now + feedbackEvery
}

func (p *person) report(now time.Duration) {
	var out []rtcp.Packet
	for _, s := range []*stream{p.voice, p.camera} {
		if s.on && s.packets > 0 {
			at := p.crowd.begun.Add(now)
			out = append(out, &rtcp.SenderReport{
				SSRC: s.ssrc, NTPTime: uint64(at.Unix()+2208988800)<<32 | uint64(at.Nanosecond())<<32/1e9,
				RTPTime: s.roll(now), PacketCount: s.packets,
			})
		}
	}
	rr := &rtcp.ReceiverReport{SSRC: p.voice.ssrc}
	for _, f := range p.flows {
		expected := f.high + 1 - f.first
		want, got := expected-f.expected, f.got-f.before
		if !f.began || want == 0 {
			continue
		}
		f.expected, f.before = expected, f.got
		block := rtcp.ReceptionReport{SSRC: f.ssrc, LastSequenceNumber: uint32(f.high), LastSenderReport: f.sent}
		if want > got {
			block.FractionLost = uint8(min(255, (want-got)<<8/want))
		}
		if f.sent != 0 {
			block.Delay = uint32((now - f.sentAt) * 65536 / time.Second)
		}
		rr.Reports = append(rr.Reports, block)
	}
	if out = append(out, rr); len(rr.Reports) == 0 {
		out = out[:len(out)-1]
	}
	p.tell(out)
}

func (p *person) tell(packets []rtcp.Packet) {
	if len(packets) == 0 {
		return
	}
	raw, err := rtcp.Marshal(packets)
	if err != nil {
		return
	}
	if sealed, err := p.out.EncryptRTCP(nil, raw, nil); err == nil {
		send(p.fd, sealed)
	}
}
