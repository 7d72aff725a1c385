package sfu

import (
	"maps"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"sangdam/rooms/sfu/sfutest"
)

// scrape gives the value of every series, a histogram's as its count; labels
// stand after the name.
func scrape(t testing.TB, reg *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]float64)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			name := strings.TrimPrefix(f.GetName(), "sangdam_sfu_")
			for _, l := range m.GetLabel() {
				name += " " + l.GetValue()
			}
			switch {
			case m.GetCounter() != nil:
				all[name] = m.GetCounter().GetValue()
			case m.GetGauge() != nil:
				all[name] = m.GetGauge().GetValue()
			default:
				all[name] = float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return all
}

// fallen lists the totals that are lower than they were.
func fallen(before, after map[string]float64) []string {
	var all []string
	for name, was := range before {
		if strings.Contains(name, "_total") && after[name] < was {
			all = append(all, name)
		}
	}
	return all
}

func TestMetrics_CountWhatIsForwardedAndNeverFall(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	h := houseWith(t, Config{UDP: "127.0.0.1:0", TCP: "127.0.0.1:0", Metrics: reg})
	a, b := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2, TCP: true})
	h.e.Bind(b.id, pair(0, a))
	h.on(a, Microphone, Camera)
	h.sees(b, 0, a)
	if err := b.AskKeyframe(0); err != nil {
		t.Fatal(err)
	}
	h.wait("one packet of 256 was timed", func() bool { return scrape(t, reg)["forward_seconds"] > 0 })
	h.wait("a wish for a keyframe was counted", func() bool { return scrape(t, reg)["plis_in_total"] > 0 })
	s := scrape(t, reg)
	for _, name := range []string{
		"packets_in_total", "bytes_in_total", "packets_out_total", "bytes_out_total", "keyframes_in_total", "plis_out_total",
		"first_packet_seconds audio", "first_packet_seconds video",
	} {
		if s[name] == 0 {
			t.Errorf("%s is 0", name)
		}
	}
	for name, want := range map[string]float64{
		"peers room connected": 2, "peers room new": 0, "peers wall connected": 0, "routes udp": 1, "routes tcp": 1, "routes relay": 0,
	} {
		if got, ok := s[name]; !ok || got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if s["packets_out_total"] > s["packets_in_total"] {
		t.Errorf("one viewer was sent %v of %v packets", s["packets_out_total"], s["packets_in_total"])
	}

	h.e.ClosePeer(a.id)
	h.e.ClosePeer(b.id)
	gone := func() bool {
		now := scrape(t, reg)
		if f := fallen(s, now); len(f) > 0 {
			t.Fatalf("totals fell while people left: %v", f)
		}
		return now["peers room connected"] == 0 && a.heard.has("closed") && b.heard.has("closed")
	}
	h.wait("both have left", gone)
	gone()
}

func TestMetrics_ALayerThatBeginsAnewKeepsItsCounts(t *testing.T) {
	b := newBench(1, false)
	reg := prometheus.NewRegistry()
	reg.MustRegister(b.p.engine.metrics)
	b.p.engine.metrics.enter(b.p)
	for i := range uint16(10) {
		b.p.RTP(vp8Packet(5, i, uint32(i)*3000, "f", i == 0, 500))
	}
	before := scrape(t, reg)
	if before["packets_in_total"] != 10 {
		t.Fatalf("%v packets were counted, want 10", before["packets_in_total"])
	}
	b.p.RTP(vp8Packet(6, 100, 90000, "f", true, 500)) // another SSRC for the same layer
	b.p.RTP([]byte{1, 2, 3})
	after := scrape(t, reg)
	if after["packets_in_total"] != 11 || after["keyframes_in_total"] != 2 || after["malformed_total"] != 1 {
		t.Errorf("%v packets, %v keyframes, %v malformed; want 11, 2, 1", after["packets_in_total"], after["keyframes_in_total"], after["malformed_total"])
	}
	b.p.engine.metrics.leave(b.p)
	if left := scrape(t, reg); !maps.Equal(left, after) {
		t.Errorf("after the peer has left: %v, before: %v", left, after)
	}
}

func TestMetrics_ALateLossTakenBackDoesNotFall(t *testing.T) {
	b := newBench(1, false)
	reg := prometheus.NewRegistry()
	reg.MustRegister(b.p.engine.metrics)
	b.p.engine.metrics.enter(b.p)
	send := func(seq uint16) { b.p.RTP(vp8Packet(5, seq, 3000, "f", seq == 1, 500)) }
	lost := func(want float64) {
		t.Helper()
		if got := scrape(t, reg)["packets_lost_total"]; got != want {
			t.Errorf("%v lost, want %v", got, want)
		}
	}
	send(1)
	send(4)
	lost(2)
	send(3)
	lost(2)
	send(7)
	lost(3)
}
