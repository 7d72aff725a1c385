package lean

import (
	"encoding/binary"
	"time"

	"github.com/pion/rtp"
)

// read takes what comes until the socket closes.
func (c *Client) read() {
	b := make([]byte, 1700)
	opened := make([]byte, 0, 1700)
	for {
		n, from, err := c.conn.ReadFromUDPAddrPort(b)
		if err != nil {
			if c.ctx.Err() != nil {
				return
			}
			time.Sleep(time.Millisecond) // ICMP's "refused" comes as an error once
			continue
		}
		switch p := b[:n]; { // RFC 7983
		case n < 12:
		case p[0] < 4:
			c.stunned(p, from)
		case p[0] >= 20 && p[0] < 64:
			_, _ = c.handshakes.Write(p, nil)
		case p[0] < 128 || p[0] > 191:
		case p[1] >= 192 && p[1] <= 223:
			c.control(p)
		default:
			opened = c.arrived(p, opened)
		}
	}
}

// arrived takes a packet of media. It gives its scratch back.
func (c *Client) arrived(p, opened []byte) []byte {
	at := time.Now()
	a, fresh, opened := c.take(p, opened, at)
	if fresh && c.opts.Heard != nil {
		c.opts.Heard(a)
	}
	return opened
}

func (c *Client) take(p, opened []byte, at time.Time) (a Arrival, fresh bool, _ []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.in == nil || c.opts.LossDown > 0 && c.rng.Float64() < c.opts.LossDown {
		return a, false, opened
	}
	var h rtp.Header
	plain, err := c.in.DecryptRTP(opened[:0], p, &h)
	if err != nil {
		return a, false, opened
	}
	opened = plain[:0]
	if id := c.answer.transport; id != 0 {
		if x := h.GetExtension(id); len(x) >= 2 {
			c.recorder.Record(h.SSRC, binary.BigEndian.Uint16(x), at.Sub(c.pool.start).Microseconds())
		}
	}
	end := len(plain)
	if h.Padding && end > 0 {
		end -= int(plain[end-1])
	}
	if end <= h.MarshalSize() { // padding alone: a probe
		return a, false, opened
	}
	body, seq, ssrc := plain[h.MarshalSize():end], h.SequenceNumber, h.SSRC
	if of, repairs := c.answer.repairs[ssrc]; repairs {
		if len(body) <= 2 {
			return a, false, opened
		}
		seq, ssrc, body, a.Repeated = binary.BigEndian.Uint16(body), of, body[2:], true
	}
	s := c.streams[ssrc]
	if s == nil {
		return a, false, opened
	}
	now := at.Sub(c.pool.start)
	lost, fresh := s.place(seq, now, a.Repeated)
	c.stats.Lost += lost
	if !fresh {
		return a, false, opened
	}
	c.stats.Received++
	if a.Repeated {
		c.stats.Repeated++
	}
	a.Picture, a.Size, a.At, a.Delay = s.picture, len(p), at, -1
	left, key, ok := readPayload(body, s.picture)
	if ok {
		a.Delay = now - left
	}
	a.Keyframe = key
	return a, true, opened
}

// readPayload finds when a packet left, and whether a keyframe begins with it.
func readPayload(b []byte, picture bool) (left time.Duration, key, ok bool) {
	if !picture {
		return readStamp(b[1:])
	}
	first := b[0]&0x1f == 0x10 // a frame begins (S) in partition 0
	if b = afterDescriptor(b); len(b) < 10 {
		return 0, false, false
	}
	if first {
		if key = b[0]&1 == 0; key {
			b = b[10:]
		} else {
			b = b[3:]
		}
	}
	left, _, ok = readStamp(b)
	return left, key, ok
}

func readStamp(b []byte) (left time.Duration, key, ok bool) {
	if len(b) < stampSize || binary.BigEndian.Uint32(b) != stampMagic {
		return 0, false, false
	}
	return time.Duration(binary.BigEndian.Uint64(b[4:])), false, true
}

// afterDescriptor is what follows VP8's descriptor (RFC 7741, section 4.2); empty
// when that is cut short.
func afterDescriptor(b []byte) []byte {
	n := 1
	if b[0]&0x80 != 0 {
		if len(b) < 2 {
			return nil
		}
		x := b[1]
		n++
		if x&0x80 != 0 {
			if len(b) <= n {
				return nil
			}
			if b[n]&0x80 != 0 {
				n++
			}
			n++
		}
		if x&0x40 != 0 {
			n++
		}
		if x&0x30 != 0 {
			n++
		}
	}
	if len(b) < n {
		return nil
	}
	return b[n:]
}
