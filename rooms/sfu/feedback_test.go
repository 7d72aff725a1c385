package sfu

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"sangdam/rooms/sfu/rtpx"
	"sangdam/rooms/sfu/sfutest"
	"sangdam/rooms/sfu/wire"
)

// mailbox keeps the RTCP that a Peer sends.
type mailbox struct {
	mu   sync.Mutex
	sent []wire.RTCP
}

func (m *mailbox) write(packets ...wire.RTCP) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent = append(m.sent, packets...)
	return nil
}

func take[T wire.RTCP](m *mailbox) []T {
	m.mu.Lock()
	defer m.mu.Unlock()
	var got []T
	m.sent = slices.DeleteFunc(m.sent, func(p wire.RTCP) bool {
		t, ok := p.(T)
		if ok {
			got = append(got, t)
		}
		return ok
	})
	return got
}

func newMailBench(viewers int) (*bench, *mailbox) {
	b, m := newBench(viewers, true), &mailbox{}
	b.p.rtcpOut = m.write
	return b, m
}

func TestFeedback_TellsArrivalsOfEveryPacket(t *testing.T) {
	b, m := newMailBench(0)
	b.p.sendArrivals()
	if got := take[*rtcp.TransportLayerCC](m); len(got) != 0 {
		t.Fatalf("%d reports on nothing", len(got))
	}
	now := time.Now()
	for i := range 10 {
		if i == 4 {
			continue
		}
		// Probing on an SSRC that nobody knows counts, too.
		raw := vp8Packet(uint32(5+i%2*1000), uint16(i), 3000, "unknown", i == 0, 50)
		b.p.rtp(raw, now.Add(time.Duration(i)*time.Millisecond))
	}
	b.p.sendArrivals()
	got := take[*rtcp.TransportLayerCC](m)
	if len(got) != 1 || got[0].BaseSequenceNumber != 0 || got[0].PacketStatusCount != 10 || len(got[0].RecvDeltas) != 9 {
		t.Fatalf("reports %+v", got)
	}
}

func TestFeedback_ReceiverReportsCountLossBeforeRepair(t *testing.T) {
	b, m := newMailBench(0)
	now := time.Now()
	for i := range 100 {
		if i%4 != 3 {
			b.p.rtp(vp8Packet(5, uint16(i), uint32(3000*i), "q", i == 0, 50), now.Add(time.Duration(i)*time.Second/30))
		}
	}
	sr := rtcp.SenderReport{SSRC: 5, NTPTime: 0x1111222233334444, RTPTime: 9}
	raw, err := sr.Marshal()
	must(err)
	b.p.rtcp(raw, now)
	b.p.sendReceiverReports(now.Add(500 * time.Millisecond))
	got := take[*rtcp.ReceiverReport](m)
	if len(got) != 1 || len(got[0].Reports) != 1 {
		t.Fatalf("reports %+v", got)
	}
	r := got[0].Reports[0]
	if r.SSRC != 5 || r.TotalLost != 24 || r.FractionLost < 60 || r.FractionLost > 65 || r.LastSequenceNumber != uint32(r.LastSequenceNumber>>16<<16)|98 {
		t.Errorf("report %+v", r)
	}
	if r.LastSenderReport != 0x22223333 || r.Delay != 32768 {
		t.Errorf("last report %x, delay %d", r.LastSenderReport, r.Delay)
	}
}

func TestFeedback_RoundTripComesFromReports(t *testing.T) {
	b, _ := newMailBench(1)
	b.p.addDown(b.downs[0])
	now := time.Now()
	for range 40 {
		rr := rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{
			SSRC: 77, FractionLost: 64, LastSenderReport: uint32(rtpx.NTP(now.Add(-300*time.Millisecond)) >> 16), Delay: 65536 / 10,
		}}}
		raw, err := rr.Marshal()
		must(err)
		b.p.rtcp(raw, now)
	}
	if rtt := b.p.roundTrip(); (rtt - 200*time.Millisecond).Abs() > 2*time.Millisecond {
		t.Errorf("round trip %v", rtt)
	}
	if s := b.downs[0].snapshot(); s.Loss != 0.25 {
		t.Errorf("loss %v", s.Loss)
	}
}

