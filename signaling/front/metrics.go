package front

import "github.com/prometheus/client_golang/prometheus"

// What connections are counted as. TLS has names of its own: a firewall that
// lets one through and not the other is the question that is asked.
const (
	kindHTTPS    = "https"
	kindHTTP     = "http"
	kindTURNS    = "turns"
	kindTURN     = "turn"
	kindStream   = "ice_tcp"
	kindRedirect = "redirect"
	kindACME     = "acme"
)

// Why a connection was closed instead.
const (
	refusedGarbage   = "garbage"   // nothing we speak
	refusedSlow      = "slow"      // did not say what it is in time
	refusedGone      = "gone"      // ended before it had said so
	refusedHandshake = "handshake" // TLS failed: no common version, no certificate for the name
	refusedCrowded   = "crowded"   // too many of one address
	refusedFull      = "full"      // too many in all
	refusedBusy      = "busy"      // whoever takes this kind does not keep up
	refusedClosed    = "closed"    // nobody takes this kind any more
	refusedProxy     = "proxy"     // a PROXY header that is none
)

type metrics struct {
	unsorted    prometheus.Gauge
	connections *prometheus.CounterVec // by kind
	refusals    *prometheus.CounterVec // by reason
}

func newMetrics(reg prometheus.Registerer) *metrics {
	opts := func(name, help string) prometheus.Opts {
		return prometheus.Opts{Namespace: "sangdam", Subsystem: "front", Name: name, Help: help}
	}
	m := &metrics{
		unsorted:    prometheus.NewGauge(prometheus.GaugeOpts(opts("unsorted", "Connections of the one port that have not said yet what they are."))),
		connections: prometheus.NewCounterVec(prometheus.CounterOpts(opts("connections_total", "Connections of the one port, by what they turned out to be.")), []string{"kind"}),
		refusals:    prometheus.NewCounterVec(prometheus.CounterOpts(opts("refused_total", "Connections of the one port that were closed, by reason.")), []string{"reason"}),
	}
	for _, k := range []string{kindHTTPS, kindHTTP, kindTURNS, kindTURN, kindStream, kindRedirect, kindACME} {
		m.connections.WithLabelValues(k)
	}
	for _, r := range []string{
		refusedGarbage, refusedSlow, refusedGone, refusedHandshake, refusedCrowded, refusedFull, refusedBusy, refusedClosed, refusedProxy,
	} {
		m.refusals.WithLabelValues(r)
	}
	if reg != nil {
		reg.MustRegister(m.unsorted, m.connections, m.refusals)
	}
	return m
}

func (m *metrics) refused(reason string) { m.refusals.WithLabelValues(reason).Inc() }
func (m *metrics) took(kind string)      { m.connections.WithLabelValues(kind).Inc() }
