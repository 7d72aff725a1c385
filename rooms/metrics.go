package rooms

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"sangdam/rooms/schedule"
)

// Metrics of the rooms of one Registry.
type Metrics struct {
	rooms          prometheus.Gauge
	phases         *prometheus.GaugeVec // by schedule.Phase
	participants   *prometheus.GaugeVec // by schedule.Role
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
	qualities      *prometheus.GaugeVec     // by Quality
	symptoms       *prometheus.GaugeVec     // by Symptom
	scores         *prometheus.HistogramVec // by direction
	concealed      prometheus.Histogram
	frozen         prometheus.Histogram
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
		rooms:  gauge("open", "Rooms whose doors are open."),
		joins:  counter("joins_total", "Sessions that took a seat."),
		faults: counter("faults_total", "Rooms that failed."),
		leaves: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "sangdam", Subsystem: "rooms", Name: "leaves_total", Help: "Sessions that left a seat, by reason.",
		}, []string{"reason"}),
		mirrorWaiting:  gauge("mirror_waiting", "Writes that wait for the store."),
		mirrorFailures: counter("mirror_failures_total", "Writes to the store that failed and are tried again."),
		mirrorDropped:  counter("mirror_dropped_total", "Writes dropped because too many waited."),
	}
	m.phases = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Namespace: "sangdam", Subsystem: "rooms", Name: "phase", Help: "Rooms whose doors are open, by the phase of their consultation.",
	}, []string{"phase"})
	for _, p := range openPhases() {
		m.phases.WithLabelValues(string(p))
	}
	m.participants = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Namespace: "sangdam", Subsystem: "rooms", Name: "participants", Help: "People in rooms, those away included, by the role of their seat.",
	}, []string{"role"})
	for _, r := range []schedule.Role{schedule.RoleFirm, schedule.RoleBuyer, schedule.RoleInterpreter, schedule.RoleObserver} {
		m.participants.WithLabelValues(string(r))
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
	for _, r := range []schedule.LeaveReason{
		schedule.LeftByChoice, schedule.LeftLost, schedule.LeftMoved, schedule.LeftReplaced, schedule.LeftEnded, schedule.LeftRemoved, schedule.LeftFault,
	} {
		m.leaves.WithLabelValues(string(r))
	}
	for _, mode := range []HelpMode{HelpListen, HelpSpeak} {
		m.helpers.WithLabelValues(string(mode))
	}
	for _, k := range []OrderKind{
		OrderMute, OrderDevices, OrderMicrophone, OrderCamera, OrderSpeaker, OrderGain, OrderDiagnose, OrderComeIn,
	} {
		m.orders.WithLabelValues(string(k))
		m.ordersFailed.WithLabelValues(string(k))
	}
	m.walls = gauge("walls", "Consoles that show rooms.")
	m.inspection = prometheus.NewHistogram(prometheus.HistogramOpts{
		Namespace: "sangdam", Subsystem: "rooms", Name: "inspection_seconds", Help: "Duration of one look at everybody's media.",
		Buckets: []float64{.0001, .0005, .001, .005, .01, .05, .1, .5},
	})
	m.truth(reg)
	if reg != nil {
		reg.MustRegister(m.helpers, m.orders, m.ordersFailed, m.walls, m.inspection, m.phases)
		reg.MustRegister(m.rooms, m.participants, m.joins, m.faults, m.leaves, m.mirrorWaiting, m.mirrorFailures, m.mirrorDropped)
	}
	return m
}

// openPhases are those that a room with open doors is in.
func openPhases() []schedule.Phase {
	return []schedule.Phase{schedule.PhaseOpen, schedule.PhaseWaiting, schedule.PhaseLive, schedule.PhaseClosing}
}

// phase counts a room that was counted under one phase under another; one that
// no open room is in counts nowhere. It returns what the room is counted under.
func (m *Metrics) phase(counted, now schedule.Phase) schedule.Phase {
	if !slices.Contains(openPhases(), now) {
		now = ""
	}
	if counted == now {
		return now
	}
	if counted != "" {
		m.phases.WithLabelValues(string(counted)).Dec()
	}
	if now != "" {
		m.phases.WithLabelValues(string(now)).Inc()
	}
	return now
}
