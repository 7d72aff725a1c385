package store

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// newCommandTime measures how long Redis takes for a command or a pipeline.
func newCommandTime() prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Namespace: "sangdam", Subsystem: "store", Name: "command_seconds",
		Help:    "How long Redis took to answer a command or a pipeline, failures included.",
		Buckets: []float64{.0002, .0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5},
	})
}

// Register makes the store's metrics known.
func (s *Store) Register(reg prometheus.Registerer) {
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "sangdam", Subsystem: "store", Name: name, Help: help}, value)
	}
	reg.MustRegister(
		s.health.took,
		gauge("away_seconds", "For how long Redis has not answered; 0: it does.", func() float64 {
			if since := s.AwaySince(); !since.IsZero() {
				return time.Since(since).Seconds()
			}
			return 0
		}),
		gauge("ledger_waiting", "Entries of ledgers that are on disk and not in Redis yet.", func() float64 { return float64(s.Spooled()) }),
		gauge("disk_full", "1: the data folder cannot be written.", func() float64 {
			if _, _, full := s.Storage(); full {
				return 1
			}
			return 0
		}),
	)
}
