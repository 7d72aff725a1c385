package rooms

import "github.com/prometheus/client_golang/prometheus"

// Metrics of the rooms of one Registry.
type Metrics struct {
	rooms          prometheus.Gauge
	participants   prometheus.Gauge
	joins          prometheus.Counter
	faults         prometheus.Counter
	leaves         *prometheus.CounterVec // by schedule.LeaveReason
	mirrorWaiting  prometheus.Gauge
	mirrorFailures prometheus.Counter
	mirrorDropped  prometheus.Counter
	helpers        *prometheus.GaugeVec   // by HelpMode
	orders         *prometheus.CounterVec // by OrderKind
	ordersFailed   *prometheus.CounterVec // by OrderKind
	walls          prometheus.Gauge
	inspection     prometheus.Histogram
}

// NewMetrics makes the metrics and registers them; with nil they are counted
// and shown to nobody.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "sangdam", Subsystem: "rooms", Name: name, Help: help})
	}
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "sangdam", Subsystem: "rooms", Name: name, Help: help})
	}
	m := &Metrics{
		rooms:        gauge("open", "Rooms whose doors are open."),
		participants: gauge("participants", "People in rooms, those away included."),
		joins:        counter("joins_total", "Sessions that took a seat."),
		faults:       counter("faults_total", "Rooms that failed."),
		leaves: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "sangdam", Subsystem: "rooms", Name: "leaves_total", Help: "Sessions that left a seat, by reason.",
		}, []string{"reason"}),
		mirrorWaiting:  gauge("mirror_waiting", "Writes that wait for the store."),
		mirrorFailures: counter("mirror_failures_total", "Writes to the store that failed and are tried again."),
		mirrorDropped:  counter("mirror_dropped_total", "Writes dropped because too many waited."),
	}
	m.helpers = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Namespace: "sangdam", Subsystem: "rooms", Name: "helpers", Help: "Coordinators who listen or speak in rooms, by mode.",
	}, []string{"mode"})
	m.orders = prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "sangdam", Subsystem: "rooms", Name: "orders_total", Help: "Orders given to browsers, by kind.",
	}, []string{"kind"})
	m.ordersFailed = prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "sangdam", Subsystem: "rooms", Name: "orders_failed_total", Help: "Orders that browsers could not do or did not answer, by kind.",
	}, []string{"kind"})
	m.walls = gauge("walls", "Consoles that show rooms.")
	m.inspection = prometheus.NewHistogram(prometheus.HistogramOpts{
		Namespace: "sangdam", Subsystem: "rooms", Name: "inspection_seconds", Help: "Duration of one look at everybody's media.",
		Buckets: []float64{.0001, .0005, .001, .005, .01, .05, .1, .5},
	})
	if reg != nil {
		reg.MustRegister(m.helpers, m.orders, m.ordersFailed, m.walls, m.inspection)
		reg.MustRegister(m.rooms, m.participants, m.joins, m.faults, m.leaves, m.mirrorWaiting, m.mirrorFailures, m.mirrorDropped)
	}
	return m
}