func TestLayer_MissingPacketsAreAskedForWhileSomebodyWatches(t *testing.T) {
	for _, viewers := range []int{0, 1} {
		b, m := newMailBench(viewers)
		now := time.Now()
		for _, seq := range []uint16{1, 2, 5, 6, 7} {
			b.p.rtp(vp8Packet(5, seq, 3000*uint32(seq), "q", seq == 1, 50), now)
		}
		got := take[*rtcp.TransportLayerNack](m)
		if viewers == 0 {
			if len(got) != 0 {
				t.Errorf("asked for what nobody watches: %+v", got)
			}
			continue
		}
		var asked []uint16
		for _, n := range got {
			for _, pair := range n.Nacks {
				asked = append(asked, pair.PacketList()...)
			}
		}
		if !slices.Equal(asked, []uint16{3, 4}) || got[0].MediaSSRC != 5 {
			t.Errorf("asked for %v of %+v", asked, got)
		}
	}
}

func TestLayer_KeyframeRequestIsRepeatedUntilOneComes(t *testing.T) {
	b, m := newMailBench(1)
	now := time.Now()
	b.p.rtp(vp8Packet(5, 1, 3000, "q", true, 50), now)
	l := b.cam.layers[0].Load()
	l.requestKeyframe(now.Add(time.Millisecond))
	asked := len(take[*rtcp.PictureLossIndication](m))
	for i := range 20 { // a second, the layer goes on
		at := now.Add(time.Duration(i) * 50 * time.Millisecond)
		b.p.rtp(vp8Packet(5, uint16(2+i), 6000, "q", false, 50), at)
		l.repeatKeyframe(at)
	}
	asked += len(take[*rtcp.PictureLossIndication](m))
	if asked < 3 || asked > 4 {
		t.Errorf("asked %d times in a second", asked)
	}
	at := now.Add(1100 * time.Millisecond)
	b.p.rtp(vp8Packet(5, 30, 9000, "q", true, 50), at)
	for i := range 20 {
		l.repeatKeyframe(at.Add(time.Duration(i) * 50 * time.Millisecond))
	}
	if got := take[*rtcp.PictureLossIndication](m); len(got) != 0 {
		t.Errorf("asked %d times after it came", len(got))
	}
}

func TestDownTrack_ResendsOncePerRequestAndNeverTooMuch(t *testing.T) {
	b, _ := newMailBench(1)
	d, out := b.downs[0], b.sinks[0]
	now := time.Now()
	for i := range 200 {
		b.p.rtp(vp8Packet(5, uint16(i), uint32(3000*i), "q", i == 0, 50), now)
	}
	first, err := rtpx.ParseHeader(out.packets[0])
	must(err)
	sent := out.n
	nack := []rtcp.NackPair{{PacketID: first.Sequence() + 10, LostPackets: 0b101}}
	rtt := 100 * time.Millisecond
	d.nack(nack, now, rtt)
	d.nack(nack, now.Add(20*time.Millisecond), rtt) // the same, within the round trip
	if n := out.n - sent; n != 3 {
		t.Fatalf("resent %d packets, want 3", n)
	}
	for i, want := range []uint16{10, 11, 13} {
		var p rtp.Packet
		must(p.Unmarshal(out.packets[sent+i]))
		osn := uint16(p.Payload[0])<<8 | uint16(p.Payload[1])
		if p.SSRC != 78 || p.PayloadType != 101 || osn != first.Sequence()+want {
			t.Errorf("SSRC %d, type %d, original %d, want %d", p.SSRC, p.PayloadType, osn, first.Sequence()+want)
		}
		var original rtp.Packet
		must(original.Unmarshal(out.packets[want]))
		if !slices.Equal(original.Payload, p.Payload[2:]) || original.Timestamp != p.Timestamp {
			t.Errorf("packet %d is not what it was the first time", want)
		}
	}
	sent = out.n
	all := make([]rtcp.NackPair, 0, 12)
	for i := range 12 {
		all = append(all, rtcp.NackPair{PacketID: first.Sequence() + uint16(17*i), LostPackets: 0xffff})
	}
	for i := range 100 {
		d.nack(all, now.Add(time.Second+time.Duration(i)*time.Millisecond), 0)
	}
	if n := out.n - sent; n > nackRate {
		t.Errorf("resent %d packets in 100 ms", n)
	}
	b.cam.allow(false, now)
	sent = out.n
	d.nack(nack, now.Add(10*time.Second), rtt)
	if out.n != sent {
		t.Error("resent the picture of somebody whose camera is off")
	}
}

