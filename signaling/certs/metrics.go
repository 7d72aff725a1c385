package certs

import "github.com/prometheus/client_golang/prometheus"

// Register tells Prometheus how long the certificate holds: what makes somebody
// look before visitors are turned away. A nil source has none.
func Register(reg prometheus.Registerer, s Source) {
	reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: "sangdam", Subsystem: "certificate", Name: "ends_seconds",
		Help: "When the certificate of the port ends, in seconds since 1970; 0: none is there.",
	}, func() float64 {
		if s == nil {
			return 0
		}
		leaf := s.Leaf()
		if leaf == nil {
			return 0
		}
		return float64(leaf.NotAfter.Unix())
	}))
}
