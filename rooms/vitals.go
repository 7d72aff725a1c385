package rooms

import (
	"slices"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// Vitals is the media truth of one person: what the server sees and what the
// browser counted, rounded so that it changes only when people would notice.
type Vitals struct {
	Seat      schedule.SeatID
	Route     sfu.Route
	RTT       time.Duration // to 10 ms
	LossUp    float64       // to 0.005, as all fractions
	LossDown  float64
	Frozen    float64
	Concealed float64
	Level     int // of the microphone: 0 (silence) to 100, in tens
	Speaking  bool
	Quality   Quality
	Symptoms  []Symptom // worst first; empty: all is well

	JitterUp   time.Duration // of voices, to 10 ms
	JitterDown time.Duration
	LayerUp    string // of the camera: the sharpest that comes; empty: none, or there are no layers
	LayerDown  string // the sharpest that is sent to it
	RateUp     int    // pictures a second, in fives; 0: none, or not known yet
	RateDown   int
	Line       int     // what the line to it carries, kbit/s, in coarse steps; 0: not known
	ScoreUp    float64 // 1 to 5: how well it is heard and seen; 0: nothing to tell it by
	ScoreDown  float64 // how well it hears and sees
}

// Quality sums a person's vitals up.
type Quality string

const (
	QualityGood Quality = "good"
	QualityFair Quality = "fair"
	QualityPoor Quality = "poor"
	QualityNone Quality = "none" // no media
)

// Symptom is something that is wrong with a person's media. The order is from
// worst to least.
type Symptom string

const (
	SymptomNoMedia      Symptom = "no_media"
	SymptomOneWayIn     Symptom = "one_way_in"    // somebody is not heard here
	SymptomSoundBlocked Symptom = "sound_blocked" // its browser plays nothing before somebody taps
	SymptomNotPlayed    Symptom = "not_played"    // voices arrive there and nothing is to be heard
	SymptomOneWayOut    Symptom = "one_way_out"   // not heard by the others
	SymptomMicSilent    Symptom = "microphone_silent"
	SymptomMicClipping  Symptom = "microphone_clipping"
	SymptomCameraDark   Symptom = "camera_dark"
	SymptomCameraFrozen Symptom = "camera_frozen"
	SymptomLossUp       Symptom = "loss_up"
	SymptomLossDown     Symptom = "loss_down"
	SymptomFrozen       Symptom = "frozen"       // what is seen stands still
	SymptomVoiceBroken  Symptom = "voice_broken" // what is heard is made up in part
	SymptomSlowPath     Symptom = "slow_path"
	SymptomTCP          Symptom = "tcp"
	SymptomRelay        Symptom = "relay"
	SymptomCPU          Symptom = "cpu"
	SymptomBandwidth    Symptom = "bandwidth"
	SymptomHidden       Symptom = "hidden"
)

// ClientVitals is what a browser in a room counted since it told last. The edge
// checks the words.
type ClientVitals struct {
	Frozen     float64 // 0 to 1: of the picture of whoever froze most
	Freezes    int
	Concealed  float64           // 0 to 1: of the voice of whoever was concealed most
	Microphone string            // as in Health
	Camera     string            // as in Health
	Limited    string            // "none", "cpu", "bandwidth", "other"
	Unheard    []schedule.SeatID // whose microphone is on and of whom nothing has arrived for 5 s
	Hollow     []schedule.SeatID // of whom sound arrives that comes out as silence, or is made up altogether
	Playback   string            // "ok", "blocked" (wants a tap), "stopped"; empty: not told
	Rate       int               // pictures a second of who is seen with the fewest; 0: not told
	Hidden     bool
}

// Vitals is news of what a browser counted. A session that is in no room is
// forgotten soon.
func (g *Registry) Vitals(session string, v ClientVitals) error {
	if session == "" {
		return ErrInvalid
	}
	g.inspector.hear(session, v)
	return nil
}

// RowVitals is how media is for the people of one row.
type RowVitals struct {
	Consultation schedule.ConsultationID
	Vitals       []Vitals
}

// levelEvery is how often a row is told anew when nothing but loudness differs:
// whoever talks is louder and quieter every second.
const levelEvery = 2 * time.Second

// setVitals takes over how media is for the people of rooms after one look, and
// tells at once what differs. heard are the sessions that were heard just now.
func (b *board) setVitals(found []RowVitals, heard []string) {
	now := time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	var changed []RowVitals
	for _, f := range found {
		id := f.Consultation
		for _, p := range b.casts[id] {
			if slices.Contains(heard, p.session) {
				b.spoke[p.session] = now
			}
		}
		before := b.vitals[id]
		switch {
		case len(b.casts[id]) == 0: // it ended meanwhile
		case slices.EqualFunc(before, f.Vitals, Vitals.equal):
		case now.Sub(b.vitalsAt[id]) < levelEvery && slices.EqualFunc(before, f.Vitals, Vitals.equalButLevel): // soon
		default:
			b.vitals[id], b.vitalsAt[id] = f.Vitals, now
			changed = append(changed, f)
		}
	}
	if len(changed) == 0 {
		return
	}
	for _, w := range b.watchers {
		w.VitalsChanged(changed)
	}
}
