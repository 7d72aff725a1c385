package turn

import "github.com/prometheus/client_golang/prometheus"

// reason says why something was refused; the set is closed.
type reason string

const (
	badCredentials reason = "credentials" // none that were given out
	expired        reason = "expired"     // credentials of yesterday
	overQuota      reason = "quota"       // an allocation too many
	wrongPeer      reason = "peer"        // another address than our media port
	wrongTransport reason = "transport"   // relaying over TCP (RFC 6062)
	wrongFamily    reason = "family"      // a family in which we are not reached
	portPair       reason = "port_pair"   // two ports in a row, which RTCP once needed
	noAllocation   reason = "allocation"  // nothing was allocated before
	tooFast        reason = "rate"        // too many requests without credentials
	tooWide        reason = "bandwidth"   // more than an allocation may carry
	notTURN        reason = "malformed"   // neither a request nor channel data
	badFraming     reason = "framing"     // a stream that lost its frames, or never had any
	tooSlow        reason = "idle"        // a stream on which nothing is allocated in time, or not read from
	crowded        reason = "crowded"     // a stream too many
)

// metrics are a Server's.
type metrics struct {
	allocations prometheus.Gauge
	in, out     prometheus.Counter // of bytes: from clients, to clients
	refused     map[reason]prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) *metrics {
	name := func(s string) string { return prometheus.BuildFQName("sangdam", "turn", s) }
	bytes := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: name("bytes_total"), Help: "Relayed bytes of media, by direction: from browsers (in), to browsers (out).",
	}, []string{"direction"})
	refused := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: name("refused_total"), Help: "What the relay refused, by reason.",
	}, []string{"reason"})
	m := &metrics{
		allocations: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: name("allocations"), Help: "Relayed addresses in use.",
		}),
		in: bytes.WithLabelValues("in"), out: bytes.WithLabelValues("out"),
		refused: make(map[reason]prometheus.Counter),
	}
	for _, r := range []reason{
		badCredentials, expired, overQuota, wrongPeer, wrongTransport, wrongFamily, portPair,
		noAllocation, tooFast, tooWide, notTURN, badFraming, tooSlow, crowded,
	} {
		m.refused[r] = refused.WithLabelValues(string(r))
	}
	if reg != nil {
		reg.MustRegister(m.allocations, bytes, refused)
	}
	return m
}

func (m *metrics) refuse(r reason) { m.refused[r].Inc() }
