package lean

import (
	"time"

	"github.com/pion/rtcp"
)

const (
	// Of turns, which are 20 ms apart.
	estimateTurns = 5  // feedback for the server's estimate
	reportTurns   = 50 // sender and receiver reports

	pliEvery   = 500 * time.Millisecond
	maxReports = 31 // blocks of a receiver report (RFC 3550, section 6.4.1)
)

// feedback sends what the server should know. Called with mu held.
func (c *Client) feedback(now time.Duration) {
	var ps []rtcp.Packet
	own := c.sources[0].encodings[0].ssrc
	for _, s := range c.streams {
		if len(s.holes) > 0 {
			ask, lost := s.missing(now, nil)
			c.stats.Lost += lost
			if len(ask) > 0 {
				ps = append(ps, &rtcp.TransportLayerNack{SenderSSRC: own, MediaSSRC: s.ssrc, Nacks: rtcp.NackPairsFromSequenceNumbers(ask)})
			}
		}
		if s.wantsKey && now-s.pliAt >= pliEvery {
			s.wantsKey, s.pliAt = false, now
			ps = append(ps, &rtcp.PictureLossIndication{SenderSSRC: own, MediaSSRC: s.ssrc})
		}
	}
	if c.turns%estimateTurns == 0 && c.recorder.PacketsHeld() > 0 {
		ps = append(ps, c.recorder.BuildFeedbackPacket()...)
	}
	if len(ps) > 0 {
		c.tell(ps)
	}
	if c.turns%reportTurns == 0 {
		c.report(now, own)
	}
	if now-c.consent >= consentEvery && c.gen != nil {
		c.consent = now
		if check, err := c.gen.check(); err == nil {
			_, _ = c.conn.WriteToUDPAddrPort(check, c.remote)
		}
	}
}

// report tells what was sent and received.
func (c *Client) report(now time.Duration, own uint32) {
	var ps []rtcp.Packet
	for _, s := range c.sources {
		if !s.on {
			continue
		}
		rate := int64(48000)
		if s.video {
			rate = 90000
		}
		for _, e := range s.encodings {
			if e.packets == 0 || !e.wanted {
				continue
			}
			ps = append(ps, &rtcp.SenderReport{
				SSRC: e.ssrc, NTPTime: ntp(c.pool.start.Add(now)), RTPTime: e.base + clockOf(now, rate),
				PacketCount: e.packets, OctetCount: e.octets,
			})
		}
	}
	rr := &rtcp.ReceiverReport{SSRC: own}
	for _, s := range c.streams {
		if s.started && len(rr.Reports) < maxReports {
			if block, ok := s.block(now); ok {
				rr.Reports = append(rr.Reports, block)
			}
		}
	}
	if len(rr.Reports) > 0 {
		ps = append(ps, rr)
	}
	if len(ps) > 0 {
		c.tell(ps)
	}
}

// block is a stream's part of a receiver report (RFC 3550, section 6.4.1).
func (s *stream) block(now time.Duration) (rtcp.ReceptionReport, bool) {
	expected := s.highest - s.first + 1
	want, got := expected-s.lastExpected, s.received-s.lastReceived
	if want == 0 {
		return rtcp.ReceptionReport{}, false // nothing flows
	}
	s.lastExpected, s.lastReceived = expected, s.received
	b := rtcp.ReceptionReport{SSRC: s.ssrc, LastSequenceNumber: uint32(s.highest), LastSenderReport: s.report}
	if want > got {
		b.FractionLost = uint8(min((want-got)*256/want, 255))
	}
	if expected > s.received {
		b.TotalLost = uint32(min(expected-s.received, 1<<23-1))
	}
	if s.report != 0 {
		b.Delay = uint32((now - s.reportAt) * 65536 / time.Second)
	}
	return b, true
}

// tell sends RTCP. Called with mu held.
func (c *Client) tell(ps []rtcp.Packet) {
	raw, err := rtcp.Marshal(ps)
	if err != nil {
		return
	}
	sealed, err := c.out.EncryptRTCP(nil, raw, nil)
	if err != nil {
		return
	}
	_, _ = c.conn.WriteToUDPAddrPort(sealed, c.remote)
}

// control reads what the server tells. Only the reader calls it.
func (c *Client) control(p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.in == nil {
		return
	}
	raw, err := c.in.DecryptRTCP(nil, p, nil)
	if err != nil {
		return
	}
	ps, err := rtcp.Unmarshal(raw)
	if err != nil {
		return
	}
	for _, p := range ps {
		switch p := p.(type) {
		case *rtcp.PictureLossIndication:
			c.keyframe(p.MediaSSRC)
		case *rtcp.FullIntraRequest:
			for _, f := range p.FIR {
				c.keyframe(f.SSRC)
			}
		case *rtcp.TransportLayerNack:
			c.resend(p)
		case *rtcp.SenderReport:
			if s := c.streams[p.SSRC]; s != nil {
				s.report, s.reportAt = uint32(p.NTPTime>>16), c.pool.now()
			}
		}
	}
}

func (c *Client) find(ssrc uint32) (*source, *encoding) {
	for _, s := range c.sources {
		for _, e := range s.encodings {
			if e.ssrc == ssrc && s.on {
				return s, e
			}
		}
	}
	return nil, nil
}

func (c *Client) keyframe(ssrc uint32) {
	if _, e := c.find(ssrc); e != nil {
		e.key = true
	}
}

func (c *Client) resend(n *rtcp.TransportLayerNack) {
	s, e := c.find(n.MediaSSRC)
	if e == nil || c.out == nil {
		return
	}
	for i := range n.Nacks {
		for _, seq := range n.Nacks[i].PacketList() {
			c.again(s, e, seq)
		}
	}
}

// ntp is the 64-bit NTP time of sender reports.
func ntp(t time.Time) uint64 {
	return uint64(t.Unix()+2208988800)<<32 | uint64(t.Nanosecond())<<32/1e9
}
