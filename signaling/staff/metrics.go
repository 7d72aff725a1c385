package staff

import (
	"github.com/prometheus/client_golang/prometheus"

	"sangdam/signaling/protocol"
)

// Ways to sign in, as metrics name them.
const (
	wayPassphrase = "passphrase"
	wayOpenID     = "openid"
)

// Outcomes of a try to sign in, as metrics name them: a closed set, whatever
// codes there will be.
const (
	outcomeIn      = "in"
	outcomeWrong   = "wrong"
	outcomeLimited = "limited"
	outcomeFailed  = "failed" // through no fault of who tried
)

// newSignIns counts tries to sign in.
func newSignIns(reg prometheus.Registerer) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "sangdam", Subsystem: "staff", Name: "sign_ins_total", Help: "Tries to sign in, by way and outcome.",
	}, []string{"way", "outcome"})
	for _, way := range []string{wayPassphrase, wayOpenID} {
		for _, outcome := range []string{outcomeIn, outcomeWrong, outcomeLimited, outcomeFailed} {
			v.WithLabelValues(way, outcome)
		}
	}
	if reg != nil {
		reg.MustRegister(v)
	}
	return v
}

// count takes down how a try went.
func (o *Office) count(way string, err error) {
	outcome := outcomeIn
	if err != nil {
		switch protocol.AsFault(err).Code {
		case protocol.CodeSignInWrong:
			outcome = outcomeWrong
		case protocol.CodeRateLimited:
			outcome = outcomeLimited
		default:
			outcome = outcomeFailed
		}
	}
	o.signIns.WithLabelValues(way, outcome).Inc()
}
