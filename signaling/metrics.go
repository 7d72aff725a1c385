package signaling

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"sangdam/rooms/sfu"
	"sangdam/signaling/protocol"
)

// How a media path was mended.
const (
	restartICE     = "ice"
	restartRebuild = "rebuild"
)

// Metrics are the edge's.
type Metrics struct {
	Sockets  prometheus.Gauge
	Sessions prometheus.Gauge
	Joins    prometheus.Counter
	JoinTime prometheus.Histogram
	Connect  *prometheus.HistogramVec // by sfu.Profile
	Ways     *prometheus.CounterVec   // by schedule.PathProfile and sfu.Route
	Resumes  prometheus.Counter
	Restarts *prometheus.CounterVec // by kind: ice, rebuild
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
		JoinTime: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "sangdam", Subsystem: "signaling", Name: "join_seconds",
			Help:    "From the request to join a room until its state was told, of joins that succeeded.",
			Buckets: []float64{.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 8},
		}),
		Connect: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "sangdam", Subsystem: "signaling", Name: "media_connect_seconds",
			Help:    "From the answer to an offer until media could flow, by profile.",
			Buckets: []float64{.02, .05, .1, .2, .5, .75, 1, 1.5, 2, 3, 5, 10, 20},
		}, []string{"profile"}),
		Ways: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "sangdam", Subsystem: "media", Name: "connected_total",
			Help: "PeerConnections whose media came up, by the profile that it took and the route.",
		}, []string{"profile", "route"}),
		Restarts: prometheus.NewCounterVec(prometheus.CounterOpts(opts("restarts_total", "Media paths that were mended: ICE begun anew, or the whole PeerConnection.")), []string{"kind"}),
		Resumes:  prometheus.NewCounter(prometheus.CounterOpts(opts("resumes_total", "Sessions that went on on a new socket."))),
		Panics:   prometheus.NewCounter(prometheus.CounterOpts(opts("panics_total", "Sessions that ended by a mistake of ours."))),
		Faults:   prometheus.NewCounterVec(prometheus.CounterOpts(opts("faults_total", "Errors told to clients.")), []string{"code"}),
	}
	for _, kind := range []string{restartICE, restartRebuild} {
		m.Restarts.WithLabelValues(kind)
	}
	for _, p := range []sfu.Profile{sfu.ProfileRoom, sfu.ProfileWall} {
		m.Connect.WithLabelValues(string(p))
	}
	for _, p := range protocol.Set("PathProfile") {
		for _, route := range []sfu.Route{sfu.RouteUDP, sfu.RouteTCP, sfu.RouteRelay} {
			m.Ways.WithLabelValues(p, string(route))
		}
	}
	for _, c := range protocol.Codes() {
		m.Faults.WithLabelValues(string(c))
	}
	if reg != nil {
		reg.MustRegister(m.JoinTime, m.Connect, m.Ways, m.Restarts)
		reg.MustRegister(m.Sockets, m.Sessions, m.Joins, m.Resumes, m.Panics, m.Faults)
	}
	return m
}

// MetricsHandler serves what was gathered. It belongs on a listener of its own:
// behind a proxy on the same host every request comes from loopback.
func MetricsHandler(g prometheus.Gatherer) http.Handler {
	return promhttp.HandlerFor(g, promhttp.HandlerOpts{})
}
