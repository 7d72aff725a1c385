package sfu

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"sangdam/rooms/sfu/wire"
)

// sampleEvery is which packet of a layer tells how long it took: a power of two.
// At 250 packets/s it is one a second and camera, which costs nothing.
const sampleEvery = 256

// metrics are an Engine's: counters that Peers keep anyway and that are added up
// when somebody asks, and three histograms. Counting a second time for Prometheus
// was rejected: one more atomic a packet and viewer.
type metrics struct {
	// fixed after newMetrics
	engine    *Engine
	delay     prometheus.Histogram
	line      prometheus.Histogram
	legs      legs
	first     map[wire.Kind]prometheus.Observer
	firsts    *prometheus.HistogramVec // by kind
	counters  []counter
	peers     *prometheus.Desc // by profile and state
	routes    *prometheus.Desc // by route
	strangers *prometheus.Desc // by reason
	paused    *prometheus.Desc
	showing   *prometheus.Desc // by layer
	expelled  prometheus.Counter

	mu   sync.Mutex // guards all below; taken after Engine.mu and before Peer.former
	here map[*Peer]struct{}
	gone totals // of Peers that have been torn down
	lost uint64 // highest ever told
}

// totals are what all Peers have counted since the Engine began.
type totals struct {
	packetsIn, bytesIn, packetsOut, bytesOut, resent, lost, keyframes    uint64
	plisIn, plisOut, nacksIn, nacksOut, malformed, drops, probes, spares uint64
	excess                                                               uint64
}

// counter is one of totals as Prometheus sees it.
type counter struct {
	desc *prometheus.Desc
	of   func(*totals) uint64
}

