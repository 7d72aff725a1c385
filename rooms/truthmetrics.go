package rooms

import "github.com/prometheus/client_golang/prometheus"

// truth makes the metrics of how media goes for people: the inspector writes
// them at each look, and when a browser tells.
func (m *Metrics) truth(reg prometheus.Registerer) {
	gauge := func(name, help, label string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "sangdam", Subsystem: "rooms", Name: name, Help: help}, []string{label})
	}
	share := func(name, help string) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "sangdam", Subsystem: "rooms", Name: name, Help: help,
			Buckets: []float64{0, .005, .01, .02, .05, .07, .1, .2, .5},
		})
	}
	m.qualities = gauge("quality", "People in rooms, by how media goes for them.", "quality")
	m.symptoms = gauge("symptoms", "People in rooms who have a symptom, by symptom.", "symptom")
	m.scores = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: "sangdam", Subsystem: "rooms", Name: "quality_score",
		Help:    "How well people are heard and seen (up), and hear and see (down), 1 to 5, once a second each.",
		Buckets: []float64{1.5, 2, 2.5, 3, 3.5, 3.8, 4, 4.2, 4.3, 4.4},
	}, []string{"direction"})
	m.concealed = share("concealed_ratio", "Share of the worst voice that a browser made up, each time it tells.")
	m.frozen = share("frozen_ratio", "Share of the time that the worst picture stood still, each time a browser tells.")
	m.tellTruth(nil)
	for _, direction := range []string{"up", "down"} {
		m.scores.WithLabelValues(direction)
	}
	if reg != nil {
		reg.MustRegister(m.qualities, m.symptoms, m.scores, m.concealed, m.frozen)
	}
}

// tellTruth takes one look at everybody.
func (m *Metrics) tellTruth(all []RowVitals) {
	qualities, symptoms := map[Quality]int{}, map[Symptom]int{}
	for _, row := range all {
		for _, v := range row.Vitals {
			qualities[v.Quality]++
			for _, s := range v.Symptoms {
				symptoms[s]++
			}
			if v.ScoreUp > 0 {
				m.scores.WithLabelValues("up").Observe(v.ScoreUp)
			}
			if v.ScoreDown > 0 {
				m.scores.WithLabelValues("down").Observe(v.ScoreDown)
			}
		}
	}
	for _, q := range []Quality{QualityGood, QualityFair, QualityPoor, QualityNone} {
		m.qualities.WithLabelValues(string(q)).Set(float64(qualities[q]))
	}
	for _, s := range symptomsOf() {
		m.symptoms.WithLabelValues(string(s)).Set(float64(symptoms[s]))
	}
}

// tellHeard takes what a browser counted.
func (m *Metrics) tellHeard(v ClientVitals) {
	m.concealed.Observe(v.Concealed)
	if !v.Hidden {
		m.frozen.Observe(v.Frozen)
	}
}

// symptomsOf lists all there are.
func symptomsOf() []Symptom {
	return []Symptom{
		SymptomNoMedia, SymptomOneWayIn, SymptomSoundBlocked, SymptomNotPlayed, SymptomOneWayOut, SymptomMicSilent, SymptomMicClipping,
		SymptomCameraDark, SymptomCameraFrozen, SymptomLossUp, SymptomLossDown, SymptomFrozen, SymptomVoiceBroken, SymptomSlowPath,
		SymptomTCP, SymptomRelay, SymptomCPU, SymptomBandwidth, SymptomHidden,
	}
}
