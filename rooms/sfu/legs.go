package sfu

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// The two directions of a leg, as labels.
const (
	upwards   = "up" // from the browser
	downwards = "down"
)

// layerSingle is a source without layers.
const layerSingle = "single"

// layerNames are what layers are called in metrics, by rank: a browser may call
// its own as it likes.
func layerNames() [maxRids]string { return [maxRids]string{"q", "h", "f"} }

func (l *Layer) label() string {
	if len(l.up.rids) == 0 {
		return layerSingle
	}
	return layerNames()[l.rank]
}

// legs are histograms of the lines to browsers: each Peer whose path is up is
// looked at once a second.
type legs struct {
	roundTrip prometheus.Histogram
	loss      *prometheus.HistogramVec // by direction
	jitter    *prometheus.HistogramVec // by direction

	// the Vecs' children, which are looked up once
	lossUp, lossDown, jitterUp, jitterDown prometheus.Observer
}

func newLegs(name func(string) string) legs {
	l := legs{
		roundTrip: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: name("round_trip_seconds"), Help: "Round trip to a browser, once a second each.",
			Buckets: []float64{.005, .01, .02, .05, .1, .15, .2, .3, .4, .6, 1, 2},
		}),
		loss: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: name("loss_ratio"), Help: "Share of packets lost in the last seconds, before repair, once a second for each browser, by direction.",
			Buckets: []float64{0, .002, .005, .01, .02, .03, .05, .1, .2, .5},
		}, []string{"direction"}),
		jitter: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: name("jitter_seconds"), Help: "Jitter of voices (RFC 3550), once a second for each browser, by direction.",
			Buckets: []float64{.001, .002, .005, .01, .02, .03, .05, .1, .2, .5},
		}, []string{"direction"}),
	}
	l.lossUp, l.lossDown = l.loss.WithLabelValues(upwards), l.loss.WithLabelValues(downwards)
	l.jitterUp, l.jitterDown = l.jitter.WithLabelValues(upwards), l.jitter.WithLabelValues(downwards)
	return l
}

// look takes how the line to a Peer is, as far as anything is known of it. It
// runs on the Peer's clock.
func (l *legs) look(p *Peer, now time.Time) {
	if p.measured.Load() {
		l.roundTrip.Observe(p.roundTrip().Seconds())
		l.lossDown.Observe(p.lossDown(now))
	}
	l.lossUp.Observe(p.lossUp())
	if u := p.upBySource(Microphone); u != nil && u.flowing(now) {
		if layer := u.layers[0].Load(); layer != nil {
			_, jitter := layer.gaps()
			l.jitterUp.Observe(jitter.Seconds())
		}
	}
	if jitter := p.jitterDown(now); jitter > 0 {
		l.jitterDown.Observe(jitter.Seconds())
	}
}
