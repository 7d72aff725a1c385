package hooks

import "github.com/prometheus/client_golang/prometheus"

// Outcomes of a try, as metrics name them.
const (
	outcomeDelivered = "delivered"
	outcomeFailed    = "failed"   // it is tried again
	outcomeGivenUp   = "given_up" // it is not
)

// newTries counts tries to tell a webhook.
func newTries(reg prometheus.Registerer) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "sangdam", Subsystem: "hooks", Name: "tries_total", Help: "Tries to tell a webhook, by outcome.",
	}, []string{"outcome"})
	for _, o := range []string{outcomeDelivered, outcomeFailed, outcomeGivenUp} {
		v.WithLabelValues(o)
	}
	if reg != nil {
		reg.MustRegister(v)
	}
	return v
}
