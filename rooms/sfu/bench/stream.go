//go:build linux

package main

import (
	"encoding/binary"
	"math/rand/v2"
	"time"
)

const (
	pictureRate  = 1_500_000 // bits a second
	pictureSize  = 1100      // bytes of a packet
	framesASec   = 30
	keyframeGap  = 4 * time.Second
	voicePackets = 50
	voiceSize    = 80 // 32 kbit/s

	stampMagic  = 0x62656e63
	stampSize   = 20 // magic, number of the packet, nanoseconds
	pictureTag  = 16 // where the stamp stands: behind descriptor and keyframe header
	voiceTag    = 1
	pictureRoll = 90000
	voiceRoll   = 48000
)

// stream is what a person sends on one section: packets evenly apart, since what
// bunches is kinder to a server.
type stream struct {
	person *person
	video  bool
	ssrc   uint32
	every  float64 // nanoseconds
	queued bool
	on     bool

	begun  time.Duration
	index  uint64 // packets since begun
	seq    uint16
	base   uint32
	frame  int64 // of the packet before
	key    bool  // the next frame is a keyframe
	keyed  time.Duration
	number uint32 // of all packets

	plain   []byte // header and payload, of which some numbers change
	payload int    // where it begins
	packets uint32
}

func newVoice(p *person) *stream {
	s := &stream{person: p, every: 1e9 / voicePackets}
	s.init(opusType, voiceSize, []byte{levelID << 4, 30, numberID<<4 | 1, 0, 0, 0, 0, 0})
	s.plain[s.payload] = 0xfc
	return s
}

func newCamera(p *person, share float64) *stream {
	s := &stream{person: p, video: true, every: 1e9 / (pictureRate * share / 8 / pictureSize)}
	s.init(vp8Type, pictureSize, []byte{numberID<<4 | 1, 0, 0, 0})
	return s
}

// init makes the packet of which all are made.
func (s *stream) init(pt byte, size int, extensions []byte) {
	s.ssrc, s.seq, s.base = rand.Uint32()|1, uint16(rand.UintN(1<<15)), rand.Uint32()
	b := []byte{0x90, pt, 0, 0, 0, 0, 0, 0}
	b = binary.BigEndian.AppendUint32(b, s.ssrc)
	b = append(b, 0xbe, 0xde, 0, byte(len(extensions)/4))
	b = append(b, extensions...)
	s.payload = len(b)
	s.plain = append(b, make([]byte, size)...)
}

func (s *stream) set(on bool) {
	c := s.person.crowd
	if on && !s.on {
		s.begun, s.index, s.key, s.frame = c.now()+time.Duration(rand.Float64()*s.every), 0, true, -1
		if !s.queued {
			s.queued = true
			c.due.add(s.begun, s)
		}
	}
	s.on = on
}

// run sends one packet.
func (s *stream) run(now time.Duration) time.Duration {
	p := s.person
	if !s.on || p.out == nil {
		s.queued = false
		return 0
	}
	at := s.begun + time.Duration(float64(s.index)*s.every)
	if now-at > time.Second { // who stood still does not make up for it
		s.begun, s.index, at = now, 0, now
	}
	b := s.plain
	binary.BigEndian.PutUint16(b[2:], s.seq)
	s.seq++
	p.transport++
	tag := voiceTag
	if s.video {
		tag = pictureTag
		s.describe(now)
		binary.BigEndian.PutUint16(b[17:], p.transport)
	} else {
		binary.BigEndian.PutUint32(b[4:], s.base+uint32(s.index)*voiceRoll/voicePackets)
		binary.BigEndian.PutUint16(b[19:], p.transport)
	}
	stamp := b[s.payload+tag:]
	binary.BigEndian.PutUint32(stamp, stampMagic)
	binary.BigEndian.PutUint64(stamp[4:], uint64(s.number))
	binary.BigEndian.PutUint64(stamp[12:], uint64(p.crowd.now()))
	s.number++
	s.index++
	s.packets++
	if sealed, err := p.out.EncryptRTP(p.crowd.sealed[:0], b, &p.crowd.header); err == nil {
		if send(p.fd, sealed) {
			p.heard.sent++
		} else {
			p.heard.refused++
		}
	}
	return s.begun + time.Duration(float64(s.index)*s.every)
}

// describe writes the VP8 descriptor and what a frame begins with (RFC 7741, RFC
// 6386 section 9.1).
func (s *stream) describe(now time.Duration) {
	frame := int64(float64(s.index) * s.every * framesASec / 1e9)
	last := int64(float64(s.index+1)*s.every*framesASec/1e9) != frame
	b := s.plain
	b[1] = vp8Type
	if last {
		b[1] |= 0x80
	}
	body := b[s.payload:]
	clear(body[:pictureTag])
	body[0], body[1] = 0x80, 0xf0
	if frame != s.frame {
		s.frame = frame
		body[0] = 0x90
		body[6] = 0x11
		if s.key || now-s.keyed > keyframeGap {
			s.key, s.keyed = false, now
			copy(body[6:], []byte{0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x00, 0x05, 0xd0, 0x02})
		}
	}
	binary.BigEndian.PutUint16(body[2:], 0x8000|uint16(frame)&0x7fff)
	body[4], body[5] = byte(frame), 0
	binary.BigEndian.PutUint32(b[4:], s.base+uint32(frame)*(pictureRoll/framesASec))
}

// roll is what a sender report says of now.
func (s *stream) roll(now time.Duration) uint32 {
	clock := voiceRoll
	if s.video {
		clock = pictureRoll
	}
	return s.base + uint32((now-s.begun).Seconds()*float64(clock))
}