func TestDownTrack_VideoWaitsAMomentAfterDTLSAndSoundDoesNot(t *testing.T) {
	p := newBench(0, false).p
	var c clockState
	now := time.Now()
	steps := []struct {
		at           time.Duration
		connected    bool
		audio, video bool
	}{
		{0, false, false, false},
		{time.Second, true, true, false},
		{time.Second + 20*time.Millisecond, true, true, false},
		{time.Second + 30*time.Millisecond, true, true, true},
	}
	for _, s := range steps {
		next := p.opening(now.Add(s.at), s.connected, &c)
		if a, v := p.audioReady.Load(), p.videoReady.Load(); a != s.audio || v != s.video {
			t.Errorf("after %v: audio %v, video %v", s.at, a, v)
		}
		if next > tickEvery || !s.video && s.connected && next > holdVideo {
			t.Errorf("after %v: next look in %v", s.at, next)
		}
	}
}

func TestDownTrack_FreshKeyframeIsReplayedAndAnOldOneAskedFor(t *testing.T) {
	for _, tc := range []struct {
		age   time.Duration
		sent  int
		asked int
	}{{200 * time.Millisecond, 4, 0}, {300 * time.Millisecond, 0, 1}} {
		b, m := newMailBench(1)
		d, out := b.downs[0], b.sinks[0]
		d.bind(Feed{}, nil)
		start := time.Now()
		for i := range 4 {
			b.p.rtp(vp8Packet(5, uint16(i), uint32(3000*i), "q", i == 0, 50), start.Add(time.Duration(i)*time.Millisecond))
		}
		d.bind(Feed{"p", Camera}, b.cam)
		d.look(start.Add(tc.age))
		if asked := len(take[*rtcp.PictureLossIndication](m)); out.n != tc.sent || asked != tc.asked {
			t.Errorf("keyframe of %v ago: %d packets, %d requests", tc.age, out.n, asked)
		}
		b.p.rtp(vp8Packet(5, 4, 12000, "q", false, 50), start.Add(tc.age))
		if want := tc.sent + tc.sent/4; out.n != want { // one more, or still none
			t.Errorf("keyframe of %v ago: %d packets in all, want %d", tc.age, out.n, want)
		}
	}
}

func TestDownTrack_NothingOfAFormerSourceIsResent(t *testing.T) {
	b, _ := newMailBench(1)
	d, out := b.downs[0], b.sinks[0]
	now := time.Now()
	for i := range 5 {
		b.p.rtp(vp8Packet(5, uint16(i), uint32(3000*i), "q", i == 0, 50), now)
	}
	first, _ := rtpx.ParseHeader(out.packets[0])
	d.bind(Feed{"p", Screen}, b.p.upBySource(Screen))
	sent := out.n
	d.nack([]rtcp.NackPair{{PacketID: first.Sequence(), LostPackets: 0xffff}}, now, 0)
	if out.n != sent {
		t.Errorf("%d packets of the former source", out.n-sent)
	}
	b.p.rtp(vp8Packet(5, 6, 18000, "q", true, 50), now)
	if out.n != sent {
		t.Error("the former source is forwarded")
	}
}

func FuzzRTCP(f *testing.F) {
	for _, p := range []rtcp.Packet{
		&rtcp.TransportLayerNack{MediaSSRC: 77, Nacks: []rtcp.NackPair{{PacketID: 1, LostPackets: 0xffff}}},
		&rtcp.PictureLossIndication{MediaSSRC: 77},
		&rtcp.FullIntraRequest{FIR: []rtcp.FIREntry{{SSRC: 77}}},
		&rtcp.SenderReport{SSRC: 5, NTPTime: 1 << 40, Reports: []rtcp.ReceptionReport{{SSRC: 77, LastSenderReport: 7}}},
	} {
		raw, err := p.Marshal()
		must(err)
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, _ := newMailBench(1)
		b.p.addDown(b.downs[0])
		now := time.Now()
		b.p.rtp(vp8Packet(5, 1, 3000, "f", true, 60), now)
		b.p.rtcp(raw, now)
	})
}

// BenchmarkWrite is what one packet costs on its way out: SRTP and the socket.
func BenchmarkWrite(b *testing.B) {
	e, err := New(Config{UDP: "127.0.0.1:0"})
	must(err)
	defer e.Close()
	c, err := sfutest.New(sfutest.Options{ID: 1})
	must(err)
	defer c.Close()
	offer, err := c.Offer()
	must(err)
	id, answer, err := e.Open(b.Context(), Offer{Profile: ProfileRoom, SDP: offer}, &watcher{})
	must(err)
	must(c.Answer(answer))
	must(c.Connected(b.Context()))
	w := e.peer(id).downs[1].out.(*wire.Writer)
	raw := rtpx.AppendPacket(nil, rtpx.OutHeader{PayloadType: w.PT, SSRC: w.SSRC}, nil, make([]byte, 1100))
	h, err := rtpx.ParseHeader(raw)
	must(err)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		h.SetSequence(uint16(i))
		must(w.Write(raw))
	}
}
