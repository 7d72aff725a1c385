package schedule

import "time"

// SeatQuality is how media went for one person from From to To, one session's
// stay on one seat. It is kept beside the ledger and not in it: it proves
// nothing, it explains. Losses and shares are 0 to 1.
type SeatQuality struct {
	Consultation  ConsultationID `json:"consultation"`
	Seat          SeatID         `json:"seat"`
	Session       string         `json:"session"`
	From          time.Time      `json:"from"`
	To            time.Time      `json:"to"`
	Route         string         `json:"route,omitempty"` // most of the time: udp, tcp, relay; empty: media never came
	RTTMedian     time.Duration  `json:"rtt_median,omitempty"`
	RTT95         time.Duration  `json:"rtt_95,omitempty"` // 95th percentile
	LossUp        float64        `json:"loss_up"`          // mean, to the server, before repair
	LossUpWorst   float64        `json:"loss_up_worst"`    // of any second
	LossDown      float64        `json:"loss_down"`        // mean, from the server
	LossDownWorst float64        `json:"loss_down_worst"`
	Frozen        float64        `json:"frozen"`               // of the time: a picture stood still
	Concealed     float64        `json:"concealed"`            // of the sound: made up for what was lost
	ScoreUp       float64        `json:"score_up,omitempty"`   // 1 to 5, mean: how well it was heard and seen; 0: not known
	ScoreDown     float64        `json:"score_down,omitempty"` // how well it heard and saw
	Symptoms      []SymptomTime  `json:"symptoms,omitempty"`   // the longest first
}

// SymptomTime is how long something was wrong.
type SymptomTime struct {
	Symptom string  `json:"symptom"` // one of the closed set that vitals have
	Seconds float64 `json:"seconds"`
}
