package sfu

import (
	"time"

	"github.com/pion/rtcp"

	"sangdam/rooms/sfu/bandwidth"
	"sangdam/rooms/sfu/rtpx"
	"sangdam/rooms/sfu/wire"
)

const (
	// maxRTT bounds what a browser can make us believe.
	maxRTT = 5 * time.Second
	// reportsPerCompound keeps a compound of reports and names below one MTU.
	reportsPerCompound = 16
	// fastestLine bounds what a browser claims, in bits a second.
	fastestLine = 1e9
)

// RTCP implements wire.Handler.
func (p *Peer) RTCP(b []byte) {
	defer p.guard()
	if p.ready.Load() && p.ctx.Err() == nil {
		p.rtcp(b, time.Now())
	}
}

func (p *Peer) rtcp(b []byte, now time.Time) {
	p.heard.set(now)
	if !p.police.feedback(now) {
		return
	}
	packets, err := rtcp.Unmarshal(b)
	if err != nil {
		p.malformed.Add(1)
		return
	}
	for _, pkt := range packets {
		switch r := pkt.(type) {
		case *rtcp.SenderReport:
			p.onSenderReport(r, now)
			p.onReports(r.Reports, now)
		case *rtcp.ReceiverReport:
			p.onReports(r.Reports, now)
		case *rtcp.TransportLayerNack:
			if d := p.bySSRC[r.MediaSSRC]; d != nil {
				d.nacks.Add(1)
				d.nack(r.Nacks, now, p.roundTrip())
			}
		case *rtcp.TransportLayerCC:
			p.egress.flight.feedback(r, now)
			p.egress.line.Feedback(r, now)
		case *rtcp.ReceiverEstimatedMaximumBitrate:
			p.onLimit(r, now)
		case *rtcp.PictureLossIndication:
			p.onKeyframeRequest(r.MediaSSRC, now)
		case *rtcp.FullIntraRequest:
			for _, f := range r.FIR {
				p.onKeyframeRequest(f.SSRC, now)
			}
		}
	}
}

func (p *Peer) onKeyframeRequest(ssrc uint32, now time.Time) {
	if d := p.bySSRC[ssrc]; d != nil && d.kind == wire.Video {
		d.plis.Add(1)
		if d.pleas.admits(time.Second, mostPleas*time.Second, now) {
			d.refresh(now)
		}
	}
}

func (p *Peer) onSenderReport(r *rtcp.SenderReport, now time.Time) {
	s, ok := (*p.streams.Load())[r.SSRC]
	if !ok || s.rtx {
		return
	}
	l := s.layer
	p.timeline.Report(l.ssrc, l.clock, r.NTPTime, r.RTPTime, now)
	l.mu.Lock()
	l.stats.reportNTP, l.stats.reportAt = uint32(r.NTPTime>>16), now
	l.mu.Unlock()
}

// onLimit takes what a browser believes that its line carries. Of the SSRCs that
// it names nothing is believed: there is one line.
func (p *Peer) onLimit(r *rtcp.ReceiverEstimatedMaximumBitrate, now time.Time) {
	if rate := r.Bitrate; rate >= 0 { // no number at all is not
		p.egress.line.Limit(bandwidth.Rate(min(rate, fastestLine)), now)
	}
}

// onReports takes what the browser says about our slots; it is also the only
// measure of the round trip, since an ICE-lite end sends no checks.
func (p *Peer) onReports(reports []rtcp.ReceptionReport, now time.Time) {
	told := false
	defer func() {
		if told {
			p.egress.line.Report(p.lossDown(now), p.roundTrip(), now)
		}
	}()
	for _, r := range reports {
		d := p.bySSRC[r.SSRC]
		if d == nil || r.SSRC != d.ssrc {
			continue
		}
		d.lossPermille.Store(int64(r.FractionLost) * 1000 / 256)
		d.reports.add(r, d.holes(), now)
		told = true
		if r.LastSenderReport == 0 {
			continue
		}
		// RFC 3550 section 6.4.1, in units of 1/65536 s.
		units := int32(uint32(rtpx.NTP(now)>>16) - r.LastSenderReport - r.Delay)
		rtt := time.Duration(units) * time.Second / 65536
		if rtt <= 0 || rtt > maxRTT {
			continue
		}
		p.measured.Store(true)
		old := time.Duration(p.rtt.Load())
		p.rtt.Store(int64(old + (rtt-old)/4))
	}
}

// line is what the line to this Peer carries, bits a second, as estimated; 0:
// not known yet.
func (p *Peer) line() int {
	if s := p.egress.line.State(); s.Feedback {
		return int(s.Target)
	}
	return 0
}

// roundTrip is the smoothed round trip time to this Peer.
func (p *Peer) roundTrip() time.Duration { return time.Duration(p.rtt.Load()) }

// sendReceiverReports tells a publisher how its streams arrive.
func (p *Peer) sendReceiverReports(now time.Time) {
	rr := rtcp.ReceiverReport{SSRC: p.ssrc}
	for _, s := range *p.streams.Load() {
		if s.rtx {
			continue
		}
		s.layer.mu.Lock()
		reached := &s.layer.stats.past[s.layer.stats.next]
		b, ok := s.layer.stats.report(s.layer.ssrc, now)
		if ok {
			reached.recovered, reached.pictures = s.layer.recovered.Load(), s.layer.pictures.Load()
		}
		s.layer.mu.Unlock()
		if ok {
			b.FractionLost = max(b.FractionLost, s.layer.up.unprotected())
			rr.Reports = append(rr.Reports, b)
		}
	}
	if len(rr.Reports) > 0 {
		p.writeRTCP(&rr)
	}
}

// sendArrivals sends transport-wide feedback, which the browser's bandwidth
// estimator lives on.
func (p *Peer) sendArrivals() {
	a := &p.arrivals
	a.Lock()
	var packets []wire.RTCP
	if a.any {
		packets = a.rec.BuildFeedbackPacket()
		a.any = false
	}
	a.Unlock()
	for _, pkt := range packets { // each may fill a datagram
		p.writeRTCP(pkt)
	}
}

// sendSenderReports reports on the slots that are due.
func (p *Peer) sendSenderReports(now time.Time) {
	var packets []wire.RTCP
	names := &rtcp.SourceDescription{}
	flush := func() {
		if len(packets) > 0 {
			p.writeRTCP(append(packets, names)...)
		}
		packets, names = nil, &rtcp.SourceDescription{}
	}
	for _, d := range p.downs {
		if d.shown.Load() == nil {
			continue // of most slots of a room
		}
		sr, ok := d.report(now)
		if !ok {
			continue
		}
		packets = append(packets, sr)
		names.Chunks = append(names.Chunks, rtcp.SourceDescriptionChunk{
			Source: d.ssrc, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: d.cname}},
		})
		if len(packets) == reportsPerCompound {
			flush()
		}
	}
	flush()
}
