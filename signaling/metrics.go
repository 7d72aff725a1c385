package signaling

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the edge's.
type Metrics struct {
	Sockets  prometheus.Gauge
	Sessions prometheus.Gauge
	Joins    prometheus.Counter
	Resumes  prometheus.Counter
	Panics   prometheus.Counter
	Faults   *prometheus.CounterVec // label code: a protocol.Code
}

// NewMetrics makes them and, unless reg is nil, registers them.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	opts := func(name, help string) prometheus.Opts {
		return prometheus.Opts{Namespace: "sangdam", Subsystem: "signaling", Name: name, Help: help}
	}
	m := &Metrics{
		Sockets:  prometheus.NewGauge(prometheus.GaugeOpts(opts("sockets", "WebSockets that are open."))),
		Sessions: prometheus.NewGauge(prometheus.GaugeOpts(opts("sessions", "Sessions that live, with or without a socket."))),
		Joins:    prometheus.NewCounter(prometheus.CounterOpts(opts("joins_total", "Joins of a room that succeeded."))),
		Resumes:  prometheus.NewCounter(prometheus.CounterOpts(opts("resumes_total", "Sessions that went on on a new socket."))),
		Panics:   prometheus.NewCounter(prometheus.CounterOpts(opts("panics_total", "Sessions that ended by a mistake of ours."))),
		Faults:   prometheus.NewCounterVec(prometheus.CounterOpts(opts("faults_total", "Errors told to clients.")), []string{"code"}),
	}
	if reg != nil {
		reg.MustRegister(m.Sockets, m.Sessions, m.Joins, m.Resumes, m.Panics, m.Faults)
	}
	return m
}

// MetricsHandler serves what was gathered. It belongs on a listener of its own:
// behind a proxy on the same host every request comes from loopback.
func MetricsHandler(g prometheus.Gatherer) http.Handler {
	return promhttp.HandlerFor(g, promhttp.HandlerOpts{})
}