func newMetrics(e *Engine, reg prometheus.Registerer) *metrics {
	name := func(s string) string { return prometheus.BuildFQName("sangdam", "sfu", s) }
	m := &metrics{
		engine: e, here: make(map[*Peer]struct{}),
		delay: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    name("forward_seconds"),
			Help:    "From a packet's decryption until the last of its viewers' sockets had it; one packet in 256.",
			Buckets: []float64{10e-6, 20e-6, 50e-6, 100e-6, 200e-6, 500e-6, .001, .002, .005, .01, .02, .05, .1},
		}),
		firsts: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    name("first_packet_seconds"),
			Help:    "How long a slot waited for its first packet since it was bound and the source began, by kind.",
			Buckets: []float64{.001, .005, .02, .05, .1, .2, .3, .5, .75, 1, 1.5, 2, 5},
		}, []string{"kind"}),
		line: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    name("line_bits_per_second"),
			Help:    "What the line to a browser carries, as estimated once a second.",
			Buckets: []float64{60e3, 100e3, 150e3, 200e3, 300e3, 500e3, 800e3, 1.2e6, 2e6, 3e6, 5e6, 8e6},
		}),
		expelled: prometheus.NewCounter(prometheus.CounterOpts{
			Name: name("peers_expelled_total"), Help: "Peers that were closed because they broke the rules of the wire or a panic hit them.",
		}),
		peers:  prometheus.NewDesc(name("peers"), "PeerConnections, by profile and state.", []string{"profile", "state"}, nil),
		routes: prometheus.NewDesc(name("routes"), "PeerConnections whose path is up, by route.", []string{"route"}, nil),
		strangers: prometheus.NewDesc("sangdam_media_strangers_total",
			"Packets and connections at the media port that were turned away, by reason.", []string{"reason"}, nil),
		paused:  prometheus.NewDesc(name("slots_paused"), "Slots whose picture is not sent because the line would not carry it.", nil, nil),
		showing: prometheus.NewDesc(name("slots_showing"), "Slots that show a picture, by layer.", []string{"layer"}, nil),
		legs:    newLegs(name),
	}
	m.first = map[wire.Kind]prometheus.Observer{
		wire.Audio: m.firsts.WithLabelValues(string(wire.Audio)), wire.Video: m.firsts.WithLabelValues(string(wire.Video)),
	}
	count := func(s, help string, of func(*totals) uint64) {
		m.counters = append(m.counters, counter{prometheus.NewDesc(name(s), help, nil, nil), of})
	}
	count("packets_in_total", "Fresh packets of sources that are open.", func(t *totals) uint64 { return t.packetsIn })
	count("bytes_in_total", "Bytes of these packets.", func(t *totals) uint64 { return t.bytesIn })
	count("packets_out_total", "Packets sent to viewers for the first time.", func(t *totals) uint64 { return t.packetsOut })
	count("bytes_out_total", "Payload of these packets in bytes.", func(t *totals) uint64 { return t.bytesOut })
	count("packets_resent_total", "Packets sent again because a viewer missed them.", func(t *totals) uint64 { return t.resent })
	count("packets_spare_total", "Packets of pictures sent twice at once, over far lines that lose some.", func(t *totals) uint64 { return t.spares })
	count("packets_lost_total", "Packets of publishers that did not come by themselves, before repair.", func(t *totals) uint64 { return t.lost })
	count("keyframes_in_total", "Keyframes that came.", func(t *totals) uint64 { return t.keyframes })
	count("plis_in_total", "Keyframes asked for by viewers.", func(t *totals) uint64 { return t.plisIn })
	count("plis_out_total", "Keyframes asked of publishers.", func(t *totals) uint64 { return t.plisOut })
	count("nacks_in_total", "Requests of viewers for packets they missed.", func(t *totals) uint64 { return t.nacksIn })
	count("nacks_out_total", "Requests to publishers for packets that we missed.", func(t *totals) uint64 { return t.nacksOut })
	count("queue_drops_total", "Pictures cut off because the queue to a browser was full.", func(t *totals) uint64 { return t.drops })
	count("probes_total", "Bursts that found out what a line carries.", func(t *totals) uint64 { return t.probes })
	count("malformed_total", "Packets that were not what they should be.", func(t *totals) uint64 { return t.malformed })
	count("excess_total", "Packets dropped because their browser sent more than it may.", func(t *totals) uint64 { return t.excess })
	if reg != nil {
		reg.MustRegister(m.delay, m.line, m.firsts, m.expelled, m.legs.roundTrip, m.legs.loss, m.legs.jitter, m)
	}
	return m
}

// enter counts a Peer from now on, leave keeps what it has counted: a total never
// falls, whoever comes and goes.
func (m *metrics) enter(p *Peer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.here[p] = struct{}{}
}

// leave is called when nothing of the Peer runs any more.
func (m *metrics) leave(p *Peer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.here, p)
	p.count(&m.gone)
}

// forwarded takes the time of a sampled packet.
func (m *metrics) forwarded(read time.Time) { m.delay.Observe(time.Since(read).Seconds()) }

// shown tells that a slot, bound at one time to a source that began at another,
// has had its first packet.
func (m *metrics) shown(kind wire.Kind, bound, began, now time.Time) {
	if bound.Before(began) {
		bound = began
	}
	m.first[kind].Observe(max(0, now.Sub(bound).Seconds()))
}

// Describe implements prometheus.Collector.
func (m *metrics) Describe(to chan<- *prometheus.Desc) {
	for _, c := range m.counters {
		to <- c.desc
	}
	to <- m.peers
	to <- m.routes
	to <- m.paused
	to <- m.showing
	to <- m.strangers
}

// strangersSoFar are none for an Engine without a network.
func (m *metrics) strangersSoFar() map[wire.Reason]uint64 {
	if m.engine.net == nil {
		return nil
	}
	return m.engine.net.Strangers()
}

