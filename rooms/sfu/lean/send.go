package lean

import (
	"encoding/binary"
	"time"

	"github.com/pion/rtp"
)

const (
	stampMagic = 0x6c65616e
	stampSize  = 12 // magic, and nanoseconds since the Pool's start
)

// turn sends what is due. Only a worker of the Pool calls it.
func (c *Client) turn() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.out == nil || c.closed {
		return
	}
	now := c.pool.now()
	c.turns++
	for _, s := range c.sources {
		if !s.on || s.agreed.pt == 0 {
			continue
		}
		for _, e := range s.encodings {
			if !e.wanted {
				continue
			}
			if now-e.next > time.Second { // a machine that stood still does not make up for it
				e.next = now
			}
			for e.next <= now {
				if s.video {
					c.frame(s, e, now)
				} else {
					c.sound(s, e, now)
				}
				e.next += e.frame
			}
		}
	}
	c.feedback(now)
}

// clockOf is a time on a clock of RTP.
func clockOf(at time.Duration, rate int64) uint32 {
	return uint32(int64(at/time.Microsecond) * rate / 1e6)
}

func (c *Client) sound(s *source, e *encoding, now time.Duration) {
	p := piece{ok: true, seq: e.seq, size: e.size, ts: e.base + clockOf(e.next, 48000), left: now}
	c.media(s, e, &p)
}

func (c *Client) frame(s *source, e *encoding, now time.Duration) {
	size := e.size
	p := piece{ok: true, first: true, key: e.key, picture: e.picture, tl0: e.tl0, ts: e.base + clockOf(e.next, 90000), left: now}
	if e.key {
		e.key = false
		e.keyIndex = (e.keyIndex + 1) & 0x1f
		size *= keySize
		c.stats.Keyframes++
	}
	p.keyIndex = e.keyIndex
	e.picture, e.tl0 = (e.picture+1)&0x7fff, e.tl0+1
	for size > 0 {
		p.size = min(size, mtu)
		size -= p.size
		p.marker = size <= 0
		p.seq = e.seq
		c.media(s, e, &p)
		p.first = false
	}
}

// media sends a packet for the first time.
func (c *Client) media(s *source, e *encoding, p *piece) {
	e.seq++
	e.kept[p.seq%historySize] = *p
	c.header(s.agreed.pt, p.marker, p.seq, p.ts, e.ssrc)
	c.extensions(s, e, s.agreed.rid, &e.named)
	c.payload(s.video, e, p)
	e.packets++
	e.octets += uint32(p.size)
	c.stats.Sent++
	c.stats.SentBytes += int64(len(c.plain))
	c.seal()
}

// again answers a NACK by RTX (RFC 4588).
func (c *Client) again(s *source, e *encoding, seq uint16) {
	p := &e.kept[seq%historySize]
	if !p.ok || p.seq != seq || s.agreed.rtx == 0 {
		return
	}
	c.header(s.agreed.rtx, p.marker, e.rtxSeq, p.ts, e.rtx)
	e.rtxSeq++
	c.extensions(s, e, s.agreed.repaired, &e.rtxNamed)
	c.plain = binary.BigEndian.AppendUint16(c.plain, seq)
	c.payload(s.video, e, p)
	c.stats.Resent++
	c.seal()
}

func (c *Client) header(pt uint8, marker bool, seq uint16, ts, ssrc uint32) {
	if marker {
		pt |= 0x80
	}
	c.plain = append(c.plain[:0], 0x90, pt) // version 2, with extensions
	c.plain = binary.BigEndian.AppendUint16(c.plain, seq)
	c.plain = binary.BigEndian.AppendUint32(c.plain, ts)
	c.plain = binary.BigEndian.AppendUint32(c.plain, ssrc)
}

// extensions are the one-byte ones (RFC 8285, section 4.2). rid is the id of that
// extension in this kind of packet, named how many more of them tell it.
func (c *Client) extensions(s *source, e *encoding, rid uint8, named *int) {
	at := len(c.plain)
	c.plain = append(c.plain, 0xbe, 0xde, 0, 0)
	one := func(id uint8, value ...byte) {
		if id != 0 {
			c.plain = append(append(c.plain, id<<4|uint8(len(value)-1)), value...)
		}
	}
	c.transport++
	one(s.agreed.transport, byte(c.transport>>8), byte(c.transport))
	if *named > 0 {
		*named--
		one(s.agreed.mid, byte('0'+c.indexOf(s)))
		if e.rid != "" {
			one(rid, e.rid[0])
		}
	}
	if !s.video {
		one(s.agreed.level, c.level())
	}
	for (len(c.plain)-at)%4 != 0 {
		c.plain = append(c.plain, 0)
	}
	binary.BigEndian.PutUint16(c.plain[at+2:], uint16((len(c.plain)-at)/4-1))
}

func (c *Client) indexOf(s *source) int {
	for i := range c.sources {
		if c.sources[i] == s {
			return i
		}
	}
	return 0
}

// level is how loud the voice is, −dBov (RFC 6464): phrases of some seconds, in
// which the two of a room take turns.
func (c *Client) level() byte {
	if c.turns/150%2 == int64(c.opts.Number%2) {
		return 30
	}
	return 80
}

// payload describes the packet and fills it: VP8's descriptor (RFC 7741, section
// 4.2) and header, or Opus's first byte, then when it left.
func (c *Client) payload(video bool, e *encoding, p *piece) {
	end := len(c.plain) + p.size
	if !video {
		c.plain = append(c.plain, 0xfc)
	} else {
		first := byte(0x80)
		if p.first {
			first |= 0x10
		}
		c.plain = append(c.plain, first, 0xf0, 0x80|byte(p.picture>>8), byte(p.picture), p.tl0, p.keyIndex&0x1f)
		switch {
		case p.first && p.key:
			c.plain = append(c.plain, 0x10, 0, 0, 0x9d, 0x01, 0x2a, byte(e.width), byte(e.width>>8), byte(e.height), byte(e.height>>8))
		case p.first:
			c.plain = append(c.plain, 0x11, 0, 0)
		}
	}
	c.plain = binary.BigEndian.AppendUint32(c.plain, stampMagic)
	c.plain = binary.BigEndian.AppendUint64(c.plain, uint64(p.left))
	for len(c.plain) < end {
		c.plain = append(c.plain, filling[:min(len(filling), end-len(c.plain))]...)
	}
}

// filling is what pictures and voices are made of here.
const filling = "................................................................"

// seal encrypts what is in plain and sends it, unless it gets lost.
func (c *Client) seal() {
	if c.opts.LossUp > 0 && c.rng.Float64() < c.opts.LossUp {
		return
	}
	var h rtp.Header
	sealed, err := c.out.EncryptRTP(c.sealed[:0], c.plain, &h)
	if err != nil {
		return
	}
	c.sealed = sealed[:0]
	_, _ = c.conn.WriteToUDPAddrPort(sealed, c.remote) // what the kernel does not take is lost
}