// Collect implements prometheus.Collector.
func (m *metrics) Collect(to chan<- prometheus.Metric) {
	for why, n := range m.strangersSoFar() {
		to <- prometheus.MustNewConstMetric(m.strangers, prometheus.CounterValue, float64(n), why.String())
	}
	t := m.totals()
	for _, c := range m.counters {
		to <- prometheus.MustNewConstMetric(c.desc, prometheus.CounterValue, float64(c.of(&t)))
	}
	peers := make(map[[2]string]int)
	for _, profile := range []Profile{ProfileRoom, ProfileWall, ProfileProbe, ProfilePublish, ProfileWatch} {
		for _, state := range []State{StateNew, StateConnected, StateDisconnected, StateFailed} {
			peers[[2]string{string(profile), string(state)}] = 0
		}
	}
	paused := 0
	showing := map[string]int{layerSingle: 0}
	for _, name := range layerNames() {
		showing[name] = 0
	}
	routes := map[Route]int{RouteUDP: 0, RouteTCP: 0, RouteRelay: 0}
	for _, id := range m.engine.Peers() {
		p := m.engine.peer(id)
		if p == nil {
			continue
		}
		state := p.told.state.Load().(State)
		if state == StateClosed {
			continue
		}
		peers[[2]string{string(p.profile), string(state)}]++
		paused += len(*p.allocation.paused.Load())
		if r := p.route(); state == StateConnected && r != RouteNone {
			routes[r]++
		}
		for _, d := range p.downs {
			if l := d.shown.Load(); l != nil && d.kind == wire.Video {
				showing[l.label()]++
			}
		}
	}
	for layer, n := range showing {
		to <- prometheus.MustNewConstMetric(m.showing, prometheus.GaugeValue, float64(n), layer)
	}
	for labels, n := range peers {
		to <- prometheus.MustNewConstMetric(m.peers, prometheus.GaugeValue, float64(n), labels[:]...)
	}
	to <- prometheus.MustNewConstMetric(m.paused, prometheus.GaugeValue, float64(paused))
	for r, n := range routes {
		to <- prometheus.MustNewConstMetric(m.routes, prometheus.GaugeValue, float64(n), string(r))
	}
}

// totals adds up who is here and who was.
func (m *metrics) totals() totals {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.gone
	for p := range m.here {
		p.count(&t)
	}
	// A packet that comes late after all takes a loss back, which a counter must
	// not: it stands still until there are as many again.
	m.lost = max(m.lost, t.lost)
	t.lost = m.lost
	return t
}

// count adds what a Peer has counted.
func (p *Peer) count(t *totals) {
	t.malformed += p.malformed.Load()
	t.excess += p.police.excess.Load()
	t.drops += p.egress.drops.Load()
	t.probes += p.egress.probes.Load()
	p.former.Lock()
	defer p.former.Unlock()
	t.add(p.former.totals)
	for _, u := range p.ups {
		for i := range u.layers {
			if l := u.layers[i].Load(); l != nil {
				l.count(t)
			}
		}
	}
	for _, d := range p.downs {
		t.packetsOut += d.packets.Load()
		t.bytesOut += d.octets.Load()
		t.resent += d.resent.Load()
		t.spares += d.spares.Load()
		t.plisIn += d.plis.Load()
		t.nacksIn += d.nacks.Load()
	}
}

// count adds what a layer has counted.
func (l *Layer) count(t *totals) {
	l.mu.Lock()
	t.lost += l.stats.lost()
	l.mu.Unlock()
	t.packetsIn += l.packets.Load()
	t.bytesIn += l.bytes.Load()
	t.keyframes += l.keyframes.Load()
	t.plisOut += l.plis.Load()
	t.nacksOut += l.nacks.Load()
	t.malformed += l.malformed.Load()
}

func (t *totals) add(o totals) {
	t.packetsIn += o.packetsIn
	t.bytesIn += o.bytesIn
	t.lost += o.lost
	t.keyframes += o.keyframes
	t.plisOut += o.plisOut
	t.nacksOut += o.nacksOut
	t.malformed += o.malformed
}
